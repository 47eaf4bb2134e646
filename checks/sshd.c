/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sshd: would it start with its configuration and keys, is it started, does it let anybody in.
 *
 * Silent on: trees without sshd; deprecated keywords; keywords and algorithms that the patient's
 * own sshd holds as text, whoever patched them in; missing keys where something makes them at boot;
 * settings that keep only some out.
 */
#include "checks/checks.h"
#include "checks/sshd_parts.h"
#include "lib/unitfile.h"
#include "lib/unseen.h"

const struct sshdeffect_line *sshd_get(const struct sshd *d, const char *keyword)
{
	return sshdeffect_first(d->conf, keyword);
}

static bool is_not_started(const struct sshd *d)
{
	return d->start.state == SSHDSTART_OFF || d->start.state == SSHDSTART_KEPT;
}

void sshd_severity(const struct sshd *d, struct finding *f)
{
	if (is_not_started(d))
		finding_severity(f, NOTE);
}

static bool has_any_key(struct scan *s)
{
	const char *const *name = scan_dir(s, "/etc/ssh");

	for (; *name; name++) {
		if (startswith(*name, "ssh_host_") && endswith(*name, "_key"))
			return true;
	}
	return false;
}

static void check_kept(struct sshd *d)
{
	struct finding *f =
		scan_find(d->s, &sshd_disabled, d->start.by, "it keeps sshd from being started");

	finding_choice(f, "the file is taken away");
	propose_absent(f, d->start.by);
}

static void check_disabled(struct sshd *d)
{
	static const char *const units[] = { "ssh.service", "sshd.service" };
	struct finding *f;

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		struct unitfile u;

		unitfile_find(d->s, units[i], &u);
		if (u.state != UNITFILE_GOOD || !streq(u.id, units[i]))
			continue;
		f = scan_find(d->s, &sshd_disabled, u.path, "nothing starts '%s'", units[i]);
		finding_choice(f, "it is started with multi-user.target");
		propose_link(f,
			     scan_printf(d->s, "/etc/systemd/system/multi-user.target.wants/%s",
					 units[i]),
			     u.path);
		return;
	}
}

/* One that has no keys never ran. */
static void check_start(struct sshd *d)
{
	if (!is_not_started(d) || !has_any_key(d->s) || sshdstart_has_other(d->s))
		return;
	if (d->start.state == SSHDSTART_KEPT)
		check_kept(d);
	else if (d->s->facts->init == INIT_SYSTEMD)
		check_disabled(d);
}

static void check(struct sshd *d)
{
	sshd_check_config(d);
	sshd_check_keys(d);
	sshd_check_privsep(d);
	sshd_check_policy(d);
	check_start(d);
}

static void run(struct scan *s)
{
	struct sshd d = { .s = s };
	const char *path = sshdbinary_path(s);

	if (!path || !s->facts->boots_itself || unseen(unseen_find(s), path))
		return;
	sshdbinary_open(s, &d.program);
	sshdstart_find(s, &d.start);
	d.conf = sshdeffect_of(s);
	check(&d);
	sshdbinary_close(&d.program);
}

const struct check sshd_check = {
	.name = "sshd",
	.summary = "sshd: its configuration, host keys and directory, and whom it lets in",
	.problems = sshd_problems,
	.run = run,
};
