/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only where grub.cfg runs blscfg: entries that no loader reads say nothing about the boot. */
#include "checks/bls_problems.h"
#include "checks/checks.h"
#include "lib/bootmenu.h"
#include "lib/check.h"
#include "lib/cmdline.h"
#include "lib/grubwrite.h"
#include "lib/loader_opts.h"
#include "lib/unseen.h"
#include "lib/tools.h"

#define ENTRIES_DIR "/boot/loader/entries"

struct look {
	struct scan *s;
	struct loader l;
	struct bootmenu_at at;
	const struct bls_entry *def; /* the entry that boots by default; NULL: none or not known */
	struct loader_opts opts;
};

static bool is_default(const struct look *l, const struct bls_entry *e)
{
	return e == l->def;
}

/* root=… of this root, and the words that make a btrfs subvolume the root; NULL: not known. */
static const char *own_root(const struct look *l)
{
	const char *root = facts_root_arg(l->s->arena, l->s->facts);
	const char *subvol = bootmenu_subvol(&l->at);

	return root && subvol ? scan_printf(l->s, "%s rootflags=subvol=%s", root, subvol) : root;
}

/* A command line to start this root with; NULL: the root is not known. */
static const char *new_options(const struct look *l)
{
	const char *root = own_root(l), *from = NULL;
	const char *args = grubwrite_old_args(&l->at, &from);
	static const char *const names[] = { "root", "rootflags", NULL };

	if (!root)
		return NULL;
	if (!args || !*args)
		return scan_printf(l->s, "%s ro", root);
	if (strstr(root, "rootflags="))
		args = cmdline_without(l->s->arena, args, names);
	return scan_printf(l->s, "%s %s%s", root,
			   cmdline_has(args, "ro") || cmdline_has(args, "rw") ? "" : "ro ", args);
}

static const struct kernel *kernel_of_version(const struct look *l, const struct bls_entry *e)
{
	const struct kernels *ks = &l->s->facts->kernels;

	if (e->version.value && kernels_by_version(ks, e->version.value))
		return kernels_by_version(ks, e->version.value);
	for (size_t i = 0; i < ks->n; i++) {
		if (ks->k[i].image && endswith(e->id, ks->k[i].version))
			return &ks->k[i];
	}
	return NULL;
}

static const struct kernel *kernel_of_path(const struct look *l, const struct bls_entry *e)
{
	return kernels_by_path(&l->s->facts->kernels, bls_path(l->s, e->kernel.value));
}

/* --- bls.none --- */

static bool has_other_entries(const struct look *l)
{
	for (size_t i = 0; i < l->l.cfg.entries; i++) {
		if (l->l.cfg.entry[i].kernels || l->l.cfg.entry[i].chain)
			return true;
	}
	return l->l.cfg.cut;
}

static bool some_entry_boots(const struct look *l)
{
	for (size_t i = 0; i < l->l.bls.n; i++) {
		const struct bls_entry *e = &l->l.bls.e[i];

		if (e->other.value)
			return true;
		if (e->kernel.value && root_exists(l->s->root, bls_path(l->s, e->kernel.value)))
			return true;
	}
	return false;
}

static const char *machine_id(const struct look *l)
{
	const struct text *t = scan_text(l->s, "/etc/machine-id");
	const char *id = t ? text_line(t, 1) : "";
	size_t n = strspn(id, "0123456789abcdef");

	if (n == 32)
		return scan_printf(l->s, "%.32s", id);
	return *l->s->facts->os.id ? l->s->facts->os.id : "linux";
}

static const char *entry_text(const struct look *l, const struct kernel *k, const char *options)
{
	const char *image = bls_unpath(l->s, k->image);
	const char *initrd = k->initrd ? bls_unpath(l->s, k->initrd) : NULL;
	const struct os_release *os = &l->s->facts->os;

	if (!image || (k->initrd && !initrd))
		return NULL;
	return scan_printf(l->s,
			   "title %s (%s)\nversion %s\nlinux %s\n%s%s%soptions %s\n"
			   "grub_users $grub_users\ngrub_arg --unrestricted\ngrub_class kernel\n",
			   *os->pretty ? os->pretty : "Linux", k->version, k->version, image,
			   initrd ? "initrd " : "", initrd ? initrd : "", initrd ? "\n" : "",
			   options);
}

/* A name that a file of that directory can have, and that no file has. */
static const char *entry_path(const struct look *l, const char *id)
{
	const char *path = scan_printf(l->s, ENTRIES_DIR "/%s.conf", id);
	struct stat st;

	return strchr(id, '/') || root_lstat(l->s->root, path, &st) == 0 ? NULL : path;
}

/* One new entry; the first becomes the default where the old default names another. */
static bool write_entry(const struct look *l, struct finding *f, const struct kernel *k,
			const char *options)
{
	const char *id = scan_printf(l->s, "%s-%s", machine_id(l), k->version);
	const char *path = entry_path(l, id), *text = entry_text(l, k, options);
	const char *saved = grubenv_get(&l->l.env, "saved_entry");

	if (!path || !text)
		return false;
	if (!f->edits) {
		if (!root_is_dir(l->s->root, "/boot/loader"))
			propose_dir(f, "/boot/loader", 0755);
		if (!root_is_dir(l->s->root, ENTRIES_DIR))
			propose_dir(f, ENTRIES_DIR, 0755);
		if (l->l.env_loaded && saved && *saved && l->l.bls.n > 0 && !streq(saved, id))
			propose_grubenv(f, l->s, &l->l, "saved_entry", id);
	}
	propose_text(f, path, text, strlen(text), 0644);
	return true;
}

static void write_entries(const struct look *l, struct finding *f)
{
	const struct kernels *ks = &l->s->facts->kernels;
	const char *options = new_options(l);
	bool written = false;

	for (size_t i = 0; options && i < ks->n; i++) {
		if (!ks->k[i].rescue && kernel_is_complete(&ks->k[i]))
			written |= write_entry(l, f, &ks->k[i], options);
	}
	if (!written)
		finding_safety(f, FIX_NONE);
}

static void check_none(const struct look *l)
{
	const struct kernels *ks = &l->s->facts->kernels;
	bool images = false;
	struct finding *f;

	for (size_t i = 0; i < ks->n; i++)
		images |= ks->k[i].image != NULL;
	if (!images || some_entry_boots(l) || has_other_entries(l))
		return;
	f = scan_find(l->s, &no_entries, ENTRIES_DIR,
		      l->l.bls.n ? "no entry here loads a kernel of /boot, and '%s' has no other"
				 : "there is no entry, and '%s' has no other",
		      l->l.cfg_text->path);
	finding_absence(f);
	write_entries(l, f);
}

/* --- bls.entry --- */

static bool is_key_value(const char *line)
{
	size_t n;

	line += strspn(line, " \t");
	n = strcspn(line, " \t\r");
	return *line == '#' || (n && line[n] && line[n + strspn(line + n, " \t\r")]);
}

/* The lines that end the entry, down to the last that still has a value. */
static void comment_stops(struct finding *f, const struct bls_entry *e)
{
	size_t last = e->stop;

	for (size_t i = e->stop; i <= e->text->lines; i++) {
		if (is_key_value(text_line(e->text, i)))
			last = i;
	}
	for (size_t i = e->stop; i < last; i++) {
		const char *line = text_line(e->text, i);

		if (!is_key_value(line))
			propose_line(f, e->text, i, "#%.*s", (int)strcspn(line, "\r"), line);
	}
}

static const char *const needed[] = { "linux", "initrd", "options", NULL };

static bool check_lost(const struct look *l, const struct bls_entry *e)
{
	struct finding *f;

	if (!e->lost || !in_list(e->lost, needed))
		return false;
	f = scan_find(l->s, &bad_entry, e->text->path,
		      "GRUB stops reading here, so the %s line below is lost", e->lost);
	finding_at(f, e->text, e->stop);
	if (!is_default(l, e))
		finding_severity(f, DEGRADES);
	comment_stops(f, e);
	return true;
}

static bool was_taken_out(const struct bls_entry *e)
{
	for (size_t i = 1; i <= e->text->lines; i++) {
		const char *line = text_line(e->text, i);

		line += strspn(line, " \t");
		if (*line != '#')
			continue;
		line += strspn(line, "# \t");
		if (startswith(line, "linux ") || startswith(line, "linux\t"))
			return true;
	}
	return false;
}

/* Where a new line still belongs to what GRUB reads. */
static size_t insert_at(const struct bls_entry *e)
{
	return e->stop ? e->stop : e->text->lines + 1;
}

static void check_linux(const struct look *l, const struct bls_entry *e)
{
	const struct kernel *k = kernel_of_version(l, e);
	const char *path = k && k->image ? bls_unpath(l->s, k->image) : NULL;
	struct finding *f;

	if (e->other.value || was_taken_out(e))
		return;
	f = scan_find(l->s, &bad_entry, e->text->path, "%s", "no linux line: not in the menu");
	finding_severity(f, DEGRADES);
	if (path)
		propose_insert(f, e->text, insert_at(e), "linux %s", path);
	else
		finding_safety(f, FIX_NONE);
}

static void missing_line(const struct look *l, const struct bls_entry *e, const char *key,
			 const char *value)
{
	struct finding *f = scan_find(l->s, &bad_entry, e->text->path, "no %s line", key);

	if (!is_default(l, e))
		finding_severity(f, DEGRADES);
	if (value)
		propose_insert(f, e->text, insert_at(e), "%s %s", key, value);
	else
		finding_safety(f, FIX_NONE);
}

static void check_entry(const struct look *l, const struct bls_entry *e)
{
	const struct kernel *k;

	if (check_lost(l, e))
		return;
	if (!e->kernel.value) {
		check_linux(l, e);
		return;
	}
	k = kernel_of_path(l, e);
	if (!e->initrds && k && k->initrd && k->needs_initrd)
		missing_line(l, e, "initrd", bls_unpath(l->s, k->initrd));
	if (!e->options.value && !grubenv_get(&l->l.env, "default_kernelopts") &&
	    !memmem(l->l.cfg_text->data, l->l.cfg_text->len, "default_kernelopts", 18))
		missing_line(l, e, "options", new_options(l));
}

/* --- files --- */

/* A path, not a variable such as $tuned_initrd; NULL else. */
static const char *literal(const struct bls_field *x)
{
	return x->value[0] == '$' ? NULL : x->value;
}

/* Out of the menu, but nothing is deleted. */
static void take_out(const struct look *l, const struct bls_entry *e, struct finding *f)
{
	finding_severity(f, DEGRADES);
	if (l->def) {
		finding_safety(f, FIX_ASK);
		propose_comment(f, e->text, e->kernel.line);
	} else {
		finding_safety(f, FIX_NONE);
	}
}

static void gone(const struct look *l, const struct bls_entry *e, const struct problem *p,
		 const struct bls_field *x)
{
	bool def = is_default(l, e);
	struct finding *f =
		scan_find(l->s, p, e->text->path, "'%s' is not there%s", bls_path(l->s, x->value),
			  def ? ", and boots by default" : "");

	finding_at(f, e->text, x->line);
	finding_absence(f);
	if (!def)
		take_out(l, e, f);
	else if (!propose_newest(f, l->s) &&
		 (p != &initrd_missing ||
		  !tools_rebuild_initramfs(f, l->s, bls_path(l->s, x->value))))
		finding_safety(f, FIX_NONE);
}

static void check_files(const struct look *l, const struct bls_entry *e)
{
	if (!e->kernel.value || !literal(&e->kernel))
		return;
	if (!root_exists(l->s->root, bls_path(l->s, e->kernel.value))) {
		gone(l, e, &kernel_missing, &e->kernel);
		return;
	}
	for (size_t i = 0; i < e->initrds; i++) {
		const char *word = literal(&e->initrd[i]);

		if (word && !root_exists(l->s->root, bls_path(l->s, word)))
			gone(l, e, &initrd_missing, &e->initrd[i]);
	}
}

/* --- root= --- */

static const enum role not_roots[] = { ROLE_SWAP, ROLE_BOOT, ROLE_ESP, ROLE_BIOS_BOOT,
				       ROLE_EXTENDED };

/* What is wrong with the spec; NULL: nothing, or it cannot be told. */
static const char *root_fault(const struct look *l, const char *spec)
{
	const struct bootmenu_at at = { .arena = l->s->arena,
					.root = l->s->root,
					.facts = l->s->facts };
	const struct devices *d = l->s->facts->devices;
	const struct partition *p = NULL;

	switch (devices_find(d, spec, &p)) {
	case SPEC_ABSENT:
		if (bootmenu_root_is_inside(&at, spec))
			break;
		return d->complete
			       ? "no partition has it"
			       : "no partition has it, unless a volume that was not opened does";
	case SPEC_FOUND:
		for (size_t i = 0; i < ARRAY_SIZE(not_roots); i++) {
			if (p->role == not_roots[i] && p != l->s->facts->root_part)
				return scan_printf(l->s, "it is the %s partition",
						   role_name(p->role));
		}
		break;
	case SPEC_UNKNOWN:
		break;
	}
	return NULL;
}

/* The fault of root= in a command line; *word becomes "root=…". */
static const char *fault_in(const struct look *l, const char *options, const char **word)
{
	const char *spec = cmdline_get(l->s->arena, options, "root");
	const char *why = spec ? root_fault(l, spec) : NULL;

	if (why)
		*word = scan_printf(l->s, "root=%s", spec);
	return why;
}

static void grade_root(const struct look *l, struct finding *f, bool def)
{
	const struct facts *facts = l->s->facts;

	if (!facts->root_part && !facts->devices->complete)
		finding_severity(f, NOTE);
	else if (!def)
		finding_severity(f, DEGRADES);
	if (!facts_root_arg(l->s->arena, facts))
		finding_safety(f, FIX_NONE);
	else if (!facts->devices->complete)
		finding_safety(f, FIX_ASK);
}

static void check_own_root(const struct look *l, const struct bls_entry *e)
{
	const char *root = facts_root_arg(l->s->arena, l->s->facts);
	const char *word = NULL, *why, *line = NULL;
	struct finding *f;

	if (!e->kernel.value || !e->options.value)
		return;
	why = fault_in(l, e->options.value, &word);
	if (!why)
		return;
	f = scan_find(l->s, &root_unknown, e->text->path, "%s: %s", word, why);
	finding_at(f, e->text, e->options.line);
	grade_root(l, f, is_default(l, e));
	if (root)
		line = cmdline_replace(l->s->arena, text_line(e->text, e->options.line), word,
				       root);
	if (line)
		propose_line(f, e->text, e->options.line, "%s", line);
	else
		finding_safety(f, FIX_NONE);
}

/* Names its root itself, whatever $kernelopts says besides. */
static bool has_own_root(const struct look *l, const struct bls_entry *e)
{
	return cmdline_get(l->s->arena, e->options.value, "root");
}

/* Entries whose command line is $kernelopts, and whether the default is one of them. */
static size_t users_of_kernelopts(const struct look *l, bool *by_default)
{
	size_t users = 0;

	*by_default = false;
	for (size_t i = 0; i < l->l.bls.n; i++) {
		const struct bls_entry *e = &l->l.bls.e[i];

		if (!e->kernel.value || !e->options.value ||
		    !bls_uses(e->options.value, "kernelopts") || has_own_root(l, e))
			continue;
		users++;
		*by_default |= is_default(l, e);
	}
	return users;
}

static bool replace_shared(const struct look *l, struct finding *f, const char *word,
			   const char *root)
{
	const char *to = cmdline_replace(l->s->arena, l->opts.value, word, root);

	return to && loader_opts_propose(f, l->s, &l->l, &l->opts, to);
}

/* In the environment block, or in the copy of grub.cfg: one place for all entries. */
static void check_shared_root(const struct look *l)
{
	const char *root = facts_root_arg(l->s->arena, l->s->facts);
	const char *word = NULL, *why = NULL;
	struct finding *f;
	bool def;

	if (users_of_kernelopts(l, &def) && l->opts.value)
		why = fault_in(l, l->opts.value, &word);
	if (!why)
		return;
	f = scan_find(l->s, &root_unknown, l->opts.text->path, "kernelopts has %s: %s", word, why);
	finding_at(f, l->opts.text, l->opts.line);
	grade_root(l, f, def);
	if (!root || !replace_shared(l, f, word, root))
		finding_safety(f, FIX_NONE);
}

/* --- bls.kernelopts --- */

static void check_kernelopts(const struct look *l)
{
	bool by_default;
	size_t users = users_of_kernelopts(l, &by_default);
	const char *options;
	struct finding *f;

	if (!users || l->opts.value)
		return;
	f = scan_find(l->s, &no_kernelopts, l->s->facts->loader.grubenv,
		      "$kernelopts is not set, and %zu %s", users,
		      users == 1 ? "entry uses it" : "entries use it");
	finding_absence(f);
	if (!by_default && l->def)
		finding_severity(f, DEGRADES);
	options = new_options(l);
	if (!options || !propose_grubenv(f, l->s, &l->l, "kernelopts", options))
		finding_safety(f, FIX_NONE);
}

/* --- all of it --- */

static void run(struct scan *s)
{
	struct look l = { .s = s };

	if (!s->facts->loader.uses_bls || unseen(unseen_find(s), ENTRIES_DIR))
		return;
	loader_read(s, &l.l);
	if (l.l.kind != LOADER_BLS)
		return;
	l.at = (struct bootmenu_at){
		.arena = s->arena, .root = s->root, .facts = s->facts, .unseen = unseen_find(s)
	};
	loader_choice(s, &l.l, &l.def);
	loader_opts_read(&l.l, &l.opts);
	check_none(&l);
	check_kernelopts(&l);
	check_shared_root(&l);
	for (size_t i = 0; i < l.l.bls.n; i++) {
		check_entry(&l, &l.l.bls.e[i]);
		check_files(&l, &l.l.bls.e[i]);
		check_own_root(&l, &l.l.bls.e[i]);
	}
}

const struct check bls_check = {
	.name = "bls",
	.summary = "boot entries below /boot/loader/entries",
	.problems = problems,
	.run = run,
};
