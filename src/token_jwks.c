/*
 * A set may hold keys for others and for other uses: those are passed over
 * (RFC 7517, section 5).  One that would be ours and is weak or broken is a
 * fault, since silence would only be found when somebody cannot get in.
 */
#include "credential.h"

#include "hefboom/buf.h"
#include "hefboom/memory.h"

static bool is_for_verifying(const json_t *members)
{
	const json_t *use = json_object_get(members, "use");
	const json_t *operations = json_object_get(members, "key_ops");
	const json_t *operation;
	size_t i;

	if (use != NULL &&
	    (!json_is_string(use) ||
		strcmp(json_string_value(use), "sig") != 0))
		return false;
	if (operations == NULL)
		return true;
	json_array_foreach(operations, i, operation)
	{
		if (json_is_string(operation) &&
		    strcmp(json_string_value(operation), "verify") == 0)
			return true;
	}
	return false;
}

/*
 * The key's own algorithm; a key without one gets the first of its issuer's
 * that fits, for libjose would let each token choose.
 */
static const struct algorithm *algorithm_bind(
    const struct issuer *issuer, const json_t *members)
{
	const json_t *own = json_object_get(members, "alg");

	for (size_t i = 0; i < issuer->algorithm_count; i++) {
		const struct algorithm *algorithm = issuer->algorithms[i];

		if (!algorithm_fits(algorithm, members))
			continue;
		if (own == NULL ||
		    (json_is_string(own) &&
			strcmp(json_string_value(own), algorithm->name) == 0))
			return algorithm;
	}
	return NULL;
}

static char *member_add(struct issuer *issuer, const json_t *members)
{
	const struct algorithm *algorithm;
	const json_t *id = json_object_get(members, "kid");

	if (!json_is_object(members))
		return memory_string("a key is no object");
	if (!is_for_verifying(members))
		return NULL;
	algorithm = algorithm_bind(issuer, members);
	if (algorithm == NULL)
		return NULL;
	if (id != NULL &&
	    (!json_is_string(id) || json_string_length(id) > KEY_ID_LENGTH_MAX))
		return memory_format("a kid is no string of at most %d "
				     "characters",
		    KEY_ID_LENGTH_MAX);
	return key_add(issuer, json_string_value(id), algorithm, members);
}

char *keys_from_set(struct issuer *issuer, const json_t *set, size_t most)
{
	const json_t *keys = json_object_get(set, "keys"), *members;
	char *fault = NULL;
	size_t i;

	if (!json_is_array(keys))
		return memory_string("it is no JSON object with \"keys\"");
	if (json_array_size(keys) > most)
		return memory_format("it has more than %zu keys", most);
	json_array_foreach(keys, i, members)
	{
		fault = member_add(issuer, members);
		if (fault != NULL)
			return fault;
	}
	if (issuer->key_count == 0)
		return memory_string("it has no key for the algorithms named");
	return NULL;
}

/* Secrets of the set, whose keys are copies by now. */
static void set_wipe(json_t *set)
{
	json_t *keys = json_object_get(set, "keys");

	for (size_t i = 0; i < json_array_size(keys); i++)
		jwk_wipe(json_array_get(keys, i));
}

char *keys_from_jwks(struct issuer *issuer, const char *path)
{
	struct buf content = {0};
	char *fault = secret_read(path, &content), *sentence;
	json_t *set;
	json_error_t error;

	if (fault == NULL) {
		set = json_loadb(content.bytes, content.length,
		    JSON_REJECT_DUPLICATES, &error);
		fault = keys_from_set(issuer, set, KEYS_MAX);
		set_wipe(set);
		json_decref(set);
		if (fault != NULL) {
			sentence = memory_format("%s: %s", path, fault);
			free(fault);
			fault = sentence;
		}
	}
	secret_release(&content);
	return fault;
}
