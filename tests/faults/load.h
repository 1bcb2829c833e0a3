/*
 * load -- what the programs here that stand for many clients have in common.
 *
 * Clients have addresses of 127/8, since one has too few ports for all; the
 * loop knows each by a number.  Below, those that ask again and again.
 *
 * Ownership.  There is one load in a process, for as long as that lives.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

int64_t load_now_us(void);

/* The server, as many descriptors as may be, stdout by lines.  False: no
 * address. */
bool load_begin(const char *host, const char *port);

/*
 * Begins to connect; `window` is how much it takes unread, 0 as usual.  False
 * and errno, and still a socket to be closed.
 */
bool load_connect(int *socket, int window);

/* 0, or why a connection that was begun could not be. */
int load_connected(int socket);

/* `how` is an operation of epoll_ctl().  False and errno. */
bool load_watch(int socket, int how, uint32_t events, unsigned number);

typedef void load_wake_fn(unsigned number, uint32_t events);

/* Waits for so long at most, and wakes whom something has happened to. */
void load_turn(load_wake_fn *wake, int ms);

/* Clients that ask. */

enum load_state { LOAD_FREE, LOAD_CONNECTING, LOAD_ASKING, LOAD_RESTING };

struct load_client {
	int socket;
	enum load_state state;
	bool kept; /* its connection is for more than one request */
	bool used; /* ... and was answered before */
	unsigned what; /* it asks for, whatever that means to the program */
	const char *request;
	int64_t since_us; /* when it was due to ask, or began to rest */
	int status;
	size_t length; /* of the reply, as far as it is kept */
	size_t body; /* where that begins; 0: the head is not here yet */
	size_t left; /* of the body */
	char *reply; /* head and body, each a text */
	unsigned next; /* resting: the one below it */
};

/*
 * The program, to whom each of these is told.  Who failed or was answered is
 * its to free, to let rest or to reopen.
 */
struct load_program {
	unsigned clients; /* at the most */
	size_t reply_max; /* how much of a reply is kept, its head at least */
	int64_t patience_us, look_us;
	void (*due)(int64_t moment_us); /* somebody has to ask */
	void (*answered)(struct load_client *client);
	/* Not even asked, not in time, or too long a head. */
	void (*failed)(struct load_client *client, const char *why);
	/* The server has closed instead of an answer. */
	void (*closed)(struct load_client *client, const char *why);
	/* ... while it rested: it is free already, and need not be told. */
	void (*went)(const struct load_client *client);
	/* Looked at while it rests, every look_us; need not be told. */
	void (*resting)(struct load_client *client, int64_t now_us);
};

/* False: no memory, or no epoll. */
bool load_clients(const struct load_program *program);

/* A GET, with the bearer's TOKEN of the environment; `more` are headers, each
 * with its CRLF.  The caller frees it. */
char *load_request(const char *path, const char *more);

/* The requests of a client that is free; false: nobody is. */
bool load_open(bool kept, unsigned what, const char *request, int64_t since_us);
void load_reopen(struct load_client *client);

/* Who rests asks again, what it is told to by then. */
void load_ask(struct load_client *client);

void load_free(struct load_client *client);
void load_rest(struct load_client *client);

/* Who came to rest last, or NULL. */
struct load_client *load_rested(void);

/* What the reply's head says behind "\r\nName: ", or NULL. */
const char *load_field(const struct load_client *client, const char *name);

/*
 * Somebody is due `rate` times a second, until the seconds are over or
 * SIGTERM; then those who ask are waited for.  How many ms were spent before.
 */
long load_run(unsigned rate, unsigned seconds);

/* It only waits for who still asks. */
bool load_is_over(void);

#endif
