#include "schema_tree.h"

#include "hefboom/buf.h"

/*
 * What a $ref means: a base URI by $id, an $anchor, a JSON pointer.  Only
 * what stands in the same document can be referred to.
 */
struct identifier {
	const char *uri; /* absolute when it can be; perhaps with #anchor */
	struct location at;
	struct identifier *next;
};

struct document {
	json_t *root;
	struct identifier *identifiers;
	struct document *next;
};

/* A node on the way through a document that is looked at for identifiers. */
struct visit {
	struct compiler *compiler;
	struct document *document;
	const char *base;
	bool is_map; /* its members' names are no keywords */
};

static const char *string_member(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

const char *location_base(struct compiler *compiler, const struct location *at)
{
	const char *id = string_member(at->node, "$id");

	if (id == NULL)
		return at->base;
	return uri_resolve(&compiler->set->arena, at->base, id);
}

static void identifier_add(struct visit *visit, const struct place *place,
    const json_t *node, const char *uri)
{
	struct arena *arena = &visit->compiler->set->arena;
	struct identifier *identifier = arena_alloc(arena, sizeof(*identifier));

	identifier->uri = uri;
	identifier->at = (struct location){.document = visit->document,
	    .node = node,
	    .base = visit->base,
	    .pointer = place_pointer(place, arena)};
	identifier->next = visit->document->identifiers;
	visit->document->identifiers = identifier;
}

/* Returns the base of what is inside the node. */
static const char *visit_identifiers(
    struct visit *visit, const struct place *place, const json_t *node)
{
	struct arena *arena = &visit->compiler->set->arena;
	const char *id = string_member(node, "$id");
	const char *anchor = string_member(node, "$anchor");
	const char *base = visit->base;

	if (id != NULL) {
		base = uri_resolve(arena, base, id);
		identifier_add(visit, place, node, base);
	}
	if (anchor != NULL)
		identifier_add(visit, place, node,
		    arena_format(arena, "%s#%s", base, anchor));
	return base;
}

static bool is_among(const char *word, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (strcmp(word, *words) == 0)
			return true;
	}
	return false;
}

/* Any object may be a schema, but for what is inside a mere value. */
static void visit_node(
    struct visit visit, const struct place *place, json_t *node)
{
	static const char *const values[] = {
	    "enum", "const", "default", "example", "examples", NULL};
	static const char *const maps[] = {"properties", "$defs",
	    "patternProperties", "dependentSchemas", "schemas", NULL};
	bool is_map = visit.is_map;
	const char *name;
	json_t *member;
	size_t i;

	if (json_is_object(node) && !is_map)
		visit.base = visit_identifiers(&visit, place, node);
	json_object_foreach(node, name, member)
	{
		struct place below = {
		    .parent = place, .name = name, .length = strlen(name)};

		visit.is_map = !is_map && is_among(name, maps);
		if (is_map || !is_among(name, values))
			visit_node(visit, &below, member);
	}
	visit.is_map = false;
	json_array_foreach(node, i, member)
	{
		struct place below = {.parent = place, .index = i};

		visit_node(visit, &below, member);
	}
}

static void document_close(void *object)
{
	json_decref(object);
}

struct document *document_open(struct compiler *compiler, const json_t *root)
{
	struct schema_set *set = compiler->set;
	struct document *document = set->documents;
	struct visit visit = {.compiler = compiler, .base = ""};

	for (; document != NULL; document = document->next) {
		if (document->root == root)
			return document;
	}
	document = arena_alloc(&set->arena, sizeof(*document));
	document->root = json_incref((json_t *)root);
	arena_defer(&set->arena, document_close, document->root);
	document->next = set->documents;
	set->documents = document;
	visit.document = document;
	visit_node(visit, NULL, document->root);
	return document;
}

static bool identifier_find(
    struct document *document, const char *uri, struct location *found)
{
	struct identifier *identifier = document->identifiers;

	for (; identifier != NULL; identifier = identifier->next) {
		if (strcmp(identifier->uri, uri) == 0) {
			*found = identifier->at;
			return true;
		}
	}
	if (*uri != '\0')
		return false;
	*found = (struct location){.document = document,
	    .node = document->root,
	    .base = "",
	    .pointer = ""};
	return true;
}

/* One reference token, up to the next slash, unescaped (RFC 6901). */
static const char *token_read(struct buf *token, const char *pointer)
{
	buf_clear(token);
	buf_add_string(token, "");
	for (; *pointer != '\0' && *pointer != '/'; pointer++) {
		if (pointer[0] == '~' && pointer[1] == '1') {
			buf_add_char(token, '/');
			pointer++;
		} else if (pointer[0] == '~' && pointer[1] == '0') {
			buf_add_char(token, '~');
			pointer++;
		} else {
			buf_add_char(token, *pointer);
		}
	}
	return pointer;
}

static bool location_descend(
    struct compiler *compiler, struct location *at, const char *token)
{
	const json_t *child = json_object_get(at->node, token);
	struct location below;
	char *end;
	unsigned long index;

	at->base = location_base(compiler, at);
	if (child != NULL) {
		below = location_member(compiler, at, token, child);
	} else if (*token >= '0' && *token <= '9') {
		index = strtoul(token, &end, 10);
		child = json_array_get(at->node, index);
		if (*end != '\0' || child == NULL)
			return false;
		below = location_item(compiler, at, index, child);
	} else {
		return false;
	}
	*at = below;
	return true;
}

static bool pointer_follow(
    struct compiler *compiler, struct location *at, const char *pointer)
{
	struct buf token = {0};
	bool found = true;

	while (found && *pointer == '/') {
		pointer = token_read(&token, pointer + 1);
		found = location_descend(
		    compiler, at, token.bytes == NULL ? "" : token.bytes);
	}
	buf_release(&token);
	return found;
}

static int hex_value(char c)
{
	const char *digits = "0123456789abcdef";
	const char *digit = c == '\0' ? NULL : strchr(digits, c | 32);

	return digit == NULL ? -1 : (int)(digit - digits);
}

static char *percent_decode(struct arena *arena, const char *text)
{
	char *copy = arena_string(arena, text), *to = copy;

	for (; *text != '\0'; text++) {
		if (*text == '%' && hex_value(text[1]) >= 0 &&
		    hex_value(text[2]) >= 0) {
			*to++ = (char)(hex_value(text[1]) * 16 +
			    hex_value(text[2]));
			text += 2;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
	return copy;
}

bool location_point(struct compiler *compiler, const struct location *from,
    const char *pointer, struct location *found)
{
	*found = *from;
	if (*pointer != '\0' && *pointer != '/')
		return false;
	return pointer_follow(compiler, found, pointer);
}

bool location_find(struct compiler *compiler, const struct location *from,
    const char *reference, struct location *found)
{
	struct arena *arena = &compiler->set->arena;
	const char *hash = strchrnul(reference, '#');
	const char *fragment = *hash == '#' ? hash + 1 : hash;
	char *uri = arena_copy(arena, reference, (size_t)(hash - reference));

	uri = uri_resolve(arena, from->base, uri);
	fragment = percent_decode(arena, fragment);
	if (*fragment != '\0' && *fragment != '/')
		return identifier_find(from->document,
		    arena_format(arena, "%s#%s", uri, fragment), found);
	return identifier_find(from->document, uri, found) &&
	    pointer_follow(compiler, found, fragment);
}
