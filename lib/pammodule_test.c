/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <cmocka.h>

#include "lib/pammodule.h"

struct fixture {
	struct arena *arena;
	char dir[32];
	struct root *root;
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	f->arena = arena_new();
	strcpy(f->dir, "/tmp/pammodule.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(root_open_dir(f->dir, &f->root), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *command = xasprintf("rm -rf '%s'", f->dir);

	root_close(f->root);
	assert_int_equal(system(command), 0);
	arena_free(f->arena);
	free(f);
	return 0;
}

static void put(struct fixture *f, const char *path, const void *data, size_t len)
{
	_cleanup_free_ char *real = xasprintf("%s%s", f->dir, path);
	FILE *out;

	for (char *slash = strchr(real + strlen(f->dir) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(real, 0755);
		*slash = '/';
	}
	out = fopen(real, "we");
	assert_non_null(out);
	fwrite(data, 1, len, out);
	fclose(out);
}

struct image {
	Elf64_Ehdr h;
	Elf64_Phdr p;
	char text[64];
};

static struct image image(Elf64_Half machine)
{
	struct image i = { .h = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 },
				  .e_type = ET_DYN,
				  .e_machine = machine,
				  .e_phoff = sizeof(Elf64_Ehdr),
				  .e_phentsize = sizeof(Elf64_Phdr),
				  .e_phnum = 1,
				  .e_shentsize = sizeof(Elf64_Shdr) },
			   .p = { .p_type = PT_LOAD, .p_filesz = sizeof(struct image) } };

	return i;
}

static void put_elf(struct fixture *f, const char *path, Elf64_Half machine)
{
	struct image i = image(machine);

	put(f, path, &i, sizeof(i));
}

static enum pammodule_state state_of(struct fixture *f, const char *name, const char **path)
{
	struct pammodules m;

	pammodule_gather(f->root, f->arena, &m);
	return pammodule_state(&m, name, path);
}

static void test_states(void **state)
{
	struct fixture *f = *state;
	struct elffile_machine own = { true, ELFCLASS64, ELFDATA2LSB, EM_X86_64 };
	struct image i = image(EM_X86_64);

	put(f, "/good", &i, sizeof(i));
	put(f, "/empty", "", 0);
	put(f, "/text", "#!/bin/sh\n", 10);
	put(f, "/short", "\177E", 2);
	put(f, "/header", &i, 40);
	put(f, "/cut", &i, sizeof(i) - 1);
	put(f, "/segment", &i, sizeof(i.h) + 10);
	i.h.e_machine = EM_AARCH64;
	put(f, "/other", &i, sizeof(i));
	i = image(EM_X86_64);
	i.h.e_shoff = sizeof(i);
	i.h.e_shnum = 1;
	put(f, "/sections", &i, sizeof(i));
	i.h.e_shoff = UINT64_MAX;
	put(f, "/far", &i, sizeof(i));
	i = image(EM_X86_64);
	i.p.p_offset = UINT64_MAX - 8;
	put(f, "/wraps", &i, sizeof(i));
	assert_int_equal(pammodule_file(f->root, "/good", &own), PAMMODULE_PRESENT);
	assert_int_equal(pammodule_file(f->root, "/gone", &own), PAMMODULE_ABSENT);
	assert_int_equal(pammodule_file(f->root, "/empty", &own), PAMMODULE_EMPTY);
	assert_int_equal(pammodule_file(f->root, "/text", &own), PAMMODULE_NOT_ELF);
	assert_int_equal(pammodule_file(f->root, "/short", &own), PAMMODULE_NOT_ELF);
	assert_int_equal(pammodule_file(f->root, "/header", &own), PAMMODULE_CUT);
	assert_int_equal(pammodule_file(f->root, "/cut", &own), PAMMODULE_CUT);
	assert_int_equal(pammodule_file(f->root, "/segment", &own), PAMMODULE_CUT);
	assert_int_equal(pammodule_file(f->root, "/other", &own), PAMMODULE_OTHER_MACHINE);
	assert_int_equal(pammodule_file(f->root, "/other", NULL), PAMMODULE_PRESENT);
	assert_int_equal(pammodule_file(f->root, "/sections", &own), PAMMODULE_CUT);
	assert_int_equal(pammodule_file(f->root, "/far", &own), PAMMODULE_CUT);
	assert_int_equal(pammodule_file(f->root, "/wraps", &own), PAMMODULE_CUT);
	assert_int_equal(pammodule_file(f->root, "/", &own), PAMMODULE_NOT_ELF);
}

static void test_fifo(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *path = xasprintf("%s/pipe.so", f->dir);

	assert_int_equal(mkfifo(path, 0644), 0);
	assert_int_equal(pammodule_file(f->root, "/pipe.so", NULL), PAMMODULE_NOT_ELF);
}

static void test_multiarch(void **state)
{
	struct fixture *f = *state;
	const char *path;

	put_elf(f, "/bin/login", EM_X86_64);
	put_elf(f, "/lib/x86_64-linux-gnu/security/pam_unix.so", EM_X86_64);
	put_elf(f, "/lib/security/pam_local.so", EM_X86_64);
	put_elf(f, "/lib/i386-linux-gnu/security/pam_unix.so", EM_386);
	put_elf(f, "/lib/i386-linux-gnu/security/pam_old.so", EM_386);
	assert_int_equal(state_of(f, "pam_unix.so", &path), PAMMODULE_PRESENT);
	assert_string_equal(path, "/lib/x86_64-linux-gnu/security/pam_unix.so");
	assert_int_equal(state_of(f, "pam_local.so", &path), PAMMODULE_PRESENT);
	assert_string_equal(path, "/lib/security/pam_local.so");
	/* Only for the other architecture: not there for this one. */
	assert_int_equal(state_of(f, "pam_old.so", &path), PAMMODULE_ABSENT);
	assert_string_equal(path, "/lib/x86_64-linux-gnu/security/pam_old.so");
	assert_int_equal(state_of(f, "pam_gone.so", &path), PAMMODULE_ABSENT);
}

static void test_lib64(void **state)
{
	struct fixture *f = *state;
	const char *path;

	put_elf(f, "/bin/bash", EM_X86_64);
	put_elf(f, "/lib64/security/pam_unix.so", EM_X86_64);
	put_elf(f, "/lib/security/pam_unix.so", EM_386);
	put(f, "/lib64/security/pam_env.so", "", 0);
	assert_int_equal(state_of(f, "pam_unix.so", &path), PAMMODULE_PRESENT);
	assert_int_equal(state_of(f, "pam_env.so", &path), PAMMODULE_EMPTY);
	assert_string_equal(path, "/lib64/security/pam_env.so");
	assert_int_equal(state_of(f, "/lib/security/$ISA/pam_unix.so", &path), PAMMODULE_PRESENT);
	assert_int_equal(state_of(f, "/lib/security/$ISA/pam_gone.so", &path), PAMMODULE_ABSENT);
	assert_int_equal(state_of(f, "/opt/x/pam_x.so", &path), PAMMODULE_ABSENT);
}

static void test_all_gone(void **state)
{
	struct fixture *f = *state;
	struct pammodules m;
	const char *path;

	pammodule_gather(f->root, f->arena, &m);
	assert_null(m.libpam);
	assert_int_equal(pammodule_state(&m, "pam_unix.so", &path), PAMMODULE_UNKNOWN);
	put_elf(f, "/bin/login", EM_X86_64);
	put_elf(f, "/lib64/libpam.so.0", EM_X86_64);
	pammodule_gather(f->root, f->arena, &m);
	assert_string_equal(m.libpam, "/lib64/libpam.so.0");
	assert_false(m.any);
	assert_int_equal(pammodule_state(&m, "pam_unix.so", &path), PAMMODULE_ABSENT);
	assert_string_equal(path, "/lib64/security/pam_unix.so");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_states), TEST(test_fifo),	TEST(test_multiarch),
		TEST(test_lib64),  TEST(test_all_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
