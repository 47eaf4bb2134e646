/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/logpattern.h"
#include "lib/syslogscan.h"

/* A line as each program writes it, and the id of what it tells; NULL: of nothing. */
static const struct {
	const char *line, *id;
	enum syslogline_from from;
} lines[] = {
	/* Firmware and GRUB */
	{ "The boot loader did not load an operating system.", "no-os-loaded", 0 },
	{ "No operating system was loaded. Your virtual machine may be configured incorrectly.",
	  "no-os", 0 },
	{ ">>Start PXE over IPv4.", "pxe", 0 },
	{ "UEFI: Failed to load image. Status: Security Violation", "secure-boot", 0 },
	{ "error: file `/boot/grub2/i386-pc/normal.mod' not found.", "grub-module-missing", 0 },
	{ "Entering rescue mode...", "grub-rescue", 0 },
	{ "grub rescue> ", "grub-rescue-prompt", 0 },
	{ "error: unknown filesystem.", "grub-unknown-fs", 0 },
	{ "error: no such partition.", "grub-no-partition", 0 },
	{ "error: no such device: 8a2b.", "grub-no-device", 0 },
	{ "error: disk `hd0,gpt2' not found.", "grub-no-disk", 0 },
	{ "error: symbol `grub_calloc' not found.", "grub-symbol", 0 },
	{ "Minimal BASH-like line editing is supported.", "grub-prompt", 0 },
	{ "grubdom> ", "grub-legacy-prompt", 0 },
	{ "Error 15: File not found", "grub-legacy-file", 0 },
	{ "error: file `/vmlinuz-5.14.0-70.el9.x86_64' not found.", "grub-kernel-missing", 0 },
	{ "error: file `/initramfs-5.14.0.img' not found.", "grub-initramfs-missing", 0 },
	{ "error: you need to load the kernel first.", "grub-no-kernel-loaded", 0 },
	{ "error: out of memory.", "grub-memory", 0 },
	{ "error: invalid magic number.", "grub-magic", 0 },
	/* The kernel and the initramfs */
	{ "XZ-compressed data is corrupt", "kernel-xz", 0 },
	{ "Initramfs unpacking failed: junk within compressed archive", "initramfs-unpack", 1 },
	{ "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
	  "panic-no-root", 1 },
	{ "VFS: Cannot open root device \"sda1\" or unknown-block(8,1): error -6", "no-root-device",
	  1 },
	{ "ERROR: Unable to determine major/minor number of root device '/dev/xvda1'.",
	  "xen-no-root", 0 },
	{ "dracut-initqueue[310]: Warning: dracut-initqueue timeout - starting timeout scripts",
	  "dracut-timeout", 0 },
	{ "Warning: /dev/mapper/rootvg-rootlv does not exist", "dracut-no-device", 0 },
	{ "Warning: Could not boot.", "dracut-could-not-boot", 0 },
	{ "Gave up waiting for root file system device.  Common problems:", "initramfs-no-root",
	  0 },
	{ "ALERT!  UUID=1 does not exist.  Dropping to a shell!", "initramfs-shell", 0 },
	{ "FATAL: Could not load /lib/modules/5.4.0/modules.dep: No such file or directory",
	  "no-modules-dep", 0 },
	{ "FATAL: kernel too old", "old-userland", 0 },
	{ "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00",
	  "panic-init-died", 1 },
	{ "Kernel panic - not syncing: No working init found.  Try passing init= option",
	  "panic-no-init", 1 },
	{ "Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled",
	  "panic-on-oom", 1 },
	{ "Kernel panic - not syncing: System is deadlocked on memory", "panic-deadlocked", 1 },
	{ "Kernel panic - not syncing: Fatal exception in interrupt", "panic", 1 },
	/* File systems, mounting */
	{ "/dev/sda1: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.", "fsck-manually", 0 },
	{ "EXT4-fs error (device dm-0): ext4_lookup:1602: inode #2", "ext4-error", 1 },
	{ "EXT4-fs (sda1): INFO: recovery required on readonly filesystem", "ext-recovery", 1 },
	{ "fsck.ext4: Bad magic number in super-block while trying to open /dev/sda1",
	  "ext-superblock", 0 },
	{ "fsck.ext3: No such file or directory while trying to open /dev/sdh", "fsck-no-device",
	  0 },
	{ "EXT4-fs (dm-2): VFS: Can't find ext4 filesystem", "ext-not-found", 1 },
	{ "XFS (sdc1): Metadata CRC error detected at xfs_agi_read_verify", "xfs-crc", 1 },
	{ "XFS (sdc1): Unmount and run xfs_repair", "xfs-repair", 1 },
	{ "fsck died with exit status 8", "fsck-died", 0 },
	{ "blk_update_request: I/O error, dev sde, sector 2048", "io-error", 1 },
	{ "Buffer I/O error on dev md0, logical block 1, async page read", "buffer-io-error", 1 },
	{ "request_module fs-vfat succeeded, but still no fs?", "blocked-module", 1 },
	{ "mount: unknown filesystem type 'vfat'", "unknown-fs-type", 0 },
	{ "[FAILED] Failed to mount /boot/efi.", "efi-not-mounted", 0 },
	{ "Timed out waiting for device dev-incorrect.device.", "device-timeout", 0 },
	{ "Dependency failed for Local File Systems.", "local-fs", 0 },
	{ "Welcome to emergency mode! After logging in, type", "emergency", 0 },
	{ "You are in emergency mode. After logging in, type", "emergency-new", 0 },
	{ "Cannot open access to console, the root account is locked.", "root-locked", 0 },
	{ "mount: /data: mount point does not exist.", "mount-point", 0 },
	{ "General error mounting filesystems.", "mountall", 0 },
	{ "OSError: [Errno 28] No space left on device", "no-space", 2 },
	/* Init, login, network */
	{ "Failed to switch root: Specified switch root path '/sysroot' does not seem to be",
	  "switch-root", 0 },
	{ "run-init: can't execute '/sbin/init': No such file or directory", "run-init", 0 },
	{ "/sbin/init: error while loading shared libraries: libc.so.6: cannot open",
	  "library-missing", 0 },
	{ "Unable to load SELinux Policy. Machine is in enforcing mode. Halting now.",
	  "selinux-halt", 0 },
	{ "Freezing execution.", "freezing", 0 },
	{ "Device eth0 has different MAC address than expected, ignoring.", "mac-changed", 0 },
	{ "/var/empty/sshd must be owned by root and not group or world-writable.", "sshd-privsep",
	  2 },
	{ "/etc/ssh/sshd_config: line 12: Bad configuration option: Prot", "sshd-config", 2 },
	{ "Authentication refused: bad ownership or modes for directory /root",
	  "authorized-keys-modes", 2 },
	/* At run time */
	{ "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [java:812]", "soft-lockup", 1 },
	{ "INFO: task jbd2/vda1-8:321 blocked for more than 120 seconds.", "hung-task", 1 },
	{ "BUG: unable to handle page fault for address: 0", "bad-address", 1 },
	{ "BUG: kernel NULL pointer dereference, address: 00000008", "null-pointer", 1 },
	{ "nf_conntrack: table full, dropping packet", "conntrack-full", 1 },
	{ "nf_conntrack: nf_conntrack: table full, dropping packet", "conntrack-full", 1 },
	{ "ip_conntrack: table full, dropping packet.", "conntrack-full", 1 },
	{ "TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.",
	  "listen-overflow", 1 },
	{ "VFS: file-max limit 65536 reached", "file-max", 1 },
	{ "accept4: Too many open files", "open-files", 2 },
	{ "Memory cgroup out of memory: Killed process 12 (java)", "oom-cgroup", 1 },
	{ "Out of memory: Killed process 12 (java)", "oom", 1 },
	/* None */
	{ "Kernel panic - not syncing: cited by a program", NULL, 2 },
	{ "nf_conntrack version 0.5.0 (65536 buckets)", NULL, 1 },
	{ "INFO: task blocked", NULL, 1 },
	{ "Command line: panic=30 root=/dev/vda1", NULL, 1 },
	{ "Mounted /boot/efi.", NULL, 0 },
	{ "Reached target Local File Systems.", NULL, 0 },
	{ "error:", NULL, 0 },
	{ "", NULL, 0 },
};

static void test_lines(void **unused UNUSED)
{
	struct logpatterns *p = logpattern_new(LOGPATTERN_ON_CONSOLE);

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		const struct logpattern *l =
			logpattern_find(p, slice_of(lines[i].line), lines[i].from);

		if (!streq_null(l ? l->id : NULL, lines[i].id))
			fail_msg("'%s': %s", lines[i].line, l ? l->id : "nothing");
	}
	logpattern_free(p);
}

static void test_table(void **unused UNUSED)
{
	for (const struct logpattern *p = logpattern_table; p->id; p++) {
		assert_true(strlen(p->mark) >= SYSLOGSCAN_MIN);
		assert_true(p->meaning[0] && p->source[0]);
		assert_non_null(logpattern_class(p->class));
		for (const struct logpattern *q = logpattern_table; q < p; q++)
			assert_string_not_equal(p->id, q->id);
	}
}

/* GRUB writes no log; who writes its words into one cites them. */
static void test_in_log(void **unused UNUSED)
{
	struct logpatterns *p = logpattern_new(LOGPATTERN_IN_LOG);

	assert_null(logpattern_find(p, slice_of("error: out of memory."), SYSLOGLINE_PROGRAM));
	assert_non_null(
		logpattern_find(p, slice_of("Kernel panic - not syncing: x"), SYSLOGLINE_KERNEL));
	logpattern_free(p);
}

/* Words in pieces, at the ends, and twice. */
static void test_ends(void **unused UNUSED)
{
	struct logpatterns *p = logpattern_new(LOGPATTERN_ON_CONSOLE);
	const char *s = "No space left on device, No space left on device";

	for (size_t n = 0; n <= strlen(s); n++) {
		const struct logpattern *l =
			logpattern_find(p, (struct slice){ s, n }, SYSLOGLINE_PROGRAM);

		assert_int_equal(l != NULL, n >= strlen("No space left on device"));
	}
	logpattern_free(p);
}

/* --- a hostile line --- */

/* Bytes looked through for second words. */
static uint64_t searched;

/* In place of the C library's: slice_find() counts. */
void *memmem(const void *hay, size_t n, const void *word, size_t len)
{
	const char *s = hay, *end = s + n;

	searched += n;
	for (; len <= (size_t)(end - s); s++) {
		s = memchr(s, *(const char *)word, (size_t)(end - s) - len + 1);
		if (!s)
			return NULL;
		if (memcmp(s, word, len) == 0)
			return (char *)(uintptr_t)s;
	}
	return NULL;
}

/* The first words of a row again and again, without its second ones. */
static void repeat(const char *mark, char *line, size_t size)
{
	size_t len = strlen(mark);

	for (size_t i = 0; i < size; i++)
		line[i] = mark[i % len];
}

static size_t rows_with_also(void)
{
	size_t n = 0;

	for (const struct logpattern *l = logpattern_table; l->id; l++)
		n += l->also != NULL;
	return n;
}

static void test_repeated_marks(void **unused UNUSED)
{
	enum { LINE = 16 << 10 };
	struct logpatterns *p = logpattern_new(LOGPATTERN_ON_CONSOLE);
	char *line = xmalloc(LINE);
	size_t rows = rows_with_also();
	uint64_t all = 0;

	assert_true(rows > 0);
	for (const struct logpattern *l = logpattern_table; l->id; l++) {
		if (!l->also)
			continue;
		repeat(l->mark, line, LINE);
		searched = 0;
		logpattern_find(p, (struct slice){ line, LINE }, SYSLOGLINE_MAYBE_KERNEL);
		/* Once for each row at most. */
		assert_true(searched <= rows * LINE);
		all += searched;
	}
	assert_true(all >= LINE);
	free(line);
	logpattern_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),	       cmocka_unit_test(test_table),
		cmocka_unit_test(test_in_log),	       cmocka_unit_test(test_ends),
		cmocka_unit_test(test_repeated_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
