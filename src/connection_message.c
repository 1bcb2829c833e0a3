#include "connection_front.h"

#include <assert.h>
#include <sys/socket.h>

enum step {
	STEP_WAIT, /* for more bytes, or for an answer */
	STEP_MORE, /* answered: look at the next message */
	STEP_GONE, /* the connection was freed */
};

/* The input moves while a body comes, so its head is read anew at the end. */
static void head_again(struct connection *connection)
{
	struct http_scan scan = {0};
	enum http_outcome outcome;
	const char *code;

	if (connection->head != NULL)
		return;
	connection->head = server_head_take(connection->server);
	outcome = http_head_read(connection->head, &scan, connection->input,
	    connection->head_length, &code);
	assert(outcome == HTTP_DONE);
}

static void head_give(struct connection *connection)
{
	if (connection->head != NULL)
		server_head_give(connection->server, connection->head);
	connection->head = NULL;
}

/* Forgets the message that was answered. */
static void message_end(struct connection *connection)
{
	client_remove(connection);
	head_give(connection);
	input_drop(connection, connection->message);
	connection->scan = (struct http_scan){0};
	connection->chunks = (struct http_chunks){0};
	connection->message = 0;
	connection->answered = false;
}

static enum step step_written(
    struct connection *connection, enum write_outcome outcome)
{
	bool more = connection->used > 0 || connection->readable;

	if (outcome == WRITE_FAILED) {
		connection_close(connection);
		return STEP_GONE;
	}
	if (outcome == WRITE_WAITS) {
		/* Later only what was written puts the deadline off. */
		if (connection->state != CONNECTION_WRITING)
			connection_move(connection, CONNECTION_WRITING);
		server_relieve(connection->server, connection);
		return STEP_WAIT;
	}
	if (!connection->closing) {
		connection_move(connection,
		    connection->used > 0 ? CONNECTION_HEAD : CONNECTION_IDLE);
		return STEP_MORE;
	}
	/* Unread bytes would turn our close into a reset. */
	if (more || connection->lingers)
		return connection_linger(connection) ? STEP_WAIT : STEP_GONE;
	connection_close(connection);
	return STEP_GONE;
}

bool connection_written(
    struct connection *connection, enum write_outcome outcome)
{
	enum step step = step_written(connection, outcome);

	/* Not at once: who answered one request is not ready for another. */
	if (step == STEP_MORE && (connection->used > 0 || connection->readable))
		server_again(connection->server, connection);
	return step != STEP_GONE;
}

static void body_free(const void *bytes, size_t length, void *context)
{
	(void)length;
	(void)context;
	free((void *)bytes);
}

static enum step refuse(struct connection *connection, const char *code)
{
	struct server *server = connection->server;
	struct buf headers = {0}, body = {0};
	struct reply reply = {.status = 400, .free = body_free};
	const struct http_head *head = connection->head;
	enum write_outcome outcome;

	server->calls->refuse(
	    code, head, &headers, &body, &reply.status, server->context);
	reply.headers = headers.bytes;
	reply.headers_length = headers.length;
	reply.body = buf_take(&body, &reply.body_length);
	/* The method of a refused head may be any word. */
	connection->head_only = head != NULL && head->method.length == 4 &&
	    memcmp(head->method.bytes, "HEAD", 4) == 0;
	connection->closing = connection->lingers = true;
	connection->old = false;
	connection->message = connection->used;
	message_end(connection);
	outcome = connection_write(connection, &reply);
	buf_release(&headers);
	return step_written(connection, outcome);
}

bool connection_refuse(struct connection *connection, const char *code)
{
	if (connection->state == CONNECTION_BODY ||
	    connection->state == CONNECTION_SPOOL)
		head_again(connection);
	return refuse(connection, code) != STEP_GONE;
}

static bool somebody_waits(const struct server *server)
{
	unsigned most;

	return server->calls->crowd != NULL &&
	    server->calls->crowd(&most, server->context) > 0;
}

static enum step request(struct connection *connection, size_t body_length)
{
	struct server *server = connection->server;
	const struct http_head *head = connection->head;
	void *object;

	if (!client_add(connection))
		return refuse(connection, "too_many_requests");
	connection->old = head->minor == 0;
	connection->head_only = head->method.bytes[0] == 'H';
	connection->closing = !head->keep_alive;
	connection_move(connection, CONNECTION_BUSY);
	connection->calling = true;
	object = server->calls->request(connection, head,
	    connection->input + connection->head_length, body_length,
	    server->context);
	connection->calling = false;
	if (connection->answered) {
		message_end(connection);
		return step_written(connection, connection->outcome);
	}
	assert(object != NULL);
	connection->request = object;
	/* Where one waits, it may be for a client that left before. */
	if (!connection->left &&
	    !(somebody_waits(server) && connection_has_left(connection)))
		return STEP_WAIT;
	connection_close(connection);
	return STEP_GONE;
}

void connection_reply(struct connection *connection, const struct reply *reply)
{
	struct server *server = connection->server;
	enum write_outcome outcome;

	assert(connection->state == CONNECTION_BUSY && !connection->answered);
	connection->request = NULL;
	connection->requests++;
	if (reply->close || server->draining || connection == server->seat ||
	    connection->requests >= server->settings.requests_max)
		connection->closing = connection->lingers = true;
	outcome = connection_write(connection, reply);
	if (connection->calling) {
		connection->answered = true;
		connection->outcome = (unsigned char)outcome;
		return;
	}
	message_end(connection);
	connection_written(connection, outcome);
}

/*
 * Decodes in place: the body grows behind the head, over the chunks that it
 * came in.  Sets *code when the body is refused.
 */
static enum http_outcome body_decode(
    struct connection *connection, const char **code)
{
	size_t raw = connection->body_end, length, used;
	char *input = connection->input;
	enum http_outcome outcome = HTTP_MORE;
	struct http_text run;

	while (outcome == HTTP_MORE && raw < connection->used) {
		outcome = http_chunks_read(&connection->chunks, input + raw,
		    connection->used - raw, &used, &run);
		memmove(input + connection->body_end, run.bytes, run.length);
		connection->body_end += run.length;
		raw += used;
		length = connection->body_end - connection->head_length;
		if (outcome == HTTP_REFUSED) {
			*code = "bad_request";
		} else if (length > connection->body_max ||
		    connection->chunks.left > connection->body_max - length) {
			*code = "body_too_large";
			outcome = HTTP_REFUSED;
		}
	}
	if (outcome == HTTP_MORE)
		connection->used = connection->body_end;
	connection->message = raw;
	return outcome;
}

static enum step body_step(struct connection *connection)
{
	enum http_outcome outcome = HTTP_DONE;
	const char *code;

	if (connection->chunked) {
		outcome = body_decode(connection, &code);
	} else if (connection->used < connection->message) {
		outcome = HTTP_MORE;
	} else {
		connection->body_end = connection->message;
	}
	if (outcome == HTTP_MORE) {
		head_give(connection);
		return STEP_WAIT;
	}
	head_again(connection);
	if (outcome == HTTP_REFUSED)
		return refuse(connection, code);
	return request(
	    connection, connection->body_end - connection->head_length);
}

/* False: the client does not even take 25 bytes. */
static bool continue_send(const struct connection *connection)
{
	static const char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
	ssize_t length = sizeof(line) - 1;

	return send(connection->socket, line, (size_t)length, MSG_NOSIGNAL) ==
	    length;
}

/* The input moves into a file, and the head points into it. */
static bool body_spool(struct connection *connection)
{
	const struct http_head *head = connection->head;
	size_t body =
	    head->chunked ? connection->body_max : (size_t)head->content_length;

	if (!input_spool(connection, head->length + body))
		return false;
	head_give(connection);
	head_again(connection);
	return true;
}

static enum step body_begin(struct connection *connection)
{
	const struct http_head *head = connection->head;
	struct server *server = connection->server;
	bool spools = false;

	connection->body_max =
	    server->calls->body_limit(head, &spools, server->context);
	if (head->content_length > connection->body_max)
		return refuse(connection, "body_too_large");
	connection->chunked = head->chunked;
	connection->message = head->length + (size_t)head->content_length;
	if (spools && !body_spool(connection))
		return refuse(connection, "overloaded");
	connection_move(
	    connection, spools ? CONNECTION_SPOOL : CONNECTION_BODY);
	head = connection->head;
	if (head->expects_continue && connection->used == head->length &&
	    !continue_send(connection)) {
		connection_close(connection);
		return STEP_GONE;
	}
	return body_step(connection);
}

static enum step head_step(struct connection *connection)
{
	struct http_head *head = server_head_take(connection->server);
	enum http_outcome outcome;
	const char *code;

	outcome = http_head_read(head, &connection->scan, connection->input,
	    connection->used, &code);
	if (outcome != HTTP_DONE) {
		/* Whose fault it is in, its first line may tell. */
		if (outcome == HTTP_REFUSED && head->path.bytes != NULL)
			connection->head = head;
		else
			server_head_give(connection->server, head);
		if (outcome == HTTP_REFUSED)
			return refuse(connection, code);
		if (connection->state == CONNECTION_IDLE)
			connection_move(connection, CONNECTION_HEAD);
		return STEP_WAIT;
	}
	connection->head = head;
	connection->head_length = head->length;
	connection->body_end = head->length;
	connection->message = head->length;
	if (head->chunked || head->content_length > 0)
		return body_begin(connection);
	return request(connection, 0);
}

bool connection_advance(struct connection *connection)
{
	enum step step = STEP_MORE;

	while (step == STEP_MORE && connection->used > 0) {
		if (connection->state >= CONNECTION_BUSY)
			break;
		step = connection->state >= CONNECTION_BODY
		    ? body_step(connection)
		    : head_step(connection);
	}
	return step != STEP_GONE;
}
