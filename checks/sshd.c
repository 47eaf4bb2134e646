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

/* --- what it is told --- */

static const char *joined(struct scan *s, const struct sshdline *l)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	for (size_t i = 0; i < l->n; i++) {
		bytes_adds(&b, i ? " " : "");
		bytes_adds(&b, l->word[i]);
	}
	return arena_strdup(s->arena, b.data ? b.data : "");
}

static void take(void *arg, const struct sshdwalk_line *w)
{
	struct sshd *d = arg;

	if (w->in_match || streq(w->l->keyword, "match"))
		return;
	ARENA_GROW(d->s->arena, d->set, d->n, d->cap);
	d->set[d->n++] = (struct sshd_setting){
		.keyword = w->l->keyword,
		.value = joined(d->s, w->l),
		.text = w->text,
		.line = w->line,
	};
}

const struct sshd_setting *sshd_get(const struct sshd *d, const char *keyword)
{
	for (size_t i = 0; i < d->n; i++) {
		if (streq(d->set[i].keyword, keyword))
			return &d->set[i];
	}
	return NULL;
}

const char *sshd_value(const struct sshd *d, const char *keyword, const char *otherwise)
{
	const struct sshd_setting *v = sshd_get(d, keyword);

	return v ? v->value : otherwise;
}

/* --- is it started --- */

static const char *const units[] = { "ssh.service", "sshd.service",  "ssh.socket",
				     "sshd.socket", "sshd@.service", "dropbear.service" };

static enum sshd_start started_by_systemd(struct scan *s)
{
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		struct unitfile u;

		unitfile_find(s, units[i], &u);
		if (unitfile_is_wanted(s, units[i]))
			return SSHD_STARTS;
		any |= u.shipped;
	}
	return any ? SSHD_DOES_NOT_START : SSHD_START_UNKNOWN;
}

static enum sshd_start started_by_links(struct scan *s)
{
	static const char *const dirs[] = { "/etc/rc2.d",
					    "/etc/rc3.d",
					    "/etc/rc5.d",
					    "/etc/rc.d/rc3.d",
					    "/etc/runlevels/default",
					    "/etc/init.d/rc3.d" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		const char *const *name =
			root_is_dir(s->root, dirs[i]) ? scan_dir(s, dirs[i]) : NULL;

		for (; name && *name; name++) {
			if (strstr(*name, "ssh") && **name != 'K')
				return SSHD_STARTS;
		}
	}
	if (root_exists(s->root, "/etc/init/ssh.conf"))
		return SSHD_STARTS;
	return SSHD_START_UNKNOWN;
}

void sshd_severity(const struct sshd *d, struct finding *f)
{
	if (d->start == SSHD_DOES_NOT_START)
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

static void check_disabled(struct sshd *d)
{
	struct finding *f;

	if (d->start != SSHD_DOES_NOT_START || !has_any_key(d->s))
		return;
	for (size_t i = 0; i < 2; i++) {
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

static void check(struct sshd *d)
{
	sshd_check_config(d);
	sshd_check_keys(d);
	sshd_check_privsep(d);
	sshd_check_policy(d);
	check_disabled(d);
}

static void run(struct scan *s)
{
	struct sshd d = { .s = s, .start = SSHD_START_UNKNOWN };
	const char *path = sshdbinary_path(s);

	if (!path || !s->facts->boots_itself || unseen(unseen_find(s), path))
		return;
	sshdbinary_open(s, &d.program);
	d.start = s->facts->init == INIT_SYSTEMD ? started_by_systemd(s) : started_by_links(s);
	sshdwalk(s, take, &d);
	check(&d);
	sshdbinary_close(&d.program);
}

const struct check sshd_check = {
	.name = "sshd",
	.summary = "sshd: its configuration, host keys and directory, and whom it lets in",
	.problems = sshd_problems,
	.run = run,
};
