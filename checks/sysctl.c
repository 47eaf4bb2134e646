/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/check.h"
#include "checks/checks.h"

static const struct problem *const problems[] = { NULL };

static void run(struct scan *s UNUSED)
{
}

const struct check sysctl_check = {
	.name = "sysctl",
	.summary = "",
	.problems = problems,
	.run = run,
};
