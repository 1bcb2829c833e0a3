#include "connection_front.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hefboom/clock.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"

enum {
	ACCEPTS_A_TURN = 64,
	PAUSE_MS = 100,
	/* Who is let in beyond the cap has this to ask, and that to be
	   answered. */
	SEAT_MS = 25,
	SEAT_BUSY_MS = 1000,
	COMPLAINT_MS = 10000,
	CROWD_MS = 5,
	STUCK_MS = 500,
	BURST_MS = 3000,
	/* Idle for less, its next request may be on its way. */
	EVICT_MS = 100,
	/*
	 * What the system takes for a client that does not read.  It says
	 * writable again when half of this has left, so a reader that puts
	 * its deadline off has read that much.
	 */
	UNSENT_MAX = 256 << 10,
};

/* A unix socket has none: ::, as whoever else cannot be told. */
static struct ip address_of(const struct sockaddr_storage *from)
{
	const struct sockaddr_in *in = (const void *)from;
	const struct sockaddr_in6 *in6 = (const void *)from;
	struct ip address = {{0}};

	if (from->ss_family == AF_INET) {
		address_of_v4(&address, &in->sin_addr);
	} else if (from->ss_family == AF_INET6) {
		memcpy(address.bytes, &in6->sin6_addr, sizeof(address.bytes));
	}
	return address;
}

static void complain(
    struct server *server, const char *event, const char *reason)
{
	int64_t now = clock_coarse_ms();

	if (server->complained_ms != 0 &&
	    now - server->complained_ms < COMPLAINT_MS)
		return;
	server->complained_ms = now;
	log_event(LOG_WARNING, event, "reason", reason, NULL);
}

static void accept_rest(struct server *server, unsigned ms)
{
	struct timeval wait = {0, ms * 1000L};

	server->paused = true;
	event_del(&server->accept);
	event_add(&server->pause, &wait);
}

static void accept_pause(struct server *server, const char *reason, unsigned ms)
{
	complain(server, "listener_paused", reason);
	accept_rest(server, ms);
}

static void reserve_take(struct server *server)
{
	if (server->reserve < 0)
		server->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void reserve_give(struct server *server)
{
	if (server->reserve >= 0)
		close(server->reserve);
	server->reserve = -1;
}

static void accept_resume(evutil_socket_t socket, short what, void *context)
{
	struct server *server = context;
	struct connection *seat = server->seat;
	struct timeval wait = {0, SEAT_MS * 1000L};

	(void)socket;
	(void)what;
	if (seat != NULL && seat->state == CONNECTION_BUSY &&
	    clock_coarse_ms() - seat->since_ms < SEAT_BUSY_MS) {
		event_add(&server->pause, &wait);
		return;
	}
	server->paused = false;
	if (seat != NULL)
		connection_close(seat);
	reserve_take(server);
	if (event_add(&server->accept, NULL) != 0)
		accept_pause(server, "events", PAUSE_MS);
}

void accept_left(struct server *server, const struct connection *connection)
{
	if (connection != server->seat)
		return;
	server->seat = NULL;
	reserve_take(server);
	if (server->paused && !server->draining)
		event_active(&server->pause, EV_TIMEOUT, 0);
}

/* Makes room by closing the connection that has been idle longest. */
static bool evict(struct server *server)
{
	struct connection *idle = TAILQ_FIRST(&server->states[CONNECTION_IDLE]);

	if (idle == NULL || clock_coarse_ms() - idle->since_ms < EVICT_MS)
		return false;
	connection_close(idle);
	return true;
}

/* NULL: it was not let in, or has left already. */
static struct connection *accept_one(
    struct server *server, int socket, const struct sockaddr_storage *from)
{
	struct ip address = address_of(from);
	bool counts = server->addresses != NULL &&
	    !networks_have(server->settings.proxies.trusted, &address);

	if (counts &&
	    !addresses_add(server->addresses, address_number(&address))) {
		complain(server, "connection_refused", "address");
		close(socket);
		return NULL;
	}
	return connection_open(server, socket, &address, counts);
}

static int accept_next(struct server *server, struct sockaddr_storage *from)
{
	socklen_t length = sizeof(*from);

	*from = (struct sockaddr_storage){0};
	return accept4(server->socket, (struct sockaddr *)from, &length,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/*
 * No room, and nobody who is idle.  One is let in all the same, on the
 * descriptor in reserve, for one request: whoever asks whether we are there
 * is told so.
 */
static void accept_last(struct server *server, const char *reason)
{
	struct sockaddr_storage from;
	int socket = -1;

	if (server->seat == NULL) {
		reserve_give(server);
		socket = accept_next(server, &from);
	}
	if (socket >= 0)
		server->seat = accept_one(server, socket, &from);
	if (server->seat == NULL)
		reserve_take(server);
	accept_pause(server, reason, server->seat == NULL ? PAUSE_MS : SEAT_MS);
}

/* False: no more for now. */
static bool accept_failed(struct server *server)
{
	switch (errno) {
	case EAGAIN:
		return false;
	case EMFILE:
	case ENFILE:
		if (evict(server))
			return true;
		accept_last(server, "descriptors");
		return false;
	case EINTR:
	case ECONNABORTED: /* it left before we came */
	case EPROTO:
		return true;
	default:
		accept_pause(server, strerrorname_np(errno), PAUSE_MS);
		return false;
	}
}

static bool somebody_waits(int listener)
{
	struct pollfd socket = {.fd = listener, .events = POLLIN};

	return poll(&socket, 1, 0) > 0;
}

/* That it has been so for long enough. */
static bool lasts(int64_t *since_ms, int64_t now, int64_t limit_ms)
{
	if (*since_ms == 0)
		*since_ms = now;
	return now - *since_ms >= limit_ms;
}

/*
 * How many to let in.  0: a burst, to be waited out.  Else a quarter of the
 * room, for those of the turn before have come and not yet asked.
 */
static unsigned accept_count(struct server *server)
{
	int64_t now = clock_coarse_ms();
	unsigned waiting, most, room;
	bool full, over;

	if (server->calls->crowd == NULL)
		return ACCEPTS_A_TURN;
	waiting = server->calls->crowd(&most, server->context);
	full = waiting > most / 4 * 3;
	if (!full)
		server->full_ms = 0;
	if (waiting <= most / 4)
		server->crowded_ms = 0;
	over = (full && lasts(&server->full_ms, now, STUCK_MS)) ||
	    ((full || server->crowded_ms != 0) &&
		lasts(&server->crowded_ms, now, BURST_MS));
	if (over)
		return ACCEPTS_A_TURN;
	room = full ? 0 : (most - waiting) / 4;
	if (room == 0 && !full)
		return 1;
	return room < ACCEPTS_A_TURN ? room : ACCEPTS_A_TURN;
}

/* A connection more costs memory until it is heard.  NULL: there is room. */
static const char *server_lacks(const struct server *server)
{
	if (server->count >= server->settings.connections_max)
		return "connections";
	return memory_is_short() ? "memory" : NULL;
}

static void accept_ready(evutil_socket_t listener, short what, void *context)
{
	struct server *server = context;
	struct sockaddr_storage from;
	unsigned count = accept_count(server), i;
	const char *lacks;
	int socket;

	(void)what;
	if (count == 0)
		accept_rest(server, CROWD_MS);
	for (i = 0; i < count; i++) {
		lacks = server_lacks(server);
		if (lacks != NULL) {
			if (!somebody_waits(listener))
				return;
			if (!evict(server)) {
				accept_last(server, lacks);
				return;
			}
		}
		socket = accept_next(server, &from);
		if (socket >= 0)
			accept_one(server, socket, &from);
		else if (!accept_failed(server))
			return;
	}
}

int accept_begin(struct server *server)
{
	int on = 1, unsent = UNSENT_MAX;

	if (listen(server->socket, (int)server->settings.backlog) != 0)
		return -1;
	evutil_make_socket_nonblocking(server->socket);
	/* Accepted sockets inherit these; a unix socket needs neither. */
	setsockopt(server->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(server->socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent,
	    sizeof(unsent));
	server->reserve = -1;
	reserve_take(server);
	event_assign(&server->accept, server->base, server->socket,
	    EV_READ | EV_PERSIST, accept_ready, server);
	event_assign(
	    &server->pause, server->base, -1, 0, accept_resume, server);
	if (event_add(&server->accept, NULL) == 0)
		return 0;
	accept_end(server);
	return -1;
}

void accept_stop(struct server *server)
{
	event_del(&server->accept);
	event_del(&server->pause);
}

void accept_end(struct server *server)
{
	accept_stop(server);
	reserve_give(server);
}
