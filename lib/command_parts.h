/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What command.c and command_gather.c share: what programs left, compared with what was. */
#ifndef BOOTMEND_COMMAND_PARTS_H
#define BOOTMEND_COMMAND_PARTS_H

#include "lib/command.h"
#include "lib/sandbox.h"

struct gather {
	const struct command_place *at;
	const struct sandbox *sb;
	struct plan *plan;
	struct trouble *why;
	size_t nodes;
	uint64_t bytes;
	unsigned depth;
};

/* OUTPUT_FILE and OUTPUT_TREE; the other call is for OUTPUT_BYTES. Both skip what is not theirs. */
int gather_output(struct gather *g, const struct output *o);
int gather_bytes(struct gather *g, const struct output *o);

#endif
