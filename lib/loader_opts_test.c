/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where in a line of grub.cfg the words of kernelopts stand. */
#include "lib/edit.h"
#include "lib/loader_opts.h"
#include "lib/scan.h"
#include "lib/testtree.h"

#define CFG "/boot/grub2/grub.cfg"

struct given {
	struct testtree t;
	struct devices devices;
	struct facts facts;
	struct scan scan;
	struct loader loader;
};

static const struct problem some = { .id = "some.thing", .safety = FIX_SAFE, .stage = AT_LOADER };

static int setup(void **state)
{
	struct given *g = xcalloc(1, sizeof(*g));

	testtree_open(&g->t);
	g->facts.devices = &g->devices;
	g->facts.loader.has_grub2 = true;
	g->facts.loader.grub2_cfg = CFG;
	g->facts.loader.grub2_dir = "/boot/grub2";
	scan_init(&g->scan, g->t.root, &g->facts, g->t.arena);
	*state = g;
	return 0;
}

static int teardown(void **state)
{
	struct given *g = *state;

	scan_end(&g->scan);
	testtree_close(&g->t);
	free(g);
	return 0;
}

/* The line as it would be with "ro quiet"; NULL: nothing is proposed. */
static const char *replaced(struct given *g, const char *line, const char *value)
{
	struct finding *f = scan_find(&g->scan, &some, CFG, "x");
	struct loader_opts o = { .value = value, .line = 1 };

	testtree_text(&g->t, CFG, line);
	scan_end(&g->scan);
	assert_int_equal(scan_read(&g->scan, CFG, &o.text), 0);
	return loader_opts_propose(f, &g->scan, &g->loader, &o, "ro quiet") ? f->edits->data : NULL;
}

static void behind_the_equals_sign(void **state)
{
	static const struct {
		const char *line, *value, *to;
	} cases[] = {
		{ "set kernelopts=\"root=/dev/sda1 ro\"", "root=/dev/sda1 ro",
		  "set kernelopts=\"ro quiet\"" },
		/* Words that stand in the line before it, too. */
		{ "  set kernelopts=\"s\"", "s", "  set kernelopts=\"ro quiet\"" },
		{ "set kernelopts='opts' # opts", "opts", "set kernelopts='ro quiet' # opts" },
		{ "set kernelopts=kernelopts=", "kernelopts=", "set kernelopts=ro quiet" },
		{ "set \"kernelopts=ro\"", "ro", "set \"kernelopts=ro quiet\"" },
		{ "set default_kernelopts=\"ro\"; set kernelopts=\"ro\"", "ro",
		  "set default_kernelopts=\"ro\"; set kernelopts=\"ro quiet\"" },
		/* Put together from more than stands there. */
		{ "set kernelopts=\"$x\"", "ro", NULL },
		{ "set kernelopts=\"$r ro\"", " ro", NULL },
		{ "set kernelopts=", "kernelopts", NULL },
		{ "set kernelopts", "set", NULL },
		{ "set default_kernelopts=\"ro\"", "ro", NULL },
		{ "", "ro", NULL },
	};
	struct given *g = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *to = replaced(g, cases[i].line, cases[i].value);

		assert_int_equal(to != NULL, cases[i].to != NULL);
		if (to)
			assert_string_equal(to, cases[i].to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(behind_the_equals_sign, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
