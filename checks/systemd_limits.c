/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people wrote to get more open files, and did not get. Units that packages brought are fine.
 */
#include "checks/systemd_parts.h"
#include "lib/systemdversion.h"

#define UNITS_MAX 512u

static void check_file(struct scan *s, const char *path)
{
	const struct text *t = root_is_file(s->root, path) ? scan_text(s, path) : NULL;
	struct unitfile_settings set = { 0 };
	struct finding *f;

	if (t)
		unitfile_parse(s->arena, t, &set);
	for (size_t i = 0; i < set.n; i++) {
		if (!streq(set.v[i].key, "LimitNOFILE") || !streq(set.v[i].value, "infinity"))
			continue;
		f = scan_find(s, &systemd_limits, NULL,
			      "infinity is 65536 for this systemd (before 240)");
		finding_at(f, t, set.v[i].line);
		return;
	}
}

static bool is_own_file(struct scan *s, const char *path)
{
	struct stat st;

	return root_lstat(s->root, path, &st) == 0 && S_ISREG(st.st_mode);
}

void systemd_check_limits(struct scan *s)
{
	static const char dir[] = "/etc/systemd/system";
	const char *const *name = scan_dir(s, dir);
	unsigned version = systemdversion(s);

	for (unsigned n = 0; version && version < 240 && *name && n < UNITS_MAX; name++, n++) {
		const char *path = scan_printf(s, "%s/%s", dir, *name);
		const char *const *sub;

		if (endswith(*name, ".service") && is_own_file(s, path))
			check_file(s, path);
		if (!endswith(*name, ".service.d"))
			continue;
		for (sub = scan_dir(s, path); *sub && n < UNITS_MAX; sub++, n++) {
			if (endswith(*sub, ".conf"))
				check_file(s, scan_printf(s, "%s/%s", path, *sub));
		}
	}
}
