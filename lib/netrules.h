/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names that udev of old systems keeps for network cards: 70-persistent-net.rules.
 *
 *	netrules_read(scan, &rules)
 *
 * Source: udev's rule_generator (write_net_rules, 75-persistent-net-generator.rules), udev(7).
 */
#ifndef BOOTMEND_NETRULES_H
#define BOOTMEND_NETRULES_H

#include "lib/check.h"

#define NETRULES_PATH "/etc/udev/rules.d/70-persistent-net.rules"
#define NETRULES_MAX 1024u

struct netrules_rule {
	const char *mac;  /* as netconf_mac() has it */
	const char *name; /* "eth0" */
	size_t line;
};

struct netrules {
	const struct text *text; /* NULL: there is none */
	struct netrules_rule *rule;
	size_t n, cap;
};

void netrules_read(struct scan *s, struct netrules *out);

#endif
