#include "pipe_connection.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "hefboom/clock.h"
#include "hefboom/target.h"

/*
 * A statement may take its time, but whatever is sent is acknowledged at once,
 * by the other machine's kernel: what asks for it, which Linux sends once more
 * 400 ms after it first did, and the keepalive of each second without a word.
 *
 * TCP_USER_TIMEOUT would not tell: it also ends a connection whose window is
 * closed, because PostgreSQL is too busy to read, though that is acknowledged.
 */
enum { AGAIN_MS = 200, NEWS_MS = 300, IDLE_TRIES = 3 };

/*
 * How often the kernel has sent it in vain: what is not acknowledged, or, with
 * nothing to send, keepalives.
 */
static unsigned tries_of(const struct tcp_info *tcp)
{
	if (tcp->tcpi_unacked > 0)
		return tcp->tcpi_retransmits;
	return tcp->tcpi_notsent_bytes == 0 ? tcp->tcpi_probes : 0;
}

/*
 * Others were heard before and after the last try, so it is not the network
 * that was away for a moment.  For whom nobody waits may miss a few.
 */
static bool is_forgotten(struct pipe *pipe, const struct tcp_info *tcp,
    int64_t now, int64_t heard_ms)
{
	unsigned tries = tries_of(tcp);

	if (tries != pipe->tries) {
		pipe->tries = tries;
		pipe->tried_ms = now;
		pipe->tried_alone = now - heard_ms >= NEWS_MS;
	}
	if (tries == 0 || now - pipe->tried_ms < AGAIN_MS ||
	    heard_ms <= pipe->tried_ms)
		return false;
	if (tcp->tcpi_unacked > 0)
		return !pipe->tried_alone;
	if (pipe->depth == 0)
		return tries >= IDLE_TRIES;
	/* Two ticks may have met two keepalives on their way. */
	return !pipe->tried_alone &&
	    tcp->tcpi_last_ack_recv >= KEEPALIVE_S * 1000 + AGAIN_MS;
}

/* As libpq itself asks it, but only of new connections. */
static bool is_unfit(const struct pipe *pipe)
{
	const char *only = PQparameterStatus(
	    pipe->connection, "default_transaction_read_only");

	return only != NULL && strcmp(only, "on") == 0 &&
	    target_writes(pipe->target);
}

const char *pipe_doubt(struct pipe *pipe, int64_t heard_ms)
{
	struct tcp_info tcp = {0};
	socklen_t length = sizeof(tcp);

	if (pipe->state != PIPE_READY)
		return NULL;
	pipe->unfit = is_unfit(pipe);
	if (pipe->unfit && pipe->depth == 0)
		return "read-only";
	if (getsockopt(PQsocket(pipe->connection), IPPROTO_TCP, TCP_INFO, &tcp,
		&length) != 0)
		return NULL; /* a unix socket loses nothing */
	return is_forgotten(pipe, &tcp, clock_ms(), heard_ms) ? "forgotten"
							      : NULL;
}
