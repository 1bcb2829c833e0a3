/*
 * reply_note -- what the log and the metrics hear of a reply.
 *
 * Promise.  Every reply is counted.  The log has a line for each that failed
 * or took long; of refusals because the database is away or too busy it has
 * one in 10 s, with the number of the others.
 */
#ifndef HEFBOOM_REPLY_NOTE_H
#define HEFBOOM_REPLY_NOTE_H

struct request;

/* code: of a refusal, or NULL. */
void reply_note(const struct request *request, int status, const char *code);

#endif
