/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/nologin.h"
#include "lib/unitfile.h"
#include "lib/unseen.h"

#define PROGRAM_MAX (4u << 20) /* bytes; it has 15 kB, a static one some 100 */

static bool is_removed_by_script(struct scan *s)
{
	const char *const *name = scan_dir(s, "/etc/rc2.d");

	for (; *name; name++) {
		if (**name == 'S' && endswith(*name, "rmnologin"))
			return true;
	}
	return false;
}

/* With the NUL: "/run/nologin" does not end in it, "/etc/nologin.old" does not count. */
static bool names_it(struct scan *s, const char *program)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	return root_read(s->root, program, PROGRAM_MAX, &b) == 0 && b.data &&
	       memmem(b.data, b.len, NOLOGIN_PATH, sizeof(NOLOGIN_PATH));
}

static bool is_removed_by_systemd(struct scan *s)
{
	static const char *const programs[] = { "/usr/lib/systemd/systemd-user-sessions",
						"/lib/systemd/systemd-user-sessions" };
	struct unitfile u;

	/* Nothing is seen of it, but it is there. */
	if (unseen(unseen_find(s), programs[0]))
		return true;
	unitfile_find(s, "systemd-user-sessions.service", &u);
	if (u.state != UNITFILE_GOOD)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (root_is_file(s->root, programs[i]))
			return names_it(s, programs[i]);
	}
	return false;
}

bool nologin_goes(struct scan *s)
{
	return s->facts->init == INIT_SYSTEMD ? is_removed_by_systemd(s) : is_removed_by_script(s);
}
