/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/fstab_place.h"
#include "lib/unseen.h"

bool fstab_place_is_live(const char *path)
{
	static const char *const dirs[] = { "/proc", "/sys", "/dev", "/run", "/tmp", NULL };

	for (size_t i = 0; dirs[i]; i++) {
		if (path_is_below(path, dirs[i]))
			return true;
	}
	return false;
}

bool fstab_place_is_covered(const struct devices *d, const struct fstab *tab,
			    const struct fstab_entry *e, const char *path)
{
	for (size_t i = 0; i < tab->n; i++) {
		const struct fstab_entry *x = &tab->e[i];
		const struct partition *p;

		if (x == e || x->swap || streq(x->where, "/") || !*x->where ||
		    !path_is_below(path, x->where))
			continue;
		p = devices_holding(d, x->where);
		if (!p || !streq(p->mounted, x->where))
			return true;
	}
	return false;
}

/* mkswap writes its signature at the end of the first page, whatever the size of a page is. */
bool fstab_place_has_swap(const struct root *r, const char *path)
{
	static const uint64_t pages[] = { 4096, 8192, 16384, 32768, 65536 };
	char magic[10];
	size_t got;

	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		if (root_pread(r, path, pages[i] - sizeof(magic), magic, sizeof(magic), &got) ==
			    0 &&
		    got == sizeof(magic) &&
		    (memcmp(magic, "SWAPSPACE2", 10) == 0 || memcmp(magic, "SWAP-SPACE", 10) == 0 ||
		     memcmp(magic, "S1SUSPEND", 9) == 0))
			return true;
	}
	return false;
}

/* Since version 234 the generator follows links itself, and what is missing behind one is made. */
bool fstab_place_systemd_follows_links(struct scan *s)
{
	static const char *const dirs[] = { "/usr/lib/systemd", "/lib/systemd",
					    "/usr/lib64/systemd",
					    "/usr/lib/x86_64-linux-gnu/systemd",
					    "/usr/lib/aarch64-linux-gnu/systemd" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		for (const char *const *name = scan_dir(s, dirs[i]); *name; name++) {
			const char *version = after(*name, "libsystemd-shared-");

			if (version && atoi(version) >= 234)
				return true;
		}
	}
	return false;
}
