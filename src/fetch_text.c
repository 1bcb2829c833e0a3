/* What is read of an address and of a reply's headers. */
#include "hefboom/fetch.h"

#include <curl/curl.h>
#include <strings.h>

#include "hefboom/http_header.h"
#include "hefboom/memory.h"

enum { YEAR_S = 31536000 };

bool fetch_url_is_plain(const char *url)
{
	return strncasecmp(url, "http:", 5) == 0;
}

static bool part_is_there(CURLU *parts, CURLUPart part)
{
	char *text = NULL;
	bool there = curl_url_get(parts, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return there;
}

static const char *parts_check(CURLU *parts)
{
	static const CURLUPart refused[] = {CURLUPART_USER, CURLUPART_PASSWORD,
	    CURLUPART_OPTIONS, CURLUPART_ZONEID};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (part_is_there(parts, refused[i]))
			return "has a user or a zone";
	return part_is_there(parts, CURLUPART_HOST) ? NULL : "has no host";
}

char *fetch_url_check(const char *url)
{
	const char *fault = NULL;
	CURLU *parts = curl_url();

	if (parts == NULL)
		abort();
	if (strncasecmp(url, "https://", 8) != 0 &&
	    strncasecmp(url, "http://", 7) != 0)
		fault = "does not begin with https://";
	else if (strchr(url, '/')[2] == '/')
		fault = "has no host";
	else if (strlen(url) > FETCH_URL_MAX)
		fault = "is too long";
	else if (strchr(url, '#') != NULL) /* curl overlooks an empty one */
		fault = "has a fragment";
	for (const char *c = url; fault == NULL && *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || *c == '\\')
			fault = "has a character that addresses do not have";
	if (fault == NULL &&
	    curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK)
		fault = "is malformed";
	if (fault == NULL)
		fault = parts_check(parts);
	curl_url_cleanup(parts);
	return fault == NULL ? NULL : memory_format("the address %s", fault);
}

static bool name_is(const char *text, size_t length, const char *name)
{
	return strlen(name) == length && strncasecmp(text, name, length) == 0;
}

/* "60" or "\"60\""; anything else is stale (RFC 9111, 4.2.1). */
static int64_t seconds_read(const char *text, size_t length)
{
	int64_t seconds = 0;

	if (length >= 2 && text[0] == '"' && text[length - 1] == '"') {
		text++;
		length -= 2;
	}
	if (length == 0)
		return 0;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return 0;
		if (seconds < YEAR_S)
			seconds = seconds * 10 + (text[i] - '0');
	}
	return seconds < YEAR_S ? seconds : YEAR_S;
}

/* -1 when the directive says nothing about how long. */
static int64_t directive_read(const char *text, size_t length)
{
	const char *equals = memchr(text, '=', length);
	size_t name = equals == NULL ? length : (size_t)(equals - text);

	if (name_is(text, name, "no-store") || name_is(text, name, "no-cache"))
		return 0;
	if (!name_is(text, name, "max-age"))
		return -1;
	return equals == NULL ? 0 : seconds_read(equals + 1, length - name - 1);
}

static bool ends_a_line(char c)
{
	return c == '\r' || c == '\n';
}

int64_t cache_control_read(const char *text, size_t length)
{
	struct http_text rest = {text, length}, one;
	int64_t least = -1, seconds;

	while (rest.length > 0 && ends_a_line(text[rest.length - 1]))
		rest.length--;
	while (rest.length > 0) {
		one = http_text_cut(&rest, ',', HTTP_PLAIN);
		seconds = directive_read(one.bytes, one.length);
		if (seconds >= 0 && (least < 0 || seconds < least))
			least = seconds;
	}
	return least;
}

bool type_is_json(const char *type)
{
	size_t length;

	if (type == NULL || strncasecmp(type, "application/", 12) != 0)
		return false;
	type += 12;
	length = strcspn(type, "; \t");
	return name_is(type, length, "json") ||
	    (length > 5 && name_is(type + length - 5, 5, "+json"));
}
