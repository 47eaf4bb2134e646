/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "lib/cmdline.h"
#include "lib/grubdefaults.h"
#include "lib/grubenv.h"
#include "lib/grubwrite.h"
#include "lib/version.h"

#define ENV_MAX (64u << 10)
#define ENTRY_MAX (64u << 10)
#define LOG_TAIL (1u << 20)
#define KERNELS_MAX 20u

/* --- the old command line --- */

/* What belongs to one boot only, or is written anew. */
static const char *const not_kept[] = {
	"root",	    "BOOT_IMAGE", "ro",	    "initrd", "single", "s",	    "S",
	"1",	    "emergency",  "rescue", "init",   "rdinit", "rd.break", "systemd.unit",
	"recovery", NULL,
};

static const char *kept(struct arena *a, const char *line)
{
	return cmdline_without(a, line, not_kept);
}

static const char *from_defaults(const struct bootmenu_at *at)
{
	struct grubdefaults d;
	const struct grubdefault *all, *normal;

	grubdefaults_read(at->root, at->arena, &d);
	all = grubdefaults_get(&d, "GRUB_CMDLINE_LINUX");
	normal = grubdefaults_get(&d, "GRUB_CMDLINE_LINUX_DEFAULT");
	if (!all && !normal)
		return NULL;
	return arena_printf(at->arena, "%s %s", all ? all->value : "", normal ? normal->value : "");
}

static const char *from_grubenv(const struct bootmenu_at *at)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	const char *path = at->facts->loader.grubenv;
	struct grubenv env;

	if (!path || root_read(at->root, path, ENV_MAX, &b) < 0)
		return NULL;
	grubenv_parse(at->arena, text_new(at->arena, path, b.data, b.len), &env);
	return grubenv_get(&env, "kernelopts");
}

/* The value of a BLS entry's key; NULL: none. */
static const char *bls_value(struct arena *a, const struct text *t, const char *key)
{
	for (size_t i = 1; i <= t->lines; i++) {
		const char *s = text_line(t, i), *rest;

		s += strspn(s, " \t");
		rest = after(s, key);
		if (rest && (*rest == ' ' || *rest == '\t')) {
			rest += strspn(rest, " \t");
			return arena_strndup(a, rest, strcspn(rest, "\r"));
		}
	}
	return NULL;
}

struct bls_scan {
	const struct bootmenu_at *at;
	const char *options, *version;
	size_t entries;
	bool uses_kernelopts;
};

static int each_bls(void *arg, const struct root_entry *e)
{
	struct bls_scan *s = arg;
	struct arena *a = s->at->arena;
	_cleanup_bytes_ struct bytes b = { 0 };
	const char *path, *options, *version;
	const struct text *t;

	if (!endswith(e->name, ".conf") || e->name[0] == '.' || s->entries > 200)
		return 0;
	path = arena_printf(a, "%s/%s", s->at->facts->loader.bls_dir, e->name);
	if (root_read(s->at->root, path, ENTRY_MAX, &b) < 0)
		return 0;
	t = text_new(a, path, b.data, b.len);
	options = bls_value(a, t, "options");
	version = bls_value(a, t, "version");
	s->entries += bls_value(a, t, "linux") != NULL;
	if (!options)
		return 0;
	if (strstr(options, "$kernelopts")) {
		s->uses_kernelopts = true;
	} else if (!strchr(options, '$') && (!version || !strstr(version, "rescue")) &&
		   (!s->version || (version && version_compare(version, s->version) > 0))) {
		s->options = options;
		s->version = version;
	}
	return 0;
}

static struct bls_scan read_bls(const struct bootmenu_at *at)
{
	struct bls_scan s = { .at = at };

	if (at->facts->loader.bls_dir)
		root_list(at->root, at->facts->loader.bls_dir, each_bls, &s);
	return s;
}

static const char *from_bls(const struct bootmenu_at *at)
{
	return read_bls(at).options;
}

/* What follows the last "Command line: " or "Kernel command line: " of a log's end. */
static const char *last_command_line(struct arena *a, const char *s, size_t len)
{
	static const char mark[] = "ommand line: ";
	const char *found = NULL, *p = s, *end = s + len;

	while ((p = memmem(p, (size_t)(end - p), mark, sizeof(mark) - 1))) {
		p += sizeof(mark) - 1;
		found = p;
	}
	if (!found)
		return NULL;
	return arena_strndup(a, found, strcspn(found, "\r\n"));
}

static const char *from_log(const struct bootmenu_at *at, const char *path)
{
	_cleanup_free_ char *buf = NULL;
	uint64_t offset = 0;
	struct stat st;
	size_t got = 0;

	if (root_stat(at->root, path, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	if (st.st_size > (off_t)LOG_TAIL)
		offset = (uint64_t)st.st_size - LOG_TAIL;
	buf = xcalloc(1, LOG_TAIL + 1);
	if (root_pread(at->root, path, offset, buf, LOG_TAIL, &got) < 0)
		return NULL;
	return last_command_line(at->arena, buf, got);
}

const char *grubwrite_old_args(const struct bootmenu_at *at, const char **from)
{
	static const char *const logs[] = { "/var/log/dmesg", "/var/log/kern.log",
					    "/var/log/messages", "/var/log/syslog" };
	static const struct {
		const char *name;
		const char *(*get)(const struct bootmenu_at *at);
	} sources[] = {
		{ "/etc/default/grub", from_defaults },
		{ "grubenv", from_grubenv },
		{ "/boot/loader/entries", from_bls },
	};
	const char *line = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(sources) && !line; i++) {
		line = sources[i].get(at);
		*from = sources[i].name;
	}
	for (size_t i = 0; i < ARRAY_SIZE(logs) && !line; i++) {
		line = from_log(at, logs[i]);
		*from = logs[i];
	}
	if (!line)
		*from = NULL;
	return line ? kept(at->arena, line) : "";
}

/* --- what all kinds need --- */

struct writing {
	const struct bootmenu_at *at;
	struct grubwrite *out;
	struct bytes b;
	const struct partition *boot; /* holds /boot */
	const char *root_arg;
};

static int refuse(struct writing *w, const char *why)
{
	w->out->why = why;
	return -ENODATA;
}

static int prepare(struct writing *w)
{
	const struct bootmenu_at *at = w->at;
	const struct facts *f = at->facts;

	w->boot = bootmenu_boot_part(f);
	w->root_arg = facts_root_arg(at->arena, f);
	if (!w->root_arg || !cmdline_is_plain(w->root_arg))
		return refuse(w, "the UUID of the root is not known");
	if (!w->boot || !w->boot->uuid || !cmdline_is_plain(w->boot->uuid))
		return refuse(w, "the UUID of the partition that holds /boot is not known");
	if (w->boot->type && streq(w->boot->type, "btrfs") && !bootmenu_subvol(at) &&
	    !f->separate_boot)
		return refuse(w, "/boot is on btrfs and the subvolume of the root is not known");
	w->out->args = grubwrite_old_args(at, &w->out->from);
	return 0;
}

static const char *title(const struct writing *w)
{
	const char *pretty = w->at->facts->os.pretty;
	char *s = arena_strdup(w->at->arena, *pretty ? pretty : "Linux");

	for (char *c = s; *c; c++) {
		if (*c == '\'' || *c == '\\' || (unsigned char)*c < ' ')
			*c = ' ';
	}
	return s;
}

static bool has_serial(const struct writing *w)
{
	size_t pos = 0;
	const char *console;

	while ((console = cmdline_next(w->at->arena, w->out->args, "console", &pos))) {
		if (startswith(console, "ttyS"))
			return true;
	}
	return false;
}

/* The unit and speed of console=ttyS0,115200n8. */
static void serial_command(struct writing *w)
{
	size_t pos = 0;
	const char *console, *unit = "0", *speed = "115200";

	while ((console = cmdline_next(w->at->arena, w->out->args, "console", &pos))) {
		const char *rest = after(console, "ttyS"), *comma;

		if (!rest)
			continue;
		unit = arena_strndup(w->at->arena, rest, strspn(rest, "0123456789"));
		comma = strchr(rest, ',');
		if (comma && comma[1] >= '1' && comma[1] <= '9')
			speed = arena_strndup(w->at->arena, comma + 1,
					      strspn(comma + 1, "0123456789"));
	}
	bytes_addf(&w->b, "serial --unit=%s --speed=%s\n", *unit ? unit : "0", speed);
}

/* GRUB's own words for a command line: what it would take apart is quoted. */
static const char *quoted_args(struct writing *w, const char *args)
{
	_cleanup_bytes_ struct bytes out = { 0 };

	for (; *args; args++) {
		if (strchr("'\\;{}|&<>$#", *args) || *args == '"')
			bytes_addc(&out, '\\');
		bytes_addc(&out, *args);
	}
	return arena_strndup(w->at->arena, out.data ? out.data : "", out.len);
}

/* "root=UUID=… ro args"; an initrd-less boot cannot look up a UUID but can a PARTUUID. */
static const char *command_line(const struct writing *w, const struct kernel *k)
{
	const struct facts *f = w->at->facts;
	struct arena *a = w->at->arena;
	const char *root = w->root_arg, *flags = "", *mode, *subvol;

	if (!k->initrd && f->root_part && f->root_part->partuuid)
		root = arena_printf(a, "root=PARTUUID=%s", f->root_part->partuuid);
	mode = cmdline_has(w->out->args, "rw") ? "" : " ro";
	subvol = bootmenu_subvol(w->at);
	if (subvol && !cmdline_get(a, w->out->args, "rootflags"))
		flags = arena_printf(a, " rootflags=subvol=%s", subvol);
	return arena_printf(a, "%s%s%s%s%s", root, mode, flags, *w->out->args ? " " : "",
			    w->out->args);
}

static bool usable(const struct kernel *k)
{
	return kernel_is_complete(k) && k->image && (k->initrd || !k->needs_initrd);
}

/* --- GRUB 2 --- */

/* insmod of what is there: an absent module would only stop the menu with an error. */
static void insmod(struct writing *w, const char *indent, const char *name)
{
	static const char *const platforms[] = { "i386-pc", "x86_64-efi", "arm64-efi", "i386-efi" };

	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++) {
		const char *path = arena_printf(w->at->arena, "%s/%s/%s.mod",
						w->at->facts->loader.grub2_dir, platforms[i], name);

		if (root_exists(w->at->root, path)) {
			bytes_addf(&w->b, "%sinsmod %s\n", indent, name);
			return;
		}
	}
}

static void insmod_disk(struct writing *w, const char *indent)
{
	static const struct {
		const char *type, *module;
	} modules[] = {
		{ "ext2", "ext2" }, { "ext3", "ext2" }, { "ext4", "ext2" },
		{ "xfs", "xfs" },   { "vfat", "fat" },	{ "btrfs", "btrfs" },
		{ "f2fs", "f2fs" }, { "jfs", "jfs" },	{ "reiserfs", "reiserfs" },
	};
	const char *table = w->at->facts->devices->pttype, *type = w->boot->type;

	if (table)
		insmod(w, indent, streq(table, "gpt") ? "part_gpt" : "part_msdos");
	for (size_t i = 0; type && i < ARRAY_SIZE(modules); i++) {
		if (streq(type, modules[i].type))
			insmod(w, indent, modules[i].module);
	}
}

static void search(struct writing *w, const char *indent, const char *var)
{
	bytes_addf(&w->b, "%ssearch --no-floppy --fs-uuid --set=%s %s\n", indent, var,
		   w->boot->uuid);
}

static void grub2_head(struct writing *w)
{
	bytes_adds(&w->b,
		   "# Written by bootmend because the menu was lost. When the system runs again,\n"
		   "# make the full one with update-grub or grub2-mkconfig.\n");
	if (has_serial(w)) {
		serial_command(w);
		bytes_adds(&w->b, "terminal_input serial console\n"
				  "terminal_output serial console\n");
	}
	bytes_adds(&w->b, "set timeout=5\n");
}

/* Secure Boot's GRUB of RHEL 7 starts kernels by linuxefi only; its grub.cfg is on the ESP. */
static const char *efi_suffix(const struct writing *w)
{
	const struct facts *f = w->at->facts;

	return f->pkg == PKG_RPM && startswith(f->loader.grub2_cfg, "/boot/efi/") ? "efi" : "";
}

static void grub2_entry(struct writing *w, const struct kernel *k)
{
	const char *suffix = efi_suffix(w);

	bytes_addf(&w->b, "menuentry '%s, with Linux %s' --class gnu-linux --class os {\n",
		   title(w), k->version);
	insmod(w, "\t", "gzio");
	insmod_disk(w, "\t");
	search(w, "\t", "root");
	bytes_addf(&w->b, "\tlinux%s %s %s\n", suffix, bootmenu_loader_path(w->at, k->image),
		   quoted_args(w, command_line(w, k)));
	if (k->initrd)
		bytes_addf(&w->b, "\tinitrd%s %s\n", suffix,
			   bootmenu_loader_path(w->at, k->initrd));
	bytes_adds(&w->b, "}\n");
}

static int write_grub2(struct writing *w)
{
	const struct kernels *ks = &w->at->facts->kernels;

	grub2_head(w);
	bytes_adds(&w->b, "set default=0\n\n");
	for (size_t i = 0; i < ks->n && w->out->kernels < KERNELS_MAX; i++) {
		if (!usable(&ks->k[i]))
			continue;
		grub2_entry(w, &ks->k[i]);
		w->out->kernels++;
	}
	return w->out->kernels ? 0 : refuse(w, "no kernel in /boot is complete");
}

/* --- BLS --- */

static int write_bls(struct writing *w)
{
	struct bls_scan bls = read_bls(w->at);
	static const struct kernel with_initrd = { .initrd = "" };

	if (!bls.entries)
		return refuse(w, "no entry in /boot/loader/entries can be read");
	grub2_head(w);
	bytes_adds(&w->b, "if [ -f ${config_directory}/grubenv ]; then\n"
			  "\tload_env -f ${config_directory}/grubenv\n"
			  "elif [ -s $prefix/grubenv ]; then\n"
			  "\tload_env\n"
			  "fi\n"
			  "if [ \"${next_entry}\" ]; then\n"
			  "\tset default=\"${next_entry}\"\n"
			  "\tset next_entry=\n"
			  "\tsave_env next_entry\n"
			  "else\n"
			  "\tset default=\"${saved_entry}\"\n"
			  "fi\n");
	insmod_disk(w, "");
	search(w, "", "root");
	search(w, "", "boot");
	if (bls.uses_kernelopts)
		bytes_addf(&w->b,
			   "if [ -z \"${kernelopts}\" ]; then\n"
			   "\tset kernelopts=\"%s \"\n"
			   "fi\n",
			   quoted_args(w, command_line(w, &with_initrd)));
	bytes_adds(&w->b, "insmod blscfg\nblscfg\n");
	return 0;
}

/* --- GRUB legacy --- */

static void legacy_entry(struct writing *w, const struct kernel *k)
{
	const struct partition *p = w->boot;

	bytes_addf(&w->b, "title %s (%s)\n", title(w), k->version);
	if (p->number > 0)
		bytes_addf(&w->b, "\troot (hd0,%d)\n", p->number - 1);
	else
		bytes_adds(&w->b, "\troot (hd0)\n");
	bytes_addf(&w->b, "\tkernel %s %s\n", bootmenu_loader_path(w->at, k->image),
		   command_line(w, k));
	if (k->initrd)
		bytes_addf(&w->b, "\tinitrd %s\n", bootmenu_loader_path(w->at, k->initrd));
}

static int write_legacy(struct writing *w)
{
	const struct kernels *ks = &w->at->facts->kernels;

	if (w->boot->disk != 0)
		return refuse(w, "/boot is not on the first disk");
	bytes_adds(&w->b, "# Written by bootmend because the menu was lost.\n");
	if (has_serial(w)) {
		serial_command(w);
		bytes_adds(&w->b, "terminal --timeout=5 serial console\n");
	}
	bytes_adds(&w->b, "default=0\ntimeout=5\n\n");
	for (size_t i = 0; i < ks->n && w->out->kernels < KERNELS_MAX; i++) {
		if (!usable(&ks->k[i]))
			continue;
		legacy_entry(w, &ks->k[i]);
		w->out->kernels++;
	}
	return w->out->kernels ? 0 : refuse(w, "no kernel in /boot is complete");
}

int grubwrite_make(const struct bootmenu_at *at, enum grubwrite_kind kind, struct grubwrite *out)
{
	static int (*const writers[])(struct writing *) = {
		[GRUBWRITE_GRUB2] = write_grub2,
		[GRUBWRITE_BLS] = write_bls,
		[GRUBWRITE_LEGACY] = write_legacy,
	};
	struct writing w = { .at = at, .out = out };
	int rc;

	*out = (struct grubwrite){ .args = "" };
	rc = prepare(&w);
	if (rc == 0)
		rc = writers[kind](&w);
	if (rc == 0) {
		out->data = arena_memdup(at->arena, w.b.data, w.b.len);
		out->len = w.b.len;
	}
	bytes_free(&w.b);
	return rc;
}
