#include <libpq-fe.h>

#include "hefboom/arena.h"
#include "hefboom/log.h"
#include "hefboom/operation.h"
#include "hefboom/problem.h"
#include "hefboom/reply.h"
#include "hefboom/request.h"

/* SQLSTATEs that mean one thing wherever they come from. */
static const struct {
	const char *state; /* a prefix */
	const char *code;
} states[] = {
    {"57014", "timeout"}, /* query_canceled: statement_timeout */
    {"55P03", "timeout"}, /* lock_not_available: lock_timeout */
    {"22P05", "text_not_storable"}, /* untranslatable_character */
    {"22021", "text_not_storable"}, /* character_not_in_repertoire */
    {"54001", "text_not_storable"}, /* statement_too_complex */
    {"22003", "text_not_storable"}, /* numeric_value_out_of_range */
    {"22007", "text_not_storable"}, /* invalid_datetime_format */
    {"22008", "text_not_storable"}, /* datetime_field_overflow */
    {"40", "overloaded"}, /* transaction_rollback, once retried */
    {"25006", "database_unavailable"}, /* read_only_sql_transaction */
    {"53", "database_unavailable"}, /* insufficient_resources */
    {"57P", "database_unavailable"}, /* operator_intervention */
    {"08", "database_unavailable"}, /* connection_exception */
};

static const char *code_of_state(const char *state)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strncmp(state, states[i].state, strlen(states[i].state)) ==
		    0)
			return states[i].code;
	return NULL;
}

static const struct problem *problem_of_refusal(
    struct request *request, const PGresult *error)
{
	const char *code = PQresultErrorField(error, PG_DIAG_MESSAGE_PRIMARY);
	const char *detail = PQresultErrorField(error, PG_DIAG_MESSAGE_DETAIL);

	if (detail != NULL && detail[0] == '{')
		request->problem_parameters =
		    arena_string(&request->arena, detail);
	return code == NULL ? NULL : problem_find(code);
}

/* Class 23: a constraint is named as the problem that it raises. */
static const struct problem *problem_of_constraint(
    const struct request *request, const char *state, const char *constraint)
{
	const struct problem *problem;

	if (strcmp(state, "23503") == 0 && request->operation != NULL &&
	    strcmp(request->operation->method, "DELETE") == 0)
		return problem_get("still_in_use");
	problem = constraint == NULL ? NULL : problem_find(constraint);
	if (problem == NULL && strcmp(state, "23503") == 0)
		return problem_get("reference_not_found");
	return problem;
}

const struct problem *problem_of_error(
    struct request *request, const PGresult *error)
{
	const char *state = PQresultErrorField(error, PG_DIAG_SQLSTATE);
	const char *constraint =
	    PQresultErrorField(error, PG_DIAG_CONSTRAINT_NAME);
	const struct problem *problem = NULL;
	const char *code;

	if (state == NULL)
		return problem_get("database_unavailable");
	if (strcmp(state, "HB000") == 0)
		problem = problem_of_refusal(request, error);
	else if (strncmp(state, "23", 2) == 0)
		problem = problem_of_constraint(request, state, constraint);
	else if ((code = code_of_state(state)) != NULL)
		problem = problem_get(code);
	if (problem != NULL)
		return problem;
	/* Ours: the message may hold people's words, so it is not logged. */
	log_event(LOG_ERROR, "sql_error", "request", request->id, "operation",
	    request->operation == NULL ? NULL : request->operation->name,
	    "sqlstate", state, "constraint", constraint, NULL);
	return problem_get("internal");
}
