/* See load.h. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

enum { ADDRESSES = 40, EVENTS = 512 };

static struct sockaddr_in server;
static int epoll;

int64_t load_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

bool load_begin(const char *host, const char *port)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	setvbuf(stdout, NULL, _IOLBF, 0);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	server.sin_family = AF_INET;
	server.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
	return inet_pton(AF_INET, host, &server.sin_addr) == 1;
}

bool load_connect(int *out, int window)
{
	static unsigned turn;
	struct sockaddr_in own = {.sin_family = AF_INET};
	int on = 1, client;

	client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	*out = client;
	own.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + turn++ % ADDRESSES);
	setsockopt(
	    client, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (window > 0)
		setsockopt(
		    client, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
	return bind(client, (struct sockaddr *)&own, sizeof(own)) == 0 &&
	    (connect(client, (struct sockaddr *)&server, sizeof(server)) == 0 ||
		errno == EINPROGRESS);
}

int load_connected(int socket)
{
	int error = 0;
	socklen_t length = sizeof(error);

	getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length);
	return error;
}

bool load_watch(int socket, int how, uint32_t events, unsigned number)
{
	struct epoll_event event = {.events = events, .data.u32 = number};

	return epoll_ctl(epoll, how, socket, &event) == 0;
}

void load_turn(load_wake_fn *wake, int ms)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(epoll, events, EVENTS, ms), i;

	for (i = 0; i < n; i++)
		wake(events[i].data.u32, events[i].events);
}

/* Clients that ask. */

static const struct load_program *program;
static struct load_client *clients;
static unsigned *spare, spare_count;
static unsigned resting; /* the newest, or program->clients */
static volatile sig_atomic_t ended;

bool load_clients(const struct load_program *told)
{
	char *replies = calloc(told->clients, told->reply_max);
	unsigned i;

	program = told;
	resting = told->clients;
	clients = calloc(told->clients, sizeof(*clients));
	spare = calloc(told->clients, sizeof(*spare));
	if (replies == NULL || clients == NULL || spare == NULL || epoll < 0)
		return false;
	for (i = told->clients; i > 0; i--) {
		clients[i - 1].reply = replies + (i - 1) * told->reply_max;
		spare[spare_count++] = i - 1;
	}
	return true;
}

char *load_request(const char *path, const char *more)
{
	const char *token = getenv("TOKEN");
	char *text;

	if (asprintf(&text,
		"GET %s HTTP/1.1\r\nHost: localhost\r\n"
		"Authorization: Bearer %s\r\n%s\r\n",
		path, token == NULL ? "" : token, more) < 0)
		abort();
	return text;
}

static unsigned number_of(const struct load_client *client)
{
	return (unsigned)(client - clients);
}

static void client_connect(struct load_client *client)
{
	client->used = false;
	client->length = 0;
	client->state = LOAD_CONNECTING;
	if (!load_connect(&client->socket, 0) ||
	    !load_watch(
		client->socket, EPOLL_CTL_ADD, EPOLLOUT, number_of(client)))
		program->failed(client, strerrorname_np(errno));
}

bool load_open(bool kept, unsigned what, const char *request, int64_t since_us)
{
	struct load_client *client;

	if (spare_count == 0)
		return false;
	client = &clients[spare[--spare_count]];
	client->kept = kept;
	client->what = what;
	client->request = request;
	client->since_us = since_us;
	client_connect(client);
	return true;
}

void load_reopen(struct load_client *client)
{
	close(client->socket);
	client_connect(client);
}

static void rest_end(const struct load_client *client)
{
	unsigned *at = &resting;

	while (*at != number_of(client))
		at = &clients[*at].next;
	*at = client->next;
}

void load_ask(struct load_client *client)
{
	size_t length = strlen(client->request);

	if (client->state == LOAD_RESTING)
		rest_end(client);
	client->length = client->body = client->left = 0;
	client->state = LOAD_ASKING;
	if (send(client->socket, client->request, length, MSG_NOSIGNAL) !=
	    (ssize_t)length)
		program->closed(client, strerrorname_np(errno));
	else if (!client->used &&
	    !load_watch(
		client->socket, EPOLL_CTL_MOD, EPOLLIN, number_of(client)))
		program->failed(client, "epoll");
}

void load_free(struct load_client *client)
{
	close(client->socket);
	client->state = LOAD_FREE;
	spare[spare_count++] = number_of(client);
}

void load_rest(struct load_client *client)
{
	client->used = true;
	client->state = LOAD_RESTING;
	client->since_us = load_now_us();
	client->next = resting;
	resting = number_of(client);
}

struct load_client *load_rested(void)
{
	return resting == program->clients ? NULL : &clients[resting];
}

const char *load_field(const struct load_client *client, const char *name)
{
	const char *at = strcasestr(client->reply, name);

	return at == NULL ? NULL : at + strlen(name);
}

static void head_end(struct load_client *client, char *end)
{
	const char *number;

	end[2] = '\0';
	client->body = (size_t)(end + 4 - client->reply);
	client->status = (int)strtol(client->reply + 9, NULL, 10);
	number = load_field(client, "\r\nContent-Length: ");
	client->left = number == NULL ? 0 : strtoul(number, NULL, 10);
}

/* What came, of which `bytes` may be the head, the body or both. */
static bool client_take(
    struct load_client *client, const char *bytes, size_t length)
{
	size_t room = program->reply_max - 1 - client->length;
	size_t part = length < room ? length : room, before = client->length;
	char *end;

	memcpy(client->reply + before, bytes, part);
	client->length += part;
	client->reply[client->length] = '\0';
	if (client->body == 0) {
		end = strstr(client->reply, "\r\n\r\n");
		if (end == NULL)
			return false;
		head_end(client, end);
		length -= client->body - before;
	}
	client->left -= length < client->left ? length : client->left;
	return client->left == 0;
}

static void client_went(struct load_client *client)
{
	rest_end(client);
	load_free(client);
	if (program->went != NULL)
		program->went(client);
}

static void client_read(struct load_client *client)
{
	static char bytes[64 << 10];
	ssize_t n = recv(client->socket, bytes, sizeof(bytes), 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (client->state == LOAD_RESTING)
		/* Between two requests: nothing was asked. */
		client_went(client);
	else if (n <= 0)
		program->closed(client,
		    n < 0                    ? strerrorname_np(errno)
			: client->length > 0 ? "cut"
					     : "closed");
	else if (client_take(client, bytes, (size_t)n))
		program->answered(client);
	else if (client->body == 0 && client->length == program->reply_max - 1)
		program->failed(client, "long_head");
}

static void client_wake(unsigned number, uint32_t events)
{
	struct load_client *client = &clients[number];
	int error;

	(void)events;
	if (client->state == LOAD_ASKING || client->state == LOAD_RESTING) {
		client_read(client);
		return;
	}
	if (client->state != LOAD_CONNECTING)
		return;
	error = load_connected(client->socket);
	if (error == 0)
		load_ask(client);
	else
		program->failed(client, strerrorname_np(error));
}

static void client_look(struct load_client *client, int64_t now)
{
	if (client->state == LOAD_FREE)
		return;
	if (client->state != LOAD_RESTING) {
		if (now - client->since_us > program->patience_us)
			program->failed(client, "timeout");
	} else if (ended) {
		rest_end(client);
		load_free(client);
	} else if (program->resting != NULL) {
		program->resting(client, now);
	}
}

static void clients_look(int64_t now)
{
	unsigned i;

	for (i = 0; i < program->clients; i++)
		client_look(&clients[i], now);
}

static void on_signal(int number)
{
	(void)number;
	ended = 1;
}

bool load_is_over(void)
{
	return ended != 0;
}

long load_run(unsigned rate, unsigned seconds)
{
	struct sigaction action = {.sa_handler = on_signal};
	int64_t begun = load_now_us(), looked = begun, now = begun;
	uint64_t made = 0, due;
	unsigned i;

	sigaction(SIGTERM, &action, NULL);
	while (!ended && now - begun < (int64_t)seconds * 1000000) {
		now = load_now_us();
		due = (uint64_t)(now - begun) * rate / 1000000;
		for (i = 0; made < due && i < EVENTS; i++, made++)
			program->due(begun + (int64_t)(made * 1000000 / rate));
		if (now - looked > program->look_us) {
			clients_look(now);
			looked = now;
		}
		load_turn(client_wake, 1);
	}
	ended = 1;
	while (spare_count < program->clients) {
		clients_look(load_now_us());
		load_turn(client_wake, 1);
	}
	return (long)((now - begun) / 1000);
}
