#include "connection_front.h"

#include <errno.h>
#include <sys/resource.h>

#include "hefboom/clock.h"
#include "hefboom/memory.h"

enum {
	SWEEP_MS = 250,
	SWEPT_A_TURN = 64,
	LINGER_MS = 2000,
	/* When draining, who was quiet for so long is not about to ask. */
	QUIET_MS = 1000,
	DESCRIPTORS_APART = 64, /* for the database, files, the loop */
};

struct http_head *server_head_take(struct server *server)
{
	if (server->head_count == 0)
		return memory_alloc(sizeof(struct http_head));
	return server->heads[--server->head_count];
}

void server_head_give(struct server *server, struct http_head *head)
{
	if (server->head_count < HEADS_KEPT)
		server->heads[server->head_count++] = head;
	else
		free(head);
}

static void timer_start(struct event *timer, unsigned ms)
{
	struct timeval wait = {ms / 1000, ms % 1000 * 1000L};

	event_add(timer, &wait);
}

void server_again(struct server *server, struct connection *connection)
{
	if (connection->again)
		return;
	connection->again = true;
	if (TAILQ_EMPTY(&server->again))
		timer_start(&server->turn, 0);
	TAILQ_INSERT_TAIL(&server->again, connection, in_again);
}

static void server_turn(evutil_socket_t socket, short what, void *context)
{
	struct server *server = context;
	struct connection *connection;
	size_t left = 0;

	(void)socket;
	(void)what;
	/* Those who come back meanwhile wait for the turn after this one. */
	TAILQ_FOREACH(connection, &server->again, in_again)
	left++;
	while (left-- > 0 && !TAILQ_EMPTY(&server->again)) {
		connection = TAILQ_FIRST(&server->again);
		TAILQ_REMOVE(&server->again, connection, in_again);
		connection->again = false;
		connection_turn(connection);
	}
	if (!TAILQ_EMPTY(&server->again))
		timer_start(&server->turn, 0);
}

static unsigned state_ms(const struct server *server, unsigned state)
{
	switch (state) {
	case CONNECTION_IDLE:
		return server->draining && server->settings.idle_ms > QUIET_MS
		    ? QUIET_MS
		    : server->settings.idle_ms;
	case CONNECTION_HEAD:
		return server->settings.head_ms;
	case CONNECTION_BODY:
		return server->settings.body_ms;
	case CONNECTION_SPOOL:
		return server->settings.spool_ms;
	case CONNECTION_WRITING:
		return server->settings.write_ms;
	default:
		return LINGER_MS;
	}
}

/* Thousands may be due at once, and nobody waits until all have gone. */
static void server_sweep(evutil_socket_t socket, short what, void *context)
{
	struct server *server = context;
	struct connection *connection;
	struct timeval next = {0, SWEEP_MS * 1000L};
	int64_t now = clock_coarse_ms();
	unsigned state, left = SWEPT_A_TURN;

	(void)socket;
	(void)what;
	for (state = 0; state < CONNECTION_STATES; state++) {
		if (state == CONNECTION_BUSY)
			continue;
		while (left > 0 &&
		    (connection = TAILQ_FIRST(&server->states[state])) !=
			NULL &&
		    now - connection->since_ms >= state_ms(server, state)) {
			connection_expire(connection);
			left--;
		}
	}
	if (left == 0)
		next.tv_usec = 0;
	event_add(&server->sweep, &next);
}

static struct connection *server_slowest(
    struct server *server, const struct connection *but)
{
	static const enum connection_state order[] = {
	    CONNECTION_WRITING, CONNECTION_BODY, CONNECTION_HEAD};
	struct connection *connection;
	size_t i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		connection = TAILQ_FIRST(&server->states[order[i]]);
		if (connection != NULL && connection == but)
			connection = TAILQ_NEXT(connection, in_state);
		if (connection != NULL)
			return connection;
	}
	return NULL;
}

void server_relieve(struct server *server, const struct connection *but)
{
	struct connection *connection;

	if (server->relieving)
		return;
	server->relieving = true;
	while (server->held > server->settings.held_max) {
		connection = server_slowest(server, but);
		if (connection == NULL)
			break;
		if (connection->state == CONNECTION_WRITING)
			connection_abort(connection);
		else
			connection_refuse(connection, "overloaded");
	}
	server->relieving = false;
}

static void server_drained(evutil_socket_t socket, short what, void *context)
{
	struct server *server = context;
	server_drained_fn *drained = server->drained;
	unsigned state;

	(void)socket;
	(void)what;
	server->drained = NULL;
	for (state = 0; state < CONNECTION_STATES; state++) {
		while (!TAILQ_EMPTY(&server->states[state]))
			connection_close(TAILQ_FIRST(&server->states[state]));
	}
	if (drained != NULL)
		drained(server->drained_context);
}

void server_left(struct server *server, struct connection *connection)
{
	server->count--;
	accept_left(server, connection);
	if (connection->counted)
		addresses_remove(
		    server->addresses, address_number(&connection->from));
	/* From the loop, as promised, and not from whoever closed the last. */
	if (server->drained != NULL && server->count == 0)
		timer_start(&server->deadline, 0);
}

void server_drain(struct server *server, unsigned deadline_ms,
    server_drained_fn *drained, void *context)
{
	struct connection *connection, *next;

	if (server->draining)
		return;
	accept_stop(server);
	server->draining = true;
	server->drained = drained;
	server->drained_context = context;
	timer_start(&server->deadline, server->count == 0 ? 0 : deadline_ms);
	/* Their requests may be here already, and are still answered. */
	for (connection = TAILQ_FIRST(&server->states[CONNECTION_IDLE]);
	     connection != NULL; connection = next) {
		next = TAILQ_NEXT(connection, in_state);
		connection->readable = true;
		server_again(server, connection);
	}
}

static unsigned connections_most(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
	    limit.rlim_cur <= 2 * DESCRIPTORS_APART)
		return DESCRIPTORS_APART;
	if (limit.rlim_cur > 1 << 20)
		limit.rlim_cur = 1 << 20;
	return (unsigned)limit.rlim_cur - DESCRIPTORS_APART;
}

static void settings_fill(struct server_settings *settings)
{
	if (settings->connections_max == 0 ||
	    settings->connections_max > connections_most())
		settings->connections_max = connections_most();
	if (settings->head_ms == 0)
		settings->head_ms = 5000;
	if (settings->body_ms == 0)
		settings->body_ms = 30000;
	if (settings->write_ms == 0)
		settings->write_ms = 30000;
	if (settings->idle_ms == 0)
		settings->idle_ms = 60000;
	if (settings->requests_max == 0)
		settings->requests_max = 1000;
	if (settings->backlog == 0)
		settings->backlog = 4096;
	if (settings->spool_ms == 0)
		settings->spool_ms = 300000;
	if (settings->spool_max == 0)
		settings->spool_max = 1 << 30;
	if (settings->spool == NULL)
		settings->spool = "/var/tmp";
	if (settings->held_max == 0)
		settings->held_max = 32 << 20;
}

struct server *server_new(struct event_base *base, int listening_socket,
    const struct server_settings *settings,
    const struct connection_calls *calls, void *context)
{
	struct server *server = memory_zero(1, sizeof(*server));
	struct timeval sweep = {0, SWEEP_MS * 1000L};
	int features = EV_FEATURE_ET | EV_FEATURE_EARLY_CLOSE;
	unsigned state;

	server->base = base;
	server->calls = calls;
	server->context = context;
	server->settings = *settings;
	server->socket = listening_socket;
	settings_fill(&server->settings);
	for (state = 0; state < CONNECTION_STATES; state++)
		TAILQ_INIT(&server->states[state]);
	TAILQ_INIT(&server->again);
	if (server->settings.per_address_max > 0)
		server->addresses =
		    addresses_new(server->settings.per_address_max);
	event_assign(&server->sweep, base, -1, 0, server_sweep, server);
	event_assign(&server->turn, base, -1, 0, server_turn, server);
	event_assign(&server->deadline, base, -1, 0, server_drained, server);
	if ((event_base_get_features(base) & features) != features)
		errno = ENOTSUP;
	else if (accept_begin(server) == 0) {
		event_add(&server->sweep, &sweep);
		return server;
	}
	addresses_free(server->addresses);
	free(server);
	return NULL;
}

void server_free(struct server *server)
{
	if (server == NULL)
		return;
	server->drained = NULL;
	server_drained(-1, 0, server);
	accept_end(server);
	event_del(&server->sweep);
	event_del(&server->turn);
	event_del(&server->deadline);
	while (server->head_count > 0)
		free(server->heads[--server->head_count]);
	addresses_free(server->addresses);
	buf_release(&server->reply_head);
	free(server);
}

size_t server_connections(const struct server *server)
{
	return server->count;
}
