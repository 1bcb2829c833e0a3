#include <assert.h>
#include <strings.h>

#include "hefboom/problem.h"

const char *const language_tags[LANGUAGES] = {"en", "nl", "fr", "de"};

const struct problem *problem_find(const char *code)
{
	size_t low = 0, high = problem_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(code, problems[middle].code);

		if (order == 0)
			return &problems[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct problem *problem_get(const char *code)
{
	const struct problem *problem = problem_find(code);

	if (problem == NULL)
		problem = problem_find("internal");
	assert(problem != NULL);
	return problem;
}

const struct field_text *field_text_find(const char *code)
{
	for (size_t i = 0; i < field_text_count; i++)
		if (strcmp(code, field_texts[i].code) == 0)
			return &field_texts[i];
	return NULL;
}

/* A weight in thousandths (RFC 9110, 12.4.2), or -1 when it is none. */
static int weight_read(const char *text, size_t length)
{
	int weight, unit = 100;

	if (length == 0 || length > 5 || (text[0] != '0' && text[0] != '1'))
		return -1;
	weight = (text[0] - '0') * 1000;
	if (length > 1 && text[1] != '.')
		return -1;
	for (size_t i = 2; i < length; i++, unit /= 10) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		weight += (text[i] - '0') * unit;
	}
	return weight <= 1000 ? weight : -1;
}

struct range {
	const char *tag;
	size_t length;
	int weight; /* thousandths; -1: not to be understood */
};

static size_t blanks(const char *text)
{
	return strspn(text, " \t");
}

/* Reads one element of the list; returns where the next one begins. */
static const char *range_read(struct range *range, const char *text)
{
	text += blanks(text);
	range->tag = text;
	range->length = strcspn(text, " \t;,");
	range->weight = range->length > 0 ? 1000 : -1;
	text += range->length;
	text += blanks(text);
	if (*text == ';') {
		text++;
		text += blanks(text);
		range->weight = -1;
		if ((text[0] == 'q' || text[0] == 'Q') && text[1] == '=') {
			size_t length = strcspn(text + 2, " \t,");

			range->weight = weight_read(text + 2, length);
			text += 2 + length;
			text += blanks(text);
		}
	}
	if (*text != ',' && *text != '\0')
		range->weight = -1;
	text += strcspn(text, ",");
	return *text == ',' ? text + 1 : text;
}

/*
 * How well a range fits a tag: 3 is the tag itself, 2 a variant of it
 * (nl-BE), 1 the asterisk, 0 not at all.
 */
static int range_fit(const struct range *range, const char *tag)
{
	size_t length = strlen(tag);

	if (range->length == 1 && range->tag[0] == '*')
		return 1;
	if (range->length < length || strncasecmp(range->tag, tag, length) != 0)
		return 0;
	if (range->length == length)
		return 3;
	return range->tag[length] == '-' ? 2 : 0;
}

enum language language_choose(const char *accept_language)
{
	/* A language's weight is what its most exact range says. */
	int weight[LANGUAGES] = {0}, fit[LANGUAGES] = {0};
	unsigned place[LANGUAGES] = {0}, at = 0;
	enum language best = LANGUAGE_EN;

	while (accept_language != NULL && *accept_language != '\0') {
		struct range range;

		accept_language = range_read(&range, accept_language);
		for (int i = 0; range.weight >= 0 && i < LANGUAGES; i++) {
			int fits = range_fit(&range, language_tags[i]);

			if (fits <= fit[i])
				continue;
			fit[i] = fits;
			weight[i] = range.weight;
			place[i] = at;
		}
		at++;
	}
	for (int i = 1; i < LANGUAGES; i++)
		if (weight[i] > weight[best] ||
		    (weight[i] == weight[best] && weight[i] > 0 &&
			place[i] < place[best]))
			best = (enum language)i;
	return best;
}
