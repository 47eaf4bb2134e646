/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One command of the program: argv in, exit status out. Each is a file with its struct at the foot.
 */
#ifndef BOOTMEND_COMMAND_H
#define BOOTMEND_COMMAND_H

#include "lib/util.h"

/* Exit status, or'ed, after fsck(8). */
enum status {
	STATUS_OK = 0,
	STATUS_FIXED = 1,  /* found and fixed */
	STATUS_LEFT = 4,   /* found and left */
	STATUS_CANNOT = 8, /* could not look, or could not repair */
	STATUS_USAGE = 16,
};

struct command {
	const char *name;
	const char *usage;			 /* what follows the name: "[OPTIONS] TARGET" */
	const char *summary;			 /* one line */
	int (*run)(int argc, const char **argv); /* argv[0] is the command's name */
};

/* clang-format off */
#define COMMANDS(X) X(scan) X(undo) X(info) X(list) X(explain) X(oom) X(log) X(demo)
/* clang-format on */
#define X(name) extern const struct command name##_command;
COMMANDS(X)
#undef X

/* "bootmend: " and the message on stderr, with what is not plain text escaped. */
void complain(const char *fmt, ...) PRINTF(1, 2);

#endif
