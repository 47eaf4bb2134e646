/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/scan.h"
#include "lib/sshdconf.h"
#include "lib/testtree.h"

struct fixture {
	struct testtree t;
	struct devices devices;
	struct facts facts;
	struct scan scan;
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	testtree_open(&f->t);
	f->facts.devices = &f->devices;
	scan_init(&f->scan, f->t.root, &f->facts, f->t.arena);
	testtree_text(&f->t, "/usr/sbin/sshd", "x");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	static const struct check *const none[] = { NULL };
	static const struct selection all;
	struct fixture *f = *state;

	scan_run(&f->scan, none, &all); /* gives the cache of texts back */
	testtree_close(&f->t);
	free(f);
	return 0;
}

static struct sshdconf conf_of(struct fixture *f, const char *text)
{
	struct sshdconf c;

	if (text)
		testtree_text(&f->t, "/etc/ssh/sshd_config", text);
	sshdconf_read(&f->scan, &c);
	return c;
}

static void defaults(void **state)
{
	struct sshdconf c = conf_of(*state, NULL);

	assert_true(c.installed && c.strict_modes && c.pubkey);
	assert_false(c.root_refused);
	assert_string_equal(c.key_files[0], ".ssh/authorized_keys");
	assert_null(c.host_keys[0]);
}

static void first_value_wins(void **state)
{
	struct sshdconf c =
		conf_of(*state, "# StrictModes yes\n\tstrictmodes = no\r\nStrictModes yes\n"
				"PermitRootLogin no\nPubkeyAuthentication \"no\"\n");

	assert_false(c.strict_modes);
	assert_false(c.pubkey);
	assert_true(c.root_refused);
}

static void match_ends_it(void **state)
{
	struct sshdconf c = conf_of(*state, "Match User x\n  StrictModes no\nStrictModes no\n");

	assert_true(c.strict_modes);
}

static void lists(void **state)
{
	struct sshdconf c = conf_of(*state, "HostKey /a\nHostKey \"/b c\"\n"
					    "AuthorizedKeysFile=/keys/%u .ssh/k # mine\n"
					    "AuthorizedKeysFile none\n");

	assert_string_equal(c.host_keys[0], "/a");
	assert_string_equal(c.host_keys[1], "/b c");
	assert_null(c.host_keys[2]);
	assert_string_equal(c.key_files[0], "/keys/%u");
	assert_string_equal(c.key_files[1], ".ssh/k");
	assert_null(c.key_files[2]);
}

static void includes(void **state)
{
	struct fixture *f = *state;
	struct sshdconf c;

	testtree_text(&f->t, "/etc/ssh/d/2.conf", "StrictModes yes\n");
	testtree_text(&f->t, "/etc/ssh/d/1.conf",
		      "StrictModes no\nMatch all\nPubkeyAuthentication no\n");
	testtree_text(&f->t, "/etc/ssh/d/0.txt", "PermitRootLogin no\n");
	c = conf_of(f, "Include d/*.conf /none/*.conf\nPermitRootLogin yes\n");
	assert_false(c.strict_modes);
	assert_true(c.pubkey);
	assert_false(c.root_refused);
}

static void include_loop(void **state)
{
	struct sshdconf c =
		conf_of(*state, "Include sshd_config\nInclude sshd_*\nStrictModes no\n");

	assert_false(c.strict_modes);
}

static void odd_bytes(void **state)
{
	struct sshdconf c =
		conf_of(*state, "\"StrictModes\nStrictModes\nHostKey\n=\n==\n\xef\xbb\xbfx y\n"
				"AuthorizedKeysFile");

	assert_true(c.strict_modes);
	assert_null(c.host_keys[0]);
	assert_string_equal(c.key_files[0], ".ssh/authorized_keys");
}

/* Blank lines and directories that are listed in vain cost next to nothing. */
static void much_of_nothing(void **state)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct sshdconf c;

	for (size_t i = 0; i < 1000000; i++)
		bytes_addc(&b, '\n');
	for (size_t i = 0; i < 90000; i++)
		bytes_adds(&b, "Include /usr/*.none\n");
	bytes_adds(&b, "PubkeyAuthentication no\n");
	c = conf_of(*state, b.data);
	assert_false(c.pubkey);
}

static void expansion(void **state)
{
	struct fixture *f = *state;
	struct arena *a = f->t.arena;

	assert_string_equal(sshdconf_key_file(a, ".ssh/k", "me", 7, "/home/me"), "/home/me/.ssh/k");
	assert_string_equal(sshdconf_key_file(a, "/k/%u-%U%%", "me", 7, "/h"), "/k/me-7%");
	assert_string_equal(sshdconf_key_file(a, "%h/k", "me", 7, "/h"), "/h/k");
	assert_null(sshdconf_key_file(a, "none", "me", 7, "/h"));
	assert_null(sshdconf_key_file(a, "/k/%x", "me", 7, "/h"));
	assert_null(sshdconf_key_file(a, "/k/%", "me", 7, "/h"));
	assert_null(sshdconf_key_file(a, "", "me", 7, "/h"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(defaults, setup, teardown),
		cmocka_unit_test_setup_teardown(first_value_wins, setup, teardown),
		cmocka_unit_test_setup_teardown(match_ends_it, setup, teardown),
		cmocka_unit_test_setup_teardown(lists, setup, teardown),
		cmocka_unit_test_setup_teardown(includes, setup, teardown),
		cmocka_unit_test_setup_teardown(include_loop, setup, teardown),
		cmocka_unit_test_setup_teardown(odd_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(much_of_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(expansion, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
