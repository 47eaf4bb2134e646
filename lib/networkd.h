/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * systemd-networkd's .network files with their drop-ins, and the .link files of udev.
 *
 *	networkd_read(scan, &conf)	the .network files
 *	networkd_links(scan, &links)	the .link files: name, mac and mtu
 *
 * A file hides those of its name in later directories, a link to /dev/null all of them. The files
 * that systemd brings along for containers and virtual machines it runs itself are left out.
 *
 * Source: systemd.network(5), systemd.link(5).
 */
#ifndef BOOTMEND_NETWORKD_H
#define BOOTMEND_NETWORKD_H

#include "lib/netconf.h"

#define NETWORKD_FILES_MAX 512u

void networkd_read(struct scan *s, struct netconf *c);
void networkd_links(struct scan *s, struct netconf *c);

#endif
