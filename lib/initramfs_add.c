/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The archive is not compressed, and stands at a multiple of 512 bytes behind at least four zeros:
 * those end the old LZ4 frame, and the kernel passes over them otherwise.
 */
#include <limits.h>

#include "lib/cpiowrite.h"
#include "lib/initramfs_add_parts.h"
#include "lib/kmodfile.h"
#include "lib/modindex.h"
#include "lib/node.h"
#include "lib/paths.h"
#include "lib/version.h"

#define LIST_MAX (16u << 20)
#define SOFTDEP_MAX (256u << 10)
#define ALIASES_MAX 64u /* searches through modules.alias */
#define ALIGN 512u
#define GAP_MIN 4u
#define ROOM_KEPT (4u << 20) /* of the file system: nobody is helped by a full one */

#define WHY(a, ...) ((a)->why = scan_printf((a)->d->scan, __VA_ARGS__))

/* --- the root's lists --- */

static const char *const lists[] = {
	"modules.dep",
	"modules.dep.bin",
	"modules.alias",
	"modules.alias.bin",
	"modules.softdep",
	"modules.weakdep",
	"modules.builtin",
	"modules.builtin.bin",
	"modules.builtin.alias.bin",
	"modules.builtin.modinfo",
	"modules.devname",
};

static const char *const needed[] = { "modules.dep", "modules.dep.bin", "modules.alias",
				      "modules.alias.bin", NULL };

static int read_list(const struct initramfs_add *a, const char *name, size_t max, struct bytes *out)
{
	return root_read(a->d->scan->root,
			 scan_printf(a->d->scan, "%s/%s", a->d->kernel->modules, name), max, out);
}

static const char *text_of(const struct initramfs_add *a, const char *name, size_t max)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (read_list(a, name, max, &b) < 0)
		return "";
	return arena_memdup(a->d->scan->arena, b.data, b.len);
}

static void check_lists(struct initramfs_add *a)
{
	for (size_t i = 0; needed[i] && !a->why; i++) {
		_cleanup_bytes_ struct bytes b = { 0 };
		int e = read_list(a, needed[i], LIST_MAX, &b);

		if (e < 0)
			WHY(a, "'%s/%s' %s", a->d->kernel->modules, needed[i],
			    root_is_absent(e) ? "is missing" : "cannot be read");
		else if (b.len == 0 ||
			 (endswith(needed[i], ".bin") && !modindex_is_sound(b.data, b.len)))
			WHY(a, "'%s/%s' is damaged", a->d->kernel->modules, needed[i]);
	}
}

/* --- the image --- */

static bool reads_behind_lz4(const char *version)
{
	return version_compare(version, "5.13") >= 0;
}

static void check_compression(struct initramfs_add *a)
{
	static const char *const sure[] = { "none", "gzip", "xz", "zstd", NULL };
	const char *how = a->d->initramfs->compression;

	if (in_list(how, sure))
		return;
	if (!streq(how, "lz4"))
		a->unproven = true;
	else if (!reads_behind_lz4(a->d->version))
		a->why = "kernels before 5.13 read nothing behind an lz4 archive";
}

/* Another module with a path of its own is one that the root's lists would hide. */
static void check_modules_inside(struct initramfs_add *a)
{
	const struct initramfs *i = a->d->initramfs;

	for (size_t n = 0; n < i->modules && !a->why; n++) {
		const struct initramfs_module *m = &i->module[n];

		if (!m->version || !streq(m->version, a->d->version) ||
		    (m->path && driver_dep(a->d, m->name)) || driver_is_built_in(a->d, m->name))
			continue;
		WHY(a, "it has '%s', which the root's modules.dep does not list", m->name);
	}
}

static void check_image(struct initramfs_add *a)
{
	const struct initramfs *i = a->d->initramfs;

	if (!i || !i->whole || !a->d->version || !a->d->kernel->modules)
		a->why = "it, or the modules it belongs to, cannot be seen to the end";
	else if (i->hidden)
		a->why = "it keeps its modules in a squash image, which would hide others";
	else if (!(i->tools & TOOL_UDEV))
		a->why = "there is no udev in it that would load them";
	else if (!initramfs_place(i, a->d->version))
		a->why = "it has no directory for the modules of its kernel";
	else if (!i->open_end)
		a->why = "the kernel would read nothing behind its last archive";
	if (!a->why)
		check_compression(a);
	if (!a->why)
		check_modules_inside(a);
}

void initramfs_add_begin(struct initramfs_add *a, const struct drivers *d)
{
	*a = (struct initramfs_add){ .d = d, .softdep = "", .alias = "" };
	check_image(a);
	if (a->why)
		return;
	a->size = d->initramfs->size;
	check_lists(a);
	a->softdep = text_of(a, "modules.softdep", SOFTDEP_MAX);
	a->alias = text_of(a, "modules.alias", LIST_MAX);
}

/* --- what goes in --- */

static bool is_in(const struct initramfs_add *a, const struct drivers_dep *dep)
{
	for (size_t i = 0; i < a->n; i++) {
		if (a->dep[i] == dep)
			return true;
	}
	return false;
}

static void take(struct initramfs_add *a, const struct drivers_dep *dep)
{
	if (a->why || is_in(a, dep))
		return;
	if (a->n == INITRAMFS_ADD_MODULES)
		WHY(a, "more than %u modules would be needed", INITRAMFS_ADD_MODULES);
	else
		a->dep[a->n++] = dep;
}

struct soft {
	struct initramfs_add *a;
	unsigned *searches;
};

/* Helpful, not needed: none of them may be there. */
static bool take_named(void *arg, const char *module)
{
	struct soft *s = arg;
	char *name = arena_strdup(s->a->d->scan->arena, module);
	const struct drivers_dep *dep;

	for (char *p = name; *p; p++)
		*p = *p == '-' ? '_' : *p;
	dep = driver_is_built_in(s->a->d, name) ? NULL : driver_dep(s->a->d, name);
	if (dep)
		take(s->a, dep);
	return !s->a->why;
}

static bool take_soft(void *arg, const char *word)
{
	struct soft *s = arg;
	size_t before = s->a->n;

	take_named(s, word);
	if (s->a->n > before || *s->searches == 0)
		return !s->a->why;
	--*s->searches;
	add_list_each_alias(s->a->alias, word, s->a->d->scan->arena, take_named, s);
	return !s->a->why;
}

static void take_needs(struct initramfs_add *a, const struct drivers_dep *of)
{
	char *save = NULL, *list = arena_strdup(a->d->scan->arena, of->needs);

	for (char *s = strtok_r(list, " \t", &save); s && !a->why;
	     s = strtok_r(NULL, " \t", &save)) {
		const char *name = module_name(a->d->scan->arena, paths_base(s));
		const struct drivers_dep *dep = name ? driver_dep(a->d, name) : NULL;

		if (name && driver_is_built_in(a->d, name))
			continue;
		if (dep)
			take(a, dep);
		else
			WHY(a, "the root's modules.dep does not list '%s', which '%s' needs",
			    paths_base(s), of->name);
	}
}

void initramfs_add_nowhere(struct initramfs_add *a, const char *what)
{
	if (a->why)
		return;
	WHY(a, "the root has no %s either", what);
	a->nowhere = true;
}

void initramfs_add_want(struct initramfs_add *a, const char *module)
{
	const struct drivers_dep *dep = driver_dep(a->d, module);
	enum driver_place p = driver_place(a->d, module);

	if (a->why || p == DRIVER_BUILT_IN || p == DRIVER_IN_INITRAMFS)
		return;
	if (!dep)
		initramfs_add_nowhere(a, module);
	else if (!add_list_has_alias_of(a->alias, module))
		WHY(a, "the root's modules.alias does not name '%s'", module);
	else
		take(a, dep);
}

void initramfs_add_help(struct initramfs_add *a, const char *module)
{
	if (!a->why && driver_dep(a->d, module) && add_list_has_alias_of(a->alias, module))
		initramfs_add_want(a, module);
}

/* Those that are inside already count for what they need only. */
static void close_over_needs(struct initramfs_add *a)
{
	unsigned searches = ALIASES_MAX;
	struct soft soft = { .a = a, .searches = &searches };
	size_t kept = 0;

	for (size_t i = 0; i < a->n && !a->why; i++) {
		take_needs(a, a->dep[i]);
		add_list_each_soft(a->softdep, a->dep[i]->name, a->d->scan->arena, take_soft,
				   &soft);
	}
	for (size_t i = 0; i < a->n; i++) {
		if (!driver_is_inside(a->d, a->dep[i]->name))
			a->dep[kept++] = a->dep[i];
	}
	a->n = kept;
}

/* --- under which name --- */

static const char *const packed_suffixes[] = { ".gz", ".xz", ".zst" };

static const char *packed_suffix(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(packed_suffixes); i++) {
		if (endswith(path, packed_suffixes[i]))
			return packed_suffixes[i];
	}
	return NULL;
}

/* Its modules are all unpacked: then it is not sure that its modprobe can do that. */
static bool wants_unpacked(const struct initramfs_add *a)
{
	const struct initramfs *i = a->d->initramfs;
	size_t plain = 0;

	for (size_t n = 0; n < i->modules; n++) {
		const struct initramfs_module *m = &i->module[n];

		if (!m->path || !streq(m->version, a->d->version))
			continue;
		if (packed_suffix(m->path))
			return false;
		plain++;
	}
	return plain > 0;
}

const char *add_path_inside(const struct initramfs_add *a, const struct drivers_dep *dep)
{
	const struct initramfs_module *m =
		initramfs_find_module(a->d->initramfs, dep->name, a->d->version);
	const char *suffix = packed_suffix(dep->path);

	if (m && m->path)
		return m->path;
	if (!suffix || !is_in(a, dep) || !wants_unpacked(a))
		return dep->path;
	return arena_strndup(a->d->scan->arena, dep->path, strlen(dep->path) - strlen(suffix));
}

/* The root's modules.dep says of no module in the image that it is elsewhere. */
static bool names_agree(const struct initramfs_add *a)
{
	const struct initramfs *i = a->d->initramfs;

	for (size_t n = 0; n < a->n; n++) {
		if (!streq(add_path_inside(a, a->dep[n]), a->dep[n]->path))
			return false;
	}
	for (size_t n = 0; n < i->modules; n++) {
		const struct initramfs_module *m = &i->module[n];
		const struct drivers_dep *dep = m->path ? driver_dep(a->d, m->name) : NULL;

		if (dep && streq(m->version, a->d->version) && !streq(m->path, dep->path))
			return false;
	}
	return true;
}

/* --- the archive --- */

static void put_file(struct initramfs_add *a, struct cpiowrite *w, const char *name,
		     const struct bytes *b)
{
	if (cpiowrite_file(w, name, 0644, b->data, b->len) < 0)
		WHY(a, "the root's modules.dep has the path '%s'", name);
	else if (w->out->len > INITRAMFS_ADD_BYTES)
		WHY(a, "it would become more than %u MiB longer", INITRAMFS_ADD_BYTES >> 20);
}

static void put_module(struct initramfs_add *a, struct cpiowrite *w, const struct drivers_dep *dep)
{
	_cleanup_kmodfile_ struct kmodfile k = { 0 };
	const char *path = add_path_inside(a, dep);
	const char *why;

	if (!cpiowrite_name_is_plain(dep->path)) {
		WHY(a, "the root's modules.dep has the path '%s'", dep->path);
		return;
	}
	why = kmodfile_read(a->d->scan->root,
			    scan_printf(a->d->scan, "%s/%s", a->d->kernel->modules, dep->path),
			    a->d->version, &k);
	if (why)
		WHY(a, "'%s/%s' %s", a->d->kernel->modules, dep->path, why);
	else
		put_file(a, w, path, packed_suffix(path) ? &k.raw : kmodfile_object(&k));
}

static bool is_dep_list(const char *name)
{
	return startswith(name, "modules.dep");
}

static void put_lists(struct initramfs_add *a, struct cpiowrite *w)
{
	bool agree = names_agree(a);

	for (size_t i = 0; i < ARRAY_SIZE(lists) && !a->why; i++) {
		_cleanup_bytes_ struct bytes b = { 0 };

		if ((agree || !is_dep_list(lists[i])) && read_list(a, lists[i], LIST_MAX, &b) == 0)
			put_file(a, w, lists[i], &b);
	}
	if (!agree && !a->why) {
		_cleanup_bytes_ struct bytes text = { 0 }, index = { 0 };

		a->why = add_dep_make(a, &text, &index);
		if (!a->why)
			put_file(a, w, "modules.dep", &text);
		if (!a->why)
			put_file(a, w, "modules.dep.bin", &index);
	}
}

static void put_gap(const struct initramfs_add *a, struct bytes *b)
{
	do
		bytes_addc(b, '\0');
	while (b->len < GAP_MIN || (a->size + b->len) % ALIGN);
}

static void check_room(struct initramfs_add *a)
{
	const char *path =
		paths_real_or_same(a->d->scan->root, a->d->scan->arena, a->d->kernel->initrd);
	const char *slash = strrchr(path, '/');
	char want[32], have[32];
	struct statvfs st;
	uint64_t room, need = a->size + a->len + ROOM_KEPT;

	if (a->size + a->len > NODE_BYTES) {
		WHY(a, "it would become larger than %u MiB", NODE_BYTES >> 20);
		return;
	}
	if (root_statvfs(a->d->scan->root,
			 slash == path ? "/"
				       : scan_printf(a->d->scan, "%.*s", (int)(slash - path), path),
			 &st) < 0 ||
	    st.f_blocks == 0)
		return;
	room = (uint64_t)st.f_bavail * st.f_frsize;
	if (room < need)
		WHY(a, "its file system has no room for the longer one (%s needed, %s free)",
		    format_size(need, want, sizeof(want)), format_size(room, have, sizeof(have)));
}

bool initramfs_add_make(struct initramfs_add *a)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct cpiowrite w;

	if (!a->why)
		close_over_needs(a);
	if (!a->why && a->n == 0)
		a->why = "nothing is missing in it";
	if (a->why)
		return false;
	put_gap(a, &b);
	cpiowrite_begin(&w, &b, initramfs_place(a->d->initramfs, a->d->version));
	for (size_t i = 0; i < a->n && !a->why; i++)
		put_module(a, &w, a->dep[i]);
	put_lists(a, &w);
	cpiowrite_end(&w);
	a->modules = a->n;
	a->len = b.len;
	check_room(a);
	if (!a->why)
		a->data = arena_memdup(a->d->scan->arena, b.data, b.len);
	return !a->why;
}
