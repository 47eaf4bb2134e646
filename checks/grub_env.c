/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/grub_parts.h"
#include "lib/cmdline.h"
#include "lib/grubdefaults.h"
#include "lib/unseen.h"

/* --- grubenv --- */

/* The only environment block on the ESP; NULL: none or several. */
static const char *esp_block(struct grub *g)
{
	const char *const *vendor = scan_dir(g->s, "/boot/efi/EFI");
	const char *found = NULL;

	for (; *vendor; vendor++) {
		const char *path = scan_printf(g->s, "/boot/efi/EFI/%s/grubenv", *vendor);

		if (!root_is_file(g->s->root, path))
			continue;
		if (found)
			return NULL;
		found = path;
	}
	return found;
}

static const char *parent(struct grub *g, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? "/" : scan_printf(g->s, "%.*s", (int)(slash - path), path);
}

/* A link to nothing: to the one block there is, else a new block where it points. */
static void mend_link(struct grub *g, struct finding *f, const char *path, const char *target)
{
	const char *block = esp_block(g), *dir = parent(g, target);
	size_t len;
	const char *fresh;

	if (block) {
		propose_link(f, path, scan_printf(g->s, "../%s", block + strlen("/boot/")));
		return;
	}
	fresh = grubenv_build(&(struct grubenv){ .arena = g->s->arena }, &len);
	if (!fresh || !root_is_dir(g->s->root, parent(g, dir))) {
		finding_safety(f, FIX_NONE);
		return;
	}
	if (!root_is_dir(g->s->root, dir))
		propose_dir(f, dir, 0755);
	propose_text(f, target, fresh, len, 0644);
}

static void look_link(struct grub *g, const char *path)
{
	_cleanup_free_ char *to = NULL;
	struct finding *f;

	if (root_resolve(g->s->root, path, &to) < 0 || unseen(g->at.unseen, to) ||
	    root_exists(g->s->root, to))
		return;
	f = scan_find(g->s, &grub_env, path, "links to '%s', which is not there", to);
	finding_absence(f);
	mend_link(g, f, path, arena_strdup(g->s->arena, to));
}

static const char *how_bad(const struct grubenv *e)
{
	switch (e->state) {
	case GRUBENV_EMPTY:
		return "holds no environment block";
	case GRUBENV_HEADER:
		return "does not begin with the header line";
	case GRUBENV_LENGTH:
		return e->len < GRUBENV_SIZE ? "is shorter than 1024 bytes" : NULL;
	case GRUBENV_LINES:
	case GRUBENV_GOOD:
		break;
	}
	return NULL;
}

static void look_block(struct grub *g, const char *path)
{
	const struct text *t = scan_text(g->s, path);
	struct grubenv e = { 0 };
	struct finding *f;
	const char *bad, *fresh;
	size_t len;

	if (!t)
		return;
	grubenv_parse(g->s->arena, t, &e);
	bad = how_bad(&e);
	if (!bad)
		return;
	f = scan_find(g->s, &grub_env, path, "%s", bad);
	fresh = grubenv_build(&e, &len);
	if (fresh)
		propose_text(f, path, fresh, len, 0);
	else
		finding_safety(f, FIX_NONE);
}

void grub_look_env(struct grub *g)
{
	const char *path = g->s->facts->loader.grubenv;
	struct stat st;

	if (!path || g->l.kind == LOADER_NONE || g->l.kind == LOADER_LEGACY ||
	    unseen(g->at.unseen, path) || root_lstat(g->s->root, path, &st) < 0)
		return;
	if (S_ISLNK(st.st_mode) && !root_exists(g->s->root, path)) {
		look_link(g, path);
		return;
	}
	if (root_stat(g->s->root, path, &st) < 0)
		return;
	if (S_ISREG(st.st_mode))
		look_block(g, path);
	else
		finding_safety(scan_find(g->s, &grub_env, path, "is not a plain file"), FIX_NONE);
}

/* --- device.map --- */

/* What the first disk is called where this system shall run. */
static const char *disk_prefix(const struct grub *g)
{
	static const struct {
		const char *platform, *prefix;
	} table[] = {
		{ "virtio", "/dev/vd" }, { "kvm", "/dev/vd" },	{ "xen", "/dev/xvd" },
		{ "hyperv", "/dev/sd" }, { "scsi", "/dev/sd" }, { "vmware", "/dev/sd" },
	};
	const char *wish = g->s->facts->wishes.platform;

	for (size_t i = 0; wish && i < ARRAY_SIZE(table); i++) {
		if (has_word(wish, table[i].platform, ", "))
			return table[i].prefix;
	}
	return wish ? NULL : "/dev/vd";
}

static void look_map_line(struct grub *g, const struct text *t, size_t line)
{
	const char *s = text_line(t, line), *prefix = disk_prefix(g), *name, *to = NULL;
	struct finding *f;
	size_t n;

	if (*s == '#' || !(name = strstr(s, "/dev/hd")))
		return;
	n = strcspn(name, " \t\r");
	if (n != strlen("/dev/hda"))
		return;
	name = scan_printf(g->s, "%.*s", (int)n, name);
	f = scan_find(g->s, &grub_device_map, t->path, "no driver makes '%s'", name);
	finding_at(f, t, line);
	if (prefix)
		to = cmdline_replace(g->s->arena, s, name,
				     scan_printf(g->s, "%s%c", prefix, name[n - 1]));
	if (to)
		propose_line(f, t, line, "%s", to);
	else
		finding_safety(f, FIX_NONE);
}

void grub_look_device_map(struct grub *g)
{
	static const char *const maps[] = { "/boot/grub/device.map", "/boot/grub2/device.map" };
	const struct kernels *ks = &g->s->facts->kernels;

	for (size_t i = 0; i < ks->n; i++) {
		if (grub_has_old_ide(ks->k[i].version))
			return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		const struct text *t = NULL;

		if (root_is_file(g->s->root, maps[i]))
			t = scan_text(g->s, maps[i]);
		for (size_t line = 1; t && line <= t->lines && line <= 100; line++)
			look_map_line(g, t, line);
	}
}

/* --- default --- */

/* The newest complete kernel that the menu offers becomes the default. */
static void mend_default(struct grub *g, struct finding *f)
{
	if (!propose_newest(f, g->s))
		finding_safety(f, FIX_NONE);
}

/* GRUB_DEFAULT=… where it names no entry either; NULL: it does not. */
static const struct grubdefault *bad_grub_default(struct grub *g, struct grubdefaults *d)
{
	const struct text *t = scan_text(g->s, "/etc/default/grub");
	const struct grubdefault *v;
	size_t index;

	if (!t)
		return NULL;
	grubdefaults_parse(g->s->arena, t, d);
	v = grubdefaults_get(d, "GRUB_DEFAULT");
	if (!v || v->line != v->last_line || streq(v->value, "saved"))
		return NULL;
	return grubcfg_choose(&g->l.cfg, v->value, &index) == CHOICE_NOTHING ? v : NULL;
}

static void mend_grub_default(struct grub *g, struct finding *f, const struct grubdefault *v)
{
	const char *was = scan_printf(g->s, "GRUB_DEFAULT=%s", v->value);
	const char *to =
		cmdline_replace(g->s->arena, text_line(v->text, v->line), was, "GRUB_DEFAULT=0");

	if (to)
		propose_line(f, v->text, v->line, "%s", to);
}

/* grub-mkconfig wrote the menu: what it takes from /etc/default/grub can be compared. */
static bool is_generated(const struct grubcfg *cfg)
{
	for (size_t i = 0; i < cfg->entries; i++) {
		if (cfg->entry[i].section)
			return true;
	}
	return false;
}

static void look_grub_default(struct grub *g)
{
	struct grubdefaults d = { 0 };
	const struct grubdefault *v = is_generated(&g->l.cfg) ? bad_grub_default(g, &d) : NULL;
	struct finding *f;

	if (!v)
		return;
	f = scan_find(g->s, &grub_default, v->text->path, "GRUB_DEFAULT '%s' names no entry",
		      v->value);
	finding_at(f, v->text, v->line);
	mend_grub_default(g, f, v);
	if (!f->edits)
		finding_safety(f, FIX_NONE);
}

static void look_default_grub2(struct grub *g)
{
	const struct grubcfg *cfg = &g->l.cfg;
	struct grubdefaults d = { 0 };
	const struct grubdefault *v;
	struct finding *f;
	size_t index;

	if (!cfg->def || !*cfg->def || !g->menu.n ||
	    grubcfg_choose(cfg, cfg->def, &index) != CHOICE_NOTHING) {
		look_grub_default(g);
		return;
	}
	if (cfg->def_from && g->s->facts->loader.grubenv)
		f = scan_find(g->s, &grub_default, g->s->facts->loader.grubenv,
			      "%s '%s' names no entry", cfg->def_from, cfg->def);
	else
		f = scan_find(g->s, &grub_default, cfg->text->path, "default '%s' names no entry",
			      cfg->def);
	if (!cfg->def_from && cfg->def_line)
		finding_at(f, cfg->text, cfg->def_line);
	mend_default(g, f);
	v = is_generated(cfg) ? bad_grub_default(g, &d) : NULL;
	if (v && f->edits)
		mend_grub_default(g, f, v);
}

/* blscfg's ways to name an entry: the file, its title, its number. */
static bool bls_has(const struct bls *b, const char *def)
{
	uint64_t number;

	if (parse_u64(def, &number) && number < b->n)
		return true;
	for (size_t i = 0; i < b->n; i++) {
		const char *rest = after(def, b->e[i].id);

		if ((rest && (!*rest || streq(rest, ".conf"))) ||
		    (b->e[i].title.value && streq(b->e[i].title.value, def)))
			return true;
	}
	return false;
}

/* An entry of the same machine-id is there: the one meant was removed, not renamed with its id. */
static bool has_kin(const struct bls *b, const char *def)
{
	const size_t id = 32;

	for (size_t i = 0; i < b->n; i++) {
		if (strlen(def) > id && strncmp(b->e[i].id, def, id) == 0)
			return true;
	}
	return false;
}

/* Cloned images often keep the saved entry of another machine-id: GRUB takes the newest then. */
static void look_default_bls(struct grub *g)
{
	const struct grubcfg *cfg = &g->l.cfg;
	const struct bls *b = &g->l.bls;
	struct finding *f;
	size_t index;

	if (!cfg->def || !*cfg->def || !cfg->def_from || !b->n || bls_has(b, cfg->def) ||
	    !g->s->facts->loader.grubenv)
		return;
	if (cfg->more || cfg->cut ||
	    (cfg->entries && grubcfg_choose(cfg, cfg->def, &index) == CHOICE_ENTRY))
		return;
	f = scan_find(g->s, &grub_default, g->s->facts->loader.grubenv, "%s '%s' names no entry",
		      cfg->def_from, cfg->def);
	if (!has_kin(b, cfg->def))
		finding_severity(f, NOTE);
	mend_default(g, f);
}

static void look_default_legacy(struct grub *g)
{
	const struct grublegacy *m = &g->l.legacy;
	struct finding *f;

	if (!m->entries || m->default_saved || m->more || m->cut || !m->def_line)
		return;
	if (!m->default_bad && m->def < m->entries)
		return;
	f = scan_find(g->s, &grub_default, m->text->path,
		      "default '%s' names no entry, there are %zu", m->def_text, m->entries);
	finding_at(f, m->text, m->def_line);
	mend_default(g, f);
}

void grub_look_default(struct grub *g)
{
	if (g->l.kind == LOADER_GRUB2)
		look_default_grub2(g);
	else if (g->l.kind == LOADER_BLS)
		look_default_bls(g);
	else if (g->l.kind == LOADER_LEGACY)
		look_default_legacy(g);
}
