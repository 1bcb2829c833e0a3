#include <stdbool.h>
#include <unistd.h>

#include "hefboom/arena.h"
#include "hefboom/config.h"
#include "hefboom/operation.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"
#include "hefboom/service.h"

handler_fn get_docs;

static bool has_renderer(const struct request *request)
{
	const char *folder = request->service->config->docs;
	char path[4096];

	if (folder == NULL)
		return false;
	snprintf(path, sizeof(path), "%s/index.html", folder);
	return access(path, R_OK) == 0;
}

const struct problem *get_docs(struct request *request)
{
	struct content content = {.type = "text/html; charset=utf-8",
	    .bytes = docs_page,
	    .constant = true,
	    .length = docs_page_length};
	struct content moved = {.status = 302,
	    .headers = "Location: /docs/index.html\r\n"
		       "Cache-Control: no-cache\r\n"};

	content.headers = arena_format(&request->arena,
	    "Cache-Control: no-cache\r\nContent-Security-Policy: %s\r\n",
	    docs_policy);
	reply_content(request, has_renderer(request) ? &moved : &content);
	return &request_waiting;
}
