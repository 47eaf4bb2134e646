/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/scan.h"
#include "lib/testtree.h"
#include "lib/unitgraph.h"

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
	testtree_text(&w->t, LIB "default.target",
		      "[Unit]\nRequires=basic.target\nAfter=basic.target\n");
	testtree_text(&w->t, LIB "basic.target",
		      "[Unit]\nRequires=sysinit.target\nAfter=sysinit.target\n");
	testtree_text(&w->t, LIB "sysinit.target",
		      "[Unit]\nWants=local-fs.target\nAfter=local-fs.target\n");
	testtree_text(&w->t, LIB "local-fs.target", "[Unit]\n");
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
	static const struct check *const none[] = { NULL };
	static const struct selection all;

	scan_run(&w->s, none, &all);
	scan_init(&w->s, w->t.root, &w->facts, w->t.arena);
}

static const struct unitgraph_unit *unit(const struct unitgraph *g, const char *id)
{
	for (size_t i = 0; i < g->n; i++) {
		if (streq(g->unit[i].id, id))
			return &g->unit[i];
	}
	return NULL;
}

static size_t cycles(struct world *w, struct unitgraph *g)
{
	static struct unitgraph_cycle c;
	size_t n = 0;

	unitgraph_read(&w->s, "default.target", g);
	while (n < 100 && unitgraph_cycle(g, &c)) {
		for (size_t i = 0; i < c.n; i++)
			assert_int_equal(c.step[i]->to, c.step[(i + 1) % c.n]->from);
		n++;
	}
	return n;
}

static void test_pull(void **state)
{
	struct world *w = *state;
	struct unitgraph g;

	testtree_link(&w->t, ETC "basic.target.requires/a.service", "../a.service");
	testtree_text(&w->t, LIB "a.service", "[Unit]\nWants=b.socket gone.service %i.service\n");
	testtree_text(&w->t, LIB "b.socket", "[Socket]\n");
	testtree_text(&w->t, LIB "lonely.service", "[Unit]\n");
	assert_int_equal(cycles(w, &g), 0);
	assert_true(unit(&g, "a.service")->needed);
	assert_false(unit(&g, "b.socket")->needed);
	assert_false(unit(&g, "local-fs.target")->needed);
	assert_true(unit(&g, "sysinit.target")->needed);
	assert_null(unit(&g, "lonely.service"));
	assert_null(unit(&g, "gone.service"));
}

static void test_default_order(void **state)
{
	struct world *w = *state;
	struct unitgraph g;

	testtree_text(&w->t, ETC "early.service", "[Unit]\nBefore=local-fs.target\n");
	testtree_link(&w->t, ETC "basic.target.wants/early.service", "../early.service");
	assert_int_not_equal(cycles(w, &g), 0);
	assert_false(unit(&g, "early.service")->needed);
}

static void test_no_default_order(void **state)
{
	struct world *w = *state;
	struct unitgraph g;

	testtree_text(&w->t, ETC "early.service",
		      "[Unit]\nBefore=local-fs.target\nDefaultDependencies=no\n");
	testtree_link(&w->t, ETC "basic.target.wants/early.service", "../early.service");
	assert_int_equal(cycles(w, &g), 0);
}

static void test_aliases(void **state)
{
	struct world *w = *state;
	struct unitgraph g;

	testtree_text(&w->t, LIB "real.service", "[Unit]\nAfter=nick.service other.service\n");
	testtree_link(&w->t, LIB "nick.service", "real.service");
	testtree_text(&w->t, LIB "other.service", "[Unit]\nAfter=nick.service\n");
	testtree_link(&w->t, ETC "basic.target.wants/nick.service", LIB "nick.service");
	testtree_link(&w->t, ETC "basic.target.wants/other.service", LIB "other.service");
	assert_int_equal(cycles(w, &g), 1);
	assert_null(unit(&g, "nick.service"));
}

static void test_nothing(void **state)
{
	struct world *w = *state;
	struct unitgraph g;

	unitgraph_read(&w->s, "no.target", &g);
	assert_int_equal(g.n, 0);
	unitgraph_read(&w->s, "../../etc/passwd", &g);
	assert_int_equal(g.n, 0);
	unitgraph_read(&w->s, "", &g);
	assert_int_equal(g.n, 0);
}

/* A tree made to take for ever: each of many units names all the others. */
static void test_many(void **state)
{
	struct world *w = *state;
	_cleanup_bytes_ struct bytes all = { 0 };
	struct unitgraph g;

	for (unsigned i = 0; i < 300; i++)
		bytes_addf(&all, "%su%u.service", i ? " " : "", i);
	for (unsigned i = 0; i < 300; i++) {
		_cleanup_free_ char *path = xasprintf(LIB "u%u.service", i);
		_cleanup_free_ char *text = xasprintf("[Unit]\nRequires=%s\nAfter=%s\nBefore=%s\n",
						      all.data, all.data, all.data);

		testtree_text(&w->t, path, text);
	}
	testtree_link(&w->t, ETC "basic.target.requires/u0.service", "../u0.service");
	assert_int_equal(cycles(w, &g), 100);
	assert_true(g.cut);
	assert_true(g.edges <= UNITGRAPH_EDGES && g.n <= UNITGRAPH_UNITS);
}

/* A mask in a directory of links; a file there is none. */
static void test_masked_link(void **state)
{
	struct world *w = *state;
	struct unitgraph g;

	testtree_text(&w->t, LIB "a.service", "[Unit]\n");
	testtree_text(&w->t, LIB "b.service", "[Unit]\n");
	testtree_link(&w->t, LIB "basic.target.requires/a.service", "../a.service");
	testtree_link(&w->t, LIB "basic.target.requires/gone.service", "../gone.service");
	testtree_link(&w->t, ETC "basic.target.requires/a.service", "/dev/null");
	testtree_link(&w->t, ETC "basic.target.requires/gone.service", "/dev/null");
	testtree_text(&w->t, ETC "basic.target.requires/b.service", "[Unit]\n");
	assert_int_equal(cycles(w, &g), 0);
	assert_null(unit(&g, "a.service"));
	assert_null(unit(&g, "b.service"));
	assert_int_equal(g.lacks, 0);
}

static char *letters(size_t n)
{
	char *s = xmalloc(n + 1);

	memset(s, 'a', n);
	s[n] = '\0';
	return s;
}

/* A drop-in for all services that is big; each of them has it. */
static void test_big_drop_in(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *big = letters(400000);
	_cleanup_free_ char *text = xasprintf("[Service]\nExecStart=%s\n", big);
	struct unitgraph g;

	testtree_text(&w->t, ETC "service.d/x.conf", text);
	for (unsigned i = 0; i < 40; i++) {
		_cleanup_free_ char *path = xasprintf(LIB "u%u.service", i);
		_cleanup_free_ char *link = xasprintf(ETC "basic.target.requires/u%u.service", i);

		testtree_text(&w->t, path, "[Unit]\nWants=gone.service\n");
		if (i < 5)
			testtree_link(&w->t, link, "/gone");
	}
	unitgraph_read(&w->s, "default.target", &g);
	assert_false(g.cut);
	assert_int_equal(g.n, 9);
	for (unsigned i = 5; i < 40; i++) {
		_cleanup_free_ char *link = xasprintf(ETC "basic.target.wants/u%u.service", i);

		testtree_link(&w->t, link, "/gone");
	}
	forget(w);
	unitgraph_read(&w->s, "default.target", &g);
	assert_true(g.cut);
}

/* Names that are nowhere, more than anybody looks for. */
static void test_many_lacks(void **state)
{
	struct world *w = *state;
	_cleanup_bytes_ struct bytes b = { 0 };
	struct unitgraph g;

	bytes_addf(&b, "[Unit]\nRequires=");
	for (unsigned i = 0; i < 30000; i++)
		bytes_addf(&b, "g%u.service ", i);
	testtree_put(&w->t, ETC "basic.target.d/x.conf", b.data, b.len);
	unitgraph_read(&w->s, "default.target", &g);
	assert_true(g.cut);
	assert_int_equal(g.lacks, UNITGRAPH_UNITS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pull, setup, teardown),
		cmocka_unit_test_setup_teardown(test_default_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_default_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_aliases, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_masked_link, setup, teardown),
		cmocka_unit_test_setup_teardown(test_big_drop_in, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many_lacks, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
