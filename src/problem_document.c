#include "hefboom/problem_document.h"

#include <jansson.h>
#include <stdbool.h>
#include <strings.h>

#include "hefboom/buf.h"
#include "hefboom/random.h"
#include "hefboom/reply.h"
#include "hefboom/schema.h"

enum { ERRORS_TOLD = 3 };

const char *const problem_types[DIALECTS] = {
    [DIALECT_PROBLEM] = "application/problem+json",
    [DIALECT_SCIM] = "application/scim+json"};

enum dialect dialect_of(const char *path, size_t length)
{
	return length >= 5 && strncasecmp(path, "/scim", 5) == 0 &&
		(length == 5 || path[5] == '/')
	    ? DIALECT_SCIM
	    : DIALECT_PROBLEM;
}

/* What {name} in a text stands for. */
struct words {
	const json_t *parameters; /* of the refusal, or NULL */
	const char *limit; /* of a field's error, or NULL */
};

static void add_word(struct buf *text, const struct words *words,
    const char *name, size_t length)
{
	const json_t *value;

	if (length == 5 && memcmp(name, "limit", 5) == 0 &&
	    words->limit != NULL) {
		buf_add_string(text, words->limit);
		return;
	}
	value = json_object_getn(words->parameters, name, length);
	if (json_is_string(value))
		buf_add_string(text, json_string_value(value));
	else if (json_is_integer(value))
		buf_add_format(
		    text, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value))
		buf_add_format(text, "%.10g", json_real_value(value));
}

static void expand(
    struct buf *text, const char *template, const struct words *words)
{
	const char *at = template, *open, *close;

	while ((open = strchr(at, '{')) != NULL &&
	    (close = strchr(open, '}')) != NULL) {
		buf_add(text, at, (size_t)(open - at));
		add_word(text, words, open + 1, (size_t)(close - open - 1));
		at = close + 1;
	}
	buf_add_string(text, at);
}

static void add_text(
    struct buf *out, const char *template, const struct words *words)
{
	struct buf text = {0};

	expand(&text, template, words);
	buf_add_json(out, text.bytes, text.length);
	buf_release(&text);
}

static void add_error(
    struct buf *out, const struct schema_error *error, enum language language)
{
	const struct field_text *field = field_text_find(error->code);
	struct words words = {NULL, error->limit};

	buf_add_string(out, "{\"pointer\":");
	buf_add_json_string(out, error->pointer);
	buf_add_string(out, ",\"code\":");
	buf_add_json_string(out, error->code);
	buf_add_string(out, ",\"detail\":");
	if (field == NULL)
		buf_add_json_string(out, error->code);
	else
		add_text(out, field->text[language], &words);
	buf_add_char(out, '}');
}

static void add_errors(struct buf *out, const struct problem_document *document)
{
	const struct schema_error *error = document->errors;
	const struct problem *problem = document->problem;
	struct schema_error own = {0};

	if (error == NULL && problem->pointer != NULL) {
		own.pointer = problem->pointer;
		own.code = problem->code;
		error = &own;
	}
	if (error == NULL)
		return;
	buf_add_string(out, ",\"errors\":[");
	for (bool first = true; error != NULL; error = error->next) {
		if (!first)
			buf_add_char(out, ',');
		first = false;
		if (error == &own) {
			buf_add_string(out, "{\"pointer\":");
			buf_add_json_string(out, own.pointer);
			buf_add_string(out, ",\"code\":");
			buf_add_json_string(out, own.code);
			buf_add_string(out, ",\"detail\":");
			buf_add_json_string(
			    out, problem->title[document->language]);
			buf_add_char(out, '}');
		} else {
			add_error(out, error, document->language);
		}
	}
	buf_add_char(out, ']');
}

/*
 * The members of a refusal's parameters, beside RFC 9457's own; null is what a
 * statement has nothing to say of.
 */
static void add_members(struct buf *out, json_t *parameters)
{
	static const char *const taken[] = {
	    "type", "title", "status", "detail", "instance", "errors"};
	const char *name;
	json_t *value;
	void *next;
	char *text;

	if (parameters == NULL)
		return;
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		json_object_del(parameters, taken[i]);
	json_object_foreach_safe(parameters, next, name, value)
	{
		if (json_is_null(value))
			json_object_del(parameters, name);
	}
	if (json_object_size(parameters) == 0)
		return;
	text = json_dumps(parameters, JSON_COMPACT);
	if (text == NULL)
		return;
	buf_add_char(out, ',');
	buf_add(out, text + 1, strlen(text) - 2);
	free(text);
}

static void write_problem(struct buf *out,
    const struct problem_document *document, json_t *parameters)
{
	const struct problem *problem = document->problem;
	const char *detail = problem->detail[document->language];
	struct words words = {parameters, NULL};

	buf_add_format(
	    out, "{\"type\":\"/problems/%s\",\"title\":", problem->code);
	buf_add_json_string(out, problem->title[document->language]);
	buf_add_format(out, ",\"status\":%d", problem->status);
	if (detail != NULL) {
		buf_add_string(out, ",\"detail\":");
		add_text(out, detail, &words);
	}
	buf_add_format(out, ",\"instance\":\"urn:uuid:%s\"", document->id);
	add_errors(out, document);
	add_members(out, parameters);
	buf_add_char(out, '}');
}

/* ": startIndex must be of type integer; ..." */
static void add_reasons(
    struct buf *text, const struct problem_document *document)
{
	const struct schema_error *error = document->errors;

	for (int i = 0; error != NULL && i < ERRORS_TOLD; i++) {
		const struct field_text *field = field_text_find(error->code);
		struct words words = {NULL, error->limit};

		buf_add_format(text, "%s%s%s", i == 0 ? ": " : "; ",
		    error->pointer, error->pointer[0] == '\0' ? "" : " ");
		if (field == NULL)
			buf_add_string(text, error->code);
		else
			expand(text, field->text[document->language], &words);
		error = error->next;
	}
}

static void write_scim(struct buf *out, const struct problem_document *document,
    const json_t *parameters)
{
	const struct problem *problem = document->problem;
	const char *more = problem->detail[document->language];
	const char *why =
	    json_string_value(json_object_get(parameters, "detail"));
	struct words words = {parameters, NULL};
	struct buf text = {0};

	buf_add_string(&text, problem->title[document->language]);
	add_reasons(&text, document);
	if (why != NULL)
		buf_add_format(&text, ": %s", why);
	else if (more != NULL && document->errors == NULL) {
		buf_add_string(&text, ". ");
		expand(&text, more, &words);
	}
	buf_add_format(out,
	    "{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:Error\"],"
	    "\"status\":\"%d\",",
	    problem->status);
	if (problem->scim_type != NULL)
		buf_add_format(out, "\"scimType\":\"%s\",", problem->scim_type);
	buf_add_string(out, "\"detail\":");
	buf_add_json(out, text.bytes, text.length);
	buf_add_char(out, '}');
	buf_release(&text);
}

void problem_write(struct buf *out, const struct problem_document *document)
{
	json_t *parameters = document->parameters == NULL
	    ? NULL
	    : json_loads(document->parameters, 0, NULL);

	if (document->dialect == DIALECT_SCIM)
		write_scim(out, document, parameters);
	else
		write_problem(out, document, parameters);
	json_decref(parameters);
}

void reply_refuse(const struct refusal *refusal, struct buf *headers,
    struct buf *body, int *status)
{
	const struct problem *problem = problem_get(refusal->code);
	struct problem_document document = {.problem = problem,
	    .dialect = refusal->dialect,
	    .language = language_choose(refusal->accept_language)};
	char id[37];

	uuid_new(id);
	document.id = id;
	problem_write(body, &document);
	buf_add_format(headers,
	    "Content-Type: %s\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Cache-Control: no-store\r\n"
	    "Content-Language: %s\r\nRequest-Id: %s\r\n%s",
	    problem_types[document.dialect], language_tags[document.language],
	    id,
	    problem->status == 503 || problem->status == 429
		? "Retry-After: 1\r\n"
		: "");
	*status = problem->status;
}
