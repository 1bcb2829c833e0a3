#include "hefboom/config.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "hefboom/memory.h"

static int fail(char **error, const char *what, const char *path)
{
	*error = memory_format("cannot %s %s: %s", what, path, strerror(errno));
	return -1;
}

static int write_all(int file, const unsigned char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(file, bytes, length);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			bytes += written;
			length -= (size_t)written;
		}
	}
	return fsync(file) < 0 ? -errno : 0;
}

/*
 * Written beside its name and then linked: whoever dies half-way leaves no
 * short secret, and of two that start at once both read the same one.
 */
static int secret_make(const char *data, const char *path, char **error)
{
	unsigned char bytes[CONFIG_SECRET_LENGTH];
	char *draft = memory_format("%s.%ld", path, (long)getpid());
	int file, status = -1;

	unlink(draft);
	file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0) {
		fail(error, "make", draft);
		goto out;
	}
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes) ||
	    write_all(file, bytes, sizeof(bytes)) < 0)
		fail(error, "write", draft);
	else if (link(draft, path) < 0 && errno != EEXIST)
		fail(error, "make", path);
	else if (folder_sync(data) < 0)
		fail(error, "sync", data);
	else
		status = 0;
	memory_wipe(bytes, sizeof(bytes));
	close(file);
	unlink(draft);
out:
	free(draft);
	return status;
}

/* What others may read is no secret; mounted ones have modes of their own. */
static int secret_check(
    int file, const char *path, mode_t forbidden, char **error)
{
	struct stat about;

	if (fstat(file, &about) < 0)
		return fail(error, "read", path);
	if (!S_ISREG(about.st_mode) || about.st_size != CONFIG_SECRET_LENGTH) {
		*error = memory_format("%s must be a file of exactly %d bytes",
		    path, CONFIG_SECRET_LENGTH);
		return -1;
	}
	if (about.st_mode & forbidden) {
		*error = memory_format(
		    "%s is open to others; chmod 600 it, and replace it if "
		    "somebody may have read it",
		    path);
		return -1;
	}
	return 0;
}

static int secret_read(unsigned char secret[CONFIG_SECRET_LENGTH],
    const char *path, mode_t forbidden, char **error)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t length;
	int status;

	if (file < 0)
		return fail(error, "read the secret", path);
	status = secret_check(file, path, forbidden, error);
	if (status == 0) {
		length = read(file, secret, CONFIG_SECRET_LENGTH);
		if (length != (ssize_t)CONFIG_SECRET_LENGTH)
			status = fail(error, "read the secret", path);
	}
	close(file);
	return status;
}

/* Embedded ones lie in our folder, and are for nobody else. */
static int before_read(struct config *config, char **error)
{
	char *path;

	if (config->secret_file_before != NULL)
		return secret_read(config->secret_before,
		    config->secret_file_before, 022, error);
	if (!config->embedded || config->secret_file != NULL)
		return 0;
	path = memory_format("%s/secret.before", config->data);
	if (access(path, F_OK) < 0 && errno == ENOENT) {
		free(path);
		return 0;
	}
	config->secret_file_before = path;
	return secret_read(config->secret_before, path, 077, error);
}

static int secret_find(struct config *config, bool make, char **error)
{
	char *path;
	int status = 0;

	if (config->secret_file != NULL)
		return secret_read(
		    config->secret, config->secret_file, 022, error);
	if (!config->embedded) {
		*error =
		    memory_string("beside an external database, "
				  "HEFBOOM_SECRET_FILE must name a file of "
				  "32 random bytes, the same on every "
				  "machine");
		return -1;
	}
	path = memory_format("%s/secret", config->data);
	if (make && access(path, F_OK) < 0)
		status = secret_make(config->data, path, error);
	if (status == 0)
		status = secret_read(config->secret, path, 077, error);
	free(path);
	return status;
}

int config_secret(struct config *config, bool make, char **error)
{
	if (secret_find(config, make, error) < 0)
		return -1;
	return before_read(config, error);
}
