/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known before any check runs. Decided by what the disk holds, never by a distribution's
 * name: os_release is for messages and for well-known numbers only.
 *
 *	facts_gather(root, arena, &facts) after the caller has set ->devices, ->disks and the
 *	wishes.
 */
#ifndef BOOTMEND_FACTS_H
#define BOOTMEND_FACTS_H

#include <sys/types.h>

#include "lib/arena.h"
#include "lib/devices.h"
#include "lib/kernels.h"
#include "lib/root.h"

enum init_kind { INIT_UNKNOWN, INIT_SYSTEMD, INIT_UPSTART, INIT_SYSV, INIT_OPENRC, INIT_BUSYBOX };
enum pkg_kind { PKG_NONE, PKG_DPKG, PKG_RPM, PKG_APK, PKG_PACMAN };
enum firmware { FIRMWARE_UNKNOWN, FIRMWARE_BIOS, FIRMWARE_EFI, FIRMWARE_BOTH };

const char *init_name(enum init_kind i);

struct os_release {
	const char *id, *id_like, *version_id, *pretty; /* "" when not known, never NULL */
	unsigned major;					/* of version_id; 0 unknown */
};

struct loader_facts {
	/* Paths as the broken system writes them; NULL: not there (an empty file is there). */
	const char *grub2_dir;	/* /boot/grub or /boot/grub2: where its modules, cfg or env are */
	const char *grub2_cfg;	/* grub.cfg: not an EFI wrapper; named also when missing */
	const char *grubenv;	/* named also when missing */
	const char *legacy_cfg; /* /boot/grub/grub.conf or menu.lst, links resolved */
	const char *bls_dir;	/* /boot/loader/entries, when it exists */
	bool has_grub2;		/* GRUB 2 is installed by its modules, core image or package */
	bool has_legacy;	/* GRUB legacy is, by its stage2 or grub.conf */
	bool uses_bls;		/* grub.cfg runs blscfg */
};

/* What the user asked for, as far as a check's proposal depends on it. */
struct wishes {
	uint64_t memory;	 /* --memory, bytes; 0: not given */
	const char *platform;	 /* --platform list or NULL */
	enum firmware firmware;	 /* --firmware; FIRMWARE_UNKNOWN: not given */
	const char *selinux;	 /* "disabled" or "permissive"; NULL: not given */
	const char *root_hash;	 /* crypt(5) hash for root from --password-file; NULL: clear it */
	const char *const *macs; /* --mac, as netconf_mac() has them; NULL: not given */
};

struct disk;

struct facts {
	const struct devices *devices; /* never NULL; ->known tells whether it says anything */
	struct disk *const *disks;     /* the TARGETs, opened; see scan_disk_read() */
	size_t n_disks;		       /* 0: TARGET is a directory */
	struct os_release os;
	enum init_kind init;
	enum pkg_kind pkg;
	enum firmware firmware;
	struct loader_facts loader;
	struct kernels kernels;
	bool musl;	    /* the C library is musl */
	bool usr_merged;    /* /bin (or /lib) is, or by the evidence was, a link into usr */
	bool boots_itself;  /* a kernel or loader is here: no container, nor booted from outside */
	bool separate_boot; /* /boot is a partition: loader paths have no /boot in front */
	const struct partition *root_part; /* NULL when not known */
	uint64_t memory;	 /* of the patient, bytes: --memory, else its logs; 0 unknown */
	const char *memory_from; /* "--memory" or the log's path and line; NULL unknown */
	bool stale;	 /* a journal or log below the root waits: what is missing may be in it */
	bool privileged; /* the scan runs as root: EACCES is then the disk's fault, not ours */
	struct wishes wishes;
};

/*
 * Fills everything but devices, disks, stale, privileged and wishes. Cannot fail: what it cannot
 * learn stays unknown.
 */
void facts_gather(const struct root *r, struct arena *a, struct facts *f);
/* The command line that root has now: root=UUID=… (else LABEL, PARTUUID); NULL when not known. */
const char *facts_root_arg(struct arena *a, const struct facts *f);
/* major of the version, ID or ID_LIKE holding one of these words. */
bool os_is_like(const struct os_release *os, const char *word);

#endif
