#include "token_request.h"

#include <stdbool.h>

#include "hefboom/base64.h"
#include "hefboom/http_header.h"
#include "hefboom/request.h"

enum { MEMBERS_MAX = 100 };

static const char *refuse(
    struct token_request *asked, const char *error, const char *why)
{
	asked->why = why;
	return error;
}

/* The member that a name stands for, or NULL. */
static const char **member_of(struct token_request *asked, const char *name)
{
	const struct {
		const char *name;
		const char **member;
	} known[] = {{"grant_type", &asked->grant_type},
	    {"client_id", &asked->client_id},
	    {"client_secret", &asked->client_secret}, {"scope", &asked->scope}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].member;
	return NULL;
}

/* NULL when it is not what a form's member may be. */
static char *decode(struct request *request, const char *bytes, size_t length)
{
	char *text = arena_alloc(&request->arena, length + 1);

	return http_decode(text, bytes, length, true) < 0 ? NULL : text;
}

static bool take_member(struct request *request, struct token_request *asked,
    const char *bytes, size_t length)
{
	const char *equals = memchr(bytes, '=', length);
	size_t name_length = equals == NULL ? length : (size_t)(equals - bytes);
	const char *name = decode(request, bytes, name_length);
	const char *value = equals == NULL
	    ? ""
	    : decode(request, equals + 1, length - name_length - 1);
	const char **member;

	if (name == NULL || value == NULL)
		return false;
	member = member_of(asked, name);
	if (member == NULL || value[0] == '\0')
		return true;
	if (*member != NULL)
		return false;
	*member = value;
	return true;
}

static bool take_form(struct request *request, struct token_request *asked)
{
	const char *at = request->body, *stop;
	const char *end = at + request->body_length;
	int members = 0;

	for (; at < end; at = stop + 1) {
		stop = memchr(at, '&', (size_t)(end - at));
		if (stop == NULL)
			stop = end;
		if (stop == at)
			continue;
		if (++members > MEMBERS_MAX ||
		    !take_member(request, asked, at, (size_t)(stop - at)))
			return false;
	}
	return true;
}

/* Base64 as of RFC 4648, section 4, by way of section 5. */
static char *base64_text(struct request *request, struct http_text text)
{
	char *copy = arena_copy(&request->arena, text.bytes, text.length);
	unsigned char *bytes =
	    arena_alloc(&request->arena, base64_room(text.length) + 1);
	size_t length = 0;

	while (text.length > 0 && copy[text.length - 1] == '=')
		text.length--;
	for (size_t i = 0; i < text.length; i++)
		if (copy[i] == '-' || copy[i] == '_')
			return NULL;
		else if (copy[i] == '+' || copy[i] == '/')
			copy[i] = copy[i] == '+' ? '-' : '_';
	if (base64_decode(copy, text.length, bytes, &length) < 0 ||
	    memchr(bytes, '\0', length) != NULL)
		return NULL;
	bytes[length] = '\0';
	return (char *)bytes;
}

/* NULL when the client said its name and secret, the error otherwise. */
static const char *take_basic(
    struct request *request, struct token_request *asked, struct http_text text)
{
	const char *id, *secret;
	char *pair, *colon;

	if (!http_text_skip(&text, "basic "))
		return refuse(asked, "invalid_client",
		    "Authorization has another scheme than Basic");
	pair = base64_text(request, text);
	colon = pair == NULL ? NULL : strchr(pair, ':');
	if (colon == NULL)
		return refuse(asked, "invalid_client",
		    "Authorization holds no name and secret");
	id = decode(request, pair, (size_t)(colon - pair));
	secret = decode(request, colon + 1, strlen(colon + 1));
	if (id == NULL || secret == NULL)
		return refuse(asked, "invalid_client",
		    "Authorization holds no name and secret");
	if (asked->client_secret != NULL ||
	    (asked->client_id != NULL && strcmp(asked->client_id, id) != 0))
		return refuse(asked, "invalid_request",
		    "the client says in two ways who it is");
	asked->client_id = id;
	asked->client_secret = secret;
	return NULL;
}

const char *token_request_read(
    struct request *request, struct token_request *asked)
{
	struct http_text header;
	const char *error = NULL;
	enum http_times times;

	if (!take_form(request, asked))
		return refuse(asked, "invalid_request",
		    "the body is no form, or a member is there twice");
	times = http_header_read(request->head, "authorization", &header);
	if (times == HTTP_REPEATED)
		return refuse(
		    asked, "invalid_request", "Authorization is there twice");
	if (asked->grant_type == NULL)
		return refuse(
		    asked, "invalid_request", "grant_type is missing");
	if (times == HTTP_ONCE)
		error = take_basic(request, asked, header);
	if (error != NULL)
		return error;
	if (asked->client_id == NULL || asked->client_secret == NULL)
		return refuse(asked, "invalid_client",
		    "the client does not say who it is");
	if (strcmp(asked->grant_type, "client_credentials") != 0)
		return refuse(asked, "unsupported_grant_type",
		    "only client_credentials is granted here");
	return NULL;
}
