#include "hefboom/forwarded.h"

#include <stddef.h>
#include <string.h>

#include "hefboom/http_header.h"
#include "hefboom/networks.h"

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
	struct http_members hops = proxies->forwarded
	    ? http_members(head, "forwarded", HTTP_QUOTED)
	    : http_members(head, "x-forwarded-for", HTTP_PLAIN);
	struct http_text hop;
	struct ip before;

	for (int i = 0; i < FORWARDED_HOPS; i++) {
		if (!networks_have(proxies->trusted, address) ||
		    !http_member_last(&hops, &hop))
			return;
		if (proxies->forwarded)
			hop = hop_of_element(hop);
		if (!hop_address(&before, hop))
			return;
		*address = before;
	}
}
