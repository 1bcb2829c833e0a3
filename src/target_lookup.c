#include "target_lookup.h"

#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "hefboom/buf.h"
#include "hefboom/memory.h"

static void lookup_free(struct lookup *lookup)
{
	for (unsigned i = 0; i < lookup->count; i++) {
		free(lookup->names[i]);
		free(lookup->found[i]);
	}
	close(lookup->wake);
	free(lookup);
}

void lookup_release(struct lookup *lookup)
{
	if (lookup != NULL && atomic_fetch_sub(&lookup->owners, 1) == 1)
		lookup_free(lookup);
}

static char *addresses_of(const char *name)
{
	struct addrinfo hints = {
	    .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *first = NULL, *one;
	struct buf list = {0};
	char text[NI_MAXHOST];
	unsigned count = 0;

	if (getaddrinfo(name, NULL, &hints, &first) != 0)
		return NULL;
	for (one = first; one != NULL && count < TARGET_HOSTS_MAX;
	     one = one->ai_next) {
		if (getnameinfo(one->ai_addr, one->ai_addrlen, text,
			sizeof(text), NULL, 0, NI_NUMERICHOST) != 0)
			continue;
		if (count++ > 0)
			buf_add_char(&list, ',');
		buf_add_string(&list, text);
	}
	freeaddrinfo(first);
	return list.bytes;
}

static void *lookup_run(void *context)
{
	struct lookup *lookup = context;

	for (unsigned i = 0; i < lookup->count; i++)
		lookup->found[i] = addresses_of(lookup->names[i]);
	close(lookup->done);
	lookup_release(lookup);
	return NULL;
}

/* Signals are for the loop's thread. */
static int thread_start(struct lookup *lookup)
{
	sigset_t all, before;
	pthread_t thread;
	int status;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	status = pthread_create(&thread, NULL, lookup_run, lookup);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (status == 0)
		pthread_detach(thread);
	return status;
}

struct lookup *lookup_start(const char *const *names, unsigned count)
{
	struct lookup *lookup = memory_zero(1, sizeof(*lookup));
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		free(lookup);
		return NULL;
	}
	lookup->wake = ends[0];
	lookup->done = ends[1];
	lookup->count = count;
	for (unsigned i = 0; i < count; i++)
		lookup->names[i] = memory_string(names[i]);
	atomic_init(&lookup->owners, 2);
	if (thread_start(lookup) == 0)
		return lookup;
	close(lookup->done);
	lookup_free(lookup);
	return NULL;
}
