#include "hefboom/scim_schema.h"

#include <strings.h>

/* RFC 7643, sections 3.1 and 4.2. */

static const char *const users[] = {"User", NULL};

static const struct scim_attribute meta[] = {
    {.name = "resourceType",
	.mutability = SCIM_READ_ONLY,
	.case_exact = true,
	.description = "User or Group.",
	.column = "u.resource_type"},
    {.name = "created",
	.type = SCIM_DATE_TIME,
	.mutability = SCIM_READ_ONLY,
	.description = "When it came into being.",
	.column = "u.created_at"},
    {.name = "lastModified",
	.type = SCIM_DATE_TIME,
	.mutability = SCIM_READ_ONLY,
	.description = "When it was changed last.",
	.column = "u.updated_at"},
    {.name = "location",
	.type = SCIM_REFERENCE,
	.mutability = SCIM_READ_ONLY,
	.case_exact = true,
	.description = "Its URL.",
	.column = "null::text"},
    {.name = "version",
	.mutability = SCIM_READ_ONLY,
	.case_exact = true,
	.description = "Its entity tag.",
	.column = "('W/\"' || u.version || '\"')"},
    {0},
};

const struct scim_attribute scim_shared[] = {
    {.name = "id",
	.mutability = SCIM_READ_ONLY,
	.returned = SCIM_ALWAYS,
	.case_exact = true,
	.unique = true,
	.description = "The identifier that the service gave.",
	.column = "u.id::text"},
    {.name = "externalId",
	.case_exact = true,
	.length_max = 200,
	.description = "The identifier that the sender gave.",
	.column = "u.external_id"},
    {.name = "meta",
	.type = SCIM_COMPLEX,
	.mutability = SCIM_READ_ONLY,
	.description = "What the service knows about the resource.",
	.parts = meta},
    {0},
};

static const struct scim_attribute member[] = {
    {.name = "value",
	.mutability = SCIM_IMMUTABLE,
	.case_exact = true,
	.description = "The id of the member.",
	.column = "m.value::text"},
    {.name = "$ref",
	.type = SCIM_REFERENCE,
	.mutability = SCIM_READ_ONLY,
	.case_exact = true,
	.description = "Where the member is.",
	.reference_types = users,
	.column = "null::text"},
    {.name = "type",
	.mutability = SCIM_IMMUTABLE,
	.description = "What the member is.",
	.canonical_values = users,
	.column = "'User'"},
    {.name = "display",
	.mutability = SCIM_READ_ONLY,
	.description = "The member's displayName.",
	.column = "m.display"},
    {0},
};

static const struct scim_attribute group[] = {
    {.name = "displayName",
	.required = true,
	.unique = true,
	.length_max = 200,
	.description = "The group's name; unique in the organisation.",
	.column = "u.display_name"},
    {.name = "members",
	.type = SCIM_COMPLEX,
	.multi_valued = true,
	.description = "Who belongs to the group.",
	.parts = member,
	.rows = "scim_member m "
		"where m.org_id = u.org_id and m.group_id = u.id"},
    {0},
};

const struct scim_kind scim_group = {
    .name = "Group",
    .endpoint = "Groups",
    .description = "Group",
    .schema = "urn:ietf:params:scim:schemas:core:2.0:Group",
    .attributes = group,
    .view = "scim_group",
};

const struct scim_attribute *scim_attribute_find(
    const struct scim_attribute *attributes, const char *name, size_t length)
{
	if (attributes == NULL)
		return NULL;
	for (; attributes->name != NULL; attributes++) {
		if (strncasecmp(attributes->name, name, length) == 0 &&
		    attributes->name[length] == '\0')
			return attributes;
	}
	return NULL;
}
