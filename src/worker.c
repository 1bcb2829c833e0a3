#include "hefboom/worker.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "folder.h"
#include "hefboom/buf.h"
#include "hefboom/caller.h"
#include "hefboom/config.h"
#include "hefboom/connection.h"
#include "hefboom/fetch.h"
#include "hefboom/http.h"
#include "hefboom/log.h"
#include "hefboom/loop.h"
#include "hefboom/memory.h"
#include "hefboom/pool.h"
#include "hefboom/problem_document.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"
#include "hefboom/server.h"
#include "hefboom/service.h"
#include "hefboom/steps.h"
#include "hefboom/text.h"
#include "hefboom/token.h"
#include "hefboom/user.h"

enum { SWEEP_MS = 500, WARM_UP_MS = 500 };

/* Made before the fork, shared by what is forked. */
static struct token_checker *tokens;
static struct networks networks;

static json_t *own_issuer(const struct config *config)
{
	char *path = config->secret_file != NULL
	    ? memory_string(config->secret_file)
	    : memory_format("%s/secret", config->data);
	json_t *issuer = json_pack("{s:s, s:s, s:[s], s:s}", "issuer",
	    token_own_issuer, "audience", token_own_audience, "algorithms",
	    "HS256", "secret_file", path);

	free(path);
	return issuer;
}

/* The installation's own issuer, and those of the file, if there is one. */
static json_t *issuers_read(const struct config *config, char **error)
{
	json_t *issuers;
	json_error_t fault;

	if (config->issuers == NULL) {
		issuers = json_array();
	} else {
		issuers = json_load_file(
		    config->issuers, JSON_REJECT_DUPLICATES, &fault);
		if (!json_is_array(issuers)) {
			*error = memory_format(
			    "%s is no JSON array of issuers", config->issuers);
			json_decref(issuers);
			return NULL;
		}
	}
	json_array_append_new(issuers, own_issuer(config));
	return issuers;
}

static char *keys_folder(const struct config *config)
{
	return memory_format("%s/keys", config->data);
}

/*
 * Of whom the workers become.  Without it they serve all the same, and lack
 * its keys only at a start at which their source does not answer.
 */
static void keys_folder_make(const struct config *config)
{
	char *folder = keys_folder(config), *fault = NULL;
	struct user user = {0};

	if (user_find(&user, config->user, &fault) == 0 &&
	    folder_make(folder, 0700, &fault) == 0 && geteuid() == 0 &&
	    lchown(folder, user.uid, user.gid) < 0)
		fault = memory_format(
		    "cannot give away %s: %s", folder, strerror(errno));
	if (fault != NULL)
		log_event(LOG_WARNING, "keys_not_kept", "reason", fault, NULL);
	user_release(&user);
	free(fault);
	free(folder);
}

static struct token_checker *checker_new(
    const struct config *config, const json_t *issuers, char **error)
{
	struct token_checker *checker;
	struct networks allowed = {.count = 0};
	char *fault = NULL;

	if (config->fetch_networks != NULL)
		fault = networks_read(&allowed, config->fetch_networks);
	if (fault != NULL) {
		*error = memory_format("fetch_networks: %s", fault);
		free(fault);
		return NULL;
	}
	checker = token_checker_new(issuers, error);
	if (checker == NULL)
		return NULL;
	*error = token_checker_check(checker, &allowed);
	if (*error != NULL) {
		token_checker_free(checker);
		return NULL;
	}
	networks = allowed;
	return checker;
}

int worker_prepare(const struct config *config, char **error)
{
	static bool prepared;
	struct token_checker *checker;
	json_t *issuers;

	if (!prepared &&
	    (text_check(error) < 0 || route_prepare(error) < 0 ||
		input_prepare(error) < 0))
		return -1;
	prepared = true;
	issuers = issuers_read(config, error);
	if (issuers == NULL)
		return -1;
	checker = checker_new(config, issuers, error);
	json_decref(issuers);
	if (checker == NULL)
		return -1;
	if (token_checker_fetches(checker))
		keys_folder_make(config);
	token_checker_free(tokens);
	tokens = checker;
	return 0;
}

struct worker {
	struct loop loop;
	struct service service;
	struct server *server;
	struct event *sweep;
	struct fetcher *fetcher; /* NULL: nothing is fetched */
};

static void on_refuse(const char *code, const struct http_head *head,
    struct buf *headers, struct buf *body, int *status, void *context)
{
	const struct http_text *header = NULL;
	struct refusal refusal = {.code = code};
	char *language = NULL;
	unsigned count = 0;

	(void)context;
	if (head != NULL) {
		header = http_header_find(head, "accept-language", &count);
		refusal.dialect =
		    dialect_of(head->path.bytes, head->path.length);
	}
	if (header != NULL && count == 1)
		language = memory_copy(header->bytes, header->length);
	refusal.accept_language = language;
	reply_refuse(&refusal, headers, body, status);
	free(language);
}

static const struct connection_calls calls = {.body_limit = request_body_limit,
    .request = request_begin,
    .gone = request_gone,
    .refuse = on_refuse};

static void on_sweep(evutil_socket_t descriptor, short what, void *context)
{
	(void)descriptor;
	(void)what;
	request_sweep(context);
}

static void on_drained(void *context)
{
	struct worker *worker = context;

	event_base_loopexit(worker->loop.base, NULL);
}

/* SIGTERM, or the supervisor has gone. */
static void on_stop(void *context)
{
	struct worker *worker = context;

	worker->service.draining = true;
	if (worker->server == NULL)
		return;
	server_drain(worker->server, worker->service.config->drain_ms,
	    on_drained, worker);
}

static struct pool *pool_open(
    const struct config *config, struct event_base *base)
{
	struct pool_settings settings = {.url = config->database_url,
	    .pipes = {[LANE_FAST] = config->pool_fast,
		[LANE_WRITE] = config->pool_write,
		[LANE_SLOW] = config->pool_slow},
	    .depth = config->pool_depth,
	    .queue = config->pool_queue};

	return pool_new(base, &settings);
}

static void keys_serve(struct worker *worker, const struct config *config)
{
	struct token_services services = {.base = worker->loop.base};
	char *folder;

	if (!token_checker_fetches(tokens))
		return;
	folder = keys_folder(config);
	worker->fetcher =
	    fetcher_new(services.base, &networks, config->fetch_ca);
	services.fetcher = worker->fetcher;
	services.folder = folder;
	token_checker_serve(tokens, &services);
	free(folder);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Clients wait at the door until the connections to the database are there:
 * a worker that takes another's place is as fast as that one from the first
 * request on.  Without a database somebody has to say so.
 */
static void worker_warm_up(struct worker *worker)
{
	int64_t deadline = now_ms() + WARM_UP_MS;

	while (!pool_is_whole(worker->service.pool) && !worker->loop.stopping &&
	    now_ms() < deadline)
		event_base_loop(worker->loop.base, EVLOOP_ONCE);
}

static int worker_open(
    struct worker *worker, const struct config *config, int listening_socket)
{
	struct server_settings settings = {
	    .connections_max = config->connections_max,
	    .per_address_max = config->per_address_max,
	    .spool = config->spool};
	struct timeval sweep = {0, SWEEP_MS * 1000};
	struct event_base *base = worker->loop.base;

	worker->service.config = config;
	worker->service.tokens = tokens;
	worker->service.callers = caller_cache_new();
	worker->service.pool = pool_open(config, base);
	worker_warm_up(worker);
	if (worker->loop.stopping)
		return 0;
	worker->server = server_new(
	    base, listening_socket, &settings, &calls, &worker->service);
	if (worker->server == NULL)
		return -1;
	worker->sweep =
	    event_new(base, -1, EV_PERSIST, on_sweep, &worker->service);
	assert(worker->sweep != NULL);
	event_add(worker->sweep, &sweep);
	keys_serve(worker, config);
	return 0;
}

static void worker_close(struct worker *worker)
{
	server_free(worker->server);
	if (worker->sweep != NULL)
		event_free(worker->sweep);
	pool_free(worker->service.pool);
	caller_cache_free(worker->service.callers);
	fetcher_free(worker->fetcher);
	token_checker_free(tokens);
	tokens = NULL;
	loop_release(&worker->loop);
}

int worker_run(const struct config *config, int listening_socket, int lifeline)
{
	struct worker worker = {0};
	int status = 1;

	log_set(log_level_of(config->log_level), "worker");
	loop_init(&worker.loop, lifeline, on_stop, &worker);
	if (worker_open(&worker, config, listening_socket) == 0)
		status = worker.loop.stopping ? 0 : loop_run(&worker.loop);
	else
		log_event(LOG_ERROR, "worker_cannot_listen", NULL);
	worker_close(&worker);
	return status;
}
