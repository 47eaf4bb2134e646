/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a scan knows of programs and their libraries: one closure, which the checks of programs and
 * of PAM share, so that each object is read once and one lack is told once.
 *
 * NULL where nothing can be said: /usr is a partition that is not here, or the tree keeps its
 * libraries in ways of its own.
 */
#ifndef BOOTMEND_ELFSCAN_H
#define BOOTMEND_ELFSCAN_H

#include "lib/check.h"
#include "lib/elfclosure.h"

/* Numbers of who needs a program, for the closure: the worse the lower. */
enum elfscan_who {
	ELFSCAN_BOOT,	/* PID 1 and what mounts: nothing boots without */
	ELFSCAN_LOGIN,	/* nobody logs in without */
	ELFSCAN_OTHER,	/* life is harder without */
	ELFSCAN_MODULE, /* a PAM module; its stack tells how bad that is */
};

struct elfclosure *elfscan(struct scan *s);

#endif
