#include "hefboom/token.h"

#include <assert.h>
#include <jwt.h>
#include <openssl/rand.h>

#include "hefboom/buf.h"
#include "hefboom/memory.h"

static char *roles_write(const char *roles)
{
	struct buf list = {0};

	buf_add_char(&list, '[');
	while (*(roles += strspn(roles, " ")) != '\0') {
		size_t length = strcspn(roles, " ");

		if (list.length > 1)
			buf_add_char(&list, ',');
		buf_add_json(&list, roles, length);
		roles += length;
	}
	buf_add_char(&list, ']');
	return buf_take(&list, NULL);
}

/* A name of its own for each, so that two of one second differ. */
static char *identity_new(void)
{
	unsigned char bytes[16];
	struct buf text = {0};

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		abort();
	for (size_t i = 0; i < sizeof(bytes); i++)
		buf_add_format(&text, "%02x", bytes[i]);
	return buf_take(&text, NULL);
}

static bool powers_add(jwt_t *jwt, const char *roles, const char *scopes)
{
	char *list = roles_write(roles), *identity = identity_new();
	char *claims = memory_format("{\"roles\":%s}", list);
	bool added = jwt_add_grants_json(jwt, claims) == 0 &&
	    (scopes[0] == '\0' || jwt_add_grant(jwt, "scope", scopes) == 0) &&
	    jwt_add_grant(jwt, "jti", identity) == 0;

	free(claims);
	free(identity);
	free(list);
	return added;
}

char *token_issue(const unsigned char *secret, size_t secret_length,
    const char *org, const char *subject, const char *roles, const char *scopes,
    int64_t now, int64_t ttl_s)
{
	jwt_t *jwt;
	char *token = NULL;

	assert(secret_length >= TOKEN_SECRET_LENGTH);
	if (jwt_new(&jwt) != 0)
		abort();
	if (jwt_set_alg(jwt, JWT_ALG_HS256, secret, (int)secret_length) == 0 &&
	    jwt_add_grant(jwt, "iss", token_own_issuer) == 0 &&
	    jwt_add_grant(jwt, "aud", token_own_audience) == 0 &&
	    jwt_add_grant(jwt, "org", org) == 0 &&
	    jwt_add_grant(jwt, "sub", subject) == 0 &&
	    jwt_add_grant_int(jwt, "iat", now) == 0 &&
	    jwt_add_grant_int(jwt, "exp", now + ttl_s) == 0 &&
	    powers_add(jwt, roles, scopes))
		token = jwt_encode_str(jwt);
	jwt_free(jwt);
	return token;
}
