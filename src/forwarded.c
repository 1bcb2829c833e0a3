#include "hefboom/forwarded.h"

#include <stddef.h>
#include <string.h>

#include "hefboom/http_header.h"
#include "hefboom/networks.h"

/* The last hops that were named, of all lines; length 0: not named. */
struct hops {
	struct http_text at[FORWARDED_HOPS];
	unsigned count; /* also of those that were dropped */
};

static void hop_add(struct hops *hops, struct http_text hop)
{
	hops->at[hops->count++ % FORWARDED_HOPS] = hop;
}

/* for=192.0.2.60;proto=http: without its quotes, or nothing. */
static struct http_text hop_of_element(struct http_text element)
{
	struct http_text hop = {"", 0};

	while (element.length > 0) {
		struct http_text pair =
		    http_text_cut(&element, ';', HTTP_QUOTED);

		if (!http_text_skip(&pair, "for=") || pair.length == 0)
			continue;
		if (hop.length > 0)
			return (struct http_text){"", 0};
		hop = pair;
		if (hop.length >= 2 && hop.bytes[0] == '"' &&
		    hop.bytes[hop.length - 1] == '"')
			hop = (struct http_text){hop.bytes + 1, hop.length - 2};
	}
	return hop;
}

static void hops_read(struct hops *hops, const struct http_head *head,
    const char *name, bool standard)
{
	struct http_members members = http_members(head, name, HTTP_QUOTED);
	struct http_text one;

	hops->count = 0;
	while (http_member_next(&members, &one))
		hop_add(hops, standard ? hop_of_element(one) : one);
}

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]:80" */
static bool hop_address(struct ip *address, struct http_text hop)
{
	const char *end;
	size_t length;

	if (hop.length > 0 && hop.bytes[0] == '[') {
		end = memchr(hop.bytes, ']', hop.length);
		length = end == NULL ? 0 : (size_t)(end - hop.bytes) + 1;
		if (length < 3 ||
		    (length < hop.length && hop.bytes[length] != ':'))
			return false;
		return address_read(address, hop.bytes + 1, length - 2);
	}
	end = memchr(hop.bytes, ':', hop.length);
	if (end != NULL && memrchr(hop.bytes, ':', hop.length) == end)
		hop.length = (size_t)(end - hop.bytes);
	return address_read(address, hop.bytes, hop.length);
}

void forwarded_from(struct ip *address, const struct proxies *proxies,
    const struct http_head *head)
{
	struct ip before;
	struct hops hops;
	unsigned most, i;

	if (!networks_have(proxies->trusted, address))
		return;
	hops_read(&hops, head,
	    proxies->forwarded ? "forwarded" : "x-forwarded-for",
	    proxies->forwarded);
	most = hops.count < FORWARDED_HOPS ? hops.count : FORWARDED_HOPS;
	for (i = 1; i <= most && networks_have(proxies->trusted, address);
	     i++) {
		if (!hop_address(
			&before, hops.at[(hops.count - i) % FORWARDED_HOPS]))
			return;
		*address = before;
	}
}
