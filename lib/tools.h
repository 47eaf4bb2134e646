/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The patient's own programs that make what its boot needs, as proposals (propose_command() of
 * lib/check.h): which it has, how they are called, what of their work is kept. Decided by what is
 * on the disk, never by this machine's firmware or hardware.
 *
 *	if (!tools_rebuild_initramfs(f, s, "/boot/initrd.img-6.1.0-50-amd64"))
 *		finding_safety(f, FIX_NONE);
 *
 * Each adds the commands, makes the finding FIX_ASK and tells by a choice what would be run; false:
 * it adds nothing, as the disk has no such program, or not what it works on.
 *
 * Sources: update-initramfs(8), mkinitramfs(8), dracut(8), dracut.conf(5), mkinitcpio(8),
 * mkinitrd(8) of SUSE and of nash, grub-install(8), grub-mkconfig(8), and these scripts themselves.
 */
#ifndef BOOTMEND_TOOLS_H
#define BOOTMEND_TOOLS_H

#include "lib/check.h"

/*
 * The initramfs at path: its kernel is that whose version is in the name. Made for any hardware, as
 * this machine's is not the patient's.
 */
bool tools_rebuild_initramfs(struct finding *f, struct scan *s, const char *path);
/* Where the initramfs of a kernel belongs that has none, in the arena; NULL: cannot be told. */
const char *tools_initramfs_path(struct scan *s, const struct kernel *k);

/*
 * GRUB 2 for BIOS on TARGET number disk: boot sector, core image, modules; and a grub.cfg when
 * there is none.
 */
bool tools_install_grub_bios(struct finding *f, struct scan *s, unsigned disk);
/* GRUB 2 for UEFI under the name that every firmware looks for; the firmware's memory stays. */
bool tools_install_grub_efi(struct finding *f, struct scan *s);

#endif
