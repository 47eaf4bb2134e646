/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a back end of root.h provides. Only root*.c include this. Every call gets an absolute path
 * whose links still have to be followed unless it says otherwise; root.c adds the predicates,
 * sorting and limits that are the same for all.
 */
#ifndef BOOTMEND_ROOT_BACKEND_H
#define BOOTMEND_ROOT_BACKEND_H

#include <dirent.h>

#include "lib/root.h"

enum follow { NO_FOLLOW, FOLLOW };

struct root_ops {
	int (*stat)(void *self, const char *path, enum follow f, struct stat *st);
	/* regular files only (-EINVAL else); st is filled as well */
	int (*read)(void *self, const char *path, uint64_t off, size_t max, struct bytes *out,
		    struct stat *st);
	int (*readlink)(void *self, const char *path, char **target);
	/* unsorted, . and .. may be included; type may be DT_UNKNOWN, root.c asks stat then */
	int (*list)(void *self, const char *dir, int (*each)(void *arg, const struct root_entry *e),
		    void *arg);
	int (*statvfs)(void *self, const char *path, struct statvfs *out);
	int (*getxattr)(void *self, const char *path, const char *name, struct bytes *out);
	int (*listxattr)(void *self, const char *path, struct bytes *out);
	int (*getflags)(void *self, const char *path, unsigned *out); /* links followed */
	int (*parent)(void *self, const char *path, int *dirfd,
		      const char **name); /* NULL: read-only */
	void (*close)(void *self);
};

struct root {
	const struct root_ops *ops;
	void *self;
};

#define ROOT_LINKS_MAX 40 /* as the kernel's MAXSYMLINKS */

#endif
