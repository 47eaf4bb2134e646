/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a missing or hollow account file is to hold: a backup, and who has left traces elsewhere. */
#include "lib/accounts.h"
#include "lib/sysuser.h"

#define ADDED_MAX 1000 /* groups made up for users whose own is gone */

static void add_line(struct bytes *b, const char *line)
{
	if (b->len && b->data[b->len - 1] != '\n')
		bytes_addc(b, '\n');
	bytes_adds(b, line);
	bytes_addc(b, '\n');
}

/* The backup's bytes, or none. */
static void start_with_backup(struct accounts *acc, struct accounts_file *f, struct bytes *b)
{
	if (accounts_backup(acc, f))
		bytes_add(b, f->backup_text->data, f->backup_text->len);
}

static void parse_bytes(struct accounts *acc, const struct accounts_file *f, const struct bytes *b,
			struct userdb *out)
{
	userdb_parse(acc->scan->arena,
		     text_new(acc->scan->arena, f->path, b->len ? b->data : "", b->len), f->kind,
		     acc->libc, out);
}

static void rebuild_passwd(struct accounts *acc, struct bytes *b)
{
	struct userdb db;
	struct sysuser_view v = { .passwd = &db, .group = &acc->group.db, .rebuilding = true };
	struct sysuser *users;
	size_t n;

	start_with_backup(acc, &acc->passwd, b);
	if (!b->len) {
		const char *shell = accounts_best_shell(acc);

		add_line(b, scan_printf(acc->scan, "root:x:0:0:root:/root:%s",
					shell ? shell : "/bin/sh"));
	}
	parse_bytes(acc, &acc->passwd, b, &db);
	v.traces[0] = &acc->shadow.db;
	v.traces[1] = &acc->gshadow.db;
	n = sysuser_missing(acc->scan, &v, &users);
	for (size_t i = 0; i < n; i++)
		add_line(b, users[i].line);
}

/* The entries of f as they are, or as a rebuilt file has them. */
static const struct userdb *after_repair(struct accounts *acc, struct accounts_file *f,
					 void (*rebuild)(struct accounts *acc, struct bytes *b))
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct userdb *db;

	if (f->state == ACCOUNTS_THERE || f->state == ACCOUNTS_UNREADABLE)
		return &f->db;
	db = arena_new_struct(acc->scan->arena, struct userdb);
	rebuild(acc, &b);
	parse_bytes(acc, f, &b, db);
	return db;
}

/* The passwd entries there will be after a repair of a missing or hollow passwd; else those of now.
 */
static const struct userdb *users_after(struct accounts *acc)
{
	return after_repair(acc, &acc->passwd, rebuild_passwd);
}

/* Locked for passwords; keys and su still work, which they do not without a line. */
static void rebuild_shadow(struct accounts *acc, struct bytes *b)
{
	const struct userdb *users = users_after(acc);
	struct userdb have;

	start_with_backup(acc, &acc->shadow, b);
	parse_bytes(acc, &acc->shadow, b, &have);
	for (size_t i = 0; i < users->n; i++) {
		const struct userdb_entry *u = &users->e[i];

		if (u->dead || (u->faults & (USERDB_DUPLICATE | USERDB_BOM)) ||
		    !streq(u->field[PW_PASSWD], "x") || userdb_find(&have, u->name))
			continue;
		add_line(b, scan_printf(acc->scan, "%s:*::0:99999:7:::", u->name));
	}
}

static void add_group(struct accounts *acc, struct bytes *b, const char *name, uint32_t gid)
{
	struct userdb have;

	parse_bytes(acc, &acc->group, b, &have);
	if (!userdb_find(&have, name) && !userdb_by_id(&have, gid))
		add_line(b, scan_printf(acc->scan, "%s:x:%u:", name, gid));
}

/* The gid of a group stands on the files that belong to it. */
static void add_learned_groups(struct accounts *acc, struct bytes *b)
{
	static const char *const owned[][2] = {
		{ "shadow", "/etc/shadow" },
		{ "ssh_keys", "/etc/ssh/ssh_host_rsa_key" },
		{ "ssh_keys", "/etc/ssh/ssh_host_ed25519_key" },
		{ "utmp", "/var/log/wtmp" },
		{ "tty", "/usr/bin/wall" },
		{ "mail", "/var/mail" },
		{ "mail", "/var/spool/mail" },
		{ "crontab", "/var/spool/cron/crontabs" },
		{ "messagebus", "/usr/lib/dbus-1.0/dbus-daemon-launch-helper" },
		{ "dbus", "/usr/libexec/dbus-1/dbus-daemon-launch-helper" },
		{ "systemd-journal", "/var/log/journal" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(owned); i++) {
		struct stat st;

		if (root_stat(acc->scan->root, owned[i][1], &st) == 0 && st.st_gid != 0)
			add_group(acc, b, owned[i][0], (uint32_t)st.st_gid);
	}
}

/* Numbers that Red Hat's setup package has fixed and that no file shows. */
static void add_fixed_groups(struct accounts *acc, struct bytes *b)
{
	static const struct {
		const char *name;
		uint32_t gid;
	} fixed[] = {
		{ "tty", 5 },	  { "disk", 6 },    { "lp", 7 },	{ "kmem", 9 },
		{ "wheel", 10 },  { "cdrom", 11 },  { "mail", 12 },	{ "dialout", 18 },
		{ "floppy", 19 }, { "utmp", 22 },   { "tape", 33 },	{ "video", 39 },
		{ "audio", 63 },  { "users", 100 }, { "utempter", 35 },
	};
	const struct os_release *os = &acc->scan->facts->os;

	if (!os_is_like(os, "rhel") && !os_is_like(os, "centos") && !os_is_like(os, "fedora"))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
		add_group(acc, b, fixed[i].name, fixed[i].gid);
}

/* Debian keeps the groups it starts with in a file of its own. */
static void start_with_master(struct accounts *acc, struct bytes *b)
{
	const struct text *t = scan_text(acc->scan, "/usr/share/base-passwd/group.master");
	struct userdb db = { 0 };

	if (t)
		userdb_parse(acc->scan->arena, t, USERDB_GROUP, acc->libc, &db);
	for (size_t i = 0; i < db.n; i++) {
		if (!db.e[i].dead && !db.e[i].faults)
			add_line(b, userdb_format_with(acc->scan->arena, USERDB_GROUP, &db.e[i],
						       GR_PASSWD, "x"));
	}
	if (!b->len)
		add_line(b, "root:x:0:");
}

static void rebuild_group(struct accounts *acc, struct bytes *b)
{
	const struct userdb *users = users_after(acc);
	struct userdb have;
	size_t added = 0;

	start_with_backup(acc, &acc->group, b);
	if (!b->len) {
		start_with_master(acc, b);
		add_learned_groups(acc, b);
		add_fixed_groups(acc, b);
	}
	parse_bytes(acc, &acc->group, b, &have);
	for (size_t i = 0; i < users->n && added < ADDED_MAX; i++) {
		const struct userdb_entry *u = &users->e[i];

		if (u->dead || (u->faults & USERDB_BOM) || userdb_by_id(&have, u->gid))
			continue;
		if (userdb_find(&have, u->name))
			continue;
		add_line(b, scan_printf(acc->scan, "%s:x:%u:", u->name, u->gid));
		parse_bytes(acc, &acc->group, b, &have);
		added++;
	}
}

static const struct userdb *groups_after(struct accounts *acc)
{
	return after_repair(acc, &acc->group, rebuild_group);
}

static void rebuild_gshadow(struct accounts *acc, struct bytes *b)
{
	const struct userdb *groups = groups_after(acc);
	struct userdb have;

	start_with_backup(acc, &acc->gshadow, b);
	parse_bytes(acc, &acc->gshadow, b, &have);
	for (size_t i = 0; i < groups->n; i++) {
		const struct userdb_entry *g = &groups->e[i];

		if (g->dead || (g->faults & (USERDB_DUPLICATE | USERDB_BOM)) ||
		    userdb_find(&have, g->name))
			continue;
		add_line(b, scan_printf(acc->scan, "%s:!::%s", g->name, g->field[GR_MEMBERS]));
	}
}

static const char *rebuilt(struct accounts *acc, struct accounts_file *f)
{
	static void (*const rebuild[])(struct accounts *, struct bytes *) = {
		[USERDB_PASSWD] = rebuild_passwd,
		[USERDB_SHADOW] = rebuild_shadow,
		[USERDB_GROUP] = rebuild_group,
		[USERDB_GSHADOW] = rebuild_gshadow,
	};
	_cleanup_bytes_ struct bytes b = { 0 };

	rebuild[f->kind](acc, &b);
	return arena_memdup(acc->scan->arena, b.len ? b.data : "", b.len);
}

/* The bytes of the backup when they are enough, else the text; with mode and owner. */
static void propose_rebuilt(struct accounts *acc, struct accounts_file *f, struct finding *found)
{
	const char *text = rebuilt(acc, f);
	struct accounts_owner o = accounts_owner(acc, f);

	/* A file that is there keeps its mode and owner: those are the modes check's to judge. */
	if (f->text)
		o = (struct accounts_owner){ .mode = f->text->st.st_mode & 07777,
					     .uid = f->text->st.st_uid,
					     .gid = f->text->st.st_gid };
	if (!*text)
		return;
	if (f->backup && strlen(text) == f->backup_text->len &&
	    memcmp(text, f->backup_text->data, f->backup_text->len) == 0)
		propose_copy(found, f->path, f->backup, o.mode, o.uid, o.gid);
	else
		propose_text_owned(found, f->path, text, strlen(text), o.mode, o.uid, o.gid);
	/* Mode 000, Red Hat's, cannot be told from "as it is" by the calls above. */
	if (o.mode == 0 && !f->text)
		propose_mode(found, f->path, 0);
}

void accounts_report_gone(struct accounts *acc, struct accounts_file *f,
			  const struct accounts_gone *words)
{
	bool absent = f->state == ACCOUNTS_MISSING;
	const char *backup = accounts_backup(acc, f);
	struct finding *found;

	found = scan_find(acc->scan, absent ? words->missing : words->empty, f->path, "%s; %s%s",
			  absent ? words->no_file : words->no_entry,
			  backup ? "a sound backup is " : "no backup of it is sound",
			  backup ? backup : "");
	if (absent)
		finding_absence(found);
	propose_rebuilt(acc, f, found);
}
