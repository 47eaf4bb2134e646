/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/rootfind.h"
#include "lib/testtree.h"

/* What one installed system has, a file each; the directories come with them. */
static const struct {
	const char *path, *text;
} debian[] = {
	{ "/etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n" },
	{ "/etc/passwd", "root:x:0:0::/root:/bin/sh\n" },
	{ "/etc/fstab", "UUID=1 / ext4 defaults 0 1\n" },
	{ "/etc/debian_version", "12.5\n" },
	{ "/var/lib/dpkg/status", "" },
	{ "/usr/lib/modules/6.1.0/modules.dep", "" },
	{ "/sbin/init", "" },
	{ "/lib/ld-linux.so.2", "" },
	{ "/usr/bin/bash", "" },
	{ "/etc/machine-id", "0123456789abcdef0123456789abcdef\n" },
};

static void put_system(struct testtree *t, size_t without)
{
	for (size_t i = 0; i < ARRAY_SIZE(debian); i++) {
		if (i != without)
			testtree_text(t, debian[i].path, debian[i].text);
	}
}

static struct rootfind look(struct testtree *t)
{
	struct rootfind f;

	rootfind_look(t->root, t->arena, &f);
	return f;
}

static void knows_a_system(void **state UNUSED)
{
	struct testtree t;
	struct rootfind f;

	testtree_open(&t);
	put_system(&t, SIZE_MAX);
	f = look(&t);
	assert_int_equal(f.role, ROLE_ROOT);
	assert_true(f.score >= 15);
	assert_string_equal(f.what, "Debian GNU/Linux 12 (bookworm)");
	assert_string_equal(f.id, "0123456789abcdef0123456789abcdef");
	assert_non_null(strstr(f.evidence, "os-release, release file, passwd"));
	testtree_close(&t);
}

static void survives_the_loss_of_any_piece(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(debian); i++) {
		struct testtree t;
		struct rootfind f;

		testtree_open(&t);
		put_system(&t, i);
		f = look(&t);
		if (f.role != ROLE_ROOT || f.score < ROOTFIND_ENOUGH)
			fail_msg("without '%s' it is no root", debian[i].path);
		testtree_close(&t);
	}
}

static void survives_the_loss_of_etc(void **state UNUSED)
{
	struct testtree t;

	testtree_open(&t);
	testtree_text(&t, "/usr/lib/os-release", "PRETTY_NAME=Left\n");
	testtree_text(&t, "/var/lib/rpm/rpmdb.sqlite", "");
	testtree_text(&t, "/usr/lib/systemd/systemd", "");
	testtree_text(&t, "/usr/share/doc", "");
	assert_int_equal(look(&t).role, ROLE_ROOT);
	assert_string_equal(look(&t).what, "Left");
	testtree_close(&t);
}

static void takes_dangling_links_for_evidence(void **state UNUSED)
{
	struct testtree t;
	struct rootfind f;

	testtree_open(&t);
	testtree_text(&t, "/etc/passwd", "");
	testtree_link(&t, "/etc/os-release", "../usr/lib/os-release");
	f = look(&t);
	assert_int_equal(f.role, ROLE_ROOT);
	assert_null(f.what);
	assert_string_equal(f.id, "");
	testtree_close(&t);
}

struct content {
	const char *paths[6];
	enum role role;
};

static void tells_other_partitions_by_content(void **state UNUSED)
{
	static const struct content all[] = {
		{ { "/vmlinuz-6.1.0" }, ROLE_BOOT },
		{ { "/grub2/grub.cfg" }, ROLE_BOOT },
		{ { "/loader/entries/x.conf" }, ROLE_BOOT },
		{ { "/EFI/BOOT/BOOTX64.EFI" }, ROLE_ESP },
		{ { "/bin/bash", "/lib/x", "/share/x", "/sbin/init", "/lib64/ld-linux-x86-64.so.2",
		    "/lib/modules/6.1/modules.dep" },
		  ROLE_USR },
		{ { "/lib/dpkg/status", "/log/syslog", "/cache/x" }, ROLE_VAR },
		{ { "/alice/.bashrc" }, ROLE_HOME },
		{ { "/alice/photo.jpg" }, ROLE_DATA },
		{ { "/backup/etc/passwd", "/backup/etc/os-release" }, ROLE_DATA },
		{ { NULL }, ROLE_DATA },
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct testtree t;

		testtree_open(&t);
		for (size_t j = 0; j < 6 && all[i].paths[j]; j++)
			testtree_text(&t, all[i].paths[j], "");
		if (look(&t).role != all[i].role)
			fail_msg("case %zu is taken for %s", i, role_name(look(&t).role));
		testtree_close(&t);
	}
}

static void bears_hostile_names(void **state UNUSED)
{
	static const char nul[] = "PRETTY_NAME=\"a\0b\"\n";
	struct testtree t;

	testtree_open(&t);
	put_system(&t, 0);
	testtree_put(&t, "/etc/os-release", nul, sizeof(nul) - 1);
	assert_string_equal(look(&t).what, "a");
	testtree_text(&t, "/etc/os-release", "PRETTY_NAME=\"\033[2Jx\r\n");
	assert_string_equal(look(&t).what, "[2Jx");
	testtree_text(&t, "/etc/os-release", "PRETTY_NAME=\n");
	assert_string_equal(look(&t).what, "Debian 12.5");
	testtree_grow(&t, "/etc/os-release", 1 << 20);
	assert_string_equal(look(&t).what, "Debian 12.5");
	testtree_close(&t);
}

static void sees_bare_mount_points(void **state UNUSED)
{
	struct testtree t;

	testtree_open(&t);
	testtree_text(&t, "/full/vmlinuz", "");
	testtree_text(&t, "/efi/efi/x", "");
	free(testtree_path(&t, "/bare/"));
	free(testtree_path(&t, "/nested/efi/"));
	free(testtree_path(&t, "/lost/lost+found/"));
	assert_true(rootfind_is_bare(t.root, "/bare"));
	assert_true(rootfind_is_bare(t.root, "/nested"));
	assert_true(rootfind_is_bare(t.root, "/lost"));
	assert_false(rootfind_is_bare(t.root, "/full"));
	assert_false(rootfind_is_bare(t.root, "/efi"));
	testtree_close(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_a_system),
		cmocka_unit_test(survives_the_loss_of_any_piece),
		cmocka_unit_test(survives_the_loss_of_etc),
		cmocka_unit_test(takes_dangling_links_for_evidence),
		cmocka_unit_test(tells_other_partitions_by_content),
		cmocka_unit_test(bears_hostile_names),
		cmocka_unit_test(sees_bare_mount_points),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
