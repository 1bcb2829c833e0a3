#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hefboom/arena.h"
#include "hefboom/buf.h"
#include "hefboom/scim_filter.h"

#define CORE "urn:ietf:params:scim:schemas:core:2.0:User"
#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

/* RFC 7643, 8.2 and 8.3, as far as we keep it. */
static const char barbara[] =
    "{\"id\": \"2819c223-7f76-453a-919d-413861904646\","
    "\"externalId\": \"Ext-701984\", \"userName\": \"bJensen@Example.com\","
    "\"name\": {\"formatted\": \"Ms. Barbara J Jensen, III\","
    "\"familyName\": \"O'Malley\", \"givenName\": \"Barb\xc3\x89r\"},"
    "\"displayName\": \"100% \\\\_Babs\", \"title\": \"Tour Guide\","
    "\"userType\": \"Employee\", \"active\": true, \"nickName\": \"Babs\","
    "\"profileUrl\": \"https://login.example.com/Bjensen\","
    "\"emails\": [{\"value\": \"bjensen@example.com\", \"type\": \"work\","
    "\"primary\": true}, {\"value\": \"babs@jensen.org\","
    "\"type\": \"home\"}, {\"value\": \"no@type.example\"}],"
    "\"" ENTERPRISE "\": {\"employeeNumber\": \"701984\","
    "\"department\": \"Tour Operations\","
    "\"manager\": {\"value\": \"26118915-6090-4610-87e4-49d8ca9f808d\"}},"
    "\"meta\": {\"resourceType\": \"User\","
    "\"created\": \"2010-01-23T04:56:22Z\","
    "\"lastModified\": \"2011-05-13T04:42:34.000001Z\"}}";

static struct arena arena;

static int start(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

static const struct scim_filter *read_as(
    const struct scim_kind *kind, const char *text)
{
	const char *why = NULL;
	const struct scim_filter *filter =
	    scim_filter_read(text, strlen(text), kind, &arena, &why);

	if (filter == NULL)
		fail_msg("%s: %s", text, why);
	assert_null(why);
	return filter;
}

static void refused_as(
    const struct scim_kind *kind, const char *text, const char *reason)
{
	const char *why = NULL;

	if (scim_filter_read(text, strlen(text), kind, &arena, &why) != NULL)
		fail_msg("read: %s", text);
	if (why == NULL || strstr(why, reason) == NULL)
		fail_msg("%s: %s, not %s", text, why, reason);
}

static void all_match(const char *const *filters, size_t count, bool expected)
{
	json_t *document = json_loads(barbara, 0, NULL);

	assert_non_null(document);
	for (size_t i = 0; i < count; i++) {
		if (scim_filter_matches(
			read_as(&scim_user, filters[i]), document) != expected)
			fail_msg("%s", filters[i]);
	}
	json_decref(document);
}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Every filter of RFC 7644, 3.4.2.2; ims we do not keep. */
static const char *const examples[] = {
    "userName eq \"bjensen\"",
    "name.familyName co \"O'Malley\"",
    "userName sw \"J\"",
    CORE ":userName sw \"J\"",
    "title pr",
    "meta.lastModified gt \"2011-05-13T04:42:34Z\"",
    "meta.lastModified ge \"2011-05-13T04:42:34Z\"",
    "meta.lastModified lt \"2011-05-13T04:42:34Z\"",
    "meta.lastModified le \"2011-05-13T04:42:34Z\"",
    "title pr and userType eq \"Employee\"",
    "title pr or userType eq \"Intern\"",
    "schemas eq \"" ENTERPRISE "\"",
    "userType eq \"Employee\" and (emails co \"example.com\" or "
    "emails.value co \"example.org\")",
    "userType ne \"Employee\" and not (emails co \"example.com\" or "
    "emails.value co \"example.org\")",
    "userType eq \"Employee\" and (emails.type eq \"work\")",
    "userType eq \"Employee\" and emails[type eq \"work\" and "
    "value co \"@example.com\"]",
    "emails[type eq \"work\" and value co \"@example.com\"] or "
    "phoneNumbers[type eq \"xmpp\" and value co \"@foo.com\"]",
};

static void test_examples(void **state)
{
	static const bool expected[] = {false, true, false, false, true, true,
	    true, false, false, true, true, true, true, false, true, true,
	    true};

	(void)state;
	for (size_t i = 0; i < COUNT(examples); i++)
		all_match(&examples[i], 1, expected[i]);
	refused_as(&scim_user,
	    "emails[type eq \"work\"] or ims[type eq \"xmpp\"]",
	    "no such attribute");
}

static void test_matches(void **state)
{
	static const char *const filters[] = {
	    /* case of names, operators, URNs and values */
	    "USERNAME EQ \"BJENSEN@example.COM\"",
	    "Urn:IETF:params:scim:schemas:CORE:2.0:user:username Sw \"bj\"",
	    "URN:ietf:params:scim:schemas:extension:Enterprise:2.0:USER"
	    ":DEPARTMENT eq \"tour operations\"",
	    "name.givenName eq \"barb\xc3\xa9r\"",
	    "externalId eq \"Ext-701984\"",
	    /* Entra's collection */
	    "userName sw b",
	    "name.FamilyName eq O'Malley",
	    "meta.Created gt 2005-10-10T14:38:21.8617979-07:00",
	    "active eq \"True\"",
	    "active eq TRUE",
	    "id eq \"2819c223-7f76-453a-919d-413861904646\" and manager eq "
	    "\"26118915-6090-4610-87e4-49d8ca9f808d\"",
	    "emails[type eq \"work\"].value eq \"bjensen@example.com\"",
	    "emails[type eq \"work\" or type eq \"home\"].value sw \"babs\"",
	    "employeeNumber eq 701984",
	    /* precedence: not before and before or */
	    "title pr or title pr and active eq false",
	    "not (title pr) or active eq true",
	    "not (title eq \"x\" or title eq \"y\") and not(active eq false)",
	    "(((title pr)))",
	    "  title   pr\tand ( active pr ) ",
	    /* absence */
	    "userType ne \"x\" and preferredLanguage ne \"nl\"",
	    "preferredLanguage eq null and not (locale pr)",
	    "phoneNumbers eq null and phoneNumbers.type ne \"work\"",
	    "emails.type ne \"work\" and emails ne null",
	    "emails[type eq null and value eq \"no@type.example\"]",
	    "emails[not (type pr) and primary ne true]",
	    "name pr and name ne null and manager pr and emails pr",
	    "not (addresses pr) and active ne false and active pr",
	    /* the same element, and any */
	    "emails.type eq \"work\" and emails.value eq \"babs@jensen.org\"",
	    "not (emails[type eq \"work\" and value sw \"babs\"])",
	    "emails[primary eq true]",
	    "name[familyName eq \"o'malley\" and givenName pr]",
	    /* order and parts */
	    "userName gt \"BJENSEN\" and userName le \"bjensen@example.com\"",
	    "externalId gt \"E\" and externalId lt \"e\"",
	    "title ew \"guide\" and title co \"R G\" and title co \"\"",
	    "displayName co \"\\\\_b\" and displayName sw \"100%\"",
	    "displayName eq \"100\\u0025 \\\\_Babs\"",
	    "userName ge \"bjensen@example.com\"",
	    /* times */
	    "meta.created eq \"2010-01-23T05:56:22.0000004+01:00\"",
	    "meta.created eq \"2010-01-23T04:56:21.9999999\"",
	    "meta.lastModified gt \"2011-05-13T04:42:34.0000004Z\"",
	    "meta.created ne \"2010-01-23T04:56:23z\"",
	    "meta.created gt 2000-02-29T23:59:60Z and "
	    "meta.created lt 2024-02-29T00:00:00Z",
	    "meta.resourceType eq User",
	    "schemas eq \"" CORE "\" and schemas ne \"" CORE "\"",
	};

	(void)state;
	all_match(filters, COUNT(filters), true);
}

static void test_does_not_match(void **state)
{
	static const char *const filters[] = {
	    "externalId eq \"ext-701984\"",
	    "profileUrl ew \"/bjensen\"",
	    "id eq \"2819C223-7f76-453a-919d-413861904646\"",
	    "title eq null",
	    "active eq false",
	    "active ne true",
	    "(title pr or title pr) and active eq false",
	    "emails[type eq \"work\" and value sw \"babs\"]",
	    "emails[type eq \"work\"].value eq \"babs@jensen.org\"",
	    "phoneNumbers[type ne \"work\"]",
	    "nickName ne \"babs\"",
	    "locale eq \"\" or locale co \"\" or locale lt \"x\"",
	    "displayName co \"0_ \" or displayName co \"a%\"",
	    "title gt \"tour guide\" or title lt \"tour guide\"",
	    "meta.created gt \"2010-01-23T04:56:22Z\"",
	    "schemas co \"Group\"",
	    "meta.resourceType eq Group",
	    "groups pr",
	};

	(void)state;
	all_match(filters, COUNT(filters), false);
}

static void test_refused(void **state)
{
	static const char *const filters[][2] = {
	    {"", "missing"},
	    {"  ", "missing"},
	    {"()", "missing"},
	    {"userName", "operator"},
	    {"userName is \"x\"", "operator"},
	    {"userName eq", "value"},
	    {"userName eq ", "value"},
	    {"userName eq and", "value"},
	    {"userName eq \"x", "value"},
	    {"userName eq \"x\\", "value"},
	    {"userName eq \"\\x\"", "value"},
	    {"userName eq \"\\u0000\"", "value"},
	    {"userName eq \"\\ud800\"", "value"},
	    {"userName eq \"a\nb\"", "value"},
	    {"userName eq a\"b", "value"},
	    {"userName eq a(b)", "value"},
	    {"userName eq \"x\" y", "behind"},
	    {"userName eq \"x\"y", "behind"},
	    {"userName eq x y", "behind"},
	    {"userName eq \"x\")", "behind"},
	    {"userName eq \"x\" and", "missing"},
	    {"userName eq \"x\" and or title pr", "no such attribute"},
	    {"userName pr title pr", "behind"},
	    {"userName pr \"x\"", "behind"},
	    {"and", "no such attribute"},
	    {"not title pr", "not is followed"},
	    {"not", "not is followed"},
	    {"not (title pr", "not closed"},
	    {"(title pr", "not closed"},
	    {"(title pr]", "not closed"},
	    {"emails[type pr", "not closed"},
	    {"emails[type pr)", "not closed"},
	    {"emails[]", "missing"},
	    {"emails[emails.type pr]", "no such attribute"},
	    {"emails[type pr].x pr", "no such sub-attribute"},
	    {"emails[userName pr]", "no such attribute"},
	    {"emails.type[value pr]", "brackets follow"},
	    {"emails[type[value pr]]", "brackets follow"},
	    {"userName[value pr]", "brackets follow"},
	    {"schemas[value pr]", "brackets follow"},
	    {"password eq \"x\"", "no such attribute"},
	    {"user eq \"x\"", "no such attribute"},
	    {"userNames eq \"x\"", "no such attribute"},
	    {"userName.x eq \"x\"", "no such attribute"},
	    {"name. pr", "no such attribute"},
	    {"name.familyName.x pr", "no such attribute"},
	    {".userName pr", "no such attribute"},
	    {"urn:x:userName pr", "no such attribute"},
	    {CORE ":department pr", "no such attribute"},
	    {ENTERPRISE ":userName pr", "no such attribute"},
	    {ENTERPRISE " pr", "no such attribute"},
	    {"members.value pr", "no such attribute"},
	    {"name eq \"x\"", "by a part"},
	    {"addresses co \"x\"", "by a part"},
	    {"active gt true", "not that operator"},
	    {"active co \"rue\"", "not that operator"},
	    {"active eq 1", "true or false"},
	    {"active eq \"yes\"", "true or false"},
	    {"emails.primary sw true", "not that operator"},
	    {"meta.created sw \"2011\"", "not that operator"},
	    {"meta.created gt \"2011\"", "time"},
	    {"meta.created gt 2011-02-29T00:00:00Z", "time"},
	    {"meta.created gt 1900-02-29T00:00:00Z", "time"},
	    {"meta.created gt 2011-04-31T00:00:00Z", "time"},
	    {"meta.created gt 2011-13-01T00:00:00Z", "time"},
	    {"meta.created gt 2011-00-01T00:00:00Z", "time"},
	    {"meta.created gt 2011-01-32T00:00:00Z", "time"},
	    {"meta.created gt 2011-01-01T24:00:00Z", "time"},
	    {"meta.created gt 2011-01-01T00:60:00Z", "time"},
	    {"meta.created gt 2011-01-01T00:00:61Z", "time"},
	    {"meta.created gt 2011-01-01T00:00:00.Z", "time"},
	    {"meta.created gt 2011-01-01T00:00:00+16:00", "time"},
	    {"meta.created gt 2011-01-01T00:00:00+0100", "time"},
	    {"meta.created gt 2011-01-01T00:00:00Zx", "time"},
	    {"meta.created gt 2011-01-01 00:00:00Z", "time"},
	    {"meta.created gt 0000-01-01T00:00:00Z", "time"},
	    {"meta.created gt 0001-01-01T00:00:00+01:00", "time"},
	    {"meta.created gt 9999-12-31T23:59:59-00:01", "time"},
	    {"meta.created gt 9999-12-31T23:59:59.9999999Z", "time"},
	    {"userName gt null", "null"},
	    {"userName eq \"\xff\"", "not text"},
	    {"userName eq \xc3", "not text"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(filters); i++)
		refused_as(&scim_user, filters[i][0], filters[i][1]);
	refused_as(&scim_group, "userName eq \"x\"", "no such attribute");
	refused_as(
	    &scim_group, ENTERPRISE ":department pr", "no such attribute");
}

static void test_nul(void **state)
{
	static const char text[] = "title pr\0or active eq false";
	static const char name[] = "id\0 pr";
	const char *why = NULL;

	(void)state;
	assert_null(
	    scim_filter_read(text, sizeof(text) - 1, &scim_user, &arena, &why));
	assert_string_equal(why, "it is not text");
	assert_null(
	    scim_filter_read(name, sizeof(name) - 1, &scim_user, &arena, &why));
}

static void repeated(struct buf *text, const char *one, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_add_string(text, one);
}

static void nested(struct buf *text, size_t depth, const char *inner)
{
	buf_clear(text);
	repeated(text, "not (", depth);
	buf_add_string(text, inner);
	repeated(text, ")", depth);
}

static void test_limits(void **state)
{
	struct buf text = {0}, sql = {0};
	struct scim_values values = {.first = 3};

	(void)state;
	nested(&text, SCIM_FILTER_DEPTH_MAX, "title pr");
	read_as(&scim_user, text.bytes);
	nested(&text, SCIM_FILTER_DEPTH_MAX + 1, "title pr");
	refused_as(&scim_user, text.bytes, "too deep");
	nested(&text, SCIM_FILTER_DEPTH_MAX - 1, "emails[type pr]");
	read_as(&scim_user, text.bytes);
	nested(&text, SCIM_FILTER_DEPTH_MAX, "emails[type pr]");
	refused_as(&scim_user, text.bytes, "too deep");
	/* Brackets side by side are not deep. */
	buf_clear(&text);
	repeated(&text, "(title pr) or ", SCIM_FILTER_TERMS_MAX - 1);
	buf_add_string(&text, "active eq true");
	read_as(&scim_user, text.bytes);

	buf_clear(&text);
	repeated(&text, "title eq a or ", SCIM_FILTER_TERMS_MAX - 1);
	buf_add_string(&text, "title eq b");
	scim_filter_sql(read_as(&scim_user, text.bytes), &sql, &values, &arena);
	assert_int_equal(values.count, SCIM_FILTER_TERMS_MAX);
	assert_string_equal(values.at[SCIM_FILTER_TERMS_MAX - 1], "b");
	assert_non_null(strstr(sql.bytes, "lower($3)"));
	assert_non_null(strstr(sql.bytes, "lower($52)"));
	buf_add_string(&text, " or title pr");
	refused_as(&scim_user, text.bytes, "too many");

	buf_clear(&text);
	buf_add_string(&text, "title eq \"");
	repeated(&text, "x", SCIM_FILTER_LENGTH_MAX - text.length - 1);
	buf_add_char(&text, '"');
	assert_int_equal(text.length, SCIM_FILTER_LENGTH_MAX);
	read_as(&scim_user, text.bytes);
	buf_add_char(&text, ' ');
	refused_as(&scim_user, text.bytes, "too long");
	buf_release(&text);
	buf_release(&sql);
}

static void sql_is(const char *filter, const char *expected, const char *value)
{
	struct scim_values values = {.first = 2};
	struct buf sql = {0};

	scim_filter_sql(read_as(&scim_user, filter), &sql, &values, &arena);
	assert_string_equal(sql.bytes, expected);
	assert_int_equal(values.count, value == NULL ? 0 : 1);
	if (value != NULL)
		assert_string_equal(values.at[0], value);
	buf_release(&sql);
}

/* What an index serves; the rest is compared with what PostgreSQL finds. */
static void test_sql(void **state)
{
	struct scim_values values = {.first = 1};
	struct buf sql = {0};

	(void)state;
	sql_is("userName eq \"BJensen\"", "lower(u.user_name) = lower($2)",
	    "BJensen");
	sql_is("externalId eq \"a'b\"", "u.external_id = $2", "a'b");
	sql_is("id eq \"2819c223-7f76-453a-919d-413861904646\"",
	    "u.id = $2::uuid", "2819c223-7f76-453a-919d-413861904646");
	sql_is("title pr", "(u.stored ->> 'title') <> ''", NULL);
	sql_is("active eq \"True\"", "u.active = $2::boolean", "true");
	sql_is("userName co \"a%_\\\\\"", "lower(u.user_name) like lower($2)",
	    "%a\\%\\_\\\\%");
	scim_filter_sql(
	    read_as(&scim_user, "id eq \"x\""), &sql, &values, &arena);
	assert_string_equal(sql.bytes, "u.id = $1::uuid");
	assert_int_equal(values.count, 1);
	assert_null(values.at[0]);
	buf_clear(&sql);
	scim_filter_sql(read_as(&scim_group,
			    "members eq "
			    "\"2819c223-7f76-453a-919d-413861904646\""),
	    &sql, &values, &arena);
	assert_string_equal(sql.bytes,
	    "exists (select from scim_member m where m.org_id = u.org_id "
	    "and m.group_id = u.id and m.value = $1::uuid)");
	buf_release(&sql);
}

static void test_is_equal(void **state)
{
	static const char *const others[] = {"userName ne \"x\"",
	    "userName sw \"x\"", "userName pr", "userName eq null",
	    "userName eq \"x\" or userName eq \"y\"", "not (userName eq \"x\")",
	    "emails.value eq \"x\"", "emails eq \"x\"",
	    "emails[value eq \"x\"]", "schemas eq \"x\""};
	const struct scim_attribute *attribute;
	const char *value;

	(void)state;
	assert_true(scim_filter_is_equal(
	    read_as(&scim_user, "(username EQ bJensen)"), &attribute, &value));
	assert_string_equal(attribute->name, "userName");
	assert_string_equal(value, "bJensen");
	assert_true(scim_filter_is_equal(
	    read_as(&scim_user, "manager eq \"x\""), &attribute, &value));
	assert_string_equal(attribute->name, "value");
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(scim_filter_is_equal(
		    read_as(&scim_user, others[i]), &attribute, &value));
}

static int path_of(const struct scim_kind *kind, const char *text,
    struct scim_path *path, const char **why)
{
	*why = NULL;
	return scim_path_read(text, strlen(text), kind, &arena, path, why);
}

static void path_is(const char *text, const char *attribute, const char *part,
    bool is_extension)
{
	struct scim_path path;
	const char *why;

	if (path_of(&scim_user, text, &path, &why) != 0)
		fail_msg("%s: %s", text, why);
	assert_string_equal(path.attribute->name, attribute);
	assert_int_equal(path.part != NULL, part != NULL);
	if (part != NULL)
		assert_string_equal(path.part->name, part);
	assert_int_equal(path.is_extension, is_extension);
	assert_false(path.is_whole_extension);
	assert_int_equal(path.filter != NULL, strchr(text, '[') != NULL);
}

static void test_paths(void **state)
{
	struct scim_path path;
	const char *why;

	(void)state;
	path_is("active", "active", NULL, false);
	path_is("DisplayName", "displayName", NULL, false);
	path_is("name.FamilyName", "name", "familyName", false);
	path_is(CORE ":name.familyName", "name", "familyName", false);
	path_is(ENTERPRISE ":department", "department", NULL, true);
	path_is(ENTERPRISE ":manager.value", "manager", "value", true);
	path_is("URN:ietf:params:scim:schemas:extension:enterprise:2.0:user"
		":Manager",
	    "manager", NULL, true);
	path_is("manager", "manager", NULL, true);
	path_is("emails", "emails", NULL, false);
	path_is("emails.value", "emails", "value", false);
	path_is("emails[type eq \"work\"]", "emails", NULL, false);
	path_is("emails[type eq \"work\"].value", "emails", "value", false);
	path_is(CORE ":Emails[Type EQ work].Value", "emails", "value", false);
	path_is("addresses[type eq \"a].b[\"].streetAddress", "addresses",
	    "streetAddress", false);
	assert_int_equal(path_of(&scim_user, ENTERPRISE, &path, &why), 0);
	assert_true(path.is_whole_extension);
	assert_null(path.attribute);
	assert_int_equal(path_of(&scim_group, "members", &path, &why), 0);
	assert_string_equal(path.attribute->name, "members");
}

static void test_paths_refused(void **state)
{
	static const char *const paths[][2] = {
	    {"", "no such attribute"},
	    {"emailz", "no such attribute"},
	    {"name.x", "no such attribute"},
	    {"name..x", "no such attribute"},
	    {"name.", "no such attribute"},
	    {"schemas", "no such attribute"},
	    {CORE, "no such attribute"},
	    {CORE ":", "no such attribute"},
	    {ENTERPRISE ":", "no such attribute"},
	    {ENTERPRISE ":userName", "no such attribute"},
	    {" active", "no such attribute"},
	    {"active ", "behind"},
	    {ENTERPRISE "[value pr]", "behind"},
	    {"emails[type eq \"work\"]value", "behind"},
	    {"emails[type eq \"work\"].value.x", "no such sub-attribute"},
	    {"emails[type eq \"work\"].", "no such sub-attribute"},
	    {"emails[type eq \"work\"].x", "no such sub-attribute"},
	    {"emails[type eq \"work\"][type pr]", "behind"},
	    {"emails[type eq \"work\"", "not closed"},
	    {"emails[type eq]", "value"},
	    {"emails[userName eq \"x\"]", "no such attribute"},
	    {"emails[value[type pr]]", "brackets follow"},
	    {"emails.value[type pr]", "brackets select"},
	    {"name[familyName pr]", "brackets select"},
	    {"userName[value pr]", "brackets select"},
	    {"emails[primary co \"x\"]", "not that operator"},
	    {"emails\xff", "not text"},
	};
	struct scim_path path;
	const char *why;

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++) {
		if (path_of(&scim_user, paths[i][0], &path, &why) != -1)
			fail_msg("read: %s", paths[i][0]);
		if (strstr(why, paths[i][1]) == NULL)
			fail_msg("%s: %s", paths[i][0], why);
	}
	assert_int_equal(path_of(&scim_group, ENTERPRISE, &path, &why), -1);
}

static const struct scim_filter *members(const char *text)
{
	struct scim_path path;
	const char *why;

	if (path_of(&scim_group, text, &path, &why) != 0)
		fail_msg("%s: %s", text, why);
	return path.filter;
}

/* A path's filter is about elements, in memory and in SQL. */
static void test_elements(void **state)
{
	const struct scim_filter *filter =
	    members("members[value eq \"a\" or display sw \"B\"]");
	json_t *a = json_pack("{s:s}", "value", "a");
	json_t *b = json_pack("{s:s, s:s}", "value", "c", "display", "babs");
	json_t *c = json_pack("{s:s}", "value", "A");
	struct scim_values values = {.first = 4};
	struct buf sql = {0};

	(void)state;
	assert_true(scim_filter_matches(filter, a));
	assert_true(scim_filter_matches(filter, b));
	assert_false(scim_filter_matches(filter, c));
	scim_filter_sql(filter, &sql, &values, &arena);
	assert_string_equal(sql.bytes,
	    "(m.value = $4::uuid or lower(m.display) like lower($5))");
	assert_null(values.at[0]);
	assert_string_equal(values.at[1], "B%");
	buf_release(&sql);
	json_decref(a);
	json_decref(b);
	json_decref(c);
}

static void test_any_of(void **state)
{
	static const char *const others[] = {
	    "members[value eq \"a\" and value eq \"b\"]",
	    "members[value eq \"a\" or display eq \"b\"]",
	    "members[not (value eq \"a\")]", "members[value ne \"a\"]",
	    "members[value pr]", "members[value eq null or value eq \"b\"]",
	    "members[value eq \"a\" or value sw \"b\"]"};
	const struct scim_attribute *part;
	struct scim_values values;

	(void)state;
	assert_true(scim_filter_is_any_of(
	    members("members[value eq \"a\" or (value eq \"b\" or "
		    "value eq \"c\")]"),
	    &part, &values));
	assert_string_equal(part->name, "value");
	assert_int_equal(values.count, 3);
	assert_string_equal(values.at[0], "a");
	assert_string_equal(values.at[1], "b");
	assert_string_equal(values.at[2], "c");
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(
		    scim_filter_is_any_of(members(others[i]), &part, &values));
}

static bool any_matches(
    const struct scim_kind *kind, const char *text, const char *document)
{
	json_t *value = json_loads(document, 0, NULL);
	struct scim_values values = {.first = 1};
	const struct scim_filter *filter;
	const char *why = NULL;
	struct buf sql = {0};
	bool matches;

	filter = scim_filter_read_any(text, strlen(text), kind, &arena, &why);
	if (filter == NULL)
		fail_msg("%s: %s", text, why);
	scim_filter_sql(filter, &sql, &values, &arena);
	assert_int_equal(values.count, 0);
	matches = scim_filter_matches(filter, value);
	buf_release(&sql);
	json_decref(value);
	return matches;
}

/* What only the other kind has is absent, and still checked. */
static void test_any_kind(void **state)
{
	static const char *const absent[] = {"userName eq \"x\"",
	    "emails[type eq \"work\"]", "name.familyName co \"\"", "title pr",
	    "userName ne null", "not (title eq null)",
	    ENTERPRISE ":department eq \"x\""};
	static const char *const present[] = {"userName ne \"x\"",
	    "title eq null", "not (emails[type eq \"work\"])",
	    "not (userName eq \"x\")"};
	const char *why = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(absent); i++)
		assert_false(any_matches(&scim_group, absent[i],
		    "{\"userName\": \"x\", \"title\": \"x\"}"));
	for (size_t i = 0; i < COUNT(present); i++)
		assert_true(any_matches(&scim_group, present[i],
		    "{\"userName\": \"x\", \"title\": \"x\"}"));
	assert_false(any_matches(&scim_user, "members pr", "{}"));
	assert_null(scim_filter_read_any(
	    "active gt true", 14, &scim_group, &arena, &why));
	assert_null(
	    scim_filter_read_any("nothing pr", 10, &scim_group, &arena, &why));
}

/* What the table has not today: simple values, times and texts in arrays. */
static void test_other_tables(void **state)
{
	static const struct scim_attribute parts[] = {
	    {.name = "since", .type = SCIM_DATE_TIME},
	    {.name = "on", .type = SCIM_BOOLEAN}, {0}};
	static const struct scim_attribute own[] = {
	    {.name = "tags", .multi_valued = true},
	    {.name = "leave", .type = SCIM_COMPLEX, .parts = parts}, {0}};
	static const struct scim_kind kind = {.name = "Thing",
	    .schema = "urn:thing",
	    .attributes = own,
	    .extension = "urn:more",
	    .extension_attributes = own + 1};
	json_t *document =
	    json_loads("{\"tags\": [\"A\", \"b\"], "
		       "\"leave\": {\"since\": \"2026-01-01T00:00:00+01:00\"}}",
		0, NULL);
	struct scim_values values = {.first = 1};
	struct buf sql = {0};

	(void)state;
	assert_true(
	    scim_filter_matches(read_as(&kind, "tags eq \"a\""), document));
	assert_false(
	    scim_filter_matches(read_as(&kind, "tags eq \"c\""), document));
	assert_true(scim_filter_matches(
	    read_as(&kind, "urn:thing:leave.since lt 2026-01-01T00:00:00Z"),
	    document));
	scim_filter_sql(
	    read_as(&kind,
		"tags eq a and leave.since gt 2026-01-01T00:00:00Z and "
		"urn:more:leave.on eq true"),
	    &sql, &values, &arena);
	assert_string_equal(sql.bytes,
	    "((exists (select from jsonb_array_elements(u.stored -> 'tags') "
	    "x(e) where lower((e #>> '{}')) = lower($1)) and "
	    "(u.stored -> 'leave' ->> 'since')::timestamptz > "
	    "$2::timestamptz) and "
	    "((u.stored -> 'urn:more' -> 'leave' ->> 'on') = 'true') = "
	    "$3::boolean)");
	buf_release(&sql);
	json_decref(document);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_examples, start, stop),
	    cmocka_unit_test_setup_teardown(test_matches, start, stop),
	    cmocka_unit_test_setup_teardown(test_does_not_match, start, stop),
	    cmocka_unit_test_setup_teardown(test_refused, start, stop),
	    cmocka_unit_test_setup_teardown(test_nul, start, stop),
	    cmocka_unit_test_setup_teardown(test_limits, start, stop),
	    cmocka_unit_test_setup_teardown(test_sql, start, stop),
	    cmocka_unit_test_setup_teardown(test_is_equal, start, stop),
	    cmocka_unit_test_setup_teardown(test_paths, start, stop),
	    cmocka_unit_test_setup_teardown(test_paths_refused, start, stop),
	    cmocka_unit_test_setup_teardown(test_elements, start, stop),
	    cmocka_unit_test_setup_teardown(test_any_of, start, stop),
	    cmocka_unit_test_setup_teardown(test_any_kind, start, stop),
	    cmocka_unit_test_setup_teardown(test_other_tables, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
