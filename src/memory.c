#include "hefboom/memory.h"

#include <stdarg.h>
#include <unistd.h>

static void *memory_check(void *block)
{
	static const char line[] = "hefboom: out of memory\n";

	if (block == NULL) {
		if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
			abort();
		abort();
	}
	return block;
}

void *memory_alloc(size_t size)
{
	return memory_check(malloc(size == 0 ? 1 : size));
}

void *memory_zero(size_t count, size_t size)
{
	return memory_check(
	    calloc(count == 0 ? 1 : count, size == 0 ? 1 : size));
}

void *memory_grow(void *block, size_t size)
{
	return memory_check(realloc(block, size == 0 ? 1 : size));
}

char *memory_copy(const char *bytes, size_t length)
{
	char *copy = memory_alloc(length + 1);

	if (length > 0)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

char *memory_string(const char *string)
{
	return memory_copy(string, strlen(string));
}

char *memory_format_list(const char *format, va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) < 0)
		text = NULL;
	return memory_check(text);
}

char *memory_format(const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = memory_format_list(format, arguments);
	va_end(arguments);
	return text;
}

void memory_wipe(void *block, size_t size)
{
	explicit_bzero(block, size);
}
