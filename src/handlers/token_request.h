/*
 * token_request -- what a client asks at the token endpoint (RFC 6749, 4.4).
 *
 * The client's name and secret come in Authorization: Basic (2.3.1, each
 * form-encoded in turn) or in the body, never in both.  Of the body's other
 * members those that are not known are ignored, those without a value count
 * as absent, and one that is known may come once (3.2).  More than 100 are
 * no form.
 *
 * Ownership.  All texts live in the request's arena.
 */
#ifndef TOKEN_REQUEST_H
#define TOKEN_REQUEST_H

struct request;

struct token_request {
	const char *grant_type;
	const char *client_id;
	const char *client_secret;
	const char *scope; /* or NULL */
	const char *why; /* in English, beside an error */
};

/* NULL, or the error of RFC 6749, 5.2 ("invalid_client"). */
const char *token_request_read(
    struct request *request, struct token_request *asked);

#endif
