/*
 * forwarded -- whom a request comes from, when proxies stand in between.
 *
 * The header that the proxies write is read from its end: each address was
 * added by the hop behind it, and is believed as long as that hop is one of
 * the trusted networks.  The first that is none of them is the client.  What
 * cannot be read ends the walk: the last address that was believed stays.
 * Nothing that a client sends, be it a quote that does not end, changes how
 * that is read which was added behind it.
 *
 * Which header that is, a setting says, for a client may send the other one:
 * X-Forwarded-For, or Forwarded (RFC 7239).
 */
#ifndef HEFBOOM_FORWARDED_H
#define HEFBOOM_FORWARDED_H

#include <stdbool.h>

struct ip;
struct http_head;
struct networks;

enum { FORWARDED_HOPS = 16 };

struct proxies {
	const struct networks *trusted; /* NULL: none */
	bool forwarded; /* RFC 7239 */
};

/* *address is the peer's, and becomes the client's. */
void forwarded_from(struct ip *address, const struct proxies *proxies,
    const struct http_head *head);

#endif
