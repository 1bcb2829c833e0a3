#include "hefboom/loop.h"

#include <assert.h>
#include <event2/event.h>
#include <signal.h>

static void loop_stop(struct loop *loop)
{
	if (loop->stopping)
		return;
	loop->stopping = true;
	loop->stop(loop->context);
}

static void on_signal(evutil_socket_t number, short what, void *context)
{
	(void)number;
	(void)what;
	loop_stop(context);
}

static void on_lifeline(evutil_socket_t descriptor, short what, void *context)
{
	struct loop *loop = context;

	(void)descriptor;
	(void)what;
	event_del(loop->lifeline);
	loop_stop(loop);
}

static struct event_base *base_new(void)
{
	struct event_config *settings = event_config_new();
	struct event_base *base;

	/* No list of changes: what the kernel refuses is known at once. */
	assert(settings != NULL);
	event_config_set_flag(settings, EVENT_BASE_FLAG_NOLOCK);
	base = event_base_new_with_config(settings);
	event_config_free(settings);
	assert(base != NULL);
	return base;
}

void loop_init(
    struct loop *loop, int lifeline, loop_stop_fn *stop, void *context)
{
	*loop =
	    (struct loop){.base = base_new(), .stop = stop, .context = context};
	signal(SIGPIPE, SIG_IGN);
	loop->term = evsignal_new(loop->base, SIGTERM, on_signal, loop);
	/* Ctrl-C reaches the whole group; the supervisor says when to stop. */
	if (lifeline >= 0)
		signal(SIGINT, SIG_IGN);
	else
		loop->interrupt =
		    evsignal_new(loop->base, SIGINT, on_signal, loop);
	event_add(loop->term, NULL);
	if (loop->interrupt != NULL)
		event_add(loop->interrupt, NULL);
	if (lifeline >= 0) {
		loop->lifeline = event_new(loop->base, lifeline,
		    EV_READ | EV_PERSIST, on_lifeline, loop);
		assert(loop->lifeline != NULL);
		event_add(loop->lifeline, NULL);
	}
}

void loop_release(struct loop *loop)
{
	if (loop->lifeline != NULL)
		event_free(loop->lifeline);
	if (loop->interrupt != NULL)
		event_free(loop->interrupt);
	event_free(loop->term);
	event_base_free(loop->base);
}

int loop_run(struct loop *loop)
{
	return event_base_dispatch(loop->base) < 0;
}
