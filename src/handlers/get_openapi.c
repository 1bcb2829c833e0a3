#include "hefboom/operation.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"

handler_fn get_openapi;

const struct problem *get_openapi(struct request *request)
{
	static char etag[20];
	struct content content = {.type = "application/json",
	    .bytes = openapi_json,
	    .constant = true,
	    .length = openapi_json_length,
	    .etag = etag,
	    .headers = "Cache-Control: no-cache\r\n"};

	if (etag[0] == '\0')
		content_etag(etag, openapi_json, openapi_json_length);
	reply_content(request, &content);
	return &request_waiting;
}
