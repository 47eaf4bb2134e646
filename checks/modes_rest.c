/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Beyond the table: a sample tells whether all programs and libraries must be looked at. */
#include "checks/modes_parts.h"
#include "lib/unseen.h"

#define SAMPLE 64u     /* files of a directory looked at before all of them are */
#define REST 10u       /* files of a sample that everybody may write: a healthy system has none */
#define REST_MAX 4096u /* files one finding proposes to change */

struct odd_file {
	const char *path;
	mode_t mode;
	bool open, strange;
};

struct sample {
	struct modes_look *l;
	struct odd_file *odd;
	size_t n, cap, seen, open, strange;
};

static bool is_sampled(const char *dir, const char *name)
{
	return !strstr(dir, "lib") || endswith(name, ".so") || strstr(name, ".so.");
}

static void sample_file(struct sample *a, const char *path, const struct stat *st)
{
	struct odd_file odd = { .path = path,
				.mode = st->st_mode & 07777,
				.open = st->st_mode & 02,
				.strange = a->l->owners && st->st_uid != 0 };

	a->seen++;
	a->open += odd.open;
	a->strange += odd.strange;
	if ((!odd.open && !odd.strange) || a->n == REST_MAX)
		return;
	ARENA_GROW(a->l->s->arena, a->odd, a->n, a->cap);
	a->odd[a->n++] = odd;
}

static void sample_dir(struct sample *a, const char *dir, size_t max)
{
	struct scan *s = a->l->s;
	const char *const *name = scan_dir(s, dir);
	struct stat st;

	for (size_t i = 0; name[i] && max; i++) {
		const char *path = scan_printf(s, "%s/%s", dir, name[i]);

		if (!is_sampled(dir, name[i]) || root_lstat(s->root, path, &st) < 0 ||
		    !S_ISREG(st.st_mode) || modes_judged_before(a->l, &st))
			continue;
		max--;
		sample_file(a, path, &st);
	}
}

static void sample(struct sample *a, size_t each)
{
	static const char *const dirs[] = {
		"/usr/bin",
		"/usr/sbin",
		"/bin",
		"/sbin",
		"/usr/lib64",
		"/lib64",
		"/usr/lib/x86_64-linux-gnu",
		"/lib/x86_64-linux-gnu",
		"/etc",
	};
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (root_lstat(a->l->s->root, dirs[i], &st) == 0 && S_ISDIR(st.st_mode) &&
		    !unseen(a->l->unseen, dirs[i]))
			sample_dir(a, dirs[i], each);
	}
}

void modes_check_rest(struct modes_look *l)
{
	struct sample few = { .l = l }, all = { .l = l };
	struct finding *f;

	sample(&few, SAMPLE);
	if (few.open < REST && few.strange < REST)
		return;
	sample(&all, REST_MAX);
	f = scan_find(l->s, &modes_rest, "/usr",
		      "%zu more programs, libraries and files of /etc: everybody may write %zu, "
		      "%zu do not belong to root",
		      all.seen, all.open, all.strange);
	for (size_t i = 0; i < all.n; i++) {
		if (all.odd[i].strange)
			propose_owner(f, all.odd[i].path, 0, 0);
		if (all.odd[i].open)
			propose_mode(f, all.odd[i].path, all.odd[i].mode & ~(mode_t)022);
	}
}
