#include "hefboom/token.h"

#include <stdbool.h>

#include "hefboom/operation.h"

uint32_t role_find(const char *name)
{
	static const struct {
		const char *name;
		enum role role;
	} roles[] = {
	    {"member", ROLE_MEMBER},
	    {"facilitator", ROLE_FACILITATOR},
	    {"trainer", ROLE_TRAINER},
	    {"leader", ROLE_LEADER},
	    {"hr", ROLE_HR},
	    {"integrator", ROLE_INTEGRATOR},
	    {"admin", ROLE_ADMIN},
	};

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcmp(roles[i].name, name) == 0)
			return roles[i].role;
	return 0;
}

const char *const scope_names[] = {"people:read", "people:write",
    "groups:write", "skills:read", "skills:write", "attendance:write", NULL};

bool scope_exists(const char *scope)
{
	const char *const *name = scope_names;

	while (*name != NULL && strcmp(*name, scope) != 0)
		name++;
	return *name != NULL;
}

bool scope_among(const char *scopes, const char *scope)
{
	size_t length = strlen(scope);
	const char *at = scopes;

	while (length > 0 && (at = strstr(at, scope)) != NULL) {
		if ((at == scopes || at[-1] == ' ') &&
		    (at[length] == '\0' || at[length] == ' '))
			return true;
		at += length;
	}
	return false;
}
