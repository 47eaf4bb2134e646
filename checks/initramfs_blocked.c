/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of modprobe.d(5) against what the boot needs. In the initramfs "blacklist" counts too,
 * since udev loads there by alias; a mount on the running system asks for its type by name, so that
 * only "install" stands in its way.
 */
#include "checks/initramfs_parts.h"
#include "lib/fstab.h"
#include "lib/slice.h"
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

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next of the words of a line, which stays as it is: there may be a million lines. */
static struct slice next_word(struct slice *line)
{
	struct slice word;

	while (line->n && is_blank(*line->s))
		*line = slice_skip(*line, 1);
	word = (struct slice){ line->s, 0 };
	while (line->n && !is_blank(*line->s)) {
		*line = slice_skip(*line, 1);
		word.n++;
	}
	return word;
}

/* modprobe takes '-' and '_' for one. */
static bool is_named(struct slice name, const char *module)
{
	size_t i = 0;

	while (i < name.n && module[i] && (name.s[i] == '-' ? '_' : name.s[i]) == module[i])
		i++;
	return i == name.n && !module[i];
}

static bool does_nothing(struct slice command)
{
	for (size_t i = 0; nothings[i]; i++) {
		if (slice_is(command, nothings[i]))
			return true;
	}
	return false;
}

/* What a line says of a module. */
static enum blocked line_blocks(struct slice rest, const char *module)
{
	struct slice verb = next_word(&rest), name = next_word(&rest);

	if (!slice_is(verb, "blacklist") && !slice_is(verb, "install"))
		return BLOCKED_NOT;
	if (!is_named(name, module))
		return BLOCKED_NOT;
	if (slice_is(verb, "blacklist"))
		return BLOCKED_BLACKLIST;
	return does_nothing(next_word(&rest)) ? BLOCKED_INSTALL : BLOCKED_NOT;
}

/* Its first line that blocks the module; 0: none. */
static size_t blocking_line(const struct text *t, const char *module, enum blocked least)
{
	for (size_t n = 1; n <= t->lines; n++) {
		if (line_blocks(slice_of(text_line(t, n)), module) >= least)
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

		*line = t ? blocking_line(t, module, least) : 0;
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

static bool copy_blocks(const struct initramfs_file *file, const char *module, enum blocked least)
{
	for (const char *line = file->data, *end; *line; line = *end ? end + 1 : end) {
		end = strchrnul(line, '\n');
		if (line_blocks((struct slice){ line, (size_t)(end - line) }, module) >= least)
			return true;
	}
	return false;
}

static const struct initramfs_file *blocking_copy(struct initramfs_look *l, const char *module,
						  enum blocked least)
{
	for (size_t i = 0; i < l->i->files; i++) {
		if (strstr(l->i->file[i].path, "modprobe") &&
		    copy_blocks(&l->i->file[i], module, least))
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
	if (was && !is && !platform_unsure(&d, &w))
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

static bool names_blocked(const struct blocked_list *b, const char *line)
{
	for (size_t i = 0; i < b->n; i++) {
		if (line_blocks(slice_of(line), b->module[i]) != BLOCKED_NOT)
			return true;
	}
	return false;
}

/*
 * Every line of the file that blocks one of them becomes a comment, also for the programs that make
 * another initramfs. The first such line, or 0.
 */
static size_t mend_file(struct finding *f, const struct blocked_list *b, const struct text *t,
			struct bytes *mended)
{
	size_t first = 0;

	for (size_t n = 1; n <= t->lines; n++) {
		bool bad = names_blocked(b, text_line(t, n));

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

			if (t && mend_file(f, b, t, &mended) && rebuilt)
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

#define ANSWERS_MAX 64u

struct answer {
	const char *module;
	const struct text *text; /* NULL: nothing blocks it */
	size_t line;
};

struct answers {
	struct answer a[ANSWERS_MAX + 1]; /* the last is for the next */
	size_t n;
};

static bool is_required(const struct fstab_entry *e, enum init_kind init)
{
	enum fstab_mounter how = init == INIT_SYSTEMD ? FSTAB_SYSTEMD : FSTAB_FSCK_MOUNT;

	return !e->bad && !e->swap && !e->network && !e->nofail && !e->noauto &&
	       fstab_critical_for(e, how) == CRIT_REQUIRED;
}

/* The line that keeps it from loading by name, looked for once; beyond ANSWERS_MAX none. */
static const struct answer *answer_of(struct initramfs_look *l, struct answers *known,
				      const char *module)
{
	struct answer *new = &known->a[known->n];

	for (size_t i = 0; i < known->n; i++) {
		if (streq(known->a[i].module, module))
			return &known->a[i];
	}
	if (known->n == ANSWERS_MAX)
		return NULL;
	new->module = module;
	new->text = find_line(l, module, BLOCKED_INSTALL, &new->line);
	known->n++;
	return new;
}

static void check_mount(struct initramfs_look *l, struct answers *known,
			const struct fstab_entry *e)
{
	const char *module = driver_of_type(&l->d, e->type);
	const struct answer *a;
	struct finding *f;

	if (!module || driver_place(&l->d, module) == DRIVER_BUILT_IN)
		return;
	/* What the initramfs loads for the root stays loaded. */
	if (streq(e->target, "/") || (l->s->facts->root_part && l->s->facts->root_part->type &&
				      streq(l->s->facts->root_part->type, e->type)))
		return;
	a = answer_of(l, known, module);
	if (!a || !a->text)
		return;
	f = scan_find(l->s, &modprobe_blocked, a->text->path,
		      "'%s' does not load, but fstab mounts '%s' with it", module, e->target);
	finding_at(f, a->text, a->line);
	propose_comment(f, a->text, a->line);
}

void initramfs_check_blocked(struct initramfs_look *l)
{
	const struct text *t = scan_text(l->s, "/etc/fstab");
	struct blocked_list b = { .severity = NOTE };
	struct answers known = { .n = 0 };
	struct fstab tab = { 0 };

	gather_blocked(l, &b);
	if (b.n)
		tell_blocked(l, &b);
	if (t)
		fstab_parse(l->s->arena, t, &tab);
	for (size_t i = 0; i < tab.n; i++) {
		if (is_required(&tab.e[i], l->s->facts->init))
			check_mount(l, &known, &tab.e[i]);
	}
}
