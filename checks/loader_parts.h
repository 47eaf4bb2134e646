/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the loader check share; for checks/loader*.c only. First both ways into the
 * system are looked at, then what is wrong is told: a BIOS loader that is gone matters little where
 * an EFI one starts.
 */
#ifndef BOOTMEND_CHECKS_LOADER_PARTS_H
#define BOOTMEND_CHECKS_LOADER_PARTS_H

#include "lib/bootcode.h"
#include "lib/check.h"
#include "lib/esp.h"
#include "lib/grubcore.h"
#include "lib/grubimage.h"
#include "lib/peimage.h"

enum way { WAY_UNKNOWN, WAY_NONE, WAY_BROKEN, WAY_STARTS };

/* By BIOS: the boot sector of a disk and what it goes on with. */
struct loader_bios {
	enum way way;
	unsigned disk; /* the one that is told about */
	struct bootcode code;
	struct grubcore core; /* when core_read is 0 */
	int core_read;	      /* of grubcore_read(); 1: not tried */
	struct grubcore_diff diff;
	bool compared; /* with the core.img in /boot */
	bool unpacked;
	bool damaged;	   /* does not unpack, though its header says it should */
	size_t code_bytes; /* of the boot sector that are not boot.img's */
	size_t code_first;
	struct grubimage image; /* when unpacked */
};

/* An EFI program in the ESP. */
struct efi_program {
	const char *path; /* "/EFI/debian/shimx64.efi" as it is stored */
	const char *dir;  /* "/EFI/debian" */
	struct peimage pe;
	bool is_shim; /* goes on with grub…efi beside it */
	bool is_grub;
	struct grubimage image; /* of GRUB */
	const char *broken;	/* why it does not start the system; NULL: it does, or not known */
};

struct loader_efi {
	enum way way;
	const struct partition *part; /* NULL: none, or none known */
	struct esp *esp;	      /* open while the check runs; NULL: cannot be read */
	int error;		      /* of opening it */
	struct efi_program *program;
	size_t n, cap;
	size_t read;	  /* bytes of programs */
	bool fallback;	  /* \EFI\BOOT has one that firmware starts by itself */
	const char *arch; /* "x64" */
	const char *boot; /* "/EFI/BOOT/BOOTX64.EFI" */
};

struct loader_look {
	struct scan *s;
	struct loader_bios bios;
	struct loader_efi efi;
	const struct partition *boot; /* holds the modules and the menu; NULL: not known */
	bool means_bios;	      /* a BIOS loader was installed */
	bool means_efi;		      /* an EFI loader was */
};

extern const struct problem loader_mbr, loader_core, loader_esp, loader_firmware, loader_modules,
	loader_skew;

void loader_bios_look(struct loader_look *l); /* loader_bios.c */
void loader_bios_tell(struct loader_look *l);
void loader_efi_look(struct loader_look *l);	 /* loader_efi.c */
void loader_esp_tell(struct loader_look *l);	 /* loader_esp.c */
void loader_modules_tell(struct loader_look *l); /* loader_modules.c */
void loader_stages_tell(struct loader_look *l);	 /* loader_stages.c */

/* The other way in is known to lead to a loader. */
bool loader_starts_by_efi(const struct loader_look *l);
bool loader_starts_by_bios(const struct loader_look *l);
/* A path of the patient for a GRUB platform: "/boot/grub/i386-pc". */
const char *loader_platform_dir(const struct loader_look *l, const char *platform);
/* The image's search or prefix names a partition that is not there; its name, else NULL. */
const char *loader_lost_place(const struct loader_look *l, const struct grubimage *image,
			      unsigned disk);
/* The image looks for its modules and menu where this view has them. */
bool loader_is_ours(const struct loader_look *l, const struct grubimage *image, unsigned disk);

#endif
