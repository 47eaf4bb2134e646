/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the systemd check share; for checks/systemd*.c only. */
#ifndef BOOTMEND_CHECKS_SYSTEMD_PARTS_H
#define BOOTMEND_CHECKS_SYSTEMD_PARTS_H

#include "lib/check.h"
#include "lib/unitfile.h"

struct unitgraph;

/* systemd_problems.c */
extern const struct problem systemd_masked, systemd_program, systemd_limits, systemd_ordering_cycle,
	systemd_missing;
extern const struct problem *const systemd_problems[];

/*
 * Proposes the line of a unit without that one of its names: commented when it is alone. False: the
 * line does not say the name as it stands.
 */
bool systemd_propose_without(struct finding *f, const struct text *t, size_t line,
			     const char *name); /* systemd_cycle.c */

/* A unit that the boot or the login needs. */
struct systemd_vital {
	const char *unit;
	enum severity severity; /* when it is not started */
	const char *effect;
	const char *wanted_as; /* only a note unless it is started with the system; NULL: always */
};
/* systemd.c; NULL: nothing of importance. A template goes by its own name. */
const struct systemd_vital *systemd_vital(const char *unit);

void systemd_check_programs(struct scan *s); /* systemd_program.c */
void systemd_check_limits(struct scan *s);   /* systemd_limits.c */
void systemd_check_graph(struct scan *s);    /* systemd_cycle.c */
void systemd_check_links(struct scan *s);    /* systemd_missing.c */
void systemd_check_lacks(struct scan *s, const struct unitgraph *g);

#endif
