/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/bootlog.h"

#define REFERENCE INT64_C(1743516812000000) /* 2025-04-01 */

static void feed(struct bootlog *l, const char *const lines[])
{
	struct syslogline_state st = { .reference = REFERENCE };
	struct syslogline line;

	bootlog_file(l, "/var/log/messages");
	for (size_t i = 0; lines[i]; i++) {
		syslogline_read(&st, lines[i], strlen(lines[i]), &line);
		bootlog_line(l, &line, i + 1);
	}
	syslogline_state_free(&st);
}

static const char *const two_boots[] = {
	"Mar 30 10:00:00 web systemd[1]: Reached target Multi-User System.",
	"Mar 30 11:00:00 web systemd[1]: Reached target Power-Off.",
	"Mar 30 11:00:01 web rsyslogd: [origin software=\"rsyslogd\"] exiting on signal 15.",
	"Mar 30 12:00:00 web kernel: [    0.000000] Linux version 5.10.0-9-amd64 (gcc)",
	"Mar 30 12:00:00 web kernel: [    0.000000] Command line: root=/dev/vda1",
	"Mar 30 12:00:03 web systemd[1]: Reached target Local File Systems.",
	"Mar 30 12:01:33 web systemd[1]: Timed out waiting for device dev-vdb1.device.",
	"Mar 30 12:05:33 web kernel: [  333.000000] INFO: task java:12 blocked for more than 120 seconds.",
	"Mar 30 12:07:33 web kernel: [  453.000000] INFO: task java:99 blocked for more than 120 seconds.",
	"Mar 30 12:07:34 web kernel: [  454.000000] EXT4-fs error (device vda1): ext4_lookup:1: inode #5",
	"Mar 30 12:08:00 web app: nothing of interest",
	NULL,
};

static void test_two_boots(void **unused UNUSED)
{
	struct bootlog *l = bootlog_new();
	struct bootlog_boot *const *b;
	size_t n;

	feed(l, two_boots);
	bootlog_end(l);
	b = bootlog_see(l, &n);
	assert_int_equal(n, 2);
	assert_string_equal(b[0]->release, "5.10.0-9-amd64");
	assert_true(b[0]->whole);
	assert_false(b[0]->up);
	assert_string_equal(b[0]->reached, "Local File Systems");
	assert_string_equal(b[0]->words, "nothing of interest");
	assert_string_equal(b[0]->host, "web");
	assert_int_equal(b[0]->end, BOOTLOG_STOPS);
	assert_int_equal(b[0]->n, 3);
	assert_string_equal(b[0]->problem[1].pattern->id, "hung-task");
	assert_int_equal(b[0]->problem[1].count, 2);
	assert_int_equal(b[0]->problem[1].line, 8);
	assert_int_equal(b[0]->uptime, 454 * SYSLOGTIME_SECOND);
	assert_int_equal(b[1]->end, BOOTLOG_SHUTDOWN);
	assert_true(b[1]->up);
	assert_false(b[1]->whole);
	assert_int_equal(b[1]->n, 0);
	bootlog_free(l);
}

static const char *const restarts[] = {
	"[    0.000000] Linux version 6.1.0-18-amd64 (gcc)",
	"[   10.000000] one",
	"[  100.000000] Kernel panic - not syncing: Fatal exception",
	/* The head of the next is lost. */
	"<6>[    0.500000] pci 0000:00:00.0: found",
	"[   50.000000] two",
	/* Out of order, no boot. */
	"[   49.000000] three",
	NULL,
};

static void test_clock_starts_again(void **unused UNUSED)
{
	struct bootlog *l = bootlog_new();
	struct bootlog_boot *const *b;
	struct syslogline line;
	struct syslogline_state st = { 0 };
	size_t n;

	bootlog_file(l, "/var/log/dmesg");
	for (size_t i = 0; restarts[i]; i++) {
		syslogline_read(&st, restarts[i], strlen(restarts[i]), &line);
		line.from = SYSLOGLINE_KERNEL;
		bootlog_line(l, &line, i + 1);
	}
	bootlog_end(l);
	b = bootlog_see(l, &n);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(b[i]->end, b[i]->whole ? BOOTLOG_PANIC : BOOTLOG_STOPS);
	syslogline_state_free(&st);
	bootlog_free(l);
}

static struct syslogline said(const char *text, const char *boot, int64_t us)
{
	return (struct syslogline){ .text = slice_of(text),
				    .boot_id = slice_of(boot),
				    .time = { .us = us, .known = true },
				    .uptime = us % 1000,
				    .from = SYSLOGLINE_PROGRAM };
}

/* Entries of one boot in two files of the journal, and words without an entry. */
static void test_boot_ids(void **unused UNUSED)
{
	struct bootlog *l = bootlog_new();
	struct bootlog_boot *const *b;
	struct syslogline line;
	size_t n;

	line = said("first", "aa", 1000);
	bootlog_line(l, &line, 1);
	line = said("second", "bb", 9000);
	bootlog_line(l, &line, 2);
	line = said("No space left on device", "", 0);
	line.time.known = false;
	bootlog_line(l, &line, 3);
	line = said("You are in emergency mode.", "aa", 2000);
	bootlog_line(l, &line, 4);
	bootlog_end(l);
	b = bootlog_see(l, &n);
	assert_int_equal(n, 2);
	assert_string_equal(b[0]->id, "bb");
	assert_int_equal(b[0]->lines, 2);
	assert_int_equal(b[0]->n, 1);
	assert_false(b[0]->emergency);
	assert_int_equal(b[1]->lines, 2);
	assert_true(b[1]->emergency);
	bootlog_free(l);
}

/* Words of an end that more lines follow were none. */
static void test_no_end(void **unused UNUSED)
{
	struct bootlog *l = bootlog_new();
	struct syslogline line = said("exiting on signal 15", "aa", 1000);
	struct bootlog_boot *const *b;
	size_t n;

	bootlog_line(l, &line, 1);
	line = said("goes on", "aa", 2000);
	for (uint64_t i = 0; i < 100; i++)
		bootlog_line(l, &line, i + 2);
	bootlog_end(l);
	b = bootlog_see(l, &n);
	assert_int_equal(b[0]->end, BOOTLOG_STOPS);
	bootlog_free(l);
}

static void test_bounds(void **unused UNUSED)
{
	struct bootlog *l = bootlog_new();
	struct bootlog_boot *const *b;
	struct syslogline line;
	char id[16], text[64];
	size_t n;

	for (unsigned i = 0; i < 200; i++) {
		snprintf(id, sizeof(id), "%u", i);
		snprintf(text, sizeof(text), "Aborting journal on device %c%c-8.", 'a' + i % 26,
			 'g' + i / 26);
		line = said(text, id, (int64_t)i * 1000);
		bootlog_line(l, &line, i);
	}
	b = bootlog_see(l, &n);
	assert_int_equal(n, BOOTLOG_BOOTS);
	assert_int_equal(bootlog_earlier(l), 200 - BOOTLOG_BOOTS);
	assert_string_equal(b[0]->id, "199");
	for (unsigned i = 0; i < 200; i++) {
		snprintf(text, sizeof(text), "Aborting journal on device %c%c-8.", 'g' + i % 20,
			 'g' + i / 20);
		line = said(text, "199", 300000);
		line.from = SYSLOGLINE_KERNEL;
		bootlog_line(l, &line, i);
	}
	bootlog_end(l);
	b = bootlog_see(l, &n);
	assert_int_equal(b[0]->n, BOOTLOG_PROBLEMS);
	assert_int_equal(b[0]->more, 200 - BOOTLOG_PROBLEMS);
	bootlog_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_boots), cmocka_unit_test(test_clock_starts_again),
		cmocka_unit_test(test_boot_ids),  cmocka_unit_test(test_no_end),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
