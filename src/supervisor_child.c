#include "supervisor_state.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hefboom/clock.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"
#include "hefboom/worker.h"

enum {
	HEALTHY_MS = 10000, /* who lived this long died by accident */
	AGAIN_MS = 100,
	AGAIN_MAX_MS = 5000,
};

/* Nothing that the supervisor holds open but these two. */
static void close_others(int one, int other)
{
	int low = one < other ? one : other;
	int high = one < other ? other : one;

	if (low < 0) {
		low = high;
	}
	if (low > STDERR_FILENO + 1)
		close_range(STDERR_FILENO + 1, (unsigned)low - 1, 0);
	if (high > low + 1)
		close_range((unsigned)low + 1, (unsigned)high - 1, 0);
	close_range((unsigned)high + 1, ~0U, 0);
}

/* The sanitizers' leak check needs what this forbids. */
int supervisor_forbid_dumps(void)
{
	int dumpable = 0;

#if defined(__SANITIZE_ADDRESS__)
	dumpable = 1;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
	dumpable = 1;
#endif
#endif
	return prctl(PR_SET_DUMPABLE, dumpable);
}

/* As supervisor_take_urls() does with the setting. */
static void forget_owner(void)
{
	char *url = getenv("HEFBOOM_OWNER_URL");

	if (url != NULL)
		memory_wipe(url, strlen(url));
	unsetenv("HEFBOOM_OWNER_URL");
}

/*
 * A terminal sends Ctrl-C to all of us; only the supervisor acts on it.
 * Becoming somebody else allows dumps again.
 */
static int become_child(struct supervisor *supervisor)
{
	sigset_t none;

	forget_owner();
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (user_become(&supervisor->user) < 0)
		return -1;
	return supervisor_forbid_dumps();
}

static int child_run(struct supervisor *supervisor, struct child *child)
{
	char *name = memory_format("hefboom-%s", child->kind);
	int lifeline = supervisor->lifeline[0];
	int listening = child->socket;

	close_others(listening, lifeline);
	prctl(PR_SET_NAME, name);
	free(name);
	if (become_child(supervisor) < 0) {
		log_event(LOG_ERROR, "rights_kept", NULL);
		return 1;
	}
	if (listening >= 0)
		return worker_run(&supervisor->config, listening, lifeline);
	return jobs_run(&supervisor->config, lifeline);
}

void child_start(struct supervisor *supervisor, struct child *child)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0)
		exit(child_run(supervisor, child));
	child->started_ms = clock_ms();
	if (pid < 0) {
		log_event(
		    LOG_ERROR, "fork_failed", "reason", strerror(errno), NULL);
		child->start_at_ms = child->started_ms + AGAIN_MAX_MS;
		return;
	}
	child->pid = pid;
}

void child_died(struct child *child, int status)
{
	char *how = WIFSIGNALED(status)
	    ? memory_format("signal %d", WTERMSIG(status))
	    : memory_format("status %d", WEXITSTATUS(status));
	char *event = memory_format("%s_died", child->kind);
	int64_t now = clock_ms(), wait_ms = 0;

	log_event(LOG_ERROR, event, "how", how, NULL);
	free(how);
	free(event);
	if (now - child->started_ms > HEALTHY_MS)
		child->deaths = 0;
	if (child->deaths > 0)
		wait_ms = AGAIN_MS
		    << (child->deaths < 7 ? child->deaths - 1 : 6);
	if (wait_ms > AGAIN_MAX_MS)
		wait_ms = AGAIN_MAX_MS;
	child->deaths++;
	child->pid = 0;
	child->start_at_ms = now + wait_ms;
}
