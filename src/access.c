#include <stdbool.h>

#include "hefboom/operation.h"
#include "hefboom/problem.h"
#include "hefboom/request.h"
#include "hefboom/steps.h"
#include "hefboom/token.h"

/* An operation that reads lists `write` beside `read`: no scope implies one. */
static bool scope_suffices(const struct request *request)
{
	const char *const *scope = request->operation->scopes;

	if (scope == NULL || *scope == NULL)
		return true;
	for (; *scope != NULL; scope++)
		if (scope_among(request->scopes, *scope))
			return true;
	return false;
}

const struct problem *access_step(struct request *request)
{
	uint32_t wanted = request->operation->roles;
	uint32_t found = wanted & request->roles;

	if (wanted == 0)
		return NULL;
	if (found == 0)
		return problem_get("forbidden");
	/* A person's rights come with the role, a machine's with its scope. */
	if (found == ROLE_INTEGRATOR && !scope_suffices(request))
		return problem_get("insufficient_scope");
	return NULL;
}
