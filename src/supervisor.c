#include "hefboom/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hefboom/clock.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"
#include "hefboom/worker.h"
#include "supervisor_state.h"

enum {
	LOOK_MS = 500,
	STEP_MS = 50,
	SOON_MS = 200,
	SOON_TIMES = 50,
	/* Nobody is served without it, and its disk may have room again. */
	LATE_MS = 2000,
};

static void signals_block(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGUSR2);
	sigaddset(set, SIGCHLD);
	sigprocmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void supervisor_children(struct supervisor *supervisor)
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

static void tell_strays(void)
{
	char *strays = config_strays();

	if (strays != NULL)
		log_event(
		    LOG_WARNING, "settings_unknown", "variables", strays, NULL);
	free(strays);
}

static int start(struct supervisor *supervisor, char **error)
{
	struct config *config = &supervisor->config;
	int index = 0, inherited = supervisor_inherit(supervisor, error);

	if (inherited < 0 ||
	    config_read(config, supervisor->flag_count, supervisor->words + 2,
		&index, error) < 0)
		return -1;
	log_set(log_level_of(config->log_level), "supervisor");
	tell_strays();
	if (inherited)
		config->workers = supervisor->child_count - 1;
	if (user_find(&supervisor->user, config->user, error) < 0 ||
	    supervisor_check_docs(supervisor, config, error) < 0 ||
	    (!inherited && supervisor_listen(supervisor, error) < 0) ||
	    supervisor_database(supervisor, error) < 0 ||
	    config_secret(config, supervisor->embedded != NULL, error) < 0 ||
	    worker_prepare(config, error) < 0)
		return -1;
	if (!inherited && pipe2(supervisor->lifeline, O_CLOEXEC) < 0) {
		*error = memory_format("no pipe: %s", strerror(errno));
		return -1;
	}
	return 0;
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
	struct child *database = &supervisor->database;
	bool often = database->deaths >= SOON_TIMES;
	int64_t soon = clock_ms() + (often ? LATE_MS : SOON_MS);

	embedded_lost(supervisor->embedded);
	child_died(database, status);
	/* The first attempts only wait for the old one's last breath. */
	if (database->start_at_ms > soon)
		database->start_at_ms = soon;
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
	int wait_ms = (int)supervisor->config.drain_ms + GRACE_MS;
	unsigned i;

	if (supervisor->stopping)
		wait_ms = 0; /* asked twice: now */
	else
		log_event(LOG_NOTICE, "stopping", NULL);
	supervisor->stopping = true;
	for (i = 0; i < supervisor->child_count; i++) {
		struct child *child = &supervisor->children[i];

		if (child->leaving != 0)
			child_tell(child, child->leaving, wait_ms);
		if (child->pid != 0)
			child_tell(child, child->pid, wait_ms);
	}
}

/* What is due now; true when more will be before long. */
static bool children_look(struct supervisor *supervisor)
{
	int64_t now = clock_ms();
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
	if (database->start_at_ms > clock_ms())
		return true;
	database->started_ms = clock_ms();
	if (embedded_restart(embedded, &error) < 0) {
		log_event(
		    LOG_ERROR, "postgresql_failed", "reason", error, NULL);
		free(error);
		database->start_at_ms = clock_ms() + LOOK_MS;
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

/* An order that came during a reload is carried out after it. */
static void orders_look(struct supervisor *supervisor)
{
	if (supervisor->stopping || supervisor->next < supervisor->child_count)
		return;
	if (supervisor->upgrade) {
		supervisor->upgrade = false;
		supervisor_upgrade(supervisor);
	} else if (supervisor->reload_again)
		reload(supervisor);
}

static void loop(struct supervisor *supervisor, const sigset_t *set)
{
	while (!supervisor->stopping || !is_empty(supervisor)) {
		bool busy = children_look(supervisor);
		struct timespec time = {3600, 0};

		orders_look(supervisor);
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
			reload(supervisor);
			break;
		case SIGUSR2:
			supervisor->upgrade = true;
			break;
		default:
			break;
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
	free(supervisor->words);
	user_release(&supervisor->user);
	config_release(&supervisor->config);
}

static char **words_new(int flag_count, char **flags)
{
	char **words = memory_zero((size_t)flag_count + 3, sizeof(char *));
	int i;

	words[0] = program_invocation_name;
	words[1] = "serve";
	for (i = 0; i < flag_count; i++)
		words[i + 2] = flags[i];
	return words;
}

/* Who is told to stop while starting has not failed. */
static bool is_told_to_stop(void)
{
	sigset_t waiting;

	sigemptyset(&waiting);
	sigpending(&waiting);
	return sigismember(&waiting, SIGTERM) == 1 ||
	    sigismember(&waiting, SIGINT) == 1;
}

static int give_up(struct supervisor *supervisor, char *error)
{
	int status = is_told_to_stop() ? 0 : 1;

	if (supervisor->inherited)
		log_event(LOG_ERROR, "upgrade_failed", "reason", error, NULL);
	supervisor_return(supervisor);
	if (status == 0)
		log_event(LOG_NOTICE, "stopped", "reason", error, NULL);
	else
		fprintf(stderr, "hefboom: %s\n", error);
	free(error);
	supervisor_release(supervisor);
	return status;
}

int supervisor_run(int flag_count, char **flags)
{
	struct supervisor supervisor = {.flag_count = flag_count,
	    .words = words_new(flag_count, flags),
	    .kept = {.lock = -1},
	    .previous = -1};
	char *error = NULL;
	sigset_t set;

	signals_block(&set);
	if (supervisor_forbid_dumps() < 0)
		return 1;
	if (start(&supervisor, &error) < 0)
		return give_up(&supervisor, error);
	if (supervisor.inherited)
		supervisor.next = 0;
	log_event(LOG_NOTICE,
	    supervisor.returned        ? "returned"
		: supervisor.inherited ? "upgraded"
				       : "serving",
	    NULL);
	loop(&supervisor, &set);
	supervisor_release(&supervisor);
	log_event(LOG_NOTICE, "stopped", NULL);
	return 0;
}
