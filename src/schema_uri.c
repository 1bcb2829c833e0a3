#include "schema_tree.h"

#include "hefboom/buf.h"

/* Resolution of references: RFC 3986, section 5.2. */
struct slice {
	const char *start;
	size_t length;
};

/* A part that is absent has start NULL. */
struct uri {
	struct slice scheme, authority, path, query;
};

static struct slice slice_of(const char *start, const char *end)
{
	return (struct slice){.start = start, .length = (size_t)(end - start)};
}

/* As the expression of RFC 3986, appendix B; a fragment is left out. */
static struct uri uri_split(const char *text)
{
	struct uri uri = {0};
	const char *end = text + strcspn(text, ":/?#");

	if (*end == ':' && end > text) {
		uri.scheme = slice_of(text, end);
		text = end + 1;
	}
	if (text[0] == '/' && text[1] == '/') {
		end = text + 2 + strcspn(text + 2, "/?#");
		uri.authority = slice_of(text + 2, end);
		text = end;
	}
	end = text + strcspn(text, "?#");
	uri.path = slice_of(text, end);
	if (*end == '?') {
		text = end + 1;
		uri.query = slice_of(text, text + strcspn(text, "#"));
	}
	return uri;
}

/* Section 5.2.4: what `path` adds to `out` behind the length `floor`. */
static void add_without_dots(struct buf *out, const char *path)
{
	size_t floor = out->length, length;

	while (*path != '\0') {
		length = strcspn(path + 1, "/") + 1;
		if (length == 2 && memcmp(path, "/.", 2) == 0) {
			if (path[2] == '\0')
				buf_add_char(out, '/');
		} else if (length == 3 && memcmp(path, "/..", 3) == 0) {
			while (out->length > floor &&
			    out->bytes[--out->length] != '/')
				;
			if (path[3] == '\0')
				buf_add_char(out, '/');
		} else {
			buf_add(out, path, length);
		}
		path += length;
	}
}

/* Section 5.2.3: the reference's path in place of the last segment. */
static void add_merged(
    struct buf *out, const struct uri *base, struct slice path)
{
	struct buf merged = {0};
	size_t keep = base->path.length;

	while (keep > 0 && base->path.start[keep - 1] != '/')
		keep--;
	if (path.length > 0 && path.start[0] == '/')
		keep = 0;
	else if (keep == 0 && base->authority.start != NULL)
		buf_add_char(&merged, '/');
	buf_add(&merged, base->path.start, keep);
	buf_add(&merged, path.start, path.length);
	if (merged.length > 0 && merged.bytes[0] == '/')
		add_without_dots(out, merged.bytes);
	else
		buf_add(out, merged.bytes, merged.length);
	buf_release(&merged);
}

static void add_root(struct buf *out, const struct uri *uri)
{
	if (uri->scheme.start != NULL) {
		buf_add(out, uri->scheme.start, uri->scheme.length);
		buf_add_char(out, ':');
	}
	if (uri->authority.start != NULL) {
		buf_add_string(out, "//");
		buf_add(out, uri->authority.start, uri->authority.length);
	}
}

static void add_query(struct buf *out, struct slice query)
{
	if (query.start != NULL) {
		buf_add_char(out, '?');
		buf_add(out, query.start, query.length);
	}
}

char *uri_resolve(struct arena *arena, const char *base, const char *reference)
{
	struct uri from = uri_split(base), to = uri_split(reference);
	struct buf out = {0};
	char *copy;

	if (to.scheme.start != NULL)
		return arena_copy(arena, reference, strcspn(reference, "#"));
	if (to.authority.start != NULL) {
		to.scheme = from.scheme;
		from = to;
		to = (struct uri){.path = {.start = ""}};
	}
	add_root(&out, &from);
	if (to.path.length == 0) {
		buf_add(&out, from.path.start, from.path.length);
		add_query(&out, to.query.start ? to.query : from.query);
	} else {
		add_merged(&out, &from, to.path);
		add_query(&out, to.query);
	}
	copy = arena_copy(arena, out.bytes, out.length);
	buf_release(&out);
	return copy;
}
