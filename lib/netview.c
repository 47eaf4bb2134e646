/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/ifupdown.h"
#include "lib/netplan.h"
#include "lib/networkd.h"
#include "lib/netview.h"
#include "lib/nmkeyfile.h"
#include "lib/unitenabled.h"

#define UNITS_MAX 512u

static bool has_program(struct scan *s, const char *const paths[])
{
	for (size_t i = 0; paths[i]; i++) {
		if (root_is_file(s->root, paths[i]))
			return true;
	}
	return false;
}

/* systemd sets the presets of a system that has no machine-id yet. */
static bool is_unborn(struct scan *s)
{
	const struct text *t = scan_text(s, "/etc/machine-id");

	return s->facts->init == INIT_SYSTEMD && (!t || t->len < 32);
}

/* A service without any unit or script is started in a way this does not know. */
static enum netview_state state_of(struct scan *s, bool installed, const char *service)
{
	enum unitenabled_state state;

	if (!installed)
		return NETVIEW_GONE;
	state = service ? unitenabled(s, service) : UNITENABLED_ON;
	if (state == UNITENABLED_DISABLED && is_unborn(s))
		return NETVIEW_RUNS;
	return state == UNITENABLED_ON || state == UNITENABLED_ABSENT ? NETVIEW_RUNS : NETVIEW_IDLE;
}

static const char *const ifup_programs[] = { "/sbin/ifup", "/usr/sbin/ifup", "/bin/ifup",
					     "/usr/bin/ifup", NULL };
static const char *const nm_programs[] = { "/usr/sbin/NetworkManager", "/usr/bin/NetworkManager",
					   "/sbin/NetworkManager", NULL };
static const char *const networkd_programs[] = { "/usr/lib/systemd/systemd-networkd",
						 "/lib/systemd/systemd-networkd", NULL };
static const char *const netplan_programs[] = {
	"/usr/sbin/netplan",
	"/usr/lib/netplan/generate",
	"/lib/netplan/generate",
	"/usr/libexec/netplan/generate",
	"/usr/lib/systemd/system-generators/netplan",
	"/lib/systemd/system-generators/netplan",
	NULL,
};

static const char *nm_service(struct scan *s)
{
	return unitenabled(s, "NetworkManager") == UNITENABLED_ABSENT &&
			       unitenabled(s, "network-manager") != UNITENABLED_ABSENT
		       ? "network-manager"
		       : "NetworkManager";
}

static void read_scripts(struct scan *s, struct netview *v)
{
	static const char *const programs[] = { "/etc/sysconfig/network-scripts/ifup-eth",
						"/etc/sysconfig/network-scripts/ifup", NULL };
	const char *word = v->global.networking.s;
	struct netview_tool *t = &v->scripts;

	*t = (struct netview_tool){ .what = "ifup of the network scripts", .service = "network" };
	t->state = state_of(s, has_program(s, programs), "network");
	if (t->state == NETVIEW_RUNS && word && streq(word, "no"))
		t->state = NETVIEW_IDLE;
}

static void read_ifcfg(struct scan *s, struct netview *v)
{
	struct netview_tool *t = &v->tool[NETCONF_IFCFG];

	read_scripts(s, v);
	*t = v->scripts;
	if (v->tool[NETCONF_NM].state >= t->state)
		*t = v->tool[NETCONF_NM];
	if (t->state == NETVIEW_GONE)
		t->what = "NetworkManager or the network scripts";
}

static void read_wicked(struct scan *s, struct netview *v)
{
	static const char *const programs[] = { "/usr/sbin/wicked", NULL };
	bool wicked = has_program(s, programs);
	struct netview_tool *t = &v->tool[NETCONF_WICKED];

	*t = (struct netview_tool){ .what = "wicked", .service = wicked ? "wicked" : "network" };
	t->state = state_of(s, wicked || has_program(s, ifup_programs), t->service);
}

static void read_tools(struct scan *s, struct netview *v)
{
	struct netview_tool *t = v->tool;

	t[NETCONF_NM] = (struct netview_tool){ .what = "NetworkManager", .service = nm_service(s) };
	t[NETCONF_NM].state = state_of(s, has_program(s, nm_programs), t[NETCONF_NM].service);
	t[NETCONF_NETWORKD] =
		(struct netview_tool){ .what = "systemd-networkd", .service = "systemd-networkd" };
	t[NETCONF_NETWORKD].state =
		state_of(s, has_program(s, networkd_programs), "systemd-networkd");
	t[NETCONF_IFUPDOWN] =
		(struct netview_tool){ .what = "ifup (package ifupdown)", .service = "networking" };
	t[NETCONF_IFUPDOWN].state = state_of(s, has_program(s, ifup_programs), "networking");
	t[NETCONF_NETPLAN] = (struct netview_tool){ .what = "netplan" };
	t[NETCONF_NETPLAN].state = state_of(s, has_program(s, netplan_programs), NULL);
	read_ifcfg(s, v);
	read_wicked(s, v);
}

/* --- who needs no configuration --- */

static bool is_networking_command(const char *line)
{
	static const char *const words[] = {
		"ifconfig ", "ip addr", "ip a ",   "ip link", "dhclient",	  "udhcpc",
		"ifup",	     "nmcli",	"netplan", "dhcpcd",  "systemd-networkd", "networkctl"
	};

	line += strspn(line, " \t");
	if (*line == '#')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strstr(line, words[i]))
			return true;
	}
	return false;
}

static bool runs_commands(struct scan *s, const char *path)
{
	const struct text *t = root_is_file(s->root, path) ? scan_text(s, path) : NULL;

	for (size_t n = 1; t && n <= t->lines; n++) {
		if (is_networking_command(text_line(t, n)))
			return true;
	}
	return false;
}

/* A unit somebody wrote for this machine. */
static const char *own_unit(struct scan *s)
{
	const char *const *e = scan_dir(s, "/etc/systemd/system");
	size_t units = 0;

	for (; *e && units < UNITS_MAX; e++) {
		const char *path = scan_printf(s, "/etc/systemd/system/%s", *e);
		struct stat st;

		if (!endswith(*e, ".service") || root_lstat(s->root, path, &st) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		units++;
		if (runs_commands(s, path))
			return path;
	}
	return NULL;
}

static const char *own_script(struct scan *s)
{
	static const char *const scripts[] = { "/etc/rc.local", "/etc/rc.d/rc.local",
					       "/etc/init.d/boot.local", "/etc/rc.d/boot.local" };

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		if (runs_commands(s, scripts[i]))
			return scripts[i];
	}
	return own_unit(s);
}

static const char *other_daemon(struct scan *s)
{
	static const char *const names[] = { "dhcpcd",
					     "connman",
					     "ifplugd",
					     "iwd",
					     "wicd",
					     "netctl-auto",
					     "google-network-daemon",
					     "openvswitch-switch" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (unitenabled(s, names[i]) == UNITENABLED_ON)
			return names[i];
	}
	return NULL;
}

/* net.eth0 of Gentoo, netctl@home.service, dhcpcd@eth0.service */
static const char *instance_in(struct scan *s, const char *dir, const char *const prefix[])
{
	const char *const *e = scan_dir(s, dir);

	for (; *e; e++) {
		for (size_t i = 0; prefix[i]; i++) {
			if (startswith(*e, prefix[i]) && !streq(*e, "net.lo"))
				return *e;
		}
	}
	return NULL;
}

static const char *instance(struct scan *s)
{
	static const char *const openrc[] = { "net.", "wpa_supplicant", NULL };
	static const char *const units[] = { "netctl@",		"dhcpcd@", "dhclient@", "ifup@",
					     "wpa_supplicant@", "wicked@", NULL };
	const char *found = instance_in(s, "/etc/runlevels/default", openrc);

	found = found ? found : instance_in(s, "/etc/runlevels/boot", openrc);
	return found ? found : instance_in(s, "/etc/systemd/system/multi-user.target.wants", units);
}

static bool boots_with_ip(struct scan *s)
{
	const struct loader_facts *l = &s->facts->loader;
	const char *const files[] = { l->grub2_cfg, l->legacy_cfg, "/etc/default/grub",
				      "/etc/kernel/cmdline" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const struct text *t = files[i] ? scan_text(s, files[i]) : NULL;

		if (t && (strstr(t->data, " ip=") || strstr(t->data, "\"ip=")))
			return true;
	}
	return false;
}

static bool configures_any(const struct netview *v)
{
	for (size_t i = 0; i < v->conf.n; i++) {
		if (netview_counts(&v->conf.iface[i]))
			return true;
	}
	return false;
}

static const char *find_by_itself(struct scan *s, const struct netview *v)
{
	const char *name;

	if (v->cloud)
		return "cloud-init";
	if (v->tool[NETCONF_NM].state == NETVIEW_RUNS && !configures_any(v) &&
	    nmkeyfile_makes_default(s))
		return "NetworkManager";
	name = other_daemon(s);
	name = name ? name : instance(s);
	name = name ? name : own_script(s);
	return !name && boots_with_ip(s) ? "the kernel's command line" : name;
}

/* --- cloud-init --- */

/* "network: {config: disabled}", on one line or on two. */
static size_t disables_network(const struct text *t)
{
	bool below = false;

	for (size_t n = 1; n <= t->lines; n++) {
		const char *line = text_line(t, n);

		if (startswith(line, "network:") && strstr(line, "config: disabled"))
			return n;
		if (below && strchr(" \t", *line) && strstr(line, "config: disabled"))
			return n;
		if (!strchr(" \t\r#", *line))
			below = startswith(line, "network:");
	}
	return 0;
}

static void look_at_cloud(struct scan *s, struct netview *v)
{
	const char *const *e = scan_dir(s, "/etc/cloud/cloud.cfg.d");
	const struct text *t = scan_text(s, "/etc/cloud/cloud.cfg");

	while (t) {
		size_t n = disables_network(t);

		if (n) {
			v->cloud_off = t;
			v->cloud_off_line = n;
		}
		for (t = NULL; *e && !t; e++) {
			if (endswith(*e, ".cfg"))
				t = scan_text(s, scan_printf(s, "/etc/cloud/cloud.cfg.d/%s", *e));
		}
	}
}

static bool is_off(enum unitenabled_state s)
{
	return s == UNITENABLED_DISABLED || s == UNITENABLED_MASKED;
}

static void read_cloud(struct scan *s, struct netview *v)
{
	static const char *const programs[] = { "/usr/bin/cloud-init", "/usr/local/bin/cloud-init",
						"/bin/cloud-init", NULL };

	if (!has_program(s, programs) || root_exists(s->root, "/etc/cloud/cloud-init.disabled"))
		return;
	if (is_off(unitenabled(s, "cloud-init")) && is_off(unitenabled(s, "cloud-init-local")))
		return;
	look_at_cloud(s, v);
	v->cloud = !v->cloud_off;
}

/* --- together --- */

static bool knows_init(const struct scan *s)
{
	switch (s->facts->init) {
	case INIT_SYSTEMD:
	case INIT_UPSTART:
	case INIT_SYSV:
	case INIT_OPENRC:
		return true;
	default:
		return false;
	}
}

bool netview_counts(const struct netconf_iface *i)
{
	return !i->lower;
}

const struct netview_tool *netview_tool(const struct netview *v, const struct netconf_iface *i)
{
	const struct netview_tool *t = &v->tool[i->kind];

	if (i->kind == NETCONF_IFCFG && i->no_nm)
		return &v->scripts;
	if (i->kind != NETCONF_NETPLAN || t->state == NETVIEW_GONE)
		return t;
	return i->renderer.s && streq(i->renderer.s, "NetworkManager") ? &v->tool[NETCONF_NM]
								       : &v->tool[NETCONF_NETWORKD];
}

bool netview_is_up(struct scan *s, const struct netview *v, const struct netconf_iface *i)
{
	const struct netview_tool *t = netview_tool(v, i);

	if (!netview_counts(i) || i->start == NETCONF_NEVER || t->state == NETVIEW_GONE)
		return false;
	if (t->state == NETVIEW_RUNS)
		return true;
	/* netplan has the service started; a mask is stronger. */
	if (i->kind == NETCONF_NETPLAN)
		return unitenabled(s, t->service) != UNITENABLED_MASKED;
	return i->hotplug && (root_exists(s->root, "/lib/udev/rules.d/80-ifupdown.rules") ||
			      root_exists(s->root, "/usr/lib/udev/rules.d/80-ifupdown.rules"));
}

bool netview_has_dhcp_client(struct scan *s)
{
	static const char *const programs[] = {
		"/sbin/dhclient",   "/usr/sbin/dhclient", "/sbin/dhclient3", "/sbin/dhcpcd",
		"/usr/sbin/dhcpcd", "/sbin/dhcpcd5",	  "/sbin/udhcpc",    "/usr/sbin/udhcpc",
		"/sbin/pump",	    "/bin/udhcpc",	  "/usr/bin/udhcpc", NULL
	};

	return has_program(s, programs);
}

void netview_read(struct scan *s, struct netview *v)
{
	*v = (struct netview){ 0 };
	ifupdown_read(s, &v->conf);
	ifcfg_read(s, &v->conf, &v->global);
	netplan_read(s, &v->conf);
	networkd_read(s, &v->conf);
	nmkeyfile_read(s, &v->conf);
	networkd_links(s, &v->links);
	read_tools(s, v);
	read_cloud(s, v);
	v->by_itself = find_by_itself(s, v);
	v->unborn = is_unborn(s);
	v->unsure = v->conf.wild || !knows_init(s);
	for (size_t i = 0; i < v->conf.n && !v->up; i++) {
		if (netview_is_up(s, v, &v->conf.iface[i]))
			v->up = &v->conf.iface[i];
	}
}
