/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <errno.h>

#include "lib/testtree.h"

#include "lib/depmod.h"

/* A relocatable object with a .modinfo section: as much of a module as depmod reads. */
static void put_module(struct testtree *t, const char *path)
{
	static const char names[] = "\0.modinfo\0.shstrtab";
	static const char info[] = "alias=pci:v00001AF4d*\0license=GPL\0";
	struct {
		Elf64_Ehdr h;
		Elf64_Shdr s[3];
		char names[sizeof(names)];
		char info[sizeof(info)];
	} m = { .h = { .e_type = ET_REL,
		       .e_machine = EM_X86_64,
		       .e_version = EV_CURRENT,
		       .e_ehsize = sizeof(Elf64_Ehdr),
		       .e_shentsize = sizeof(Elf64_Shdr),
		       .e_shoff = sizeof(Elf64_Ehdr),
		       .e_shnum = 3,
		       .e_shstrndx = 2 } };

	memcpy(m.h.e_ident, ELFMAG, SELFMAG);
	m.h.e_ident[EI_CLASS] = ELFCLASS64;
	m.h.e_ident[EI_DATA] = ELFDATA2LSB;
	m.h.e_ident[EI_VERSION] = EV_CURRENT;
	m.s[1] = (Elf64_Shdr){ .sh_name = 1,
			       .sh_type = SHT_PROGBITS,
			       .sh_offset = (size_t)((char *)m.info - (char *)&m),
			       .sh_size = sizeof(info) };
	m.s[2] = (Elf64_Shdr){ .sh_name = 10,
			       .sh_type = SHT_STRTAB,
			       .sh_offset = (size_t)((char *)m.names - (char *)&m),
			       .sh_size = sizeof(names) };
	memcpy(m.names, names, sizeof(names));
	memcpy(m.info, info, sizeof(info));
	testtree_put(t, path, &m, sizeof(m));
}

static bool has_depmod(void)
{
	return access("/usr/sbin/depmod", X_OK) == 0 || access("/sbin/depmod", X_OK) == 0;
}

static const struct depmod_file *find(const struct depmod_file *f, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (streq(f[i].name, name))
			return &f[i];
	}
	return NULL;
}

static void makes_them(void **state)
{
	struct testtree *t = *state;
	struct depmod_file *f = NULL;
	size_t n = 0;

	if (!has_depmod())
		skip();
	put_module(t, "/usr/lib/modules/6.1/kernel/a/b.ko");
	put_module(t, "/usr/lib/modules/6.0/extra/far.ko");
	testtree_link(t, "/lib", "usr/lib");
	testtree_link(t, "/usr/lib/modules/6.1/weak.ko", "/lib/modules/6.0/extra/far.ko");
	testtree_link(t, "/usr/lib/modules/6.1/out.ko", "/etc/passwd");
	testtree_link(t, "/usr/lib/modules/6.1/build", "/usr/src");
	testtree_link(t, "/usr/lib/modules/6.1/loop", ".");
	testtree_text(t, "/usr/lib/modules/6.1/modules.order", "kernel/a/b.ko\n");
	testtree_text(t, "/etc/depmod.d/x.conf", "external * /\nsearch updates built-in\n");
	assert_int_equal(depmod_make(t->root, "6.1", t->arena, &f, &n), 0);
	assert_string_equal(f[0].name, "modules.dep");
	assert_non_null(strstr(f[0].data, "kernel/a/b.ko:"));
	assert_non_null(strstr(f[0].data, "weak.ko:"));
	assert_null(strstr(f[0].data, "out.ko"));
	assert_null(strstr(f[0].data, "loop"));
	assert_non_null(find(f, n, "modules.dep.bin"));
	assert_non_null(strstr(find(f, n, "modules.alias")->data, "pci:v00001AF4d* b"));
	/* Nothing was written to the disk. */
	assert_false(root_exists(t->root, "/usr/lib/modules/6.1/modules.dep"));
}

static void refuses(void **state)
{
	struct testtree *t = *state;
	static const char *const bad[] = { "", ".", "..", "a/b", "-n", "6.1 x", "6.1\n", "$(x)" };
	struct depmod_file *f = NULL;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(depmod_make(t->root, bad[i], t->arena, &f, &n), -EINVAL);
	if (!has_depmod())
		skip();
	assert_int_equal(depmod_make(t->root, "6.1", t->arena, &f, &n), -ENOENT);
	testtree_dir(t, "/lib/modules/6.1");
	assert_int_equal(depmod_make(t->root, "6.1", t->arena, &f, &n), -ENOENT);
	assert_null(f);
}

static void survives_rubbish(void **state)
{
	struct testtree *t = *state;
	_cleanup_free_ char *fifo = testtree_path(t, "/lib/modules/6.1/kernel/pipe.ko");
	struct depmod_file *f = NULL;
	size_t n = 0;

	if (!has_depmod())
		skip();
	put_module(t, "/lib/modules/6.1/kernel/a.ko");
	assert_int_equal(mkfifo(fifo, 0644), 0);
	testtree_text(t, "/lib/modules/6.1/kernel/text.ko", "not an object");
	testtree_text(t, "/lib/modules/6.1/kernel/empty.ko", "");
	testtree_text(t, "/lib/modules/6.1/kernel/bad.ko.xz", "xx");
	testtree_text(t, "/lib/modules/6.1/kernel/cut.ko.xz",
		      "\xfd"
		      "7zXZ");
	testtree_put(t, "/lib/modules/6.1/kernel/head.ko", ELFMAG "\2\1\1", 7);
	testtree_grow(t, "/lib/modules/6.1/kernel/head.ko", 4096);
	assert_int_equal(depmod_make(t->root, "6.1", t->arena, &f, &n), 0);
	assert_non_null(strstr(f[0].data, "kernel/a.ko:"));
	assert_null(strstr(f[0].data, "head.ko"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(makes_them, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(refuses, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(survives_rubbish, testtree_setup,
						testtree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
