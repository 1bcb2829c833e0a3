/*
 * connection_front -- what server.c and the files of a connection know of each
 * other.
 *
 * A connection is in exactly one list of its server, and the list is its
 * state.  All in a list have the same time to live, so a list is ordered by
 * deadline and a sweep looks at the first of each only.
 *
 * A connection has one event for its whole life, edge-triggered: what an
 * edge said is remembered in `readable` and `left` until the socket itself
 * says otherwise, and nothing is added to or deleted from epoll per request.
 */
#ifndef HEFBOOM_CONNECTION_FRONT_H
#define HEFBOOM_CONNECTION_FRONT_H

#include <sys/queue.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "hefboom/buf.h"
#include "hefboom/connection.h"
#include "hefboom/http.h"
#include "hefboom/networks.h"
#include "hefboom/server.h"

struct addresses;
struct leftover;

enum connection_state {
	CONNECTION_IDLE, /* between messages */
	CONNECTION_HEAD, /* a part of a head has come */
	CONNECTION_BODY,
	CONNECTION_SPOOL, /* a body on its way into a file */
	CONNECTION_BUSY, /* a request is with those who answer */
	CONNECTION_WRITING, /* a reply waits for the client to read */
	CONNECTION_LINGERING, /* answered and shut, but still sent to */
	CONNECTION_STATES
};

/* A file without a name; what is in it does not count as memory. */
struct spool {
	char *map; /* NULL: none */
	size_t size; /* of the map, not of the file */
	size_t length; /* of the file: blocks that the disk has */
	int file;
};

enum write_outcome { WRITE_DONE, WRITE_WAITS, WRITE_FAILED };

TAILQ_HEAD(connection_list, connection);

struct connection {
	struct server *server;
	TAILQ_ENTRY(connection) in_state;
	TAILQ_ENTRY(connection) in_again;
	struct event event;
	int64_t since_ms; /* when it came into this state */
	struct ip from; /* the peer; a client's, or its proxy's */
	uint64_t client; /* behind a proxy, while its request is busy */
	void *request; /* for gone() */
	struct http_head *head; /* of the request, while it is busy */
	struct leftover *leftover; /* while writing */

	/* What was read and not yet answered. */
	char *input;
	size_t used, capacity;
	struct spool spool; /* the input's, while such a body comes */
	struct http_scan scan;
	size_t message; /* length of the present one, once it is known */

	/* The body: input[head_length] to input[body_end], decoded. */
	struct http_chunks chunks;
	size_t head_length, body_end, body_max; /* the last: a length */

	int socket;
	unsigned requests;
	unsigned discarded; /* while lingering */
	unsigned char state; /* enum connection_state */
	bool readable; /* the socket may hold more than we took */
	bool left; /* the client has closed its side */
	bool again; /* in the server's list of that name */
	bool calling; /* request() is running */
	bool answered; /* by a reply while request() was running */
	unsigned char outcome; /* of that reply: enum write_outcome */
	bool chunked;
	bool closing; /* after the present reply */
	bool lingers; /* when it closes, because the client may still send */
	bool old; /* HTTP/1.0 */
	bool head_only; /* the request is a HEAD */
	bool counted; /* its address has one more connection */
	bool client_counted; /* `client` has one more request */
};

enum {
	SCRATCH_SIZE = 32 << 10,
	HEADS_KEPT = 256,
};

struct server {
	struct event_base *base;
	const struct connection_calls *calls;
	void *context;
	struct server_settings settings;

	struct connection_list states[CONNECTION_STATES];
	struct connection_list again;
	size_t count;
	size_t held; /* bytes of unfinished messages and unread replies */
	size_t spooled; /* bytes of files */
	struct addresses *addresses; /* NULL without a cap */

	int socket;
	int reserve; /* a descriptor, for when there are no others */
	struct connection *seat; /* who was let in beyond the cap, or NULL */
	bool paused, draining, relieving;
	int64_t complained_ms;
	int64_t full_ms, crowded_ms; /* since when; 0: is not */
	struct event accept, pause, sweep, turn, deadline;
	server_drained_fn *drained;
	void *drained_context;

	struct http_head *heads[HEADS_KEPT];
	size_t head_count;
	time_t date_second;
	char date[40];
	struct buf reply_head;
	char scratch[SCRATCH_SIZE];
};

/* server.c */
struct http_head *server_head_take(struct server *server);
void server_head_give(struct server *server, struct http_head *head);
/* Comes back to a connection with more to read in the loop's next turn. */
void server_again(struct server *server, struct connection *connection);
/* Ends whoever has been slow longest until `held` is below its limit. */
void server_relieve(struct server *server, const struct connection *but);
void server_left(struct server *server, struct connection *connection);

/* server_accept.c */
int accept_begin(struct server *server); /* 0, or -1 and errno */
void accept_stop(struct server *server);
void accept_end(struct server *server);
void accept_left(struct server *server, const struct connection *connection);

/* connection.c */
/* Takes the socket; NULL: it was closed. */
struct connection *connection_open(
    struct server *server, int socket, const struct ip *from, bool counted);
void connection_close(struct connection *connection);
void connection_abort(struct connection *connection); /* drops what waits */
/*
 * Asks the socket.  A reset that comes together with bytes is one event with
 * them, of which libevent says no more than that there is something to read.
 */
bool connection_has_left(struct connection *connection);
void connection_turn(struct connection *connection);
void connection_expire(struct connection *connection);
void connection_move(
    struct connection *connection, enum connection_state state);
bool connection_linger(struct connection *connection); /* false: freed */

/*
 * connection_message.c: the messages in the input.  What returns bool says
 * whether the connection still is; false: it was freed.
 */
bool connection_advance(struct connection *connection);
bool connection_refuse(struct connection *connection, const char *code);
/* A reply has left, waits for its reader, or could not be written. */
bool connection_written(
    struct connection *connection, enum write_outcome outcome);

/* connection_input.c */
/* False: the disk is full, or the files have come to their limit. */
bool input_add(struct connection *connection, const char *bytes, size_t length);
/* Moves the input into a file that will hold so many bytes; false as above. */
bool input_spool(struct connection *connection, size_t size);
void input_drop(struct connection *connection, size_t length);

/* connection_write.c */
enum write_outcome connection_write(
    struct connection *connection, const struct reply *reply);
enum write_outcome connection_write_on(struct connection *connection);
void leftover_free(struct connection *connection);

/* server_address.c: how many connections each address has */
struct addresses *addresses_new(unsigned max);
void addresses_free(struct addresses *addresses);
bool addresses_add(struct addresses *addresses, uint64_t address);
void addresses_remove(struct addresses *addresses, uint64_t address);
/* A request of who is behind a proxy: false, it has as many as it may. */
bool client_add(struct connection *connection);
void client_remove(struct connection *connection);

#endif
