/*
 * target -- where a database's url leads: hosts, addresses, ports.
 *
 * libpq looks a name up while it connects, and waits for the answer; a worker
 * may not.  So names are looked up here, by the system's resolver in a thread,
 * and libpq gets the addresses beside the names, which certificates are still
 * compared with.  A host of several addresses becomes several hosts.
 *
 * Ownership.  A target owns what is under way; a lookup that hangs is left
 * behind and frees itself.  Lists are borrowed until the next target_look().
 *
 * Limits.  TARGET_HOSTS_MAX hosts, as many addresses of each.  What comes from
 * a service's file (service=) is left to libpq.
 *
 * Promise.  Nothing here waits.  An answer is good for a second; what was found
 * before serves when the resolver fails, or takes longer than that.
 */
#ifndef HEFBOOM_TARGET_H
#define HEFBOOM_TARGET_H

#include <stdbool.h>

struct event_base;
struct target;

enum { TARGET_HOSTS_MAX = 16 };

enum target_state {
	TARGET_KNOWN,
	TARGET_LOOKING, /* `found` will be called */
	TARGET_SLOW, /* the same, but for seconds already */
	TARGET_UNKNOWN, /* nobody knows such a name */
};

/* From the loop, when the answer came, whatever it is. */
typedef void target_found_fn(void *context);

struct target *target_new(struct event_base *base, const char *url,
    target_found_fn *found, void *context);
void target_free(struct target *target);

enum target_state target_look(struct target *target);

/* target_session_attrs=read-write: whoever takes no writes is not meant. */
bool target_writes(const struct target *target);

/* For libpq's parameters of these names; NULL: as the url says. */
struct target_lists {
	const char *host, *hostaddr, *port;
	unsigned turn;
};
void target_lists(struct target *target, struct target_lists *lists);

/*
 * A host that swallows what is sent to it keeps libpq from trying the next
 * one.  After such an attempt (with that `turn`) another host comes first.
 */
void target_turn(struct target *target, unsigned turn);

#endif
