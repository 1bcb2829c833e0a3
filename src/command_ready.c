#include "command.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "hefboom/memory.h"
#include "hefboom/server.h"

enum { DEADLINE_MS = 2000 };

static const char question[] = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n"
			       "Connection: close\r\n\r\n";

/* The status of the reply, or -errno. */
static int ask(int client)
{
	char reply[16] = "";
	size_t got = 0;
	ssize_t length = write(client, question, sizeof(question) - 1);

	if (length < 0)
		return -errno;
	while (got < 12) {
		length = read(client, reply + got, 12 - got);
		if (length < 0)
			return -errno;
		if (length == 0)
			return -ECONNRESET;
		got += (size_t)length;
	}
	if (strncmp(reply, "HTTP/1.1 ", 9) != 0)
		return -EPROTO;
	return (int)strtol(reply + 9, NULL, 10);
}

int command_ready(struct invocation *invocation)
{
	const char *address = invocation->config.listen;
	int client = server_connect(address, DEADLINE_MS), status = client;

	signal(SIGPIPE, SIG_IGN);
	if (client >= 0) {
		status = ask(client);
		close(client);
	}
	if (status == 200)
		return 0;
	return command_fail(COMMAND_FAILED,
	    status < 0 ? memory_format("%s does not answer: %s", address,
			     strerror(-status))
		       : memory_format("%s is not ready: %d", address, status));
}
