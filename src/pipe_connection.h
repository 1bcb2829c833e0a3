/*
 * pipe_connection -- what pipe.c and pipe_connection.c know of a pipe.
 *
 * The one has the traffic, the other makes and loses connections.
 */
#ifndef HEFBOOM_PIPE_CONNECTION_H
#define HEFBOOM_PIPE_CONNECTION_H

#include <event2/event.h>
#include <libpq-fe.h>
#include <stdint.h>

#include "hefboom/pipe.h"

/* What a pipe knows of a text: a bit, and above it a generation. */
enum { PREPARED = 1, GENERATION = 2 };

/* The first wait after a loss; it doubles. */
enum { BACKOFF_FIRST_MS = 100 };

/* After so long without a word the kernel asks the other one. */
enum { KEEPALIVE_S = 1 };
#define KEEPALIVE_TEXT "1"

enum pipe_state {
	PIPE_WAITING,
	PIPE_CONNECTING,
	PIPE_READY,
	/* Part of a transaction may be in it, so it is lost in the next turn.
	 */
	PIPE_BROKEN,
};

struct text;

struct pipe {
	struct event_base *base;
	struct event *socket; /* of the present connection */
	struct event *timer; /* back-off, or the end of a slow connecting */
	const struct pipe_calls *calls;
	void *context;
	char *url;
	PGconn *connection;
	enum pipe_state state;
	bool looking; /* for an address */
	short watched; /* what the socket's event waits for */
	unsigned depth;
	struct target *target;
	unsigned turn; /* of the target's lists that are being tried */
	unsigned backoff_ms, backoff_max_ms;
	int64_t connecting_ms; /* since when */
	int64_t heard_ms, asked_ms; /* last; the latter, when it was idle */
	unsigned tries; /* of the kernel, to send what is not acknowledged */
	int64_t tried_ms; /* when the last of them was seen */
	bool tried_alone; /* no other connection was heard then */
	bool unfit; /* nothing more is sent on it */
	struct transaction *first, **last; /* under way, oldest first */
	uint8_t *prepared; /* by text id */
	unsigned prepared_size;
};

/* pipe_connection.c */
bool pipe_watch(struct pipe *pipe, short what); /* false: it cannot */
void pipe_poll(struct pipe *pipe); /* one step of connecting */
void pipe_lose(struct pipe *pipe, const char *why);
/* For callers within which `ended` may not run. */
void pipe_break(struct pipe *pipe);
void pipe_drop(struct pipe *pipe);
void pipe_on_timer(evutil_socket_t descriptor, short what, void *context);

/* pipe_prepared.c */
bool prepared_has(const struct pipe *pipe, const struct text *text);
void prepared_set(struct pipe *pipe, const struct text *text, bool yes);
/* Until the next call. */
const char *prepared_name(const struct pipe *pipe, const struct text *text);
/* It is not there; `rename`: or is, but no good. */
void prepared_forget(struct pipe *pipe, const struct text *text, bool rename);

/* pipe.c */
void pipe_fail_all(struct pipe *pipe);
void pipe_on_socket(evutil_socket_t descriptor, short what, void *context);

#endif
