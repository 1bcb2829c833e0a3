#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hefboom/memory.h"

static int fail(char **error, const char *what, const char *path)
{
	*error = memory_format("cannot %s %s: %s", what, path, strerror(errno));
	return -1;
}

int folder_make(const char *path, mode_t mode, char **error)
{
	char *part = memory_string(path);
	char *slash = part;
	int status = 0;

	/* A slash at the end has nothing below it. */
	while (status == 0 && (slash = strchr(slash + 1, '/')) != NULL &&
	    slash[strspn(slash, "/")] != '\0') {
		*slash = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			status = fail(error, "make the folder", part);
		*slash = '/';
	}
	if (status == 0 && mkdir(path, mode) == 0) {
		/* Whatever the umask says. */
		if (chmod(path, mode) < 0)
			status = fail(error, "open the folder", path);
	} else if (status == 0 && errno != EEXIST)
		status = fail(error, "make the folder", path);
	free(part);
	return status;
}

int folder_sync(const char *path)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status;

	if (folder < 0)
		return -errno;
	status = fsync(folder) < 0 ? -errno : 0;
	close(folder);
	return status;
}
