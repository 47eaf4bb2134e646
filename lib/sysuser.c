/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/sysuser.h"
#include "lib/unitfile.h"

struct row {
	const char *names[3]; /* any of them will do */
	const char *programs[6];
	const char *unit; /* matters only when this unit is enabled; NULL: always */
	enum severity severity;
	uint32_t id; /* Red Hat's fixed number; 0: none */
	const char *home;
	const char *owns[3]; /* what it owns on the disk tells its number */
	const char *group;   /* a group other than its own, when the patient has it */
	const char *effect;
};

static const struct row rows[] = {
	{
		.names = { "messagebus", "dbus" },
		.programs = { "/usr/bin/dbus-daemon", "/bin/dbus-daemon",
			      "/usr/bin/dbus-broker-launch" },
		.severity = BLOCKS_LOGIN,
		.id = 81,
		.home = "/",
		.owns = { "/var/lib/dbus" },
		.effect = "the system bus does not start, and logind and NetworkManager with it",
	},
	{
		.names = { "sshd" },
		.programs = { "/usr/sbin/sshd" },
		.severity = BLOCKS_LOGIN,
		.id = 74,
		.home = "/var/empty/sshd",
		.group = "nogroup",
		.effect = "sshd does not start without its privilege separation user",
	},
	{
		.names = { "polkitd" },
		.programs = { "/usr/lib/polkit-1/polkitd", "/usr/libexec/polkit-1/polkitd",
			      "/usr/lib/policykit-1/polkitd" },
		.severity = DEGRADES,
		.home = "/",
		.owns = { "/etc/polkit-1/rules.d", "/var/lib/polkit-1" },
		.effect = "polkit does not start: whatever asks it for leave is refused or waits",
	},
	{
		.names = { "systemd-network" },
		.programs = { "/usr/lib/systemd/systemd-networkd",
			      "/lib/systemd/systemd-networkd" },
		.unit = "systemd-networkd.service",
		.severity = BLOCKS_LOGIN,
		.id = 192,
		.home = "/",
		.owns = { "/var/lib/systemd/network" },
		.effect = "systemd-networkd does not start: no network",
	},
	{
		.names = { "systemd-resolve" },
		.programs = { "/usr/lib/systemd/systemd-resolved",
			      "/lib/systemd/systemd-resolved" },
		.unit = "systemd-resolved.service",
		.severity = DEGRADES,
		.id = 193,
		.home = "/",
		.effect = "systemd-resolved does not start: no names are resolved",
	},
	{
		.names = { "systemd-timesync" },
		.programs = { "/usr/lib/systemd/systemd-timesyncd",
			      "/lib/systemd/systemd-timesyncd" },
		.unit = "systemd-timesyncd.service",
		.severity = DEGRADES,
		.home = "/",
		.owns = { "/var/lib/systemd/timesync" },
		.effect = "systemd-timesyncd does not start: the clock drifts",
	},
	{
		.names = { "systemd-oom" },
		.programs = { "/usr/lib/systemd/systemd-oomd", "/lib/systemd/systemd-oomd" },
		.unit = "systemd-oomd.service",
		.severity = DEGRADES,
		.home = "/",
		.effect = "systemd-oomd does not start",
	},
	{
		.names = { "chrony", "_chrony" },
		.programs = { "/usr/sbin/chronyd" },
		.severity = DEGRADES,
		.home = "/var/lib/chrony",
		.owns = { "/var/lib/chrony", "/var/log/chrony" },
		.effect = "chronyd does not start: the clock drifts",
	},
	{
		.names = { "rpc", "_rpc" },
		.programs = { "/usr/sbin/rpcbind", "/usr/bin/rpcbind", "/sbin/rpcbind" },
		.severity = DEGRADES,
		.id = 32,
		.home = "/var/lib/rpcbind",
		.owns = { "/var/lib/rpcbind" },
		.group = "nogroup",
		.effect = "rpcbind does not start, and NFS of version 3 with it",
	},
	{
		.names = { "syslog" },
		.programs = { "/usr/sbin/rsyslogd" },
		.severity = DEGRADES,
		.home = "/home/syslog",
		.owns = { "/var/log/syslog", "/var/log/auth.log" },
		.effect = "rsyslogd cannot drop its privileges and logs nothing",
	},
};

/* --- what remembers a user --- */

static bool db_has(const struct userdb *db, const char *name)
{
	return db && userdb_find(db, name) != NULL;
}

static bool remembered(const struct sysuser_view *v, const char *name)
{
	/* sshd is built with that name everywhere but on Arch, where one user too many does no
	 * harm. */
	if (v->rebuilding && streq(name, "sshd"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(v->traces); i++) {
		if (db_has(v->traces[i], name))
			return true;
	}
	return db_has(v->backup, name) || db_has(v->group, name);
}

/* Which of its names the bus has on this system stands in its configuration. */
static bool bus_runs_as(struct scan *s, const char *name)
{
	static const char *const files[] = { "/usr/share/dbus-1/system.conf",
					     "/etc/dbus-1/system.conf" };
	const char *tag = scan_printf(s, "<user>%s</user>", name);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const struct text *t =
			root_is_file(s->root, files[i]) ? scan_text(s, files[i]) : NULL;

		if (t && strstr(t->data, tag))
			return true;
	}
	return false;
}

/* Users that stand in no /etc/passwd: nss-altfiles, extrausers and userdb(7). */
static bool defined_elsewhere(struct scan *s, const char *name)
{
	static const char *const files[] = { "/usr/lib/passwd", "/var/lib/extrausers/passwd" };
	static const char *const dirs[] = { "/etc/userdb", "/usr/lib/userdb" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const struct text *t = scan_text(s, files[i]);
		struct userdb db = { 0 };

		if (t)
			userdb_parse(s->arena, t, USERDB_PASSWD, USERDB_GLIBC, &db);
		if (db_has(&db, name))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (root_exists(s->root, scan_printf(s, "%s/%s.user", dirs[i], name)))
			return true;
	}
	return false;
}

/* --- systemd-sysusers --- */

static bool line_makes(const char *line, const char *name)
{
	const char *s = line + strspn(line, " \t");
	size_t n;

	if (*s != 'u')
		return false;
	s += strcspn(s, " \t");
	s += strspn(s, " \t");
	if (*s == '"')
		s++;
	n = strcspn(s, " \t\r\"");
	return n == strlen(name) && strncmp(s, name, n) == 0;
}

static bool dir_makes(struct scan *s, const char *dir, const char *name)
{
	const char *const *files = scan_dir(s, dir);

	for (size_t i = 0; files[i]; i++) {
		const char *path = scan_printf(s, "%s/%s", dir, files[i]);
		const struct text *t;

		if (!endswith(files[i], ".conf") || !root_is_file(s->root, path))
			continue;
		t = scan_text(s, path);
		for (size_t n = 1; t && n <= t->lines; n++) {
			if (line_makes(text_line(t, n), name))
				return true;
		}
	}
	return false;
}

static bool older(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* ConditionNeedsUpdate=/etc: /usr was changed since /etc/.updated was written, or it never was. */
static bool etc_needs_update(struct scan *s)
{
	struct stat usr, updated;

	if (root_stat(s->root, "/usr", &usr) < 0)
		return false;
	if (root_lstat(s->root, "/etc/.updated", &updated) < 0)
		return true;
	return older(&updated.st_mtim, &usr.st_mtim);
}

static bool is_conditional(struct scan *s, const struct unitfile *u)
{
	struct unitfile_settings set;
	struct lines list;

	unitfile_read(s, u, &set);
	unitfile_values(s->arena, &set, "Unit", "ConditionNeedsUpdate", &list);
	return list.n > 0;
}

static bool sysusers_will_run(struct scan *s)
{
	static const char name[] = "systemd-sysusers.service";
	struct unitfile u;

	unitfile_find(s, name, &u);
	return u.state == UNITFILE_GOOD && unitfile_is_wanted(s, name) &&
	       (!is_conditional(s, &u) || etc_needs_update(s));
}

bool sysuser_made_at_boot(struct scan *s, const char *name)
{
	static const char *const dirs[] = { "/etc/sysusers.d", "/usr/lib/sysusers.d",
					    "/usr/local/lib/sysusers.d" };

	if (!sysusers_will_run(s))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (dir_makes(s, dirs[i], name))
			return true;
	}
	return false;
}

/* --- who is gone --- */

static const char *program_of(struct scan *s, const struct row *row)
{
	for (size_t i = 0; i < ARRAY_SIZE(row->programs) && row->programs[i]; i++) {
		if (root_is_program(s->root, row->programs[i]))
			return row->programs[i];
	}
	return NULL;
}

static bool is_enabled(struct scan *s, const char *unit)
{
	static const char *const targets[] = { "multi-user.target.wants", "sysinit.target.wants",
					       "network.target.wants", "basic.target.wants" };

	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		const char *path = scan_printf(s, "/etc/systemd/system/%s/%s", targets[i], unit);
		struct stat st;

		if (root_lstat(s->root, path, &st) == 0)
			return true;
	}
	return false;
}

/* The name the patient used, when it is gone; NULL when one of the names is there. */
static const char *gone(struct scan *s, const struct row *row, const struct sysuser_view *v)
{
	const char *name = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(row->names) && row->names[i]; i++) {
		if (db_has(v->passwd, row->names[i]))
			return NULL;
		if (!name && (remembered(v, row->names[i]) ||
			      (v->rebuilding && bus_runs_as(s, row->names[i]))))
			name = row->names[i];
	}
	return name;
}

/* --- its numbers --- */

struct ids {
	struct scan *scan;
	const struct sysuser_view *view;
	const struct sysuser *made; /* in this run */
	size_t n;
};

static bool uid_is_free(const struct ids *ids, uint32_t uid)
{
	if (uid == 0 || uid >= 65534 || (ids->view->passwd && userdb_by_id(ids->view->passwd, uid)))
		return false;
	if (ids->view->backup && userdb_by_id(ids->view->backup, uid))
		return false;
	for (size_t i = 0; i < ids->n; i++) {
		if (ids->made[i].uid == uid)
			return false;
	}
	return true;
}

static uint32_t first_free(const struct ids *ids)
{
	if (ids->scan->facts->pkg != PKG_RPM) {
		for (uint32_t uid = 100; uid < 1000; uid++) {
			if (uid_is_free(ids, uid))
				return uid;
		}
	}
	for (uint32_t uid = 999; uid > 100; uid--) {
		if (uid_is_free(ids, uid))
			return uid;
	}
	return 0;
}

static uint32_t pick_uid(const struct ids *ids, const struct row *row)
{
	for (size_t i = 0; i < ARRAY_SIZE(row->owns) && row->owns[i]; i++) {
		struct stat st;

		if (root_lstat(ids->scan->root, row->owns[i], &st) == 0 &&
		    uid_is_free(ids, (uint32_t)st.st_uid))
			return (uint32_t)st.st_uid;
	}
	if (ids->scan->facts->pkg == PKG_RPM && row->id && uid_is_free(ids, row->id))
		return row->id;
	return first_free(ids);
}

static void pick_gid(const struct ids *ids, const struct row *row, struct sysuser *u)
{
	const struct userdb *group = ids->view->group;
	const struct userdb_entry *own = group ? userdb_find(group, u->name) : NULL;

	if ((!own || own->dead) && group && row->group)
		own = userdb_find(group, row->group);
	if (own && !own->dead) {
		u->gid = own->id;
		return;
	}
	u->gid = u->uid;
	/* Its own group goes with it, unless the number is another's. */
	if (group && !userdb_by_id(group, u->gid))
		u->group_line = scan_printf(ids->scan, "%s:x:%u:", u->name, u->gid);
}

static const char *nologin(struct scan *s)
{
	static const char *const shells[] = { "/usr/sbin/nologin", "/sbin/nologin" };

	for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
		if (root_is_program(s->root, shells[i]))
			return shells[i];
	}
	return "/bin/false";
}

static bool bring_back(const struct ids *ids, const struct row *row, struct sysuser *u)
{
	struct scan *s = ids->scan;
	const struct userdb *backup = ids->view->backup;
	const struct userdb_entry *was = backup ? userdb_find(backup, u->name) : NULL;

	if (was && !was->dead && !(ids->view->passwd && userdb_by_id(ids->view->passwd, was->id))) {
		u->uid = was->id;
		u->gid = was->gid;
		u->line = userdb_format(s->arena, USERDB_PASSWD, was);
		return true;
	}
	u->uid = pick_uid(ids, row);
	if (!u->uid)
		return false;
	pick_gid(ids, row, u);
	u->line =
		scan_printf(s, "%s:x:%u:%u::%s:%s", u->name, u->uid, u->gid, row->home, nologin(s));
	return true;
}

size_t sysuser_missing(struct scan *s, const struct sysuser_view *v, struct sysuser **out)
{
	struct sysuser *found = arena_alloc(s->arena, sizeof(*found) * ARRAY_SIZE(rows));
	struct ids ids = { .scan = s, .view = v, .made = found };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sysuser u = { .severity = rows[i].severity, .effect = rows[i].effect };

		u.name = gone(s, &rows[i], v);
		u.program = u.name ? program_of(s, &rows[i]) : NULL;
		if (!u.program || (rows[i].unit && !is_enabled(s, rows[i].unit)))
			continue;
		if (defined_elsewhere(s, u.name) || sysuser_made_at_boot(s, u.name))
			continue;
		if (bring_back(&ids, &rows[i], &u))
			found[ids.n++] = u;
	}
	*out = found;
	return ids.n;
}
