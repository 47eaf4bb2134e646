/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first process of the namespaces. It makes the place, starts the commands, ends whatever they
 * left running, says so and waits to be let go; when it ends, everything here ends with it.
 *
 * Its own root is the tmpfs; the patient's tree is a directory of it, which the commands are
 * chrooted to.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/disk_internal.h"
#include "lib/io.h"
#include "lib/mounts.h"
#include "lib/sandbox_parts.h"
#include "lib/volume.h"

#define PLAIN (MS_NOSUID | MS_NODEV)
#define PROCESSES_MAX 2000
#define WATCH_MS 50
#define CHUNK (1u << 20)

struct stage {
	const struct sandbox_plan *p;
	const struct sandbox_pipes *pipes;
	struct root *tree; /* the patient's, as the commands will see it */
	struct sandbox_node node[SANDBOX_NODES + SANDBOX_DISKS];
	size_t nodes;
	struct loop loop[SANDBOX_NODES + SANDBOX_DISKS]; /* open until the end */
	int from[SANDBOX_MOUNTS];			 /* the lower layers */
	int proc;					 /* its /proc */
};

/* --- saying --- */

static void say(const struct stage *s, const struct sandbox_message *m)
{
	if (write(s->pipes->say, m, sizeof(*m)) != (ssize_t)sizeof(*m))
		_exit(1); /* nobody listens any more */
}

static void give_up(const struct stage *s, const char *what, int e) __attribute__((noreturn));
static void give_up(const struct stage *s, const char *what, int e)
{
	struct sandbox_message m = { .word = WORD_FAILED, .e = e };

	snprintf(m.what, sizeof(m.what), "%s", what);
	say(s, &m);
	_exit(1);
}

static void must(const struct stage *s, int r, const char *what)
{
	if (r < 0)
		give_up(s, what, r == -1 ? -errno : r);
}

/* --- where it all stands --- */

static const char *const places[] = { "/run/bootmend", "/var/run/bootmend",
				      "/tmp/bootmend.mounts" };

/* A directory of this machine to mount the tmpfs on; what was mounted there is only hidden. */
static void mount_stage(const struct stage *s)
{
	_cleanup_free_ char *options =
		xasprintf("mode=0700,nr_inodes=500000,size=%llu", (unsigned long long)s->p->room);
	int e = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct stat st;

		if (mkdir(places[i], 0700) < 0 && errno != EEXIST)
			e = -errno;
		else if (lstat(places[i], &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid != 0)
			e = -EPERM;
		else if (mount("bootmend", places[i], "tmpfs", PLAIN, options) < 0)
			e = -errno;
		else if (chdir(places[i]) < 0)
			e = -errno;
		else
			return;
	}
	give_up(s, "cannot mount a tmpfs for what is written", e);
}

static void make_dir(const struct stage *s, const char *name, mode_t mode)
{
	if ((mkdir(name, mode) < 0 && errno != EEXIST) || chmod(name, mode) < 0)
		give_up(s, name, -errno);
}

/* A directory fd as a path for mount(2); through this machine's /proc, while it is there. */
static const char *fd_path(int fd, char buf[64])
{
	snprintf(buf, 64, "/proc/self/fd/%d", fd);
	return buf;
}

/* --- the patient's file systems --- */

/* Before the tmpfs hides them; in this namespace, as a layer must be part of it. */
static void open_layers(struct stage *s)
{
	for (size_t i = 0; i < s->p->mounts; i++) {
		s->from[i] = open(s->p->mount[i].path, O_PATH | O_DIRECTORY | O_CLOEXEC);
		must(s, s->from[i], "cannot open the patient's file system");
	}
}

static void lay_over(const struct stage *s, const struct sandbox_mount *m, size_t i,
		     const char *target)
{
	char from[64];
	_cleanup_free_ char *up = xasprintf("up%zu", i), *work = xasprintf("work%zu", i),
			    *options = xasprintf("lowerdir=%s,upperdir=%s,workdir=%s",
						 fd_path(s->from[i], from), up, work);

	make_dir(s, up, 0755);
	make_dir(s, work, 0755);
	if (mount(m->source, target, "overlay", PLAIN, options) < 0)
		give_up(s,
			errno == ENODEV ? "this machine's kernel has no overlay file system"
					: "cannot lay an overlay over the patient's file system",
			-errno);
}

static void copy_fat(const struct stage *s, const struct sandbox_mount *m, int from,
		     const char *target)
{
	_cleanup_close_ int to = -1;

	must(s, mount(m->source, target, "tmpfs", PLAIN, "mode=0700,size=768m"),
	     "cannot mount a tmpfs for the EFI system partition");
	to = open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(s, to, "cannot open the copy of the EFI system partition");
	must(s, sandbox_copy(from, to), "cannot copy the EFI system partition");
}

/* The directory inside the tree that a mount goes to; links of the patient cannot lead out. */
static int tree_dir(const struct stage *s, const char *path)
{
	_cleanup_free_ char *within = xasprintf("%s/x", path);
	const char *name;
	int fd, e = root_parent(s->tree, within, &fd, &name);

	return e < 0 ? e : fd;
}

static void show(struct stage *s, size_t i)
{
	const struct sandbox_mount *m = &s->p->mount[i];
	_cleanup_free_ char *whole = xasprintf("whole%zu", i);
	_cleanup_free_ char *part = xasprintf("%s%s", whole, m->part);
	char to[64];
	int fd = -1;

	if (!streq(m->at, "/")) {
		fd = tree_dir(s, m->at);
		if (fd < 0)
			return; /* below something that is not shown either */
	}
	if (m->fat && fd >= 0) {
		copy_fat(s, m, s->from[i], fd_path(fd, to));
	} else if (!*m->part) {
		lay_over(s, m, i, fd < 0 ? "." STAGE_ROOT : fd_path(fd, to));
	} else {
		make_dir(s, whole, 0700);
		lay_over(s, m, i, whole);
		must(s, mount(part, fd < 0 ? "." STAGE_ROOT : fd_path(fd, to), NULL, MS_BIND, NULL),
		     "cannot show a subvolume");
	}
	close_fd(fd);
	if (!s->tree)
		must(s, root_open_dir("." STAGE_ROOT, &s->tree), "cannot open the patient's tree");
}

/* --- what a running system has besides --- */

/* A directory in the tree, whatever stands there: it is only the overlay that changes. */
static int own_dir(const struct stage *s, const char *path)
{
	_cleanup_close_ int dirfd = -1;
	const char *name;
	struct stat st;

	must(s, root_parent(s->tree, path, &dirfd, &name), path);
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(st.st_mode))
		must(s, unlinkat(dirfd, name, 0), path);
	if (mkdirat(dirfd, name, 0755) < 0 && errno != EEXIST)
		give_up(s, path, -errno);
	return openat(dirfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void mount_at(const struct stage *s, const char *path, const char *type, unsigned long flags,
		     const char *options)
{
	_cleanup_close_ int fd = own_dir(s, path);
	char to[64];

	must(s, fd, path);
	must(s, mount(type, fd_path(fd, to), type, flags, options), path);
}

static void bind_at(const struct stage *s, const char *path, const char *from)
{
	_cleanup_close_ int fd = own_dir(s, path);
	char to[64];

	must(s, fd, path);
	must(s, mount(from, fd_path(fd, to), NULL, MS_BIND, NULL), path);
}

static void scratch_dirs(const struct stage *s)
{
	struct stat st;

	make_dir(s, "run", 0755);
	make_dir(s, "run/lock", 01777);
	make_dir(s, "tmp", 01777);
	make_dir(s, "var-tmp", 01777);
	bind_at(s, "/run", "run");
	bind_at(s, "/tmp", "tmp");
	if (root_lstat(s->tree, "/var/tmp", &st) == 0 && S_ISDIR(st.st_mode))
		bind_at(s, "/var/tmp", "var-tmp");
}

/* Empty but for the directories that scripts list. */
static void empty_sys(const struct stage *s)
{
	static const char *const dirs[] = { "/sys/block", "/sys/bus",	  "/sys/class",
					    "/sys/dev",	  "/sys/devices", "/sys/firmware",
					    "/sys/fs",	  "/sys/kernel",  "/sys/module" };
	char to[64];
	int fd;

	mount_at(s, "/sys", "tmpfs", PLAIN | MS_NOEXEC, "mode=0755,size=64k");
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		close_fd(own_dir(s, dirs[i]));
	fd = tree_dir(s, "/sys");
	must(s, fd, "/sys");
	must(s,
	     mount(NULL, fd_path(fd, to), NULL,
		   MS_REMOUNT | MS_BIND | MS_RDONLY | PLAIN | MS_NOEXEC, NULL),
	     "/sys");
	close(fd);
}

/* --- /proc --- */

/* What speaks of this machine: the tools would write it into the patient's images. */
static const char *const hidden[] = { "cmdline",    "swaps",   "mdstat",    "keys",
				      "key-users",  "kcore",   "kallsyms",  "partitions",
				      "diskstats",  "modules", "config.gz", "sysrq-trigger",
				      "timer_list", "kmsg",    "bootconfig" };

static void mount_proc(struct stage *s)
{
	int fd;
	char to[64];

	mount_at(s, "/proc", "proc", PLAIN | MS_NOEXEC | MS_RDONLY, NULL);
	fd = tree_dir(s, "/proc");
	must(s, fd, "/proc");
	s->proc = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(s, s->proc, "/proc");
	must(s, close(open("empty", O_WRONLY | O_CREAT | O_CLOEXEC, 0444)), "an empty file");
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++) {
		_cleanup_close_ int file = openat(fd, hidden[i], O_PATH | O_NOFOLLOW | O_CLOEXEC);

		if (file >= 0)
			must(s, mount("empty", fd_path(file, to), NULL, MS_BIND, NULL), hidden[i]);
	}
	close(fd);
}

/* --- disks --- */

static bool is_plain_name(const char *s)
{
	size_t n = s ? strlen(s) : 0;

	return n && n < 64 &&
	       strspn(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") == n;
}

static void add_node(struct stage *s, const char *name, struct loop *loop,
		     const struct partition *p)
{
	struct sandbox_node *n = &s->node[s->nodes];
	struct stat st;

	must(s, fstat(loop->fd, &st), "a loop device");
	s->loop[s->nodes] = *loop;
	*n = (struct sandbox_node){ .rdev = st.st_rdev };
	snprintf(n->name, sizeof(n->name), "%s", name);
	n->uuid = p && is_plain_name(p->uuid) ? p->uuid : NULL;
	n->partuuid = p && is_plain_name(p->partuuid) ? p->partuuid : NULL;
	s->nodes++;
}

/* Read-only, whatever this machine's kernel thinks of the partition. */
static void add_partition(struct stage *s, const struct partition *p)
{
	const struct sandbox_job *job = s->p->job;
	const char *name = strrchr(sandbox_part_name(s->p->arena, p), '/') + 1;
	_cleanup_close_ int fd = -1;
	uint64_t start = 0;
	struct loop loop;

	if (p->disk < job->n_disks)
		fd = volume_bytes(job->disks[p->disk], p, &start);
	else if (p->node)
		fd = open(p->node, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || s->nodes == ARRAY_SIZE(s->node))
		return;
	/* What the mounted file system wrote is read through another cache. */
	if (fsync(fd) == 0)
		ioctl(fd, BLKFLSBUF, 0);
	if (loop_attach(fd, start, p->size, LOOP_READ, &loop) == 0)
		add_node(s, name, &loop, p);
}

static void fill_copy(const struct stage *s, const struct disk *d, int fd, unsigned number)
{
	_cleanup_free_ char *buf = xmalloc(CHUNK);
	struct sandbox_range *r;
	size_t n = sandbox_disk_ranges(s->p->job->devices, number, disk_size(d), s->p->arena, &r);

	for (size_t i = 0; i < n; i++) {
		for (uint64_t at = 0; at < r[i].len;) {
			size_t len = r[i].len - at < CHUNK ? (size_t)(r[i].len - at) : CHUNK;

			must(s, disk_read(d, r[i].offset + at, buf, len), "cannot read the disk");
			if (pwrite(fd, buf, len, (off_t)(r[i].offset + at)) != (ssize_t)len)
				give_up(s, "cannot copy the disk's first sectors", -EIO);
			at += len;
		}
	}
}

static void add_disk(struct stage *s, unsigned number)
{
	const struct disk *d = s->p->job->disks[number];
	_cleanup_free_ char *copy = xasprintf("." STAGE_DISK, number);
	_cleanup_free_ char *name = xasprintf(SANDBOX_DISK, number);
	_cleanup_close_ int fd = open(copy, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct loop loop;

	must(s, fd, "cannot make a copy of the disk");
	must(s, ftruncate(fd, (off_t)disk_size(d)), "cannot make a copy of the disk");
	fill_copy(s, d, fd, number);
	if (loop_attach(fd, 0, 0, LOOP_WRITE, &loop) == 0)
		add_node(s, strrchr(name, '/') + 1, &loop, NULL);
}

static void add_disks(struct stage *s)
{
	const struct sandbox_job *job = s->p->job;
	const struct devices *d = job->devices;

	for (unsigned i = 0; i < job->n_disks && i < SANDBOX_DISKS; i++)
		add_disk(s, i);
	for (size_t i = 0; d && i < d->n && i < SANDBOX_NODES; i++) {
		if (d->p[i].type && d->p[i].role != ROLE_EXTENDED)
			add_partition(s, &d->p[i]);
	}
}

/* --- /dev --- */

static void make_node(const struct stage *s, int dev, const char *name, mode_t mode, dev_t rdev)
{
	if (mknodat(dev, name, mode, rdev) < 0 || fchmodat(dev, name, mode & 0777, 0) < 0)
		give_up(s, "cannot make the nodes of /dev", -errno);
}

static void link_by(const struct stage *s, int dev, const char *dir, const char *name,
		    const char *node)
{
	_cleanup_free_ char *path = xasprintf("disk/%s/%s", dir, name);
	_cleanup_free_ char *target = xasprintf("../../%s", node);

	if (symlinkat(target, dev, path) < 0 && errno != EEXIST)
		give_up(s, "cannot make the links of /dev", -errno);
}

static void fill_dev(const struct stage *s, int dev)
{
	static const struct {
		const char *name;
		unsigned major, minor;
	} chars[] = {
		{ "null", 1, 3 },    { "zero", 1, 5 },	  { "full", 1, 7 }, { "random", 1, 8 },
		{ "urandom", 1, 9 }, { "console", 1, 3 }, { "tty", 5, 0 },
	};
	static const char *const dirs[] = { "disk", "disk/by-uuid", "disk/by-partuuid", "shm" };
	static const char *const links[][2] = { { "fd", "/proc/self/fd" },
						{ "stdin", "/proc/self/fd/0" },
						{ "stdout", "/proc/self/fd/1" },
						{ "stderr", "/proc/self/fd/2" } };

	/* The console is that of this machine: nobody inside gets it. */
	for (size_t i = 0; i < ARRAY_SIZE(chars); i++)
		make_node(s, dev, chars[i].name, S_IFCHR | 0666,
			  makedev(chars[i].major, chars[i].minor));
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		must(s, mkdirat(dev, dirs[i], 0755), "cannot make the directories of /dev");
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		must(s, symlinkat(links[i][1], dev, links[i][0]), "cannot make the links of /dev");
	for (size_t i = 0; i < s->nodes; i++) {
		const struct sandbox_node *n = &s->node[i];

		make_node(s, dev, n->name, S_IFBLK | 0600, n->rdev);
		if (n->uuid)
			link_by(s, dev, "by-uuid", n->uuid, n->name);
		if (n->partuuid)
			link_by(s, dev, "by-partuuid", n->partuuid, n->name);
	}
}

static void mount_dev(const struct stage *s)
{
	int fd;
	char to[64];

	mount_at(s, "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k");
	fd = tree_dir(s, "/dev");
	must(s, fd, "/dev");
	fill_dev(s, fd);
	must(s,
	     mount(NULL, fd_path(fd, to), NULL,
		   MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC, NULL),
	     "/dev");
	close(fd);
}

/* --- settings for this run --- */

static void put_file(const struct stage *s, const struct sandbox_file *f)
{
	_cleanup_close_ int dirfd = -1, fd = -1;
	const char *name;

	/* The program that would read it has no such directory: then it reads none. */
	if (root_parent(s->tree, f->path, &dirfd, &name) < 0)
		return;
	unlinkat(dirfd, name, 0);
	fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	must(s, fd, f->path);
	must(s, io_write_all(fd, f->text, strlen(f->text)), f->path);
}

/* --- leaving this machine behind --- */

static void leave_machine(const struct stage *s)
{
	make_dir(s, "old", 0700);
	if (syscall(SYS_pivot_root, ".", "old") == 0) {
		must(s, chdir("/"), "cannot enter the sandbox");
		must(s, umount2("/old", MNT_DETACH), "cannot leave this machine's root");
		return;
	}
	/* An initramfs, or a chroot: the root there is no mount point that could be given up. */
	must(s, mount(".", "/", NULL, MS_MOVE, NULL), "cannot leave this machine's root");
	must(s, chroot("."), "cannot enter the sandbox");
	must(s, chdir("/"), "cannot enter the sandbox");
}

static void build(struct stage *s)
{
	must(s, mounts_make_private(), "cannot make the mounts private");
	open_layers(s);
	mount_stage(s);
	make_dir(s, "." STAGE_ROOT, 0755);
	for (size_t i = 0; i < s->p->mounts; i++)
		show(s, i);
	add_disks(s);
	scratch_dirs(s);
	empty_sys(s);
	for (size_t i = 0; i < s->p->job->n_files; i++)
		put_file(s, &s->p->job->file[i]);
	mount_dev(s);
	mount_proc(s);
	leave_machine(s);
	for (size_t i = 0; i < s->p->mounts; i++)
		close(s->from[i]);
	if (sethostname("localhost", 9) < 0 && errno != EPERM)
		give_up(s, "cannot set a host name", -errno);
}

/* --- running --- */

static pid_t start(const struct stage *s, const char *const *argv)
{
	pid_t pid = fork();
	sigset_t none;
	char line[256];
	int e;

	if (pid != 0)
		return pid;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	e = sandbox_become(argv, s->pipes->output);
	snprintf(line, sizeof(line), "cannot start '%s': %s\n", argv[0], strerror(-e));
	if (write(s->pipes->output, line, strlen(line)) < 0 && write(2, line, strlen(line)) < 0)
		_exit(126);
	_exit(127);
}

static bool is_crowded(const struct stage *s)
{
	_cleanup_close_ int fd = openat(s->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;
	size_t n = 0;

	if (!dir)
		return true;
	fd = -1;
	while (n <= PROCESSES_MAX && (d = readdir(dir)))
		n += d->d_name[0] >= '1' && d->d_name[0] <= '9';
	closedir(dir);
	return n > PROCESSES_MAX;
}

/* All processes but this one; those that are being born too. */
static void end_others(void)
{
	for (;;) {
		pid_t pid;

		kill(-1, SIGKILL);
		pid = waitpid(-1, NULL, 0);
		if (pid < 0 && errno == ECHILD)
			return;
	}
}

/* Until the command itself ended; orphans that end before are taken in as well. */
static void run_one(const struct stage *s, int number, struct sandbox_message *m)
{
	struct pollfd parent = { .fd = s->pipes->hold, .events = POLLIN };
	pid_t pid = start(s, s->p->job->argv[number]);
	int status = 0;

	m->command = number;
	m->e = pid < 0 ? -errno : 0;
	while (pid > 0) {
		pid_t ended = waitpid(-1, &status, WNOHANG);

		if (ended == pid)
			break;
		if (ended > 0)
			continue;
		m->crowd = is_crowded(s);
		if (m->crowd)
			break;
		if (poll(&parent, 1, WATCH_MS) > 0)
			_exit(1); /* it is gone */
	}
	end_others();
	m->status = status;
}

static void wait_to_be_let_go(const struct stage *s)
{
	char c;

	while (read(s->pipes->hold, &c, 1) < 0 && errno == EINTR) {
	}
}

/* Ready to be ended first when memory is short, and with the parent. */
static void prepare(const struct stage *s)
{
	_cleanup_close_ int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	sigset_t all;

	if (fd >= 0)
		must(s, (int)write(fd, "1000", 4), "cannot offer itself to the kernel");
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	must(s, prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "prctl");
	must(s, prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl");
}

void sandbox_stage(const struct sandbox_plan *p, const struct sandbox_pipes *pipes)
{
	struct stage s = { .p = p, .pipes = pipes, .proc = -1 };
	struct sandbox_message m = { .word = WORD_ENDED };

	prepare(&s);
	build(&s);
	for (int i = 0; p->job->argv[i]; i++) {
		run_one(&s, i, &m);
		if (m.e < 0 || m.crowd || m.status != 0)
			break;
	}
	close(pipes->output);
	say(&s, &m);
	wait_to_be_let_go(&s);
	_exit(0);
}
