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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
