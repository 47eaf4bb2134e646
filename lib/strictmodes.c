/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/paths.h"
#include "lib/strictmodes.h"

#define PARTS_MAX 256u

/* Cuts the last part off; "/" of a path that has none left. */
static void go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == path)
		slash++;
	*slash = '\0';
}

static bool is_refused(const struct root *r, const char *path, uid_t uid,
		       struct strictmodes_fault *f)
{
	if (root_lstat(r, path, &f->st) < 0)
		return false;
	f->open = f->st.st_mode & 022;
	f->owner = f->st.st_uid != 0 && f->st.st_uid != uid;
	return f->open || f->owner;
}

size_t strictmodes_walk(const struct root *r, struct arena *a, const char *file, const char *home,
			uid_t uid, struct strictmodes_fault *out, size_t max)
{
	const char *top = paths_real(r, a, home), *start = paths_real(r, a, file);
	struct stat st;
	char *path;
	size_t n = 0;

	if (!start || start[0] != '/' || root_lstat(r, start, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	path = arena_strdup(a, start);
	for (size_t i = 0; i < PARTS_MAX && n < max; i++) {
		struct strictmodes_fault f = { 0 };

		if (is_refused(r, path, uid, &f)) {
			f.path = arena_strdup(a, path);
			out[n++] = f;
		}
		if (streq(path, "/") || streq_null(path, top))
			break;
		go_up(path);
	}
	return n;
}

static bool is_only_member(const struct userdb_entry *group, const char *name)
{
	const char *members = group->fields > GR_MEMBERS ? group->field[GR_MEMBERS] : "";

	return !*members || streq(members, name);
}

bool strictmodes_is_private(const struct userdb *users, const struct userdb *groups,
			    const struct userdb_entry *user, const struct strictmodes_fault *f)
{
	const struct userdb_entry *group = userdb_by_id(groups, f->st.st_gid);
	bool member = false;

	if (!f->open || f->owner || (f->st.st_mode & 002) || !group)
		return false;
	for (size_t i = 0; i < users->n; i++) {
		const struct userdb_entry *other = &users->e[i];

		if (other->dead || other->gid != group->id)
			continue;
		if (other->id != user->id)
			return false;
		member = true;
	}
	member |= group->fields > GR_MEMBERS && *group->field[GR_MEMBERS];
	return member && is_only_member(group, user->name);
}
