/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stage files of GRUB legacy. stage2 has the menu in it; the boot sector, or a stage1_5 behind
 * it, goes on with that file. The others are what its installer works from.
 *
 * Sources: GRUB 0.97 stage2/builtins.c (setup, install); where packages keep the files: Red Hat,
 * Debian, SUSE.
 */
#include "checks/loader_parts.h"

#define STAGES_DIR "/boot/grub"

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

/* NULL: nothing is wrong with it, as far as that can be seen. */
static const char *fault_of(const struct loader_look *l, const struct stagefile *s)
{
	if (!s->there)
		return "it is not there";
	if (s->size == 0)
		return "it is empty";
	if (!s->package || s->size >= s->package_size)
		return NULL;
	return scan_printf(l->s, "it is cut short: %llu bytes, and that of the package has %llu",
			   (unsigned long long)s->size, (unsigned long long)s->package_size);
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
	if (!s->package) {
		finding_safety(f, FIX_NONE);
		return;
	}
	propose_copy(f, s->path, s->package, 0644, 0, 0);
	finding_choice(f, "copy '%s'", s->package);
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
