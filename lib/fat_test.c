/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File systems made by mtools in all three widths: what went in comes out. Then bent at random and
 * on purpose: any answer but no crash and no end.
 */
#include <errno.h>
#include <stdio.h>

#include "lib/fat.h"
#include "lib/testtree.h"

#define BENDS 400

struct image {
	unsigned char *data;
	size_t len;
	unsigned long reads;
};

static int read_image(void *arg, uint64_t offset, void *buf, size_t len)
{
	struct image *m = arg;

	m->reads++;
	if (offset > m->len || len > m->len - offset)
		return -ERANGE;
	memcpy(buf, m->data + offset, len);
	return 0;
}

static int open_image(struct image *m, struct fat **out)
{
	struct reader r = { .read = read_image, .arg = m, .size = m->len };

	return fat_open(&r, out);
}

static int shell(const char *dir, const char *words)
{
	_cleanup_free_ char *line = xasprintf(
		"cd %s && exec >/dev/null 2>&1 && export MTOOLS_SKIP_CHECK=1 && %s", dir, words);

	return system(line);
}

static void load(const char *dir, const char *name, struct image *out)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, name);
	FILE *in = fopen(path, "re");
	struct stat st;

	assert_non_null(in);
	assert_int_equal(fstat(fileno(in), &st), 0);
	*out = (struct image){ .data = xmalloc((size_t)st.st_size), .len = (size_t)st.st_size };
	assert_int_equal(fread(out->data, 1, out->len, in), out->len);
	fclose(in);
}

struct seen {
	char names[4096];
	unsigned n;
};

static int note(void *arg, const struct fat_entry *e)
{
	struct seen *s = arg;

	s->n++;
	if (strlen(s->names) + strlen(e->name) + 32 < sizeof(s->names))
		sprintf(s->names + strlen(s->names), "%s%s:%u ", e->name, e->dir ? "/" : "",
			e->size);
	return 0;
}

static void expect_list(struct fat *f, const char *dir, const char *names)
{
	struct seen s = { 0 };

	assert_int_equal(fat_list(f, dir, note, &s), 0);
	assert_string_equal(s.names, names);
}

static void expect_big(struct fat *f)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	uint64_t size = 0;

	assert_int_equal(fat_read(f, "/efi/boot/bootx64.EFI", 1 << 20, &b, &size), 0);
	assert_int_equal(size, 300000);
	assert_int_equal(b.len, 300000);
	for (size_t i = 0; i < b.len; i++)
		assert_int_equal((unsigned char)b.data[i], (i * 2654435761u >> 13) & 0xff);
}

static void expect_rest(struct fat *f)
{
	_cleanup_bytes_ struct bytes b = { 0 }, none = { 0 };
	uint64_t size = 0;

	expect_list(f, "/EFI", "BOOT/:0 debian/:0 ");
	expect_list(f, "/EFI/debian", "grub.cfg:11 Ein langer Name \xc3\xa4.efi:0 ");
	assert_int_equal(fat_read(f, "EFI/Debian/GRUB.CFG", 5, &b, &size), 0);
	assert_int_equal(size, 11);
	assert_int_equal(b.len, 5);
	assert_memory_equal(b.data, "hello", 5);
	assert_int_equal(fat_read(f, "/EFI/debian/Ein langer Name \xc3\xa4.efi", 99, &none, &size),
			 0);
	assert_int_equal(none.len, 0);
	assert_int_equal(fat_read(f, "/EFI/nothing", 99, &none, &size), -ENOENT);
	assert_int_equal(fat_read(f, "/EFI/debian", 99, &none, &size), -EISDIR);
	assert_int_equal(fat_read(f, "/EFI/debian/grub.cfg/x", 99, &none, &size), -ENOTDIR);
}

static void expect_many(struct fat *f)
{
	struct seen s = { 0 };

	assert_int_equal(fat_list(f, "/many", note, &s), 0);
	assert_int_equal(s.n, 150);
}

static const struct {
	const char *format;
	size_t megabytes;
} widths[] = {
	{ "", 3 },
	{ "", 40 },
	{ "-F", 40 },
};

static void make(const struct testtree *t, size_t i, struct image *out)
{
	_cleanup_free_ char *make =
		xasprintf("truncate -s 0 img && truncate -s %zuM img && "
			  "mformat -i img %s -v ESP -T %zu ::",
			  widths[i].megabytes, widths[i].format, widths[i].megabytes * 2048);
	char big[300000];
	FILE *o;
	_cleanup_free_ char *path = xasprintf("%s/big", t->dir);

	for (size_t k = 0; k < sizeof(big); k++)
		big[k] = (char)(k * 2654435761u >> 13);
	o = fopen(path, "we");
	assert_non_null(o);
	assert_int_equal(fwrite(big, 1, sizeof(big), o), sizeof(big));
	fclose(o);
	assert_int_equal(shell(t->dir, make), 0);
	assert_int_equal(
		shell(t->dir,
		      "export LC_ALL=C.UTF-8; mmd -i img ::EFI ::EFI/BOOT ::EFI/debian ::many && "
		      "mcopy -i img big ::EFI/BOOT/BOOTX64.EFI && printf 'hello world' >h && "
		      "mcopy -i img h ::EFI/debian/gone.cfg && "
		      "mcopy -i img h ::EFI/debian/grub.cfg && mdel -i img ::EFI/debian/gone.cfg && "
		      ": >'Ein langer Name \xc3\xa4.efi' && "
		      "mcopy -i img 'Ein langer Name \xc3\xa4.efi' ::EFI/debian && "
		      "mkdir -p m && (cd m && for i in $(seq 150); do : >\"number $i.conf\"; done) && "
		      "mcopy -i img m/* ::many"),
		0);
	load(t->dir, "img", out);
}

static void with_mtools(void (*what)(struct image *m, struct fat *f))
{
	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		struct testtree t;
		struct image m;
		struct fat *f = NULL;

		testtree_open(&t);
		make(&t, i, &m);
		assert_int_equal(open_image(&m, &f), 0);
		what(&m, f);
		fat_close(f);
		free(m.data);
		testtree_close(&t);
	}
}

static void look_at_all(struct image *m UNUSED, struct fat *f)
{
	expect_big(f);
	expect_rest(f);
	expect_many(f);
}

static void test_mtools(void **state UNUSED)
{
	if (system("command -v mformat >/dev/null") != 0)
		skip();
	with_mtools(look_at_all);
}

/* Whatever stands there: an answer, soon. */
static void look_somehow(struct image *m)
{
	struct fat *f;
	const char *const dirs[] = { "/", "/EFI", "/EFI/BOOT", "/EFI/debian", "/many" };

	m->reads = 0;
	if (open_image(m, &f) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		_cleanup_bytes_ struct bytes b = { 0 };
		struct seen s = { 0 };
		uint64_t size;

		fat_list(f, dirs[i], note, &s);
		assert_true(s.n <= 65536);
		fat_read(f, "/EFI/BOOT/BOOTX64.EFI", 1 << 20, &b, &size);
		assert_true(b.len <= 1 << 20);
	}
	fat_close(f);
	assert_true(m->reads < 3000000);
}

static void bend(struct image *m, struct fat *f UNUSED)
{
	unsigned seed = 7;

	for (int i = 0; i < BENDS; i++) {
		unsigned char old[8];
		size_t at[8];

		for (int k = 0; k < 8; k++) {
			seed = seed * 1103515245u + 12345u;
			/* The boot sector, the tables and directories, rather than empty space. */
			at[k] = (seed >> 4) % (k < 3 ? 64 : k < 6 ? 65536 : 400000);
			old[k] = m->data[at[k]];
			m->data[at[k]] = (unsigned char)(seed >> 13);
		}
		look_somehow(m);
		for (int k = 7; k >= 0; k--)
			m->data[at[k]] = old[k];
	}
}

/* Every cluster follows itself; then every one is the last; then all chains lead to one. */
static void loop(struct image *m, struct fat *f UNUSED)
{
	size_t from = (size_t)(m->data[14] | m->data[15] << 8) * 512;
	static const unsigned char fill[] = { 0x02, 0xff, 0x00, 0x03 };

	for (size_t i = 0; i < ARRAY_SIZE(fill); i++) {
		memset(m->data + from, fill[i], 60000);
		look_somehow(m);
	}
	for (uint32_t i = 0; i < 10000; i++)
		memcpy(m->data + from + (size_t)i * 4, &i, 4);
	look_somehow(m);
}

static void test_hostile(void **state UNUSED)
{
	if (system("command -v mformat >/dev/null") != 0)
		skip();
	with_mtools(bend);
	with_mtools(loop);
}

static void test_no_fat(void **state UNUSED)
{
	struct image m = { .data = xcalloc(1, 65536), .len = 65536 };
	struct fat *f;

	assert_int_equal(open_image(&m, &f), -EINVAL);
	m.data[510] = 0x55;
	m.data[511] = 0xaa;
	assert_int_equal(open_image(&m, &f), -EINVAL);
	memset(m.data, 0xff, 510);
	assert_int_equal(open_image(&m, &f), -EINVAL);
	m.len = 100;
	assert_int_equal(open_image(&m, &f), -ERANGE);
	free(m.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mtools),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_no_fat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
