#include "hefboom/worker.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>

#include "hefboom/arena.h"
#include "hefboom/arguments.h"
#include "hefboom/config.h"
#include "hefboom/log.h"
#include "hefboom/loop.h"
#include "hefboom/machine.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"
#include "hefboom/pool.h"
#include "hefboom/request.h"
#include "hefboom/scrape.h"
#include "hefboom/shape.h"
#include "hefboom/text.h"

enum { TICK_MS = 500, NAME_MAX_BYTES = 64, STUCK_MS = 120000 };

/* How many rows one round takes, and how long it has for them. */
#define ROUND_ROWS "16"
#define LEASE_SECONDS "60"

/* Who met a disk that is full tries for 10 s before the work is to blame. */
enum { UNABLE_MAX = 20 };

/* timer and job are taken and finished alike, by statements of their own. */
struct table {
	const char *take, *finish, *fail, *id;
};

static const struct table tables[] = {
    {"take_timers", "finish_timer", "fail_timer", "arg.timer_id"},
    {"take_jobs", "finish_job", "fail_job", "arg.job_id"},
};

enum { TABLES = sizeof(tables) / sizeof(tables[0]) };

/* A row that was taken.  The shell is what arguments are taken from. */
struct work {
	struct work *next;
	struct request shell;
	const struct table *table;
	const char *id, *kind, *object_id, *turn;
	char sqlstate[6];
	unsigned lost, unable; /* how often */
};

struct runner {
	struct loop loop;
	struct pool *pool;
	struct event *tick;
	struct scrape *scrape; /* NULL: nobody may ask */
	struct work *first, **last; /* to be done, in this order */
	unsigned table; /* which one is asked next */
	unsigned idle; /* tables in a row that had nothing */
	bool busy; /* a transaction is under way */
};

static void jobs_go_on(struct runner *runner);

static void work_free(struct work *work)
{
	arena_release(&work->shell.arena);
	free(work);
}

static void work_add(
    struct runner *runner, const struct pg_result *rows, int row)
{
	struct work *work = memory_zero(1, sizeof(*work));
	struct arena *arena;
	const char *org = shape_value(rows, row, "org_id");
	const char *object = shape_value(rows, row, "object_id");

	assert(org != NULL);
	arena = &work->shell.arena;
	arena_init(arena);
	snprintf(work->shell.org_id, UUID_TEXT, "%s", org);
	work->table = &tables[runner->table];
	work->id = arena_string(arena, shape_value(rows, row, "id"));
	work->kind = arena_string(arena, shape_value(rows, row, "kind"));
	work->turn = arena_string(arena, shape_value(rows, row, "turn"));
	if (object != NULL)
		work->object_id = arena_string(arena, object);
	*runner->last = work;
	runner->last = &work->next;
}

static void jobs_wait(struct runner *runner)
{
	struct timeval delay = {0, TICK_MS * 1000};

	runner->busy = false;
	if (!runner->loop.stopping)
		event_add(runner->tick, &delay);
	else
		event_base_loopexit(runner->loop.base, NULL);
}

static void jobs_submit(struct runner *runner, struct transaction *transaction)
{
	runner->busy = true;
	if (pool_submit(runner->pool, transaction) != SUBMITTED)
		jobs_wait(runner);
}

static void work_query(struct work *work, struct transaction *transaction,
    const struct statement *statement)
{
	struct named pairs[] = {{work->table->id, work->id},
	    {"arg.object_id", work->object_id}, {"arg.turn", work->turn},
	    {"arg.sqlstate", work->sqlstate}, {"arg.problem", work->sqlstate},
	    {"arg.passing", "true"}, {"arg.lane_ms", "60000"},
	    {"arg.plan", "force_generic_plan"}, {NULL, NULL}};

	assert(transaction->query_count < TRANSACTION_QUERIES_MAX);
	transaction->queries[transaction->query_count++] =
	    (struct query){.text = text_plain(statement),
		.values = arguments_named(&work->shell, statement, pairs)};
}

/* Every statement of a job's file: NAME, NAME.2, ... */
static bool work_queries(struct work *work, struct transaction *transaction)
{
	const struct statement *statement = job_find(work->kind);
	char name[NAME_MAX_BYTES + 16];

	if (statement == NULL)
		return false;
	for (int i = 2; statement != NULL; i++) {
		work_query(work, transaction, statement);
		snprintf(name, sizeof(name), "%.*s.%d", NAME_MAX_BYTES,
		    work->kind, i);
		statement = job_find(name);
	}
	return true;
}

static struct work *jobs_take_first(struct runner *runner)
{
	struct work *work = runner->first;

	runner->first = work->next;
	if (runner->first == NULL)
		runner->last = &runner->first;
	return work;
}

static enum metrics_work work_of(const struct work *work)
{
	return work->table == &tables[0] ? WORK_TIMER : WORK_JOB;
}

static void on_failure_noted(void *context, const struct outcome *outcome)
{
	struct runner *runner = context;

	(void)outcome; /* not noted: the lease ends, and it is tried again */
	work_free(jobs_take_first(runner));
	jobs_go_on(runner);
}

static void note_failure(struct runner *runner, const char *sqlstate)
{
	struct work *work = runner->first;
	struct transaction *transaction =
	    transaction_new(LANE_WRITE, on_failure_noted, runner);

	metrics_add(&machine_get()->metrics.failed[work_of(work)]);
	snprintf(work->sqlstate, sizeof(work->sqlstate), "%s", sqlstate);
	log_event(LOG_WARNING, "job_failed", "kind", work->kind, "id", work->id,
	    "sqlstate", sqlstate, NULL);
	work_query(work, transaction, statement_find("enter"));
	work_query(work, transaction, statement_find(work->table->fail));
	jobs_submit(runner, transaction);
}

/* read_only_sql_transaction, disk_full, operator_intervention */
static bool is_unable(const char *sqlstate)
{
	return strcmp(sqlstate, "25006") == 0 ||
	    strcmp(sqlstate, "53100") == 0 || strncmp(sqlstate, "57P", 3) == 0;
}

/*
 * The database was away: the turn is still ours, and should it have been done
 * all the same, whoever does it again finds the turn gone.  But work that
 * breaks PostgreSQL is not sent again and again: its lease counts attempts.
 */
static bool keeps_its_place(struct work *work, const struct outcome *outcome)
{
	switch (outcome->ending) {
	case ENDING_UNSENT:
		return true;
	case ENDING_LOST:
		return work->lost++ == 0;
	case ENDING_FAILED:
		return is_unable(outcome_sqlstate(outcome)) &&
		    work->unable++ < UNABLE_MAX;
	case ENDING_DONE:
	default:
		return false;
	}
}

static void on_done(void *context, const struct outcome *outcome)
{
	struct runner *runner = context;

	if (keeps_its_place(runner->first, outcome)) {
		jobs_wait(runner);
		return;
	}
	if (outcome->ending == ENDING_FAILED &&
	    strcmp(outcome_message(outcome), "turn_lost") != 0) {
		note_failure(runner, outcome_sqlstate(outcome));
		return;
	}
	if (outcome->ending == ENDING_DONE)
		metrics_add(
		    &machine_get()->metrics.done[work_of(runner->first)]);
	/*
	 * Done; or another process has it; or nobody knows again, and then
	 * the lease brings it back unless its row is gone.
	 */
	work_free(jobs_take_first(runner));
	jobs_go_on(runner);
}

static void work_begin(struct runner *runner)
{
	struct work *work = runner->first;
	struct transaction *transaction =
	    transaction_new(LANE_WRITE, on_done, runner);

	work_query(work, transaction, statement_find("enter"));
	if (!work_queries(work, transaction)) {
		free(transaction);
		/* A kind of a newer program: undefined_function. */
		note_failure(runner, "42883");
		return;
	}
	work_query(work, transaction, statement_find(work->table->finish));
	jobs_submit(runner, transaction);
}

static void on_taken(void *context, const struct outcome *outcome)
{
	struct runner *runner = context;
	const struct pg_result *rows = outcome->results[0];
	int count = 0;

	if (outcome->ending == ENDING_DONE)
		count = shape_count(rows);
	for (int row = 0; row < count; row++)
		work_add(runner, rows, row);
	runner->idle = count == 0 ? runner->idle + 1 : 0;
	runner->table = (runner->table + 1) % TABLES;
	jobs_go_on(runner);
}

static void ask_for_work(struct runner *runner)
{
	static struct request nobody;
	const struct statement *statement =
	    statement_find(tables[runner->table].take);
	struct named pairs[] = {{"arg.limit", ROUND_ROWS},
	    {"arg.lease_s", LEASE_SECONDS}, {NULL, NULL}};
	struct transaction *transaction =
	    transaction_new(LANE_WRITE, on_taken, runner);
	const char *const *values;

	arena_release(&nobody.arena);
	values = arguments_named(&nobody, statement, pairs);
	transaction->queries[transaction->query_count++] =
	    (struct query){.text = text_plain(statement), .values = values};
	jobs_submit(runner, transaction);
}

static void jobs_go_on(struct runner *runner)
{
	if (runner->loop.stopping)
		jobs_wait(runner);
	else if (runner->first != NULL)
		work_begin(runner);
	else if (runner->idle < TABLES)
		ask_for_work(runner);
	else
		jobs_wait(runner);
}

static void on_tick(evutil_socket_t descriptor, short what, void *context)
{
	struct runner *runner = context;

	(void)descriptor;
	(void)what;
	memory_reserve();
	runner->idle = 0;
	jobs_go_on(runner);
}

/* What is under way is finished first; the rest keeps its lease. */
static void on_stop(void *context)
{
	struct runner *runner = context;
	struct timeval deadline = {5, 0};

	if (runner->busy)
		event_base_loopexit(runner->loop.base, &deadline);
	else
		event_base_loopexit(runner->loop.base, NULL);
}

static void jobs_close(struct runner *runner)
{
	scrape_free(runner->scrape);
	pool_free(runner->pool);
	while (runner->first != NULL)
		work_free(jobs_take_first(runner));
	event_free(runner->tick);
	loop_release(&runner->loop);
}

/* Of all processes this one has most time for who asks after the others. */
static struct scrape *jobs_scrape(
    const struct runner *runner, const struct config *config)
{
	struct scrape *scrape;

	if (config->metrics_listen == NULL)
		return NULL;
	scrape = scrape_new(
	    runner->loop.base, config->metrics_listen, &machine_get()->metrics);
	if (scrape == NULL)
		log_event(LOG_ERROR, "metrics_cannot_listen", "address",
		    config->metrics_listen, "reason", strerror(errno), NULL);
	return scrape;
}

int jobs_run(const struct config *config, int lifeline)
{
	struct pool_settings settings = {.url = config->database_url,
	    .pipes = {[LANE_WRITE] = 1},
	    .depth = 2,
	    .queue = 4,
	    .stuck_ms = STUCK_MS};
	struct runner runner = {0};
	int status;

	memory_reserve();
	log_set(log_level_of(config->log_level), "jobs");
	runner.last = &runner.first;
	loop_init(&runner.loop, lifeline, on_stop, &runner);
	runner.pool = pool_new(runner.loop.base, &settings);
	runner.tick = event_new(runner.loop.base, -1, 0, on_tick, &runner);
	assert(runner.tick != NULL);
	event_active(runner.tick, EV_TIMEOUT, 0);
	runner.scrape = jobs_scrape(&runner, config);
	status = loop_run(&runner.loop);
	jobs_close(&runner);
	return status;
}
