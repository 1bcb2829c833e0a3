#include "hefboom/metrics.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "hefboom/buf.h"

enum { MICROSECONDS = 1000000 };

static const uint32_t bounds_us[METRICS_STEPS - 1] = {1000, 2500, 5000, 10000,
    25000, 50000, 100000, 250000, 500000, 1000000, 5000000};
static const char *const bound_texts[METRICS_STEPS] = {"0.001", "0.0025",
    "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "5", "+Inf"};
static const char *const classes[CLASSES] = {"2xx", "3xx", "4xx", "5xx"};
static const char *const lanes[LANES] =
    {[LANE_FAST] = "fast", [LANE_WRITE] = "write", [LANE_SLOW] = "slow"};
static const char *const policies[POLICIES] = {"person", "client", "failed"};
static const char *const works[WORKS] = {"timer", "job"};

void metrics_add(counter *total)
{
	atomic_fetch_add_explicit(total, 1, memory_order_relaxed);
}

static uint64_t value_of(const counter *total)
{
	return atomic_load_explicit(total, memory_order_relaxed);
}

static enum metrics_class class_of(int status)
{
	if (status < 300)
		return CLASS_2XX;
	if (status < 400)
		return CLASS_3XX;
	return status < 500 ? CLASS_4XX : CLASS_5XX;
}

void metrics_count(struct metrics *metrics, const struct operation *operation,
    int status, int64_t took_us)
{
	size_t number = METRICS_OPERATIONS, step = 0;
	struct metrics_times *times;

	if (operation != NULL && operation - operations < METRICS_OPERATIONS)
		number = (size_t)(operation - operations);
	metrics_add(&metrics->requests[number][class_of(status)]);
	if (operation == NULL)
		return;
	times = &metrics->times[operation->lane];
	while (step < METRICS_STEPS - 1 && took_us > bounds_us[step])
		step++;
	metrics_add(&times->steps[step]);
	atomic_fetch_add_explicit(
	    &times->sum_us, (uint64_t)took_us, memory_order_relaxed);
}

static bool is_alive(int pid)
{
	return pid != 0 && (kill(pid, 0) == 0 || errno != ESRCH);
}

struct metrics_process *metrics_join(struct metrics *metrics)
{
	struct metrics_process *process;
	int pid;

	for (unsigned i = 0; i < METRICS_PROCESSES; i++) {
		process = &metrics->processes[i];
		pid = atomic_load(&process->pid);
		if (is_alive(pid) ||
		    !atomic_compare_exchange_strong(
			&process->pid, &pid, (int)getpid()))
			continue;
		return process;
	}
	return NULL;
}

void metrics_leave(struct metrics_process *process)
{
	if (process != NULL)
		atomic_store(&process->pid, 0);
}

static void add_head(
    struct buf *out, const char *name, const char *kind, const char *help)
{
	buf_add_format(out, "# HELP hefboom_%s %s\n# TYPE hefboom_%s %s\n",
	    name, help, name, kind);
}

static void add_number(
    struct buf *out, const char *name, const char *labels, uint64_t number)
{
	buf_add_format(out, "hefboom_%s%s %llu\n", name, labels,
	    (unsigned long long)number);
}

static void add_requests(struct buf *out, const struct metrics *metrics)
{
	add_head(out, "requests_total", "counter",
	    "Replies, by operation and class of status.");
	for (size_t i = 0; i <= METRICS_OPERATIONS; i++) {
		for (unsigned j = 0; j < CLASSES; j++) {
			uint64_t count = value_of(&metrics->requests[i][j]);

			if (count == 0)
				continue;
			buf_add_format(out,
			    "hefboom_requests_total{operation=\"%s\","
			    "status=\"%s\"} %llu\n",
			    i < operation_count ? operations[i].name : "none",
			    classes[j], (unsigned long long)count);
		}
	}
}

static void add_lane(
    struct buf *out, const char *lane, const struct metrics_times *times)
{
	static const char name[] = "hefboom_request_duration_seconds";
	uint64_t count = 0, sum_us = value_of(&times->sum_us);

	for (unsigned i = 0; i < METRICS_STEPS; i++) {
		count += value_of(&times->steps[i]);
		buf_add_format(out, "%s_bucket{lane=\"%s\",le=\"%s\"} %llu\n",
		    name, lane, bound_texts[i], (unsigned long long)count);
	}
	buf_add_format(out,
	    "%s_sum{lane=\"%s\"} %llu.%06llu\n%s_count{lane=\"%s\"} %llu\n",
	    name, lane, (unsigned long long)(sum_us / MICROSECONDS),
	    (unsigned long long)(sum_us % MICROSECONDS), name, lane,
	    (unsigned long long)count);
}

static void add_counters(struct buf *out, const struct metrics *metrics)
{
	add_head(out, "request_duration_seconds", "histogram",
	    "From a request's head to its reply.");
	for (unsigned i = 0; i < LANES; i++)
		add_lane(out, lanes[i], &metrics->times[i]);
	add_head(out, "rate_limited_total", "counter",
	    "Requests of who had asked too often.");
	for (unsigned i = 0; i < POLICIES; i++)
		buf_add_format(out,
		    "hefboom_rate_limited_total{policy=\"%s\"} %llu\n",
		    policies[i],
		    (unsigned long long)value_of(&metrics->limited[i]));
	add_head(out, "jobs_total", "counter",
	    "Timers that went off and jobs that were tried.");
	for (unsigned i = 0; i < WORKS; i++)
		buf_add_format(out,
		    "hefboom_jobs_total{kind=\"%s\",outcome=\"done\"} %llu\n"
		    "hefboom_jobs_total{kind=\"%s\",outcome=\"failed\"} %llu\n",
		    works[i], (unsigned long long)value_of(&metrics->done[i]),
		    works[i],
		    (unsigned long long)value_of(&metrics->failed[i]));
}

/* All living processes together. */
struct together {
	uint64_t workers, connections, requests, waiting;
	uint64_t ready[LANES], busy[LANES];
	bool database_up;
};

static struct together add_up(const struct metrics *metrics)
{
	struct together all = {0};

	for (unsigned i = 0; i < METRICS_PROCESSES; i++) {
		const struct metrics_process *one = &metrics->processes[i];

		if (!is_alive(atomic_load(&one->pid)))
			continue;
		all.workers++;
		all.connections += atomic_load(&one->connections);
		all.requests += atomic_load(&one->requests);
		all.waiting += atomic_load(&one->waiting);
		all.database_up |= atomic_load(&one->database_up);
		for (unsigned lane = 0; lane < LANES; lane++) {
			all.ready[lane] += atomic_load(&one->ready[lane]);
			all.busy[lane] += atomic_load(&one->busy[lane]);
		}
	}
	return all;
}

static void add_pool(struct buf *out, const char *name, const char *help,
    const uint64_t *numbers)
{
	add_head(out, name, "gauge", help);
	for (unsigned i = 0; i < LANES; i++)
		buf_add_format(out, "hefboom_%s{lane=\"%s\"} %llu\n", name,
		    lanes[i], (unsigned long long)numbers[i]);
}

static void add_present(struct buf *out, const struct metrics *metrics)
{
	struct together all = add_up(metrics);
	const struct {
		const char *name, *help;
		uint64_t number;
	} gauges[] = {
	    {"workers", "Processes that serve.", all.workers},
	    {"connections", "Clients that are connected.", all.connections},
	    {"requests_in_flight", "Requests under way.", all.requests},
	    {"pool_waiting", "Requests that wait for a database connection.",
		all.waiting},
	    {"postgresql_up", "Whether a worker can reach the database.",
		all.database_up},
	};

	for (size_t i = 0; i < sizeof(gauges) / sizeof(gauges[0]); i++) {
		add_head(out, gauges[i].name, "gauge", gauges[i].help);
		add_number(out, gauges[i].name, "", gauges[i].number);
	}
	add_pool(out, "pool_connections", "Database connections that are up.",
	    all.ready);
	add_pool(out, "pool_transactions", "Transactions under way on them.",
	    all.busy);
}

void metrics_write(struct buf *out, const struct metrics *metrics)
{
	add_head(out, "build_info", "gauge", "The version that runs.");
	add_number(out, "build_info", "{version=\"" HEFBOOM_VERSION "\"}", 1);
	add_present(out, metrics);
	add_counters(out, metrics);
	add_requests(out, metrics);
}
