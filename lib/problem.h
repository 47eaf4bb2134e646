/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One thing that can be wrong: constant, documented, and named for ever. Policy lives here; checks
 * know nothing of --fix or --dry-run.
 */
#ifndef BOOTMEND_PROBLEM_H
#define BOOTMEND_PROBLEM_H

#include <stddef.h>

enum severity { STOPS_BOOT, BLOCKS_LOGIN, DEGRADES, NOTE };

enum stage {
	AT_FIRMWARE,
	AT_LOADER,
	AT_KERNEL,
	AT_INITRAMFS,
	AT_MOUNT,
	AT_INIT,
	AT_NETWORK,
	AT_LOGIN,
	AT_RUNTIME,
};

/* --fix applies SAFE; --fix=ID names ASK ones; --fix=all takes both. */
enum safety { FIX_NONE, FIX_ASK, FIX_SAFE };

struct problem {
	const char *id; /* "fstab.unknown-device": area.problem, lower case, never renamed */
	enum severity severity;
	enum stage stage;
	enum safety safety;
	const char *title;   /* one line */
	const char *why;     /* why this keeps the system from booting or people from logging in */
	const char *console; /* what the console shows, a line each; NULL: nothing characteristic */
	const char *by_hand; /* what a person would type to repair it without this tool */
	const char *fix;     /* what --fix does; NULL for FIX_NONE */
};

const char *severity_name(enum severity s); /* "stops-boot", "blocks-login", "degrades", "note" */
const char *stage_name(enum stage s);	    /* "firmware", "loader", … */
const char *safety_name(enum safety s);	    /* "none", "ask", "safe" */

#endif
