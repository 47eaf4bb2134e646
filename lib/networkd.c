/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <strings.h>

#include "lib/netini.h"
#include "lib/networkd.h"

static const char *const dirs[] = { "/etc/systemd/network", "/usr/local/lib/systemd/network",
				    "/usr/lib/systemd/network", "/lib/systemd/network" };

struct reader {
	struct scan *scan;
	struct netconf *conf;
	struct netconf_iface *i;
	bool matches_kind; /* only devices that systemd or others make */
	bool depends;	   /* on the machine it runs on */
};

static bool is_true(const char *s)
{
	static const char *const words[] = { "yes", "true", "on", "1", "y", "t" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(s, words[i]) == 0)
			return true;
	}
	return false;
}

/* Devices that are made at run time, or that wait for somebody to choose a network. */
static bool is_made(const struct netini *ini)
{
	static const char *const drivers[] = { "veth", "bridge", "tun", NULL };
	static const char *const types[] = { "wlan", "sit", "bridge", NULL };

	return streq(ini->key, "Kind") ||
	       (streq(ini->key, "Driver") && in_list(ini->value, drivers)) ||
	       (streq(ini->key, "Type") && in_list(ini->value, types));
}

static void take_match(struct reader *r, const struct netini *ini)
{
	const char *mac;

	if (streq(ini->key, "Name") || streq(ini->key, "OriginalName")) {
		r->i->name = *ini->value ? ini->value : NULL;
		r->i->lower |= streq(ini->value, "lo");
	} else if (streq(ini->key, "MACAddress") || streq(ini->key, "PermanentMACAddress")) {
		mac = netconf_mac(r->scan->arena, ini->value);
		/* A list of them is not for one machine. */
		r->i->mac = (struct netconf_word){ mac, mac ? ini->line : 0 };
	} else if (is_made(ini)) {
		r->matches_kind = true;
	} else if (streq(ini->key, "Virtualization") || streq(ini->key, "Host")) {
		r->depends = true;
	}
}

static void take_network(struct reader *r, const struct netini *ini)
{
	static const char *const yes[] = { "ipv4", "ipv6", "both", "v4", "v6", NULL };
	static const char *const lower[] = { "Bridge", "Bond", NULL };

	if (streq(ini->key, "DHCP")) {
		r->i->dhcp = is_true(ini->value) || in_list(ini->value, yes);
		r->i->has_address |= r->i->dhcp;
	} else if (streq(ini->key, "Address") && *ini->value) {
		netconf_take_addr(r->i, ini->value);
	} else if (streq(ini->key, "Gateway")) {
		r->i->gateway = (struct netconf_word){ ini->value, ini->line };
	} else if (streq(ini->key, "IPv6AcceptRA")) {
		r->i->has_address |= is_true(ini->value);
	} else if (in_list(ini->key, lower)) {
		r->i->lower = true;
	}
}

static void take_link(struct reader *r, const struct netini *ini)
{
	static const char *const never[] = { "manual", "down", "always-down", NULL };

	if (streq(ini->key, "MTUBytes")) {
		r->i->mtu = (struct netconf_word){ ini->value, ini->line };
	} else if (streq(ini->key, "Unmanaged") && is_true(ini->value)) {
		r->i->start = NETCONF_NEVER;
		r->i->start_line = ini->line;
	} else if (streq(ini->key, "ActivationPolicy")) {
		r->i->start = in_list(ini->value, never) ? NETCONF_NEVER : NETCONF_AT_BOOT;
		r->i->start_line = ini->line;
	}
}

static void take(struct reader *r, const struct netini *ini)
{
	if (!*ini->key)
		return;
	if (streq(ini->section, "Match"))
		take_match(r, ini);
	else if (streq(ini->section, "Network"))
		take_network(r, ini);
	else if (streq(ini->section, "Address") && streq(ini->key, "Address"))
		netconf_take_addr(r->i, ini->value);
	else if (streq(ini->section, "Link"))
		take_link(r, ini);
	else if (streq(ini->section, "Route") || startswith(ini->section, "RoutingPolicy"))
		r->i->onlink = true;
}

static void read_lines(struct reader *r, const struct text *t)
{
	struct netini ini;

	netini_start(&ini, r->scan->arena, t);
	while (netini_next(&ini))
		take(r, &ini);
}

/* What drop-ins say comes from another file than the lines that are kept. */
static void read_drop_ins(struct reader *r, const char *name)
{
	struct netconf_iface *i = r->i;

	for (size_t d = 0; d < ARRAY_SIZE(dirs); d++) {
		const char *dir = scan_printf(r->scan, "%s/%s.d", dirs[d], name);
		const char *const *e = scan_dir(r->scan, dir);

		for (; *e; e++) {
			const char *path = scan_printf(r->scan, "%s/%s", dir, *e);
			struct netconf_word mtu = i->mtu, gateway = i->gateway, mac = i->mac;
			const struct text *t = NULL;

			if (endswith(*e, ".conf") && root_is_file(r->scan->root, path))
				t = scan_text(r->scan, path);
			if (!t)
				continue;
			read_lines(r, t);
			i->mtu = mtu;
			i->gateway = gateway;
			i->mac = mac;
			i->onlink = true;
			i->start_line = 0;
		}
	}
}

static bool is_hidden(struct scan *s, const char *name, size_t dir)
{
	struct stat st;

	for (size_t d = 0; d < dir; d++) {
		if (root_lstat(s->root, scan_printf(s, "%s/%s", dirs[d], name), &st) == 0)
			return true;
	}
	return false;
}

/* Of a container or a virtual machine that this system runs, or is under its own manager. */
static bool is_stock(const struct reader *r, const char *dir)
{
	static const char *const prefixes[] = {
		"host0", "ve-", "vz-", "vt-", "vb-", "6rd-", "ns-"
	};

	if (startswith(dir, "/etc"))
		return false;
	if (r->matches_kind)
		return true;
	for (size_t i = 0; r->i->name && i < ARRAY_SIZE(prefixes); i++) {
		if (startswith(r->i->name, prefixes[i]))
			return true;
	}
	return false;
}

static void read_file(struct scan *s, struct netconf *c, const char *dir, const char *name)
{
	const char *path = scan_printf(s, "%s/%s", dir, name);
	const struct text *t = netconf_text(s, c, path);
	struct reader r = { .scan = s, .conf = c };

	if (!t)
		return;
	r.i = netconf_add(s, c, NETCONF_NETWORKD, t, 0);
	if (!r.i)
		return;
	read_lines(&r, t);
	read_drop_ins(&r, name);
	if (is_stock(&r, dir))
		c->n--;
	else
		c->wild |= r.depends;
}

static void read_all(struct scan *s, struct netconf *c, const char *ending)
{
	size_t files = 0;

	for (size_t d = 0; d < ARRAY_SIZE(dirs); d++) {
		const char *const *e = netconf_dir(s, c, dirs[d]);

		for (; *e; e++) {
			if (!endswith(*e, ending) || is_hidden(s, *e, d))
				continue;
			if (files++ == NETWORKD_FILES_MAX) {
				c->wild = true;
				return;
			}
			read_file(s, c, dirs[d], *e);
		}
	}
}

void networkd_read(struct scan *s, struct netconf *c)
{
	read_all(s, c, ".network");
}

void networkd_links(struct scan *s, struct netconf *c)
{
	read_all(s, c, ".link");
}
