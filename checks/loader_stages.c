/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stage files of GRUB legacy. stage2 has the menu in it; the boot sector, or a stage1_5 behind
 * it, goes on with that file. The others are what its installer works from.
 *
 * A stage1_5 finds stage2 by its name. Where there is none for the file system the boot sector
 * names the sector that stage2 begins in, and another file of that name is not what starts.
 *
 * Sources: GRUB 0.97 stage2/builtins.c (setup, install), stage1/stage1.h, stage2/shared.h; where
 * packages keep the files: Red Hat, Debian, SUSE.
 */
#include "checks/loader_parts.h"
#include "lib/le.h"

#define STAGES_DIR "/boot/grub"
#define STAGE_MAX (1u << 20) /* bytes of a stage that are compared; stage2 has some 100 KiB */
#define NEXT_SECTOR 0x44     /* in the boot sector: where what it goes on with begins */
#define STAGE1_5_SECTOR 1u
/* Its first sector with the block list, and in the next the place and the name of the menu. */
#define PATCHED_LEN (512u + 0x70u)

static const char *const package_dirs[] = {
	"/usr/share/grub/x86_64-redhat", "/usr/share/grub/i386-redhat", "/usr/lib/grub/x86_64-pc",
	"/usr/lib/grub/i386-pc",	 "/usr/share/grub/i386-pc",	"/usr/lib/grub",
};

struct stagefile {
	const char *name, *path;
	const char *package; /* the same of the package; NULL: there is none */
	bool there;
	uint64_t size, package_size;
};

static bool size_of(const struct loader_look *l, const char *path, uint64_t *out)
{
	struct stat st;

	if (root_stat(l->s->root, path, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	*out = (uint64_t)st.st_size;
	return true;
}

static void look_at_stage(const struct loader_look *l, const char *name, struct stagefile *out)
{
	*out = (struct stagefile){ .name = name,
				   .path = scan_printf(l->s, STAGES_DIR "/%s", name) };
	out->there = size_of(l, out->path, &out->size);
	for (size_t i = 0; i < ARRAY_SIZE(package_dirs) && !out->package; i++) {
		const char *path = scan_printf(l->s, "%s/%s", package_dirs[i], name);

		if (size_of(l, path, &out->package_size) && out->package_size)
			out->package = path;
	}
}

/*
 * What is there is how the package's begins, but for what installation writes into it. One that is
 * merely smaller may be of another build: an update of the package leaves the one in use alone.
 */
static bool is_cut_short(const struct loader_look *l, const struct stagefile *s)
{
	_cleanup_bytes_ struct bytes here = { 0 }, whole = { 0 };
	const size_t head = PATCHED_LEN;

	if (!s->package || s->size >= s->package_size)
		return false;
	if (s->size <= head)
		return true;
	return root_read(l->s->root, s->path, STAGE_MAX, &here) == 0 &&
	       root_read(l->s->root, s->package, STAGE_MAX, &whole) == 0 && here.len > head &&
	       here.len < whole.len &&
	       memcmp(here.data + head, whole.data + head, here.len - head) == 0;
}

/* NULL: nothing is wrong with it, as far as that can be seen. */
static const char *fault_of(const struct loader_look *l, const struct stagefile *s)
{
	if (!s->there)
		return "it is not there";
	if (s->size == 0)
		return "it is empty";
	if (!is_cut_short(l, s))
		return NULL;
	return scan_printf(l->s, "it is cut short: %llu bytes, and that of the package has %llu",
			   (unsigned long long)s->size, (unsigned long long)s->package_size);
}

/* The boot sector has the place of stage2 itself, not that of a stage1_5. */
static bool starts_by_place(const struct loader_look *l)
{
	unsigned char sector[BOOTCODE_SECTOR];

	return l->s->facts->n_disks &&
	       scan_disk_read(l->s, l->bios.disk, 0, sector, sizeof(sector)) == 0 &&
	       le32_at(sector + NEXT_SECTOR) != STAGE1_5_SECTOR;
}

static void leave_to_setup(const struct loader_look *l, struct finding *f)
{
	const struct partition *boot = l->boot;

	finding_safety(f, FIX_NONE);
	finding_choice(
		f,
		"the boot sector names the place of stage2 on the disk, so a copy would not start: "
		"install GRUB anew, with \"root (hd0,%s)\" and \"setup (hd0)\" at its prompt, or "
		"with grub-install in a rescue system",
		boot && boot->number > 0 ? scan_printf(l->s, "%d", boot->number - 1) : "N");
}

static void mend_stage(const struct loader_look *l, struct finding *f, const struct stagefile *s,
		       enum severity severity)
{
	if (severity == STOPS_BOOT && starts_by_place(l)) {
		leave_to_setup(l, f);
		return;
	}
	if (!s->package) {
		finding_safety(f, FIX_NONE);
		return;
	}
	propose_copy(f, s->path, s->package, 0644, 0, 0);
	finding_choice(f, "copy '%s'", s->package);
	if (severity == STOPS_BOOT && !l->s->facts->n_disks)
		finding_choice(
			f, "it starts where a stage1_5 looks for it by name; where the boot sector "
			   "names its place on the disk, install GRUB anew");
}

static void tell_stage(const struct loader_look *l, const struct stagefile *s,
		       enum severity severity)
{
	const char *why = fault_of(l, s);
	struct finding *f;

	if (!why)
		return;
	f = scan_find(l->s, &loader_modules, s->path, "%s: %s", why,
		      severity == STOPS_BOOT ? "GRUB's first stage goes on with it"
					     : "GRUB's installer needs it");
	finding_severity(f, severity);
	if (!s->there)
		finding_absence(f);
	mend_stage(l, f, s, severity);
}

/* Another loader goes on with nothing of these: they may be left over. */
static bool starts_legacy(const struct loader_look *l)
{
	const struct loader_facts *f = &l->s->facts->loader;

	if (!f->has_legacy || f->has_grub2 || loader_starts_by_efi(l))
		return false;
	return l->s->facts->n_disks == 0 || l->bios.code.kind == BOOTCODE_GRUB_LEGACY;
}

void loader_stages_tell(struct loader_look *l)
{
	struct stagefile one, two;

	if (!starts_legacy(l))
		return;
	look_at_stage(l, "stage1", &one);
	look_at_stage(l, "stage2", &two);
	/* Menus of machines that something outside boots have no stages at all. */
	if (!one.there && !two.there && l->bios.code.kind != BOOTCODE_GRUB_LEGACY)
		return;
	tell_stage(l, &two, STOPS_BOOT);
	tell_stage(l, &one, DEGRADES);
	for (const char *const *name = scan_dir(l->s, STAGES_DIR); *name; name++) {
		struct stagefile s;

		if (!endswith(*name, "_stage1_5"))
			continue;
		look_at_stage(l, *name, &s);
		tell_stage(l, &s, DEGRADES);
	}
}
