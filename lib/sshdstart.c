/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/sshdstart.h"
#include "lib/unitenabled.h"
#include "lib/unitfile.h"

#define NOT_TO_BE_RUN "/etc/ssh/sshd_not_to_be_run"
#define OTHERS_MAX 256u /* files of a directory that are looked into */

/* A better answer takes the place of a worse one. */
static void take(struct sshdstart *out, enum sshdstart_state state, const char *by)
{
	static const unsigned rank[] = {
		[SSHDSTART_UNKNOWN] = 0, [SSHDSTART_OFF] = 1, [SSHDSTART_LOST] = 2,
		[SSHDSTART_KEPT] = 3,	 [SSHDSTART_ON] = 4,
	};

	if (rank[state] > rank[out->state])
		*out = (struct sshdstart){ state, by };
}

/* --- systemd --- */

/* ConditionPathExists=!/etc/ssh/sshd_not_to_be_run (Debian's), and whatever else of /etc. */
static const char *kept_by(struct scan *s, const struct unitfile_settings *set)
{
	struct lines list = { 0 };

	unitfile_values(s->arena, set, "Unit", "ConditionPathExists", &list);
	for (size_t i = 0; i < list.n; i++) {
		const char *path = after(list.s[i], "!");

		if (path && startswith(path, "/etc/") && root_exists(s->root, path))
			return path;
	}
	return NULL;
}

static bool is_loaded(struct scan *s, const char *name, struct unitfile *u)
{
	unitfile_find(s, name, u);
	return u->state == UNITFILE_GOOD ||
	       (u->state == UNITFILE_ABSENT && unitfile_has_script(s, name));
}

static const char *last_of(struct scan *s, const struct unitfile_settings *set, const char *key)
{
	struct lines list = { 0 };

	unitfile_values(s->arena, set, "Socket", key, &list);
	return list.n ? list.s[list.n - 1] : NULL;
}

/* What a connection starts; NULL: the unit is no socket. */
static const char *service_of(struct scan *s, const struct unitfile *u,
			      const struct unitfile_settings *set)
{
	static const char *const yes[] = { "yes", "true", "on", "1", "y", "t", NULL };
	const char *accept = last_of(s, set, "Accept"), *service = last_of(s, set, "Service");
	int len = (int)strlen(u->id) - (int)strlen(".socket");

	if (!endswith(u->id, ".socket"))
		return NULL;
	if (accept && in_list(accept, yes))
		return scan_printf(s, "%.*s@.service", len, u->id);
	return service ? service : scan_printf(s, "%.*s.service", len, u->id);
}

static void see_unit(struct scan *s, const char *name, struct sshdstart *out)
{
	struct unitfile_settings set;
	const char *kept, *service;
	struct unitfile u, other;

	unitfile_find(s, name, &u);
	if (!unitfile_is_wanted(s, name)) {
		if (u.shipped || u.state == UNITFILE_GOOD)
			take(out, SSHDSTART_OFF, name);
		return;
	}
	if (!is_loaded(s, name, &u)) {
		take(out, SSHDSTART_LOST, name);
		return;
	}
	unitfile_read(s, &u, &set);
	kept = kept_by(s, &set);
	service = service_of(s, &u, &set);
	if (kept)
		take(out, SSHDSTART_KEPT, kept);
	else if (service && !is_loaded(s, service, &other))
		take(out, SSHDSTART_LOST, service);
	else
		take(out, SSHDSTART_ON, name);
}

/* --- scripts and jobs --- */

/* Debian's scripts and jobs look for the file as well. */
static void see_script(struct scan *s, const char *name, struct sshdstart *out)
{
	enum unitenabled_state state = unitenabled(s, name);

	if (state == UNITENABLED_ABSENT)
		return;
	if (state != UNITENABLED_ON)
		take(out, SSHDSTART_OFF, name);
	else if (s->facts->pkg == PKG_DPKG && root_exists(s->root, NOT_TO_BE_RUN))
		take(out, SSHDSTART_KEPT, NOT_TO_BE_RUN);
	else
		take(out, SSHDSTART_ON, name);
}

/* systemd makes a unit of a script that has none of its name. */
static void by_systemd(struct scan *s, struct sshdstart *out)
{
	static const char *const units[] = { "ssh.service", "sshd.service", "ssh.socket",
					     "sshd.socket", "sshd@.service" };
	static const char *const scripts[] = { "ssh", "sshd" };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		see_unit(s, units[i], out);
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		struct unitfile u;

		unitfile_find(s, scan_printf(s, "%s.service", scripts[i]), &u);
		if (u.state == UNITFILE_ABSENT)
			see_script(s, scripts[i], out);
	}
}

static void by_scripts(struct scan *s, struct sshdstart *out)
{
	static const char *const names[] = { "ssh", "sshd", "openssh-server", "openssh" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		see_script(s, names[i], out);
}

/* S50sshd, started by rcS in the order of the names. */
static void by_busybox(struct scan *s, struct sshdstart *out)
{
	const char *const *name = scan_dir(s, "/etc/init.d");

	for (; *name; name++) {
		const char *digits = after(*name, "S");

		if (digits && streq(digits + strspn(digits, "0123456789"), "sshd"))
			take(out, SSHDSTART_ON, *name);
	}
}

/* --- others --- */

static bool says_sshd(struct scan *s, const char *path)
{
	const struct text *t = root_is_file(s->root, path) ? scan_text(s, path) : NULL;

	for (size_t n = 1; t && n <= t->lines; n++) {
		const char *line = text_line(t, n);

		line += strspn(line, " \t");
		if (*line != '#' && strstr(line, "sshd"))
			return true;
	}
	return false;
}

/* inetd, or a script of the admin's, may start it: whether it does is not looked into. */
static bool may_be_started(struct scan *s)
{
	static const char *const files[] = { "/etc/inetd.conf", "/etc/xinetd.conf", "/etc/inittab",
					     "/etc/rc.local", "/etc/rc.d/rc.local" };
	static const char dir[] = "/etc/xinetd.d";
	const char *const *name = scan_dir(s, dir);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (says_sshd(s, files[i]))
			return true;
	}
	for (size_t i = 0; name[i] && i < OTHERS_MAX; i++) {
		if (says_sshd(s, scan_printf(s, "%s/%s", dir, name[i])))
			return true;
	}
	return false;
}

static void by_init(struct scan *s, struct sshdstart *out)
{
	switch (s->facts->init) {
	case INIT_UNKNOWN:
		return;
	case INIT_SYSTEMD:
		by_systemd(s, out);
		return;
	case INIT_BUSYBOX:
		by_busybox(s, out);
		return;
	default:
		by_scripts(s, out);
	}
}

void sshdstart_find(struct scan *s, struct sshdstart *out)
{
	*out = (struct sshdstart){ .state = SSHDSTART_UNKNOWN };
	by_init(s, out);
	if (out->state == SSHDSTART_OFF && may_be_started(s))
		*out = (struct sshdstart){ .state = SSHDSTART_UNKNOWN };
}

bool sshdstart_has_other(struct scan *s)
{
	return root_is_program(s->root, "/usr/sbin/dropbear") &&
	       unitenabled(s, "dropbear") == UNITENABLED_ON;
}
