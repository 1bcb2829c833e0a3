#include "hefboom/operation.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"

handler_fn get_healthz;

const struct problem *get_healthz(struct request *request)
{
	static const char body[] = "{\"state\":\"alive\"}";
	struct content content = {.type = "application/json",
	    .bytes = body,
	    .length = sizeof(body) - 1,
	    .headers = "Cache-Control: no-store\r\n"};

	reply_content(request, &content);
	return &request_waiting;
}
