/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the sshd check share; for checks/sshd*.c only. */
#ifndef BOOTMEND_CHECKS_SSHD_PARTS_H
#define BOOTMEND_CHECKS_SSHD_PARTS_H

#include "lib/check.h"
#include "lib/lines.h"
#include "lib/sshdbinary.h"
#include "lib/sshdwalk.h"

enum sshd_start {
	SSHD_STARTS,
	SSHD_DOES_NOT_START, /* nothing starts it at boot */
	SSHD_START_UNKNOWN,
};

/* A setting that holds for everybody: outside of Match blocks, the first one given. */
struct sshd_setting {
	const char *keyword; /* in small letters */
	const char *value;   /* its words, a blank between */
	const struct text *text;
	size_t line;
};

struct sshd {
	struct scan *s;
	struct sshdbinary program;
	enum sshd_start start;
	struct sshd_setting *set; /* every line outside of Match, in order */
	size_t n, cap;
};

/* sshd_problems.c */
extern const struct problem sshd_config, sshd_host_keys, sshd_privsep, sshd_policy, sshd_disabled;
extern const struct problem *const sshd_problems[];

/* The first one of the keyword; NULL: the default holds. */
const struct sshd_setting *sshd_get(const struct sshd *d, const char *keyword);
/* Its value, or otherwise. */
const char *sshd_value(const struct sshd *d, const char *keyword, const char *otherwise);
/* What stops sshd from starting matters less where nothing starts it. */
void sshd_severity(const struct sshd *d, struct finding *f);

void sshd_check_config(struct sshd *d);	 /* sshd_config.c */
void sshd_check_keys(struct sshd *d);	 /* sshd_keys.c */
void sshd_check_privsep(struct sshd *d); /* sshd_privsep.c */
void sshd_check_policy(struct sshd *d);	 /* sshd_policy.c */

#endif
