/*
 * fetch -- documents that we ask for at addresses others chose, by libcurl.
 *
 * Whoever may name an address must not reach by it what only we can reach.
 * So: https alone, certificate and name checked; the name is resolved once,
 * and what is connected to is the very address that was looked at, however it
 * was spelled: private, loopback, link-local, metadata, multicast and all
 * other addresses that are not the public Internet's are refused.  No
 * redirects, no proxies, no credentials, no cookies, no connection kept.
 * The setting fetch_networks names networks that are allowed all the same,
 * and by plain http too.
 *
 * Ownership.  A fetcher owns what is under way; base and networks are
 * borrowed.  A reply is borrowed until `done` returns.
 *
 * Promise.  Nothing here waits: names are resolved in a thread of libcurl's.
 * `done` runs exactly once, from the loop only, within FETCH_MS of the start;
 * never when the fetcher was freed first.  A reply without a fault is a 200
 * of application/json (or +json) of at most FETCH_LENGTH_MAX bytes.
 */
#ifndef HEFBOOM_FETCH_H
#define HEFBOOM_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct fetcher;
struct networks; /* networks.h; NULL: none */
struct sockaddr;

enum {
	FETCH_MS = 5000,
	FETCH_LENGTH_MAX = 256 * 1024,
	FETCH_HEADERS_MAX = 32 * 1024,
	FETCH_URL_MAX = 2048,
};

/* May we connect to it?  `plain`: by http, which only they allow. */
bool address_is_allowed(const struct networks *networks,
    const struct sockaddr *address, bool plain);

/* An http or https address without user and fragment.  NULL, or a fault. */
char *fetch_url_check(const char *url);
bool fetch_url_is_plain(const char *url);

/*
 * The seconds of freshness in a Cache-Control value (RFC 9111, 5.2.2), at
 * most a year; 0 for no-store and no-cache, -1 when nothing is said.
 */
int64_t cache_control_read(const char *text, size_t length);

/* application/json, application/x+json; parameters do not matter. */
bool type_is_json(const char *type);

struct fetch_reply {
	const char *fault; /* NULL: the document is here */
	const char *bytes;
	size_t length;
	int64_t max_age_s; /* -1: not said */
};

typedef void fetch_fn(void *context, const struct fetch_reply *reply);

/* ca_file: whom certificates lead to; NULL: whom the system believes. */
struct fetcher *fetcher_new(struct event_base *base,
    const struct networks *networks, const char *ca_file);
void fetcher_free(struct fetcher *fetcher);

void fetch_start(
    struct fetcher *fetcher, const char *url, fetch_fn *done, void *context);

#endif
