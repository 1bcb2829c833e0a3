#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hefboom/arena.h"
#include "hefboom/config.h"
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

static char *file_read(int file, size_t *length)
{
	struct stat about;
	ssize_t got;
	char *bytes;

	if (fstat(file, &about) < 0 || !S_ISREG(about.st_mode) ||
	    about.st_size > FILE_MAX)
		return NULL;
	bytes = malloc((size_t)about.st_size + 1);
	for (*length = 0; bytes != NULL; *length += (size_t)got) {
		got = read(
		    file, bytes + *length, (size_t)about.st_size - *length);
		if (got <= 0)
			break;
	}
	return bytes;
}

/* The renderer is one page and a few files; they are read when asked for. */
static const struct problem *send_file(
    struct request *request, const char *name)
{
	const char *folder = request->service->config->docs;
	struct content content = {.type = type_of(name),
	    .headers = "Cache-Control: no-cache\r\n"
		       "Content-Security-Policy: default-src 'self'; "
		       "script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
		       "style-src 'self' 'unsafe-inline'; "
		       "img-src 'self' data:; font-src 'self' data:; "
		       "worker-src 'self' blob:\r\n"};
	char etag[20], *bytes, *path;
	int file;

	if (folder == NULL || !name_is_plain(name))
		return problem_get("not_found");
	path = arena_format(&request->arena, "%s/%s", folder, name);
	/* A pipe in the folder is no reason to wait for its other end. */
	file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (file < 0)
		return problem_get("not_found");
	bytes = file_read(file, &content.length);
	close(file);
	if (bytes == NULL)
		return problem_get("not_found");
	content.bytes = bytes;
	content_etag(etag, bytes, content.length);
	content.etag = etag;
	reply_content(request, &content);
	free(bytes);
	return &request_waiting;
}

const struct problem *get_docs_file(struct request *request)
{
	return send_file(request, request->path[0]);
}
