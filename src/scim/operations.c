#include "hefboom/operation.h"
#include "hefboom/scim_discovery.h"
#include "scim/bulk.h"
#include "scim/page.h"
#include "scim/serve.h"

handler_fn scim_list_users, scim_search_users, scim_create_user, scim_get_user,
    scim_replace_user, scim_update_user, scim_delete_user, scim_list_groups,
    scim_search_groups, scim_create_group, scim_get_group, scim_replace_group,
    scim_update_group, scim_delete_group, scim_search, scim_bulk,
    scim_get_service_provider_config, scim_get_service_configuration,
    scim_list_resource_types, scim_get_resource_type, scim_list_schemas,
    scim_get_schema;

const struct problem *scim_list_users(struct request *request)
{
	return scim_page(request, &scim_user);
}

const struct problem *scim_search_users(struct request *request)
{
	return scim_page_search(request, &scim_user);
}

const struct problem *scim_create_user(struct request *request)
{
	return scim_serve(request, &scim_user, SCIM_CREATE);
}

const struct problem *scim_get_user(struct request *request)
{
	return scim_serve(request, &scim_user, SCIM_READ);
}

const struct problem *scim_replace_user(struct request *request)
{
	return scim_serve(request, &scim_user, SCIM_REPLACE);
}

const struct problem *scim_update_user(struct request *request)
{
	return scim_serve(request, &scim_user, SCIM_PATCH);
}

const struct problem *scim_delete_user(struct request *request)
{
	return scim_serve(request, &scim_user, SCIM_DELETE);
}

const struct problem *scim_list_groups(struct request *request)
{
	return scim_page(request, &scim_group);
}

const struct problem *scim_search_groups(struct request *request)
{
	return scim_page_search(request, &scim_group);
}

const struct problem *scim_create_group(struct request *request)
{
	return scim_serve(request, &scim_group, SCIM_CREATE);
}

const struct problem *scim_get_group(struct request *request)
{
	return scim_serve(request, &scim_group, SCIM_READ);
}

const struct problem *scim_replace_group(struct request *request)
{
	return scim_serve(request, &scim_group, SCIM_REPLACE);
}

const struct problem *scim_update_group(struct request *request)
{
	return scim_serve(request, &scim_group, SCIM_PATCH);
}

const struct problem *scim_delete_group(struct request *request)
{
	return scim_serve(request, &scim_group, SCIM_DELETE);
}

const struct problem *scim_search(struct request *request)
{
	return scim_page_search(request, NULL);
}

const struct problem *scim_bulk(struct request *request)
{
	return scim_bulk_run(request);
}

const struct problem *scim_get_service_provider_config(struct request *request)
{
	return scim_serve_document(request,
	    scim_discovery_service_provider_config(scim_base(request)));
}

const struct problem *scim_get_service_configuration(struct request *request)
{
	return scim_serve_document(request,
	    scim_discovery_service_provider_config(scim_base(request)));
}

const struct problem *scim_list_resource_types(struct request *request)
{
	return scim_serve_documents(
	    request, scim_discovery_resource_types(scim_base(request)));
}

const struct problem *scim_get_resource_type(struct request *request)
{
	return scim_serve_one(
	    request, scim_discovery_resource_types(scim_base(request)));
}

const struct problem *scim_list_schemas(struct request *request)
{
	return scim_serve_documents(
	    request, scim_discovery_schemas(scim_base(request)));
}

const struct problem *scim_get_schema(struct request *request)
{
	return scim_serve_one(
	    request, scim_discovery_schemas(scim_base(request)));
}
