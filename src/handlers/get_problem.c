#include "hefboom/buf.h"
#include "hefboom/problem.h"
#include "hefboom/reply.h"
#include "hefboom/operation.h"
#include "hefboom/request.h"

handler_fn get_problem;

static void add_texts(
    struct buf *body, const char *name, const char *const texts[LANGUAGES])
{
	buf_add_format(body, ",\"%s\":", name);
	if (texts[0] == NULL) {
		buf_add_string(body, "null");
		return;
	}
	for (int i = 0; i < LANGUAGES; i++) {
		buf_add_char(body, i == 0 ? '{' : ',');
		buf_add_json_string(body, language_tags[i]);
		buf_add_char(body, ':');
		buf_add_json_string(body, texts[i]);
	}
	buf_add_char(body, '}');
}

/* What a problem's `type` leads to. */
const struct problem *get_problem(struct request *request)
{
	const struct problem *problem = problem_find(request->path[0]);
	struct content content = {.type = "application/json",
	    .headers = "Cache-Control: max-age=3600\r\n"};
	struct buf body = {0};

	if (problem == NULL)
		return problem_get("not_found");
	buf_add_string(&body, "{\"code\":");
	buf_add_json_string(&body, problem->code);
	buf_add_format(&body, ",\"status\":%d", problem->status);
	add_texts(&body, "title", problem->title);
	add_texts(&body, "detail", problem->detail);
	buf_add_char(&body, '}');
	content.bytes = body.bytes;
	content.length = body.length;
	reply_content(request, &content);
	buf_release(&body);
	return &request_waiting;
}
