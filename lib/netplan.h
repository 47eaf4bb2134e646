/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netplan's files: {/lib,/usr/lib,/etc}/netplan/NAME.yaml in the order of their names, definitions
 * of one id laid over each other, a name in /etc hiding that in /lib.
 *
 *	netplan_read(scan, &conf)
 *
 * One file that `netplan generate` refuses leaves the machine without any of them; such become bad
 * lines. Keys this does not know are passed over.
 *
 * Source: netplan-yaml(5), netplan-generate(8); netplan src/parse.c for the words of booleans, the
 * prefix an address must have and the sections there are.
 */
#ifndef BOOTMEND_NETPLAN_H
#define BOOTMEND_NETPLAN_H

#include "lib/netconf.h"

#define NETPLAN_FILES_MAX 256u

void netplan_read(struct scan *s, struct netconf *c);

#endif
