/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether anything brings an interface up, and what keeps it from that. */
#include "checks/network_parts.h"
#include "lib/ifupdown.h"
#include "lib/sshdstart.h"
#include "lib/unitenabled.h"

#define WANTS "/etc/systemd/system/multi-user.target.wants"

static const char *name_of(const struct netconf_iface *i)
{
	return i->name ? i->name : i->id ? i->id : "an interface";
}

static struct finding *say(struct network *n, const struct problem *p,
			   const struct netconf_iface *i, size_t line, const char *detail)
{
	struct finding *f = scan_find(n->scan, p, i->text->path, "%s", detail);

	if (line)
		finding_at(f, i->text, line);
	return f;
}

/* --- tools that are gone --- */

static bool lacks_dhcp(struct network *n, const struct netconf_iface *i)
{
	return i->kind == NETCONF_IFUPDOWN && i->dhcp && ifupdown_is_classic(n->scan) &&
	       !netview_has_dhcp_client(n->scan);
}

static bool lacks_tool(struct network *n, const struct netconf_iface *i)
{
	return netview_counts(i) && i->start == NETCONF_AT_BOOT &&
	       (netview_tool(&n->view, i)->state == NETVIEW_GONE || lacks_dhcp(n, i));
}

static void report_tool(struct network *n, const struct netconf_iface *i)
{
	struct scan *s = n->scan;
	const struct netview_tool *t = netview_tool(&n->view, i);
	struct finding *f;

	if (t->state == NETVIEW_GONE)
		f = say(n, &network_tools, i, i->line,
			scan_printf(s, "'%s' is configured for %s, which is not there", name_of(i),
				    t->what));
	else
		f = say(n, &network_tools, i, i->line,
			scan_printf(s,
				    "'%s' asks for its address by DHCP, and there is no client "
				    "for that",
				    name_of(i)));
	finding_absence(f);
}

/* One finding a kind says enough. */
static bool report_tools(struct network *n)
{
	bool said[NETCONF_KINDS] = { false }, any = false;

	for (size_t k = 0; k < n->view.conf.n; k++) {
		const struct netconf_iface *i = &n->view.conf.iface[k];

		if (!lacks_tool(n, i) || said[i->kind])
			continue;
		report_tool(n, i);
		said[i->kind] = any = true;
	}
	return any;
}

/* --- nothing is started --- */

static void start_ifupdown(struct finding *f, const struct netconf_iface *i)
{
	propose_insert(f, i->text, i->line, "auto %s", i->name);
}

static void start_ifcfg(struct finding *f, const struct netconf_iface *i)
{
	if (i->start_line)
		propose_line(f, i->text, i->start_line, "ONBOOT=yes");
}

static void start_wicked(struct finding *f, const struct netconf_iface *i)
{
	if (i->start_line)
		propose_line(f, i->text, i->start_line, "STARTMODE='auto'");
	else
		propose_insert(f, i->text, i->text->lines + 1, "STARTMODE='auto'");
}

static void start_by_comment(struct finding *f, const struct netconf_iface *i)
{
	if (i->start_line)
		propose_comment(f, i->text, i->start_line);
}

static void start_nm(struct finding *f, const struct netconf_iface *i)
{
	if (i->start_line)
		propose_line(f, i->text, i->start_line, "autoconnect=true");
}

static const struct {
	void (*start)(struct finding *f, const struct netconf_iface *i);
	const char *lacks;
} starts[NETCONF_KINDS] = {
	[NETCONF_IFUPDOWN] = { start_ifupdown, "no 'auto' or 'allow-hotplug' names it" },
	[NETCONF_IFCFG] = { start_ifcfg, "ONBOOT says no" },
	[NETCONF_WICKED] = { start_wicked, "STARTMODE does not say auto" },
	[NETCONF_NETPLAN] = { start_by_comment, "activation-mode says so" },
	[NETCONF_NETWORKD] = { start_by_comment, "it is not to be managed or activated" },
	[NETCONF_NM] = { start_nm, "autoconnect says false" },
};

static void report_never(struct network *n, const struct netconf_iface *i)
{
	struct finding *f = say(n, &network_config, i, i->start_line ? i->start_line : i->line,
				scan_printf(n->scan,
					    "'%s' is not started at boot, nor is another "
					    "interface: %s",
					    name_of(i), starts[i->kind].lacks));

	starts[i->kind].start(f, i);
	if (!finding_has_fix(f))
		finding_safety(f, FIX_NONE);
	finding_choice(f, "start '%s' at boot", name_of(i));
}

static void report_networking(struct network *n)
{
	const struct ifcfg_global *g = &n->view.global;
	struct finding *f = scan_find(n->scan, &network_config, g->text->path,
				      "NETWORKING says no: no interface is brought up");

	finding_at(f, g->text, g->networking.line);
	propose_line(f, g->text, g->networking.line, "NETWORKING=yes");
}

static void report_idle(struct network *n, const struct netconf_iface *i)
{
	const struct netview_tool *t = netview_tool(&n->view, i);
	enum unitenabled_state state = unitenabled(n->scan, t->service);
	const char *unit = unitenabled_file(n->scan, t->service);
	struct finding *f;

	if (state == UNITENABLED_ON) {
		report_networking(n);
		return;
	}
	f = say(n, &network_config, i, i->line,
		scan_printf(n->scan, "'%s' is brought up by '%s', which %s, and nothing else does",
			    name_of(i), t->service,
			    state == UNITENABLED_MASKED ? "is masked" : "nothing starts"));
	if (state == UNITENABLED_DISABLED && unit)
		propose_link(f, scan_printf(n->scan, WANTS "/%s.service", t->service), unit);
	else
		finding_safety(f, FIX_NONE);
}

/* Of several the one that gets an address, and by what is there. */
static const struct netconf_iface *best(struct network *n, enum netconf_start start)
{
	const struct netconf_iface *found = NULL;

	for (size_t k = 0; k < n->view.conf.n; k++) {
		const struct netconf_iface *i = &n->view.conf.iface[k];

		if (!netview_counts(i) || i->start != start ||
		    netview_tool(&n->view, i)->state == NETVIEW_GONE)
			continue;
		if (!found || (i->has_address && !found->has_address))
			found = i;
	}
	return found;
}

static void report_cloud(struct network *n)
{
	struct netview *v = &n->view;
	struct finding *f = scan_find(n->scan, &network_config, v->cloud_off->path,
				      "cloud-init shall not configure the network, and nothing "
				      "else does");

	finding_at(f, v->cloud_off, v->cloud_off_line);
	propose_comment(f, v->cloud_off, v->cloud_off_line);
}

/*
 * Somebody may want it so; only a machine that offers ssh is worth a word. Where not even lo is
 * configured nobody ever looked after the network: a root that a tool made, and no installer.
 */
static void report_none(struct network *n)
{
	struct sshdstart sshd;
	struct finding *f;

	if (n->view.conf.n == 0)
		return;
	sshdstart_find(n->scan, &sshd);
	if (sshd.state != SSHDSTART_ON)
		return;
	for (size_t k = 0; k < NETCONF_KINDS; k++) {
		if (n->view.tool[k].state == NETVIEW_GONE)
			continue;
		f = scan_find(n->scan, &network_config, NULL,
			      "sshd is started, but no interface is configured for %s",
			      n->view.tool[k].what);
		finding_severity(f, NOTE);
		finding_safety(f, FIX_NONE);
		return;
	}
}

static bool any_is_up(struct network *n)
{
	for (size_t k = 0; k < n->view.conf.n; k++) {
		const struct netconf_iface *i = &n->view.conf.iface[k];

		if (netview_is_up(n->scan, &n->view, i) && !lacks_dhcp(n, i))
			return true;
	}
	return false;
}

void network_check_up(struct network *n)
{
	const struct netview *v = &n->view;
	const struct netconf_iface *i;

	if (v->unsure || v->by_itself || v->conf.bads || any_is_up(n) || report_tools(n))
		return;
	i = best(n, NETCONF_AT_BOOT);
	if (i) {
		report_idle(n, i);
		return;
	}
	i = best(n, NETCONF_NEVER);
	if (i)
		report_never(n, i);
	else if (v->cloud_off)
		report_cloud(n);
	else
		report_none(n);
}
