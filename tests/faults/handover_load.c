/*
 * handover_load -- asks as many clients do while a server changes hands.
 *
 * handover_load HOST PORT RATE KEPT SECONDS [PATH EXPECTED] ...
 *
 * Opens RATE connections a second, whatever the server does, each for one
 * request; every second one asks to be closed, the others close themselves.
 * Beside them KEPT connections ask again every 50 ms for as long as they are
 * let.  TOKEN in the environment is sent as the bearer's.  A reply must be a
 * 200 that holds EXPECTED; anything else is a line
 *
 *   failed new|kept ADDRESS:PORT WHY MILLISECONDS
 *
 * of the client's own address.  Ends after SECONDS or at SIGTERM, and says
 * what it saw.  Clients have addresses from 127.0.0.2 on, or their ports
 * would run out.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum {
	CLIENTS_MAX = 8000,
	REPLY_MAX = 32 << 10,
	TARGETS_MAX = 16,
	PAUSE_US = 50000,
	PATIENCE_US = 10000000,
	ADDRESSES = 40,
	EVENTS = 512,
};

enum state { FREE, CONNECTING, ASKING, RESTING };

struct client {
	int socket;
	enum state state;
	bool kept;
	bool closes; /* asked the server to close */
	unsigned target;
	size_t length;
	int64_t since_us;
	char reply[REPLY_MAX];
};

struct target {
	char *request[2]; /* kept, to be closed */
	const char *expected;
};

static struct client *clients;
static unsigned *spare, spare_count;
static struct target targets[TARGETS_MAX];
static unsigned target_count, turn, opened;
static struct sockaddr_in server;
static int epoll;
static volatile sig_atomic_t ended;
static uint64_t answered[2], failed, behind;
static int64_t slowest_us;

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void on_signal(int number)
{
	(void)number;
	ended = 1;
}

static void client_free(struct client *client)
{
	close(client->socket);
	client->state = FREE;
	spare[spare_count++] = (unsigned)(client - clients);
}

static void client_failed(struct client *client, const char *why)
{
	struct sockaddr_in own = {0};
	socklen_t length = sizeof(own);
	char address[INET_ADDRSTRLEN] = "?";

	getsockname(client->socket, (struct sockaddr *)&own, &length);
	inet_ntop(AF_INET, &own.sin_addr, address, sizeof(address));
	printf("failed %s %s:%u %s %ld\n", client->kept ? "kept" : "new",
	    address, ntohs(own.sin_port), why,
	    (long)(now_us() - client->since_us) / 1000);
	failed++;
	client_free(client);
}

static bool client_watch(struct client *client, int how, uint32_t events)
{
	struct epoll_event event = {
	    .events = events, .data.u32 = (uint32_t)(client - clients)};

	return epoll_ctl(epoll, how, client->socket, &event) == 0;
}

static void client_open(bool kept)
{
	struct sockaddr_in own = {.sin_family = AF_INET};
	struct client *client;
	int on = 1;

	if (spare_count == 0) {
		behind++;
		return;
	}
	client = &clients[spare[--spare_count]];
	client->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	client->kept = kept;
	client->closes = !kept && opened++ % 2 == 0;
	client->target = turn++ % target_count;
	client->length = 0;
	client->since_us = now_us();
	client->state = CONNECTING;
	own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + opened % ADDRESSES);
	setsockopt(client->socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on,
	    sizeof(on));
	setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (bind(client->socket, (struct sockaddr *)&own, sizeof(own)) < 0 ||
	    (connect(client->socket, (struct sockaddr *)&server,
		 sizeof(server)) < 0 &&
		errno != EINPROGRESS) ||
	    !client_watch(client, EPOLL_CTL_ADD, EPOLLOUT))
		client_failed(client, strerrorname_np(errno));
}

static void client_ask(struct client *client)
{
	const char *request = targets[client->target].request[client->closes];
	size_t length = strlen(request);

	client->length = 0;
	client->state = ASKING;
	if (send(client->socket, request, length, MSG_NOSIGNAL) !=
	    (ssize_t)length)
		client_failed(client, strerrorname_np(errno));
	else if (!client_watch(client, EPOLL_CTL_MOD, EPOLLIN))
		client_failed(client, "epoll");
}

/* The reply's length once its head is here, else 0. */
static size_t reply_length(const struct client *client)
{
	static const char name[] = "\r\nContent-Length: ";
	const char *end = strstr(client->reply, "\r\n\r\n");
	const char *field = strcasestr(client->reply, name);

	if (end == NULL || field == NULL || field > end)
		return 0;
	return (size_t)(end + 4 - client->reply) +
	    strtoul(field + sizeof(name) - 1, NULL, 10);
}

static const char *reply_fault(const struct client *client)
{
	static char status[16];

	if (strncmp(client->reply, "HTTP/1.1 200 ", 13) != 0) {
		snprintf(status, sizeof(status), "%.3s", client->reply + 9);
		return status;
	}
	if (strstr(client->reply, targets[client->target].expected) == NULL)
		return "somebody_elses";
	return NULL;
}

static void client_answered(struct client *client)
{
	const char *fault = reply_fault(client);
	int64_t now = now_us();
	bool kept = client->kept;
	bool last = !kept || ended ||
	    strcasestr(client->reply, "\r\nConnection: close") != NULL;

	if (fault != NULL) {
		client_failed(client, fault);
	} else {
		answered[kept]++;
		if (now - client->since_us > slowest_us)
			slowest_us = now - client->since_us;
		if (last)
			client_free(client);
	}
	if (fault == NULL && !last) {
		client->state = RESTING;
		client->since_us = now;
	} else if (kept && !ended)
		client_open(true);
}

static void client_read(struct client *client)
{
	size_t room = REPLY_MAX - 1 - client->length, length;
	ssize_t n =
	    recv(client->socket, client->reply + client->length, room, 0);
	bool kept = client->kept;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0 && client->state == RESTING) {
		/* Between two requests: nothing was asked. */
		client_free(client);
	} else if (n <= 0) {
		client_failed(client,
		    n < 0                    ? strerrorname_np(errno)
			: client->length > 0 ? "cut"
					     : "closed");
	} else {
		client->length += (size_t)n;
		client->reply[client->length] = '\0';
		length = reply_length(client);
		if (length > 0 && client->length >= length)
			client_answered(client);
		else if (client->length == REPLY_MAX - 1)
			client_failed(client, "too_long");
		return;
	}
	if (kept && !ended)
		client_open(true);
}

static void client_wake(struct client *client)
{
	int error = 0;
	socklen_t length = sizeof(error);

	if (client->state == ASKING || client->state == RESTING) {
		client_read(client);
		return;
	}
	if (client->state != CONNECTING)
		return;
	getsockopt(client->socket, SOL_SOCKET, SO_ERROR, &error, &length);
	if (error == 0)
		client_ask(client);
	else
		client_failed(client, strerrorname_np(error));
}

/* Who has rested long enough asks again; who has waited too long, no more. */
static void clients_look(int64_t now)
{
	unsigned i;

	for (i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &clients[i];

		if (client->state == FREE)
			continue;
		if (client->state != RESTING) {
			if (now - client->since_us > PATIENCE_US)
				client_failed(client, "timeout");
		} else if (ended) {
			client_free(client);
		} else if (now - client->since_us > PAUSE_US) {
			client->target = turn++ % target_count;
			client->since_us = now;
			client_ask(client);
		}
	}
}

static void turn_once(void)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(epoll, events, EVENTS, 1), i;

	for (i = 0; i < n; i++)
		client_wake(&clients[events[i].data.u32]);
}

static void run(unsigned rate, unsigned kept, unsigned seconds)
{
	int64_t begun = now_us(), looked = begun, now = begun;
	uint64_t made = 0, due;
	unsigned i;

	for (i = 0; i < kept; i++)
		client_open(true);
	while (!ended) {
		now = now_us();
		if (now - begun > (int64_t)seconds * 1000000)
			break;
		due = (uint64_t)(now - begun) * rate / 1000000;
		for (i = 0; made < due && i < EVENTS; i++, made++)
			client_open(false);
		if (now - looked > 5000) {
			clients_look(now);
			looked = now;
		}
		turn_once();
	}
	ended = 1;
	due = (uint64_t)(now - begun) / 1000;
	while (spare_count < CLIENTS_MAX) {
		turn_once();
		clients_look(now_us());
	}
	printf("done new %lu kept %lu failed %lu behind %lu ms %lu "
	       "slowest_ms %ld\n",
	    answered[0], answered[1], failed, behind, due,
	    (long)slowest_us / 1000);
}

static char *request_new(const char *path, bool closes)
{
	const char *token = getenv("TOKEN");
	char *text;

	if (asprintf(&text,
		"GET %s HTTP/1.1\r\nHost: localhost\r\n"
		"Authorization: Bearer %s\r\n%s\r\n",
		path, token == NULL ? "" : token,
		closes ? "Connection: close\r\n" : "") < 0)
		abort();
	return text;
}

static int prepare(int argc, char **argv)
{
	unsigned i;

	if (argc < 8 || argc % 2 != 0 || (argc - 6) / 2 > TARGETS_MAX)
		return -1;
	server.sin_family = AF_INET;
	server.sin_port = htons((uint16_t)strtoul(argv[2], NULL, 10));
	if (inet_pton(AF_INET, argv[1], &server.sin_addr) != 1)
		return -1;
	for (; target_count < (unsigned)(argc - 6) / 2; target_count++) {
		struct target *target = &targets[target_count];
		char **words = argv + 6 + target_count * 2;

		target->request[0] = request_new(words[0], false);
		target->request[1] = request_new(words[0], true);
		target->expected = words[1];
	}
	clients = calloc(CLIENTS_MAX, sizeof(*clients));
	spare = calloc(CLIENTS_MAX, sizeof(*spare));
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (clients == NULL || spare == NULL || epoll < 0)
		return -1;
	for (i = 0; i < CLIENTS_MAX; i++)
		spare[spare_count++] = i;
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_signal};

	if (prepare(argc, argv) < 0) {
		fputs("usage: handover_load HOST PORT RATE KEPT SECONDS "
		      "[PATH EXPECTED] ...\n",
		    stderr);
		return 2;
	}
	sigaction(SIGTERM, &action, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	run((unsigned)strtoul(argv[3], NULL, 10),
	    (unsigned)strtoul(argv[4], NULL, 10),
	    (unsigned)strtoul(argv[5], NULL, 10));
	return failed != 0;
}
