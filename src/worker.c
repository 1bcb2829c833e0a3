#include "hefboom/worker.h"

#include <assert.h>
#include <event2/event.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

#include "hefboom/buf.h"
#include "hefboom/caller.h"
#include "hefboom/config.h"
#include "hefboom/connection.h"
#include "hefboom/cors.h"
#include "hefboom/http.h"
#include "hefboom/log.h"
#include "hefboom/loop.h"
#include "hefboom/machine.h"
#include "hefboom/memory.h"
#include "hefboom/networks.h"
#include "hefboom/pool.h"
#include "hefboom/problem_document.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"
#include "hefboom/server.h"
#include "hefboom/service.h"
#include "hefboom/steps.h"
#include "hefboom/text.h"
#include "hefboom/token.h"

enum { SWEEP_MS = 500 };

/* Made before the fork, shared by what is forked. */
static struct token_checker *tokens;

static json_t *own_issuer(const char *path)
{
	return json_pack("{s:s, s:s, s:[s], s:s}", "issuer", token_own_issuer,
	    "audience", token_own_audience, "algorithms", "HS256",
	    "secret_file", path);
}

/* The installation's own issuer, and those of the file, if there is one. */
static json_t *issuers_read(const struct config *config, char **error)
{
	json_t *issuers;
	json_error_t fault;
	char *path;

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
	path = config->secret_file != NULL
	    ? memory_string(config->secret_file)
	    : memory_format("%s/secret", config->data);
	json_array_append_new(issuers, own_issuer(path));
	free(path);
	return issuers;
}

/* What was signed with the secret before this one is still valid. */
static int also_before(
    const struct config *config, struct token_checker *checker, char **error)
{
	json_t *issuer;
	int status;

	if (config->secret_file_before == NULL)
		return 0;
	issuer = own_issuer(config->secret_file_before);
	status = token_checker_also(checker, issuer, error);
	json_decref(issuer);
	return status;
}

static int check_proxies(const struct config *config, char **error)
{
	struct networks *networks;

	if (strcmp(config->proxy_header, "x-forwarded-for") != 0 &&
	    strcmp(config->proxy_header, "forwarded") != 0) {
		*error = memory_string(
		    "proxy_header must be x-forwarded-for or forwarded");
		return -1;
	}
	if (config->trusted_proxies == NULL)
		return 0;
	networks = networks_new(config->trusted_proxies);
	if (networks == NULL) {
		*error = memory_string("trusted_proxies must list networks, "
				       "such as 10.0.0.0/8 or 127.0.0.1");
		return -1;
	}
	networks_free(networks);
	return 0;
}

int worker_check(const struct config *config, char **error)
{
	if (check_proxies(config, error) < 0)
		return -1;
	if (config->cors_origins == NULL ||
	    cors_list_is_valid(config->cors_origins))
		return 0;
	*error = memory_string("cors_origins must list origins as browsers "
			       "write them, such as https://app.example.org");
	return -1;
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
	if (machine_get() == NULL) {
		*error = memory_string("no memory that processes can share");
		return -1;
	}
	if (worker_check(config, error) < 0)
		return -1;
	issuers = issuers_read(config, error);
	if (issuers == NULL)
		return -1;
	checker = token_checker_new(issuers, error);
	json_decref(issuers);
	if (checker == NULL)
		return -1;
	if (also_before(config, checker, error) < 0) {
		token_checker_free(checker);
		return -1;
	}
	token_checker_free(tokens);
	tokens = checker;
	return 0;
}

struct worker {
	struct loop loop;
	struct service service;
	struct server *server;
	struct networks *proxies; /* trusted */
	struct metrics_process *place;
	struct event *sweep;
};

static void on_refuse(const char *code, const struct http_head *head,
    struct buf *headers, struct buf *body, int *status, void *context)
{
	const struct http_text *header = NULL;
	struct refusal refusal = {.code = code};
	char *language = NULL;
	struct service *service = context;
	unsigned count = 0;

	if (head != NULL) {
		header = http_header_find(head, "accept-language", &count);
		refusal.dialect =
		    dialect_of(head->path.bytes, head->path.length);
	}
	if (header != NULL && count == 1)
		language = memory_copy(header->bytes, header->length);
	refusal.accept_language = language;
	reply_refuse(&refusal, headers, body, status);
	metrics_count(&service->machine->metrics, NULL, *status, 0);
	if (service->config->cors_origins != NULL)
		buf_add_string(headers, "Vary: Origin\r\n");
	if (head != NULL)
		cors_add(headers, service->config->cors_origins, head, NULL);
	free(language);
}

static const struct connection_calls calls = {.body_limit = request_body_limit,
    .request = request_begin,
    .gone = request_gone,
    .refuse = on_refuse};

/* What is so at this moment, for /metrics. */
static void worker_publish(const struct worker *worker)
{
	struct metrics_process *place = worker->place;
	const struct request *request = worker->service.first;
	struct pool_use use;
	unsigned requests = 0;

	if (place == NULL)
		return;
	for (; request != NULL; request = request->after)
		requests++;
	pool_count(worker->service.pool, &use);
	place->connections = (unsigned)server_connections(worker->server);
	place->requests = requests;
	place->waiting = use.waiting;
	place->database_up = pool_is_up(worker->service.pool);
	for (unsigned i = 0; i < LANES; i++) {
		place->ready[i] = use.ready[i];
		place->busy[i] = use.busy[i];
	}
}

static void on_sweep(evutil_socket_t descriptor, short what, void *context)
{
	struct worker *worker = context;

	(void)descriptor;
	(void)what;
	request_sweep(&worker->service);
	worker_publish(worker);
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

static int worker_open(
    struct worker *worker, const struct config *config, int listening_socket)
{
	struct networks *proxies = config->trusted_proxies == NULL
	    ? NULL
	    : networks_new(config->trusted_proxies);
	struct server_settings settings = {
	    .proxies = {.trusted = proxies,
		.forwarded = strcmp(config->proxy_header, "forwarded") == 0},
	    .connections_max = config->connections_max,
	    .per_address_max = config->per_address_max,
	    .spool = config->spool};
	struct timeval sweep = {0, SWEEP_MS * 1000};
	struct event_base *base = worker->loop.base;

	worker->proxies = proxies;
	worker->service.config = config;
	worker->service.machine = machine_get();
	worker->service.tokens = tokens;
	worker->service.callers = caller_cache_new();
	worker->service.pool = pool_open(config, base);
	worker->server = server_new(
	    base, listening_socket, &settings, &calls, &worker->service);
	if (worker->server == NULL)
		return -1;
	worker->sweep = event_new(base, -1, EV_PERSIST, on_sweep, worker);
	assert(worker->sweep != NULL);
	event_add(worker->sweep, &sweep);
	worker->place = metrics_join(&machine_get()->metrics);
	worker_publish(worker);
	return 0;
}

static void worker_close(struct worker *worker)
{
	metrics_leave(worker->place);
	server_free(worker->server);
	networks_free(worker->proxies);
	if (worker->sweep != NULL)
		event_free(worker->sweep);
	pool_free(worker->service.pool);
	caller_cache_free(worker->service.callers);
	loop_release(&worker->loop);
}

int worker_run(const struct config *config, int listening_socket, int lifeline)
{
	struct worker worker = {0};
	int status = 1;

	log_set(log_level_of(config->log_level), "worker");
	loop_init(&worker.loop, lifeline, on_stop, &worker);
	if (worker_open(&worker, config, listening_socket) == 0)
		status = loop_run(&worker.loop);
	else
		log_event(LOG_ERROR, "worker_cannot_listen", NULL);
	worker_close(&worker);
	return status;
}
