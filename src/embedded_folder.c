#include "embedded_cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "hefboom/config.h"
#include "hefboom/embedded.h"
#include "hefboom/memory.h"

/* sun_path holds 107 bytes, of which PostgreSQL's own name takes 14. */
enum { SOCKETS_MAX = 90 };

int cluster_lock(
    struct embedded *embedded, enum lock_byte byte, short type, bool wait)
{
	struct flock lock = {.l_type = type,
	    .l_whence = SEEK_SET,
	    .l_start = (off_t)byte,
	    .l_len = 1};
	int status;

	do
		status =
		    fcntl(embedded->lock, wait ? F_SETLKW : F_SETLK, &lock);
	while (status < 0 && errno == EINTR);
	if (status == 0)
		return 0;
	return errno == EACCES ? -EAGAIN : -errno;
}

pid_t cluster_locked_by(struct embedded *embedded)
{
	struct flock lock = {.l_type = F_WRLCK,
	    .l_whence = SEEK_SET,
	    .l_start = LOCK_OWNER,
	    .l_len = 1};

	if (fcntl(embedded->lock, F_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return 0;
	return lock.l_pid == 0 ? -1 : lock.l_pid;
}

static int fail(char **error, const char *what, const char *path)
{
	*error = memory_format("cannot %s %s: %s", what, path, strerror(errno));
	return -1;
}

/* FNV-1a: short, and the same at every start. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return hash;
}

/* A service may have a /tmp of its own, which commands beside it do not see. */
static const char *sockets_base(void)
{
	if (access("/run/hefboom", W_OK) == 0)
		return "/run/hefboom";
	return geteuid() == 0 && access("/run", W_OK) == 0 ? "/run" : "/tmp";
}

static void set_paths(struct embedded *embedded)
{
	const char *base = sockets_base();

	embedded->folder = memory_format("%s/postgresql", embedded->data);
	embedded->log = memory_format("%s/postgresql.log", embedded->data);
	embedded->sockets = memory_format("%s/hefboom-%ld-%016" PRIx64, base,
	    (long)embedded->user.uid, hash_of(embedded->data));
	embedded->runtime_url = memory_format(
	    "postgresql:///hefboom?host=%s&user=hefboom", embedded->sockets);
	embedded->owner_url =
	    memory_format("postgresql:///hefboom?host=%s&user=hefboom_owner",
		embedded->sockets);
}

/* Whoever opens the file twice loses the lock with the first close. */
static int lock_open(struct embedded *embedded, char **error)
{
	char *path = memory_format("%s/lock", embedded->data);
	struct stat wanted, held;
	int status = 0;

	if (embedded->lock < 0) {
		embedded->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (embedded->lock < 0)
			status = fail(error, "open", path);
	} else if (stat(path, &wanted) < 0 || fstat(embedded->lock, &held) < 0)
		status = fail(error, "look at", path);
	else if (wanted.st_dev != held.st_dev || wanted.st_ino != held.st_ino) {
		*error = memory_string(
		    "HEFBOOM_DATA cannot change without a restart");
		status = -1;
	}
	free(path);
	return status;
}

int cluster_open(
    struct embedded *embedded, const struct config *config, char **error)
{
	mode_t mode = geteuid() == 0 ? 0711 : 0700;

	if (user_find(&embedded->user, config->user, error) < 0 ||
	    folder_make(config->data, mode, error) < 0)
		return -1;
	embedded->data = realpath(config->data, NULL);
	if (embedded->data == NULL)
		return fail(error, "find the folder", config->data);
	set_paths(embedded);
	embedded->connections_max = 30 +
	    2 * (config->workers + 1) *
		(config->pool_fast + config->pool_write + config->pool_slow +
		    1);
	if (embedded->connections_max < 60)
		embedded->connections_max = 60;
	return lock_open(embedded, error);
}

void cluster_release(struct embedded *embedded)
{
	if (embedded->lock >= 0)
		close(embedded->lock);
	user_release(&embedded->user);
	free(embedded->data);
	free(embedded->folder);
	free(embedded->log);
	free(embedded->sockets);
	free(embedded->programs);
	free(embedded->runtime_url);
	free(embedded->owner_url);
	free(embedded);
}

/*
 * /tmp is everybody's: a folder that somebody else put there, or a link, is
 * refused rather than repaired.
 */
static int make_sockets(struct embedded *embedded, char **error)
{
	const char *path = embedded->sockets;
	struct stat about;

	if (strlen(path) > SOCKETS_MAX)
		abort();
	if (mkdir(path, 0700) == 0) {
		if (geteuid() == 0 &&
		    lchown(path, embedded->user.uid, embedded->user.gid) < 0)
			return fail(error, "give away", path);
	} else if (errno != EEXIST)
		return fail(error, "make the folder", path);
	if (lstat(path, &about) < 0)
		return fail(error, "look at", path);
	if (!S_ISDIR(about.st_mode) || about.st_uid != embedded->user.uid ||
	    (about.st_mode & 07777) != 0700) {
		*error = memory_format("%s must be a folder of mode 700 that "
				       "belongs to %s; remove it",
		    path,
		    embedded->user.name == NULL ? "you" : embedded->user.name);
		return -1;
	}
	return 0;
}

static int write_text(
    struct embedded *embedded, const char *name, const char *text, char **error)
{
	char *path = memory_format("%s/%s", embedded->data, name);
	FILE *file;
	int status = -1;

	unlink(path);
	file = fopen(path, "wxe");
	if (file == NULL) {
		fail(error, "write", path);
		goto out;
	}
	fputs(text, file);
	if (fflush(file) != 0 || fchmod(fileno(file), 0644) < 0)
		fail(error, "write", path);
	else
		status = 0;
	fclose(file);
out:
	free(path);
	return status;
}

/*
 * Who started the program owns the schema; who it becomes does not, although
 * that one's processes run the server.
 */
static int write_access(struct embedded *embedded, char **error)
{
	const char *name = embedded->user.name;
	const char *owner = geteuid() == 0 ? "root" : name;
	char *ident;
	int status;

	if (name == NULL)
		return write_text(embedded, "pg_ident.conf", "", error) < 0
		    ? -1
		    : write_text(embedded, "pg_hba.conf",
			  "local all all trust\n", error);
	ident = memory_format("hefboom \"%s\" hefboom_owner\n"
			      "hefboom \"%s\" hefboom\n"
			      "hefboom \"%s\" hefboom\n",
	    owner, owner, name);
	status = write_text(embedded, "pg_ident.conf", ident, error);
	free(ident);
	if (status < 0)
		return -1;
	return write_text(embedded, "pg_hba.conf",
	    "local all all peer map=hefboom\n"
	    "local replication hefboom_owner peer map=hefboom\n",
	    error);
}

bool embedded_exists(const struct config *config)
{
	char *path = memory_format("%s/postgresql/PG_VERSION", config->data);
	bool exists = access(path, F_OK) == 0;

	free(path);
	return exists;
}

/*
 * Made beside its place and moved there whole, so that a half-made cluster
 * is never taken for one.
 */
static int make_cluster(struct embedded *embedded, char **error)
{
	char *draft = memory_format("%s/postgresql.new", embedded->data);
	char *program = memory_format("%s/initdb", embedded->programs);
	char *sweep[] = {"/bin/rm", "-rf", "--", draft, NULL};
	char *words[] = {program, "-D", draft, "-U", "hefboom_owner",
	    "--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8",
	    "--auth=peer", NULL};
	int status = -1;

	if (access(draft, F_OK) == 0) {
		char *ignored = NULL;

		/* Its user cannot remove the folder itself; we can. */
		cluster_run(embedded, sweep, &ignored);
		free(ignored);
		rmdir(draft);
	}
	if (mkdir(draft, 0700) < 0 ||
	    (geteuid() == 0 &&
		lchown(draft, embedded->user.uid, embedded->user.gid) < 0))
		fail(error, "make the folder", draft);
	else if (cluster_run(embedded, words, error) == 0) {
		if (rename(draft, embedded->folder) < 0)
			fail(error, "move into place", draft);
		else if (folder_sync(embedded->data) < 0)
			fail(error, "sync", embedded->data);
		else
			status = 0;
	}
	free(draft);
	free(program);
	return status;
}

int cluster_prepare(struct embedded *embedded, char **error)
{
	if (!user_may_enter(&embedded->user, embedded->data)) {
		*error = memory_format("the user %s, as whom PostgreSQL runs, "
				       "cannot reach %s; set HEFBOOM_DATA to "
				       "another folder",
		    embedded->user.name, embedded->data);
		return -1;
	}
	if (access(embedded->folder, F_OK) < 0 &&
	    make_cluster(embedded, error) < 0)
		return -1;
	if (make_sockets(embedded, error) < 0)
		return -1;
	return write_access(embedded, error);
}
