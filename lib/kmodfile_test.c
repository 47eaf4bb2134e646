/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testtree.h"

#include "lib/kmodfile.h"
#include "lib/testmodule.h"
#include "lib/testpack.h"

#define PATH "/lib/modules/6.1/kernel/x.ko"
#define INFO "license=GPL\0vermagic=6.1 SMP mod_unload"

static const char *look(struct testtree *t)
{
	_cleanup_kmodfile_ struct kmodfile k = { 0 };

	return kmodfile_read(t->root, PATH, "6.1", &k);
}

static const char *look_at(struct testtree *t, const struct bytes *b)
{
	testtree_put(t, PATH, b->data, b->len);
	return look(t);
}

static void each_compression(void **state)
{
	static const char *const how[] = { "none", "gzip", "xz", "zstd" };
	_cleanup_bytes_ struct bytes module = { 0 };

	testmodule(&module, INFO, sizeof(INFO));
	for (size_t i = 0; i < ARRAY_SIZE(how); i++) {
		_cleanup_kmodfile_ struct kmodfile k = { 0 };
		_cleanup_bytes_ struct bytes b = { 0 };

		assert_int_equal(testpack(how[i], &module, &b), 0);
		testtree_put(*state, PATH, b.data, b.len);
		assert_null(kmodfile_read(((struct testtree *)*state)->root, PATH, "6.1", &k));
		assert_true(bytes_equal(&k.raw, &b));
		assert_true(bytes_equal(kmodfile_object(&k), &module));
	}
}

static void cut_anywhere(void **state)
{
	static const char *const how[] = { "none", "gzip", "xz", "zstd" };
	_cleanup_bytes_ struct bytes module = { 0 };

	testmodule(&module, INFO, sizeof(INFO));
	for (size_t i = 0; i < ARRAY_SIZE(how); i++) {
		_cleanup_bytes_ struct bytes b = { 0 };

		assert_int_equal(testpack(how[i], &module, &b), 0);
		while (b.len > 0) {
			b.len--;
			assert_string_equal(look_at(*state, &b), "is damaged");
		}
	}
}

static void other_versions(void **state)
{
	static const struct {
		const char *info;
		bool foreign;
	} cases[] = {
		{ "vermagic=6.1 SMP", false },	  { "vermagic=6.1", false },
		{ "vermagic=6.10 SMP", true },	  { "vermagic=6", true },
		{ "vermagic=6.1-rc1 SMP", true }, { "notvermagic=6.2 SMP", false },
		{ "license=GPL", false },	  { "vermagic=", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_bytes_ struct bytes b = { 0 };
		const char *why;

		testmodule(&b, cases[i].info, strlen(cases[i].info) + 1);
		why = look_at(*state, &b);
		assert_int_equal(why != NULL, cases[i].foreign);
		if (why)
			assert_string_equal(why, "is of another kernel");
	}
}

static void not_to_be_had(void **state)
{
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes zeros = { 0 }, packed = { 0 };

	assert_string_equal(look(t), "is missing");
	testtree_link(t, PATH, "../../../../../../../../etc/passwd");
	assert_string_equal(look(t), "is missing");
	testtree_unlink(t, PATH);
	testtree_dir(t, PATH);
	assert_string_equal(look(t), "cannot be read");
	testtree_text(t, "/lib/modules/6.1/kernel/y.ko", "");
	testtree_grow(t, "/lib/modules/6.1/kernel/y.ko", (off_t)KMODFILE_MAX + 1);
	testtree_link(t, "/lib/modules/6.1/kernel/z.ko", "y.ko");
	{
		_cleanup_kmodfile_ struct kmodfile k = { 0 };

		assert_string_equal(
			kmodfile_read(t->root, "/lib/modules/6.1/kernel/z.ko", "6.1", &k),
			"cannot be read");
	}
	/* Unpacks to more than a module ever is. */
	testpack_zeros(&zeros, KMODFILE_MAX + (1u << 20));
	assert_int_equal(testpack("zstd", &zeros, &packed), 0);
	testtree_put(t, "/lib/modules/6.1/kernel/b.ko.zst", packed.data, packed.len);
	{
		_cleanup_kmodfile_ struct kmodfile k = { 0 };

		assert_string_equal(
			kmodfile_read(t->root, "/lib/modules/6.1/kernel/b.ko.zst", "6.1", &k),
			"is damaged");
	}
}

/* Every byte of the head wrong once: an answer, and no read outside. */
static void any_byte(void **state UNUSED)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	testmodule(&b, INFO, sizeof(INFO));
	for (size_t i = 0; i < b.len; i++) {
		for (unsigned v = 1; v < 256; v += 84) {
			b.data[i] ^= (char)v;
			kmodfile_is_whole(&b);
			kmodfile_is_foreign(&b, "6.1");
			b.data[i] ^= (char)v;
		}
	}
	assert_true(kmodfile_is_whole(&b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_compression, testtree_setup,
						testtree_teardown),
		cmocka_unit_test_setup_teardown(cut_anywhere, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(other_versions, testtree_setup, testtree_teardown),
		cmocka_unit_test_setup_teardown(not_to_be_had, testtree_setup, testtree_teardown),
		cmocka_unit_test(any_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
