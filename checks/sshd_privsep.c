/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The directory of privilege separation. Its path stands in the program; one below /run must be
 * made at each boot, by the unit, tmpfiles.d or the start script.
 *
 * Sources: OpenSSH sshd.c (PRIVSEP_PATH), systemd.exec(5) RuntimeDirectory=, tmpfiles.d(5).
 */
#include "checks/sshd_parts.h"
#include "lib/unitfile.h"

static const char *const paths[] = {
	"/usr/share/empty.sshd", "/var/empty/sshd", "/var/lib/empty", "/run/sshd", "/var/run/sshd",
};

static const char *path_of(struct sshd *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (sshdbinary_knows(&d->program, paths[i]) == SSHDBINARY_YES)
			return paths[i];
	}
	return NULL;
}

static bool says_path(struct scan *s, const char *file, const char *path)
{
	const struct text *t = root_is_file(s->root, file) ? scan_text(s, file) : NULL;

	return t && strstr(t->data, path);
}

static bool is_in_tmpfiles(struct scan *s, const char *path)
{
	static const char *const dirs[] = { "/etc/tmpfiles.d", "/usr/lib/tmpfiles.d",
					    "/lib/tmpfiles.d" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		const char *const *name =
			root_is_dir(s->root, dirs[i]) ? scan_dir(s, dirs[i]) : NULL;

		for (; name && *name; name++) {
			if (says_path(s, scan_printf(s, "%s/%s", dirs[i], *name), path))
				return true;
		}
	}
	return false;
}

/* Any word of the unit about it will do: RuntimeDirectory=, or a mkdir before the start. */
static bool unit_makes_it(struct scan *s)
{
	static const char *const units[] = { "ssh.service", "sshd.service" };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		struct unitfile_settings set;
		struct unitfile u;

		unitfile_find(s, units[i], &u);
		if (u.state != UNITFILE_GOOD)
			continue;
		unitfile_read(s, &u, &set);
		for (size_t k = 0; k < set.n; k++) {
			if (streq(set.v[k].key, "RuntimeDirectory") ||
			    startswith(set.v[k].key, "ExecStartPre"))
				if (strstr(set.v[k].value, "sshd") &&
				    !strstr(set.v[k].value, "/sbin/sshd"))
					return true;
		}
	}
	return false;
}

static bool is_made_at_boot(struct sshd *d, const char *path)
{
	struct scan *s = d->s;

	if (s->facts->init != INIT_SYSTEMD)
		return true; /* by the start script */
	return unit_makes_it(s) || is_in_tmpfiles(s, path);
}

void sshd_check_privsep(struct sshd *d)
{
	const char *path = path_of(d);
	bool at_boot = path && strstr(path, "run/sshd");
	struct finding *f;

	if (!path || (at_boot ? is_made_at_boot(d, path)
			      : root_is_dir(d->s->root, path) || is_in_tmpfiles(d->s, path)))
		return;
	f = scan_find(d->s, &sshd_privsep, path,
		      at_boot ? "nothing makes it at boot" : "no such directory");
	sshd_severity(d, f);
	if (!at_boot) {
		finding_absence(f);
		propose_dir(f, path, 0711);
		return;
	}
	propose_text(f, "/etc/tmpfiles.d/sshd.conf", "d /run/sshd 0755 root root -\n",
		     strlen("d /run/sshd 0755 root root -\n"), 0644);
}
