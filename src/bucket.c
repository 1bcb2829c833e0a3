#include "hefboom/bucket.h"

#include <string.h>

enum { TRIES = 4 };

#define SECOND INT64_C(1000000000)
#define WINDOW (BUCKET_WINDOW_S * SECOND)

uint64_t bucket_key(const char *text, size_t length)
{
	uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ length, word;
	size_t at = 0;

	for (; at < length; at += sizeof(word)) {
		word = 0;
		memcpy(&word, text + at,
		    length - at < sizeof(word) ? length - at : sizeof(word));
		hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
		hash ^= hash >> 32;
	}
	hash *= UINT64_C(0xc4ceb9fe1a85ec53);
	hash ^= hash >> 33;
	return hash == 0 ? 1 : hash;
}

/* Whom a new caller takes the place of: nobody, or who has spent least. */
static struct bucket *set_poorest(struct bucket *set)
{
	struct bucket *poorest = &set[0];

	for (unsigned i = 1; i < BUCKET_WAYS; i++)
		if (atomic_load_explicit(
			&set[i].spent_until, memory_order_relaxed) <
		    atomic_load_explicit(
			&poorest->spent_until, memory_order_relaxed))
			poorest = &set[i];
	return poorest;
}

static struct bucket *set_find(struct bucket *set, uint64_t key)
{
	for (unsigned i = 0; i < BUCKET_WAYS; i++)
		if (atomic_load_explicit(&set[i].key, memory_order_relaxed) ==
		    key)
			return &set[i];
	return NULL;
}

/* NULL when others were faster each time. */
static struct bucket *bucket_find(
    struct bucket_table *table, uint64_t key, int64_t now)
{
	struct bucket *set = table->buckets[key % BUCKET_SETS], *bucket;
	uint64_t before;

	for (unsigned i = 0; i < TRIES; i++) {
		bucket = set_find(set, key);
		if (bucket != NULL)
			return bucket;
		bucket = set_poorest(set);
		before =
		    atomic_load_explicit(&bucket->key, memory_order_relaxed);
		if (!atomic_compare_exchange_strong(&bucket->key, &before, key))
			continue;
		/* What it had spent is not the newcomer's. */
		if (atomic_load(&bucket->spent_until) > now)
			atomic_store(&bucket->spent_until, now);
		return bucket;
	}
	return NULL;
}

static unsigned seconds_up(int64_t ns)
{
	return ns <= 0 ? 0 : (unsigned)((ns + SECOND - 1) / SECOND);
}

/* The instant until which it is spent then; 0 when that is too much. */
static int64_t bucket_after(const struct bucket_order *order, int64_t before,
    int64_t now, struct bucket_state *state)
{
	int64_t one = WINDOW / order->quota, after, left;
	unsigned count =
	    order->count < order->quota ? order->count : order->quota;

	after = (before > now ? before : now) + one * count;
	if (after - now > WINDOW) {
		/* Less than none, when others asked since `now`. */
		left = WINDOW - (before - now);
		state->remaining = left > 0 ? (unsigned)(left / one) : 0;
		state->full_s = seconds_up(before - now);
		state->retry_s = seconds_up(after - now - WINDOW);
		return 0;
	}
	state->remaining = (unsigned)((WINDOW - (after - now)) / one);
	state->full_s = seconds_up(after - now);
	return after;
}

bool bucket_take(struct bucket_table *table, const struct bucket_order *order,
    int64_t now, struct bucket_state *state)
{
	struct bucket *bucket = bucket_find(table, order->key, now);
	int64_t before, after;

	*state = (struct bucket_state){.remaining = order->quota};
	if (bucket == NULL)
		return true;
	before = atomic_load(&bucket->spent_until);
	do {
		after = bucket_after(order, before, now, state);
		if (after == 0)
			return false;
	} while (!atomic_compare_exchange_weak(
	    &bucket->spent_until, &before, after));
	return true;
}

bool bucket_has(struct bucket_table *table, const struct bucket_order *order,
    int64_t now, struct bucket_state *state)
{
	struct bucket *bucket =
	    set_find(table->buckets[order->key % BUCKET_SETS], order->key);

	*state = (struct bucket_state){.remaining = order->quota};
	return bucket == NULL ||
	    bucket_after(
		order, atomic_load(&bucket->spent_until), now, state) != 0;
}
