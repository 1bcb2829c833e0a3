/*
 * What is public is said, and everything else is not: IPv6 by its one global
 * prefix, IPv4 by the registry of what is not global (RFC 6890).
 */
#include "hefboom/fetch.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "hefboom/networks.h"

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

static bool is_within(
    const unsigned char *address, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (bits_match(address, ranges[i].first, ranges[i].bits))
			return true;
	return false;
}

static bool is_public(const struct ip *address)
{
	const unsigned char *bytes = address->bytes;

	if (address_is_v4(address))
		return !is_within(bytes + 12, closed_v4,
		    sizeof(closed_v4) / sizeof(closed_v4[0]));
	return is_within(bytes, &open_v6, 1) &&
	    !is_within(
		bytes, closed_v6, sizeof(closed_v6) / sizeof(closed_v6[0]));
}

/* False: neither IPv4 nor IPv6, or one that means something here alone. */
static bool address_take(struct ip *taken, const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct sockaddr_in v4;

		memcpy(&v4, address, sizeof(v4));
		address_of_v4(taken, &v4.sin_addr);
		return true;
	}
	if (address->sa_family == AF_INET6) {
		struct sockaddr_in6 v6;

		memcpy(&v6, address, sizeof(v6));
		memcpy(taken->bytes, &v6.sin6_addr, sizeof(taken->bytes));
		if (memcmp(taken->bytes, translated, sizeof(translated)) == 0)
			address_of_v4(taken, taken->bytes + 12);
		return v6.sin6_scope_id == 0;
	}
	return false;
}

bool address_is_allowed(
    const struct networks *networks, const struct sockaddr *address, bool plain)
{
	struct ip taken;

	if (!address_take(&taken, address))
		return false;
	return networks_have(networks, &taken) || (!plain && is_public(&taken));
}
