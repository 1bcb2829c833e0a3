/*
 * limit -- who asks too often.
 *
 * A person and a machine client have a quota of requests a minute
 * (`rate_person`, `rate_client`), and an address one of failed
 * authentications (`rate_failed`; of IPv6 a /64).  All of them are counted
 * for the whole machine (bucket.h); a quota of 0 is none.
 *
 * An address that has spent its failures is told 429 where it would be told
 * 401.  A secret of a machine client is not even looked up for it; a signed
 * token, which costs no look-up, is still checked, so that nobody is locked
 * out by a neighbour behind the same address.
 */
#ifndef HEFBOOM_LIMIT_H
#define HEFBOOM_LIMIT_H

struct problem;
struct request;

/*
 * What a request does beyond one: `count` more of its caller's quota.  NULL,
 * or too_many_requests; then nothing was taken.
 */
const struct problem *limit_more(struct request *request, unsigned count);

/* One of request->caller's, which was unknown until now. */
const struct problem *limit_caller(struct request *request);

/* Before a secret is looked up: NULL, or too_many_requests. */
const struct problem *limit_guess(struct request *request);

/* One failure: `problem` (or NULL), or too_many_requests. */
const struct problem *limit_failed(
    struct request *request, const struct problem *problem);

#endif
