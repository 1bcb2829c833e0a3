/*
 * scrape -- GET /metrics, on a listener of its own.
 *
 * Whoever reaches that address may read it, so it is no public one; there is
 * no token.  Any other path is 404, any other method 405.
 *
 * Ownership.  Borrows base and metrics.
 */
#ifndef HEFBOOM_SCRAPE_H
#define HEFBOOM_SCRAPE_H

struct event_base;
struct metrics;
struct scrape;

/* NULL and errno when nobody can listen there. */
struct scrape *scrape_new(struct event_base *base, const char *address,
    const struct metrics *metrics);
void scrape_free(struct scrape *scrape);

#endif
