/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The units of systemd that a boot brings up, and in which order: what default.target pulls in, as
 * far as unit files say so. What generators and /run add is not seen, so more edges may exist,
 * never fewer; of what systemd orders by itself only that is taken which it adds in any case.
 *
 *	unitgraph_read(scan, "default.target", &g);
 *	g.lack[0 .. g.lacks-1]	what is required and not there
 *	while (unitgraph_cycle(&g, arena, &c))
 *		… c.step[0 .. c.n-1]: each comes after the next one, the last after the first
 *
 * Sources: systemd.unit(5) (After=, Before=, Wants=, Requires=), systemd.service(5) and
 * systemd.socket(5) DEFAULT DEPENDENCIES; systemd src/core/transaction.c (which job is dropped).
 */
#ifndef BOOTMEND_UNITGRAPH_H
#define BOOTMEND_UNITGRAPH_H

#include "lib/unitfile.h"

#define UNITGRAPH_UNITS 1024u
#define UNITGRAPH_EDGES 32768u
#define UNITGRAPH_BYTES (16u << 20) /* of all settings; a distribution's units have 2 MiB */

/* "from comes after to" */
struct unitgraph_edge {
	size_t from, to;
	const struct text *text; /* who says so; NULL: systemd by itself */
	size_t line;
	bool gone; /* of a cycle that was told */
};

struct unitgraph_unit {
	const char *id;
	struct unitfile file;
	bool needed; /* without its job the boot is given up, so it is not dropped */
	/*
	 * The same where what it requires is missing. Not so when others want it as well: systemd
	 * may have passed over its lack by then, whichever it comes to first.
	 */
	bool needs_all;
	bool wanted; /* by somebody who does without it */
	size_t mark, *after, n_after, cap;
};

/* A unit that is to be started is told to require one that has no file, or is masked. */
struct unitgraph_lack {
	size_t from;
	const char *name;
	const char *link;	 /* in a .requires directory; or NULL */
	const struct text *text; /* the setting; NULL: a link, or systemd by itself */
	size_t line;
	enum unitfile_state state;
};

struct unitgraph {
	struct unitgraph_unit *unit; /* [0] is where it starts */
	size_t n, cap;
	struct unitgraph_edge *edge;
	size_t edges, edges_cap;
	struct unitgraph_lack *lack;
	size_t lacks, lacks_cap;
	bool cut; /* there is more than is looked at */
};

struct unitgraph_cycle {
	const struct unitgraph_edge *step[UNITGRAPH_UNITS];
	size_t n;
};

void unitgraph_read(struct scan *s, const char *start, struct unitgraph *out);
/* Finds a cycle and takes its last edge out, so that the next call finds another. */
bool unitgraph_cycle(struct unitgraph *g, struct unitgraph_cycle *out);

#endif
