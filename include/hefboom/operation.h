/*
 * operation -- what the API can do, as src/bake wrote it down.
 *
 * One entry of openapi/paths, one file of sql/queries (or one function of
 * src/handlers): one struct operation.  Nobody writes this table by hand.
 *
 * Ownership.  Everything here is constant and lives as long as the program.
 */
#ifndef HEFBOOM_OPERATION_H
#define HEFBOOM_OPERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hefboom/problem.h"

struct request;

/* One bit a role. */
enum role {
	ROLE_MEMBER = 1,
	ROLE_FACILITATOR = 2,
	ROLE_TRAINER = 4,
	ROLE_LEADER = 8,
	ROLE_HR = 16,
	ROLE_INTEGRATOR = 32,
	ROLE_ADMIN = 64,
};

enum lane { LANE_FAST, LANE_WRITE, LANE_SLOW, LANES };

/* Where an argument's value comes from. */
enum source {
	SOURCE_AUTH_ORG,
	SOURCE_AUTH_PERSON,
	SOURCE_AUTH_ROLES, /* text[] */
	SOURCE_AUTH_LANGUAGE,
	SOURCE_PATH, /* index: which placeholder of the route */
	SOURCE_QUERY, /* index: into operation->parameters */
	SOURCE_HEADER, /* index: into operation->parameters */
	SOURCE_BODY, /* the validated bytes, jsonb */
	SOURCE_IF_MATCH, /* bigint: NULL when absent or *, -1 not ours */
	SOURCE_NEW_ID, /* UUIDv7; the same one in all the statements */
	SOURCE_NEW_UNDATED, /* instead, UUIDv4 */
	SOURCE_LIMIT, /* bigint: one more than asked */
	SOURCE_CURSOR, /* index: which key of the order */
	SOURCE_KEY, /* the Idempotency-Key, in the keyed text only */
	SOURCE_CALLER, /* who the key belongs to; keyed text only */
	SOURCE_ARG, /* by name, for statements that C code runs */
};

struct argument {
	enum source source;
	uint8_t index;
	uint32_t type; /* the OID that Parse is told */
	const char *name; /* "path.skill_id" */
};

/*
 * A text is a list of pieces, since lists have several: per order, first or
 * next page, and with or without each optional line.
 */
enum piece_kind {
	PIECE_TEXT,
	PIECE_OPTIONAL, /* here when parameters[index] was given */
	PIECE_PAGE, /* `true`, or the order's comparison */
	PIECE_ORDER,
	PIECE_KEYED, /* the keys' splice: `text` with a key, `other` without */
};

struct piece {
	enum piece_kind kind;
	uint8_t index;
	const char *text; /* PAGE, ORDER: the alias prefix, "" or "s." */
	const char *other;
};

struct statement {
	const char *name;
	const struct piece *pieces;
	uint8_t piece_count;
	const struct argument *arguments;
	uint8_t argument_count;
	/*
	 * Lists: which $n is the cursor's first key; its arguments come last,
	 * as many as the longest order has keys, and without a type, for that
	 * is the chosen order's.  0 when there is no cursor.
	 */
	uint8_t cursor_at;
};

struct order_key {
	const char *column; /* of the reply; may begin with _ */
	uint32_t type;
};

struct order {
	const char *name;
	const struct order_key *keys;
	uint8_t key_count;
	bool descending;
};

enum parameter_place { IN_PATH, IN_QUERY, IN_HEADER };

struct parameter {
	const char *name;
	enum parameter_place place;
	bool required;
	const char *schema; /* pointer into the document */
	const char *fallback; /* the schema's default as text, or NULL */
};

typedef const struct problem *handler_fn(struct request *request);

enum body_kind {
	BODY_NONE,
	BODY_JSON,
	BODY_MERGE_PATCH,
	BODY_SPOOL,
	BODY_FORM, /* application/x-www-form-urlencoded, for a C function */
};
enum operation_kind {
	OPERATION_SQL,
	OPERATION_C,
};

struct operation {
	const char *name; /* the operationId, and the statements' prefix */
	const char *method;
	const char *route; /* "/v1/skills/{skill_id}" */
	enum operation_kind kind;
	/*
	 * DIALECT_SCIM: replies, refusals and bodies are
	 * application/scim+json, parameters that are not known are ignored,
	 * and versions are W/"3".
	 */
	enum dialect dialect;
	uint32_t roles; /* 0: open to everybody, without a token */
	const char *const *scopes; /* NULL-ended; a machine needs one */
	enum lane lane;
	/* Planned anew when one of these parameters is given (bit i:
	 * parameters[i]); UINT32_MAX: always. */
	uint32_t custom_plan;
	bool if_match_required;
	bool sealed;
	bool is_list; /* {"items", "next", "as_of"} */
	bool keyed; /* honours Idempotency-Key */
	enum body_kind body;
	bool body_required;
	size_t body_limit; /* bytes */
	size_t body_elements; /* values in it */
	const char *body_schema; /* pointer into the document, or NULL */
	uint16_t status; /* the documented success */
	bool replies_json; /* else it is a page or a file */
	const struct parameter *parameters;
	uint8_t parameter_count;
	const struct order *orders;
	uint8_t order_count;
	const struct statement *statements;
	uint8_t statement_count;
	handler_fn *handler; /* OPERATION_C only */
};

extern const struct operation operations[];
extern const size_t operation_count;

/*
 * sql/statements and sql/jobs, sorted by name.  The statements of a file
 * that has several are NAME, NAME.2, NAME.3 ..., next to each other; those
 * of an operation are named alike.
 */
extern const struct statement statements[];
extern const size_t statement_count;
extern const struct statement jobs[];
extern const size_t job_count;

struct migration {
	const char *name; /* "0001_core" */
	const char *text;
};
/* sql/migrations in order; sql/views, each behind those that it reads. */
extern const struct migration migrations[];
extern const size_t migration_count;
extern const struct migration views[];
extern const size_t view_count;
/* sql/demo in order, named with their endings (.sql, .csv), verbatim. */
extern const struct migration demos[];
extern const size_t demo_count;

/* The bundled document, as JSON. */
extern const char openapi_json[];
extern const size_t openapi_json_length;

/* The built-in page of /docs: every operation, as plain HTML. */
extern const char docs_page[];
extern const size_t docs_page_length;
/* Its Content-Security-Policy. */
extern const char docs_policy[];
extern const size_t docs_policy_length;

const struct statement *statement_find(const char *name);
const struct statement *job_find(const char *name);

#endif
