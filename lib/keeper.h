/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes a device away when this process ends before it did so itself, be it by SIGKILL: a child
 * that waits for the end of a pipe. Mounts vanish with their namespace, but mapped devices and
 * arrays would stay.
 *
 *	keeper_start()	before the device is made
 *	keeper_stop()	when it is gone again
 *
 * A program that this process ran keeps the pipe open, too: taken away while mdadm still puts the
 * array together, half of it stays in the kernel until the next boot (seen with Linux 6.1).
 *
 * The child holds nothing but its pipe, and is in a session of its own, so that what kills the
 * process group leaves it alive. It must be started before this process enters a mount namespace
 * whose mounts use the device (mounts_enter() makes a new one each time).
 */
#ifndef BOOTMEND_KEEPER_H
#define BOOTMEND_KEEPER_H

#include <sys/types.h>

struct keeper {
	pid_t pid; /* 0: none */
	int fd;
};

/* undo is called with name until it returns 0 or half a minute has passed. */
int keeper_start(int (*undo)(const char *name), const char *name, struct keeper *out);
void keeper_stop(struct keeper *k);
/* The device is still in use: the child tries on for a while, whatever becomes of this process. */
void keeper_leave(struct keeper *k);

#endif
