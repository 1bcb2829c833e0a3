/*
 * open_load -- asks at a fixed rate whatever the server does, or as fast as
 * it answers.
 *
 * open_load HOST PORT SECONDS rate N NEW PATH ...
 * open_load HOST PORT SECONDS clients N NEW PATH ...
 *
 * `rate`: N requests a second are due, each at its moment, and how long an
 * answer took is counted from then.  `clients`: N of them, each asks again as
 * soon as it was answered, for the most that the server can do.  NEW in a
 * hundred go out on a connection of their own, the others on one that is kept.
 * TOKEN in the environment is sent as the bearer's.  Ends after SECONDS or at
 * SIGTERM, when the last was answered, and says
 *
 *   done ms N sent N ok N shed N bad N failed N behind N reopened N
 *   ok_p50_us ... ok_p99_us ... ok_max_us ... shed_p50_us ...
 *
 * ok: 2xx.  shed: 503 with Retry-After.  bad: any other answer.  failed: none.
 * behind: there was no client left to ask with.  reopened: a kept connection
 * had been closed meanwhile.  Of bad and failed the first ten are lines.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "times.h"

enum {
	CLIENTS_MAX = 15000,
	HEAD_MAX = 4096,
	PATHS_MAX = 64,
	PATIENCE_US = 15000000,
	EVENTS = 256,
	COMPLAINTS = 10,
};

enum state { FREE, CONNECTING, ASKING, RESTING };

struct client {
	int socket;
	enum state state;
	bool single; /* for one request */
	bool used; /* has been answered before */
	unsigned path;
	unsigned next; /* resting: the one below it */
	size_t length; /* of the head so far */
	size_t left; /* of the body, once the head is here */
	bool has_head;
	int status;
	int64_t due_us;
	char head[HEAD_MAX];
};

static struct client *clients;
static unsigned *spare, spare_count;
static unsigned resting = CLIENTS_MAX; /* the newest, or none */
static char *requests[PATHS_MAX];
static unsigned path_count, turn, share;
static struct sockaddr_in server;
static int epoll;
static volatile sig_atomic_t ended;
static bool closed_loop;
static struct times ok, shed;
static uint64_t sent, bad, failed, behind, reopened;

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

static void client_rest(struct client *client)
{
	client->state = RESTING;
	client->next = resting;
	resting = (unsigned)(client - clients);
}

static void rest_end(const struct client *client)
{
	unsigned number = (unsigned)(client - clients), *at = &resting;

	while (*at != number)
		at = &clients[*at].next;
	*at = client->next;
}

static bool client_watch(struct client *client, int how, uint32_t events)
{
	return load_watch(epoll, how, client->socket,
	    (struct epoll_event){
		.events = events, .data.u32 = (uint32_t)(client - clients)});
}

static void client_failed(struct client *client, const char *why)
{
	if (++failed <= COMPLAINTS)
		printf("failed %s %ld ms\n", why,
		    (long)(load_now_us() - client->due_us) / 1000);
	client_free(client);
}

static bool client_connect(struct client *client)
{
	client->used = false;
	client->state = CONNECTING;
	return load_connect(&client->socket, &server, 0) &&
	    client_watch(client, EPOLL_CTL_ADD, EPOLLOUT);
}

static void client_open(bool single, int64_t due_us)
{
	struct client *client;

	if (spare_count == 0) {
		behind++;
		return;
	}
	client = &clients[spare[--spare_count]];
	client->single = single;
	client->path = turn++ % path_count;
	client->due_us = due_us;
	if (!client_connect(client))
		client_failed(client, strerrorname_np(errno));
}

/* A kept connection that was closed before its answer may be closed by now. */
static void client_lost(struct client *client, const char *why)
{
	if (!client->used || client->length > 0) {
		client_failed(client, why);
		return;
	}
	reopened++;
	close(client->socket);
	if (!client_connect(client))
		client_failed(client, strerrorname_np(errno));
}

static void client_ask(struct client *client)
{
	const char *request = requests[client->path];
	size_t length = strlen(request);

	client->length = client->left = 0;
	client->has_head = false;
	client->state = ASKING;
	if (send(client->socket, request, length, MSG_NOSIGNAL) !=
	    (ssize_t)length)
		client_lost(client, strerrorname_np(errno));
	else if (!client->used && !client_watch(client, EPOLL_CTL_MOD, EPOLLIN))
		client_failed(client, "epoll");
}

static void ask(bool single, int64_t due_us)
{
	struct client *client;

	if (single || resting == CLIENTS_MAX) {
		client_open(single, due_us);
		return;
	}
	client = &clients[resting];
	resting = client->next;
	client->path = turn++ % path_count;
	client->due_us = due_us;
	client_ask(client);
}

static bool next_is_single(void)
{
	return sent++ % 100 < share;
}

static const char *field(const struct client *client, const char *name)
{
	const char *at = strcasestr(client->head, name);

	return at == NULL ? NULL : at + strlen(name);
}

static void client_judge(struct client *client)
{
	int64_t us = load_now_us() - client->due_us;

	if (client->status / 100 == 2) {
		times_add(&ok, us);
	} else if (client->status == 503 &&
	    field(client, "\r\nRetry-After: ") != NULL) {
		times_add(&shed, us);
	} else if (++bad <= COMPLAINTS) {
		printf("bad %d %.60s\n", client->status,
		    strchr(requests[client->path], '/'));
	}
}

static void client_answered(struct client *client)
{
	client_judge(client);
	if (client->single || field(client, "\r\nConnection: close") != NULL)
		client_free(client);
	else {
		client->used = true;
		client_rest(client);
	}
	if (closed_loop && !ended)
		ask(next_is_single(), load_now_us());
}

/* What came, of which `bytes` may be the head, the body or both. */
static bool client_take(struct client *client, const char *bytes, size_t length)
{
	size_t room = HEAD_MAX - 1 - client->length;
	size_t part = length < room ? length : room, before = client->length;
	const char *end, *number;
	size_t head;

	if (client->has_head) {
		client->left -= length < client->left ? length : client->left;
		return client->left == 0;
	}
	memcpy(client->head + before, bytes, part);
	client->length += part;
	client->head[client->length] = '\0';
	end = strstr(client->head, "\r\n\r\n");
	if (end == NULL)
		return false;
	head = (size_t)(end + 4 - client->head);
	client->head[head] = '\0';
	client->has_head = true;
	client->status = (int)strtol(client->head + 9, NULL, 10);
	number = field(client, "\r\nContent-Length: ");
	client->left = number == NULL ? 0 : strtoul(number, NULL, 10);
	length -= head - before;
	client->left -= length < client->left ? length : client->left;
	return client->left == 0;
}

static void client_read(struct client *client)
{
	static char bytes[64 << 10];
	ssize_t n = recv(client->socket, bytes, sizeof(bytes), 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (client->state == RESTING) {
		/* Between two requests: nothing was asked. */
		rest_end(client);
		client_free(client);
	} else if (n <= 0) {
		client_lost(client, n == 0 ? "closed" : strerrorname_np(errno));
	} else if (client_take(client, bytes, (size_t)n)) {
		client_answered(client);
	} else if (client->length == HEAD_MAX - 1 && !client->has_head) {
		client_failed(client, "long_head");
	}
}

static void client_wake(struct client *client)
{
	int error;

	if (client->state == ASKING || client->state == RESTING) {
		client_read(client);
		return;
	}
	if (client->state != CONNECTING)
		return;
	error = load_connected(client->socket);
	if (error == 0)
		client_ask(client);
	else
		client_failed(client, strerrorname_np(error));
}

static void clients_look(int64_t now)
{
	unsigned i;

	for (i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &clients[i];

		if (client->state == FREE)
			continue;
		if (client->state != RESTING) {
			if (now - client->due_us > PATIENCE_US)
				client_failed(client, "timeout");
		} else if (ended) {
			rest_end(client);
			client_free(client);
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

static void ask_what_is_due(int64_t begun, int64_t now, unsigned rate)
{
	uint64_t due = (uint64_t)(now - begun) * rate / 1000000;
	unsigned i;

	for (i = 0; sent < due && i < EVENTS; i++) {
		int64_t moment =
		    begun + (int64_t)(sent * 1000000 / (rate == 0 ? 1 : rate));

		ask(next_is_single(), moment);
	}
}

static void run(unsigned number, unsigned seconds)
{
	int64_t begun = load_now_us(), looked = begun, now = begun;
	unsigned i;

	for (i = 0; closed_loop && i < number; i++)
		ask(next_is_single(), begun);
	while (!ended && now - begun < (int64_t)seconds * 1000000) {
		now = load_now_us();
		if (!closed_loop)
			ask_what_is_due(begun, now, number);
		if (now - looked > 100000) {
			clients_look(now);
			looked = now;
		}
		turn_once();
	}
	ended = 1;
	while (spare_count < CLIENTS_MAX) {
		clients_look(load_now_us());
		turn_once();
	}
	printf("done ms %ld sent %lu ok %zu shed %zu bad %lu failed %lu "
	       "behind %lu reopened %lu",
	    (long)(now - begun) / 1000, sent, ok.count, shed.count, bad, failed,
	    behind, reopened);
	times_print(&ok, "ok");
	times_print(&shed, "shed");
	putchar('\n');
}

static int prepare(int argc, char **argv)
{
	const char *token = getenv("TOKEN");
	unsigned i;

	if (argc < 8 || argc - 7 > PATHS_MAX)
		return -1;
	if (!load_address(&server, argv[1], argv[2]))
		return -1;
	closed_loop = strcmp(argv[4], "clients") == 0;
	share = (unsigned)strtoul(argv[6], NULL, 10);
	for (; path_count < (unsigned)argc - 7; path_count++)
		if (asprintf(&requests[path_count],
			"GET %s HTTP/1.1\r\nHost: localhost\r\n"
			"Authorization: Bearer %s\r\n\r\n",
			argv[7 + path_count], token == NULL ? "" : token) < 0)
			abort();
	load_descriptors();
	clients = calloc(CLIENTS_MAX, sizeof(*clients));
	spare = calloc(CLIENTS_MAX, sizeof(*spare));
	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (clients == NULL || spare == NULL || epoll < 0)
		return -1;
	for (i = CLIENTS_MAX; i > 0; i--)
		spare[spare_count++] = i - 1;
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_signal};

	if (prepare(argc, argv) < 0) {
		fputs("usage: open_load HOST PORT SECONDS rate|clients N NEW "
		      "PATH ...\n",
		    stderr);
		return 2;
	}
	sigaction(SIGTERM, &action, NULL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	run((unsigned)strtoul(argv[5], NULL, 10),
	    (unsigned)strtoul(argv[3], NULL, 10));
	return 0;
}
