/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/bootmenu.h"
#include "lib/cmdline.h"
#include "lib/unseen.h"

#define FSTAB_MAX (1u << 20)
#define CANDIDATES_MAX 4u

/* What is asked about one entry's files. */
struct asking {
	const struct bootmenu_at *at;
	const struct partition *part; /* the loader's root; NULL: not known */
	bool ours;
	const char *subvol; /* of the root, by rootflags= or fstab; NULL: none */
};

const struct partition *bootmenu_boot_part(const struct facts *f)
{
	return f->devices->known ? devices_holding(f->devices, "/boot") : NULL;
}

/* --- fstab --- */

const struct fstab *bootmenu_fstab(const struct bootmenu_at *at)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct fstab *f;

	if (at->fstab)
		return at->fstab;
	f = arena_new_struct(at->arena, struct fstab);
	if (root_read(at->root, "/etc/fstab", FSTAB_MAX, &b) == 0)
		fstab_parse(at->arena, text_new(at->arena, "/etc/fstab", b.data, b.len), f);
	return f;
}

static const struct fstab_entry *fstab_target(const struct fstab *f, const char *target)
{
	for (size_t i = 0; i < f->n; i++) {
		if (!f->e[i].bad && streq(f->e[i].target, target))
			return &f->e[i];
	}
	return NULL;
}

const char *bootmenu_subvol(const struct bootmenu_at *at)
{
	const struct fstab_entry *e = fstab_target(bootmenu_fstab(at), "/");
	const char *value;
	size_t n;

	if (!e || !streq(e->type, "btrfs") || !fstab_option(e->options, "subvol", &value))
		return NULL;
	value += strspn(value, "/");
	n = strcspn(value, ",");
	return n ? arena_strndup(at->arena, value, n) : NULL;
}

bool bootmenu_root_is_inside(const struct bootmenu_at *at, const char *spec)
{
	const struct devices *d = at->facts->devices;
	const struct fstab_entry *root;

	if (at->facts->root_part || !d->known || d->complete)
		return false;
	root = fstab_target(bootmenu_fstab(at), "/");
	return root && strcasecmp(root->spec, spec) == 0;
}

/* The tag ("UUID=…") is what fstab mounts as / or /boot. */
static bool is_fstab_boot(const struct bootmenu_at *at, const char *tag)
{
	const struct fstab *f = bootmenu_fstab(at);
	const struct fstab_entry *root = fstab_target(f, "/"), *boot = fstab_target(f, "/boot");

	return (root && strcasecmp(root->spec, tag) == 0) ||
	       (boot && strcasecmp(boot->spec, tag) == 0);
}

/* --- files --- */

static enum bootfile_state look(const struct bootmenu_at *at, const char *path)
{
	struct stat st;
	int rc;

	if (unseen(at->unseen, path))
		return BOOTFILE_UNKNOWN;
	rc = root_stat(at->root, path, &st);
	if (root_is_absent(rc))
		return BOOTFILE_MISSING;
	if (rc < 0)
		return BOOTFILE_UNKNOWN;
	if (!S_ISREG(st.st_mode))
		return BOOTFILE_MISSING;
	return st.st_size ? BOOTFILE_OK : BOOTFILE_EMPTY;
}

static bool is_there(enum bootfile_state s)
{
	return s == BOOTFILE_OK || s == BOOTFILE_EMPTY;
}

/* "/@/boot/x" on a btrfs is /boot/x of the system whose root is the subvolume @. NULL: no such. */
static const char *without_subvol(const char *path, const char *subvol)
{
	const char *rest = subvol ? after(path + 1, subvol) : NULL;

	if (rest && *rest == '/')
		return rest;
	return path[1] == '@' ? strchr(path + 1, '/') : NULL;
}

/* The path as the running system sees it, when p is where the loader looks; NULL: cannot be said.
 */
static const char *in_root(const struct asking *q, const struct partition *p, const char *path)
{
	struct arena *a = q->at->arena;
	const char *seen = path, *inner;

	if (!p->mounted)
		return NULL;
	if (p->type && streq(p->type, "btrfs")) {
		inner = without_subvol(path, q->subvol);
		if (inner)
			seen = inner;
		else if (!root_exists(q->at->root, path) && streq(p->mounted, "/"))
			return NULL;
	}
	if (!streq(p->mounted, "/"))
		seen = arena_printf(a, "%s%s", p->mounted, seen);
	return devices_holding(q->at->facts->devices, seen) == p ? seen : NULL;
}

/* Nothing but a file system can hold a kernel. */
static bool holds_no_files(const struct partition *p)
{
	return p->role == ROLE_SWAP || p->role == ROLE_EXTENDED || p->role == ROLE_BIOS_BOOT;
}

static enum bootfile_state look_known(const struct asking *q, const char *path, const char **found)
{
	const struct partition *boot = bootmenu_boot_part(q->at->facts);
	const char *here = in_root(q, q->part, path), *there;
	enum bootfile_state s = here ? look(q->at, here) : BOOTFILE_UNKNOWN;

	*found = here;
	if (is_there(s) || !boot || boot == q->part)
		return s;
	if (s != BOOTFILE_MISSING && !holds_no_files(q->part))
		return s;
	there = in_root(q, boot, path);
	if (there && is_there(look(q->at, there))) {
		*found = there;
		return BOOTFILE_ELSEWHERE;
	}
	return s;
}

/* Which partition it is cannot be told: where the file of a system of ours could be. */
static enum bootfile_state look_anywhere(const struct asking *q, const char *path,
					 const char **found)
{
	struct arena *a = q->at->arena;
	const char *inner = without_subvol(path, q->subvol);
	const char *candidate[CANDIDATES_MAX] = { path, arena_printf(a, "/boot%s", path) };
	const char *slash = strrchr(path, '/');

	candidate[2] = arena_printf(a, "/boot%s", slash);
	candidate[3] = inner;
	for (size_t i = 0; i < CANDIDATES_MAX && candidate[i]; i++) {
		enum bootfile_state s = look(q->at, candidate[i]);

		if (s == BOOTFILE_UNKNOWN)
			return s;
		if (is_there(s)) {
			*found = candidate[i];
			return s;
		}
	}
	*found = startswith(path, "/boot/") ? path : candidate[1];
	return q->ours ? BOOTFILE_MISSING : BOOTFILE_UNKNOWN;
}

static void judge(const struct asking *q, const char *path, struct bootfile *f)
{
	if (!path || strlen(path) < 2)
		return;
	if (q->part)
		f->state = look_known(q, path, &f->path);
	else
		f->state = look_anywhere(q, path, &f->path);
}

/* --- whose entry --- */

/* A file of that name is in our /boot (or where the path says). */
static bool names_our_file(const struct bootmenu_at *at, const char *path)
{
	const char *inside = arena_printf(at->arena, "/boot%s", strrchr(path, '/'));

	return is_there(look(at, path)) || is_there(look(at, inside));
}

/* What grub-mkconfig's scripts say of whose the entry is: 1 ours, -1 another system's, 0 nothing.
 */
static int by_section(const char *section)
{
	if (!section)
		return 0;
	if (strstr(section, "os-prober"))
		return -1;
	return strstr(section, "linux") || strstr(section, "xen") ? 1 : 0;
}

/* --- GRUB 2 --- */

/* Memory tests, boot floppies and the like are loaded as a kernel too. */
static bool is_linux(const char *word)
{
	static const char *const others[] = { "memtest", "mt86plus", "memdisk", "ipxe",
					      "gpxe",	 "plop",     "dban",	NULL };
	const char *name = strrchr(word, '/');

	name = name ? name + 1 : word;
	for (size_t i = 0; others[i]; i++) {
		if (strcasestr(name, others[i]))
			return false;
	}
	return true;
}

static bool grub2_is_ours(const struct bootmenu_at *at, const struct grubcfg_entry *e,
			  const struct grubcfg_file *kernel)
{
	int section = by_section(e->section);

	if (section)
		return section > 0;
	if (kernel->place.part)
		return kernel->place.part->mounted != NULL;
	if (kernel->place.kind == PLACE_TAG && is_fstab_boot(at, kernel->place.name))
		return true;
	return kernel->path && names_our_file(at, kernel->path);
}

static void take_initrds(const struct asking *q, const struct grubcfg_entry *e,
			 struct bootentry *out)
{
	out->initrd = arena_alloc(q->at->arena, (e->initrds + 1) * sizeof(*out->initrd));
	for (size_t i = 0; i < e->initrds; i++) {
		const struct grubcfg_file *f = &e->initrd[i];
		struct bootfile *to = &out->initrd[out->initrds];

		if (f->reach == REACH_NEVER)
			continue;
		*to = (struct bootfile){ .word = f->word, .line = f->line };
		if (f->reach == REACH_RUNS && f->place.part == q->part)
			judge(q, f->path, to);
		out->initrds++;
	}
}

static bool grub2_in_effect(const struct grubcfg_search *s, const struct grubcfg_place *place)
{
	if (s->reach != REACH_RUNS || !s->value || !s->var || !streq(s->var, "root"))
		return false;
	if (s->kind == SEARCH_SET_ROOT)
		return place->kind == PLACE_DEVICE && streq(place->name, s->value);
	return place->kind == PLACE_TAG && endswith(place->name, s->value);
}

static struct bootplace *places_of(struct arena *a, const struct grubcfg_search *s, size_t n,
				   const struct grubcfg_place *place)
{
	struct bootplace *out = arena_alloc(a, (n + 1) * sizeof(*out));

	for (size_t i = 0; i < n; i++) {
		out[i] = (struct bootplace){
			.kind = s[i].kind,
			.value = s[i].value,
			.var = s[i].var,
			.line = s[i].line,
			.match = s[i].match,
			.part = s[i].part,
			.runs = s[i].reach != REACH_NEVER,
			.in_effect = place && grub2_in_effect(&s[i], place),
		};
	}
	return out;
}

static void take_args(struct arena *a, const char *args, struct asking *q, struct bootentry *out)
{
	const char *flags = cmdline_get(a, args, "rootflags"), *value;

	out->args = args;
	out->root = cmdline_get(a, args, "root");
	if (flags && fstab_option(flags, "subvol", &value)) {
		value += strspn(value, "/");
		q->subvol = arena_strndup(a, value, strcspn(value, ","));
	}
}

static struct bootentry *new_entry(const struct bootmenu_at *at, struct bootmenu *m)
{
	ARENA_GROW(at->arena, m->entry, m->n, m->cap);
	m->entry[m->n] = (struct bootentry){ .args = "" };
	return &m->entry[m->n++];
}

static void add_grub2(const struct bootmenu_at *at, const struct grubcfg_entry *e,
		      struct bootmenu *m, const char *subvol)
{
	const char *args = "";
	const struct grubcfg_file *kernel = grubcfg_kernel(e, &args);
	struct asking q = { .at = at, .subvol = subvol };
	struct bootentry *out;

	if (!kernel || !is_linux(kernel->word)) {
		m->other += e->opaque || e->chain || (e->kernels && !kernel);
		return;
	}
	out = new_entry(at, m);
	out->title = e->title;
	out->number = e->index_path;
	out->line = e->line;
	out->last_line = e->last_line;
	out->kernel = (struct bootfile){ .word = kernel->word, .line = kernel->line };
	out->part = q.part = kernel->place.part;
	out->ours = q.ours = grub2_is_ours(at, e, kernel);
	take_args(at->arena, args, &q, out);
	out->place = places_of(at->arena, e->search, e->searches, &kernel->place);
	out->places = e->searches;
	judge(&q, kernel->path, &out->kernel);
	take_initrds(&q, e, out);
}

void bootmenu_grub2(const struct bootmenu_at *at, const struct grubcfg *cfg, struct bootmenu *out)
{
	const char *subvol = bootmenu_subvol(at);
	size_t def = grubcfg_default(cfg);

	*out = (struct bootmenu){ .text = cfg->text, .def = BOOTMENU_NONE };
	out->header = places_of(at->arena, cfg->search, cfg->searches, NULL);
	out->headers = cfg->searches;
	for (size_t i = 0; i < cfg->entries; i++) {
		size_t n = out->n;

		if (cfg->entry[i].submenu)
			continue;
		add_grub2(at, &cfg->entry[i], out, subvol);
		if (i != def || out->n == n)
			continue;
		out->def = n;
		out->entry[n].is_default = true;
	}
}

/* --- GRUB legacy --- */

static bool legacy_is_ours(const struct bootmenu_at *at, const struct grublegacy *m,
			   const struct grublegacy_entry *e, const struct partition *part)
{
	const char *root = e->root;

	if (part)
		return part->mounted || (e->kernel.path && names_our_file(at, e->kernel.path));
	if (e->kernel.path && names_our_file(at, e->kernel.path))
		return true;
	for (size_t i = 0; i < m->entries; i++) { /* all from one partition: ours */
		if (!m->entry[i].chain && !streq_null(m->entry[i].root, root))
			return false;
	}
	return true;
}

static const struct partition *legacy_part(const struct bootmenu_at *at, const char *device,
					   struct bootplace *place)
{
	const struct partition *p = NULL;

	place->match = grublegacy_device(at->facts->devices, device, &p);
	place->part = p;
	return p;
}

static const struct partition *
legacy_places(const struct bootmenu_at *at, const struct grublegacy_entry *e, struct bootentry *out)
{
	const struct devices *d = at->facts->devices;
	const struct partition *part = NULL;
	struct bootplace *p = arena_alloc(at->arena, 2 * sizeof(*p));

	out->place = p;
	if (e->root && !e->kernel.device) {
		*p = (struct bootplace){ .kind = SEARCH_SET_ROOT,
					 .value = e->root,
					 .var = "root",
					 .line = e->root_line,
					 .runs = true,
					 .in_effect = true };
		part = legacy_part(at, e->root, p++);
	}
	if (e->uuid && !e->kernel.device) {
		*p = (struct bootplace){ .kind = SEARCH_UUID,
					 .value = e->uuid,
					 .var = "root",
					 .line = e->uuid_line,
					 .runs = true,
					 .in_effect = true };
		if (d->known)
			p->match =
				devices_find(d, arena_printf(at->arena, "UUID=%s", e->uuid), &part);
		else
			p->match = SPEC_UNKNOWN;
		p++;
	}
	out->places = (size_t)(p - out->place);
	return part;
}

static void add_legacy(const struct bootmenu_at *at, const struct grublegacy *m, size_t i,
		       struct bootmenu *out, const char *subvol)
{
	const struct grublegacy_entry *e = &m->entry[i];
	struct asking q = { .at = at, .subvol = subvol };
	struct bootentry *to;
	struct bootplace inner;

	if (e->chain || !e->kernel.path || !is_linux(e->kernel.path)) {
		out->other += e->chain || (e->kernel.word && !e->kernel.path);
		return;
	}
	to = new_entry(at, out);
	to->title = e->title;
	to->number = arena_printf(at->arena, "%zu", i);
	to->line = e->line;
	to->last_line = e->last_line;
	to->kernel = (struct bootfile){ .word = e->kernel.word, .line = e->kernel.line };
	to->part = q.part = legacy_places(at, e, to);
	if (e->kernel.device)
		to->part = q.part = legacy_part(at, e->kernel.device, &inner);
	to->ours = q.ours = legacy_is_ours(at, m, e, q.part);
	take_args(at->arena, e->args, &q, to);
	judge(&q, e->kernel.path, &to->kernel);
	to->initrd = arena_alloc(at->arena, (e->initrds + 1) * sizeof(*to->initrd));
	for (size_t k = 0; k < e->initrds; k++) {
		to->initrd[k] =
			(struct bootfile){ .word = e->initrd[k].word, .line = e->initrd[k].line };
		if (streq_null(e->initrd[k].device, e->kernel.device))
			judge(&q, e->initrd[k].path, &to->initrd[k]);
	}
	to->initrds = e->initrds;
}

/* GRUB legacy starts the first entry when default names none. `saved` may be any. */
static size_t legacy_default(const struct grublegacy *m)
{
	if (m->default_saved)
		return m->entries == 1 ? 0 : GRUBLEGACY_NONE;
	return m->default_bad || m->def >= m->entries ? 0 : (size_t)m->def;
}

void bootmenu_legacy(const struct bootmenu_at *at, const struct grublegacy *m, struct bootmenu *out)
{
	const char *subvol = bootmenu_subvol(at);
	size_t def = legacy_default(m);

	*out = (struct bootmenu){ .text = m->text, .legacy = true, .def = BOOTMENU_NONE };
	for (size_t i = 0; i < m->entries; i++) {
		size_t n = out->n;

		add_legacy(at, m, i, out, subvol);
		if (i != def || out->n == n)
			continue;
		out->def = n;
		out->entry[n].is_default = true;
	}
}

/* --- the other way round --- */

const char *bootmenu_loader_path(const struct bootmenu_at *at, const char *path)
{
	const struct partition *boot = bootmenu_boot_part(at->facts);
	const char *inner = after(path, "/boot/"), *subvol;
	bool separate =
		boot && boot->mounted ? streq(boot->mounted, "/boot") : at->facts->separate_boot;

	if (separate && inner)
		return path + strlen("/boot");
	if (boot && boot->type && streq(boot->type, "btrfs") && (subvol = bootmenu_subvol(at)))
		return arena_printf(at->arena, "/%s%s", subvol, path);
	return path;
}
