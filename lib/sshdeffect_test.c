/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values are compared with the real sshd by fixtures/sshd-oracle. */
#include "lib/scan.h"
#include "lib/sshdeffect.h"
#include "lib/testtree.h"

struct world {
	struct testtree t;
	struct devices devices;
	struct facts facts;
	struct scan s;
	struct userdb groups;
	struct sshdeffect d;
	struct sshdeffect_view view;
};

static int setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	static const char groups[] = "root:x:0:\nann:x:1000:\nwheel:x:10:ann,bob\nbad\n";

	testtree_open(&w->t);
	w->facts.devices = &w->devices;
	userdb_parse(w->t.arena, text_new(w->t.arena, "/etc/group", groups, strlen(groups)),
		     USERDB_GROUP, USERDB_GLIBC, &w->groups);
	*state = w;
	return 0;
}

static void end(struct world *w)
{
	static const struct check *const none[] = { NULL };
	static const struct selection all;

	if (w->s.root)
		scan_run(&w->s, none, &all);
}

static int teardown(void **state)
{
	struct world *w = *state;

	end(w);
	testtree_close(&w->t);
	free(w);
	return 0;
}

/* What ann's sshd is told. */
static const struct sshdeffect_view *ann(struct world *w, const char *config)
{
	static const struct sshdeffect_person who = { "ann", 1000, NULL };
	struct sshdeffect_person known = who;

	end(w);
	known.groups = &w->groups;
	testtree_text(&w->t, "/etc/ssh/sshd_config", config);
	scan_init(&w->s, w->t.root, &w->facts, w->t.arena);
	assert_true(sshdeffect_read(&w->s, &w->d));
	sshdeffect_for(&w->d, &known, &w->view);
	return &w->view;
}

static enum sshdeffect_truth passwords(struct world *w, const char *config)
{
	return sshdeffect_is_on(ann(w, config), "passwordauthentication", "yes");
}

static void test_values(void **state)
{
	struct world *w = *state;

	assert_int_equal(passwords(w, ""), SSHDEFFECT_YES);
	assert_int_equal(passwords(w, "passwordauthentication no\nPasswordAuthentication yes\n"),
			 SSHDEFFECT_NO);
	assert_int_equal(passwords(w, "PasswordAuthentication no\nMatch Group wheel\n"
				      "PasswordAuthentication yes\n"),
			 SSHDEFFECT_YES);
	assert_int_equal(passwords(w, "Match User ann Address 10.1.0.0/16\n"
				      "PasswordAuthentication no\n"),
			 SSHDEFFECT_MAYBE);
	/* Either way it is the same. */
	assert_int_equal(passwords(w, "PasswordAuthentication no\nMatch Address 10.1.0.0/16\n"
				      "PasswordAuthentication no\n"),
			 SSHDEFFECT_NO);
	assert_int_equal(passwords(w, "Match invalid-user\nPasswordAuthentication no\n"),
			 SSHDEFFECT_YES);
	assert_int_equal(passwords(w, "Match Foo bar\nPasswordAuthentication no\n"),
			 SSHDEFFECT_MAYBE);
	assert_int_equal(passwords(w, "Match\nPasswordAuthentication no\n"), SSHDEFFECT_MAYBE);
}

static void test_old_names(void **state)
{
	const struct sshdeffect_view *v = ann(
		*state, "ChallengeResponseAuthentication no\nKbdInteractiveAuthentication yes\n");

	assert_int_equal(sshdeffect_is_on(v, "kbdinteractiveauthentication", "yes"), SSHDEFFECT_NO);
}

static void test_for_all(void **state)
{
	struct world *w = *state;

	ann(w, "Match User ann\nUsePAM no\nMatch all\nUsePAM yes\nUsePAM no\n");
	assert_string_equal(sshdeffect_for_all(&w->d, "usepam", "no"), "yes");
	assert_string_equal(sshdeffect_for_all(&w->d, "strictmodes", "yes"), "yes");
}

static enum sshdeffect_truth lets_in(struct world *w, const char *config)
{
	const char *why;

	ann(w, config);
	return sshdeffect_lets_in(&w->view, &why);
}

static void test_lists(void **state)
{
	struct world *w = *state;

	assert_int_equal(lets_in(w, ""), SSHDEFFECT_YES);
	assert_int_equal(lets_in(w, "AllowUsers root\nAllowUsers a*\n"), SSHDEFFECT_YES);
	assert_int_equal(lets_in(w, "AllowUsers root bob\n"), SSHDEFFECT_NO);
	assert_int_equal(lets_in(w, "AllowUsers ann@10.0.0.1\n"), SSHDEFFECT_MAYBE);
	assert_int_equal(lets_in(w, "AllowUsers ann@127.0.0.1\n"), SSHDEFFECT_NO);
	assert_int_equal(lets_in(w, "DenyUsers ann@10.*\n"), SSHDEFFECT_MAYBE);
	assert_int_equal(lets_in(w, "DenyUsers an?\n"), SSHDEFFECT_NO);
	assert_int_equal(lets_in(w, "AllowGroups wheel\n"), SSHDEFFECT_YES);
	assert_int_equal(lets_in(w, "AllowGroups root\n"), SSHDEFFECT_NO);
	assert_int_equal(lets_in(w, "DenyGroups whee?\n"), SSHDEFFECT_NO);
	/* Lists of a block take the place of those outside. */
	assert_int_equal(lets_in(w, "AllowUsers root\nMatch User ann\nAllowUsers ann\n"),
			 SSHDEFFECT_YES);
	assert_int_equal(lets_in(w, "AllowUsers ann\nMatch Address 10.0.0.0/8\nAllowUsers root\n"),
			 SSHDEFFECT_MAYBE);
}

static void test_unknown_groups(void **state)
{
	static const struct sshdeffect_person who = { "ann", 1000, NULL };
	struct world *w = *state;
	const char *why = NULL;

	ann(w, "AllowGroups root\n");
	sshdeffect_for(&w->d, &who, &w->view);
	assert_int_equal(sshdeffect_lets_in(&w->view, &why), SSHDEFFECT_MAYBE);
	assert_string_equal(why, "allowgroups");
}

static void test_patterns(void **state)
{
	(void)state;
	assert_true(sshdeffect_fits("*", ""));
	assert_true(sshdeffect_fits("a*c*", "abbcabd"));
	assert_false(sshdeffect_fits("a*c", "abbcabd"));
	assert_false(sshdeffect_fits("?", ""));
	assert_true(sshdeffect_fits("", ""));
	assert_false(sshdeffect_fits("[a]", "a"));
}

/* Many stars, and more blocks than anybody writes. */
/* Nobody's configuration is a megabyte. */
static void test_big(void **state)
{
	struct world *w = *state;
	_cleanup_bytes_ struct bytes b = { 0 };
	_cleanup_free_ char *word = xmalloc(60001);

	memset(word, 'a', 60000);
	word[60000] = '\0';
	for (unsigned i = 0; i < 17; i++)
		bytes_addf(&b, "AcceptEnv %s\n", word);
	ann(w, b.data);
	assert_false(w->d.cut);
	bytes_addf(&b, "AcceptEnv %s\n", word);
	ann(w, b.data);
	assert_true(w->d.cut);
	assert_int_equal(w->d.n, 17);
}

static void test_hostile(void **state)
{
	struct world *w = *state;
	_cleanup_bytes_ struct bytes b = { 0 };

	for (unsigned i = 0; i < 2000; i++)
		bytes_adds(&b, "Match User *a*a*a*a*a*a*a*a*b,*a*a*a*a*a*b\n"
			       "PasswordAuthentication no\n");
	assert_int_equal(passwords(w, b.data), SSHDEFFECT_YES);
	for (unsigned i = 0; i < 20000; i++)
		bytes_adds(&b, "Match User x\nBanner y\n");
	assert_int_equal(passwords(w, b.data), SSHDEFFECT_MAYBE);
}

static void test_key_files(void **state)
{
	struct world *w = *state;
	struct arena *a = w->t.arena;

	assert_string_equal(sshdeffect_key_file(a, ".ssh/k", "me", 7, "/home/me"),
			    "/home/me/.ssh/k");
	assert_string_equal(sshdeffect_key_file(a, "/k/%u-%U%%", "me", 7, "/h"), "/k/me-7%");
	assert_string_equal(sshdeffect_key_file(a, "%h/k", "me", 7, "/h"), "/h/k");
	assert_null(sshdeffect_key_file(a, "none", "me", 7, "/h"));
	assert_null(sshdeffect_key_file(a, "/k/%x", "me", 7, "/h"));
	assert_null(sshdeffect_key_file(a, "/k/%", "me", 7, "/h"));
	assert_null(sshdeffect_key_file(a, "", "me", 7, "/h"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_values, setup, teardown),
		cmocka_unit_test_setup_teardown(test_old_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_for_all, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lists, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown_groups, setup, teardown),
		cmocka_unit_test_setup_teardown(test_big, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hostile, setup, teardown),
		cmocka_unit_test_setup_teardown(test_key_files, setup, teardown),
		cmocka_unit_test(test_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
