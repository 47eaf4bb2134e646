/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <strings.h>

#include "lib/lines.h"
#include "lib/netplan.h"
#include "lib/netyaml.h"

struct reader {
	struct scan *scan;
	struct netconf *conf;
	size_t first; /* of conf->iface, its own */
	struct netconf_word renderer;
	struct lines members; /* ids of parts of bridges and bonds */
};

static const char *const dirs[] = { "/lib/netplan", "/usr/lib/netplan", "/etc/netplan" };

static void bad(struct reader *r, const struct text *t, size_t line, const char *what,
		const char *word)
{
	netconf_add_bad(r->scan, r->conf, NETCONF_NETPLAN, t, line, "%s '%s'", what, word);
}

/* 1, 0, or -1: no boolean. */
static int boolean(const char *s)
{
	static const char *const yes[] = { "true", "on", "yes", "y" };
	static const char *const no[] = { "false", "off", "no", "n" };

	for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
		if (strcasecmp(s, yes[i]) == 0)
			return 1;
		if (strcasecmp(s, no[i]) == 0)
			return 0;
	}
	return -1;
}

static struct netconf_iface *definition(struct reader *r, const struct text *t,
					const struct netyaml *def)
{
	struct netconf_iface *i;

	for (size_t k = r->first; k < r->conf->n; k++) {
		if (streq(r->conf->iface[k].id, def->key))
			return &r->conf->iface[k];
	}
	i = netconf_add(r->scan, r->conf, NETCONF_NETPLAN, t, def->key_line);
	if (i)
		i->id = i->name = def->key;
	return i;
}

static void take_dhcp(struct reader *r, struct netconf_iface *i, const struct netyaml *def)
{
	static const char *const keys[] = { "dhcp4", "dhcp6" };

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		const char *word = netyaml_word(def, keys[k]);
		int value = word ? boolean(word) : 0;

		if (value < 0)
			bad(r, i->text, netyaml_get(def, keys[k])->line,
			    "neither true nor false:", word);
		i->dhcp |= value == 1;
	}
	i->has_address |= i->dhcp;
}

static void take_address(struct reader *r, struct netconf_iface *i, const struct netyaml *n)
{
	const char *s = n->kind == NETYAML_MAP && n->child ? n->child->key : n->s;

	if (!s || !*s)
		return;
	if (!strchr(s, '/'))
		bad(r, i->text, n->line, "an address without the length of its prefix:", s);
	netconf_take_addr(i, s);
}

static bool is_default(const char *to)
{
	return to && (streq(to, "default") || streq(to, "0.0.0.0/0") || streq(to, "0/0"));
}

static void take_routes(struct netconf_iface *i, const struct netyaml *def)
{
	const struct netyaml *routes = netyaml_get(def, "routes"),
			     *gw = netyaml_get(def, "gateway4");

	if (gw && gw->kind == NETYAML_WORD)
		i->gateway = (struct netconf_word){ gw->s, gw->line };
	for (const struct netyaml *n = routes ? routes->child : NULL; n; n = n->next) {
		const struct netyaml *via = netyaml_get(n, "via");

		/* Another route may be what makes the gateway reachable. */
		if (!is_default(netyaml_word(n, "to")) || netyaml_get(n, "on-link"))
			i->onlink = true;
		else if (via && via->kind == NETYAML_WORD)
			i->gateway = (struct netconf_word){ via->s, via->line };
	}
}

static void take_match(struct reader *r, struct netconf_iface *i, const struct netyaml *def)
{
	const struct netyaml *match = netyaml_get(def, "match"),
			     *mac = netyaml_get(match, "macaddress");
	const char *name = netyaml_word(def, "set-name");

	if (match)
		i->name = name ? name : netyaml_word(match, "name");
	if (mac && mac->kind == NETYAML_WORD && netconf_mac(r->scan->arena, mac->s))
		i->mac = (struct netconf_word){ netconf_mac(r->scan->arena, mac->s), mac->line };
}

static void take_start(struct netconf_iface *i, const struct netyaml *def)
{
	const struct netyaml *mode = netyaml_get(def, "activation-mode");

	if (!mode || mode->kind != NETYAML_WORD)
		return;
	i->start =
		streq(mode->s, "manual") || streq(mode->s, "off") ? NETCONF_NEVER : NETCONF_AT_BOOT;
	i->start_line = mode->line;
}

static void take_members(struct reader *r, const struct netyaml *def)
{
	const struct netyaml *list = netyaml_get(def, "interfaces");

	for (const struct netyaml *n = list ? list->child : NULL; n; n = n->next) {
		if (n->kind == NETYAML_WORD)
			lines_add(r->scan->arena, &r->members, n->s);
	}
}

static void take_definition(struct reader *r, const struct text *t, const struct netyaml *def)
{
	const struct netyaml *addresses = netyaml_get(def, "addresses"),
			     *mtu = netyaml_get(def, "mtu"), *by = netyaml_get(def, "renderer");
	struct netconf_iface *i;

	if (!def->key || streq(def->key, "renderer") || def->kind != NETYAML_MAP)
		return;
	i = definition(r, t, def);
	if (!i)
		return;
	i->text = t;
	i->line = def->key_line;
	take_match(r, i, def);
	take_dhcp(r, i, def);
	take_routes(i, def);
	take_start(i, def);
	take_members(r, def);
	for (const struct netyaml *n = addresses ? addresses->child : NULL; n; n = n->next)
		take_address(r, i, n);
	if (mtu && mtu->kind == NETYAML_WORD)
		i->mtu = (struct netconf_word){ mtu->s, mtu->line };
	if (by && by->kind == NETYAML_WORD)
		i->renderer = (struct netconf_word){ by->s, by->line };
}

static bool is_section(const char *key)
{
	static const char *const sections[] = {
		"ethernets", "wifis",	"modems",	 "bridges",	      "bonds",	    "vlans",
		"vrfs",	     "tunnels", "dummy-devices", "virtual-ethernets", "_ovs-ports", NULL
	};

	return in_list(key, sections);
}

static bool is_other_key(const char *key)
{
	static const char *const keys[] = { "version", "renderer", "openvswitch", "nm-devices",
					    NULL };

	return in_list(key, keys);
}

static void take_section(struct reader *r, const struct text *t, const struct netyaml *section)
{
	static const char *const common[] = { "ethernets", "bridges", "bonds", "vlans", "wifis" };

	if (is_section(section->key)) {
		for (const struct netyaml *n = section->child; n; n = n->next)
			take_definition(r, t, n);
		return;
	}
	if (is_other_key(section->key))
		return;
	/* A newer netplan may know more: only what is nearly a known word is called wrong. */
	for (size_t i = 0; i < ARRAY_SIZE(common); i++) {
		if (edit_distance(section->key, common[i]) <= 2)
			bad(r, t, section->key_line, "no section of netplan:", section->key);
	}
}

static void take_document(struct reader *r, const struct text *t, const struct netyaml *root)
{
	const struct netyaml *net = netyaml_get(root, "network"),
			     *by = netyaml_get(net, "renderer");

	if (root && root->kind != NETYAML_MAP) {
		netconf_add_bad(r->scan, r->conf, NETCONF_NETPLAN, t, root->line,
				"not a mapping: no 'network:' in it");
		return;
	}
	if (by && by->kind == NETYAML_WORD)
		r->renderer = (struct netconf_word){ by->s, by->line };
	for (const struct netyaml *n = net ? net->child : NULL; n; n = n->next) {
		if (net->kind == NETYAML_MAP && n->key)
			take_section(r, t, n);
	}
}

static void read_file(struct reader *r, const char *path)
{
	const struct text *t = netconf_text(r->scan, r->conf, path);
	struct netyaml *root = NULL;
	struct netyaml_error e;
	int err = t ? netyaml_parse(r->scan->arena, t, &root, &e) : -ENOENT;

	if (err == 0)
		take_document(r, t, root);
	else if (err == -EFBIG)
		r->conf->wild = true;
	else if (err != -ENOENT)
		netconf_add_bad(r->scan, r->conf, NETCONF_NETPLAN, t, e.line, "%s", e.what);
}

/* The directory whose file of this name counts. */
static const char *dir_of(struct scan *s, const char *name)
{
	for (size_t i = ARRAY_SIZE(dirs); i-- > 0;) {
		if (root_is_file(s->root, scan_printf(s, "%s/%s", dirs[i], name)))
			return dirs[i];
	}
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct lines names(struct scan *s, struct netconf *c)
{
	struct lines all = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		const char *const *e = netconf_dir(s, c, dirs[i]);

		for (; *e && all.n < NETPLAN_FILES_MAX; e++) {
			if (endswith(*e, ".yaml"))
				lines_add(s->arena, &all, *e);
		}
	}
	if (all.n)
		qsort(all.s, all.n, sizeof(*all.s), by_name);
	return all;
}

void netplan_read(struct scan *s, struct netconf *c)
{
	struct reader r = { .scan = s, .conf = c, .first = c->n };
	struct lines all = names(s, c);

	for (size_t i = 0; i < all.n; i++) {
		const char *dir = dir_of(s, all.s[i]);

		if (dir && (i == 0 || !streq(all.s[i], all.s[i - 1])))
			read_file(&r, scan_printf(s, "%s/%s", dir, all.s[i]));
	}
	for (size_t i = r.first; i < c->n; i++) {
		if (r.members.s && in_list(c->iface[i].id, r.members.s))
			c->iface[i].lower = true;
		if (!c->iface[i].renderer.s)
			c->iface[i].renderer = r.renderer;
	}
}
