#include "hefboom/access.h"

#include "hefboom/operation.h"
#include "hefboom/problem.h"
#include "hefboom/request.h"
#include "hefboom/steps.h"

/* One of the words of `scopes` (RFC 6749, 3.3) is `scope`. */
static bool has_scope(const char *scopes, const char *scope)
{
	size_t length = strlen(scope);
	const char *at = scopes;

	while ((at = strstr(at, scope)) != NULL) {
		if ((at == scopes || at[-1] == ' ') &&
		    (at[length] == '\0' || at[length] == ' '))
			return true;
		at += length;
	}
	return false;
}

bool access_has_scope(const struct request *request, const char *scope)
{
	return has_scope(request->scopes, scope);
}

static bool scope_suffices(const struct request *request)
{
	const char *const *scope = request->operation->scopes;

	if (scope == NULL || *scope == NULL)
		return true;
	for (; *scope != NULL; scope++)
		if (has_scope(request->scopes, *scope))
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
