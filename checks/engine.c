/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine itself reports, whichever check asked: here only so that it is listed. */
#include "checks/checks.h"
#include "lib/scan.h"

static const struct problem *const problems[] = { &engine_unreadable, NULL };

static void run(struct scan *s UNUSED)
{
}

const struct check engine_check = {
	.name = "engine",
	.summary = "files that are there but cannot be read",
	.problems = problems,
	.run = run,
};
