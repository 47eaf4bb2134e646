/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that their tool refuses, values that cannot work, and where resolv.conf leads. */
#include "checks/network_parts.h"
#include "lib/paths.h"
#include "lib/unitenabled.h"
#include "lib/unseen.h"

#define RESOLV "/etc/resolv.conf"
#define MTU_MIN 576u
#define REPORTS_MAX 16u

static bool is_read(struct network *n, enum netconf_kind kind)
{
	return n->view.tool[kind].state != NETVIEW_GONE;
}

static void report_bad(struct network *n, const struct netconf_bad *b)
{
	struct finding *f = scan_find(n->scan, &network_config, b->text->path, "%s%s", b->what,
				      b->kind == NETCONF_NETPLAN || b->kind == NETCONF_IFUPDOWN
					      ? ": nothing of the configuration is used"
					      : "");

	if (b->line)
		finding_at(f, b->text, b->line);
	if (!b->mode) {
		finding_safety(f, FIX_NONE);
		return;
	}
	if (b->text->st.st_mode & 077)
		propose_mode(f, b->text->path, 0600);
	if (b->text->st.st_uid != 0)
		propose_owner(f, b->text->path, 0, 0);
}

static void check_bad(struct network *n)
{
	const struct netconf *c = &n->view.conf;

	for (size_t k = 0; k < c->bads && k < REPORTS_MAX; k++) {
		if (is_read(n, c->bad[k].kind))
			report_bad(n, &c->bad[k]);
	}
}

static void check_mtu(struct network *n, const struct netconf *c)
{
	for (size_t k = 0; k < c->n; k++) {
		const struct netconf_iface *i = &c->iface[k];
		struct finding *f;
		uint64_t mtu;

		if (!i->mtu.line || !parse_u64(i->mtu.s, &mtu) || mtu == 0 || mtu >= MTU_MIN ||
		    (i->name && streq(i->name, "lo")))
			continue;
		f = scan_find(
			n->scan, &network_config, i->text->path,
			"an MTU of %s: less than IPv4 must be able to send, and connections hang",
			i->mtu.s);
		finding_at(f, i->text, i->mtu.line);
		propose_comment(f, i->text, i->mtu.line);
	}
}

/* --- resolv.conf --- */

/* What makes the file at boot that the link leads to. */
static const struct maker {
	const char *below, *service;
	const char *program[3];
} makers[] = {
	{ "/run/systemd/resolve/",
	  "systemd-resolved",
	  { "/usr/lib/systemd/systemd-resolved", "/lib/systemd/systemd-resolved", NULL } },
	{ "/run/resolvconf/", NULL, { "/sbin/resolvconf", "/usr/sbin/resolvconf", NULL } },
	{ "/run/NetworkManager/",
	  "NetworkManager",
	  { "/usr/sbin/NetworkManager", "/usr/bin/NetworkManager", NULL } },
	{ "/run/netconfig/", NULL, { "/sbin/netconfig", "/usr/sbin/netconfig", NULL } },
};

static const struct maker *maker_of(const char *path)
{
	for (size_t k = 0; k < ARRAY_SIZE(makers); k++) {
		if (startswith(path, makers[k].below))
			return &makers[k];
	}
	return NULL;
}

static bool is_there(struct network *n, const struct maker *m)
{
	for (size_t k = 0; m->program[k]; k++) {
		if (root_is_file(n->scan->root, m->program[k]))
			return true;
	}
	return false;
}

static const char *why_not_made(struct network *n, const struct maker *m)
{
	enum unitenabled_state state;

	if (!is_there(n, m))
		return "and what makes it at boot is not installed";
	state = m->service ? unitenabled(n->scan, m->service) : UNITENABLED_ON;
	if (state == UNITENABLED_DISABLED || state == UNITENABLED_MASKED)
		return scan_printf(n->scan, "and '%s', which makes it, is not started", m->service);
	return NULL;
}

static void report_resolv(struct network *n, const char *to, const char *why)
{
	struct finding *f = scan_find(n->scan, &network_config, RESOLV,
				      "leads to '%s', %s: no name is resolved", to, why);

	finding_safety(f, FIX_NONE);
	finding_absence(f);
}

static void check_resolv(struct network *n)
{
	_cleanup_free_ char *to = NULL;
	const char *real = paths_real_or_same(n->scan->root, n->scan->arena, RESOLV), *why;

	if (n->view.unsure || n->view.unborn || n->view.cloud ||
	    root_readlink(n->scan->root, RESOLV, &to) < 0 || root_exists(n->scan->root, RESOLV))
		return;
	/* /var/run may be a link, and so may what is in between. */
	if (startswith(real, "/var/run/"))
		real += strlen("/var");
	if (unseen(unseen_find(n->scan), real))
		return;
	if (!startswith(real, "/run/")) {
		report_resolv(n, real, "which is not there");
		return;
	}
	why = maker_of(real) ? why_not_made(n, maker_of(real)) : NULL;
	if (why)
		report_resolv(n, real, why);
}

void network_check_files(struct network *n)
{
	check_bad(n);
	check_mtu(n, &n->view.conf);
	check_mtu(n, &n->view.links);
	check_resolv(n);
}
