#include "hefboom/base64.h"

#include <errno.h>
#include <stdint.h>

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* A letter's value plus one, so that 0 is "no letter of ours". */
static const uint8_t *letter_values(void)
{
	static uint8_t values[256];

	if (values['A'] == 0)
		for (uint8_t i = 0; i < 64; i++)
			values[(unsigned char)letters[i]] = (uint8_t)(i + 1);
	return values;
}

size_t base64_room(size_t length)
{
	return length / 4 * 3 + 2;
}

int base64_decode(
    const char *text, size_t length, unsigned char *bytes, size_t *decoded)
{
	const uint8_t *values = letter_values();
	uint32_t bits = 0;
	unsigned held = 0; /* how many bits of `bits` are not written yet */
	size_t filled = 0;

	if (length % 4 == 1)
		return -EINVAL;
	for (size_t i = 0; i < length; i++) {
		uint8_t value = values[(unsigned char)text[i]];

		if (value == 0)
			return -EINVAL;
		bits = bits << 6 | (uint32_t)(value - 1);
		held += 6;
		if (held >= 8) {
			held -= 8;
			bytes[filled++] = (unsigned char)(bits >> held);
			bits &= (1U << held) - 1;
		}
	}
	if (bits != 0)
		return -EINVAL;
	*decoded = filled;
	return 0;
}

void base64_encode(const unsigned char *bytes, size_t length, struct buf *out)
{
	uint32_t bits = 0;
	unsigned held = 0;
	char *end;

	buf_reserve(out, (length + 2) / 3 * 4);
	end = out->bytes + out->length;
	for (size_t i = 0; i < length; i++) {
		bits = (bits << 8 | bytes[i]) & 0xffffU;
		held += 8;
		while (held >= 6) {
			held -= 6;
			*end++ = letters[bits >> held & 63];
		}
	}
	if (held > 0)
		*end++ = letters[bits << (6 - held) & 63];
	*end = '\0';
	out->length = (size_t)(end - out->bytes);
}
