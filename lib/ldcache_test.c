/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <errno.h>

#include "lib/ldcache.h"
#include "lib/ldconf.h"
#include "lib/testtree.h"

static void put32(struct bytes *b, uint32_t v)
{
	bytes_add(b, &v, sizeof(v));
}

struct item {
	const char *name, *path;
	uint64_t hwcap;
};

static const struct item items[] = {
	{ "libz.so.1", "/lib/libz.so.1", 0 },
	{ "libm.so.6", "/lib/glibc-hwcaps/x86-64-v3/libm.so.6", 0 },
	{ "libm.so.6", "/lib/libm.so.6", 0 },
	{ "libm.so.6", "/lib/i686/libm.so.6", 1 },
};

/* Strings are counted from base. */
static void add_new(struct bytes *b, size_t base)
{
	struct bytes strings = { 0 };
	size_t text = b->len - base + 48 + 24 * ARRAY_SIZE(items);

	bytes_adds(b, "glibc-ld.so.cache1.1");
	put32(b, ARRAY_SIZE(items));
	for (int i = 0; i < 6; i++)
		put32(b, 0);
	for (size_t i = 0; i < ARRAY_SIZE(items); i++) {
		put32(b, 0x303);
		put32(b, (uint32_t)(text + strings.len));
		bytes_add(&strings, items[i].name, strlen(items[i].name) + 1);
		put32(b, (uint32_t)(text + strings.len));
		bytes_add(&strings, items[i].path, strlen(items[i].path) + 1);
		put32(b, 0);
		bytes_add(b, &items[i].hwcap, 8);
	}
	bytes_add(b, strings.data, strings.len);
	bytes_free(&strings);
}

static void check(struct arena *a, const struct bytes *b)
{
	struct ldcache c;
	size_t i;

	assert_int_equal(ldcache_parse(a, b->data, b->len, ELFDATA2LSB, &c), 0);
	assert_int_equal(c.n, 4);
	i = ldcache_first(&c, "libm.so.6");
	assert_int_equal(i, 0);
	assert_string_equal(c.e[i].path, "/lib/libm.so.6");
	assert_true(c.e[i + 1].special);
	assert_true(c.e[i + 2].special);
	assert_false(ldcache_is(&c, i + 3, "libm.so.6"));
	assert_string_equal(c.e[ldcache_first(&c, "libz.so.1")].path, "/lib/libz.so.1");
	assert_int_equal(ldcache_first(&c, "libq.so.1"), c.n);
	assert_int_equal(ldcache_first(&c, ""), c.n);
	assert_int_equal(ldcache_first(&c, "zzz"), c.n);
}

static void test_new(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = { 0 };

	add_new(&b, 0);
	check(t->arena, &b);
}

static void test_both(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = { 0 };
	size_t base;

	bytes_add(&b, "ld.so-1.7.0\0", 12);
	put32(&b, 1);
	for (int i = 0; i < 3; i++)
		put32(&b, 0);
	while (b.len % 8)
		bytes_addc(&b, '\0');
	base = b.len;
	add_new(&b, base);
	check(t->arena, &b);
}

static void test_old(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = { 0 };
	struct ldcache c;

	bytes_add(&b, "ld.so-1.7.0\0", 12);
	put32(&b, 2);
	put32(&b, 3), put32(&b, 0), put32(&b, 10);
	put32(&b, 3), put32(&b, 0), put32(&b, 99999);
	bytes_add(&b, "libz.so.1\0/lib/libz.so.1\0", 25);
	assert_int_equal(ldcache_parse(t->arena, b.data, b.len, ELFDATA2LSB, &c), 0);
	assert_int_equal(c.n, 1);
	assert_string_equal(c.e[0].path, "/lib/libz.so.1");
}

/* Cut anywhere, or with any byte changed: bounded, and no read outside. */
static void test_hostile(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = { 0 };
	struct ldcache c;

	add_new(&b, 0);
	for (size_t n = 0; n < b.len; n++) {
		char *copy = xmalloc(n ? n : 1);

		memcpy(copy, b.data, n);
		ldcache_parse(t->arena, copy, n, ELFDATA2LSB, &c);
		free(copy);
	}
	for (size_t i = 0; i < b.len; i++) {
		char old = b.data[i];

		for (int v = 0; v < 256; v += 51) {
			b.data[i] = (char)v;
			if (ldcache_parse(t->arena, b.data, b.len, ELFDATA2LSB, &c) == 0)
				ldcache_first(&c, "libm.so.6");
		}
		b.data[i] = old;
	}
	assert_int_equal(ldcache_parse(t->arena, b.data, b.len, ELFDATA2MSB, &c), -EBADMSG);
	assert_int_equal(ldcache_parse(t->arena, "", 0, ELFDATA2LSB, &c), -EBADMSG);
	assert_int_equal(ldcache_read(t->root, t->arena, ELFDATA2LSB, &c), -ENOENT);
}

/* --- ld.so.conf and musl's path --- */

static void test_conf(void **state)
{
	struct testtree *t = *state;
	struct lines dirs = { 0 };

	testtree_text(t, "/etc/ld.so.conf",
		      "# x\n/opt/a/ # mine\n include ld.so.conf.d/*.conf /etc/more\n"
		      "hwcap 0 nosegneg\n/opt/a\nrelative\n/opt/c=libc6\r\nincluded\n");
	testtree_text(t, "/etc/ld.so.conf.d/b.conf", "/opt/b");
	testtree_text(t, "/etc/ld.so.conf.d/a.conf", "/opt/first\ninclude /etc/ld.so.conf\n");
	testtree_text(t, "/etc/ld.so.conf.d/.hidden.conf", "/hidden\n");
	testtree_text(t, "/etc/ld.so.conf.d/a.conf.dpkg-old", "/old\n");
	testtree_text(t, "/etc/more", "\t/opt/more\n");
	ldconf_read(t->root, t->arena, "/etc/ld.so.conf", &dirs);
	assert_int_equal(dirs.n, 5);
	assert_string_equal(dirs.s[0], "/opt/a");
	assert_string_equal(dirs.s[1], "/opt/first");
	assert_true(in_list("/opt/b", dirs.s));
	assert_true(in_list("/opt/more", dirs.s));
	assert_true(in_list("/opt/c", dirs.s));
}

static void test_musl(void **state)
{
	struct testtree *t = *state;
	struct lines dirs = { 0 }, own = { 0 };

	ldconf_musl(t->root, t->arena, "/lib/ld-musl-x86_64.so.1", &dirs);
	assert_int_equal(dirs.n, 3);
	assert_string_equal(dirs.s[1], "/usr/local/lib");
	testtree_text(t, "/etc/ld-musl-x86_64.path", "/one:/two\n/three/\n");
	ldconf_musl(t->root, t->arena, "/lib/ld-musl-x86_64.so.1", &own);
	assert_int_equal(own.n, 3);
	assert_string_equal(own.s[2], "/three");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, testtree_setup, testtree_teardown)
		T(test_new), T(test_both), T(test_old), T(test_hostile), T(test_conf), T(test_musl),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
