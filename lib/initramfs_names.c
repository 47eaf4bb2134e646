/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the names inside an initramfs tell: who made it, which modules and programs it has. */
#include <sys/stat.h>

#include "lib/depmod.h"
#include "lib/initramfs_parts.h"
#include "lib/paths.h"

#define MODULES_MAX 20000u
#define VERSIONS_MAX 64u
#define NAME_MAX_LEN 255u
#define PATH_LEN_MAX 255u /* of a module, below its version */
#define FILES_MAX 256u
#define KEPT_MAX (2u << 20)
#define MODPROBE_MAX (64u << 10)
#define BUILTIN_MAX (512u << 10)
#define LAYER_FILE_MAX (256u << 10)

static const char *const makers[] = {
	[MAKER_UNKNOWN] = "unknown",   [MAKER_INITRAMFS_TOOLS] = "initramfs-tools",
	[MAKER_DRACUT] = "dracut",     [MAKER_MKINITCPIO] = "mkinitcpio",
	[MAKER_MKINITRD] = "mkinitrd",
};

const char *initramfs_maker_name(enum initramfs_maker m)
{
	return (size_t)m < ARRAY_SIZE(makers) ? makers[m] : makers[MAKER_UNKNOWN];
}

/* Files and directories that only one of them puts there, or starts a name with. */
static const struct {
	const char *name;
	enum initramfs_maker maker;
} signs[] = {
	{ "usr/lib/dracut/", MAKER_DRACUT },
	{ "lib/dracut/", MAKER_DRACUT },
	{ "lib/dracut-lib.sh", MAKER_DRACUT },
	{ "usr/lib/dracut-lib.sh", MAKER_DRACUT },
	{ "conf/initramfs.conf", MAKER_INITRAMFS_TOOLS },
	{ "scripts/init-premount/", MAKER_INITRAMFS_TOOLS },
	{ "init_functions", MAKER_MKINITCPIO },
	{ "buildconfig", MAKER_MKINITCPIO },
	{ "usr/lib/initcpio/", MAKER_MKINITCPIO },
	{ "bin/nash", MAKER_MKINITRD },
	{ "run_all.sh", MAKER_MKINITRD },
};

static const struct {
	const char *name;
	enum initramfs_tool tool;
} programs[] = {
	{ "lvm", TOOL_LVM },
	{ "dmsetup", TOOL_DMSETUP },
	{ "cryptsetup", TOOL_CRYPTSETUP },
	{ "systemd-cryptsetup", TOOL_CRYPTSETUP },
	{ "mdadm", TOOL_MDADM },
	{ "udevd", TOOL_UDEV },
	{ "systemd-udevd", TOOL_UDEV },
	{ "udevadm", TOOL_UDEV },
};

static const char *const squash_images[] = { "squash-root.img", "squashfs-root.img",
					     "erofs-root.img", "squash/root.img" };
static const char *const inits[] = { "init", "linuxrc", "sbin/init", "bin/init", "usr/sbin/init" };

char *module_name(struct arena *a, const char *file)
{
	const char *dot = strstr(file, ".ko");
	char *name;

	if (!depmod_is_module(file) || !dot || dot == file)
		return NULL;
	name = arena_strndup(a, file, (size_t)(dot - file));
	for (char *p = name; *p; p++) {
		if (*p == '-')
			*p = '_';
	}
	return name;
}

static const char *version_once(struct initramfs_names *n, const char *v, size_t len)
{
	struct initramfs *out = n->out;

	for (size_t i = 0; i < out->versions; i++) {
		if (strlen(out->version[i]) == len && memcmp(out->version[i], v, len) == 0)
			return out->version[i];
	}
	if (out->versions == VERSIONS_MAX || len == 0 || len > NAME_MAX_LEN)
		return NULL;
	ARENA_GROW(n->arena, out->version, out->versions, out->versions_cap);
	return out->version[out->versions++] = arena_strndup(n->arena, v, len);
}

/* What follows "lib/modules/" in a path, in usr or not; NULL: it is not there. */
static const char *below_modules(const char *path)
{
	const char *in_usr = after(path, "usr/");

	return after(in_usr ? in_usr : path, "lib/modules/");
}

/* The directory of a version, told by itself or by what is below it. */
static void take_place(struct initramfs_names *n, const char *path, bool is_dir)
{
	struct initramfs *out = n->out;
	const char *rest = below_modules(path);
	size_t len = rest ? strcspn(rest, "/") : 0;
	char *version;

	if (len == 0 || len > NAME_MAX_LEN || (!rest[len] && !is_dir) ||
	    out->places == VERSIONS_MAX)
		return;
	for (size_t i = 0; i < out->places; i++) {
		if (strlen(out->place[i].version) == len &&
		    memcmp(out->place[i].version, rest, len) == 0)
			return;
	}
	version = arena_strndup(n->arena, rest, len);
	ARENA_GROW(n->arena, out->place, out->places, out->places_cap);
	out->place[out->places++] = (struct initramfs_place){
		.version = version,
		.dir = arena_strndup(n->arena, path, (size_t)(rest - path) + len),
	};
}

/* "lib/modules/VERSION/kernel/…/x.ko"; RHEL 5's "lib/x.ko" has no version. */
static void take_module(struct initramfs_names *n, const char *path)
{
	struct initramfs *out = n->out;
	const char *base = paths_base(path), *rest = below_modules(path);
	const char *slash = rest ? strchr(rest, '/') : NULL;
	char *name;

	if (out->modules == MODULES_MAX || strlen(base) > NAME_MAX_LEN || (rest && !slash))
		return;
	name = module_name(n->arena, base);
	if (!name)
		return;
	ARENA_GROW(n->arena, out->module, out->modules, out->modules_cap);
	out->module[out->modules++] = (struct initramfs_module){
		.name = name,
		.version = slash ? version_once(n, rest, (size_t)(slash - rest)) : NULL,
		.path = slash && strlen(slash) <= PATH_LEN_MAX ? arena_strdup(n->arena, slash + 1)
							       : NULL,
	};
}

static bool is_program_dir(const char *path, const char *base)
{
	static const char *const dirs[] = {
		"bin/", "sbin/",     "usr/bin/",     "usr/sbin/",
		"lib/", "lib/udev/", "lib/systemd/", "usr/lib/systemd/"
	};
	size_t len = (size_t)(base - path);

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (strlen(dirs[i]) == len && strncmp(path, dirs[i], len) == 0)
			return true;
	}
	return false;
}

static void take_signs(struct initramfs *out, const char *path, const char *base)
{
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		const char *rest = after(path, signs[i].name);

		if (rest && (*rest == '\0' || endswith(signs[i].name, "/")))
			out->maker = signs[i].maker;
	}
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (streq(base, programs[i].name) && is_program_dir(path, base))
			out->tools |= programs[i].tool;
	}
	for (size_t i = 0; i < ARRAY_SIZE(squash_images); i++)
		out->hidden |= streq(path, squash_images[i]);
	for (size_t i = 0; i < ARRAY_SIZE(inits); i++)
		out->has_init |= streq(path, inits[i]);
	out->microcode |= startswith(path, "kernel/x86/microcode/");
}

/* Copies of what /etc says of the layers below the root, and dracut's own command line. */
static const char *const layer_files[] = {
	"etc/crypttab",		 "cryptroot/crypttab",
	"conf/conf.d/cryptroot", "etc/mdadm.conf",
	"etc/mdadm/mdadm.conf",	 "etc/lvm/lvm.conf",
	"etc/lvm/lvmlocal.conf", "etc/lvm/devices/system.devices",
	"etc/cmdline",		 NULL,
};

/* Bytes of it that are worth keeping; 0: none. */
static size_t keep_max(const char *path, const char *base)
{
	if (streq(base, "modules.builtin") && strstr(path, "lib/modules/"))
		return BUILTIN_MAX;
	if (endswith(base, ".conf") && strstr(path, "/modprobe.d/"))
		return MODPROBE_MAX;
	if (in_list(path, layer_files) ||
	    (startswith(path, "etc/cmdline.d/") && endswith(base, ".conf")))
		return LAYER_FILE_MAX;
	return streq(path, "etc/modprobe.conf") ? MODPROBE_MAX : 0;
}

static bool entry(void *arg, const struct cpio_entry *e)
{
	struct initramfs_names *n = arg;
	const char *base = paths_base(e->name);
	size_t max;

	if (!*base)
		return false;
	take_signs(n->out, e->name, base);
	take_place(n, e->name, S_ISDIR(e->mode));
	if (S_ISDIR(e->mode))
		return false;
	if (depmod_is_module(base))
		take_module(n, e->name);
	max = S_ISREG(e->mode) && e->size ? keep_max(e->name, base) : 0;
	if (!max || e->size > max || n->out->files == FILES_MAX || n->kept + e->size > KEPT_MAX)
		return false;
	n->path = arena_strdup(n->arena, e->name);
	n->content.len = 0;
	return true;
}

static void content(void *arg, const unsigned char *p, size_t len)
{
	struct initramfs_names *n = arg;

	bytes_add(&n->content, p, len);
}

static void done(void *arg)
{
	struct initramfs_names *n = arg;
	struct initramfs *out = n->out;

	ARENA_GROW(n->arena, out->file, out->files, out->files_cap);
	out->file[out->files++] = (struct initramfs_file){
		.path = n->path,
		.data = arena_memdup(n->arena, n->content.data, n->content.len),
		.len = n->content.len,
	};
	n->kept += n->content.len;
}

const struct cpio_ops initramfs_names_ops = { .entry = entry, .content = content, .done = done };

static int by_name(const void *a, const void *b)
{
	const struct initramfs_module *ma = a, *mb = b;

	return strcmp(ma->name, mb->name);
}

void initramfs_names_end(struct initramfs_names *n)
{
	if (n->out->modules > 1)
		qsort(n->out->module, n->out->modules, sizeof(*n->out->module), by_name);
	bytes_free(&n->content);
}

/* Index of the first module whose name is not before this one. */
static size_t lower_bound(const struct initramfs *i, const char *name)
{
	size_t low = 0, high = i->modules;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(i->module[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct initramfs_module *initramfs_find_module(const struct initramfs *i, const char *name,
						     const char *version)
{
	char plain[NAME_MAX_LEN + 1];
	size_t n = strlen(name);

	if (n >= sizeof(plain))
		return NULL;
	for (size_t k = 0; k <= n; k++)
		plain[k] = name[k] == '-' ? '_' : name[k];
	for (size_t k = lower_bound(i, plain); k < i->modules; k++) {
		const struct initramfs_module *m = &i->module[k];

		if (!streq(m->name, plain))
			return NULL;
		if (!version || !m->version || streq(m->version, version))
			return m;
	}
	return NULL;
}

bool initramfs_has_module(const struct initramfs *i, const char *name, const char *version)
{
	return initramfs_find_module(i, name, version) != NULL;
}

const struct initramfs_file *initramfs_file(const struct initramfs *i, const char *path)
{
	for (size_t k = i->files; k > 0; k--) {
		if (streq(i->file[k - 1].path, path))
			return &i->file[k - 1];
	}
	return NULL;
}

const char *initramfs_place(const struct initramfs *i, const char *version)
{
	for (size_t k = 0; k < i->places; k++) {
		if (streq(i->place[k].version, version))
			return i->place[k].dir;
	}
	return NULL;
}

bool initramfs_is_of(const struct initramfs *i, const char *version)
{
	for (size_t k = 0; k < i->versions; k++) {
		if (streq(i->version[k], version))
			return true;
	}
	return i->versions == 0;
}
