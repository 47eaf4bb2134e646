/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scan over a small tree for the unit tests of the network's parsers.
 *
 *	struct testnet n; testnet_open(&n, t); … &n.scan …; testnet_close(&n);
 */
#ifndef BOOTMEND_TESTNET_H
#define BOOTMEND_TESTNET_H

#include "lib/netconf.h"
#include "lib/scan.h"
#include "lib/testtree.h"

struct testnet {
	struct devices devices;
	struct facts facts;
	struct scan scan;
};

static inline void testnet_open(struct testnet *n, struct testtree *t)
{
	memset(n, 0, sizeof(*n));
	n->facts.devices = &n->devices;
	n->facts.init = INIT_SYSTEMD;
	n->facts.privileged = true;
	scan_init(&n->scan, t->root, &n->facts, t->arena);
}

/* The cache of texts is freed by running the scan. */
static inline void testnet_close(struct testnet *n)
{
	static const struct check *const none[] = { NULL };
	static const struct selection all;

	scan_run(&n->scan, none, &all);
}

static inline const struct netconf_iface *testnet_named(const struct netconf *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->iface[i].name && streq(c->iface[i].name, name))
			return &c->iface[i];
	}
	return NULL;
}

#endif
