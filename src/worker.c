#include "hefboom/worker.h"

#include <assert.h>
#include <event2/event.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include "hefboom/buf.h"
#include "hefboom/caller.h"
#include "hefboom/clock.h"
#include "hefboom/config.h"
#include "hefboom/connection.h"
#include "hefboom/cors.h"
#include "hefboom/fetch.h"
#include "hefboom/http_header.h"
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
#include "hefboom/token.h"
#include "worker_state.h"

enum { SWEEP_MS = 500, WARM_UP_MS = 500, STUCK_MS = 30000 };

struct worker {
	struct loop loop;
	int listening;
	struct service service;
	struct server *server;
	struct networks *proxies; /* trusted */
	struct metrics_process *place;
	struct event *sweep;
	struct fetcher *fetcher; /* NULL: nothing is fetched */
};

static void on_refuse(const char *code, const struct http_head *head,
    struct buf *headers, struct buf *body, int *status, void *context)
{
	struct refusal refusal = {.code = code};
	char *language = NULL;
	struct service *service = context;

	if (head != NULL)
		refusal.dialect =
		    dialect_of(head->path.bytes, head->path.length);
	if (head != NULL)
		language = http_header_list(head, "accept-language");
	refusal.accept_language = language;
	reply_refuse(&refusal, headers, body, status);
	metrics_count(&service->machine->metrics, NULL, *status, 0);
	if (service->config->cors_origins != NULL)
		buf_add_string(headers, "Vary: Origin\r\n");
	if (head != NULL)
		cors_add(headers, service->config->cors_origins, head, NULL);
	free(language);
}

static unsigned on_crowd(unsigned *most, void *context)
{
	const struct service *service = context;

	return pool_waiting(service->pool, most);
}

static const struct connection_calls calls = {.body_limit = request_body_limit,
    .request = request_begin,
    .gone = request_gone,
    .refuse = on_refuse,
    .crowd = on_crowd};

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
	memory_reserve();
	request_sweep(&worker->service);
	worker_publish(worker);
}

static void on_drained(void *context)
{
	struct worker *worker = context;

	event_base_loopexit(worker->loop.base, NULL);
}

/*
 * SIGTERM, or the supervisor has gone: then the port is for the next one, who
 * need not wait until the last client has.
 */
static void on_stop(void *context)
{
	struct worker *worker = context;

	worker->service.draining = true;
	if (worker->server != NULL)
		server_drain(worker->server, worker->service.config->drain_ms,
		    on_drained, worker);
	close(worker->listening);
}

static struct pool *pool_open(
    const struct config *config, struct event_base *base)
{
	struct pool_settings settings = {.url = config->database_url,
	    .pipes = {[LANE_FAST] = config->pool_fast,
		[LANE_WRITE] = config->pool_write,
		[LANE_SLOW] = config->pool_slow},
	    .depth = config->pool_depth,
	    .queue = config->pool_queue,
	    .stuck_ms = STUCK_MS};

	return pool_new(base, &settings);
}

static void keys_serve(struct worker *worker, const struct config *config)
{
	struct token_services services = {.base = worker->loop.base};
	char *folder;

	if (!token_checker_fetches(worker_tokens))
		return;
	folder = worker_keys_folder(config);
	worker->fetcher =
	    fetcher_new(services.base, worker_networks, config->fetch_ca);
	services.fetcher = worker->fetcher;
	services.folder = folder;
	token_checker_serve(worker_tokens, &services);
	free(folder);
}

/*
 * Clients wait at the door until the connections to the database are there:
 * a worker that takes another's place is as fast as that one from the first
 * request on.  Without a database somebody has to say so.
 */
static void worker_warm_up(struct worker *worker)
{
	int64_t deadline = clock_ms() + WARM_UP_MS;

	while (!pool_is_whole(worker->service.pool) && !worker->loop.stopping &&
	    clock_ms() < deadline)
		event_base_loop(worker->loop.base, EVLOOP_ONCE);
}

static int worker_open(struct worker *worker, const struct config *config)
{
	char *fault = NULL; /* none: worker_check() has read it */
	struct networks *proxies =
	    networks_new(config->trusted_proxies, &fault);
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
	worker->service.tokens = worker_tokens;
	worker->service.callers = caller_cache_new();
	worker->service.pool = pool_open(config, base);
	worker_warm_up(worker);
	if (worker->loop.stopping)
		return 0;
	worker->server = server_new(
	    base, worker->listening, &settings, &calls, &worker->service);
	if (worker->server == NULL)
		return -1;
	worker->sweep = event_new(base, -1, EV_PERSIST, on_sweep, worker);
	assert(worker->sweep != NULL);
	event_add(worker->sweep, &sweep);
	keys_serve(worker, config);
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
	fetcher_free(worker->fetcher);
	worker_release();
	loop_release(&worker->loop);
}

int worker_run(const struct config *config, int listening_socket, int lifeline)
{
	struct worker worker = {.listening = listening_socket};
	int status = 1;

	memory_reserve();
	log_set(log_level_of(config->log_level), "worker");
	loop_init(&worker.loop, lifeline, on_stop, &worker);
	if (worker_open(&worker, config) == 0)
		status = worker.loop.stopping ? 0 : loop_run(&worker.loop);
	else
		log_event(LOG_ERROR, "worker_cannot_listen", NULL);
	worker_close(&worker);
	return status;
}
