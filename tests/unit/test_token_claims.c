/*
 * Claims: times, audience, names, organisations, roles and scopes, each with
 * tokens that are rightly signed and still not for us.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "forged.h"
#include "hefboom/operation.h"
#include "hefboom/token.h"

enum { NOW = FORGE_NOW };

static struct token_checker *checker;
static struct signer hs, other;

static const char issuers[] =
    "[{'issuer':'one','audience':'hefboom','organisations':['acme'],"
    "'secret_file':'@/secret','algorithms':['HS256']},"
    "{'issuer':'two','audience':'hefboom','organisations':['acme','globex'],"
    "'secret_file':'@/other','algorithms':['HS256'],"
    "'role_names':{'Learning-HR':'hr','boss':'leader','Les Chefs':'leader'}},"
    "{'issuer':'plain','audience':'hefboom','organisations':['acme'],"
    "'secret_file':'@/other','algorithms':['HS256'],"
    "'default_role':'member'},"
    "{'issuer':'map','audience':'api','organisations':{'42':'initech',"
    "'43':'acme'},'secret_file':'@/secret','algorithms':['HS256'],"
    "'claims':{'subject':'user.id','org':['https://x.example/org'],"
    "'roles':'realm_access.roles','scope':['scp'],'client_id':'azp'}},"
    "{'issuer':'hefboom','audience':'hefboom','secret_file':'@/secret',"
    "'algorithms':['HS256']}]";

static int setup(void **state)
{
	forge_init(&forge);
	forge_write(&forge, "secret", forge.secret, 32);
	forge_write(&forge, "other", forge.secret + 32, 32);
	hs = (struct signer){"HS256", NULL, forge.secret, 32};
	other = (struct signer){"HS256", NULL, forge.secret + 32, 32};
	return forged_configure(issuers, &checker, state);
}

/* ' for \"; borrowed until the next call. */
static struct principal *ask(
    const struct signer *signer, const char *claims, const char *expected)
{
	char *json = memory_string(claims), *token;
	struct principal *principal;
	const char *why = "";

	for (char *at = json; *at != '\0'; at++)
		if (*at == '\'')
			*at = '"';
	token = forge_token(signer, "{\"alg\":\"HS256\"}", json);
	principal =
	    token_check_uncached(checker, token, strlen(token), NOW, &why);
	if ((principal == NULL) != (expected != NULL) ||
	    (expected != NULL && strcmp(expected, why) != 0))
		print_error(
		    "%s: %s\n", claims, principal == NULL ? why : "accepted");
	assert_int_equal(principal == NULL, expected != NULL);
	if (expected != NULL)
		assert_string_equal(why, expected);
	free(token);
	free(json);
	return principal;
}

struct fact {
	const char *claims;
	const char *expected;
};

static void ask_all(const char *before, const struct fact *facts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *claims = memory_format("{%s%s%s}", before,
		    facts[i].claims[0] == '\0' ? "" : ",", facts[i].claims);

		ask(&hs, claims, facts[i].expected);
		free(claims);
	}
}

#define ASK_ALL(before, facts)                                                 \
	ask_all(before, facts, sizeof(facts) / sizeof((facts)[0]))

static void test_times(void **state)
{
	static const struct fact facts[] = {
	    {"'exp':1700000600", NULL},
	    {"'exp':1700000600.75", NULL},
	    {"'exp':1.7000006e9", NULL},
	    {"'exp':1700000000", NULL}, /* within the leeway */
	    {"'exp':1699999941", NULL},
	    {"'exp':1699999940.5", NULL},
	    {"'exp':1699999940", "expired"},
	    {"'exp':1699999939.5", "expired"},
	    {"'exp':1", "expired"},
	    {"'exp':0", "expired"},
	    {"", "no valid exp"},
	    {"'exp':null", "no valid exp"},
	    {"'exp':'1700000600'", "no valid exp"},
	    {"'exp':[1700000600]", "no valid exp"},
	    {"'exp':true", "no valid exp"},
	    {"'exp':-1", "no valid exp"},
	    {"'exp':-1700000600", "no valid exp"},
	    {"'exp':9007199254740992", NULL},
	    {"'exp':9007199254740994", "no valid exp"},
	    {"'exp':9223372036854775807", "no valid exp"},
	    {"'exp':1e300", "no valid exp"},
	    {"'exp':9223372036854775808", "malformed claims"},
	    {"'exp':1e999", "malformed claims"},
	    {"'exp':NaN", "malformed claims"},
	    {"'exp':1700000600,'nbf':1700000060", NULL},
	    {"'exp':1700000600,'nbf':1700000060.5", "not valid yet"},
	    {"'exp':1700000600,'nbf':1700000061", "not valid yet"},
	    {"'exp':1700000600,'nbf':1e300", "no valid nbf"},
	    {"'exp':1700000600,'nbf':'0'", "no valid nbf"},
	    {"'exp':1700000600,'nbf':null", "no valid nbf"},
	    {"'exp':1700000600,'iat':1700000060", NULL},
	    {"'exp':1700000600,'iat':1700000061", "issued in the future"},
	    {"'exp':1700000600,'iat':'now'", "no valid iat"},
	    {"'exp':1700000600,'iat':-1", "no valid iat"},
	};

	(void)state;
	ASK_ALL("'iss':'one','aud':'hefboom','sub':'els'", facts);
}

static void test_issuer_and_audience(void **state)
{
	static const struct fact issuer[] = {
	    {"'iss':'one'", NULL},
	    {"'iss':'One'", "unknown issuer"},
	    {"'iss':'one/'", "unknown issuer"},
	    {"'iss':''", "unknown issuer"},
	    {"'iss':['one']", "unknown issuer"},
	    {"'iss':null", "unknown issuer"},
	    {"", "unknown issuer"},
	    {"'iss':'two'", "bad signature"},
	};
	static const struct fact audience[] = {
	    {"'aud':'hefboom'", NULL},
	    {"'aud':['hefboom']", NULL},
	    {"'aud':['other','hefboom']", NULL},
	    {"'aud':['other']", "wrong audience"},
	    {"'aud':[]", "wrong audience"},
	    {"'aud':['hefboom',1]", "wrong audience"},
	    {"'aud':[['hefboom']]", "wrong audience"},
	    {"'aud':{'hefboom':'hefboom'}", "wrong audience"},
	    {"'aud':'hefboom other'", "wrong audience"},
	    {"'aud':'Hefboom'", "wrong audience"},
	    {"'aud':''", "wrong audience"},
	    {"'aud':null", "wrong audience"},
	    {"", "wrong audience"},
	    {"'client_id':'hefboom'", "wrong audience"},
	};

	(void)state;
	ASK_ALL("'aud':'hefboom','sub':'els','exp':1700000600", issuer);
	ASK_ALL("'iss':'one','sub':'els','exp':1700000600", audience);
}

static void test_subject(void **state)
{
	static const struct fact facts[] = {
	    {"'sub':'els'", NULL},
	    {"'sub':'\xc3\xa9ls'", NULL},
	    {"'sub':'e'", NULL},
	    {"'sub':''", "no valid subject"},
	    {"'sub':null", "no valid subject"},
	    {"'sub':1", "no valid subject"},
	    {"'sub':['els']", "no valid subject"},
	    {"", "no valid subject"},
	    {"'sub':'a\\u0000b'", "malformed claims"},
	    {"'sub':'a\\nb'", "no valid subject"},
	    {"'sub':'a\\u007fb'", "no valid subject"},
	    {"'sub':'els','client_id':'app'", NULL},
	    {"'sub':'els','client_id':1", "no valid client"},
	    {"'sub':'els','client_id':''", "no valid client"},
	};
	char name[802];

	(void)state;
	ASK_ALL("'iss':'one','aud':'hefboom','exp':1700000600", facts);
	for (size_t length = 800; length <= 801; length++) {
		char *claims;

		memset(name, 's', length);
		name[length] = '\0';
		claims = memory_format("{'iss':'one','aud':'hefboom','exp':"
				       "1700000600,'sub':'%s'}",
		    name);
		ask(&hs, claims, length == 800 ? NULL : "no valid subject");
		free(claims);
	}
}

#define TWO "{'iss':'two','aud':'hefboom','sub':'els','exp':1700000600"
#define PLAIN "{'iss':'plain','aud':'hefboom','sub':'els','exp':1700000600"
#define ONE "{'iss':'one','aud':'hefboom','sub':'els','exp':1700000600"
#define OWN "{'iss':'hefboom','aud':'hefboom','sub':'els','exp':1700000600"
#define MAP "{'iss':'map','aud':'api','exp':1700000600"

static void test_organisations(void **state)
{
	struct principal *principal;

	(void)state;
	/* One organisation: no claim needed, but it must agree. */
	assert_string_equal(ask(&hs, ONE "}", NULL)->org, "acme");
	assert_string_equal(ask(&hs, ONE ",'org':'acme'}", NULL)->org, "acme");
	ask(&hs, ONE ",'org':'globex'}", "not this issuer's organisation");
	ask(&hs, ONE ",'org':'Acme'}", "not this issuer's organisation");
	ask(&hs, ONE ",'org':null}", "no valid organisation");
	ask(&hs, ONE ",'org':''}", "no valid organisation");
	ask(&hs, ONE ",'org':['acme']}", "no valid organisation");
	/* Several: the claim chooses among them. */
	principal = ask(&other, TWO ",'org':'globex'}", NULL);
	assert_string_equal(principal->org, "globex");
	assert_string_equal(principal->issuer, "two");
	ask(&other, TWO "}", "no organisation");
	ask(&other, TWO ",'org':'initech'}", "not this issuer's organisation");
	/* By map and by a claim whose name has dots. */
	principal = ask(&hs,
	    MAP ",'user':{'id':'els'},"
		"'https://x.example/org':'42'}",
	    NULL);
	assert_string_equal(principal->org, "initech");
	ask(&hs,
	    MAP ",'user':{'id':'els'},'https://x.example/org':"
		"'initech'}",
	    "not this issuer's organisation");
	ask(&hs, MAP ",'user':{'id':'els'},'org':'42'}", "no organisation");
	ask(&hs, MAP ",'user':{'id':'els'},'https://x.example/org':42}",
	    "no valid organisation");
	/* Our own issuer speaks for all, and must say for which. */
	assert_string_equal(ask(&hs, OWN ",'org':'any'}", NULL)->org, "any");
	ask(&hs, OWN "}", "no organisation");
	ask(&hs, OWN ",'org':''}", "no valid organisation");
}

static void test_paths(void **state)
{
	struct principal *principal;

	(void)state;
	principal = ask(&hs,
	    MAP ",'user':{'id':'els'},'https://x.example/org':'43',"
		"'realm_access':{'roles':['hr','offline_access']},"
		"'scp':'people:write','azp':'lms'}",
	    NULL);
	assert_string_equal(principal->subject, "els");
	assert_int_equal(principal->roles, ROLE_HR);
	assert_string_equal(principal->scopes, "people:write");
	assert_string_equal(principal->client_id, "lms");
	ask(&hs, MAP ",'sub':'els','https://x.example/org':'43'}",
	    "no valid subject");
	ask(&hs, MAP ",'user':'els','https://x.example/org':'43'}",
	    "no valid subject");
	ask(&hs, MAP ",'user.id':'els','https://x.example/org':'43'}",
	    "no valid subject");
	/* Roles in the usual place mean nothing to this issuer. */
	principal = ask(&hs,
	    MAP ",'user':{'id':'els'},'roles':['admin'],"
		"'https://x.example/org':'43'}",
	    NULL);
	assert_int_equal(principal->roles, 0);
}

/* A credential is believed of our own tokens alone, and with its client. */
static void test_credential(void **state)
{
	struct principal *principal;

	(void)state;
	principal = ask(&hs,
	    OWN ",'org':'acme','client_id':'c','credential_id':'k'}", NULL);
	assert_string_equal(principal->client_id, "c");
	assert_string_equal(principal->credential_id, "k");
	principal = ask(&hs, ONE ",'client_id':'c','credential_id':'k'}", NULL);
	assert_string_equal(principal->client_id, "c");
	assert_null(principal->credential_id);
	ask(&hs, OWN ",'org':'acme','credential_id':'k'}",
	    "no valid credential");
	ask(&hs, OWN ",'org':'acme','client_id':'c','credential_id':''}",
	    "no valid credential");
	ask(&hs, OWN ",'org':'acme','client_id':'c','credential_id':7}",
	    "no valid credential");
	principal = ask(&hs, OWN ",'org':'acme','client_id':'c'}", NULL);
	assert_null(principal->credential_id);
}

static void test_roles(void **state)
{
	static const struct {
		const char *claim;
		uint32_t roles;
	} good[] = {
	    {"'member'", ROLE_MEMBER},
	    {"'member hr'", ROLE_MEMBER | ROLE_HR},
	    {"'  hr   admin '", ROLE_HR | ROLE_ADMIN},
	    {"['member','trainer']", ROLE_MEMBER | ROLE_TRAINER},
	    {"['leader','facilitator','integrator']",
		ROLE_LEADER | ROLE_FACILITATOR | ROLE_INTEGRATOR},
	    {"['HR','Admin','root','','hr ']", 0},
	    {"'hr,admin'", 0},
	    {"['hr admin']", 0},
	    {"[]", 0},
	    {"''", 0},
	};
	static const char *const bad[] = {"1", "true", "null", "{}",
	    "{'hr':true}", "['hr',1]", "[['hr']]", "['hr',null]"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char *claims = memory_format(ONE ",'roles':%s}", good[i].claim);

		assert_int_equal(ask(&hs, claims, NULL)->roles, good[i].roles);
		free(claims);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *claims = memory_format(ONE ",'roles':%s}", bad[i]);

		ask(&hs, claims, "no valid roles");
		free(claims);
	}
	assert_int_equal(ask(&hs, ONE "}", NULL)->roles, 0);
	/* Mapped names only, or their "admin" would be ours. */
	assert_int_equal(ask(&other,
			     TWO ",'org':'acme','roles':['Learning-HR',"
				 "'boss','admin','hr']}",
			     NULL)
			     ->roles,
	    ROLE_HR | ROLE_LEADER);
	assert_int_equal(
	    ask(&other, TWO ",'org':'acme','roles':['Les Chefs']}", NULL)
		->roles,
	    ROLE_LEADER);
	/* Who sends no roles of ours is what the issuer's entry says. */
	assert_int_equal(ask(&other, PLAIN "}", NULL)->roles, ROLE_MEMBER);
	assert_int_equal(
	    ask(&other, PLAIN ",'roles':['Staff']}", NULL)->roles, ROLE_MEMBER);
	assert_int_equal(
	    ask(&other, PLAIN ",'roles':['hr']}", NULL)->roles, ROLE_HR);
	assert_int_equal(role_find("admin"), ROLE_ADMIN);
	assert_int_equal(role_find("Admin"), 0);
	assert_int_equal(role_find(""), 0);
}

static void test_scopes(void **state)
{
	static const struct {
		const char *claim, *expected;
	} good[] = {
	    {"'people:write'", "people:write"},
	    {"' a  b '", "a b"},
	    {"['a','b']", "a b"},
	    {"''", ""},
	    {"[]", ""},
	};
	static const char *const bad[] = {"1", "null", "{}", "['a',1]",
	    "'a\\\"b'", "'a\\\\b'", "'a\\nb'", "'a\x7f'", "'\xc3\xa9'"};
	struct buf longest = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char *claims = memory_format(ONE ",'scope':%s}", good[i].claim);

		assert_string_equal(
		    ask(&hs, claims, NULL)->scopes, good[i].expected);
		free(claims);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *claims = memory_format(ONE ",'scope':%s}", bad[i]);

		ask(&hs, claims, "no valid scope");
		free(claims);
	}
	buf_add_string(&longest, ONE ",'scope':'");
	for (size_t i = 0; i < 1024; i++)
		buf_add_char(&longest, 'a');
	buf_add_string(&longest, "'}");
	assert_int_equal(strlen(ask(&hs, longest.bytes, NULL)->scopes), 1024);
	longest.length -= 2;
	buf_add_string(&longest, "a'}");
	ask(&hs, longest.bytes, "no valid scope");
	buf_release(&longest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_issuer_and_audience),
	    cmocka_unit_test(test_subject),
	    cmocka_unit_test(test_organisations),
	    cmocka_unit_test(test_paths),
	    cmocka_unit_test(test_credential),
	    cmocka_unit_test(test_roles),
	    cmocka_unit_test(test_scopes),
	};

	return cmocka_run_group_tests(tests, setup, forged_end);
}
