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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "times.h"

enum {
	CLIENTS_MAX = 15000,
	HEAD_MAX = 4096,
	PATHS_MAX = 64,
	PATIENCE_US = 15000000,
	LOOK_US = 100000,
	COMPLAINTS = 10,
};

static char *requests[PATHS_MAX];
static unsigned path_count, turn, share;
static bool closed_loop;
static struct times ok, shed;
static uint64_t sent, bad, failed, behind, reopened;

static void on_failed(struct load_client *client, const char *why)
{
	if (++failed <= COMPLAINTS)
		printf("failed %s %ld ms\n", why,
		    (long)(load_now_us() - client->since_us) / 1000);
	load_free(client);
}

/* A kept connection that was closed before its answer may be closed by now. */
static void on_closed(struct load_client *client, const char *why)
{
	if (!client->used || client->length > 0) {
		on_failed(client, why);
		return;
	}
	reopened++;
	load_reopen(client);
}

/* On a connection of its own, or one that is kept. */
static void ask(int64_t due_us)
{
	bool single = sent++ % 100 < share;
	struct load_client *client = single ? NULL : load_rested();
	unsigned path = turn++ % path_count;

	if (client == NULL) {
		behind += !load_open(!single, path, requests[path], due_us);
		return;
	}
	client->what = path;
	client->request = requests[path];
	client->since_us = due_us;
	load_ask(client);
}

static void judge(const struct load_client *client)
{
	int64_t us = load_now_us() - client->since_us;

	if (client->status / 100 == 2) {
		times_add(&ok, us);
	} else if (client->status == 503 &&
	    load_field(client, "\r\nRetry-After: ") != NULL) {
		times_add(&shed, us);
	} else if (++bad <= COMPLAINTS) {
		printf("bad %d %.60s\n", client->status,
		    strchr(client->request, '/'));
	}
}

static void on_answered(struct load_client *client)
{
	judge(client);
	if (!client->kept ||
	    load_field(client, "\r\nConnection: close") != NULL)
		load_free(client);
	else
		load_rest(client);
	if (closed_loop && !load_is_over())
		ask(load_now_us());
}

static const struct load_program program = {
    .clients = CLIENTS_MAX,
    .reply_max = HEAD_MAX,
    .patience_us = PATIENCE_US,
    .look_us = LOOK_US,
    .due = ask,
    .answered = on_answered,
    .failed = on_failed,
    .closed = on_closed,
};

static void run(unsigned number, unsigned seconds)
{
	unsigned i;
	long ms;

	for (i = 0; closed_loop && i < number; i++)
		ask(load_now_us());
	ms = load_run(closed_loop ? 0 : number, seconds);
	printf("done ms %ld sent %lu ok %zu shed %zu bad %lu failed %lu "
	       "behind %lu reopened %lu",
	    ms, sent, ok.count, shed.count, bad, failed, behind, reopened);
	times_print(&ok, "ok");
	times_print(&shed, "shed");
	putchar('\n');
}

static bool prepare(int argc, char **argv)
{
	if (argc < 8 || argc - 7 > PATHS_MAX || !load_begin(argv[1], argv[2]))
		return false;
	closed_loop = strcmp(argv[4], "clients") == 0;
	share = (unsigned)strtoul(argv[6], NULL, 10);
	for (; path_count < (unsigned)argc - 7; path_count++)
		requests[path_count] = load_request(argv[7 + path_count], "");
	return load_clients(&program);
}

int main(int argc, char **argv)
{
	if (!prepare(argc, argv)) {
		fputs("usage: open_load HOST PORT SECONDS rate|clients N NEW "
		      "PATH ...\n",
		    stderr);
		return 2;
	}
	run((unsigned)strtoul(argv[5], NULL, 10),
	    (unsigned)strtoul(argv[3], NULL, 10));
	return 0;
}
