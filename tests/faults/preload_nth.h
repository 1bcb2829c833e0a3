/*
 * preload_nth -- lets the n-th call of a kind fail in one process.
 *
 * A library for LD_PRELOAD.  The file that HEFBOOM_NTH names is mapped by
 * every process that inherits the name; only the one whose pid is written
 * there counts its calls and lets them fail.  tests/api/harness/nth.py writes
 * and reads it.
 *
 * Counted are the calls of each kind, those seen since the kind was armed, and
 * what was allocated and not yet freed since the pid was written.
 */
#ifndef PRELOAD_NTH_H
#define PRELOAD_NTH_H

#include <stdbool.h>

/* As in nth.py. */
enum kind {
	KIND_ALLOC,
	KIND_RECV,
	KIND_SEND,
	KIND_SENDMSG,
	KIND_READ,
	KIND_WRITE,
	KIND_ACCEPT,
	KIND_SOCKET,
	KIND_CONNECT,
	KIND_EPOLL_CTL,
	KIND_EPOLL_WAIT,
	KIND_OPEN,
	KIND_MMAP,
	KIND_RANDOM,
	KIND_FALLOCATE,
	KIND_POLL,
	/* What libpq says when it has no memory: a query that cannot be sent,
	 * an error of its own for a result, no copy of one. */
	KIND_PQ_SEND,
	KIND_PQ_RESULT,
	KIND_PQ_COPY,
	KINDS
};

/* True, with errno set, when this call is the one. */
bool nth_fails(enum kind kind);

#endif
