#include "supervisor_state.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jansson.h>

#include "hefboom/clock.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"

enum { TRIAL_MS = 10000, STEP_MS = 10 };

static const char variable[] = "HEFBOOM_HANDOVER";

/* Another number when what is told changes. */
static const char version[] = "hefboom-handover-1";

static void pause_step(void)
{
	struct timespec step = {0, STEP_MS * 1000000L};

	nanosleep(&step, NULL);
}

static struct embedded_kept database_kept(const struct supervisor *supervisor)
{
	return supervisor->embedded == NULL
	    ? supervisor->kept
	    : embedded_keep(supervisor->embedded);
}

static void keep(int descriptor, bool kept)
{
	if (descriptor >= 0)
		fcntl(descriptor, F_SETFD, kept ? 0 : FD_CLOEXEC);
}

/* Which descriptors the next program finds open. */
static void keep_all(const struct supervisor *supervisor, bool kept)
{
	unsigned i;

	for (i = 0; i < supervisor->child_count; i++)
		keep(supervisor->children[i].socket, kept);
	keep(supervisor->lifeline[0], kept);
	keep(supervisor->lifeline[1], kept);
	keep(database_kept(supervisor).lock, kept);
}

/* Numbers of descriptors and processes, which stay what they are. */
static char *describe(
    const struct supervisor *supervisor, int previous, bool returned)
{
	struct embedded_kept database = database_kept(supervisor);
	json_t *children = json_array(), *all;
	char *text;
	unsigned i;

	for (i = 0; i < supervisor->child_count; i++)
		json_array_append_new(children,
		    json_pack("[ii]", supervisor->children[i].socket,
			(int)supervisor->children[i].pid));
	all = json_pack("{s:s, s:i, s:b, s:i, s:[ii], s:[iib], s:o}", "version",
	    version, "process", (int)getpid(), "returned", returned, "previous",
	    previous, "lifeline", supervisor->lifeline[0],
	    supervisor->lifeline[1], "database", database.lock,
	    (int)database.server, database.adopted, "children", children);
	text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	return text;
}

static void announce(
    const struct supervisor *supervisor, int previous, bool returned)
{
	char *text = describe(supervisor, previous, returned);

	setenv(variable, text, 1);
	free(text);
	keep_all(supervisor, true);
}

static void take_back(const struct supervisor *supervisor)
{
	unsetenv(variable);
	keep_all(supervisor, false);
}

/* Its words as a trial has them: `check-config` reads all and starts nothing.
 */
static void become_trial(const struct supervisor *supervisor)
{
	sigset_t none;
	int null = open("/dev/null", O_RDWR);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0)
		_exit(126);
	close_range(STDERR_FILENO + 1, ~0U, 0);
	supervisor->words[1] = "check-config";
	execvp(supervisor->words[0], supervisor->words);
	_exit(127);
}

/* A file that is no program of ours must not end this one. */
static bool is_sound(const struct supervisor *supervisor)
{
	pid_t child = fork();
	int status = 1, left_ms;

	if (child == 0)
		become_trial(supervisor);
	if (child < 0)
		return false;
	for (left_ms = TRIAL_MS; left_ms > 0; left_ms -= STEP_MS) {
		if (waitpid(child, &status, WNOHANG) != 0)
			return status == 0;
		pause_step();
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return false;
}

/* It may have to go on with them.  NULL, or why it cannot; free it. */
static char *settings_fault(struct supervisor *supervisor)
{
	struct config fresh;
	char *fault = NULL;

	if (settings_read(supervisor, &fresh, &fault) == 0)
		config_release(&fresh);
	return fault;
}

void supervisor_upgrade(struct supervisor *supervisor)
{
	char *fault = settings_fault(supervisor);
	int previous;

	if (fault == NULL && !is_sound(supervisor))
		fault = memory_string("the program's file does not run, or "
				      "refuses the settings");
	if (fault != NULL) {
		log_event(LOG_ERROR, "upgrade_refused", "reason", fault, NULL);
		free(fault);
		return;
	}
	log_event(LOG_NOTICE, "upgrading", NULL);
	previous = open("/proc/self/exe", O_RDONLY);
	announce(supervisor, previous, false);
	execvp(supervisor->words[0], supervisor->words);
	log_event(
	    LOG_ERROR, "upgrade_refused", "reason", strerror(errno), NULL);
	take_back(supervisor);
	if (previous >= 0)
		close(previous);
}

void supervisor_return(struct supervisor *supervisor)
{
	if (supervisor->previous < 0)
		return;
	announce(supervisor, -1, true);
	fexecve(supervisor->previous, supervisor->words, environ);
	log_event(LOG_ERROR, "return_failed", "reason", strerror(errno), NULL);
	take_back(supervisor);
	close(supervisor->previous);
	supervisor->previous = -1;
}

static int child_take(struct child *child, bool jobs, const json_t *told)
{
	int socket, process;

	if (json_unpack((json_t *)told, "[ii!]", &socket, &process) < 0 ||
	    (jobs ? socket >= 0 : supervisor_check_socket(socket) < 0) ||
	    process < 0)
		return -1;
	child->socket = socket;
	child->pid = process;
	child->started_ms = clock_ms();
	return 0;
}

static int take(struct supervisor *supervisor, const json_t *told)
{
	json_t *children, *child;
	int returned, adopted, server;
	size_t i, count;

	if (json_unpack((json_t *)told, "{s:b, s:[ii!], s:[iib!], s:o}",
		"returned", &returned, "lifeline", &supervisor->lifeline[0],
		&supervisor->lifeline[1], "database", &supervisor->kept.lock,
		&server, &adopted, "children", &children) < 0)
		return -1;
	count = json_array_size(children);
	if (count < 2)
		return -1;
	supervisor->config.workers = (unsigned)count - 1;
	supervisor_children(supervisor);
	json_array_foreach(children, i, child)
	{
		if (child_take(
			&supervisor->children[i], i + 1 == count, child) < 0)
			return -1;
	}
	supervisor->returned = returned;
	supervisor->kept.server = server;
	supervisor->kept.adopted = adopted;
	keep_all(supervisor, false);
	return 0;
}

/* Whoever wrote it can read it: it goes back as it came. */
static void give_back(struct supervisor *supervisor, json_t *told)
{
	char *text;

	json_object_set_new(told, "returned", json_true());
	json_object_set_new(told, "previous", json_integer(-1));
	text = json_dumps(told, JSON_COMPACT);
	setenv(variable, text, 1);
	free(text);
	fexecve(supervisor->previous, supervisor->words, environ);
	unsetenv(variable);
	supervisor->previous = -1;
}

int supervisor_inherit(struct supervisor *supervisor, char **error)
{
	const char *text = getenv(variable);
	const char *told_version = "";
	int process = 0;
	json_t *told;

	if (text == NULL)
		return 0;
	told = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	unsetenv(variable);
	if (json_unpack(told, "{s:s, s:i, s:i}", "version", &told_version,
		"process", &process, "previous", &supervisor->previous) < 0 ||
	    process != (int)getpid()) {
		/* Of a program that started the one that started us. */
		supervisor->previous = -1;
		json_decref(told);
		return 0;
	}
	keep(supervisor->previous, false);
	supervisor->inherited = true;
	if (strcmp(told_version, version) != 0 || take(supervisor, told) < 0) {
		log_event(LOG_ERROR, "upgrade_failed", "reason",
		    "it speaks another version of the handover", NULL);
		give_back(supervisor, told);
		*error = memory_string("what the program before this one left "
				       "is not understood");
		json_decref(told);
		return -1;
	}
	json_decref(told);
	return 1;
}
