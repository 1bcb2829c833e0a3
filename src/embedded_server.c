#include "embedded_cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hefboom/buf.h"
#include "hefboom/link.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"

enum {
	POLL_MS = 20,
	OLD_BACKENDS_MS = 30000,
	NEWS_MS = 5000,
	LOG_MAX = 10 << 20,
	WORDS_MAX = 64,
};

/* What a server of ours differs in from PostgreSQL's defaults. */
static const char *const fixed[] = {
    "listen_addresses=",
    /* The folder is closed; its user's workers are not its owner. */
    "unix_socket_permissions=0777",
    "shared_buffers=128MB",
    "jit=off",
    "random_page_cost=1.1",
    /* After a crash: file by file takes seconds on a busy disk. */
    "recovery_init_sync_method=syncfs",
    /* A young table's plans are kept until it is analysed. */
    "autovacuum_naptime=5s",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_destination=stderr",
    "logging_collector=off",
    /* Errors quote what people wrote; only the server's own life is told. */
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_statement=none",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "log_error_verbosity=terse",
    "log_checkpoints=off",
    "log_line_prefix=%m [%p] ",
};

static char *const environment[] = {
    "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", "HOME=/", NULL};

/*
 * In the child: the user's rights, our defaults for signals, and none of our
 * descriptors.  A session of its own keeps Ctrl-C for the supervisor, who
 * knows the order in which to stop.
 */
static void become_program(
    struct embedded *embedded, char *const *words, int output, int death)
{
	sigset_t none;
	int signal_number;

	for (signal_number = 1; signal_number < NSIG; signal_number++)
		signal(signal_number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(077);
	if (setsid() < 0 || user_become(&embedded->user) < 0 || chdir("/") < 0)
		_exit(126);
	if (death != 0)
		prctl(PR_SET_PDEATHSIG, death);
	if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0)
		_exit(126);
	close(STDIN_FILENO);
	if (open("/dev/null", O_RDONLY) != STDIN_FILENO)
		_exit(126);
	close_range(STDERR_FILENO + 1, ~0U, 0);
	execve(words[0], words, environment);
	_exit(127);
}

static int log_open(struct embedded *embedded)
{
	struct stat about;
	char *older;

	if (stat(embedded->log, &about) == 0 && about.st_size > LOG_MAX) {
		older = memory_format("%s.1", embedded->log);
		if (rename(embedded->log, older) < 0)
			log_event(LOG_WARNING, "log_kept", NULL);
		free(older);
	}
	return open(embedded->log,
	    O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* The last line that says why, since `since` in the log.  Free it. */
static char *log_reason(struct embedded *embedded, off_t since)
{
	FILE *file = fopen(embedded->log, "re");
	char *line = NULL, *reason = NULL, *found;
	size_t size = 0;

	if (file == NULL || fseeko(file, since, SEEK_SET) < 0)
		goto out;
	while (getline(&line, &size, file) >= 0) {
		found = strstr(line, "FATAL:");
		if (found == NULL)
			found = strstr(line, "PANIC:");
		if (found == NULL)
			found = strstr(line, "error:");
		if (found == NULL)
			continue;
		found += strcspn(found, ":") + 1;
		found += strspn(found, " ");
		found[strcspn(found, "\n")] = '\0';
		free(reason);
		reason = memory_string(found);
	}
out:
	free(line);
	if (file != NULL)
		fclose(file);
	return reason;
}

static off_t log_end(struct embedded *embedded)
{
	struct stat about;

	return stat(embedded->log, &about) < 0 ? 0 : about.st_size;
}

static int not_started(
    struct embedded *embedded, const char *what, off_t since, char **error)
{
	char *reason = log_reason(embedded, since);

	*error = memory_format("%s: %s; see %s", what,
	    reason == NULL ? "it said nothing" : reason, embedded->log);
	free(reason);
	return -1;
}

int cluster_run(struct embedded *embedded, char *const *words, char **error)
{
	off_t since = log_end(embedded);
	int output = log_open(embedded);
	int status = 0;
	pid_t child;

	if (output < 0) {
		*error = memory_format(
		    "cannot write %s: %s", embedded->log, strerror(errno));
		return -1;
	}
	child = fork();
	if (child == 0)
		become_program(embedded, words, output, SIGKILL);
	close(output);
	if (child < 0 || waitpid(child, &status, 0) < 0) {
		*error = memory_format(
		    "cannot run %s: %s", words[0], strerror(errno));
		return -1;
	}
	if (status == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
		*error = memory_format("there is no %s; set "
				       "HEFBOOM_POSTGRES_BIN",
		    words[0]);
		return -1;
	}
	return not_started(embedded, words[0], since, error);
}

static int not_spawned(char **error)
{
	*error = memory_format("cannot start PostgreSQL: %s", strerror(errno));
	return -1;
}

int cluster_spawn(struct embedded *embedded, char **error)
{
	char *words[WORDS_MAX];
	char *owned[5];
	size_t count = 0, i;
	int output = log_open(embedded);
	pid_t child;

	if (output < 0)
		return not_spawned(error);
	embedded->said = log_end(embedded);
	owned[0] = memory_format("%s/postgres", embedded->programs);
	owned[1] =
	    memory_format("unix_socket_directories=%s", embedded->sockets);
	owned[2] = memory_format("hba_file=%s/pg_hba.conf", embedded->data);
	owned[3] = memory_format("ident_file=%s/pg_ident.conf", embedded->data);
	owned[4] =
	    memory_format("max_connections=%u", embedded->connections_max);
	words[count++] = owned[0];
	words[count++] = "-D";
	words[count++] = embedded->folder;
	for (i = 1; i < 5; i++) {
		words[count++] = "-c";
		words[count++] = owned[i];
	}
	for (i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		words[count++] = "-c";
		words[count++] = (char *)fixed[i];
	}
	words[count] = NULL;
	child = fork();
	if (child == 0)
		become_program(
		    embedded, words, output, embedded->transient ? SIGINT : 0);
	close(output);
	for (i = 0; i < 5; i++)
		free(owned[i]);
	if (child < 0)
		return not_spawned(error);
	embedded->pid = child;
	embedded->adopted = false;
	return 0;
}

/* Who blocked these wants to hear of them instead of dying half-way. */
static bool is_interrupted(void)
{
	sigset_t waiting, blocked;

	sigemptyset(&blocked);
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	sigpending(&waiting);
	return (sigismember(&waiting, SIGTERM) &&
		   sigismember(&blocked, SIGTERM)) ||
	    (sigismember(&waiting, SIGINT) && sigismember(&blocked, SIGINT));
}

static void pause_ms(long milliseconds)
{
	struct timespec time = {
	    milliseconds / 1000, milliseconds % 1000 * 1000000};

	nanosleep(&time, NULL);
}

static bool answers(const char *url)
{
	char *ignored = NULL;
	struct link *link = link_open(url, &ignored);

	free(ignored);
	link_close(link);
	return link != NULL;
}

/*
 * Old backends of a postmaster that was killed keep its shared memory for
 * about a second, and a new one refuses to start beside them.
 */
static bool is_passing(struct embedded *embedded)
{
	char *reason = log_reason(embedded, embedded->said);
	bool passing = reason != NULL &&
	    (strstr(reason, "shared memory block") != NULL ||
		strstr(reason, "lock file") != NULL);

	free(reason);
	return passing;
}

static bool has_ended(struct embedded *embedded)
{
	int status;

	if (embedded->adopted)
		return kill(embedded->pid, 0) < 0;
	return waitpid(embedded->pid, &status, WNOHANG) == embedded->pid;
}

int cluster_wait(struct embedded *embedded, char **error)
{
	char *url = memory_format("postgresql:///postgres?host=%s&"
				  "user=hefboom_owner",
	    embedded->sockets);
	long waited_ms = 0;
	int status = 0;

	while (status == 0 && !answers(url)) {
		if (is_interrupted()) {
			*error = memory_string("interrupted");
			status = -1;
		} else if (has_ended(embedded)) {
			embedded->pid = 0;
			if (waited_ms < OLD_BACKENDS_MS &&
			    (embedded->adopted || is_passing(embedded))) {
				cluster_end_orphans(embedded);
				pause_ms(POLL_MS * 10);
				waited_ms += POLL_MS * 10;
				status = cluster_spawn(embedded, error);
			} else
				status = not_started(embedded,
				    "PostgreSQL does not start", embedded->said,
				    error);
		}
		pause_ms(POLL_MS);
		waited_ms += POLL_MS;
		if (waited_ms % NEWS_MS == 0)
			log_event(LOG_NOTICE, "postgresql_starting", NULL);
	}
	free(url);
	return status;
}

/*
 * The pid is written by the cluster's user, and we may be root: it must be
 * a process of that user's, at home in the folder, or no signal goes there.
 */
pid_t cluster_find(const struct embedded *embedded)
{
	char *path = memory_format("%s/postmaster.pid", embedded->folder);
	int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char text[32];
	ssize_t length;
	long pid;

	free(path);
	if (file < 0)
		return 0;
	length = read(file, text, sizeof(text) - 1);
	close(file);
	if (length <= 0)
		return 0;
	text[length] = '\0';
	pid = strtol(text, NULL, 10);
	return cluster_has(embedded, pid) ? (pid_t)pid : 0;
}

int cluster_create_database(struct embedded *embedded, char **error)
{
	char *url = memory_format("postgresql:///postgres?host=%s&"
				  "user=hefboom_owner",
	    embedded->sockets);
	struct link *link = link_open(url, error);
	int status = -1;

	free(url);
	if (link == NULL)
		return -1;
	status = link_query(
	    link, "select from pg_database where datname = 'hefboom'", 0, NULL);
	if (status == 0)
		status = link_script(link, "create database hefboom");
	if (status < 0)
		*error = memory_format(
		    "cannot make the database: %s", link_error(link));
	link_close(link);
	return status < 0 ? -1 : 0;
}
