/*
 * page -- pages of resources with exact totals (RFC 7644, 3.4.2 and 3.4.3).
 *
 * Asked by a GET's parameters or by a .search's body; over one kind or, at
 * the root, over both, Users first.  In the order in which they were made.
 *
 * Limits.  count is 100 unless told, 200 at most, and 0 asks for the total
 * alone; replies of more than SCIM_REPLY_MAX bytes are refused (tooMany).
 */
#ifndef SCIM_PAGE_H
#define SCIM_PAGE_H

struct problem;
struct request;
struct scim_kind;

enum { SCIM_COUNT = 100, SCIM_COUNT_MAX = 200 };

/* kind NULL: both. */
const struct problem *scim_page(
    struct request *request, const struct scim_kind *kind);
const struct problem *scim_page_search(
    struct request *request, const struct scim_kind *kind);

#endif
