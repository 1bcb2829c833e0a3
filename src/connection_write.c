#include "connection_front.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "hefboom/memory.h"

/* What the socket did not take; head_bytes is a copy, the body is not. */
struct leftover {
	connection_free_fn *free;
	void *context;
	const char *body;
	size_t body_length;
	size_t sent; /* of head and body together */
	size_t head_length;
	char head[];
};

static void date_refresh(struct server *server)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t now = time(NULL);
	struct tm parts;

	if (now == server->date_second)
		return;
	server->date_second = now;
	gmtime_r(&now, &parts);
	snprintf(server->date, sizeof(server->date),
	    "Date: %.3s, %02u %.3s %04u %02u:%02u:%02u GMT\r\n",
	    days + 3 * parts.tm_wday, (unsigned)parts.tm_mday % 100,
	    months + 3 * parts.tm_mon, (unsigned)(parts.tm_year + 1900) % 10000,
	    (unsigned)parts.tm_hour % 100, (unsigned)parts.tm_min % 100,
	    (unsigned)parts.tm_sec % 100);
}

/*
 * Whole lines and nothing that could end the head early.  Who writes a
 * header has checked its value; this is the second wall, and what it stops
 * is our own fault, so the client gets a bare 500.
 */
static bool headers_are_lines(const char *headers, size_t length)
{
	const char *line = headers, *end, *stop;

	if (length == 0)
		return true;
	end = headers + length;
	if (memchr(headers, '\0', length) != NULL)
		return false;
	for (; line < end; line = stop + 2) {
		stop = memchr(line, '\r', (size_t)(end - line));
		if (stop == NULL || stop == line || stop + 1 == end ||
		    stop[1] != '\n' ||
		    memchr(line, '\n', (size_t)(stop - line)) != NULL)
			return false;
	}
	return true;
}

static void add_number(struct buf *out, size_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	buf_add(out, digits + at, sizeof(digits) - at);
}

static void add_head(
    struct connection *connection, struct buf *out, const struct reply *reply)
{
	static const char version[] = "HTTP/1.1 ",
			  length[] = "Content-Length: ";
	static const char close[] = "Connection: close\r\n";
	static const char keep[] = "Connection: keep-alive\r\n";

	date_refresh(connection->server);
	buf_clear(out);
	buf_add(out, version, sizeof(version) - 1);
	add_number(out, (size_t)reply->status);
	buf_add_char(out, ' ');
	buf_add_string(out, http_phrase(reply->status));
	buf_add(out, "\r\n", 2);
	buf_add(out, reply->headers, reply->headers_length);
	buf_add_string(out, connection->server->date);
	if (reply->status != 204 && reply->status != 304) {
		buf_add(out, length, sizeof(length) - 1);
		add_number(out, reply->body_length);
		buf_add(out, "\r\n", 2);
	}
	if (connection->closing)
		buf_add(out, close, sizeof(close) - 1);
	else if (connection->old)
		buf_add(out, keep, sizeof(keep) - 1);
	buf_add(out, "\r\n", 2);
}

/* Sends what is behind *sent, and moves it; as often as the socket takes. */
static enum write_outcome send_from(
    int socket, const struct iovec parts[2], size_t *sent)
{
	size_t all = parts[0].iov_len + parts[1].iov_len, skip;
	struct iovec rest[2];
	struct msghdr message = {.msg_iov = rest};
	ssize_t n;

	while (*sent < all) {
		rest[0] = parts[0];
		rest[1] = parts[1];
		message.msg_iov = rest;
		message.msg_iovlen = 1 + (parts[1].iov_len > 0);
		skip = *sent;
		if (skip >= rest[0].iov_len) {
			skip -= rest[0].iov_len;
			message.msg_iov++;
			message.msg_iovlen--;
		}
		message.msg_iov->iov_base =
		    (char *)message.msg_iov->iov_base + skip;
		message.msg_iov->iov_len -= skip;
		n = sendmsg(socket, &message, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? WRITE_WAITS : WRITE_FAILED;
		*sent += (size_t)n;
	}
	return WRITE_DONE;
}

static void body_free(const struct reply *reply)
{
	if (reply->free != NULL)
		reply->free(reply->body, reply->body_length, reply->context);
}

static void leftover_keep(struct connection *connection, const struct buf *head,
    const struct reply *reply, size_t sent)
{
	struct leftover *leftover =
	    memory_alloc(sizeof(*leftover) + head->length);

	*leftover = (struct leftover){
	    .free = reply->free,
	    .context = reply->context,
	    .body = reply->body,
	    .body_length = reply->body_length,
	    .sent = sent,
	    .head_length = head->length,
	};
	memcpy(leftover->head, head->bytes, head->length);
	connection->leftover = leftover;
	if (leftover->free != NULL)
		connection->server->held += leftover->body_length;
}

enum write_outcome connection_write(
    struct connection *connection, const struct reply *reply)
{
	struct buf *out = &connection->server->reply_head;
	struct reply answer = *reply;
	enum write_outcome outcome;
	struct iovec parts[2];
	size_t sent = 0;

	if (!headers_are_lines(answer.headers, answer.headers_length)) {
		body_free(&answer);
		answer = (struct reply){.status = 500, .no_body = true};
	}
	add_head(connection, out, &answer);
	if (answer.no_body || connection->head_only || answer.status == 204 ||
	    answer.status == 304) {
		body_free(&answer);
		answer.body = NULL;
		answer.body_length = 0;
		answer.free = NULL;
	}
	parts[0] = (struct iovec){out->bytes, out->length};
	parts[1] = (struct iovec){(void *)answer.body, answer.body_length};
	outcome = send_from(connection->socket, parts, &sent);
	if (outcome == WRITE_WAITS)
		leftover_keep(connection, out, &answer, sent);
	else
		body_free(&answer);
	return outcome;
}

enum write_outcome connection_write_on(struct connection *connection)
{
	struct leftover *leftover = connection->leftover;
	struct iovec parts[2] = {
	    {leftover->head, leftover->head_length},
	    {(void *)leftover->body, leftover->body_length},
	};
	size_t before = leftover->sent;
	enum write_outcome outcome;

	outcome = send_from(connection->socket, parts, &leftover->sent);
	if (outcome != WRITE_WAITS)
		leftover_free(connection);
	else if (leftover->sent > before)
		connection_move(connection, CONNECTION_WRITING);
	return outcome;
}

void leftover_free(struct connection *connection)
{
	struct leftover *leftover = connection->leftover;

	if (leftover == NULL)
		return;
	connection->leftover = NULL;
	if (leftover->free != NULL) {
		connection->server->held -= leftover->body_length;
		leftover->free(
		    leftover->body, leftover->body_length, leftover->context);
	}
	free(leftover);
}
