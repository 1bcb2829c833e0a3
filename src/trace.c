#include "hefboom/trace.h"

#include <string.h>

/* version "-" trace-id "-" parent-id "-" flags, in hexadecimal digits. */
enum { ID_AT = 3, PARENT_AT = 36, FLAGS_AT = 53, LENGTH = 55 };

static bool is_hex(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!(text[i] >= '0' && text[i] <= '9') &&
		    !(text[i] >= 'a' && text[i] <= 'f'))
			return false;
	return true;
}

/* Digits, not all of them 0: those say that there is none. */
static bool take(char *out, const char *text, size_t length)
{
	memcpy(out, text, length);
	out[length] = '\0';
	return is_hex(text, length) && strspn(out, "0") < length;
}

/* A later version may have more behind another dash; ff is none. */
static bool version_fits(const char *text, size_t length)
{
	if (!is_hex(text, 2) || memcmp(text, "ff", 2) == 0)
		return false;
	if (memcmp(text, "00", 2) == 0)
		return length == LENGTH;
	return length == LENGTH || text[LENGTH] == '-';
}

bool trace_read(struct trace *trace, const char *text, size_t length)
{
	if (length >= LENGTH && version_fits(text, length) && text[2] == '-' &&
	    text[PARENT_AT - 1] == '-' && text[FLAGS_AT - 1] == '-' &&
	    is_hex(text + FLAGS_AT, 2) &&
	    take(trace->id, text + ID_AT, TRACE_ID_TEXT - 1) &&
	    take(trace->parent, text + PARENT_AT, TRACE_SPAN_TEXT - 1))
		return true;
	*trace = (struct trace){0};
	return false;
}

void trace_span(char span[TRACE_SPAN_TEXT], const char *request_id)
{
	/* ...-7xxx-8xxx-xxxxxxxxxxxx: the variant keeps it from being 0. */
	memcpy(span, request_id + 19, 4);
	memcpy(span + 4, request_id + 24, 12);
	span[TRACE_SPAN_TEXT - 1] = '\0';
}
