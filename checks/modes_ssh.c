/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What sshd refuses: its own keys, and those of users. */
#include <strings.h>

#include "checks/modes_parts.h"
#include "lib/accounts.h"
#include "lib/sshdeffect.h"
#include "lib/strictmodes.h"
#include "lib/unseen.h"

#define USERS_MAX 4096u	       /* whose keys are looked at */
#define MATCHED_USERS_MAX 256u /* where each has to be held against Match blocks */

/* --- the ssh host keys --- */

static bool key_is_refused(const struct modes_look *l, const struct stat *st)
{
	const struct userdb_entry *e = userdb_find(&l->groups, "ssh_keys");
	mode_t mode = st->st_mode & 077;

	/* sshd only looks at keys that are its own */
	if (st->st_uid != 0 || !l->owners)
		return false;
	return mode && !(mode == 040 && e && !e->dead && e->id == st->st_gid);
}

/* Those that HostKey names, else the usual ones. */
static size_t list_host_keys(struct modes_look *l, const struct sshdeffect *d, const char **out,
			     size_t max)
{
	const char *const *name = scan_dir(l->s, "/etc/ssh");
	size_t n = 0;

	for (size_t i = 0; i < d->n && n < max; i++) {
		if (streq(d->line[i].keyword, "hostkey") && !d->line[i].in_match)
			out[n++] = d->line[i].word[0];
	}
	if (n)
		return n;
	for (size_t i = 0; name[i] && i < MODES_FILES_MAX; i++) {
		if (n < max && startswith(name[i], "ssh_host_") && endswith(name[i], "_key"))
			out[n++] = scan_printf(l->s, "/etc/ssh/%s", name[i]);
	}
	return n;
}

static void report_key(struct modes_look *l, const char *path, const struct stat *st, size_t good)
{
	mode_t mode = st->st_mode & 07777;
	struct finding *f = scan_find(l->s, &modes_ssh, path,
				      "mode %04o: sshd does not load a key that others can read%s",
				      (unsigned)mode, good ? "" : ", and no other is left");

	if (good)
		finding_severity(f, DEGRADES);
	propose_mode(f, path, mode & 0600);
}

/* A configured key that is listed twice is one key. */
static void check_host_keys(struct modes_look *l, const struct sshdeffect *d)
{
	const char *path[32];
	size_t n = list_host_keys(l, d, path, ARRAY_SIZE(path)), good = 0;
	struct stat st;

	for (size_t i = 0; i < n; i++)
		good += root_stat(l->s->root, path[i], &st) == 0 && st.st_size > 0 &&
			!key_is_refused(l, &st);
	for (size_t i = 0; i < n; i++) {
		if (!unseen(l->unseen, path[i]) && root_lstat(l->s->root, path[i], &st) == 0 &&
		    S_ISREG(st.st_mode) && key_is_refused(l, &st))
			report_key(l, path[i], &st, good);
	}
}

/* --- StrictModes --- */

static bool is_reported(const struct modes_look *l, const struct problem *p, const char *path)
{
	for (const struct finding *f = l->s->findings; f; f = f->next) {
		if (f->problem == p && streq_null(f->path, path))
			return true;
	}
	return false;
}

static void report_strict(struct modes_look *l, const struct userdb_entry *u,
			  const struct strictmodes_fault *w)
{
	const struct userdb_entry *other = userdb_by_id(&l->users, w->st.st_uid);
	bool own = path_is_below(w->path, u->field[PW_DIR]);
	mode_t mode = w->st.st_mode & 07777;
	const char *why =
		w->open ? scan_printf(l->s, "mode %04o: others may write it", (unsigned)mode)
			: scan_printf(l->s, "belongs to uid %u", (unsigned)w->st.st_uid);
	struct finding *f = scan_find(l->s, &modes_ssh, w->path,
				      "%s, so sshd refuses the keys of '%s'", why, u->name);

	if (w->owner) {
		propose_owner(f, w->path, own ? u->id : 0, own ? u->gid : 0);
		if (other && u->id != 0)
			finding_safety(f, FIX_ASK);
	}
	if (w->open)
		propose_mode(f, w->path, mode & ~(mode_t)(S_ISDIR(w->st.st_mode) ? 022 : 0133));
}

static bool is_private_group(const struct modes_look *l, const struct userdb_entry *u,
			     const struct strictmodes_fault *w)
{
	return l->s->facts->pkg == PKG_DPKG && strictmodes_is_private(&l->users, &l->groups, u, w);
}

static void check_keys_of(struct modes_look *l, const struct userdb_entry *u, const char *file)
{
	struct strictmodes_fault fault[16];
	size_t n = strictmodes_walk(l->s->root, l->s->arena, file, u->field[PW_DIR], u->id, fault,
				    ARRAY_SIZE(fault));

	for (size_t i = 0; i < n; i++) {
		if (modes_judged_before(l, &fault[i].st) || unseen(l->unseen, fault[i].path) ||
		    is_reported(l, &modes_ssh, fault[i].path) || is_private_group(l, u, &fault[i]))
			continue;
		report_strict(l, u, &fault[i]);
	}
}

static void check_files(struct modes_look *l, const struct userdb_entry *u,
			const struct lines *files)
{
	struct stat st;

	for (size_t i = 0; i < files->n; i++) {
		if (root_stat(l->s->root, files->s[i], &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_size > 0)
			check_keys_of(l, u, files->s[i]);
	}
}

static void check_user(struct modes_look *l, const struct sshdeffect *d,
		       const struct userdb_entry *u)
{
	const struct sshdeffect_person who = { u->name, u->gid, &l->groups };
	struct sshdeffect_files files;
	struct sshdeffect_view v;

	if (u->field[PW_DIR][0] != '/' || accounts_refuses_login(u->field[PW_SHELL]))
		return;
	sshdeffect_for(d, &who, &v);
	if (!sshdeffect_takes_keys(&v, u))
		return;
	sshdeffect_key_files(&v, u, &files);
	for (size_t i = 0; i < files.n; i++)
		check_files(l, u, &files.by[i]);
}

void modes_check_ssh(struct modes_look *l)
{
	const struct sshdeffect *d;
	size_t max;

	if (!l->sshd || !l->owners)
		return;
	d = sshdeffect_of(l->s);
	check_host_keys(l, d);
	if (strcasecmp(sshdeffect_for_all(d, "strictmodes", "yes"), "no") == 0)
		return;
	max = d->blocks ? MATCHED_USERS_MAX : USERS_MAX;
	for (size_t i = 0; i < l->users.n && i < max; i++) {
		if (!l->users.e[i].dead)
			check_user(l, d, &l->users.e[i]);
	}
}
