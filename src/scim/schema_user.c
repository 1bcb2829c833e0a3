#include "hefboom/scim_schema.h"

/* RFC 7643, sections 4.1 and 4.3; what peer learning has no use for is out. */

#define TEXT(attribute, text)                                                  \
	{                                                                      \
		.name = (attribute), .description = (text)                     \
	}
#define LINE(attribute, characters, text)                                      \
	{                                                                      \
		.name = (attribute), .length_max = (characters),               \
		.description = (text)                                          \
	}
#define LINES(attribute, text)                                                 \
	{                                                                      \
		.name = (attribute), .lines = true, .description = (text)      \
	}
#define KIND(values, text)                                                     \
	{                                                                      \
		.name = "type", .canonical_values = (values),                  \
		.description = (text)                                          \
	}
#define DISPLAY TEXT("display", "A label for this value, to be shown.")
#define PRIMARY                                                                \
	{                                                                      \
		.name = "primary", .type = SCIM_BOOLEAN,                       \
		.description = "Whether this value is the preferred one; "     \
			       "true at most once."                            \
	}

static const char *const places[] = {"work", "home", "other", NULL};
static const char *const phones[] = {
    "work", "home", "mobile", "fax", "pager", "other", NULL};
static const char *const pictures[] = {"photo", "thumbnail", NULL};
static const char *const memberships[] = {"direct", NULL};
static const char *const outside[] = {"external", NULL};
static const char *const users[] = {"User", NULL};
static const char *const groups[] = {"Group", NULL};

static const struct scim_attribute name[] = {
    LINE("formatted", 200, "The whole name, as it is written."),
    {.name = "familyName",
	.length_max = 200,
	.description = "The family name, or last name.",
	.column = "u.family_name"},
    {.name = "givenName",
	.length_max = 200,
	.description = "The given name, or first name.",
	.column = "u.given_name"},
    LINE("middleName", 200, "Middle names."),
    LINE("honorificPrefix", 200, "What goes before the name, as in \"Dr.\"."),
    LINE("honorificSuffix", 200, "What follows the name, as in \"III\"."),
    {0},
};

static const struct scim_attribute email[] = {
    LINE("value", 254, "The e-mail address."),
    DISPLAY,
    KIND(places, "What the address is for."),
    PRIMARY,
    {0},
};

static const struct scim_attribute phone[] = {
    TEXT("value", "The phone number, kept as it was sent."),
    DISPLAY,
    KIND(phones, "What the number is for."),
    PRIMARY,
    {0},
};

static const struct scim_attribute photo[] = {
    {.name = "value",
	.type = SCIM_REFERENCE,
	.case_exact = true,
	.description = "Where the picture is.",
	.reference_types = outside},
    DISPLAY,
    KIND(pictures, "What the picture is for."),
    PRIMARY,
    {0},
};

static const struct scim_attribute address[] = {
    LINES("formatted", "The whole address, as it is written on a letter."),
    LINES("streetAddress", "Street, house number, postbox."),
    TEXT("locality", "The town."),
    TEXT("region", "The state, province or region."),
    TEXT("postalCode", "The postal code."),
    TEXT("country", "The country, as ISO 3166-1 alpha-2 names it."),
    KIND(places, "What the address is for."),
    PRIMARY,
    {0},
};

static const struct scim_attribute role[] = {
    TEXT("value", "The role."),
    DISPLAY,
    KIND(NULL, "What kind of role it is."),
    PRIMARY,
    {0},
};

static const struct scim_attribute entitlement[] = {
    TEXT("value", "The entitlement."),
    DISPLAY,
    KIND(NULL, "What kind of entitlement it is."),
    PRIMARY,
    {0},
};

static const struct scim_attribute group[] = {
    {.name = "value",
	.mutability = SCIM_READ_ONLY,
	.case_exact = true,
	.description = "The id of the group.",
	.column = "m.group_id::text"},
    {.name = "$ref",
	.type = SCIM_REFERENCE,
	.mutability = SCIM_READ_ONLY,
	.case_exact = true,
	.description = "Where the group is.",
	.reference_types = groups,
	.column = "null::text"},
    {.name = "display",
	.mutability = SCIM_READ_ONLY,
	.description = "The group's displayName.",
	.column = "g.display_name"},
    {.name = "type",
	.mutability = SCIM_READ_ONLY,
	.description = "How the user belongs to the group.",
	.canonical_values = memberships,
	.column = "'direct'"},
    {0},
};

static const struct scim_attribute user[] = {
    {.name = "userName",
	.required = true,
	.unique = true,
	.length_max = 200,
	.description = "What the user is called when signing in; unique "
		       "in the organisation without regard to case.",
	.column = "u.user_name"},
    {.name = "name",
	.type = SCIM_COMPLEX,
	.description = "The parts of the user's name.",
	.parts = name},
    {.name = "displayName",
	.length_max = 200,
	.description = "The name that colleagues see.",
	.column = "u.display_name"},
    LINE("nickName", 200, "What the user is called casually."),
    {.name = "profileUrl",
	.type = SCIM_REFERENCE,
	.case_exact = true,
	.description = "A page about the user elsewhere.",
	.reference_types = outside},
    TEXT("title", "The user's function, as in \"Senior Engineer\"."),
    TEXT("userType", "How the user relates to the organisation."),
    TEXT("preferredLanguage", "Preferred languages (RFC 7231, 5.3.5)."),
    TEXT("locale", "How numbers, dates and money are written for the user."),
    TEXT("timezone", "The user's time zone, as IANA names it."),
    {.name = "active",
	.type = SCIM_BOOLEAN,
	.description = "Whether the user may use the service.",
	.column = "u.active"},
    {.name = "emails",
	.type = SCIM_COMPLEX,
	.multi_valued = true,
	.description = "E-mail addresses.",
	.parts = email,
	.rows = "jsonb_array_elements(u.emails) x(e)"},
    {.name = "phoneNumbers",
	.type = SCIM_COMPLEX,
	.multi_valued = true,
	.description = "Phone numbers.",
	.parts = phone},
    {.name = "photos",
	.type = SCIM_COMPLEX,
	.multi_valued = true,
	.description = "Pictures of the user.",
	.parts = photo},
    {.name = "addresses",
	.type = SCIM_COMPLEX,
	.multi_valued = true,
	.description = "Postal addresses.",
	.parts = address},
    {.name = "groups",
	.type = SCIM_COMPLEX,
	.mutability = SCIM_READ_ONLY,
	.multi_valued = true,
	.description = "The groups that the user is a member of; changed "
		       "through the groups.",
	.parts = group,
	.rows = "scim_member m join scim_group g on g.org_id = m.org_id "
		"and g.id = m.group_id "
		"where m.org_id = u.org_id and m.value = u.id"},
    {.name = "entitlements",
	.type = SCIM_COMPLEX,
	.multi_valued = true,
	.description = "What the user is entitled to.",
	.parts = entitlement},
    {.name = "roles",
	.type = SCIM_COMPLEX,
	.multi_valued = true,
	.description = "The user's roles where the sender keeps them.",
	.parts = role},
    {0},
};

static const struct scim_attribute manager[] = {
    {.name = "value",
	.length_max = 200,
	.description = "The id of the user who is the manager."},
    {.name = "$ref",
	.type = SCIM_REFERENCE,
	.mutability = SCIM_READ_ONLY,
	.case_exact = true,
	.description = "Where the manager is.",
	.reference_types = users},
    {.name = "displayName",
	.mutability = SCIM_READ_ONLY,
	.description = "The manager's displayName."},
    {0},
};

static const struct scim_attribute enterprise[] = {
    LINE("employeeNumber", 200, "The number that the organisation gave."),
    LINE("costCenter", 200, "The cost centre."),
    LINE("organization", 200, "The organisation or legal entity."),
    LINE("division", 200, "The division."),
    LINE("department", 200, "The department, by its name."),
    {.name = "manager",
	.type = SCIM_COMPLEX,
	.description = "The user's manager.",
	.parts = manager},
    {0},
};

const struct scim_kind scim_user = {
    .name = "User",
    .endpoint = "Users",
    .description = "User Account",
    .schema = "urn:ietf:params:scim:schemas:core:2.0:User",
    .attributes = user,
    .extension = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    .extension_attributes = enterprise,
    .view = "scim_user",
};
