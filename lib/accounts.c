/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <time.h>

#include "lib/accounts.h"
#include "lib/backups.h"
#include "lib/crypthash.h"
#include "lib/sshdbinary.h"

#define USERS_MAX 1000 /* users looked at for another way in */
#define ASKED_MAX 128  /* of them, held against sshd's settings */

/* --- the files as they are --- */

static void read_file(struct accounts *acc, struct accounts_file *f, enum userdb_kind kind,
		      const char *path)
{
	int e;

	*f = (struct accounts_file){ .kind = kind, .path = path, .db = { .kind = kind } };
	e = scan_read(acc->scan, path, &f->text);
	if (e < 0) {
		f->state = root_is_absent(e) ? ACCOUNTS_MISSING : ACCOUNTS_UNREADABLE;
		return;
	}
	f->state = userdb_is_hollow(f->text) ? ACCOUNTS_HOLLOW : ACCOUNTS_THERE;
	if (f->state == ACCOUNTS_THERE)
		userdb_parse(acc->scan->arena, f->text, kind, acc->libc, &f->db);
}

static bool has_login_program(const struct accounts *acc)
{
	static const char *const programs[] = {
		"/bin/login",	    "/usr/bin/login",  "/sbin/agetty",
		"/usr/sbin/agetty", "/usr/bin/agetty", "/sbin/mingetty",
		"/sbin/getty",	    "/usr/sbin/sshd",  "/sbin/sulogin",
	};

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (root_is_program(acc->scan->root, programs[i]))
			return true;
	}
	return false;
}

static bool says_shadow(const struct userdb *db)
{
	for (size_t i = 0; i < db->n; i++) {
		if (streq(db->e[i].field[PW_PASSWD], "x") ||
		    startswith(db->e[i].field[PW_PASSWD], "##"))
			return true;
	}
	return false;
}

void accounts_gather(struct scan *s, struct accounts *out)
{
	*out = (struct accounts){ .scan = s, .libc = s->facts->musl ? USERDB_MUSL : USERDB_GLIBC };
	read_file(out, &out->passwd, USERDB_PASSWD, "/etc/passwd");
	read_file(out, &out->shadow, USERDB_SHADOW, "/etc/shadow");
	read_file(out, &out->group, USERDB_GROUP, "/etc/group");
	read_file(out, &out->gshadow, USERDB_GSHADOW, "/etc/gshadow");
	out->interactive = accounts_best_shell(out) && has_login_program(out);
	out->foreign_shadow = root_is_dir(s->root, "/etc/tcb");
	/* A passwd that will be written anew keeps passwords in shadow. */
	out->uses_shadow = out->passwd.state != ACCOUNTS_THERE || says_shadow(&out->passwd.db);
}

/* --- dates --- */

#define DAY (24 * 60 * 60)

/*
 * As pam_unix counts (check_shadow_expiry): the account's date is the first day without it; of the
 * password's age the day after the last one; a password that is to be changed (0) has no age.
 */
const char *accounts_expiry(const struct userdb_entry *sp)
{
	uint64_t today = (uint64_t)time(NULL) / DAY, last, max, grace, day;

	if (parse_u64(sp->field[SP_EXPIRE], &day) && day <= today)
		return "the account has expired";
	if (!parse_u64(sp->field[SP_LSTCHG], &last) || !last ||
	    !parse_u64(sp->field[SP_MAX], &max) || !parse_u64(sp->field[SP_INACT], &grace))
		return NULL;
	/* One after the other: the sum of damaged fields may not fit. */
	if (last > today || today - last <= max || today - last - max <= grace)
		return NULL;
	return "the password is older than its days of grace";
}

/* --- other sources of users --- */

/* A service that only knows users of this disk. */
static bool is_local(const struct scan *s, const char *service)
{
	static const char *const local[] = { "files",	   "compat",	 "systemd", "altfiles",
					     "usrfiles",   "extrausers", "db",	    "mymachines",
					     "myhostname", NULL };

	/* Red Hat names sss whether it is set up or not. */
	if (streq(service, "sss"))
		return !root_is_dir(s->root, "/etc/sssd");
	return in_list(service, local);
}

/* "files [NOTFOUND=return] sss" */
static const char *first_elsewhere(const struct scan *s, const char *words)
{
	const char *p = words;
	size_t len;

	for (; *(p += strspn(p, " \t\r")) && *p != '#'; p += len) {
		const char *service;

		len = *p == '[' ? strcspn(p, "]") : strcspn(p, " \t\r[#");
		len += p[len] == ']';
		service = arena_strndup(s->arena, p, len);
		if (*p != '[' && !is_local(s, service))
			return service;
	}
	return NULL;
}

const char *accounts_elsewhere(const struct accounts *acc)
{
	const struct text *t;
	const char *found = NULL;

	if (acc->passwd.db.nis)
		return "NIS";
	t = acc->libc == USERDB_MUSL ? NULL : scan_text(acc->scan, "/etc/nsswitch.conf");
	for (size_t n = 1; t && !found && n <= t->lines; n++) {
		const char *line = text_line(t, n), *words;

		words = after(line + strspn(line, " \t"), "passwd:");
		found = words ? first_elsewhere(acc->scan, words) : NULL;
	}
	return found;
}

/* --- backups --- */

struct wanted {
	struct accounts *acc;
	enum userdb_kind kind;
};

static bool is_sound(const struct text *t, const void *arg)
{
	const struct wanted *w = arg;
	struct userdb db;

	userdb_parse(w->acc->scan->arena, t, w->kind, w->acc->libc, &db);
	return userdb_is_sound(&db);
}

const char *accounts_backup(struct accounts *acc, struct accounts_file *f)
{
	struct wanted w = { .acc = acc, .kind = f->kind };
	struct backup b;

	if (f->looked)
		return f->backup;
	f->looked = true;
	if (!backups_find(acc->scan->root, acc->scan->arena, f->path, is_sound, &w, &b))
		return NULL;
	f->backup_text = scan_text(acc->scan, b.path);
	if (!f->backup_text)
		return NULL;
	userdb_parse(acc->scan->arena, f->backup_text, f->kind, acc->libc, &f->backup_db);
	f->backup = b.path;
	return f->backup;
}

void accounts_at(struct finding *found, const struct accounts_file *f, size_t line)
{
	finding_at(found, f->text, line);
	if (f->kind == USERDB_SHADOW || f->kind == USERDB_GSHADOW)
		found->quote = NULL;
}

/* --- shells --- */

bool accounts_is_shell(const struct accounts *acc, const char *shell)
{
	const struct root *r = acc->scan->root;
	struct stat st;

	if (*shell != '/')
		return false;
	if (root_is_program(r, shell))
		return true;
	/* A lost /bin link of a merged /usr is the tree check's to tell, not the shell's fault. */
	return startswith(shell, "/bin/") && root_is_absent(root_lstat(r, "/bin", &st)) &&
	       root_is_program(r, scan_printf(acc->scan, "/usr%s", shell));
}

bool accounts_refuses_login(const char *shell)
{
	static const char *const refusing[] = { "nologin", "false",    "true", "sync",
						"halt",	   "shutdown", "null", NULL };
	const char *base = strrchr(shell, '/');

	return base && in_list(base + 1, refusing);
}

const char *accounts_best_shell(const struct accounts *acc)
{
	static const char *const shells[] = { "/bin/bash", "/bin/sh", "/bin/ash" };

	for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
		if (accounts_is_shell(acc, shells[i]))
			return shells[i];
	}
	return NULL;
}

bool accounts_can_log_in(const struct accounts *acc, const struct userdb_entry *user)
{
	const char *shell = *user->field[PW_SHELL] ? user->field[PW_SHELL] : "/bin/sh";

	return !user->dead && !accounts_refuses_login(shell) && accounts_is_shell(acc, shell);
}

/* --- modes and owners --- */

static bool shadow_group(struct accounts *acc, gid_t *gid)
{
	const struct userdb *db = &acc->group.db;
	const struct userdb_entry *e;

	if (acc->group.state != ACCOUNTS_THERE && accounts_backup(acc, &acc->group))
		db = &acc->group.backup_db;
	e = userdb_find(db, "shadow");
	if (!e || e->dead)
		return false;
	*gid = (gid_t)e->id;
	return true;
}

struct accounts_owner accounts_owner(struct accounts *acc, const struct accounts_file *f)
{
	const struct accounts_file *twin = f->kind == USERDB_SHADOW ? &acc->gshadow : &acc->shadow;
	struct accounts_owner o = { .mode = 0644 };

	if (f->kind == USERDB_PASSWD || f->kind == USERDB_GROUP)
		return o;
	o.mode = 0640;
	if (shadow_group(acc, &o.gid))
		return o;
	o.mode = acc->scan->facts->pkg == PKG_RPM ? 0 : 0600;
	/* The twin shows the habit, when nobody has opened it to others. */
	if (twin->text && (twin->text->st.st_mode & 0137) == 0 && twin->text->st.st_uid == 0)
		return (struct accounts_owner){ .mode = twin->text->st.st_mode & 07777,
						.gid = twin->text->st.st_gid };
	return o;
}

/* --- other ways in --- */

static bool has_sshd(struct scan *s)
{
	const char *path = sshdbinary_path(s);

	return (path && root_is_program(s->root, path)) ||
	       root_is_program(s->root, "/usr/sbin/dropbear");
}

/* Some line that is no comment; a file we may not read is taken to have one. */
static bool holds_key(struct scan *s, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	int e = root_read(s->root, path, ROOT_TEXT_MAX, &b);

	if (e == -EACCES || e == -EPERM)
		return true;
	return e == 0 && !userdb_is_hollow(text_new(s->arena, path, b.data, b.len));
}

struct sshdeffect_person accounts_to_sshd(const struct accounts *acc,
					  const struct userdb_entry *user)
{
	const struct userdb *groups = acc->group.state == ACCOUNTS_THERE ? &acc->group.db : NULL;

	return (struct sshdeffect_person){ user->name, user->gid, groups };
}

/* Where sshd's settings, or those of a server that has none, look for them. */
static bool has_key(struct accounts *acc, const struct userdb_entry *user)
{
	const struct sshdeffect_person who = accounts_to_sshd(acc, user);
	struct sshdeffect_files files;
	struct sshdeffect_view v;
	const char *why;

	sshdeffect_for(sshdeffect_of(acc->scan), &who, &v);
	if (!sshdeffect_takes_keys(&v, user))
		return false;
	sshdeffect_key_files(&v, user, &files);
	for (size_t i = 0; i < files.n; i++) {
		for (size_t k = 0; k < files.by[i].n; k++) {
			if (holds_key(acc->scan, files.by[i].s[k]))
				return sshdeffect_lets_in(&v, &why) != SSHDEFFECT_NO;
		}
	}
	return false;
}

bool accounts_root_has_key(struct accounts *acc)
{
	static const char *const fields[] = {
		[PW_NAME] = "root", [PW_PASSWD] = "x",	[PW_UID] = "0",
		[PW_GID] = "0",	    [PW_DIR] = "/root",
	};
	const struct userdb_entry *root = userdb_find(&acc->passwd.db, "root");
	struct userdb_entry usual = { .name = "root" };

	memcpy(usual.field, fields, sizeof(fields));
	if (!root || !*root->field[PW_DIR])
		root = &usual;
	return has_sshd(acc->scan) && has_key(acc, root);
}

static bool has_password(struct accounts *acc, const struct userdb_entry *user,
			 const struct crypthash_methods *m)
{
	const struct userdb_entry *sp = userdb_find(&acc->shadow.db, user->name);
	const char *pw = user->field[PW_PASSWD], *method;

	if (streq(pw, "x"))
		pw = sp && !sp->dead ? sp->field[SP_PASSWD] : "*";
	return crypthash_grade(pw, m, &method) == CRYPTHASH_GOOD;
}

const char *accounts_person_way_in(struct accounts *acc)
{
	const struct userdb *users = &acc->passwd.db;
	struct scan *s = acc->scan;
	struct crypthash_methods m;
	size_t asked = 0;

	crypthash_methods(s->root, s->arena,
			  s->facts->musl ? CRYPTHASH_ON_MUSL : CRYPTHASH_ON_GLIBC, &m);
	for (size_t i = 0; i < users->n && i < USERS_MAX; i++) {
		const struct userdb_entry *u = &users->e[i];

		if (u->dead || u->id == 0 || !accounts_can_log_in(acc, u))
			continue;
		if (has_password(acc, u, &m))
			return scan_printf(s, "the password of user '%s'", u->name);
		if (*u->field[PW_DIR] == '/' && asked++ < ASKED_MAX && has_sshd(s) &&
		    has_key(acc, u))
			return scan_printf(s, "a key of user '%s'", u->name);
	}
	if (root_is_program(s->root, "/usr/bin/cloud-init"))
		return "cloud-init, which installs a key at boot";
	return NULL;
}

const char *accounts_other_way_in(struct accounts *acc)
{
	if (accounts_root_has_key(acc))
		return "a key of root's authorized_keys";
	return accounts_person_way_in(acc);
}
