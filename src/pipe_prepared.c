#include "pipe_connection.h"

#include <stdio.h>

#include "hefboom/memory.h"
#include "hefboom/text.h"

bool prepared_has(const struct pipe *pipe, const struct text *text)
{
	return text->id < pipe->prepared_size &&
	    (pipe->prepared[text->id] & PREPARED) != 0;
}

void prepared_set(struct pipe *pipe, const struct text *text, bool yes)
{
	unsigned size = pipe->prepared_size;

	if (text->id >= size) {
		size = (text->id / 64 + 1) * 64;
		pipe->prepared = memory_grow(pipe->prepared, size);
		memset(pipe->prepared + pipe->prepared_size, 0,
		    size - pipe->prepared_size);
		pipe->prepared_size = size;
	}
	pipe->prepared[text->id] &= (uint8_t)~PREPARED;
	if (yes)
		pipe->prepared[text->id] |= PREPARED;
}

/*
 * A statement whose plan was invalidated by a migration keeps its name on
 * the connection, so its successor is called "name~1", "name~2", ...
 */
const char *prepared_name(const struct pipe *pipe, const struct text *text)
{
	static char name[160];
	unsigned generation = 0;

	if (text->id < pipe->prepared_size)
		generation = pipe->prepared[text->id] >> 1;
	if (generation == 0)
		return text->name;
	snprintf(name, sizeof(name), "%s~%u", text->name, generation);
	return name;
}

void prepared_forget(struct pipe *pipe, const struct text *text, bool rename)
{
	prepared_set(pipe, text, false);
	if (rename)
		pipe->prepared[text->id] += GENERATION;
}
