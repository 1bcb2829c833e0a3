#include "hefboom/buf.h"
#include "hefboom/operation.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"
#include "hefboom/token.h"

handler_fn get_oauth_metadata;

static void add_address(struct request *request, struct buf *body,
    const char *name, const char *path)
{
	buf_add_json_string(body, name);
	buf_add_char(body, ':');
	buf_add_json_string(body,
	    arena_format(
		&request->arena, "%s%s", request_base_url(request), path));
	buf_add_char(body, ',');
}

/* RFC 8414, 2. */
const struct problem *get_oauth_metadata(struct request *request)
{
	struct content content = {.type = "application/json",
	    .headers = "Cache-Control: no-cache\r\nVary: Host\r\n"};
	struct buf body = {0};

	buf_add_char(&body, '{');
	add_address(request, &body, "issuer", "");
	add_address(request, &body, "token_endpoint", "/oauth/token");
	add_address(request, &body, "service_documentation", "/docs");
	buf_add_string(&body,
	    "\"token_endpoint_auth_methods_supported\":"
	    "[\"client_secret_basic\",\"client_secret_post\"],"
	    "\"grant_types_supported\":[\"client_credentials\"],"
	    "\"response_types_supported\":[],\"scopes_supported\":[");
	for (size_t i = 0; scope_names[i] != NULL; i++) {
		if (i > 0)
			buf_add_char(&body, ',');
		buf_add_json_string(&body, scope_names[i]);
	}
	buf_add_string(&body, "]}");
	content.bytes = body.bytes;
	content.length = body.length;
	reply_content(request, &content);
	buf_release(&body);
	return &request_waiting;
}
