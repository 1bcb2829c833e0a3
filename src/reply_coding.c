#include "reply_coding.h"

#include <string.h>

#include "hefboom/buf.h"
#include "hefboom/config.h"
#include "hefboom/http_header.h"
#include "hefboom/operation.h"
#include "hefboom/request.h"
#include "hefboom/service.h"

enum { THOUSAND = 1000 };

bool coding_is_possible(const struct request *request)
{
	const struct operation *operation = request->operation;

	return operation != NULL && request->service->config->gzip_level > 0 &&
	    !operation->sealed && strcmp(operation->method, "GET") == 0;
}

static bool type_shrinks(const char *type)
{
	return strncmp(type, "text/", 5) == 0 || strstr(type, "json") != NULL ||
	    strstr(type, "javascript") != NULL || strstr(type, "xml") != NULL;
}

/* "q=0.5" in thousandths; what is no weight is none at all. */
static int weight_of(struct http_text parameter)
{
	int weight = 0, unit = THOUSAND;

	parameter = http_text_trim(parameter);
	if (parameter.length == 0)
		return THOUSAND;
	if (!http_text_skip(&parameter, "q=") || parameter.length < 1 ||
	    parameter.length > 5)
		return 0;
	for (size_t i = 0; i < parameter.length; i++) {
		char c = parameter.bytes[i];

		if (i == 1 ? c != '.' : c < '0' || c > '9')
			return 0;
		if (i == 1)
			continue;
		weight += (c - '0') * unit;
		unit /= 10;
	}
	return weight > THOUSAND ? 0 : weight;
}

bool coding_accepts_gzip(const struct http_head *head)
{
	struct http_members members =
	    http_members(head, "accept-encoding", HTTP_PLAIN);
	int gzip = -1, any = -1, identity = 0;
	struct http_text one;

	while (http_member_next(&members, &one)) {
		struct http_text coding = http_text_cut(&one, ';', HTTP_PLAIN);
		int weight = weight_of(one);

		if (http_text_is(coding, "gzip") ||
		    http_text_is(coding, "x-gzip"))
			gzip = weight;
		else if (http_text_is(coding, "identity"))
			identity = weight;
		else if (http_text_is(coding, "*"))
			any = weight;
	}
	if (gzip < 0)
		gzip = any;
	return gzip > 0 && gzip >= identity;
}

bool coding_applies(
    const struct request *request, const char *type, size_t length)
{
	return length >= CODING_MIN && coding_is_possible(request) &&
	    type_shrinks(type) && coding_accepts_gzip(request->head);
}

void coding_tag(char tag[CODING_TAG], const char *etag)
{
	size_t length = strlen(etag);

	if (strncmp(etag, "W/", 2) == 0 || length < 2)
		snprintf(tag, CODING_TAG, "%s", etag);
	else
		snprintf(tag, CODING_TAG, "%.*s-gzip\"", (int)length - 1, etag);
}
