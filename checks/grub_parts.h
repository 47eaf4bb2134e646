/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the grub check share; for checks/grub*.c only.
 *
 * Source of the consoles: messages of GRUB 2.06 and GRUB 0.97, initramfs-tools and dracut.
 */
#ifndef BOOTMEND_CHECKS_GRUB_PARTS_H
#define BOOTMEND_CHECKS_GRUB_PARTS_H

#include "lib/bootmenu.h"
#include "lib/check.h"
#include "lib/drivers.h"
#include "lib/loader_default.h"

struct grub {
	struct scan *s;
	struct loader l;
	struct bootmenu_at at;
	struct bootmenu menu; /* empty when there is no menu that can be read */
	struct drivers d;     /* of d.kernel; gathered when an entry first asks */
};

extern const struct problem grub_config_missing, grub_config_empty, grub_root_unknown,
	grub_search_unknown, grub_root_devname, grub_kernel_missing, grub_initrd_missing,
	grub_spare_entry, grub_default, grub_env, grub_device_map, grub_syntax, grub_initrd_line,
	grub_cmdline, grub_defaults;

/* One each, in the order of the chain. */
void grub_look_config(struct grub *g);	    /* grub_config.c */
void grub_look_syntax(struct grub *g);	    /* grub_config.c */
void grub_look_env(struct grub *g);	    /* grub_env.c */
void grub_look_device_map(struct grub *g);  /* grub_env.c */
void grub_look_default(struct grub *g);	    /* grub_env.c */
void grub_look_search(struct grub *g);	    /* grub_search.c */
void grub_look_files(struct grub *g);	    /* grub_files.c */
void grub_look_initrd_line(struct grub *g); /* grub_files.c */
void grub_look_root(struct grub *g);	    /* grub_root.c */
void grub_look_cmdline(struct grub *g);	    /* grub_cmdline.c */
void grub_look_defaults(struct grub *g);    /* grub_cmdline.c */

/* The kernels of that version still have the old IDE drivers, to which a disk is /dev/hda. */
bool grub_has_old_ide(const char *version);
/* Every line of the entry with this word gets the other one; how many there were. */
size_t grub_replace(struct grub *g, struct finding *f, size_t line, size_t last_line,
		    const char *word, const char *with);
/* "entry 0", "entries 0, 1>0 and 3 more" for details. */
const char *grub_entries(struct grub *g, const size_t *index, size_t n);

#endif
