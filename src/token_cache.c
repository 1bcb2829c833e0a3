/*
 * A hash table whose entries also form a list, the newest use in front.  Its
 * buckets need no secret: what hashes here is SHA-256 of a token that was
 * verified first, so nobody fills a bucket without an issuer's key.
 */
#include "credential.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "hefboom/memory.h"

struct entry {
	struct entry *newer, *older;
	struct entry *next; /* in the bucket */
	struct principal *principal;
	unsigned char digest[DIGEST_LENGTH];
};

struct token_cache {
	struct entry **buckets;
	size_t bucket_count; /* a power of two */
	size_t count;
	size_t room;
	struct entry *newest, *oldest;
};

void token_digest(
    const char *token, size_t length, unsigned char digest[DIGEST_LENGTH])
{
	static EVP_MD *sha256;
	static EVP_MD_CTX *context;

	if (context == NULL) {
		sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
		context = EVP_MD_CTX_new();
	}
	if (sha256 == NULL || context == NULL ||
	    EVP_DigestInit_ex2(context, sha256, NULL) != 1 ||
	    EVP_DigestUpdate(context, token, length) != 1 ||
	    EVP_DigestFinal_ex(context, digest, NULL) != 1)
		abort();
}

void token_hash(const char *token, size_t length, char text[TOKEN_HASH_TEXT])
{
	unsigned char digest[DIGEST_LENGTH];

	token_digest(token, length, digest);
	text[0] = '\\';
	text[1] = 'x';
	for (size_t i = 0; i < DIGEST_LENGTH; i++)
		snprintf(text + 2 + 2 * i, 3, "%02x", digest[i]);
}

struct token_cache *token_cache_new(size_t room)
{
	struct token_cache *cache = memory_zero(1, sizeof(*cache));

	cache->room = room;
	cache->bucket_count = 1;
	while (cache->bucket_count < room)
		cache->bucket_count *= 2;
	cache->buckets =
	    memory_zero(cache->bucket_count, sizeof(struct entry *));
	return cache;
}

static void entry_free(struct entry *entry)
{
	free(entry->principal);
	free(entry);
}

void token_cache_free(struct token_cache *cache)
{
	struct entry *entry;

	if (cache == NULL)
		return;
	while ((entry = cache->newest) != NULL) {
		cache->newest = entry->older;
		entry_free(entry);
	}
	free(cache->buckets);
	free(cache);
}

size_t token_cache_count(const struct token_cache *cache)
{
	return cache->count;
}

static struct entry **bucket_of(
    const struct token_cache *cache, const unsigned char *digest)
{
	uint64_t number;

	memcpy(&number, digest, sizeof(number));
	return &cache->buckets[number & (cache->bucket_count - 1)];
}

static void list_add(struct token_cache *cache, struct entry *entry)
{
	entry->newer = NULL;
	entry->older = cache->newest;
	if (cache->newest != NULL)
		cache->newest->newer = entry;
	else
		cache->oldest = entry;
	cache->newest = entry;
}

static void list_remove(struct token_cache *cache, struct entry *entry)
{
	if (entry->newer != NULL)
		entry->newer->older = entry->older;
	else
		cache->newest = entry->older;
	if (entry->older != NULL)
		entry->older->newer = entry->newer;
	else
		cache->oldest = entry->newer;
}

/* Where the pointer to this digest's entry is; *place is NULL if nowhere. */
static struct entry **place_find(
    const struct token_cache *cache, const unsigned char *digest)
{
	struct entry **place = bucket_of(cache, digest);

	while (*place != NULL &&
	    CRYPTO_memcmp((*place)->digest, digest, DIGEST_LENGTH) != 0)
		place = &(*place)->next;
	return place;
}

struct principal *token_cache_find(
    struct token_cache *cache, const unsigned char digest[DIGEST_LENGTH])
{
	struct entry *entry = *place_find(cache, digest);

	if (entry == NULL)
		return NULL;
	list_remove(cache, entry);
	list_add(cache, entry);
	return entry->principal;
}

static void entry_drop(struct token_cache *cache, struct entry *entry)
{
	struct entry **place = place_find(cache, entry->digest);

	*place = entry->next;
	list_remove(cache, entry);
	entry_free(entry);
	cache->count--;
}

void token_cache_add(struct token_cache *cache,
    const unsigned char digest[DIGEST_LENGTH], struct principal *principal)
{
	struct entry *entry = memory_zero(1, sizeof(*entry));
	struct entry **bucket = bucket_of(cache, digest);

	if (cache->count == cache->room)
		entry_drop(cache, cache->oldest);
	memcpy(entry->digest, digest, DIGEST_LENGTH);
	entry->principal = principal;
	entry->next = *bucket;
	*bucket = entry;
	list_add(cache, entry);
	cache->count++;
}

void token_cache_forget(struct token_cache *cache, const char *issuer)
{
	struct entry *entry, *older;

	for (entry = cache->newest; entry != NULL; entry = older) {
		older = entry->older;
		if (strcmp(entry->principal->issuer, issuer) == 0)
			entry_drop(cache, entry);
	}
}
