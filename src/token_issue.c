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

static bool powers_add(jwt_t *jwt, const struct token_order *order)
{
	char *list = roles_write(order->roles), *identity = identity_new();
	char *claims = memory_format("{\"roles\":%s}", list);
	bool added = jwt_add_grants_json(jwt, claims) == 0 &&
	    (order->scopes[0] == '\0' ||
		jwt_add_grant(jwt, "scope", order->scopes) == 0) &&
	    jwt_add_grant(jwt, "jti", identity) == 0;

	free(claims);
	free(identity);
	free(list);
	return added;
}

static bool client_add(jwt_t *jwt, const struct token_order *order)
{
	return order->client_id == NULL ||
	    (jwt_add_grant(jwt, "client_id", order->client_id) == 0 &&
		jwt_add_grant(jwt, token_credential, order->credential_id) ==
		    0);
}

char *token_issue(const unsigned char *secret, size_t secret_length,
    const struct token_order *order)
{
	jwt_t *jwt;
	char *token = NULL;

	assert(secret_length >= TOKEN_SECRET_LENGTH);
	if (jwt_new(&jwt) != 0)
		abort();
	if (jwt_set_alg(jwt, JWT_ALG_HS256, secret, (int)secret_length) == 0 &&
	    jwt_add_grant(jwt, "iss", token_own_issuer) == 0 &&
	    jwt_add_grant(jwt, "aud", token_own_audience) == 0 &&
	    jwt_add_grant(jwt, "org", order->org) == 0 &&
	    jwt_add_grant(jwt, "sub", order->subject) == 0 &&
	    jwt_add_grant_int(jwt, "iat", order->now) == 0 &&
	    jwt_add_grant_int(jwt, "exp", order->now + order->ttl_s) == 0 &&
	    powers_add(jwt, order) && client_add(jwt, order))
		token = jwt_encode_str(jwt);
	jwt_free(jwt);
	return token;
}
