/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/check.h"
#include "checks/checks.h"

static const struct problem *const problems[] = { NULL };

static void run(struct scan *s UNUSED)
{
}

const struct check fs_check = {
	.name = "fs",
	.summary = "",
	.problems = problems,
	.run = run,
};
