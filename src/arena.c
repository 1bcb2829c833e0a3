#include "hefboom/arena.h"

#include <stdarg.h>
#include <stdalign.h>

#include "hefboom/memory.h"

enum { CHUNK_SIZE = 4096 - 64 };

struct arena_chunk {
	struct arena_chunk *before;
	size_t used;
	size_t size;
	alignas(max_align_t) char bytes[];
};

struct arena_cleanup {
	struct arena_cleanup *before;
	arena_cleanup_fn *run;
	void *object;
};

void arena_init(struct arena *arena)
{
	*arena = (struct arena){0};
}

void arena_release(struct arena *arena)
{
	struct arena_cleanup *cleanup;
	struct arena_chunk *chunk, *before;

	while ((cleanup = arena->cleanups) != NULL) {
		arena->cleanups = cleanup->before;
		cleanup->run(cleanup->object);
	}
	for (chunk = arena->chunk; chunk != NULL; chunk = before) {
		before = chunk->before;
		free(chunk);
	}
	arena->chunk = NULL;
}

static struct arena_chunk *chunk_new(struct arena *arena, size_t size)
{
	size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
	struct arena_chunk *chunk = memory_alloc(sizeof(*chunk) + room);

	chunk->before = arena->chunk;
	chunk->used = 0;
	chunk->size = room;
	arena->chunk = chunk;
	return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct arena_chunk *chunk = arena->chunk;
	void *block;

	size = (size + align - 1) / align * align;
	if (chunk == NULL || chunk->size - chunk->used < size)
		chunk = chunk_new(arena, size);
	block = chunk->bytes + chunk->used;
	chunk->used += size;
	return memset(block, 0, size);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
	char *copy = arena_alloc(arena, length + 1);

	if (length > 0)
		memcpy(copy, bytes, length);
	return copy;
}

char *arena_string(struct arena *arena, const char *string)
{
	return arena_copy(arena, string, strlen(string));
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	char *text, *copy;

	va_start(arguments, format);
	text = memory_format_list(format, arguments);
	va_end(arguments);
	copy = arena_string(arena, text);
	free(text);
	return copy;
}

void arena_defer(struct arena *arena, arena_cleanup_fn *run, void *object)
{
	struct arena_cleanup *cleanup = arena_alloc(arena, sizeof(*cleanup));

	cleanup->before = arena->cleanups;
	cleanup->run = run;
	cleanup->object = object;
	arena->cleanups = cleanup;
}
