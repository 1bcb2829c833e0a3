#include "credential.h"

#include <jose/jws.h>
#include <openssl/err.h>

const char key_unknown[] = "unknown key";
const char key_not_ours[] = "algorithm not allowed";

/* libjose would write what strangers send it on stderr. */
static void error_ignore(void *misc, const char *file, int line, uint64_t code,
    const char *format, va_list arguments)
{
	(void)misc, (void)file, (void)line, (void)code;
	(void)format, (void)arguments;
}

static jose_cfg_t *jose_quiet(void)
{
	static jose_cfg_t *quiet;

	if (quiet == NULL) {
		quiet = jose_cfg();
		if (quiet == NULL)
			abort();
		jose_cfg_set_err_func(quiet, error_ignore, NULL);
	}
	return quiet;
}

static bool issuer_uses(
    const struct issuer *issuer, const struct algorithm *algorithm)
{
	for (size_t i = 0; i < issuer->algorithm_count; i++)
		if (issuer->algorithms[i] == algorithm)
			return true;
	return false;
}

/* Without a kid there must be nothing to choose. */
static const struct key *key_only(
    const struct issuer *issuer, const struct algorithm *algorithm)
{
	const struct key *only = NULL;

	for (size_t i = 0; i < issuer->key_count; i++) {
		if (issuer->keys[i].algorithm != algorithm)
			continue;
		if (only != NULL)
			return NULL;
		only = &issuer->keys[i];
	}
	return only;
}

static const struct key *key_named(
    const struct issuer *issuer, const struct envelope *envelope)
{
	for (size_t i = 0; i < issuer->key_count; i++) {
		const struct key *key = &issuer->keys[i];

		if (key->algorithm == envelope->algorithm && key->id != NULL &&
		    strcmp(key->id, envelope->key_id) == 0)
			return key;
	}
	return NULL;
}

const struct key *key_choose(const struct issuer *issuer,
    const struct envelope *envelope, const char **why)
{
	const struct key *key;

	if (!issuer_uses(issuer, envelope->algorithm)) {
		*why = key_not_ours;
		return NULL;
	}
	key = envelope->key_id == NULL ? key_only(issuer, envelope->algorithm)
				       : key_named(issuer, envelope);
	if (key == NULL) {
		*why = key_unknown;
		return NULL;
	}
	/* Also what tells raw ECDSA signatures (RFC 7518, 3.4) from DER. */
	if (envelope->signature_length != key->signature_length) {
		*why = "signature of the wrong length";
		return NULL;
	}
	return key;
}

bool key_verify(const struct key *key, const struct envelope *envelope)
{
	json_t *jws = json_object();
	bool valid;

	/* The guard's parts and no others: no unprotected header. */
	json_object_set_new_nocheck(jws, "protected",
	    json_stringn_nocheck(
		envelope->header.text, envelope->header.length));
	json_object_set_new_nocheck(jws, "payload",
	    json_stringn_nocheck(
		envelope->payload.text, envelope->payload.length));
	json_object_set_new_nocheck(jws, "signature",
	    json_stringn_nocheck(
		envelope->signature.text, envelope->signature.length));
	valid = jose_jws_ver(jose_quiet(), jws, jws, key->jwk, true);
	json_decref(jws);
	if (!valid)
		ERR_clear_error();
	return valid;
}
