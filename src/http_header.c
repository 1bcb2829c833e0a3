#include "hefboom/http_header.h"

#include "hefboom/buf.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct http_text http_text_trim(struct http_text text)
{
	while (text.length > 0 && is_blank(text.bytes[0])) {
		text.bytes++;
		text.length--;
	}
	while (text.length > 0 && is_blank(text.bytes[text.length - 1]))
		text.length--;
	return text;
}

/* Up to the first separator that stands in no quotes. */
static size_t unquoted_length(struct http_text text, char separator)
{
	bool quoted = false;

	for (size_t i = 0; i < text.length; i++) {
		char c = text.bytes[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (c == separator && !quoted)
			return i;
	}
	return text.length;
}

struct http_text http_text_cut(
    struct http_text *rest, char separator, enum http_quotes quotes)
{
	const char *stop = memchr(rest->bytes, separator, rest->length);
	struct http_text piece = *rest;

	if (stop != NULL)
		piece.length = (size_t)(stop - rest->bytes);
	if (quotes == HTTP_QUOTED &&
	    memchr(piece.bytes, '"', piece.length) != NULL)
		piece.length = unquoted_length(*rest, separator);
	rest->bytes += piece.length;
	rest->length -= piece.length;
	if (rest->length > 0) {
		rest->bytes++;
		rest->length--;
	}
	return http_text_trim(piece);
}

/* The first line of that name from `at` on, or NULL. */
static inline const struct http_header *line_find(const struct http_header *at,
    const struct http_header *end, struct http_text name)
{
	for (; at < end; at++)
		if (http_text_is_word(at->name, name.bytes, name.length))
			return at;
	return NULL;
}

enum http_times http_header_read(
    const struct http_head *head, const char *name, struct http_text *value)
{
	struct http_text wanted = {name, strlen(name)};
	const struct http_header *end = head->headers + head->header_count;
	const struct http_header *line = line_find(head->headers, end, wanted);

	*value = (struct http_text){"", 0};
	if (line == NULL)
		return HTTP_ABSENT;
	if (line_find(line + 1, end, wanted) != NULL)
		return HTTP_REPEATED;
	*value = line->value;
	return HTTP_ONCE;
}

bool http_member_next(struct http_members *members, struct http_text *member)
{
	const struct http_header *line;

	if (members->rest.length == 0) {
		line = line_find(members->next, members->end, members->name);
		members->next = line == NULL ? members->end : line + 1;
		if (line == NULL)
			return false;
		members->line = members->rest = line->value;
	}
	*member = http_text_cut(&members->rest, ',', members->quotes);
	return true;
}

/* The same towards the front. */
static bool line_before(struct http_members *members)
{
	while (members->end > members->next) {
		struct http_text name = (--members->end)->name;

		if (!http_text_is_word(
			name, members->name.bytes, members->name.length))
			continue;
		members->line = members->rest = members->end->value;
		return true;
	}
	return false;
}

/* One behind an odd number of backslashes is a letter. */
static bool is_quote(struct http_text text, size_t at)
{
	bool quote = true;

	if (text.bytes[at] != '"')
		return false;
	for (; at > 0 && text.bytes[at - 1] == '\\'; at--)
		quote = !quote;
	return quote;
}

static struct http_text cut_last(
    struct http_text *rest, char separator, enum http_quotes quotes)
{
	struct http_text piece = *rest;
	bool quoted = false;
	size_t at = rest->length;

	for (; at > 0; at--) {
		if (!quoted && rest->bytes[at - 1] == separator)
			break;
		if (quotes == HTTP_QUOTED && is_quote(*rest, at - 1))
			quoted = !quoted;
	}
	piece.bytes += at;
	piece.length -= at;
	rest->length = at == 0 ? 0 : at - 1;
	return http_text_trim(piece);
}

bool http_member_last(struct http_members *members, struct http_text *member)
{
	do {
		if (members->rest.length == 0 && !line_before(members))
			return false;
		*member = cut_last(&members->rest, ',', members->quotes);
	} while (member->length == 0);
	return true;
}

char *http_header_list(const struct http_head *head, const char *name)
{
	struct http_members lines = http_members(head, name, HTTP_PLAIN);
	struct http_text member;
	struct buf list = {0};

	while (http_member_next(&lines, &member)) {
		if (member.length == 0)
			continue;
		if (list.length > 0)
			buf_add_char(&list, ',');
		buf_add(&list, member.bytes, member.length);
	}
	return buf_take(&list, NULL);
}
