/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <strings.h>

#include "lib/netini.h"
#include "lib/nmkeyfile.h"

#define USR_DIR "/usr/lib/NetworkManager/system-connections"

struct reader {
	struct scan *scan;
	struct netconf *conf;
	struct netconf_iface *i;
	bool other_type; /* a VPN or the like: no interface of the machine */
	const char *kind;
};

static void take_connection(struct reader *r, const struct netini *ini)
{
	static const char *const lower[] = { "master", "controller", NULL };
	static const char *const others[] = { "vpn",  "wireguard", "loopback", "gsm",
					      "cdma", "bluetooth", NULL };

	if (streq(ini->key, "id")) {
		r->i->id = ini->value;
	} else if (streq(ini->key, "interface-name")) {
		r->i->name = ini->value;
	} else if (streq(ini->key, "autoconnect")) {
		r->i->start = strcasecmp(ini->value, "false") == 0 || streq(ini->value, "0")
				      ? NETCONF_NEVER
				      : NETCONF_AT_BOOT;
		r->i->start_line = ini->line;
	} else if (in_list(ini->key, lower)) {
		r->i->lower |= *ini->value != '\0';
	} else if (streq(ini->key, "type")) {
		r->other_type = in_list(ini->value, others);
	} else if (streq(ini->key, "zone") && *ini->value) {
		r->i->zone = (struct netconf_word){ ini->value, ini->line };
	}
}

static void take_ethernet(struct reader *r, const struct netini *ini)
{
	const char *mac;

	if (streq(ini->key, "mac-address")) {
		mac = netconf_mac(r->scan->arena, ini->value);
		r->i->mac = (struct netconf_word){ mac, mac ? ini->line : 0 };
	} else if (streq(ini->key, "mtu") && !streq(ini->value, "0") &&
		   !streq(ini->value, "auto")) {
		r->i->mtu = (struct netconf_word){ ini->value, ini->line };
	}
}

/* "192.0.2.7/24,192.0.2.1", or with semicolons as it once was. */
static void take_address(struct reader *r, const char *value)
{
	const char *s = arena_strndup(r->scan->arena, value, strcspn(value, ",;"));

	if (*s)
		netconf_take_addr(r->i, s);
}

static void take_ip(struct reader *r, const struct netini *ini)
{
	static const char *const off[] = { "disabled", "ignore", "link-local", NULL };

	if (streq(ini->key, "method")) {
		r->i->dhcp |= streq(ini->value, "auto") || streq(ini->value, "dhcp");
		r->i->has_address |= !in_list(ini->value, off);
	} else if (startswith(ini->key, "address") &&
		   strspn(ini->key + 7, "es0123456789") == strlen(ini->key + 7)) {
		take_address(r, ini->value);
	}
}

/* false: GLib refuses the file for this line. */
static bool take(struct reader *r, const struct netini *ini)
{
	static const char *const ethernet[] = { "ethernet", "802-3-ethernet", "wired", NULL };
	static const char *const ip[] = { "ipv4", "ipv6", NULL };

	if (!*ini->key || !*ini->section)
		return false;
	if (streq(ini->section, "connection"))
		take_connection(r, ini);
	else if (in_list(ini->section, ethernet))
		take_ethernet(r, ini);
	else if (in_list(ini->section, ip))
		take_ip(r, ini);
	return true;
}

static void check_mode(struct reader *r)
{
	const struct text *t = r->i->text;
	struct netconf_bad *b;

	if (!startswith(t->path, NMKEYFILE_DIR) || (t->st.st_uid == 0 && !(t->st.st_mode & 077)))
		return;
	b = netconf_add_bad(r->scan, r->conf, NETCONF_NM, t, 0,
			    "mode %04o, owner %u: NetworkManager reads it only when it is root's "
			    "and nobody else may",
			    (unsigned)(t->st.st_mode & 07777), (unsigned)t->st.st_uid);
	b->mode = true;
	r->i->start = NETCONF_NEVER;
	r->i->start_line = 0;
}

static void read_lines(struct reader *r, const struct text *t)
{
	struct netini ini;

	netini_start(&ini, r->scan->arena, t);
	while (netini_next(&ini)) {
		if (take(r, &ini))
			continue;
		netconf_add_bad(r->scan, r->conf, NETCONF_NM, t, ini.line,
				"neither a section nor a key with a value");
		r->i->start = NETCONF_NEVER;
		r->i->start_line = 0;
		return;
	}
}

static void read_file(struct scan *s, struct netconf *c, const char *path)
{
	const struct text *t = netconf_text(s, c, path);
	struct reader r = { .scan = s, .conf = c };

	if (!t)
		return;
	r.i = netconf_add(s, c, NETCONF_NM, t, 0);
	if (!r.i)
		return;
	read_lines(&r, t);
	check_mode(&r);
	if (r.other_type)
		c->n--;
}

static bool is_ignored(const char *name)
{
	static const char *const endings[] = { "~",	   ".bak",  ".rpmnew", ".rpmsave",
					       ".rpmorig", ".orig", ".swp",    ".pem" };

	if (name[0] == '.')
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		if (endswith(name, endings[i]))
			return true;
	}
	return false;
}

void nmkeyfile_read(struct scan *s, struct netconf *c)
{
	static const char *const dirs[] = { NMKEYFILE_DIR, USR_DIR };
	size_t files = 0;

	for (size_t d = 0; d < ARRAY_SIZE(dirs); d++) {
		const char *const *e = netconf_dir(s, c, dirs[d]);

		for (; *e; e++) {
			if (is_ignored(*e))
				continue;
			if (files++ == NMKEYFILE_FILES_MAX) {
				c->wild = true;
				return;
			}
			read_file(s, c, scan_printf(s, "%s/%s", dirs[d], *e));
		}
	}
}

/* --- its own settings --- */

static bool forbids_default(struct scan *s, const char *path)
{
	const struct text *t = root_is_file(s->root, path) ? scan_text(s, path) : NULL;
	struct netini ini;
	bool forbids = false;

	if (!t)
		return false;
	netini_start(&ini, s->arena, t);
	while (netini_next(&ini)) {
		if (streq(ini.section, "main") && streq(ini.key, "no-auto-default"))
			forbids = strchr(ini.value, '*') != NULL;
	}
	return forbids;
}

bool nmkeyfile_makes_default(struct scan *s)
{
	static const char *const dirs[] = { "/usr/lib/NetworkManager/conf.d",
					    "/etc/NetworkManager/conf.d" };

	if (forbids_default(s, "/etc/NetworkManager/NetworkManager.conf"))
		return false;
	for (size_t d = 0; d < ARRAY_SIZE(dirs); d++) {
		const char *const *e = scan_dir(s, dirs[d]);

		for (; *e; e++) {
			if (endswith(*e, ".conf") &&
			    forbids_default(s, scan_printf(s, "%s/%s", dirs[d], *e)))
				return false;
		}
	}
	return true;
}
