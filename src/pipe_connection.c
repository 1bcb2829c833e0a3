#include "pipe_connection.h"

#include <assert.h>
#include <sys/random.h>

#include "hefboom/clock.h"
#include "hefboom/memory.h"
#include "hefboom/target.h"

/* Who makes no step for so long will not; and all of them together. */
enum { STEP_MS = 2500, CONNECT_MS = 15000, HURRY_MS = 50 };

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
	pipe->asked_ms = 0;
	pipe->tries = 0;
	pipe->unfit = false;
	if (pipe->prepared_size > 0)
		memset(pipe->prepared, 0, pipe->prepared_size);
	pipe->state = PIPE_WAITING;
}

static unsigned random_below(unsigned limit)
{
	unsigned random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = 0;
	return random % limit;
}

void pipe_lose(struct pipe *pipe, const char *why)
{
	pipe_drop(pipe);
	pipe_alarm(
	    pipe, pipe->backoff_ms + random_below(pipe->backoff_ms / 2 + 1));
	pipe->backoff_ms *= 2;
	if (pipe->backoff_ms > pipe->backoff_max_ms)
		pipe->backoff_ms = pipe->backoff_max_ms;
	pipe_fail_all(pipe);
	pipe->calls->lost(pipe, why, pipe->context);
}

void pipe_hurry(struct pipe *pipe)
{
	if (pipe->state != PIPE_WAITING)
		return;
	pipe->backoff_ms = BACKOFF_FIRST_MS;
	pipe_alarm(pipe, random_below(HURRY_MS));
}

void pipe_found(struct pipe *pipe)
{
	if (pipe->looking)
		pipe_hurry(pipe);
}

void pipe_give_up(struct pipe *pipe, const char *why)
{
	if (pipe->state != PIPE_WAITING)
		pipe_lose(pipe, why);
}

/* libpq's own words are about servers and roles, and end with a line feed. */
static void pipe_cannot_connect(struct pipe *pipe)
{
	char reason[256];
	const char *message = PQerrorMessage(pipe->connection);
	size_t length = strcspn(message, "\n");

	snprintf(reason, sizeof(reason), "cannot connect: %.*s",
	    (int)(length < 200 ? length : 200), message);
	pipe_lose(pipe, reason);
}

/* libpq may have closed the socket: its number is somebody else's by then. */
void pipe_break(struct pipe *pipe)
{
	pipe_unwatch(pipe);
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
	pipe->heard_ms = clock_ms();
	pipe->calls->ready(pipe, pipe->context);
}

void pipe_poll(struct pipe *pipe)
{
	bool watched = true;

	/* libpq may have changed its descriptor: register anew each time. */
	pipe_unwatch(pipe);
	if (clock_ms() - pipe->connecting_ms < CONNECT_MS)
		pipe_alarm(pipe, STEP_MS);
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
		pipe_cannot_connect(pipe);
		break;
	}
	if (!watched)
		pipe_lose(pipe, "no events");
}

/*
 * Keepalives find a connection that somebody on the way has forgotten, before
 * a request does (pipe_doubt.c); the kernel itself ends it after 10 s.
 */
static void pipe_connect(struct pipe *pipe)
{
	static const char options[] =
	    "-c timezone=UTC -c datestyle=ISO -c intervalstyle=iso_8601 "
	    "-c client_min_messages=error -c lock_timeout=2s "
	    "-c idle_in_transaction_session_timeout=10s";
	const char *const names[] = {"dbname", "options", "application_name",
	    "tcp_user_timeout", "keepalives_idle", "keepalives_interval",
	    "keepalives_count", "client_encoding", "host", "hostaddr", "port",
	    NULL};
	struct target_lists lists;

	target_lists(pipe->target, &lists);
	pipe->turn = lists.turn;
	pipe->connecting_ms = clock_ms();
	pipe->connection = PQconnectStartParams(names,
	    (const char *const[]){pipe->url, options, "hefboom", "10000",
		KEEPALIVE_TEXT, KEEPALIVE_TEXT, "10", "UTF8", lists.host,
		lists.hostaddr, lists.port, NULL},
	    1);
	if (pipe->connection == NULL ||
	    PQstatus(pipe->connection) == CONNECTION_BAD) {
		pipe_cannot_connect(pipe);
		return;
	}
	PQsetNoticeReceiver(pipe->connection, on_notice, NULL);
	pipe->state = PIPE_CONNECTING;
	pipe_alarm(pipe, STEP_MS);
	if (!pipe_watch(pipe, EV_WRITE))
		pipe_lose(pipe, "no events");
}

/* Who waits for an address is hurried when it comes. */
static void pipe_find(struct pipe *pipe)
{
	enum target_state state = target_look(pipe->target);

	pipe->looking = state == TARGET_LOOKING || state == TARGET_SLOW;
	switch (state) {
	case TARGET_KNOWN:
		pipe_connect(pipe);
		break;
	case TARGET_LOOKING:
		pipe_alarm(pipe, STEP_MS);
		break;
	case TARGET_SLOW:
		pipe_lose(pipe, "looking up its name takes too long");
		break;
	case TARGET_UNKNOWN:
	default:
		pipe_lose(pipe, "its name is not known");
		break;
	}
}

void pipe_on_timer(evutil_socket_t descriptor, short what, void *context)
{
	struct pipe *pipe = context;

	(void)descriptor;
	(void)what;
	if (pipe->state == PIPE_WAITING) {
		pipe_find(pipe);
	} else if (pipe->state == PIPE_CONNECTING) {
		target_turn(pipe->target, pipe->turn);
		pipe_lose(pipe, "connecting took too long");
	} else if (pipe->state == PIPE_BROKEN) {
		pipe_lose(pipe, "cannot write");
	}
}
