#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hefboom/arena.h"
#include "hefboom/config.h"
#include "hefboom/memory.h"
#include "hefboom/operation.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"
#include "hefboom/service.h"

handler_fn get_docs_file;

enum { FILE_MAX = 16 * 1024 * 1024 };

static const char *type_of(const char *name)
{
	static const struct {
		const char *ending, *type;
	} types[] = {{".html", "text/html; charset=utf-8"},
	    {".js", "text/javascript; charset=utf-8"},
	    {".css", "text/css; charset=utf-8"},
	    {".svg", "image/svg+xml; charset=utf-8"}, {".png", "image/png"},
	    {".ico", "image/x-icon"}, {".woff2", "font/woff2"},
	    {".json", "application/json"},
	    {".txt", "text/plain; charset=utf-8"}};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot != NULL && i < sizeof(types) / sizeof(types[0]);
	     i++)
		if (strcmp(dot, types[i].ending) == 0)
			return types[i].type;
	return "application/octet-stream";
}

/* One name in one folder: nothing that could lead out of it. */
static bool name_is_plain(const char *name)
{
	if (name[0] == '\0' || name[0] == '.')
		return false;
	for (; *name != '\0'; name++)
		if (strchr("abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-",
			*name) == NULL)
			return false;
	return true;
}

/* A file that cannot be had now is there all the same. */
static const struct problem *fault_of(int error)
{
	switch (error) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return problem_get("overloaded");
	case EIO:
		return problem_get("internal");
	default:
		return problem_get("not_found");
	}
}

static const struct problem *file_read(
    int file, struct arena *arena, struct content *content)
{
	struct stat about;
	size_t size, have = 0;
	ssize_t got;
	char *bytes;

	if (fstat(file, &about) < 0 || !S_ISREG(about.st_mode) ||
	    about.st_size > FILE_MAX)
		return problem_get("not_found");
	size = (size_t)about.st_size;
	bytes = memory_try_grow(NULL, size);
	if (bytes == NULL)
		return problem_get("overloaded");
	arena_defer(arena, free, bytes);
	while (have < size) {
		got = read(file, bytes + have, size - have);
		if (got == 0)
			break;
		if (got > 0)
			have += (size_t)got;
		else if (errno != EINTR)
			return fault_of(errno);
	}
	content->bytes = bytes;
	content->length = have;
	return NULL;
}

/* The renderer is one page and a few files; they are read when asked for. */
static const struct problem *send_file(
    struct request *request, const char *name)
{
	const char *folder = request->service->config->docs;
	struct content content = {.type = type_of(name),
	    .headers = "Cache-Control: no-cache\r\n"
		       "Content-Security-Policy: default-src 'self'; "
		       "style-src 'self' 'unsafe-inline'; "
		       "img-src 'self' data:; base-uri 'none'; "
		       "form-action 'none'; frame-ancestors 'none'\r\n"};
	const struct problem *problem;
	char etag[20], *path;
	int file;

	if (folder == NULL || !name_is_plain(name))
		return problem_get("not_found");
	path = arena_format(&request->arena, "%s/%s", folder, name);
	/* A pipe in the folder is no reason to wait for its other end. */
	file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (file < 0)
		return fault_of(errno);
	problem = file_read(file, &request->arena, &content);
	close(file);
	if (problem != NULL)
		return problem;
	content_etag(etag, content.bytes, content.length);
	content.etag = etag;
	reply_content(request, &content);
	return &request_waiting;
}

const struct problem *get_docs_file(struct request *request)
{
	return send_file(request, request->path[0]);
}
