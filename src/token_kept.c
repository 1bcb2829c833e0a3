/*
 * Written beside its name and then renamed: a reader sees all of the old or
 * all of the new.  It is not fsynced; what a power cut takes is fetched again.
 */
#include "token_source.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "hefboom/buf.h"
#include "hefboom/memory.h"

bool kept_read(const char *path, struct buf *text)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t got = 0;

	if (file < 0)
		return false;
	buf_reserve(text, SET_LENGTH_MAX + 1);
	while (text->length <= SET_LENGTH_MAX) {
		got = read(file, text->bytes + text->length,
		    SET_LENGTH_MAX + 1 - text->length);
		if (got <= 0)
			break;
		text->length += (size_t)got;
	}
	close(file);
	return got == 0 && text->length <= SET_LENGTH_MAX;
}

static int write_all(int file, const struct buf *text)
{
	size_t at = 0;

	while (at < text->length) {
		ssize_t written =
		    write(file, text->bytes + at, text->length - at);

		if (written < 0)
			return -errno;
		at += (size_t)written;
	}
	return 0;
}

int kept_write(const char *path, const struct buf *text)
{
	char *draft = memory_format("%s.%ld", path, (long)getpid());
	int file, status;

	unlink(draft);
	file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	status = file < 0 ? -errno : write_all(file, text);
	if (file >= 0 && close(file) < 0 && status == 0)
		status = -errno;
	if (status == 0 && rename(draft, path) < 0)
		status = -errno;
	if (status < 0)
		unlink(draft);
	free(draft);
	return status;
}
