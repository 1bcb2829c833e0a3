#include "connection_front.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hefboom/log.h"
#include "hefboom/memory.h"

enum {
	ACCEPTS_A_TURN = 64,
	PAUSE_MS = 100,
	COMPLAINT_MS = 10000,
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
	int64_t now = server_now();

	if (server->complained_ms != 0 &&
	    now - server->complained_ms < COMPLAINT_MS)
		return;
	server->complained_ms = now;
	log_event(LOG_WARNING, event, "reason", reason, NULL);
}

static void accept_pause(struct server *server, const char *reason)
{
	struct timeval wait = {0, PAUSE_MS * 1000L};

	complain(server, "listener_paused", reason);
	server->paused = true;
	event_del(&server->accept);
	event_add(&server->pause, &wait);
}

static void accept_resume(evutil_socket_t socket, short what, void *context)
{
	struct server *server = context;

	(void)socket;
	(void)what;
	server->paused = false;
	if (event_add(&server->accept, NULL) != 0)
		accept_pause(server, "events");
}

/* Makes room by closing the connection that has been idle longest. */
static bool evict(struct server *server)
{
	struct connection *idle = TAILQ_FIRST(&server->states[CONNECTION_IDLE]);

	if (idle == NULL || server_now() - idle->since_ms < EVICT_MS)
		return false;
	connection_close(idle);
	return true;
}

/* Out of descriptors: the reserve is spent on telling one client so. */
static void accept_refuse(struct server *server)
{
	int socket;

	if (server->reserve >= 0) {
		close(server->reserve);
		socket = accept4(server->socket, NULL, NULL, SOCK_CLOEXEC);
		if (socket >= 0)
			close(socket);
		server->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	}
	accept_pause(server, "descriptors");
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
		accept_refuse(server);
		return false;
	case EINTR:
	case ECONNABORTED: /* it left before we came */
	case EPROTO:
		return true;
	default:
		accept_pause(server, strerrorname_np(errno));
		return false;
	}
}

static void accept_one(
    struct server *server, int socket, const struct sockaddr_storage *from)
{
	struct ip address = address_of(from);
	bool counts = server->addresses != NULL &&
	    !networks_have(server->settings.proxies.trusted, &address);

	if (counts &&
	    !addresses_add(server->addresses, address_number(&address))) {
		complain(server, "connection_refused", "address");
		close(socket);
		return;
	}
	connection_open(server, socket, &address, counts);
}

static bool somebody_waits(int listener)
{
	struct pollfd socket = {.fd = listener, .events = POLLIN};

	return poll(&socket, 1, 0) > 0;
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
	struct sockaddr_storage from = {0};
	const char *lacks;
	socklen_t length;
	int socket, i;

	(void)what;
	for (i = 0; i < ACCEPTS_A_TURN; i++) {
		lacks = server_lacks(server);
		if (lacks != NULL) {
			if (!somebody_waits(listener))
				return;
			if (!evict(server)) {
				accept_pause(server, lacks);
				return;
			}
		}
		length = sizeof(from);
		socket = accept4(listener, (struct sockaddr *)&from, &length,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
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
	server->reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
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
	if (server->reserve >= 0)
		close(server->reserve);
}
