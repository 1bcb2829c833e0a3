/*
 * Clients that an admin manages.  Who they are is remembered as long as
 * people are; whether they still may, enter_client asks each time.
 */
#include "caller_cache.h"

#include "hefboom/answer.h"
#include "hefboom/arguments.h"
#include "hefboom/http.h"
#include "hefboom/limit.h"
#include "hefboom/operation.h"
#include "hefboom/pool.h"
#include "hefboom/reply.h"
#include "hefboom/service.h"
#include "hefboom/shape.h"
#include "hefboom/text.h"
#include "hefboom/token.h"

/* No issuer is called so. */
static const char of_token[] = "\1token", of_client[] = "\1client";

static const char prefix[] = "hfb_";

struct waiting {
	struct request *request;
	struct caller_key key;
};

bool caller_is_token(const struct http_text *token)
{
	return token->length > strlen(prefix) &&
	    memcmp(token->bytes, prefix, strlen(prefix)) == 0;
}

static void set_client(struct request *request)
{
	request->roles = ROLE_INTEGRATOR;
	request->caller =
	    arena_format(&request->arena, "client %s", request->client_id);
}

static const struct problem *refuse(struct request *request)
{
	request->reason = "unknown or revoked";
	return limit_failed(request, problem_get("invalid_token"));
}

static bool remembered(struct request *request, const struct caller_key *key)
{
	const struct caller *caller =
	    caller_find(request->service->callers, key);

	if (caller == NULL)
		return false;
	memcpy(request->org_id, caller->org_id, UUID_TEXT);
	memcpy(request->client_id, caller->client_id, UUID_TEXT);
	memcpy(request->credential_id, caller->credential_id, UUID_TEXT);
	if (caller->scopes != NULL)
		request->scopes = arena_string(&request->arena, caller->scopes);
	set_client(request);
	return true;
}

static void take_id(
    char id[UUID_TEXT], const struct outcome *outcome, const char *column)
{
	const char *value = shape_value(outcome->results[0], 0, column);

	if (value != NULL)
		snprintf(id, UUID_TEXT, "%s", value);
}

static const struct problem *take_answer(
    const struct waiting *waiting, const struct outcome *outcome)
{
	struct request *request = waiting->request;
	const char *scopes;

	if (outcome->ending != ENDING_DONE)
		return answer_read_fault(request, outcome);
	if (shape_count(outcome->results[0]) == 0)
		return refuse(request);
	take_id(request->org_id, outcome, "org_id");
	take_id(request->client_id, outcome, "client_id");
	take_id(request->credential_id, outcome, "credential_id");
	scopes = shape_value(outcome->results[0], 0, "scopes");
	if (scopes != NULL)
		request->scopes = arena_string(&request->arena, scopes);
	caller_add(request->service->callers, &waiting->key, request, scopes);
	set_client(request);
	return NULL;
}

static void on_answer(void *context, const struct outcome *outcome)
{
	const struct waiting *waiting = context;
	struct request *request = waiting->request;

	request->transaction = NULL;
	request_resume(request, take_answer(waiting, outcome));
}

static const struct problem *ask(struct request *request,
    const struct caller_key *key, const char *name, const struct named *pairs)
{
	const struct statement *statement = statement_find(name);
	struct waiting *waiting =
	    arena_alloc(&request->arena, sizeof(*waiting));
	struct transaction *transaction =
	    transaction_new(LANE_FAST, on_answer, waiting);

	*waiting = (struct waiting){request, *key};
	/* It notes the use besides, which may be noted twice. */
	transaction->reads_only = true;
	transaction->queries[0] = (struct query){.text = text_plain(statement),
	    .values = arguments_named(request, statement, pairs)};
	transaction->query_count = 1;
	return request_submit(request, transaction);
}

const struct problem *caller_of_token(
    struct request *request, const struct http_text *token)
{
	struct caller_key key;
	char *hash = arena_alloc(&request->arena, TOKEN_HASH_TEXT);
	struct named pairs[] = {
	    {"arg.kind", "token"}, {"arg.hash", NULL}, {NULL, NULL}};
	const struct problem *spent;

	token_hash(token->bytes, token->length, hash);
	key = caller_key(request, of_token, hash, "");
	if (remembered(request, &key))
		return NULL;
	spent = limit_guess(request);
	if (spent != NULL)
		return spent;
	pairs[1].value = hash;
	return ask(request, &key, "use_machine_credential", pairs);
}

static bool is_uuid(const char *text)
{
	size_t at = 0;

	for (; at < UUID_TEXT && text[at] != '\0'; at++)
		if (strchr(at == 8 || at == 13 || at == 18 || at == 23
			    ? "-"
			    : "0123456789abcdef",
			text[at]) == NULL)
			return false;
	return at == UUID_TEXT - 1;
}

const struct problem *caller_of_client(
    struct request *request, const struct principal *principal)
{
	const char *client = principal->client_id;
	const char *credential = principal->credential_id;
	struct caller_key key;
	struct named pairs[] = {{"arg.org", NULL}, {"arg.client", NULL},
	    {"arg.credential", NULL}, {NULL, NULL}};

	if (!is_uuid(client) || !is_uuid(credential))
		return refuse(request);
	key = caller_key(request, of_client, principal->org,
	    arena_format(&request->arena, "%s %s", client, credential));
	if (remembered(request, &key))
		return NULL;
	snprintf(request->client_id, UUID_TEXT, "%s", client);
	snprintf(request->credential_id, UUID_TEXT, "%s", credential);
	pairs[0].value = arena_string(&request->arena, principal->org);
	pairs[1].value = request->client_id;
	pairs[2].value = request->credential_id;
	return ask(request, &key, "use_machine_client", pairs);
}
