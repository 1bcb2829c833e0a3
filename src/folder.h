/*
 * folder -- folders made, and made to last.
 */
#ifndef HEFBOOM_FOLDER_H
#define HEFBOOM_FOLDER_H

#include <sys/types.h>

/*
 * With the folders above it, which are like any other; `mode` is for the
 * last one when it is new.  0, or -1 with *error.
 */
int folder_make(const char *path, mode_t mode, char **error);

/* Names made or changed in it survive a power cut.  0 or -errno. */
int folder_sync(const char *path);

#endif
