/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>

#include "kernel_image.h"
#include "kernels.h"

#define BOOT_FILES_MAX 4096u
#define MODULE_DIRS_MAX 512u
#define WALK_MAX 20000u
#define WALK_DEPTH 10u
#define CONFIG_MAX (2u << 20)
#define MACHINE_ID_LEN 32u

/* --- version order --- */

static size_t run_length(const char *s, bool digits)
{
	size_t n = 0;

	while (s[n] && (digits ? isdigit((unsigned char)s[n]) : isalpha((unsigned char)s[n])))
		n++;
	return n;
}

static int compare_numbers(const char *a, size_t na, const char *b, size_t nb)
{
	for (; na > 1 && *a == '0'; na--)
		a++;
	for (; nb > 1 && *b == '0'; nb--)
		b++;
	if (na != nb)
		return na < nb ? -1 : 1;
	return memcmp(a, b, na);
}

static int compare_words(const char *a, size_t na, const char *b, size_t nb)
{
	int c = memcmp(a, b, na < nb ? na : nb);

	if (c != 0)
		return c;
	return na < nb ? -1 : na > nb;
}

/* "6.1-rc3" comes before "6.1". */
static bool is_candidate(const char *s)
{
	const char *digits = after(s, "rc");

	return digits && isdigit((unsigned char)*digits);
}

/* The tilde of "6.1~rc3" says what rc says by itself. */
static const char *skip_separators(const char *s)
{
	while (*s && !isalnum((unsigned char)*s) && (*s != '~' || is_candidate(s + 1)))
		s++;
	return s;
}

/* Where a number or word ends and the other has nothing more. */
static int compare_ends(const char *a, const char *b)
{
	if (!*a && !*b)
		return 0;
	if (!*a)
		return is_candidate(b) ? 1 : -1;
	return is_candidate(a) ? -1 : 1;
}

int version_compare(const char *a, const char *b)
{
	for (;;) {
		size_t na, nb;
		bool digits;
		int c;

		a = skip_separators(a);
		b = skip_separators(b);
		if (*a == '~' && *b == '~') {
			a++;
			b++;
			continue;
		}
		if (*a == '~' || *b == '~')
			return *a == '~' ? -1 : 1;
		if (!*a || !*b)
			return compare_ends(a, b);
		if (is_candidate(a) != is_candidate(b))
			return is_candidate(a) ? -1 : 1;
		digits = isdigit((unsigned char)*a) != 0;
		if (digits != (isdigit((unsigned char)*b) != 0))
			return digits ? 1 : -1;
		na = run_length(a, digits);
		nb = run_length(b, digits);
		c = digits ? compare_numbers(a, na, b, nb) : compare_words(a, na, b, nb);
		if (c != 0)
			return c;
		a += na;
		b += nb;
	}
}

/* --- the names in /boot --- */

struct boot_file {
	const char *name;
	unsigned char type;
};

struct gather {
	const struct root *root;
	struct arena *arena;
	struct kernels *out;
	size_t cap;
	enum image_machine machine;
	struct boot_file *file;
	size_t files, files_cap;
};

static int add_file(void *arg, const struct root_entry *e)
{
	struct gather *g = arg;

	if (e->type == DT_DIR || e->name[0] == '.')
		return 0;
	ARENA_GROW(g->arena, g->file, g->files, g->files_cap);
	g->file[g->files++] =
		(struct boot_file){ .name = arena_strdup(g->arena, e->name), .type = e->type };
	return g->files >= BOOT_FILES_MAX;
}

static const struct boot_file *find_file(const struct gather *g, const char *name)
{
	for (size_t i = 0; i < g->files; i++) {
		if (streq(g->file[i].name, name))
			return &g->file[i];
	}
	return NULL;
}

/* What package managers, editors and signers leave beside an image. */
static const char *const leftovers[] = {
	".rpmsave", ".rpmnew", ".rpmorig", ".old", ".bak",  ".hmac",   ".orig",	   ".sig", ".p7s",
	".signed",  ".tmp",    ".new",	   "~",	   ".save", ".backup", ".pre-v2v", ".asc",
};

static bool is_leftover(const char *name)
{
	if (strstr(name, ".dpkg-") || strstr(name, "kdump"))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(leftovers); i++) {
		if (endswith(name, leftovers[i]))
			return true;
	}
	return false;
}

/* In the order of preference when one version has several. */
static const struct {
	const char *prefix;
	bool numbered; /* the prefix is used for other things too: a digit must follow */
} image_prefixes[] = {
	{ "vmlinuz-", false }, { "bzImage-", true },  { "Image-", true },
	{ "image-", true },    { "zImage-", true },   { "kernel-genkernel-", false },
	{ "kernel-", true },   { "vmlinux-", false },
};

static const char *image_version(struct arena *a, const char *name, size_t prefix)
{
	const char *version = after(name, image_prefixes[prefix].prefix);

	if (!version || !*version || is_leftover(version))
		return NULL;
	if (image_prefixes[prefix].numbered && !isdigit((unsigned char)*version))
		return NULL;
	if (endswith(version, ".gz") || endswith(version, ".xz"))
		return arena_strndup(a, version, strlen(version) - 3);
	return version;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A link to another versioned image of /boot is a second name, not a version. */
static bool is_alias(const struct gather *g, const struct boot_file *f)
{
	_cleanup_free_ char *target = NULL;
	const char *path = arena_printf(g->arena, "/boot/%s", f->name);

	if (f->type != DT_LNK || root_readlink(g->root, path, &target) < 0)
		return false;
	if (streq(base_name(target), f->name))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(image_prefixes); i++) {
		if (image_version(g->arena, base_name(target), i))
			return true;
	}
	return false;
}

static struct kernel *find_version(const struct gather *g, const char *version)
{
	for (size_t i = 0; i < g->out->n; i++) {
		if (streq(g->out->k[i].version, version))
			return &g->out->k[i];
	}
	return NULL;
}

static struct kernel *add_kernel(struct gather *g, const char *version)
{
	struct kernel *k;

	ARENA_GROW(g->arena, g->out->k, g->out->n, g->cap);
	k = &g->out->k[g->out->n++];
	*k = (struct kernel){ .version = arena_strdup(g->arena, version),
			      .rescue = strstr(version, "rescue") != NULL };
	return k;
}

static void gather_images(struct gather *g)
{
	for (size_t p = 0; p < ARRAY_SIZE(image_prefixes); p++) {
		for (size_t i = 0; i < g->files; i++) {
			const struct boot_file *f = &g->file[i];
			const char *version = image_version(g->arena, f->name, p);

			if (!version || find_version(g, version) || is_alias(g, f))
				continue;
			add_kernel(g, version)->image = arena_printf(g->arena, "/boot/%s", f->name);
		}
	}
}

/* --- kernel-install's layout: /boot/MACHINE-ID/VERSION/linux --- */

static const char *const entry_bases[] = { "/boot", "/boot/efi", "/efi" };

struct names {
	struct arena *arena;
	const char **name;
	size_t n, cap, max;
};

static int add_dir(void *arg, const struct root_entry *e)
{
	struct names *d = arg;

	if (e->type != DT_DIR && e->type != DT_LNK)
		return 0;
	ARENA_GROW(d->arena, d->name, d->n, d->cap);
	d->name[d->n++] = arena_strdup(d->arena, e->name);
	return d->n >= d->max;
}

static struct names list_dirs(const struct gather *g, const char *dir)
{
	struct names d = { .arena = g->arena, .max = MODULE_DIRS_MAX };

	root_list(g->root, dir, add_dir, &d);
	return d;
}

static bool is_machine_id(const char *s)
{
	return strlen(s) == MACHINE_ID_LEN && strspn(s, "0123456789abcdef") == MACHINE_ID_LEN;
}

static void gather_installed(struct gather *g, const char *dir)
{
	struct names d = list_dirs(g, dir);

	for (size_t i = 0; i < d.n; i++) {
		const char *image = arena_printf(g->arena, "%s/%s/linux", dir, d.name[i]);
		const char *initrd = arena_printf(g->arena, "%s/%s/initrd", dir, d.name[i]);
		struct kernel *k;

		if (!root_exists(g->root, image) || find_version(g, d.name[i]))
			continue;
		k = add_kernel(g, d.name[i]);
		k->image = image;
		k->initrd = root_exists(g->root, initrd) ? initrd : NULL;
	}
}

static void gather_layouts(struct gather *g)
{
	for (size_t i = 0; i < ARRAY_SIZE(entry_bases); i++) {
		struct names d = list_dirs(g, entry_bases[i]);

		for (size_t n = 0; n < d.n; n++) {
			if (is_machine_id(d.name[n]))
				gather_installed(g, arena_printf(g->arena, "%s/%s", entry_bases[i],
								 d.name[n]));
		}
	}
}

/* --- what belongs to a version --- */

/* Before and after the version; the first that is there. */
static const char *const initrd_names[][2] = {
	{ "initrd.img-", "" },	     { "initramfs-", ".img" },
	{ "initrd-", ".img" },	     { "initrd-", "" },
	{ "initramfs-", "" },	     { "initramfs-genkernel-", "" },
	{ "initramfs-", ".img.gz" }, { "initramfs-genkernel-", ".img" },
	{ "initrd-", ".gz" },
};

static const char *boot_file(const struct gather *g, const char *prefix, const char *version,
			     const char *suffix)
{
	const char *name = arena_printf(g->arena, "%s%s%s", prefix, version, suffix);

	return find_file(g, name) ? arena_printf(g->arena, "/boot/%s", name) : NULL;
}

static const char *find_initrd(const struct gather *g, const char *version)
{
	const char *path = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(initrd_names) && !path; i++)
		path = boot_file(g, initrd_names[i][0], version, initrd_names[i][1]);
	return path;
}

static const char *const module_bases[] = { "/lib/modules", "/usr/lib/modules" };

static const char *find_modules(const struct gather *g, const char *version)
{
	if (!version || !*version || strchr(version, '/') || streq(version, "..") ||
	    streq(version, "."))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(module_bases); i++) {
		const char *dir = arena_printf(g->arena, "%s/%s", module_bases[i], version);

		if (root_is_dir(g->root, dir))
			return dir;
	}
	return NULL;
}

static const char *beside_modules(const struct gather *g, const struct kernel *k, const char *name)
{
	const char *path;

	if (!k->modules)
		return NULL;
	path = arena_printf(g->arena, "%s/%s", k->modules, name);
	return root_is_file(g->root, path) ? path : NULL;
}

static bool file_has_bytes(const struct root *r, const char *path)
{
	struct stat st;

	return root_stat(r, path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

/* --- are there modules at all --- */

struct walk {
	const struct root *root;
	struct arena *arena;
	const char *dir;
	unsigned depth, *left;
	bool found;
};

static const char *const module_suffixes[] = { ".ko", ".ko.gz", ".ko.xz", ".ko.zst" };

static bool is_module(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(module_suffixes); i++) {
		if (endswith(name, module_suffixes[i]))
			return true;
	}
	return false;
}

static int walk_entry(void *arg, const struct root_entry *e)
{
	struct walk *w = arg;
	struct walk below;

	if (*w->left == 0)
		return 1;
	--*w->left;
	if (e->type != DT_DIR) {
		w->found = e->type == DT_REG && is_module(e->name);
		return w->found;
	}
	if (w->depth == WALK_DEPTH)
		return 0;
	below = *w;
	below.dir = arena_printf(w->arena, "%s/%s", w->dir, e->name);
	below.depth++;
	root_list(w->root, below.dir, walk_entry, &below);
	w->found = below.found;
	return w->found;
}

/* An honest kernel without modules has no file below, and none in the list its build made. */
static bool has_no_modules(const struct gather *g, const char *dir)
{
	unsigned left = WALK_MAX;
	struct walk w = { .root = g->root, .arena = g->arena, .dir = dir, .left = &left };

	if (!root_is_file(g->root, arena_printf(g->arena, "%s/modules.builtin", dir)) ||
	    file_has_bytes(g->root, arena_printf(g->arena, "%s/modules.order", dir)))
		return false;
	root_list(g->root, dir, walk_entry, &w);
	return !w.found && left > 0;
}

static void gather_modules(struct gather *g, struct kernel *k)
{
	if (k->rescue)
		return;
	k->modules = find_modules(g, k->version);
	if (!k->modules && k->inner_version)
		k->modules = find_modules(g, k->inner_version);
	if (!k->modules)
		return;
	k->modules_dep =
		file_has_bytes(g->root, arena_printf(g->arena, "%s/modules.dep", k->modules));
	k->modules_builtin_only = !k->modules_dep && has_no_modules(g, k->modules);
}

static void fill(struct gather *g, struct kernel *k)
{
	struct image_verdict v = { .state = IMAGE_ABSENT };

	if (k->image)
		kernel_image_judge(g->root, g->arena, g->machine, k->image, &v);
	k->image_state = v.state;
	k->image_why = v.why;
	k->image_size = v.size;
	k->inner_version = v.version;

	if (!k->initrd)
		k->initrd = find_initrd(g, k->version);
	v = (struct image_verdict){ .state = IMAGE_ABSENT };
	if (k->initrd)
		initrd_judge(g->root, g->arena, k->initrd, &v);
	k->initrd_state = v.state;
	k->initrd_why = v.why;
	k->initrd_size = v.size;

	gather_modules(g, k);
	k->config = boot_file(g, "config-", k->version, "");
	if (!k->config)
		k->config = beside_modules(g, k, "config");
	k->system_map = boot_file(g, "System.map-", k->version, "");
	if (!k->system_map)
		k->system_map = beside_modules(g, k, "System.map");
}

static bool modules_claimed(const struct gather *g, const char *name)
{
	for (size_t i = 0; i < g->out->n; i++) {
		if (g->out->k[i].modules && streq(base_name(g->out->k[i].modules), name))
			return true;
	}
	return false;
}

static void gather_only_modules(struct gather *g)
{
	for (size_t b = 0; b < ARRAY_SIZE(module_bases); b++) {
		struct names d = list_dirs(g, module_bases[b]);

		for (size_t i = 0; i < d.n; i++) {
			if (!modules_claimed(g, d.name[i]) && find_modules(g, d.name[i]) &&
			    !find_version(g, d.name[i]))
				fill(g, add_kernel(g, d.name[i]));
		}
	}
}

/* --- does it need an initramfs --- */

static const char *const initrd_makers[] = {
	"/usr/sbin/update-initramfs",
	"/usr/sbin/mkinitramfs",
	"/usr/bin/dracut",
	"/usr/sbin/dracut",
	"/sbin/dracut",
	"/usr/bin/mkinitcpio",
	"/sbin/mkinitrd",
	"/usr/sbin/mkinitrd",
	"/sbin/mkinitfs",
	"/usr/sbin/mkinitfs",
};

static bool system_uses_initrds(const struct gather *g)
{
	for (size_t i = 0; i < g->out->n; i++) {
		if (g->out->k[i].initrd && g->out->k[i].image && !g->out->k[i].rescue)
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(initrd_makers); i++) {
		if (root_exists(g->root, initrd_makers[i]))
			return true;
	}
	return false;
}

static const char *const builtin_fs[] = { "\nCONFIG_EXT4_FS=y\n", "\nCONFIG_XFS_FS=y\n",
					  "\nCONFIG_BTRFS_FS=y\n", "\nCONFIG_EXT3_FS=y\n", NULL };
static const char *const builtin_disk[] = { "\nCONFIG_VIRTIO_BLK=y\n", "\nCONFIG_BLK_DEV_NVME=y\n",
					    "\nCONFIG_BLK_DEV_SD=y\n",
					    "\nCONFIG_XEN_BLKDEV_FRONTEND=y\n", NULL };

static bool config_has(const struct bytes *b, const char *const lines[])
{
	for (size_t i = 0; lines[i]; i++) {
		if (memmem(b->data, b->len, lines[i], strlen(lines[i])))
			return true;
	}
	return false;
}

/* A file system and a disk driver are built in: it may well find its root alone. */
static bool boots_alone(const struct gather *g, const struct kernel *k)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (!k->config || root_read(g->root, k->config, CONFIG_MAX, &b) < 0)
		return false;
	return config_has(&b, builtin_fs) && config_has(&b, builtin_disk);
}

static void judge_needs(struct gather *g)
{
	bool uses = system_uses_initrds(g);

	for (size_t i = 0; i < g->out->n; i++) {
		struct kernel *k = &g->out->k[i];

		k->needs_initrd = k->initrd || (uses && !k->modules_builtin_only &&
						(!k->image || !boots_alone(g, k)));
	}
}

/* --- all together --- */

static int rank(const struct kernel *k)
{
	if (k->rescue)
		return 2;
	return strstr(k->version, "debug") ? 1 : 0;
}

static int newest_first(const void *a, const void *b)
{
	const struct kernel *ka = a, *kb = b;
	int c = rank(ka) - rank(kb);

	if (c == 0)
		c = version_compare(kb->inner_version ? kb->inner_version : kb->version,
				    ka->inner_version ? ka->inner_version : ka->version);
	if (c == 0)
		c = version_compare(kb->version, ka->version);
	return c ? c : strcmp(kb->version, ka->version);
}

void kernels_gather(const struct root *r, struct arena *a, struct kernels *out)
{
	struct gather g = { .root = r, .arena = a, .out = out };

	*out = (struct kernels){ 0 };
	g.machine = kernel_image_machine(r);
	root_list(r, "/boot", add_file, &g);
	gather_images(&g);
	gather_layouts(&g);
	for (size_t i = 0; i < out->n; i++)
		fill(&g, &out->k[i]);
	gather_only_modules(&g);
	judge_needs(&g);
	if (out->n > 1)
		qsort(out->k, out->n, sizeof(*out->k), newest_first);
}

bool kernel_is_complete(const struct kernel *k)
{
	if (k->image_state != IMAGE_OK)
		return false;
	if (k->initrd ? k->initrd_state != IMAGE_OK : k->needs_initrd)
		return false;
	return k->rescue || k->modules_dep || k->modules_builtin_only;
}

const struct kernel *kernels_newest_complete(const struct kernels *ks)
{
	for (size_t i = 0; i < ks->n; i++) {
		if (!ks->k[i].rescue && kernel_is_complete(&ks->k[i]))
			return &ks->k[i];
	}
	return NULL;
}

static bool same_path(const char *have, const char *path)
{
	const char *rest = have ? after(path, have) : NULL;

	return rest && (*rest == '\0' || streq(rest, ".efi.signed"));
}

const struct kernel *kernels_by_path(const struct kernels *ks, const char *path)
{
	for (size_t i = 0; i < ks->n; i++) {
		if (same_path(ks->k[i].image, path) || same_path(ks->k[i].initrd, path))
			return &ks->k[i];
	}
	return NULL;
}

const struct kernel *kernels_by_version(const struct kernels *ks, const char *version)
{
	for (size_t i = 0; i < ks->n; i++) {
		if (streq(ks->k[i].version, version))
			return &ks->k[i];
	}
	for (size_t i = 0; i < ks->n; i++) {
		if (!ks->k[i].rescue && streq_null(ks->k[i].inner_version, version))
			return &ks->k[i];
	}
	return NULL;
}
