/* Which bytes may stand where (RFC 9110, 5.5 and 5.6.2; RFC 3986, 3). */
#ifndef HEFBOOM_HTTP_CLASS_H
#define HEFBOOM_HTTP_CLASS_H

#include <stdbool.h>

enum http_class {
	HTTP_TOKEN = 1,
	HTTP_VALUE = 2, /* of a header: no control characters but HTAB */
	HTTP_PATH = 4,
	HTTP_QUERY = 8, /* also what browsers leave as it is: []{}|^`\ */
	HTTP_HOST = 16,
};

extern const unsigned char http_classes[256];

static inline bool http_is(char c, enum http_class class)
{
	return (http_classes[(unsigned char)c] & class) != 0;
}

/* 0 to 15, or -1. */
int http_hex(char c);

#endif
