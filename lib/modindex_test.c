/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/testtree.h"

#include <errno.h>

#include "lib/modindex.h"

static const struct modindex_entry some[] = {
	{ "crc16", "kernel/lib/crc16.ko:" },
	{ "ext2", "kernel/fs/ext2/ext2.ko: kernel/fs/mbcache.ko" },
	{ "ext4", "kernel/fs/ext4/ext4.ko.xz: kernel/lib/crc16.ko kernel/fs/mbcache.ko" },
	{ "ext4_more", "kernel/fs/ext4/ext4-more.ko: kernel/fs/ext4/ext4.ko.xz" },
	{ "mbcache", "kernel/fs/mbcache.ko:" },
};

static uint32_t number_at(const struct bytes *b, size_t at)
{
	const unsigned char *p = (const unsigned char *)b->data + at;

	assert_true(at + 4 <= b->len);
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* As kmod walks it; NULL: no such key. */
static const char *look_up(const struct bytes *b, const char *key)
{
	uint32_t place = number_at(b, 8);

	for (;;) {
		size_t at = place & 0x0fffffff, n;

		if (place & 0x80000000) {
			n = strlen(b->data + at);
			if (strncmp(b->data + at, key, n) != 0)
				return NULL;
			key += n;
			at += n + 1;
		}
		if (place & 0x20000000) {
			unsigned char first = (unsigned char)b->data[at];
			unsigned char last = (unsigned char)b->data[at + 1],
				      c = (unsigned char)*key;

			at += 2;
			if (*key) {
				if (c < first || c > last)
					return NULL;
				place = number_at(b, at + 4u * (c - first));
				key++;
				if (!place)
					return NULL;
				continue;
			}
			at += 4u * (last - first + 1u);
		}
		if (*key || !(place & 0x40000000))
			return NULL;
		assert_int_equal(number_at(b, at), 1);
		return b->data + at + 8;
	}
}

static void looks_up(void **state UNUSED)
{
	for (size_t n = 1; n <= ARRAY_SIZE(some); n++) {
		_cleanup_bytes_ struct bytes b = { 0 };

		assert_int_equal(modindex_make(some, n, &b), 0);
		assert_true(modindex_is_sound(b.data, b.len));
		for (size_t i = 0; i < ARRAY_SIZE(some); i++) {
			const char *got = look_up(&b, some[i].key);

			if (i < n)
				assert_string_equal(got, some[i].text);
			else
				assert_null(got);
		}
		assert_null(look_up(&b, "ext"));
		assert_null(look_up(&b, ""));
		assert_null(look_up(&b, "ext4_mor"));
	}
}

/* modprobe itself, where this machine has one. */
static void as_modprobe_reads_it(void **state)
{
	static const char *const files[] = { "/lib/modules/6.1/kernel/fs/ext4/ext4.ko.xz",
					     "/lib/modules/6.1/kernel/fs/ext4/ext4-more.ko" };
	struct testtree *t = *state;
	_cleanup_bytes_ struct bytes b = { 0 };
	_cleanup_free_ char *command =
		xasprintf("modprobe -d %s -S 6.1 --show-depends ext4_more 2>&1", t->dir);
	char said[1024] = "";
	FILE *out;

	if (system("command -v modprobe >/dev/null 2>&1"))
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		testtree_text(t, files[i], "");
	assert_int_equal(modindex_make(some, ARRAY_SIZE(some), &b), 0);
	testtree_put(t, "/lib/modules/6.1/modules.dep.bin", b.data, b.len);
	out = popen(command, "r");
	assert_non_null(out);
	said[fread(said, 1, sizeof(said) - 1, out)] = '\0';
	pclose(out);
	assert_non_null(strstr(said, "kernel/fs/ext4/ext4.ko.xz \ninsmod "));
	assert_non_null(strstr(said, "kernel/fs/ext4/ext4-more.ko "));
}

static void many(void **state UNUSED)
{
	enum { N = 20000 };
	struct modindex_entry *e = xcalloc(N, sizeof(*e));
	_cleanup_bytes_ struct bytes b = { 0 };

	for (size_t i = 0; i < N; i++)
		e[i] = (struct modindex_entry){ xasprintf("m%06zu", i), "kernel/x.ko:" };
	assert_int_equal(modindex_make(e, N, &b), 0);
	for (size_t i = 0; i < N; i += 97)
		assert_string_equal(look_up(&b, e[i].key), "kernel/x.ko:");
	for (size_t i = 0; i < N; i++)
		free((char *)e[i].key);
	free(e);
}

static void refused(void **state UNUSED)
{
	char longest[300] = "";
	const struct {
		struct modindex_entry e[2];
		size_t n;
	} bad[] = {
		{ { { "b", "" }, { "a", "" } }, 2 },
		{ { { "a", "" }, { "a", "" } }, 2 },
		{ { { "", "" } }, 1 },
		{ { { "\xc3\xa4", "" } }, 1 },
		{ { { longest, "" } }, 1 },
		{ { { "a", "" } }, 0 },
	};

	memset(longest, 'x', sizeof(longest) - 1);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_bytes_ struct bytes b = { 0 };

		assert_int_equal(modindex_make(bad[i].e, bad[i].n, &b), -EINVAL);
	}
}

static void sound(void **state UNUSED)
{
	static const unsigned char good[] = { 0xb0, 7, 0xf4, 0x57, 0, 2, 0, 1, 0, 0, 0, 12, 0 };
	unsigned char bad[sizeof(good)];

	assert_true(modindex_is_sound(good, sizeof(good)));
	for (size_t n = 0; n < sizeof(good); n++)
		assert_false(modindex_is_sound(good, n));
	for (size_t i = 0; i < 6; i++) {
		memcpy(bad, good, sizeof(good));
		bad[i] ^= 0x10;
		assert_false(modindex_is_sound(bad, sizeof(bad)));
	}
	memcpy(bad, good, sizeof(good));
	bad[11] = 99;
	assert_false(modindex_is_sound(bad, sizeof(bad)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_up),
		cmocka_unit_test_setup_teardown(as_modprobe_reads_it, testtree_setup,
						testtree_teardown),
		cmocka_unit_test(many),
		cmocka_unit_test(refused),
		cmocka_unit_test(sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
