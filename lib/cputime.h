/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An end to a look at a disk that was made to take forever. Every loop over a disk is bounded, but
 * bounds multiply; what is left is held by the time of the processor, which no slow disk uses up.
 *
 *	struct cputime t;
 *	cputime_start(&t, CPUTIME_SCAN, "this disk takes …");
 *	…
 *	cputime_stop(&t);
 *
 * Used up, the program ends there and then, by end_program() of lib/util.h. Not for work that
 * changes the disk. Programs that are run have limits of their own: lib/guard.h.
 *
 * Source: timer_create(2), CLOCK_PROCESS_CPUTIME_ID; signal-safety(7).
 */
#ifndef BOOTMEND_CPUTIME_H
#define BOOTMEND_CPUTIME_H

#include <time.h>

#include "lib/util.h"

#define CPUTIME_SCAN 600u /* seconds; a scan takes less than one on a sound disk */

struct cputime {
	timer_t timer;
	bool runs;
};

/* why: told on standard error; it must live until the stop. */
void cputime_start(struct cputime *t, unsigned seconds, const char *why);
void cputime_stop(struct cputime *t);

#endif
