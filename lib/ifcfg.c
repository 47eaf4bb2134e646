/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <strings.h>

#include "lib/ifcfg.h"

#define RHEL_DIR "/etc/sysconfig/network-scripts"
#define SUSE_DIR "/etc/sysconfig/network"

static size_t name_length(const char *s)
{
	size_t n = 0;

	if (!isalpha((unsigned char)*s) && *s != '_')
		return 0;
	while (isalnum((unsigned char)s[n]) || s[n] == '_')
		n++;
	return n;
}

/* What stands between quotes at s, which is behind the opening one; the end, or NULL. */
static const char *quoted(const char *s, char quote, struct bytes *b)
{
	for (; *s && *s != quote; s++) {
		if (*s == '\\' && quote == '"' && s[1])
			s++;
		bytes_addc(b, *s);
	}
	return *s ? s + 1 : NULL;
}

bool ifcfg_assignment(struct arena *a, const char *line, const char **name, const char **value,
		      bool *open)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	size_t n;

	line += strspn(line, " \t");
	if (startswith(line, "export "))
		line += 7 + strspn(line + 7, " \t");
	n = name_length(line);
	*open = false;
	if (n == 0 || line[n] != '=')
		return false;
	*name = arena_strndup(a, line, n);
	for (line += n + 1; *line && !strchr(" \t\r;", *line);) {
		if (*line == '\'' || *line == '"') {
			line = quoted(line + 1, *line, &b);
			if (line)
				continue;
			*open = true;
			break;
		}
		line += *line == '\\' && line[1];
		bytes_addc(&b, *line++);
	}
	*value = arena_strndup(a, b.data ? b.data : "", b.len);
	return true;
}

static bool is_no(const char *s)
{
	static const char *const words[] = { "no", "false", "f", "n", "0" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(s, words[i]) == 0)
			return true;
	}
	return false;
}

/* --- the values --- */

/* What is only known once all lines are read. */
struct pending {
	struct scan *scan;
	struct netconf_iface *i;
	size_t line;
	const char *ip, *mask;
};

static void set_word(struct netconf_word *w, const char *value, size_t line)
{
	*w = *value ? (struct netconf_word){ value, line } : (struct netconf_word){ 0 };
}

static void take_onboot(struct pending *p, const char *value)
{
	p->i->start = is_no(value) ? NETCONF_NEVER : NETCONF_AT_BOOT;
	p->i->start_line = p->line;
}

static void take_startmode(struct pending *p, const char *value)
{
	bool never = strcasecmp(value, "off") == 0 || strcasecmp(value, "manual") == 0;

	p->i->start = never ? NETCONF_NEVER : NETCONF_AT_BOOT;
	p->i->start_line = p->line;
}

static void take_bootproto(struct pending *p, const char *value)
{
	p->i->dhcp = strncasecmp(value, "dhcp", 4) == 0 || strcasecmp(value, "bootp") == 0 ||
		     strcasecmp(value, "autoip") == 0 || endswith(value, "dhcp");
	p->i->has_address |= p->i->dhcp;
}

static void take_device(struct pending *p, const char *value)
{
	if (*value)
		p->i->name = value;
}

static void take_ipaddr(struct pending *p, const char *value)
{
	p->ip = value;
}

static void take_mask(struct pending *p, const char *value)
{
	p->mask = value;
}

static void take_more(struct pending *p, const char *value)
{
	if (*value)
		netconf_take_addr(p->i, value);
}

static void take_lower(struct pending *p, const char *value)
{
	p->i->lower |= *value && !is_no(value);
}

static void take_mac(struct pending *p, const char *value)
{
	const char *mac = netconf_mac(p->scan->arena, value);

	if (mac)
		p->i->mac = (struct netconf_word){ mac, p->line };
}

static void take_mtu(struct pending *p, const char *value)
{
	set_word(&p->i->mtu, value, p->line);
}

static void take_gateway(struct pending *p, const char *value)
{
	set_word(&p->i->gateway, value, p->line);
}

static void take_nm(struct pending *p, const char *value)
{
	p->i->no_nm = is_no(value);
}

static void take_zone(struct pending *p, const char *value)
{
	set_word(&p->i->zone, value, p->line);
}

static const struct {
	const char *name;
	void (*take)(struct pending *p, const char *value);
} keys[] = {
	{ "ONBOOT", take_onboot },
	{ "STARTMODE", take_startmode },
	{ "BOOTPROTO", take_bootproto },
	{ "DEVICE", take_device },
	{ "IPADDR", take_ipaddr },
	{ "IPADDR0", take_ipaddr },
	{ "NETMASK", take_mask },
	{ "NETMASK0", take_mask },
	{ "PREFIX", take_mask },
	{ "PREFIX0", take_mask },
	{ "PREFIXLEN", take_mask },
	{ "IPADDR1", take_more },
	{ "IPADDR2", take_more },
	{ "IPV6ADDR", take_more },
	{ "IPADDR_0", take_more },
	{ "SLAVE", take_lower },
	{ "MASTER", take_lower },
	{ "BRIDGE", take_lower },
	{ "TEAM_MASTER", take_lower },
	{ "HWADDR", take_mac },
	{ "MTU", take_mtu },
	{ "GATEWAY", take_gateway },
	{ "NM_CONTROLLED", take_nm },
	{ "ZONE", take_zone },
};

static void take(struct pending *p, const char *name, const char *value)
{
	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		if (streq(name, keys[k].name))
			keys[k].take(p, value);
	}
}

static void settle(struct pending *p)
{
	struct netconf_iface *i = p->i;
	struct netconf_addr *a;
	size_t before = i->addrs;

	if (!p->ip || !*p->ip)
		return;
	netconf_take_addr(i, p->ip);
	if (i->addrs == before)
		return;
	a = &i->addr[before];
	if (p->mask && a->prefix == NETCONF_PREFIX_UNKNOWN)
		netconf_mask(p->mask, &a->prefix);
}

static void read_lines(struct scan *s, struct netconf *c, struct pending *p)
{
	const struct text *t = p->i->text;

	for (size_t n = 1; n <= t->lines; n++) {
		const char *name, *value;
		bool open;

		if (!ifcfg_assignment(s->arena, text_line(t, n), &name, &value, &open))
			continue;
		if (open) {
			netconf_add_bad(s, c, p->i->kind, t, n, "a quote is not closed");
			return;
		}
		p->line = n;
		take(p, name, value);
	}
}

/* --- the files --- */

static bool is_left_out(const char *name)
{
	static const char *const endings[] = { "~",	  ".bak",      ".orig",
					       ".rpmnew", ".rpmorig",  ".rpmsave",
					       ".old",	  ".template", ".scpmbackup" };

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		if (endswith(name, endings[i]))
			return true;
	}
	return false;
}

static void read_file(struct scan *s, struct netconf *c, enum netconf_kind kind,
		      const struct text *t, const char *name)
{
	struct pending p = { .scan = s };

	p.i = netconf_add(s, c, kind, t, 0);
	if (!p.i)
		return;
	p.i->name = name;
	/* wicked starts nothing that is not told to. */
	p.i->start = kind == NETCONF_WICKED ? NETCONF_NEVER : NETCONF_AT_BOOT;
	read_lines(s, c, &p);
	settle(&p);
	p.i->lower |= streq(p.i->name, "lo");
}

static void read_dir(struct scan *s, struct netconf *c, enum netconf_kind kind, const char *dir)
{
	const char *const *e = netconf_dir(s, c, dir);
	size_t files = 0;

	for (; *e; e++) {
		const char *name = after(*e, "ifcfg-");
		const struct text *t;

		if (!name || !*name || is_left_out(name))
			continue;
		if (files++ == IFCFG_FILES_MAX) {
			c->wild = true;
			return;
		}
		t = netconf_text(s, c, scan_printf(s, "%s/%s", dir, *e));
		if (t)
			read_file(s, c, kind, t, name);
	}
}

static void read_global(struct scan *s, struct ifcfg_global *g)
{
	const struct text *t = root_is_file(s->root, SUSE_DIR) ? scan_text(s, SUSE_DIR) : NULL;

	*g = (struct ifcfg_global){ .text = t };
	for (size_t n = 1; t && n <= t->lines; n++) {
		const struct {
			const char *name;
			struct netconf_word *to;
		} words[] = {
			{ "NETWORKING", &g->networking },
			{ "GATEWAY", &g->gateway },
			{ "GATEWAYDEV", &g->gatewaydev },
		};
		const char *name, *value;
		bool open;

		if (!ifcfg_assignment(s->arena, text_line(t, n), &name, &value, &open) || open)
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(words); k++) {
			if (streq(name, words[k].name))
				set_word(words[k].to, value, n);
		}
	}
}

void ifcfg_read(struct scan *s, struct netconf *c, struct ifcfg_global *g)
{
	read_global(s, g);
	read_dir(s, c, NETCONF_IFCFG, RHEL_DIR);
	if (root_is_dir(s->root, SUSE_DIR))
		read_dir(s, c, NETCONF_WICKED, SUSE_DIR);
}
