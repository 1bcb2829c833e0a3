/*
 * networks -- addresses, and the networks that they are in.
 *
 * An address is its 16 bytes as IPv6; an IPv4 one is mapped (::ffff:a.b.c.d),
 * and a network of IPv4 addresses holds none but mapped ones.
 *
 * Ownership.  networks_new() makes, networks_free() ends.  NULL is no network
 * at all, and may be given wherever networks are.
 */
#ifndef HEFBOOM_NETWORKS_H
#define HEFBOOM_NETWORKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct networks;

struct ip {
	unsigned char bytes[16];
};

enum { ADDRESS_TEXT = 46 };

/*
 * "10.0.0.0/8, 127.0.0.1 2001:db8::/32": separated by blanks or commas; an
 * address alone is a network of one, and one with bits behind its length is a
 * mistake.  NULL when it is NULL or names none, or with *error.
 */
struct networks *networks_new(const char *list, char **error);
void networks_free(struct networks *networks);

bool networks_have(const struct networks *networks, const struct ip *address);

/* "192.0.2.1", "2001:db8::1"; nothing else, no port, no zone. */
bool address_read(struct ip *address, const char *text, size_t length);
void address_of_v4(struct ip *address, const void *four);
bool address_is_v4(const struct ip *address);
void address_write(char text[ADDRESS_TEXT], const struct ip *address);

/* Of whom a cap is one: the address, of IPv6 the /64 that one is given. */
uint64_t address_number(const struct ip *address);

/* Whether two addresses, or the ends of some, begin with the same bits. */
bool bits_match(
    const unsigned char *one, const unsigned char *other, unsigned bits);

#endif
