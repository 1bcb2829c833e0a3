#include <stdbool.h>

#include "hefboom/answer.h"
#include "hefboom/arguments.h"
#include "hefboom/buf.h"
#include "hefboom/config.h"
#include "hefboom/limit.h"
#include "hefboom/operation.h"
#include "hefboom/pool.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"
#include "hefboom/service.h"
#include "hefboom/shape.h"
#include "hefboom/text.h"
#include "hefboom/token.h"
#include "token_request.h"

handler_fn create_access_token;

struct asking {
	struct request *request;
	struct token_request asked;
	const char *granted; /* the scopes */
	int64_t ttl_s;
};

#define NOT_STORED "Cache-Control: no-store\r\nPragma: no-cache\r\n"

/* RFC 6749, 5.2. */
static const struct problem *refuse(
    struct request *request, const char *error, const char *why)
{
	bool unknown = strcmp(error, "invalid_client") == 0;
	struct content content = {.type = "application/json",
	    .status = unknown ? 401 : 400,
	    .headers = unknown ? NOT_STORED
		"WWW-Authenticate: Basic realm=\"hefboom\", "
		"charset=\"UTF-8\"\r\n"
			       : NOT_STORED};
	struct buf body = {0};

	buf_add_string(&body, "{\"error\":");
	buf_add_json_string(&body, error);
	buf_add_string(&body, ",\"error_description\":");
	buf_add_json_string(&body, why);
	buf_add_char(&body, '}');
	content.bytes = body.bytes;
	content.length = body.length;
	reply_content(request, &content);
	buf_release(&body);
	return &request_waiting;
}

static void refuse_guess(struct request *request)
{
	/* Whether it was one too many is for the next one to hear. */
	limit_failed(request, NULL);
	refuse(request, "invalid_client",
	    "no client is known by this name and secret");
}

/* What the client may do and asks for; NULL when it asks for more. */
static const char *grant(
    struct arena *arena, const char *scopes, const char *asked)
{
	const char *granted = "";

	if (asked == NULL)
		return arena_string(arena, scopes);
	while (*(asked += strspn(asked, " ")) != '\0') {
		size_t length = strcspn(asked, " ");
		const char *scope = arena_copy(arena, asked, length);

		if (!scope_among(scopes, scope))
			return NULL;
		if (!scope_among(granted, scope))
			granted = arena_format(arena, "%s%s%s", granted,
			    granted[0] == '\0' ? "" : " ", scope);
		asked += length;
	}
	return granted[0] == '\0' ? arena_string(arena, scopes) : granted;
}

static char *sign(const struct asking *asking, const struct outcome *outcome)
{
	const struct config *config = asking->request->service->config;
	const char *client = shape_value(outcome->results[0], 0, "client_id");
	struct token_order order = {
	    .org = shape_value(outcome->results[0], 0, "org"),
	    .subject = client,
	    .roles = "integrator",
	    .scopes = asking->granted,
	    .client_id = client,
	    .credential_id =
		shape_value(outcome->results[0], 0, "credential_id"),
	    .now = (int64_t)time(NULL),
	    .ttl_s = asking->ttl_s};

	return token_issue(config->secret, sizeof(config->secret), &order);
}

static void hand_over(
    const struct asking *asking, const struct outcome *outcome)
{
	struct content content = {
	    .type = "application/json", .headers = NOT_STORED};
	char *token = sign(asking, outcome);
	struct buf body = {0};

	if (token == NULL) {
		reply_problem(asking->request, problem_get("internal"));
		return;
	}
	buf_add_string(&body, "{\"access_token\":");
	buf_add_json_string(&body, token);
	buf_add_format(&body,
	    ",\"token_type\":\"Bearer\",\"expires_in\":%lld,\"scope\":",
	    (long long)asking->ttl_s);
	buf_add_json_string(&body, asking->granted);
	buf_add_char(&body, '}');
	content.bytes = body.bytes;
	content.length = body.length;
	reply_content(asking->request, &content);
	buf_release(&body);
	free(token);
}

/* The token ends with the secret that bought it. */
static int64_t life_of(
    const struct asking *asking, const struct outcome *outcome)
{
	int64_t ttl_s = asking->request->service->config->access_token_s;
	const char *left = shape_value(outcome->results[0], 0, "left_s");
	int64_t left_s = left == NULL ? ttl_s : strtoll(left, NULL, 10);

	return left_s < ttl_s ? left_s : ttl_s;
}

static void on_answer(void *context, const struct outcome *outcome)
{
	struct asking *asking = context;
	struct request *request = asking->request;
	const struct problem *spent;
	const char *client, *scopes;

	request->transaction = NULL;
	if (outcome->ending != ENDING_DONE) {
		reply_problem(request, answer_read_fault(request, outcome));
		return;
	}
	client = shape_value(outcome->results[0], 0, "client_id");
	scopes = shape_value(outcome->results[0], 0, "scopes");
	if (client == NULL || scopes == NULL ||
	    strcmp(client, asking->asked.client_id) != 0 ||
	    (asking->ttl_s = life_of(asking, outcome)) < 1) {
		refuse_guess(request);
		return;
	}
	snprintf(request->org_id, UUID_TEXT, "%s",
	    shape_value(outcome->results[0], 0, "org_id"));
	request->caller = arena_format(&request->arena, "client %s", client);
	spent = limit_caller(request);
	if (spent != NULL) {
		reply_problem(request, spent);
		return;
	}
	asking->granted = grant(&request->arena, scopes, asking->asked.scope);
	if (asking->granted == NULL)
		refuse(request, "invalid_scope",
		    "the client may not do all that it asks for");
	else
		hand_over(asking, outcome);
}

/*
 * The secret is looked up by its hash: what an index's time could tell about
 * a hash says nothing about the 256 random bits that have it.
 */
static const char *hash_of(struct request *request, const char *secret)
{
	char *hash = arena_alloc(&request->arena, TOKEN_HASH_TEXT);

	token_hash(secret, strlen(secret), hash);
	return hash;
}

const struct problem *create_access_token(struct request *request)
{
	const struct statement *statement =
	    statement_find("use_machine_credential");
	struct asking *asking = arena_alloc(&request->arena, sizeof(*asking));
	struct named pairs[] = {
	    {"arg.kind", "secret"}, {"arg.hash", NULL}, {NULL, NULL}};
	const struct problem *spent = limit_guess(request);
	struct transaction *transaction;
	const char *error;

	if (spent != NULL)
		return spent;
	asking->request = request;
	error = token_request_read(request, &asking->asked);
	if (error != NULL)
		return refuse(request, error, asking->asked.why);
	pairs[1].value = hash_of(request, asking->asked.client_secret);
	transaction =
	    transaction_new(request->operation->lane, on_answer, asking);
	/* It notes the use besides, which may be noted twice. */
	transaction->reads_only = true;
	transaction->queries[0] = (struct query){.text = text_plain(statement),
	    .values = arguments_named(request, statement, pairs)};
	transaction->query_count = 1;
	return request_submit(request, transaction);
}
