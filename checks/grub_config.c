/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/grub_parts.h"
#include "lib/grubwrite.h"
#include "lib/unseen.h"

/* --- what is installed --- */

static const char *const platforms[] = { "i386-pc",  "x86_64-efi", "arm64-efi",
					 "i386-efi", "x86_64-xen", "powerpc-ieee1275" };

static bool has_modules(const struct grub *g)
{
	const char *dir = g->s->facts->loader.grub2_dir;

	for (size_t i = 0; dir && i < ARRAY_SIZE(platforms); i++) {
		if (root_is_dir(g->s->root, scan_printf(g->s, "%s/%s", dir, platforms[i])))
			return true;
	}
	return false;
}

/* GRUB itself as an EFI program. */
static bool has_efi_grub(const struct grub *g)
{
	const char *const *vendor = scan_dir(g->s, "/boot/efi/EFI");

	for (; *vendor; vendor++) {
		const char *const *name =
			scan_dir(g->s, scan_printf(g->s, "/boot/efi/EFI/%s", *vendor));

		for (; *name; name++) {
			if (strncasecmp(*name, "grub", 4) == 0 && strlen(*name) > 8)
				return true;
		}
	}
	return false;
}

static bool has_other_loader(const struct grub *g)
{
	static const char *const others[] = {
		"/boot/extlinux/extlinux.conf",
		"/boot/extlinux.conf",
		"/boot/syslinux/syslinux.cfg",
		"/boot/loader/loader.conf",
		"/boot/efi/loader",
		"/efi/loader",
		"/etc/lilo.conf",
		"/etc/zipl.conf",
		"/boot/refind_linux.conf",
		"/boot/firmware/config.txt",
		"/boot/boot.scr",
		"/boot/limine.cfg",
		"/etc/kernel/entry-token",
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (root_exists(g->s->root, others[i]))
			return true;
	}
	return false;
}

/* /boot, or the ESP a menu may be on, is a partition that this view does not show. */
static bool is_unseen(const struct grub *g, const char *path)
{
	const struct devices *d = g->s->facts->devices;

	if (unseen(g->at.unseen, path))
		return true;
	for (size_t i = 0; d->known && i < d->n; i++) {
		const struct partition *p = &d->p[i];

		if (p->role == ROLE_BOOT && !p->mounted)
			return true;
		if (p->role == ROLE_ESP && !p->mounted && !has_modules(g))
			return true;
	}
	return false;
}

/* --- the new menu --- */

static bool bls_is_usual(const struct grub *g)
{
	const struct facts *f = g->s->facts;
	const char *const *name;

	if (!f->loader.bls_dir)
		return false;
	for (name = scan_dir(g->s, f->loader.bls_dir); *name; name++) {
		if (endswith(*name, ".conf"))
			break;
	}
	for (size_t i = 0; *name && i < ARRAY_SIZE(platforms); i++) {
		if (root_exists(g->s->root, scan_printf(g->s, "%s/%s/blscfg.mod",
							f->loader.grub2_dir, platforms[i])))
			return true;
	}
	return *name && f->pkg == PKG_RPM && has_efi_grub(g);
}

static void propose_menu(struct grub *g, struct finding *f, enum grubwrite_kind kind,
			 const char *path, mode_t mode)
{
	struct grubwrite w;

	if (grubwrite_make(&g->at, kind, &w) < 0) {
		finding_safety(f, FIX_NONE);
		f->detail =
			scan_printf(g->s, "%s; it cannot be written anew: %s", f->detail, w.why);
		return;
	}
	propose_text(f, path, w.data, w.len, mode);
}

static enum grubwrite_kind grub2_kind(const struct grub *g)
{
	return bls_is_usual(g) ? GRUBWRITE_BLS : GRUBWRITE_GRUB2;
}

/* --- missing --- */

static bool grub2_is_installed(const struct grub *g)
{
	const struct devices *d = g->s->facts->devices;

	if (!g->s->facts->loader.has_grub2 || !g->s->facts->boots_itself)
		return false;
	if (has_modules(g) || has_efi_grub(g))
		return true;
	/* Only the packages are left: /boot lost all, or this disk never had GRUB on it. */
	return d->known && d->pttype && !has_other_loader(g) &&
	       root_exists(g->s->root, "/etc/grub.d/10_linux");
}

/* Where a GRUB legacy of this kind looks for its menu. */
static const char *legacy_path(const struct grub *g)
{
	_cleanup_free_ char *to = NULL;
	struct stat st;

	if (root_lstat(g->s->root, "/boot/grub/menu.lst", &st) == 0 && S_ISLNK(st.st_mode) &&
	    root_resolve(g->s->root, "/boot/grub/menu.lst", &to) == 0)
		return arena_strdup(g->s->arena, to);
	if (g->s->facts->pkg == PKG_DPKG || os_is_like(&g->s->facts->os, "suse"))
		return "/boot/grub/menu.lst";
	return "/boot/grub/grub.conf";
}

static bool look_missing_grub2(struct grub *g)
{
	const struct loader_facts *l = &g->s->facts->loader;
	struct finding *f;

	if (!grub2_is_installed(g) || root_exists(g->s->root, l->grub2_cfg) || l->legacy_cfg)
		return false;
	if (is_unseen(g, l->grub2_cfg))
		return true;
	f = scan_find(g->s, &grub_config_missing, l->grub2_cfg, "not there");
	finding_absence(f);
	propose_menu(g, f, grub2_kind(g), l->grub2_cfg, 0600);
	return true;
}

static void look_missing_legacy(struct grub *g)
{
	const struct loader_facts *l = &g->s->facts->loader;
	const char *path = legacy_path(g);
	struct finding *f;

	if (!l->has_legacy || l->legacy_cfg || !g->s->facts->boots_itself || is_unseen(g, path))
		return;
	if (l->grub2_cfg && root_exists(g->s->root, l->grub2_cfg))
		return;
	f = scan_find(g->s, &grub_config_missing, path, "not there");
	finding_absence(f);
	propose_menu(g, f, GRUBWRITE_LEGACY, path, 0600);
}

/* --- empty --- */

static const char *how_empty(const struct text *t, size_t commands)
{
	if (t->len == 0)
		return "the file is empty";
	if (t->data[0] == '\0' && memcmp(t->data, t->data + 1, t->len - 1) == 0)
		return "the file holds only zero bytes";
	return commands ? "no entry starts Linux" : "nothing in it but blanks and comments";
}

static bool has_linux(const struct grub *g)
{
	return g->menu.n > 0 || g->menu.other > 0;
}

static void look_empty(struct grub *g)
{
	const struct loader *l = &g->l;
	bool legacy = l->kind == LOADER_LEGACY;
	struct finding *f;

	if (has_linux(g) || l->cfg.blscfg || l->cfg.more || l->cfg.cut || l->legacy.more ||
	    l->legacy.cut || !g->s->facts->boots_itself)
		return;
	if (is_unseen(g, l->cfg_text->path))
		return;
	f = scan_find(g->s, &grub_config_empty, l->cfg_text->path, "%s",
		      how_empty(l->cfg_text, legacy ? l->legacy.commands : l->cfg.commands));
	propose_menu(g, f, legacy ? GRUBWRITE_LEGACY : grub2_kind(g), l->cfg_text->path, 0);
}

/* --- open or closed too often --- */

/* GRUB leaves out the command the fault is in, and all that stays open to the end of the file. */
static bool is_lost(const struct grubcfg *c, size_t line, size_t last_line)
{
	return last_line >= c->broken_line && (c->open || line <= c->broken_line);
}

/* The line that runs blscfg; 0: none. */
static size_t blscfg_line(const struct text *t)
{
	for (size_t n = 1; n <= t->lines; n++) {
		const char *s = text_line(t, n);
		const char *rest = after(s + strspn(s, " \t"), "blscfg");

		if (rest && strchr(" \t\r;", *rest))
			return n;
	}
	return 0;
}

static size_t entries_left(const struct grub *g)
{
	const struct grubcfg *c = &g->l.cfg;
	size_t line = c->blscfg ? blscfg_line(g->l.cfg_text) : 0, n = 0;

	for (size_t i = 0; i < g->menu.n; i++)
		n += !is_lost(c, g->menu.entry[i].line, g->menu.entry[i].last_line);
	return n + (line && !is_lost(c, line, line));
}

static void tell_syntax(struct grub *g, size_t left)
{
	const struct grubcfg *c = &g->l.cfg;
	struct finding *f;

	f = scan_find(
		g->s, &grub_syntax, g->l.cfg_text->path, "%s",
		c->open ? "what begins here is open to the end of the file"
			: "a brace or a word such as fi is missing, or there is one too many");
	if (c->broken_line)
		finding_at(f, g->l.cfg_text, c->broken_line);
	if (left) {
		finding_severity(f, DEGRADES);
		finding_safety(f, FIX_ASK);
		finding_choice(f, "write the menu anew from the kernels in /boot");
		finding_choice(f, "mend the line by hand: grub-script-check names it");
	}
	propose_menu(g, f, grub2_kind(g), g->l.cfg_text->path, 0);
}

void grub_look_syntax(struct grub *g)
{
	const struct grubcfg *c = &g->l.cfg;

	if (!g->l.cfg_text || g->l.kind == LOADER_LEGACY || !c->broken || c->cut || c->more)
		return;
	/* Without any entry grub.config-empty has said it. */
	if (!has_linux(g) && !c->blscfg)
		return;
	if (g->s->facts->boots_itself && !is_unseen(g, g->l.cfg_text->path))
		tell_syntax(g, entries_left(g));
}

void grub_look_config(struct grub *g)
{
	if (g->l.cfg_text)
		look_empty(g);
	else if (!look_missing_grub2(g))
		look_missing_legacy(g);
}
