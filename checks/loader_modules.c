/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modules in /boot that an installed GRUB image goes on with: there, whole, and of its version.
 *
 * Sources: grub-core/kern/main.c (normal.mod), grub-core/kern/dl.c (symbols and dependencies),
 * grub-core/normal/main.c (command.lst); where packages keep them: Debian, Red Hat, SUSE.
 */
#include <errno.h>
#include <stdio.h>

#include "checks/loader_parts.h"
#include "lib/tools.h"

#define MODULE_MAX (4u << 20)
#define MODULES_MAX 256
#define WORDS 4 /* names told before "and N more" */

struct module {
	const char *name;
	int err; /* of reading it: 0, -ENOENT, -ENODATA empty, -EINVAL no module */
	struct grubmodule m;
};

/* One image and the directory it looks into. */
struct modules {
	struct loader_look *l;
	const struct grubimage *image; /* NULL: not known what it carries */
	const char *platform, *dir;
	struct module *m;
	size_t n, cap;
};

/* --- what is needed --- */

static struct module *module_named(struct modules *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++) {
		if (streq(s->m[i].name, name))
			return &s->m[i];
	}
	return NULL;
}

static int read_module(struct modules *s, const char *dir, const char *name, struct grubmodule *out)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	const char *path = scan_printf(s->l->s, "%s/%s.mod", dir, name);
	int e = root_read(s->l->s->root, path, MODULE_MAX, &b);

	if (e < 0)
		return root_is_absent(e) ? -ENOENT : e;
	if (b.len == 0)
		return -ENODATA;
	return grubmodule_parse(s->l->s->arena, b.data, b.len, out);
}

/* The module and what it needs in turn, but for what the image has inside. */
static void need(struct modules *s, const char *name)
{
	struct module m = { .name = name };

	if (strchr(name, '/') || s->n >= MODULES_MAX || module_named(s, name) ||
	    (s->image && grubimage_has(s->image, name)))
		return;
	m.err = read_module(s, s->dir, name, &m.m);
	ARENA_GROW(s->l->s->arena, s->m, s->n, s->cap);
	s->m[s->n++] = m;
}

static void need_all(struct modules *s)
{
	need(s, "normal");
	need(s, "linux");
	for (size_t i = 0; i < s->n; i++) {
		const char *const *needs = s->m[i].err == 0 ? s->m[i].m.needs : NULL;

		for (; needs && *needs; needs++)
			need(s, *needs);
	}
}

static bool is_bad(const struct module *m)
{
	return m->err == -ENOENT || m->err == -ENODATA || m->err == -EINVAL;
}

/* --- symbols --- */

static bool provided(const struct modules *s, const char *symbol)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->m[i].err == 0 && in_list(symbol, s->m[i].m.provides))
			return true;
	}
	return grubimage_provides(s->image, symbol);
}

/* A symbol that a module wants and nobody has; NULL: all fit. */
static const char *lost_symbol(const struct modules *s, const struct module **who)
{
	for (size_t i = 0; i < s->n; i++) {
		const char *const *w = s->m[i].err == 0 ? s->m[i].m.wants : NULL;

		for (; w && *w; w++) {
			if (provided(s, *w))
				continue;
			*who = &s->m[i];
			return *w;
		}
	}
	return NULL;
}

/* --- the fix: the patient's own package --- */

static const char *package_dir(const struct modules *s)
{
	static const char *const dirs[] = { "/usr/lib/grub", "/usr/lib/grub2", "/usr/share/grub2" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		const char *dir = scan_printf(s->l->s, "%s/%s", dirs[i], s->platform);

		if (root_exists(s->l->s->root, scan_printf(s->l->s, "%s/normal.mod", dir)))
			return dir;
	}
	return NULL;
}

/* All that the image needs is in the package, and fits the image. */
static bool package_fits(const struct modules *s, const char *dir)
{
	struct modules p = { .l = s->l, .image = s->image, .platform = s->platform, .dir = dir };
	const struct module *who;

	need_all(&p);
	for (size_t i = 0; i < p.n; i++) {
		if (p.m[i].err < 0)
			return false;
	}
	return !p.image || !lost_symbol(&p, &who);
}

static bool is_copied(const char *name)
{
	return endswith(name, ".mod") || endswith(name, ".lst");
}

static bool is_whole(const struct modules *s, const char *name)
{
	struct stat st;

	if (endswith(name, ".mod")) {
		const struct module *m = module_named(
			(struct modules *)s, arena_strndup(s->l->s->arena, name, strlen(name) - 4));

		if (m)
			return !is_bad(m);
	}
	return root_stat(s->l->s->root, scan_printf(s->l->s, "%s/%s", s->dir, name), &st) == 0 &&
	       st.st_size > 0;
}

static void propose_modules(const struct modules *s, struct finding *f)
{
	const char *from = package_dir(s);
	const char *const *name;

	if (!from || !package_fits(s, from)) {
		finding_safety(f, FIX_NONE);
		f->detail = scan_printf(s->l->s, "%s; %s", f->detail,
					from ? "those of the package do not fit this image"
					     : "no package of the patient has them");
		return;
	}
	if (!root_is_dir(s->l->s->root, s->dir))
		propose_dir(f, s->dir, 0755);
	for (name = scan_dir(s->l->s, from); *name; name++) {
		if (is_copied(*name) && !is_whole(s, *name))
			propose_copy(f, scan_printf(s->l->s, "%s/%s", s->dir, *name),
				     scan_printf(s->l->s, "%s/%s", from, *name), 0644, 0, 0);
	}
	finding_choice(f, "copy the modules of '%s'", from);
}

/* --- telling --- */

static const char *why_bad(const struct module *m)
{
	return m->err == -ENOENT ? "missing" : m->err == -ENODATA ? "empty" : "damaged";
}

static const char *bad_words(const struct modules *s)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (!is_bad(&s->m[i]))
			continue;
		if (n++ < WORDS)
			bytes_addf(&b, "%s%s.mod is %s", n > 1 ? ", " : "", s->m[i].name,
				   why_bad(&s->m[i]));
	}
	if (n > WORDS)
		bytes_addf(&b, " and %zu more", n - WORDS);
	return n ? arena_strndup(s->l->s->arena, b.data, b.len) : NULL;
}

static bool vital_is_bad(struct modules *s)
{
	const struct module *normal = module_named(s, "normal");

	return normal && is_bad(normal);
}

static void tell(struct modules *s, const char *who)
{
	const struct module *wants;
	const char *words, *symbol;
	struct finding *f;

	need_all(s);
	words = bad_words(s);
	if (words) {
		f = scan_find(s->l->s, &loader_modules, s->dir, "%s needs modules of it: %s", who,
			      words);
		finding_absence(f);
		propose_modules(s, f);
		return;
	}
	symbol = s->image ? lost_symbol(s, &wants) : NULL;
	if (!symbol)
		return;
	f = scan_find(s->l->s, &loader_skew, scan_printf(s->l->s, "%s/%s.mod", s->dir, wants->name),
		      "it needs '%s', which %s does not have: they are of different versions",
		      symbol, who);
	if (endswith(s->dir, "/i386-pc") ? !tools_install_grub_bios(f, s->l->s, s->l->bios.disk)
					 : !tools_install_grub_efi(f, s->l->s))
		finding_safety(f, FIX_NONE);
}

static bool needs_modules(const struct loader_look *l, const struct grubimage *image, unsigned disk)
{
	return !image->memdisk && !grubimage_has(image, "normal") && loader_is_ours(l, image, disk);
}

/* --- by BIOS and by EFI --- */

/*
 * What the core image needs is not known: in a directory, or when it cannot be unpacked. normal.mod
 * is in none that was installed in the usual way.
 */
static void tell_unseen_bios(struct loader_look *l)
{
	struct modules s = { .l = l, .platform = "i386-pc" };

	s.dir = loader_platform_dir(l, s.platform);
	if (!root_is_dir(l->s->root, s.dir))
		return;
	need(&s, "normal");
	if (vital_is_bad(&s))
		tell(&s, "GRUB for BIOS");
}

static void tell_bios(struct loader_look *l)
{
	const struct loader_bios *b = &l->bios;
	struct modules s = { .l = l, .image = &b->image, .platform = "i386-pc" };

	if (!l->means_bios || loader_starts_by_efi(l))
		return;
	if (b->code.kind == BOOTCODE_GRUB2 && b->unpacked) {
		s.dir = loader_platform_dir(l, s.platform);
		if (needs_modules(l, &b->image, b->disk))
			tell(&s, "GRUB's core image");
	} else if (b->way == WAY_UNKNOWN && l->s->facts->loader.has_grub2) {
		tell_unseen_bios(l);
	}
}

static void tell_efi(struct loader_look *l)
{
	const struct loader_efi *e = &l->efi;

	for (size_t i = 0; i < e->n; i++) {
		const struct efi_program *p = &e->program[i];
		struct modules s = { .l = l, .image = &p->image };

		if (!p->is_grub || p->broken)
			continue;
		s.platform = streq(p->pe.machine, "aa64")   ? "arm64-efi"
			     : streq(p->pe.machine, "ia32") ? "i386-efi"
							    : "x86_64-efi";
		s.dir = loader_platform_dir(l, s.platform);
		if (!needs_modules(l, &p->image, e->part ? e->part->disk : 0))
			continue;
		tell(&s, esp_name(e->esp, p->path));
		return;
	}
}

void loader_modules_tell(struct loader_look *l)
{
	if (!l->s->facts->loader.grub2_dir)
		return;
	tell_bios(l);
	if (l->means_efi && !loader_starts_by_bios(l))
		tell_efi(l);
}
