/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/sysfs.h"

#define SET_MAX 4096
#define SECTOR 512

static const char *dir_of(struct arena *a, dev_t dev)
{
	return arena_printf(a, "/sys/dev/block/%u:%u", major(dev), minor(dev));
}

static ssize_t read_at(const char *path, char *buf, size_t size)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : read(fd, buf, size);
}

static char *first_line(struct arena *a, const char *path)
{
	char buf[4096];
	ssize_t n = read_at(path, buf, sizeof(buf) - 1);

	if (n < 0)
		return NULL;
	buf[n] = '\0';
	n = (ssize_t)strcspn(buf, "\n");
	while (n > 0 && isspace((unsigned char)buf[n - 1]))
		n--;
	return arena_strndup(a, buf, (size_t)n);
}

char *sysfs_attr(struct arena *a, dev_t dev, const char *file)
{
	return first_line(a, arena_printf(a, "%s/%s", dir_of(a, dev), file));
}

bool sysfs_number(struct arena *a, dev_t dev, const char *file, uint64_t *out)
{
	const char *s = sysfs_attr(a, dev, file);

	return s && parse_u64(s, out);
}

const char *sysfs_name(struct arena *a, dev_t dev)
{
	char target[PATH_MAX];
	ssize_t n = readlink(dir_of(a, dev), target, sizeof(target) - 1);
	const char *slash;

	if (n < 0)
		return NULL;
	target[n] = '\0';
	slash = strrchr(target, '/');
	return arena_strdup(a, slash ? slash + 1 : target);
}

const char *sysfs_node(struct arena *a, dev_t dev)
{
	const char *path = arena_printf(a, "%s/uevent", dir_of(a, dev));
	char buf[4096], *name;
	ssize_t n = read_at(path, buf, sizeof(buf) - 1);

	if (n < 0)
		return NULL;
	buf[n] = '\0';
	name = strstr(buf, "DEVNAME=");
	if (!name)
		return NULL;
	name += strlen("DEVNAME=");
	return arena_printf(a, "/dev/%.*s", (int)strcspn(name, "\n"), name);
}

static bool read_devno(struct arena *a, const char *dir, dev_t *out)
{
	const char *s = first_line(a, arena_printf(a, "%s/dev", dir));
	unsigned ma, mi;

	if (!s || sscanf(s, "%u:%u", &ma, &mi) != 2)
		return false;
	*out = makedev(ma, mi);
	return true;
}

unsigned sysfs_partition_number(struct arena *a, dev_t dev)
{
	uint64_t n;

	return sysfs_number(a, dev, "partition", &n) && n <= INT_MAX ? (unsigned)n : 0;
}

dev_t sysfs_disk_of(struct arena *a, dev_t dev)
{
	dev_t parent;

	if (sysfs_partition_number(a, dev) == 0)
		return dev;
	return read_devno(a, arena_printf(a, "%s/..", dir_of(a, dev)), &parent) ? parent : dev;
}

bool sysfs_set_has(const struct sysfs_set *s, dev_t dev)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->dev[i] == dev)
			return true;
	}
	return false;
}

static void set_add(struct arena *a, struct sysfs_set *s, dev_t dev)
{
	if (s->n == SET_MAX || sysfs_set_has(s, dev))
		return;
	ARENA_GROW(a, s->dev, s->n, s->cap);
	s->dev[s->n++] = dev;
}

enum entries { PARTITIONS, HOLDERS, SLAVES };

/* Adds what the entries of a directory of the device are. */
static void add_entries(struct arena *a, dev_t dev, enum entries which, struct sysfs_set *s)
{
	static const char *const subs[] = { ".", "holders", "slaves" };
	const char *path = arena_printf(a, "%s/%s", dir_of(a, dev), subs[which]);
	DIR *dir = opendir(path);
	struct dirent *e;
	dev_t found;

	if (!dir)
		return;
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		if (!read_devno(a, arena_printf(a, "%s/%s", path, e->d_name), &found))
			continue;
		/* A disk's directory holds more with a number, as an NVMe controller. */
		if (which != PARTITIONS || sysfs_partition_number(a, found))
			set_add(a, s, found);
	}
	closedir(dir);
}

void sysfs_users(struct arena *a, dev_t dev, struct sysfs_set *out)
{
	size_t first = out->n;

	set_add(a, out, dev);
	/* The set grows while it is walked. Partitions are directories of their disk with a dev. */
	for (size_t i = first; i < out->n; i++) {
		dev_t at = out->dev[i];

		add_entries(a, at, PARTITIONS, out);
		add_entries(a, at, HOLDERS, out);
	}
}

void sysfs_below(struct arena *a, dev_t dev, struct sysfs_set *out)
{
	struct sysfs_set all = { 0 };

	set_add(a, &all, sysfs_disk_of(a, dev));
	for (size_t i = 0; i < all.n; i++) {
		struct sysfs_set slaves = { 0 };

		add_entries(a, all.dev[i], SLAVES, &slaves);
		for (size_t j = 0; j < slaves.n; j++)
			set_add(a, &all, sysfs_disk_of(a, slaves.dev[j]));
		if (slaves.n == 0)
			set_add(a, out, all.dev[i]);
	}
}

static bool is_disk_name(const char *name)
{
	static const char *const not_disks[] = { "loop", "ram", "zram", "sr",
						 "fd",	 "dm-", "md",	"mtdblock" };

	for (size_t i = 0; i < ARRAY_SIZE(not_disks); i++) {
		const char *rest = after(name, not_disks[i]);

		if (rest && isdigit((unsigned char)*rest))
			return false;
	}
	return name[0] != '.' && !strstr(name, "boot0") && !strstr(name, "boot1") &&
	       !strstr(name, "rpmb");
}

static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;
	size_t n = strlen(*x), m = strlen(*y);

	/* sdb before sdaa */
	return n != m ? (n < m ? -1 : 1) : strcmp(*x, *y);
}

void sysfs_disks(struct arena *a, struct sysfs_set *out)
{
	DIR *dir = opendir("/sys/block");
	const char **names = NULL;
	size_t n = 0, cap = 0;
	struct dirent *e;

	if (!dir)
		return;
	while (n < SET_MAX && (e = readdir(dir))) {
		if (!is_disk_name(e->d_name))
			continue;
		ARENA_GROW(a, names, n, cap);
		names[n++] = arena_strdup(a, e->d_name);
	}
	closedir(dir);
	if (n)
		qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++) {
		uint64_t size;
		dev_t dev;

		if (read_devno(a, arena_printf(a, "/sys/block/%s", names[i]), &dev) &&
		    sysfs_number(a, dev, "size", &size) && size > 0)
			set_add(a, out, dev);
	}
}

bool sysfs_is_held(struct arena *a, dev_t dev)
{
	struct sysfs_set parts = { 0 }, holders = { 0 };

	set_add(a, &parts, dev);
	add_entries(a, dev, PARTITIONS, &parts);
	for (size_t i = 0; i < parts.n; i++)
		add_entries(a, parts.dev[i], HOLDERS, &holders);
	return holders.n > 0;
}

static bool is_mapped(struct arena *a, dev_t dev, const char *uuid, dev_t disk)
{
	const char *have = sysfs_attr(a, dev, "dm/uuid");
	struct sysfs_set below = { 0 };
	uint64_t suspended = 1;

	if (!have || !streq(have, uuid) || !sysfs_number(a, dev, "dm/suspended", &suspended) ||
	    suspended)
		return false;
	sysfs_below(a, dev, &below);
	return sysfs_set_has(&below, sysfs_disk_of(a, disk));
}

const char *sysfs_mapped(struct arena *a, const char *uuid, dev_t disk)
{
	DIR *dir = opendir("/sys/block");
	const char *found = NULL;
	struct dirent *e;
	dev_t dev;

	if (!dir)
		return NULL;
	while (!found && (e = readdir(dir))) {
		if (startswith(e->d_name, "dm-") &&
		    read_devno(a, arena_printf(a, "/sys/block/%s", e->d_name), &dev) &&
		    is_mapped(a, dev, uuid, disk))
			found = sysfs_node(a, dev);
	}
	closedir(dir);
	return found;
}

void sysfs_holders(struct arena *a, dev_t dev, struct sysfs_set *out)
{
	add_entries(a, dev, HOLDERS, out);
}

const char *sysfs_partition_node(struct arena *a, dev_t disk, unsigned number, uint64_t start)
{
	struct sysfs_set parts = { 0 };
	uint64_t at;

	add_entries(a, disk, PARTITIONS, &parts);
	for (size_t i = 0; i < parts.n; i++) {
		if (sysfs_partition_number(a, parts.dev[i]) == number &&
		    sysfs_number(a, parts.dev[i], "start", &at) && at == start / SECTOR)
			return sysfs_node(a, parts.dev[i]);
	}
	return NULL;
}

/* VPD page 80 is four bytes of header, then the serial in ASCII with spaces around it. */
static const char *vpd_serial(struct arena *a, dev_t dev)
{
	const char *path = arena_printf(a, "%s/device/vpd_pg80", dir_of(a, dev));
	char buf[256], *s = buf + 4;
	ssize_t n = read_at(path, buf, sizeof(buf) - 1);

	if (n <= 4)
		return NULL;
	buf[n] = '\0';
	while (isspace((unsigned char)*s))
		s++;
	n = (ssize_t)strlen(s);
	while (n > 0 && isspace((unsigned char)s[n - 1]))
		n--;
	return n ? arena_strndup(a, s, (size_t)n) : NULL;
}

const char *sysfs_serial(struct arena *a, dev_t dev)
{
	static const char *const files[] = { "serial", "device/serial" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char *s = sysfs_attr(a, dev, files[i]);

		if (s && *s)
			return s + strspn(s, " ");
	}
	return vpd_serial(a, dev);
}
