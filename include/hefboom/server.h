/*
 * server -- the listener, its caps, and the connections of one worker.
 *
 * Ownership.  The server owns its connections and borrows the base, the
 * listening socket (inherited from the supervisor) and the calls.
 *
 * Limits.  `connections_max`, never more than the descriptor limit less 64,
 * which are the database's and our own.  At the cap, when there is no
 * descriptor after all, and while memory is short (memory.h), the connection
 * that has been idle longest (100 ms at least) is closed.  When none is idle
 * the listener pauses, says so once in 10 s, and one after the other is let in
 * for a single request, on a descriptor in reserve: it has 25 ms to ask, and a
 * second to be answered.  So health is told however many keep their connections
 * busy.  `per_address_max` counts connections; those of a trusted proxy are not
 * counted, but the requests under way of each client behind it, and one too
 * many is refused (too_many_requests).
 *
 * While more than three quarters of the requests that may wait do, new
 * clients stay at the door: a burst, as after another worker's death, is
 * waited out.  No burst is what does not move for half a second, or what has
 * not gone down to a quarter in three; then they are let in and refused.
 *
 * Promise.  server_drain() stops accepting and closes at once whoever has
 * been idle for a second, and the others as soon as they have been: a client
 * between two requests gets its next answer, which says Connection: close.
 * Quiet is who has sent nothing, not who was not listened to in time.
 * It lets what is in flight finish, and calls `drained` exactly once, from
 * the loop, when the last connection is gone or at the deadline.
 */
#ifndef HEFBOOM_SERVER_H
#define HEFBOOM_SERVER_H

#include <stddef.h>

#include "hefboom/forwarded.h"

struct connection_calls;
struct event_base;
struct server;

struct server_settings {
	unsigned connections_max; /* 0: as many as may be */
	unsigned per_address_max; /* 0: none */
	struct proxies proxies;
	unsigned head_ms, body_ms, write_ms, idle_ms; /* 0: the default */
	unsigned requests_max;
	unsigned backlog;
	unsigned spool_ms; /* for a body that goes into a file; 300 s */
	size_t held_max; /* bytes of messages and unread replies; 32 MiB */
	size_t spool_max; /* bytes of all files; 1 GiB */
	const char *spool; /* their folder; /var/tmp */
};

/*
 * NULL and errno when the socket cannot be listened on, or the base has no
 * edges (ENOTSUP).
 */
struct server *server_new(struct event_base *base, int listening_socket,
    const struct server_settings *settings,
    const struct connection_calls *calls, void *context);
void server_free(struct server *server);

typedef void server_drained_fn(void *context);
void server_drain(struct server *server, unsigned deadline_ms,
    server_drained_fn *drained, void *context);

/*
 * Opens a listening TCP socket, non-blocking, with SO_REUSEADDR and
 * SO_REUSEPORT; "127.0.0.1:8080", "[::1]:0".  A descriptor or -errno.
 */
int server_listen(const char *address, unsigned backlog);

/*
 * A blocking connection to what listens on such an address; nothing done on
 * it takes longer than `deadline_ms`.  A descriptor or -errno.
 */
int server_connect(const char *address, unsigned deadline_ms);

size_t server_connections(const struct server *server);

#endif
