#include "pipe_connection.h"

#include <assert.h>
#include <sys/random.h>

#include "hefboom/log.h"
#include "hefboom/memory.h"

enum { CONNECT_MS = 5000 };

static void pipe_unwatch(struct pipe *pipe)
{
	if (pipe->socket != NULL)
		event_free(pipe->socket);
	pipe->socket = NULL;
	pipe->watched = 0;
}

bool pipe_watch(struct pipe *pipe, short what)
{
	if (pipe->socket != NULL && pipe->watched == what)
		return true;
	pipe_unwatch(pipe);
	pipe->socket = event_new(pipe->base, PQsocket(pipe->connection),
	    (short)(what | EV_PERSIST), pipe_on_socket, pipe);
	assert(pipe->socket != NULL);
	pipe->watched = what;
	if (event_add(pipe->socket, NULL) == 0)
		return true;
	pipe_unwatch(pipe);
	return false;
}

static void pipe_alarm(struct pipe *pipe, unsigned ms)
{
	struct timeval delay = {
	    (time_t)(ms / 1000), (suseconds_t)(ms % 1000) * 1000};

	event_add(pipe->timer, &delay);
}

void pipe_drop(struct pipe *pipe)
{
	pipe_unwatch(pipe);
	PQfinish(pipe->connection);
	pipe->connection = NULL;
	if (pipe->prepared_size > 0)
		memset(pipe->prepared, 0, pipe->prepared_size);
	pipe->state = PIPE_WAITING;
}

static unsigned jitter(unsigned ms)
{
	unsigned random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = 0;
	return ms + random % (ms / 2 + 1);
}

void pipe_lose(struct pipe *pipe, const char *why)
{
	log_event(LOG_WARNING, "database_lost", "why", why, NULL);
	pipe_drop(pipe);
	pipe_alarm(pipe, jitter(pipe->backoff_ms));
	pipe->backoff_ms *= 2;
	if (pipe->backoff_ms > BACKOFF_MAX_MS)
		pipe->backoff_ms = BACKOFF_MAX_MS;
	pipe_fail_all(pipe);
	pipe->calls->lost(pipe, pipe->context);
}

void pipe_break(struct pipe *pipe)
{
	pipe->state = PIPE_BROKEN;
	event_active(pipe->timer, EV_TIMEOUT, 0);
}

static void on_notice(void *context, const PGresult *result)
{
	(void)context;
	(void)result; /* notices may hold people's words */
}

static void pipe_become_ready(struct pipe *pipe)
{
	event_del(pipe->timer);
	if (PQsetnonblocking(pipe->connection, 1) != 0 ||
	    PQenterPipelineMode(pipe->connection) != 1) {
		pipe_lose(pipe, "no pipeline mode");
		return;
	}
	if (!pipe_watch(pipe, EV_READ)) {
		pipe_lose(pipe, "no events");
		return;
	}
	pipe->state = PIPE_READY;
	pipe->backoff_ms = BACKOFF_FIRST_MS;
	pipe->calls->ready(pipe, pipe->context);
}

void pipe_poll(struct pipe *pipe)
{
	bool watched = true;

	/* libpq may have changed its descriptor: register anew each time. */
	pipe_unwatch(pipe);
	switch (PQconnectPoll(pipe->connection)) {
	case PGRES_POLLING_READING:
		watched = pipe_watch(pipe, EV_READ);
		break;
	case PGRES_POLLING_WRITING:
		watched = pipe_watch(pipe, EV_WRITE);
		break;
	case PGRES_POLLING_OK:
		pipe_become_ready(pipe);
		break;
	case PGRES_POLLING_FAILED:
	default:
		pipe_lose(pipe, "cannot connect");
		break;
	}
	if (!watched)
		pipe_lose(pipe, "no events");
}

static void pipe_connect(struct pipe *pipe)
{
	static const char options[] =
	    "-c timezone=UTC -c datestyle=ISO -c intervalstyle=iso_8601 "
	    "-c client_min_messages=error -c lock_timeout=2s "
	    "-c idle_in_transaction_session_timeout=10s";
	const char *const names[] = {"dbname", "options", "application_name",
	    "tcp_user_timeout", "client_encoding", NULL};
	const char *const values[] = {
	    pipe->url, options, "hefboom", "10000", "UTF8", NULL};

	pipe->connection = PQconnectStartParams(names, values, 1);
	if (pipe->connection == NULL ||
	    PQstatus(pipe->connection) == CONNECTION_BAD) {
		pipe_lose(pipe, "cannot connect");
		return;
	}
	PQsetNoticeReceiver(pipe->connection, on_notice, NULL);
	pipe->state = PIPE_CONNECTING;
	pipe_alarm(pipe, CONNECT_MS);
	if (!pipe_watch(pipe, EV_WRITE))
		pipe_lose(pipe, "no events");
}

void pipe_on_timer(evutil_socket_t descriptor, short what, void *context)
{
	struct pipe *pipe = context;

	(void)descriptor;
	(void)what;
	if (pipe->state == PIPE_CONNECTING)
		pipe_lose(pipe, "connecting took too long");
	else if (pipe->state == PIPE_BROKEN)
		pipe_lose(pipe, "cannot write");
	else
		pipe_connect(pipe);
}
