/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <fnmatch.h>
#include <net/if.h>

#include "lib/ifupdown.h"
#include "lib/lines.h"
#include "lib/paths.h"

#define BLANKS " \t\r"
#define WORDS_MAX 8u
#define NAME_MAX_LEN 64u /* of auto; no interface has more than 15 bytes */
#define PATTERNS_MAX 64u /* each is held against each interface */

enum stanza { STANZA_NONE, STANZA_IFACE, STANZA_OTHER };

struct reader {
	struct scan *scan;
	struct netconf *conf;
	struct lines started, hotplug; /* names and patterns of auto, of allow-hotplug */
	size_t first;		       /* of conf->iface, its own */
	size_t files, lines, patterns;
	bool classic;
	enum stanza stanza;
	struct netconf_iface *iface; /* of STANZA_IFACE; NULL: not kept */
	const char *address_mask;
};

/* A line with those it is continued by. */
struct logical {
	const struct text *text;
	size_t line;
	const char *s;
};

static void read_file(struct reader *r, const char *path, unsigned depth);

bool ifupdown_is_classic(struct scan *s)
{
	static const char *const others[] = { "/usr/share/ifupdown2", "/usr/libexec/ifupdown-ng",
					      "/sbin/ifparse", "/usr/sbin/ifparse" };
	const char *ifup = paths_real(s->root, s->arena, "/sbin/ifup");

	if (!ifup || !root_is_program(s->root, ifup) || endswith(ifup, "busybox"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (root_exists(s->root, others[i]))
			return false;
	}
	return true;
}

/* --- lines and words --- */

static bool continues(const struct line *l)
{
	return l->len > 0 && l->s[l->len - 1] == '\\';
}

/* The logical line that begins at *n, which then is its last one. */
static const char *join(struct reader *r, const struct text *t, size_t *n)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (!continues(&t->line[*n - 1]))
		return text_line(t, *n);
	for (; *n < t->lines && continues(&t->line[*n - 1]) && b.len < 65536; ++*n)
		bytes_add(&b, t->line[*n - 1].s, t->line[*n - 1].len - 1);
	bytes_adds(&b, text_line(t, *n));
	return arena_memdup(r->scan->arena, b.data, b.len);
}

static size_t split(struct arena *a, const char *s, const char *word[WORDS_MAX])
{
	size_t n = 0;

	while (n < WORDS_MAX && *(s += strspn(s, BLANKS))) {
		size_t len = strcspn(s, BLANKS);

		word[n++] = arena_strndup(a, s, len);
		s += len;
	}
	return n;
}

static void bad(struct reader *r, const struct logical *l, const char *what, const char *word)
{
	if (r->classic)
		netconf_add_bad(r->scan, r->conf, NETCONF_IFUPDOWN, l->text, l->line, "%s '%s'",
				what, word);
}

/* --- stanzas --- */

static bool is_pattern(const char *s)
{
	return s[strcspn(s, "*?[\\")];
}

/* Beyond what is kept any name may be meant. */
static void add_name(struct reader *r, struct lines *to, const char *s, size_t len)
{
	const char *name;

	if (len > NAME_MAX_LEN || to->n >= NETCONF_IFACES_MAX) {
		r->conf->wild = true;
		return;
	}
	name = arena_strndup(r->scan->arena, s, len);
	if (is_pattern(name) && r->patterns++ >= PATTERNS_MAX)
		r->conf->wild = true;
	else
		lines_add(r->scan->arena, to, name);
}

static void take_auto(struct reader *r, struct lines *to, const char *names)
{
	while (*(names += strspn(names, BLANKS))) {
		size_t len = strcspn(names, BLANKS);

		add_name(r, to, names, len);
		names += len;
	}
}

static bool is_family(const char *s)
{
	static const char *const families[] = { "inet", "inet6",  "can", "ipx",
						"link", "tunnel", NULL };

	return in_list(s, families);
}

static void take_iface(struct reader *r, const struct logical *l)
{
	const char *word[WORDS_MAX];
	size_t n = split(r->scan->arena, l->s, word);

	r->stanza = STANZA_IFACE;
	r->iface = NULL;
	if (n < 2) {
		bad(r, l, "no interface is named after", word[0]);
		return;
	}
	if (n >= 3 && !is_family(word[2]) && !streq(word[2], "inherits"))
		bad(r, l, "no address family:", word[2]);
	r->iface = netconf_add(r->scan, r->conf, NETCONF_IFUPDOWN, l->text, l->line);
	if (!r->iface)
		return;
	r->iface->name = word[1];
	r->iface->start = NETCONF_NEVER;
	r->iface->lower = streq(word[1], "lo") || (n >= 4 && streq(word[3], "loopback"));
	r->iface->dhcp = n >= 4 && streq(word[3], "dhcp");
	/* What "manual" and inherited stanzas get is set by their options. */
	r->iface->has_address = n < 4 || !streq(word[3], "manual");
}

static void set_word(struct netconf_word *w, const char *s, size_t line)
{
	*w = (struct netconf_word){ s, line };
}

static void take_mask(struct netconf_iface *i, const char *mask)
{
	struct netconf_addr *a = i->addrs ? &i->addr[i->addrs - 1] : NULL;

	if (a && a->prefix == NETCONF_PREFIX_UNKNOWN)
		netconf_mask(mask, &a->prefix);
}

static void take_option(struct reader *r, const char *key, const char *value, size_t line)
{
	struct netconf_iface *i = r->iface;
	static const char *const hooks[] = { "up",     "post-up",  "pre-up", "pointopoint",
					     "metric", "inherits", NULL };

	if (streq(key, "address")) {
		netconf_take_addr(i, value);
		if (r->address_mask)
			take_mask(i, r->address_mask);
	} else if (streq(key, "netmask")) {
		r->address_mask = value;
		take_mask(i, value);
	} else if (streq(key, "gateway")) {
		set_word(&i->gateway, value, line);
	} else if (streq(key, "mtu")) {
		set_word(&i->mtu, value, line);
	} else if (streq(key, "bond-master") || streq(key, "bridge")) {
		i->lower = true;
	} else if (in_list(key, hooks)) {
		i->onlink = true;
		i->has_address |= streq(key, "up") || endswith(key, "-up");
	}
	i->has_address |= startswith(key, "bridge") || startswith(key, "bond");
}

static void take_in_stanza(struct reader *r, const struct logical *l)
{
	const char *word[WORDS_MAX];

	if (r->stanza == STANZA_NONE) {
		split(r->scan->arena, l->s, word);
		bad(r, l, "outside of any stanza:", word[0]);
		return;
	}
	if (r->stanza == STANZA_IFACE && r->iface && split(r->scan->arena, l->s, word) >= 2)
		take_option(r, word[0], word[1], l->line);
}

/* --- what is read besides --- */

static bool has_plain_name(const char *name)
{
	for (; *name; name++) {
		if (!isalnum((unsigned char)*name) && *name != '-' && *name != '_')
			return false;
	}
	return true;
}

static void source_glob(struct reader *r, const char *pattern, unsigned depth)
{
	const char *slash = strrchr(pattern, '/');
	const char *dir = arena_strndup(r->scan->arena, pattern, (size_t)(slash - pattern));
	const char *const *e;

	if (dir[strcspn(dir, "*?[$`")] || strpbrk(slash, "$`{")) {
		r->conf->wild = true;
		return;
	}
	for (e = scan_dir(r->scan, *dir ? dir : "/"); *e; e++) {
		const char *path = scan_printf(r->scan, "%s/%s", dir, *e);

		if (fnmatch(slash + 1, *e, FNM_PERIOD) == 0 && root_is_file(r->scan->root, path))
			read_file(r, path, depth + 1);
	}
}

static void source_dir(struct reader *r, const char *dir, unsigned depth)
{
	const char *const *e = scan_dir(r->scan, dir);

	for (; *e; e++) {
		const char *path = scan_printf(r->scan, "%s/%s", dir, *e);

		if (has_plain_name(*e) && root_is_file(r->scan->root, path))
			read_file(r, path, depth + 1);
	}
}

/* Made at boot: nobody knows what will be in it. */
static bool is_made_at_boot(const char *path)
{
	return startswith(path, "/run/") || startswith(path, "/var/run/");
}

static void take_source(struct reader *r, const struct logical *l, const char *word[WORDS_MAX],
			unsigned depth)
{
	const char *path = word[1];

	r->stanza = STANZA_OTHER;
	if (*path != '/') {
		const char *slash = strrchr(l->text->path, '/');

		path = scan_printf(r->scan, "%.*s/%s", (int)(slash - l->text->path), l->text->path,
				   path);
	}
	if (is_made_at_boot(path))
		r->conf->wild = true;
	else if (streq(word[0], "source"))
		source_glob(r, path, depth);
	else
		source_dir(r, path, depth);
	r->stanza = STANZA_OTHER;
}

static void take_line(struct reader *r, const struct logical *l, unsigned depth)
{
	static const char *const sources[] = { "source", "source-directory", "source-dir", NULL };
	static const char *const others[] = { "mapping",  "no-auto-down", "no-scripts", "rename",
					      "template", "vlan",	  NULL };
	const char *word[WORDS_MAX] = { "" };
	size_t n = split(r->scan->arena, l->s, word);

	if (streq(word[0], "auto") || startswith(word[0], "allow-")) {
		r->stanza = STANZA_OTHER;
		/* Classes but these two are for other tools to bring up. */
		if (streq(word[0], "auto") || streq(word[0], "allow-auto"))
			take_auto(r, &r->started, l->s + strlen(word[0]));
		else if (streq(word[0], "allow-hotplug"))
			take_auto(r, &r->hotplug, l->s + strlen(word[0]));
		else
			r->conf->wild = true;
	} else if (streq(word[0], "iface")) {
		r->address_mask = NULL;
		take_iface(r, l);
	} else if (in_list(word[0], sources) && n >= 2) {
		take_source(r, l, word, depth);
	} else if (in_list(word[0], others)) {
		r->stanza = STANZA_OTHER;
		r->conf->wild |= streq(word[0], "mapping") || streq(word[0], "rename");
	} else {
		take_in_stanza(r, l);
	}
}

static void read_file(struct reader *r, const char *path, unsigned depth)
{
	const struct text *t;

	if (depth > IFUPDOWN_DEPTH_MAX || r->files++ >= IFUPDOWN_FILES_MAX) {
		r->conf->wild = true;
		return;
	}
	t = netconf_text(r->scan, r->conf, path);
	r->stanza = STANZA_NONE;
	for (size_t n = 1; t && n <= t->lines; n++) {
		struct logical l = { .text = t, .line = n };

		l.s = join(r, t, &n);
		l.s += strspn(l.s, BLANKS);
		if (r->lines++ >= IFUPDOWN_LINES_MAX) {
			r->conf->wild = true;
			return;
		}
		if (*l.s && *l.s != '#')
			take_line(r, &l, depth);
	}
}

/* "eth0", "eth0=home", "/eth*", "eth*" */
static bool is_named(const struct lines *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++) {
		const char *s = l->s[i], *eq = strchr(s, '=');

		if (eq && streq(eq + 1, name))
			return true;
		s += *s == '/';
		if (strchr(s, '/') || streq(s, name))
			return true;
		if (is_pattern(s) && strlen(name) < IFNAMSIZ && fnmatch(s, name, 0) == 0)
			return true;
	}
	return false;
}

void ifupdown_read(struct scan *s, struct netconf *c)
{
	struct reader r = { .scan = s, .conf = c, .first = c->n };

	r.classic = ifupdown_is_classic(s);
	if (!root_is_file(s->root, IFUPDOWN_MAIN))
		return;
	read_file(&r, IFUPDOWN_MAIN, 0);
	for (size_t i = r.first; i < c->n; i++) {
		c->iface[i].hotplug = is_named(&r.hotplug, c->iface[i].name);
		if (c->iface[i].hotplug || is_named(&r.started, c->iface[i].name))
			c->iface[i].start = NETCONF_AT_BOOT;
	}
}
