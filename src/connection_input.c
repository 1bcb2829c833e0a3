#include "connection_front.h"

#include "hefboom/memory.h"

enum { INPUT_STEP = 256 };

void input_add(struct connection *connection, const char *bytes, size_t length)
{
	size_t wanted = connection->used + length;
	size_t capacity = connection->capacity;

	if (wanted > capacity) {
		/* As much as came at first: most messages are one piece. */
		if (capacity > 0 && wanted < 2 * capacity)
			wanted = 2 * capacity;
		wanted = (wanted + INPUT_STEP - 1) / INPUT_STEP * INPUT_STEP;
		connection->input = memory_grow(connection->input, wanted);
		connection->capacity = wanted;
		connection->server->held += wanted - capacity;
	}
	memcpy(connection->input + connection->used, bytes, length);
	connection->used += length;
}

void input_drop(struct connection *connection, size_t length)
{
	connection->used -= length;
	if (connection->used > 0) {
		memmove(connection->input, connection->input + length,
		    connection->used);
		return;
	}
	free(connection->input);
	connection->server->held -= connection->capacity;
	connection->input = NULL;
	connection->capacity = 0;
}
