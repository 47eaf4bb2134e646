/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testtree.h"

#include <errno.h>

#include "lib/cpio.h"
#include "lib/cpiowrite.h"

struct seen {
	struct bytes names, content;
};

static bool entry(void *arg, const struct cpio_entry *e)
{
	struct seen *s = arg;

	bytes_addf(&s->names, "%s %o %u\n", e->name, e->mode, e->size);
	return true;
}

static void content(void *arg, const unsigned char *p, size_t n)
{
	bytes_add(&((struct seen *)arg)->content, p, n);
}

static const struct cpio_ops ops = { .entry = entry, .content = content };

static void make(struct bytes *b)
{
	struct cpiowrite w;

	cpiowrite_begin(&w, b, "usr/lib/modules/6.1");
	assert_int_equal(cpiowrite_file(&w, "modules.dep", 0644, "abc", 3), 0);
	assert_int_equal(cpiowrite_file(&w, "kernel/fs/xfs.ko", 0100600, "abcd", 4), 0);
	assert_int_equal(cpiowrite_file(&w, "kernel/fs/empty.ko", 0644, NULL, 0), 0);
	assert_int_equal(cpiowrite_file(&w, "kernel/x.ko", 0644, "e", 1), 0);
	cpiowrite_end(&w);
}

static void reads_back(void **state UNUSED)
{
	_cleanup_bytes_ struct bytes b = { 0 }, again = { 0 };
	struct seen s = { 0 };
	struct cpio c;
	size_t taken;

	bytes_add(&b, "12345678", 8);
	make(&b);
	make(&again);
	assert_int_equal(again.len % 512, 0);
	assert_int_equal(b.len, again.len + 8);
	assert_memory_equal(b.data + 8, again.data, again.len);
	cpio_begin(&c, &ops, &s);
	assert_int_equal(cpio_feed(&c, (unsigned char *)again.data, again.len, &taken), CPIO_MORE);
	assert_int_equal(taken, again.len);
	assert_true(cpio_is_between(&c));
	assert_true(c.trailer);
	assert_string_equal(s.names.data, "usr/lib/modules/6.1/modules.dep 100644 3\n"
					  "usr/lib/modules/6.1/kernel 40755 0\n"
					  "usr/lib/modules/6.1/kernel/fs 40755 0\n"
					  "usr/lib/modules/6.1/kernel/fs/xfs.ko 100600 4\n"
					  "usr/lib/modules/6.1/kernel/fs/empty.ko 100644 0\n"
					  "usr/lib/modules/6.1/kernel/x.ko 100644 1\n");
	assert_string_equal(s.content.data, "abcabcde");
	bytes_free(&s.names);
	bytes_free(&s.content);
}

/* What the system's own cpio makes of it. */
static void as_cpio_reads_it(void **state UNUSED)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	char listed[512] = "";
	FILE *in, *out;

	if (system("command -v cpio >/dev/null 2>&1"))
		skip();
	make(&b);
	in = fopen("/tmp/bootmend-cpiowrite-test", "w");
	assert_non_null(in);
	fwrite(b.data, 1, b.len, in);
	fclose(in);
	out = popen("cpio -it --quiet </tmp/bootmend-cpiowrite-test 2>&1", "r");
	assert_non_null(out);
	listed[fread(listed, 1, sizeof(listed) - 1, out)] = '\0';
	assert_int_equal(pclose(out), 0);
	unlink("/tmp/bootmend-cpiowrite-test");
	assert_non_null(strstr(listed, "usr/lib/modules/6.1/kernel/fs/empty.ko\n"));
}

static void refuses_names(void **state UNUSED)
{
	static const char *const bad[] = { "",	    "/etc/passwd", "a/../b", "..",   "a//b",
					   "a/./b", "a/",	   ".",	     "../x", "a/.." };
	_cleanup_bytes_ struct bytes b = { 0 };
	_cleanup_free_ char *longest = xcalloc(1, PATH_MAX + 1);
	struct cpiowrite w;
	size_t len;

	cpiowrite_begin(&w, &b, "lib");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_false(cpiowrite_name_is_plain(bad[i]));
		assert_int_equal(cpiowrite_file(&w, bad[i], 0644, "x", 1), -EINVAL);
	}
	memset(longest, 'x', PATH_MAX);
	assert_int_equal(cpiowrite_file(&w, longest, 0644, "x", 1), -ENAMETOOLONG);
	assert_int_equal(b.len, 0);
	assert_true(cpiowrite_name_is_plain("a.b/..c/...d"));
	cpiowrite_end(&w);
	len = b.len;
	assert_int_equal(len, 512);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_back),
		cmocka_unit_test(as_cpio_reads_it),
		cmocka_unit_test(refuses_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
