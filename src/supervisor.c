#include "hefboom/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hefboom/embedded.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"
#include "hefboom/worker.h"
#include "supervisor_state.h"

enum {
	LOOK_MS = 500,
	STEP_MS = 50,
	PROOF_MS = 300, /* a new worker lives this long before the old goes */
	GRACE_MS = 2000, /* beyond the workers' own deadline */
};

static void signals_block(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGCHLD);
	sigprocmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

enum log_level config_log_level(const struct config *config)
{
	static const char *const levels[] = {
	    "error", "warning", "notice", "debug"};
	int i;

	for (i = LOG_DEBUG; i > LOG_ERROR; i--) {
		if (strcmp(config->log_level, levels[i]) == 0)
			break;
	}
	return (enum log_level)i;
}

static void children_new(struct supervisor *supervisor)
{
	unsigned i, workers = supervisor->config.workers;

	supervisor->child_count = workers + 1;
	supervisor->next = supervisor->child_count;
	supervisor->children =
	    memory_zero(supervisor->child_count, sizeof(struct child));
	for (i = 0; i <= workers; i++) {
		supervisor->children[i].kind = i < workers ? "worker" : "jobs";
		supervisor->children[i].socket = -1;
	}
	supervisor->database.kind = "postgresql";
}

static int start(
    struct supervisor *supervisor, int flag_count, char **flags, char **error)
{
	struct config *config = &supervisor->config;
	int index = 0;

	if (config_read(config, flag_count, flags, &index, error) < 0)
		return -1;
	log_set(config_log_level(config), "supervisor");
	children_new(supervisor);
	if (user_find(&supervisor->user, config->user, error) < 0 ||
	    supervisor_check_docs(supervisor, config, error) < 0 ||
	    supervisor_listen(supervisor, error) < 0 ||
	    supervisor_database(supervisor, error) < 0 ||
	    config_secret(config, supervisor->embedded != NULL, error) < 0 ||
	    worker_prepare(config, error) < 0)
		return -1;
	if (pipe2(supervisor->lifeline, O_CLOEXEC) < 0) {
		*error = memory_format("no pipe: %s", strerror(errno));
		return -1;
	}
	return 0;
}

/* Number and address of the sockets stay as they are. */
static int read_again(
    struct supervisor *supervisor, int flag_count, char **flags, char **error)
{
	struct config *config = &supervisor->config;
	struct config fresh, old = *config;
	char *ignored = NULL;
	int index = 0;

	if (config_read(&fresh, flag_count, flags, &index, error) < 0)
		return -1;
	fresh.workers = config->workers;
	if (config_secret(&fresh, false, error) < 0 ||
	    supervisor_check_docs(supervisor, &fresh, error) < 0 ||
	    supervisor_take_urls(supervisor, &fresh, error) < 0) {
		config_release(&fresh);
		return -1;
	}
	*config = fresh;
	if (worker_prepare(config, error) == 0) {
		config_release(&old);
		log_set(config_log_level(config), "supervisor");
		return 0;
	}
	*config = old;
	config_release(&fresh);
	/* It worked before, and must again for those that crash. */
	if (worker_prepare(config, &ignored) < 0)
		log_event(LOG_ERROR, "prepare_failed", "reason", ignored, NULL);
	free(ignored);
	return -1;
}

static void reload(struct supervisor *supervisor, int flag_count, char **flags)
{
	char *error = NULL;

	if (supervisor->stopping)
		return;
	if (supervisor->next < supervisor->child_count) {
		supervisor->reload_again = true;
		return;
	}
	supervisor->reload_again = false;
	if (read_again(supervisor, flag_count, flags, &error) < 0) {
		log_event(LOG_ERROR, "reload_refused", "reason", error, NULL);
		free(error);
		return;
	}
	log_event(LOG_NOTICE, "reloading", NULL);
	supervisor->next = 0;
}

static void child_tell(struct child *child, pid_t pid, int drain_ms)
{
	kill(pid, SIGTERM);
	child->kill_at_ms = now_ms() + drain_ms + GRACE_MS;
}

/*
 * One place at a time, so that the database sees one worker too many, never
 * twice as many.  Both accept on the socket until the old one stops.
 */
static void reload_step(struct supervisor *supervisor)
{
	struct child *child = &supervisor->children[supervisor->next];

	if (supervisor->next == supervisor->child_count || supervisor->stopping)
		return;
	if (child->leaving != 0) {
		if (child->kill_at_ms == 0 &&
		    now_ms() - child->started_ms >= PROOF_MS)
			child_tell(child, child->leaving,
			    (int)supervisor->config.drain_ms);
		return;
	}
	child->leaving = child->pid;
	child->pid = 0;
	child->deaths = 0;
	child_start(supervisor, child);
	if (child->leaving == 0)
		supervisor->next++;
}

/* The new one died at once: the old one goes on, and so do the others. */
static void reload_give_up(struct supervisor *supervisor, struct child *child)
{
	log_event(LOG_ERROR, "reload_failed", NULL);
	child->pid = child->leaving;
	child->leaving = 0;
	supervisor->next = supervisor->child_count;
}

static void child_left(struct supervisor *supervisor, struct child *child)
{
	child->leaving = 0;
	child->kill_at_ms = 0;
	if (supervisor->next < supervisor->child_count &&
	    ++supervisor->next == supervisor->child_count)
		log_event(LOG_NOTICE, "reloaded", NULL);
}

static void child_ended(
    struct supervisor *supervisor, struct child *child, int status)
{
	if (supervisor->stopping) {
		child->pid = 0;
		return;
	}
	child_died(child, status);
	if (child->leaving != 0 && child->kill_at_ms == 0)
		reload_give_up(supervisor, child);
}

static void database_died(struct supervisor *supervisor, int status)
{
	embedded_lost(supervisor->embedded);
	child_died(&supervisor->database, status);
}

static void reap(struct supervisor *supervisor)
{
	pid_t pid;
	int status;
	unsigned i;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == supervisor->database.pid)
			database_died(supervisor, status);
		for (i = 0; i < supervisor->child_count; i++) {
			struct child *child = &supervisor->children[i];

			if (pid == child->pid)
				child_ended(supervisor, child, status);
			else if (pid == child->leaving)
				child_left(supervisor, child);
		}
	}
}

static void stop(struct supervisor *supervisor)
{
	int drain_ms = (int)supervisor->config.drain_ms;
	unsigned i;

	if (supervisor->stopping)
		drain_ms = -GRACE_MS; /* asked twice: now */
	else
		log_event(LOG_NOTICE, "stopping", NULL);
	supervisor->stopping = true;
	for (i = 0; i < supervisor->child_count; i++) {
		struct child *child = &supervisor->children[i];

		if (child->leaving != 0)
			child_tell(child, child->leaving, drain_ms);
		if (child->pid != 0)
			child_tell(child, child->pid, drain_ms);
	}
}

/* What is due now; true when more will be before long. */
static bool children_look(struct supervisor *supervisor)
{
	int64_t now = now_ms();
	bool busy =
	    supervisor->stopping || supervisor->next < supervisor->child_count;
	unsigned i;

	for (i = 0; i < supervisor->child_count; i++) {
		struct child *child = &supervisor->children[i];

		if (child->kill_at_ms != 0 && child->kill_at_ms <= now) {
			if (child->leaving != 0)
				kill(child->leaving, SIGKILL);
			if (supervisor->stopping && child->pid != 0)
				kill(child->pid, SIGKILL);
		}
		if (child->pid != 0 || supervisor->stopping)
			continue;
		busy = true;
		if (child->start_at_ms <= now)
			child_start(supervisor, child);
	}
	return busy;
}

static bool database_look(struct supervisor *supervisor)
{
	struct child *database = &supervisor->database;
	struct embedded *embedded = supervisor->embedded;
	char *error = NULL;

	if (embedded == NULL || supervisor->stopping)
		return false;
	if (embedded_alive(embedded))
		return embedded_pid(embedded) == 0;
	if (database->pid == 0 && database->start_at_ms == 0)
		database_died(supervisor, SIGKILL);
	if (database->start_at_ms > now_ms())
		return true;
	database->started_ms = now_ms();
	if (embedded_restart(embedded, &error) < 0) {
		log_event(
		    LOG_ERROR, "postgresql_failed", "reason", error, NULL);
		free(error);
		database->start_at_ms = now_ms() + LOOK_MS;
		return true;
	}
	database->pid = embedded_pid(embedded);
	return false;
}

static bool is_empty(const struct supervisor *supervisor)
{
	unsigned i;

	for (i = 0; i < supervisor->child_count; i++) {
		if (supervisor->children[i].pid != 0 ||
		    supervisor->children[i].leaving != 0)
			return false;
	}
	return true;
}

static void loop(struct supervisor *supervisor, const sigset_t *set,
    int flag_count, char **flags)
{
	while (!supervisor->stopping || !is_empty(supervisor)) {
		bool busy = children_look(supervisor);
		struct timespec time = {3600, 0};

		reload_step(supervisor);
		if (database_look(supervisor) || busy)
			time = (struct timespec){0, STEP_MS * 1000000L};
		switch (sigtimedwait(set, NULL, &time)) {
		case SIGCHLD:
			reap(supervisor);
			break;
		case SIGTERM:
		case SIGINT:
			stop(supervisor);
			break;
		case SIGHUP:
			reload(supervisor, flag_count, flags);
			break;
		default:
			if (supervisor->reload_again)
				reload(supervisor, flag_count, flags);
		}
	}
}

static void supervisor_release(struct supervisor *supervisor)
{
	unsigned i;

	for (i = 0; i < supervisor->child_count; i++) {
		if (supervisor->children[i].socket >= 0)
			close(supervisor->children[i].socket);
	}
	embedded_stop(supervisor->embedded);
	free(supervisor->children);
	user_release(&supervisor->user);
	config_release(&supervisor->config);
}

int supervisor_run(int flag_count, char **flags)
{
	struct supervisor supervisor = {0};
	char *error = NULL;
	sigset_t set;

	signals_block(&set);
	if (supervisor_forbid_dumps() < 0)
		return 1;
	if (start(&supervisor, flag_count, flags, &error) < 0) {
		fprintf(stderr, "hefboom: %s\n", error);
		free(error);
		supervisor_release(&supervisor);
		return 1;
	}
	log_event(LOG_NOTICE, "serving", NULL);
	loop(&supervisor, &set, flag_count, flags);
	supervisor_release(&supervisor);
	log_event(LOG_NOTICE, "stopped", NULL);
	return 0;
}
