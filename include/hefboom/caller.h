/*
 * caller -- which person a verified token speaks for.
 *
 * (issuer, organisation, subject) to person, remembered for 60 s: a person
 * who was deactivated is refused at once all the same, by enter.
 *
 * Ownership.  A worker owns its cache.
 *
 * Limits.  CALLERS_MAX entries; the one whose time ends first leaves.
 */
#ifndef HEFBOOM_CALLER_H
#define HEFBOOM_CALLER_H

struct caller_cache;

enum { CALLERS_MAX = 20000, CALLER_SECONDS = 60 };

struct caller_cache *caller_cache_new(void);
void caller_cache_free(struct caller_cache *cache);

#endif
