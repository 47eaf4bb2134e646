/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a repair promises, where the disk, the rights or a kill are against it. */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>

#include "lib/testplan.h"

#define LABEL "security.selinux"

static int put_xattr(struct world *w, const char *path, const char *name, const void *value,
		     size_t len)
{
	_cleanup_free_ char *full = testtree_path(&w->t, path);

	return lsetxattr(full, name, value, len, 0);
}

static void assert_xattr(struct world *w, const char *path, const char *name, const char *value)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	assert_int_equal(root_getxattr(w->t.root, path, name, &b), 0);
	assert_string_equal(b.data, value);
}

static int set_flags(struct world *w, const char *path, int flags)
{
	_cleanup_free_ char *full = testtree_path(&w->t, path);
	_cleanup_close_ int fd = open(full, O_RDONLY | O_CLOEXEC);

	return ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

/* --- rights and labels --- */

/* user::rw- user:1000:rw- group::rw- mask::rw- other::rw-, as setfacl(1) leaves it. */
static const unsigned char list_666[] = {
	2, 0,	 0,    0,    1,	   0,	 6,  0, 0xff, 0xff, 0xff, 0xff, 2,    0,    6,
	0, 0xe8, 3,    0,    0,	   4,	 0,  6, 0,    0xff, 0xff, 0xff, 0xff, 16,   0,
	6, 0,	 0xff, 0xff, 0xff, 0xff, 32, 0, 6,    0,    0xff, 0xff, 0xff, 0xff,
};

static void a_mode_is_fixed_below_an_access_list(void **state)
{
	struct world *w = *state;

	if (put_xattr(w, "/etc/f", "system.posix_acl_access", list_666, sizeof(list_666)) < 0)
		skip();
	assert_int_equal(mode_of(w, "/etc/f"), 0666);
	propose_mode(find(w, &problem_a), "/etc/f", 0640);
	journalled(w, NULL, 1);
	assert_int_equal(mode_of(w, "/etc/f"), 0640);
	undo(w, NULL, UNDO_RESTORED);
	assert_int_equal(mode_of(w, "/etc/f"), 0666);
}

static void capabilities_outlive_a_new_owner(void **state)
{
	static const unsigned char net_raw[20] = { 1, 0, 0, 2, 0, 0x20 };
	struct world *w = *state;
	_cleanup_bytes_ struct bytes b = { 0 };

	if (geteuid() != 0 ||
	    put_xattr(w, "/etc/f", "security.capability", net_raw, sizeof(net_raw)) < 0)
		skip();
	propose_owner(find(w, &problem_a), "/etc/f", 12, 34);
	journalled(w, NULL, 1);
	assert_int_equal(root_getxattr(w->t.root, "/etc/f", "security.capability", &b), 0);
	undo(w, NULL, UNDO_RESTORED);
	bytes_free(&b);
	assert_int_equal(root_getxattr(w->t.root, "/etc/f", "security.capability", &b), 0);
}

static void what_takes_a_place_has_a_label(void **state)
{
	struct world *w = *state;
	struct finding *f = find(w, &problem_a);

	if (put_xattr(w, "/etc/link", LABEL, "link_t", 6) < 0 ||
	    put_xattr(w, "/etc", LABEL, "etc_t", 5) < 0)
		skip();
	propose_link(f, "/etc/link", "no-newline");
	propose_link(f, "/etc/empty", "f");
	propose_text(f, "/etc/new/deep/file", "x", 1, 0);
	apply(w, &safe, 5);
	assert_xattr(w, "/etc/link", LABEL, "link_t");
	assert_xattr(w, "/etc/empty", LABEL, "etc_t");
	assert_xattr(w, "/etc/new", LABEL, "etc_t");
	assert_xattr(w, "/etc/new/deep", LABEL, "etc_t");
	assert_xattr(w, "/etc/new/deep/file", LABEL, "etc_t");
}

static void any_time_comes_back(void **state)
{
	static const struct timespec epoch[2] = { 0 };
	struct world *w = *state;
	_cleanup_free_ char *full = testtree_path(&w->t, "/etc/f");
	struct stat st;

	assert_int_equal(utimensat(AT_FDCWD, full, epoch, 0), 0);
	propose_line(find(w, &problem_a), scan_text(&w->s, "/etc/f"), 1, "ONE");
	journalled(w, NULL, 1);
	assert_int_equal(stat(full, &st), 0);
	assert_int_not_equal(st.st_mtim.tv_sec, 0);
	undo(w, NULL, UNDO_RESTORED);
	assert_int_equal(stat(full, &st), 0);
	assert_int_equal(st.st_mtim.tv_sec, 0);
}

/* --- all of a finding or nothing --- */

static void a_finding_is_not_done_by_halves(void **state)
{
	struct world *w = *state;
	const struct text *t = scan_text(&w->s, "/etc/f");
	struct finding *half = find(w, &problem_a), *other = find(w, &problem_a);

	propose_line(half, t, 1, "ONE");
	propose_link(half, "/etc", "usr/etc");
	propose_line(other, t, 1, "uno"); /* would clash, if the first were not impossible */
	apply(w, &safe, 1);
	assert_int_equal(half->outcome, FAILED);
	assert_int_equal(other->outcome, OPEN);
	assert_text(w, "/etc/f", "uno\ntwo\nthree\n");
}

static void an_immutable_file_stops_only_its_finding(void **state)
{
	struct world *w = *state;
	struct finding *locked = find(w, &problem_a), *other = find(w, &problem_a);

	if (set_flags(w, "/etc/f", FS_IMMUTABLE_FL) < 0)
		skip();
	propose_line(locked, scan_text(&w->s, "/etc/f"), 1, "ONE");
	propose_mode(other, "/etc/no-newline", 0600);
	apply(w, &safe, 1);
	set_flags(w, "/etc/f", 0);
	assert_int_equal(locked->outcome, FAILED);
	assert_non_null(strstr(locked->outcome_why, "chattr"));
	assert_int_equal(mode_of(w, "/etc/no-newline"), 0600);
}

static void special_files_keep_their_place(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *full = testtree_path(&w->t, "/etc/fifo");
	struct finding *gone = find(w, &problem_a), *mode = find(w, &problem_a);

	assert_int_equal(mkfifo(full, 0644), 0);
	propose_absent(gone, "/etc/fifo");
	propose_mode(mode, "/etc/fifo", 0600);
	apply(w, &safe, 1);
	assert_int_equal(gone->outcome, FAILED);
	assert_int_equal(mode_of(w, "/etc/fifo"), 0600);
}

/* --- undo --- */

/* A pass that changed only the mode does not make any content with that mode ours. */
static void what_a_person_wrote_after_two_passes_stays(void **state)
{
	struct world *w = *state;

	two_passes(w);
	testtree_text(&w->t, "/etc/f", "mine\n");
	assert_int_equal(undo(w, NULL, UNDO_REFUSED), 1);
	assert_text(w, "/etc/f", "mine\n");
}

/* What a run killed between the steps of a change leaves behind. */
static void a_link_that_was_becoming_a_directory(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *full = testtree_path(&w->t, "/etc/link");
	char *target;

	propose_dir(find(w, &problem_a), "/etc/link", 0755);
	journalled(w, NULL, 1);
	assert_int_equal(chmod(full, 0700), 0); /* made, not yet given its mode */
	assert_int_equal(undo(w, NULL, UNDO_RESTORED), 1);
	assert_int_equal(root_readlink(w->t.root, "/etc/link", &target), 0);
	free(target);
	assert_int_equal(unlink(full), 0); /* the link gone, the directory not yet there */
	assert_int_equal(undo(w, NULL, UNDO_RESTORED), 1);
	assert_int_equal(root_readlink(w->t.root, "/etc/link", &target), 0);
	assert_string_equal(target, "f");
	free(target);
}

static void an_undo_that_was_killed_is_taken_up_again(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *link = testtree_path(&w->t, "/etc/empty");

	assert_int_equal(chmod(link, 0755), 0);
	propose_link(find(w, &problem_a), "/etc/empty", "f");
	journalled(w, NULL, 1);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(mkdir(link, 0700), 0);
	assert_int_equal(undo(w, NULL, UNDO_RESTORED), 1);
	assert_int_equal(mode_of(w, "/etc/empty"), 0755);
}

static void a_directory_that_was_coming_back(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *full = testtree_path(&w->t, "/etc/empty");

	assert_int_equal(chmod(full, 0755), 0);
	propose_absent(find(w, &problem_a), "/etc/empty");
	journalled(w, NULL, 1);
	assert_int_equal(mkdir(full, 0700), 0);
	assert_int_equal(undo(w, NULL, UNDO_RESTORED), 1);
	assert_int_equal(mode_of(w, "/etc/empty"), 0755);
}

/* The backup itself lies below: the directories it needs stay, and that is no failure. */
static void the_way_to_the_backup_stays(void **state)
{
	struct world *w = *state;
	struct finding *f = find(w, &problem_a);
	struct journal_place at = { .root = w->t.root };
	struct trouble t = { 0 };
	struct undo_item *items;
	const char *which;
	size_t n;

	propose_dir(f, "/var", 0755);
	propose_dir(f, "/var/log", 0755);
	journalled(w, NULL, 2);
	assert_int_equal(journal_undo(&at, NULL, w->t.arena, &which, &items, &n, &t), 0);
	assert_int_equal(n, 2);
	assert_int_equal(items[0].result, UNDO_RESTORED);
	assert_int_equal(items[1].result, UNDO_ALREADY);
	assert_false(root_exists(w->t.root, "/var/log"));
	assert_true(root_is_dir(w->t.root, JOURNAL_DIR));
}

/* Clones carry the same UUID; the last run in a shared DIR may be on another of them. */
static void a_shared_directory_of_backups(void **state)
{
	struct world *w = *state;
	_cleanup_free_ char *dir = testtree_path(&w->t, "/helper");
	struct journal_place here = {
		.root = w->t.root, .dir = dir, .identity = "uuid", .target = "/dev/vdb"
	};
	struct journal_place other = here;
	struct trouble t = { 0 };
	struct journal_run *runs;
	struct undo_item *items;
	struct journal *j;
	const char *which;
	size_t n;

	other.target = "/dev/vdc";
	assert_int_equal(journal_open(&other, "/dev/vdc", &j, &t), 0);
	journal_close(j);
	assert_int_equal(journal_undo(&here, NULL, w->t.arena, &which, &items, &n, &t), -ENOENT);
	assert_non_null(strstr(t.text, "/dev/vdc"));
	assert_int_equal(journal_runs(&here, w->t.arena, &runs, &n, &t), 0);
	assert_int_equal(n, 1);
	assert_int_equal(journal_undo(&here, runs[0].id, w->t.arena, &which, &items, &n, &t), 0);
}

/* A name of a directory on the disk goes to the terminal: only names that runs have are runs. */
static void only_runs_are_listed(void **state)
{
	struct world *w = *state;
	struct journal_place at = { .root = w->t.root };
	struct journal_run *runs;
	struct trouble t = { 0 };
	size_t n;

	testtree_text(&w->t, JOURNAL_DIR "/\033[2J/manifest.json", "{}");
	testtree_text(&w->t, JOURNAL_DIR "/20260101T000000Z/manifest.json", "{}");
	assert_int_equal(journal_runs(&at, w->t.arena, &runs, &n, &t), 0);
	assert_int_equal(n, 1);
	assert_string_equal(runs[0].id, "20260101T000000Z");
}

/* --- the diff --- */

static void a_name_cannot_forge_a_line_of_the_diff(void **state)
{
	struct world *w = *state;
	_cleanup_bytes_ struct bytes diff = { 0 };
	_cleanup_plan_ struct plan p = { 0 };

	testtree_text(&w->t, "/etc/a\n+++ b/etc/f", "x");
	propose_mode(find(w, &problem_a), "/etc/a\n+++ b/etc/f", 01600);
	assert_int_equal(plan_make(w->t.root, w->s.findings, &safe, &p), 0);
	plan_diff(&p, &diff);
	assert_null(strstr(diff.data, "\n+++"));
}

static void many_findings_do_not_read_a_file_for_ever(void **state)
{
	struct world *w = *state;
	const struct text *t = scan_text(&w->s, "/etc/f");
	struct finding *f = find(w, &problem_a);
	_cleanup_bytes_ struct bytes once = { 0 }, twice = { 0 };
	uint64_t budget = t->len + 3;

	propose_line(f, t, 1, "ONE");
	finding_diff(w->t.root, f, &budget, &once);
	assert_true(once.len > 0);
	finding_diff(w->t.root, f, &budget, &twice);
	assert_int_equal(twice.len, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_mode_is_fixed_below_an_access_list),
		T(capabilities_outlive_a_new_owner),
		T(what_takes_a_place_has_a_label),
		T(any_time_comes_back),
		T(a_finding_is_not_done_by_halves),
		T(an_immutable_file_stops_only_its_finding),
		T(special_files_keep_their_place),
		T(what_a_person_wrote_after_two_passes_stays),
		T(a_link_that_was_becoming_a_directory),
		T(an_undo_that_was_killed_is_taken_up_again),
		T(a_directory_that_was_coming_back),
		T(the_way_to_the_backup_stays),
		T(a_shared_directory_of_backups),
		T(only_runs_are_listed),
		T(a_name_cannot_forge_a_line_of_the_diff),
		T(many_findings_do_not_read_a_file_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
