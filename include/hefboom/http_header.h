/*
 * http_header -- what a head says under a name.
 *
 * A header is there once, several times, or not at all, and only who reads it
 * knows what that means.  What has one value is read by http_header_read(),
 * which says which of the three it is and never gives a NULL to follow.  What
 * is a list by its grammar may stand in several lines, which are then one list
 * (RFC 9110, 5.3 and 5.6.1), and is walked by http_member_next().  Nothing but
 * the parser looks into head->headers itself.
 *
 * Ownership.  Texts point into the head's bytes; only http_header_list()
 * allocates.
 *
 * Promise.  No text that is given has bytes NULL.  A walk looks at each byte
 * of the lines with that name a bounded number of times.
 */
#ifndef HEFBOOM_HTTP_HEADER_H
#define HEFBOOM_HTTP_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "hefboom/http.h"

/* In any case; the first letter, told by all but one bit, spares most calls. */
static inline bool http_text_is_word(
    struct http_text text, const char *word, size_t length)
{
	return text.length == length &&
	    (length == 0 || ((text.bytes[0] ^ word[0]) & ~0x20) == 0) &&
	    strncasecmp(text.bytes, word, length) == 0;
}

/* Whether a text is this word, in any case. */
static inline bool http_text_is(struct http_text text, const char *word)
{
	return http_text_is_word(text, word, strlen(word));
}

/* The same with case: methods, paths. */
static inline bool http_text_equals(struct http_text text, const char *string)
{
	return text.length == strlen(string) &&
	    memcmp(text.bytes, string, text.length) == 0;
}

/* Steps over what a text begins with, in any case; false: it does not. */
static inline bool http_text_skip(struct http_text *text, const char *start)
{
	size_t length = strlen(start);

	if (text->length < length ||
	    strncasecmp(text->bytes, start, length) != 0)
		return false;
	text->bytes += length;
	text->length -= length;
	return true;
}

/* Without the blanks and tabs around it. */
struct http_text http_text_trim(struct http_text text);

/* Whether a separator in a quoted-string (RFC 9110, 5.6.4) is none. */
enum http_quotes { HTTP_PLAIN, HTTP_QUOTED };

/*
 * Cuts off what stands before the next separator, trimmed; without one, all.
 * A quoted-string that does not end goes on to the end.
 */
struct http_text http_text_cut(
    struct http_text *rest, char separator, enum http_quotes quotes);

enum http_times { HTTP_ABSENT, HTTP_ONCE, HTTP_REPEATED };

/* *value is that of the only line of this name (any case), and else "". */
enum http_times http_header_read(const struct http_head *head, const char *name,
    struct http_text *value) __attribute__((warn_unused_result));

struct http_members {
	struct http_text line; /* the value that the last member stands in */
	/* The walker's own. */
	struct http_text rest, name;
	const struct http_header *next, *end;
	enum http_quotes quotes;
};

/* To walk over the list of that name (any case). */
static inline struct http_members http_members(
    const struct http_head *head, const char *name, enum http_quotes quotes)
{
	return (struct http_members){.line = {"", 0},
	    .rest = {"", 0},
	    .name = {name, strlen(name)},
	    .next = head->headers,
	    .end = head->headers + head->header_count,
	    .quotes = quotes};
}

/*
 * The next member, trimmed; false: no more.  Several lines are one after the
 * other.  Empty members say nothing (5.6.1.2) but are given, except for one
 * behind a last comma, so a line without a value has one.
 */
bool http_member_next(struct http_members *members, struct http_text *member);

/*
 * The last member that was not given yet, without those that are empty: for
 * lists that others add to at their end.  Quotes are counted from there, so
 * one that does not end hides nothing behind it.  A walk goes one way only.
 */
bool http_member_last(struct http_members *members, struct http_text *member);

/*
 * The members that say something as one line (5.3), or NULL without any.
 * Free it.
 */
char *http_header_list(const struct http_head *head, const char *name);

#endif
