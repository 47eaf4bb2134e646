/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The partitions of the patient, and only those: what fstab, the command line and the loader may
 * name. Never answers for the helper. Filled by lib/disk.c from libblkid, by lib/target.c for a
 * mounted directory, or from a file (--devices, see devices_parse()).
 */
#ifndef BOOTMEND_DEVICES_H
#define BOOTMEND_DEVICES_H

#include "lib/arena.h"
#include "lib/text.h"

enum role {
	ROLE_UNKNOWN,
	ROLE_ROOT,
	ROLE_BOOT, /* a separate /boot */
	ROLE_ESP,
	ROLE_BIOS_BOOT,
	ROLE_SWAP,
	ROLE_USR,
	ROLE_VAR,
	ROLE_HOME,
	ROLE_DATA, /* a file system that is none of the above */
	ROLE_LVM,
	ROLE_LUKS,
	ROLE_MD,
	ROLE_EXTENDED, /* the MBR container of logical partitions */
};

const char *role_name(enum role r); /* "root", "boot", "esp", … */
/* What stands at that mount point: "/boot" is ROLE_BOOT; ROLE_DATA for all others. */
enum role role_of_mount(const char *target);

/* What is wrong with a file system itself, by what would repair it; see lib/fsfault.h. */
enum fs_fault {
	FS_FINE, /* or not known */
	FS_EXT_ERRORS,
	FS_EXT_SUPERBLOCK, /* the primary is unreadable, a backup is good */
	FS_XFS_LOG,
	FS_XFS_DAMAGED,
	FS_BTRFS_SUPERBLOCK, /* the primary is unreadable, a copy is good */
	FS_BTRFS_DAMAGED,
	FS_HIBERNATED, /* a swap area with the image of a system that sleeps */
	FS_GPT,	 /* of a whole disk: one copy of its partition table is damaged or out of place */
	FS_CUT,	 /* it is larger than what holds it: nothing repairs that */
	FS_TWIN, /* it carries the UUID of the one it was copied from */
	FS_TWIN_LABEL, /* or its label */
};

struct partition {
	unsigned disk; /* which TARGET it is on, from 0 */
	int number; /* partition number; 0: the whole target is one file system; < 0: see layer */
	uint64_t start;	  /* bytes from the start of the target */
	uint64_t size;	  /* bytes */
	const char *node; /* the kernel's node (/dev/vdb1) or NULL where it made none */
	/* What libblkid says; NULL: it says nothing. type is its TYPE ("ext4", "swap",
	 * "LVM2_member") */
	const char *type, *uuid, *label, *partuuid, *partlabel;
	const char *parttype; /* "0x83" or a GPT type GUID in lower case */
	enum role role;
	const char *mounted; /* where below the scanned root it is seen ("/", "/boot"); NULL: not */
	const char *error;   /* why it cannot be read or mounted; NULL: it can */
	bool bootable;	     /* MBR active flag */
	bool dirty;	     /* journal or log not replayed */
	bool has_errors;     /* ext: error flag in the superblock */
	enum fs_fault fault;
	const char *fault_why;	/* one line; NULL with FS_FINE */
	const char *unexamined; /* why no program looked for damage; NULL: it did, or need not */
	/* FS_EXT_SUPERBLOCK: block number of the backup, bytes of a block; what it is called there.
	 */
	uint64_t spare;
	unsigned spare_block;
	const char *spare_uuid, *spare_label;
	/* Of what lies in another partition; all NULL for others. */
	const char *layer;	  /* "logical volume system/root" */
	const char *const *names; /* paths that its system has for it; NULL-terminated */
	const char *within;	  /* node of what it lies in, and */
	uint64_t within_start;	  /* where in there; NULL: start says where on the disk */
	const char *look_only;	  /* why it must not be written to there; NULL: it may */
	bool opened;	   /* LVM, LUKS, md: all that is in it is among the partitions, too */
	const char *group; /* the volume group that it belongs to, or is a volume of; or NULL */
	const char *raid; /* a member of md, or in one: the module of its level, "raid1"; or NULL */
	unsigned in;	  /* ROLE_BIT()s of what it lies in, all the way down */
};

#define ROLE_BIT(r) (1u << (r))

/* A volume group whose metadata was read: a name in it that no volume has is absent. */
struct volume_names {
	const char *name;	  /* "system" */
	const char *dir;	  /* "/dev/system/" */
	const char *mapper;	  /* "/dev/mapper/system-" */
	const char *const *names; /* all that its volumes have, also of those that are not shown */
};

struct devices {
	bool known;    /* false: nothing is known of the disk, so no name can be called absent */
	bool complete; /* false: LVM, LUKS, md or unread partitions may hide further UUIDs */
	bool partial;  /* there is more than was given: another partition, another disk */
	struct partition *p;
	size_t n;
	const char *pttype; /* "dos", "gpt" or NULL */
	unsigned disks;	    /* how many TARGETs */
	bool own_names;	    /* TARGET is the running system: its nodes are the names it uses */
	const struct layer_wish *wish; /* what lib/layers.h can open besides */
	size_t n_wishes;
	const struct volume_names *group;
	size_t n_groups;
};

enum spec_match {
	SPEC_FOUND,
	SPEC_ABSENT,
	/*
	 * Cannot be judged from the disk: /dev/mapper/x, /dev/md0, by-path, … or only a backup
	 * superblock has that UUID or label.
	 */
	SPEC_UNKNOWN,
};

/*
 * The partition an fstab, root= or resume= spec names: UUID= LABEL= PARTUUID= PARTLABEL= (quotes
 * allowed, UUIDs compared without case, udev's \x20 escapes decoded),
 * /dev/disk/by-{uuid,label,partuuid,partlabel}/…, /dev/root, and kernel names taken by position:
 * the letter or number is the disk's index, the rest the partition (hda1, sda1, vda1, xvda1,
 * nvme0n1p1, mmcblk0p1; a lone xvda1 whose disk letter is beyond the targets given is SPEC_ABSENT).
 * A name of a logical volume is judged when its group was read (->group). *out only with
 * SPEC_FOUND; the first of several.
 */
enum spec_match devices_find(const struct devices *d, const char *spec,
			     const struct partition **out);
/* How many partitions the spec names (2 for a duplicated UUID). */
size_t devices_count(const struct devices *d, const char *spec);
/* The spec is a kernel name of a disk (hda1, /dev/sda1, …): depends on the driver, changes with it.
 */
bool spec_is_kernel_name(const char *spec);
/* The spec is one that devices_find() can judge (a tag or by-* link or kernel disk name). */
bool spec_is_judgeable(const char *spec);

/* There is one of that role, or several. */
bool devices_has_role(const struct devices *d, enum role r);
/* The only partition of that role, or NULL when there is none or several. */
const struct partition *devices_by_role(const struct devices *d, enum role r);
/* The partition that holds this path of the patient: the longest ->mounted that is a parent. */
const struct partition *devices_holding(const struct devices *d, const char *path);
/* "UUID=…" (else LABEL=, PARTUUID=, node) in the arena: the stable name a person would write; or
 * NULL. */
const char *partition_spec(struct arena *a, const struct partition *p);
/* "partition 2 (ext4, 1.0 GiB)" for messages. */
const char *partition_describe(struct arena *a, const struct partition *p);

/*
 * Devices given as text, one partition a line:
 *
 *	UUID=1111 ext4 /
 *	UUID=2222 swap
 *
 * Words in any order: TAG=value (UUID= LABEL= PARTUUID= PARTLABEL= PARTTYPE= SIZE= START= NUMBER=
 * DISK= NODE= PTTYPE=dos|gpt), a file-system type, a role or mount point ("/", "/boot",
 * "/boot/efi", "swap", "esp", "bios-boot", "-" for a data partition), "dirty", "errors", "active",
 * "opened" (LVM, LUKS, md: all that is in it has a line, too). GROUP=system is the volume group of
 * a physical volume, VOLUME=system/root says that this is that logical volume, IN=luks,md what else
 * it lies in, RAID=raid1 the module of an array. Numbers count from 1 when not given. A line
 *"unknown": nothing is known; "incomplete": more may hide. Values with spaces in double quotes. '#'
 *starts a comment. -EINVAL and *bad_line for a line it does not understand.
 */
int devices_parse(struct arena *a, const struct text *t, struct devices *out, size_t *bad_line);

#endif
