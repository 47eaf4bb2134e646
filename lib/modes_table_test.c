/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "lib/modes_table.h"

static const struct modes_rule *find(const char *path, enum modes_kind kind)
{
	for (size_t i = 0; i < modes_rules; i++) {
		if (modes_rule[i].kind == kind && streq(modes_rule[i].path, path))
			return &modes_rule[i];
	}
	fail_msg("no row for %s", path);
	return NULL;
}

static mode_t repaired(const struct modes_rule *r, mode_t mode)
{
	return modes_repaired(r, mode, modes_faults(r, mode));
}

static void rows_are_sane(void **state UNUSED)
{
	for (size_t i = 0; i < modes_rules; i++) {
		const struct modes_rule *r = &modes_rule[i];

		assert_int_equal(r->must & r->never, 0);
		assert_int_equal(r->must & r->clear, 0);
		assert_int_equal(r->never & ~r->clear, 0);
		assert_true(r->path[0] && !endswith(r->path, " "));
		for (size_t j = 0; j < i; j++)
			assert_false(r->kind == modes_rule[j].kind &&
				     streq(r->path, modes_rule[j].path));
	}
}

/* A repaired mode has no fault, and a mode without one is not touched. */
static void repair_is_final(void **state UNUSED)
{
	for (size_t i = 0; i < modes_rules; i++) {
		for (mode_t m = 0; m <= 07777; m++) {
			const struct modes_rule *r = &modes_rule[i];
			mode_t now = repaired(r, m);

			assert_int_equal(modes_faults(r, now), 0);
			if (!modes_faults(r, m))
				assert_int_equal(now, m);
		}
	}
}

static void healthy_variations(void **state UNUSED)
{
	static const struct {
		const char *path;
		enum modes_kind kind;
		mode_t mode;
	} ok[] = {
		{ "/", MODES_TREE, 0755 },
		{ "/", MODES_TREE, 0555 },
		{ "/root", MODES_TREE, 0700 },
		{ "/root", MODES_TREE, 0550 },
		{ "/root", MODES_TREE, 0750 },
		{ "/root", MODES_TREE, 0755 },
		{ "/var/log", MODES_TREE, 0775 },
		{ "su", MODES_SETUID, 04755 },
		{ "su", MODES_SETUID, 04750 },
		{ "su", MODES_SETUID, 04711 },
		{ "sudo", MODES_SETUID, 04111 },
		{ "sudo", MODES_SETUID, 04755 },
		{ "unix_chkpwd", MODES_SETUID, 02755 },
		{ "unix_chkpwd", MODES_SETUID, 04755 },
		{ "crontab", MODES_SETUID, 02755 },
		{ "crontab", MODES_SETUID, 04755 },
		{ "/usr/lib/dbus-1.0/dbus-daemon-launch-helper", MODES_SETUID, 04754 },
		{ "/usr/libexec/dbus-1/dbus-daemon-launch-helper", MODES_SETUID, 04750 },
		{ "/etc/shadow", MODES_ACCOUNT, 0000 },
		{ "/etc/shadow", MODES_ACCOUNT, 0400 },
		{ "/etc/shadow", MODES_ACCOUNT, 0600 },
		{ "/etc/shadow", MODES_ACCOUNT, 0640 },
		{ "/etc/passwd", MODES_ACCOUNT, 0644 },
		{ "/etc/passwd", MODES_ACCOUNT, 0664 },
		{ "/etc/sudoers", MODES_SUDO, 0440 },
		{ "/etc/sudoers", MODES_SUDO, 0400 },
		{ "/etc/sudoers", MODES_SUDO, 0644 },
		{ "/var/empty/sshd", MODES_SSH, 0711 },
		{ "/tmp", MODES_TMP, 01777 },
		{ "/tmp", MODES_TMP, 03777 },
		{ "/var/mail", MODES_FILE, 02775 },
		{ "/var/mail", MODES_FILE, 01777 },
		{ "/var/spool/cron/crontabs", MODES_FILE, 01730 },
		{ "login", MODES_EXEC, 04755 },
		{ "sshd", MODES_EXEC, 0755 },
		{ "mount", MODES_EXEC, 0100 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(ok); i++)
		assert_int_equal(modes_faults(find(ok[i].path, ok[i].kind), ok[i].mode), 0);
}

static void after_chmod_777(void **state UNUSED)
{
	static const struct {
		const char *path;
		enum modes_kind kind;
		mode_t mode;
	} want[] = {
		{ "/", MODES_TREE, 0755 },
		{ "/root", MODES_TREE, 0755 },
		{ "su", MODES_SETUID, 04755 },
		{ "/etc/shadow", MODES_ACCOUNT, 0640 },
		{ "/etc/passwd", MODES_ACCOUNT, 0644 },
		{ "/etc/sudoers", MODES_SUDO, 0440 },
		{ "/etc/sudoers.d", MODES_SUDO, 0750 },
		{ "/tmp", MODES_TMP, 01777 },
		{ "sh", MODES_EXEC, 0755 },
		{ "/var/empty/sshd", MODES_SSH, 0755 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		const struct modes_rule *r = find(want[i].path, want[i].kind);

		assert_int_not_equal(modes_faults(r, 0777), 0);
		assert_int_equal(repaired(r, 0777), want[i].mode);
	}
}

static void lost_bits(void **state UNUSED)
{
	const struct modes_rule *sh = find("sh", MODES_EXEC), *su = find("su", MODES_SETUID);
	const struct modes_rule *etc = find("/etc", MODES_TREE);

	assert_int_equal(modes_faults(sh, 0644), MODES_LOST_X);
	assert_int_equal(modes_severity(sh, MODES_LOST_X), STOPS_BOOT);
	assert_int_equal(repaired(sh, 0644), 0755);
	assert_int_equal(modes_faults(sh, 0700), MODES_LOST_SOME);
	assert_int_equal(modes_severity(sh, MODES_LOST_SOME), BLOCKS_LOGIN);
	assert_int_equal(repaired(sh, 0700), 0755);
	assert_int_equal(modes_faults(su, 0755), MODES_LOST_SPECIAL);
	assert_int_equal(repaired(su, 0755), 04755);
	assert_int_equal(repaired(su, 0644), 04755);
	assert_int_equal(modes_faults(etc, 0700), MODES_LOST_SOME);
	assert_int_equal(repaired(etc, 0700), 0755);
	assert_int_equal(modes_severity(etc, 0), NOTE);
}

static void programs(void **state UNUSED)
{
	assert_int_equal(modes_program_severity("/usr/bin/mount"), STOPS_BOOT);
	assert_int_equal(modes_program_severity("/sbin/agetty"), BLOCKS_LOGIN);
	assert_int_equal(modes_program_severity("/usr/bin/who"), DEGRADES);
	assert_int_equal(modes_program_severity("/usr/lib/systemd/systemd-executor"), STOPS_BOOT);
	assert_int_equal(modes_program_severity(""), DEGRADES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_sane),      cmocka_unit_test(repair_is_final),
		cmocka_unit_test(healthy_variations), cmocka_unit_test(after_chmod_777),
		cmocka_unit_test(lost_bits),	      cmocka_unit_test(programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
