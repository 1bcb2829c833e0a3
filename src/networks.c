#include "hefboom/networks.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "hefboom/memory.h"

static const char separators[] = " \t,";
static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

enum { MAPPED_BITS = 96, ALL_BITS = 128 };

struct network {
	struct ip address;
	unsigned bits;
};

struct networks {
	size_t count;
	struct network all[];
};

bool bits_match(
    const unsigned char *one, const unsigned char *other, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	return memcmp(one, other, whole) == 0 &&
	    (rest == 0 || (one[whole] ^ other[whole]) >> (8 - rest) == 0);
}

bool address_is_v4(const struct ip *address)
{
	return memcmp(address->bytes, mapped, sizeof(mapped)) == 0;
}

void address_of_v4(struct ip *address, const void *four)
{
	memcpy(address->bytes, mapped, sizeof(mapped));
	memcpy(address->bytes + sizeof(mapped), four, 4);
}

bool address_read(struct ip *address, const char *text, size_t length)
{
	char copy[ADDRESS_TEXT];

	if (length == 0 || length >= sizeof(copy))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (strlen(copy) != length)
		return false;
	memcpy(address->bytes, mapped, sizeof(mapped));
	return inet_pton(AF_INET, copy, address->bytes + sizeof(mapped)) == 1 ||
	    inet_pton(AF_INET6, copy, address->bytes) == 1;
}

void address_write(char text[ADDRESS_TEXT], const struct ip *address)
{
	bool four = address_is_v4(address);

	if (inet_ntop(four ? AF_INET : AF_INET6,
		address->bytes + (four ? sizeof(mapped) : 0), text,
		ADDRESS_TEXT) == NULL)
		text[0] = '\0';
}

uint64_t address_number(const struct ip *address)
{
	uint64_t number;

	memcpy(&number, address->bytes + (address_is_v4(address) ? 8 : 0),
	    sizeof(number));
	return number;
}

/* No bit behind its length: 10.0.0.1/8 is a mistake of whoever wrote it. */
static bool is_whole(const struct network *network)
{
	struct ip zero = network->address;

	for (unsigned bit = network->bits; bit < ALL_BITS; bit++)
		zero.bytes[bit / 8] &= (unsigned char)~(0x80 >> bit % 8);
	return memcmp(&zero, &network->address, sizeof(zero)) == 0;
}

static bool network_read(
    struct network *network, const char *text, size_t length)
{
	const char *slash = memchr(text, '/', length);
	size_t digits, before = slash == NULL ? length : (size_t)(slash - text);
	unsigned least;

	if (!address_read(&network->address, text, before))
		return false;
	/* As it is spelled: ::ffff:0:0/96 is a network of IPv6. */
	least = memchr(text, ':', before) == NULL ? MAPPED_BITS : 0;
	network->bits = ALL_BITS;
	if (slash == NULL)
		return true;
	digits = length - before - 1;
	if (digits == 0 || digits > 3 ||
	    strspn(slash + 1, "0123456789") < digits)
		return false;
	network->bits = least + (unsigned)strtoul(slash + 1, NULL, 10);
	return network->bits <= ALL_BITS && is_whole(network);
}

struct networks *networks_new(const char *list, char **error)
{
	size_t most, length;
	struct networks *networks;

	if (list == NULL || list[strspn(list, separators)] == '\0')
		return NULL;
	most = strlen(list) / 2 + 1;
	networks =
	    memory_zero(1, sizeof(*networks) + most * sizeof(struct network));
	for (; *(list += strspn(list, separators)) != '\0'; list += length) {
		length = strcspn(list, separators);
		if (network_read(
			&networks->all[networks->count++], list, length))
			continue;
		*error = memory_format(
		    "\"%.*s\" is no network, as 10.1.0.0/16 is one",
		    (int)(length < 64 ? length : 64), list);
		free(networks);
		return NULL;
	}
	return networks;
}

void networks_free(struct networks *networks)
{
	free(networks);
}

bool networks_have(const struct networks *networks, const struct ip *address)
{
	for (size_t i = 0; networks != NULL && i < networks->count; i++)
		if (bits_match(networks->all[i].address.bytes, address->bytes,
			networks->all[i].bits))
			return true;
	return false;
}
