/*
 * log -- one JSON object a line on stderr, for people and for collectors.
 *
 * A line says what happened, never what somebody wrote: no bodies, no
 * names, no SQL parameters.  Values are written as JSON strings, in which each
 * byte that is not UTF-8 (a library's message) is U+FFFD.
 *
 * Promise.  One write(2) a line, so that lines of several processes do not
 * mix; a log that cannot be written, or that nobody reads, is dropped and not
 * waited for.  (Of two processes that find the last room in a pipe at once, one
 * waits for its reader.)
 */
#ifndef HEFBOOM_LOG_H
#define HEFBOOM_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_DEBUG };

/* "error", "warning", "notice", "debug"; anything else is notice. */
enum log_level log_level_of(const char *name);

void log_set(enum log_level level, const char *process);

/* Whether a line of this level would be written. */
bool log_enabled(enum log_level level);

/*
 * log_event(LOG_ERROR, "pipe_lost", "sqlstate", code, NULL): an event and
 * pairs of strings, ended by NULL.  A NULL value leaves its pair out.
 */
void log_event(enum log_level level, const char *event, ...)
    __attribute__((sentinel));

#endif
