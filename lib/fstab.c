/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line is read twice: by libmount (mount -a, util-linux) for ->bad, and by glibc's getmntent
 * with systemd's buffer size for everything that decides about the boot.
 */
#include <ctype.h>
#include <libmount.h>
#include <mntent.h>
#include <stdio.h>
#include <uthash.h>

#include "lib/fstab.h"

#define MNTENT_BUFFER 4096 /* getmntent(3) of glibc: what is longer is cut */

/* --- comma lists --- */

/* The length of the word at s: up to a comma that no backslash protects. */
static size_t word_len(const char *s)
{
	size_t n = 0;

	while (s[n] && s[n] != ',')
		n += s[n] == '\\' && s[n + 1] ? 2 : 1;
	return n;
}

/* The word behind the one at s, or NULL. */
static const char *next_word(const char *s)
{
	s += word_len(s);
	return *s ? s + 1 : NULL;
}

/* The word at s is this option, alone or with a value. */
static const char *option_at(const char *s, const char *option)
{
	size_t n = strlen(option);

	if (n == 0 || strncmp(s, option, n) != 0 || n > word_len(s))
		return NULL;
	return s[n] == '=' || n == word_len(s) ? s + n : NULL;
}

bool fstab_option(const char *options, const char *option, const char **value)
{
	for (const char *s = options; s; s = next_word(s)) {
		const char *end = option_at(s, option);

		if (!end)
			continue;
		if (value)
			*value = *end == '=' ? end + 1 : "";
		return true;
	}
	return false;
}

/* Of an option and its opposite the last one counts. */
static bool yes_no(const char *options, const char *yes, const char *no)
{
	bool is = false;

	for (const char *s = options; s; s = next_word(s)) {
		if (option_at(s, yes))
			is = true;
		else if (option_at(s, no))
			is = false;
	}
	return is;
}

static bool has_whole_word(const char *options, const char *word, size_t len)
{
	for (const char *s = options; s; s = next_word(s)) {
		if (word_len(s) == len && strncmp(s, word, len) == 0)
			return true;
	}
	return false;
}

const char *fstab_add_options(struct arena *a, const char *options, const char *more)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	bytes_adds(&b, options);
	for (const char *s = more; s; s = next_word(s)) {
		size_t n = word_len(s);

		if (n == 0 || has_whole_word(options, s, n))
			continue;
		if (b.len && b.data[b.len - 1] != ',')
			bytes_addc(&b, ',');
		bytes_add(&b, s, n);
	}
	return arena_strndup(a, b.data, b.len);
}

const char *fstab_drop_option(struct arena *a, const char *options, const char *word)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	size_t len = strlen(word);

	for (const char *s = options; s; s = next_word(s)) {
		size_t n = word_len(s);

		if (n == len && strncmp(s, word, n) == 0)
			continue;
		if (b.len)
			bytes_addc(&b, ',');
		bytes_add(&b, s, n);
	}
	return b.len ? arena_strndup(a, b.data, b.len) : "defaults";
}

/* --- targets --- */

const char *fstab_simplify(struct arena *a, const char *target)
{
	char *out = arena_alloc(a, strlen(target) + 2);
	size_t n = 0;

	while (*target) {
		size_t len = strcspn(target, "/");

		if (len == 2 && strncmp(target, "..", 2) == 0) {
			while (n > 0 && out[--n] != '/')
				;
		} else if (len > 0 && !(len == 1 && *target == '.')) {
			out[n++] = '/';
			memcpy(out + n, target, len);
			n += len;
		}
		target += len;
		target += *target == '/';
	}
	if (n == 0)
		out[n++] = '/';
	out[n] = '\0';
	return out;
}

static const char *const api_mounts[] = {
	"/proc",
	"/sys",
	"/dev",
	"/run",
	"/dev/shm",
	"/dev/pts",
	"/dev/console",
	"/proc/kmsg",
	"/sys/kernel/security",
	"/sys/firmware/efi/efivars",
	"/sys/fs/smackfs",
	"/sys/fs/selinux",
	"/sys/fs/cgroup",
	"/sys/fs/pstore",
	"/sys/fs/bpf",
	NULL,
};

bool fstab_is_api_mount(const char *target)
{
	return in_list(target, api_mounts) || startswith(target, "/sys/fs/cgroup/") ||
	       startswith(target, "/run/host/") || streq(target, "/run/host");
}

/* --- columns of a raw line --- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct column {
	const char *s;
	size_t len;
};

/*
 * Up to six columns; returns how many there are. *end is where a seventh thing, a comment or the
 * blanks at the end begin. A CR at the very end belongs to none.
 */
static size_t columns(const char *raw, struct column c[6], const char **end)
{
	size_t n = 0, len = strlen(raw);
	const char *s = raw, *stop = raw + len;

	if (stop > raw && stop[-1] == '\r')
		stop--;
	*end = s;
	for (;;) {
		while (s < stop && is_blank(*s))
			s++;
		if (s == stop || n == 6 || (n >= 3 && *s == '#'))
			return n;
		c[n].s = s;
		while (s < stop && !is_blank(*s))
			s++;
		c[n].len = (size_t)(s - c[n].s);
		n++;
		*end = s;
	}
}

static void add_escaped(struct bytes *b, const char *s)
{
	for (; *s; s++) {
		if (strchr(" \t\n\\", *s))
			bytes_addf(b, "\\%03o", (unsigned)(unsigned char)*s);
		else
			bytes_addc(b, *s);
	}
}

/* What stands in a column that nobody wrote. */
static const char *column_default(size_t field)
{
	static const char *const value[] = { "none", "none", "auto", "defaults", "0", "0" };

	return value[field - 1];
}

static void add_column(struct bytes *b, const char *value, enum fstab_field field)
{
	/* Options come as they stand in the file: their backslashes protect commas. */
	if (field == FSTAB_OPTIONS)
		bytes_adds(b, value);
	else
		add_escaped(b, value);
}

const char *fstab_replace_field(struct arena *a, const char *raw, enum fstab_field field,
				const char *value)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct column c[6];
	const char *end, *gap = strchr(raw, '\t') ? "\t" : " ";
	size_t n = columns(raw, c, &end), at = (size_t)field - 1;

	if (at < n) {
		bytes_add(&b, raw, (size_t)(c[at].s - raw));
		add_column(&b, value, field);
		bytes_adds(&b, c[at].s + c[at].len);
		return arena_strndup(a, b.data, b.len);
	}
	bytes_add(&b, raw, (size_t)(end - raw));
	for (size_t i = n; i < at; i++)
		bytes_addf(&b, "%s%s", i ? gap : "", column_default(i + 1));
	bytes_adds(&b, at ? gap : "");
	add_column(&b, value, field);
	/* libmount takes a comment only behind six columns. */
	for (size_t i = at + 1; i < 6 && strchr(end, '#'); i++)
		bytes_addf(&b, "%s%s", gap, column_default(i + 1));
	bytes_adds(&b, end);
	return arena_strndup(a, b.data, b.len);
}

const char *fstab_raw_options(struct arena *a, const char *raw)
{
	struct column c[6];
	const char *end;

	return columns(raw, c, &end) >= FSTAB_OPTIONS
		       ? arena_strndup(a, c[FSTAB_OPTIONS - 1].s, c[FSTAB_OPTIONS - 1].len)
		       : "defaults";
}

/* --- libmount's view --- */

static int count_error(struct libmnt_table *tb UNUSED, const char *file UNUSED, int line UNUSED)
{
	return 1; /* leave the line out */
}

static bool libmount_takes(const char *line)
{
	struct libmnt_table *tb = mnt_new_table();
	FILE *f = fmemopen((void *)line, strlen(line), "r");
	bool takes = false;

	if (tb && f) {
		mnt_table_set_parser_errcb(tb, count_error);
		takes = mnt_table_parse_stream(tb, f, "fstab") == 0 && mnt_table_get_nents(tb) == 1;
	}
	if (f)
		fclose(f);
	mnt_unref_table(tb);
	return takes;
}

/* --- systemd's view --- */

/* As getmntent returns it: a CR is still there. */
struct mount_line {
	const char *spec, *dir, *type, *options;
	int freq, passno;
};

static bool getmntent_takes(struct arena *a, const char *line, struct mount_line *out)
{
	char buf[MNTENT_BUFFER];
	struct mntent m;
	FILE *f = fmemopen((void *)line, strlen(line), "r");
	bool takes = f && getmntent_r(f, &m, buf, sizeof(buf));

	if (takes)
		*out = (struct mount_line){
			.spec = arena_strdup(a, m.mnt_fsname),
			.dir = arena_strdup(a, m.mnt_dir),
			.type = arena_strdup(a, m.mnt_type),
			.options = arena_strdup(a, m.mnt_opts),
			.freq = m.mnt_freq,
			.passno = m.mnt_passno,
		};
	if (f)
		fclose(f);
	return takes;
}

static const char *const network_types[] = {
	"afs", "ceph", "cifs",	"davfs",    "gfs",   "gfs2", "glusterfs", "lustre", "ncp", "ncpfs",
	"nfs", "nfs4", "ocfs2", "orangefs", "pvfs2", "smb3", "smbfs",	  "sshfs",  NULL,
};

static bool is_network(const struct mount_line *m)
{
	const char *type = after(m->type, "fuse.");

	return in_list(type ? type : m->type, network_types) ||
	       fstab_option(m->options, "_netdev", NULL);
}

static bool is_automount(const char *options)
{
	const char *value;

	return fstab_option(options, "x-systemd.automount", NULL) ||
	       (fstab_option(options, "comment", &value) &&
		has_whole_word(options, "comment=systemd.automount",
			       strlen("comment=systemd.automount")));
}

static const char *pull_into(struct arena *a, const char *list, const char *unit, size_t len,
			     const char *how)
{
	return arena_printf(a, "%s%s%.*s.%s", list, *list ? " " : "", (int)len, unit, how);
}

/* x-systemd.required-by= and wanted-by= stand in place of the usual target. */
static const char *pulled_by_option(struct arena *a, const char *options)
{
	static const struct {
		const char *option, *how;
	} pulls[] = {
		{ "x-systemd.required-by", "requires" },
		{ "x-systemd.wanted-by", "wants" },
	};
	const char *list = "";

	for (size_t i = 0; i < ARRAY_SIZE(pulls); i++) {
		for (const char *s = options; s; s = next_word(s)) {
			const char *end = option_at(s, pulls[i].option);

			if (end && *end == '=' && word_len(s) > (size_t)(end + 1 - s))
				list = pull_into(a, list, end + 1,
						 word_len(s) - (size_t)(end + 1 - s), pulls[i].how);
		}
	}
	return list;
}

/* A unit whose failing start takes all that is needed for a login with it. */
static bool pulls_down_the_boot(const char *pulled_by)
{
	static const char *const units[] = { "local-fs.target.requires", "sysinit.target.requires",
					     "basic.target.requires", NULL };

	for (size_t i = 0; units[i]; i++) {
		if (has_word(pulled_by, units[i], " "))
			return true;
	}
	return false;
}

static void swap_verdict(struct fstab_entry *e)
{
	if (e->duplicate || e->noauto)
		return;
	e->critical = CRIT_OPTIONAL; /* swap.target has no OnFailure= */
	e->pulled_by = e->nofail ? "swap.target.wants" : "swap.target.requires";
}

static void mount_verdict(struct arena *a, struct fstab_entry *e, const struct mount_line *m,
			  const char *where)
{
	bool root = streq(where, "/");
	const char *special = root ? "" : pulled_by_option(a, m->options);
	const char *unit = e->network ? "remote-fs.target" : "local-fs.target";

	if (e->automount && !root) {
		e->critical = CRIT_OPTIONAL; /* mounted when somebody looks */
		return;
	}
	if (*special)
		e->pulled_by = special;
	else if (root || !e->noauto)
		e->pulled_by = pull_into(a, "", unit, strlen(unit),
					 e->nofail && !root ? "wants" : "requires");
	else
		return;
	e->critical = pulls_down_the_boot(e->pulled_by) ? CRIT_REQUIRED : CRIT_OPTIONAL;
}

/* --- one line --- */

/* Bytes that look like nothing or like a space, and are a part of the name to every reader. */
static const struct {
	const char *bytes, *trouble;
} unwanted[] = {
	{ "\xEF\xBB\xBF", "a byte order mark (U+FEFF) is in the line" },
	{ "\xC2\xA0", "a no-break space (U+00A0) is in place of a space" },
	{ "\xE3\x80\x80", "an ideographic space (U+3000) is in place of a space" },
	{ "\xE2\x80\xAF", "a narrow no-break space (U+202F) is in place of a space" },
	{ "\xE2\x80\x8B", "a zero-width space (U+200B) is in the line" },
};

static const char *unwanted_bytes(const struct line *l)
{
	struct column c[6];
	const char *end;

	if (strlen(l->s) < l->len)
		return "a NUL byte is in the line";
	if (l->len >= MNTENT_BUFFER - 1)
		return "the line is longer than systemd reads";
	columns(l->s, c, &end);
	for (size_t i = 0; i < ARRAY_SIZE(unwanted); i++) {
		const char *at = strstr(l->s, unwanted[i].bytes);

		if (at && at < end) /* not in a comment behind the columns */
			return unwanted[i].trouble;
	}
	return NULL;
}

static bool is_number(const struct column *c)
{
	size_t i = c->len > 1 && *c->s == '-';

	for (; i < c->len; i++) {
		if (!isdigit((unsigned char)c->s[i]))
			return false;
	}
	return true;
}

/* Why libmount refuses the line. */
static const char *refusal(struct arena *a, const char *raw)
{
	struct column c[6];
	const char *end;
	size_t n = columns(raw, c, &end);

	if (n < 3)
		return arena_printf(a,
				    "only %s, where mount needs a device, a mount point and a type",
				    n == 1 ? "one column" : "two columns");
	for (size_t i = 4; i < n; i++) {
		if (!is_number(&c[i]))
			return arena_printf(a, "column %zu is '%.*s' where a number must be", i + 1,
					    (int)c[i].len, c[i].s);
	}
	if (n < 6 && strchr(end, '#'))
		return "a comment stands where mount expects a column";
	return "mount cannot make sense of the line";
}

static const char *without_cr(struct arena *a, const char *s)
{
	return endswith(s, "\r") ? arena_strndup(a, s, strlen(s) - 1) : s;
}

/* The last word of the options with its CR is not the word that was meant. */
static bool cr_spoils_option(const char *options)
{
	static const char *const words[] = { "noauto",	 "auto",	   "nofail", "fail",
					     "_netdev",	 "bind",	   "rbind",  "nobootwait",
					     "bootwait", "x-initrd.mount", NULL };
	const char *last = strrchr(options, ',');
	size_t n;

	last = last ? last + 1 : options;
	n = strlen(last);
	for (size_t i = 0; words[i]; i++) {
		if (strlen(words[i]) + 1 == n && strncmp(last, words[i], n - 1) == 0)
			return true;
	}
	return startswith(last, "x-systemd.") || startswith(last, "comment=systemd.");
}

/* systemd's unit files shed the CR again; what the generator itself compares does not. */
static bool cr_hurts(const struct mount_line *m)
{
	if (endswith(m->options, "\r"))
		return cr_spoils_option(m->options);
	if (endswith(m->type, "\r")) {
		struct mount_line plain = *m;
		char type[16];

		if (strlen(m->type) >= sizeof(type))
			return false;
		memcpy(type, m->type, strlen(m->type));
		type[strlen(m->type) - 1] = '\0';
		plain.type = type;
		return streq(type, "swap") || is_network(&plain);
	}
	return endswith(m->dir, "\r");
}

static void columns_of(struct arena *a, struct fstab_entry *e, const struct mount_line *m)
{
	e->spec = without_cr(a, m->spec);
	e->target = without_cr(a, m->dir);
	e->type = without_cr(a, m->type);
	e->options = without_cr(a, m->options);
	e->where = strchr(e->target, '/') ? fstab_simplify(a, e->target) : "";
	e->freq = m->freq;
	e->passno = m->passno;
}

static void flags_of(struct fstab_entry *e, const struct mount_line *m)
{
	e->swap = streq(m->type, "swap");
	e->bind = streq(e->type, "bind") || fstab_option(m->options, "bind", NULL) ||
		  fstab_option(m->options, "rbind", NULL);
	e->network = is_network(m);
	e->nofail = yes_no(m->options, "nofail", "fail");
	e->noauto = yes_no(m->options, "noauto", "auto");
	e->automount = is_automount(m->options);
}

/* Nothing in it for anybody: blank, a comment, or only NUL bytes (a file cut by a power loss). */
static bool is_no_entry(const struct line *l)
{
	const char *s = l->s + strspn(l->s, " \t\r\v\f");

	if (*s == '#')
		return true;
	if (*s)
		return false;
	for (size_t i = 0; i < l->len; i++) {
		if (l->s[i] && !isspace((unsigned char)l->s[i]))
			return false;
	}
	return true;
}

static void read_line(struct arena *a, const struct line *l, struct fstab_entry *e,
		      struct mount_line *m)
{
	struct column c[6];
	const char *end;

	e->spec = e->target = e->type = e->options = e->where = e->pulled_by = "";
	e->cr = endswith(l->s, "\r");
	e->fields = columns(l->s, c, &end);
	e->seen = *l->s && getmntent_takes(a, l->s, m);
	if (e->seen) {
		columns_of(a, e, m);
		flags_of(e, m);
		e->cr_hurts = cr_hurts(m);
	}
	e->trouble = unwanted_bytes(l);
	if (!e->trouble && !libmount_takes(l->s))
		e->trouble = refusal(a, l->s);
	e->bad = e->trouble != NULL;
}

/* --- the file --- */

/* Unit names that the generator has written already. */
struct written {
	const char *name;
	UT_hash_handle hh;
};

static bool write_once(struct arena *a, struct written **all, const char *name)
{
	struct written *w;

	HASH_FIND_STR(*all, name, w);
	if (w)
		return false;
	w = arena_new_struct(a, struct written);
	w->name = name;
	HASH_ADD_KEYPTR(hh, *all, w->name, strlen(w->name), w);
	return true;
}

static void generator_verdict(struct arena *a, struct fstab_entry *e, const struct mount_line *m,
			      struct written **all)
{
	const char *where;

	e->critical = CRIT_IGNORED;
	if (!e->seen)
		return;
	if (e->swap) {
		where = arena_printf(a, "swap %s", m->spec);
		e->duplicate = !write_once(a, all, where);
		swap_verdict(e);
		return;
	}
	if (!strchr(m->dir, '/') || streq(m->type, "autofs"))
		return;
	where = fstab_simplify(a, m->dir);
	if (fstab_is_api_mount(where))
		return;
	e->duplicate = !write_once(a, all, where);
	if (!e->duplicate)
		mount_verdict(a, e, m, where);
}

void fstab_parse(struct arena *a, const struct text *t, struct fstab *out)
{
	struct written *all = NULL;
	size_t cap = 0;

	*out = (struct fstab){ 0 };
	for (size_t n = 0; n < t->lines && out->n < FSTAB_ENTRIES_MAX; n++) {
		struct fstab_entry e = { .line = n + 1 };
		struct mount_line m = { 0 };

		if (is_no_entry(&t->line[n]))
			continue;
		read_line(a, &t->line[n], &e, &m);
		generator_verdict(a, &e, &m, &all);
		ARENA_GROW(a, out->e, out->n, cap);
		out->e[out->n++] = e;
	}
	HASH_CLEAR(hh, all);
}

/* --- what a failure does --- */

static bool is_dir(const struct fstab_entry *e, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(e->target, dir, n) == 0 && e->target[n + strspn(e->target + n, "/")] == '\0';
}

/* systemd: the initramfs mounts /usr too, whatever its options say. */
static enum critical critical_systemd(const struct fstab_entry *e)
{
	return !e->swap && is_dir(e, "/usr") && !e->duplicate ? CRIT_REQUIRED : e->critical;
}

static enum critical critical_mountall(const struct fstab_entry *e)
{
	if (is_dir(e, "/"))
		return CRIT_REQUIRED;
	if (e->bad || e->noauto || fstab_is_api_mount(e->target))
		return CRIT_IGNORED;
	if (e->network || e->nofail || fstab_option(e->options, "nobootwait", NULL))
		return CRIT_OPTIONAL;
	return CRIT_REQUIRED;
}

/* fsck -A looks at every line with a pass number; what it cannot open is an error. */
static enum critical critical_fsck(const struct fstab_entry *e)
{
	if (e->bad || (e->noauto && e->passno == 0))
		return CRIT_IGNORED;
	if (e->swap || e->bind || e->network || e->noauto || e->nofail || e->passno == 0)
		return CRIT_OPTIONAL;
	return CRIT_REQUIRED;
}

enum critical fstab_critical_for(const struct fstab_entry *e, enum fstab_mounter how)
{
	switch (how) {
	case FSTAB_SYSTEMD:
		return critical_systemd(e);
	case FSTAB_MOUNTALL:
		return critical_mountall(e);
	case FSTAB_FSCK_MOUNT:
		return critical_fsck(e);
	case FSTAB_LENIENT:
		break;
	}
	return e->bad || e->noauto ? CRIT_IGNORED : CRIT_OPTIONAL;
}

/* What keeps a missing device from holding up the boot, by who mounts. */
static const char *const tolerance[] = {
	[FSTAB_SYSTEMD] = "nofail,x-systemd.device-timeout=10s",
	[FSTAB_MOUNTALL] = "nofail,nobootwait",
	[FSTAB_FSCK_MOUNT] = "nofail",
	[FSTAB_LENIENT] = "nofail",
};

/* systemd waits for what it takes for a device node; anything else fails at once. */
static bool waits_for_device(const struct fstab_entry *e)
{
	static const char *const starts[] = { "/dev/",	   "UUID=",	 "LABEL=",
					      "PARTUUID=", "PARTLABEL=", NULL };

	for (size_t i = 0; starts[i]; i++) {
		if (startswith(e->spec, starts[i]))
			return true;
	}
	return false;
}

bool fstab_is_tolerant(const struct fstab_entry *e, enum fstab_mounter how)
{
	switch (how) {
	case FSTAB_SYSTEMD:
		return e->nofail && (!waits_for_device(e) ||
				     fstab_option(e->options, "x-systemd.device-timeout", NULL));
	case FSTAB_MOUNTALL:
		return fstab_option(e->options, "nobootwait", NULL);
	case FSTAB_FSCK_MOUNT:
		return e->nofail && e->passno == 0;
	case FSTAB_LENIENT:
		break;
	}
	return e->nofail;
}

/* With it the mount is required by a target whatever else the options say. */
static const char *without_required_by(struct arena *a, const char *options)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (!fstab_option(options, "x-systemd.required-by", NULL))
		return options;
	for (const char *s = options; s; s = next_word(s)) {
		if (option_at(s, "x-systemd.required-by"))
			continue;
		if (b.len)
			bytes_addc(&b, ',');
		bytes_add(&b, s, word_len(s));
	}
	return b.len ? arena_strndup(a, b.data, b.len) : "defaults";
}

const char *fstab_tolerate(struct arena *a, const char *raw, const struct fstab_entry *e,
			   enum fstab_mounter how)
{
	const char *options = fstab_raw_options(a, raw), *more = tolerance[how];

	/* A waiting time that somebody chose stays; "fail" would take nofail back. */
	if (how == FSTAB_SYSTEMD &&
	    (!waits_for_device(e) || fstab_option(options, "x-systemd.device-timeout", NULL)))
		more = "nofail";
	options = fstab_drop_option(a, options, "fail");
	options = without_required_by(a, options);
	raw = fstab_replace_field(a, raw, FSTAB_OPTIONS, fstab_add_options(a, options, more));
	if (how == FSTAB_FSCK_MOUNT && e->passno != 0)
		raw = fstab_replace_field(a, raw, FSTAB_PASSNO, "0");
	return raw;
}
