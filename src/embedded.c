#include "hefboom/embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "embedded_cluster.h"
#include "hefboom/config.h"
#include "hefboom/link.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"

enum { STOP_MS = 60000, STEP_MS = 10, USE_MS = 60000 };

static void pause_step(void)
{
	struct timespec step = {0, STEP_MS * 1000000L};

	nanosleep(&step, NULL);
}

/* Where initdb and postgres are: Debian keeps them out of PATH. */
static char *find_programs(const struct config *config)
{
	static const char *const folders[] = {"/usr/lib/postgresql/15/bin",
	    "/usr/pgsql-15/bin", "/usr/local/pgsql/bin", "/usr/local/bin",
	    "/usr/bin"};
	size_t i;

	if (config->postgres_bin != NULL)
		return memory_string(config->postgres_bin);
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char *program = memory_format("%s/postgres", folders[i]);
		int found = access(program, X_OK);

		free(program);
		if (found == 0)
			return memory_string(folders[i]);
	}
	return memory_string(folders[0]);
}

/* With the lock's descriptor, or -1 to open it. */
static struct embedded *embedded_new(
    const struct config *config, int lock, char **error)
{
	struct embedded *embedded = memory_zero(1, sizeof(*embedded));

	embedded->lock = lock;
	embedded->programs = find_programs(config);
	if (cluster_open(embedded, config, error) == 0)
		return embedded;
	if (lock >= 0)
		embedded->lock = -1;
	cluster_release(embedded);
	return NULL;
}

/* Byte 0 is ours: there is nobody else to disagree with. */
static int run_server(struct embedded *embedded, char **error)
{
	pid_t left = cluster_find(embedded), child = embedded->pid;

	embedded->pid = 0;
	if (cluster_prepare(embedded, error) < 0)
		return -1;
	if (left != 0) {
		embedded->pid = left;
		embedded->adopted = left != child;
	} else if (child != 0 && waitpid(child, NULL, WNOHANG) == 0) {
		embedded->pid = child; /* it has just begun to start */
	} else if (cluster_spawn(embedded, error) < 0)
		return -1;
	if (cluster_wait(embedded, error) < 0 ||
	    cluster_create_database(embedded, error) < 0)
		return -1;
	if (embedded->adopted)
		log_event(LOG_NOTICE, "postgresql_adopted", NULL);
	return 0;
}

struct embedded *embedded_start(const struct config *config, char **error)
{
	struct embedded *embedded = embedded_new(config, -1, error);
	int status;

	if (embedded == NULL)
		return NULL;
	status = cluster_lock(embedded, LOCK_OWNER, F_WRLCK, false);
	if (status < 0) {
		*error = status == -EAGAIN
		    ? memory_format("another hefboom (process %ld) already "
				    "uses the folder %s",
			  (long)cluster_locked_by(embedded), embedded->data)
		    : memory_format("cannot lock the folder %s: %s",
			  embedded->data, strerror(-status));
		cluster_release(embedded);
		return NULL;
	}
	embedded->owner = true;
	if (run_server(embedded, error) == 0)
		return embedded;
	embedded_stop(embedded);
	return NULL;
}

struct embedded_kept embedded_keep(const struct embedded *embedded)
{
	struct embedded_kept kept = {.lock = embedded->lock,
	    .server = embedded->pid,
	    .adopted = embedded->adopted};

	return kept;
}

struct embedded *embedded_resume(
    const struct config *config, struct embedded_kept *kept, char **error)
{
	struct embedded *embedded = embedded_new(config, kept->lock, error);

	if (embedded == NULL)
		return NULL;
	embedded->owner = true;
	embedded->pid = kept->adopted ? 0 : kept->server;
	if (run_server(embedded, error) == 0)
		return embedded;
	kept->server = embedded->pid;
	kept->adopted = embedded->adopted;
	embedded->lock = -1;
	cluster_release(embedded);
	return NULL;
}

static bool has_answered(struct embedded *embedded)
{
	char *ignored = NULL;
	struct link *link = link_open(embedded->owner_url, &ignored);

	free(ignored);
	link_close(link);
	return link != NULL;
}

/* The one who holds byte 0 may still be starting, or stop meanwhile. */
static int use_server(struct embedded *embedded)
{
	int left_ms;

	cluster_lock(embedded, LOCK_USERS, F_RDLCK, true);
	for (left_ms = USE_MS; left_ms > 0; left_ms -= STEP_MS) {
		if (cluster_locked_by(embedded) == 0)
			break;
		if (has_answered(embedded))
			return 0;
		pause_step();
	}
	cluster_lock(embedded, LOCK_USERS, F_UNLCK, false);
	return left_ms > 0 ? -EAGAIN : -ETIMEDOUT;
}

struct embedded *embedded_use(const struct config *config, char **error)
{
	struct embedded *embedded = embedded_new(config, -1, error);
	int status = -EAGAIN;

	if (embedded == NULL)
		return NULL;
	embedded->transient = true;
	while (status == -EAGAIN) {
		status = cluster_lock(embedded, LOCK_OWNER, F_WRLCK, false);
		embedded->owner = status == 0;
		if (status == -EAGAIN)
			status = use_server(embedded);
	}
	if (embedded->owner && run_server(embedded, error) < 0)
		goto fail;
	if (status == 0)
		return embedded;
	*error = memory_format("the hefboom that uses the folder %s does not "
			       "start: %s",
	    embedded->data, strerror(-status));
fail:
	embedded_stop(embedded);
	return NULL;
}

bool embedded_alive(const struct embedded *embedded)
{
	return embedded->pid != 0 &&
	    (kill(embedded->pid, 0) == 0 || errno == EPERM);
}

void embedded_lost(struct embedded *embedded)
{
	embedded->pid = 0;
	embedded->adopted = false;
}

/*
 * Whose parent is another may stay unburied for a while.  Here that is no
 * matter; but no PostgreSQL starts beside one, so embedded_alive() waits.
 */
static bool has_stopped(struct embedded *embedded)
{
	if (embedded->adopted)
		return !cluster_has(embedded, embedded->pid);
	return waitpid(embedded->pid, NULL, WNOHANG) != 0;
}

/* SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. */
static void stop_server(struct embedded *embedded)
{
	int left_ms;

	if (embedded->pid == 0 || kill(embedded->pid, SIGINT) < 0)
		return;
	for (left_ms = STOP_MS; left_ms > 0; left_ms -= STEP_MS) {
		if (has_stopped(embedded))
			break;
		if (left_ms == STOP_MS / 2)
			kill(embedded->pid, SIGQUIT);
		pause_step();
	}
	rmdir(embedded->sockets);
}

void embedded_stop(struct embedded *embedded)
{
	if (embedded == NULL)
		return;
	if (embedded->transient && embedded->owner) {
		/* Commands that found our server running finish first. */
		cluster_lock(embedded, LOCK_USERS, F_WRLCK, true);
		if (embedded->adopted)
			embedded->pid = 0;
	}
	if (embedded->owner)
		stop_server(embedded);
	cluster_release(embedded);
}

const char *embedded_runtime_url(const struct embedded *embedded)
{
	return embedded->runtime_url;
}

const char *embedded_owner_url(const struct embedded *embedded)
{
	return embedded->owner_url;
}

pid_t embedded_pid(const struct embedded *embedded)
{
	return embedded->adopted ? 0 : embedded->pid;
}

int embedded_restart(struct embedded *embedded, char **error)
{
	int status = cluster_prepare(embedded, error);

	cluster_end_orphans(embedded);
	return status < 0 ? -1 : cluster_spawn(embedded, error);
}
