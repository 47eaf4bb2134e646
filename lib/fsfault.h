/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong with a file system below its files: what its superblocks tell, and what the
 * checking program of this machine (e2fsck -n, xfs_repair -n, btrfs check --readonly) says of it.
 *
 *	fsfault_probe()	    cheap, whenever partitions are looked at
 *	fsfault_examine()   the program; changes nothing
 *	fsrepair_run()	    (fsrepair.h)
 *
 * A journal or log that waits makes these programs see what is not there, so a file system that is
 * only dirty is never examined.
 *
 * Source: ext2fs/ext2_fs.h, e2fsck(8), kernel Documentation/filesystems/ext4 (backup superblocks);
 * xfs_repair(8), xfs_logprint(8); btrfs on-disk format (copies at 64 KiB, 64 MiB, 256 GiB),
 * btrfs-check(8).
 */
#ifndef BOOTMEND_FSFAULT_H
#define BOOTMEND_FSFAULT_H

#include "lib/disk.h"

#define FSFAULT_SECONDS 120 /* a program that looks for longer is not waited for */

/* fd, start, size: where it is; p->type may be NULL. Fills fault, fault_why, spare, spare_block. */
void fsfault_probe(int fd, uint64_t start, uint64_t size, struct arena *a, struct partition *p);

/* QUICK: only when it is done soon (lib/fsfault_examine.c has the limits). */
enum fsfault_effort { FSFAULT_QUICK, FSFAULT_WHOLE };

/*
 * Asks the program when p->fault is FS_FINE and nothing waits in a journal. Where this machine has
 * no such program, or cannot run it so that it writes nothing, p->unexamined says so; without the
 * rights to use it nothing is said.
 */
void fsfault_examine(const struct disk *d, struct arena *a, enum fsfault_effort effort,
		     struct partition *p);
/* All that have a file system, quickly. */
void fsfault_examine_all(struct disk *const *disks, struct arena *a, struct devices *d);

#endif
