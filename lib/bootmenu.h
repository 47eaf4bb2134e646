/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The menu of GRUB 2 or GRUB legacy against the tree: for each entry that loads Linux, whether its
 * files are there, which partition its lines name, and whether it is one of this system at all.
 *
 *	bootmenu_grub2(&at, &cfg, &menu)  or  bootmenu_legacy(&at, &legacy, &menu)
 *
 * Where a loader's path leads depends on the partition its root is. When that cannot be known the
 * file's state is BOOTFILE_UNKNOWN: never missing.
 */
#ifndef BOOTMEND_BOOTMENU_H
#define BOOTMEND_BOOTMENU_H

#include "lib/facts.h"
#include "lib/fstab.h"
#include "lib/grubcfg.h"
#include "lib/grublegacy.h"

#define BOOTMENU_NONE ((size_t)-1)

enum bootfile_state {
	BOOTFILE_UNKNOWN,
	BOOTFILE_OK,
	BOOTFILE_MISSING,
	BOOTFILE_EMPTY,
	BOOTFILE_ELSEWHERE, /* not where the loader looks, but on the partition that holds /boot */
};

struct bootfile {
	const char *word; /* as the menu writes it */
	const char *path; /* as the running system would see it; NULL: not known */
	size_t line;
	enum bootfile_state state;
};

/* A line that says which partition is the loader's root. */
struct bootplace {
	enum grubcfg_search_kind kind; /* legacy: SEARCH_SET_ROOT for root, SEARCH_UUID for uuid */
	const char *value, *var;
	size_t line;
	enum spec_match match;
	const struct partition *part; /* for SPEC_FOUND */
	bool runs;		      /* false: in a branch that is not taken */
	bool in_effect;		      /* the entry's files are looked for where this line says */
};

struct bootentry {
	const char *title;
	const char *number; /* "0", "1>2" */
	size_t line, last_line;
	bool is_default;
	bool ours; /* boots this system, by the script that wrote it or the files it names */
	struct bootfile kernel;
	struct bootfile *initrd;
	size_t initrds;
	const char *args;	      /* the kernel's command line */
	const char *root;	      /* the value of its last root=; NULL: none */
	const struct partition *part; /* the loader's root; NULL: not known */
	struct bootplace *place;
	size_t places;
};

struct bootmenu {
	const struct text *text;
	bool legacy;
	struct bootentry *entry; /* those that load Linux; memory tests and the like are left out */
	size_t n, cap;
	size_t def; /* which of them boots by itself; BOOTMENU_NONE: none of them or not known */
	struct bootplace *header; /* GRUB 2: the places named outside of entries */
	size_t headers;
	size_t other; /* entries that lead elsewhere or cannot be judged */
};

/* What the tree is. */
struct bootmenu_at {
	struct arena *arena;
	const struct root *root;
	const struct facts *facts;
	const char *const *unseen; /* unseen_find() */
	const struct fstab *fstab; /* bootmenu_fstab(); NULL: read each time it is asked for */
};

/* The patient's fstab, for ->fstab. */
const struct fstab *bootmenu_fstab(const struct bootmenu_at *at);

void bootmenu_grub2(const struct bootmenu_at *at, const struct grubcfg *cfg, struct bootmenu *out);
void bootmenu_legacy(const struct bootmenu_at *at, const struct grublegacy *m,
		     struct bootmenu *out);

/* The partition that holds the patient's /boot; NULL: not known. */
const struct partition *bootmenu_boot_part(const struct facts *f);
/* How the loader writes an in-root path of /boot: without "/boot" when that is a partition. */
const char *bootmenu_loader_path(const struct bootmenu_at *at, const char *path);
/* The root lies where this disk cannot show it, in LVM, LUKS or md, and fstab calls it so too. */
bool bootmenu_root_is_inside(const struct bootmenu_at *at, const char *spec);
/* subvol= of the btrfs root, by fstab; NULL: none. */
const char *bootmenu_subvol(const struct bootmenu_at *at);

#endif
