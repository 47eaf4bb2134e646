/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checking program of a file system says of it. */
#include <endian.h>
#include <errno.h>
#include <ext2fs/ext2_fs.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/be.h"
#include "lib/fsfault.h"
#include "lib/guard.h"
#include "lib/program.h"
#include "lib/volume.h"

/* Above these a look may take minutes, which a scan that finds nothing wrong is not worth. */
#define INODES_MAX 600000u
#define BTRFS_USED_MAX (24ull << 30)

struct look {
	const struct disk *d;
	struct arena *a;
	struct partition *p;
	enum fsfault_effort effort;
	int fd; /* of the bytes, which begin at start */
	uint64_t start;
};

static bool read_at(const struct look *l, uint64_t at, void *buf, size_t n)
{
	return at <= l->p->size && n <= l->p->size - at &&
	       pread(l->fd, buf, n, (off_t)(l->start + at)) == (ssize_t)n;
}

/* The first line that says what is wrong, without what leads up to it. */
static const char *first_line(struct look *l, const struct bytes *b, const char *const *chatter)
{
	const char *s = b->data ? b->data : "";

	for (size_t n; *s; s += n + (s[n] == '\n')) {
		char *line;
		size_t i = 0;

		n = strcspn(s, "\n");
		line = arena_strndup(l->a, s, n);
		while (chatter[i] && !strstr(line, chatter[i]))
			i++;
		if (chatter[i] || strspn(line, " \t") == n)
			continue;
		line += strspn(line, " \t");
		if (strlen(line) > 120)
			line[120] = '\0';
		return line;
	}
	return "it does not say what";
}

static void set(struct look *l, enum fs_fault fault, const char *program, const char *said)
{
	l->p->fault = fault;
	l->p->fault_why = arena_printf(l->a, "%s finds damage: %s", program, said);
}

static bool is_too_much(const struct look *l, uint64_t n, uint64_t max)
{
	return l->effort == FSFAULT_QUICK && n > max;
}

static unsigned seconds(const struct look *l)
{
	return l->effort == FSFAULT_QUICK ? FSFAULT_SECONDS : 0;
}

/* The exit status as it is; what kept the program from looking is noted. */
static int looked(struct look *l, const char *program, int status)
{
	if (status == -ENOENT)
		l->p->unexamined = arena_printf(l->a, "'%s' is not installed on this machine (%s)",
						program, program_package(program));
	else if (status == -ENOSYS)
		l->p->unexamined = arena_printf(
			l->a, "this machine's kernel cannot keep '%s' from writing (Linux 5.5 can)",
			program);
	else if (status == GUARD_KILLED)
		l->p->unexamined =
			arena_printf(l->a, "'%s' crashed, or did not end within %u seconds",
				     program, FSFAULT_SECONDS);
	return status;
}

/* --- ext --- */

/* It reads the bytes where they are, so no right to mount or to attach is needed. */
static void examine_ext(struct look *l)
{
	static const char *const chatter[] = { "Pass ",	   "e2fsck ",	"/proc/",    "Fix? ",
					       "WARNING",  "Clear? no", "IGNORED",   "Relocate?",
					       "Salvage?", "Abort? no", "Recreate?", NULL };
	struct ext2_super_block sb;
	char name[80];
	const char *argv[] = { "e2fsck", "-fn", name, NULL };
	_cleanup_bytes_ struct bytes out = { 0 };
	bool sums;
	int status;

	if (!read_at(l, 1024, &sb, sizeof(sb)) ||
	    is_too_much(l, le32toh(sb.s_inodes_count) - le32toh(sb.s_free_inodes_count),
			INODES_MAX))
		return;
	snprintf(name, sizeof(name), "/proc/self/fd/%d?offset=%llu", l->fd,
		 (unsigned long long)l->start);
	status = looked(l, "e2fsck", guard_look(argv, l->fd, seconds(l), &out));
	/* It counts neither as an error it left, but the kernel refuses to mount that writable. */
	sums = out.data && strstr(out.data, "descriptor checksums are invalid");
	if (status >= 0 && ((status & 4) || sums))
		set(l, FS_EXT_ERRORS, "e2fsck", first_line(l, &out, chatter));
}

/* --- xfs and btrfs: the programs want a device --- */

static int run_on_loop(struct look *l, const char *const *words, size_t n, struct bytes *out)
{
	const char *argv[8] = { 0 };
	struct loop loop = LOOP_NONE;
	int status = loop_attach(l->fd, l->start, l->p->size, LOOP_READ, &loop);

	if (status < 0)
		return status;
	for (size_t i = 0; i < n; i++)
		argv[i] = words[i];
	argv[n] = loop.path;
	status = guard_look(argv, -1, seconds(l), out);
	loop_detach(&loop);
	return looked(l, words[0], status);
}

/* The program is older than the file system: what it says of it is no verdict. */
static bool is_too_old(const struct bytes *out)
{
	static const char *const words[] = { "more recent", "nsupported filesystem features",
					     "nsupported option features" };

	for (size_t i = 0; out->data && i < ARRAY_SIZE(words); i++) {
		if (strstr(out->data, words[i]))
			return true;
	}
	return false;
}

static void examine_xfs(struct look *l)
{
	static const char *const repair[] = { "xfs_repair", "-n" };
	static const char *const chatter[] = { "Phase ", "        - ", "No modify flag", NULL };
	_cleanup_bytes_ struct bytes out = { 0 };
	unsigned char sb[144];
	int status;

	/* icount and ifree */
	if (!read_at(l, 0, sb, sizeof(sb)) ||
	    is_too_much(l, be64_at(sb + 128) - be64_at(sb + 136), INODES_MAX))
		return;
	status = run_on_loop(l, repair, ARRAY_SIZE(repair), &out);
	if (status == 1 && !is_too_old(&out))
		set(l, FS_XFS_DAMAGED, "xfs_repair", first_line(l, &out, chatter));
}

/* A log that waits is no fault; one that cannot be read to its end is. */
static void examine_xfs_log(struct look *l)
{
	static const char *const logprint[] = { "xfs_logprint", "-t" };
	_cleanup_bytes_ struct bytes out = { 0 };

	if (run_on_loop(l, logprint, ARRAY_SIZE(logprint), &out) != 1)
		return;
	l->p->fault = FS_XFS_LOG;
	l->p->fault_why = "its log holds changes that cannot be read";
}

static void examine_btrfs(struct look *l)
{
	static const char *const check[] = { "btrfs", "check", "--readonly" };
	static const char *const chatter[] = { "Opening filesystem",
					       "Checking filesystem",
					       "UUID:",
					       "[1/",
					       "[2/",
					       "[3/",
					       "[4/",
					       "[5/",
					       "[6/",
					       "[7/",
					       "[8/",
					       NULL };
	_cleanup_bytes_ struct bytes out = { 0 };
	unsigned char sb[0x90];
	uint64_t used, devices;
	int status;

	if (!read_at(l, 65536, sb, sizeof(sb)))
		return;
	memcpy(&used, sb + 0x78, sizeof(used));
	memcpy(&devices, sb + 0x88, sizeof(devices));
	/* The other devices of one that has several are not at hand. */
	if (is_too_much(l, le64toh(used), BTRFS_USED_MAX) || le64toh(devices) != 1)
		return;
	status = run_on_loop(l, check, ARRAY_SIZE(check), &out);
	if (status > 0 && !is_too_old(&out))
		set(l, FS_BTRFS_DAMAGED, "btrfs check", first_line(l, &out, chatter));
}

static const struct {
	const char *type;
	bool dirty;
	void (*examine)(struct look *l);
} examiners[] = {
	{ "ext2", false, examine_ext },	  { "ext3", false, examine_ext },
	{ "ext4", false, examine_ext },	  { "xfs", false, examine_xfs },
	{ "xfs", true, examine_xfs_log }, { "btrfs", false, examine_btrfs },
};

void fsfault_examine(const struct disk *d, struct arena *a, enum fsfault_effort effort,
		     struct partition *p)
{
	struct look l = { .d = d, .a = a, .p = p, .effort = effort };
	_cleanup_close_ int fd = -1;

	if (p->fault != FS_FINE || !p->type || p->start > d->size || p->size > d->size - p->start)
		return;
	fd = volume_bytes(d, p, &l.start);
	if (fd < 0)
		return;
	l.fd = fd;
	for (size_t i = 0; i < ARRAY_SIZE(examiners); i++) {
		if (streq(p->type, examiners[i].type) && p->dirty == examiners[i].dirty)
			examiners[i].examine(&l);
	}
}

void fsfault_examine_all(struct disk *const *disks, struct arena *a, struct devices *d)
{
	for (size_t i = 0; i < d->n; i++)
		fsfault_examine(disks[d->p[i].disk], a, FSFAULT_QUICK, &d->p[i]);
}
