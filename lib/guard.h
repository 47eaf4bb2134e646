/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a repair program of this machine (e2fsck, xfs_repair, btrfs) so that nothing it overwrites
 * is lost: the kernel stops each of its writes until the bytes that stand there are in a raw log
 * (lib/rawlog.h). The same for every program and every file system, also when the program crashes
 * or the power goes. And runs one that only looks, within a time.
 *
 * Source: seccomp_unotify(2); the offsets and lengths judged are system call arguments, which a
 * thread of the program cannot change while it is stopped.
 */
#ifndef BOOTMEND_GUARD_H
#define BOOTMEND_GUARD_H

#include "lib/rawlog.h"

#define GUARD_KILLED (-EINTR) /* by a signal: it crashed, or took too long */

/*
 * argv[0] is looked up in the usual places of system programs. The exit status of the program, or
 * -errno: -ENOENT it is not installed here; -ENOSYS this kernel cannot stop system calls (before
 * 5.5); GUARD_KILLED. What it printed is added to output, cut after some thousand bytes. fd, the
 * device's own, is read for what stands there. A write that cannot be logged fails for the program.
 */
int guard_run(const char *const argv[], int device, struct rawlog *log, struct bytes *output);

/*
 * The same for one that must not write to anything: every write but to its output fails. pass: a
 * descriptor it inherits (it can open /proc/self/fd/N), or -1. seconds 0: no limit.
 */
int guard_look(const char *const argv[], int pass, unsigned seconds, struct bytes *output);

#endif
