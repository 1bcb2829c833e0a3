#include "connection_front.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hefboom/clock.h"
#include "hefboom/memory.h"

/* So much is read from a client that was refused, lest it be reset. */
enum { LINGER_MAX = 16 << 20 };

void connection_move(struct connection *connection, enum connection_state state)
{
	struct server *server = connection->server;

	TAILQ_REMOVE(&server->states[connection->state], connection, in_state);
	TAILQ_INSERT_TAIL(&server->states[state], connection, in_state);
	connection->state = (unsigned char)state;
	connection->since_ms = clock_coarse_ms();
}

void connection_close(struct connection *connection)
{
	struct server *server = connection->server;
	void *request = connection->request;

	connection->request = NULL;
	TAILQ_REMOVE(&server->states[connection->state], connection, in_state);
	if (connection->again)
		TAILQ_REMOVE(&server->again, connection, in_again);
	event_del(&connection->event);
	close(connection->socket);
	if (request != NULL)
		server->calls->gone(request);
	if (connection->head != NULL)
		server_head_give(server, connection->head);
	leftover_free(connection);
	input_drop(connection, connection->used);
	client_remove(connection);
	server_left(server, connection);
	free(connection);
}

/* With a reset: the system need not keep what the client does not read. */
void connection_abort(struct connection *connection)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};

	setsockopt(
	    connection->socket, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	connection_close(connection);
}

bool connection_linger(struct connection *connection)
{
	if (connection->left && !connection->readable) {
		connection_close(connection);
		return false;
	}
	shutdown(connection->socket, SHUT_WR);
	input_drop(connection, connection->used);
	connection_move(connection, CONNECTION_LINGERING);
	connection->readable = true;
	server_again(connection->server, connection);
	return true;
}

/*
 * One read, for another connection may wait; more of it in the next turn.
 * The bytes are in the server's scratch.  -1: nothing now.
 */
static ssize_t connection_receive(struct connection *connection)
{
	struct server *server = connection->server;
	ssize_t n;

	do {
		n = recv(connection->socket, server->scratch, SCRATCH_SIZE, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN) {
		connection->readable = false;
		return -1;
	}
	if (n < 0)
		return 0;
	/* Less than asked for: empty, unless the end is behind it. */
	connection->readable = n == SCRATCH_SIZE || connection->left;
	if (n > 0 && connection->readable)
		server_again(server, connection);
	return n;
}

bool connection_has_left(struct connection *connection)
{
	struct pollfd socket = {
	    .fd = connection->socket, .events = POLLIN | POLLRDHUP};

	if (!connection->left && poll(&socket, 1, 0) > 0 &&
	    socket.revents & (POLLERR | POLLHUP | POLLRDHUP))
		connection->left = true;
	return connection->left;
}

/* The rest of a message may never come: a reset is no event of its own. */
static void connection_wait(struct connection *connection)
{
	if (connection->used == 0 || connection->readable ||
	    connection->state >= CONNECTION_BUSY ||
	    !connection_has_left(connection))
		return;
	connection->readable = true;
	server_again(connection->server, connection);
}

static void connection_read(struct connection *connection)
{
	struct server *server = connection->server;
	ssize_t n = connection_receive(connection);

	if (n == 0) {
		connection_close(connection);
	} else if (n > 0) {
		if (!input_add(connection, server->scratch, (size_t)n)) {
			connection_refuse(connection, "overloaded");
			return;
		}
		server_relieve(server, connection);
		if (connection_advance(connection))
			connection_wait(connection);
	}
}

static void connection_discard(struct connection *connection)
{
	ssize_t n = connection_receive(connection);

	if (n < 0)
		return;
	connection->discarded += (unsigned)n;
	if (n == 0 || connection->discarded > LINGER_MAX)
		connection_close(connection);
}

/*
 * Something came while a request is being answered.  Its bytes stay where
 * they are, the client's farewell counts at once: one that only closed its
 * sending side cannot be told from one that left, and is taken as gone.
 */
static void connection_watch(struct connection *connection)
{
	if (connection_has_left(connection))
		connection_close(connection);
}

static void connection_wake(evutil_socket_t socket, short what, void *context)
{
	struct connection *connection = context;

	(void)socket;
	if (what & EV_CLOSED)
		connection->left = true;
	if (what & (EV_READ | EV_CLOSED))
		connection->readable = true;
	switch (connection->state) {
	case CONNECTION_BUSY:
		if (connection->readable)
			connection_watch(connection);
		break;
	case CONNECTION_WRITING:
		if (what & EV_WRITE)
			connection_written(
			    connection, connection_write_on(connection));
		break;
	default:
		connection_turn(connection);
	}
}

void connection_turn(struct connection *connection)
{
	if (connection->state == CONNECTION_LINGERING) {
		if (connection->readable)
			connection_discard(connection);
		return;
	}
	if (connection->used > 0 && !connection_advance(connection))
		return;
	if (connection->state < CONNECTION_BUSY && connection->readable)
		connection_read(connection);
}

/* It has been quiet only because nobody had the time to listen. */
static bool connection_asks(struct connection *connection)
{
	struct pollfd socket = {.fd = connection->socket, .events = POLLIN};

	if (connection->left || poll(&socket, 1, 0) <= 0)
		return false;
	connection_move(connection, CONNECTION_IDLE);
	connection->readable = true;
	server_again(connection->server, connection);
	return true;
}

void connection_expire(struct connection *connection)
{
	switch (connection->state) {
	case CONNECTION_IDLE:
		if (!connection_asks(connection))
			connection_close(connection);
		break;
	case CONNECTION_HEAD:
	case CONNECTION_BODY:
	case CONNECTION_SPOOL:
		connection_refuse(connection, "request_timeout");
		break;
	case CONNECTION_WRITING:
		connection_abort(connection);
		break;
	default:
		connection_close(connection);
	}
}

struct connection *connection_open(
    struct server *server, int socket, const struct ip *from, bool counted)
{
	struct connection *connection = memory_zero(1, sizeof(*connection));

	connection->server = server;
	connection->socket = socket;
	connection->from = *from;
	connection->counted = counted;
	connection->since_ms = clock_coarse_ms();
	TAILQ_INSERT_TAIL(
	    &server->states[CONNECTION_IDLE], connection, in_state);
	server->count++;
	event_assign(&connection->event, server->base, socket,
	    EV_READ | EV_WRITE | EV_CLOSED | EV_ET | EV_PERSIST,
	    connection_wake, connection);
	if (event_add(&connection->event, NULL) == 0)
		return connection;
	connection_close(connection);
	return NULL;
}
