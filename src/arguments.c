#include "hefboom/arguments.h"

#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"
#include "hefboom/random.h"
#include "hefboom/request.h"

/* bool[], int[], text[], bigint[], float8[], date[], timestamptz[], uuid[] */
static const uint32_t array_types[] = {
    1000, 1007, 1009, 1016, 1022, 1182, 1185, 2951};

static const char *null_when_empty(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

/* {"member","leader"} (PostgreSQL, 8.15.6) */
static const char *roles_text(struct request *request)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {{ROLE_MEMBER, "member"}, {ROLE_FACILITATOR, "facilitator"},
	    {ROLE_TRAINER, "trainer"}, {ROLE_LEADER, "leader"}, {ROLE_HR, "hr"},
	    {ROLE_INTEGRATOR, "integrator"}, {ROLE_ADMIN, "admin"}};
	char *text = arena_alloc(&request->arena, 128);
	size_t length = 1;

	text[0] = '{';
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (request->roles & names[i].bit)
			length += (size_t)snprintf(text + length, 128 - length,
			    "%s%s", length > 1 ? "," : "", names[i].name);
	text[length] = '}';
	return text;
}

static bool is_array(uint32_t type)
{
	for (size_t i = 0; i < sizeof(array_types) / sizeof(uint32_t); i++)
		if (array_types[i] == type)
			return true;
	return false;
}

/* "a,b" as {"a","b"}, whatever a and b hold. */
static const char *array_text(struct request *request, const char *list)
{
	struct buf text = {0};
	const char *copy;

	buf_add_string(&text, "{\"");
	for (; *list != '\0'; list++) {
		if (*list == ',') {
			buf_add_string(&text, "\",\"");
			continue;
		}
		if (*list == '"' || *list == '\\')
			buf_add_char(&text, '\\');
		buf_add_char(&text, *list);
	}
	buf_add_string(&text, "\"}");
	copy = arena_copy(&request->arena, text.bytes, text.length);
	buf_release(&text);
	return copy;
}

static const char *parameter_value(
    struct request *request, const struct argument *argument)
{
	const char *text = request->parameters[argument->index];

	if (text == NULL || !is_array(argument->type))
		return text;
	return array_text(request, text);
}

static const char *body_value(struct request *request)
{
	if (request->body_length == 0)
		return NULL;
	/* libpq wants a string; json_read() has refused any NUL. */
	if (request->body_text == NULL)
		request->body_text = arena_copy(
		    &request->arena, request->body, request->body_length);
	return request->body_text;
}

static const char *new_id(struct request *request, void (*make)(char *))
{
	if (request->new_id[0] == '\0')
		make(request->new_id);
	return request->new_id;
}

static const char *value_of(
    struct request *request, const struct argument *argument)
{
	switch (argument->source) {
	case SOURCE_AUTH_ORG:
		return null_when_empty(request->org_id);
	case SOURCE_AUTH_PERSON:
		return null_when_empty(request->person_id);
	case SOURCE_AUTH_ROLES:
		return roles_text(request);
	case SOURCE_AUTH_LANGUAGE:
		return language_tags[request->language];
	case SOURCE_PATH:
		return request->path[argument->index];
	case SOURCE_QUERY:
	case SOURCE_HEADER:
		return parameter_value(request, argument);
	case SOURCE_BODY:
		return body_value(request);
	case SOURCE_IF_MATCH:
		return request->if_match;
	case SOURCE_NEW_ID:
		return new_id(request, uuid_new);
	case SOURCE_NEW_UNDATED:
		return new_id(request, uuid_undated);
	case SOURCE_LIMIT:
		return arena_format(&request->arena, "%u", request->limit + 1);
	case SOURCE_CURSOR:
		return request->has_cursor && request->order != NULL &&
			argument->index < request->order->key_count
		    ? request->cursor[argument->index]
		    : NULL;
	case SOURCE_KEY:
		return request->key;
	case SOURCE_CALLER:
		return request->caller;
	case SOURCE_ARG:
	default:
		abort(); /* an argument that only C code can give */
	}
}

const char *const *arguments_of(
    struct request *request, const struct statement *statement)
{
	const char **values = arena_alloc(&request->arena,
	    (size_t)statement->argument_count * sizeof(*values) + 1);

	for (int i = 0; i < statement->argument_count; i++)
		values[i] = value_of(request, &statement->arguments[i]);
	return values;
}

const char *const *arguments_named(struct request *request,
    const struct statement *statement, const struct named *pairs)
{
	const char **values = arena_alloc(&request->arena,
	    (size_t)statement->argument_count * sizeof(*values) + 1);

	for (int i = 0; i < statement->argument_count; i++) {
		const struct argument *argument = &statement->arguments[i];
		const struct named *pair = pairs;

		while (pair->name != NULL &&
		    strcmp(pair->name, argument->name) != 0)
			pair++;
		values[i] = pair->name != NULL ? pair->value
					       : value_of(request, argument);
	}
	return values;
}
