/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/paths.h"
#include "lib/unitenabled.h"
#include "lib/unitfile.h"

static const char *unit_name(struct scan *s, const char *name)
{
	return strchr(name, '.') ? name : scan_printf(s, "%s.service", name);
}

static enum unitenabled_state unit_file(struct scan *s, const char *unit, const char **path)
{
	struct unitfile u;

	unitfile_find(s, unit, &u);
	*path = u.file;
	if (u.state == UNITFILE_MASKED)
		return UNITENABLED_MASKED;
	return u.state == UNITFILE_GOOD ? UNITENABLED_DISABLED : UNITENABLED_ABSENT;
}

/* A link in /etc/systemd/system that gives it another name, by which others want it. */
static bool is_alias(struct scan *s, const char *unit)
{
	static const char dir[] = "/etc/systemd/system";
	const char *const *name = scan_dir(s, dir);

	for (; *name; name++) {
		_cleanup_free_ char *to = NULL;
		const char *p = scan_printf(s, "%s/%s", dir, *name);

		if (!streq(*name, unit) && root_readlink(s->root, p, &to) == 0 &&
		    streq(paths_base(to), unit))
			return true;
	}
	return false;
}

/* S10network in a directory of a runlevel that boots end in, or that comes before. */
static bool has_start_link(struct scan *s, const char *name)
{
	static const char *const levels[] = {
		"rcS.d", "rc2.d", "rc3.d", "rc4.d", "rc5.d", "boot.d"
	};
	static const char *const tops[] = { "/etc", "/etc/rc.d", "/etc/init.d" };

	for (size_t i = 0; i < ARRAY_SIZE(levels) * ARRAY_SIZE(tops); i++) {
		const char *dir = scan_printf(s, "%s/%s", tops[i / ARRAY_SIZE(levels)],
					      levels[i % ARRAY_SIZE(levels)]);
		const char *const *e = scan_dir(s, dir);

		for (; *e; e++) {
			const char *digits = after(*e, "S");

			if (digits && streq(digits + strspn(digits, "0123456789"), name))
				return true;
		}
	}
	return false;
}

static bool in_runlevel(struct scan *s, const char *name)
{
	const char *const *level = scan_dir(s, "/etc/runlevels");
	struct stat st;

	for (; *level; level++) {
		const char *p = scan_printf(s, "/etc/runlevels/%s/%s", *level, name);

		if (!streq(*level, "shutdown") && root_lstat(s->root, p, &st) == 0)
			return true;
	}
	return false;
}

static enum unitenabled_state upstart_job(struct scan *s, const char *name)
{
	const struct text *over = scan_text(s, scan_printf(s, "/etc/init/%s.override", name));
	const struct text *t = scan_text(s, scan_printf(s, "/etc/init/%s.conf", name));

	if (!t)
		return UNITENABLED_ABSENT;
	for (size_t n = 1; over && n <= over->lines; n++) {
		const char *line = text_line(over, n);

		if (startswith(line + strspn(line, " \t"), "manual"))
			return UNITENABLED_DISABLED;
	}
	return UNITENABLED_ON;
}

static enum unitenabled_state script_state(struct scan *s, const char *name)
{
	if (!unitfile_has_script(s, scan_printf(s, "%s.service", name)))
		return UNITENABLED_ABSENT;
	return has_start_link(s, name) || in_runlevel(s, name) ? UNITENABLED_ON
							       : UNITENABLED_DISABLED;
}

enum unitenabled_state unitenabled(struct scan *s, const char *name)
{
	const char *unit = unit_name(s, name), *path = NULL;
	enum unitenabled_state state = UNITENABLED_ABSENT;

	if (s->facts->init == INIT_SYSTEMD || s->facts->init == INIT_UNKNOWN) {
		state = unit_file(s, unit, &path);
		if (state == UNITENABLED_DISABLED &&
		    (unitfile_is_wanted(s, unit) || is_alias(s, unit)))
			return UNITENABLED_ON;
		if (state != UNITENABLED_ABSENT)
			return state;
	} else {
		state = upstart_job(s, name);
		if (state == UNITENABLED_ON)
			return state;
	}
	return script_state(s, name) == UNITENABLED_ABSENT ? state : script_state(s, name);
}

const char *unitenabled_file(struct scan *s, const char *name)
{
	const char *path;

	unit_file(s, unit_name(s, name), &path);
	return path;
}
