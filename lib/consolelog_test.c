/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/consolelog.h"

static const char console[] =
	"SeaBIOS (version 1.16)\r\n"
	"\033[H\033[J\033[1;1H  Booting `Debian GNU/Linux'\r\n"
	"[    0.000000] Linux version 5.10.0-9-amd64 (gcc)\r\n"
	"\033[0;1;31m[ TIME ]\033[0m Timed out waiting for device \033[0;1;39mdev-vdb1.device\033[0m.\r\n"
	"[\033[0;1;33mDEPEND\033[0m] Dependency failed for Local File Systems.\r\n"
	"You are in emergency mode. After logging in, type \"journalctl -xb\"\r\n"
	"Cannot open access to console, the root account is locked.\r\n"
	"Timed out waiting for device dev-vdb1.device.\n"
	"error: no such device: 1234.";

struct text {
	const char *s;
	size_t n;
};

static ssize_t read_text(void *arg, void *buf, size_t n)
{
	struct text *t = arg;

	n = n < t->n ? n : t->n;
	memcpy(buf, t->s, n);
	t->s += n;
	t->n -= n;
	return (ssize_t)n;
}

static void test_console(void **unused UNUSED)
{
	static const struct {
		const char *id;
		uint64_t line, last, count;
	} expected[] = {
		{ "device-timeout", 4, 8, 2 }, { "local-fs", 5, 5, 1 },
		{ "emergency-new", 6, 6, 1 },  { "root-locked", 7, 7, 1 },
		{ "grub-no-device", 9, 9, 1 },
	};
	struct text t = { console, sizeof(console) - 1 };
	struct syslogread_source source = { read_text, &t };
	_cleanup_arena_ struct arena *a = arena_new();
	struct consolelog l;

	assert_int_equal(consolelog_read(&source, a, &l), 0);
	assert_int_equal(l.lines, 9);
	assert_int_equal(l.n, ARRAY_SIZE(expected));
	for (size_t i = 0; i < l.n; i++) {
		assert_string_equal(l.m[i].pattern->id, expected[i].id);
		assert_int_equal(l.m[i].line, expected[i].line);
		assert_int_equal(l.m[i].last, expected[i].last);
		assert_int_equal(l.m[i].count, expected[i].count);
	}
	assert_true(consolelog_explains(&l.m[0], "fstab.unknown-device"));
	assert_false(consolelog_explains(&l.m[0], "fstab.unknown"));
	assert_false(consolelog_explains(&l.m[0], "fstab"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_console) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
