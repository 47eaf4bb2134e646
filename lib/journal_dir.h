/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of a journal directory, all below one directory fd; for journal*.c only. */
#ifndef BOOTMEND_JOURNAL_DIR_H
#define BOOTMEND_JOURNAL_DIR_H

#include "lib/journal.h"
#include "lib/jsonio.h"

enum journal_make { JOURNAL_FIND, JOURNAL_MAKE };

/* The directory that holds the runs: an fd, or -errno (-ENOENT when there is none). */
int journal_base(const struct journal_place *at, enum journal_make make);
int journal_dir_sync(int dirfd);
/* A new file with these bytes, fsynced; mode 0600. */
int journal_put(int dirfd, const char *name, const void *data, size_t len);
/* The same in one step: under a temporary name first, then renamed. */
int journal_replace(int dirfd, const char *name, const void *data, size_t len);
/* A regular file of at most max bytes; links not followed. */
int journal_get(int dirfd, const char *name, size_t max, struct bytes *out);

struct json_object *journal_node_json(const struct node *n, const char *blob);
/* Reads what journal_node_json() made; content comes from dirfd. */
int journal_node_read(int dirfd, struct json_object *o, struct node *out);

/* The manifest of a run, or NULL. Give it back with json_object_put(). */
struct json_object *journal_manifest(int dirfd);
int journal_manifest_store(int dirfd, struct json_object *manifest);

#endif
