#include "hefboom/gzip.h"

#include <stdlib.h>
#include <zlib.h>

#include "hefboom/buf.h"

enum {
	GZIP_WRAPPER = 16, /* deflateInit2: not zlib's own */
	WINDOW_BITS = 15,
	MEMORY_LEVEL = 8,
	KEPT = 8,
	KEPT_LEVEL = 6,
	NAME_MAX_BYTES = 32,
};

static void pack(struct buf *out, const char *bytes, size_t length, int level)
{
	static z_stream stream;
	static int current;

	if (current != level) {
		if (current != 0)
			deflateEnd(&stream);
		stream = (z_stream){0};
		if (deflateInit2(&stream, level, Z_DEFLATED,
			WINDOW_BITS + GZIP_WRAPPER, MEMORY_LEVEL,
			Z_DEFAULT_STRATEGY) != Z_OK)
			abort();
		current = level;
	} else {
		deflateReset(&stream);
	}
	buf_reserve(out, deflateBound(&stream, length));
	stream.next_in = (Bytef *)(void *)(size_t)bytes;
	stream.avail_in = (uInt)length;
	stream.next_out = (Bytef *)out->bytes;
	stream.avail_out = (uInt)out->capacity - 1;
	/* There is room for all of it, so one call is enough. */
	if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
		abort();
	out->length = stream.total_out;
	out->bytes[out->length] = '\0';
}

void gzip_pack(struct buf *body, int level)
{
	struct buf out = {0};

	pack(&out, body->bytes, body->length, level);
	buf_release(body);
	*body = out;
}

struct kept {
	char name[NAME_MAX_BYTES];
	size_t length; /* before */
	struct buf packed;
};

void gzip_keep(struct buf *body, const char *name)
{
	static struct kept all[KEPT];
	static unsigned next;
	struct kept *kept = NULL;

	for (unsigned i = 0; i < KEPT && kept == NULL; i++)
		if (all[i].length == body->length &&
		    strcmp(all[i].name, name) == 0)
			kept = &all[i];
	if (kept == NULL) {
		kept = &all[next++ % KEPT];
		snprintf(kept->name, sizeof(kept->name), "%s", name);
		kept->length = body->length;
		buf_release(&kept->packed);
		pack(&kept->packed, body->bytes, body->length, KEPT_LEVEL);
	}
	buf_clear(body);
	buf_add(body, kept->packed.bytes, kept->packed.length);
}
