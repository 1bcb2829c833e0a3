#include "caller_cache.h"

#include <stdbool.h>
#include <stdint.h>

#include "hefboom/answer.h"
#include "hefboom/arguments.h"
#include "hefboom/clock.h"
#include "hefboom/service.h"
#include "hefboom/http_header.h"
#include "hefboom/limit.h"
#include "hefboom/log.h"
#include "hefboom/operation.h"
#include "hefboom/pool.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"
#include "hefboom/shape.h"
#include "hefboom/steps.h"
#include "hefboom/text.h"
#include "hefboom/token.h"

/*
 * Somebody of that organisation whom we do not know is refused, unless it is
 * a machine, which needs no person.
 */
static const struct problem *check_person(const struct request *request)
{
	const uint32_t machine = ROLE_INTEGRATOR | ROLE_TRAINER;

	if (request->person_id[0] != '\0')
		return NULL;
	if (request->roles != 0 && (request->roles & ~machine) == 0)
		return NULL;
	return problem_get("caller_unknown");
}

static const char *next_text(const char *text)
{
	return text + strlen(text) + 1;
}

static void set_caller(struct request *request, const struct caller_key *key)
{
	if (request->person_id[0] != '\0')
		request->caller = request->person_id;
	else
		request->caller = arena_format(&request->arena, "%s %s",
		    key->text, next_text(next_text(key->text)));
}

struct waiting {
	struct request *request;
	struct caller_key key;
};

static const struct problem *take_answer(
    const struct waiting *waiting, const struct outcome *outcome)
{
	struct request *request = waiting->request;
	const char *org, *person;

	if (outcome->ending != ENDING_DONE)
		return answer_read_fault(request, outcome);
	org = shape_value(outcome->results[0], 0, "org_id");
	person = shape_value(outcome->results[0], 0, "person_id");
	if (org == NULL)
		return problem_get("caller_unknown");
	snprintf(request->org_id, UUID_TEXT, "%s", org);
	if (person != NULL)
		snprintf(request->person_id, UUID_TEXT, "%s", person);
	/* A person who is not there yet may be there in a moment. */
	if (person != NULL || check_person(request) == NULL)
		caller_add(
		    request->service->callers, &waiting->key, request, NULL);
	set_caller(request, &waiting->key);
	return check_person(request);
}

static void on_answer(void *context, const struct outcome *outcome)
{
	const struct waiting *waiting = context;
	struct request *request = waiting->request;

	request->transaction = NULL;
	request_resume(request, take_answer(waiting, outcome));
}

static const struct problem *ask(
    struct request *request, const struct caller_key *key)
{
	const struct statement *statement = statement_find("find_caller");
	struct waiting *waiting =
	    arena_alloc(&request->arena, sizeof(*waiting));
	const char *org = next_text(key->text);
	struct named pairs[] = {{"arg.issuer", key->text}, {"arg.org", org},
	    {"arg.subject", next_text(org)}, {NULL, NULL}};
	struct transaction *transaction =
	    transaction_new(LANE_FAST, on_answer, waiting);

	*waiting = (struct waiting){request, *key};
	transaction->reads_only = true;
	transaction->queries[0] = (struct query){.text = text_plain(statement),
	    .values = arguments_named(request, statement, pairs)};
	transaction->query_count = 1;
	return request_submit(request, transaction);
}

static const struct problem *identify(
    struct request *request, const struct principal *principal)
{
	struct caller_key key = caller_key(
	    request, principal->issuer, principal->org, principal->subject);
	const struct caller *caller =
	    caller_find(request->service->callers, &key);

	if (caller == NULL)
		return ask(request, &key);
	memcpy(request->org_id, caller->org_id, UUID_TEXT);
	memcpy(request->person_id, caller->person_id, UUID_TEXT);
	set_caller(request, &key);
	return check_person(request);
}

static uint32_t roles_with_implied(uint32_t roles)
{
	if (roles & (ROLE_LEADER | ROLE_HR | ROLE_ADMIN))
		roles |= ROLE_MEMBER;
	return roles;
}

/* RFC 6750, 2.1: the scheme is compared without case. */
static bool bearer_token(struct http_text *token)
{
	if (!http_text_skip(token, "bearer") ||
	    (token->length > 0 && token->bytes[0] != ' '))
		return false;
	while (token->length > 0 && token->bytes[0] == ' ') {
		token->bytes++;
		token->length--;
	}
	return true;
}

static void on_keys(void *context)
{
	request_again(context);
}

static void waiter_end(void *object)
{
	token_wait_end(object);
}

static const struct problem *refuse_token(
    struct request *request, const char *why)
{
	log_event(LOG_DEBUG, "token_refused", "request", request->id, "why",
	    why, NULL);
	request->reason = why;
	return limit_failed(request, problem_get("invalid_token"));
}

/* Once: what it does not know then, it says that it does not know. */
static const struct problem *wait_for_key(struct request *request)
{
	struct token_waiter *waiter = request->waiter;

	if (waiter == NULL) {
		waiter = arena_alloc(&request->arena, sizeof(*waiter));
		waiter->again = on_keys;
		waiter->context = request;
		request->waiter = waiter;
		if (token_wait(request->service->tokens, waiter)) {
			arena_defer(&request->arena, waiter_end, waiter);
			return &request_waiting;
		}
	} else if (waiter->settled) {
		return refuse_token(request, "unknown key");
	}
	request->retry_after_s = waiter->retry_s;
	return problem_get("keys_unavailable");
}

const struct problem *caller_step(struct request *request)
{
	const struct principal *principal;
	struct http_text token;
	const char *why = NULL;
	enum http_times times;

	if (request->operation->roles == 0)
		return NULL;
	times = http_header_read(request->head, "authorization", &token);
	if (times == HTTP_REPEATED)
		return problem_get("invalid_token");
	/* Another scheme says nothing about a token (RFC 6750, 3.1). */
	if (times == HTTP_ABSENT || !bearer_token(&token))
		return problem_get("unauthenticated");
	if (caller_is_token(&token))
		return caller_of_token(request, &token);
	principal = token_check(request->service->tokens, token.bytes,
	    token.length, clock_wall_coarse_s(), &why);
	if (principal == NULL)
		return why == token_unsure ? wait_for_key(request)
					   : refuse_token(request, why);
	request->roles = roles_with_implied(principal->roles);
	request->scopes = arena_string(&request->arena, principal->scopes);
	if (principal->credential_id != NULL)
		return caller_of_client(request, principal);
	return identify(request, principal);
}
