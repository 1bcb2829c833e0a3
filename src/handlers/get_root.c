#include "hefboom/operation.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"

handler_fn get_root;

const struct problem *get_root(struct request *request)
{
	struct content moved = {.status = 302,
	    .headers = "Location: /docs\r\n"
		       "Cache-Control: no-cache\r\n"};

	reply_content(request, &moved);
	return &request_waiting;
}
