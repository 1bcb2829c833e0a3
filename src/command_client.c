#include "command.h"

#include "hefboom/buf.h"
#include "hefboom/link.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"
#include "hefboom/problem.h"
#include "hefboom/random.h"
#include "hefboom/token.h"

/* What the statements of an operation are given; the rest is null. */
struct given {
	char org[37];
	char client[37];
	char credential[37];
	char made[37];
	char *body; /* JSON, or NULL */
};

static const struct operation *operation_named(const char *name)
{
	const struct operation *operation = operations;

	while (strcmp(operation->name, name) != 0)
		operation++;
	return operation;
}

static const char *value_of(const struct given *given, const char *name)
{
	const struct {
		const char *name, *value;
	} values[] = {{"auth.org", given->org},
	    {"path.client_id", given->client},
	    {"path.credential_id", given->credential}, {"new.id", given->made},
	    {"body", given->body}};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (strcmp(values[i].name, name) == 0)
			return values[i].value;
	return NULL;
}

static int run_statement(struct link *link, const struct statement *statement,
    const struct given *given)
{
	const char *values[UINT8_MAX] = {NULL};

	for (int i = 0; i < statement->argument_count; i++)
		values[i] = value_of(given, statement->arguments[i].name);
	return link_statement(link, statement, values);
}

/* In the words of problems.yaml when it has any. */
static char *refusal(struct link *link)
{
	char *code = memory_string(link_error(link));
	const struct problem *problem;

	code[strcspn(code, " ")] = '\0';
	problem = problem_find(
	    link_constraint(link)[0] != '\0' ? link_constraint(link) : code);
	free(code);
	if (problem == NULL)
		return memory_string(link_error(link));
	return memory_format("%s%s%s", problem->title[LANGUAGE_EN],
	    problem->detail[LANGUAGE_EN] == NULL ? "" : ". ",
	    problem->detail[LANGUAGE_EN] == NULL
		? ""
		: problem->detail[LANGUAGE_EN]);
}

/*
 * What the API does, by the same statements; nobody is the actor.  The last
 * statement's row stays in the link until it is used again.  0, or -1 with
 * *error.
 */
static int run_operation(struct link *link, const char *name,
    const struct given *given, char **error)
{
	const struct operation *operation = operation_named(name);

	if (link_script(link, "begin") < 0) {
		*error = memory_string(link_error(link));
		return -1;
	}
	for (int i = 0; i < operation->statement_count; i++)
		if (run_statement(link, &operation->statements[i], given) < 0) {
			*error = refusal(link);
			link_script(link, "rollback");
			return -1;
		}
	return 0;
}

static int commit(struct link *link, char **error)
{
	if (link_script(link, "commit") == 0)
		return 0;
	*error = memory_string(link_error(link));
	return -1;
}

/* The only row's first value, into id; values end with a NULL. */
static int find_id(struct link *link, const char *text,
    const char *const *values, char id[37], char **error)
{
	int count = 0, rows;

	while (values[count] != NULL)
		count++;
	rows = link_query(link, text, count, values);

	if (rows == 1)
		snprintf(id, 37, "%s", link_value(link, 0, 0));
	else if (rows < 0)
		*error = memory_string(link_error(link));
	return rows == 1 ? 0 : -1;
}

static int find_org(
    struct invocation *invocation, struct given *given, char **error)
{
	const char *org = command_option(invocation, "org");
	const char *values[] = {org, NULL};

	if (org == NULL) {
		*error = memory_string("--org must name an organisation");
		return -1;
	}
	if (command_database(invocation, error) < 0)
		return -1;
	if (find_id(invocation->owner,
		"select id from organisation where name = $1", values,
		given->org, error) == 0)
		return 0;
	if (*error == NULL)
		*error = memory_format("there is no organisation %s", org);
	return -1;
}

/* By its name or its id. */
static int find_client(
    struct invocation *invocation, struct given *given, char **error)
{
	const char *name = invocation->words[0];
	const char *values[] = {given->org, name, NULL};

	if (find_id(invocation->owner,
		"select id from machine_client"
		" where org_id = $1::uuid and revoked_at is null"
		" and (sort_name = left(normalize_label($2), 200)"
		" or id::text = lower($2))",
		values, given->client, error) == 0)
		return 0;
	if (*error == NULL)
		*error =
		    memory_format("there is no client %s that may call", name);
	return -1;
}

static int find_credential(
    struct invocation *invocation, struct given *given, char **error)
{
	const char *wanted = command_option(invocation, "credential");
	const char *values[] = {given->org, given->client, wanted, NULL};

	if (find_id(invocation->owner,
		"select id from machine_credential"
		" where org_id = $1::uuid and client_id = $2::uuid"
		" and revoked_at is null"
		" and (id::text = lower($3) or hint = $3)",
		values, given->credential, error) == 0)
		return 0;
	if (*error == NULL)
		*error = memory_format("not one valid credential, by its id or "
				       "its last four characters, is %s",
		    wanted);
	return -1;
}

/* {"name": ..., "scopes": [...], "expect_every_min": ...}, or NULL. */
static char *client_body(const struct invocation *invocation, char **error)
{
	const char *minutes = command_option(invocation, "expect-every");
	struct buf body = {0};
	char *end = NULL;
	int scopes = 0;

	buf_add_string(&body, "{\"name\":");
	buf_add_json_string(&body, invocation->words[0]);
	buf_add_string(&body, ",\"scopes\":[");
	for (int i = 0; i < invocation->option_count; i++) {
		const struct option_given *option = &invocation->options[i];

		if (!option_is(option, "scope"))
			continue;
		*error = command_scope_fault(option->value);
		if (*error != NULL)
			break;
		buf_add_string(&body, scopes++ > 0 ? "," : "");
		buf_add_json_string(&body, option->value);
	}
	buf_add_string(&body, "],\"expect_every_min\":");
	buf_add_string(&body, minutes == NULL ? "null" : minutes);
	buf_add_char(&body, '}');
	if (*error == NULL && scopes == 0)
		*error = memory_string("--scope must say what it may do");
	if (*error == NULL && minutes != NULL &&
	    (strtol(minutes, &end, 10) < 1 || *end != '\0'))
		*error = memory_string("--expect-every must be minutes");
	if (*error == NULL)
		return buf_take(&body, NULL);
	buf_release(&body);
	return NULL;
}

int command_client_create(struct invocation *invocation)
{
	struct given given = {0};
	char *error = NULL;
	int status = -1;

	given.body = client_body(invocation, &error);
	if (given.body == NULL)
		return command_fail(COMMAND_MISUSED, error);
	uuid_new(given.made);
	if (find_org(invocation, &given, &error) == 0 &&
	    run_operation(invocation->owner, "create_client", &given, &error) ==
		0)
		status = commit(invocation->owner, &error);
	free(given.body);
	if (status < 0)
		return command_fail(COMMAND_FAILED, error);
	puts(given.made);
	return 0;
}

int command_client_list(struct invocation *invocation)
{
	static const char text[] =
	    "select c.id, c.name, array_to_string(c.scopes, ' '),"
	    " case when c.revoked_at is null then 'active' else 'revoked' end,"
	    " coalesce((select string_agg(k.kind || ' ...' || k.hint, ', '"
	    " order by k.created_at) from machine_credential k"
	    " where k.org_id = c.org_id and k.client_id = c.id"
	    " and k.revoked_at is null and (k.expires_at is null"
	    " or k.expires_at > clock())), 'no credential')"
	    " from machine_client c where c.org_id = $1::uuid"
	    " order by c.sort_name, c.id";
	struct given given = {0};
	const char *values[] = {given.org};
	char *error = NULL;
	int rows;

	if (find_org(invocation, &given, &error) < 0)
		return command_fail(COMMAND_FAILED, error);
	rows = link_query(invocation->owner, text, 1, values);
	if (rows < 0)
		return command_fail(COMMAND_FAILED,
		    memory_string(link_error(invocation->owner)));
	for (int i = 0; i < rows; i++) {
		for (int column = 0; column < 5; column++)
			printf("%s%s", column == 0 ? "" : "\t",
			    link_value(invocation->owner, i, column));
		putchar('\n');
	}
	return 0;
}

/* {"kind": ..., "expires_at": ...} by the database's clock. */
static int credential_body(struct invocation *invocation, struct given *given,
    const char *kind, char **error)
{
	const char *expires = command_option(invocation, "expires");
	char *seconds = expires == NULL
	    ? NULL
	    : memory_format("%lld", (long long)command_duration(expires));
	const char *values[] = {kind, seconds};
	int rows = link_query(invocation->owner,
	    "select json_build_object('kind', $1::text, 'expires_at',"
	    " clock() + make_interval(secs => $2::float8))",
	    2, values);

	free(seconds);
	if (rows == 1) {
		given->body =
		    memory_string(link_value(invocation->owner, 0, 0));
		return 0;
	}
	*error = memory_string(link_error(invocation->owner));
	return -1;
}

/* The secret, to be wiped and freed; NULL and *error. */
static char *new_secret(struct invocation *invocation, struct given *given,
    const char *kind, char **error)
{
	enum { SECRET_COLUMN = 9 };
	char *secret = NULL;

	uuid_new(given->made);
	if (find_org(invocation, given, error) == 0 &&
	    find_client(invocation, given, error) == 0 &&
	    credential_body(invocation, given, kind, error) == 0 &&
	    run_operation(invocation->owner, "create_client_credential", given,
		error) == 0) {
		secret = memory_string(
		    link_value(invocation->owner, 0, SECRET_COLUMN));
		if (commit(invocation->owner, error) < 0) {
			free(secret);
			secret = NULL;
		}
	}
	free(given->body);
	return secret;
}

static int give_secret(struct invocation *invocation, const char *kind)
{
	const char *expires = command_option(invocation, "expires");
	struct given given = {0};
	char *error = NULL, *secret;

	if (expires != NULL && command_duration(expires) < 0)
		return command_fail(COMMAND_MISUSED,
		    memory_string("--expires must be like 12h or 90d, and a "
				  "year at most"));
	secret = new_secret(invocation, &given, kind, &error);
	if (secret == NULL)
		return command_fail(COMMAND_FAILED, error);
	if (strcmp(kind, "secret") == 0)
		printf(
		    "client_id=%s\nclient_secret=%s\n", given.client, secret);
	else
		puts(secret);
	memory_wipe(secret, strlen(secret));
	free(secret);
	return 0;
}

int command_client_secret(struct invocation *invocation)
{
	return give_secret(invocation, "secret");
}

int command_client_token(struct invocation *invocation)
{
	return give_secret(invocation, "token");
}

int command_client_revoke(struct invocation *invocation)
{
	bool one = command_option(invocation, "credential") != NULL;
	struct given given = {0};
	char *error = NULL;

	if (find_org(invocation, &given, &error) < 0 ||
	    find_client(invocation, &given, &error) < 0 ||
	    (one && find_credential(invocation, &given, &error) < 0) ||
	    run_operation(invocation->owner,
		one ? "revoke_client_credential" : "revoke_client", &given,
		&error) < 0 ||
	    commit(invocation->owner, &error) < 0)
		return command_fail(COMMAND_FAILED, error);
	puts(one ? "The credential is void." : "The client is shut out.");
	return 0;
}
