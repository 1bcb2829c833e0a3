#include "supervisor_state.h"

#include <unistd.h>

#include "hefboom/embedded.h"
#include "hefboom/link.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"
#include "hefboom/migrate.h"

static int check_urls(const struct config *config, char **error)
{
	if (config->database_url == NULL) {
		*error = memory_string("HEFBOOM_OWNER_URL needs "
				       "HEFBOOM_DATABASE_URL beside it, of a "
				       "role that owns nothing");
		return -1;
	}
	if (link_check_url(config->database_url, config->database_tls, error) <
	    0)
		return -1;
	if (config->owner_url == NULL)
		return 0;
	return link_check_url(config->owner_url, config->database_tls, error);
}

static int migrate(const struct config *config, const char *url, char **error)
{
	char *role = config->database_url == NULL
	    ? memory_string("hefboom")
	    : link_url_user(config->database_url);
	struct link *owner = NULL;
	char *count;
	int status = -1;

	if (role == NULL)
		*error = memory_string("HEFBOOM_DATABASE_URL must name its "
				       "user, as postgresql://USER@HOST/...");
	else
		owner = link_open(url, error);
	if (owner != NULL)
		status = migrate_run(owner, role, error);
	if (status > 0) {
		count = memory_format("%d", status);
		log_event(LOG_NOTICE, "migrated", "count", count, NULL);
		free(count);
	}
	if (status >= 0)
		status = migrate_clock(owner, config->test_clock, error);
	link_close(owner);
	free(role);
	return status;
}

/* Whoever cannot migrate at least looks, and never serves as an owner. */
static int check_runtime(
    const struct config *config, const char *url, bool migrated, char **error)
{
	struct link *runtime = link_open(url, error);
	int status;

	if (runtime == NULL)
		return -1;
	status = migrate_check_role(runtime, error);
	if (status == 0 && !migrated) {
		status = migrate_check(runtime, error);
		if (status == 0 && config->test_clock) {
			*error = memory_string("HEFBOOM_TEST_CLOCK needs "
					       "HEFBOOM_OWNER_URL");
			status = -1;
		}
	}
	link_close(runtime);
	return status;
}

int supervisor_check_docs(const struct supervisor *supervisor,
    const struct config *config, char **error)
{
	char *page;
	bool shown;

	if (config->docs == NULL)
		return 0;
	page = memory_format("%s/index.html", config->docs);
	shown = access(page, F_OK) < 0 ||
	    user_may_enter(&supervisor->user, config->docs);
	free(page);
	if (shown)
		return 0;
	*error = memory_format("the user %s, as whom workers run, cannot reach "
			       "%s; set HEFBOOM_DOCS to another folder",
	    supervisor->user.name, config->docs);
	return -1;
}

static int refuse_exchange(char **error)
{
	*error = memory_string("the embedded database and an external one "
			       "cannot take each other's place without a "
			       "restart");
	return -1;
}

int supervisor_take_urls(
    struct supervisor *supervisor, struct config *config, char **error)
{
	if (supervisor->embedded != NULL && config->embedded) {
		config->database_url =
		    memory_string(embedded_runtime_url(supervisor->embedded));
		return 0;
	}
	if (supervisor->embedded != NULL || config->embedded)
		return refuse_exchange(error);
	if (check_urls(config, error) < 0)
		return -1;
	if (config->owner_url != NULL) {
		/* Workers have no use for it, and its password is worth
		 * more than theirs. */
		memory_wipe(
		    (char *)config->owner_url, strlen(config->owner_url));
		free((char *)config->owner_url);
		config->owner_url = NULL;
	}
	return 0;
}

static int database_embedded(struct supervisor *supervisor, char **error)
{
	struct config *config = &supervisor->config;

	supervisor->embedded = supervisor->kept.lock < 0
	    ? embedded_start(config, error)
	    : embedded_resume(config, &supervisor->kept, error);
	if (supervisor->embedded == NULL)
		return -1;
	supervisor->kept.lock = -1;
	supervisor->database.pid = embedded_pid(supervisor->embedded);
	return 0;
}

int supervisor_database(struct supervisor *supervisor, char **error)
{
	struct config *config = &supervisor->config;
	const char *owner = config->owner_url;
	bool migrates;
	int status = 0;

	if (config->embedded != (supervisor->kept.lock >= 0) &&
	    supervisor->inherited)
		return refuse_exchange(error);
	if (config->embedded) {
		if (database_embedded(supervisor, error) < 0)
			return -1;
		owner = embedded_owner_url(supervisor->embedded);
	} else if (check_urls(config, error) < 0)
		return -1;
	migrates = owner != NULL;
	/* Who returned has looked at it already, and the one who failed may
	 * have migrated it. */
	if (migrates && !supervisor->returned)
		status = migrate(config, owner, error);
	if (status == 0)
		status = supervisor_take_urls(supervisor, config, error);
	if (status == 0 && !supervisor->returned)
		status = check_runtime(
		    config, config->database_url, migrates, error);
	return status;
}
