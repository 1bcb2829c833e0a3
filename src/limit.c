#include "hefboom/bucket.h"
#include "hefboom/config.h"
#include "hefboom/machine.h"
#include "hefboom/operation.h"
#include "hefboom/request.h"
#include "hefboom/service.h"
#include "hefboom/steps.h"

/*
 * Behind the step that knows who it is, and before all others: what is
 * refused or replayed afterwards was asked for too.
 */
const struct problem *limit_step(struct request *request)
{
	const struct config *config = request->service->config;
	bool person = request->person_id[0] != '\0';
	unsigned quota = person ? config->rate_person : config->rate_client;
	struct bucket_state state;
	uint64_t key;
	bool taken;

	if (request->operation->roles == 0 || quota == 0)
		return NULL;
	key = bucket_key(request->caller, strlen(request->caller));
	taken = bucket_take(&request->service->machine->callers, key, quota,
	    request->started_us * 1000, &state);
	request->allowance = (struct allowance){
	    .policy = person ? "person" : "client",
	    .quota = quota,
	    .remaining = state.remaining,
	    .full_s = state.full_s,
	    .retry_s = state.retry_s,
	};
	if (taken)
		return NULL;
	metrics_add(&request->service->machine->metrics
			 .limited[person ? POLICY_PERSON : POLICY_CLIENT]);
	return problem_get("too_many_requests");
}
