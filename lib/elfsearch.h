/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the patient's own dynamic loader would find a library, from outside and without running it.
 *
 *	elfsearch_init(&s, root, arena, &machine, "/lib64/ld-linux-x86-64.so.2");
 *	elfsearch_find(&s, "libmount.so.1", &who, &found);
 *
 * In glibc's order: DT_RPATH of who asks and of those that asked for it (none counts where the
 * asking object has a DT_RUNPATH), DT_RUNPATH of who asks, /etc/ld.so.cache, the default
 * directories (not with DF_1_NODEFLIB). LD_LIBRARY_PATH never: nothing of a boot sets it. Files of
 * another architecture are passed over. Where there is no cache, the directories of ld.so.conf
 * stand in for it. musl's order: the paths of all that asked, then those of its path file.
 *
 * The processor is not known: a library that is only in a glibc-hwcaps directory counts as found.
 *
 * Source: ld.so(8); glibc elf/dl-load.c (_dl_map_object, open_path, open_verify, _dl_dst_count),
 * elf/dl-hwcaps.c; musl ldso/dynlink.c (load_library, fixup_rpath).
 */
#ifndef BOOTMEND_ELFSEARCH_H
#define BOOTMEND_ELFSEARCH_H

#include "lib/elffile.h"
#include "lib/ldcache.h"

struct elfsearch {
	const struct root *root;
	struct arena *arena;
	struct elffile_machine machine;
	bool musl;
	struct lines system; /* default directories that are there */
	struct lines conf;   /* of ld.so.conf, where there is no cache */
	struct ldcache cache;
};

/* An object that asks for libraries. */
struct elfsearch_from {
	const struct elffile *file;
	const char *origin;		     /* its directory */
	const struct elfsearch_from *parent; /* NULL: the program itself */
};

struct elfsearch_found {
	const char *path;  /* NULL: nowhere */
	const char *other; /* one of that name for another architecture; or NULL */
};

/* loader: of the programs this is for, or NULL when not known. */
void elfsearch_init(struct elfsearch *s, const struct root *r, struct arena *a,
		    const struct elffile_machine *m, const char *loader);
void elfsearch_find(const struct elfsearch *s, const char *name, const struct elfsearch_from *who,
		    struct elfsearch_found *out);
/* No object of the chain has a path of its own: what is found depends on the name only. */
bool elfsearch_is_plain(const struct elfsearch_from *who);
/* Directories that were looked in, each once by its real path, the asking objects' own first. */
void elfsearch_dirs(const struct elfsearch *s, const struct elfsearch_from *who, struct lines *out);
/* Part of the loader itself, so that no file of that name is looked for. */
bool elfsearch_is_built_in(const struct elfsearch *s, const char *name);

#endif
