/*
 * fuzz_http -- whatever we accept, strict llhttp accepts, and reads the same.
 *
 * The first two bytes say where the message is cut in two.  Properties:
 * - method, target, body and the offset of the next message are llhttp's;
 * - in two pieces, and byte by byte, the outcome is that of the whole;
 * - nothing is read that is not there (AddressSanitizer, exact copies).
 *
 * llhttp is Debian's node-llhttp, compiled with LLHTTP_STRICT_MODE=1.
 */
#include <assert.h>
#include <stdint.h>

#include <llhttp.h>

#include "hefboom/buf.h"
#include "hefboom/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

struct reading {
	enum http_outcome outcome;
	const char *code;
	struct buf method, target, body;
	size_t end; /* where the next message begins */
};

static void reading_release(struct reading *reading)
{
	buf_release(&reading->method);
	buf_release(&reading->target);
	buf_release(&reading->body);
}

/* The head of the first `part` bytes, as if no more had come. */
static enum http_outcome read_head(struct http_head *head,
    struct http_scan *scan, const char *bytes, size_t part, const char **code)
{
	char *copy = malloc(part + (part == 0));
	enum http_outcome outcome;

	if (part > 0)
		memcpy(copy, bytes, part);
	outcome = http_head_read(head, scan, copy, part, code);
	free(copy);
	return outcome;
}

static void read_chunks(
    struct reading *reading, const char *bytes, size_t length, size_t step)
{
	struct http_chunks chunks = {0};
	struct http_text run;
	size_t at = reading->end, part, used;
	char *copy;

	reading->outcome = HTTP_MORE;
	while (reading->outcome == HTTP_MORE && at < length) {
		part = length - at < step ? length - at : step;
		copy = malloc(part);
		memcpy(copy, bytes + at, part);
		reading->outcome =
		    http_chunks_read(&chunks, copy, part, &used, &run);
		assert(used <= part);
		assert(run.length <= used);
		assert(used > 0 || reading->outcome != HTTP_MORE);
		buf_add(&reading->body, run.bytes, run.length);
		free(copy);
		at += used;
	}
	reading->code = "bad_request";
	reading->end = at;
}

static void read_body(struct reading *reading, const struct http_head *head,
    const char *bytes, size_t length, size_t step)
{
	reading->end = head->length;
	if (head->chunked) {
		read_chunks(reading, bytes, length, step);
	} else if (head->content_length > length - head->length) {
		reading->outcome = HTTP_MORE;
	} else {
		buf_add(&reading->body, bytes + head->length,
		    (size_t)head->content_length);
		reading->end += (size_t)head->content_length;
	}
}

/* cut: 0 for the whole at once; step: 1 for byte by byte. */
static void read_ours(struct reading *reading, const char *bytes, size_t length,
    size_t cut, size_t step)
{
	struct http_scan scan = {0};
	struct http_head head;
	size_t part = cut;

	do {
		reading->outcome =
		    read_head(&head, &scan, bytes, part, &reading->code);
		part = part + step < length ? part + step : length;
	} while (reading->outcome == HTTP_MORE && scan.seen < length);
	if (reading->outcome != HTTP_DONE)
		return;
	/* The copy is gone; the same bytes in their own place. */
	scan = (struct http_scan){0};
	assert(http_head_read(&head, &scan, bytes, length, &reading->code) ==
	    HTTP_DONE);
	buf_add(&reading->method, head.method.bytes, head.method.length);
	buf_add(&reading->target, head.path.bytes, head.path.length);
	if (head.query.bytes != NULL) {
		buf_add_char(&reading->target, '?');
		buf_add(&reading->target, head.query.bytes, head.query.length);
	}
	read_body(reading, &head, bytes, length, step);
}

static bool buf_same(const struct buf *a, const struct buf *b)
{
	return a->length == b->length &&
	    (a->length == 0 || memcmp(a->bytes, b->bytes, a->length) == 0);
}

static void compare_pieces(const struct reading *whole, const char *bytes,
    size_t length, size_t cut, size_t step)
{
	struct reading pieces = {0};

	read_ours(&pieces, bytes, length, cut, step);
	assert(pieces.outcome == whole->outcome);
	if (whole->outcome == HTTP_REFUSED)
		assert(strcmp(pieces.code, whole->code) == 0);
	if (whole->outcome == HTTP_DONE)
		assert(pieces.end == whole->end);
	assert(buf_same(&pieces.method, &whole->method));
	assert(buf_same(&pieces.target, &whole->target));
	assert(buf_same(&pieces.body, &whole->body));
	reading_release(&pieces);
}

static int oracle_url(llhttp_t *parser, const char *at, size_t length)
{
	buf_add(&((struct reading *)parser->data)->target, at, length);
	return 0;
}

static int oracle_body(llhttp_t *parser, const char *at, size_t length)
{
	buf_add(&((struct reading *)parser->data)->body, at, length);
	return 0;
}

static int oracle_complete(llhttp_t *parser)
{
	struct reading *reading = parser->data;
	const char *method = llhttp_method_name(parser->method);

	buf_add_string(&reading->method, method);
	reading->outcome = HTTP_DONE;
	return HPE_PAUSED;
}

static void read_theirs(
    struct reading *reading, const char *bytes, size_t length)
{
	llhttp_settings_t settings;
	llhttp_errno_t error;
	llhttp_t parser;

	llhttp_settings_init(&settings);
	settings.on_url = oracle_url;
	settings.on_body = oracle_body;
	settings.on_message_complete = oracle_complete;
	llhttp_init(&parser, HTTP_REQUEST, &settings);
	parser.data = reading;
	reading->outcome = HTTP_MORE;
	error = llhttp_execute(&parser, bytes, length);
	reading->code = llhttp_errno_name(error);
	if (error == HPE_PAUSED)
		reading->end = (size_t)(llhttp_get_error_pos(&parser) - bytes);
	else
		reading->outcome = HTTP_REFUSED;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const char *message = (const char *)bytes + 2;
	struct reading ours = {0}, theirs = {0};
	size_t cut;

	if (length < 2)
		return 0;
	length -= 2;
	cut = length == 0 ? 0 : (bytes[0] | (size_t)bytes[1] << 8) % length;
	read_ours(&ours, message, length, length, length + 1);
	compare_pieces(&ours, message, length, cut, cut + 1);
	compare_pieces(&ours, message, length, 0, 1);
	if (ours.outcome == HTTP_DONE) {
		read_theirs(&theirs, message, length);
		assert(theirs.outcome == HTTP_DONE);
		assert(ours.end == theirs.end);
		assert(buf_same(&ours.method, &theirs.method));
		assert(buf_same(&ours.target, &theirs.target));
		assert(buf_same(&ours.body, &theirs.body));
	}
	reading_release(&ours);
	reading_release(&theirs);
	return 0;
}
