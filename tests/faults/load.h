/*
 * load -- what the programs here that stand for many clients have in common.
 *
 * Clients have addresses of 127/8, since one has too few ports for all.
 */
#ifndef LOAD_H
#define LOAD_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum { LOAD_ADDRESSES = 40 };

static inline int64_t load_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline bool load_address(
    struct sockaddr_in *address, const char *host, const char *port)
{
	*address = (struct sockaddr_in){.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
	return inet_pton(AF_INET, host, &address->sin_addr) == 1;
}

static inline void load_descriptors(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static inline bool load_watch(
    int epoll, int how, int socket, struct epoll_event event)
{
	return epoll_ctl(epoll, how, socket, &event) == 0;
}

/*
 * Begins to connect; `window` is how much it takes unread, 0 as usual.  False
 * and errno, and still a socket to be closed.
 */
static inline bool load_connect(
    int *out, const struct sockaddr_in *server, int window)
{
	static unsigned turn;
	struct sockaddr_in own = {.sin_family = AF_INET};
	int on = 1, client;

	client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	*out = client;
	own.sin_addr.s_addr =
	    htonl(INADDR_LOOPBACK + 1 + turn++ % LOAD_ADDRESSES);
	setsockopt(
	    client, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (window > 0)
		setsockopt(
		    client, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
	return bind(client, (struct sockaddr *)&own, sizeof(own)) == 0 &&
	    (connect(client, (const struct sockaddr *)server,
		 sizeof(*server)) == 0 ||
		errno == EINPROGRESS);
}

/* 0, or why a connection that was begun could not be. */
static inline int load_connected(int socket)
{
	int error = 0;
	socklen_t length = sizeof(error);

	getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length);
	return error;
}

#endif
