/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "lib/grubcfg.h"

static struct grubcfg parse_with(struct arena *a, const char *s, const struct grubcfg_env *env)
{
	struct grubcfg cfg;

	grubcfg_parse(a, text_new(a, "/boot/grub/grub.cfg", s, strlen(s)), env, &cfg);
	return cfg;
}

static struct grubcfg parse(struct arena *a, const char *s)
{
	const struct grubcfg_env env = { 0 };

	return parse_with(a, s, &env);
}

static struct devices devices(struct arena *a, const char *s)
{
	struct devices d = { 0 };
	size_t bad;

	assert_int_equal(devices_parse(a, text_new(a, "devices", s, strlen(s)), &d, &bad), 0);
	return d;
}

static const char debian[] =
	"### BEGIN /etc/grub.d/00_header ###\n"
	"if [ -s $prefix/grubenv ]; then\n"
	"  set have_grubenv=true\n"
	"  load_env\n"
	"fi\n"
	"if [ \"${next_entry}\" ] ; then\n"
	"   set default=\"${next_entry}\"\n"
	"   set next_entry=\n"
	"   save_env next_entry\n"
	"   set boot_once=true\n"
	"else\n"
	"   set default=\"0\"\n"
	"fi\n"
	"if [ x\"${feature_menuentry_id}\" = xy ]; then\n"
	"  menuentry_id_option=\"--id\"\n"
	"else\n"
	"  menuentry_id_option=\"\"\n"
	"fi\n"
	"export menuentry_id_option\n"
	"function savedefault {\n"
	"  if [ -z \"${boot_once}\" ]; then\n"
	"    saved_entry=\"${chosen}\"\n"
	"    save_env saved_entry\n"
	"  fi\n"
	"}\n"
	"function load_video {\n"
	"  if [ x$feature_all_video_module = xy ]; then\n"
	"    insmod all_video\n"
	"  else\n"
	"    insmod efi_gop\n"
	"  fi\n"
	"}\n"
	"if loadfont $font ; then\n"
	"  set gfxmode=auto\n"
	"  load_video\n"
	"fi\n"
	"### END /etc/grub.d/00_header ###\n"
	"### BEGIN /etc/grub.d/10_linux ###\n"
	"function gfxmode {\n"
	"\tset gfxpayload=\"${1}\"\n"
	"}\n"
	"menuentry 'Debian GNU/Linux' --class debian --class os $menuentry_id_option "
	"'gnulinux-simple-1111' {\n"
	"\tload_video\n"
	"\tinsmod gzio\n"
	"\tif [ x$grub_platform = xxen ]; then insmod xzio; insmod lzopio; fi\n"
	"\tset root='hd0,msdos1'\n"
	"\tif [ x$feature_platform_search_hint = xy ]; then\n"
	"\t  search --no-floppy --fs-uuid --set=root --hint-bios=hd0,msdos1 "
	"--hint='hd0,msdos1'  1111\n"
	"\telse\n"
	"\t  search --no-floppy --fs-uuid --set=root 1111\n"
	"\tfi\n"
	"\techo\t'Loading Linux 6.1 ...'\n"
	"\tlinux\t/boot/vmlinuz-6.1 root=UUID=1111 ro  quiet\n"
	"\tinitrd\t/boot/initrd.img-6.1\n"
	"}\n"
	"submenu 'Advanced options' $menuentry_id_option 'gnulinux-advanced-1111' {\n"
	"\tmenuentry 'Debian, with Linux 6.1' --class debian $menuentry_id_option "
	"'gnulinux-6.1-advanced-1111' {\n"
	"\t\tsearch --no-floppy --fs-uuid --set=root 1111\n"
	"\t\tlinux\t/boot/vmlinuz-6.1 root=UUID=1111 ro  quiet\n"
	"\t\tinitrd\t/boot/initrd.img-6.1\n"
	"\t}\n"
	"\tmenuentry 'Debian, with Linux 6.1 (recovery mode)' --class debian "
	"$menuentry_id_option 'gnulinux-6.1-recovery-1111' {\n"
	"\t\tsearch --no-floppy --fs-uuid --set=root 1111\n"
	"\t\tlinux\t/boot/vmlinuz-6.1 root=UUID=1111 ro single\n"
	"\t\tinitrd\t/boot/initrd.img-6.1\n"
	"\t}\n"
	"}\n"
	"### END /etc/grub.d/10_linux ###\n"
	"### BEGIN /etc/grub.d/30_uefi-firmware ###\n"
	"if [ \"$grub_platform\" = \"efi\" ]; then\n"
	"\tmenuentry 'UEFI Firmware Settings' $menuentry_id_option 'uefi-firmware' {\n"
	"\t\tfwsetup\n"
	"\t}\n"
	"fi\n"
	"### END /etc/grub.d/30_uefi-firmware ###\n"
	"if [ -f  ${config_directory}/custom.cfg ]; then\n"
	"  source ${config_directory}/custom.cfg\n"
	"elif [ -z \"${config_directory}\" -a -f  $prefix/custom.cfg ]; then\n"
	"  source $prefix/custom.cfg\n"
	"fi\n";

static void test_debian(void **state)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct devices d = devices(a, "PTTYPE=dos\nUUID=1111 ext4 /\n");
	const struct grubcfg_env env = { .devices = &d, .dir = "/boot/grub" };
	struct grubcfg cfg = parse_with(a, debian, &env);
	const struct grubcfg_entry *e = cfg.entry;
	const struct grubcfg_file *f;
	const char *args = NULL;
	size_t i = 9;

	(void)state;
	assert_false(cfg.broken || cfg.cut || cfg.blscfg);
	assert_true(cfg.more); /* custom.cfg cannot be looked up here */
	assert_int_equal(cfg.entries, 5);
	assert_string_equal(e[0].title, "Debian GNU/Linux");
	assert_string_equal(e[0].id, "gnulinux-simple-1111");
	assert_string_equal(e[0].section, "10_linux");
	assert_string_equal(e[3].index_path, "1>1");
	assert_string_equal(e[3].title_path,
			    "Advanced options>Debian, with Linux 6.1 (recovery mode)");
	assert_string_equal(e[3].id_path, "gnulinux-advanced-1111>gnulinux-6.1-recovery-1111");
	assert_int_equal(e[3].parent, 1);
	assert_true(e[1].submenu);
	assert_int_equal(e[4].reach, REACH_MAYBE);
	assert_false(e[4].chain || e[4].kernels);
	f = grubcfg_kernel(&e[0], &args);
	assert_non_null(f);
	assert_string_equal(f->path, "/boot/vmlinuz-6.1");
	assert_string_equal(args, "root=UUID=1111 ro quiet");
	assert_int_equal(f->place.kind, PLACE_TAG);
	assert_string_equal(f->place.name, "UUID=1111");
	assert_ptr_equal(f->place.part, &d.p[0]);
	assert_int_equal(e[0].searches, 3);
	assert_int_equal(e[0].search[0].kind, SEARCH_SET_ROOT);
	assert_string_equal(e[0].search[0].value, "hd0,msdos1");
	assert_int_equal(e[0].search[0].match, SPEC_FOUND);
	assert_int_equal(e[0].search[1].match, SPEC_FOUND);
	assert_int_equal(e[0].search[2].reach, REACH_NEVER);
	assert_string_equal(cfg.def, "0");
	assert_int_equal(cfg.def_line, 12);
	assert_int_equal(grubcfg_default(&cfg), 0);
	assert_int_equal(grubcfg_choose(&cfg, "1>1", &i), CHOICE_ENTRY);
	assert_int_equal(i, 3);
	assert_int_equal(grubcfg_choose(&cfg, "1", &i), CHOICE_ENTRY);
	assert_int_equal(i, 2);
	assert_int_equal(
		grubcfg_choose(&cfg, "gnulinux-advanced-1111>gnulinux-6.1-advanced-1111", &i),
		CHOICE_ENTRY);
	assert_int_equal(i, 2);
	assert_int_equal(grubcfg_choose(&cfg, "Advanced options>Debian, with Linux 5.9", &i),
			 CHOICE_UNKNOWN);
	cfg.more = false;
	assert_int_equal(grubcfg_choose(&cfg, "Advanced options>Debian, with Linux 5.9", &i),
			 CHOICE_NOTHING);
	assert_int_equal(grubcfg_choose(&cfg, "7", &i), CHOICE_NOTHING);
	cfg.def = "7";
	assert_int_equal(grubcfg_default(&cfg), 0);
	cfg.def = "1>7";
	assert_int_equal(grubcfg_default(&cfg), 2);
}

static void test_dead_search(void **state)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct devices d = devices(a, "PTTYPE=dos\nUUID=2222 ext4 /\n");
	struct grubcfg_env env = { .devices = &d, .dir = "/boot/grub" };
	struct grubcfg cfg = parse_with(a, debian, &env);

	(void)state;
	assert_int_equal(cfg.entry[0].search[1].match, SPEC_ABSENT);
	assert_int_equal(cfg.entry[0].kernel[0].place.kind, PLACE_DEVICE);
	assert_ptr_equal(cfg.entry[0].kernel[0].place.part, &d.p[0]);
	assert_int_equal(cfg.entry[2].kernel[0].place.kind, PLACE_HOME);
	d.complete = false;
	cfg = parse_with(a, debian, &env);
	assert_int_equal(cfg.entry[0].kernel[0].place.kind, PLACE_TAG);
	assert_null(cfg.entry[0].kernel[0].place.part);
	env.devices = NULL;
	cfg = parse_with(a, debian, &env);
	assert_int_equal(cfg.entry[0].search[1].match, SPEC_UNKNOWN);
	assert_int_equal(cfg.entry[0].kernel[0].place.kind, PLACE_TAG);
}

static const char rhel7[] =
	"if [ -s $prefix/grubenv ]; then\n  load_env\nfi\n"
	"if [ \"${next_entry}\" ] ; then\n   set default=\"${next_entry}\"\nelse\n"
	"   set default=\"${saved_entry}\"\nfi\n"
	"if [ x\"${feature_menuentry_id}\" = xy ]; then\n  menuentry_id_option=\"--id\"\nfi\n"
	"menuentry 'CentOS Linux (3.10.0-957.el7.x86_64) 7 (Core)' --class centos --unrestricted "
	"$menuentry_id_option 'gnulinux-3.10.0-advanced-1' {\n"
	"\tsavedefault\n"
	"\tset root='hd0,msdos1'\n"
	"\tsearch --no-floppy --fs-uuid --set=root 1\n"
	"\tlinux16 /vmlinuz-3.10.0 root=/dev/mapper/centos-root ro rd.lvm.lv=centos/root \n"
	"\tinitrd16 /initramfs-3.10.0.img\n"
	"}\n"
	"menuentry 'CentOS Linux (0-rescue-1) 7 (Core)' {\n"
	"\tlinux16 /vmlinuz-0-rescue-1 root=/dev/mapper/centos-root\n"
	"\tinitrd16 /a.img /b.img\n"
	"}\n";

static void test_rhel7(void **state)
{
	static const char *const saved[] = { "saved_entry", "CentOS Linux (0-rescue-1) 7 (Core)",
					     NULL };
	static const char *const gone[] = { "saved_entry", "CentOS Linux (3.9) 7 (Core)", NULL };
	static const char *const once[] = { "saved_entry", "1", "next_entry", "0", NULL };
	_cleanup_arena_ struct arena *a = arena_new();
	struct grubcfg_env env = { .grubenv = saved };
	struct grubcfg cfg = parse_with(a, rhel7, &env);
	size_t i = 9;

	(void)state;
	assert_int_equal(cfg.entries, 2);
	assert_int_equal(grubcfg_default(&cfg), 1);
	assert_string_equal(cfg.def_from, "saved_entry");
	assert_int_equal(cfg.entry[1].initrds, 2);
	assert_string_equal(cfg.entry[1].initrd[1].path, "/b.img");
	assert_int_equal(cfg.entry[1].kernel[0].place.kind, PLACE_HOME);
	env.grubenv = gone;
	cfg = parse_with(a, rhel7, &env);
	assert_int_equal(grubcfg_choose(&cfg, cfg.def, &i), CHOICE_NOTHING);
	assert_int_equal(grubcfg_default(&cfg), 0);
	env.grubenv = once;
	cfg = parse_with(a, rhel7, &env);
	assert_string_equal(cfg.def, "0");
	assert_string_equal(cfg.def_from, "next_entry");
	env.grubenv = NULL; /* whether there is a block is not known: [ -s … ] */
	cfg = parse_with(a, rhel7, &env);
	assert_string_equal(cfg.def, "");
}

static void test_bls(void **state)
{
	static const char cfg9[] = "if [ -f ${config_directory}/grubenv ]; then\n"
				   "  load_env -f ${config_directory}/grubenv\n"
				   "elif [ -s $prefix/grubenv ]; then\n  load_env\nfi\n"
				   "set default=\"${saved_entry}\"\n"
				   "insmod part_gpt\n"
				   "search --no-floppy --fs-uuid --set=root 1\n"
				   "insmod part_gpt\n"
				   "search --no-floppy --fs-uuid --set=boot 2\n"
				   "if [ -z \"${kernelopts}\" ]; then\n"
				   "  set kernelopts=\"root=UUID=3 ro \"\n"
				   "fi\n"
				   "insmod blscfg\n"
				   "blscfg\n";
	static const char *const env9[] = { "saved_entry", "ffff-5.14", NULL };
	_cleanup_arena_ struct arena *a = arena_new();
	const struct grubcfg_env env = { .grubenv = env9 };
	struct grubcfg cfg = parse_with(a, cfg9, &env);
	size_t i;

	(void)state;
	assert_true(cfg.blscfg);
	assert_int_equal(cfg.entries, 0);
	assert_string_equal(cfg.def, "ffff-5.14");
	assert_int_equal(grubcfg_choose(&cfg, cfg.def, &i), CHOICE_UNKNOWN);
	assert_int_equal(cfg.searches, 2);
	assert_string_equal(cfg.search[1].var, "boot");
	assert_string_equal(cfg.kernelopts, "root=UUID=3 ro ");
	assert_int_equal(cfg.kernelopts_line, 12);
}

static void test_words(void **state)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct grubcfg cfg = parse(a, "\xef\xbb\xbfset a=b\r\n"
				      "menuentry \"x \\\"$a\\\" ${nothing}\\\r\n"
				      "y\" --id=z --hotkey k --users '' {\r\n"
				      "  linux /v \\\r\n"
				      "    root=/dev/sda1 'a b'c\\ d # no\r\n"
				      "  initrd ($root)/i (hd0,gpt2)/j newc:name:/k\r\n"
				      "}\r\n");
	const struct grubcfg_entry *e = cfg.entry;

	(void)state;
	assert_int_equal(cfg.entries, 1);
	assert_string_equal(e->title, "x \"b\" y");
	assert_string_equal(e->id, "z");
	assert_int_equal(e->line, 2);
	assert_int_equal(e->last_line, 7);
	assert_int_equal(e->kernel[0].line, 4);
	assert_string_equal(e->args[0], "root=/dev/sda1 a bc d");
	assert_int_equal(e->initrds, 3);
	assert_string_equal(e->initrd[0].word, "($root)/i");
	assert_int_equal(e->initrd[0].place.kind, PLACE_HOME);
	assert_string_equal(e->initrd[1].place.name, "hd0,gpt2");
	assert_string_equal(e->initrd[2].path, "/k");
}

static void test_unknown(void **state)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct grubcfg cfg =
		parse(a, "menuentry a { linux $cmdpath/v; initrd ($nope)/i; }\n"
			 "menuentry b { search --file /x --set=root; linux /v; }\n"
			 "menuentry c { if magic; then set root=hd0,1; fi; linux /v }\n"
			 "menuentry d { $grub_cpu /v }\n"
			 "menuentry e { if magic; then linux /v; fi }\n"
			 "menuentry f { search -s root -u dead beef; linux /v }\n"
			 "menuentry g { source /x; linux /v; }\n"
			 "for x in 1 2; do menuentry $x { linux /v; }; done\n"
			 "set default=6\n");
	size_t i;

	(void)state;
	assert_int_equal(cfg.entries, 8);
	assert_null(cfg.entry[0].kernel[0].path);
	assert_int_equal(cfg.entry[0].initrd[0].place.kind, PLACE_UNKNOWN);
	assert_int_equal(cfg.entry[1].kernel[0].place.kind, PLACE_UNKNOWN);
	assert_int_equal(cfg.entry[2].kernel[0].place.kind, PLACE_UNKNOWN);
	assert_true(cfg.entry[3].opaque);
	assert_null(grubcfg_kernel(&cfg.entry[4], NULL));
	assert_int_equal(cfg.entry[5].kernel[0].place.kind, PLACE_UNKNOWN);
	assert_null(grubcfg_kernel(&cfg.entry[6], NULL));
	assert_true(cfg.entry[7].title_unknown);
	assert_int_equal(grubcfg_choose(&cfg, "6", &i), CHOICE_ENTRY);
	assert_int_equal(grubcfg_choose(&cfg, "1", &i), CHOICE_ENTRY);
	assert_int_equal(grubcfg_choose(&cfg, "nobody", &i), CHOICE_UNKNOWN);
}

static void test_variables(void **state)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct grubcfg cfg = parse(a, "search --label --set=dev BOOT\n"
				      "set root=$dev\n"
				      "set k=/vmlinuz\n"
				      "menuentry a { linux ($dev)/v; linux $k; }\n"
				      "function load { set root=(hd0,2); linux /f \"$1\"; }\n"
				      "menuentry b { load x; }\n"
				      "menuentry c { linux /c; }\n");
	const struct grubcfg_file *f = grubcfg_kernel(&cfg.entry[0], NULL);

	(void)state;
	assert_string_equal(f->path, "/vmlinuz");
	assert_string_equal(f->place.name, "LABEL=BOOT");
	assert_string_equal(cfg.entry[0].kernel[0].place.name, "LABEL=BOOT");
	f = grubcfg_kernel(&cfg.entry[1], NULL);
	assert_string_equal(f->path, "/f");
	assert_string_equal(grubcfg_kernel(&cfg.entry[2], NULL)->place.name, "LABEL=BOOT");
}

static void test_conditions(void **state)
{
	static const struct {
		const char *test;
		const char *want; /* of default; NULL: not known */
	} table[] = {
		{ "[ a = a ]", "1" },
		{ "[ a != a ]", "0" },
		{ "[ ! a = b ]", "1" },
		{ "[ \"\" ]", "0" },
		{ "test -n \"$unset\"", "0" },
		{ "[ -z \"$unset\" -a x = x ]", "1" },
		{ "[ x = y -o 3 -gt 2 ]", "1" },
		{ "[ $grub_platform = efi ]", NULL },
		{ "[ a = b -a $grub_platform = efi ]", "0" },
		{ "[ a = a -o $grub_platform = efi ]", "1" },
		{ "[ \"(\" a = a \")\" ]", NULL },
		{ "true", "1" },
		{ "false", "0" },
		{ "keystatus --shift", NULL },
		{ "[", "0" },
		{ "[ ]", "0" },
		{ "[ -f /x ]", NULL },
		{ "[ -s $prefix/grubenv ]", NULL },
	};
	_cleanup_arena_ struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		const char *s = arena_printf(a, "if %s; then set default=1; else set default=0; fi",
					     table[i].test);
		struct grubcfg cfg = parse(a, s);

		if (!table[i].want)
			assert_null(cfg.def);
		else
			assert_string_equal(cfg.def, table[i].want);
	}
}

static void test_broken(void **state)
{
	static const struct {
		const char *s;
		size_t line, entries;
		bool open;
	} table[] = {
		{ "menuentry a {\nlinux /v\n", 1, 1, true },
		{ "\nmenuentry 'a {\nlinux /v\n", 2, 0, true },
		{ "if true; then\nmenuentry a { linux /v; }\n", 1, 1, true },
		{ "}\nmenuentry a { linux /v; }\n", 1, 1, false },
		{ "fi\nmenuentry a { linux /v; }\n", 1, 1, false },
		{ "menuentry a { if x; then linux /v; }\nmenuentry b { linux /v; }", 1, 2, false },
		{ "for x in\n", 1, 0, true },
		{ "while\ndo\n", 1, 0, true },
		{ "function\n", 1, 0, true },
		{ "function f {", 1, 0, true },
		{ "set a=\"x", 1, 0, true },
	};
	_cleanup_arena_ struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct grubcfg cfg = parse(a, table[i].s);

		assert_true(cfg.broken);
		assert_int_equal(cfg.broken_line, table[i].line);
		assert_int_equal(cfg.open, table[i].open);
		assert_int_equal(cfg.entries, table[i].entries);
	}
	assert_int_equal(parse(a, "").commands, 0);
	assert_int_equal(parse(a, "# only\n\n  # comments").commands, 0);
	assert_int_equal(grubcfg_default(&(struct grubcfg){ .def = "" }), GRUBCFG_NONE);
}

/* Many times over: the bounds must hold, in time and memory. */
static void test_bounds(void **state)
{
	static const char *const pieces[] = {
		"{",
		"}",
		"menuentry a {",
		"submenu a {\n",
		"if ",
		"a;",
		"'",
		"\"",
		"${",
		"function f { f; f; };f;",
		"set a=$a$a;",
		"echo $a $a $a;",
		"for x in y; do ",
		"else ",
		"elif x; then ",
		"menuentry a{};",
		"\\\n",
		"(",
		"linux /v;",
		"initrd a b c;\n",
		"set default=\"$default$default\"\n",
		"menuentry $a{set a=$a$a;};",
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		_cleanup_arena_ struct arena *a = arena_new();
		_cleanup_bytes_ struct bytes b = { 0 };
		struct grubcfg cfg;

		bytes_adds(&b, "set a=0123456789;function f { f; f; };");
		while (b.len < 300000)
			bytes_adds(&b, pieces[i]);
		cfg = parse(a, b.data);
		assert_true(cfg.entries <= 2000);
	}
}

static uint32_t next_random(uint32_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x;
}

/* Bytes of a real file changed, lost and doubled: nothing may crash. */
static void test_mutations(void **state)
{
	uint32_t x = 2463534242u;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		_cleanup_arena_ struct arena *a = arena_new();
		char buf[sizeof(debian)];
		size_t len = sizeof(debian) - 1;
		struct grubcfg cfg;
		const struct grubcfg_env env = { .dir = "/boot/grub" };

		memcpy(buf, debian, sizeof(buf));
		for (int i = 0; i < 8; i++)
			buf[next_random(&x) % len] = "{}'\"\\$\n;# \0()ifx"[next_random(&x) % 16];
		if (round % 3 == 0)
			len = next_random(&x) % len;
		grubcfg_parse(a, text_new(a, "x", buf, len), &env, &cfg);
		for (size_t i = 0; i < cfg.entries; i++)
			grubcfg_kernel(&cfg.entry[i], NULL);
		grubcfg_default(&cfg);
	}
}

static void test_device(void **state)
{
	_cleanup_arena_ struct arena *a = arena_new();
	struct devices d = devices(a, "NUMBER=1 UUID=1 ext4 /boot\nNUMBER=5 UUID=2 ext4 /\n");
	const struct partition *p = NULL;

	(void)state;
	assert_int_equal(grubcfg_device(&d, "hd0,msdos5", &p), SPEC_FOUND);
	assert_string_equal(p->uuid, "2");
	assert_int_equal(grubcfg_device(&d, "hd0,gpt1", &p), SPEC_FOUND);
	assert_int_equal(grubcfg_device(&d, "hd0,1", &p), SPEC_FOUND);
	assert_string_equal(p->uuid, "1");
	assert_int_equal(grubcfg_device(&d, "hd0,msdos2", &p), SPEC_ABSENT);
	assert_int_equal(grubcfg_device(&d, "hd0,msdos0", &p), SPEC_UNKNOWN);
	assert_int_equal(grubcfg_device(&d, "hd1,msdos1", &p), SPEC_UNKNOWN);
	assert_int_equal(grubcfg_device(&d, "lvm/vg-root", &p), SPEC_UNKNOWN);
	assert_int_equal(grubcfg_device(&d, "", &p), SPEC_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_debian),	  cmocka_unit_test(test_dead_search),
		cmocka_unit_test(test_rhel7),	  cmocka_unit_test(test_bls),
		cmocka_unit_test(test_words),	  cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_variables), cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_broken),	  cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_mutations), cmocka_unit_test(test_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
