#include "command.h"

#include "hefboom/buf.h"
#include "hefboom/embedded.h"
#include "hefboom/link.h"
#include "hefboom/memory.h"
#include "hefboom/token.h"

enum { TTL_MAX_S = 366 * 24 * 3600 };

int64_t command_duration(const char *text)
{
	static const char units[] = "smhd";
	static const int64_t seconds[] = {1, 60, 3600, 86400};
	const char *unit;
	char *end;
	long count = strtol(text, &end, 10);

	if (end == text || *end == '\0' || end[1] != '\0' || count < 1 ||
	    count > TTL_MAX_S || (unit = strchr(units, *end)) == NULL)
		return -1;
	count *= seconds[unit - units];
	return count > TTL_MAX_S ? -1 : count;
}

/* All values of an option that may be repeated, blanks between. */
static char *join(const struct invocation *invocation, const char *name)
{
	struct buf text = {0};
	int i;

	buf_add_string(&text, "");
	for (i = 0; i < invocation->option_count; i++) {
		if (!option_is(&invocation->options[i], name))
			continue;
		if (text.length > 0)
			buf_add_char(&text, ' ');
		buf_add_string(&text, invocation->options[i].value);
	}
	return buf_take(&text, NULL);
}

char *command_scope_fault(const char *name)
{
	struct buf text = {0};

	if (scope_exists(name))
		return NULL;
	buf_add_format(&text, "there is no scope %s; the scopes are ", name);
	for (int i = 0; scope_names[i] != NULL; i++)
		buf_add_format(
		    &text, "%s%s", i == 0 ? "" : ", ", scope_names[i]);
	return buf_take(&text, NULL);
}

static int check_powers(const struct invocation *invocation, char **error)
{
	int i;

	for (i = 0; i < invocation->option_count; i++) {
		const struct option_given *option = &invocation->options[i];
		const char *value = option->value;

		if (option_is(option, "role") && role_find(value) == 0) {
			*error = memory_format(
			    "%s is no role: member, facilitator, trainer, "
			    "leader, hr, integrator or admin",
			    value);
			return -1;
		}
		if (option_is(option, "scope"))
			*error = command_scope_fault(value);
		if (*error != NULL)
			return -1;
	}
	return 0;
}

/* NULL, and then there is an *error. */
static const char *find_subject(
    const struct invocation *invocation, char **error)
{
	const char *person = command_option(invocation, "person");
	const char *client = command_option(invocation, "client");

	if (command_option(invocation, "org") == NULL)
		*error = memory_string("--org must name an organisation");
	else if ((person == NULL) == (client == NULL))
		*error = memory_string("--person or --client must say whose "
				       "token it is");
	else if (person != NULL && command_option(invocation, "role") == NULL &&
	    command_option(invocation, "scope") == NULL)
		*error = memory_string("--role must say what the person is, "
				       "for instance --role member");
	else
		return person == NULL ? client : person;
	return NULL;
}

static int check_found(struct invocation *invocation, struct link *link,
    const char *subject, char **error)
{
	const char *org = command_option(invocation, "org");
	const char *values[] = {token_own_issuer, org, subject};
	int rows = link_query(link,
	    "select person_id, active from find_caller($1, $2, $3)", 3, values);

	if (rows < 0)
		*error = memory_format(
		    "cannot look for %s: %s", subject, link_error(link));
	else if (rows == 0)
		*error = memory_format("there is no organisation %s", org);
	else if (command_option(invocation, "person") == NULL)
		return 0;
	else if (link_value(link, 0, 0) == NULL)
		*error = memory_format(
		    "the organisation %s has nobody called %s", org, subject);
	else if (link_value(link, 0, 1)[0] != 't')
		*error = memory_format("%s is not active in the organisation "
				       "%s, and would be refused",
		    subject, org);
	else
		return 0;
	return -1;
}

/*
 * A token for nobody helps nobody, but a database that is out of reach does
 * not keep anybody from making one.
 */
static int check_subject(
    struct invocation *invocation, const char *subject, char **error)
{
	const struct config *config = &invocation->config;
	const char *url = config->database_url;
	struct link *link;
	char *unreachable = NULL;
	int status;

	if (config->embedded) {
		if (!embedded_exists(config)) {
			*error = memory_format(
			    "there is no organisation in %s yet; hefboom "
			    "serve, demo load or org create begin one",
			    config->data);
			return -1;
		}
		invocation->embedded = embedded_use(config, error);
		if (invocation->embedded == NULL)
			return -1;
		url = embedded_owner_url(invocation->embedded);
	} else if (url == NULL)
		url = config->owner_url;
	if (link_check_url(url, config->database_tls, error) < 0)
		return -1;
	link = link_open(url, &unreachable);
	if (link == NULL) {
		fprintf(stderr, "hefboom: not checked that %s exists: %s\n",
		    subject, unreachable);
		free(unreachable);
		return 0;
	}
	status = check_found(invocation, link, subject, error);
	link_close(link);
	return status;
}

int command_token(struct invocation *invocation)
{
	struct config *config = &invocation->config;
	const char *ttl = command_option(invocation, "ttl");
	struct token_order order = {.org = command_option(invocation, "org"),
	    .ttl_s = command_duration(ttl == NULL ? "1h" : ttl)};
	char *error = NULL, *roles, *scopes, *token;
	const char *subject = find_subject(invocation, &error);

	if (subject == NULL || check_powers(invocation, &error) < 0)
		return command_fail(COMMAND_MISUSED, error);
	if (order.ttl_s < 0)
		return command_fail(COMMAND_MISUSED,
		    memory_string("--ttl must be like 90s, 30m, 1h or 7d, and "
				  "a year at most"));
	if (check_subject(invocation, subject, &error) < 0 ||
	    config_secret(config, true, &error) < 0)
		return command_fail(COMMAND_FAILED, error);
	order.subject = subject;
	roles = join(invocation, "role");
	order.roles = roles;
	/* A machine has one role, and without it could do nothing. */
	if (roles[0] == '\0' && command_option(invocation, "client") != NULL)
		order.roles = "integrator";
	order.scopes = scopes = join(invocation, "scope");
	order.now = (int64_t)time(NULL);
	token = token_issue(config->secret, sizeof(config->secret), &order);
	free(roles);
	free(scopes);
	if (token == NULL)
		return command_fail(
		    COMMAND_FAILED, memory_string("cannot sign a token"));
	puts(token);
	free(token);
	return 0;
}
