/*
 * A report may take its time and a lock its two seconds: a connection that
 * says nothing does not tell whether anybody is there.  So as long as anything
 * is under way and nothing at all is heard, one more connection, which has
 * nothing else to do, is asked for an empty answer.
 */
#include "pool_state.h"

#include "hefboom/clock.h"
#include "hefboom/log.h"
#include "hefboom/pipe.h"
#include "hefboom/transaction.h"

enum {
	BUSY_MS = 50, /* asked so long after the last word */
	IDLE_MS = 1000,
	SILENCE_MS = 650, /* and a tick later nobody is there */
	DROP_MS = 3000, /* then all connections are made anew */
	PULSE_STUCK_MS = 5000,
	REST_MS = 15000, /* then an idle connection is asked, too */
	LOG_MS = 10000,
};

void pulse_note_lost(struct pool *pool, const char *why)
{
	int64_t now = clock_ms();
	char times[12];

	pool->losses++;
	if (pool->told_ms != 0 && now - pool->told_ms < LOG_MS)
		return;
	snprintf(times, sizeof(times), "%u", pool->losses);
	log_event(
	    LOG_WARNING, "database_lost", "why", why, "times", times, NULL);
	pool->told = true;
	pool->told_ms = now;
	pool->losses = 0;
}

/*
 * The first connection after none: the others have been waiting longer and
 * longer, and need not any more.
 */
void pulse_heard(struct pool *pool)
{
	pool->silent = false;
	pool->overdue = 0;
	if (!pool->awake) {
		pool->awake = true;
		pipe_hurry(pool->pulse);
		pool_each(pool, pipe_hurry);
	}
	if (!pool->told || !pool_is_whole(pool))
		return;
	log_event(LOG_NOTICE, "database_back", NULL);
	pool->told = false;
}

static int64_t last_heard_ms(const struct pool *pool)
{
	int64_t last = pipe_heard_ms(pool->pulse);

	for (int i = 0; i < LANES; i++)
		for (unsigned j = 0; j < pool->lanes[i].pipe_count; j++) {
			int64_t heard = pipe_heard_ms(pool->lanes[i].pipes[j]);

			if (heard > last)
				last = heard;
		}
	return last;
}

static bool is_busy(const struct pool *pool)
{
	for (int i = 0; i < LANES; i++) {
		if (pool->lanes[i].waiting > 0)
			return true;
		for (unsigned j = 0; j < pool->lanes[i].pipe_count; j++)
			if (pipe_depth(pool->lanes[i].pipes[j]) > 0)
				return true;
	}
	return false;
}

static void on_answer(void *context, const struct outcome *outcome)
{
	struct pool *pool = context;

	(void)outcome;
	pool->asked = false;
}

/* No statement at all: nothing but the Sync, and PostgreSQL's word for it. */
static void pulse_ask(struct pool *pool, int64_t now)
{
	pool->asked = true;
	pool->asked_ms = now;
	pipe_send(pool->pulse, transaction_new(LANE_FAST, on_answer, pool));
}

/* Everybody is told; the connections may yet come back to life. */
static void pulse_stopped(struct pool *pool)
{
	pool->silent = true;
	pulse_note_lost(pool, "no answer");
	pool_each(pool, pipe_abandon);
	for (int i = 0; i < LANES; i++)
		lane_give_up(&pool->lanes[i]);
}

static void drop(struct pipe *pipe)
{
	pipe_give_up(pipe, "no answer");
}

static void drop_all(struct pool *pool)
{
	drop(pool->pulse);
	pool_each(pool, drop);
}

static void ask(struct pipe *pipe)
{
	if (pipe_is_ready(pipe) && pipe_depth(pipe) == 0)
		pipe_send(pipe, transaction_new(LANE_FAST, NULL, NULL));
}

static bool dropped(struct pipe *pipe, int64_t heard)
{
	const char *why = pipe_doubt(pipe, heard);

	if (why != NULL)
		pipe_give_up(pipe, why);
	return why != NULL;
}

static void look_at_one(
    struct pool *pool, struct pipe *pipe, int64_t now, int64_t heard)
{
	int64_t since = pipe_owes_ms(pipe);

	if (dropped(pipe, heard))
		return;
	if (since != 0 && now - since > pool->stuck_ms)
		drop(pipe);
	else if (since == 0 && now - pipe_heard_ms(pipe) >= REST_MS)
		ask(pipe);
}

/* One connection that is silent while others are not. */
static void look_for_stuck(struct pool *pool, int64_t now, int64_t heard)
{
	int64_t pulse = pipe_owes_ms(pool->pulse);

	if (dropped(pool->pulse, heard))
		pool_each(pool, ask); /* whether it holds for them, too */
	else if (pulse != 0 && now - pulse > PULSE_STUCK_MS)
		drop(pool->pulse);
	for (int i = 0; i < LANES; i++)
		for (unsigned j = 0; j < pool->lanes[i].pipe_count; j++)
			look_at_one(pool, pool->lanes[i].pipes[j], now, heard);
}

/*
 * Two ticks have to find it overdue: between them the loop has read whatever
 * had come while it was kept from reading.
 */
void pulse_look(struct pool *pool)
{
	int64_t now = clock_ms(), heard = last_heard_ms(pool);
	int64_t since = heard > pool->asked_ms ? heard : pool->asked_ms;

	look_for_stuck(pool, now, heard);
	if (!pool->asked) {
		pool->overdue = 0;
		if (pipe_is_ready(pool->pulse) &&
		    (now - heard >= (is_busy(pool) ? BUSY_MS : IDLE_MS) ||
			now - pipe_heard_ms(pool->pulse) >= REST_MS))
			pulse_ask(pool, now);
	} else if (now - since < SILENCE_MS) {
		if (pool->silent)
			pulse_heard(pool);
		pool->overdue = 0;
	} else if (++pool->overdue > 1) {
		if (!pool->silent)
			pulse_stopped(pool);
		else if (now - since >= DROP_MS)
			drop_all(pool);
	}
}
