/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What propose_command() left behind a finding: run in the sandbox (lib/sandbox.h), and what the
 * programs made of the outputs turned into changes like any other, node before and node after. So
 * they go through the journal, are stored atomically, and undo takes them back byte for byte. A run
 * that is killed while the programs are at work has changed nothing at all.
 *
 *	command_is_needed(f)	some edit of it is a command
 *	command_can_run()	its programs are there, and for this machine
 *	command_describe()	what would be run and kept, for a dry run
 *	command_run()		runs it; the changes are then the caller's to journal and to apply
 *
 * Whatever the programs write elsewhere is dropped with the sandbox; an output that is not what it
 * was declared to be (a link or device for a file, more than a boot directory ever holds) makes all
 * of it fail.
 */
#ifndef BOOTMEND_COMMAND_H
#define BOOTMEND_COMMAND_H

#include "lib/plan.h"

bool command_is_needed(const struct finding *f);
/* Both want the same commands, settings and outputs. */
bool command_is_same(const struct finding *a, const struct finding *b);
/* 0, also when there is nothing to run. The reason in why. */
int command_can_run(const struct root *r, const struct finding *f, struct trouble *why);
/* Lines that begin with '#', as patch(1) skips them. */
void command_describe(const struct finding *f, struct bytes *out);
/* One command as a person would type it, in the arena. */
const char *command_line(struct arena *a, const char *const argv[]);

struct command_place {
	const struct root *root; /* mounted read-write */
	const struct devices *devices;
	struct disk *const *disks;
	size_t n_disks;
	unsigned seconds; /* 0: as long as usual */
};

/*
 * *out gets the changes, none when nothing became different; *printed what the programs printed,
 * also when they failed. -errno and the reason in why; then *out is empty.
 */
int command_run(const struct command_place *at, const struct finding *f, struct plan *out,
		struct bytes *printed, struct trouble *why);

#endif
