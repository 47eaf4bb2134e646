/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/cmdline.h"
#include "lib/initramfs_scan.h"
#include "lib/loader_default.h"
#include "lib/loader_opts.h"
#include "lib/paths.h"

/* --- reading --- */

static void read_env(struct scan *s, struct loader *l)
{
	const char *path = s->facts->loader.grubenv;

	l->env.arena = s->arena;
	l->env.state = GRUBENV_EMPTY;
	l->env_text = path ? scan_text(s, path) : NULL;
	if (!l->env_text)
		return;
	grubenv_parse(s->arena, l->env_text, &l->env);
	l->env_loaded = l->env.state != GRUBENV_EMPTY && l->env.state != GRUBENV_HEADER;
}

static void read_grub2(struct scan *s, struct loader *l)
{
	const struct loader_facts *lf = &s->facts->loader;
	struct grubcfg_env env = { .devices = s->facts->devices, .root = s->root };

	read_env(s, l);
	env.dir = lf->grub2_dir;
	env.grubenv = l->env_loaded ? grubenv_pairs(&l->env) : NULL;
	grubcfg_parse(s->arena, l->cfg_text, &env, &l->cfg);
	l->kind = l->cfg.blscfg || lf->uses_bls ? LOADER_BLS : LOADER_GRUB2;
	if (l->kind == LOADER_BLS)
		bls_gather(s, &l->bls);
}

void loader_read(struct scan *s, struct loader *out)
{
	const struct loader_facts *lf = &s->facts->loader;

	*out = (struct loader){ 0 };
	if (lf->has_grub2 && lf->grub2_cfg)
		out->cfg_text = scan_text(s, lf->grub2_cfg);
	if (out->cfg_text) {
		read_grub2(s, out);
		return;
	}
	if (!lf->has_legacy || !lf->legacy_cfg)
		return;
	out->cfg_text = scan_text(s, lf->legacy_cfg);
	if (!out->cfg_text)
		return;
	grublegacy_parse(s->arena, out->cfg_text, &out->legacy);
	out->kind = LOADER_LEGACY;
}

/* --- paths --- */

static const char *resolved(struct scan *s, const char *path)
{
	return paths_real_or_same(s->root, s->arena, path);
}

/* path in the file system of a partition, as the root has it. */
static const char *path_on(struct scan *s, const struct partition *p, const char *path)
{
	const char *slash;

	if (!p->mounted)
		return NULL;
	if (!streq(p->mounted, "/"))
		return resolved(s, scan_printf(s, "%s%s", p->mounted, path));
	slash = strchr(path + 1, '/');
	if (p->type && streq(p->type, "btrfs") && slash && startswith(slash, "/boot/"))
		return resolved(s, slash); /* the subvolume comes first */
	return resolved(s, path);
}

/* A kernel file named in grub.cfg as the patient's root has it, links followed; NULL: not known. */
static const char *file_path(struct scan *s, const struct grubcfg_file *f)
{
	if (!f->path || *f->path != '/')
		return NULL;
	if (f->place.part)
		return path_on(s, f->place.part, f->path);
	if (f->place.kind == PLACE_DEVICE && s->facts->devices->known)
		return NULL;
	return bls_path(s, f->path);
}

static const char *legacy_path(struct scan *s, const struct grublegacy_entry *e,
			       const struct grublegacy_file *f)
{
	const char *device = f->device ? f->device : e->root;
	const struct partition *p = NULL;

	if (!f->path)
		return NULL;
	if (device && grublegacy_device(s->facts->devices, device, &p) == SPEC_FOUND)
		return path_on(s, p, f->path);
	return bls_path(s, f->path);
}

/* --- what boots --- */

static struct boot_choice *new_choice(struct scan *s, const char *title, const struct text *t,
				      size_t line)
{
	struct boot_choice *c = arena_new_struct(s->arena, struct boot_choice);

	c->title = title;
	c->text = t;
	c->line = line;
	return c;
}

static const struct boot_choice *choice_of_bls(struct scan *s, const struct loader *l,
					       const struct bls_entry *e)
{
	struct boot_choice *c =
		new_choice(s, e->title.value ? e->title.value : e->id, e->text, e->kernel.line);

	c->kernel = bls_path(s, e->kernel.value);
	for (size_t i = 0; i < e->initrds; i++) {
		if (e->initrd[i].value[0] != '$')
			c->initrd = bls_path(s, e->initrd[i].value);
	}
	c->args = loader_opts_args(s, l, e);
	return c;
}

static const struct boot_choice *choice_of_grub2(struct scan *s, const struct loader *l,
						 const struct grubcfg_entry *e)
{
	const char *args = NULL;
	const struct grubcfg_file *k = grubcfg_kernel(e, &args);
	struct boot_choice *c;

	if (!k)
		return NULL;
	c = new_choice(s, e->title, l->cfg_text, k->line);
	c->kernel = file_path(s, k);
	c->args = args;
	for (size_t i = 0; i < e->initrds; i++) {
		if (e->initrd[i].reach == REACH_RUNS)
			c->initrd = file_path(s, &e->initrd[i]);
	}
	return c;
}

static const struct boot_choice *choice_of_legacy(struct scan *s, const struct loader *l,
						  const struct grublegacy_entry *e)
{
	struct boot_choice *c = new_choice(s, e->title, l->cfg_text, e->kernel.line);

	c->kernel = legacy_path(s, e, &e->kernel);
	c->args = e->args;
	for (size_t i = 0; i < e->initrds; i++)
		c->initrd = legacy_path(s, e, &e->initrd[i]);
	return c;
}

static const struct bls_entry *bls_at(const struct loader *l, size_t index)
{
	for (size_t i = 0; i < l->bls.n; i++) {
		if (l->bls.e[i].kernel.value && index-- == 0)
			return &l->bls.e[i];
	}
	return NULL;
}

/* By the file's name, by title, by number; what names nothing is the first. */
static const struct bls_entry *bls_choose(const struct loader *l, const char *def)
{
	uint64_t index;

	for (size_t i = 0; i < l->bls.n; i++) {
		const struct bls_entry *e = &l->bls.e[i];

		if (!e->kernel.value)
			continue;
		if (streq(e->id, def) || (after(def, e->id) && streq(after(def, e->id), ".conf")) ||
		    (e->title.value && streq(e->title.value, def)))
			return e;
	}
	if (parse_u64(def, &index) && index < l->bls.n && bls_at(l, index))
		return bls_at(l, index);
	return bls_at(l, 0);
}

/* An entry of grub.cfg itself is what the expression means. */
static bool is_own_entry(const struct grubcfg *cfg, const char *def)
{
	for (size_t i = 0; i < cfg->entries; i++) {
		const struct grubcfg_entry *e = &cfg->entry[i];

		if (streq_null(e->id, def) || streq_null(e->title, def))
			return true;
	}
	return false;
}

/* The value of default; where the script is too clever, the usual one. */
static const char *default_expression(const struct loader *l)
{
	const char *saved;

	if (l->cfg.def)
		return l->cfg.def;
	if (!memmem(l->cfg_text->data, l->cfg_text->len, "saved_entry", strlen("saved_entry")))
		return NULL;
	saved = l->env_loaded ? grubenv_get(&l->env, "saved_entry") : NULL;
	return saved ? saved : "";
}

static const struct bls_entry *default_bls(const struct loader *l)
{
	const char *def = default_expression(l);

	if (!def || (l->cfg.entries && is_own_entry(&l->cfg, def)))
		return NULL;
	return bls_choose(l, def);
}

static const struct boot_choice *default_of_grub2(struct scan *s, const struct loader *l)
{
	size_t i = grubcfg_default(&l->cfg);

	return i == GRUBCFG_NONE ? NULL : choice_of_grub2(s, l, &l->cfg.entry[i]);
}

static const struct boot_choice *default_of_legacy(struct scan *s, const struct loader *l)
{
	const struct grublegacy *m = &l->legacy;

	if (m->default_saved || m->default_bad || m->more || m->cut || m->def >= m->entries)
		return NULL;
	return choice_of_legacy(s, l, &m->entry[m->def]);
}

const struct boot_choice *loader_choice(struct scan *s, const struct loader *l,
					const struct bls_entry **bls)
{
	const struct bls_entry *e;

	if (bls)
		*bls = NULL;
	switch (l->kind) {
	case LOADER_GRUB2:
		return default_of_grub2(s, l);
	case LOADER_LEGACY:
		return default_of_legacy(s, l);
	case LOADER_BLS:
		e = default_bls(l);
		if (bls)
			*bls = e;
		return e ? choice_of_bls(s, l, e) : NULL;
	case LOADER_NONE:
		break;
	}
	return NULL;
}

const struct boot_choice *loader_default(struct scan *s)
{
	struct loader l;

	loader_read(s, &l);
	return loader_choice(s, &l, NULL);
}

static bool is_image(struct scan *s, const struct kernel *k, const char *path)
{
	return k->image && (streq(k->image, path) || streq(resolved(s, k->image), path) ||
			    streq(resolved(s, path), resolved(s, k->image)));
}

const struct kernel *loader_default_kernel(struct scan *s)
{
	const struct boot_choice *c = loader_default(s);
	const struct kernels *ks = &s->facts->kernels;

	for (size_t i = 0; i < ks->n; i++) {
		const struct kernel *k = &ks->k[i];

		if (c && c->kernel ? is_image(s, k, c->kernel) : k->image && !k->rescue)
			return k;
	}
	return NULL;
}

static bool choice_is(struct scan *s, const struct boot_choice *c, const struct kernel *k)
{
	return c && c->kernel && is_image(s, k, c->kernel);
}

static void add_choice(struct scan *s, struct loader *l, const struct boot_choice *c)
{
	if (!c || !c->kernel)
		return;
	ARENA_GROW(s->arena, l->choice, l->choices, l->choices_cap);
	l->choice[l->choices++] = c;
}

/* There may be thousands of kernels as well as of entries: each entry is resolved once. */
static void list_choices(struct scan *s, struct loader *l)
{
	for (size_t i = 0; i < l->bls.n; i++) {
		if (l->bls.e[i].kernel.value)
			add_choice(s, l, choice_of_bls(s, l, &l->bls.e[i]));
	}
	for (size_t i = 0; i < l->cfg.entries; i++)
		add_choice(s, l, choice_of_grub2(s, l, &l->cfg.entry[i]));
	for (size_t i = 0; i < l->legacy.entries; i++)
		add_choice(s, l, choice_of_legacy(s, l, &l->legacy.entry[i]));
	ARENA_GROW(s->arena, l->choice, l->choices, l->choices_cap);
}

const struct boot_choice *loader_entry(struct scan *s, struct loader *l, const struct kernel *k)
{
	const char *real = k->image ? resolved(s, k->image) : NULL;

	if (!l->choice)
		list_choices(s, l);
	for (size_t i = 0; real && i < l->choices; i++) {
		/* Links are followed already. */
		if (streq(l->choice[i]->kernel, k->image) || streq(l->choice[i]->kernel, real))
			return l->choice[i];
	}
	return NULL;
}

/* --- making something else boot --- */

static bool dir_exists(struct scan *s, const char *path)
{
	const char *real = resolved(s, path);
	const char *slash = strrchr(real, '/');

	return slash &&
	       root_is_dir(s->root,
			   slash == real ? "/" : scan_printf(s, "%.*s", (int)(slash - real), real));
}

bool propose_grubenv(struct finding *f, struct scan *s, const struct loader *l, const char *name,
		     const char *value)
{
	const char *path = s->facts->loader.grubenv, *block;
	struct grubenv env = l->env;
	size_t len;

	if (!path || !dir_exists(s, path))
		return false;
	/* The array is shared: a copy of its own is changed. */
	env.v = arena_alloc(s->arena, (env.n + 1) * sizeof(*env.v));
	if (env.n)
		memcpy(env.v, l->env.v, env.n * sizeof(*env.v));
	env.cap = env.n + 1;
	grubenv_set(&env, name, value);
	block = grubenv_build(&env, &len);
	if (!block)
		return false;
	propose_text(f, path, block, len, l->env_text ? 0 : 0644);
	return true;
}

/* What GRUB's double quotes keep as it is. */
static bool is_plain(const char *s)
{
	return !strpbrk(s, "\"'$`\\\n\r");
}

static bool change_line(struct finding *f, const struct loader *l, const char *expr)
{
	const char *line = text_line(l->cfg_text, l->cfg.def_line);
	size_t indent = strspn(line, " \t");

	if (!is_plain(expr))
		return false;
	if (l->cfg.def_line == 0) {
		propose_insert(f, l->cfg_text, 1, "set default=\"%s\"", expr);
		return true;
	}
	if (!startswith(line + indent, "set default=") || strpbrk(line, ";&|"))
		return false;
	propose_line(f, l->cfg_text, l->cfg.def_line, "%.*sset default=\"%s\"", (int)indent, line,
		     expr);
	return true;
}

/* Through the environment block where grub.cfg takes the default from it, else in grub.cfg. */
static bool set_default(struct finding *f, struct scan *s, const struct loader *l, const char *expr)
{
	const char *from = l->cfg.def_from;

	if (grubenv_get(&l->env, "next_entry") && *grubenv_get(&l->env, "next_entry"))
		return false; /* a boot once that was asked for: not ours to drop */
	if (grubenv_get(&l->env, "prev_saved_entry") && *grubenv_get(&l->env, "prev_saved_entry"))
		return false;
	if (from ? streq(from, "saved_entry") : !l->cfg.def)
		return propose_grubenv(f, s, l, "saved_entry", expr);
	return !from && change_line(f, l, expr);
}

/* Words of entries that lead to a repair shell. */
static const char *const rescue_words[] = { "single",
					    "recovery",
					    "S",
					    "s",
					    "1",
					    "emergency",
					    "rescue",
					    "systemd.unit=rescue.target",
					    "systemd.unit=emergency.target" };

static bool is_rescue(const char *args)
{
	for (size_t i = 0; args && i < ARRAY_SIZE(rescue_words); i++) {
		if (cmdline_has(args, rescue_words[i]))
			return true;
	}
	return false;
}

/* The entry boots this kernel with its own initramfs, to a normal system. */
static bool boots_kernel(struct scan *s, const struct boot_choice *c, const struct kernel *k)
{
	if (!choice_is(s, c, k) || is_rescue(c->args))
		return false;
	if (!k->initrd)
		return !c->initrd;
	return c->initrd && streq(c->initrd, resolved(s, k->initrd));
}

static bool bls_default(struct finding *f, struct scan *s, const struct loader *l,
			const struct kernel *k)
{
	for (size_t i = 0; i < l->bls.n; i++) {
		const struct bls_entry *e = &l->bls.e[i];

		if (e->kernel.value && e->options.value &&
		    boots_kernel(s, choice_of_bls(s, l, e), k))
			return set_default(f, s, l, e->id);
	}
	return false;
}

/* An expression that is sure to mean this entry: ids outlive a new kernel, numbers do not. */
static const char *expression_for(const struct grubcfg *cfg, size_t index)
{
	const struct grubcfg_entry *e = &cfg->entry[index];
	const char *const by[] = { e->id_path, e->title_path,
				   e->index_unsure ? NULL : e->index_path };

	for (size_t i = 0; i < ARRAY_SIZE(by); i++) {
		size_t got;

		if (by[i] && is_plain(by[i]) && grubcfg_choose(cfg, by[i], &got) == CHOICE_ENTRY &&
		    got == index)
			return by[i];
	}
	return NULL;
}

static bool grub2_default(struct finding *f, struct scan *s, const struct loader *l,
			  const struct kernel *k)
{
	for (size_t i = 0; i < l->cfg.entries; i++) {
		const struct grubcfg_entry *e = &l->cfg.entry[i];
		const char *expr;

		if (e->submenu || e->chain || e->reach != REACH_RUNS ||
		    !boots_kernel(s, choice_of_grub2(s, l, e), k))
			continue;
		expr = expression_for(&l->cfg, i);
		if (expr)
			return set_default(f, s, l, expr);
	}
	return false;
}

static bool legacy_default(struct finding *f, struct scan *s, const struct loader *l,
			   const struct kernel *k)
{
	const struct grublegacy *m = &l->legacy;

	if (m->more || m->cut)
		return false;
	for (size_t i = 0; i < m->entries; i++) {
		if (m->entry[i].chain || !boots_kernel(s, choice_of_legacy(s, l, &m->entry[i]), k))
			continue;
		if (m->def_line)
			propose_line(f, l->cfg_text, m->def_line, "default=%zu", i);
		else
			propose_insert(f, l->cfg_text, 1, "default=%zu", i);
		return true;
	}
	return false;
}

bool propose_default(struct finding *f, struct scan *s, const struct kernel *k)
{
	struct loader l;

	if (!k || !scan_kernel_is_sound(s, k))
		return false;
	loader_read(s, &l);
	switch (l.kind) {
	case LOADER_GRUB2:
		return grub2_default(f, s, &l, k);
	case LOADER_BLS:
		return bls_default(f, s, &l, k);
	case LOADER_LEGACY:
		return legacy_default(f, s, &l, k);
	case LOADER_NONE:
		break;
	}
	return false;
}

bool propose_newest(struct finding *f, struct scan *s)
{
	const struct kernels *ks = &s->facts->kernels;

	for (size_t i = 0; i < ks->n; i++) {
		if (!ks->k[i].rescue && propose_default(f, s, &ks->k[i]))
			return true;
	}
	return false;
}
