/*
 * What others' servers say about an issuer: OpenID Connect Discovery 1.0,
 * section 4.3, and RFC 7517.
 */
#include "token_source.h"

#include "hefboom/buf.h"
#include "hefboom/fetch.h"
#include "hefboom/memory.h"

static json_t *object_read(const char *text, size_t length, char **fault)
{
	json_error_t error;
	json_t *value = length == 0
	    ? NULL
	    : json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);

	if (json_is_object(value))
		return value;
	json_decref(value);
	*fault = memory_string("it is no JSON object");
	return NULL;
}

char *discovery_read(
    const char *text, size_t length, const char *issuer, char **fault)
{
	json_t *document = object_read(text, length, fault);
	const char *name, *keys;
	char *url = NULL;

	if (document == NULL)
		return NULL;
	name = json_string_value(json_object_get(document, "issuer"));
	keys = json_string_value(json_object_get(document, "jwks_uri"));
	if (name == NULL || strcmp(name, issuer) != 0)
		*fault = memory_string("its issuer is another");
	else if (keys == NULL)
		*fault = memory_string("it has no jwks_uri");
	else
		*fault = fetch_url_check(keys);
	if (*fault == NULL)
		url = memory_string(keys);
	json_decref(document);
	return url;
}

static void keys_release(struct issuer *issuer)
{
	for (size_t i = 0; i < issuer->key_count; i++)
		key_release(&issuer->keys[i]);
	free(issuer->keys);
}

static bool key_is_among(const struct issuer *issuer, const struct key *key)
{
	for (size_t i = 0; i < issuer->key_count; i++) {
		const struct key *other = &issuer->keys[i];
		bool same_id = key->id == NULL || other->id == NULL
		    ? key->id == other->id
		    : strcmp(key->id, other->id) == 0;

		if (same_id && json_equal(key->jwk, other->jwk))
			return true;
	}
	return false;
}

static bool keys_are_same(const struct issuer *one, const struct issuer *other)
{
	bool same = one->key_count == other->key_count;

	for (size_t i = 0; same && i < one->key_count; i++)
		same = key_is_among(other, &one->keys[i]);
	return same;
}

char *keys_replace(
    struct issuer *issuer, const char *text, size_t length, bool *changed)
{
	struct issuer fresh = {.algorithm_count = issuer->algorithm_count};
	char *fault = NULL;
	json_t *set = object_read(text, length, &fault);

	*changed = false;
	if (set == NULL)
		return fault;
	memcpy(fresh.algorithms, issuer->algorithms, sizeof(fresh.algorithms));
	fault = keys_from_set(&fresh, set, SET_KEYS_MAX);
	json_decref(set);
	if (fault != NULL || keys_are_same(&fresh, issuer)) {
		keys_release(&fresh);
		return fault;
	}
	keys_release(issuer);
	issuer->keys = fresh.keys;
	issuer->key_count = fresh.key_count;
	*changed = true;
	return NULL;
}

void keys_write(const struct issuer *issuer, struct buf *text)
{
	json_t *keys = json_array(), *set = json_object();
	char *written;

	for (size_t i = 0; i < issuer->key_count; i++) {
		json_t *key = json_deep_copy(issuer->keys[i].jwk);

		if (issuer->keys[i].id != NULL)
			json_object_set_new(
			    key, "kid", json_string(issuer->keys[i].id));
		json_array_append_new(keys, key);
	}
	json_object_set_new(set, "keys", keys);
	written = json_dumps(set, JSON_COMPACT);
	if (written == NULL)
		abort();
	buf_add_string(text, written);
	free(written);
	json_decref(set);
}

int64_t keys_age(int64_t max_age_s)
{
	if (max_age_s < 0)
		return KEYS_AGE_S;
	if (max_age_s < KEYS_AGE_MIN_S)
		return KEYS_AGE_MIN_S;
	return max_age_s < KEYS_AGE_MAX_S ? max_age_s : KEYS_AGE_MAX_S;
}
