#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hefboom/memory.h"
#include "hefboom/server.h"

/* "127.0.0.1:8080", "[::1]:0": what stands before and behind the port's :. */
static struct addrinfo *address_read(const char *address)
{
	struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
	};
	const char *port = strrchr(address, ':');
	struct addrinfo *found = NULL;
	size_t length;
	char *host;

	if (port == NULL || port == address || port[1] == '\0')
		return NULL;
	length = (size_t)(port - address);
	if (address[0] == '[' && port[-1] == ']' && length > 2)
		host = memory_copy(address + 1, length - 2);
	else
		host = memory_copy(address, length);
	if (getaddrinfo(host, port + 1, &hints, &found) != 0)
		found = NULL;
	free(host);
	return found;
}

static int socket_listen(
    int socket, const struct addrinfo *address, unsigned backlog)
{
	int on = 1;

	if (setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) !=
		0 ||
	    setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) !=
		0 ||
	    bind(socket, address->ai_addr, address->ai_addrlen) != 0 ||
	    listen(socket, (int)backlog) != 0)
		return -errno;
	return 0;
}

int server_listen(const char *address, unsigned backlog)
{
	struct addrinfo *found = address_read(address);
	int listener, error;

	if (found == NULL)
		return -EINVAL;
	listener = socket(
	    found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	error = listener < 0 ? -errno : socket_listen(listener, found, backlog);
	freeaddrinfo(found);
	if (listener >= 0 && error != 0)
		close(listener);
	return error != 0 ? error : listener;
}

int server_connect(const char *address, unsigned deadline_ms)
{
	struct timeval deadline = {
	    deadline_ms / 1000, deadline_ms % 1000 * 1000};
	struct addrinfo *found = address_read(address);
	int client, error = 0;

	if (found == NULL)
		return -EINVAL;
	client = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client < 0 ||
	    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &deadline,
		sizeof(deadline)) != 0 ||
	    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &deadline,
		sizeof(deadline)) != 0 ||
	    connect(client, found->ai_addr, found->ai_addrlen) != 0)
		error = -errno;
	freeaddrinfo(found);
	if (client >= 0 && error != 0)
		close(client);
	return error != 0 ? error : client;
}
