/*
 * access -- what a machine's token lets it do (RFC 6749, 3.3).
 */
#ifndef HEFBOOM_ACCESS_H
#define HEFBOOM_ACCESS_H

#include <stdbool.h>

struct request;

/* For an operation that does several things, each with a scope of its own. */
bool access_has_scope(const struct request *request, const char *scope);

#endif
