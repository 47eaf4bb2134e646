/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An EFI system partition, whether it is mounted in this view or only there on the disk: the same
 * questions, the same answers. Names without case, as firmware takes them.
 *
 *	esp_open(scan, part, &e)	-ENODATA: not mounted, and TARGET is a directory;
 *					-EINVAL: no FAT file system; else -errno
 *	esp_list(e, "/EFI")		names, NULL-terminated
 *	esp_read(e, "/EFI/BOOT/BOOTX64.EFI", max, &b, &size)
 *	esp_close(e)
 */
#ifndef BOOTMEND_ESP_H
#define BOOTMEND_ESP_H

#include "lib/check.h"

struct esp;

int esp_open(struct scan *s, const struct partition *p, struct esp **out);
/* The same for a directory that is one, whatever it lies on. */
int esp_open_at(struct scan *s, const char *dir, struct esp **out);
void esp_close(struct esp *e); /* NULL is fine */
void cleanup_esp(struct esp **e);
#define _cleanup_esp_ _cleanup_(cleanup_esp)

/* At most 4096, in the scan's arena; directories end in '/'. Empty when there is none. */
const char *const *esp_list(struct esp *e, const char *dir);
/* 0 or -errno of the last list or read that failed for another reason than absence. */
int esp_error(const struct esp *e);
bool esp_has(struct esp *e, const char *path);
/* The first max bytes; *size of the whole file. */
int esp_read(struct esp *e, const char *path, size_t max, struct bytes *out, uint64_t *size);
/* Where it is mounted, "/boot/efi"; NULL: it is not. */
const char *esp_mount_point(const struct esp *e);
/* How a person would name a file of it: by the mount point, else "\EFI\BOOT". */
const char *esp_name(const struct esp *e, const char *path);
/* The path as it is stored, in this view; NULL when not mounted. The part that is not there yet
 * stays as given. */
const char *esp_view_path(struct esp *e, const char *path);

#endif
