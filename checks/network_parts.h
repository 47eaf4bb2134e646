/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the network check. */
#ifndef BOOTMEND_CHECKS_NETWORK_PARTS_H
#define BOOTMEND_CHECKS_NETWORK_PARTS_H

#include "lib/check.h"
#include "lib/netview.h"

extern const struct problem network_hwaddr, network_persistent_names, network_gatewaydev,
	network_tools, network_config, network_filter;

struct network {
	struct scan *scan;
	struct netview view;
};

void network_check_up(struct network *n);      /* net.tools, and net.config when nothing is up */
void network_check_files(struct network *n);   /* net.config: what is refused, MTU, resolv.conf */
void network_check_gateway(struct network *n); /* net.gatewaydev, net.config */
void network_check_mac(struct network *n);     /* net.hwaddr, net.persistent-names */
void network_check_filter(struct network *n);  /* net.filter */

#endif
