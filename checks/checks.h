/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of checks, in boot order, which is also the order they run in. A new check is one name
 * here.
 */
#ifndef BOOTMEND_CHECKS_H
#define BOOTMEND_CHECKS_H

#include "lib/check.h"

/* clang-format off */
#define CHECKS(X) \
	X(engine) \
	X(disk) \
	X(fs) \
	X(space) \
	X(loader) \
	X(grub) \
	X(bls) \
	X(kernels) \
	X(initramfs) \
	X(storage) \
	X(fstab) \
	X(tree) \
	X(init) \
	X(systemd) \
	X(zero) \
	X(elf) \
	X(modes) \
	X(selinux) \
	X(sysctl) \
	X(attrs) \
	X(network) \
	X(passwd) \
	X(shadow) \
	X(group) \
	X(nss) \
	X(pam) \
	X(login) \
	X(sshd) \
	X(profile) \
	X(bootscript) \
	X(log)
/* clang-format on */

#define X(name) extern const struct check name##_check;
CHECKS(X)
#undef X

#endif
