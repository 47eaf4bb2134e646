/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <linux/major.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/loop.h"

#define TRIES 64 /* each lost race for a free device is one */
#define WAIT_MS 10
#define LOOP_CTRL_MINOR 237 /* linux/miscdevice.h, which user space does not get */

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = WAIT_MS * 1000000l }, NULL);
}

static void fill(struct loop_info64 *info, const struct loop *l, enum loop_mode mode)
{
	memset(info, 0, sizeof(*info));
	info->lo_offset = l->offset;
	info->lo_sizelimit = l->size;
	info->lo_flags = LO_FLAGS_AUTOCLEAR;
	if (mode == LOOP_READ)
		info->lo_flags |= LO_FLAGS_READ_ONLY;
	snprintf((char *)info->lo_file_name, sizeof(info->lo_file_name), "bootmend");
}

/*
 * Kernels before 5.8. A backing fd that cannot write makes the device read-only there; offset and
 * autoclear come in a second step, so a kill in between leaves the device attached.
 */
static int configure_in_steps(int fd, int backing, const struct loop_info64 *info)
{
	int e;

	if (ioctl(fd, LOOP_SET_FD, backing) < 0)
		return -errno;
	for (int i = 0; i < TRIES; i++) {
		if (ioctl(fd, LOOP_SET_STATUS64, info) == 0)
			return 0;
		e = -errno;
		if (e != -EAGAIN)
			break;
		nap();
	}
	ioctl(fd, LOOP_CLR_FD, 0);
	return e;
}

static int configure(int fd, int backing, const struct loop_info64 *info)
{
	struct loop_config c = { .fd = (__u32)backing, .info = *info };

	if (ioctl(fd, LOOP_CONFIGURE, &c) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOTTY && errno != ENOSYS)
		return -errno;
	return configure_in_steps(fd, backing, info);
}

/* The device says what was asked of it: read-only above all. */
static bool is_as_asked(int fd, const struct loop_info64 *asked)
{
	struct loop_info64 is;

	if (ioctl(fd, LOOP_GET_STATUS64, &is) < 0)
		return false;
	return is.lo_offset == asked->lo_offset && is.lo_sizelimit == asked->lo_sizelimit &&
	       (is.lo_flags & asked->lo_flags) == asked->lo_flags;
}

static int try_one(int control, int backing, enum loop_mode mode, struct loop *l)
{
	_cleanup_close_ int fd = -1;
	struct loop_info64 info;
	int e;

	l->number = ioctl(control, LOOP_CTL_GET_FREE);
	if (l->number < 0)
		return -errno;
	snprintf(l->path, sizeof(l->path), "/dev/loop%d", l->number);
	fd = open(l->path, (mode == LOOP_READ ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	/* udev leaves a locked device alone: nothing is to be activated from it. */
	flock(fd, LOCK_EX | LOCK_NB);
	fill(&info, l, mode);
	e = configure(fd, backing, &info);
	if (e < 0)
		return e;
	if (!is_as_asked(fd, &info)) {
		ioctl(fd, LOOP_CLR_FD, 0);
		return -EPROTO;
	}
	l->fd = fd;
	fd = -1;
	return 0;
}

static int open_control(void)
{
	return io_open_driver("/dev/loop-control", MISC_MAJOR, LOOP_CTRL_MINOR);
}

int loop_attach(int backing, uint64_t offset, uint64_t size, enum loop_mode mode, struct loop *out)
{
	_cleanup_close_ int control = open_control();
	struct loop l = { .fd = -1, .offset = offset, .size = size };
	struct stat st;
	int e = -EBUSY;

	if (control < 0)
		return control;
	if (fstat(backing, &st) < 0)
		return -errno;
	l.dev = st.st_dev;
	l.ino = st.st_ino;
	for (int i = 0; i < TRIES; i++) {
		e = try_one(control, backing, mode, &l);
		if (e != -EBUSY && e != -EAGAIN && e != -ENXIO)
			break;
		nap(); /* somebody else took it between the question and the answer */
	}
	if (e < 0)
		return e == -ENOENT ? -ENODEV : e;
	*out = l;
	return 0;
}

void loop_detach(struct loop *l)
{
	l->fd = close_fd(l->fd);
}

static bool still_there(const struct loop *l)
{
	_cleanup_close_ int fd = open(l->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct loop_info64 is;

	if (fd < 0 || ioctl(fd, LOOP_GET_STATUS64, &is) < 0)
		return false;
	return is.lo_offset == l->offset && is.lo_inode == l->ino &&
	       streq((const char *)is.lo_file_name, "bootmend");
}

bool loop_is_gone(const struct loop *l, unsigned wait_ms)
{
	if (l->number < 0)
		return true;
	for (unsigned waited = 0; still_there(l); waited += WAIT_MS) {
		if (waited >= wait_ms)
			return false;
		nap();
	}
	return true;
}

static bool read_info(int number, struct loop_device *out)
{
	struct loop_info64 is;
	char path[32];
	_cleanup_close_ int fd = -1;

	snprintf(path, sizeof(path), "/dev/loop%d", number);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || ioctl(fd, LOOP_GET_STATUS64, &is) < 0)
		return false;
	*out = (struct loop_device){
		.number = number,
		.dev = (dev_t)is.lo_device,
		.ino = (ino_t)is.lo_inode,
		/* For a file below, the kernel repeats the file system's number here. */
		.rdev = is.lo_rdevice == is.lo_device ? 0 : (dev_t)is.lo_rdevice,
		.writes = !(is.lo_flags & LO_FLAGS_READ_ONLY),
	};
	return true;
}

int loop_list(int (*each)(void *arg, const struct loop_device *i), void *arg)
{
	DIR *dir = opendir("/sys/block");
	struct dirent *e;
	int r = 0;

	if (!dir)
		return -errno;
	while (r == 0 && (e = readdir(dir))) {
		const char *digits = after(e->d_name, "loop");
		struct loop_device i;
		uint64_t n;

		if (digits && parse_u64(digits, &n) && n < 1u << 20 && read_info((int)n, &i))
			r = each(arg, &i);
	}
	closedir(dir);
	return r;
}
