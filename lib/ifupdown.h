/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/network/interfaces with what it sources.
 *
 *	ifupdown_read(scan, &conf)
 *
 * Lines that Debian's ifupdown refuses (and then brings up nothing at all) become bad ones, unless
 * the ifup of the patient is another program: busybox, ifupdown2 and ifupdown-ng know other words.
 *
 * Sources: interfaces(5), run-parts(8) for the names of source-directory; ifupdown config.c.
 */
#ifndef BOOTMEND_IFUPDOWN_H
#define BOOTMEND_IFUPDOWN_H

#include "lib/netconf.h"

#define IFUPDOWN_FILES_MAX 256u
#define IFUPDOWN_LINES_MAX 100000u
#define IFUPDOWN_DEPTH_MAX 8u

#define IFUPDOWN_MAIN "/etc/network/interfaces"

void ifupdown_read(struct scan *s, struct netconf *c);
/* The ifup in use is Debian's own. */
bool ifupdown_is_classic(struct scan *s);

#endif
