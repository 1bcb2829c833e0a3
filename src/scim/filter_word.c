#include <strings.h>

#include "hefboom/arena.h"
#include "scim/filter_tree.h"

bool scim_text_check(struct scim_reader *reader)
{
	size_t length = (size_t)(reader->end - reader->at);
	json_t *text;

	if (length > SCIM_FILTER_LENGTH_MAX) {
		reader->why = "it is too long";
		return false;
	}
	text = json_stringn(reader->at, length); /* NULL: no UTF-8 */
	if (text == NULL || memchr(reader->at, '\0', length) != NULL)
		reader->why = "it is not text";
	json_decref(text);
	return reader->why == NULL;
}

bool scim_word_is(const struct scim_word *word, const char *text)
{
	return strlen(text) == word->length &&
	    strncasecmp(word->bytes, text, word->length) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

void scim_spaces_skip(struct scim_reader *reader)
{
	while (reader->at < reader->end && is_space(*reader->at))
		reader->at++;
}

static bool is_of_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c != '\0' && strchr("$-_.:", c) != NULL);
}

struct scim_word scim_word_read(struct scim_reader *reader)
{
	struct scim_word word = {reader->at, 0};

	while (reader->at < reader->end && is_of_name(*reader->at))
		reader->at++;
	word.length = (size_t)(reader->at - word.bytes);
	return word;
}

/* A JSON string at its quotation mark. */
static const char *string_read(struct scim_reader *reader)
{
	const char *end = reader->at + 1;
	const char *value = NULL;
	json_t *json;

	while (end < reader->end && *end != '"')
		end += *end == '\\' ? 2 : 1;
	if (end >= reader->end)
		return NULL;
	json = json_loadb(
	    reader->at, (size_t)(end + 1 - reader->at), JSON_DECODE_ANY, NULL);
	if (json_is_string(json))
		value = arena_copy(reader->arena, json_string_value(json),
		    json_string_length(json));
	json_decref(json);
	reader->at = end + 1;
	return value;
}

/* Up to a space or a closing bracket; a number, true, null, or a bare word. */
static struct scim_word bare_read(struct scim_reader *reader)
{
	struct scim_word word = {reader->at, 0};

	while (reader->at < reader->end && !is_space(*reader->at) &&
	    *reader->at != ')' && *reader->at != ']') {
		if ((unsigned char)*reader->at < ' ' ||
		    strchr("\"([\\\177", *reader->at) != NULL)
			return word;
		reader->at++;
	}
	word.length = (size_t)(reader->at - word.bytes);
	if (scim_word_is(&word, "and") || scim_word_is(&word, "or") ||
	    scim_word_is(&word, "not"))
		word.length = 0;
	return word;
}

static const char *literal_fit(
    struct scim_reader *reader, enum scim_type type, const char *value)
{
	char instant[SCIM_INSTANT_SIZE];

	switch (type) {
	case SCIM_BOOLEAN:
		if (strcasecmp(value, "true") == 0)
			return "true";
		if (strcasecmp(value, "false") == 0)
			return "false";
		reader->why = "that attribute is true or false";
		return NULL;
	case SCIM_DATE_TIME:
		if (scim_instant_read(value, instant))
			return arena_string(reader->arena, instant);
		reader->why = "that attribute is compared with a time, as in "
			      "2011-05-13T04:42:34Z";
		return NULL;
	default:
		return value;
	}
}

const char *scim_literal_read(
    struct scim_reader *reader, enum scim_type type, bool *is_null)
{
	const char *value = NULL;

	*is_null = false;
	if (reader->at < reader->end && *reader->at == '"') {
		value = string_read(reader);
	} else {
		struct scim_word word = bare_read(reader);

		if (word.length > 0)
			value =
			    arena_copy(reader->arena, word.bytes, word.length);
		*is_null = value != NULL && strcmp(value, "null") == 0;
	}
	if (value == NULL) {
		reader->why = "an operator is followed by a value";
		return NULL;
	}
	return *is_null ? NULL : literal_fit(reader, type, value);
}
