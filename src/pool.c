#include "pool_state.h"

#include <assert.h>
#include <event2/event.h>
#include <string.h>

#include "hefboom/clock.h"
#include "hefboom/memory.h"
#include "hefboom/pipe.h"
#include "hefboom/target.h"
#include "hefboom/transaction.h"

/* A lane without connections for so long has none. */
enum { TICKS_TO_GIVE_UP = 7, PACES = 8 };

/* The pulse is the first to know that PostgreSQL is back. */
enum { BACKOFF_PULSE_MS = 1000, BACKOFF_MAX_MS = 3000 };

const unsigned lane_ms[LANES] =
    {[LANE_FAST] = 2000, [LANE_WRITE] = 5000, [LANE_SLOW] = 8000};

/* What waits for its turn until its client gives up is done in vain. */
static const int64_t wait_us[LANES] =
    {[LANE_FAST] = 2000000, [LANE_WRITE] = 3000000, [LANE_SLOW] = 4000000};

static void queue_add(struct lane_queue *lane, struct transaction *transaction)
{
	transaction->next = NULL;
	transaction->queued = true;
	transaction->since_us = clock_us();
	if (lane->first == NULL)
		lane->took_us = transaction->since_us;
	*lane->last = transaction;
	lane->last = &transaction->next;
	lane->waiting++;
}

static struct transaction *queue_take(struct lane_queue *lane)
{
	struct transaction *transaction = lane->first;

	if (transaction == NULL)
		return NULL;
	lane->first = transaction->next;
	if (lane->first == NULL)
		lane->last = &lane->first;
	transaction->next = NULL;
	transaction->queued = false;
	lane->waiting--;
	return transaction;
}

static void queue_remove(
    struct lane_queue *lane, struct transaction *transaction)
{
	struct transaction **at = &lane->first;

	while (*at != transaction)
		at = &(*at)->next;
	*at = transaction->next;
	if (lane->last == &transaction->next)
		lane->last = at;
	transaction->queued = false;
	lane->waiting--;
}

/* The pipe with the least to do, or NULL when none is ready or has room. */
static struct pipe *lane_pick(const struct lane_queue *lane)
{
	struct pipe *best = NULL;

	if (lane->pool->silent)
		return NULL;
	for (unsigned i = 0; i < lane->pipe_count; i++) {
		struct pipe *pipe = lane->pipes[i];

		if (!pipe_is_ready(pipe) ||
		    pipe_depth(pipe) >= lane->pool->depth)
			continue;
		if (best == NULL || pipe_depth(pipe) < pipe_depth(best))
			best = pipe;
	}
	return best;
}

static bool lane_is_up(const struct lane_queue *lane)
{
	if (lane->pool->silent)
		return false;
	for (unsigned i = 0; i < lane->pipe_count; i++)
		if (pipe_is_ready(lane->pipes[i]))
			return true;
	return false;
}

/* Ends what waits longest. */
static void lane_drop(struct lane_queue *lane, enum ending ending)
{
	struct transaction *transaction = queue_take(lane);

	outcome_release(&transaction->outcome);
	transaction->outcome.ending = ending;
	if (transaction->done != NULL)
		transaction->done(transaction->context, &transaction->outcome);
	transaction_free(transaction);
}

void lane_give_up(struct lane_queue *lane)
{
	while (lane->first != NULL)
		lane_drop(lane, ENDING_UNSENT);
}

/* How long the one has waited that waits longest. */
static int64_t lane_waited(const struct lane_queue *lane)
{
	return lane->first == NULL ? 0 : clock_us() - lane->first->since_us;
}

static void lane_serve(struct lane_queue *lane)
{
	struct pipe *pipe;
	int64_t now;

	while (lane_waited(lane) >= lane->wait_us)
		lane_drop(lane, ENDING_LATE);
	while (lane->first != NULL && (pipe = lane_pick(lane)) != NULL) {
		now = clock_us();
		lane->pace_us += (now - lane->took_us - lane->pace_us) / PACES;
		lane->took_us = now;
		pipe_send(pipe, queue_take(lane));
	}
}

/*
 * Whoever comes now would wait too long, or nearly.  The one who waits
 * longest tells a queue that is slow from one that stood still for a moment.
 */
static bool lane_is_full(const struct lane_queue *lane)
{
	return lane->waiting >= lane->pool->waiting_max ||
	    (lane_waited(lane) >= lane->wait_us / 4 &&
		lane->waiting * lane->pace_us >= lane->wait_us / 2);
}

static struct lane_queue *lane_of(struct pool *pool, const struct pipe *pipe)
{
	for (int i = 0; i < LANES; i++)
		for (unsigned j = 0; j < pool->lanes[i].pipe_count; j++)
			if (pool->lanes[i].pipes[j] == pipe)
				return &pool->lanes[i];
	return NULL;
}

void pool_each(struct pool *pool, void (*act)(struct pipe *pipe))
{
	for (int i = 0; i < LANES; i++)
		for (unsigned j = 0; j < pool->lanes[i].pipe_count; j++)
			act(pool->lanes[i].pipes[j]);
}

static void on_ready(struct pipe *pipe, void *context)
{
	struct lane_queue *lane = lane_of(context, pipe);

	pulse_heard(context);
	if (lane == NULL)
		return;
	lane->lost = 0;
	lane->ticks = 0;
	lane_serve(lane);
}

static bool pool_has_any(const struct pool *pool)
{
	bool any = pipe_is_ready(pool->pulse);

	for (int i = 0; i < LANES; i++)
		for (unsigned j = 0; j < pool->lanes[i].pipe_count; j++)
			any |= pipe_is_ready(pool->lanes[i].pipes[j]);
	return any;
}

static void on_lost(struct pipe *pipe, const char *why, void *context)
{
	struct pool *pool = context;
	struct lane_queue *lane = lane_of(pool, pipe);

	if (lane != NULL)
		lane->lost++;
	if (!pool_has_any(pool))
		pool->awake = false;
	pulse_note_lost(pool, why);
}

static void on_found(void *context)
{
	struct pool *pool = context;

	pipe_found(pool->pulse);
	pool_each(pool, pipe_found);
}

/*
 * Sent again, once: when PostgreSQL itself said that nothing happened, or
 * when nothing can have happened because the transaction only reads.
 */
static bool may_retry(const struct transaction *transaction)
{
	const struct outcome *outcome = &transaction->outcome;
	const char *state;

	if (transaction->retried || transaction->done == NULL)
		return false;
	if (outcome->ending == ENDING_LOST)
		return transaction->reads_only;
	if (outcome->ending != ENDING_FAILED)
		return false;
	state = outcome_sqlstate(outcome);
	return strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0 ||
	    strcmp(state, "40P01") == 0 || strcmp(state, "40001") == 0;
}

static void on_ended(struct transaction *transaction, void *context)
{
	struct pool *pool = context;

	if (may_retry(transaction)) {
		transaction_renew(transaction);
		transaction->retried = true;
		queue_add(&pool->lanes[transaction->lane], transaction);
		return;
	}
	if (transaction->done != NULL)
		transaction->done(transaction->context, &transaction->outcome);
	transaction_free(transaction);
}

static void on_tick(evutil_socket_t descriptor, short what, void *context)
{
	struct pool *pool = context;

	(void)descriptor;
	(void)what;
	pulse_look(pool);
	for (int i = 0; i < LANES; i++) {
		struct lane_queue *lane = &pool->lanes[i];

		if (lane_is_up(lane)) {
			lane->ticks = 0;
			lane_serve(lane);
		} else if (++lane->ticks >= TICKS_TO_GIVE_UP) {
			lane_give_up(lane);
		}
	}
}

static const struct pipe_calls calls = {on_ended, on_ready, on_lost};

static void lane_init(struct pool *pool, enum lane number,
    struct event_base *base, const struct pool_settings *settings)
{
	struct lane_queue *lane = &pool->lanes[number];
	struct pipe_settings each = {.url = settings->url,
	    .target = pool->target,
	    .backoff_max_ms = BACKOFF_MAX_MS};

	lane->pool = pool;
	lane->wait_us = wait_us[number];
	lane->last = &lane->first;
	while (lane->pipe_count < settings->pipes[number] &&
	    lane->pipe_count < PIPES_MAX)
		lane->pipes[lane->pipe_count++] =
		    pipe_new(base, &each, &calls, pool);
}

struct pool *pool_new(
    struct event_base *base, const struct pool_settings *settings)
{
	struct pool *pool = memory_zero(1, sizeof(*pool));
	struct timeval tick = {0, POOL_TICK_MS * 1000};
	struct pipe_settings pulse = {
	    .url = settings->url, .backoff_max_ms = BACKOFF_PULSE_MS};

	pool->depth = settings->depth;
	pool->waiting_max = settings->queue;
	pool->stuck_ms = settings->stuck_ms;
	pool->awake = true;
	pool->target = target_new(base, settings->url, on_found, pool);
	pulse.target = pool->target;
	pool->pulse = pipe_new(base, &pulse, &calls, pool);
	for (int i = 0; i < LANES; i++)
		lane_init(pool, (enum lane)i, base, settings);
	pool->tick = event_new(base, -1, EV_PERSIST, on_tick, pool);
	assert(pool->tick != NULL);
	event_add(pool->tick, &tick);
	return pool;
}

void pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	for (int i = 0; i < LANES; i++) {
		struct lane_queue *lane = &pool->lanes[i];

		for (unsigned j = 0; j < lane->pipe_count; j++)
			pipe_free(lane->pipes[j]);
		lane->pipe_count = 0;
		lane_give_up(lane);
	}
	pipe_free(pool->pulse);
	target_free(pool->target);
	event_free(pool->tick);
	free(pool);
}

enum submission pool_submit(struct pool *pool, struct transaction *transaction)
{
	struct lane_queue *lane = &pool->lanes[transaction->lane];
	struct pipe *pipe = NULL;

	assert(transaction->query_count > 0);
	assert(transaction->query_count <= TRANSACTION_QUERIES_MAX);
	if (lane->first == NULL)
		pipe = lane_pick(lane);
	if (pipe != NULL) {
		pipe_send(pipe, transaction);
		return SUBMITTED;
	}
	/* Lost twice running: trying again did not help, so say so now. */
	if (!lane_is_up(lane) && lane->lost > lane->pipe_count) {
		transaction_free(transaction);
		return POOL_DOWN;
	}
	if (lane_is_full(lane)) {
		transaction_free(transaction);
		return POOL_FULL;
	}
	queue_add(lane, transaction);
	return SUBMITTED;
}

void transaction_cancel(struct pool *pool, struct transaction *transaction)
{
	transaction->done = NULL;
	if (transaction->queued) {
		queue_remove(&pool->lanes[transaction->lane], transaction);
		transaction_free(transaction);
	}
}

bool pool_is_up(const struct pool *pool)
{
	return lane_is_up(&pool->lanes[LANE_FAST]);
}

bool pool_is_whole(const struct pool *pool)
{
	if (!pipe_is_ready(pool->pulse))
		return false;
	for (int i = 0; i < LANES; i++)
		for (unsigned j = 0; j < pool->lanes[i].pipe_count; j++)
			if (!pipe_is_ready(pool->lanes[i].pipes[j]))
				return false;
	return true;
}

unsigned pool_waiting(const struct pool *pool, unsigned *most)
{
	unsigned reads = pool->lanes[LANE_FAST].waiting;
	unsigned writes = pool->lanes[LANE_WRITE].waiting;

	*most = pool->waiting_max;
	return reads > writes ? reads : writes;
}

void pool_count(const struct pool *pool, struct pool_use *use)
{
	*use = (struct pool_use){0};
	for (int i = 0; i < LANES; i++) {
		const struct lane_queue *lane = &pool->lanes[i];

		use->waiting += lane->waiting;
		for (unsigned j = 0; j < lane->pipe_count; j++) {
			use->ready[i] += pipe_is_ready(lane->pipes[j]);
			use->busy[i] += pipe_depth(lane->pipes[j]);
		}
	}
}
