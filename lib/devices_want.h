/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a spec of fstab or the command line asks for, before any partition is looked at; for
 * lib/devices*.c only.
 */
#ifndef BOOTMEND_DEVICES_WANT_H
#define BOOTMEND_DEVICES_WANT_H

#include "lib/devices.h"

enum want_kind {
	WANT_NOTHING,
	WANT_UUID,
	WANT_LABEL,
	WANT_PARTUUID,
	WANT_PARTLABEL,
	WANT_POSITION,
	WANT_ROOT,
	WANT_PATH, /* another path below /dev: only what has that name answers */
};

struct devices_want {
	enum want_kind kind;
	char *value;   /* of a tag; the path */
	unsigned disk; /* of a kernel name */
	int part;      /* 0: the whole disk */
	bool xen;      /* xvda1 may be a disk without partitions (paravirtual guests) */
	char *node;    /* "/dev/…" of a kernel name */
};

/* The caller frees with devices_want_free(). */
struct devices_want devices_want_parse(const char *spec);
void devices_want_free(struct devices_want *w);

#endif
