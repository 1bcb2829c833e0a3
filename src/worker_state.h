/*
 * worker_state -- what is made before the fork, for the workers that follow.
 *
 * Ownership.  worker_prepare() replaces it, worker_release() ends it; a worker
 * has its own copy of what there was at its fork.
 */
#ifndef HEFBOOM_WORKER_STATE_H
#define HEFBOOM_WORKER_STATE_H

struct config;
struct networks;
struct token_checker;

extern struct token_checker *worker_tokens;
extern struct networks *worker_networks; /* that may be fetched from */

void worker_release(void);

/* Where keys by URL are kept; free it. */
char *worker_keys_folder(const struct config *config);

#endif
