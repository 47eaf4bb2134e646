/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the sshd check share; for checks/sshd*.c only. */
#ifndef BOOTMEND_CHECKS_SSHD_PARTS_H
#define BOOTMEND_CHECKS_SSHD_PARTS_H

#include "lib/check.h"
#include "lib/lines.h"
#include "lib/sshdbinary.h"
#include "lib/sshdeffect.h"
#include "lib/sshdstart.h"

struct sshd {
	struct scan *s;
	struct sshdbinary program;
	struct sshdstart start;
	const struct sshdeffect *conf;
};

/* sshd_problems.c */
extern const struct problem sshd_config, sshd_host_keys, sshd_privsep, sshd_policy, sshd_disabled;
extern const struct problem *const sshd_problems[];

/* The first line of the keyword that holds for all; NULL: the default does. */
const struct sshdeffect_line *sshd_get(const struct sshd *d, const char *keyword);
/* What stops sshd from starting matters less where nothing starts it. */
void sshd_severity(const struct sshd *d, struct finding *f);

void sshd_check_config(struct sshd *d);	 /* sshd_config.c */
void sshd_check_keys(struct sshd *d);	 /* sshd_keys.c */
void sshd_check_privsep(struct sshd *d); /* sshd_privsep.c */
void sshd_check_policy(struct sshd *d);	 /* sshd_policy.c */

#endif
