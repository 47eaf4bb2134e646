/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of version numbers of kernels and packages.
 *
 * Source: deb-version(7), and rpm's rpmvercmp(), which agree where versions of kernels go.
 */
#ifndef BOOTMEND_VERSION_H
#define BOOTMEND_VERSION_H

#include "lib/util.h"

/* <0, 0, >0: a is older, same, newer than b; numbers by value, '~' below the end. */
int version_compare(const char *a, const char *b);

#endif
