#include "supervisor_state.h"

#include <signal.h>
#include <unistd.h>

#include "hefboom/clock.h"
#include "hefboom/log.h"
#include "hefboom/memory.h"
#include "hefboom/worker.h"

/* A new worker lives this long before the old one goes. */
enum { PROOF_MS = 300 };

/*
 * A secret that no worker knows is believed by all of them before the first
 * one signs with it, for any of them may be shown what that one signed.
 */
static bool secret_put_off(struct config *fresh, const struct config *old)
{
	unsigned char first[CONFIG_SECRET_LENGTH];

	if (fresh->secret_file_before == NULL ||
	    memcmp(fresh->secret_before, old->secret, sizeof(first)) != 0 ||
	    memcmp(fresh->secret, old->secret, sizeof(first)) == 0 ||
	    (old->secret_file_before != NULL &&
		memcmp(fresh->secret, old->secret_before, sizeof(first)) == 0))
		return false;
	memcpy(first, fresh->secret_before, sizeof(first));
	memcpy(fresh->secret_before, fresh->secret, sizeof(first));
	memcpy(fresh->secret, first, sizeof(first));
	memory_wipe(first, sizeof(first));
	return true;
}

/* What holds from the start on, and whom a program that starts becomes. */
static int check_fixed(const struct supervisor *supervisor,
    const struct config *fresh, char **error)
{
	struct user user = {0};
	int status;

	if (supervisor->embedded != NULL &&
	    strcmp(fresh->data, supervisor->config.data) != 0) {
		*error = memory_string(
		    "HEFBOOM_DATA cannot change without a restart");
		return -1;
	}
	status = user_find(&user, fresh->user, error);
	user_release(&user);
	return status;
}

/* Number and address of the sockets stay as they are. */
int settings_read(
    struct supervisor *supervisor, struct config *fresh, char **error)
{
	int index = 0;

	if (config_read(fresh, supervisor->flag_count, supervisor->words + 2,
		&index, error) < 0)
		return -1;
	fresh->workers = supervisor->config.workers;
	if (check_fixed(supervisor, fresh, error) == 0 &&
	    config_secret(fresh, false, error) == 0 &&
	    supervisor_check_docs(supervisor, fresh, error) == 0 &&
	    supervisor_take_urls(supervisor, fresh, error) == 0)
		return 0;
	config_release(fresh);
	return -1;
}

static int read_again(struct supervisor *supervisor, char **error)
{
	struct config fresh;
	bool learns;

	if (settings_read(supervisor, &fresh, error) < 0)
		return -1;
	learns = secret_put_off(&fresh, &supervisor->config);
	if (worker_prepare(&fresh, error) < 0) {
		config_release(&fresh);
		return -1;
	}
	config_release(&supervisor->config);
	supervisor->config = fresh;
	supervisor->learns = learns;
	log_set(log_level_of(fresh.log_level), "supervisor");
	return 0;
}

void reload(struct supervisor *supervisor)
{
	char *error = NULL;

	if (supervisor->stopping)
		return;
	if (supervisor->next < supervisor->child_count) {
		supervisor->reload_again = true;
		return;
	}
	supervisor->reload_again = false;
	if (read_again(supervisor, &error) < 0) {
		log_event(LOG_ERROR, "reload_refused", "reason", error, NULL);
		free(error);
		return;
	}
	log_event(LOG_NOTICE, "reloading", NULL);
	supervisor->next = 0;
}

void child_tell(struct child *child, pid_t pid, int wait_ms)
{
	kill(pid, SIGTERM);
	child->kill_at_ms = clock_ms() + wait_ms;
}

/* The place is done; after the last there is no way back, and no need. */
static void reload_next(struct supervisor *supervisor)
{
	if (++supervisor->next < supervisor->child_count)
		return;
	if (supervisor->learns)
		supervisor->reload_again = true;
	else
		log_event(LOG_NOTICE, "reloaded", NULL);
	if (supervisor->previous >= 0)
		close(supervisor->previous);
	supervisor->previous = -1;
}

/*
 * One place at a time, so that the database sees one worker too many, never
 * twice as many.  Both accept on the socket until the old one stops.
 */
void reload_step(struct supervisor *supervisor)
{
	struct child *child = &supervisor->children[supervisor->next];

	if (supervisor->next == supervisor->child_count || supervisor->stopping)
		return;
	if (child->leaving != 0) {
		/* Nobody took its place yet when fork() failed. */
		if (child->pid != 0 && child->kill_at_ms == 0 &&
		    clock_ms() - child->started_ms >= PROOF_MS)
			child_tell(child, child->leaving,
			    (int)supervisor->config.drain_ms + GRACE_MS);
		return;
	}
	child->leaving = child->pid;
	child->pid = 0;
	child->deaths = 0;
	child_start(supervisor, child);
	if (child->leaving == 0)
		reload_next(supervisor);
}

/*
 * The new one died at once: the old one goes on, and so do the others; after
 * an upgrade also the program that started them.
 */
void reload_give_up(struct supervisor *supervisor, struct child *child)
{
	log_event(LOG_ERROR, "reload_failed", NULL);
	supervisor->learns = false;
	child->pid = child->leaving;
	child->leaving = 0;
	supervisor->next = supervisor->child_count;
	supervisor_return(supervisor);
}

void child_left(struct supervisor *supervisor, struct child *child)
{
	child->leaving = 0;
	/* While all of them stop, the other one may have to be killed yet. */
	if (!supervisor->stopping)
		child->kill_at_ms = 0;
	if (supervisor->next < supervisor->child_count)
		reload_next(supervisor);
}
