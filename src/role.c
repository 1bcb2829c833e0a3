#include "hefboom/token.h"

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
