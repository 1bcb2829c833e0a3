#include "hefboom/scim_discovery.h"

#include "hefboom/scim_schema.h"

#define CORE "urn:ietf:params:scim:schemas:core:2.0:"

static const char *type_name(enum scim_type type)
{
	static const char *const names[] = {
	    [SCIM_STRING] = "string",
	    [SCIM_BOOLEAN] = "boolean",
	    [SCIM_DATE_TIME] = "dateTime",
	    [SCIM_REFERENCE] = "reference",
	    [SCIM_COMPLEX] = "complex",
	};

	return names[type];
}

static const char *mutability_name(enum scim_mutability mutability)
{
	static const char *const names[] = {
	    [SCIM_READ_WRITE] = "readWrite",
	    [SCIM_READ_ONLY] = "readOnly",
	    [SCIM_IMMUTABLE] = "immutable",
	};

	return names[mutability];
}

static void strings_set(
    json_t *object, const char *name, const char *const *strings)
{
	json_t *list;

	if (strings == NULL)
		return;
	list = json_array();
	for (; *strings != NULL; strings++)
		json_array_append_new(list, json_string(*strings));
	json_object_set_new(object, name, list);
}

/* Without its sub-attributes. */
static json_t *attribute_alone(const struct scim_attribute *attribute)
{
	json_t *object = json_pack("{s:s, s:s, s:b, s:s, s:b, s:b, s:s, s:s}",
	    "name", attribute->name, "type", type_name(attribute->type),
	    "multiValued", attribute->multi_valued, "description",
	    attribute->description, "required", attribute->required,
	    "caseExact", attribute->case_exact, "mutability",
	    mutability_name(attribute->mutability), "returned",
	    attribute->returned == SCIM_ALWAYS ? "always" : "default");

	json_object_set_new(object, "uniqueness",
	    json_string(attribute->unique ? "server" : "none"));
	strings_set(object, "canonicalValues", attribute->canonical_values);
	strings_set(object, "referenceTypes", attribute->reference_types);
	return object;
}

static json_t *attributes_list(const struct scim_attribute *attribute)
{
	const struct scim_attribute *part;
	json_t *list = json_array(), *object, *parts;

	for (; attribute->name != NULL; attribute++) {
		object = attribute_alone(attribute);
		json_array_append_new(list, object);
		if (attribute->parts == NULL)
			continue;
		parts = json_array();
		json_object_set_new(object, "subAttributes", parts);
		for (part = attribute->parts; part->name != NULL; part++)
			json_array_append_new(parts, attribute_alone(part));
	}
	return list;
}

static json_t *meta_of(const char *type, const char *base, const char *id)
{
	json_t *location = id == NULL
	    ? json_sprintf("%s/%s", base, type)
	    : json_sprintf("%s/%ss/%s", base, type, id);

	return json_pack(
	    "{s:s, s:o}", "resourceType", type, "location", location);
}

static json_t *schema_of(const char *base, const char *urn, const char *name,
    const char *description, const struct scim_attribute *attributes)
{
	return json_pack("{s:[s], s:s, s:s, s:s, s:o, s:o}", "schemas",
	    CORE "Schema", "id", urn, "name", name, "description", description,
	    "attributes", attributes_list(attributes), "meta",
	    meta_of("Schema", base, urn));
}

json_t *scim_discovery_schemas(const char *base)
{
	const struct scim_kind *user = &scim_user, *group = &scim_group;
	json_t *list = json_array();

	json_array_append_new(list,
	    schema_of(base, user->schema, user->name, user->description,
		user->attributes));
	json_array_append_new(list,
	    schema_of(base, user->extension, "EnterpriseUser",
		"Enterprise User", user->extension_attributes));
	json_array_append_new(list,
	    schema_of(base, group->schema, group->name, group->description,
		group->attributes));
	return list;
}

static json_t *resource_type_of(const char *base, const struct scim_kind *kind)
{
	json_t *object = json_pack("{s:[s], s:s, s:s, s:o, s:s, s:s, s:o}",
	    "schemas", CORE "ResourceType", "id", kind->name, "name",
	    kind->name, "endpoint", json_sprintf("/%s", kind->endpoint),
	    "description", kind->description, "schema", kind->schema, "meta",
	    meta_of("ResourceType", base, kind->name));

	if (kind->extension != NULL)
		json_object_set_new(object, "schemaExtensions",
		    json_pack("[{s:s, s:b}]", "schema", kind->extension,
			"required", 0));
	return object;
}

json_t *scim_discovery_resource_types(const char *base)
{
	return json_pack("[o, o]", resource_type_of(base, &scim_user),
	    resource_type_of(base, &scim_group));
}

static json_t *authentication_schemes(void)
{
	return json_pack("[{s:s, s:s, s:s, s:s, s:b}, {s:s, s:s, s:s, s:s}]",
	    "type", "oauthbearertoken", "name", "OAuth bearer token",
	    "description",
	    "A token in the Authorization header, made by an administrator "
	    "or by the organisation's identity provider.",
	    "specUri", "https://www.rfc-editor.org/rfc/rfc6750", "primary", 1,
	    "type", "oauth2", "name", "OAuth 2.0 client credentials",
	    "description",
	    "A client's id and secret for a token that lives shortly.",
	    "specUri", "https://www.rfc-editor.org/rfc/rfc6749");
}

json_t *scim_discovery_service_provider_config(const char *base)
{
	return json_pack("{s:[s], s:{s:b}, s:{s:b, s:i, s:i}, s:{s:b, s:i},"
			 " s:{s:b}, s:{s:b}, s:{s:b}, s:o, s:o}",
	    "schemas", CORE "ServiceProviderConfig", "patch", "supported", 1,
	    "bulk", "supported", 1, "maxOperations", SCIM_BULK_OPERATIONS_MAX,
	    "maxPayloadSize", SCIM_BULK_PAYLOAD_MAX, "filter", "supported", 1,
	    "maxResults", SCIM_RESULTS_MAX, "changePassword", "supported", 0,
	    "sort", "supported", 0, "etag", "supported", 1,
	    "authenticationSchemes", authentication_schemes(), "meta",
	    meta_of("ServiceProviderConfig", base, NULL));
}
