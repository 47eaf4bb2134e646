/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "lib/fstab_kernel.h"
#include "lib/fstab_words.h"

#define KERNELS_MAX 8u
#define FILE_MAX (8u << 20)

static void add_name(struct bytes *types, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes_addc(types, s[i] == '-' ? '_' : s[i]);
	bytes_addc(types, ' ');
}

/* A path of modules.dep or modules.builtin: file systems, and whatever is out of the tree. */
static void add_module(struct bytes *types, const char *path, size_t len)
{
	const char *end = memmem(path, len, ".ko", 3), *base;

	if (!end ||
	    (memcmp(path, "kernel/", len < 7 ? len : 7) == 0 && !memmem(path, len, "/fs/", 4)))
		return;
	base = memrchr(path, '/', (size_t)(end - path));
	base = base ? base + 1 : path;
	add_name(types, base, (size_t)(end - base));
}

static void add_paths(struct bytes *types, const struct bytes *file)
{
	for (const char *s = file->data; *s; s += *s == '\n') {
		add_module(types, s, strcspn(s, ":\n"));
		s += strcspn(s, "\n");
	}
}

/* "alias fs-NAME module" in modules.alias, "module.alias=fs-NAME" in modules.builtin.modinfo. */
static void add_aliases(struct bytes *types, const struct bytes *file)
{
	const char *s = file->data, *end = s + file->len;

	while ((s = memmem(s, (size_t)(end - s), "fs-", 3))) {
		if (s > file->data && (s[-1] == ' ' || s[-1] == '=')) {
			size_t n = strcspn(s, " \n");

			add_name(types, s + 3, n - 3);
		}
		s += 3;
	}
}

static const struct {
	const char *name;
	void (*add)(struct bytes *types, const struct bytes *file);
	bool needed;
} sources[] = {
	{ "modules.dep", add_paths, true },
	{ "modules.builtin", add_paths, true },
	{ "modules.alias", add_aliases, false },
	{ "modules.builtin.modinfo", add_aliases, false },
};

static bool read_kernel(const struct root *r, const struct kernel *k, struct bytes *types)
{
	if (!k->modules)
		return k->rescue;
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", k->modules, sources[i].name);
		_cleanup_bytes_ struct bytes file = { 0 };

		if (root_read(r, path, FILE_MAX, &file) == 0 && file.len > 0)
			sources[i].add(types, &file);
		else if (sources[i].needed)
			return false;
	}
	return true;
}

struct fstab_kernel fstab_kernel_types(const struct root *r, struct arena *a,
				       const struct kernels *ks)
{
	_cleanup_bytes_ struct bytes types = { 0 };
	struct fstab_kernel k = { .types = "" };

	for (size_t i = 0; i < ks->n; i++) {
		if (i >= KERNELS_MAX || !read_kernel(r, &ks->k[i], &types))
			return k;
	}
	k.known = types.len > 0;
	k.types = arena_strndup(a, types.data ? types.data : "", types.len);
	return k;
}

bool fstab_kernel_has_helper(const struct root *r, const char *type)
{
	static const char *const dirs[] = { "/sbin", "/usr/sbin", "/usr/bin", "/bin" };

	if (strchr(type, '/') || strlen(type) > 64)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		_cleanup_free_ char *path = xasprintf("%s/mount.%s", dirs[i], type);

		if (root_exists(r, path))
			return true;
	}
	return false;
}

/* Other modules that mount the type as well. */
static const struct {
	const char *type, *module;
} also[] = {
	{ "ext2", "ext4" }, { "ext3", "ext4" },	 { "ntfs", "ntfs3" },
	{ "vfat", "fat" },  { "msdos", "vfat" },
};

static bool has_module(const struct fstab_kernel *k, const char *type)
{
	_cleanup_bytes_ struct bytes name = { 0 };

	bytes_adds(&name, fstab_words_module(type));
	for (size_t i = 0; i < name.len; i++)
		name.data[i] = name.data[i] == '-' ? '_' : name.data[i];
	if (!name.len || has_word(k->types, name.data, " "))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(also); i++) {
		if (streq(type, also[i].type) && has_word(k->types, also[i].module, " "))
			return true;
	}
	return false;
}

bool fstab_kernel_lacks(const struct fstab_kernel *k, const struct root *r, const char *type)
{
	return k->known && !has_module(k, type) && !fstab_kernel_has_helper(r, type);
}
