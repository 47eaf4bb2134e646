/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs and what they need before their first instruction: see lib/elfclosure.h. */
#include "checks/checks.h"
#include "checks/elf_parts.h"

static void run(struct scan *s)
{
	struct elf e = { .s = s, .c = elfscan(s) };

	if (!e.c)
		return;
	elf_check_preload(&e);
	elf_follow_programs(&e);
	elf_say_lacks(&e);
}

const struct check elf_check = {
	.name = "elf",
	.summary = "programs, their loader and the libraries they need",
	.problems = elf_problems,
	.run = run,
};
