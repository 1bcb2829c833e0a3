/*
 * clock -- how late it is.
 *
 * The monotonic clock is for spans and deadlines: nobody sets it, it means
 * nothing on another machine, and all processes of this one read the same.
 * The wall clock is for what people and other programs are told; whoever sets
 * the machine's time moves it, forwards or back.
 *
 * The coarse ones cost a quarter and stand still between two ticks of the
 * kernel (at most 10 ms), so they may be that much behind the others: never
 * compare a time of one with a time of the other.
 *
 * Promise.  Nothing here fails.  A time and its multiples by a thousand fit
 * for as long as a machine lives: 2^63 us are 292,000 years.  Everything is
 * read by clock_gettime(), which a test may stand in front of.
 */
#ifndef HEFBOOM_CLOCK_H
#define HEFBOOM_CLOCK_H

#include <stdint.h>

/* Monotonic. */
int64_t clock_us(void);
int64_t clock_ms(void);
int64_t clock_coarse_ms(void);
int64_t clock_coarse_s(void);

/* Since 1970, UTC. */
int64_t clock_wall_ms(void);
int64_t clock_wall_coarse_s(void);

#endif
