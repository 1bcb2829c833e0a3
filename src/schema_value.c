#include "schema_tree.h"

#include <sys/random.h>

#include "hefboom/memory.h"

unsigned value_types(const json_t *value)
{
	double number;

	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return TYPE_OBJECT;
	case JSON_ARRAY:
		return TYPE_ARRAY;
	case JSON_STRING:
		return TYPE_STRING;
	case JSON_INTEGER:
		return TYPE_INTEGER | TYPE_NUMBER;
	case JSON_REAL:
		number = json_real_value(value);
		if (__builtin_floor(number) == number)
			return TYPE_INTEGER | TYPE_NUMBER;
		return TYPE_NUMBER;
	case JSON_NULL:
		return TYPE_NULL;
	default:
		return TYPE_BOOLEAN;
	}
}

/* A double cannot hold every integer, so the integer part goes first. */
static int integer_compare(long long integer, double real)
{
	double whole = __builtin_trunc(real);
	long long other;

	if (real >= 0x1p63)
		return -1;
	if (real < -0x1p63)
		return 1;
	other = (long long)whole;
	if (integer != other)
		return integer < other ? -1 : 1;
	return (real < whole) - (real > whole);
}

int number_compare(const json_t *one, const json_t *other)
{
	long long a = json_integer_value(one), b = json_integer_value(other);
	double c = json_real_value(one), d = json_real_value(other);

	if (json_is_integer(one) && json_is_integer(other))
		return (a > b) - (a < b);
	if (json_is_integer(one))
		return integer_compare(a, d);
	if (json_is_integer(other))
		return -integer_compare(b, c);
	return (c > d) - (c < d);
}

static bool string_equal(const json_t *one, const json_t *other)
{
	size_t length = json_string_length(one);

	return length == json_string_length(other) &&
	    memcmp(json_string_value(one), json_string_value(other), length) ==
	    0;
}

static bool array_equal(const json_t *one, const json_t *other)
{
	size_t count = json_array_size(one);

	if (count != json_array_size(other))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!value_equal(
			json_array_get(one, i), json_array_get(other, i)))
			return false;
	}
	return true;
}

static bool object_equal(json_t *one, json_t *other)
{
	const char *name;
	size_t length;
	json_t *value, *twin;

	if (json_object_size(one) != json_object_size(other))
		return false;
	json_object_keylen_foreach(one, name, length, value)
	{
		twin = json_object_getn(other, name, length);
		if (twin == NULL || !value_equal(value, twin))
			return false;
	}
	return true;
}

bool value_equal(json_t *one, json_t *other)
{
	if (json_is_number(one) && json_is_number(other))
		return number_compare(one, other) == 0;
	if (json_typeof(one) != json_typeof(other))
		return false;
	switch (json_typeof(one)) {
	case JSON_STRING:
		return string_equal(one, other);
	case JSON_ARRAY:
		return array_equal(one, other);
	case JSON_OBJECT:
		return object_equal(one, other);
	default:
		return true;
	}
}

/*
 * SipHash-1-3.  A client chooses the items of a long array, so the hash has
 * a key that he cannot know.
 */
struct sip {
	uint64_t v0, v1, v2, v3;
};

static const uint64_t *sip_key(void)
{
	static uint64_t key[2];
	static bool made;

	if (!made) {
		if (getrandom(key, sizeof(key), 0) != sizeof(key))
			abort();
		made = true;
	}
	return key;
}

static uint64_t rotate(uint64_t word, int bits)
{
	return word << bits | word >> (64 - bits);
}

static void sip_round(struct sip *sip)
{
	sip->v0 += sip->v1;
	sip->v1 = rotate(sip->v1, 13) ^ sip->v0;
	sip->v0 = rotate(sip->v0, 32);
	sip->v2 += sip->v3;
	sip->v3 = rotate(sip->v3, 16) ^ sip->v2;
	sip->v0 += sip->v3;
	sip->v3 = rotate(sip->v3, 21) ^ sip->v0;
	sip->v2 += sip->v1;
	sip->v1 = rotate(sip->v1, 17) ^ sip->v2;
	sip->v2 = rotate(sip->v2, 32);
}

static void sip_begin(struct sip *sip, unsigned type)
{
	const uint64_t *key = sip_key();

	sip->v0 = key[0] ^ 0x736f6d6570736575;
	sip->v1 = key[1] ^ 0x646f72616e646f6d ^ type;
	sip->v2 = key[0] ^ 0x6c7967656e657261;
	sip->v3 = key[1] ^ 0x7465646279746573;
}

static void sip_word(struct sip *sip, uint64_t word)
{
	sip->v3 ^= word;
	sip_round(sip);
	sip->v0 ^= word;
}

static void sip_bytes(struct sip *sip, const char *bytes, size_t length)
{
	uint64_t word;

	sip_word(sip, length);
	for (; length >= 8; bytes += 8, length -= 8) {
		memcpy(&word, bytes, 8);
		sip_word(sip, word);
	}
	word = 0;
	memcpy(&word, bytes, length);
	sip_word(sip, word);
}

static uint64_t sip_end(struct sip *sip)
{
	sip->v2 ^= 0xff;
	sip_round(sip);
	sip_round(sip);
	sip_round(sip);
	return sip->v0 ^ sip->v1 ^ sip->v2 ^ sip->v3;
}

static uint64_t value_hash(json_t *value);

static uint64_t member_hash(const char *name, size_t length, json_t *value)
{
	struct sip sip;

	sip_begin(&sip, TYPE_STRING | TYPE_OBJECT);
	sip_bytes(&sip, name, length);
	sip_word(&sip, value_hash(value));
	return sip_end(&sip);
}

static void sip_number(struct sip *sip, const json_t *value)
{
	double number = json_number_value(value);
	uint64_t word;

	number = number == 0 ? 0 : number;
	memcpy(&word, &number, sizeof(word));
	sip_word(sip, word);
}

/* Equal values have equal hashes. */
static uint64_t value_hash(json_t *value)
{
	struct sip sip;
	uint64_t members = 0;
	const char *name;
	size_t length;
	json_t *member;

	sip_begin(&sip,
	    json_is_true(value) ? 0
				: value_types(value) & ~(unsigned)TYPE_INTEGER);
	if (json_is_number(value)) {
		sip_number(&sip, value);
	} else if (json_is_string(value)) {
		sip_bytes(
		    &sip, json_string_value(value), json_string_length(value));
	} else if (json_is_array(value)) {
		for (size_t i = 0; i < json_array_size(value); i++)
			sip_word(&sip, value_hash(json_array_get(value, i)));
	} else if (json_is_object(value)) {
		json_object_keylen_foreach(value, name, length, member)
		    members += member_hash(name, length, member);
		sip_word(&sip, members);
	}
	return sip_end(&sip);
}

struct hashed {
	uint64_t hash;
	size_t item; /* counted from 1; 0 is an empty slot */
};

static long long_array_duplicate(json_t *array, size_t count)
{
	size_t slots = 64, slot;
	struct hashed *table;
	uint64_t hash;
	long found = -1;

	while (slots < count * 2)
		slots *= 2;
	table = memory_zero(slots, sizeof(*table));
	for (size_t i = 0; i < count && found < 0; i++) {
		json_t *item = json_array_get(array, i);

		hash = value_hash(item);
		slot = hash & (slots - 1);
		for (; table[slot].item > 0; slot = (slot + 1) & (slots - 1)) {
			if (table[slot].hash == hash &&
			    value_equal(item,
				json_array_get(array, table[slot].item - 1)))
				found = (long)i;
		}
		table[slot] = (struct hashed){.hash = hash, .item = i + 1};
	}
	free(table);
	return found;
}

long array_duplicate(json_t *array)
{
	size_t count = json_array_size(array);

	if (count > 16)
		return long_array_duplicate(array, count);
	for (size_t i = 1; i < count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (value_equal(json_array_get(array, i),
				json_array_get(array, j)))
				return (long)i;
		}
	}
	return -1;
}
