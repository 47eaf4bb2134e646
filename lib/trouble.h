/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why an int function failed, in one line for a person, with what to do. The first reason said is
 * kept: what came first is the cause.
 */
#ifndef BOOTMEND_TROUBLE_H
#define BOOTMEND_TROUBLE_H

#include "lib/util.h"

struct trouble {
	char text[1024]; /* "" until something failed */
};

void trouble_set(struct trouble *t, const char *fmt, ...) PRINTF(2, 3);

#endif
