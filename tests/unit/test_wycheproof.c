/*
 * Project Wycheproof's signatures (RFC 7515), each by key_choose() and
 * key_verify(): what the guard settles before them is in test_token*.c, and
 * asks for claims, which these have not.
 *
 * Mutations: a key that answers to any algorithm of its type; a signature that
 * is not verified; letters that base64url has not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "credential.h"
#include "hefboom/base64.h"
#include "hefboom/memory.h"

/* What others call otherwise than we do, one by one. */
static const struct {
	json_int_t number;
	const char *why;
} apart[] = {
    {346, "the key is for PS256, the token's signature of PS384"},
    {350, "the same"},
    {347, "the key's algorithm is ES521, which is none"},
    {351, "the same"},
    {367, "called invalid, and the very text of a valid one"},
    {370, "the same"},
    {372, "called valid, with a letter that base64url has not"},
    {373, "the same"},
};

static bool stands_apart(json_int_t number)
{
	for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++)
		if (apart[i].number == number)
			return true;
	return false;
}

static bool part_decode(
    const struct part *part, unsigned char *bytes, size_t *length)
{
	return part->length <= TOKEN_LENGTH_MAX &&
	    base64_decode(part->text, part->length, bytes, length) == 0;
}

/* As envelope_open() does, for payloads of any kind. */
static bool open_any(struct envelope *envelope, const char *text)
{
	struct part *parts[] = {
	    &envelope->header, &envelope->payload, &envelope->signature};
	unsigned char bytes[TOKEN_BYTES_MAX];
	size_t length;

	*envelope = (struct envelope){0};
	for (size_t i = 0; i < 3; i++, text++) {
		parts[i]->text = text;
		parts[i]->length = strcspn(text, ".");
		text += parts[i]->length;
		if ((*text == '\0') != (i == 2))
			return false;
	}
	if (!part_decode(&envelope->payload, bytes, &length) ||
	    !part_decode(
		&envelope->signature, bytes, &envelope->signature_length) ||
	    !part_decode(&envelope->header, bytes, &length))
		return false;
	envelope->header_members =
	    json_loadb((const char *)bytes, length, 0, NULL);
	envelope->key_id =
	    json_string_value(json_object_get(envelope->header_members, "kid"));
	text =
	    json_string_value(json_object_get(envelope->header_members, "alg"));
	envelope->algorithm = text == NULL ? NULL : algorithm_find(text);
	return envelope->algorithm != NULL;
}

/* A key that we do not take verifies nothing. */
static void issuer_make(struct issuer *issuer, json_t *key)
{
	static const char *const names[ALGORITHMS] = {"HS256", "HS384", "HS512",
	    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256",
	    "ES384", "ES512"};
	json_t *set = json_pack("{s:[O]}", "keys", key);

	*issuer = (struct issuer){.algorithm_count = ALGORITHMS};
	for (size_t i = 0; i < ALGORITHMS; i++)
		issuer->algorithms[i] = algorithm_find(names[i]);
	free(keys_from_set(issuer, set, 1));
	json_decref(set);
}

static bool is_verified(json_t *key, const char *token)
{
	struct issuer issuer;
	struct envelope envelope;
	const struct key *chosen;
	const char *why;
	bool valid = false;

	issuer_make(&issuer, key);
	if (open_any(&envelope, token)) {
		chosen = key_choose(&issuer, &envelope, &why);
		valid = chosen != NULL && key_verify(chosen, &envelope);
	}
	envelope_release(&envelope);
	issuer_release(&issuer);
	return valid;
}

static void test_all(void **state)
{
	const char *root = getenv("HEFBOOM_ROOT");
	char *path = memory_format(
	    "%s/tests/unit/wycheproof.json", root == NULL ? "." : root);
	json_t *vectors = json_load_file(path, 0, NULL), *group, *one, *key;
	int count = 0, valid = 0;
	size_t i, j;

	(void)state;
	assert_non_null(vectors);
	json_array_foreach(json_object_get(vectors, "groups"), i, group)
	{
		key = json_object_get(group, "key");
		json_array_foreach(json_object_get(group, "tests"), j, one)
		{
			json_int_t number;
			const char *result, *comment, *token;

			assert_int_equal(json_unpack(one, "[I,s,s,s]", &number,
					     &result, &comment, &token),
			    0);
			if (stands_apart(number))
				continue;
			if (is_verified(key, token) !=
			    (strcmp(result, "valid") == 0))
				fail_msg("%lld, %s: it is %s", number, comment,
				    result);
			count++;
			valid += strcmp(result, "valid") == 0;
		}
	}
	assert_int_equal(count, 393);
	assert_int_equal(valid, 40);
	json_decref(vectors);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_all)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
