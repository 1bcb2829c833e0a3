#include "schema_tree.h"

#include <arpa/inet.h>

/* Where somebody or something is reached: RFC 5321 mailboxes, RFC 3986. */

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define HEX "0123456789abcdefABCDEF"
#define ALPHANUMERIC LETTERS DIGITS
#define ATEXT ALPHANUMERIC "!#$%&'*+-/=?^_`{|}~"
#define UNRESERVED ALPHANUMERIC "-._~"
#define SUBDELIMS "!$&'()*+,;="

enum {
	LOCAL_MAX = 64,
	MAILBOX_MAX = 254,
	LABEL_MAX = 63,
	DOMAIN_MAX = 253,
	LITERAL_MAX = 63,
};

/* Copies into `copy`, which has room for LITERAL_MAX and a NUL. */
static bool literal_copy(char *copy, const char *text, size_t length)
{
	if (length > LITERAL_MAX)
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	return true;
}

static bool is_ip4(const char *text, size_t length)
{
	unsigned char address[sizeof(struct in_addr)];
	char copy[LITERAL_MAX + 1];

	return literal_copy(copy, text, length) &&
	    inet_pton(AF_INET, copy, address) == 1;
}

static bool is_ip6(const char *text, size_t length)
{
	unsigned char address[sizeof(struct in6_addr)];
	char copy[LITERAL_MAX + 1];

	return literal_copy(copy, text, length) &&
	    inet_pton(AF_INET6, copy, address) == 1;
}

/* Atoms with single dots between them. */
static bool is_dotted(const char *text, const char *end)
{
	size_t atom;

	for (;; text++) {
		atom = strspn(text, ATEXT);
		text += atom;
		if (atom == 0 || text > end)
			return false;
		if (text == end)
			return true;
		if (*text != '.')
			return false;
	}
}

static bool is_domain(const char *text, const char *end)
{
	size_t label;

	if (end - text > DOMAIN_MAX)
		return false;
	for (;; text++) {
		label = strspn(text, ALPHANUMERIC "-");
		if (label == 0 || label > LABEL_MAX || *text == '-' ||
		    text[label - 1] == '-')
			return false;
		text += label;
		if (text == end)
			return true;
		if (*text != '.')
			return false;
	}
}

static bool is_address_literal(const char *text, const char *end)
{
	if (end - text < 2 || *text != '[' || end[-1] != ']')
		return false;
	text++;
	end--;
	if (strncmp(text, "IPv6:", 5) == 0)
		return is_ip6(text + 5, (size_t)(end - text) - 5);
	return is_ip4(text, (size_t)(end - text));
}

/* The end of a quoted string's content, where its quote should be. */
static const char *quoted_end(const char *text)
{
	while (*text >= ' ' && *text <= '~' && *text != '"') {
		if (*text == '\\')
			text++;
		if (*text < ' ' || *text > '~')
			return text;
		text++;
	}
	return text;
}

bool email_matches(const char *text, size_t length)
{
	const char *end = text + length, *at;

	if (length > MAILBOX_MAX || strlen(text) != length)
		return false;
	if (*text == '"') {
		at = quoted_end(text + 1);
		if (*at++ != '"' || *at != '@')
			return false;
	} else {
		at = strchrnul(text, '@');
		if (*at != '@' || !is_dotted(text, at))
			return false;
	}
	if (at - text > LOCAL_MAX)
		return false;
	return is_domain(at + 1, end) || is_address_literal(at + 1, end);
}

/* The length of what `allowed` and percent-encoded octets cover. */
static size_t uri_span(const char *text, const char *allowed)
{
	size_t length = 0;

	for (;;) {
		length += strspn(text + length, allowed);
		if (text[length] != '%' || strspn(text + length + 1, HEX) < 2)
			return length;
		length += 3;
	}
}

/* An IP literal in its brackets (RFC 3986, section 3.2.2); its length or 0. */
static size_t bracket_span(const char *text)
{
	const char *end = strchr(text, ']');
	size_t version;

	if (end == NULL)
		return 0;
	if (text[1] == 'v' || text[1] == 'V') {
		version = strspn(text + 2, HEX);
		text += 2 + version;
		if (version == 0 || *text != '.' || text + 1 == end ||
		    text + 1 + strspn(text + 1, UNRESERVED SUBDELIMS ":") !=
			end)
			return 0;
		return version + (size_t)(end - text) + 3;
	}
	if (!is_ip6(text + 1, (size_t)(end - text) - 1))
		return 0;
	return (size_t)(end - text) + 1;
}

/* userinfo@host:port; where it ends, or NULL. */
static const char *authority_end(const char *text)
{
	size_t user = uri_span(text, UNRESERVED SUBDELIMS ":"), host;

	if (text[user] == '@')
		text += user + 1;
	if (*text == '[') {
		host = bracket_span(text);
		if (host == 0)
			return NULL;
	} else {
		host = uri_span(text, UNRESERVED SUBDELIMS);
	}
	text += host;
	if (*text == ':')
		text += 1 + strspn(text + 1, DIGITS);
	return *text == '\0' || strchr("/?#", *text) != NULL ? text : NULL;
}

bool uri_matches(const char *text, size_t length)
{
	const char *end = text + length;

	if (strlen(text) != length || strspn(text, LETTERS) == 0)
		return false;
	text += strspn(text, ALPHANUMERIC "+-.");
	if (*text++ != ':')
		return false;
	if (text[0] == '/' && text[1] == '/') {
		text = authority_end(text + 2);
		if (text == NULL)
			return false;
	}
	text += uri_span(text, UNRESERVED SUBDELIMS ":@/");
	if (*text == '?')
		text += 1 + uri_span(text + 1, UNRESERVED SUBDELIMS ":@/?");
	if (*text == '#')
		text += 1 + uri_span(text + 1, UNRESERVED SUBDELIMS ":@/?");
	return text == end;
}
