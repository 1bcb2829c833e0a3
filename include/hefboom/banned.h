/*
 * banned -- functions that this program does without.
 *
 * Forced in front of every file by the build (-include).  Each has a
 * successor that cannot overrun, hides no state and reports errors.
 */
#ifndef HEFBOOM_BANNED_H
#define HEFBOOM_BANNED_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets
#pragma GCC poison strtok atoi atol atoll atof ctime asctime gmtime localtime
#pragma GCC poison tmpnam mktemp

#endif
