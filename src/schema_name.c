#include "schema_tree.h"

/*
 * The format `name`: one line of text as a person or thing is called.
 * Marks of direction (LRM, RLM) pass, because right-to-left names need
 * them; what turns the text around it does not.
 */
struct range {
	uint32_t first, last;
};

static const struct range refused[] = {
    {0x0000, 0x001f}, /* C0 */
    {0x007f, 0x009f}, /* DEL, C1 */
    {0x2028, 0x2029}, /* line and paragraph separator */
    {0x202a, 0x202e}, /* bidi embeddings and overrides */
    {0x2066, 0x2069}, /* bidi isolates */
    {0xfdd0, 0xfdef}, /* noncharacters */
    {0xfff9, 0xfffb}, /* interlinear annotation */
};

/* What looks like nothing. */
static const struct range blanks[] = {
    {0x0020, 0x0020},
    {0x00a0, 0x00a0},
    {0x1680, 0x1680},
    {0x2000, 0x200b},
    {0x202f, 0x202f},
    {0x205f, 0x2060},
    {0x2800, 0x2800},
    {0x3000, 0x3000},
    {0x3164, 0x3164},
    {0xfeff, 0xfeff},
};

/* What is seen only together with others: may end a name, not be one. */
static const struct range companions[] = {
    {0x00ad, 0x00ad}, /* soft hyphen */
    {0x0300, 0x036f}, /* combining marks */
    {0x061c, 0x061c}, {0x115f, 0x1160}, {0x17b4, 0x17b5}, {0x180b, 0x180f},
    {0x200c, 0x200f}, {0x2061, 0x2065}, {0x206a, 0x206f},
    {0xfe00, 0xfe0f}, /* variation selectors */
    {0xffa0, 0xffa0}, {0xe0000, 0xe0fff}, /* tags, variation selectors */
};

static bool is_within(uint32_t point, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	}
	return false;
}

/* The text is UTF-8, which whoever made the json_t has seen to. */
static const char *point_read(const char *text, uint32_t *point)
{
	unsigned char lead = (unsigned char)*text++;

	*point = lead;
	if (lead >= 0xf0)
		*point = lead & 0x07u;
	else if (lead >= 0xe0)
		*point = lead & 0x0fu;
	else if (lead >= 0xc0)
		*point = lead & 0x1fu;
	for (; ((unsigned char)*text & 0xc0) == 0x80; text++)
		*point = *point << 6 | ((unsigned char)*text & 0x3fu);
	return text;
}

size_t text_points(const char *text, size_t length)
{
	size_t points = 0;

	for (size_t i = 0; i < length; i++)
		points += ((unsigned char)text[i] & 0xc0) != 0x80;
	return points;
}

static bool is_refused(uint32_t point)
{
	return (point & 0xfffe) == 0xfffe ||
	    is_within(point, refused, sizeof(refused) / sizeof(*refused));
}

bool name_is_plain(const char *text, size_t length)
{
	const char *at = text, *end = text + length;
	uint32_t point;

	while (at < end) {
		at = point_read(at, &point);
		if (is_refused(point))
			return false;
	}
	return true;
}

bool name_matches(const char *text, size_t length)
{
	const char *at = text, *end = text + length;
	bool blank = true, seen = false;
	uint32_t point;

	while (at < end) {
		bool first = at == text;

		at = point_read(at, &point);
		if (is_refused(point))
			return false;
		blank =
		    is_within(point, blanks, sizeof(blanks) / sizeof(*blanks));
		if (first && blank)
			return false;
		seen = seen ||
		    (!blank &&
			!is_within(point, companions,
			    sizeof(companions) / sizeof(*companions)));
	}
	return seen && !blank;
}
