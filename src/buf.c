#include "hefboom/buf.h"

#include <stdarg.h>

#include "hefboom/memory.h"

enum { BUF_FIRST = 512 };

void buf_release(struct buf *buf)
{
	free(buf->bytes);
	*buf = (struct buf){0};
}

void buf_clear(struct buf *buf)
{
	buf->length = 0;
	if (buf->bytes != NULL)
		buf->bytes[0] = '\0';
}

void buf_reserve(struct buf *buf, size_t more)
{
	size_t wanted = buf->length + more + 1;
	size_t capacity = buf->capacity == 0 ? BUF_FIRST : buf->capacity;

	if (wanted <= buf->capacity)
		return;
	while (capacity < wanted)
		capacity += capacity;
	buf->bytes = memory_grow(buf->bytes, capacity);
	buf->capacity = capacity;
}

void buf_add(struct buf *buf, const void *bytes, size_t length)
{
	buf_reserve(buf, length);
	if (length > 0)
		memcpy(buf->bytes + buf->length, bytes, length);
	buf->length += length;
	buf->bytes[buf->length] = '\0';
}

void buf_add_string(struct buf *buf, const char *string)
{
	buf_add(buf, string, strlen(string));
}

void buf_add_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_add_format(struct buf *buf, const char *format, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, format);
	text = memory_format_list(format, arguments);
	va_end(arguments);
	buf_add_string(buf, text);
	free(text);
}

/* 0: passes as it is; 1: \u00xx; else the letter behind the backslash. */
static const char escapes[256] = {1, 1, 1, 1, 1, 1, 1, 1, 'b', 't', 'n', 1, 'f',
    'r', 1, 1, /* 00 */
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, /* 10 */
    ['"'] = '"', ['\\'] = '\\', [0x7f] = 1};

void buf_add_json(struct buf *buf, const char *text, size_t length)
{
	static const char hex[] = "0123456789abcdef";
	const char *end = text + length, *plain = text;
	char unicode[6] = {'\\', 'u', '0', '0', 0, 0};

	buf_reserve(buf, length + 2);
	buf_add_char(buf, '"');
	for (; text < end; text++) {
		unsigned char c = (unsigned char)*text;

		if (escapes[c] == 0)
			continue;
		buf_add(buf, plain, (size_t)(text - plain));
		plain = text + 1;
		if (escapes[c] == 1) {
			unicode[4] = hex[c >> 4];
			unicode[5] = hex[c & 15];
			buf_add(buf, unicode, sizeof(unicode));
		} else {
			buf_add_char(buf, '\\');
			buf_add_char(buf, escapes[c]);
		}
	}
	buf_add(buf, plain, (size_t)(end - plain));
	buf_add_char(buf, '"');
}

void buf_add_json_string(struct buf *buf, const char *string)
{
	buf_add_json(buf, string, strlen(string));
}

char *buf_take(struct buf *buf, size_t *length)
{
	char *bytes = buf->bytes;

	if (length != NULL)
		*length = buf->length;
	*buf = (struct buf){0};
	return bytes;
}
