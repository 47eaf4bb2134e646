/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testtree.h"

#include "lib/bootmenu.h"

struct given {
	struct testtree *t;
	struct facts f;
	struct devices d;
	const char *unseen[2];
	struct grubcfg cfg;
	struct grublegacy legacy;
	struct bootmenu menu;
};

/* devices NULL: nothing is known of the disk */
static void give(struct given *g, struct testtree *t, const char *devices)
{
	size_t bad;

	*g = (struct given){ .t = t };
	if (devices)
		assert_int_equal(devices_parse(t->arena,
					       text_new(t->arena, "d", devices, strlen(devices)),
					       &g->d, &bad),
				 0);
	g->f.devices = &g->d;
}

static void read_grub2(struct given *g, const char *s)
{
	const struct bootmenu_at at = { g->t->arena, g->t->root, &g->f, g->unseen, NULL };
	const struct grubcfg_env env = { .devices = &g->d,
					 .root = g->t->root,
					 .dir = "/boot/grub" };

	grubcfg_parse(g->t->arena, text_new(g->t->arena, "grub.cfg", s, strlen(s)), &env, &g->cfg);
	bootmenu_grub2(&at, &g->cfg, &g->menu);
}

static void read_legacy(struct given *g, const char *s)
{
	const struct bootmenu_at at = { g->t->arena, g->t->root, &g->f, g->unseen, NULL };

	grublegacy_parse(g->t->arena, text_new(g->t->arena, "menu.lst", s, strlen(s)), &g->legacy);
	bootmenu_legacy(&at, &g->legacy, &g->menu);
}

static enum bootfile_state state_of(struct given *g, const char *entry)
{
	read_grub2(g, entry);
	assert_int_equal(g->menu.n, 1);
	return g->menu.entry[0].kernel.state;
}

static void test_states(void **state)
{
	struct given g;

	give(&g, *state, "NUMBER=1 UUID=1 ext4 /\nNUMBER=2 UUID=2 swap\nNUMBER=3 UUID=3 ext4 -\n");
	testtree_text(g.t, "/boot/vmlinuz", "x");
	testtree_text(g.t, "/boot/empty", "");
	testtree_dir(g.t, "/boot/dir");
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /boot/vmlinuz; }"),
			 BOOTFILE_OK);
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /boot/none; }"),
			 BOOTFILE_MISSING);
	assert_string_equal(g.menu.entry[0].kernel.path, "/boot/none");
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /boot/empty; }"),
			 BOOTFILE_EMPTY);
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /boot/dir; }"),
			 BOOTFILE_MISSING);
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 3; linux /boot/none; }"),
			 BOOTFILE_UNKNOWN);
	assert_false(g.menu.entry[0].ours);
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 2; linux /boot/vmlinuz; }"),
			 BOOTFILE_ELSEWHERE);
	assert_int_equal(state_of(&g, "menuentry a { set root=hd0,1; linux /boot/none; }"),
			 BOOTFILE_MISSING);
	assert_int_equal(state_of(&g, "menuentry a { linux (hd1,1)/boot/none; }"),
			 BOOTFILE_UNKNOWN);
	assert_int_equal(state_of(&g, "menuentry a { linux /boot/none; }"), BOOTFILE_MISSING);
	assert_int_equal(state_of(&g, "menuentry a { linux /; }"), BOOTFILE_UNKNOWN);
}

static void test_separate_boot(void **state)
{
	struct given g;

	give(&g, *state, "NUMBER=1 UUID=1 ext4 /boot\nNUMBER=2 UUID=2 ext4 /\n");
	testtree_text(g.t, "/boot/vmlinuz", "x");
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /vmlinuz; }"),
			 BOOTFILE_OK);
	assert_string_equal(g.menu.entry[0].kernel.path, "/boot/vmlinuz");
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /boot/vmlinuz; }"),
			 BOOTFILE_MISSING);
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 2; linux /vmlinuz; }"),
			 BOOTFILE_ELSEWHERE);
	/* What the root has below its mount point is hidden by the mount. */
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 2; linux /boot/none; }"),
			 BOOTFILE_UNKNOWN);
	g.unseen[0] = "/boot";
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /none; }"),
			 BOOTFILE_UNKNOWN);
}

static void test_btrfs(void **state)
{
	struct given g;

	give(&g, *state, "UUID=1 btrfs /\n");
	testtree_text(g.t, "/boot/vmlinuz", "x");
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /@/boot/vmlinuz; }"),
			 BOOTFILE_OK);
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /@/boot/none; }"),
			 BOOTFILE_MISSING);
	assert_int_equal(
		state_of(&g, "menuentry a { search -u --set 1; linux /root/boot/vmlinuz; }"),
		BOOTFILE_UNKNOWN);
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /root/boot/vmlinuz "
				      "rootflags=ro,subvol=root; }"),
			 BOOTFILE_OK);
	testtree_text(g.t, "/etc/fstab", "UUID=1 / btrfs subvol=/root,compress=zstd 0 0\n");
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /root/boot/none; }"),
			 BOOTFILE_MISSING);
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /boot/vmlinuz; }"),
			 BOOTFILE_OK);
}

static void test_nothing_known(void **state)
{
	struct given g;

	give(&g, *state, NULL);
	testtree_text(g.t, "/boot/vmlinuz", "x");
	testtree_text(g.t, "/etc/fstab", "UUID=ABC / ext4 defaults 0 1\n");
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /vmlinuz; }"),
			 BOOTFILE_OK);
	assert_true(g.menu.entry[0].ours);
	assert_int_equal(state_of(&g, "menuentry a { search -u --set 1; linux /none; }"),
			 BOOTFILE_UNKNOWN);
	assert_false(g.menu.entry[0].ours);
	assert_int_equal(state_of(&g, "menuentry a { search -u --set abc; linux /none; }"),
			 BOOTFILE_MISSING);
	assert_int_equal(state_of(&g, "### BEGIN /etc/grub.d/10_linux ###\n"
				      "menuentry a { search -u --set 1; linux /none; }"),
			 BOOTFILE_MISSING);
	assert_int_equal(state_of(&g, "### BEGIN /etc/grub.d/30_os-prober ###\n"
				      "menuentry a { search -u --set 1; linux /none; }"),
			 BOOTFILE_UNKNOWN);
}

static void test_default(void **state)
{
	struct given g;

	give(&g, *state, "UUID=1 ext4 /\n");
	read_grub2(&g, "set default=\"b>d\"\n"
		       "menuentry a { linux /memtest86+.bin; }\n"
		       "submenu b { menuentry c { linux /c; }; menuentry d { linux /d root=X; "
		       "initrd /i /j; } }\n"
		       "menuentry w { chainloader +1; }\n");
	assert_int_equal(g.menu.n, 2);
	assert_int_equal(g.menu.other, 1);
	assert_int_equal(g.menu.def, 1);
	assert_string_equal(g.menu.entry[1].number, "1>1");
	assert_string_equal(g.menu.entry[1].root, "X");
	assert_int_equal(g.menu.entry[1].initrds, 2);
	read_grub2(&g, "menuentry a { linux /memtest86+.bin; }\nmenuentry b { linux /b; }\n");
	assert_int_equal(g.menu.def, BOOTMENU_NONE);
}

static void test_legacy(void **state)
{
	struct given g;

	give(&g, *state, "NUMBER=1 UUID=1 ext4 /boot\nNUMBER=2 UUID=2 ext4 /\nNUMBER=3 swap\n");
	testtree_text(g.t, "/boot/v", "x");
	read_legacy(&g, "default 2\n"
			"title a\nroot (hd0,0)\nkernel /v root=UUID=2\ninitrd /none\n"
			"title b\nroot (hd0,2)\nkernel /v\n"
			"title c\nuuid 1\nkernel /none\n"
			"title d\nkernel (hd0,0)/v\n"
			"title e\nroot (hd3,0)\nkernel /none\n"
			"title f\nrootnoverify (hd0,1)\nchainloader +1\n"
			"title g\nroot (hd0,8)\nkernel /v\n");
	assert_int_equal(g.menu.n, 6);
	assert_int_equal(g.menu.def, 2);
	assert_int_equal(g.menu.other, 1);
	assert_int_equal(g.menu.entry[0].kernel.state, BOOTFILE_OK);
	assert_int_equal(g.menu.entry[0].initrd[0].state, BOOTFILE_MISSING);
	assert_string_equal(g.menu.entry[0].initrd[0].path, "/boot/none");
	assert_int_equal(g.menu.entry[1].kernel.state, BOOTFILE_ELSEWHERE);
	assert_int_equal(g.menu.entry[2].kernel.state, BOOTFILE_MISSING);
	assert_int_equal(g.menu.entry[3].kernel.state, BOOTFILE_OK);
	assert_int_equal(g.menu.entry[4].kernel.state, BOOTFILE_UNKNOWN);
	assert_string_equal(g.menu.entry[5].number, "6");
	assert_int_equal(g.menu.entry[5].place[0].match, SPEC_ABSENT);
	read_legacy(&g, "default saved\ntitle a\nkernel /v\ntitle b\nkernel /v\n");
	assert_int_equal(g.menu.def, BOOTMENU_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_states, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_separate_boot, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(test_btrfs, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_nothing_known, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(test_default, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_legacy, testtree_setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
