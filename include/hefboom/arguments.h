/*
 * arguments -- the values of a statement's parameters, in their order.
 *
 * Ownership.  The values live in the request's arena.
 */
#ifndef HEFBOOM_ARGUMENTS_H
#define HEFBOOM_ARGUMENTS_H

struct request;
struct statement;

/* Of an operation's statement: :auth.*, :path.*, :query.*, :body, ... */
const char *const *arguments_of(
    struct request *request, const struct statement *statement);

/* What C code gives a statement of sql/statements: "arg.name" and value. */
struct named {
	const char *name;
	const char *value;
};

/*
 * Pairs ended by {NULL, NULL}; what they do not name comes from the request
 * and an argument that nobody names is our own fault.
 */
const char *const *arguments_named(struct request *request,
    const struct statement *statement, const struct named *pairs);

#endif
