#include "hefboom/user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hefboom/memory.h"

int user_find(struct user *user, const char *wanted, char **error)
{
	struct passwd *entry;

	memset(user, 0, sizeof(*user));
	if (geteuid() != 0) {
		entry = getpwuid(geteuid());
		user->uid = geteuid();
		user->gid = getegid();
		user->name =
		    entry == NULL ? NULL : memory_string(entry->pw_name);
		return 0;
	}
	entry = getpwnam(wanted);
	if (entry == NULL || entry->pw_uid == 0) {
		*error = memory_format(
		    "root must become somebody else, but %s %s; set "
		    "HEFBOOM_USER, or start as another user",
		    wanted, entry == NULL ? "does not exist" : "is root");
		return -1;
	}
	user->uid = entry->pw_uid;
	user->gid = entry->pw_gid;
	user->name = memory_string(entry->pw_name);
	return 0;
}

void user_release(struct user *user)
{
	free(user->name);
	memset(user, 0, sizeof(*user));
}

int user_become(const struct user *user)
{
	if (geteuid() != 0)
		return 0;
	if (initgroups(user->name, user->gid) < 0 ||
	    setresgid(user->gid, user->gid, user->gid) < 0 ||
	    setresuid(user->uid, user->uid, user->uid) < 0)
		return -errno;
	/* libpq looks for certificates there, and may not enter root's. */
	unsetenv("HOME");
	/* There must be no way back. */
	return setuid(0) == 0 ? -EPERM : 0;
}

/* From a child, since only that can try with the user's own rights. */
bool user_may_enter(const struct user *user, const char *path)
{
	pid_t child = fork();
	int status = 1;

	if (child == 0)
		_exit(user_become(user) < 0 || access(path, X_OK) < 0);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0;
}
