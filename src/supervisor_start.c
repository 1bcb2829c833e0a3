#include "supervisor_state.h"

#include <errno.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hefboom/embedded.h"
#include "hefboom/link.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"
#include "hefboom/migrate.h"
#include "hefboom/server.h"

enum { BACKLOG = 1024, TRIES = 30, STEP_US = 100000 };

union address {
	struct sockaddr any;
	struct sockaddr_storage storage;
};

/* Where a socket listens, as server_listen() reads it. Free it. */
static char *address_text(const union address *address, socklen_t length)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];

	if (getnameinfo(&address->any, length, host, sizeof(host), port,
		sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return NULL;
	return memory_format(
	    address->any.sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host,
	    port);
}

/*
 * SO_REUSEPORT would let a second program of the same user share the port in
 * silence: a socket without it tells whether anybody listens there.
 */
static int check_free(const union address *address, socklen_t length)
{
	int probe =
	    socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int yes = 1, status = 0;

	if (probe < 0)
		return -errno;
	if (setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) <
		0 ||
	    bind(probe, &address->any, length) < 0)
		status = -errno;
	close(probe);
	return status;
}

/* The address with its port, when the configuration leaves that open. */
static int settle_address(const char *wanted, char **settled)
{
	union address address = {0};
	socklen_t length = sizeof(address);
	int first = server_listen(wanted, BACKLOG);
	int status = 0;

	if (first < 0)
		return first;
	if (getsockname(first, &address.any, &length) < 0)
		status = -errno;
	close(first);
	if (status == 0)
		status = check_free(&address, length);
	if (status == 0)
		*settled = address_text(&address, length);
	return status;
}

/*
 * Workers of a supervisor that was killed hear of it a moment later, and
 * until then the port is theirs.
 */
int supervisor_listen(struct supervisor *supervisor, char **error)
{
	const char *wanted = supervisor->config.listen;
	char *address = NULL;
	int status = settle_address(wanted, &address), tries;
	unsigned i;

	for (tries = 0; status == -EADDRINUSE && tries < TRIES; tries++) {
		usleep(STEP_US);
		status = settle_address(wanted, &address);
	}
	for (i = 0; status >= 0 && i + 1 < supervisor->child_count; i++) {
		status =
		    server_listen(address == NULL ? wanted : address, BACKLOG);
		supervisor->children[i].socket = status;
	}
	if (status < 0)
		*error = memory_format(
		    "cannot listen on %s: %s", wanted, strerror(-status));
	else
		log_event(LOG_NOTICE, "listening", "address", address, NULL);
	free(address);
	return status < 0 ? -1 : 0;
}

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

int supervisor_take_urls(
    struct supervisor *supervisor, struct config *config, char **error)
{
	if (supervisor->embedded != NULL && config->embedded) {
		config->database_url =
		    memory_string(embedded_runtime_url(supervisor->embedded));
		return 0;
	}
	if (supervisor->embedded != NULL || config->embedded) {
		*error = memory_string("the embedded database and an external "
				       "one cannot take each other's place "
				       "without a restart");
		return -1;
	}
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

int supervisor_database(struct supervisor *supervisor, char **error)
{
	struct config *config = &supervisor->config;
	bool migrates = true;
	int status = 0;

	if (config->embedded) {
		supervisor->embedded = embedded_start(config, error);
		if (supervisor->embedded == NULL)
			return -1;
		supervisor->database.pid = embedded_pid(supervisor->embedded);
		status = migrate(
		    config, embedded_owner_url(supervisor->embedded), error);
	} else {
		if (check_urls(config, error) < 0)
			return -1;
		migrates = config->owner_url != NULL;
		if (migrates)
			status = migrate(config, config->owner_url, error);
	}
	if (status == 0)
		status = supervisor_take_urls(supervisor, config, error);
	if (status == 0)
		status = check_runtime(
		    config, config->database_url, migrates, error);
	return status;
}
