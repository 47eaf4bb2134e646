/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hardware addresses that belong to another machine. What cards this machine has only --mac tells;
 * without it files that contradict each other do, and everything else is but a note.
 */
#include <string.h>

#include "checks/network_parts.h"
#include "lib/netrules.h"

static bool is_given(const struct network *n, const char *mac)
{
	return in_list(mac, n->scan->facts->wishes.macs);
}

static bool knows_macs(const struct network *n)
{
	return n->scan->facts->wishes.macs != NULL;
}

/* --- net.hwaddr --- */

/* The line with the one address that was given; NULL: there are several. */
static const char *with_given(struct network *n, const struct netconf_iface *i)
{
	const char *const *macs = n->scan->facts->wishes.macs;
	const char *line = text_line(i->text, i->mac.line);

	if (!macs || !macs[0] || macs[1])
		return NULL;
	for (const char *p = line; *p; p++) {
		const char *mac =
			strlen(p) >= 17
				? netconf_mac(n->scan->arena, arena_strndup(n->scan->arena, p, 17))
				: NULL;

		if (mac && streq(mac, i->mac.s))
			return scan_printf(n->scan, "%.*s%s%s", (int)(p - line), line, macs[0],
					   p + 17);
	}
	return NULL;
}

static bool has_own_name(const struct netconf_iface *i)
{
	return (i->kind == NETCONF_IFCFG || i->kind == NETCONF_NM) && i->name;
}

static void propose_mac(struct network *n, struct finding *f, const struct netconf_iface *i)
{
	const char *line = with_given(n, i);

	if (has_own_name(i))
		propose_comment(f, i->text, i->mac.line);
	else if (line)
		propose_line(f, i->text, i->mac.line, "%s", line);
	else
		finding_safety(f, FIX_NONE);
}

/* udev's rules give the name of the interface to another card. */
static const struct netrules_rule *contradicts(const struct netrules *r,
					       const struct netconf_iface *i)
{
	const struct netrules_rule *found = NULL;

	for (size_t k = 0; i->name && k < r->n; k++) {
		if (!streq(r->rule[k].name, i->name))
			continue;
		if (streq(r->rule[k].mac, i->mac.s))
			return NULL;
		found = &r->rule[k];
	}
	return found;
}

static const char *what_is_wrong(struct network *n, const struct netrules *r,
				 const struct netconf_iface *i)
{
	const struct netrules_rule *other = contradicts(r, i);

	if (knows_macs(n))
		return "no card of this machine has it";
	if (other)
		return scan_printf(n->scan, "but udev gives '%s' to the card %s", i->name,
				   other->mac);
	return "pass --mac to have it compared";
}

static void check_hwaddr(struct network *n, const struct netrules *r, const struct netconf_iface *i)
{
	struct finding *f;
	bool sure;

	if (!i->mac.line || i->start == NETCONF_NEVER || (knows_macs(n) && is_given(n, i->mac.s)))
		return;
	sure = knows_macs(n) || contradicts(r, i);
	/* cloud-init writes it anew for a new machine. */
	if (!sure && n->view.cloud)
		return;
	f = scan_find(n->scan, &network_hwaddr, i->text->path, "only for the card %s: %s", i->mac.s,
		      what_is_wrong(n, r, i));
	finding_at(f, i->text, i->mac.line);
	if (!sure || n->view.cloud)
		finding_severity(f, NOTE);
	if (!knows_macs(n))
		finding_safety(f, FIX_ASK);
	propose_mac(n, f, i);
	if (!sure && finding_has_fix(f)) {
		finding_choice(f, "leave it: the machine still has that card");
		finding_choice(f, "take it out, so that it is for any card");
	}
}

/* --- net.persistent-names --- */

static bool is_configured(const struct network *n, const char *name)
{
	for (size_t k = 0; k < n->view.conf.n; k++) {
		const struct netconf_iface *i = &n->view.conf.iface[k];

		if (i->name && streq(i->name, name) && i->start == NETCONF_AT_BOOT)
			return true;
	}
	return false;
}

/* The card that is there but has a name for which nothing is configured; NULL: none, or several. */
static const struct netrules_rule *waiting(const struct network *n, const struct netrules *r)
{
	const struct netrules_rule *found = NULL;

	for (size_t k = 0; k < r->n; k++) {
		if (is_configured(n, r->rule[k].name) ||
		    (knows_macs(n) && !is_given(n, r->rule[k].mac)))
			continue;
		if (found)
			return NULL;
		found = &r->rule[k];
	}
	return found;
}

static bool has_given(const struct network *n, const struct netrules *r, const char *name)
{
	for (size_t k = 0; k < r->n; k++) {
		if (streq(r->rule[k].name, name) && is_given(n, r->rule[k].mac))
			return true;
	}
	return false;
}

static void rename_to(struct network *n, struct finding *f, const struct netrules *r,
		      const struct netrules_rule *rule, const char *name)
{
	const char *line = text_line(r->text, rule->line);
	const char *old = scan_printf(n->scan, "NAME=\"%s\"", rule->name);
	const char *at = strstr(line, old);

	if (at)
		propose_line(f, r->text, rule->line, "%.*sNAME=\"%s\"%s", (int)(at - line), line,
			     name, at + strlen(old));
}

static struct finding *report_rule(struct network *n, const struct netrules *r,
				   const struct netrules_rule *old, const struct netrules_rule *now)
{
	struct finding *f;

	f = now ? scan_find(n->scan, &network_persistent_names, r->text->path,
			    "'%s' is kept for the card %s, and the card %s becomes '%s', which is "
			    "not configured",
			    old->name, old->mac, now->mac, now->name)
		: scan_find(n->scan, &network_persistent_names, r->text->path,
			    "'%s' is kept for the card %s, which this machine does not have",
			    old->name, old->mac);
	finding_at(f, r->text, old->line);
	propose_comment(f, r->text, old->line);
	if (now)
		rename_to(n, f, r, now, old->name);
	return f;
}

static void check_given(struct network *n, const struct netrules *r)
{
	const struct netrules_rule *now = waiting(n, r);

	for (size_t k = 0; k < r->n; k++) {
		const struct netrules_rule *old = &r->rule[k];

		if (is_given(n, old->mac) || !is_configured(n, old->name) ||
		    has_given(n, r, old->name))
			continue;
		report_rule(n, r, old, now);
		/* Another old card's name is free then, too; one card takes one name. */
		now = NULL;
	}
}

/* The kernel's words of the last boot name the one card and not the other. */
static bool log_shows(struct network *n, const struct netrules_rule *old,
		      const struct netrules_rule *now)
{
	static const char *const logs[] = { "/var/log/dmesg", "/var/log/boot.msg" };

	for (size_t k = 0; k < ARRAY_SIZE(logs); k++) {
		const struct text *t =
			root_is_file(n->scan->root, logs[k]) ? scan_text(n->scan, logs[k]) : NULL;

		if (t && strcasestr(t->data, now->mac) && !strcasestr(t->data, old->mac))
			return true;
	}
	return false;
}

/* The file of the configured name asks for the card that has another one. */
static bool file_shows(struct network *n, const struct netrules_rule *old,
		       const struct netrules_rule *now)
{
	for (size_t k = 0; k < n->view.conf.n; k++) {
		const struct netconf_iface *i = &n->view.conf.iface[k];

		if (i->name && streq(i->name, old->name) && i->mac.line &&
		    streq(i->mac.s, now->mac))
			return true;
	}
	return false;
}

static void check_evident(struct network *n, const struct netrules *r)
{
	const struct netrules_rule *now = waiting(n, r), *old = NULL;
	struct finding *f;

	for (size_t k = 0; now && k < r->n; k++) {
		if (!is_configured(n, r->rule[k].name))
			continue;
		if (old)
			return;
		old = &r->rule[k];
	}
	/* udev adds at the end: the newer card is the one below. */
	if (!old || !now || old->line > now->line)
		return;
	f = report_rule(n, r, old, now);
	finding_safety(f, FIX_ASK);
	if (log_shows(n, old, now) || file_shows(n, old, now))
		return;
	/* A machine with two cards, one of them not in use, looks the same. */
	finding_severity(f, NOTE);
	finding_choice(f, "leave it: the machine has both cards");
	finding_choice(f, "it is a clone: give '%s' to the card %s", old->name, now->mac);
}

void network_check_mac(struct network *n)
{
	struct netrules rules;

	netrules_read(n->scan, &rules);
	for (size_t k = 0; k < n->view.conf.n; k++)
		check_hwaddr(n, &rules, &n->view.conf.iface[k]);
	if (!rules.n || n->view.conf.wild)
		return;
	if (knows_macs(n))
		check_given(n, &rules);
	else
		check_evident(n, &rules);
}
