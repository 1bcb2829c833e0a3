/*
 * Everything a header could choose is settled here, before the library that
 * would let it choose sees a byte: libjose 11 ignores crit, takes an `alg`
 * that sorts behind the key's own, and reads the last of two members of one
 * name.
 */
#include "credential.h"

#include <strings.h>

#include "hefboom/base64.h"

static const struct algorithm algorithms[ALGORITHMS] = {
    {"HS256", "oct", NULL, 32, 32},
    {"HS384", "oct", NULL, 48, 48},
    {"HS512", "oct", NULL, 64, 64},
    {"RS256", "RSA", NULL, 0, 0},
    {"RS384", "RSA", NULL, 0, 0},
    {"RS512", "RSA", NULL, 0, 0},
    {"PS256", "RSA", NULL, 0, 0},
    {"PS384", "RSA", NULL, 0, 0},
    {"PS512", "RSA", NULL, 0, 0},
    {"ES256", "EC", "P-256", 0, 64},
    {"ES384", "EC", "P-384", 0, 96},
    {"ES512", "EC", "P-521", 0, 132},
};

const struct algorithm *algorithm_find(const char *name)
{
	for (size_t i = 0; i < ALGORITHMS; i++)
		if (strcmp(algorithms[i].name, name) == 0)
			return &algorithms[i];
	return NULL;
}

/* Exactly three parts, none of them empty. */
static bool token_split(
    struct envelope *envelope, const char *token, size_t length)
{
	struct part *parts[] = {
	    &envelope->header, &envelope->payload, &envelope->signature};
	const char *end = token + length;

	for (size_t i = 0; i < 3; i++) {
		const char *dot = memchr(token, '.', (size_t)(end - token));

		if ((dot == NULL) != (i == 2))
			return false;
		if (dot == NULL)
			dot = end;
		parts[i]->text = token;
		parts[i]->length = (size_t)(dot - token);
		if (parts[i]->length == 0)
			return false;
		if (dot < end)
			token = dot + 1;
	}
	return true;
}

static json_t *members_read(const unsigned char *bytes, size_t length)
{
	json_error_t error;
	json_t *value = json_loadb(
	    (const char *)bytes, length, JSON_REJECT_DUPLICATES, &error);

	if (value != NULL && !json_is_object(value)) {
		json_decref(value);
		return NULL;
	}
	return value;
}

/* The three parts decoded, the first two into objects. */
static const char *parts_decode(struct envelope *envelope)
{
	unsigned char bytes[TOKEN_BYTES_MAX];
	size_t length;

	if (base64_decode(envelope->header.text, envelope->header.length, bytes,
		&length) != 0)
		return "not base64url";
	envelope->header_members = members_read(bytes, length);
	if (envelope->header_members == NULL)
		return "malformed header";
	if (base64_decode(envelope->payload.text, envelope->payload.length,
		bytes, &length) != 0)
		return "not base64url";
	envelope->claims = members_read(bytes, length);
	if (envelope->claims == NULL)
		return "malformed claims";
	if (base64_decode(envelope->signature.text, envelope->signature.length,
		bytes, &envelope->signature_length) != 0)
		return "not base64url";
	return NULL;
}

/* RFC 8725, 3.11: a token made for another purpose is no access token. */
static bool type_is_ours(const json_t *type)
{
	static const char *const types[] = {
	    "JWT", "at+jwt", "application/at+jwt"};

	if (type == NULL)
		return true;
	if (!json_is_string(type))
		return false;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcasecmp(types[i], json_string_value(type)) == 0)
			return true;
	return false;
}

static const char *header_check(struct envelope *envelope)
{
	/* Each brings its own key, or changes what the rest means. */
	static const char *const refused[] = {
	    "crit", "jku", "jwk", "x5u", "x5c", "b64", "zip"};
	const json_t *header = envelope->header_members;
	const json_t *name = json_object_get(header, "alg");
	const json_t *id = json_object_get(header, "kid");

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (json_object_get(header, refused[i]) != NULL)
			return "header member not allowed";
	if (!json_is_string(name))
		return "malformed header";
	envelope->algorithm = algorithm_find(json_string_value(name));
	if (envelope->algorithm == NULL)
		return "algorithm not allowed";
	if (!type_is_ours(json_object_get(header, "typ")))
		return "wrong type";
	if (id == NULL)
		return NULL;
	if (!json_is_string(id))
		return "malformed header";
	if (json_string_length(id) > KEY_ID_LENGTH_MAX)
		return "key id too long";
	envelope->key_id = json_string_value(id);
	return NULL;
}

const char *envelope_open(
    struct envelope *envelope, const char *token, size_t length)
{
	const char *reason;

	*envelope = (struct envelope){0};
	if (length > TOKEN_LENGTH_MAX)
		return "too long";
	if (!token_split(envelope, token, length))
		return "not three parts";
	reason = parts_decode(envelope);
	return reason != NULL ? reason : header_check(envelope);
}

void envelope_release(struct envelope *envelope)
{
	json_decref(envelope->header_members);
	json_decref(envelope->claims);
}
