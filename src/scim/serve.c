#include "scim/serve.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "hefboom/operation.h"
#include "hefboom/reply.h"

static void on_done(struct scim_call *call)
{
	struct request *request = call->request;
	struct content content = {.status = call->status,
	    .bytes = call->resource.bytes,
	    .length = call->resource.length,
	    .etag = call->etag[0] == '\0' ? NULL : call->etag};

	if (call->problem != NULL) {
		reply_problem(request, call->problem);
		return;
	}
	if (call->status != 204)
		content.type = "application/scim+json";
	if (call->action == SCIM_CREATE)
		content.headers =
		    arena_format(&request->arena, "Location: %s\r\n",
			scim_location(request, call->kind, call->resource_id));
	reply_content(request, &content);
}

const struct problem *scim_serve(struct request *request,
    const struct scim_kind *kind, enum scim_action action)
{
	const char *attributes = scim_parameter(request, "attributes");
	const char *excluded = scim_parameter(request, "excludedAttributes");
	struct scim_fault fault = {0};
	struct scim_call *call = scim_call_new(request, kind, action,
	    action == SCIM_CREATE ? NULL : request->path[0]);

	call->projection = scim_projection_read(
	    kind, attributes, excluded, &request->arena, &fault);
	if (fault.code != NULL)
		return scim_problem(request, &fault);
	if (action == SCIM_PATCH)
		call->wants_resource = attributes != NULL || excluded != NULL;
	call->body = request->json;
	call->version = request->if_match;
	call->done = on_done;
	scim_call_run(call);
	return &request_waiting;
}

const char *scim_base(struct request *request)
{
	return arena_format(
	    &request->arena, "%s/scim/v2", request_base_url(request));
}

const struct problem *scim_serve_document(
    struct request *request, json_t *document)
{
	char *text = json_dumps(document, JSON_COMPACT);
	char etag[20];
	struct content content = {.type = "application/scim+json",
	    .bytes = text,
	    .length = strlen(text),
	    .etag = etag};

	json_decref(document);
	/* RFC 7644, 4: a filter is refused. */
	if (scim_parameter(request, "filter") != NULL) {
		free(text);
		request->problem_parameters =
		    "{\"detail\": \"there is nothing to filter here\"}";
		return problem_get("forbidden");
	}
	content_etag(etag, text, strlen(text));
	reply_content(request, &content);
	free(text);
	return &request_waiting;
}

const struct problem *scim_serve_documents(
    struct request *request, json_t *documents)
{
	size_t count = json_array_size(documents);

	return scim_serve_document(request,
	    json_pack("{s:[s], s:I, s:i, s:I, s:o}", "schemas",
		"urn:ietf:params:scim:api:messages:2.0:ListResponse",
		"totalResults", (json_int_t)count, "startIndex", 1,
		"itemsPerPage", (json_int_t)count, "Resources", documents));
}

const struct problem *scim_serve_one(struct request *request, json_t *documents)
{
	json_t *found = NULL, *one;
	size_t index;

	json_array_foreach(documents, index, one)
	{
		const char *id = json_string_value(json_object_get(one, "id"));

		if (id != NULL && strcasecmp(id, request->path[0]) == 0)
			found = json_incref(one);
	}
	json_decref(documents);
	return found == NULL ? problem_get("not_found")
			     : scim_serve_document(request, found);
}
