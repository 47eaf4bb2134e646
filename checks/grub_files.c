/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/grub_parts.h"
#include "lib/cmdline.h"
#include "lib/tools.h"

#define REPORTS_MAX 100u

/* A file that is missing, with the entries that load it. */
struct gone {
	const struct problem *problem; /* where the default entry loads it */
	const struct bootfile *file;   /* as the default entry, or else the first one, names it */
	size_t *entry;
	size_t entries;
	bool is_default;
};

static bool is_gone(const struct bootfile *f)
{
	return f->path && (f->state == BOOTFILE_MISSING || f->state == BOOTFILE_EMPTY);
}

/* The entry's file of that path; NULL: it loads no such. */
static const struct bootfile *loads(const struct bootentry *e, const struct gone *x)
{
	const struct bootfile *list = e->initrd;
	size_t n = e->initrds;

	if (x->problem == &grub_kernel_missing) {
		list = &e->kernel;
		n = 1;
	}
	for (size_t i = 0; i < n; i++) {
		if (is_gone(&list[i]) && streq(list[i].path, x->file->path))
			return &list[i];
	}
	return NULL;
}

static void gather(struct grub *g, struct gone *x)
{
	x->entry = arena_alloc(g->s->arena, (g->menu.n + 1) * sizeof(*x->entry));
	for (size_t i = 0; i < g->menu.n; i++) {
		const struct bootentry *e = &g->menu.entry[i];
		const struct bootfile *f = loads(e, x);

		if (!f)
			continue;
		x->entry[x->entries++] = i;
		if (!e->is_default)
			continue;
		x->is_default = true;
		x->file = f;
	}
}

/* --- taking entries out --- */

/* The entry's lines are its own: it begins at its title and ends at a brace or the next title. */
static bool stands_alone(const struct grub *g, const struct bootentry *e)
{
	const char *first = text_line(g->menu.text, e->line);
	const char *last = text_line(g->menu.text, e->last_line);

	first += strspn(first, " \t");
	last += strspn(last, " \t");
	if (g->menu.legacy)
		return startswith(first, "title");
	return startswith(first, "menuentry") && *last == '}' &&
	       last[1 + strspn(last + 1, " \t\r")] == '\0' && e->last_line > e->line;
}

/* Numbers would shift below the default when an entry in front of it goes. */
static bool may_go(const struct grub *g, const struct bootentry *e)
{
	const struct grubcfg *cfg = &g->l.cfg;

	if (!stands_alone(g, e) || g->menu.def == BOOTMENU_NONE)
		return false;
	if (e->line > g->menu.entry[g->menu.def].line)
		return true;
	return !g->menu.legacy && cfg->def && *cfg->def &&
	       cfg->def[strspn(cfg->def, "0123456789>")] != '\0';
}

static void take_out(struct grub *g, struct finding *f, const struct gone *x)
{
	const struct text *t = g->menu.text;

	for (size_t i = 0; i < x->entries; i++) {
		if (!may_go(g, &g->menu.entry[x->entry[i]])) {
			finding_safety(f, FIX_NONE);
			return;
		}
	}
	for (size_t i = 0; i < x->entries; i++) {
		const struct bootentry *e = &g->menu.entry[x->entry[i]];

		for (size_t line = e->line; line <= e->last_line; line++) {
			const char *s = text_line(t, line);

			if (s[strspn(s, " \t\r")] && s[strspn(s, " \t")] != '#')
				propose_comment(f, t, line);
		}
	}
}

/* --- saying it --- */

static void move_default(struct grub *g, struct finding *f, const struct gone *x)
{
	if (propose_newest(f, g->s))
		return;
	if (x->problem != &grub_initrd_missing || !tools_rebuild_initramfs(f, g->s, x->file->path))
		finding_safety(f, FIX_NONE);
}

static void report(struct grub *g, struct gone *x)
{
	struct finding *f;

	gather(g, x);
	f = scan_find(g->s, x->is_default ? x->problem : &grub_spare_entry, g->menu.text->path,
		      "'%s' %s (%s)", x->file->path,
		      x->file->state == BOOTFILE_EMPTY ? "is empty" : "is not there",
		      grub_entries(g, x->entry, x->entries));
	finding_at(f, g->menu.text, x->file->line);
	if (x->file->state == BOOTFILE_MISSING)
		finding_absence(f);
	if (x->is_default)
		move_default(g, f, x);
	else
		take_out(g, f, x);
}

struct reported {
	const char *path[REPORTS_MAX];
	size_t n;
};

static void look_file(struct grub *g, const struct problem *p, const struct bootfile *file,
		      struct reported *done)
{
	struct gone x = { .problem = p, .file = file };

	if (!is_gone(file) || done->n >= REPORTS_MAX)
		return;
	for (size_t i = 0; i < done->n; i++) {
		if (streq(done->path[i], file->path))
			return;
	}
	done->path[done->n++] = file->path;
	report(g, &x);
}

void grub_look_files(struct grub *g)
{
	struct reported kernels = { .n = 0 }, initrds = { .n = 0 };

	for (size_t i = 0; i < g->menu.n; i++)
		look_file(g, &grub_kernel_missing, &g->menu.entry[i].kernel, &kernels);
	for (size_t i = 0; i < g->menu.n; i++) {
		const struct bootentry *e = &g->menu.entry[i];
		bool said = is_gone(&e->kernel) && !e->is_default;

		for (size_t k = 0; !said && k < e->initrds; k++)
			look_file(g, &grub_initrd_missing, &e->initrd[k], &initrds);
	}
}

/* --- an entry without an initramfs --- */

/* Names that the kernel itself cannot look up. */
static bool needs_lookup(const char *root)
{
	static const char *const prefixes[] = { "UUID=", "LABEL=", "/dev/mapper/", "/dev/disk/",
						"PARTLABEL=" };

	for (size_t i = 0; root && i < ARRAY_SIZE(prefixes); i++) {
		if (startswith(root, prefixes[i]))
			return true;
	}
	return false;
}

/* What the kernel needs to find a disk of that name; the first counts for "sda1" and "vda1" each.
 */
static const struct {
	const char *name;
	const char *modules[2];
} name_drivers[] = {
	{ "/dev/vd", { "virtio_blk", "virtio_pci" } },
	{ "/dev/sd", { "sd_mod" } },
	{ "/dev/xvd", { "xen_blkfront" } },
	{ "/dev/nvme", { "nvme" } },
};

static bool is_module(const struct drivers *d, const char *name)
{
	enum driver_place p = name ? driver_place(d, name) : DRIVER_UNKNOWN;

	return p == DRIVER_ON_ROOT || p == DRIVER_IN_INITRAMFS;
}

/* A menu may have many entries of one kernel, and its lists are long. */
static const struct drivers *drivers_of(struct grub *g, const struct kernel *k)
{
	if (g->d.kernel != k)
		drivers_gather(g->s, k, &g->d);
	return &g->d;
}

/* The module without which the kernel mounts no root that it can look up itself; NULL: none. */
static const char *module_for_root(struct grub *g, const struct bootentry *e,
				   const struct kernel *k)
{
	const struct partition *p = g->s->facts->root_part;
	const struct drivers *d = drivers_of(g, k);
	const char *fs;

	for (size_t i = 0; i < ARRAY_SIZE(name_drivers); i++) {
		if (!startswith(e->root, name_drivers[i].name))
			continue;
		for (size_t m = 0; m < 2; m++) {
			if (is_module(d, name_drivers[i].modules[m]))
				return name_drivers[i].modules[m];
		}
	}
	fs = p && p->type ? driver_of_type(d, p->type) : NULL;
	return is_module(d, fs) ? fs : NULL;
}

/* The kernel of an entry that loads no initramfs, though there is one for it; NULL: no such. */
static const struct kernel *kernel_alone(const struct grub *g, const struct bootentry *e)
{
	const struct kernel *k;

	if (!e->ours || e->initrds || e->kernel.state != BOOTFILE_OK || !e->kernel.path || !e->root)
		return NULL;
	k = kernels_by_path(&g->s->facts->kernels, e->kernel.path);
	return k && k->initrd && k->initrd_state == IMAGE_OK ? k : NULL;
}

/* Why it finds no root without; NULL: it may. */
static const char *why_lost(struct grub *g, const struct bootentry *e, const struct kernel *k)
{
	const char *module;

	if (needs_lookup(e->root))
		return scan_printf(g->s, "its root is %s", e->root);
	module = spec_is_kernel_name(e->root) ? module_for_root(g, e, k) : NULL;
	return module ? scan_printf(g->s, "its root, %s, needs the module '%s'", e->root, module)
		      : NULL;
}

/* "initrd16" goes with "linux16". */
static const char *command_for(const struct grub *g, const char *line)
{
	const char *rest = after(line, "linux");

	if (!rest || g->menu.legacy)
		return "initrd";
	return scan_printf(g->s, "initrd%.*s", (int)strcspn(rest, " \t"), rest);
}

/* The path as the entry writes that of the kernel: both lie in one directory. */
static const char *initrd_word(const struct grub *g, const struct bootentry *e,
			       const struct kernel *k)
{
	const char *slash = strrchr(e->kernel.word, '/'), *dir = strrchr(k->initrd, '/');
	size_t n = (size_t)(dir - k->initrd);

	if (!slash || strncmp(k->initrd, e->kernel.path, n) != 0 ||
	    strchr(e->kernel.path + n + 1, '/') || !cmdline_is_plain(dir + 1))
		return NULL;
	return scan_printf(g->s, "%.*s/%s", (int)(slash - e->kernel.word), e->kernel.word, dir + 1);
}

static void add_initrd(struct grub *g, struct finding *f, const struct bootentry *e,
		       const struct kernel *k)
{
	const struct text *t = g->menu.text;
	const char *line = text_line(t, e->kernel.line), *word = initrd_word(g, e, k);
	size_t blanks = strspn(line, " \t"), len = strlen(line);

	if (!word || (len && line[len - 1] == '\\')) {
		finding_safety(f, FIX_NONE);
		return;
	}
	propose_insert(f, t, e->kernel.line + 1, "%.*s%s %s", (int)blanks, line,
		       command_for(g, line + blanks), word);
}

void grub_look_initrd_line(struct grub *g)
{
	/* Of a menu that was cut short the line may be what is missing: see grub.syntax. */
	for (size_t i = 0, n = 0; !g->l.cfg.broken && i < g->menu.n && n < REPORTS_MAX; i++) {
		const struct bootentry *e = &g->menu.entry[i];
		const struct kernel *k = kernel_alone(g, e);
		const char *why = k ? why_lost(g, e, k) : NULL;
		struct finding *f;

		/* Also those that turn out well: what their kernels have takes long to gather. */
		n += !!k;
		if (!why)
			continue;
		f = scan_find(g->s, &grub_initrd_line, g->menu.text->path,
			      "%s loads no initramfs and %s; '%s' is there", grub_entries(g, &i, 1),
			      why, k->initrd);
		finding_at(f, g->menu.text, e->kernel.line);
		if (!e->is_default)
			finding_severity(f, DEGRADES);
		add_initrd(g, f, e, k);
	}
}
