#include "schema_tree.h"

static struct decimal decimal_trim(uint64_t digits, int exponent)
{
	while (digits != 0 && digits % 10 == 0) {
		digits /= 10;
		exponent++;
	}
	return (struct decimal){.digits = digits, .exponent = exponent};
}

/* The fewest digits that read back as the same double: what was written. */
static struct decimal decimal_of_real(double number)
{
	char text[40];
	uint64_t digits = 0;
	int precision = 14;
	const char *c;

	if (number < 0)
		number = -number;
	do {
		snprintf(text, sizeof(text), "%.*e", precision, number);
	} while (strtod(text, NULL) != number && precision++ < 16);
	for (c = text; *c != 'e'; c++) {
		if (*c >= '0' && *c <= '9')
			digits = digits * 10 + (uint64_t)(*c - '0');
	}
	return decimal_trim(digits, (int)strtol(c + 1, NULL, 10) - precision);
}

struct decimal decimal_of(const json_t *number)
{
	long long integer;

	if (json_is_real(number))
		return decimal_of_real(json_real_value(number));
	integer = json_integer_value(number);
	return decimal_trim(
	    integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer, 0);
}

static uint64_t modular_sum(uint64_t a, uint64_t b, uint64_t modulus)
{
	return a >= modulus - b ? a - (modulus - b) : a + b;
}

/*
 * Exact, in decimal digits: 0.0075 is a multiple of 0.0001, although their
 * quotient as doubles is not whole.
 */
bool decimal_is_multiple(struct decimal value, struct decimal step)
{
	int power = value.exponent - step.exponent;
	uint64_t rest, twice, eight;

	if (value.digits == 0)
		return true;
	if (power < 0)
		return false;
	rest = value.digits % step.digits;
	for (; power > 0 && rest != 0; power--) {
		twice = modular_sum(rest, rest, step.digits);
		eight = modular_sum(twice, twice, step.digits);
		eight = modular_sum(eight, eight, step.digits);
		rest = modular_sum(eight, twice, step.digits);
	}
	return rest == 0;
}
