/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the default route is to go. */
#include "checks/network_parts.h"

static bool is_ifcfg(const struct netconf_iface *i)
{
	return i->kind == NETCONF_IFCFG && !(i->name && streq(i->name, "lo"));
}

static const struct netconf_iface *named(struct network *n, const char *name)
{
	for (size_t k = 0; k < n->view.conf.n; k++) {
		const struct netconf_iface *i = &n->view.conf.iface[k];

		if (is_ifcfg(i) && i->name && streq(i->name, name))
			return i;
	}
	return NULL;
}

/* The interface whose own addresses say that it leads to ip. */
static const struct netconf_iface *leading_to(struct network *n, uint32_t ip)
{
	for (size_t k = 0; k < n->view.conf.n; k++) {
		const struct netconf_iface *i = &n->view.conf.iface[k];

		if (is_ifcfg(i) && i->start == NETCONF_AT_BOOT && i->addrs && netconf_holds(i, ip))
			return i;
	}
	return NULL;
}

static const struct netconf_iface *only_started(struct network *n)
{
	const struct netconf_iface *found = NULL;

	for (size_t k = 0; k < n->view.conf.n; k++) {
		const struct netconf_iface *i = &n->view.conf.iface[k];

		if (!is_ifcfg(i) || i->lower || i->start != NETCONF_AT_BOOT)
			continue;
		if (found)
			return NULL;
		found = i;
	}
	return found;
}

/* Made when a connection is: no file is for it. */
static bool is_made_later(const char *name)
{
	static const char *const prefixes[] = { "ppp", "tun", "tap", "wg", "wlan", "wwan" };

	for (size_t k = 0; k < ARRAY_SIZE(prefixes); k++) {
		if (startswith(name, prefixes[k]))
			return true;
	}
	return false;
}

static bool gateway_ip(struct network *n, uint32_t *ip)
{
	const struct netconf_word *w = &n->view.global.gateway;
	struct netconf_addr a;

	for (size_t k = 0; !w->line && k < n->view.conf.n; k++) {
		if (is_ifcfg(&n->view.conf.iface[k]))
			w = &n->view.conf.iface[k].gateway;
	}
	if (!w->line || !netconf_ipv4(w->s, &a))
		return false;
	*ip = a.ip;
	return true;
}

static void report_dev(struct network *n, const struct netconf_iface *meant, const char *why)
{
	const struct ifcfg_global *g = &n->view.global;
	struct finding *f = scan_find(n->scan, &network_gatewaydev, g->text->path,
				      "GATEWAYDEV is '%s', %s", g->gatewaydev.s, why);

	finding_at(f, g->text, g->gatewaydev.line);
	if (meant && meant->name)
		propose_line(f, g->text, g->gatewaydev.line, "GATEWAYDEV=%s", meant->name);
	else
		propose_comment(f, g->text, g->gatewaydev.line);
}

static void check_dev(struct network *n)
{
	const char *name = n->view.global.gatewaydev.s;
	const struct netconf_iface *dev, *meant = NULL;
	uint32_t ip;
	bool known;

	if (!name || n->view.conf.wild || is_made_later(name) ||
	    n->view.tool[NETCONF_IFCFG].state == NETVIEW_GONE)
		return;
	dev = named(n, name);
	known = gateway_ip(n, &ip);
	if (known)
		meant = leading_to(n, ip);
	if (!dev) {
		if (only_started(n) || meant)
			report_dev(n, meant ? meant : only_started(n),
				   "for which there is no file");
	} else if (dev->start == NETCONF_NEVER && (meant ? meant != dev : !!only_started(n))) {
		report_dev(n, meant ? meant : only_started(n), "which is not started at boot");
	} else if (known && meant && meant != dev && !netconf_holds(dev, ip)) {
		report_dev(n, meant,
			   scan_printf(n->scan, "but the gateway is in the network of '%s'",
				       meant->name ? meant->name : "another"));
	}
}

/* --- a gateway that nothing leads to --- */

/* NetworkManager makes a route to the gateway itself, the others refuse it. */
static bool is_refused(struct network *n, const struct netconf_iface *i)
{
	const struct netview *v = &n->view;

	switch (i->kind) {
	case NETCONF_IFCFG:
		return v->scripts.state == NETVIEW_RUNS &&
		       (i->no_nm || v->tool[NETCONF_NM].state != NETVIEW_RUNS);
	case NETCONF_NETPLAN:
		return netview_tool(v, i) == &v->tool[NETCONF_NETWORKD];
	case NETCONF_IFUPDOWN:
	case NETCONF_NETWORKD:
		return v->tool[i->kind].state == NETVIEW_RUNS;
	default:
		return false;
	}
}

static bool has_whole_addresses(const struct netconf_iface *i)
{
	for (size_t k = 0; k < i->addrs; k++) {
		if (i->addr[k].prefix == NETCONF_PREFIX_UNKNOWN)
			return false;
	}
	return i->addrs > 0;
}

static bool anything_leads(struct network *n, uint32_t ip)
{
	for (size_t k = 0; k < n->view.conf.n; k++) {
		const struct netconf_iface *i = &n->view.conf.iface[k];

		if (netview_counts(i) && (i->dhcp || netconf_holds(i, ip)))
			return true;
	}
	return false;
}

static void check_outside(struct network *n, const struct netconf_iface *i)
{
	struct netconf_addr gw;
	struct finding *f;

	if (!i->gateway.line || !netconf_ipv4(i->gateway.s, &gw) || i->onlink || i->dhcp ||
	    i->start == NETCONF_NEVER || !is_refused(n, i) || !has_whole_addresses(i) ||
	    anything_leads(n, gw.ip))
		return;
	f = scan_find(n->scan, &network_config, i->text->path,
		      "the gateway '%s' is in no network that an interface has", i->gateway.s);
	finding_at(f, i->text, i->gateway.line);
	finding_safety(f, FIX_NONE);
}

void network_check_gateway(struct network *n)
{
	check_dev(n);
	for (size_t k = 0; !n->view.conf.wild && k < n->view.conf.n; k++)
		check_outside(n, &n->view.conf.iface[k]);
}
