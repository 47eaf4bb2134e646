/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EFI programs: PE images as firmware loads them.
 *
 * Sources: PE format (Microsoft); UEFI specification 2.1.1 (machine types and subsystems).
 */
#ifndef BOOTMEND_PEIMAGE_H
#define BOOTMEND_PEIMAGE_H

#include "lib/util.h"

enum peimage_kind {
	PEIMAGE_OK,
	PEIMAGE_EMPTY, /* no bytes, or zeros only */
	PEIMAGE_NOT,   /* no PE image, or none for EFI */
	PEIMAGE_CUT,   /* its sections reach behind the end of the file */
};

struct peimage {
	enum peimage_kind kind;
	const char *machine; /* "x64", "ia32", "aa64", "arm", "riscv64", "loongarch64"; "" else */
};

/* data: the beginning of the file, all headers in it; size: of the whole file. */
void peimage_look(const void *data, size_t len, uint64_t size, struct peimage *out);
/* A section's bytes in the file; false: there is none of that name. */
bool peimage_section(const void *data, size_t len, const char *name, size_t *at, size_t *n);

#endif
