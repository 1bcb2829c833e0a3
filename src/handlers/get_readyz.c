#include "hefboom/operation.h"
#include "hefboom/pool.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"
#include "hefboom/service.h"

handler_fn get_readyz;

const struct problem *get_readyz(struct request *request)
{
	static const char body[] = "{\"state\":\"ready\"}";
	struct content content = {.type = "application/json",
	    .bytes = body,
	    .length = sizeof(body) - 1,
	    .headers = "Cache-Control: no-store\r\n"};

	if (request->service->draining)
		return problem_get("shutting_down");
	if (!pool_is_up(request->service->pool))
		return problem_get("database_unavailable");
	reply_content(request, &content);
	return &request_waiting;
}
