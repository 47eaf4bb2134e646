/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of modprobe.d(5) against what the boot needs. In the initramfs "blacklist" counts too,
 * since udev loads there by alias; a mount on the running system asks for its type by name, so that
 * only "install" stands in its way.
 */
#include "checks/initramfs_parts.h"
#include "lib/fstab.h"
#include "lib/tools.h"

static const char *const dirs[] = { "/etc/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d" };
static const char *const nothings[] = { "/bin/true",	  "/bin/false", "/usr/bin/true",
					"/usr/bin/false", "true",	"false",
					"/sbin/nologin",  ":",		NULL };
static const char *const disk_modules[] = { "virtio_blk", "virtio_pci",	  "virtio_scsi", "nvme",
					    "nvme_core",  "xen_blkfront", "hv_storvsc",	 "hv_vmbus",
					    "sd_mod",	  "vmw_pvscsi",	  "mptspi",	 "mptsas",
					    "ahci",	  "ata_piix" };
/* Scripts and the kernel ask for these by name, which no blacklist forbids. */
static const char *const layer_modules[] = { "dm_mod", "dm_crypt", "md_mod" };

#define BLOCKED_MAX (ARRAY_SIZE(disk_modules) + ARRAY_SIZE(layer_modules) + 2)

/* What is kept from loading inside, and does the boot need it. */
struct blocked_list {
	const char *module[BLOCKED_MAX + 1];
	size_t n, disks;
	enum severity severity;
	const char *where; /* the platform whose disk is not found then; NULL: whichever */
};

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
			const char *module, enum blocked least)
{
	char *save = NULL, *copy = arena_strdup(l->s->arena, file->data);

	for (char *s = strtok_r(copy, "\n", &save); s; s = strtok_r(NULL, "\n", &save)) {
		if (line_blocks(l->s->arena, s, module) >= least)
			return true;
	}
	return false;
}

static const struct initramfs_file *blocking_copy(struct initramfs_look *l, const char *module,
						  enum blocked least)
{
	for (size_t i = 0; i < l->i->files; i++) {
		if (strstr(l->i->file[i].path, "modprobe") &&
		    copy_blocks(l, &l->i->file[i], module, least))
			return &l->i->file[i];
	}
	return NULL;
}

/* Only what it carries is needed there. */
static bool take_blocked(struct initramfs_look *l, struct blocked_list *b, const char *module,
			 enum blocked least)
{
	if (b->n >= BLOCKED_MAX || driver_place(&l->d, module) != DRIVER_IN_INITRAMFS ||
	    !blocking_copy(l, module, least))
		return false;
	b->module[b->n++] = module;
	return true;
}

/* --- how much it matters --- */

static void drop(struct blocked_list *b, size_t i)
{
	for (; i < b->n; i++)
		b->module[i] = b->module[i + 1];
	b->n--;
}

/* The first of the platforms that the module is a driver for; NULL: none. */
static const char *used_by(const struct platform_wanted *w, const char *module)
{
	for (size_t i = 0; i < w->n; i++) {
		if (platform_uses(w->name[i], module))
			return w->name[i];
	}
	return NULL;
}

/* Those for where it will not run do no harm. */
static void keep_wanted(struct blocked_list *b, const struct platform_wanted *w)
{
	for (size_t i = 0; w->need != NEED_NOTHING && i < b->n;) {
		const char *name = used_by(w, b->module[i]);

		if (!name) {
			drop(b, i);
			continue;
		}
		if (!b->where)
			b->where = name;
		i++;
	}
}

/* A driver of another kind of disk may be left: it stops the boot where none is. */
static void judge_disks(struct initramfs_look *l, struct blocked_list *b)
{
	struct platform_wanted w = { .need = NEED_NOTHING };
	struct drivers d = l->d;
	bool was, is;

	if (!b->n)
		return;
	platform_wanted(l->s, l->k, &w);
	d.without = b->module;
	was = w.need == NEED_NOTHING ? *platform_list(&l->d) != '\0'
				     : platform_satisfied(&l->d, &w);
	is = w.need == NEED_NOTHING ? *platform_list(&d) != '\0' : platform_satisfied(&d, &w);
	keep_wanted(b, &w);
	b->disks = b->n;
	if (was && !is)
		b->severity = STOPS_BOOT;
	else
		b->severity = w.need == NEED_NOTHING ? NOTE : DEGRADES;
}

static void gather_blocked(struct initramfs_look *l, struct blocked_list *b)
{
	const struct partition *root = l->s->facts->root_part;
	const char *fs = root && root->type ? driver_of_type(&l->d, root->type) : NULL;

	for (size_t i = 0; i < ARRAY_SIZE(disk_modules); i++)
		take_blocked(l, b, disk_modules[i], BLOCKED_BLACKLIST);
	judge_disks(l, b);
	if (fs && take_blocked(l, b, fs, BLOCKED_BLACKLIST))
		b->severity = STOPS_BOOT;
	for (size_t i = 0; i < ARRAY_SIZE(layer_modules); i++) {
		if (initramfs_needs_layer(l, layer_modules[i]) &&
		    take_blocked(l, b, layer_modules[i], BLOCKED_INSTALL))
			b->severity = STOPS_BOOT;
	}
}

/* --- saying it --- */

static bool names_blocked(struct initramfs_look *l, const struct blocked_list *b, const char *line)
{
	for (size_t i = 0; i < b->n; i++) {
		if (line_blocks(l->s->arena, line, b->module[i]) != BLOCKED_NOT)
			return true;
	}
	return false;
}

/*
 * Every line of the file that blocks one of them becomes a comment, also for the programs that make
 * another initramfs. The first such line, or 0.
 */
static size_t mend_file(struct initramfs_look *l, struct finding *f, const struct blocked_list *b,
			const struct text *t, struct bytes *mended)
{
	size_t first = 0;

	for (size_t n = 1; n <= t->lines; n++) {
		bool bad = names_blocked(l, b, text_line(t, n));

		bytes_addf(mended, "%s%s\n", bad ? "# " : "", text_line(t, n));
		if (!bad)
			continue;
		propose_comment(f, t, n);
		first = first ? first : n;
	}
	return first;
}

/* A program that makes it anew must not see what blocks them, and nor may the next one. */
static void mend(struct initramfs_look *l, struct finding *f, const struct blocked_list *b,
		 bool rebuilt)
{
	/* Where /lib is in /usr the last is the one before. */
	for (size_t i = 0; i < ARRAY_SIZE(dirs) - l->s->facts->usr_merged; i++) {
		for (const char *const *name = scan_dir(l->s, dirs[i]); *name; name++) {
			_cleanup_bytes_ struct bytes mended = { 0 };
			const char *path = scan_printf(l->s, "%s/%s", dirs[i], *name);
			const struct text *t =
				endswith(*name, ".conf") ? scan_text(l->s, path) : NULL;

			if (t && mend_file(l, f, b, t, &mended) && rebuilt)
				propose_command_setting(
					f, path,
					arena_memdup(l->s->arena, mended.data, mended.len));
		}
	}
}

static const char *quoted(struct initramfs_look *l, const struct blocked_list *b)
{
	_cleanup_bytes_ struct bytes out = { 0 };

	for (size_t i = 0; i < b->n; i++)
		bytes_addf(&out, "%s'%s'", i ? ", " : "", b->module[i]);
	return scan_printf(l->s, "%s", out.data);
}

static void tell_blocked(struct initramfs_look *l, const struct blocked_list *b)
{
	const struct text *t;
	struct finding *f;
	size_t line = 0;

	t = find_line(l, b->module[0], BLOCKED_BLACKLIST, &line);
	f = scan_find(l->s, &modprobe_blocked, t ? t->path : l->k->initrd,
		      "'%s' inside '%s' keeps %s from loading there%s",
		      blocking_copy(l, b->module[0], BLOCKED_BLACKLIST)->path, l->k->initrd,
		      quoted(l, b),
		      b->severity == STOPS_BOOT ? ""
		      : b->where ? scan_printf(l->s, ", and with it a disk of %s", b->where)
				 : "; drivers of other disks are left");
	finding_severity(f, b->severity);
	if (t)
		finding_at(f, t, line);
	mend(l, f, b, tools_rebuild_initramfs(f, l->s, l->k->initrd));
	if (!finding_has_fix(f))
		finding_safety(f, FIX_NONE);
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
	struct blocked_list b = { .severity = NOTE };
	struct fstab tab = { 0 };

	gather_blocked(l, &b);
	if (b.n)
		tell_blocked(l, &b);
	if (t)
		fstab_parse(l->s->arena, t, &tab);
	for (size_t i = 0; i < tab.n; i++) {
		if (is_required(&tab.e[i], l->s->facts->init))
			check_mount(l, &tab.e[i]);
	}
}
