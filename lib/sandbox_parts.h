/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sandbox.c, sandbox_plan.c, sandbox_stage.c and sandbox_confine.c share. */
#ifndef BOOTMEND_SANDBOX_PARTS_H
#define BOOTMEND_SANDBOX_PARTS_H

#include <sys/types.h>

#include "lib/loop.h"
#include "lib/sandbox.h"

#define SANDBOX_MOUNTS 64 /* file systems the patient has mounted */
#define SANDBOX_NODES 64  /* partitions that get a node */
#define SANDBOX_DISKS 8

/* One file system of the patient. */
struct sandbox_mount {
	const char *path; /* on this machine: the directory that becomes the lower layer */
	const char *at;	  /* "/", "/boot": no links in it */
	const char *part; /* "/@": the part of the layer that shows at `at`; "" all of it */
	const char *source;
	bool fat;
};

struct sandbox_node {
	char name[32]; /* in /dev */
	dev_t rdev;
	const char *uuid, *partuuid; /* safe to be a file name; NULL: none */
};

/* Bytes of the disk that its copy has; the rest reads as zeros. */
struct sandbox_range {
	uint64_t offset, len;
};

/* All that is known before the place is made. */
struct sandbox_plan {
	const struct sandbox_job *job;
	struct arena *arena;
	struct sandbox_mount mount[SANDBOX_MOUNTS];
	size_t mounts;
	uint64_t room; /* bytes of the tmpfs */
};

/* sandbox_plan.c */
int sandbox_look(const struct sandbox_job *job, struct arena *a, struct sandbox_plan *out,
		 struct trouble *t);
const char *sandbox_part_name(struct arena *a, const struct partition *p);
size_t sandbox_disk_ranges(const struct devices *d, unsigned disk, uint64_t size, struct arena *a,
			   struct sandbox_range **out);

/* What the first process tells, in this order; each message is written by one write(2). */
enum sandbox_word { WORD_FAILED, WORD_ENDED };

struct sandbox_message {
	enum sandbox_word word;
	int e;	     /* WORD_FAILED: -errno of making the place; WORD_ENDED: of execve */
	int command; /* WORD_ENDED: the one that ended last, from 0 */
	int status;  /* WORD_ENDED: of wait(2) */
	bool crowd;  /* WORD_ENDED: it had too many processes */
	char what[200];
};

struct sandbox_pipes {
	int say;    /* messages to the parent */
	int output; /* of the commands */
	int hold;   /* readable when the parent lets go */
};

/* sandbox_stage.c: the first process of the namespaces; does not return. */
void sandbox_stage(const struct sandbox_plan *p, const struct sandbox_pipes *pipes)
	__attribute__((noreturn));

/* Where the patient is below the first process's root, and the copies of its disks. */
#define STAGE_ROOT "/patient"
#define STAGE_DISK "/disk%u"

/* sandbox_copy.c: files and directories below one directory, for FAT. */
int sandbox_copy(int from, int to);

/* sandbox_confine.c: turns this process into the program; -errno when it could not. */
int sandbox_become(const char *const *argv, int output);

#endif
