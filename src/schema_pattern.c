#define PCRE2_CODE_UNIT_WIDTH 8
#include "schema_tree.h"

#include <pcre2.h>

#include "hefboom/buf.h"

/*
 * PCRE2 made to read patterns as ECMAScript does with its u flag: \uXXXX,
 * empty classes, a $ that is the end, blanks beyond ASCII, and the long names
 * of the general categories, which PCRE2 only knows by their letters. Searching
 * ahead with vectors is off: it does not pay for short texts, and it reads past
 * their end, which valgrind cannot tell from a mistake.
 */
enum {
	OPTIONS = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX |
	    PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF |
	    PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_START_OPTIMIZE,
	MATCH_LIMIT = 100000,
	HEAP_LIMIT_KIB = 16384,
};

struct pattern_machine {
	pcre2_compile_context *dialect;
	pcre2_match_context *limits;
	pcre2_match_data *match;
};

struct pattern {
	pcre2_code *code;
	const char *text;
	struct pattern_machine *machine;
};

static const struct {
	const char *name, *letters;
} categories[] = {
    {"Letter", "L"},
    {"Uppercase_Letter", "Lu"},
    {"Lowercase_Letter", "Ll"},
    {"Mark", "M"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"Punctuation", "P"},
    {"Symbol", "S"},
    {"Separator", "Z"},
    {"Other", "C"},
};

static void machine_free(void *object)
{
	struct pattern_machine *machine = object;

	pcre2_match_data_free(machine->match);
	pcre2_match_context_free(machine->limits);
	pcre2_compile_context_free(machine->dialect);
}

static void code_free(void *object)
{
	pcre2_code_free(object);
}

static struct pattern_machine *machine_of(struct schema_set *set)
{
	struct pattern_machine *machine = set->machine;

	if (machine != NULL)
		return machine;
	machine = arena_alloc(&set->arena, sizeof(*machine));
	machine->dialect = pcre2_compile_context_create(NULL);
	machine->limits = pcre2_match_context_create(NULL);
	machine->match = pcre2_match_data_create(1, NULL);
	if (machine->dialect == NULL || machine->limits == NULL ||
	    machine->match == NULL)
		abort();
	pcre2_set_newline(machine->dialect, PCRE2_NEWLINE_ANYCRLF);
	pcre2_set_compile_extra_options(machine->dialect, PCRE2_EXTRA_ALT_BSUX);
	pcre2_set_match_limit(machine->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(machine->limits, MATCH_LIMIT);
	pcre2_set_heap_limit(machine->limits, HEAP_LIMIT_KIB);
	arena_defer(&set->arena, machine_free, machine);
	return set->machine = machine;
}

/* The letters of the category that `name` begins with, up to its brace. */
static const char *category_find(const char *name, size_t *length)
{
	for (size_t i = 0; i < sizeof(categories) / sizeof(*categories); i++) {
		*length = strlen(categories[i].name);
		if (strncmp(name, categories[i].name, *length) == 0 &&
		    name[*length] == '}')
			return categories[i].letters;
	}
	return NULL;
}

/* White space and line ends of ECMAScript (12.2, 12.3); PCRE2's are ASCII. */
static const char blanks[] =
    "\\s\\u{a0}\\u{1680}\\u{2000}-\\u{200a}\\u{2028}\\u{2029}\\u{202f}"
    "\\u{205f}\\u{3000}\\u{feff}";
static const char others[] =
    "\\u{0}-\\u{8}\\u{e}-\\u{1f}\\u{21}-\\u{9f}\\u{a1}-\\u{167f}"
    "\\u{1681}-\\u{1fff}\\u{200b}-\\u{2027}\\u{202a}-\\u{202e}"
    "\\u{2030}-\\u{205e}\\u{2060}-\\u{2fff}\\u{3001}-\\u{fefe}"
    "\\u{ff00}-\\u{10ffff}";

/* What is escaped at `text`; returns its last character. */
static const char *escape_write(
    struct buf *buf, const char *text, bool in_class)
{
	const char *letters;
	size_t length;

	if (*text == 's' || *text == 'S') {
		letters = *text == 's' ? blanks : others;
		buf_add_format(buf, in_class ? "%s" : "[%s]", letters);
		return text;
	}
	buf_add_format(buf, "\\%c", *text);
	if ((*text != 'p' && *text != 'P') || text[1] != '{')
		return text;
	letters = category_find(text + 2, &length);
	if (letters == NULL)
		return text;
	buf_add_format(buf, "{%s", letters);
	return text + 1 + length;
}

static void translate(struct buf *buf, const char *text)
{
	bool in_class = false;

	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0') {
			text = escape_write(buf, text + 1, in_class);
			continue;
		}
		in_class = *text == '[' || (in_class && *text != ']');
		buf_add_char(buf, *text);
	}
}

static const char *explain(struct schema_set *set, int error, size_t offset)
{
	PCRE2_UCHAR message[128];

	pcre2_get_error_message(error, message, sizeof(message));
	return arena_format(&set->arena, "%s, at %zu", (char *)message, offset);
}

const struct pattern *pattern_compile(
    struct schema_set *set, const char *text, const char **complaint)
{
	struct pattern_machine *machine = machine_of(set);
	struct pattern *pattern;
	struct buf buf = {0};
	pcre2_code *code;
	size_t offset;
	int error;

	translate(&buf, text);
	code = pcre2_compile((PCRE2_SPTR)(buf.bytes == NULL ? "" : buf.bytes),
	    buf.length, OPTIONS, &error, &offset, machine->dialect);
	buf_release(&buf);
	if (code == NULL) {
		*complaint = explain(set, error, offset);
		return NULL;
	}
	/* Where memory may not be made executable the interpreter serves. */
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	arena_defer(&set->arena, code_free, code);
	pattern = arena_alloc(&set->arena, sizeof(*pattern));
	pattern->code = code;
	pattern->text = arena_string(&set->arena, text);
	pattern->machine = machine;
	return pattern;
}

static int pattern_run(const struct pattern *pattern, const char *text,
    size_t length, uint32_t options)
{
	const struct pattern_machine *machine = pattern->machine;

	return pcre2_match(pattern->code, (PCRE2_SPTR)text, length, 0, options,
	    machine->match, machine->limits);
}

/* Giving up at a limit is no match, but the small stack of JIT is none. */
bool pattern_matches(
    const struct pattern *pattern, const char *text, size_t length)
{
	int count = pattern_run(pattern, text, length, 0);

	if (count == PCRE2_ERROR_JIT_STACKLIMIT)
		count = pattern_run(pattern, text, length, PCRE2_NO_JIT);
	return count >= 0;
}

const char *pattern_text(const struct pattern *pattern)
{
	return pattern->text;
}
