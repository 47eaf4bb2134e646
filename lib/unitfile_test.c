/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/scan.h"
#include "lib/testtree.h"
#include "lib/unitfile.h"

#define ETC "/etc/systemd/system/"
#define LIB "/usr/lib/systemd/system/"

struct world {
	struct testtree t;
	struct devices devices;
	struct facts facts;
	struct scan s;
};

static int setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	testtree_open(&w->t);
	w->facts.devices = &w->devices;
	scan_init(&w->s, w->t.root, &w->facts, w->t.arena);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	static const struct check *const none[] = { NULL };
	static const struct selection all;
	struct world *w = *state;

	scan_run(&w->s, none, &all);
	testtree_close(&w->t);
	free(w);
	return 0;
}

/* What was read of the tree. */
static void forget(struct world *w)
{
	scan_end(&w->s);
	scan_init(&w->s, w->t.root, &w->facts, w->t.arena);
}

static struct unitfile find(struct world *w, const char *name)
{
	struct unitfile u;

	unitfile_find(&w->s, name, &u);
	return u;
}

static void test_find(void **state)
{
	struct world *w = *state;
	struct unitfile u = find(w, "a.service");

	assert_int_equal(u.state, UNITFILE_ABSENT);
	assert_null(u.path);
	testtree_text(&w->t, LIB "a.service", "[Service]\n");
	u = find(w, "a.service");
	assert_int_equal(u.state, UNITFILE_GOOD);
	assert_string_equal(u.file, LIB "a.service");
	assert_false(u.by_admin);
	testtree_link(&w->t, ETC "a.service", "/dev/null");
	u = find(w, "a.service");
	assert_int_equal(u.state, UNITFILE_MASKED);
	assert_true(u.by_admin && u.shipped);
	testtree_unlink(&w->t, ETC "a.service");
	testtree_text(&w->t, ETC "a.service", "");
	assert_int_equal(find(w, "a.service").state, UNITFILE_MASKED);
}

static void test_alias(void **state)
{
	struct world *w = *state;
	struct unitfile u;

	testtree_text(&w->t, LIB "multi-user.target", "[Unit]\n");
	testtree_link(&w->t, LIB "runlevel3.target", "multi-user.target");
	testtree_link(&w->t, ETC "default.target", "../../../lib/systemd/system/runlevel3.target");
	/* /lib is no link here: the name still counts. */
	u = find(w, "default.target");
	assert_int_equal(u.state, UNITFILE_GOOD);
	assert_string_equal(u.id, "multi-user.target");
	testtree_link(&w->t, ETC "x.target", "y.target");
	testtree_link(&w->t, ETC "y.target", "x.target");
	assert_int_equal(find(w, "x.target").state, UNITFILE_DANGLING);
	testtree_link(&w->t, ETC "gone.target", "/usr/lib/systemd/system/nothing.target");
	assert_int_equal(find(w, "gone.target").state, UNITFILE_DANGLING);
	testtree_text(&w->t, "/opt/own.target", "[Unit]\n");
	testtree_link(&w->t, ETC "own.target", "/opt/own.target");
	u = find(w, "own.target");
	assert_int_equal(u.state, UNITFILE_GOOD);
	assert_string_equal(u.file, "/opt/own.target");
	assert_string_equal(u.id, "own.target");
}

static void test_template(void **state)
{
	struct world *w = *state;
	struct unitfile u;

	testtree_text(&w->t, LIB "getty@.service", "[Service]\n");
	u = find(w, "getty@tty1.service");
	assert_int_equal(u.state, UNITFILE_GOOD);
	assert_true(u.of_template && u.shipped);
	testtree_link(&w->t, LIB "autovt@.service", "getty@.service");
	assert_int_equal(find(w, "autovt@tty2.service").state, UNITFILE_GOOD);
	testtree_link(&w->t, ETC "getty@tty1.service", "/dev/null");
	assert_int_equal(find(w, "getty@tty1.service").state, UNITFILE_MASKED);
	assert_int_equal(find(w, "getty@tty2.service").state, UNITFILE_GOOD);
	assert_int_equal(find(w, "getty@").state, UNITFILE_ABSENT);
	assert_int_equal(find(w, "@.service").state, UNITFILE_ABSENT);
}

static void test_odd_nodes(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *fifo = testtree_path(&w->t, ETC "f.service");

	assert_int_equal(mkfifo(fifo, 0644), 0);
	assert_int_equal(find(w, "f.service").state, UNITFILE_DANGLING);
	testtree_dir(&w->t, ETC "d.service");
	testtree_text(&w->t, LIB "d.service", "[Service]\n");
	assert_int_equal(find(w, "d.service").state, UNITFILE_GOOD);
	testtree_link(&w->t, ETC "l.service", "l.service");
	assert_int_equal(find(w, "l.service").state, UNITFILE_DANGLING);
	assert_int_equal(find(w, "").state, UNITFILE_ABSENT);
}

/* "KEY=value|" for each setting of Service. */
static void expect(struct world *w, const char *text, const char *want)
{
	struct text *t = text_new(w->t.arena, "/x", text, strlen(text));
	struct unitfile_settings set = { 0 };
	_cleanup_bytes_ struct bytes b = { 0 };

	unitfile_parse(w->t.arena, t, &set);
	bytes_adds(&b, "");
	for (size_t i = 0; i < set.n; i++)
		bytes_addf(&b, "%zu%s.%s=%s|", set.v[i].line, set.v[i].section, set.v[i].key,
			   set.v[i].value);
	assert_string_equal(b.data ? b.data : "", want);
}

static void test_syntax(void **state)
{
	static const char *const t[][2] = {
		{ "", "" },
		{ "A=1\n", "" },
		{ "[S]\nA=1\n", "2S.A=1|" },
		{ "[S]\nA=1", "2S.A=1|" },
		{ "\xef\xbb\xbf[S]\r\n A = 1 \r\n", "2S.A=1|" },
		{ "# [X]\n; [Y]\n[S]\n#A=1\n;A=1\n  # A=1\nB=2\n", "7S.B=2|" },
		{ "[S]\nA=1 \\\n  2\\\n# c\n; d\n3\nB=\n", "2S.A=1    2 3|7S.B=|" },
		{ "[S]\nA=1\\", "2S.A=1\\|" },
		{ "[S]\nA=1\\\n", "2S.A=1\\|" },
		{ "[S]\nA=1\\\n\nB=2\n", "2S.A=1|4S.B=2|" },
		{ "[S]\nA=a=b\nnothing\n=x\n", "2S.A=a=b|4S.=x|" },
		{ "[S\nA=1\n[T]\nA=%i %%\n", "2S.A=1|4T.A=%i %%|" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		expect(*state, t[i][0], t[i][1]);
}

static void test_nul_bytes(void **state)
{
	static const char bytes[] = "[S]\nA=1\0\0\n\0\0\nB=2\n";
	struct world *w = *state;
	struct text *t = text_new(w->t.arena, "/x", bytes, sizeof(bytes) - 1);
	struct unitfile_settings set = { 0 };

	unitfile_parse(w->t.arena, t, &set);
	assert_int_equal(set.n, 2);
	assert_string_equal(set.v[1].value, "2");
}

static void test_bounds(void **state)
{
	struct world *w = *state;
	_cleanup_bytes_ struct bytes b = { 0 };
	struct unitfile_settings set = { 0 };

	bytes_adds(&b, "[S]\n");
	for (unsigned i = 0; i < UNITFILE_SETTINGS + 100; i++)
		bytes_adds(&b, "A=1\n");
	unitfile_parse(w->t.arena, text_new(w->t.arena, "/x", b.data, b.len), &set);
	assert_int_equal(set.n, UNITFILE_SETTINGS);
}

static const char *values(struct world *w, const char *unit, const char *key)
{
	struct unitfile u = find(w, unit);
	struct unitfile_settings set;
	_cleanup_bytes_ struct bytes b = { 0 };
	struct lines l;

	unitfile_read(&w->s, &u, &set);
	unitfile_values(w->t.arena, &set, "Service", key, &l);
	for (size_t i = 0; i < l.n; i++)
		bytes_addf(&b, "%s|", l.s[i]);
	return arena_strdup(w->t.arena, b.data ? b.data : "");
}

/* A few settings may be long: what they take has an end, whatever their number. */
static void test_long_lines(void **state)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct unitfile_settings set = { 0 };
	struct world *w = *state;
	size_t kept = 0;

	bytes_adds(&b, "[Service]\n");
	for (size_t i = 0; i < 40; i++)
		bytes_addf(&b, "Environment=%0100000d\n", 1);
	unitfile_parse(w->t.arena, text_new(w->t.arena, "/x", b.data, b.len), &set);
	for (size_t i = 0; i < set.n; i++)
		kept += strlen(set.v[i].value);
	assert_true(kept > 0 && kept <= UNITFILE_BYTES);
}

static void test_drop_ins(void **state)
{
	struct world *w = *state;

	testtree_text(&w->t, LIB "a-b@.service", "[Service]\nExecStart=/one\n");
	assert_string_equal(values(w, "a-b@x.service", "ExecStart"), "/one|");
	testtree_text(&w->t, LIB "a-b@.service.d/20.conf", "[Service]\nExecStart=/two\n");
	testtree_text(&w->t, ETC "a-b@x.service.d/10.conf", "[Service]\nExecStart=\n");
	assert_string_equal(values(w, "a-b@x.service", "ExecStart"), "/two|");
	testtree_text(&w->t, ETC "a-b@.service.d/20.conf", "[Service]\nExecStart=/mine\n");
	assert_string_equal(values(w, "a-b@x.service", "ExecStart"), "/mine|");
	testtree_link(&w->t, ETC "service.d", "../../../usr/lib/systemd/system/service.d");
	testtree_text(&w->t, LIB "service.d/30.conf", "[Service]\nExecStart=/all\n");
	testtree_text(&w->t, LIB "a-.service.d/40.conf", "[Service]\nExecStart=/a\n");
	testtree_text(&w->t, LIB "a-.service.d/50.off", "[Service]\nExecStart=/off\n");
	assert_string_equal(values(w, "a-b@x.service", "ExecStart"), "/mine|/all|/a|");
}

static void test_program(void **state)
{
	static const char *const t[][2] = {
		{ "/bin/a b", "/bin/a" },
		{ "-@/bin/a a b", "/bin/a" },
		{ "+!!:/bin/a", "/bin/a" },
		{ "\"/bin/a b\" c", "/bin/a b" },
		{ "'/bin/a'", "/bin/a" },
		{ "/bin/a; /bin/b", "/bin/a" },
		{ "a b", NULL },
		{ "", NULL },
		{ "-", NULL },
		{ "/opt/%i/a", NULL },
		{ "${X} /bin/a", NULL },
		{ "/bin/a\\x20b", NULL },
		{ "\"/bin/a", "/bin/a" },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		const char *got = unitfile_program(w->t.arena, t[i][0]);

		assert_true(streq_null(got, t[i][1]));
	}
}

static void test_wanted(void **state)
{
	struct world *w = *state;

	assert_false(unitfile_is_wanted(&w->s, "a.service"));
	testtree_link(&w->t, ETC "x.target.wants/a.service", "/gone");
	assert_true(unitfile_is_wanted(&w->s, "a.service"));
	assert_false(unitfile_is_wanted(&w->s, "b.service"));
}

/* Of one directory's name the first that has the link decides; as 252 and 219 have it. */
static void test_masked_links(void **state)
{
	struct world *w = *state;

	testtree_link(&w->t, ETC "x.target.wants/a.service", "/dev/null");
	testtree_link(&w->t, LIB "x.target.wants/a.service", "../a.service");
	testtree_text(&w->t, ETC "x.target.wants/b.service", "");
	testtree_text(&w->t, ETC "x.target.wants/c.service", "[Unit]\n");
	testtree_link(&w->t, ETC "x.target.wants/d.service", "b.service");
	assert_false(unitfile_is_wanted(&w->s, "a.service"));
	assert_false(unitfile_is_wanted(&w->s, "b.service"));
	assert_false(unitfile_is_wanted(&w->s, "c.service"));
	assert_false(unitfile_is_wanted(&w->s, "d.service"));
	testtree_link(&w->t, LIB "y.target.requires/a.service", "../a.service");
	forget(w);
	assert_true(unitfile_is_wanted(&w->s, "a.service"));
	testtree_text(&w->t, "/usr/lib/systemd/libsystemd-shared-232.so", "");
	forget(w);
	assert_true(unitfile_is_wanted(&w->s, "b.service"));
	assert_true(unitfile_is_wanted(&w->s, "c.service"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_find),	 T(test_alias),	    T(test_template),	  T(test_odd_nodes),
		T(test_syntax),	 T(test_nul_bytes), T(test_bounds),	  T(test_drop_ins),
		T(test_program), T(test_wanted),    T(test_masked_links), T(test_long_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
