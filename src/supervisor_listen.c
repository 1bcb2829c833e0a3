#include "supervisor_state.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hefboom/log.h"
#include "hefboom/memory.h"
#include "hefboom/server.h"

enum {
	BACKLOG = 1024,
	TRIES = 30,
	STEP_US = 100000,
	GIVEN_FIRST = 3, /* SD_LISTEN_FDS_START of sd_listen_fds(3) */
	GIVEN_MAX = 256,
};

union address {
	struct sockaddr any;
	struct sockaddr_storage storage;
};

/* Where a socket listens, as server_listen() reads it. Free it. */
static char *address_text(const union address *address, socklen_t length)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];

	if (getnameinfo(&address->any, length, host, sizeof(host), port,
		sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return NULL;
	return memory_format(
	    address->any.sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
	    port);
}

/*
 * SO_REUSEPORT would let a second program of the same user share the port in
 * silence: a socket without it tells whether anybody listens there.
 */
static int check_free(const union address *address, socklen_t length)
{
	int probe =
	    socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int yes = 1, status = 0;

	if (probe < 0)
		return -errno;
	if (setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) <
		0 ||
	    bind(probe, &address->any, length) < 0)
		status = -errno;
	close(probe);
	return status;
}

/* The address with its port, when the configuration leaves that open. */
static int settle_address(const char *wanted, char **settled)
{
	union address address = {0};
	socklen_t length = sizeof(address);
	int first = server_listen(wanted, BACKLOG);
	int status = 0;

	if (first < 0)
		return first;
	if (getsockname(first, &address.any, &length) < 0)
		status = -errno;
	close(first);
	if (status == 0)
		status = check_free(&address, length);
	if (status == 0)
		*settled = address_text(&address, length);
	return status;
}

/*
 * Workers of a supervisor that was killed hear of it a moment later, and
 * until then the port is theirs.
 */
static int listen_ourselves(struct supervisor *supervisor, char **error)
{
	const char *wanted = supervisor->config.listen;
	char *address = NULL;
	int status = settle_address(wanted, &address), tries;
	unsigned i;

	for (tries = 0; status == -EADDRINUSE && tries < TRIES; tries++) {
		usleep(STEP_US);
		status = settle_address(wanted, &address);
	}
	for (i = 0; status >= 0 && i + 1 < supervisor->child_count; i++) {
		status =
		    server_listen(address == NULL ? wanted : address, BACKLOG);
		supervisor->children[i].socket = status;
	}
	if (status < 0)
		*error = memory_format("cannot listen on %s: %s", wanted,
		    status == -EINVAL ? "it is no address in numbers"
				      : strerror(-status));
	else
		log_event(LOG_NOTICE, "listening", "address", address, NULL);
	free(address);
	return status < 0 ? -1 : 0;
}

int supervisor_check_socket(int descriptor)
{
	int type = 0, listens = 0, domain = 0;
	socklen_t length = sizeof(int);

	if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) < 0 ||
	    getsockopt(
		descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) < 0 ||
	    getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &domain, &length) < 0)
		return -errno;
	if (type != SOCK_STREAM || !listens ||
	    (domain != AF_INET && domain != AF_INET6 && domain != AF_UNIX))
		return -EINVAL;
	return 0;
}

/* A number from 1 to `max`, and nothing else; 0 when it is none. */
static long number_of(const char *text, long max)
{
	char *end;
	long number;

	if (text == NULL || text[0] < '0' || text[0] > '9')
		return 0;
	errno = 0;
	number = strtol(text, &end, 10);
	return *end == '\0' && errno == 0 && number <= max ? number : 0;
}

/*
 * What sd_listen_fds(3) says: the variables are for the process that they
 * name.  How many sockets there are from descriptor 3 on, or -1.
 */
static int sockets_given(char **error)
{
	const char *process = getenv("LISTEN_PID");
	const char *count = getenv("LISTEN_FDS");
	int given = 0, i, status;

	if (process != NULL && count != NULL &&
	    number_of(process, INT32_MAX) == (long)getpid()) {
		given = (int)number_of(count, GIVEN_MAX);
		if (given == 0) {
			*error = memory_format(
			    "LISTEN_FDS is no number from 1 to %d", GIVEN_MAX);
			return -1;
		}
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	for (i = 0; i < given; i++) {
		status = supervisor_check_socket(GIVEN_FIRST + i);
		if (status == 0)
			continue;
		*error = memory_format("LISTEN_FDS: descriptor %d is no "
				       "listening stream socket",
		    GIVEN_FIRST + i);
		return -1;
	}
	return given;
}

static void tell_given(int descriptor)
{
	union address address = {0};
	socklen_t length = sizeof(address);
	char *text = NULL;

	if (getsockname(descriptor, &address.any, &length) == 0)
		text = address.any.sa_family == AF_UNIX
		    ? memory_string("unix")
		    : address_text(&address, length);
	log_event(LOG_NOTICE, "listening", "address", text, "from",
	    "LISTEN_FDS", NULL);
	free(text);
}

/* Each worker has one; when they are fewer, workers share them. */
static int listen_given(struct supervisor *supervisor, int given, char **error)
{
	int i, workers = (int)supervisor->child_count - 1;

	for (i = 0; i < workers; i++) {
		int socket = GIVEN_FIRST + i % given;

		if (i < given) {
			fcntl(socket, F_SETFD, FD_CLOEXEC);
			tell_given(socket);
		} else
			socket = fcntl(socket, F_DUPFD_CLOEXEC, GIVEN_FIRST);
		if (socket < 0) {
			*error = memory_format(
			    "cannot share a socket: %s", strerror(errno));
			return -1;
		}
		supervisor->children[i].socket = socket;
	}
	return 0;
}

int supervisor_listen(struct supervisor *supervisor, char **error)
{
	int given = sockets_given(error);

	if (given < 0)
		return -1;
	if (supervisor->config.workers < (unsigned)given)
		supervisor->config.workers = (unsigned)given;
	supervisor_children(supervisor);
	return given > 0 ? listen_given(supervisor, given, error)
			 : listen_ourselves(supervisor, error);
}
