/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Units that the boot or the login needs: masked ones, and those whose program is gone.
 *
 * Silent on: masks in the directories of packages (Debian masks hwclock.service and others), masks
 * of units that nothing brought, of aliases, of units of no importance; anything in a tree that
 * does not boot by itself, where systemd-remount-fs and its like are masked on purpose.
 */
#include "checks/checks.h"
#include "checks/systemd_parts.h"

#define ROOT_STAYS "the root file system stays read-only"
#define NO_SSH "nobody gets in over the network"

static const struct systemd_vital vitals[] = {
	{ "sysinit.target", STOPS_BOOT, "nothing that comes after it is started", NULL },
	{ "basic.target", STOPS_BOOT, "nothing that comes after it is started", NULL },
	{ "local-fs.target", STOPS_BOOT, "nothing of fstab is mounted", NULL },
	{ "multi-user.target", STOPS_BOOT, "the boot ends in rescue mode", NULL },
	{ "systemd-udevd.service", STOPS_BOOT,
	  "no device is announced, and what fstab names is waited for until the boot gives up",
	  NULL },
	{ "systemd-udev-trigger.service", STOPS_BOOT,
	  "devices that are there already are not announced, and what fstab names is waited for",
	  NULL },
	{ "systemd-remount-fs.service", DEGRADES, ROOT_STAYS, NULL },
	{ "systemd-journald.service", DEGRADES, "nothing is logged, and services wait for it",
	  NULL },
	{ "systemd-tmpfiles-setup.service", DEGRADES,
	  "directories in /run that services need are not made", NULL },
	{ "systemd-tmpfiles-setup-dev.service", DEGRADES,
	  "device nodes of modules that load on demand are not made", NULL },
	{ "dbus.service", DEGRADES, "logins wait 25 seconds for a session, systemctl says nothing",
	  NULL },
	{ "dbus-broker.service", DEGRADES,
	  "logins wait 25 seconds for a session, systemctl says nothing", NULL },
	{ "dbus.socket", DEGRADES, "logins wait 25 seconds for a session, systemctl says nothing",
	  NULL },
	{ "systemd-logind.service", DEGRADES, "logins get no session and no /run/user", NULL },
	{ "systemd-user-sessions.service", BLOCKS_LOGIN,
	  "/run/nologin stays: nobody but root may log in", NULL },
	{ "getty.target", BLOCKS_LOGIN, "no console gets a login prompt", NULL },
	{ "getty@.service", BLOCKS_LOGIN, "no screen gets a login prompt", NULL },
	{ "serial-getty@.service", BLOCKS_LOGIN, "the serial console gets no login prompt", NULL },
	{ "getty@tty1.service", NOTE, "the first screen gets no login prompt", NULL },
	{ "serial-getty@ttyS0.service", NOTE, "the serial console gets no login prompt", NULL },
	{ "ssh.service", BLOCKS_LOGIN, NO_SSH, "ssh.service" },
	{ "sshd.service", BLOCKS_LOGIN, NO_SSH, "sshd.service" },
	{ "ssh.socket", BLOCKS_LOGIN, NO_SSH, "ssh.socket" },
	{ "sshd.socket", BLOCKS_LOGIN, NO_SSH, "sshd.socket" },
};

const struct systemd_vital *systemd_vital(const char *unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(vitals); i++) {
		if (streq(vitals[i].unit, unit))
			return &vitals[i];
	}
	return NULL;
}

static bool is_meant(struct scan *s, const struct systemd_vital *v)
{
	return v->wanted_as && !unitfile_is_wanted(s, v->wanted_as);
}

static const char *how(struct scan *s, const struct unitfile *u)
{
	_cleanup_free_ char *to = NULL;

	return root_readlink(s->root, u->path, &to) == 0 ? "is masked"
							 : "has an empty file, which masks it";
}

static void check_mask(struct scan *s, const struct systemd_vital *v)
{
	struct unitfile u;
	struct finding *f;
	struct stat st;
	bool link;

	unitfile_find(s, v->unit, &u);
	if (u.state != UNITFILE_MASKED || !u.path || (u.of_template && !strstr(v->unit, "@.")))
		return;
	link = root_lstat(s->root, u.path, &st) == 0 && S_ISLNK(st.st_mode);
	/* A package masks by a link; its own file being empty is damage. */
	if (u.by_admin ? !u.shipped : link)
		return;
	f = scan_find(s, &systemd_masked, u.path, "'%s' %s: %s", v->unit, how(s, &u), v->effect);
	finding_severity(f, is_meant(s, v) ? NOTE : v->severity);
	if (u.by_admin)
		propose_absent(f, u.path);
	else
		finding_safety(f, FIX_NONE);
}

static void run(struct scan *s)
{
	if (s->facts->init != INIT_SYSTEMD || !s->facts->boots_itself)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(vitals); i++)
		check_mask(s, &vitals[i]);
	systemd_check_programs(s);
	systemd_check_limits(s);
	systemd_check_graph(s);
	systemd_check_links(s);
}

const struct check systemd_check = {
	.name = "systemd",
	.summary = "units of systemd that the boot or the login needs: masks, programs, limits, "
		   "their order",
	.problems = systemd_problems,
	.run = run,
};
