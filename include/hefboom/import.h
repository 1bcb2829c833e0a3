/*
 * import -- what exists elsewhere, brought into an organisation.
 *
 * For the command line: each reads files, writes through the owner's link
 * (row-level security does not bind the owner, so every statement names the
 * organisation), says on stdout what it did, and may be run again.
 *
 * Promise.  All or nothing: a file with an error changes nothing, and each
 * error is one line on stderr with the row that it is about.
 */
#ifndef HEFBOOM_IMPORT_H
#define HEFBOOM_IMPORT_H

struct link;

/* `org` is an organisation's name.  The exit status: 0, or 1 after errors. */
int import_people(struct link *link, const char *file, const char *org);
int import_esco(struct link *link, const char *dir, const char *org);

#endif
