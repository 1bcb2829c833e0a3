/*
 * cors -- which web pages may read our replies (the Fetch standard, 3.2).
 *
 * The setting cors_origins lists them, exactly as browsers write them; there
 * is no wildcard, and what a browser keeps (cookies) is never allowed: a
 * page proves who asks by its Authorization alone.
 *
 * Promise.  Whoever is not on the list gets the same reply without these
 * lines, which its browser keeps from the page; only what a page of the list
 * asks beforehand of a path that is none is granted, so that it sees the 404.
 */
#ifndef HEFBOOM_CORS_H
#define HEFBOOM_CORS_H

#include <stdbool.h>

struct buf;
struct http_head;

/* Whether `list` may be a setting: "https://a.example http://[::1]:8080". */
bool cors_list_is_valid(const char *list);

/* Whether a page of the list asks, in an OPTIONS, what it may send. */
bool cors_asks(const char *list, const struct http_head *head);

/*
 * The lines for a reply to `head`, none when its Origin is not on the list
 * (NULL: nobody's is).  `allow` are the methods, of an OPTIONS, else NULL.
 */
void cors_add(struct buf *lines, const char *list, const struct http_head *head,
    const char *allow);

#endif
