/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole state of one path: what a backup holds, what a fix writes, what undo restores.
 * node_read() and node_store() are the only code that changes the patient's tree.
 */
#ifndef BOOTMEND_NODE_H
#define BOOTMEND_NODE_H

#include <sys/stat.h>
#include <time.h>

#include "lib/root.h"

enum node_type { NODE_ABSENT, NODE_FILE, NODE_LINK, NODE_DIR, NODE_OTHER };

struct node_xattr {
	char *name;
	struct bytes value;
};

struct node {
	enum node_type type;
	bool content_kept; /* a file whose bytes are in content; false: only its mode and owner
			      matter */
	mode_t mode;	   /* 07777 bits; not for links */
	uid_t uid;
	gid_t gid;
	struct timespec mtime;	  /* of a file: restored by undo, never compared; NODE_NOW: none */
	struct bytes content;	  /* a file's bytes, or a link's target */
	struct node_xattr *xattr; /* sorted by name */
	size_t xattrs;
};

enum node_depth { NODE_META, NODE_WHOLE };

#define NODE_BYTES (256u << 20) /* a file a fix rewrites may have */
#define NODE_NEW_DIR 0700	/* of a directory that has not got its own mode yet */
#define NODE_NOW ((struct timespec){ .tv_nsec = UTIME_OMIT })

void node_free(struct node *n);
#define _cleanup_node_ _cleanup_(node_free)

/* path is resolved already (no links in it but the last part, which is not followed). */
int node_read(const struct root *r, const char *path, enum node_depth depth, struct node *out);
void node_copy(const struct node *from, struct node *to);
/* Same type, mode, owner, group, xattrs and, when both keep it, content. */
bool node_equal(const struct node *a, const struct node *b);

/*
 * path becomes n, from what it is now: temp file beside it with owner, mode, xattrs, fsync, rename,
 * fsync of the directory; or only chmod/chown when the bytes stay. A link or file may replace each
 * other; a directory is only made or removed when empty. 0 or -errno; then nothing changed.
 * -ENOTSUP never stops it: labels that cannot be set are told by *unlabelled (may be NULL).
 */
int node_store(const struct root *r, const char *path, const struct node *n, bool *unlabelled);

/*
 * What keeps path from becoming after, as far as it can be told before: -EPERM immutable or
 * append-only, -ENOTEMPTY and -EBUSY a directory in use, -EEXIST a device or FIFO. 0: nothing.
 */
int node_may_become(const struct root *r, const char *path, const struct node *before,
		    const struct node *after);

/* Removes the temp file that a killed node_store() may have left beside path. */
int node_clear_temp(const struct root *r, const char *path);

#endif
