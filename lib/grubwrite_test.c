/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testtree.h"

#include <errno.h>

#include "lib/grubwrite.h"

/* A system with two whole kernels and one that is not. */
static struct facts *system_of(struct testtree *t, const char *devices)
{
	static struct kernel k[] = {
		{ .version = "6.2",
		  .image = "/boot/vmlinuz-6.2",
		  .initrd = "/boot/initrd.img-6.2",
		  .image_state = IMAGE_EMPTY,
		  .initrd_state = IMAGE_OK,
		  .needs_initrd = true,
		  .modules_dep = true },
		{ .version = "6.1",
		  .image = "/boot/vmlinuz-6.1",
		  .initrd = "/boot/initrd.img-6.1",
		  .image_state = IMAGE_OK,
		  .initrd_state = IMAGE_OK,
		  .needs_initrd = true,
		  .modules_dep = true },
		{ .version = "5.9",
		  .image = "/boot/vmlinuz-5.9",
		  .image_state = IMAGE_OK,
		  .modules_dep = true },
	};
	struct facts *f = arena_new_struct(t->arena, struct facts);
	struct devices *d = arena_new_struct(t->arena, struct devices);
	size_t bad;

	assert_int_equal(
		devices_parse(t->arena, text_new(t->arena, "d", devices, strlen(devices)), d, &bad),
		0);
	f->devices = d;
	f->os = (struct os_release){
		.id = "x", .id_like = "", .version_id = "", .pretty = "Some 'Linux' \\1"
	};
	f->pkg = PKG_DPKG;
	f->loader.grub2_dir = "/boot/grub";
	f->loader.grub2_cfg = "/boot/grub/grub.cfg";
	f->loader.grubenv = "/boot/grub/grubenv";
	f->kernels = (struct kernels){ .k = k, .n = ARRAY_SIZE(k) };
	f->root_part = devices_holding(d, "/");
	return f;
}

static struct bootmenu_at at_of(struct testtree *t, const struct facts *f)
{
	static const char *const nothing[] = { NULL };

	return (struct bootmenu_at){
		.arena = t->arena, .root = t->root, .facts = f, .unseen = nothing
	};
}

/* GRUB's own checker, where it is installed. */
static void check_script(struct testtree *t, const struct grubwrite *w)
{
	_cleanup_free_ char *file = xasprintf("%s/written.cfg", t->dir);
	_cleanup_free_ char *command = xasprintf("grub-script-check %s", file);

	testtree_put(t, "/written.cfg", w->data, w->len);
	if (system("command -v grub-script-check >/dev/null 2>&1") != 0) {
		print_message("grub-script-check is not here\n");
		return;
	}
	assert_int_equal(system(command), 0);
}

static void assert_has(const struct grubwrite *w, const char *s)
{
	if (!strstr(w->data, s))
		fail_msg("no '%s' in:\n%s", s, w->data);
}

static void test_grub2(void **state)
{
	struct testtree *t = *state;
	struct facts *f = system_of(t, "PTTYPE=gpt\nUUID=b xfs /boot\nUUID=r PARTUUID=p ext4 /\n");
	struct bootmenu_at at = at_of(t, f);
	struct grubwrite w;

	testtree_text(t, "/boot/grub/i386-pc/xfs.mod", "x");
	testtree_text(t, "/boot/grub/i386-pc/part_gpt.mod", "x");
	testtree_text(
		t, "/etc/default/grub",
		"GRUB_CMDLINE_LINUX=\"console=ttyS1,9600n8 root=/dev/x ro single dyndbg=\\\"file "
		"a +p\\\" a=b;c{d}\"\n");
	assert_int_equal(grubwrite_make(&at, GRUBWRITE_GRUB2, &w), 0);
	assert_int_equal(w.kernels, 2);
	assert_string_equal(w.from, "/etc/default/grub");
	assert_has(&w, "serial --unit=1 --speed=9600\n");
	assert_has(&w, "\tinsmod part_gpt\n\tinsmod xfs\n\tsearch --no-floppy --fs-uuid --set=root "
		       "b\n\tlinux /vmlinuz-6.1 root=UUID=r ro console=ttyS1,9600n8 "
		       "dyndbg=\\\"file a +p\\\" a=b\\;c\\{d\\}\n\tinitrd /initrd.img-6.1\n");
	assert_has(&w, "linux /vmlinuz-5.9 root=PARTUUID=p ro");
	assert_null(strstr(w.data, "insmod gzio"));
	assert_null(strstr(w.data, "6.2"));
	check_script(t, &w);
}

static void test_btrfs(void **state)
{
	struct testtree *t = *state;
	struct facts *f = system_of(t, "PTTYPE=dos\nUUID=r btrfs /\n");
	struct bootmenu_at at = at_of(t, f);
	struct grubwrite w;

	assert_int_equal(grubwrite_make(&at, GRUBWRITE_GRUB2, &w), -ENODATA);
	assert_non_null(strstr(w.why, "subvolume"));
	testtree_text(t, "/etc/fstab", "UUID=r / btrfs defaults,subvol=/@ 0 0\n");
	assert_int_equal(grubwrite_make(&at, GRUBWRITE_GRUB2, &w), 0);
	assert_has(&w, "linux /@/boot/vmlinuz-6.1 root=UUID=r ro rootflags=subvol=@\n");
	check_script(t, &w);
}

static void test_bls(void **state)
{
	struct testtree *t = *state;
	struct facts *f = system_of(t, "PTTYPE=gpt\nUUID=b xfs /boot\nUUID=r xfs /\n");
	struct bootmenu_at at = at_of(t, f);
	struct grubwrite w;

	f->loader.bls_dir = "/boot/loader/entries";
	assert_int_equal(grubwrite_make(&at, GRUBWRITE_BLS, &w), -ENODATA);
	testtree_text(
		t, "/boot/loader/entries/a-6.1.conf",
		"title A\nversion 6.1\nlinux /vmlinuz-6.1\noptions $kernelopts $tuned_params\n");
	testtree_text(
		t, "/boot/grub/grubenv",
		"# GRUB Environment Block\nkernelopts=root=UUID=old ro crashkernel=auto \n###");
	assert_int_equal(grubwrite_make(&at, GRUBWRITE_BLS, &w), 0);
	assert_string_equal(w.from, "grubenv");
	assert_has(&w, "set kernelopts=\"root=UUID=r ro crashkernel=auto \"");
	assert_has(&w, "\ninsmod blscfg\nblscfg\n");
	check_script(t, &w);
}

static void test_legacy(void **state)
{
	struct testtree *t = *state;
	struct facts *f = system_of(t, "PTTYPE=dos\nUUID=r ext3 / NUMBER=2\n");
	struct bootmenu_at at = at_of(t, f);
	struct grublegacy m;
	struct grubwrite w;

	testtree_text(t, "/var/log/messages",
		      "x kernel: Command line: ro root=/dev/sda1 one\n"
		      "y kernel: Kernel command line: ro root=LABEL=/ console=tty0 two\r\nz\n");
	assert_int_equal(grubwrite_make(&at, GRUBWRITE_LEGACY, &w), 0);
	assert_string_equal(w.from, "/var/log/messages");
	grublegacy_parse(t->arena, text_new(t->arena, "x", w.data, w.len), &m);
	assert_int_equal(m.entries, 2);
	assert_string_equal(m.entry[0].root, "hd0,1");
	assert_string_equal(m.entry[0].kernel.path, "/boot/vmlinuz-6.1");
	assert_string_equal(m.entry[0].args, "root=UUID=r ro console=tty0 two");
}

static void test_refusals(void **state)
{
	struct testtree *t = *state;
	struct facts *f = system_of(t, "unknown\n");
	struct bootmenu_at at = at_of(t, f);
	struct grubwrite w;

	assert_int_equal(grubwrite_make(&at, GRUBWRITE_GRUB2, &w), -ENODATA);
	assert_non_null(w.why);
	f = system_of(t, "UUID=r ext4 /\n");
	at = at_of(t, f);
	f->kernels.n = 1;
	assert_int_equal(grubwrite_make(&at, GRUBWRITE_GRUB2, &w), -ENODATA);
	assert_int_equal(grubwrite_make(&at, GRUBWRITE_LEGACY, &w), -ENODATA);
	assert_non_null(w.why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_grub2, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_btrfs, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_bls, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_legacy, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(test_refusals, testtree_setup, testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
