/*
 * The first byte chooses: 'c' the rest is a cursor from a stranger, which
 * must be refused; otherwise it is values (lines), sealed and opened again,
 * and refused once a bit of the text is another.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "hefboom/cursor.h"
#include "hefboom/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const unsigned char secret[32] = "hefboom fuzzes with this secret";

static void demand(bool held)
{
	if (!held)
		__builtin_trap();
}

static int opened(const char *text, size_t length, const char **values,
    size_t count, struct arena *arena)
{
	char *copy = memory_alloc(length); /* without a NUL */
	int error;

	if (length > 0)
		memcpy(copy, text, length);
	error =
	    cursor_open(secret, "bound", copy, length, arena, values, count);
	free(copy);
	return error;
}

/* Lines to values; "-" is NULL. */
static size_t values_read(char *text, const char **values)
{
	size_t count = 0;

	while (count < CURSOR_VALUES_MAX && text != NULL) {
		char *end = strchr(text, '\n');

		if (end != NULL)
			*end++ = '\0';
		values[count++] = strcmp(text, "-") == 0 ? NULL : text;
		text = end;
	}
	return count;
}

static void round_trip(const uint8_t *bytes, size_t size, struct arena *arena)
{
	char *text = arena_copy(arena, (const char *)bytes, size);
	const char *values[CURSOR_VALUES_MAX], *again[CURSOR_VALUES_MAX];
	size_t count = values_read(text, values), at;
	struct buf sealed = {0};

	if (cursor_seal(secret, "bound", values, count, &sealed) != 0) {
		demand(size > 1400 && sealed.length == 0);
		return;
	}
	demand(sealed.length <= CURSOR_LENGTH_MAX);
	demand(opened(sealed.bytes, sealed.length, again, count, arena) == 0);
	for (size_t i = 0; i < count; i++) {
		demand((values[i] == NULL) == (again[i] == NULL));
		demand(values[i] == NULL || strcmp(values[i], again[i]) == 0);
	}
	at = size == 0 ? 0 : bytes[0] % sealed.length;
	sealed.bytes[at] ^= (char)(1 << (size % 7));
	demand(opened(sealed.bytes, sealed.length, again, count, arena) ==
	    -EINVAL);
	buf_release(&sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *values[CURSOR_VALUES_MAX];
	struct arena arena;

	if (size == 0)
		return 0;
	arena_init(&arena);
	if (bytes[0] == 'c')
		demand(opened((const char *)bytes + 1, size - 1, values,
			   size % CURSOR_VALUES_MAX, &arena) == -EINVAL);
	else
		round_trip(bytes + 1, size - 1, &arena);
	arena_release(&arena);
	return 0;
}
