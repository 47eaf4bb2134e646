/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of modprobe.d(5) against what the boot needs. In the initramfs "blacklist" counts too,
 * since udev loads there by alias; a mount on the running system asks for its type by name, so that
 * only "install" stands in its way.
 */
#include "checks/initramfs_parts.h"
#include "lib/fstab.h"

static const char *const dirs[] = { "/etc/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d" };
static const char *const nothings[] = { "/bin/true",	  "/bin/false", "/usr/bin/true",
					"/usr/bin/false", "true",	"false",
					"/sbin/nologin",  ":",		NULL };
static const char *const disk_modules[] = { "virtio_blk", "virtio_pci", "virtio_scsi",
					    "nvme",	  "nvme_core",	"xen_blkfront",
					    "hv_storvsc", "hv_vmbus",	"sd_mod" };

enum blocked { BLOCKED_NOT, BLOCKED_BLACKLIST, BLOCKED_INSTALL };

/* What a line says of a module. */
static enum blocked line_blocks(struct arena *a, const char *line, const char *module)
{
	char *save = NULL, *copy = arena_strdup(a, line);
	const char *verb = strtok_r(copy, " \t\r\n", &save);
	const char *name = strtok_r(NULL, " \t\r\n", &save);
	const char *command = strtok_r(NULL, " \t\r\n", &save);
	char *plain;

	if (!verb || !name || verb[0] == '#')
		return BLOCKED_NOT;
	plain = arena_strdup(a, name);
	for (char *p = plain; *p; p++)
		*p = *p == '-' ? '_' : *p;
	if (!streq(plain, module))
		return BLOCKED_NOT;
	if (streq(verb, "blacklist"))
		return BLOCKED_BLACKLIST;
	return streq(verb, "install") && command && in_list(command, nothings) ? BLOCKED_INSTALL
									       : BLOCKED_NOT;
}

/* Its first line that blocks the module; 0: none. */
static size_t blocking_line(struct initramfs_look *l, const struct text *t, const char *module,
			    enum blocked least)
{
	for (size_t n = 1; n <= t->lines; n++) {
		if (line_blocks(l->s->arena, text_line(t, n), module) >= least)
			return n;
	}
	return 0;
}

static const struct text *find_in(struct initramfs_look *l, const char *dir, const char *module,
				  enum blocked least, size_t *line)
{
	for (const char *const *name = scan_dir(l->s, dir); *name; name++) {
		const char *path = scan_printf(l->s, "%s/%s", dir, *name);
		const struct text *t = endswith(*name, ".conf") ? scan_text(l->s, path) : NULL;

		*line = t ? blocking_line(l, t, module, least) : 0;
		if (*line)
			return t;
	}
	return NULL;
}

/* The line of the root's configuration that blocks it; NULL: none. */
static const struct text *find_line(struct initramfs_look *l, const char *module,
				    enum blocked least, size_t *line)
{
	const struct text *t = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(dirs) && !t; i++)
		t = find_in(l, dirs[i], module, least, line);
	return t;
}

/* --- in the initramfs --- */

static bool copy_blocks(struct initramfs_look *l, const struct initramfs_file *file,
			const char *module)
{
	char *save = NULL, *copy = arena_strdup(l->s->arena, file->data);

	for (char *s = strtok_r(copy, "\n", &save); s; s = strtok_r(NULL, "\n", &save)) {
		if (line_blocks(l->s->arena, s, module) != BLOCKED_NOT)
			return true;
	}
	return false;
}

static bool has_modprobe_files(const struct initramfs *i)
{
	for (size_t n = 0; n < i->files; n++) {
		if (strstr(i->file[n].path, "modprobe"))
			return true;
	}
	return false;
}

static const struct initramfs_file *blocking_copy(struct initramfs_look *l, const char *module)
{
	for (size_t i = 0; i < l->i->files; i++) {
		if (strstr(l->i->file[i].path, "modprobe") &&
		    copy_blocks(l, &l->i->file[i], module))
			return &l->i->file[i];
	}
	return NULL;
}

/* Only what it carries for the disk, or for the root, is needed there. */
static void check_inside(struct initramfs_look *l, const char *module)
{
	const struct initramfs_file *copy;
	const struct text *t;
	struct finding *f;
	size_t line;

	if (driver_place(&l->d, module) != DRIVER_IN_INITRAMFS)
		return;
	copy = blocking_copy(l, module);
	if (!copy)
		return;
	t = find_line(l, module, BLOCKED_BLACKLIST, &line);
	f = scan_find(l->s, &modprobe_blocked, t ? t->path : l->k->initrd,
		      "'%s' inside '%s' keeps '%s' from loading there", copy->path, l->k->initrd,
		      module);
	if (t) {
		finding_at(f, t, line);
		propose_comment(f, t, line);
	} else {
		initramfs_rebuild(l, f);
	}
}

/* Without it there is no driver any more for where the disk is known to run. */
static bool is_needed(struct initramfs_look *l, const struct platform_wanted *w, const char *module)
{
	struct drivers d = l->d;

	d.without = module;
	return platform_satisfied(&l->d, w) && !platform_satisfied(&d, w);
}

/* --- on the running system --- */

static bool is_required(const struct fstab_entry *e, enum init_kind init)
{
	enum fstab_mounter how = init == INIT_SYSTEMD ? FSTAB_SYSTEMD : FSTAB_FSCK_MOUNT;

	return !e->bad && !e->swap && !e->network && !e->nofail && !e->noauto &&
	       fstab_critical_for(e, how) == CRIT_REQUIRED;
}

static void check_mount(struct initramfs_look *l, const struct fstab_entry *e)
{
	const char *module = driver_of_type(&l->d, e->type);
	const struct text *t;
	struct finding *f;
	size_t line;

	if (!module || driver_place(&l->d, module) == DRIVER_BUILT_IN)
		return;
	/* What the initramfs loads for the root stays loaded. */
	if (streq(e->target, "/") || (l->s->facts->root_part && l->s->facts->root_part->type &&
				      streq(l->s->facts->root_part->type, e->type)))
		return;
	t = find_line(l, module, BLOCKED_INSTALL, &line);
	if (!t)
		return;
	f = scan_find(l->s, &modprobe_blocked, t->path,
		      "'%s' does not load, but fstab mounts '%s' with it", module, e->target);
	finding_at(f, t, line);
	propose_comment(f, t, line);
}

void initramfs_check_blocked(struct initramfs_look *l)
{
	const struct text *t = scan_text(l->s, "/etc/fstab");
	const struct partition *root = l->s->facts->root_part;
	struct platform_wanted w = { .need = NEED_NOTHING };
	struct fstab tab = { 0 };
	const char *fs = root && root->type ? driver_of_type(&l->d, root->type) : NULL;

	if (has_modprobe_files(l->i))
		platform_wanted(l->s, l->k, &w);
	for (size_t i = 0; i < ARRAY_SIZE(disk_modules) && w.need != NEED_NOTHING; i++) {
		if (is_needed(l, &w, disk_modules[i]))
			check_inside(l, disk_modules[i]);
	}
	if (fs)
		check_inside(l, fs);
	if (t)
		fstab_parse(l->s->arena, t, &tab);
	for (size_t i = 0; i < tab.n; i++) {
		if (is_required(&tab.e[i], l->s->facts->init))
			check_mount(l, &tab.e[i]);
	}
}
