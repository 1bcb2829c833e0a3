#include "hefboom/http.h"
#include "hefboom/utf8.h"

#include "http_class.h"

enum {
	CHUNK_DIGITS_MAX = 16,
	CHUNK_EXTENSION_MAX = 256,
};

enum chunk_state {
	CHUNK_SIZE, /* zero: where a body begins */
	CHUNK_NAME, /* of an extension */
	CHUNK_VALUE,
	CHUNK_SIZE_LF,
	CHUNK_BYTES,
	CHUNK_BYTES_CR,
	CHUNK_BYTES_LF,
	CHUNK_LINE, /* the start of a trailer line, or of the empty one */
	CHUNK_TRAILER_NAME,
	CHUNK_TRAILER_VALUE,
	CHUNK_TRAILER_LF,
	CHUNK_LAST_LF,
	CHUNK_END,
	CHUNK_BAD,
};

/*
 * Trailers are dropped, but one that would frame a message has no business
 * there (RFC 9110, 6.5.1), and what reads it another way is behind us.
 */
static const char *const framing_names[] = {
    "content-length", "transfer-encoding", "host"};
enum { FRAMING_NAMES = sizeof(framing_names) / sizeof(framing_names[0]) };

static enum chunk_state size_next(struct http_chunks *chunks, char c)
{
	int digit = http_hex(c);

	if (digit >= 0) {
		if (chunks->digits++ == CHUNK_DIGITS_MAX)
			return CHUNK_BAD;
		chunks->left = chunks->left << 4 | (uint64_t)digit;
		return CHUNK_SIZE;
	}
	if (chunks->digits == 0)
		return CHUNK_BAD;
	if (c == '\r')
		return CHUNK_SIZE_LF;
	chunks->extension = 0;
	return c == ';' ? CHUNK_NAME : CHUNK_BAD;
}

/*
 * *( ";" name ) [ "=" token ]: no blanks and no quotes, which nobody sends,
 * and nothing behind a value, which llhttp refuses.
 */
static enum chunk_state extension_next(struct http_chunks *chunks, char c)
{
	bool empty = chunks->word == 0, name = chunks->state == CHUNK_NAME;

	if (chunks->extension++ == CHUNK_EXTENSION_MAX)
		return CHUNK_BAD;
	if (http_is(c, HTTP_TOKEN)) {
		chunks->word++;
		return chunks->state;
	}
	chunks->word = 0;
	if (empty)
		return CHUNK_BAD;
	if (c == '\r')
		return CHUNK_SIZE_LF;
	if (name && c == ';')
		return CHUNK_NAME;
	return name && c == '=' ? CHUNK_VALUE : CHUNK_BAD;
}

static enum chunk_state trailer_name_next(struct http_chunks *chunks, char c)
{
	unsigned i;
	char lower = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;

	for (i = 0; i < FRAMING_NAMES; i++) {
		const char *name = framing_names[i];

		if (!(chunks->suspects & 1U << i))
			continue;
		if (c == ':' && name[chunks->word] == '\0')
			return CHUNK_BAD;
		if (name[chunks->word] != lower)
			chunks->suspects &= ~(1U << i);
	}
	if (c == ':' && chunks->word > 0)
		return CHUNK_TRAILER_VALUE;
	chunks->word++;
	return http_is(c, HTTP_TOKEN) ? CHUNK_TRAILER_NAME : CHUNK_BAD;
}

static enum chunk_state trailer_next(struct http_chunks *chunks, char c)
{
	if (chunks->trailer++ == HTTP_BLOCK_MAX)
		return CHUNK_BAD;
	switch (chunks->state) {
	case CHUNK_LINE:
		if (c == '\r')
			return CHUNK_LAST_LF;
		if (chunks->lines++ == HTTP_HEADERS_MAX)
			return CHUNK_BAD;
		chunks->word = 0;
		chunks->suspects = (1U << FRAMING_NAMES) - 1;
		return trailer_name_next(chunks, c);
	case CHUNK_TRAILER_NAME:
		return trailer_name_next(chunks, c);
	case CHUNK_TRAILER_VALUE:
		if (c == '\r')
			return CHUNK_TRAILER_LF;
		return http_is(c, HTTP_VALUE) ? CHUNK_TRAILER_VALUE : CHUNK_BAD;
	case CHUNK_TRAILER_LF:
		return c == '\n' ? CHUNK_LINE : CHUNK_BAD;
	default:
		return c == '\n' ? CHUNK_END : CHUNK_BAD;
	}
}

/* What a byte outside of the body leads to. */
static enum chunk_state chunk_next(struct http_chunks *chunks, char c)
{
	switch (chunks->state) {
	case CHUNK_SIZE:
		return size_next(chunks, c);
	case CHUNK_NAME:
	case CHUNK_VALUE:
		return extension_next(chunks, c);
	case CHUNK_SIZE_LF:
		if (c != '\n')
			return CHUNK_BAD;
		return chunks->left == 0 ? CHUNK_LINE : CHUNK_BYTES;
	case CHUNK_BYTES_CR:
		return c == '\r' ? CHUNK_BYTES_LF : CHUNK_BAD;
	case CHUNK_BYTES_LF:
		chunks->digits = 0;
		return c == '\n' ? CHUNK_SIZE : CHUNK_BAD;
	default:
		return trailer_next(chunks, c);
	}
}

enum http_outcome http_chunks_read(struct http_chunks *chunks,
    const char *bytes, size_t length, size_t *used, struct http_text *data)
{
	size_t i = 0, run;

	*data = (struct http_text){bytes, 0};
	while (i < length && chunks->state < CHUNK_END) {
		if (chunks->state != CHUNK_BYTES) {
			chunks->state = chunk_next(chunks, bytes[i]);
			i += chunks->state != CHUNK_BAD;
			continue;
		}
		run = length - i;
		if (run > chunks->left)
			run = (size_t)chunks->left;
		*data = (struct http_text){bytes + i, run};
		chunks->left -= run;
		i += run;
		if (chunks->left == 0)
			chunks->state = CHUNK_BYTES_CR;
		break;
	}
	*used = i;
	if (chunks->state == CHUNK_BAD)
		return HTTP_REFUSED;
	return chunks->state == CHUNK_END ? HTTP_DONE : HTTP_MORE;
}

long http_decode(char *out, const char *bytes, size_t length, bool query)
{
	size_t at = 0, end = 0;
	int high, low;

	while (at < length) {
		char c = bytes[at++];

		if (c == '%') {
			if (length - at < 2)
				return -1;
			high = http_hex(bytes[at]);
			low = http_hex(bytes[at + 1]);
			if (high < 0 || low < 0)
				return -1;
			c = (char)(high << 4 | low);
			at += 2;
		} else if (c == '+' && query) {
			c = ' ';
		}
		out[end++] = c;
	}
	out[end] = '\0';
	return utf8_is_text(out, end) ? (long)end : -1;
}
