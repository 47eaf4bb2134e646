/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What makes an initramfs. */
#include "lib/command.h"
#include "lib/tools_parts.h"

#define SCRIPT_MAX (1u << 20)

const char *tools_find(struct scan *s, const char *name)
{
	static const char *const dirs[] = { "/usr/sbin", "/sbin", "/usr/bin", "/bin" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		const char *path = scan_printf(s, "%s/%s", dirs[i], name);

		if (root_is_program(s->root, path))
			return path;
	}
	return NULL;
}

void tools_propose(struct finding *f, const char *const argv[], const struct output *out, size_t n)
{
	propose_command(f, argv, out, n);
	finding_choice(
		f, "--fix=%s runs %s of the disk itself, on a copy and shut off from this machine",
		f->problem->id, command_line(f->scan->arena, argv));
}

/* --- for which kernel --- */

static const char *modules_version(const struct kernel *k)
{
	return k->modules ? strrchr(k->modules, '/') + 1 : NULL;
}

/* The kernel with the longest version that is part of the name. */
static const struct kernel *kernel_of(struct scan *s, const char *path)
{
	const struct kernels *ks = &s->facts->kernels;
	const char *name = strrchr(path, '/');
	const struct kernel *best = NULL;

	for (size_t i = 0; name && i < ks->n; i++) {
		const struct kernel *k = &ks->k[i];

		if (!k->modules || !k->modules_dep || k->rescue || !strstr(name, k->version))
			continue;
		if (!best || strlen(k->version) > strlen(best->version))
			best = k;
	}
	return best;
}

/* As a sibling's is called, with the version in place of its own. */
static const char *like_sibling(struct scan *s, const struct kernel *k)
{
	const struct kernels *ks = &s->facts->kernels;

	for (size_t i = 0; i < ks->n; i++) {
		const struct kernel *other = &ks->k[i];
		const char *at = other->initrd && !other->rescue
					 ? strstr(other->initrd, other->version)
					 : NULL;

		if (other != k && at)
			return scan_printf(s, "%.*s%s%s", (int)(at - other->initrd), other->initrd,
					   k->version, at + strlen(other->version));
	}
	return NULL;
}

const char *tools_initramfs_path(struct scan *s, const struct kernel *k)
{
	const char *like;

	if (k->initrd)
		return k->initrd;
	like = like_sibling(s, k);
	if (like)
		return like;
	if (tools_find(s, "update-initramfs"))
		return scan_printf(s, "/boot/initrd.img-%s", k->version);
	if (os_is_like(&s->facts->os, "suse"))
		return scan_printf(s, "/boot/initrd-%s", k->version);
	return scan_printf(s, "/boot/initramfs-%s.img", k->version);
}

/* --- how each is called --- */

struct job {
	struct finding *f;
	struct scan *s;
	const char *program, *path, *version;
	const struct kernel *kernel;
};

static bool by_update_initramfs(const struct job *j)
{
	const char *const argv[] = { j->program, "-c", "-k", j->version, NULL };
	static const char sums[] = "/var/lib/initramfs-tools";
	const struct output out[] = { { .kind = OUTPUT_FILE, .path = j->path },
				      { .kind = OUTPUT_TREE, .path = sums } };

	if (!streq(j->path, scan_printf(j->s, "/boot/initrd.img-%s", j->version)))
		return false;
	propose_command_setting(j->f, "/etc/initramfs-tools/conf.d/zz-bootmend", "MODULES=most\n");
	tools_propose(j->f, argv, out, root_is_dir(j->s->root, sums) ? 2 : 1);
	return true;
}

static bool script_knows(const struct job *j, const char *option)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	return root_read(j->s->root, j->program, SCRIPT_MAX, &b) == 0 &&
	       memmem(b.data, b.len, option, strlen(option)) != NULL;
}

static bool by_dracut(const struct job *j)
{
	const char *argv[] = { j->program, "-f", j->path, j->version, NULL, NULL };
	const struct output out = { .kind = OUTPUT_FILE, .path = j->path };

	if (script_knows(j, "--no-hostonly"))
		argv[4] = "--no-hostonly";
	propose_command_setting(j->f, "/etc/dracut.conf.d/zz-bootmend.conf",
				"hostonly=\"no\"\nhostonly_cmdline=\"no\"\n");
	tools_propose(j->f, argv, &out, 1);
	return true;
}

static bool by_mkinitcpio(const struct job *j)
{
	const char *const argv[] = { j->program, "-S", "autodetect", "-k",
				     j->version, "-g", j->path,	     NULL };
	const struct output out = { .kind = OUTPUT_FILE, .path = j->path };

	tools_propose(j->f, argv, &out, 1);
	return true;
}

/* SUSE's names both files below /boot; that of nash, in Red Hat 5, takes the image and version. */
static bool by_mkinitrd(const struct job *j)
{
	const struct output out = { .kind = OUTPUT_FILE, .path = j->path };
	const char *const nash[] = { j->program, "-f", j->path, j->version, NULL };
	const char *image = j->kernel->image ? strrchr(j->kernel->image, '/') + 1 : NULL;
	const char *const suse[] = {
		j->program, "-k", image, "-i", strrchr(j->path, '/') + 1, NULL
	};

	if (!root_is_dir(j->s->root, "/lib/mkinitrd")) {
		tools_propose(j->f, nash, &out, 1);
		return true;
	}
	if (!image || !startswith(j->path, "/boot/"))
		return false;
	tools_propose(j->f, suse, &out, 1);
	return true;
}

/* Debian may have dracut besides; SUSE's mkinitrd calls dracut where it has one. */
static const struct {
	const char *name;
	bool (*propose)(const struct job *j);
} makers[] = {
	{ "update-initramfs", by_update_initramfs },
	{ "mkinitcpio", by_mkinitcpio },
	{ "dracut", by_dracut },
	{ "mkinitrd", by_mkinitrd },
};

bool tools_rebuild_initramfs(struct finding *f, struct scan *s, const char *path)
{
	struct job j = { .f = f, .s = s, .path = path, .kernel = kernel_of(s, path) };

	if (!j.kernel)
		return false;
	j.version = modules_version(j.kernel);
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++) {
		j.program = tools_find(s, makers[i].name);
		if (j.program && makers[i].propose(&j))
			return true;
	}
	return false;
}
