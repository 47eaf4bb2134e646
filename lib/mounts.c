/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <libmount.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/mounts.h"

#define CLIMB_MAX 256 /* directories between a chroot and the real root */
#define SAFE_FLAGS (MS_NOSUID | MS_NODEV | MS_NOEXEC)
#define UMOUNT_TRIES 50
#define TRY_MS 20

/*
 * In the order they are tried: the spellings differ between kernels. LOOK asks the driver not to
 * replay on top of the device being read-only.
 */
static const struct type {
	const char *name;
	const char *look[5];
	const char *change[3];
} types[] = {
	{ "ext4", { "noload" }, { "" } },
	{ "ext3", { "noload" }, { "" } },
	{ "ext2", { "" }, { "" } },
	{ "xfs", { "norecovery,nouuid" }, { "nouuid" } },
	{ "btrfs", { "rescue=nologreplay", "norecovery", "nologreplay", "rescue=all" }, { "" } },
	{ "vfat", { "umask=0077" }, { "umask=0077" } },
};

static const struct type *type_named(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(types); i++) {
		if (streq(types[i].name, name))
			return &types[i];
	}
	return NULL;
}

bool mounts_knows(const char *type)
{
	return type_named(type) != NULL;
}

static void remember(struct mounts *m, char *path)
{
	GROW(m->path, m->n, m->cap);
	m->path[m->n++] = path;
}

/* --- the private place --- */

/* They stay as empty directories: removing one could take away what another process has there. */
static const char *const bases[] = { "/run/bootmend", "/var/run/bootmend", "/tmp/bootmend.mounts" };

static int mount_base(const char *base)
{
	struct stat st;

	if (mkdir(base, 0700) < 0 && errno != EEXIST)
		return -errno;
	if (lstat(base, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid())
		return -EPERM;
	if (mount("bootmend", base, "tmpfs", SAFE_FLAGS, "mode=0700,size=1m") < 0)
		return -errno;
	return 0;
}

/*
 * In a chroot "/" is no mount point, so it cannot be made private. A child that shares the new
 * namespace climbs to its real root (chroot(2) says how: the working directory may lie outside) and
 * does it there; this process keeps the root it was given.
 */
static int climb_and_make_private(const char *below)
{
	struct stat last = { 0 }, now;

	if (chdir("/") < 0 || chroot(below) < 0 || stat(".", &now) < 0)
		return errno;
	for (int i = 0; i < CLIMB_MAX && (last.st_ino != now.st_ino || last.st_dev != now.st_dev);
	     i++) {
		last = now;
		if (chdir("..") < 0 || stat(".", &now) < 0)
			return errno;
	}
	return mount(NULL, ".", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ? errno : 0;
}

int mounts_make_private(void)
{
	int status;
	pid_t pid;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return 0;
	if (errno != EINVAL)
		return -errno;
	pid = fork();
	if (pid == 0)
		_exit(climb_and_make_private("/proc"));
	if (pid < 0)
		return -errno;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

int mounts_enter(struct mounts *m, struct trouble *t)
{
	int e;

	*m = (struct mounts){ 0 };
	if (unshare(CLONE_NEWNS) < 0) {
		trouble_set(t, "cannot make a private mount namespace: %s", strerror(errno));
		return errno == EPERM ? -EPERM : -errno;
	}
	e = mounts_make_private();
	if (e < 0) {
		trouble_set(t, "cannot make the mount namespace private: %s", strerror(-e));
		return e;
	}
	e = -ENOENT;
	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		e = mount_base(bases[i]);
		if (e < 0)
			continue;
		m->base = xstrdup(bases[i]);
		return 0;
	}
	trouble_set(t, "cannot mount a tmpfs for the mount points: %s", strerror(-e));
	return e;
}

/* --- mounting --- */

static const char *reason(int e)
{
	static const struct {
		int e;
		const char *why;
	} known[] = {
		{ ENODEV, "this machine's kernel has no driver for it" },
		{ EINVAL, "the superblock is damaged, or newer than this machine's kernel" },
		{ EUCLEAN, "the file system is damaged" },
		{ EBADMSG, "a checksum of the file system is wrong" },
		{ EEXIST, "a file system with the same UUID is known to this machine already" },
		{ ENOENT, "a device or subvolume of it is missing" },
		{ EROFS, "the log has to be replayed, which needs writing" },
		{ EBUSY, "it is in use" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].e == e)
			return known[i].why;
	}
	return strerror(e);
}

/* What was asked for is what is: the kernel may turn "rw" into "ro". */
static int verify(const char *at, enum access access)
{
	struct statvfs v;

	if (statvfs(at, &v) < 0)
		return -errno;
	if (!(v.f_flag & ST_NOSUID) || !(v.f_flag & ST_NODEV) || !(v.f_flag & ST_NOEXEC))
		return -EPROTO;
	return !(v.f_flag & ST_RDONLY) == (access == CHANGE) ? 0 : -EROFS;
}

static int mount_with(const char *source, const char *at, const char *type, enum access access,
		      const char *options, const char *extra)
{
	_cleanup_free_ char *data = NULL;
	unsigned long flags = SAFE_FLAGS | (access == LOOK ? MS_RDONLY : 0);
	int e;

	data = xasprintf("%s%s%s", options, *options && extra ? "," : "", extra ? extra : "");
	if (mount(source, at, type, flags, data) < 0)
		return -errno;
	e = verify(at, access);
	if (e < 0)
		umount2(at, UMOUNT_NOFOLLOW);
	return e;
}

/* Errors that another spelling of the options may cure. */
static bool worth_another(int e)
{
	return e == -EINVAL || e == -EROFS || e == -EIO || e == -EUCLEAN;
}

int mounts_mount(struct mounts *m, const char *source, const char *name, const char *type,
		 enum access access, const char *extra, const char **at, struct trouble *why)
{
	const struct type *t = type_named(type);
	_cleanup_free_ char *path = xasprintf("%s/%s", m->base, name);
	const char *const *options;
	int e = -EOPNOTSUPP;

	if (!t) {
		trouble_set(why, "%s is not a file system this program mounts", type);
		return -EOPNOTSUPP;
	}
	if (mkdir(path, 0700) < 0 && errno != EEXIST) {
		trouble_set(why, "cannot make a mount point: %s", strerror(errno));
		return -errno;
	}
	options = access == LOOK ? t->look : t->change;
	for (size_t i = 0; options[i]; i++) {
		e = mount_with(source, path, type, access, options[i], extra);
		if (e == 0 || !worth_another(e))
			break;
	}
	if (e < 0) {
		trouble_set(why, "cannot be mounted as %s: %s", type, reason(-e));
		return e;
	}
	*at = path;
	remember(m, path);
	path = NULL;
	return 0;
}

int mounts_bind(struct mounts *m, int from, int to)
{
	char source[64], target[64], real[PATH_MAX];
	ssize_t n;

	snprintf(source, sizeof(source), "/proc/self/fd/%d", from);
	snprintf(target, sizeof(target), "/proc/self/fd/%d", to);
	n = readlink(target, real, sizeof(real) - 1);
	if (n < 0)
		return -errno;
	real[n] = '\0';
	if (mount(source, target, NULL, MS_BIND, NULL) < 0)
		return -errno;
	remember(m, xstrdup(real));
	return 0;
}

int mounts_sync(const struct mounts *m)
{
	int first = 0;

	for (size_t i = 0; i < m->n; i++) {
		_cleanup_close_ int fd = open(m->path[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		struct statvfs v;

		if (fd < 0 || fstatvfs(fd, &v) < 0 || (v.f_flag & ST_RDONLY))
			continue;
		if (syncfs(fd) < 0 && first == 0)
			first = -errno;
	}
	return first;
}

static int unmount(const char *path)
{
	for (int i = 0; i < UMOUNT_TRIES; i++) {
		if (umount2(path, UMOUNT_NOFOLLOW) == 0 || errno == EINVAL)
			return 0;
		if (errno != EBUSY)
			break;
		usleep(TRY_MS * 1000);
	}
	return -errno;
}

int mounts_leave(struct mounts *m)
{
	int e, first = 0;

	while (m->n > 0) {
		e = unmount(m->path[--m->n]);
		if (e < 0 && first == 0)
			first = e;
		/* Not left for others to stumble over; the error is told all the same. */
		if (e < 0)
			umount2(m->path[m->n], MNT_DETACH | UMOUNT_NOFOLLOW);
		free(m->path[m->n]);
	}
	free(m->path);
	if (m->base)
		umount2(m->base, MNT_DETACH | UMOUNT_NOFOLLOW);
	free(m->base);
	*m = (struct mounts){ 0 };
	return first;
}

/* --- what this machine has mounted --- */

static const char *copy(struct arena *a, const char *s)
{
	return arena_strdup(a, s ? s : "");
}

static struct mount_entry entry_of(struct arena *a, struct libmnt_fs *fs)
{
	unsigned long flags = 0;
	const char *vfs = mnt_fs_get_vfs_options(fs), *super = mnt_fs_get_fs_options(fs);
	struct mount_entry e = {
		.dev = mnt_fs_get_devno(fs),
		.root = copy(a, mnt_fs_get_root(fs)),
		.target = copy(a, mnt_fs_get_target(fs)),
		.type = copy(a, mnt_fs_get_fstype(fs)),
		.source = copy(a, mnt_fs_get_srcpath(fs)),
	};

	if (super)
		mnt_optstr_get_flags(super, &flags, mnt_get_builtin_optmap(MNT_LINUX_MAP));
	e.fs_writes = !(flags & MS_RDONLY);
	flags = 0;
	if (vfs)
		mnt_optstr_get_flags(vfs, &flags, mnt_get_builtin_optmap(MNT_LINUX_MAP));
	e.writes = e.fs_writes && !(flags & MS_RDONLY);
	return e;
}

int mounts_list(struct arena *a, struct mount_entry **out, size_t *n)
{
	struct libmnt_table *tab = mnt_new_table();
	struct libmnt_iter *it = mnt_new_iter(MNT_ITER_FORWARD);
	struct mount_entry *all = NULL;
	struct libmnt_fs *fs;
	size_t used = 0, cap = 0;
	int e = tab && it ? mnt_table_parse_file(tab, "/proc/self/mountinfo") : -ENOMEM;

	while (e == 0 && mnt_table_next_fs(tab, it, &fs) == 0) {
		ARENA_GROW(a, all, used, cap);
		all[used++] = entry_of(a, fs);
	}
	mnt_free_iter(it);
	mnt_unref_table(tab);
	if (e != 0)
		return e < 0 ? e : -EIO;
	*out = all;
	*n = used;
	return 0;
}

int mounts_swaps(struct arena *a, const char ***out, size_t *n)
{
	struct libmnt_table *tab = mnt_new_table();
	struct libmnt_iter *it = mnt_new_iter(MNT_ITER_FORWARD);
	const char **all = NULL;
	struct libmnt_fs *fs;
	size_t used = 0, cap = 0;
	/* A kernel without swap has no such file. */
	int e = tab && it ? mnt_table_parse_swaps(tab, "/proc/swaps") : -ENOMEM;

	while (e == 0 && mnt_table_next_fs(tab, it, &fs) == 0) {
		ARENA_GROW(a, all, used, cap);
		all[used++] = copy(a, mnt_fs_get_source(fs));
	}
	mnt_free_iter(it);
	mnt_unref_table(tab);
	*out = all;
	*n = used;
	return 0;
}
