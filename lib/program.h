/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a system program of this machine: argv as it is, no shell, a clean environment, a time
 * limit, what it prints kept.
 *
 *	program_find("cryptsetup")	its path, or NULL where it is not installed
 *	program_run()
 */
#ifndef BOOTMEND_PROGRAM_H
#define BOOTMEND_PROGRAM_H

#include "lib/util.h"

/* In the usual places of system programs, never by $PATH. The caller frees. */
char *program_find(const char *name);

/*
 * argv[0] is a name for program_find(). input: written to its standard input, or NULL for an empty
 * one. The exit status, or -errno: -ENOENT not installed, -ETIMEDOUT it was killed after seconds,
 * -EINTR it was killed by a signal. What it printed is added to output, cut after a few thousand
 * bytes.
 */
int program_run(const char *const argv[], const struct bytes *input, unsigned seconds,
		struct bytes *output);

/*
 * What a person has to install to get that program: "package e2fsprogs", as Debian and most others
 * call it. Never NULL.
 */
const char *program_package(const char *name);

/* The last line that it printed, for messages; it stays in output. */
const char *program_said(struct bytes *output);

#endif
