#include "hefboom/http.h"

#include <arpa/inet.h>

#include "hefboom/http_header.h"
#include "http_class.h"

/* What was seen of the headers that decide how a message is framed. */
struct framing {
	unsigned hosts, lengths, codings;
	bool close, keep_alive;
	const char *code; /* why it is refused, or NULL */
};

/*
 * Looks for the empty line, a line at a time.  Each refusal depends only on
 * the bytes up to where it is made, so that it does not matter in which
 * pieces they came.
 */
static enum http_outcome head_scan(struct http_scan *scan, const char *bytes,
    size_t length, size_t *end, const char **code)
{
	size_t limit = scan->line_end == 0 ? (size_t)HTTP_LINE_MAX
					   : scan->line_end + HTTP_BLOCK_MAX;
	const char *found;
	size_t at;

	*code = "bad_request";
	/* Not a method: an empty line, or somebody who speaks TLS to us. */
	if (length > 0 && ((bytes[0] | 0x20) < 'a' || (bytes[0] | 0x20) > 'z'))
		return HTTP_REFUSED;
	while ((found = memchr(
		    bytes + scan->seen, '\n', length - scan->seen)) != NULL) {
		at = (size_t)(found - bytes);
		if (at >= limit)
			break;
		scan->seen = at + 1;
		if (bytes[at - 1] != '\r')
			return HTTP_REFUSED;
		if (scan->line_end == 0) {
			scan->line_end = at + 1;
			limit = scan->line_end + HTTP_BLOCK_MAX;
		} else if (bytes[at - 2] == '\n') {
			*end = at + 1;
			return HTTP_DONE;
		}
	}
	if (length >= limit) {
		*code =
		    scan->line_end == 0 ? "line_too_long" : "headers_too_large";
		return HTTP_REFUSED;
	}
	scan->seen = length;
	return HTTP_MORE;
}

static const char *version_read(struct http_head *head, const char *version)
{
	if (memcmp(version, " HTTP/", 6) != 0 || version[7] != '.' ||
	    version[6] < '0' || version[6] > '9' || version[8] < '0' ||
	    version[8] > '9')
		return "bad_request";
	if (version[6] != '1' || version[8] > '1')
		return "version_not_supported";
	head->minor = version[8] == '1';
	return NULL;
}

static const char *method_read(struct http_head *head)
{
	static const char *const methods[] = {
	    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
	const struct http_text *method = &head->method;
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (method->length == strlen(methods[i]) &&
		    memcmp(method->bytes, methods[i], method->length) == 0)
			return NULL;
	}
	for (i = 0; i < method->length; i++) {
		if (!http_is(method->bytes[i], HTTP_TOKEN))
			return "bad_request";
	}
	return "not_implemented";
}

static bool target_is(const struct http_text *text, enum http_class class)
{
	const char *c = text->bytes, *end = text->bytes + text->length;

	for (; c < end; c++) {
		if (http_is(*c, class))
			continue;
		if (*c != '%' || end - c < 3 || http_hex(c[1]) < 0 ||
		    http_hex(c[2]) < 0)
			return false;
		c += 2;
	}
	return true;
}

/* Origin-form, or * for OPTIONS (RFC 9112, 3.2). */
static const char *target_read(
    struct http_head *head, const char *target, size_t length)
{
	const char *mark;

	head->query = (struct http_text){0};
	head->path = (struct http_text){target, length};
	if (length == 1 && target[0] == '*' && head->method.bytes[0] == 'O')
		return NULL;
	if (length == 0 || target[0] != '/')
		return "bad_request";
	mark = memchr(target, '?', length);
	if (mark != NULL) {
		head->path.length = (size_t)(mark - target);
		head->query.bytes = mark + 1;
		head->query.length = length - head->path.length - 1;
	}
	if (!target_is(&head->path, HTTP_PATH) ||
	    (mark != NULL && !target_is(&head->query, HTTP_QUERY)))
		return "bad_request";
	return NULL;
}

/* line: the request line without its CRLF. */
static const char *line_read(
    struct http_head *head, const char *line, size_t length)
{
	enum { VERSION = sizeof(" HTTP/1.1") - 1 };
	const char *blank = memchr(line, ' ', length);
	const char *code, *fault;
	size_t target;

	if (blank == NULL)
		return "bad_request";
	head->method = (struct http_text){line, (size_t)(blank - line)};
	target = head->method.length + 1;
	if (length < target + VERSION)
		return "bad_request";
	fault = target_read(head, line + target, length - target - VERSION);
	code = version_read(head, line + length - VERSION);
	if (code == NULL)
		code = method_read(head);
	return code == NULL ? fault : code;
}

static bool port_is(const char *port, const char *end)
{
	unsigned long number = 0;

	if (port == end || end - port > 5)
		return false;
	for (; port < end; port++) {
		if (*port < '0' || *port > '9')
			return false;
		number = number * 10 + (unsigned long)(*port - '0');
	}
	return number <= 65535;
}

static bool literal_is(const char *literal, const char *end)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char address[16];
	size_t length = (size_t)(end - literal);

	if (length >= sizeof(text))
		return false;
	memcpy(text, literal, length);
	text[length] = '\0';
	return inet_pton(AF_INET6, text, address) == 1;
}

/* uri-host [ ":" port ] (RFC 9110, 7.2); neither may be empty. */
static bool host_is(const struct http_text *host)
{
	const char *c = host->bytes, *end = c + host->length;
	const char *start = c;

	if (host->length == 0 || host->length > 261)
		return false;
	if (*c == '[') {
		c = memchr(c, ']', host->length);
		if (c == NULL || !literal_is(start + 1, c))
			return false;
		c++;
	} else {
		while (c < end && http_is(*c, HTTP_HOST))
			c++;
		if (c == start)
			return false;
	}
	return c == end || (*c == ':' && port_is(c + 1, end));
}

static bool length_read(struct http_head *head, const struct http_text *value)
{
	uint64_t length = 0;
	const char *behind = value->bytes + value->length;
	size_t i;

	if (value->length == 0 || value->length > 18)
		return false;
	/* llhttp takes no tabs there, so somebody else may not either. */
	while (*behind == ' ')
		behind++;
	if (*behind != '\r')
		return false;
	for (i = 0; i < value->length; i++) {
		if (value->bytes[i] < '0' || value->bytes[i] > '9')
			return false;
		length = length * 10 + (uint64_t)(value->bytes[i] - '0');
	}
	head->content_length = length;
	return true;
}

static void connection_read(
    struct framing *framing, const struct http_text *value)
{
	const char *c = value->bytes, *end = c + value->length;
	struct http_text word;

	while (c < end) {
		while (c < end && (*c == ' ' || *c == '\t' || *c == ','))
			c++;
		word.bytes = c;
		while (c < end && *c != ' ' && *c != '\t' && *c != ',')
			c++;
		word.length = (size_t)(c - word.bytes);
		framing->close |= http_text_is(word, "close");
		framing->keep_alive |= http_text_is(word, "keep-alive");
	}
}

static void framing_header(struct framing *framing, struct http_head *head,
    const struct http_header *header)
{
	if (http_text_is(header->name, "host")) {
		framing->hosts++;
		if (!host_is(&header->value))
			framing->code = "bad_request";
	} else if (http_text_is(header->name, "content-length")) {
		if (framing->lengths++ > 0 ||
		    !length_read(head, &header->value))
			framing->code = "bad_request";
	} else if (http_text_is(header->name, "transfer-encoding")) {
		if (framing->codings++ > 0)
			framing->code = "bad_request";
		else if (!http_text_is(header->value, "chunked"))
			framing->code = "not_implemented";
		head->chunked = true;
	} else if (http_text_is(header->name, "connection")) {
		connection_read(framing, &header->value);
	} else if (http_text_is(header->name, "expect")) {
		if (!http_text_is(header->value, "100-continue"))
			framing->code = "expectation_failed";
		head->expects_continue = true;
	}
}

/* What all headers together must fulfil (RFC 9112, 3.2, 6.1 and 9.3). */
static const char *framing_end(
    const struct framing *framing, struct http_head *head)
{
	if (framing->hosts != 1)
		return "bad_request";
	if (head->chunked && (framing->lengths > 0 || head->minor == 0))
		return "bad_request";
	if (head->minor == 0) {
		head->expects_continue = false;
		head->keep_alive = framing->keep_alive && !framing->close;
	} else {
		head->keep_alive = !framing->close;
	}
	return NULL;
}

/* One header line; returns the start of the next, or NULL. */
static const char *header_read(
    struct http_header *header, const char *line, const char *end)
{
	const char *c = line, *stop;
	unsigned bad = 0;

	while (http_is(*c, HTTP_TOKEN))
		c++;
	if (c == line || *c != ':')
		return NULL;
	header->name = (struct http_text){line, (size_t)(c - line)};
	for (c++; *c == ' ' || *c == '\t';)
		c++;
	line = c;
	stop = memchr(c, '\r', (size_t)(end - c));
	if (stop == NULL || stop[1] != '\n')
		return NULL;
	/* Without a branch or a table, so that the compiler makes vectors. */
	for (; c < stop; c++)
		bad |= (unsigned)((((unsigned char)*c < ' ') & (*c != '\t')) |
		    (*c == 0x7f));
	while (c > line && (c[-1] == ' ' || c[-1] == '\t'))
		c--;
	header->value = (struct http_text){line, (size_t)(c - line)};
	return bad ? NULL : stop + 2;
}

static const char *headers_read(
    struct http_head *head, const char *line, const char *end)
{
	struct framing framing = {0};
	struct http_header *header;

	head->header_count = 0;
	while (line < end) {
		if (head->header_count == HTTP_HEADERS_MAX)
			return "headers_too_large";
		header = &head->headers[head->header_count++];
		line = header_read(header, line, end);
		if (line == NULL) {
			head->header_count--;
			return "bad_request";
		}
		switch (header->name.length) {
		case 4:
		case 6:
		case 10:
		case 14:
		case 17:
			framing_header(&framing, head, header);
		}
		if (framing.code != NULL)
			return framing.code;
	}
	return framing_end(&framing, head);
}

enum http_outcome http_head_read(struct http_head *head, struct http_scan *scan,
    const char *bytes, size_t length, const char **code)
{
	enum http_outcome outcome;
	size_t end;

	head->path.bytes = NULL;
	head->header_count = 0;
	outcome = head_scan(scan, bytes, length, &end, code);
	if (outcome == HTTP_REFUSED && scan->line_end > 0)
		line_read(head, bytes, scan->line_end - 2);
	if (outcome != HTTP_DONE)
		return outcome;
	head->chunked = head->expects_continue = false;
	head->content_length = 0;
	head->length = end;
	*code = line_read(head, bytes, scan->line_end - 2);
	if (*code == NULL)
		*code =
		    headers_read(head, bytes + scan->line_end, bytes + end - 2);
	return *code == NULL ? HTTP_DONE : HTTP_REFUSED;
}
