/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/devices.h"

static const char two_disks[] =
	"# a disk as Debian's installer leaves it, and a second one\n"
	"PTTYPE=dos\n"
	"UUID=1111-aaaa LABEL=rootfs PARTUUID=deadbeef-01 ext4 / SIZE=8G active\n"
	"NUMBER=2 PARTTYPE=0x5 extended SIZE=1G\n"
	"UUID=2222 swap NUMBER=5 SIZE=1G\r\n"
	"UUID=ABCD-1234 LABEL=\"my data\" vfat - DISK=1 dirty\n"
	"UUID=1111-AAAA ext3 /boot DISK=1 errors";

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

static struct devices parse(struct arena *a, const char *s)
{
	struct devices d = { 0 };
	size_t bad = 0;

	assert_int_equal(devices_parse(a, text_new(a, "devices", s, strlen(s)), &d, &bad), 0);
	return d;
}

static void parses_text(void **state)
{
	struct devices d = parse(*state, two_disks);

	assert_true(d.known && d.complete);
	assert_int_equal(d.n, 5);
	assert_int_equal(d.disks, 2);
	assert_string_equal(d.pttype, "dos");
	assert_int_equal(d.p[0].number, 1);
	assert_int_equal(d.p[0].role, ROLE_ROOT);
	assert_string_equal(d.p[0].mounted, "/");
	assert_true(d.p[0].bootable);
	assert_true(d.p[0].size == 8ull << 30);
	assert_int_equal(d.p[1].role, ROLE_EXTENDED);
	assert_int_equal(d.p[2].role, ROLE_SWAP);
	assert_string_equal(d.p[2].type, "swap");
	assert_int_equal(d.p[3].number, 1);
	assert_string_equal(d.p[3].label, "my data");
	assert_true(d.p[3].dirty && !d.p[3].has_errors);
	assert_int_equal(d.p[4].number, 2);
	assert_true(d.p[4].has_errors);
}

static void refuses_what_it_does_not_know(void **state)
{
	static const char *const bad[] = {
		"UUID=1 ext5", "UUID=1 ext4 / /boot", "UUID=",		 "SIZE=much ext4",
		"FOO=1",       "NUMBER=-1 xfs",	      "DISK=100000 xfs", "ext4 xfs /",
		"boot",	       "PTTYPE=apm",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct devices d = { .n = 77 };
		size_t line = 0;

		assert_int_equal(devices_parse(*state,
					       text_new(*state, "d", bad[i], strlen(bad[i])), &d,
					       &line),
				 -EINVAL);
		assert_int_equal(line, 1);
		assert_int_equal(d.n, 77);
	}
}

static void refuses_nul_bytes(void **state)
{
	struct devices d;
	size_t line = 0;

	assert_int_equal(
		devices_parse(*state, text_new(*state, "d", "ext4 /\n\nxfs\0-\n", 14), &d, &line),
		-EINVAL);
	assert_int_equal(line, 3);
}

static void knows_nothing_from_nothing(void **state)
{
	struct devices d = parse(*state, "");
	const struct partition *p;

	assert_false(d.known);
	assert_int_equal(devices_find(&d, "UUID=1", &p), SPEC_UNKNOWN);
	d = parse(*state, "UUID=1 ext4 /\nunknown\n");
	assert_int_equal(devices_find(&d, "UUID=1", &p), SPEC_FOUND);
	assert_int_equal(devices_find(&d, "UUID=2", &p), SPEC_UNKNOWN);
}

static void hides_behind_members(void **state)
{
	assert_true(parse(*state, "UUID=1 xfs /").complete);
	assert_false(parse(*state, "UUID=1 xfs /\nUUID=2 LVM2_member").complete);
	assert_false(parse(*state, "UUID=1 xfs /\nincomplete").complete);
}

struct question {
	const char *spec;
	enum spec_match answer;
	int index;
};

static void ask(struct arena *a, const char *text, const struct question *q, size_t n)
{
	struct devices d = parse(a, text);

	for (size_t i = 0; i < n; i++) {
		const struct partition *p = NULL;

		if (devices_find(&d, q[i].spec, &p) != q[i].answer)
			fail_msg("'%s': wrong answer", q[i].spec);
		if (q[i].answer == SPEC_FOUND && p != &d.p[q[i].index])
			fail_msg("'%s': wrong partition", q[i].spec);
	}
}

static void finds_by_tag(void **state)
{
	static const struct question q[] = {
		{ "UUID=1111-aaaa", SPEC_FOUND, 0 },
		{ "UUID=\"1111-AAAA\"", SPEC_FOUND, 0 },
		{ "\"UUID=2222\"", SPEC_FOUND, 2 },
		{ "UUID='2222'", SPEC_FOUND, 2 },
		{ "UUID=222", SPEC_ABSENT, 0 },
		{ "UUID=", SPEC_ABSENT, 0 },
		{ "uuid=2222", SPEC_UNKNOWN, 0 },
		{ "LABEL=rootfs", SPEC_FOUND, 0 },
		{ "LABEL=ROOTFS", SPEC_ABSENT, 0 },
		{ "LABEL=my data", SPEC_FOUND, 3 },
		{ "/dev/disk/by-label/my\\x20data", SPEC_FOUND, 3 },
		{ "/dev/disk/by-uuid/abcd-1234", SPEC_FOUND, 3 },
		{ "/dev/disk/by-uuid/", SPEC_ABSENT, 0 },
		{ "PARTUUID=DEADBEEF-01", SPEC_FOUND, 0 },
		{ "/dev/disk/by-partuuid/deadbeef-02", SPEC_ABSENT, 0 },
		{ "PARTUUID=deadbeef-01/PARTNROFF=1", SPEC_UNKNOWN, 0 },
		{ "PARTLABEL=x", SPEC_ABSENT, 0 },
		{ "/dev/root", SPEC_FOUND, 0 },
		{ "/dev/mapper/vg-root", SPEC_UNKNOWN, 0 },
		{ "/dev/md0", SPEC_UNKNOWN, 0 },
		{ "/dev/disk/by-id/virtio-x-part1", SPEC_UNKNOWN, 0 },
		{ "tmpfs", SPEC_UNKNOWN, 0 },
		{ "server:/export", SPEC_UNKNOWN, 0 },
		{ "", SPEC_UNKNOWN, 0 },
		{ "\"", SPEC_UNKNOWN, 0 },
	};

	ask(*state, two_disks, q, ARRAY_SIZE(q));
}

static void finds_by_position(void **state)
{
	static const struct question q[] = {
		{ "/dev/hda1", SPEC_FOUND, 0 },	     { "/dev/sda5", SPEC_FOUND, 2 },
		{ "vda1", SPEC_FOUND, 0 },	     { "/dev/xvdb2", SPEC_FOUND, 4 },
		{ "/dev/sdb3", SPEC_ABSENT, 0 },     { "/dev/sdc1", SPEC_ABSENT, 0 },
		{ "/dev/xvdaa1", SPEC_ABSENT, 0 },   { "/dev/sda", SPEC_ABSENT, 0 },
		{ "/dev/nvme0n1p5", SPEC_FOUND, 2 }, { "/dev/nvme1n1p1", SPEC_FOUND, 3 },
		{ "/dev/nvme0n2p1", SPEC_FOUND, 3 }, { "/dev/nvme0n1", SPEC_ABSENT, 0 },
		{ "/dev/mmcblk0p1", SPEC_FOUND, 0 }, { "/dev/mmcblk0p9", SPEC_ABSENT, 0 },
		{ "/dev/sda01", SPEC_UNKNOWN, 0 },   { "/dev/sda0", SPEC_UNKNOWN, 0 },
		{ "/dev/sda1x", SPEC_UNKNOWN, 0 },   { "/dev/sda99999", SPEC_UNKNOWN, 0 },
		{ "/dev/sdaaa1", SPEC_UNKNOWN, 0 },  { "/dev/nvme0p1", SPEC_UNKNOWN, 0 },
		{ "/dev/sd", SPEC_UNKNOWN, 0 },	     { "/dev/cciss/c0d0p1", SPEC_UNKNOWN, 0 },
	};

	ask(*state, two_disks, q, ARRAY_SIZE(q));
}

static void finds_a_whole_disk(void **state)
{
	static const struct question q[] = {
		{ "/dev/vda", SPEC_FOUND, 0 },
		{ "/dev/xvda1", SPEC_FOUND, 0 },
		{ "/dev/vda1", SPEC_ABSENT, 0 },
		{ "/dev/xvda2", SPEC_ABSENT, 0 },
	};

	ask(*state, "NUMBER=0 UUID=1 ext4 /", q, ARRAY_SIZE(q));
}

static void own_names_are_not_positions(void **state)
{
	struct devices d = parse(*state, "UUID=1 ext4 / NODE=/dev/nvme3n1p1");
	const struct partition *p;

	assert_int_equal(devices_find(&d, "/dev/sda1", &p), SPEC_FOUND);
	d.own_names = true;
	assert_int_equal(devices_find(&d, "/dev/sda1", &p), SPEC_ABSENT);
	assert_int_equal(devices_find(&d, "/dev/nvme3n1p1", &p), SPEC_FOUND);
}

static void counts(void **state)
{
	struct devices d = parse(*state, two_disks);

	assert_int_equal(devices_count(&d, "UUID=1111-aaaa"), 2);
	assert_int_equal(devices_count(&d, "UUID=2222"), 1);
	assert_int_equal(devices_count(&d, "tmpfs"), 0);
}

static void tells_kinds_of_names(void **state UNUSED)
{
	assert_true(spec_is_kernel_name("/dev/hda1"));
	assert_true(spec_is_kernel_name("nvme0n1p1"));
	assert_false(spec_is_kernel_name("/dev/sdx/y"));
	assert_false(spec_is_kernel_name("UUID=sda1"));
	assert_true(spec_is_judgeable("LABEL=x"));
	assert_true(spec_is_judgeable("/dev/disk/by-uuid/x"));
	assert_false(spec_is_judgeable("/dev/disk/by-path/x"));
	assert_false(spec_is_judgeable("/dev/vg/root"));
}

static void holds_paths(void **state)
{
	struct devices d = parse(*state, two_disks);

	assert_ptr_equal(devices_holding(&d, "/boot/vmlinuz"), &d.p[4]);
	assert_ptr_equal(devices_holding(&d, "/boot"), &d.p[4]);
	assert_ptr_equal(devices_holding(&d, "/bootx"), &d.p[0]);
	assert_ptr_equal(devices_holding(&d, "/"), &d.p[0]);
	assert_ptr_equal(devices_by_role(&d, ROLE_SWAP), &d.p[2]);
	assert_null(devices_by_role(&d, ROLE_ESP));
	assert_true(devices_has_role(&d, ROLE_SWAP));
	assert_false(devices_has_role(&d, ROLE_ESP));
	d = parse(*state, "UUID=1 swap\nUUID=2 swap\n");
	assert_null(devices_by_role(&d, ROLE_SWAP));
	assert_true(devices_has_role(&d, ROLE_SWAP));
	assert_null(devices_holding(&d, "/"));
}

static void judges_names_of_volumes(void **state)
{
	static const char *const root[] = { "/dev/mapper/a--b-root", "/dev/a-b/root", NULL };
	static const char *const all[] = { "/dev/mapper/a--b-root", "/dev/a-b/root",
					   "/dev/mapper/a--b-thin", "/dev/a-b/thin", NULL };
	const struct volume_names group = { "a-b", "/dev/a-b/", "/dev/mapper/a--b-", all };
	static const struct {
		const char *spec;
		enum spec_match want;
	} names[] = {
		{ "/dev/mapper/a--b-root", SPEC_FOUND },
		{ "\"/dev/a-b/root\"", SPEC_FOUND },
		{ "/dev/a-b/thin", SPEC_UNKNOWN },
		{ "/dev/a-b/gone", SPEC_ABSENT },
		{ "/dev/mapper/a--b-gone", SPEC_ABSENT },
		{ "/dev/mapper/a--b--c-x", SPEC_UNKNOWN },
		{ "/dev/mapper/a--b-x_crypt", SPEC_UNKNOWN },
		{ "/dev/a-b/", SPEC_UNKNOWN },
		{ "/dev/mapper/a-b", SPEC_UNKNOWN },
		{ "/dev/a-b/x/y", SPEC_UNKNOWN },
		{ "/dev/a/root", SPEC_UNKNOWN },
		{ "/dev/md0", SPEC_UNKNOWN },
	};
	struct devices d = parse(*state, two_disks);
	const struct partition *p;

	d.p[0].names = root;
	d.group = &group;
	d.n_groups = 1;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		p = NULL;
		assert_int_equal(devices_find(&d, names[i].spec, &p), names[i].want);
		assert_true((p == &d.p[0]) == (names[i].want == SPEC_FOUND));
	}
}

static void writes_names(void **state)
{
	struct devices d = parse(*state, two_disks);
	struct partition p = { 0 };

	assert_string_equal(partition_spec(*state, &d.p[0]), "UUID=1111-aaaa");
	assert_null(partition_spec(*state, &p));
	p.partuuid = "x-01";
	assert_string_equal(partition_spec(*state, &p), "PARTUUID=x-01");
	assert_string_equal(partition_describe(*state, &d.p[0]), "partition 1 (ext4, 8.0 GiB)");
	assert_string_equal(partition_describe(*state, &d.p[3]), "partition 1 of disk 2 (vfat)");
	assert_string_equal(partition_describe(*state, &p), "the whole disk (no known content)");
	p.number = -1;
	p.layer = "logical volume a/b";
	assert_string_equal(partition_describe(*state, &p),
			    "logical volume a/b (no known content)");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_text),
		cmocka_unit_test(refuses_what_it_does_not_know),
		cmocka_unit_test(refuses_nul_bytes),
		cmocka_unit_test(knows_nothing_from_nothing),
		cmocka_unit_test(hides_behind_members),
		cmocka_unit_test(finds_by_tag),
		cmocka_unit_test(finds_by_position),
		cmocka_unit_test(finds_a_whole_disk),
		cmocka_unit_test(own_names_are_not_positions),
		cmocka_unit_test(counts),
		cmocka_unit_test(tells_kinds_of_names),
		cmocka_unit_test(holds_paths),
		cmocka_unit_test(judges_names_of_volumes),
		cmocka_unit_test(writes_names),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
