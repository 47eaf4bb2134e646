/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/paths.h"
#include "lib/unitenabled.h"

/* The first directory that has a name wins. */
static const char *const unit_dirs[] = {
	"/etc/systemd/system",
	"/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system",
	"/lib/systemd/system",
};

static const char *unit_name(struct scan *s, const char *name)
{
	return strchr(name, '.') ? name : scan_printf(s, "%s.service", name);
}

static bool is_mask(struct scan *s, const char *path)
{
	_cleanup_free_ char *to = NULL;
	struct stat st;

	if (root_readlink(s->root, path, &to) == 0 && streq(to, "/dev/null"))
		return true;
	return root_stat(s->root, path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0;
}

static enum unitenabled_state unit_file(struct scan *s, const char *unit, const char **path)
{
	for (size_t i = 0; i < ARRAY_SIZE(unit_dirs); i++) {
		const char *p = scan_printf(s, "%s/%s", unit_dirs[i], unit);
		struct stat st;

		if (root_lstat(s->root, p, &st) < 0)
			continue;
		if (is_mask(s, p))
			return UNITENABLED_MASKED;
		if (root_is_file(s->root, p)) {
			*path = p;
			return UNITENABLED_DISABLED;
		}
	}
	return UNITENABLED_ABSENT;
}

static bool is_wanted_in(struct scan *s, const char *dir, const char *unit)
{
	const char *const *name = scan_dir(s, dir);
	struct stat st;

	for (; *name; name++) {
		if ((endswith(*name, ".wants") || endswith(*name, ".requires")) &&
		    root_lstat(s->root, scan_printf(s, "%s/%s/%s", dir, *name, unit), &st) == 0)
			return true;
	}
	return false;
}

/* A link in /etc/systemd/system that gives it another name, by which others want it. */
static bool is_alias(struct scan *s, const char *unit)
{
	const char *const *name = scan_dir(s, unit_dirs[0]);

	for (; *name; name++) {
		_cleanup_free_ char *to = NULL;
		const char *p = scan_printf(s, "%s/%s", unit_dirs[0], *name);

		if (!streq(*name, unit) && root_readlink(s->root, p, &to) == 0 &&
		    streq(paths_base(to), unit))
			return true;
	}
	return false;
}

static bool is_wanted(struct scan *s, const char *unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(unit_dirs); i++) {
		if (is_wanted_in(s, unit_dirs[i], unit))
			return true;
	}
	return is_alias(s, unit);
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

static bool is_script(struct scan *s, const char *name)
{
	return root_is_file(s->root, scan_printf(s, "/etc/init.d/%s", name)) ||
	       root_is_file(s->root, scan_printf(s, "/etc/rc.d/init.d/%s", name));
}

static enum unitenabled_state script_state(struct scan *s, const char *name)
{
	if (!is_script(s, name))
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
		if (state == UNITENABLED_DISABLED && is_wanted(s, unit))
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
	const char *path = NULL;

	return unit_file(s, unit_name(s, name), &path) == UNITENABLED_DISABLED
		       ? paths_real_or_same(s->root, s->arena, path)
		       : NULL;
}
