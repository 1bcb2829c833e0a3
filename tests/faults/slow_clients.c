/*
 * slow_clients -- thousands who take their time, and when they were put out.
 *
 * slow_clients HOST PORT COUNT SECONDS DRIP_MS KIND ...
 *
 * COUNT connections, of the kinds in turns, open, two in a millisecond.  Each
 * sends or reads one byte every DRIP_MS; one that the server has closed is
 * opened again until SECONDS are over.  Then they are waited for, 75 s at
 * most.  The kinds:
 *
 *   line     a request line that does not end
 *   headers  a header block that does not
 *   body     a body of which the length was said
 *   chunks   one of which it was not, in chunks of a byte
 *   reader   READ in the environment is asked for and read through a small
 *            window
 *
 * Says when all are open for the first time ("open"), and at the end, of each
 * kind,
 *
 *   KIND opened N closed N told N earliest_ms N latest_ms N never N failed N
 *
 * `told`: an answer came before the end.  The milliseconds are counted from
 * the first byte that was sent until the end was seen.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

enum {
	OPENED_A_MS = 2,
	PATIENCE_MS = 75000,
	AT_ONCE = 512,
	WINDOW = 4096,
};

struct kind {
	const char *name;
	const char *begin; /* sent at once; NULL: what READ says */
	const char *drip; /* then this, byte by byte, again and again */
	unsigned opened, closed, told, never, failed;
	int64_t earliest_ms, latest_ms;
};

static struct kind kinds[] = {
    {.name = "line", .begin = "GET /", .drip = "a"},
    {.name = "headers",
	.begin = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n",
	.drip = "x-a: b\r\n"},
    {.name = "body",
	.begin = "POST /v1/me/skills HTTP/1.1\r\nHost: localhost\r\n"
		 "Content-Type: application/json\r\n"
		 "Content-Length: 100000\r\n\r\n{",
	.drip = " "},
    {.name = "chunks",
	.begin = "POST /v1/me/skills HTTP/1.1\r\nHost: localhost\r\n"
		 "Content-Type: application/json\r\n"
		 "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
	.drip = "1\r\n \r\n"},
    {.name = "reader", .drip = ""},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

enum state { CLOSED, CONNECTING, DRIPPING };

struct client {
	struct kind *kind;
	int socket;
	enum state state;
	bool told;
	unsigned at; /* in the drip */
	int64_t since_ms;
};

static struct client *clients;
static unsigned client_count, drip_ms, open_count;
static char *reading;
static bool reopening = true;

static int64_t now_ms(void)
{
	return load_now_us() / 1000;
}

static void client_end(struct client *client)
{
	close(client->socket);
	client->state = CLOSED;
	open_count--;
}

static void client_failed(struct client *client, const char *why)
{
	if (client->kind->failed++ == 0)
		printf("%s failed: %s\n", client->kind->name, why);
	client_end(client);
}

static void client_closed(struct client *client)
{
	struct kind *kind = client->kind;
	int64_t took = now_ms() - client->since_ms;

	if (kind->closed++ == 0 || took < kind->earliest_ms)
		kind->earliest_ms = took;
	if (took > kind->latest_ms)
		kind->latest_ms = took;
	kind->told += client->told;
	client_end(client);
}

static bool is_reader(const struct client *client)
{
	return client->kind->drip[0] == '\0';
}

static bool client_watch(struct client *client, int how, uint32_t events)
{
	return load_watch(
	    client->socket, how, events, (unsigned)(client - clients));
}

static void client_open(struct client *client)
{
	client->state = CONNECTING;
	client->told = false;
	client->at = 0;
	client->since_ms = now_ms();
	client->kind->opened++;
	open_count++;
	if (!load_connect(&client->socket, is_reader(client) ? WINDOW : 0) ||
	    !client_watch(client, EPOLL_CTL_ADD, EPOLLOUT))
		client_failed(client, strerrorname_np(errno));
}

static void client_begin(struct client *client)
{
	const char *begin = is_reader(client) ? reading : client->kind->begin;
	size_t length = strlen(begin);
	uint32_t events = is_reader(client) ? 0 : EPOLLIN;

	client->state = DRIPPING;
	client->since_ms = now_ms();
	if (send(client->socket, begin, length, MSG_NOSIGNAL) !=
		(ssize_t)length ||
	    !client_watch(client, EPOLL_CTL_MOD, events))
		client_failed(client, strerrorname_np(errno));
}

/* What the server has to say before it goes; or that it has gone. */
static void client_listen(struct client *client)
{
	char bytes[4096];
	ssize_t n = recv(client->socket, bytes, sizeof(bytes), 0);

	if (n > 0)
		client->told = true;
	else if (n == 0 || errno != EAGAIN)
		client_closed(client);
}

static void client_wake(unsigned number, uint32_t events)
{
	struct client *client = &clients[number];
	int error;

	if (client->state == DRIPPING && is_reader(client)) {
		/* A reset overtakes what is still to be read. */
		if (events & (EPOLLERR | EPOLLHUP))
			client_closed(client);
	} else if (client->state == DRIPPING) {
		client_listen(client);
	} else if (client->state == CONNECTING) {
		error = load_connected(client->socket);
		if (error == 0)
			client_begin(client);
		else
			client_failed(client, strerrorname_np(error));
	}
}

static void client_drip(struct client *client)
{
	const char *drip = client->kind->drip;
	char byte;
	ssize_t n;

	if (is_reader(client)) {
		n = recv(client->socket, &byte, 1, 0);
		client->told = client->told || n == 1;
		if (n == 0 || (n < 0 && errno != EAGAIN))
			client_closed(client);
		return;
	}
	/* Who is not listened to any more hears it by client_listen(). */
	send(client->socket, drip + client->at, 1, MSG_NOSIGNAL);
	if (drip[++client->at] == '\0')
		client->at = 0;
}

/* So many turns of one client after the other as are due by now. */
static void clients_drip(uint64_t *done, uint64_t due)
{
	unsigned i;

	for (i = 0; *done < due && i < AT_ONCE; i++, ++*done) {
		struct client *client = &clients[*done % client_count];

		if (client->state == DRIPPING)
			client_drip(client);
		else if (client->state == CLOSED && reopening)
			client_open(client);
	}
}

static void run(unsigned seconds)
{
	int64_t begun = now_ms(), now = begun, end;
	uint64_t done = 0, due = 0;
	unsigned opened = 0, i;
	bool said = false;

	end = begun + (int64_t)seconds * 1000;
	while (now < end + PATIENCE_MS && (reopening || open_count > 0)) {
		now = now_ms();
		reopening = now < end;
		due = (uint64_t)(now - begun) * OPENED_A_MS;
		for (i = 0;
		     opened < due && opened < client_count && i < AT_ONCE / 4;
		     i++)
			client_open(&clients[opened++]);
		if (opened == client_count && !said) {
			printf("open\n");
			said = true;
			done = 0;
			begun = now;
		}
		due = (uint64_t)(now - begun) * client_count / drip_ms;
		if (said)
			clients_drip(&done, due);
		load_turn(client_wake, 5);
	}
	for (i = 0; i < client_count; i++) {
		if (clients[i].state != CLOSED)
			clients[i].kind->never++;
	}
}

static struct kind *kind_find(const char *name)
{
	unsigned i;

	for (i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static int prepare(int argc, char **argv)
{
	const char *path = getenv("READ");
	unsigned i, names = (unsigned)argc - 6;

	if (argc < 7)
		return -1;
	client_count = (unsigned)strtoul(argv[3], NULL, 10);
	drip_ms = (unsigned)strtoul(argv[5], NULL, 10);
	if (!load_begin(argv[1], argv[2]) || client_count == 0 ||
	    drip_ms == 0 ||
	    asprintf(&reading, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n",
		path == NULL ? "/openapi.json" : path) < 0)
		return -1;
	clients = calloc(client_count, sizeof(*clients));
	if (clients == NULL)
		return -1;
	for (i = 0; i < client_count; i++) {
		clients[i].kind = kind_find(argv[6 + i % names]);
		if (clients[i].kind == NULL)
			return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned i;

	if (prepare(argc, argv) < 0) {
		fputs("usage: slow_clients HOST PORT COUNT SECONDS DRIP_MS "
		      "KIND ...\n",
		    stderr);
		return 2;
	}
	run((unsigned)strtoul(argv[4], NULL, 10));
	for (i = 0; i < KINDS; i++)
		if (kinds[i].opened > 0)
			printf("%s opened %u closed %u told %u earliest_ms "
			       "%ld latest_ms %ld never %u failed %u\n",
			    kinds[i].name, kinds[i].opened, kinds[i].closed,
			    kinds[i].told, (long)kinds[i].earliest_ms,
			    (long)kinds[i].latest_ms, kinds[i].never,
			    kinds[i].failed);
	return 0;
}
