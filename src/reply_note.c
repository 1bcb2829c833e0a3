#include "reply_note.h"

#include <stdbool.h>
#include <stdint.h>

#include "hefboom/clock.h"
#include "hefboom/connection.h"
#include "hefboom/log.h"
#include "hefboom/machine.h"
#include "hefboom/networks.h"
#include "hefboom/operation.h"
#include "hefboom/request.h"
#include "hefboom/service.h"

enum { SLOW_US = 1000000, SELDOM_US = 10000000 };

/*
 * What is refused because nobody can be answered is told once in a while, or
 * the log would be as long as the trouble; `others` have been left out since.
 */
static bool is_seldom_told(const char *code, unsigned *others)
{
	static struct {
		const char *code;
		int64_t told_us;
		unsigned left_out;
	} seldom[] = {{"database_unavailable", 0, 0}, {"overloaded", 0, 0}};
	int64_t now = clock_us();

	for (size_t i = 0; i < sizeof(seldom) / sizeof(seldom[0]); i++) {
		if (strcmp(code, seldom[i].code) != 0)
			continue;
		if (seldom[i].told_us != 0 &&
		    now - seldom[i].told_us < SELDOM_US) {
			seldom[i].left_out++;
			return true;
		}
		*others = seldom[i].left_out;
		seldom[i].told_us = now;
		seldom[i].left_out = 0;
	}
	return false;
}

void reply_note(const struct request *request, int status, const char *code)
{
	int64_t took_us = clock_us() - request->started_us;
	enum log_level level = LOG_DEBUG;
	bool traced = request->trace.id[0] != '\0';
	char from[ADDRESS_TEXT];
	char status_text[12], took_text[24], others_text[12];
	unsigned others = 0;

	metrics_count(&request->service->machine->metrics, request->operation,
	    status, took_us);
	if (status >= 500)
		level = LOG_ERROR;
	else if (took_us > SLOW_US)
		level = LOG_NOTICE;
	if (!log_enabled(level) ||
	    (status == 503 && !log_enabled(LOG_DEBUG) &&
		is_seldom_told(code, &others)))
		return;
	connection_from(request->connection, from);
	snprintf(status_text, sizeof(status_text), "%d", status);
	snprintf(took_text, sizeof(took_text), "%lld", (long long)took_us);
	snprintf(others_text, sizeof(others_text), "%u", others);
	log_event(level, "request", "request", request->id, "trace",
	    traced ? request->trace.id : NULL, "parent",
	    traced ? request->trace.parent : NULL, "from", from, "operation",
	    request->operation == NULL ? NULL : request->operation->name,
	    "status", status_text, "problem", code, "took_us", took_text,
	    "others", others > 0 ? others_text : NULL, NULL);
}
