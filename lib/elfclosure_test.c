/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <time.h>

#include "lib/elfclosure.h"
#include "lib/elfowner.h"
#include "lib/testelf.h"
#include "lib/testtree.h"

#define LOADER "/lib64/ld-linux-x86-64.so.2"
#define MULTI "/lib/x86_64-linux-gnu"

static void put(struct testtree *t, const char *path, const struct testelf *e)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	testelf_make(e, &b);
	testtree_put(t, path, b.data, b.len);
}
#define PUT(t, path, ...) put(t, path, &(struct testelf){ __VA_ARGS__ })

/* A C library, its loader and a shell. */
static int tree_setup(void **state)
{
	struct testtree *t;

	testtree_setup(state);
	t = *state;
	PUT(t, LOADER, .soname = "ld-linux-x86-64.so.2");
	PUT(t, MULTI "/libc.so.6", .soname = "libc.so.6", .needs = "ld-linux-x86-64.so.2",
	    .defines = "libc.so.6,GLIBC_2.2.5,GLIBC_2.34");
	PUT(t, "/bin/sh", .interp = LOADER, .needs = "libc.so.6");
	return 0;
}

static struct elfclosure *walk(struct testtree *t, const char *path)
{
	struct elfclosure *c = elfclosure_new(t->root, t->arena);

	elfclosure_program(c, path, 0);
	return c;
}

static void expect(const struct elfclosure *c, enum elflack_kind kind, const char *name,
		   const char *chain)
{
	assert_non_null(c->lack);
	assert_int_equal(c->lacks, 1);
	assert_int_equal(c->lack->kind, kind);
	assert_string_equal(c->lack->name, name);
	assert_non_null(c->lack->why);
	assert_non_null(c->lack->hit);
	assert_string_equal(c->lack->hit->chain, chain);
}

static void test_sound(void **state)
{
	struct elfclosure *c = walk(*state, "/bin/sh");

	assert_null(c->lack);
	assert_true(c->own.known);
	assert_int_equal(c->own.machine, EM_X86_64);
	assert_string_equal(c->loader, LOADER);
	elfclosure_program(c, "/bin/gone", 0);
	assert_null(c->lack);
}

static void test_chain(void **state)
{
	struct testtree *t = *state;

	PUT(t, "/bin/a", .interp = LOADER, .needs = "libone.so.1,libc.so.6");
	PUT(t, MULTI "/libone.so.1", .soname = "libone.so.1", .needs = "libtwo.so.2,libc.so.6");
	expect(walk(t, "/bin/a"), ELFLACK_LIBRARY, "libtwo.so.2",
	       "'/bin/a' needs libone.so.1, which needs libtwo.so.2");
}

static void test_loader(void **state)
{
	struct testtree *t = *state;
	struct elfclosure *c;

	PUT(t, "/bin/a", .interp = "/lib/ld-gone.so.1", .needs = "libc.so.6");
	expect(walk(t, "/bin/a"), ELFLACK_LOADER, "/lib/ld-gone.so.1",
	       "'/bin/a' needs the program loader '/lib/ld-gone.so.1'");
	testtree_text(t, LOADER, "x");
	c = walk(t, "/bin/sh");
	expect(c, ELFLACK_DAMAGED, LOADER, "'/bin/sh' needs the program loader '" LOADER "'");
}

static void test_versions(void **state)
{
	struct testtree *t = *state;
	struct elfclosure *c;

	PUT(t, "/bin/a", .interp = LOADER, .needs = "libc.so.6,libold.so.1",
	    .versions = "libc.so.6:GLIBC_2.34,libc.so.6:GLIBC_2.99,libold.so.1:OLD_1,gone.so:X");
	PUT(t, MULTI "/libold.so.1", .soname = "libold.so.1");
	c = walk(t, "/bin/a");
	expect(c, ELFLACK_VERSION, MULTI "/libc.so.6",
	       "'/bin/a' needs version GLIBC_2.99 of libc.so.6");
	assert_int_equal(c->lack->versions.n, 1);
}

static void test_paths(void **state)
{
	struct testtree *t = *state;
	struct elfclosure *c = elfclosure_new(t->root, t->arena);

	/* RPATH is passed on to libraries, RUNPATH is not. */
	PUT(t, "/opt/lib/libdeep.so", .soname = "libdeep.so");
	PUT(t, "/opt/lib/libmid.so", .soname = "libmid.so", .needs = "libdeep.so");
	PUT(t, "/opt/bin/rpath", .interp = LOADER, .needs = "libmid.so", .rpath = "$ORIGIN/../lib");
	elfclosure_program(c, "/opt/bin/rpath", 0);
	assert_null(c->lack);
	PUT(t, "/opt/bin/runpath", .interp = LOADER, .needs = "libmid.so",
	    .runpath = "/nowhere:${ORIGIN}/../lib");
	elfclosure_program(c, "/opt/bin/runpath", 0);
	expect(c, ELFLACK_LIBRARY, "libdeep.so",
	       "'/opt/bin/runpath' needs libmid.so, which needs libdeep.so");
	/* It is there by the time the second asks, found by the program itself. */
	c = elfclosure_new(t->root, t->arena);
	PUT(t, "/opt/bin/both", .interp = LOADER, .needs = "libdeep.so,libmid.so",
	    .runpath = "/opt/lib");
	elfclosure_program(c, "/opt/bin/both", 0);
	assert_null(c->lack);
	PUT(t, "/opt/bin/lib", .interp = LOADER, .needs = "libl.so", .runpath = "/opt/$LIB");
	PUT(t, "/opt/lib/x86_64-linux-gnu/libl.so", .soname = "libl.so");
	elfclosure_program(c, "/opt/bin/lib", 0);
	assert_null(c->lack);
	PUT(t, "/opt/bin/nodef", .interp = LOADER, .needs = "libc.so.6", .nodeflib = true);
	elfclosure_program(c, "/opt/bin/nodef", 0);
	expect(c, ELFLACK_LIBRARY, "libc.so.6", "'/opt/bin/nodef' needs libc.so.6");
}

static void test_conf(void **state)
{
	static const char empty[48] = "glibc-ld.so.cache1.1";
	struct testtree *t = *state;
	struct elfclosure *c;

	PUT(t, "/bin/a", .interp = LOADER, .needs = "libx.so.1");
	PUT(t, "/opt/x/libx.so.1", .soname = "libx.so.1");
	PUT(t, "/bin/caps", .interp = LOADER, .needs = "libcaps.so.1");
	PUT(t, MULTI "/glibc-hwcaps/x86-64-v2/libcaps.so.1", .soname = "libcaps.so.1");
	assert_null(walk(t, "/bin/caps")->lack);
	expect(walk(t, "/bin/a"), ELFLACK_LIBRARY, "libx.so.1", "'/bin/a' needs libx.so.1");
	testtree_text(t, "/etc/ld.so.conf", "/opt/x\n");
	assert_null(walk(t, "/bin/a")->lack);
	/* A cache is what the loader goes by; this one knows of nothing. */
	testtree_put(t, "/etc/ld.so.cache", empty, sizeof(empty));
	c = walk(t, "/bin/a");
	expect(c, ELFLACK_LIBRARY, "libx.so.1", "'/bin/a' needs libx.so.1");
}

static void test_machines(void **state)
{
	struct testtree *t = *state;
	struct elfclosure *c;

	PUT(t, "/bin/arm", .interp = LOADER, .machine = EM_AARCH64);
	expect(walk(t, "/bin/arm"), ELFLACK_MACHINE, "/bin/arm", "'/bin/arm'");
	PUT(t, "/bin/a", .interp = LOADER, .needs = "liba.so.1");
	PUT(t, MULTI "/liba.so.1", .soname = "liba.so.1", .machine = EM_AARCH64);
	expect(walk(t, "/bin/a"), ELFLACK_MACHINE, MULTI "/liba.so.1", "'/bin/a' needs liba.so.1");
	/* The right one behind it is taken. */
	PUT(t, "/usr/lib/liba.so.1", .soname = "liba.so.1");
	c = walk(t, "/bin/a");
	assert_null(c->lack);
}

static void test_damaged(void **state)
{
	struct testtree *t = *state;
	struct elfclosure *c;

	PUT(t, "/bin/a", .interp = LOADER, .needs = "liba.so.1");
	testtree_text(t, MULTI "/liba.so.1", "");
	c = walk(t, "/bin/a");
	expect(c, ELFLACK_DAMAGED, MULTI "/liba.so.1", "'/bin/a' needs liba.so.1");
	assert_true(c->lack->empty);
	testtree_put(t, "/bin/zeros", "\0\0\0\0\0\0\0\0", 8);
	expect(walk(t, "/bin/zeros"), ELFLACK_DAMAGED, "/bin/zeros", "'/bin/zeros'");
	/* A text may be a stub that a shell runs. */
	testtree_text(t, "/bin/text", "echo x\n");
	assert_null(walk(t, "/bin/text")->lack);
}

static void test_scripts(void **state)
{
	struct testtree *t = *state;

	testtree_text(t, "/bin/s", "#! /bin/sh -e\n");
	assert_null(walk(t, "/bin/s")->lack);
	testtree_text(t, "/bin/s", "#!/bin/gone\n");
	expect(walk(t, "/bin/s"), ELFLACK_LOADER, "/bin/gone",
	       "'/bin/s' is a script for '/bin/gone'");
	testtree_text(t, "/bin/s", "#!/bin/sh\r\n");
	expect(walk(t, "/bin/s"), ELFLACK_LOADER, "/bin/s", "'/bin/s'");
	testtree_text(t, "/bin/s", "#!/bin/sh\n");
	testtree_unlink(t, MULTI "/libc.so.6");
	expect(walk(t, "/bin/s"), ELFLACK_LIBRARY, "libc.so.6",
	       "'/bin/s' is a script for '/bin/sh', which needs libc.so.6");
	testtree_text(t, "/bin/self", "#!/bin/self\n");
	walk(t, "/bin/self");
}

static void test_musl(void **state)
{
	struct testtree *t = *state;
	static const char ld[] = "/lib/ld-musl-x86_64.so.1";

	PUT(t, ld, .soname = "libc.musl-x86_64.so.1");
	PUT(t, "/bin/m", .interp = ld, .needs = "libc.musl-x86_64.so.1,libpthread.so.0,libz.so.1");
	expect(walk(t, "/bin/m"), ELFLACK_LIBRARY, "libz.so.1", "'/bin/m' needs libz.so.1");
	PUT(t, "/lib/libz.so.1", .soname = "libz.so.1");
	assert_null(walk(t, "/bin/m")->lack);
	testtree_text(t, "/etc/ld-musl-x86_64.path", "/opt\n");
	expect(walk(t, "/bin/m"), ELFLACK_LIBRARY, "libz.so.1", "'/bin/m' needs libz.so.1");
}

static void test_modules(void **state)
{
	struct testtree *t = *state;
	struct elfclosure *c = elfclosure_new(t->root, t->arena);
	const struct elflack *l;
	const char *chain = NULL;

	PUT(t, "/lib/security/pam_x.so", .needs = "libx.so.1,libc.so.6");
	l = elfclosure_of_module(c, "/lib/security/pam_x.so", 3, &chain);
	assert_non_null(l);
	assert_string_equal(chain, "'/lib/security/pam_x.so' needs libx.so.1");
	c->lack->told = true;
	assert_null(elfclosure_of_module(c, "/lib/security/pam_x.so", 3, &chain));
	elfclosure_library(c, "libnss_x.so.2", "/etc/nsswitch.conf", 1, NULL);
	assert_int_equal(c->lacks, 1);
	elfclosure_library(c, "libnss_x.so.2", "/etc/nsswitch.conf", 1, "it needs it");
	assert_int_equal(c->lacks, 2);
}

/* Each needs the other, and itself. */
static void test_cycle(void **state)
{
	struct testtree *t = *state;

	PUT(t, "/bin/a", .interp = LOADER, .needs = "liba.so,libb.so");
	PUT(t, MULTI "/liba.so", .soname = "liba.so", .needs = "libb.so,liba.so");
	PUT(t, MULTI "/libb.so", .soname = "other.so", .needs = "liba.so,libb.so,other.so");
	assert_null(walk(t, "/bin/a")->lack);
}

/* A chain of many libraries ends, and its words stay short. */
static void test_deep(void **state)
{
	struct testtree *t = *state;
	struct elfclosure *c;

	PUT(t, "/bin/a", .interp = LOADER, .needs = "lib0.so");
	for (int i = 0; i < 1500; i++) {
		_cleanup_free_ char *path = xasprintf(MULTI "/lib%d.so", i),
				    *next = xasprintf("lib%d.so", i + 1);

		PUT(t, path, .rpath = "/a:/b:$ORIGIN", .needs = next);
	}
	c = walk(t, "/bin/a");
	for (const struct elflack *l = c->lack; l; l = l->next)
		assert_true(strlen(l->hit->chain) < 400);
}

/* Any byte of a library changed: an answer, in bounded time. */
static void test_mutated(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = { 0 };
	uint64_t x = 88172645463325252u;

	testelf_make(&(struct testelf){ .soname = "libx.so.1",
					.needs = "libc.so.6,libx.so.1",
					.rpath = "$LIB:$ORIGIN:${PLATFORM}",
					.versions = "libc.so.6:GLIBC_2.34",
					.defines = "A,B,C" },
		     &b);
	PUT(t, "/bin/a", .interp = LOADER, .needs = "libx.so.1");
	for (int i = 0; i < 3000; i++) {
		char old[2];
		size_t at[2];

		for (int k = 0; k < 2; k++) {
			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			at[k] = (size_t)(x % b.len);
			old[k] = b.data[at[k]];
			b.data[at[k]] = (char)(x >> 32);
		}
		testtree_put(t, MULTI "/libx.so.1", b.data, b.len);
		walk(t, "/bin/a");
		for (int k = 1; k >= 0; k--)
			b.data[at[k]] = old[k];
	}
}

/* A thousand programs that share their libraries. */
static void test_many(void **state)
{
	struct testtree *t = *state;
	struct elfclosure *c = elfclosure_new(t->root, t->arena);
	struct timespec from, to;

	for (int i = 0; i < 20; i++) {
		_cleanup_free_ char *path = xasprintf(MULTI "/lib%d.so", i),
				    *needs = xasprintf("lib%d.so,libc.so.6", i ? i - 1 : 0);

		PUT(t, path, .needs = needs, .versions = "libc.so.6:GLIBC_2.34");
	}
	for (int i = 0; i < 1000; i++) {
		_cleanup_free_ char *path = xasprintf("/usr/bin/p%d", i);

		PUT(t, path, .interp = LOADER, .needs = "lib19.so,libc.so.6",
		    .versions = "libc.so.6:GLIBC_2.2.5,libc.so.6:GLIBC_2.34");
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int i = 0; i < 1000; i++) {
		_cleanup_free_ char *path = xasprintf("/usr/bin/p%d", i);

		elfclosure_program(c, path, 0);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	assert_null(c->lack);
	/* Sanitizers and a busy machine included: it is 0.1 s without. */
	assert_true(to.tv_sec - from.tv_sec < 10);
}

static void test_owner(void **state)
{
	struct testtree *t = *state;
	struct elfowner o[] = { { .name = "libmount.so.1" },
				{ .name = "/lib/x/liba.so" },
				{ .name = "mount.so.1" },
				{ .name = "/opt/liba.so" } };

	assert_false(elfowner_find(t->root, t->arena, o, ARRAY_SIZE(o)));
	testtree_text(t, "/var/lib/dpkg/info/libmount1:amd64.list",
		      "/.\n/usr/lib/x/libmount.so.1.1.0\n/usr/lib/x/libmount.so.1\n");
	testtree_text(t, "/var/lib/dpkg/info/liba.list", "/usr/lib/x/liba.so\n");
	testtree_text(t, "/var/lib/dpkg/info/liba.md5sums", "/opt/liba.so\n");
	assert_true(elfowner_find(t->root, t->arena, o, ARRAY_SIZE(o)));
	assert_string_equal(o[0].package, "libmount1");
	assert_string_equal(o[1].package, "liba");
	assert_null(o[2].package);
	assert_null(o[3].package);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, tree_setup, testtree_teardown)
		T(test_sound),	 T(test_chain),	  T(test_loader),   T(test_versions),
		T(test_paths),	 T(test_conf),	  T(test_machines), T(test_damaged),
		T(test_scripts), T(test_musl),	  T(test_modules),  T(test_cycle),
		T(test_deep),	 T(test_mutated), T(test_many),	    T(test_owner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
