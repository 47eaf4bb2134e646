/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <unistd.h>

#include "lib/image.h"

#define FOOTER 512

/* What opens it. */
enum opener { BY_QEMU, BY_UNPACKING };

static const struct format {
	const char *name;
	size_t at;
	const char *magic;
	size_t len;
	const char *tool; /* qemu's name of the format, or the command that unpacks */
	enum opener opener;
} formats[] = {
	{ "qcow2", 0, "QFI\373", 4, "qcow2", BY_QEMU },
	{ "qed", 0, "QED\0", 4, "qed", BY_QEMU },
	{ "vmdk", 0, "KDMV", 4, "vmdk", BY_QEMU },
	{ "vmdk", 0, "COWD", 4, "vmdk", BY_QEMU },
	{ "vmdk", 0, "# Disk DescriptorFile", 21, "vmdk", BY_QEMU },
	{ "vdi", 0x40, "\x7f\x10\xda\xbe", 4, "vdi", BY_QEMU },
	{ "vhdx", 0, "vhdxfile", 8, "vhdx", BY_QEMU },
	{ "vhd", 0, "conectix", 8, "vpc", BY_QEMU },
	{ "gzip", 0, "\x1f\x8b\x08", 3, "gzip -dc", BY_UNPACKING },
	{ "xz", 0, "\xfd\x37zXZ\0", 6, "xz -dc", BY_UNPACKING },
	{ "zstd", 0, "\x28\xb5\x2f\xfd", 4, "zstd -dc", BY_UNPACKING },
	{ "bzip2", 0, "BZh91AY", 7, "bzip2 -dc", BY_UNPACKING },
	{ "tar", 257, "ustar", 5, "tar -xOf", BY_UNPACKING },
};

const char *image_format(int fd, uint64_t size)
{
	unsigned char head[512] = { 0 };

	if (size < sizeof(head) || pread(fd, head, sizeof(head), 0) != (ssize_t)sizeof(head))
		return NULL;
	/* A sector with a partition table or boot code in front is a disk, whatever else it holds.
	 */
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (memcmp(head + formats[i].at, formats[i].magic, formats[i].len) == 0)
			return formats[i].name;
	}
	return NULL;
}

uint64_t image_footer(int fd, uint64_t size)
{
	char foot[8];

	if (size < 2 * FOOTER ||
	    pread(fd, foot, sizeof(foot), (off_t)(size - FOOTER)) != (ssize_t)sizeof(foot))
		return 0;
	return memcmp(foot, "conectix", sizeof(foot)) == 0 ? FOOTER : 0;
}

/* path as a word for the shell. */
static char *quoted(const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._-+:@%,";
	struct bytes b = { 0 };

	if (path[strspn(path, plain)] == '\0')
		return xstrdup(path);
	bytes_addc(&b, '\'');
	for (; *path; path++) {
		if (*path == '\'')
			bytes_adds(&b, "'\\''");
		else
			bytes_addc(&b, *path);
	}
	bytes_addc(&b, '\'');
	return b.data;
}

static const struct format *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (streq(formats[i].name, name))
			return &formats[i];
	}
	return NULL;
}

void image_advice(const char *format, const char *path, struct trouble *t)
{
	const struct format *f = find(format);
	_cleanup_free_ char *q = quoted(path);
	_cleanup_free_ char *raw = xasprintf("%s.raw", path);
	_cleanup_free_ char *qraw = quoted(raw);

	if (f && f->opener == BY_UNPACKING)
		trouble_set(
			t, "'%s' is packed (%s); unpack it with '%s %s > %s' and give %s as TARGET",
			path, format, f->tool, q, qraw, qraw);
	else if (f)
		trouble_set(
			t,
			"'%s' is a %s image; attach it with 'modprobe nbd max_part=16; qemu-nbd "
			"-c /dev/nbd0 -f %s %s' and give /dev/nbd0 as TARGET (detach: 'qemu-nbd -d "
			"/dev/nbd0'), or convert it with 'qemu-img convert -f %s -O raw %s %s' and "
			"give that",
			path, format, f->tool, q, f->tool, q, qraw);
}
