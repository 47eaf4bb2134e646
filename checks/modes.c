/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "checks/checks.h"
#include "lib/modes_table.h"
#include "lib/sshdconf.h"
#include "lib/strictmodes.h"
#include "lib/unseen.h"
#include "lib/userdb.h"

#define MASS 20u	/* so many judged paths are no accident of one command on one file */
#define MASS_SMALL 8u	/* or so many, when they are most of a small tree */
#define USERS_MAX 4096u /* whose keys are looked at */
#define FILES_MAX 512u	/* of a directory whose files are judged one by one */
#define SAMPLE 64u	/* files of a directory looked at before all of them are */
#define REST 10u	/* files of a sample that everybody may write: a healthy system has none */
#define REST_MAX 4096u	/* files one finding proposes to change */

static const struct problem modes_root = {
	.id = "modes.root",
	.severity = BLOCKS_LOGIN,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "a directory everything is below has the wrong mode or owner",
	.why = "Where others cannot search / or /usr, every service and user that is not root fails "
	       "to start its program, D-Bus among them. Where all may write in it, or it belongs to "
	       "somebody else, systemd-tmpfiles, logrotate and sshd refuse to trust what is below, "
	       "and any user can replace system files.",
	.console = "Failed at step EXEC spawning /usr/bin/dbus-daemon: Permission denied\n"
		   "Detected unsafe path transition / -> /var during canonicalization of /var/log.",
	.by_hand =
		"chown root:root /mnt && chmod 755 /mnt (the same for /mnt/etc, /mnt/usr, /mnt/var; "
		"700 for /mnt/root)",
	.fix = "gives the directory to root, takes write permission from others and lets them search it",
};

static const struct problem modes_exec = {
	.id = "modes.exec",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "a program the boot or the login needs cannot be executed",
	.why = "The kernel starts no program and no program loader without an x bit, not even for root. "
	       "A start script without it is skipped without a word.",
	.console = "Failed at step EXEC spawning /sbin/agetty: Permission denied\n"
		   "Kernel panic - not syncing: Attempted to kill init!",
	.by_hand = "chmod 755 /mnt/usr/bin/NAME",
	.fix = "adds the x bits that are missing and changes nothing else",
};

static const struct problem modes_mass = {
	.id = "modes.mass",
	.severity = BLOCKS_LOGIN,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "chmod -R or chown -R went over the system",
	.why = "Modes or owners of many known files are wrong at once. After that sshd refuses its keys, "
	       "su and sudo are powerless and programs or libraries may not start at all.",
	.console = "Permissions 0777 for '/etc/ssh/ssh_host_rsa_key' are too open.\n"
		   "sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set",
	.by_hand =
		"chroot /mnt rpm --setugids -a && chroot /mnt rpm --setperms -a (RPM systems); elsewhere "
		"compare with a healthy machine of the same release, or reinstall the packages",
	.fix = "sets modes and owners of the files in the built-in table; everything else is left and "
	       "counted by modes.rest",
};

static const struct problem modes_setuid = {
	.id = "modes.setuid",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a program that must run as root has lost its setuid bit or owner",
	.why = "su, sudo and passwd work by their setuid bit. Where root has no password, as on most "
	       "cloud images, sudo is the only way to become root. chown takes these bits away "
	       "silently, so they also go with chown -R.",
	.console = "sudo: /usr/bin/sudo must be owned by uid 0 and have the setuid bit set\n"
		   "su: cannot set groups: Operation not permitted",
	.by_hand = "chown root:root /mnt/usr/bin/su && chmod 4755 /mnt/usr/bin/su",
	.fix = "gives the program to root and sets the bit; nothing is changed where hardening removed only "
	       "optional ones",
};

static const struct problem modes_shadow = {
	.id = "modes.shadow",
	.severity = DEGRADES,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "an account file has the wrong mode or owner",
	.why = "When everybody can read /etc/shadow the hashes of all passwords are given away. When not "
	       "everybody can read /etc/passwd and /etc/group, programs that are not root know no names: "
	       "D-Bus does not start and users have no name.",
	.console = "I have no name!@host\n"
		   "Failed to resolve user 'messagebus'",
	.by_hand = "chmod 640 /mnt/etc/shadow && chown root:shadow /mnt/etc/shadow (Debian), "
		   "chmod 000 /mnt/etc/shadow (RHEL), chmod 644 /mnt/etc/passwd /mnt/etc/group",
	.fix = "takes away the bits that are too many, adds the read bits that are missing, and gives "
	       "the file to root",
};

static const struct problem modes_sudo = {
	.id = "modes.sudo",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "sudo refuses its own files for their mode or owner",
	.why = "sudo stops rather than trust a policy or plugin that others may write or that does not belong to "
	       "root. Where root has no password, nobody can become root.",
	.console = "sudo: /etc/sudoers is world writable\n"
		   "sudo: no valid sudoers sources found, quitting\n"
		   "sudo: /usr/libexec/sudo/sudoers.so must be only be writable by owner",
	.by_hand = "chown root:root /mnt/etc/sudoers && chmod 440 /mnt/etc/sudoers",
	.fix = "gives the file to root and takes write permission from everybody else",
};

static const struct problem modes_ssh = {
	.id = "modes.ssh",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "sshd refuses a key, a home directory or its own directory for its mode or owner",
	.why = "sshd does not load a host key that others can read, and without any it does not start; nor "
	       "does it start when its empty directory is writable. With StrictModes, which is the default, "
	       "a key in authorized_keys counts only when the file and every directory up to the home "
	       "belong to root or the user and nobody else can write there.",
	.console = "Permissions 0777 for '/etc/ssh/ssh_host_rsa_key' are too open.\n"
		   "sshd: no hostkeys available -- exiting.\n"
		   "/var/empty/sshd must be owned by root and not group or world-writable.\n"
		   "Authentication refused: bad ownership or modes for directory /root",
	.by_hand =
		"chmod 600 /mnt/etc/ssh/ssh_host_*_key; chmod 711 /mnt/var/empty/sshd; chmod 700 /mnt/root "
		"/mnt/root/.ssh; chmod 600 /mnt/root/.ssh/authorized_keys",
	.fix = "takes away the bits sshd objects to and gives the file back to its user",
};

static const struct problem modes_tmp = {
	.id = "modes.tmp",
	.severity = DEGRADES,
	.stage = AT_RUNTIME,
	.safety = FIX_SAFE,
	.title = "/tmp or /var/tmp is not 1777",
	.why = "Programs of ordinary users cannot make their temporary files, so services and graphical "
	       "logins fail; without the sticky bit any user can delete the files of others.",
	.console =
		"mktemp: failed to create file via template '/tmp/tmp.XXXXXXXXXX': Permission denied",
	.by_hand = "chmod 1777 /mnt/tmp /mnt/var/tmp",
	.fix = "sets mode 1777",
};

static const struct problem modes_file = {
	.id = "modes.file",
	.severity = DEGRADES,
	.stage = AT_RUNTIME,
	.safety = FIX_SAFE,
	.title =
		"a system file or directory can be changed by anybody, or not be read by everybody",
	.why = "cron, logrotate and others ignore files that anybody can write, and any user could make root "
	       "run anything. A libc or nsswitch.conf that only root can read stops the programs of all others.",
	.console =
		"error while loading shared libraries: libc.so.6: cannot open shared object file: "
		"Permission denied\n"
		"crond: (root) BAD FILE MODE (/etc/crontab)",
	.by_hand = "chown root:root /mnt/PATH && chmod go-w /mnt/PATH",
	.fix = "gives it to root, takes write permission from others, adds read permission where all need it",
};

static const struct problem modes_rest = {
	.id = "modes.rest",
	.severity = DEGRADES,
	.stage = AT_RUNTIME,
	.safety = FIX_ASK,
	.title = "many more programs and libraries belong to a user or can be changed by anybody",
	.why = "What chmod -R or chown -R did to files outside the built-in table stays until the package manager sets them "
	       "right. The system may run so, but any user can replace a program that root will start.",
	.console = NULL,
	.by_hand =
		"chroot /mnt rpm --setugids -a; chroot /mnt rpm --setperms -a (RPM systems); find /mnt/usr /mnt/etc -xdev ! -type l -perm -0002 "
		"! -perm -1000 -exec chmod go-w {} + (elsewhere)",
	.fix = "gives programs, libraries and files directly in /etc to root and takes write permission "
	       "from group and others",
};

static const struct problem *const problems[] = {
	&modes_root, &modes_exec, &modes_mass, &modes_setuid, &modes_shadow, &modes_sudo,
	&modes_ssh,  &modes_tmp,  &modes_file, &modes_rest,   NULL,
};

/* A path whose mode or owner is not right, whatever rows say so. */
struct judged {
	const struct modes_rule *rule;
	const char *path;
	struct stat st;
	unsigned faults;
	bool owner, group;
	const char *want_group;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	enum severity severity;
};

struct look {
	struct scan *s;
	const char *const *unseen;
	struct userdb users, groups;
	struct sshdconf ssh;
	bool owners; /* owners and special bits are the patient's, not those of a copy */
	bool setuid; /* a lost setuid bit would be a fault here */
	bool damage; /* seen enough that optional rows count */
	const char *program_dir[5];
	struct judged *j;
	size_t n, cap;
	size_t seen;	/* paths judged, good or bad */
	uid_t stranger; /* owner of everything, when the owners cannot be judged */
};

/* --- what can be judged at all --- */

static const char *const samples[] = { "/",	"/etc",	 "/usr", "/bin", "/var",	"/home",
				       "/root", "/proc", "/sys", "/dev", "/etc/passwd", "/boot" };

/* All samples have one owner that is not root. */
static bool one_stranger(const struct scan *s, uid_t *owner)
{
	size_t seen = 0;
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		if (root_lstat(s->root, samples[i], &st) < 0)
			continue;
		if (st.st_uid == 0 || (seen && st.st_uid != *owner))
			return false;
		*owner = st.st_uid;
		seen++;
	}
	return seen > 0;
}

/*
 * A tree unpacked by an ordinary user, or shifted for an unprivileged container, belongs to one
 * user throughout. chown -R on a running system cannot reach what is mounted over /proc and /sys,
 * and a disk is no such copy, whoever looks at it.
 */
static bool judge_owners(struct look *l)
{
	const struct scan *s = l->s;

	if (!one_stranger(s, &l->stranger))
		return true;
	return s->facts->devices->known;
}

static bool has_word_in(struct scan *s, const char *path, const char *word)
{
	const struct text *t = scan_text(s, path);

	return t && strstr(t->data, word) != NULL;
}

/* Containers and SUSE's paranoid profile live without setuid programs. */
static bool judge_setuid(struct look *l)
{
	struct scan *s = l->s;

	return l->owners && s->facts->init != INIT_UNKNOWN &&
	       !(root_exists(s->root, "/etc/sysconfig/security") &&
		 has_word_in(s, "/etc/sysconfig/security", "paranoid"));
}

static void find_program_dirs(struct look *l)
{
	static const char *const dirs[] = { "/usr/bin", "/usr/sbin", "/bin", "/sbin" };
	size_t n = 0;
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (root_lstat(l->s->root, dirs[i], &st) == 0 && S_ISDIR(st.st_mode))
			l->program_dir[n++] = dirs[i];
	}
}

static void read_users(struct look *l)
{
	struct scan *s = l->s;
	enum userdb_libc libc = s->facts->musl ? USERDB_MUSL : USERDB_GLIBC;
	const struct text *passwd = scan_text(s, "/etc/passwd");
	const struct text *group = scan_text(s, "/etc/group");

	if (passwd)
		userdb_parse(s->arena, passwd, USERDB_PASSWD, libc, &l->users);
	if (group)
		userdb_parse(s->arena, group, USERDB_GROUP, libc, &l->groups);
}

static void look_around(struct look *l, struct scan *s)
{
	*l = (struct look){ .s = s, .unseen = unseen_find(s) };
	l->owners = judge_owners(l);
	l->setuid = judge_setuid(l);
	find_program_dirs(l);
	read_users(l);
	sshdconf_read(s, &l->ssh);
}

/* --- one path --- */

/* The first group of the row that the patient has; NULL when it has none of them. */
static const struct userdb_entry *row_group(const struct look *l, const struct modes_rule *r)
{
	const char *p = r->groups;

	while (p && *p) {
		size_t n = strcspn(p, " ");
		const char *name = arena_strndup(l->s->arena, p, n);
		const struct userdb_entry *e = userdb_find(&l->groups, name);

		if (e && !e->dead)
			return e;
		p += n + strspn(p + n, " ");
	}
	return NULL;
}

static bool is_row_group(const struct look *l, const struct modes_rule *r, gid_t gid)
{
	const struct userdb_entry *e = userdb_by_id(&l->groups, gid);

	return e && r->groups && has_word(r->groups, e->name, " ");
}

/* The group only matters where its bits give something that others do not have. */
static bool group_matters(const struct modes_rule *r, const struct judged *j)
{
	if (r->kind == MODES_ACCOUNT)
		return (j->mode & 040) && j->st.st_gid != 0;
	if (r->kind != MODES_SETUID)
		return false;
	return (j->mode & 06000) == 02000 || ((j->mode & 010) && !(j->mode & 01));
}

static void judge_group(const struct look *l, const struct modes_rule *r, struct judged *j)
{
	const struct userdb_entry *e = row_group(l, r);

	if (!e || !l->owners || !group_matters(r, j) || is_row_group(l, r, j->st.st_gid))
		return;
	j->group = true;
	j->want_group = e->name;
	j->gid = e->id;
}

static bool has_capability(const struct look *l, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	return root_getxattr(l->s->root, path, "security.capability", &b) == 0;
}

/* Faults of the mode that count here. */
static unsigned real_faults(const struct look *l, const struct modes_rule *r,
			    const struct judged *j)
{
	unsigned faults = modes_faults(r, j->mode);
	unsigned lost = MODES_LOST_SOME | MODES_LOST_SPECIAL;

	if (!l->owners) /* a copy: only what the umask of whoever made it cannot explain */
		faults &= j->mode & 02 ? ~lost : ~(lost | MODES_OPEN);
	/* The group's bit is only sshd's objection. */
	if (r->kind == MODES_TREE && !l->ssh.installed && !(j->mode & 02))
		faults &= ~(unsigned)MODES_OPEN;
	if (r->unless && root_exists(l->s->root, r->unless))
		faults &= ~lost;
	if (r->kind == MODES_SETUID && (faults & MODES_LOST_SPECIAL)) {
		bool optional = (r->flags & MODES_OPTIONAL) && !l->damage &&
				!((faults | j->faults) & MODES_OPEN);

		if (!l->setuid || optional || has_capability(l, j->path))
			faults &= ~(unsigned)MODES_LOST_SPECIAL;
	}
	return faults;
}

/* Debian's way of giving these programs their power is the group, that of the others is root. */
static void set_by_group(const struct look *l, const struct modes_rule *r, struct judged *j)
{
	const struct userdb_entry *e = row_group(l, r);
	enum pkg_kind pkg = l->s->facts->pkg;

	if (!(r->flags & MODES_ANY_SPECIAL) || !e || (pkg != PKG_DPKG && pkg != PKG_APK))
		return;
	j->mode = (j->mode & ~(mode_t)04000) | 02000;
	j->gid = e->id;
	j->want_group = e->name;
	j->group = j->st.st_gid != j->gid;
}

static enum severity owner_severity(const struct modes_rule *r)
{
	static const enum severity by_kind[] = {
		[MODES_TREE] = BLOCKS_LOGIN,   [MODES_EXEC] = DEGRADES,
		[MODES_SETUID] = BLOCKS_LOGIN, [MODES_ACCOUNT] = DEGRADES,
		[MODES_SUDO] = BLOCKS_LOGIN,   [MODES_SSH] = BLOCKS_LOGIN,
		[MODES_TMP] = DEGRADES,	       [MODES_FILE] = DEGRADES,
	};

	if (r->kind == MODES_SETUID)
		return r->lost;
	if (r->kind == MODES_SSH)
		return r->open;
	return by_kind[r->kind];
}

static enum severity worse(enum severity a, enum severity b)
{
	return a < b ? a : b;
}

static bool is_fault(const struct judged *j)
{
	return j->faults || j->owner || j->group;
}

static void judge(const struct look *l, const struct modes_rule *r, struct judged *j)
{
	unsigned faults = real_faults(l, r, j);
	enum severity severity = modes_severity(r, faults);
	bool had = is_fault(j);

	j->mode = modes_repaired(r, j->mode, faults);
	if (faults & MODES_LOST_SPECIAL)
		set_by_group(l, r, j);
	if (!j->owner && l->owners && j->st.st_uid != 0 && !(r->flags & MODES_ANY_OWNER)) {
		const struct userdb_entry *e = row_group(l, r);

		j->owner = true;
		j->uid = 0;
		if (!is_row_group(l, r, j->gid))
			j->gid = e ? e->id : 0;
		severity = worse(severity, owner_severity(r));
	}
	if (!j->owner)
		judge_group(l, r, j);
	if (j->group)
		severity = worse(severity, DEGRADES);
	j->faults |= faults;
	if (!had || (faults && severity <= j->severity))
		j->rule = r;
	j->severity = worse(j->severity, severity);
}

static struct judged *judged_before(const struct look *l, const struct stat *st)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct stat *old = &l->j[i].st;

		if (old->st_ino == st->st_ino && old->st_dev == st->st_dev)
			return &l->j[i];
	}
	return NULL;
}

/* What stands at path, by the row's rules for links and types; false: nothing this row is about. */
static bool stat_row(const struct look *l, const struct modes_rule *r, const char **path,
		     struct stat *st)
{
	_cleanup_free_ char *real = NULL;

	if (unseen(l->unseen, *path) || root_lstat(l->s->root, *path, st) < 0)
		return false;
	if (S_ISLNK(st->st_mode) && (r->flags & MODES_FOLLOW)) {
		if (root_resolve(l->s->root, *path, &real) < 0 ||
		    root_lstat(l->s->root, real, st) < 0)
			return false;
		*path = arena_strdup(l->s->arena, real);
	}
	return r->flags & MODES_DIRECTORY ? S_ISDIR(st->st_mode) : S_ISREG(st->st_mode);
}

static void judge_path(struct look *l, const struct modes_rule *r, const char *path)
{
	struct judged new = { .path = path, .rule = r, .severity = NOTE }, *j;

	if (!stat_row(l, r, &new.path, &new.st))
		return;
	j = judged_before(l, &new.st);
	if (j) {
		judge(l, r, j);
		return;
	}
	l->seen++;
	new.mode = new.st.st_mode & 07777;
	new.gid = new.st.st_gid;
	new.uid = new.st.st_uid;
	judge(l, r, &new);
	if (!is_fault(&new))
		return;
	ARENA_GROW(l->s->arena, l->j, l->n, l->cap);
	l->j[l->n++] = new;
}

static void judge_row(struct look *l, const struct modes_rule *r)
{
	if (r->path[0] == '/') {
		judge_path(l, r, r->path);
		return;
	}
	for (size_t i = 0; l->program_dir[i]; i++)
		judge_path(l, r, scan_printf(l->s, "%s/%s", l->program_dir[i], r->path));
}

/* --- files by directory --- */

static const struct modes_rule sudoers_file = { "",   MODES_SUDO, BLOCKS_LOGIN, BLOCKS_LOGIN,
						0000, 0002,	  0337,		0,
						NULL, NULL };
static const struct modes_rule cron_file = { "",   MODES_FILE, DEGRADES, DEGRADES, 0000,
					     0022, 0133,       0,	 NULL,	   NULL };

static void judge_dir(struct look *l, const char *dir, const struct modes_rule *r)
{
	const char *const *name = scan_dir(l->s, dir);

	for (size_t i = 0; name[i] && i < FILES_MAX; i++) {
		/* sudo and cron pass over names with a dot, and over backups */
		if (!strchr(name[i], '.') && !endswith(name[i], "~"))
			judge_path(l, r, scan_printf(l->s, "%s/%s", dir, name[i]));
	}
}

/* --- the ssh host keys --- */

static bool key_is_refused(const struct look *l, const struct stat *st)
{
	const struct userdb_entry *e = userdb_find(&l->groups, "ssh_keys");
	mode_t mode = st->st_mode & 077;

	/* sshd only looks at keys that are its own */
	if (st->st_uid != 0 || !l->owners)
		return false;
	return mode && !(mode == 040 && e && !e->dead && e->id == st->st_gid);
}

static size_t list_host_keys(struct look *l, const char **out, size_t max)
{
	const char *const *name = scan_dir(l->s, "/etc/ssh");
	size_t n = 0;

	for (; l->ssh.host_keys[n] && n < max; n++)
		out[n] = l->ssh.host_keys[n];
	if (n)
		return n;
	for (size_t i = 0; name[i] && i < FILES_MAX; i++) {
		if (n < max && startswith(name[i], "ssh_host_") && endswith(name[i], "_key"))
			out[n++] = scan_printf(l->s, "/etc/ssh/%s", name[i]);
	}
	return n;
}

static void report_key(struct look *l, const char *path, const struct stat *st, size_t good)
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
static void check_host_keys(struct look *l)
{
	const char *path[32];
	size_t n = list_host_keys(l, path, ARRAY_SIZE(path)), good = 0;
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

static bool logs_in(const struct userdb_entry *u)
{
	const char *shell = u->field[PW_SHELL];

	return !endswith(shell, "/nologin") && !endswith(shell, "/false");
}

static bool is_reported(const struct look *l, const struct problem *p, const char *path)
{
	for (const struct finding *f = l->s->findings; f; f = f->next) {
		if (f->problem == p && streq_null(f->path, path))
			return true;
	}
	return false;
}

static void report_strict(struct look *l, const struct userdb_entry *u,
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

static void check_keys_of(struct look *l, const struct userdb_entry *u, const char *file)
{
	struct strictmodes_fault fault[16];
	size_t n = strictmodes_walk(l->s->root, l->s->arena, file, u->field[PW_DIR], u->id, fault,
				    ARRAY_SIZE(fault));

	for (size_t i = 0; i < n; i++) {
		if (judged_before(l, &fault[i].st) || unseen(l->unseen, fault[i].path) ||
		    is_reported(l, &modes_ssh, fault[i].path))
			continue;
		report_strict(l, u, &fault[i]);
	}
}

static void check_user(struct look *l, const struct userdb_entry *u)
{
	const char *home = u->field[PW_DIR];
	struct stat st;

	if (home[0] != '/' || !logs_in(u) || (u->id == 0 && l->ssh.root_refused))
		return;
	for (size_t i = 0; l->ssh.key_files[i]; i++) {
		const char *file =
			sshdconf_key_file(l->s->arena, l->ssh.key_files[i], u->name, u->id, home);

		if (file && root_stat(l->s->root, file, &st) == 0 && S_ISREG(st.st_mode) &&
		    st.st_size > 0)
			check_keys_of(l, u, file);
	}
}

static void check_ssh(struct look *l)
{
	if (!l->ssh.installed || !l->owners)
		return;
	check_host_keys(l);
	if (!l->ssh.strict_modes || !l->ssh.pubkey)
		return;
	for (size_t i = 0; i < l->users.n && i < USERS_MAX; i++) {
		if (!l->users.e[i].dead)
			check_user(l, &l->users.e[i]);
	}
}

/* --- start scripts of SysV init and OpenRC --- */

static const char *const link_dirs[] = {
	"/etc/rcS.d",	       "/etc/rc1.d",
	"/etc/rc2.d",	       "/etc/rc3.d",
	"/etc/rc5.d",	       "/etc/rc.d/rc3.d",
	"/etc/rc.d/rc5.d",     "/etc/runlevels/sysinit",
	"/etc/runlevels/boot", "/etc/runlevels/default",
};

/* Without these nobody gets in. */
static const char *const vital[] = { "network",	    "networking",   "sshd",	      "ssh",
				     "mountall.sh", "checkroot.sh", "mountkernfs.sh", "localmount",
				     "root",	    "udev",	    "messagebus",     "dbus",
				     NULL };

struct script {
	const char *path;
	mode_t mode;
};

struct scripts {
	struct script *script;
	size_t n, cap, bad;
};

static bool is_script(const struct scan *s, const char *path)
{
	char magic[2];
	size_t got = 0;

	return root_pread(s->root, path, 0, magic, sizeof(magic), &got) == 0 && got == 2 &&
	       memcmp(magic, "#!", 2) == 0;
}

static void take_script(struct look *l, struct scripts *sc, const char *link)
{
	_cleanup_free_ char *path = NULL;
	struct stat st;

	if (root_resolve(l->s->root, link, &path) < 0 || root_lstat(l->s->root, path, &st) < 0 ||
	    !S_ISREG(st.st_mode))
		return;
	for (size_t i = 0; i < sc->n; i++) {
		if (streq(sc->script[i].path, path))
			return;
	}
	if (sc->n == FILES_MAX || !is_script(l->s, path))
		return;
	ARENA_GROW(l->s->arena, sc->script, sc->n, sc->cap);
	sc->script[sc->n++] =
		(struct script){ arena_strdup(l->s->arena, path), st.st_mode & 07777 };
	sc->bad += !(st.st_mode & 0111);
}

static void list_scripts(struct look *l, struct scripts *sc)
{
	for (size_t d = 0; d < ARRAY_SIZE(link_dirs); d++) {
		const char *const *name = scan_dir(l->s, link_dirs[d]);
		bool openrc = startswith(link_dirs[d], "/etc/runlevels");

		for (size_t i = 0; name[i] && i < FILES_MAX; i++) {
			if (openrc || name[i][0] == 'S')
				take_script(l, sc,
					    scan_printf(l->s, "%s/%s", link_dirs[d], name[i]));
		}
	}
}

static void report_scripts(struct look *l, const struct scripts *sc)
{
	struct finding *f = scan_find(l->s, &modes_exec, "/etc/init.d",
				      "%zu of %zu start scripts cannot be executed and are skipped",
				      sc->bad, sc->n);

	if (sc->bad < sc->n)
		finding_severity(f, BLOCKS_LOGIN);
	for (size_t i = 0; i < sc->n; i++) {
		if (!(sc->script[i].mode & 0111))
			propose_mode(f, sc->script[i].path, sc->script[i].mode | 0111);
	}
}

static void report_script(struct look *l, const struct script *script)
{
	struct finding *f = scan_find(l->s, &modes_exec, script->path,
				      "the start script cannot be executed and is skipped");

	finding_severity(f, BLOCKS_LOGIN);
	propose_mode(f, script->path, script->mode | 0111);
}

/* One script without x may be somebody's way to switch it off; most of them are an accident. */
static void check_scripts(struct look *l)
{
	struct scripts sc = { 0 };

	if (l->s->facts->init == INIT_SYSTEMD || l->s->facts->init == INIT_UNKNOWN)
		return;
	list_scripts(l, &sc);
	if (sc.bad >= 3 && sc.bad * 2 >= sc.n) {
		report_scripts(l, &sc);
		return;
	}
	for (size_t i = 0; i < sc.n; i++) {
		if (!(sc.script[i].mode & 0111) &&
		    in_list(strrchr(sc.script[i].path, '/') + 1, vital))
			report_script(l, &sc.script[i]);
	}
}

/* --- saying --- */

static const char *lost_words(const struct judged *j)
{
	bool dir = S_ISDIR(j->st.st_mode);

	if (j->faults & MODES_LOST_X)
		return dir ? "nobody but root can pass through it" : "nobody can execute it";
	if (j->faults & MODES_LOST_SOME) {
		if (j->rule->kind == MODES_TMP)
			return "not everybody may write it";
		if (dir)
			return "only some users can pass through it";
		return j->rule->kind == MODES_EXEC ? "only some users can execute it"
						   : "not everybody can read it";
	}
	return NULL;
}

static const char *special_words(const struct judged *j)
{
	if (!(j->faults & MODES_LOST_SPECIAL))
		return NULL;
	if (S_ISDIR(j->st.st_mode))
		return "the sticky bit is gone";
	return j->mode & 04000 ? "the setuid bit is gone" : "the setgid bit is gone";
}

static const char *open_words(const struct judged *j)
{
	mode_t mode = j->st.st_mode & j->rule->never;

	if (!(j->faults & MODES_OPEN))
		return NULL;
	if (j->st.st_mode & 02)
		return "everybody may write it";
	if (mode & 020)
		return "its group may write it";
	return mode & 04 ? "everybody may read it" : "it may be executed";
}

static const char *describe(struct look *l, const struct judged *j)
{
	const char *words[] = { open_words(j), lost_words(j), special_words(j) };
	_cleanup_bytes_ struct bytes b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (words[i])
			bytes_addf(&b, "%s%s", b.len ? ", " : "", words[i]);
	}
	if (b.len) {
		_cleanup_free_ char *rest = xstrdup(b.data);

		b.len = 0;
		bytes_addf(&b, "mode %04o: %s", (unsigned)(j->st.st_mode & 07777), rest);
	}
	if (j->owner)
		bytes_addf(&b, "%sbelongs to uid %u, not to root", b.len ? ", " : "",
			   (unsigned)j->st.st_uid);
	else if (j->group)
		bytes_addf(&b, "%sgroup is %u, not '%s'", b.len ? ", " : "", (unsigned)j->st.st_gid,
			   j->want_group);
	return arena_memdup(l->s->arena, b.data, b.len);
}

static const struct problem *problem_of(const struct judged *j)
{
	static const struct problem *const by_kind[] = {
		[MODES_TREE] = &modes_root,	[MODES_EXEC] = &modes_exec,
		[MODES_SETUID] = &modes_setuid, [MODES_ACCOUNT] = &modes_shadow,
		[MODES_SUDO] = &modes_sudo,	[MODES_SSH] = &modes_ssh,
		[MODES_TMP] = &modes_tmp,	[MODES_FILE] = &modes_file,
	};
	bool lost = j->faults & (MODES_LOST_X | MODES_LOST_SOME);

	if (j->rule->kind == MODES_EXEC && !lost)
		return &modes_file;
	return by_kind[j->rule->kind];
}

/* Owner first: a change of owner takes the special bits away. */
static void propose(struct finding *f, const struct judged *j)
{
	if (j->owner || j->group)
		propose_owner(f, j->path, j->uid, j->gid);
	if (j->mode != (j->st.st_mode & 07777) || (j->mode & 06000))
		propose_mode(f, j->path, j->mode);
}

/* The top of a directory somebody unpacked a tree into is that directory's, not the patient's. */
static bool is_helpers_top(const struct look *l, const struct judged *j)
{
	return streq(j->path, "/") && !l->s->facts->devices->known &&
	       (j->owner || (j->st.st_mode & 07777) == 0700);
}

static void report_one(struct look *l, const struct judged *j)
{
	struct finding *f = scan_find(l->s, problem_of(j), j->path, "%s", describe(l, j));

	finding_severity(f, j->severity);
	/* Nobody's key is refused where no sshd is. */
	if (streq(j->path, "/root") && !l->ssh.installed && !j->owner)
		finding_severity(f, DEGRADES);
	if (is_helpers_top(l, j)) {
		finding_severity(f, NOTE);
		finding_safety(f, FIX_ASK);
	}
	propose(f, j);
}

/* --- many at once --- */

static bool is_mass(const struct look *l)
{
	return l->n >= MASS || (l->n >= MASS_SMALL && l->n * 10 >= l->seen * 6);
}

/* What one finding for all of them carries; the rest is told by itself. */
static bool goes_with_mass(const struct judged *j)
{
	if (j->rule->kind == MODES_TREE)
		return !streq(j->path, "/") && !streq(j->path, "/root");
	return j->rule->kind == MODES_EXEC || j->rule->kind == MODES_FILE;
}

struct tally {
	size_t open, lost, strange;
	enum severity severity;
};

static struct tally count_faults(const struct look *l)
{
	struct tally t = { .severity = BLOCKS_LOGIN };

	for (size_t i = 0; i < l->n; i++) {
		const struct judged *j = &l->j[i];

		t.open += (j->faults & MODES_OPEN) != 0;
		t.lost += (j->faults & (MODES_LOST_X | MODES_LOST_SOME | MODES_LOST_SPECIAL)) != 0;
		t.strange += j->owner;
		t.severity = worse(t.severity, j->severity);
	}
	return t;
}

static void report_mass(struct look *l)
{
	struct tally t = count_faults(l);
	struct finding *f =
		scan_find(l->s, &modes_mass, "/",
			  "%zu of %zu known paths: %zu with bits too many, %zu that lack some, "
			  "%zu of another owner",
			  l->n, l->seen, t.open, t.lost, t.strange);

	finding_severity(f, t.severity);
	for (size_t i = 0; i < l->n; i++) {
		if (goes_with_mass(&l->j[i]))
			propose(f, &l->j[i]);
	}
}

static void report(struct look *l, bool mass)
{
	if (mass)
		report_mass(l);
	for (size_t i = 0; i < l->n; i++) {
		if (!mass || !goes_with_mass(&l->j[i]))
			report_one(l, &l->j[i]);
	}
}

/* --- beyond the table --- */

struct odd_file {
	const char *path;
	mode_t mode;
	bool open, strange;
};

struct sample {
	struct look *l;
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
		    !S_ISREG(st.st_mode) || judged_before(a->l, &st))
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

static void check_rest(struct look *l)
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

/* --- all of it --- */

/* The same sight as chown -R over a whole disk: the user must know that owners went unjudged. */
static void tell_stranger(struct look *l)
{
	struct finding *f;

	if (l->owners || !l->s->facts->privileged)
		return;
	f = scan_find(
		l->s, &modes_mass, "/",
		"everything belongs to uid %u, as in an unprivileged copy: owners and special "
		"bits are not judged",
		(unsigned)l->stranger);
	finding_severity(f, NOTE);
	finding_safety(f, FIX_NONE);
}

static void judge_table(struct look *l)
{
	for (size_t i = 0; i < modes_rules; i++) {
		if (!(modes_rule[i].flags & MODES_OPTIONAL))
			judge_row(l, &modes_rule[i]);
	}
}

static bool lost_special(const struct look *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->j[i].rule->kind == MODES_SETUID && (l->j[i].faults & MODES_LOST_SPECIAL))
			return true;
	}
	return false;
}

static void judge_optional(struct look *l)
{
	for (size_t i = 0; i < modes_rules; i++) {
		const struct modes_rule *r = &modes_rule[i];

		if ((r->flags & MODES_OPTIONAL) && (l->damage || r->kind == MODES_SETUID))
			judge_row(l, r);
	}
}

static void run(struct scan *s)
{
	struct look l;
	bool mass;

	look_around(&l, s);
	judge_table(&l);
	judge_dir(&l, "/etc/sudoers.d", &sudoers_file);
	judge_dir(&l, "/etc/cron.d", &cron_file);
	mass = is_mass(&l);
	l.damage = mass || lost_special(&l);
	judge_optional(&l);
	report(&l, mass);
	check_ssh(&l);
	check_scripts(&l);
	check_rest(&l);
	tell_stranger(&l);
}

const struct check modes_check = {
	.name = "modes",
	.summary = "modes, owners and special bits of what boot and login depend on",
	.problems = problems,
	.run = run,
};
