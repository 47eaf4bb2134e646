/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is this file a kernel, is that one an initramfs? Judged by their first bytes and sizes alone:
 * nothing is decompressed. What cannot be told is IMAGE_UNJUDGED, never IMAGE_DAMAGED.
 *
 * Sources: Linux Documentation/arch/x86/boot.rst (setup header), arch/arm64/booting.rst,
 * arch/riscv/boot-image-header.rst, drivers/firmware/efi/libstub/zboot-header.S,
 * driver-api/early-userspace/buffer-format.rst, lib/decompress.c; elf(5).
 */
#ifndef BOOTMEND_KERNEL_IMAGE_H
#define BOOTMEND_KERNEL_IMAGE_H

#include "lib/kernels.h"

struct image_verdict {
	enum image_state state;
	const char *why;     /* for DAMAGED and UNREADABLE, one line */
	const char *version; /* inner version of a kernel that tells it; NULL: unknown */
	uint64_t size;
};

/* Which processor the patient has decides whether an unknown header is a fault. */
enum image_machine { MACHINE_UNKNOWN, MACHINE_X86 };

enum image_machine kernel_image_machine(const struct root *r);
void kernel_image_judge(const struct root *r, struct arena *a, enum image_machine m,
			const char *path, struct image_verdict *out);
void initrd_judge(const struct root *r, struct arena *a, const char *path,
		  struct image_verdict *out);

#endif
