#include "command.h"

#include "hefboom/demo.h"
#include "hefboom/embedded.h"
#include "hefboom/import.h"
#include "hefboom/link.h"
#include "hefboom/memory.h"
#include "hefboom/migrate.h"
#include "hefboom/operation.h"

static int open_embedded(struct invocation *invocation, char **error)
{
	invocation->embedded = embedded_use(&invocation->config, error);
	if (invocation->embedded == NULL)
		return -1;
	invocation->owner =
	    link_open(embedded_owner_url(invocation->embedded), error);
	return invocation->owner == NULL ? -1 : 0;
}

static int open_external(struct invocation *invocation, char **error)
{
	const struct config *config = &invocation->config;

	if (config->owner_url == NULL) {
		*error = memory_string("HEFBOOM_OWNER_URL must name the role "
				       "that owns the database");
		return -1;
	}
	if (link_check_url(config->owner_url, config->database_tls, error) < 0)
		return -1;
	invocation->owner = link_open(config->owner_url, error);
	return invocation->owner == NULL ? -1 : 0;
}

/* The role that the server will run as. */
static int migrate(struct invocation *invocation, char **error)
{
	const struct config *config = &invocation->config;
	char *role;
	int count;

	if (config->database_url != NULL) {
		role = link_url_user(config->database_url);
	} else
		role = memory_string("hefboom");
	if (role == NULL) {
		*error = memory_string("HEFBOOM_DATABASE_URL must name its "
				       "user, as postgresql://USER@HOST/...");
		return -1;
	}
	count = migrate_run(invocation->owner, role, error);
	free(role);
	return count;
}

int command_database(struct invocation *invocation, char **error)
{
	int status = invocation->config.embedded
	    ? open_embedded(invocation, error)
	    : open_external(invocation, error);

	if (status == 0 && migrate(invocation, error) < 0)
		status = -1;
	return status;
}

void command_database_close(struct invocation *invocation)
{
	link_close(invocation->owner);
	embedded_stop(invocation->embedded);
	invocation->owner = NULL;
	invocation->embedded = NULL;
}

int command_migrate(struct invocation *invocation)
{
	char *error = NULL;
	int status = invocation->config.embedded
	    ? open_embedded(invocation, &error)
	    : open_external(invocation, &error);
	int count = status < 0 ? -1 : migrate(invocation, &error);

	if (count < 0)
		return command_fail(COMMAND_FAILED, error);
	if (count == 0)
		puts("The database is up to date.");
	else
		printf("%d migrations and views were run.\n", count);
	return 0;
}

int command_demo_load(struct invocation *invocation)
{
	char *error = NULL;

	if (command_database(invocation, &error) < 0)
		return command_fail(COMMAND_FAILED, error);
	return demo_load(invocation->owner);
}

static int import(struct invocation *invocation,
    int import_fn(struct link *link, const char *path, const char *org))
{
	const char *org = command_option(invocation, "org");
	char *error = NULL;

	if (org == NULL)
		return command_fail(COMMAND_MISUSED,
		    memory_string("--org must name an organisation"));
	if (command_database(invocation, &error) < 0)
		return command_fail(COMMAND_FAILED, error);
	return import_fn(invocation->owner, invocation->words[0], org);
}

int command_import_people(struct invocation *invocation)
{
	return import(invocation, import_people);
}

int command_import_esco(struct invocation *invocation)
{
	return import(invocation, import_esco);
}

static const char *const org_refusals[][2] = {
    {"organisation_name_taken", "exists already"},
    {"organisation_name_form",
	"is no name: small letters, digits and hyphens, 63 at most, not "
	"beginning with a hyphen"},
    {"organisation_title_length", "needs a title of 1 to 200 characters"},
    {"organisation_language_known", "may speak en, nl, fr or de"},
    {"zone_unknown", "needs a time zone of IANA's, as Europe/Brussels"},
};

static int refuse_org(struct invocation *invocation)
{
	const char *name = invocation->words[0];
	const char *constraint = link_constraint(invocation->owner);
	const char *said = link_error(invocation->owner);
	size_t i;

	for (i = 0; i < sizeof(org_refusals) / sizeof(org_refusals[0]); i++) {
		const char *code = org_refusals[i][0];

		if (strcmp(constraint, code) == 0 ||
		    strncmp(said, code, strlen(code)) == 0)
			return command_fail(COMMAND_FAILED,
			    memory_format("the organisation %s %s", name,
				org_refusals[i][1]));
	}
	return command_fail(COMMAND_FAILED,
	    memory_format("cannot make the organisation: %s", said));
}

int command_org_create(struct invocation *invocation)
{
	const struct statement *statement =
	    statement_find("create_organisation");
	const char *values[8] = {0};
	char *error = NULL;
	int i;

	if (command_database(invocation, &error) < 0)
		return command_fail(COMMAND_FAILED, error);
	for (i = 0; i < statement->argument_count && i < 8; i++) {
		const char *name = statement->arguments[i].name;

		if (strncmp(name, "arg.", 4) == 0)
			name += 4;
		values[i] = command_option(invocation, name);
		if (values[i] == NULL &&
		    (strcmp(name, "name") == 0 || strcmp(name, "title") == 0))
			values[i] = invocation->words[0];
	}
	if (link_statement(invocation->owner, statement, values) < 0)
		return refuse_org(invocation);
	printf("The organisation %s was made: %s\n", invocation->words[0],
	    link_value(invocation->owner, 0, 0));
	return 0;
}
