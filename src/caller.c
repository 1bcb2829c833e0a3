#include "hefboom/caller.h"

#include <stdbool.h>
#include <stdint.h>
#include <strings.h>

#include "hefboom/arguments.h"
#include "hefboom/service.h"
#include "hefboom/http.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"
#include "hefboom/pool.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"
#include "hefboom/shape.h"
#include "hefboom/steps.h"
#include "hefboom/text.h"
#include "hefboom/token.h"

enum { BUCKETS = 16384 };

struct caller {
	struct caller *same_bucket;
	struct caller *younger; /* entries end in the order they came */
	int64_t until_s;
	uint64_t hash;
	char org_id[UUID_TEXT];
	char person_id[UUID_TEXT];
	char name[]; /* issuer, organisation, subject; a NUL behind each */
};

struct caller_cache {
	struct caller *buckets[BUCKETS];
	struct caller *oldest, **youngest;
	unsigned count;
};

struct caller_cache *caller_cache_new(void)
{
	struct caller_cache *cache = memory_zero(1, sizeof(*cache));

	cache->youngest = &cache->oldest;
	return cache;
}

static void leave(struct caller_cache *cache)
{
	struct caller *caller = cache->oldest;
	struct caller **at = &cache->buckets[caller->hash % BUCKETS];

	while (*at != caller)
		at = &(*at)->same_bucket;
	*at = caller->same_bucket;
	cache->oldest = caller->younger;
	if (cache->oldest == NULL)
		cache->youngest = &cache->oldest;
	cache->count--;
	free(caller);
}

void caller_cache_free(struct caller_cache *cache)
{
	if (cache == NULL)
		return;
	while (cache->oldest != NULL)
		leave(cache);
	free(cache);
}

static int64_t seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec;
}

/* FNV-1a over the three names; the compare behind it is what decides. */
static uint64_t name_hash(const char *name, size_t length)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)name[i]) * 0x100000001b3u;
	return hash;
}

static size_t name_length(const char *name)
{
	const char *at = name;

	for (int i = 0; i < 3; i++)
		at += strlen(at) + 1;
	return (size_t)(at - name);
}

static const struct caller *cache_find(
    struct caller_cache *cache, const char *name, size_t length, uint64_t hash)
{
	int64_t now = seconds(CLOCK_MONOTONIC_COARSE);
	const struct caller *caller;

	while (cache->oldest != NULL && cache->oldest->until_s <= now)
		leave(cache);
	caller = cache->buckets[hash % BUCKETS];
	for (; caller != NULL; caller = caller->same_bucket)
		if (caller->hash == hash &&
		    name_length(caller->name) == length &&
		    memcmp(caller->name, name, length) == 0)
			return caller;
	return NULL;
}

static void cache_add(struct caller_cache *cache, struct request *request,
    const char *name, size_t length)
{
	struct caller *caller = memory_zero(1, sizeof(*caller) + length);

	if (cache->count == CALLERS_MAX)
		leave(cache);
	caller->hash = name_hash(name, length);
	caller->until_s = seconds(CLOCK_MONOTONIC_COARSE) + CALLER_SECONDS;
	memcpy(caller->name, name, length);
	memcpy(caller->org_id, request->org_id, UUID_TEXT);
	memcpy(caller->person_id, request->person_id, UUID_TEXT);
	caller->same_bucket = cache->buckets[caller->hash % BUCKETS];
	cache->buckets[caller->hash % BUCKETS] = caller;
	*cache->youngest = caller;
	cache->youngest = &caller->younger;
	cache->count++;
}

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

static void set_caller(struct request *request, const char *name)
{
	const char *subject = name + strlen(name) + 1;

	subject += strlen(subject) + 1;
	if (request->person_id[0] != '\0')
		request->caller = request->person_id;
	else
		request->caller =
		    arena_format(&request->arena, "%s %s", name, subject);
}

struct waiting {
	struct request *request;
	const char *name;
	size_t length;
};

static const struct problem *take_answer(
    const struct waiting *waiting, const struct outcome *outcome)
{
	struct request *request = waiting->request;
	const char *org, *person;

	if (outcome->ending == ENDING_FAILED)
		return problem_of_error(request, outcome->error);
	if (outcome->ending != ENDING_DONE)
		return problem_get("database_unavailable");
	org = shape_value(outcome->results[0], 0, "org_id");
	person = shape_value(outcome->results[0], 0, "person_id");
	if (org == NULL)
		return problem_get("caller_unknown");
	snprintf(request->org_id, UUID_TEXT, "%s", org);
	if (person != NULL)
		snprintf(request->person_id, UUID_TEXT, "%s", person);
	/* A person who is not there yet may be there in a moment. */
	if (person != NULL || check_person(request) == NULL)
		cache_add(request->service->callers, request, waiting->name,
		    waiting->length);
	set_caller(request, waiting->name);
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
    struct request *request, char *name, size_t length)
{
	const struct statement *statement = statement_find("find_caller");
	struct waiting *waiting =
	    arena_alloc(&request->arena, sizeof(*waiting));
	const char *org = name + strlen(name) + 1;
	struct named pairs[] = {{"arg.issuer", name}, {"arg.org", org},
	    {"arg.subject", org + strlen(org) + 1}, {NULL, NULL}};
	struct transaction *transaction =
	    transaction_new(LANE_FAST, on_answer, waiting);

	*waiting = (struct waiting){request, name, length};
	transaction->reads_only = true;
	transaction->queries[0] = (struct query){.text = text_plain(statement),
	    .values = arguments_named(request, statement, pairs)};
	transaction->query_count = 1;
	return request_submit(request, transaction);
}

static const struct problem *identify(
    struct request *request, const struct principal *principal)
{
	size_t issuer = strlen(principal->issuer) + 1;
	size_t org = strlen(principal->org) + 1;
	size_t subject = strlen(principal->subject) + 1;
	size_t length = issuer + org + subject;
	char *name = arena_alloc(&request->arena, length);
	const struct caller *caller;

	memcpy(name, principal->issuer, issuer);
	memcpy(name + issuer, principal->org, org);
	memcpy(name + issuer + org, principal->subject, subject);
	caller = cache_find(
	    request->service->callers, name, length, name_hash(name, length));
	if (caller == NULL)
		return ask(request, name, length);
	memcpy(request->org_id, caller->org_id, UUID_TEXT);
	memcpy(request->person_id, caller->person_id, UUID_TEXT);
	set_caller(request, name);
	return check_person(request);
}

static uint32_t roles_with_implied(uint32_t roles)
{
	if (roles & (ROLE_LEADER | ROLE_HR | ROLE_ADMIN))
		roles |= ROLE_MEMBER;
	return roles;
}

/* RFC 6750, 2.1: the scheme is compared without case. */
static bool is_bearer(const struct http_text *header)
{
	static const char scheme[] = "bearer";
	size_t length = sizeof(scheme) - 1;

	return header->length >= length &&
	    strncasecmp(header->bytes, scheme, length) == 0 &&
	    (header->length == length || header->bytes[length] == ' ');
}

static struct http_text bearer_token(const struct http_text *header)
{
	struct http_text token = *header;

	token.bytes += strlen("bearer");
	token.length -= strlen("bearer");
	while (token.length > 0 && token.bytes[0] == ' ') {
		token.bytes++;
		token.length--;
	}
	return token;
}

const struct problem *caller_step(struct request *request)
{
	const struct http_text *header;
	const struct principal *principal;
	struct http_text token;
	const char *why = NULL;
	unsigned count = 0;

	if (request->operation->roles == 0)
		return NULL;
	header = http_header_find(request->head, "authorization", &count);
	if (count == 0)
		return problem_get("unauthenticated");
	if (count > 1)
		return problem_get("invalid_token");
	/* Another scheme says nothing about a token (RFC 6750, 3.1). */
	if (!is_bearer(header))
		return problem_get("unauthenticated");
	token = bearer_token(header);
	principal = token_check(request->service->tokens, token.bytes,
	    token.length, seconds(CLOCK_REALTIME_COARSE), &why);
	if (principal == NULL) {
		log_event(LOG_DEBUG, "token_refused", "request", request->id,
		    "why", why, NULL);
		request->reason = why;
		return problem_get("invalid_token");
	}
	request->roles = roles_with_implied(principal->roles);
	request->scopes = arena_string(&request->arena, principal->scopes);
	return identify(request, principal);
}
