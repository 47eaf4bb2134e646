/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/elffile.h"
#include "lib/testelf.h"
#include "lib/testtree.h"

static void put(struct testtree *t, const char *path, const struct testelf *e)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	testelf_make(e, &b);
	testtree_put(t, path, b.data, b.len);
}

static struct elffile look(struct testtree *t, const char *path)
{
	struct elffile f;

	elffile_read(t->root, t->arena, path, &f);
	return f;
}

static const struct testelf whole = { .interp = "/lib64/ld-linux-x86-64.so.2",
				      .soname = "libx.so.1",
				      .needs = "liba.so.1,libc.so.6",
				      .runpath = "$ORIGIN/../lib",
				      .rpath = "/gone",
				      .versions = "libc.so.6:GLIBC_2.2.5,libc.so.6:GLIBC_2.34",
				      .defines = "libx.so.1,X_1.0",
				      .nodeflib = true };

static void test_whole(void **state)
{
	struct elffile f;

	put(*state, "/x", &whole);
	f = look(*state, "/x");
	assert_int_equal(f.state, ELFFILE_OK);
	assert_null(f.why);
	assert_string_equal(f.interp, "/lib64/ld-linux-x86-64.so.2");
	assert_string_equal(f.soname, "libx.so.1");
	assert_int_equal(f.needed.n, 2);
	assert_string_equal(f.needed.s[1], "libc.so.6");
	assert_string_equal(f.runpath, "$ORIGIN/../lib");
	assert_null(f.rpath);
	assert_int_equal(f.versions, 2);
	assert_string_equal(f.version[1].file, "libc.so.6");
	assert_string_equal(f.version[1].name, "GLIBC_2.34");
	assert_int_equal(f.defined.n, 2);
	assert_string_equal(f.defined.s[1], "X_1.0");
	assert_true(f.nodeflib);
}

/* As a compiler makes them. */
static void test_compiled(void **state)
{
	struct testtree *t = *state;
	_cleanup_free_ char *source = testtree_path(t, "/a.c"), *lib = testtree_path(t, "/liba.so"),
			    *out = testtree_path(t, "/b");
	const char *const make_lib[] = { "cc",	  "-shared", "-Wl,-soname,liba.so.7",
					 "-fPIC", "-o",	     lib,
					 source,  NULL };
	const char *const make_out[] = {
		"cc", "-o", out, source, "-DMAIN", "-Wl,--no-as-needed", lib, "-Wl,-rpath,/opt/x",
		NULL
	};
	struct elffile f;

	testtree_text(t, "/a.c",
		      "#include <stdio.h>\n"
		      "#ifdef MAIN\nint main(void) { return puts(\"x\"); }\n"
		      "#else\nint a(void); int a(void) { return puts(\"a\"); }\n#endif\n");
	if (testtree_run(make_lib) || testtree_run(make_out))
		skip();
	f = look(t, "/liba.so");
	assert_int_equal(f.state, ELFFILE_OK);
	assert_string_equal(f.soname, "liba.so.7");
	assert_null(f.interp);
	f = look(t, "/b");
	assert_int_equal(f.state, ELFFILE_OK);
	assert_non_null(f.interp);
	assert_true(f.needed.n >= 2);
	assert_true(in_list("liba.so.7", f.needed.s));
	assert_true(f.runpath || f.rpath);
	assert_true(f.versions >= 1);
}

static void test_states(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, "/empty", "");
	testtree_text(t, "/text",
		      "not a program, but long enough for a header of sixty-four bytes");
	testtree_dir(t, "/dir");
	testtree_link(t, "/loop", "loop");
	assert_int_equal(look(t, "/gone").state, ELFFILE_ABSENT);
	assert_int_equal(look(t, "/empty").state, ELFFILE_EMPTY);
	assert_int_equal(look(t, "/text").state, ELFFILE_NOT);
	assert_int_equal(look(t, "/text").first, 'n');
	assert_int_equal(look(t, "/dir").state, ELFFILE_NO_FILE);
	assert_int_equal(look(t, "/loop").state, ELFFILE_UNREADABLE);
}

/* Cut at each byte, it is never whole, and nothing outside of it is read. */
static void test_cut(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = { 0 };

	testelf_make(&whole, &b);
	for (size_t n = 1; n < b.len; n++) {
		struct elffile f;

		testtree_put(t, "/cut", b.data, n);
		f = look(t, "/cut");
		assert_int_not_equal(f.state, ELFFILE_OK);
		assert_non_null(f.why);
	}
}

/* Each byte with each of some values: any answer will do, but there must be one. */
static void test_flipped(void **state)
{
	static const unsigned char values[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = { 0 };

	testelf_make(&whole, &b);
	for (size_t i = 0; i < b.len; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(values); k++) {
			char old = b.data[i];
			struct elffile f;

			b.data[i] = (char)values[k];
			testtree_put(t, "/odd", b.data, b.len);
			f = look(t, "/odd");
			assert_true(f.state == ELFFILE_OK || f.why);
			b.data[i] = old;
		}
	}
}

static void set(struct bytes *b, size_t at, uint64_t v, size_t n)
{
	memcpy(b->data + at, &v, n);
}

static enum elffile_state state_with(struct testtree *t, size_t at, uint64_t v, size_t n)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	testelf_make(&whole, &b);
	set(&b, at, v, n);
	testtree_put(t, "/with", b.data, b.len);
	return look(t, "/with").state;
}

static void test_headers(void **state)
{
	const size_t interp = sizeof(Elf64_Ehdr), load = interp + sizeof(Elf64_Phdr),
		     dynamic = load + sizeof(Elf64_Phdr);
	struct testtree *t = *state;

	assert_int_equal(state_with(t, offsetof(Elf64_Ehdr, e_phnum), 0xffff, 2), ELFFILE_DAMAGED);
	assert_int_equal(state_with(t, offsetof(Elf64_Ehdr, e_phnum), 100, 2), ELFFILE_CUT);
	assert_int_equal(state_with(t, offsetof(Elf64_Ehdr, e_phoff), UINT64_MAX, 8), ELFFILE_CUT);
	assert_int_equal(state_with(t, offsetof(Elf64_Ehdr, e_phentsize), 1, 2), ELFFILE_CUT);
	assert_int_equal(state_with(t, offsetof(Elf64_Ehdr, e_shoff), 1u << 20, 8), ELFFILE_TAIL);
	assert_int_equal(state_with(t, load + offsetof(Elf64_Phdr, p_filesz), UINT64_MAX, 8),
			 ELFFILE_CUT);
	assert_int_equal(state_with(t, load + offsetof(Elf64_Phdr, p_offset), UINT64_MAX - 10, 8),
			 ELFFILE_CUT);
	assert_int_equal(state_with(t, interp + offsetof(Elf64_Phdr, p_filesz), 4, 8),
			 ELFFILE_DAMAGED);
	assert_int_equal(state_with(t, dynamic + offsetof(Elf64_Phdr, p_offset), 1u << 30, 8),
			 ELFFILE_CUT);
	/* Nothing of the file is loaded where its names should be. */
	assert_int_equal(state_with(t, load + offsetof(Elf64_Phdr, p_vaddr), 1u << 30, 8),
			 ELFFILE_DAMAGED);
}

static void test_machines(void **state)
{
	struct elffile_machine x = { true, ELFCLASS64, ELFDATA2LSB, EM_X86_64 },
			       i = { true, ELFCLASS32, ELFDATA2LSB, EM_386 },
			       a = { true, ELFCLASS64, ELFDATA2LSB, EM_AARCH64 }, odd = x;
	struct testtree *t = *state;

	assert_true(elffile_same_machine(&x, &x));
	assert_false(elffile_same_machine(&x, &i));
	assert_true(elffile_kindred(&x, &i));
	assert_false(elffile_kindred(&x, &a));
	assert_string_equal(elffile_machine_name(t->arena, &a), "AArch64");
	odd.machine = 60000;
	assert_string_equal(elffile_machine_name(t->arena, &odd), "machine 60000");
	assert_false(elffile_kindred(&odd, &x));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)
		T(test_whole),	 T(test_compiled), T(test_states),   T(test_cut),
		T(test_flipped), T(test_headers),  T(test_machines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
