#include "reply_coding.h"

#include <string.h>
#include <strings.h>

#include "hefboom/buf.h"
#include "hefboom/config.h"
#include "hefboom/http.h"
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

static struct http_text trim(struct http_text text)
{
	while (text.length > 0 &&
	    (text.bytes[0] == ' ' || text.bytes[0] == '\t')) {
		text.bytes++;
		text.length--;
	}
	while (text.length > 0 &&
	    (text.bytes[text.length - 1] == ' ' ||
		text.bytes[text.length - 1] == '\t'))
		text.length--;
	return text;
}

/* Cuts off what stands before the first `separator`. */
static struct http_text cut(struct http_text *rest, char separator)
{
	const char *stop = memchr(rest->bytes, separator, rest->length);
	size_t length =
	    stop == NULL ? rest->length : (size_t)(stop - rest->bytes);
	struct http_text first = {rest->bytes, length};

	rest->bytes += length + (stop != NULL);
	rest->length -= length + (stop != NULL);
	return trim(first);
}

static bool text_is(struct http_text text, const char *word)
{
	return text.length == strlen(word) &&
	    strncasecmp(text.bytes, word, text.length) == 0;
}

/* "q=0.5" in thousandths; what is no weight is none at all. */
static int weight_of(struct http_text parameter)
{
	int weight = 0, unit = THOUSAND;

	parameter = trim(parameter);
	if (parameter.length == 0)
		return THOUSAND;
	if (parameter.length < 3 || parameter.length > 7 ||
	    strncasecmp(parameter.bytes, "q=", 2) != 0)
		return 0;
	for (size_t i = 2; i < parameter.length; i++) {
		char c = parameter.bytes[i];

		if (i == 3 ? c != '.' : c < '0' || c > '9')
			return 0;
		if (i == 3)
			continue;
		weight += (c - '0') * unit;
		unit /= 10;
	}
	return weight > THOUSAND ? 0 : weight;
}

bool coding_accepts_gzip(const struct http_head *head)
{
	int gzip = -1, any = -1, identity = 0;

	for (unsigned i = 0; i < head->header_count; i++) {
		struct http_text rest = head->headers[i].value;

		if (!text_is(head->headers[i].name, "accept-encoding"))
			continue;
		while (rest.length > 0) {
			struct http_text one = cut(&rest, ',');
			struct http_text coding = cut(&one, ';');
			int weight = weight_of(one);

			if (text_is(coding, "gzip") ||
			    text_is(coding, "x-gzip"))
				gzip = weight;
			else if (text_is(coding, "identity"))
				identity = weight;
			else if (text_is(coding, "*"))
				any = weight;
		}
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
