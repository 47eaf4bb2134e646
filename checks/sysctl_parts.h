/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the sysctl check share; for checks/sysctl*.c only. */
#ifndef BOOTMEND_CHECKS_SYSCTL_PARTS_H
#define BOOTMEND_CHECKS_SYSCTL_PARTS_H

#include "lib/check.h"
#include "lib/limitsconf.h"
#include "lib/sysctlconf.h"

struct sysctl {
	struct scan *scan;
	struct sysctlconf conf;
	uint64_t memory; /* 0: unknown */
	uint64_t page;	 /* bytes of a huge page */
	struct limitsconf limits;
	char size[3][32]; /* for format_size() */
};

/* What is bad of one key, spelled with slashes. */
struct sysctl_rule {
	const struct problem *problem;
	const char *key;
	bool (*bad)(struct sysctl *c, const char *value);
	const char *(*say)(struct sysctl *c, const char *value); /* what is wrong with it */
};

/* sysctl_problems.c */
extern const struct problem sysctl_hugepages, sysctl_min_free, sysctl_overcommit,
	sysctl_panic_on_oom, sysctl_fd_limits, sysctl_net, sysctl_bad_line, sysctl_unread;
extern const struct problem *const sysctl_problems[];

void sysctl_check_memory(struct sysctl *c);  /* sysctl_memory.c */
void sysctl_check_limits(struct sysctl *c);  /* sysctl_limits.c */
void sysctl_check_network(struct sysctl *c); /* sysctl_network.c */

/* sysctl.c: says it when the value that counts is bad, and proposes to comment its lines. */
void sysctl_check_rule(struct sysctl *c, const struct sysctl_rule *r);
/* The steps of that: */
const struct sysctlconf_value *sysctl_bad_value(struct sysctl *c, const struct sysctl_rule *r);
struct finding *sysctl_say(struct sysctl *c, const struct sysctl_rule *r,
			   const struct sysctlconf_value *v);
/* The lines that make a bad value count, one after the other. */
void sysctl_comment_all(struct sysctl *c, struct finding *f, const struct sysctl_rule *r,
			const struct sysctlconf_value *v);

/* The number a value begins with. */
bool sysctl_number(const char *value, uint64_t *out);
uint64_t sysctl_number_or(struct sysctl *c, const char *key, uint64_t otherwise);
bool sysctl_not_zero(struct sysctl *c, const char *value);

#endif
