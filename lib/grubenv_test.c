/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/grubenv.h"

#define HEADER "# GRUB Environment Block\n"

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

/* What comes behind the header, padded to size. */
static struct grubenv block(struct arena *a, const char *start, size_t size)
{
	char *data = xmalloc(size + 1);
	struct grubenv e;

	memset(data, '#', size);
	memcpy(data, start, strlen(start) < size ? strlen(start) : size);
	grubenv_parse(a, text_new(a, "grubenv", data, size), &e);
	free(data);
	return e;
}

static void good(void **state)
{
	struct grubenv e = block(*state,
				 HEADER "# WARNING: Do not edit\nsaved_entry=a b=c\nempty=\n"
					"odd=x\\\\y\\\nz\n",
				 GRUBENV_SIZE);
	const char *data;
	size_t len = 0;

	assert_int_equal(e.state, GRUBENV_GOOD);
	assert_int_equal(e.n, 3);
	assert_string_equal(grubenv_get(&e, "saved_entry"), "a b=c");
	assert_string_equal(grubenv_get(&e, "empty"), "");
	assert_string_equal(grubenv_get(&e, "odd"), "x\\y\nz");
	assert_null(grubenv_get(&e, "saved"));
	data = grubenv_build(&e, &len);
	assert_int_equal(len, GRUBENV_SIZE);
	assert_non_null(strstr(data, HEADER "# WARNING: Do not edit\nsaved_entry=a b=c\nempty=\n"
					    "odd=x\\\\y\\\nz\n####"));
	grubenv_set(&e, "saved_entry", "0");
	grubenv_set(&e, "new", "1");
	grubenv_unset(&e, "odd");
	assert_null(grubenv_get(&e, "odd"));
	data = grubenv_build(&e, &len);
	assert_int_equal(len, GRUBENV_SIZE);
	assert_non_null(strstr(data, "\nsaved_entry=0\nempty=\nnew=1\n###"));
	assert_string_equal(grubenv_pairs(&e)[4], "new");
	assert_null(grubenv_pairs(&e)[6]);
}

static void damaged(void **state)
{
	static const struct {
		const char *start;
		size_t size;
		enum grubenv_state state;
		const char *saved;
	} cases[] = {
		{ "", 0, GRUBENV_EMPTY, NULL },
		{ HEADER "saved_entry=0\n", 1024, GRUBENV_GOOD, "0" },
		{ HEADER, 1024, GRUBENV_GOOD, NULL },
		{ HEADER "saved_entry=0\n", 512, GRUBENV_LENGTH, "0" },
		{ HEADER "saved_entry=0\n", 1025, GRUBENV_LENGTH, "0" },
		{ "# GRUB Environment Block\r\nsaved_entry=0\r\n", 1024, GRUBENV_HEADER, "0" },
		{ "saved_entry=0\n", 1024, GRUBENV_HEADER, "0" },
		{ HEADER "saved_entry\nsaved_entry=1\n", 1024, GRUBENV_LINES, "1" },
		{ HEADER "=x\n\nsaved_entry=2", 1024, GRUBENV_LINES, NULL },
		{ HEADER "saved_entry=0\nsaved_entry=1\n", 1024, GRUBENV_GOOD, "1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct grubenv e = block(*state, cases[i].start, cases[i].size);
		const char *saved = grubenv_get(&e, "saved_entry");
		size_t len = 0;

		assert_int_equal(e.state, cases[i].state);
		if (cases[i].saved)
			assert_string_equal(saved, cases[i].saved);
		assert_non_null(grubenv_build(&e, &len));
		assert_int_equal(len, GRUBENV_SIZE);
	}
}

static void hostile(void **state)
{
	struct arena *a = *state;
	static const char zeros[GRUBENV_SIZE];
	char *data = xmalloc(1 << 20);
	char *value = xcalloc(1, 2000);
	struct grubenv e;
	size_t len = 7;

	grubenv_parse(a, text_new(a, "g", zeros, sizeof(zeros)), &e);
	assert_int_equal(e.state, GRUBENV_EMPTY);
	for (size_t i = 0; i < 1 << 20; i++)
		data[i] = "a=\n"[i % 3];
	grubenv_parse(a, text_new(a, "g", data, 1 << 20), &e);
	assert_int_equal(e.state, GRUBENV_HEADER);
	e = block(a, HEADER "x=a\\", strlen(HEADER) + 4);
	assert_string_equal(grubenv_get(&e, "x"), "a\\");
	memset(value, 'v', 1999);
	grubenv_set(&e, "x", value);
	assert_null(grubenv_build(&e, &len));
	assert_int_equal(len, 7);
	free(data);
	free(value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(good, setup, teardown),
		cmocka_unit_test_setup_teardown(damaged, setup, teardown),
		cmocka_unit_test_setup_teardown(hostile, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
