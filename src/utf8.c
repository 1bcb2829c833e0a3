#include "hefboom/utf8.h"

size_t utf8_length(const char *text, size_t left)
{
	const unsigned char *bytes = (const unsigned char *)text;
	unsigned char first, low = 0x80, high = 0xbf;
	size_t length;

	if (left == 0)
		return 0;
	first = bytes[0];
	if (first < 0x80)
		return first != 0;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	if (left < length || bytes[1] < low || bytes[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

bool utf8_is_text(const char *text, size_t length)
{
	size_t step;

	for (; length > 0; text += step, length -= step) {
		step = utf8_length(text, length);
		if (step == 0)
			return false;
	}
	return true;
}
