#include "token_source.h"

#include <assert.h>
#include <event2/event.h>

#include "hefboom/buf.h"
#include "hefboom/clock.h"
#include "hefboom/fetch.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"

enum { LOOK_MS = 500, LOOK_OFTEN_MS = 25 };

struct key_source {
	char *url;
	bool discovers;
	struct shared_keys *shared;
	/* From here on of one worker. */
	struct issuer *issuer; /* the checker's, whose source this is */
	struct token_cache *cache;
	struct fetcher *fetcher;
	struct event *look;
	char *path; /* of the kept file */
	uint32_t version, ended; /* of `shared`, as last seen */
	int64_t began_ms, began_s; /* of the fetch that is ours */
	struct token_waiter *first;
	unsigned waiting;
};

struct key_source *source_new(const char *url, bool discovers)
{
	struct key_source *source = memory_zero(1, sizeof(*source));

	source->url = memory_string(url);
	source->discovers = discovers;
	source->shared = shared_new();
	return source;
}

void source_free(struct key_source *source)
{
	if (source == NULL)
		return;
	if (source->look != NULL)
		event_free(source->look);
	shared_free(source->shared);
	free(source->path);
	free(source->url);
	free(source);
}

const char *source_url(const struct key_source *source)
{
	return source->url;
}

static void complain(
    const struct key_source *source, const char *event, const char *reason)
{
	log_event(LOG_WARNING, event, "issuer", source->issuer->name, "reason",
	    reason, NULL);
}

/* The keys of a set that was found; a fault changes nothing. */
static char *take(struct key_source *source, const char *text, size_t length)
{
	bool changed;
	char *fault = keys_replace(source->issuer, text, length, &changed);

	if (!changed)
		return fault;
	token_cache_forget(source->cache, source->issuer->name);
	log_event(
	    LOG_NOTICE, "keys_changed", "issuer", source->issuer->name, NULL);
	return NULL;
}

/* From our own hand, and still looked at like a stranger's. */
static void take_kept(struct key_source *source, const struct buf *text)
{
	char *fault = take(source, text->bytes, text->length);

	if (fault != NULL)
		complain(source, "keys_refused", fault);
	free(fault);
}

static void wake(struct token_waiter *waiter)
{
	struct key_source *source = waiter->source;
	struct shared_keys *shared = source->shared;
	int64_t left_ms = atomic_load(&shared->ask_ms) - clock_ms();

	waiter->settled = atomic_load(&shared->began_ms) >= waiter->since_ms;
	waiter->retry_s = left_ms <= 0 ? 1 : (unsigned)(left_ms / 1000 + 1);
	token_wait_end(waiter);
	waiter->again(waiter->context);
}

/* Each ends no other's wait; one that begins then is in front, behind us. */
static void wake_until(struct key_source *source, int64_t now)
{
	struct token_waiter *waiter, *next;

	for (waiter = source->first; waiter != NULL; waiter = next) {
		next = waiter->next;
		if (waiter->until_ms <= now)
			wake(waiter);
	}
}

bool source_see(struct key_source *source)
{
	uint32_t version = atomic_load(&source->shared->version);
	struct buf text = {0};
	bool seen = version != source->version && version % 2 == 0 &&
	    shared_read(source->shared, &text, &version);

	if (seen) {
		source->version = version;
		take_kept(source, &text);
	}
	buf_release(&text);
	return seen;
}

/* What another worker found, and that one has ended. */
static void see(struct key_source *source)
{
	uint32_t ended = atomic_load(&source->shared->ended);

	source_see(source);
	if (ended == source->ended)
		return;
	source->ended = ended;
	wake_until(source, INT64_MAX);
}

static void fetch_failed(struct key_source *source, const char *reason)
{
	complain(source, "keys_not_fetched", reason);
	shared_end(source->shared);
	see(source);
}

static void fetch_took(struct key_source *source, int64_t max_age_s)
{
	struct shared_keys *shared = source->shared;
	struct buf text = {0};
	int status;

	keys_write(source->issuer, &text);
	assert(text.length <= SET_LENGTH_MAX);
	shared_write(shared, &text);
	source->version = atomic_load(&shared->version);
	atomic_store(&shared->began_s, source->began_s);
	atomic_store(&shared->began_ms, source->began_ms);
	atomic_store(&shared->due_ms, clock_ms() + keys_age(max_age_s) * 1000);
	status = kept_write(source->path, &text);
	if (status < 0)
		complain(source, "keys_not_kept", strerror(-status));
	buf_release(&text);
	shared_end(shared);
	see(source);
}

static void on_set(void *context, const struct fetch_reply *reply)
{
	struct key_source *source = context;
	char *fault;

	if (reply->fault != NULL) {
		fetch_failed(source, reply->fault);
		return;
	}
	fault = take(source, reply->bytes, reply->length);
	if (fault != NULL) {
		fetch_failed(source, fault);
		free(fault);
		return;
	}
	fetch_took(source, reply->max_age_s);
}

static void on_discovery(void *context, const struct fetch_reply *reply)
{
	struct key_source *source = context;
	char *fault = NULL, *url;

	if (reply->fault != NULL) {
		fetch_failed(source, reply->fault);
		return;
	}
	url = discovery_read(
	    reply->bytes, reply->length, source->issuer->name, &fault);
	if (url == NULL)
		fetch_failed(source, fault);
	else
		fetch_start(source->fetcher, url, on_set, source);
	free(url);
	free(fault);
}

static bool begin(
    struct key_source *source, _Atomic int64_t *moment, int64_t wait_s)
{
	int64_t now = clock_ms();

	/* A look that takes no lease; the one that counts is behind it. */
	if (atomic_load(moment) > now ||
	    !shared_begin(source->shared, moment, now, wait_s * 1000))
		return false;
	source->began_ms = now;
	source->began_s = clock_wall_ms() / 1000;
	fetch_start(source->fetcher, source->url,
	    source->discovers ? on_discovery : on_set, source);
	return true;
}

static bool ask(struct key_source *source)
{
	return begin(source, &source->shared->ask_ms, KEYS_ASK_S);
}

static void look_again(struct key_source *source)
{
	long wait_ms = source->first == NULL ? LOOK_MS : LOOK_OFTEN_MS;
	struct timeval wait = {0, wait_ms * 1000};

	event_add(source->look, &wait);
}

static void on_look(evutil_socket_t descriptor, short what, void *context)
{
	struct key_source *source = context;

	(void)descriptor;
	(void)what;
	see(source);
	wake_until(source, clock_ms());
	begin(source, &source->shared->due_ms, KEYS_RETRY_S);
	if (source->first != NULL)
		ask(source);
	look_again(source);
}

/* One file an issuer and address, whatever they are called. */
static char *path_of(const struct key_source *source, const char *folder)
{
	char *name = memory_format("%s\n%s", source->issuer->name, source->url);
	char hash[TOKEN_HASH_TEXT], *path;

	token_hash(name, strlen(name), hash);
	path = memory_format("%s/%.32s.json", folder, hash + 2);
	free(name);
	return path;
}

void source_serve(struct key_source *source, struct issuer *issuer,
    struct token_cache *cache, const struct token_services *services)
{
	struct buf text = {0};
	struct timeval now = {0, 0};

	source->issuer = issuer;
	source->cache = cache;
	source->fetcher = services->fetcher;
	source->path = path_of(source, services->folder);
	source->ended = atomic_load(&source->shared->ended);
	source->look = event_new(services->base, -1, 0, on_look, source);
	assert(source->look != NULL);
	if (atomic_load(&source->shared->version) == 0 &&
	    kept_read(source->path, &text))
		take_kept(source, &text);
	buf_release(&text);
	see(source);
	event_add(source->look, &now);
}

bool source_may_lack(const struct key_source *source, const json_t *claims)
{
	const json_t *issued = json_object_get(claims, "iat");
	int64_t began_s = atomic_load(&source->shared->began_s);

	if (source->fetcher == NULL)
		return false;
	/* Read behind began_s: what that fetch found may not be here yet. */
	if (atomic_load(&source->shared->version) != source->version)
		return true;
	return began_s == 0 || !json_is_number(issued) ||
	    json_number_value(issued) >= (double)(began_s - LEEWAY_S);
}

bool source_wait(struct key_source *source, struct token_waiter *waiter)
{
	int64_t now = clock_ms();
	int64_t left_ms = atomic_load(&source->shared->ask_ms) - now;

	waiter->source = source;
	waiter->since_ms = now;
	waiter->until_ms = now + TOKEN_WAIT_MS;
	waiter->settled = false;
	waiter->retry_s = left_ms <= 0 ? 1 : (unsigned)(left_ms / 1000 + 1);
	if (source->waiting == WAITERS_MAX)
		return false;
	if (!ask(source) && !shared_is_busy(source->shared, now) &&
	    left_ms > TOKEN_WAIT_MS)
		return false;
	waiter->before = NULL;
	waiter->next = source->first;
	if (source->first != NULL)
		source->first->before = waiter;
	source->first = waiter;
	source->waiting++;
	waiter->waits = true;
	/* A look that is due is never put off, however many come. */
	if (source->waiting == 1)
		event_active(source->look, EV_TIMEOUT, 1);
	return true;
}

void token_wait_end(struct token_waiter *waiter)
{
	struct key_source *source = waiter->source;

	if (!waiter->waits)
		return;
	waiter->waits = false;
	if (waiter->before != NULL)
		waiter->before->next = waiter->next;
	else
		source->first = waiter->next;
	if (waiter->next != NULL)
		waiter->next->before = waiter->before;
	source->waiting--;
}
