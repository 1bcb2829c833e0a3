/*
 * What is public is said, and everything else is not: IPv6 by its one global
 * prefix, IPv4 by the registry of what is not global (RFC 6890).
 */
#include "hefboom/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "hefboom/memory.h"

enum { V4_BITS = 96 };

static const unsigned char mapped[12] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
/* RFC 6052: how a network without IPv4 writes its addresses. */
static const unsigned char translated[12] = {0, 0x64, 0xff, 0x9b};

struct range {
	unsigned char first[16];
	unsigned bits;
};

static const struct range closed_v4[] = {
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{168, 63, 129, 16}, 32}, /* Azure's own, on every machine there */
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 31, 196}, 24},
    {{192, 52, 193}, 24},
    {{192, 88, 99}, 24},
    {{192, 168}, 16},
    {{192, 175, 48}, 24},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{224}, 4},
    {{240}, 4},
};

static const struct range open_v6 = {{0x20}, 3};

static const struct range closed_v6[] = {
    {{0x20, 0x01}, 23}, /* Teredo, ORCHID, benchmarks */
    {{0x20, 0x01, 0x0d, 0xb8}, 32},
    {{0x20, 0x02}, 16}, /* 6to4 hides IPv4 */
    {{0x26, 0x20, 0, 0x4f, 0x80}, 48},
    {{0x3f, 0xfe}, 16},
    {{0x3f, 0xff}, 20},
};

static bool starts_with(
    const unsigned char *address, const unsigned char *first, unsigned bits)
{
	unsigned bytes = bits / 8, rest = bits % 8;

	return memcmp(address, first, bytes) == 0 &&
	    (rest == 0 || (address[bytes] ^ first[bytes]) >> (8 - rest) == 0);
}

static bool is_within(
    const unsigned char *address, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (starts_with(address, ranges[i].first, ranges[i].bits))
			return true;
	return false;
}

static bool is_public(const unsigned char address[16])
{
	if (memcmp(address, mapped, sizeof(mapped)) == 0)
		return !is_within(address + 12, closed_v4,
		    sizeof(closed_v4) / sizeof(closed_v4[0]));
	return is_within(address, &open_v6, 1) &&
	    !is_within(
		address, closed_v6, sizeof(closed_v6) / sizeof(closed_v6[0]));
}

/* False: neither IPv4 nor IPv6, or one that means something here alone. */
static bool address_take(
    unsigned char taken[16], const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in v4;

		memcpy(&v4, address, sizeof(v4));
		memcpy(taken, mapped, sizeof(mapped));
		memcpy(taken + 12, &v4.sin_addr, 4);
		return true;
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 v6;

		memcpy(&v6, address, sizeof(v6));
		memcpy(taken, &v6.sin6_addr, 16);
		if (memcmp(taken, translated, sizeof(translated)) == 0)
			memcpy(taken, mapped, sizeof(mapped));
		return v6.sin6_scope_id == 0;
	}
	return false;
}

bool address_is_allowed(
    const struct networks *networks, const struct sockaddr *address, bool plain)
{
	unsigned char taken[16];

	if (!address_take(taken, address))
		return false;
	for (size_t i = 0; i < networks->count; i++)
		if (starts_with(taken, networks->list[i].address,
			networks->list[i].bits))
			return true;
	return !plain && is_public(taken);
}

/* The digits behind a slash; false when they are none or too many. */
static bool bits_read(const char *text, unsigned most, unsigned *bits)
{
	unsigned number = 0;

	if (*text == '\0' || strlen(text) > 3)
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		number = number * 10 + (unsigned)(*text - '0');
	}
	*bits = number;
	return number <= most;
}

/* A bit behind the prefix is a mistake that would allow another network. */
static bool rest_is_zero(const struct network *network)
{
	for (unsigned bit = network->bits; bit < 128; bit++)
		if (network->address[bit / 8] & 0x80 >> bit % 8)
			return false;
	return true;
}

static bool network_read(struct network *network, char *word)
{
	char *slash = strchr(word, '/');
	unsigned bits;

	if (slash != NULL)
		*slash = '\0';
	if (inet_pton(AF_INET, word, network->address + 12) == 1) {
		memcpy(network->address, mapped, sizeof(mapped));
		bits = 32;
		if (slash != NULL && !bits_read(slash + 1, 32, &bits))
			return false;
		network->bits = V4_BITS + bits;
	} else if (inet_pton(AF_INET6, word, network->address) == 1) {
		network->bits = 128;
		if (slash != NULL && !bits_read(slash + 1, 128, &network->bits))
			return false;
	} else {
		return false;
	}
	return rest_is_zero(network);
}

char *networks_read(struct networks *networks, const char *text)
{
	static const char between[] = " \t,";
	char *fault = NULL;

	networks->count = 0;
	while (fault == NULL && *(text += strspn(text, between)) != '\0') {
		size_t length = strcspn(text, between);
		char *word = memory_copy(text, length);

		if (networks->count == NETWORKS_MAX)
			fault = memory_format(
			    "more than %d networks", NETWORKS_MAX);
		else if (!network_read(
			     &networks->list[networks->count++], word))
			fault = memory_format("\"%.*s\" is no network, as "
					      "10.1.0.0/16 is one",
			    (int)(length < 64 ? length : 64), text);
		free(word);
		text += length;
	}
	return fault;
}
