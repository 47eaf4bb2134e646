/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the elf check share; for checks/elf*.c only. lib/elfclosure.h follows the
 * programs; here it is decided which ones, and what is said of what they lack.
 */
#ifndef BOOTMEND_CHECKS_ELF_PARTS_H
#define BOOTMEND_CHECKS_ELF_PARTS_H

#include "lib/elfscan.h"

struct elf {
	struct scan *s;
	struct elfclosure *c;
	struct lines started; /* real paths of the programs that were followed */
	struct lines told;    /* paths that findings speak of already */
};

/* elf_problems.c */
extern const struct problem elf_loader, elf_library, elf_damaged, elf_machine, elf_preload;
extern const struct problem *const elf_problems[];

/* elf_starts.c */
void elf_follow_programs(struct elf *e);
void elf_follow(struct elf *e, const char *path, enum elfscan_who who);
/* elf_nss.c */
void elf_follow_nss(struct elf *e);
/* files in place of compat, whose library is gone; false: that is not the same here. */
bool elf_propose_files(struct elf *e, const struct elflack *l, struct finding *f);

/* elf_say.c */
void elf_say_lacks(struct elf *e);
/* elf_link.c: proposes the link that ldconfig would make; false: there is no file for it. */
bool elf_propose_link(struct elf *e, const struct elflack *l, struct finding *f);
/* "; '/lib/libz.so.1' leads to 'libz.so.1.2', which is gone", or nothing. */
const char *elf_dangling(struct elf *e, const struct elflack *l);

/* elf_preload.c */
void elf_check_preload(struct elf *e);

#endif
