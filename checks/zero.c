/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/checks.h"
#include "lib/backups.h"
#include "lib/modes_table.h"
#include "lib/paths.h"
#include "lib/unseen.h"
#include "lib/userdb.h"

static const struct problem zero_file = {
	.id = "zero.file",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "a file that must have content is empty",
	.why = "A crash, a full disk or a redirection gone wrong leaves a file of size 0 behind. An empty program or "
	       "library cannot be loaded, so what uses it does not start; of the configuration files only those "
	       "are told without which boot or login change. Files that healthy systems keep empty are passed over.",
	.console = "error while loading shared libraries: libc.so.6: file too short\n"
		   "Failed at step EXEC spawning /sbin/agetty: Exec format error\n"
		   "sudo: no valid sudoers sources found, quitting",
	.by_hand =
		"look for a copy: ls -l /mnt/etc/NAME* /mnt/var/backups; otherwise reinstall the package that owns "
		"it: dpkg -S or rpm -qf, then chroot /mnt apt-get install --reinstall or dnf reinstall",
	.fix = "puts the file's own newest valid backup in its place; without one, the content the distribution "
	       "starts with where that is known, when asked for",
};

static const struct problem *const problems[] = { &zero_file, NULL };

#define ENTRIES_MAX 20000u /* of a directory */
#define SINGLY_MAX 20u	   /* files of a directory told one by one */

/*
 * Whose business an empty file is, when not this check's: fstab, passwd, shadow, group, gshadow,
 * pam.d, default/grub, grub.cfg, grubenv, kernels, initramfs, selinux/config, sysctl and
 * /sbin/init have checks of their own, and a unit file of size 0 is a masked unit.
 */

enum when {
	ALWAYS,
	BOOTS,	     /* a system that boots by itself: containers keep it empty */
	NOT_SYSTEMD, /* upstart, SysV, OpenRC */
	INITTAB,     /* PID 1 reads inittab and does nothing without it */
};

/* Files of /etc and around that no healthy system has empty. */
static const struct known {
	const char *path;
	enum severity severity;
	enum when when;
} known[] = {
	{ "/etc/inittab", STOPS_BOOT, INITTAB },
	{ "/etc/rc.d/rc.sysinit", STOPS_BOOT, NOT_SYSTEMD },
	{ "/etc/rc.d/rc", STOPS_BOOT, NOT_SYSTEMD },
	{ "/etc/init.d/rc", STOPS_BOOT, NOT_SYSTEMD },
	{ "/etc/init.d/rcS", STOPS_BOOT, NOT_SYSTEMD },
	{ "/etc/rc.d/init.d/functions", BLOCKS_LOGIN, NOT_SYSTEMD },
	{ "/lib/lsb/init-functions", BLOCKS_LOGIN, NOT_SYSTEMD },
	{ "/etc/sysconfig/network", DEGRADES, NOT_SYSTEMD },
	{ "/usr/lib/os-release", DEGRADES, ALWAYS },
	{ "/etc/os-release", DEGRADES, ALWAYS },
	{ "/etc/dbus-1/system.conf", BLOCKS_LOGIN, ALWAYS },
	{ "/etc/sudoers", BLOCKS_LOGIN, ALWAYS },
	{ "/etc/ssh/sshd_config", DEGRADES, ALWAYS },
	{ "/etc/profile", DEGRADES, ALWAYS },
	{ "/etc/bash.bashrc", DEGRADES, ALWAYS },
	{ "/etc/bashrc", DEGRADES, ALWAYS },
	{ "/etc/login.defs", DEGRADES, ALWAYS },
	{ "/etc/nsswitch.conf", DEGRADES, ALWAYS },
	{ "/etc/hosts", DEGRADES, BOOTS },
	{ "/etc/services", DEGRADES, ALWAYS },
	{ "/etc/shells", DEGRADES, ALWAYS },
	{ "/etc/grub.d/00_header", DEGRADES, ALWAYS },
	{ "/etc/grub.d/10_linux", DEGRADES, ALWAYS },
	{ "/etc/initramfs-tools/initramfs.conf", DEGRADES, ALWAYS },
};

/* Libraries by the start of their name: what PID 1, the shells, login and sshd are linked to. */
static const struct {
	const char *prefix;
	enum severity severity;
} libraries[] = {
	{ "ld-", STOPS_BOOT },
	{ "libc.so", STOPS_BOOT },
	{ "libc-2.", STOPS_BOOT },
	{ "libc.musl", STOPS_BOOT },
	{ "libpthread", STOPS_BOOT },
	{ "libdl", STOPS_BOOT },
	{ "librt", STOPS_BOOT },
	{ "libm.so", STOPS_BOOT },
	{ "libm-2.", STOPS_BOOT },
	{ "libtinfo", STOPS_BOOT },
	{ "libselinux", STOPS_BOOT },
	{ "libpcre", STOPS_BOOT },
	{ "libmount", STOPS_BOOT },
	{ "libblkid", STOPS_BOOT },
	{ "libuuid", STOPS_BOOT },
	{ "libkmod", STOPS_BOOT },
	{ "libcap.", STOPS_BOOT },
	{ "libaudit", STOPS_BOOT },
	{ "libacl", STOPS_BOOT },
	{ "libattr", STOPS_BOOT },
	{ "libcrypt", STOPS_BOOT },
	{ "libseccomp", STOPS_BOOT },
	{ "libgcrypt", STOPS_BOOT },
	{ "libgpg-error", STOPS_BOOT },
	{ "liblzma", STOPS_BOOT },
	{ "libzstd", STOPS_BOOT },
	{ "liblz4", STOPS_BOOT },
	{ "libsystemd", STOPS_BOOT },
	{ "libudev", STOPS_BOOT },
	{ "libpam", STOPS_BOOT },
	{ "libnih", STOPS_BOOT },
	{ "libdbus-1", STOPS_BOOT },
	{ "libnss_files", BLOCKS_LOGIN },
	{ "libnss_compat", BLOCKS_LOGIN },
	{ "libnsl", BLOCKS_LOGIN },
	{ "libz.", BLOCKS_LOGIN },
	{ "libssl", BLOCKS_LOGIN },
	{ "libgssapi_krb5", BLOCKS_LOGIN },
	{ "libkrb5", BLOCKS_LOGIN },
	{ "libcom_err", BLOCKS_LOGIN },
	{ "libwrap", BLOCKS_LOGIN },
	{ "libcap-ng", BLOCKS_LOGIN },
	{ "libexpat", BLOCKS_LOGIN },
};

static const char *const program_dirs[] = { "/usr/bin", "/usr/sbin",	    "/bin",
					    "/sbin",	"/usr/lib/systemd", "/lib/systemd" };
static const char *const library_dirs[] = {
	"/lib",
	"/lib64",
	"/usr/lib",
	"/usr/lib64",
	"/lib/x86_64-linux-gnu",
	"/usr/lib/x86_64-linux-gnu",
	"/lib/aarch64-linux-gnu",
	"/usr/lib/aarch64-linux-gnu",
	"/lib/i386-linux-gnu",
	"/usr/lib/i386-linux-gnu",
	"/usr/lib/systemd",
	"/lib/systemd",
};

struct look {
	struct scan *s;
	const char *const *unseen;
	const char *shell; /* where /bin/sh leads */
	const char *pid1;  /* where /sbin/init leads */
	size_t told;	   /* in this directory */
	size_t untold;
};

/* --- saying --- */

static bool is_program(const struct text *t, const void *unused UNUSED)
{
	return (t->len > 52 && memcmp(t->data, "\177ELF", 4) == 0) ||
	       (t->len > 3 && memcmp(t->data, "#!", 2) == 0);
}

static bool grants(const struct text *t, const void *unused UNUSED)
{
	for (size_t i = 1; i <= t->lines; i++) {
		const char *line = text_line(t, i);

		if (line[0] != '#' && strchr(line, '=') && strstr(line, "ALL"))
			return true;
	}
	return false;
}

static const struct {
	const char *path;
	bool (*valid)(const struct text *t, const void *arg);
} valid_by_path[] = {
	{ "/etc/sudoers", grants },
	{ "/etc/inittab", backups_has_content },
};

static bool find_backup(struct look *l, const char *path, const struct stat *st, struct backup *b)
{
	bool (*valid)(const struct text *, const void *) =
		st->st_mode & 0111 || strstr(path, ".so") ? is_program : backups_has_content;

	for (size_t i = 0; i < ARRAY_SIZE(valid_by_path); i++) {
		if (streq(path, valid_by_path[i].path))
			valid = valid_by_path[i].valid;
	}
	return backups_find(l->s->root, l->s->arena, path, valid, NULL, b);
}

/* What a new installation would have there; NULL: only the package knows. */
static const char *fresh_content(struct look *l, const char *path)
{
	struct userdb groups = { 0 };
	const struct text *t;
	const char *admins;

	if (streq(path, "/etc/hosts"))
		return "127.0.0.1\tlocalhost\n::1\t\tlocalhost ip6-localhost ip6-loopback\n";
	if (streq(path, "/etc/nsswitch.conf"))
		return "passwd:\tfiles\ngroup:\tfiles\nshadow:\tfiles\nhosts:\tfiles dns\n";
	if (!streq(path, "/etc/sudoers"))
		return NULL;
	t = scan_text(l->s, "/etc/group");
	if (t)
		userdb_parse(l->s->arena, t, USERDB_GROUP, USERDB_GLIBC, &groups);
	admins = userdb_find(&groups, "wheel") ? "wheel" : "sudo";
	return scan_printf(l->s,
			   "root\tALL=(ALL) ALL\n%%%s\tALL=(ALL) ALL\n#includedir /etc/sudoers.d\n",
			   admins);
}

static void propose(struct look *l, struct finding *f, const char *path, const struct stat *st)
{
	struct backup b;
	const char *fresh;

	if (find_backup(l, path, st, &b)) {
		f->detail = scan_printf(l->s, "size 0; '%s' holds a copy", b.path);
		propose_copy(f, path, b.path, st->st_mode & 07777, st->st_uid, st->st_gid);
		if (b.shipped)
			finding_safety(f, FIX_ASK);
		return;
	}
	fresh = fresh_content(l, path);
	finding_safety(f, fresh ? FIX_ASK : FIX_NONE);
	if (fresh)
		propose_text(f, path, fresh, strlen(fresh), 0);
}

static void report(struct look *l, const char *path, const struct stat *st, enum severity severity)
{
	struct finding *f = scan_find(l->s, &zero_file, path, "size 0, and no copy of it is left");

	finding_severity(f, severity);
	finding_absence(f);
	propose(l, f, path, st);
}

/* --- known files --- */

static bool matters(const struct look *l, const struct known *k)
{
	enum init_kind init = l->s->facts->init;

	switch (k->when) {
	case BOOTS:
		return l->s->facts->boots_itself;
	case NOT_SYSTEMD:
		return init != INIT_SYSTEMD && init != INIT_UNKNOWN;
	case INITTAB:
		return init == INIT_SYSV || init == INIT_OPENRC || init == INIT_BUSYBOX;
	default:
		return true;
	}
}

static bool is_empty_file(const struct look *l, const char *path, struct stat *st)
{
	return root_lstat(l->s->root, path, st) == 0 && S_ISREG(st->st_mode) && st->st_size == 0 &&
	       !unseen(l->unseen, path);
}

static void check_known(struct look *l)
{
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (matters(l, &known[i]) && is_empty_file(l, known[i].path, &st))
			report(l, known[i].path, &st, known[i].severity);
	}
}

/* Empty, it keeps root off every terminal where PAM asks for it; some harden a machine that way. */
static void check_securetty(struct look *l)
{
	const struct text *login = scan_text(l->s, "/etc/pam.d/login");
	struct finding *f;
	struct backup b;
	struct stat st;

	if (!is_empty_file(l, "/etc/securetty", &st) || !login)
		return;
	for (size_t i = 1; i <= login->lines; i++) {
		const char *line = text_line(login, i);

		if (line[0] == '#' || !strstr(line, "pam_securetty.so"))
			continue;
		f = scan_find(l->s, &zero_file, "/etc/securetty",
			      "size 0: root may not log in on any terminal, unless that is wanted");
		finding_severity(f, NOTE);
		finding_safety(f, FIX_NONE);
		if (find_backup(l, "/etc/securetty", &st, &b)) {
			finding_safety(f, FIX_ASK);
			propose_copy(f, "/etc/securetty", b.path, st.st_mode & 07777, st.st_uid,
				     st.st_gid);
		}
		return;
	}
}

/* sshd starts with the host keys it can read, and not without any. */
static void check_host_keys(struct look *l)
{
	const char *const *name = scan_dir(l->s, "/etc/ssh");
	const char *path[16];
	struct stat st[16], one;
	size_t n = 0, good = 0;

	for (; *name && n < ARRAY_SIZE(path); name++) {
		const char *p = scan_printf(l->s, "/etc/ssh/%s", *name);

		if (!startswith(*name, "ssh_host_") || !endswith(*name, "_key"))
			continue;
		if (is_empty_file(l, p, &st[n]))
			path[n++] = p;
		else
			good += root_stat(l->s->root, p, &one) == 0;
	}
	for (size_t i = 0; i < n; i++)
		report(l, path[i], &st[i], good ? DEGRADES : BLOCKS_LOGIN);
}

/* --- scripts and jobs of older inits --- */

static const char *const vital_jobs[] = { "mountall.conf", "udev.conf", "rc-sysinit.conf",
					  "rc.conf",	   "rcS.conf",	NULL };
static const char *const login_jobs[] = {
	"ssh.conf", "tty1.conf", "tty.conf", "start-ttys.conf", "dbus.conf", "networking.conf", NULL
};
static const char *const vital_scripts[] = { "network", "networking", "sshd", "ssh",
					     "udev",	"messagebus", "dbus", NULL };

static enum severity job_severity(const char *name)
{
	if (in_list(name, vital_jobs))
		return STOPS_BOOT;
	return in_list(name, login_jobs) ? BLOCKS_LOGIN : DEGRADES;
}

static bool is_known(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (streq(known[i].path, path))
			return true;
	}
	return false;
}

static void check_jobs(struct look *l)
{
	const char *const *name = scan_dir(l->s, "/etc/init");
	struct stat st;

	if (l->s->facts->init != INIT_UPSTART)
		return;
	for (size_t i = 0; name[i] && i < ENTRIES_MAX; i++) {
		const char *path = scan_printf(l->s, "/etc/init/%s", name[i]);

		if (endswith(name[i], ".conf") && is_empty_file(l, path, &st))
			report(l, path, &st, job_severity(name[i]));
	}
}

static void check_scripts(struct look *l)
{
	const char *dir =
		root_is_dir(l->s->root, "/etc/rc.d/init.d") ? "/etc/rc.d/init.d" : "/etc/init.d";
	const char *const *name = scan_dir(l->s, dir);
	bool used = l->s->facts->init != INIT_SYSTEMD && l->s->facts->init != INIT_UNKNOWN;
	struct stat st;

	for (size_t i = 0; used && name[i] && i < ENTRIES_MAX; i++) {
		const char *path = scan_printf(l->s, "%s/%s", dir, name[i]);

		if (name[i][0] == '.' || is_known(path) || !is_empty_file(l, path, &st) ||
		    !(st.st_mode & 0111))
			continue;
		report(l, path, &st, in_list(name[i], vital_scripts) ? BLOCKS_LOGIN : DEGRADES);
	}
}

/* --- programs and libraries --- */

/* Container runtimes lay their driver's files over empty ones, which an image then keeps. */
static bool is_mount_target(const char *name)
{
	return strstr(name, "nvidia") || strstr(name, "libcuda") || strstr(name, "libnvcuvid") ||
	       strstr(name, "libnvoptix");
}

static enum severity program_severity(const struct look *l, const char *path)
{
	if (l->shell && streq(l->shell, path))
		return STOPS_BOOT;
	return modes_program_severity(path);
}

static enum severity library_severity(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
		if (startswith(name, libraries[i].prefix))
			return libraries[i].severity;
	}
	return DEGRADES;
}

static void tell(struct look *l, const char *path, const struct stat *st, enum severity severity)
{
	if (severity == DEGRADES && l->told >= SINGLY_MAX) {
		l->untold++;
		return;
	}
	l->told++;
	report(l, path, st, severity);
}

static void tell_rest(struct look *l, const char *dir)
{
	struct finding *f;

	if (!l->untold)
		return;
	f = scan_find(l->s, &zero_file, dir, "%zu more programs or libraries in it have size 0",
		      l->untold);
	finding_severity(f, DEGRADES);
	finding_safety(f, FIX_NONE);
}

static bool is_library(const char *name)
{
	return endswith(name, ".so") || strstr(name, ".so.");
}

/* /sbin/init is the init check's. */
static void check_entry(struct look *l, const char *dir, const char *name, bool libs)
{
	const char *path = scan_printf(l->s, "%s/%s", dir, name);
	struct stat st;

	if (!is_empty_file(l, path, &st) || is_mount_target(name))
		return;
	if ((l->pid1 && streq(l->pid1, path)) || streq(path, "/sbin/init"))
		return;
	if (libs)
		tell(l, path, &st, library_severity(name));
	else if (st.st_mode & 0111)
		tell(l, path, &st, program_severity(l, path));
}

/* Libraries by name first, so that the others need no look at all. */
static void check_dir(struct look *l, const char *dir, bool libs)
{
	const char *const *name;

	/* By a link it would be seen twice. */
	if (!streq_null(paths_real(l->s->root, l->s->arena, dir), dir))
		return;
	l->told = l->untold = 0;
	name = scan_dir(l->s, dir);
	for (size_t i = 0; name[i] && i < ENTRIES_MAX; i++) {
		if (is_library(name[i]) == libs)
			check_entry(l, dir, name[i], libs);
	}
	tell_rest(l, dir);
}

static void run(struct scan *s)
{
	struct look l = { .s = s,
			  .unseen = unseen_find(s),
			  .shell = paths_real(s->root, s->arena, "/bin/sh"),
			  .pid1 = paths_real(s->root, s->arena, "/sbin/init") };

	for (size_t i = 0; i < ARRAY_SIZE(program_dirs); i++)
		check_dir(&l, program_dirs[i], false);
	for (size_t i = 0; i < ARRAY_SIZE(library_dirs); i++)
		check_dir(&l, library_dirs[i], true);
	check_known(&l);
	check_jobs(&l);
	check_scripts(&l);
	check_host_keys(&l);
	check_securetty(&l);
}

const struct check zero_check = {
	.name = "zero",
	.summary = "files of size 0 where a healthy system has content",
	.problems = problems,
	.run = run,
};
