/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/syslogline.h"

#define REFERENCE (INT64_C(1743600000) * SYSLOGTIME_SECOND) /* 2025-04-02 13:20:00 */

static struct syslogline_state state;

static struct syslogline read_line(const char *s)
{
	struct syslogline l;

	state.reference = REFERENCE;
	syslogline_read(&state, s, strlen(s), &l);
	return l;
}

static void is_text(struct slice s, const char *want)
{
	char buf[256];

	slice_copy(s, buf, sizeof(buf));
	assert_string_equal(buf, want);
}

static const struct {
	const char *line, *text, *time; /* time NULL: none */
	int64_t uptime;			/* microseconds; -1: none */
	enum syslogline_from from;
} lines[] = {
	{ "[    6.888109] Call Trace:", "Call Trace:", NULL, 6888109, SYSLOGLINE_MAYBE_KERNEL },
	{ "[11686.888109][ T1234]  x", " x", NULL, 11686888109, SYSLOGLINE_MAYBE_KERNEL },
	{ "[ 1234]  0  1234 5 6 7 sh", "[ 1234]  0  1234 5 6 7 sh", NULL, -1,
	  SYSLOGLINE_MAYBE_KERNEL },
	{ "Apr  1 14:13:32 h kernel: Mem-Info:", "Mem-Info:", "2025-04-01 14:13:32", -1,
	  SYSLOGLINE_KERNEL },
	{ "Dec 31 23:59:59 h kernel: x", "x", "2024-12-31 23:59:59", -1, SYSLOGLINE_KERNEL },
	{ "Feb 29 01:02:03 h kernel: x", "x", "2024-02-29 01:02:03", -1, SYSLOGLINE_KERNEL },
	{ "Apr  1 14:13:32 h sshd[1]: x: y", "x: y", "2025-04-01 14:13:32", -1,
	  SYSLOGLINE_PROGRAM },
	{ "Apr  1 14:13:32 h kern.warn kernel: [ 1.5] x", "x", "2025-04-01 14:13:32", 1500000,
	  SYSLOGLINE_KERNEL },
	{ "2025-04-01T14:13:32.123456+08:00 h kernel: x", "x", "2025-04-01 14:13:32+08:00", -1,
	  SYSLOGLINE_KERNEL },
	{ "2025-04-01T14:13:32-0330 h kernel: x", "x", "2025-04-01 14:13:32-03:30", -1,
	  SYSLOGLINE_KERNEL },
	{ "<4>1 2025-04-01T14:13:32Z h kernel - - - oom_reaper: x", "oom_reaper: x",
	  "2025-04-01 14:13:32Z", -1, SYSLOGLINE_KERNEL },
	{ "[Tue Apr  1 14:13:32 2025] Call Trace: x", "Call Trace: x", "2025-04-01 14:13:32", -1,
	  SYSLOGLINE_KERNEL },
	{ "[Di Aug 12 09:03:01 2025] x", "x", "2025-08-12 09:03:01", -1, SYSLOGLINE_KERNEL },
	{ "[月  1月 26 09:12:01 2026] x", "x", "2026-01-26 09:12:01", -1, SYSLOGLINE_KERNEL },
	{ "[mar. mars 11 09:12:01 2025] x", "x", "2025-03-11 09:12:01", -1, SYSLOGLINE_KERNEL },
	{ "[Xyz Qqq 11 09:12:01 2025] x", "x", NULL, -1, SYSLOGLINE_KERNEL },
	{ "kern  :warn  : 2025-01-21T08:41:30,287197+00:00 Call Trace:", "Call Trace:",
	  "2025-01-21 08:41:30Z", -1, SYSLOGLINE_KERNEL },
	{ "6,22743,6115623303887,-;x", "x", NULL, 6115623303887, SYSLOGLINE_KERNEL },
	{ "12,22743,6115623303887,-;x", "x", NULL, 6115623303887, SYSLOGLINE_PROGRAM },
	{ "1743516812.5 h kernel: x", "x", "2025-04-01 14:13:32Z", -1, SYSLOGLINE_KERNEL },
	{ "Tue 2025-04-01 14:13:32 CST h kernel: x", "x", "2025-04-01 14:13:32", -1,
	  SYSLOGLINE_KERNEL },
	{ "{\"MESSAGE\":[97,32,98],\"__REALTIME_TIMESTAMP\":\"1743516812000000\","
	  "\"_TRANSPORT\":\"kernel\"}",
	  "a b", "2025-04-01 14:13:32Z", -1, SYSLOGLINE_KERNEL },
	{ "{\"log\":\"{\\\"log\\\":\\\"x\\\"}\\n\"}", "{\"log\":\"x\"}", NULL, -1,
	  SYSLOGLINE_MAYBE_KERNEL },
	{ "{\"MESSAGE\":\"cut \\u00e9 \\", "cut é ", NULL, -1, SYSLOGLINE_MAYBE_KERNEL },
	{ "\r\033[32m[    1.000000] \033[0mx y\033[0m\r\r", "x y", NULL, 1000000,
	  SYSLOGLINE_MAYBE_KERNEL },
	{ "[99999999999999999999.5] x", "[99999999999999999999.5] x", NULL, -1,
	  SYSLOGLINE_MAYBE_KERNEL },
	{ "Apr 31 14:13:32 h kernel: x", "Apr 31 14:13:32 h kernel: x", NULL, -1,
	  SYSLOGLINE_MAYBE_KERNEL },
	{ "<>[", "<>[", NULL, -1, SYSLOGLINE_MAYBE_KERNEL },
	{ "", "", NULL, -1, SYSLOGLINE_MAYBE_KERNEL },
};

static void test_lines(void **unused UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct syslogline l = read_line(lines[i].line);
		char time[SYSLOGTIME_TEXT] = "";

		is_text(l.text, lines[i].text);
		assert_int_equal(l.from, lines[i].from);
		assert_true(l.time.known == (lines[i].time != NULL));
		if (l.time.known)
			syslogtime_format(&l.time, time);
		assert_string_equal(time, lines[i].time ? lines[i].time : "");
		assert_true(l.uptime ==
			    (lines[i].uptime < 0 ? SYSLOGLINE_NO_UPTIME : lines[i].uptime));
	}
}

static void test_who(void **unused UNUSED)
{
	struct syslogline l = read_line("Apr  1 14:13:32 web-1 kernel: [    6.5][  C3] x");

	is_text(l.host, "web-1");
	is_text(l.caller, "C3");
	l = read_line("4,1,5,-,caller=T77;x");
	is_text(l.caller, "T77");
}

/* The fields come before the message, in lines of their own. */
static void test_export(void **unused UNUSED)
{
	struct syslogline l;

	read_line("__CURSOR=s=1");
	read_line("__REALTIME_TIMESTAMP=1743516812000000");
	read_line("__MONOTONIC_TIMESTAMP=77");
	read_line("_BOOT_ID=abc");
	l = read_line("_TRANSPORT=kernel");
	is_text(l.text, "");
	l = read_line("MESSAGE=a=b");
	is_text(l.text, "a=b");
	is_text(l.boot_id, "abc");
	assert_true(l.uptime == 77 && l.time.known && l.from == SYSLOGLINE_KERNEL);
	read_line("");
	l = read_line("MESSAGE=a=b");
	is_text(l.text, "MESSAGE=a=b");
}

static void test_parts(void **unused UNUSED)
{
	struct slice part = { 0 }, text = slice_of("a#012 b#012#012c");

	assert_true(syslogline_part(text, &part));
	is_text(part, "a");
	assert_true(syslogline_part(text, &part));
	is_text(part, " b");
	assert_true(syslogline_part(text, &part));
	is_text(part, "");
	assert_true(syslogline_part(text, &part));
	is_text(part, "c");
	assert_false(syslogline_part(text, &part));
}

static int end(void **unused UNUSED)
{
	syslogline_state_free(&state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_who),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
