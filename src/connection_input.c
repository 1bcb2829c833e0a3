#include "connection_front.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hefboom/memory.h"

enum { INPUT_STEP = 256, SPOOL_STEP = 1 << 20 };

/* Blocks before bytes: a page of a hole on a full disk ends the process. */
static bool spool_grow(struct connection *connection, size_t wanted)
{
	struct server *server = connection->server;
	struct spool *spool = &connection->spool;
	size_t step =
	    (wanted - spool->length + SPOOL_STEP - 1) / SPOOL_STEP * SPOOL_STEP;
	int error;

	if (server->spooled + step > server->settings.spool_max)
		return false;
	do {
		error = posix_fallocate(
		    spool->file, (off_t)spool->length, (off_t)step);
	} while (error == EINTR);
	if (error != 0)
		return false;
	spool->length += step;
	server->spooled += step;
	return true;
}

static bool spool_open(struct connection *connection, size_t size)
{
	const char *folder = connection->server->settings.spool;
	int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	void *map;

	if (file < 0)
		return false;
	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (map == MAP_FAILED) {
		close(file);
		return false;
	}
	connection->spool =
	    (struct spool){.map = map, .size = size, .file = file};
	return true;
}

static void spool_close(struct server *server, struct spool *spool)
{
	munmap(spool->map, spool->size);
	close(spool->file);
	server->spooled -= spool->length;
	*spool = (struct spool){0};
}

bool input_spool(struct connection *connection, size_t size)
{
	char *heap = connection->input;

	/* Behind the body may follow what is pipelined or not yet decoded. */
	if (!spool_open(connection, size + SCRATCH_SIZE))
		return false;
	if (!spool_grow(connection, connection->used)) {
		spool_close(connection->server, &connection->spool);
		return false;
	}
	connection->input =
	    memcpy(connection->spool.map, heap, connection->used);
	free(heap);
	connection->server->held -= connection->capacity;
	connection->capacity = 0;
	return true;
}

bool input_add(struct connection *connection, const char *bytes, size_t length)
{
	size_t wanted = connection->used + length;
	size_t capacity = connection->capacity;
	char *grown;

	if (connection->spool.map != NULL) {
		assert(wanted <= connection->spool.size);
		if (wanted > connection->spool.length &&
		    !spool_grow(connection, wanted))
			return false;
	} else if (wanted > capacity) {
		/* As much as came at first: most messages are one piece. */
		if (capacity > 0 && wanted < 2 * capacity)
			wanted = 2 * capacity;
		wanted = (wanted + INPUT_STEP - 1) / INPUT_STEP * INPUT_STEP;
		grown = memory_try_grow(connection->input, wanted);
		if (grown == NULL)
			return false;
		connection->input = grown;
		connection->capacity = wanted;
		connection->server->held += wanted - capacity;
	}
	memcpy(connection->input + connection->used, bytes, length);
	connection->used += length;
	return true;
}

void input_drop(struct connection *connection, size_t length)
{
	struct spool spool = connection->spool;
	char *input = connection->input;
	size_t rest = connection->used - length;

	connection->used = rest;
	if (spool.map == NULL && rest > 0) {
		memmove(input, input + length, rest);
		return;
	}
	connection->server->held -= connection->capacity;
	connection->input = NULL;
	connection->used = connection->capacity = 0;
	if (spool.map == NULL) {
		free(input);
		return;
	}
	connection->spool = (struct spool){0};
	/* There is room for what was read already. */
	if (rest > 0) {
		connection->input = memory_copy(input + length, rest);
		connection->used = connection->capacity = rest;
		connection->server->held += rest;
	}
	spool_close(connection->server, &spool);
}
