/*
 * bulk_line -- one operation of a Bulk, and what it waits for (RFC 7644,
 * 3.7.2).
 *
 * A string "bulkId:x" anywhere in the data, or as the id in the path, means
 * what the POST of that bulkId makes.
 *
 * Ownership.  A bulk owns its lines and their answers; the data is borrowed
 * from the request's body, and changed in it.
 */
#ifndef SCIM_BULK_LINE_H
#define SCIM_BULK_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "hefboom/request.h"

enum state { WAITING, UNDER_WAY, DONE, REFUSED };

struct line {
	const char *method, *path, *bulk_id, *version;
	json_t *data; /* borrowed from the request's body */
	const char *location; /* of what it is about, when that is known */
	enum state state;
	struct line *awaited_by;
	struct line **awaits; /* NULL for one that is not there */
	size_t await_count, await_at; /* those before it are DONE */
	char id[UUID_TEXT]; /* of what it made */
	json_t *answer; /* one of BulkResponse's Operations */
};

struct bulk {
	struct request *request;
	struct line *lines;
	size_t count, at;
	json_int_t fail_on_errors; /* 0: never */
	json_int_t errors;
	struct line *now;
	json_t *by_id; /* bulkId -> number of its line */
	bool running, again;
};

bool bulk_is_reference(const char *text);

/* What stands behind the endpoint: "/Users/7f.." as "7f..", or NULL. */
const char *bulk_path_id(const char *path);

/* The line whose bulkId stands behind "bulkId:", or NULL. */
struct line *bulk_line_of(const struct bulk *bulk, const char *text);

/* Once a line, when all of them have been read. */
void bulk_find_awaited(const struct bulk *bulk, struct line *line);

/*
 * What has to be done before that line, or NULL; *lost when it waits for what
 * never will be: unknown, refused, or waiting itself.  However often it is
 * asked, each reference is looked at once when it is done.
 */
struct line *bulk_awaited(struct line *line, bool *lost);

/* Every reference in its place becomes the id of what was made. */
void bulk_put_ids(const struct bulk *bulk, json_t *value);

#endif
