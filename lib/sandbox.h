/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs of the patient, run where they can do no harm. The patient is hostile: whatever they
 * are, they get a copy-on-write image of the disk and nothing else.
 *
 *	sandbox_run()	builds the place, runs the commands one after the other, ends all they
 *			started
 *	sandbox_root()	the tree as they left it: read what is wanted of it, and only that
 *	sandbox_disk()	the same for bytes of the disk below the file systems
 *	sandbox_close()	the place is gone, also with all that was written
 *
 * How it holds: nothing inside has a writable way to the disk, so there is nothing to watch.
 *
 * - Each file system of the patient is the lower layer of an overlay; what is written lands in a
 *   tmpfs of limited size. A FAT file system, which cannot be a lower layer, is copied there.
 * - The disk is a sparse file in that tmpfs behind a loop device, holding what lies in front of and
 *   between the partitions; the partitions are read-only loop devices. Names and by-uuid links in
 *   /dev are the sandbox's own, and the overlays carry these names as their source: GRUB's programs
 *   take the device of a directory from there.
 * - /dev is a read-only tmpfs with null, zero, full, random, urandom, tty and these devices; all
 *   other mounts are nodev and nosuid. /proc is that of the new PID namespace, read-only, its words
 *   about this machine hidden (command line, swap, keys). /sys is empty: the patient will not run
 *   on this machine's hardware.
 * - Own mount, PID, network (no interface), UTS and IPC namespaces. The capabilities that are left
 *   are those over files; no new privileges; chroot, so no user namespace can be made; system calls
 *   for keys, BPF, io_uring and the like are refused.
 * - A time limit, a limit of processes, output and file size; first in line when memory is short.
 *   The first process of the PID namespace is ours and dies with this program, however that ends;
 *   with it go all others, then the mounts, the loop devices and the tmpfs.
 *
 * Sources: namespaces(7), pid_namespaces(7), capabilities(7), seccomp(2), Linux
 * Documentation/filesystems/overlayfs.rst, kernel/user_namespace.c, GRUB util/getroot.c.
 */
#ifndef BOOTMEND_SANDBOX_H
#define BOOTMEND_SANDBOX_H

#include "lib/disk.h"
#include "lib/root.h"

struct sandbox;

#define SANDBOX_DISK "/dev/disk%u" /* a TARGET inside, by its number from 0 */
#define SANDBOX_PART "/dev/disk%up%d"

/* A file the programs see in place of the patient's: a setting for this run only. */
struct sandbox_file {
	const char *path, *text;
};

struct sandbox_job {
	const struct root *root;       /* a mounted directory; what is mounted below counts too */
	const struct devices *devices; /* of the patient */
	struct disk *const *disks;     /* TARGETs; their number may be 0 */
	size_t n_disks;
	const char *const *const
		*argv; /* commands; argv[i][0] is an absolute path; NULL-terminated */
	const struct sandbox_file *file;
	size_t n_files;
	unsigned seconds; /* for all commands together; 0: SANDBOX_SECONDS */
	uint64_t room;	  /* bytes that may be written; 0: most of the memory that is free */
};

#define SANDBOX_SECONDS 1200

/*
 * 0 when every command ended with status 0; sandbox_root() works then. Else why says which did not
 * and how, with the end of what it printed. -EPERM, -ENOSYS: this machine cannot give such a place;
 * -ETIMEDOUT; -EPROTO: a command failed. *out must be closed in every case; NULL is possible.
 */
int sandbox_run(const struct sandbox_job *job, struct sandbox **out, struct trouble *why);
const struct root *sandbox_root(const struct sandbox *sb);
/* Bytes of TARGET n as they are now. -ERANGE: not all there. */
int sandbox_disk(const struct sandbox *sb, unsigned n, uint64_t offset, void *buf, size_t len);
/* What the commands printed, escape codes and all; the beginning and the end of more than a MiB. */
const struct bytes *sandbox_output(const struct sandbox *sb);
void sandbox_close(struct sandbox *sb);
void cleanup_sandbox(struct sandbox **sb);
#define _cleanup_sandbox_ _cleanup_(cleanup_sandbox)

/*
 * Can this program run here at all: it is there, it or its interpreter is for this machine, its
 * loader is there. The reason in why. -ENOENT, -ENOEXEC.
 */
int sandbox_can_run(const struct root *r, const char *program, struct trouble *why);

#endif
