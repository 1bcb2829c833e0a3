#include "hefboom/limit.h"

#include "hefboom/bucket.h"
#include "hefboom/config.h"
#include "hefboom/connection.h"
#include "hefboom/machine.h"
#include "hefboom/operation.h"
#include "hefboom/request.h"
#include "hefboom/service.h"
#include "hefboom/steps.h"

struct limit {
	enum metrics_policy policy;
	const char *name;
	struct bucket_order order;
};

typedef bool bucket_fn(struct bucket_table *table,
    const struct bucket_order *order, int64_t now, struct bucket_state *state);

static const struct problem *ask(
    struct request *request, const struct limit *limit, bucket_fn *bucket)
{
	struct machine *machine = request->service->machine;
	struct bucket_state state;
	bool taken = bucket(&machine->callers, &limit->order,
	    request->started_us * 1000, &state);

	if (taken && limit->policy == POLICY_FAILED)
		return NULL;
	request->allowance = (struct allowance){
	    .policy = limit->name,
	    .quota = limit->order.quota,
	    .remaining = state.remaining,
	    .full_s = state.full_s,
	    .retry_s = state.retry_s,
	};
	if (taken)
		return NULL;
	metrics_add(&machine->metrics.limited[limit->policy]);
	return problem_get("too_many_requests");
}

const struct problem *limit_more(struct request *request, unsigned count)
{
	const struct config *config = request->service->config;
	bool person = request->person_id[0] != '\0';
	struct limit limit = {.policy = person ? POLICY_PERSON : POLICY_CLIENT,
	    .name = person ? "person" : "client",
	    .order = {
		.quota = person ? config->rate_person : config->rate_client,
		.count = count}};

	if (limit.order.quota == 0 || count == 0)
		return NULL;
	limit.order.key = bucket_key(request->caller, strlen(request->caller));
	/* Two organisations may call their machines the same. */
	limit.order.key ^= bucket_key(request->org_id, strlen(request->org_id));
	return ask(request, &limit, bucket_take);
}

const struct problem *limit_caller(struct request *request)
{
	return limit_more(request, 1);
}

/*
 * Behind the step that knows who it is, and before all others: what is
 * refused or replayed afterwards was asked for too.
 */
const struct problem *limit_step(struct request *request)
{
	return request->operation->roles == 0 ? NULL : limit_caller(request);
}

/* False: there is none. */
static bool limit_of_address(struct request *request, struct limit *limit)
{
	unsigned quota = request->service->config->rate_failed;
	uint64_t number;

	if (quota == 0)
		return false;
	number = connection_address(request->connection);
	*limit = (struct limit){.policy = POLICY_FAILED,
	    .name = "failed",
	    .order = {.quota = quota, .count = 1}};
	/* No caller's text is as short. */
	limit->order.key = bucket_key((const char *)&number, sizeof(number));
	return true;
}

const struct problem *limit_guess(struct request *request)
{
	struct limit limit;

	if (!limit_of_address(request, &limit))
		return NULL;
	return ask(request, &limit, bucket_has);
}

const struct problem *limit_failed(
    struct request *request, const struct problem *problem)
{
	const struct problem *spent = NULL;
	struct limit limit;

	if (limit_of_address(request, &limit))
		spent = ask(request, &limit, bucket_take);
	return spent == NULL ? problem : spent;
}
