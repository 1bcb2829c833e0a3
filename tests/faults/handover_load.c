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
 * of the client's own address.  When many have been answered the line is
 * `begun`.  Ends after SECONDS or at SIGTERM, and says
 * what it saw.  Clients have addresses from 127.0.0.2 on, or their ports
 * would run out.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "load.h"

enum {
	CLIENTS_MAX = 8000,
	REPLY_MAX = 32 << 10,
	TARGETS_MAX = 16,
	PAUSE_US = 50000,
	PATIENCE_US = 10000000,
	LOOK_US = 5000,
	MANY_NEW = 50,
	MANY_KEPT = 10,
};

struct target {
	char *request[2]; /* kept, to be closed */
	const char *expected;
};

static struct target targets[TARGETS_MAX];
static unsigned target_count, turn, opened;
static uint64_t answered[2], failed, behind;
static int64_t slowest_us;

static void on_failed(struct load_client *client, const char *why)
{
	struct sockaddr_in own = {0};
	socklen_t length = sizeof(own);
	char address[INET_ADDRSTRLEN] = "?";

	getsockname(client->socket, (struct sockaddr *)&own, &length);
	inet_ntop(AF_INET, &own.sin_addr, address, sizeof(address));
	printf("failed %s %s:%u %s %ld\n", client->kept ? "kept" : "new",
	    address, ntohs(own.sin_port), why,
	    (long)(load_now_us() - client->since_us) / 1000);
	failed++;
	load_free(client);
}

static void open_one(bool kept)
{
	bool closes = !kept && opened++ % 2 == 0;
	unsigned number = turn++ % target_count;

	behind += !load_open(
	    kept, number, targets[number].request[closes], load_now_us());
}

static void on_due(int64_t moment_us)
{
	(void)moment_us;
	open_one(false);
}

static void tell_begun(void)
{
	static bool told;

	if (told || answered[false] < MANY_NEW || answered[true] < MANY_KEPT)
		return;
	told = true;
	puts("begun");
}

/* A kept one makes place for another. */
static void on_went(const struct load_client *client)
{
	if (client->kept && !load_is_over())
		open_one(true);
}

static void on_closed(struct load_client *client, const char *why)
{
	on_failed(client, why);
	on_went(client);
}

static const char *reply_fault(const struct load_client *client)
{
	static char status[16];

	if (client->length == REPLY_MAX - 1)
		return "too_long";
	if (client->status != 200) {
		snprintf(status, sizeof(status), "%d", client->status);
		return status;
	}
	if (strstr(client->reply + client->body,
		targets[client->what].expected) == NULL)
		return "somebody_elses";
	return NULL;
}

static void on_answered(struct load_client *client)
{
	const char *fault = reply_fault(client);
	int64_t took = load_now_us() - client->since_us;

	if (fault != NULL) {
		on_closed(client, fault);
		return;
	}
	answered[client->kept]++;
	tell_begun();
	if (took > slowest_us)
		slowest_us = took;
	if (client->kept && !load_is_over() &&
	    load_field(client, "\r\nConnection: close") == NULL) {
		load_rest(client);
		return;
	}
	load_free(client);
	on_went(client);
}

/* Who has rested long enough asks again. */
static void on_resting(struct load_client *client, int64_t now)
{
	if (now - client->since_us <= PAUSE_US)
		return;
	client->what = turn++ % target_count;
	client->request = targets[client->what].request[0];
	client->since_us = now;
	load_ask(client);
}

static const struct load_program program = {
    .clients = CLIENTS_MAX,
    .reply_max = REPLY_MAX,
    .patience_us = PATIENCE_US,
    .look_us = LOOK_US,
    .due = on_due,
    .answered = on_answered,
    .failed = on_failed,
    .closed = on_closed,
    .went = on_went,
    .resting = on_resting,
};

static void run(unsigned rate, unsigned kept, unsigned seconds)
{
	unsigned i;
	long ms;

	for (i = 0; i < kept; i++)
		open_one(true);
	ms = load_run(rate, seconds);
	printf("done new %lu kept %lu failed %lu behind %lu ms %ld "
	       "slowest_ms %ld\n",
	    answered[0], answered[1], failed, behind, ms,
	    (long)slowest_us / 1000);
}

static bool prepare(int argc, char **argv)
{
	if (argc < 8 || argc % 2 != 0 || (argc - 6) / 2 > TARGETS_MAX ||
	    !load_begin(argv[1], argv[2]))
		return false;
	for (; target_count < (unsigned)(argc - 6) / 2; target_count++) {
		struct target *target = &targets[target_count];
		char **words = argv + 6 + target_count * 2;

		target->request[0] = load_request(words[0], "");
		target->request[1] =
		    load_request(words[0], "Connection: close\r\n");
		target->expected = words[1];
	}
	return load_clients(&program);
}

int main(int argc, char **argv)
{
	if (!prepare(argc, argv)) {
		fputs("usage: handover_load HOST PORT RATE KEPT SECONDS "
		      "[PATH EXPECTED] ...\n",
		    stderr);
		return 2;
	}
	run((unsigned)strtoul(argv[3], NULL, 10),
	    (unsigned)strtoul(argv[4], NULL, 10),
	    (unsigned)strtoul(argv[5], NULL, 10));
	return failed != 0;
}
