/*
 * Defined here, in the program, these three are everybody's: libpq, libevent,
 * OpenSSL and the C library itself take theirs here too.  free() stays the C
 * library's, so blocks of the reserve are blocks like any other.
 */
#include "hefboom/memory.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__)
#define HEFBOOM_MALLOC_IS_ANOTHERS
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEFBOOM_MALLOC_IS_ANOTHERS
#endif
#endif

enum { BLOCKS = 128, BLOCK_SIZE = 16 << 10 };

/* Other threads are those that libcurl resolves names in. */
static _Atomic(void *) blocks[BLOCKS];
static atomic_uint held;
static atomic_bool wanted;

#ifdef HEFBOOM_MALLOC_IS_ANOTHERS

static void *next_malloc(size_t size)
{
	return malloc(size);
}

static void *next_realloc(void *block, size_t size)
{
	return realloc(block, size);
}

#else

/* ISO C has no pointer that holds both an object and a function. */
static void next_find(void *next, const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	memcpy(next, &found, sizeof(found));
}

static void *next_malloc(size_t size)
{
	static void *(*next)(size_t);

	if (next == NULL)
		next_find(&next, "malloc");
	return next(size);
}

static void *next_calloc(size_t count, size_t size)
{
	static void *(*next)(size_t, size_t);

	if (next == NULL)
		next_find(&next, "calloc");
	return next(count, size);
}

static void *next_realloc(void *block, size_t size)
{
	static void *(*next)(void *, size_t);

	if (next == NULL)
		next_find(&next, "realloc");
	return next(block, size);
}

#endif

void memory_reserve(void)
{
	wanted = true;
	for (int i = 0; i < BLOCKS; i++) {
		void *block, *none = NULL;

		if (blocks[i] != NULL)
			continue;
		block = next_malloc(BLOCK_SIZE);
		if (block == NULL)
			return;
		if (atomic_compare_exchange_strong(&blocks[i], &none, block))
			held++;
		else
			free(block);
	}
}

bool memory_is_short(void)
{
	if (!wanted || held == BLOCKS)
		return false;
	memory_reserve();
	return held < BLOCKS;
}

bool memory_has(size_t size)
{
	void *block = next_malloc(size);

	free(block);
	return block != NULL;
}

void *memory_try_grow(void *block, size_t size)
{
	return next_realloc(block, size == 0 ? 1 : size);
}

#ifndef HEFBOOM_MALLOC_IS_ANOTHERS

/*
 * Every other block is given back, to be cut into many small ones; when that
 * does not help, the next one is handed out as it is.
 */
static void *rescue(size_t size)
{
	bool whole = false;
	void *block, *found;

	if (size > (size_t)BLOCKS * BLOCK_SIZE)
		return NULL;
	for (int i = BLOCKS - 1; i >= 0; i--) {
		block = atomic_exchange(&blocks[i], NULL);
		if (block == NULL)
			continue;
		held--;
		if (whole && size <= BLOCK_SIZE)
			return block;
		free(block);
		found = next_malloc(size);
		if (found != NULL)
			return found;
		whole = true;
	}
	return NULL;
}

void *malloc(size_t size)
{
	void *block = next_malloc(size);

	return block != NULL ? block : rescue(size);
}

void *calloc(size_t count, size_t size)
{
	void *block = next_calloc(count, size);

	if (block != NULL || (size > 0 && count > SIZE_MAX / size))
		return block;
	block = rescue(count * size);
	return block == NULL ? NULL : memset(block, 0, count * size);
}

void *realloc(void *block, size_t size)
{
	void *grown = next_realloc(block, size);
	size_t old;

	if (grown != NULL || size == 0)
		return grown;
	grown = rescue(size);
	if (grown == NULL || block == NULL)
		return grown;
	old = malloc_usable_size(block);
	memcpy(grown, block, old < size ? old : size);
	free(block);
	return grown;
}

#endif
