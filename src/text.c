#include "hefboom/text.h"

#include "hefboom/buf.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"
#include "hefboom/transaction.h"

enum { SLOTS = 16384 };

struct entry {
	const struct statement *statement;
	struct variant variant;
	struct text *text;
};

/* Open addressing; a program has some hundreds of texts at the most. */
static struct entry entries[SLOTS];
static unsigned entry_count;

/* The part of a variant that this statement looks at. */
static struct variant variant_narrow(
    const struct statement *statement, const struct variant *variant)
{
	struct variant narrow = {0};

	for (int i = 0; i < statement->piece_count; i++) {
		const struct piece *piece = &statement->pieces[i];

		switch (piece->kind) {
		case PIECE_TEXT:
			break;
		case PIECE_OPTIONAL:
			narrow.given |= variant->given & (1u << piece->index);
			break;
		case PIECE_PAGE:
			narrow.order = variant->order;
			narrow.next = variant->next;
			break;
		case PIECE_ORDER:
			narrow.order = variant->order;
			break;
		case PIECE_KEYED:
			narrow.keyed = variant->keyed;
			break;
		}
	}
	return narrow;
}

static bool variant_equal(const struct variant *one, const struct variant *two)
{
	return one->order == two->order && one->next == two->next &&
	    one->keyed == two->keyed && one->given == two->given;
}

static unsigned slot_of(
    const struct statement *statement, const struct variant *variant)
{
	uint64_t hash = (uint64_t)(uintptr_t)statement;

	hash =
	    (hash ^ (uint64_t)(uintptr_t)variant->order) * 0x9e3779b97f4a7c15u;
	hash ^= variant->given * 2654435761u;
	hash ^= (variant->next ? 0x5bd1e995u : 0) ^ (variant->keyed ? 77u : 0);
	hash *= 0xff51afd7ed558ccdu;
	return (unsigned)(hash >> 32) % SLOTS;
}

static void add_keys(struct buf *sql, const struct order *order,
    const char *prefix, const char *suffix)
{
	for (int i = 0; i < order->key_count; i++) {
		if (i > 0)
			buf_add_string(sql, ", ");
		buf_add_string(sql, prefix);
		buf_add_string(sql, order->keys[i].column);
		buf_add_string(sql, suffix);
	}
}

static void add_page(struct buf *sql, const struct statement *statement,
    const struct piece *piece, const struct variant *variant)
{
	const struct order *order = variant->order;

	if (!variant->next || order == NULL) {
		buf_add_string(sql, "true");
		return;
	}
	buf_add_char(sql, '(');
	add_keys(sql, order, piece->text, "");
	buf_add_string(sql, order->descending ? ") < (" : ") > (");
	for (int i = 0; i < order->key_count; i++)
		buf_add_format(
		    sql, "%s$%d", i > 0 ? ", " : "", statement->cursor_at + i);
	buf_add_char(sql, ')');
}

static void add_piece(struct buf *sql, const struct statement *statement,
    const struct piece *piece, const struct variant *variant)
{
	switch (piece->kind) {
	case PIECE_TEXT:
		buf_add_string(sql, piece->text);
		break;
	case PIECE_OPTIONAL:
		if ((variant->given & (1u << piece->index)) != 0)
			buf_add_string(sql, piece->text);
		break;
	case PIECE_PAGE:
		add_page(sql, statement, piece, variant);
		break;
	case PIECE_ORDER:
		if (variant->order != NULL)
			add_keys(sql, variant->order, piece->text,
			    variant->order->descending ? " desc" : "");
		break;
	case PIECE_KEYED:
		buf_add_string(
		    sql, variant->keyed ? piece->text : piece->other);
		break;
	}
}

/* "list_skills:name:next:5": what logs and pg_stat_statements show. */
static char *variant_name(
    const struct statement *statement, const struct variant *variant)
{
	struct buf name = {0};

	buf_add_string(&name, statement->name);
	if (variant->order != NULL)
		buf_add_format(&name, ":%s", variant->order->name);
	if (variant->next)
		buf_add_string(&name, ":next");
	if (variant->keyed)
		buf_add_string(&name, ":keyed");
	if (variant->given != 0)
		buf_add_format(&name, ":%x", variant->given);
	return buf_take(&name, NULL);
}

static const uint32_t *variant_types(
    const struct statement *statement, const struct variant *variant)
{
	uint32_t *types =
	    memory_zero(statement->argument_count, sizeof(*types));

	for (int i = 0; i < statement->argument_count; i++) {
		const struct argument *argument = &statement->arguments[i];
		const struct order *order = variant->order;

		types[i] = argument->type;
		if (argument->source != SOURCE_CURSOR)
			continue;
		types[i] = 25; /* text: not looked at */
		if (order != NULL && argument->index < order->key_count)
			types[i] = order->keys[argument->index].type;
	}
	return types;
}

static struct text *text_new(
    const struct statement *statement, const struct variant *variant)
{
	struct text *text = memory_zero(1, sizeof(*text));
	struct buf sql = {0};

	for (int i = 0; i < statement->piece_count; i++)
		add_piece(&sql, statement, &statement->pieces[i], variant);
	text->id = entry_count++;
	text->name = variant_name(statement, variant);
	text->sql = buf_take(&sql, NULL);
	text->types = variant_types(statement, variant);
	text->count = statement->argument_count;
	return text;
}

const struct text *text_find(
    const struct statement *statement, const struct variant *variant)
{
	struct variant narrow = variant_narrow(statement, variant);
	unsigned slot = slot_of(statement, &narrow);
	struct entry *entry;

	for (;; slot = (slot + 1) % SLOTS) {
		entry = &entries[slot];
		if (entry->text == NULL)
			break;
		if (entry->statement == statement &&
		    variant_equal(&entry->variant, &narrow))
			return entry->text;
	}
	if (entry_count >= SLOTS / 2)
		abort(); /* text_check() has seen to it */
	entry->statement = statement;
	entry->variant = narrow;
	entry->text = text_new(statement, &narrow);
	return entry->text;
}

const struct text *text_plain(const struct statement *statement)
{
	return text_find(statement, &(struct variant){0});
}

/* How many texts a statement can have with so many orders. */
static size_t variant_count(
    const struct statement *statement, size_t order_count)
{
	size_t count = 1;
	uint32_t seen = 0;

	for (int i = 0; i < statement->piece_count; i++) {
		const struct piece *piece = &statement->pieces[i];
		uint32_t bit =
		    piece->kind == PIECE_OPTIONAL ? 1u << piece->index : 0;

		if (piece->kind == PIECE_KEYED || (bit & ~seen) != 0)
			count *= 2;
		seen |= bit;
	}
	return order_count == 0 ? count : count * 2 * order_count;
}

int text_check(char **error)
{
	size_t total = statement_count + job_count;

	for (size_t i = 0; i < operation_count; i++) {
		const struct operation *operation = &operations[i];

		/* Beside them: enter, take_key and settle_key. */
		if (operation->statement_count + 3 > TRANSACTION_QUERIES_MAX) {
			*error = memory_format(
			    "%s has too many statements", operation->name);
			return -1;
		}
		for (int j = 0; j < operation->statement_count; j++)
			total += variant_count(
			    &operation->statements[j], operation->order_count);
	}
	if (total < SLOTS / 2)
		return 0;
	*error = memory_format("the API has %zu variants of statements, and "
			       "room for %d",
	    total, SLOTS / 2);
	return -1;
}
