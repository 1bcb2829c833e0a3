#include "preload_nth.h"

#include <dlfcn.h>
#include <libpq-fe.h>

static void next_find(void *next, const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	memcpy(next, &found, sizeof(found));
}

int PQsendPrepare(PGconn *connection, const char *name, const char *query,
    int count, const Oid *types)
{
	static int (*next)(
	    PGconn *, const char *, const char *, int, const Oid *);

	if (next == NULL)
		next_find(&next, "PQsendPrepare");
	return nth_fails(KIND_PQ_SEND)
	    ? 0
	    : next(connection, name, query, count, types);
}

int PQsendQueryPrepared(PGconn *connection, const char *name, int count,
    const char *const *values, const int *lengths, const int *formats,
    int format)
{
	static int (*next)(PGconn *, const char *, int, const char *const *,
	    const int *, const int *, int);

	if (next == NULL)
		next_find(&next, "PQsendQueryPrepared");
	return nth_fails(KIND_PQ_SEND)
	    ? 0
	    : next(connection, name, count, values, lengths, formats, format);
}

int PQpipelineSync(PGconn *connection)
{
	static int (*next)(PGconn *);

	if (next == NULL)
		next_find(&next, "PQpipelineSync");
	return nth_fails(KIND_PQ_SEND) ? 0 : next(connection);
}

PGresult *PQgetResult(PGconn *connection)
{
	static PGresult *(*next)(PGconn *);
	PGresult *result;

	if (next == NULL)
		next_find(&next, "PQgetResult");
	result = next(connection);
	if (result == NULL || !nth_fails(KIND_PQ_RESULT))
		return result;
	PQclear(result);
	return PQmakeEmptyPGresult(connection, PGRES_FATAL_ERROR);
}

int PQsetvalue(PGresult *result, int row, int column, char *value, int length)
{
	static int (*next)(PGresult *, int, int, char *, int);

	if (next == NULL)
		next_find(&next, "PQsetvalue");
	return nth_fails(KIND_PQ_COPY)
	    ? 0
	    : next(result, row, column, value, length);
}
