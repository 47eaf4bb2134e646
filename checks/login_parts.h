/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the login check share; for checks/login*.c only. */
#ifndef BOOTMEND_CHECKS_LOGIN_PARTS_H
#define BOOTMEND_CHECKS_LOGIN_PARTS_H

#include "lib/check.h"
#include "lib/pamview.h"

struct login {
	struct scan *s;
	struct pamview pam;
};

/* login_problems.c */
extern const struct problem login_blocked, logindefs_value;
extern const struct problem *const login_problems[];

/* The line by which the service goes through a module; NULL: it does not. service NULL: any. */
const struct pamconf_line *login_uses(const struct login *l, const char *service,
				      const char *module);

void login_check_limits(struct login *l); /* login_limits.c */
void login_check_access(struct login *l); /* login_access.c */
void login_check_hosts(struct login *l);  /* login_hosts.c */
void login_check_defs(struct login *l);	  /* login_defs.c */

#endif
