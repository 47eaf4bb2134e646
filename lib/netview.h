/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What brings the network up when this disk boots: all that is configured for it, whether the tool
 * that reads it is there and is started, and what needs no configuration.
 *
 *	netview_read(scan, &view);
 *	if (!view.unsure && !view.by_itself && !view.up) …	nothing does
 *
 * Where it cannot be known (made at boot, an init this does not know) unsure is set.
 * The services of a system that never booted count as started.
 *
 * Sources: netplan-generate(8), systemd-networkd(8), NetworkManager.conf(5), interfaces(5),
 *wicked(8), the network script of initscripts; cloud-init's network configuration (cloud.cfg.d).
 */
#ifndef BOOTMEND_NETVIEW_H
#define BOOTMEND_NETVIEW_H

#include "lib/ifcfg.h"
#include "lib/netconf.h"

enum netview_state {
	NETVIEW_GONE, /* its program is not there */
	NETVIEW_IDLE, /* nothing starts its service */
	NETVIEW_RUNS,
};

struct netview_tool {
	enum netview_state state;
	const char *what;    /* "ifup (package ifupdown)": for messages */
	const char *service; /* NULL: none of its own */
};

struct netview {
	struct netconf conf;
	struct netconf links; /* the .link files */
	struct ifcfg_global global;
	struct netview_tool tool[NETCONF_KINDS]; /* IFCFG: the scripts, or NetworkManager */
	struct netview_tool scripts;		 /* of RHEL */
	const struct netconf_iface *up;		 /* the first that is brought up; NULL: none */
	const char *by_itself; /* what brings up interfaces nobody configured; NULL: nothing */
	bool unsure;
	bool unborn;		      /* it never booted: presets are still to come */
	bool cloud;		      /* cloud-init runs and writes the configuration */
	const struct text *cloud_off; /* cloud-init is there, but is told here to leave it alone */
	size_t cloud_off_line;
};

void netview_read(struct scan *s, struct netview *v);
/* The tool that brings this one up. */
const struct netview_tool *netview_tool(const struct netview *v, const struct netconf_iface *i);
/* Is brought up at boot, as far as that is known. */
bool netview_is_up(struct scan *s, const struct netview *v, const struct netconf_iface *i);
/* An interface the machine is reached by. */
bool netview_counts(const struct netconf_iface *i);
/* Debian's ifup finds a program that asks for an address. */
bool netview_has_dhcp_client(struct scan *s);

#endif
