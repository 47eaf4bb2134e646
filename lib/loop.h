/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A loop device over a part of an open file or device. Always autoclear: it is gone with its last
 * user however this process ends. Read-only ones stop what "mount -o ro" does not (journal replay,
 * orphan clean-up), without the BLKROSET flag that would outlive us.
 *
 *	loop_attach(), use ->path, loop_detach() after the unmount, loop_is_gone() to prove it
 *
 * Source of the interface: loop(4), linux/loop.h, kernel drivers/block/loop.c.
 */
#ifndef BOOTMEND_LOOP_H
#define BOOTMEND_LOOP_H

#include <sys/types.h>

#include "lib/util.h"

enum loop_mode { LOOP_READ, LOOP_WRITE };

struct loop {
	int fd; /* -1: none */
	int number;
	char path[32]; /* /dev/loopN */
	uint64_t offset, size;
	dev_t dev; /* of the file below */
	ino_t ino;
};

#define LOOP_NONE ((struct loop){ .fd = -1, .number = -1 })

/*
 * backing is an open file or block device (O_RDWR for LOOP_WRITE); size 0 is up to its end.
 * -EPERM or -EACCES: not allowed to; -ENODEV: this kernel has no loop devices.
 */
int loop_attach(int backing, uint64_t offset, uint64_t size, enum loop_mode mode, struct loop *out);
/* Lets go; the device ends with its last user. Keeps the numbers for loop_is_gone(). */
void loop_detach(struct loop *l);
/*
 * Nothing of what was attached is there any more; waits up to wait_ms for others to let go: whoever
 * lists loop devices opens each, and on a machine with much to do that is no moment.
 */
#define LOOP_GONE_MS 30000
bool loop_is_gone(const struct loop *l, unsigned wait_ms);

/* Calls each for every loop device in use, with its number, what is below and whether it writes. */
struct loop_device {
	int number;
	dev_t dev;
	ino_t ino;
	dev_t rdev; /* when a block device is below */
	bool writes;
};
int loop_list(int (*each)(void *arg, const struct loop_device *i), void *arg);

#endif
