/*
 * trace -- the caller's `traceparent` (W3C Trace Context), read strictly.
 *
 * What is well-formed goes into the log beside the Request-Id, and comes back
 * as `traceresponse` with our part's id, which is the end of the Request-Id.
 * What is not is ignored: nothing of it is written anywhere, and no trace is
 * begun for who sent none.
 */
#ifndef HEFBOOM_TRACE_H
#define HEFBOOM_TRACE_H

#include <stdbool.h>
#include <stddef.h>

enum { TRACE_ID_TEXT = 33, TRACE_SPAN_TEXT = 17 };

struct trace {
	char id[TRACE_ID_TEXT]; /* "": there is none */
	char parent[TRACE_SPAN_TEXT];
};

/* False, and *trace empty, when the text is no traceparent. */
bool trace_read(struct trace *trace, const char *text, size_t length);

/* Our part of a trace: the last 16 digits of a Request-Id. */
void trace_span(char span[TRACE_SPAN_TEXT], const char *request_id);

#endif
