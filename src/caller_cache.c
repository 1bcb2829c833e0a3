#include "caller_cache.h"

#include "hefboom/clock.h"
#include "hefboom/memory.h"

enum { BUCKETS = 16384 };

struct caller_cache {
	struct caller *buckets[BUCKETS];
	struct caller *oldest, **youngest;
	unsigned count;
};

struct caller_cache *caller_cache_new(void)
{
	struct caller_cache *cache = memory_zero(1, sizeof(*cache));

	cache->youngest = &cache->oldest;
	return cache;
}

static void leave(struct caller_cache *cache)
{
	struct caller *caller = cache->oldest;
	struct caller **at = &cache->buckets[caller->hash % BUCKETS];

	while (*at != caller)
		at = &(*at)->same_bucket;
	*at = caller->same_bucket;
	cache->oldest = caller->younger;
	if (cache->oldest == NULL)
		cache->youngest = &cache->oldest;
	cache->count--;
	free(caller);
}

void caller_cache_free(struct caller_cache *cache)
{
	if (cache == NULL)
		return;
	while (cache->oldest != NULL)
		leave(cache);
	free(cache);
}

/* FNV-1a over the three texts; the compare behind it is what decides. */
static uint64_t text_hash(const char *text, size_t length)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
	return hash;
}

struct caller_key caller_key(struct request *request, const char *first,
    const char *second, const char *third)
{
	const char *texts[] = {first, second, third};
	size_t length = strlen(first) + strlen(second) + strlen(third) + 3;
	char *text = arena_alloc(&request->arena, length), *end = text;

	for (int i = 0; i < 3; i++)
		end = stpcpy(end, texts[i]) + 1;
	return (struct caller_key){text, length, text_hash(text, length)};
}

const struct caller *caller_find(
    struct caller_cache *cache, const struct caller_key *key)
{
	int64_t now = clock_coarse_s();
	const struct caller *caller;

	while (cache->oldest != NULL && cache->oldest->until_s <= now)
		leave(cache);
	caller = cache->buckets[key->hash % BUCKETS];
	for (; caller != NULL; caller = caller->same_bucket)
		if (caller->hash == key->hash &&
		    caller->key_length == key->length &&
		    memcmp(caller->text, key->text, key->length) == 0)
			return caller;
	return NULL;
}

void caller_add(struct caller_cache *cache, const struct caller_key *key,
    const struct request *request, const char *scopes)
{
	size_t room = scopes == NULL ? 0 : strlen(scopes) + 1;
	struct caller *caller =
	    memory_zero(1, sizeof(*caller) + key->length + room);

	if (cache->count == CALLERS_MAX)
		leave(cache);
	caller->hash = key->hash;
	caller->until_s = clock_coarse_s() + CALLER_SECONDS;
	caller->key_length = key->length;
	memcpy(caller->text, key->text, key->length);
	memcpy(caller->org_id, request->org_id, UUID_TEXT);
	memcpy(caller->person_id, request->person_id, UUID_TEXT);
	memcpy(caller->client_id, request->client_id, UUID_TEXT);
	memcpy(caller->credential_id, request->credential_id, UUID_TEXT);
	if (scopes != NULL)
		caller->scopes =
		    memcpy(caller->text + key->length, scopes, room);
	caller->same_bucket = cache->buckets[caller->hash % BUCKETS];
	cache->buckets[caller->hash % BUCKETS] = caller;
	*cache->youngest = caller;
	cache->youngest = &caller->younger;
	cache->count++;
}
