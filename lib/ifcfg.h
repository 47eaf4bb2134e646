/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ifcfg-* files: of RHEL and its kin in /etc/sysconfig/network-scripts, of SUSE (wicked) in
 * /etc/sysconfig/network. Shell assignments, one a line; nothing is expanded.
 *
 *	ifcfg_read(scan, &conf, &global)
 *
 * Sources: sysconfig.txt and network-functions of initscripts, the network script of RHEL 6 and 7
 * (which names are passed over), nm-settings-ifcfg-rh(5), ifcfg(5) of SUSE.
 */
#ifndef BOOTMEND_IFCFG_H
#define BOOTMEND_IFCFG_H

#include "lib/netconf.h"

#define IFCFG_FILES_MAX 1024u

/* /etc/sysconfig/network of RHEL; values as unquoted, lines 0 where not said. */
struct ifcfg_global {
	const struct text *text; /* NULL: there is none */
	struct netconf_word networking, gateway, gatewaydev;
};

void ifcfg_read(struct scan *s, struct netconf *c, struct ifcfg_global *g);
/* NAME and VALUE of a line that assigns; false: it is no such line. *open: a quote stays open. */
bool ifcfg_assignment(struct arena *a, const char *line, const char **name, const char **value,
		      bool *open);

#endif
