/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>

#include "lib/kernel_image.h"
#include "lib/le.h"
#include "lib/peimage.h"

#define HEADER_MIN 0x206u /* no kernel is smaller than its header */
#define HEAD_MAX 0x1000u
#define INITRD_HEAD_MAX (64u << 10)
#define VERSION_MAX 256u
#define SECTION_SLACK 4096u

struct head {
	const unsigned char *data; /* HEAD_MAX bytes, zeros behind the end of the file */
	size_t len;
};

struct judge {
	const struct root *root;
	struct arena *arena;
	const char *path;
	struct image_verdict *out;
};

static bool all_zero(const unsigned char *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

static const char *const x86_files[] = {
	"/lib64/ld-linux-x86-64.so.2",
	"/usr/lib64/ld-linux-x86-64.so.2",
	"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
	"/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
	"/lib/ld-linux.so.2",
	"/usr/lib/ld-linux.so.2",
	"/lib/ld-musl-x86_64.so.1",
	"/lib/ld-musl-i386.so.1",
	"/boot/grub/i386-pc",
	"/boot/grub2/i386-pc",
	"/boot/grub/x86_64-efi",
	"/boot/grub2/x86_64-efi",
};

enum image_machine kernel_image_machine(const struct root *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(x86_files); i++) {
		if (root_exists(r, x86_files[i]))
			return MACHINE_X86;
	}
	return MACHINE_UNKNOWN;
}

/* --- kernels --- */

static void damaged(struct judge *j, const char *why)
{
	j->out->state = IMAGE_DAMAGED;
	j->out->why = why;
}

/* The file must have at least this many bytes by its own header. */
static void judge_size(struct judge *j, uint64_t want)
{
	if (j->out->size >= want)
		j->out->state = IMAGE_OK;
	else
		damaged(j,
			arena_printf(j->arena, "%llu bytes, but its header says %llu",
				     (unsigned long long)j->out->size, (unsigned long long)want));
}

/* First word of the version text, which stands 0x200 behind the offset at 0x20e. */
static void bzimage_version(struct judge *j, const struct head *h)
{
	uint32_t at = le16_at(h->data + 0x20e);
	char text[VERSION_MAX + 1] = "";
	size_t got = 0, n = 0;

	if (at == 0 || root_pread(j->root, j->path, at + 0x200, text, VERSION_MAX, &got) < 0)
		return;
	while (n < got && isgraph((unsigned char)text[n]))
		n++;
	if (n > 0 && n < VERSION_MAX && isdigit((unsigned char)text[0]))
		j->out->version = arena_strndup(j->arena, text, n);
}

/* Boot sector and setup, then syssize units of 16 bytes; what a signature adds comes behind. */
static void judge_bzimage(struct judge *j, const struct head *h)
{
	uint32_t protocol = le16_at(h->data + 0x206);
	uint64_t setup = h->data[0x1f1] ? h->data[0x1f1] : 4;
	uint64_t sys = protocol >= 0x0204 ? le32_at(h->data + 0x1f4) : le16_at(h->data + 0x1f4);

	if (protocol >= 0x0200)
		bzimage_version(j, h);
	judge_size(j, (setup + 1) * 512 + sys * 16);
}

/* An EFI program around a compressed kernel: where that starts, and how long it is. */
static void judge_zboot(struct judge *j, const struct head *h)
{
	judge_size(j, (uint64_t)le32_at(h->data + 8) + le32_at(h->data + 12));
}

static void judge_known(struct judge *j, const struct head *h UNUSED)
{
	j->out->state = IMAGE_OK;
}

static void judge_not(struct judge *j, const struct head *h UNUSED)
{
	j->out->state = IMAGE_UNJUDGED;
}

/*
 * The size that an arm64 or RISC-V header tells is that in memory, more than the file has. Of the
 * file only the section table for EFI tells; its last section may have been rounded up.
 */
static void judge_sections(struct judge *j, const struct head *h, enum image_state otherwise)
{
	struct peimage pe;

	peimage_look(h->data, HEAD_MAX, j->out->size + SECTION_SLACK, &pe);
	if (pe.kind == PEIMAGE_CUT)
		damaged(j, arena_printf(j->arena, "%llu bytes, fewer than its EFI sections have",
					(unsigned long long)j->out->size));
	else
		j->out->state = otherwise;
}

static void judge_image(struct judge *j, const struct head *h)
{
	judge_sections(j, h, IMAGE_OK);
}

static void judge_efi(struct judge *j, const struct head *h)
{
	judge_sections(j, h, IMAGE_UNJUDGED);
}

/* First match wins. A bzImage with an EFI stub starts with MZ too. */
static const struct {
	size_t at;
	const char *magic;
	size_t len;
	void (*judge)(struct judge *j, const struct head *h);
} formats[] = {
	{ 0x202, "HdrS", 4, judge_bzimage },
	{ 4, "zimg", 4, judge_zboot },
	{ 0x38, "ARM\x64", 4, judge_image },
	{ 0x38, "RSC\x05", 4, judge_image },
	{ 0x24, "\x18\x28\x6f\x01", 4, judge_known }, /* 32-bit ARM zImage */
	{ 0, "\x1f\x8b", 2, judge_known },
	{ 0,
	  "\x7f"
	  "ELF",
	  4, judge_known },
	{ 0, "\x28\xb5\x2f\xfd", 4, judge_known },
	{ 0,
	  "\xfd"
	  "7zXZ",
	  6, judge_known },
	{ 0, "MZ", 2, judge_efi }, /* a unified kernel image, or a stub of another architecture */
	{ 0, "\x27\x05\x19\x56", 4, judge_not }, /* u-boot */
	{ 0, "\xd0\x0d\xfe\xed", 4, judge_not }, /* flattened image tree */
};

static void judge_unknown(struct judge *j, enum image_machine m)
{
	if (m == MACHINE_X86)
		damaged(j, "has no kernel header");
	else
		j->out->state = IMAGE_UNJUDGED;
}

static void judge_head(struct judge *j, const struct head *h, enum image_machine m)
{
	if (all_zero(h->data, h->len)) {
		damaged(j, "starts with zero bytes only");
		return;
	}
	if (h->len < HEADER_MIN) {
		damaged(j, "too short for a kernel");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (memcmp(h->data + formats[i].at, formats[i].magic, formats[i].len) != 0)
			continue;
		formats[i].judge(j, h);
		return;
	}
	judge_unknown(j, m);
}

/* A scan without root's rights says nothing about what it may not read. */
static void unreadable(struct judge *j, int err)
{
	if (root_is_absent(err)) {
		j->out->state = IMAGE_ABSENT;
	} else if (err == -EACCES || err == -EPERM) {
		j->out->state = IMAGE_UNJUDGED;
	} else {
		j->out->state = IMAGE_UNREADABLE;
		j->out->why = arena_strdup(j->arena, strerror(-err));
	}
}

/* Size and the states that need no reading; true when the file is worth reading. */
static bool judge_stat(struct judge *j)
{
	struct stat st;
	int e = root_stat(j->root, j->path, &st);

	*j->out = (struct image_verdict){ .state = IMAGE_EMPTY };
	if (e < 0) {
		unreadable(j, e);
		return false;
	}
	if (!S_ISREG(st.st_mode)) {
		damaged(j, "not a regular file");
		return false;
	}
	j->out->size = (uint64_t)st.st_size;
	return st.st_size > 0;
}

void kernel_image_judge(const struct root *r, struct arena *a, enum image_machine m,
			const char *path, struct image_verdict *out)
{
	struct judge j = { .root = r, .arena = a, .path = path, .out = out };
	unsigned char data[HEAD_MAX] = { 0 };
	struct head h = { .data = data };
	int e;

	if (!judge_stat(&j))
		return;
	e = root_pread(r, path, 0, data, sizeof(data), &h.len);
	if (e < 0)
		unreadable(&j, e);
	else
		judge_head(&j, &h, m);
}

/* --- initramfs --- */

static const struct {
	const char *magic;
	size_t len;
} initrd_magics[] = {
	{ "070701", 6 },
	{ "070702", 6 },
	{ "070707", 6 },
	{ "\x1f\x8b", 2 },
	{ "\x1f\x9e", 2 },
	{ "\xfd"
	  "7zXZ",
	  6 },
	{ "\x28\xb5\x2f\xfd", 4 },
	{ "\x02\x21\x4c\x18", 4 },
	{ "\x04\x22\x4d\x18", 4 },
	{ "\x5d\x00\x00", 3 },
	{ "BZh", 3 },
	{ "\x89LZO", 4 },
	{ "MZ", 2 },
	{ "\x27\x05\x19\x56", 4 },
	{ "hsqs", 4 },
	{ "\x45\x3d\xcd\x28", 4 },
	{ "-rom1fs-", 8 },
};

static bool known_initrd(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(initrd_magics); i++) {
		if (n >= initrd_magics[i].len &&
		    memcmp(p, initrd_magics[i].magic, initrd_magics[i].len) == 0)
			return true;
	}
	/* A file-system image: ext2's magic stands behind a boot block of zeros. */
	return n > 0x43a && p[0x438] == 0x53 && p[0x439] == 0xef;
}

static void judge_initrd_head(struct judge *j, const unsigned char *p, size_t n)
{
	size_t skip = 0;

	while (skip < n && p[skip] == 0)
		skip++;
	if (known_initrd(p, n) || known_initrd(p + skip, n - skip))
		j->out->state = IMAGE_OK;
	else if (skip == n)
		damaged(j, "starts with zero bytes only");
	else
		damaged(j, "starts with neither an archive nor compressed data");
}

void initrd_judge(const struct root *r, struct arena *a, const char *path,
		  struct image_verdict *out)
{
	struct judge j = { .root = r, .arena = a, .path = path, .out = out };
	_cleanup_free_ unsigned char *data = NULL;
	size_t got = 0;
	int e;

	if (!judge_stat(&j))
		return;
	data = xcalloc(1, INITRD_HEAD_MAX);
	e = root_pread(r, path, 0, data, INITRD_HEAD_MAX, &got);
	if (e < 0)
		unreadable(&j, e);
	else
		judge_initrd_head(&j, data, got);
}
