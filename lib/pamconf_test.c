/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "lib/pamconf.h"

/* Verdicts as a whole are compared with libpam's in fixtures/pam-oracle. */

struct file {
	const char *path, *content;
	size_t len; /* 0: strlen */
};

struct tree {
	struct arena *arena;
	const struct file *file; /* ended by a NULL path */
};

static const struct text *read_file(void *arg, const char *path)
{
	const struct tree *t = arg;

	for (const struct file *f = t->file; f->path; f++) {
		if (streq(f->path, path))
			return text_new(t->arena, path, f->content,
					f->len ? f->len : strlen(f->content));
	}
	return NULL;
}

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

static struct pamconf_file parse(struct arena *a, const char *s)
{
	struct pamconf pc = { .arena = a, .at_include = true };
	struct pamconf_file f;

	pamconf_parse(&pc, text_new(a, "/etc/pam.d/x", s, strlen(s)), PAMCONF_PAM_D, &f);
	return f;
}

static struct pamconf_service resolve(struct tree *t, struct pamconf *pc, const char *name)
{
	struct pamconf_service svc;

	pc->arena = t->arena;
	pc->read = read_file;
	pc->arg = t;
	pamconf_resolve(pc, name, &svc);
	return svc;
}

static void test_line(void **state)
{
	struct pamconf_file f =
		parse(*state, "\t-Auth  [success=2 user_unknown=ignore default=die] "
			      "pam_x.so a [b c\\]d] # rest\n"
			      "session optional\tpam_y.so");

	assert_int_equal(f.n, 2);
	assert_true(f.l[0].silent);
	assert_int_equal(f.l[0].type, PAMCONF_AUTH);
	assert_int_equal(f.l[0].action[PAMCONF_SUCCESS], 2);
	assert_int_equal(f.l[0].action[PAMCONF_USER_UNKNOWN], PAMCONF_DO_IGNORE);
	assert_int_equal(f.l[0].action[PAMCONF_MODULE_UNKNOWN], PAMCONF_DO_DIE);
	assert_string_equal(f.l[0].module, "pam_x.so");
	assert_int_equal(f.l[0].args, 2);
	assert_string_equal(f.l[0].arg[1], "b c]d");
	assert_int_equal(f.l[1].line, 2);
	assert_int_equal(f.l[1].type, PAMCONF_SESSION);
	assert_int_equal(f.l[1].action[PAMCONF_MODULE_UNKNOWN], PAMCONF_DO_IGNORE);
}

static void test_faults(void **state)
{
	static const struct {
		const char *s;
		enum pamconf_fault fault;
	} lines[] = {
		{ "auth required pam_x.so", PAMCONF_SOUND },
		{ "auht required pam_x.so", PAMCONF_BAD_TYPE },
		{ "- required pam_x.so", PAMCONF_BAD_TYPE },
		{ "auth", PAMCONF_NO_CONTROL },
		{ "auth required", PAMCONF_NO_MODULE },
		{ "auth include", PAMCONF_NO_MODULE },
		{ "@include", PAMCONF_NO_MODULE },
		{ "@include x", PAMCONF_SOUND },
		{ "auth requird pam_x.so", PAMCONF_BAD_CONTROL },
		{ "auth [success=ok pam_x.so", PAMCONF_BAD_CONTROL },
		{ "auth [success=] pam_x.so", PAMCONF_BAD_CONTROL },
		{ "auth [=ok] pam_x.so", PAMCONF_BAD_CONTROL },
		{ "auth [] pam_x.so", PAMCONF_SOUND },
		{ "auth [default=0] pam_x.so", PAMCONF_BAD_CONTROL },
		{ "auht requird", PAMCONF_BAD_TYPE },
		{ "auth required pam_x.so \\", PAMCONF_OPEN_END },
		{ "\r", PAMCONF_BAD_TYPE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct pamconf_file f = parse(*state, lines[i].s);

		assert_int_equal(f.n, 1);
		assert_int_equal(f.l[0].fault, lines[i].fault);
	}
}

static void test_continued(void **state)
{
	struct pamconf_file f = parse(*state, "# x\nauth \\\n  required \\\n\tpam_x.so\n\nfoo\n");

	assert_int_equal(f.n, 2);
	assert_int_equal(f.l[0].line, 2);
	assert_int_equal(f.l[0].last, 4);
	assert_string_equal(f.l[0].module, "pam_x.so");
	assert_int_equal(f.l[1].line, 6);
}

static void test_cr(void **state)
{
	static const struct file files[] = {
		{ "/etc/pam.d/login", "auth required pam_x.so\r\nauth include s\r\n\r\n", 0 },
		{ "/etc/pam.d/s", "auth required pam_y.so\n", 0 },
		{ NULL, NULL, 0 },
	};
	struct tree t = { *state, files };
	struct pamconf raw = { 0 }, clean = { .strip_cr = true };
	struct pamconf_service svc = resolve(&t, &raw, "login");

	assert_int_equal(svc.own[PAMCONF_AUTH].n, 3);
	assert_string_equal(svc.own[PAMCONF_AUTH].h[0].line->module, "pam_x.so\r");
	assert_int_equal(svc.own[PAMCONF_AUTH].h[1].fault, PAMCONF_TARGET_MISSING);
	assert_int_equal(svc.own[PAMCONF_AUTH].h[2].kind, PAMCONF_MUST_FAIL);
	svc = resolve(&t, &clean, "login");
	assert_int_equal(svc.own[PAMCONF_AUTH].n, 2);
	assert_string_equal(svc.own[PAMCONF_AUTH].h[1].line->module, "pam_y.so");
	assert_int_equal(svc.own[PAMCONF_AUTH].h[1].via->line->line, 2);
}

static void test_where_files_are(void **state)
{
	static const struct file files[] = {
		{ "/usr/lib/pam.d/login", "auth include s\nsession substack s\n", 0 },
		{ "/usr/lib/pam.d/s", "auth required lib.so\nsession required lib.so\n", 0 },
		{ "/etc/pam.d/s", "auth required etc.so\nsession required etc.so\n", 0 },
		{ "/etc/pam.d/other", "account required other.so\n", 0 },
		{ NULL, NULL, 0 },
	};
	struct tree t = { *state, files };
	struct pamconf pc = { 0 };
	struct pamconf_service svc = resolve(&t, &pc, "login");

	assert_string_equal(svc.path, "/usr/lib/pam.d/login");
	assert_string_equal(svc.chain[PAMCONF_AUTH]->h[0].line->module, "etc.so");
	assert_int_equal(svc.chain[PAMCONF_SESSION]->h[0].kind, PAMCONF_MARK);
	assert_int_equal(svc.chain[PAMCONF_SESSION]->h[1].level, 1);
	/* No line of that type: other answers. */
	assert_string_equal(svc.chain[PAMCONF_ACCOUNT]->h[0].line->module, "other.so");
	/* Its own two, and the one that answers for it. */
	assert_int_equal(svc.files, 3);
	assert_string_equal(svc.file[2]->path, "/etc/pam.d/other");
	svc = resolve(&t, &pc, "nope");
	assert_null(svc.path);
	assert_false(svc.unread);
}

static void test_pam_conf(void **state)
{
	static const struct file files[] = {
		{ "/etc/pam.conf",
		  "login auth required a.so\nsshd auth required b.so\n"
		  "OTHER auth required c.so\nlogin account required d.so\n",
		  0 },
		{ NULL, NULL, 0 },
	};
	struct tree t = { *state, files };
	struct pamconf pc = { .one_file = true };
	struct pamconf_service svc = resolve(&t, &pc, "login");

	assert_int_equal(svc.own[PAMCONF_AUTH].n, 1);
	assert_string_equal(svc.own[PAMCONF_ACCOUNT].h[0].line->module, "d.so");
	svc = resolve(&t, &pc, "su");
	assert_string_equal(svc.chain[PAMCONF_AUTH]->h[0].line->module, "c.so");
}

static void test_loops(void **state)
{
	static const struct file files[] = {
		{ "/etc/pam.d/login", "auth required a.so\nauth include s\n", 0 },
		{ "/etc/pam.d/s", "auth substack login\nauth include s\nauth required b.so\n", 0 },
		{ "/etc/pam.d/at", "@include at2\n", 0 },
		{ "/etc/pam.d/at2", "auth required a.so\n@include at\n", 0 },
		{ NULL, NULL, 0 },
	};
	struct tree t = { *state, files };
	struct pamconf upstream = { 0 }, debian = { .at_include = true };
	struct pamconf_service svc = resolve(&t, &upstream, "login");

	assert_int_equal(svc.own[PAMCONF_AUTH].h[2].fault, PAMCONF_TARGET_LOOP);
	assert_int_equal(svc.aborts, 0);
	svc = resolve(&t, &debian, "at");
	assert_int_equal(svc.aborts, 1);
	assert_int_equal(svc.abort[0].line->line, 2);
}

/* Each file includes the next a hundred times: 100^15 lines. */
static void test_too_many(void **state)
{
	struct arena *a = *state;
	struct file files[20] = { 0 };
	struct tree t = { a, files };
	struct pamconf pc = { 0 };
	struct pamconf_service svc;

	for (size_t i = 0; i < 18; i++) {
		struct bytes b = { 0 };

		for (size_t k = 0; k < 100; k++)
			bytes_addf(&b, "auth include f%zu\n", i + 1);
		files[i].path = arena_printf(a, "/etc/pam.d/f%zu", i);
		files[i].content = arena_strdup(a, b.data);
		bytes_free(&b);
	}
	svc = resolve(&t, &pc, "f0");
	assert_true(svc.truncated);
}

static unsigned either(void *arg, const struct pamconf_handler *h, enum pamconf_type type,
		       int code[PAMCONF_ANSWERS])
{
	(void)arg, (void)h, (void)type;
	code[0] = PAMCONF_SUCCESS;
	code[1] = PAMCONF_AUTH_ERR;
	code[2] = PAMCONF_IGNORED;
	return 3;
}

static void test_all_ways(void **state)
{
	static const struct file files[] = {
		{ "/etc/pam.d/one", "auth sufficient a.so\nauth required b.so\n", 0 },
		{ "/etc/pam.d/never", "auth [default=die] a.so\n", 0 },
		{ NULL, NULL, 0 },
	};
	struct tree t = { *state, files };
	struct pamconf pc = { 0 };
	struct pamconf_service svc = resolve(&t, &pc, "one");
	struct pamconf_verdict v;

	pamconf_run(svc.chain[PAMCONF_AUTH], PAMCONF_AUTH, either, NULL, &v);
	assert_true(v.can_succeed && v.can_fail && !v.exhausted);
	assert_null(v.bad);
	svc = resolve(&t, &pc, "never");
	pamconf_run(svc.chain[PAMCONF_AUTH], PAMCONF_AUTH, either, NULL, &v);
	assert_true(!v.can_succeed && v.can_fail);
	assert_ptr_equal(v.bad, svc.chain[PAMCONF_AUTH]->h);
}

static void test_exhausted(void **state)
{
	struct bytes b = { 0 };
	struct file files[2] = { 0 };
	struct tree t = { *state, files };
	struct pamconf pc = { 0 };
	struct pamconf_service svc;
	struct pamconf_verdict v;

	for (size_t i = 0; i < 3000; i++)
		bytes_adds(&b, "auth optional a.so\n");
	files[0] = (struct file){ "/etc/pam.d/x", b.data, 0 };
	svc = resolve(&t, &pc, "x");
	pamconf_run(svc.chain[PAMCONF_AUTH], PAMCONF_AUTH, either, NULL, &v);
	assert_true(v.exhausted);
	bytes_free(&b);
}

static void test_removal(void **state)
{
	static const struct file files[] = {
		{ "/etc/pam.d/login",
		  "auth [success=2 default=ignore] a.so\nauth include s\n"
		  "auth required c.so\n",
		  0 },
		{ "/etc/pam.d/s", "auth required b.so\nauth required b2.so\n", 0 },
		{ NULL, NULL, 0 },
	};
	struct tree t = { *state, files };
	struct pamconf pc = { 0 };
	struct pamconf_service svc = resolve(&t, &pc, "login");
	const struct pamconf_chain *c = svc.chain[PAMCONF_AUTH];
	struct pamconf_chain left;

	assert_int_equal(c->n, 4);
	assert_false(pamconf_is_jumped(c, &c->h[0]));
	assert_true(pamconf_is_jumped(c, &c->h[1]));
	assert_true(pamconf_is_jumped(c, &c->h[2]));
	assert_false(pamconf_is_jumped(c, &c->h[3]));
	pamconf_without(*state, c, c->h[1].via->line, &left);
	assert_int_equal(left.n, 2);
	pamconf_without(*state, c, c->h[1].line, &left);
	assert_int_equal(left.n, 3);
}

static void test_hostile(void **state)
{
	static const char junk[] = "auth\0required\0\n[[[[\n]]]]\n\xff\xfe\n\\\n\\\n[\\]\\]\n\t \\";
	struct bytes b = { 0 };
	struct pamconf pc = { .arena = *state };
	struct pamconf_file f;

	for (size_t i = 0; i < 2000; i++)
		bytes_add(&b, junk, sizeof(junk));
	for (size_t cut = 0; cut < 200; cut++)
		pamconf_parse(&pc, text_new(*state, "/x", b.data, cut), PAMCONF_PAM_D, &f);
	pamconf_parse(&pc, text_new(*state, "/x", b.data, b.len), PAMCONF_PAM_D, &f);
	pamconf_parse(&pc, text_new(*state, "/x", b.data, b.len), PAMCONF_PAM_CONF, &f);
	bytes_free(&b);
	for (size_t i = 0; i < 1000000; i++)
		bytes_addc(&b, '[');
	pamconf_parse(&pc, text_new(*state, "/x", b.data, b.len), PAMCONF_PAM_D, &f);
	assert_int_equal(f.n, 1);
	bytes_free(&b);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_line),      TEST(test_faults),	  TEST(test_continued),
		TEST(test_cr),	      TEST(test_where_files_are), TEST(test_pam_conf),
		TEST(test_loops),     TEST(test_too_many),	  TEST(test_all_ways),
		TEST(test_exhausted), TEST(test_removal),	  TEST(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
