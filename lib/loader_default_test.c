/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which entry loads a kernel, of menus that are larger and odder than any a person writes. */
#include "lib/loader_default.h"
#include "lib/scan.h"
#include "lib/testtree.h"

#define CFG "/boot/grub/grub.cfg"
#define MENU "/boot/grub/menu.lst"

struct given {
	struct testtree t;
	struct devices devices;
	struct facts facts;
	struct scan scan;
	struct loader loader;
};

static int setup(void **state)
{
	struct given *g = xcalloc(1, sizeof(*g));

	testtree_open(&g->t);
	g->facts.devices = &g->devices;
	scan_init(&g->scan, g->t.root, &g->facts, g->t.arena);
	*state = g;
	return 0;
}

static int teardown(void **state)
{
	static const struct check *const none[] = { NULL };
	static const struct selection all;
	struct given *g = *state;

	scan_run(&g->scan, none, &all); /* gives the cache of texts back */
	testtree_close(&g->t);
	free(g);
	return 0;
}

static void read_grub2(struct given *g, const char *cfg)
{
	testtree_text(&g->t, CFG, cfg);
	g->facts.loader.has_grub2 = true;
	g->facts.loader.grub2_cfg = CFG;
	g->facts.loader.grub2_dir = "/boot/grub";
	loader_read(&g->scan, &g->loader);
}

static void read_legacy(struct given *g, const char *menu)
{
	testtree_text(&g->t, MENU, menu);
	g->facts.loader.has_legacy = true;
	g->facts.loader.legacy_cfg = MENU;
	loader_read(&g->scan, &g->loader);
}

static const char *title_for(struct given *g, const char *image)
{
	const struct kernel k = { .image = image };
	const struct boot_choice *c = loader_entry(&g->scan, &g->loader, &k);

	return c ? c->title : "none";
}

static void the_first_that_loads_it(void **state)
{
	struct given *g = *state;

	testtree_text(&g->t, "/boot/vmlinuz-2", "x");
	testtree_link(&g->t, "/boot/vmlinuz", "vmlinuz-2");
	testtree_link(&g->t, "/vmlinuz", "boot/vmlinuz");
	read_grub2(g, "menuentry no { echo; }\nmenuentry bare { linux; }\n"
		      "menuentry gone { linux /boot/vmlinuz-1; }\n"
		      "menuentry linked { linux /vmlinuz; }\n"
		      "menuentry two { linux /boot/vmlinuz-2; initrd /boot/i; }\n");
	assert_string_equal(title_for(g, "/boot/vmlinuz-2"), "linked");
	assert_string_equal(title_for(g, "/boot/vmlinuz"), "linked");
	assert_string_equal(title_for(g, "/boot/vmlinuz-1"), "gone");
	assert_string_equal(title_for(g, "/boot/vmlinuz-3"), "none");
	assert_string_equal(title_for(g, NULL), "none");
	assert_string_equal(title_for(g, ""), "none");
}

static void no_menu(void **state)
{
	struct given *g = *state;

	loader_read(&g->scan, &g->loader);
	assert_int_equal(g->loader.kind, LOADER_NONE);
	assert_string_equal(title_for(g, "/boot/vmlinuz"), "none");
	read_grub2(g, "");
	assert_string_equal(title_for(g, "/boot/vmlinuz"), "none");
	assert_string_equal(title_for(g, "/boot/vmlinuz"), "none");
}

/* Links in a circle, out of the root, through a file. */
static void odd_paths(void **state)
{
	struct given *g = *state;

	testtree_link(&g->t, "/boot/loop", "loop");
	testtree_link(&g->t, "/boot/out", "../../../../boot/vmlinuz");
	testtree_text(&g->t, "/boot/vmlinuz", "x");
	read_grub2(g, "menuentry loop { linux /boot/loop; }\n"
		      "menuentry below { linux /boot/vmlinuz/x; }\n"
		      "menuentry relative { linux boot/vmlinuz; }\n"
		      "menuentry slash { linux /; }\n"
		      "menuentry out { linux /../../boot/out; }\n");
	assert_string_equal(title_for(g, "/boot/loop"), "loop");
	assert_string_equal(title_for(g, "/boot/vmlinuz"), "out");
}

/* Thousands of entries and as many kernels: each entry's links are followed once. */
static void very_many(void **state)
{
	struct given *g = *state;
	_cleanup_bytes_ struct bytes b = { 0 };
	size_t found = 0;

	testtree_text(&g->t, "/boot/vmlinuz-0", "x");
	for (unsigned i = 0; i < 2500; i++)
		bytes_addf(&b, "menuentry 'e%u' { linux /boot/vmlinuz-%u; }\n", i, i);
	read_grub2(g, b.data);
	for (unsigned i = 0; i < 2500; i++) {
		const char *image = arena_printf(g->t.arena, "/boot/vmlinuz-%u", i);

		found += !streq(title_for(g, image), "none");
	}
	assert_int_equal(found, g->loader.cfg.entries);
	assert_true(found >= 1000 && found <= 2500);
	assert_string_equal(title_for(g, "/boot/vmlinuz-7"), "e7");
}

static void very_many_legacy(void **state)
{
	struct given *g = *state;
	_cleanup_bytes_ struct bytes b = { 0 };

	bytes_adds(&b, "default 18446744073709551615\n");
	for (unsigned i = 0; i < 2500; i++)
		bytes_addf(&b, "title e%u\nroot (hd9,99)\nkernel /boot/vmlinuz-%u\n", i, i);
	read_legacy(g, b.data);
	assert_string_equal(title_for(g, "/boot/vmlinuz-1999"), "e1999");
	assert_string_equal(title_for(g, "/boot/vmlinuz-2499"), "none");
	assert_null(loader_choice(&g->scan, &g->loader, NULL));
}

static void very_many_bls(void **state)
{
	struct given *g = *state;

	for (unsigned i = 0; i < 400; i++) {
		_cleanup_free_ char *path = xasprintf("/boot/loader/entries/e%03u.conf", i);
		_cleanup_free_ char *text =
			xasprintf("title e%03u\nlinux /boot/vmlinuz-%u\n", i, i);

		testtree_text(&g->t, path, text);
	}
	testtree_text(&g->t, "/boot/loader/entries/none.conf", "title none\n");
	testtree_link(&g->t, "/boot/loader/entries/self.conf", "self.conf");
	g->facts.loader.uses_bls = true;
	g->facts.loader.bls_dir = "/boot/loader/entries";
	read_grub2(g, "blscfg\n");
	assert_int_equal(g->loader.kind, LOADER_BLS);
	assert_true(g->loader.bls.n <= 256);
	/* The newest: "none", and 255 of the others. */
	assert_string_equal(title_for(g, "/boot/vmlinuz-399"), "e399");
	assert_string_equal(title_for(g, "/boot/vmlinuz-145"), "e145");
	assert_string_equal(title_for(g, "/boot/vmlinuz-144"), "none");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		CASE(the_first_that_loads_it),
		CASE(no_menu),
		CASE(odd_paths),
		CASE(very_many),
		CASE(very_many_legacy),
		CASE(very_many_bls),
	};
#undef CASE

	return cmocka_run_group_tests(tests, NULL, NULL);
}
