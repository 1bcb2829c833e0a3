/*
 * fuzz_header -- what single headers and forms are read as.
 *
 * The first byte chooses: 't' traceparent, 'x' X-Forwarded-For, 'f' Forwarded,
 * 'a' an address, 'o' a form for a token, 'b' Basic credentials for one, 'n'
 * Accept, If-Match, Idempotency-Key and Content-Type in the lines of a head,
 * 'l' lists in them, 's' base64url, 'c' a list of origins.
 *
 * An address is what inet_pton() reads; nobody becomes somebody whom the header
 * does not spell, and whom a proxy adds behind any text is found; a trace is 48
 * digits that stand in the text; what decodes encodes back to the same text; a
 * member of a form is there once; the members of a list are what a slow reader
 * of the same lines finds, byte for byte, and their line has them all; a
 * language is chosen from it.
 */
#include <stdbool.h>
#include <stdint.h>
#include <arpa/inet.h>

#include "handlers/token_request.h"
#include "hefboom/base64.h"
#include "hefboom/cors.h"
#include "hefboom/forwarded.h"
#include "hefboom/http_header.h"
#include "hefboom/memory.h"
#include "hefboom/networks.h"
#include "hefboom/operation.h"
#include "hefboom/problem.h"
#include "hefboom/request.h"
#include "hefboom/steps.h"
#include "hefboom/trace.h"
#include "reply_coding.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void demand(bool held)
{
	if (!held)
		__builtin_trap();
}

static struct http_text text_of(const char *text)
{
	return (struct http_text){text, strlen(text)};
}

static void trace_try(const char *text, size_t length)
{
	struct trace trace;

	if (!trace_read(&trace, text, length)) {
		demand(trace.id[0] == '\0' && trace.parent[0] == '\0');
		return;
	}
	demand(strspn(trace.id, "0123456789abcdef") == 32);
	demand(strspn(trace.parent, "0123456789abcdef") == 16);
	demand(memcmp(text + 3, trace.id, 32) == 0);
	demand(memcmp(text + 36, trace.parent, 16) == 0);
}

static void address_try(const char *text, size_t length)
{
	struct ip address, again;
	unsigned char slow[16];
	char copy[ADDRESS_TEXT];
	bool read = address_read(&address, text, length);

	if (memchr(text, '\0', length) != NULL || length == 0)
		demand(!read);
	else if (memchr(text, ':', length) == NULL)
		demand(read == (inet_pton(AF_INET, text, slow) == 1));
	else
		demand(read == (inet_pton(AF_INET6, text, slow) == 1));
	if (!read)
		return;
	address_write(copy, &address);
	demand(address_read(&again, copy, strlen(copy)));
	demand(memcmp(&again, &address, sizeof(again)) == 0);
}

/* Whatever a client sends, the hop that a proxy adds behind it counts. */
static void appended_try(
    const char *text, size_t length, const struct proxies *proxies)
{
	static const char hop[] = ", 192.0.2.77",
			  *const hops[] = {", for=192.0.2.77",
			      ", for=\"192.0.2.77:80\"; x=\"\\\\\""};
	struct http_head head = {.header_count = 1};
	char written[ADDRESS_TEXT];
	struct ip peer;

	for (size_t i = 0; i < 2; i++) {
		char *line = memory_format("%.*s%s", (int)length, text,
		    proxies->forwarded ? hops[i] : hop);

		head.headers[0].name = text_of(
		    proxies->forwarded ? "Forwarded" : "X-Forwarded-For");
		head.headers[0].value = text_of(line);
		address_read(&peer, "10.1.2.3", 8);
		forwarded_from(&peer, proxies, &head);
		address_write(written, &peer);
		demand(strcmp(written, "192.0.2.77") == 0);
		free(line);
	}
}

/* Each hop that is believed stands in the header. */
static void forwarded_try(const char *text, size_t length, bool standard)
{
	char *fault = NULL;
	struct networks *trusted = networks_new("10.0.0.0/8 fd00::/8", &fault);
	struct http_head head = {.header_count = 1};
	struct proxies proxies = {trusted, standard};
	struct ip peer, before;
	char written[ADDRESS_TEXT];

	demand(fault == NULL);
	head.headers[0].name =
	    text_of(standard ? "Forwarded" : "X-Forwarded-For");
	head.headers[0].value = (struct http_text){text, length};
	address_read(&peer, "192.0.2.9", 9);
	before = peer;
	forwarded_from(&peer, &proxies, &head);
	demand(memcmp(&peer, &before, sizeof(peer)) == 0);
	address_read(&peer, "10.1.2.3", 8);
	forwarded_from(&peer, &proxies, &head);
	address_write(written, &peer);
	if (address_is_v4(&peer) && strcmp(written, "10.1.2.3") != 0 &&
	    memchr(text, ':', length) == NULL)
		demand(memmem(text, length, written, strlen(written)) != NULL);
	appended_try(text, length, &proxies);
	networks_free(trusted);
}

static void form_try(const char *text, size_t length, bool basic)
{
	struct http_head head = {.header_count = 1};
	struct request request = {.head = &head};
	struct token_request asked = {0};
	const char *error;
	char *line = memory_format("Basic %s", text);

	arena_init(&request.arena);
	request.body = basic ? "grant_type=client_credentials" : text;
	request.body_length = basic ? strlen(request.body) : length;
	head.headers[0].name = text_of(basic ? "authorization" : "host");
	head.headers[0].value = text_of(line);
	error = token_request_read(&request, &asked);
	if (error == NULL)
		demand(asked.client_id != NULL && asked.client_secret != NULL &&
		    strcmp(asked.grant_type, "client_credentials") == 0);
	else
		demand(asked.why != NULL);
	arena_release(&request.arena);
	free(line);
}

static void base64_try(const char *text, size_t length)
{
	unsigned char *decoded = malloc(base64_room(length));
	struct buf again = {0};
	size_t count = 0;

	if (base64_decode(text, length, decoded, &count) == 0) {
		demand(count <= base64_room(length));
		base64_encode(decoded, count, &again);
		demand(again.length == length);
		demand(length == 0 || memcmp(again.bytes, text, length) == 0);
	}
	buf_release(&again);
	free(decoded);
}

static const struct operation json_operation = {.name = "fuzz",
    .method = "PUT",
    .body = BODY_JSON,
    .body_required = true,
    .replies_json = true,
    .keyed = true};

/* "Name: value" a line, as the front lets them through. */
static void lines_read(struct http_head *head, const char *text, size_t length)
{
	const char *end = text + length, *stop;

	for (; text < end && head->header_count < 8; text = stop + 1) {
		struct http_header *header = &head->headers[head->header_count];
		const char *colon;

		stop = memchr(text, '\n', (size_t)(end - text));
		stop = stop == NULL ? end : stop;
		colon = memchr(text, ':', (size_t)(stop - text));
		if (colon == NULL)
			continue;
		header->name = (struct http_text){text, (size_t)(colon - text)};
		header->value =
		    (struct http_text){colon + 1, (size_t)(stop - colon - 1)};
		head->header_count++;
	}
}

static void lines_try(const char *text, size_t length)
{
	struct http_head head = {0};
	struct request request = {
	    .head = &head, .operation = &json_operation, .body_length = 1};

	request.body = "1";
	lines_read(&head, text, length);
	arena_init(&request.arena);
	if (negotiate_step(&request) == NULL) {
		if (request.key != NULL)
			demand(strlen(request.key) <= 255 &&
			    request.key[strcspn(request.key, " \t\r\n")] ==
				'\0');
		if (request.if_match != NULL)
			demand(strspn(request.if_match, "-0123456789") ==
			    strlen(request.if_match));
	}
	coding_accepts_gzip(&head);
	arena_release(&request.arena);
}

/* Each member of a line, a byte at a time. */
static void line_check(struct http_members *members, struct http_text line)
{
	bool quoted = false, escaped = false, quotes = members->quotes;
	struct http_text member;
	size_t from = 0;

	for (size_t at = 0; at <= line.length; at++) {
		char c = at == line.length ? ',' : line.bytes[at];

		if (at < line.length && quoted) {
			quoted = escaped || c != '"';
			escaped = !escaped && c == '\\';
			continue;
		}
		quoted = quotes && at < line.length && c == '"';
		if (c != ',' || (at > 0 && from == line.length))
			continue;
		demand(http_member_next(members, &member));
		demand(members->line.bytes == line.bytes);
		while (from < at && strchr(" \t", line.bytes[from]) != NULL &&
		    line.bytes[from] != '\0')
			from++;
		demand(member.length <= at - from);
		demand(member.length == 0 ||
		    memcmp(member.bytes, line.bytes + from, member.length) ==
			0);
		for (size_t i = from + member.length; i < at; i++)
			demand(line.bytes[i] == ' ' || line.bytes[i] == '\t');
		if (member.length > 0)
			demand(
			    !strchr(" \t", member.bytes[member.length - 1]) ||
			    member.bytes[member.length - 1] == '\0');
		from = at + 1;
	}
}

/* Its members that say something, and commas between them. */
static void joined_check(const struct http_head *head, const char *name)
{
	struct http_members members = http_members(head, name, HTTP_PLAIN);
	struct http_text member;
	char *list = http_header_list(head, name), *at = list;

	while (http_member_next(&members, &member)) {
		if (member.length == 0)
			continue;
		demand(at != NULL && (at == list || *at++ == ','));
		demand(memcmp(at, member.bytes, member.length) == 0);
		at += member.length;
	}
	demand(at == NULL || (at > list && *at == '\0'));
	language_choose(list);
	free(list);
}

/* The list that the first line names. */
static void list_try(const char *text, size_t length)
{
	struct http_head head = {0};
	struct http_text value, member;
	enum http_times times;
	unsigned count = 0;
	char *name;

	lines_read(&head, text, length);
	if (head.header_count == 0)
		return;
	name = memory_copy(
	    head.headers[0].name.bytes, head.headers[0].name.length);
	for (int quotes = HTTP_PLAIN; quotes <= HTTP_QUOTED; quotes++) {
		struct http_members members =
		    http_members(&head, name, (enum http_quotes)quotes);

		count = 0;
		for (unsigned i = 0; i < head.header_count; i++)
			if (head.headers[i].name.length == strlen(name) &&
			    strncasecmp(head.headers[i].name.bytes, name,
				strlen(name)) == 0) {
				line_check(&members, head.headers[i].value);
				count++;
			}
		demand(!http_member_next(&members, &member));
	}
	times = http_header_read(&head, name, &value);
	demand(times ==
	    (count == 0          ? HTTP_ABSENT
		    : count == 1 ? HTTP_ONCE
				 : HTTP_REPEATED));
	demand(value.bytes != NULL);
	demand(times == HTTP_ONCE || value.length == 0);
	joined_check(&head, name);
	free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text;
	size_t length = size - 1;

	if (size == 0)
		return 0;
	text = memory_copy((const char *)bytes + 1, length);
	switch (bytes[0]) {
	case 't':
		trace_try(text, length);
		break;
	case 'a':
		address_try(text, length);
		break;
	case 'x':
	case 'f':
		forwarded_try(text, length, bytes[0] == 'f');
		break;
	case 'o':
	case 'b':
		form_try(text, length, bytes[0] == 'b');
		break;
	case 'n':
		lines_try(text, length);
		break;
	case 'l':
		list_try(text, length);
		break;
	case 's':
		base64_try(text, length);
		break;
	case 'c':
		cors_list_is_valid(text);
		break;
	default:
		break;
	}
	free(text);
	return 0;
}
