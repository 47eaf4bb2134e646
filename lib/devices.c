/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <strings.h>

#include "lib/devices.h"

#define DISKS_MAX 702 /* sda … sdzz */
#define LINE_WORDS_MAX 32

static const char *const role_names[] = {
	[ROLE_UNKNOWN] = "unknown",
	[ROLE_ROOT] = "root",
	[ROLE_BOOT] = "boot",
	[ROLE_ESP] = "esp",
	[ROLE_SWAP] = "swap",
	[ROLE_USR] = "usr",
	[ROLE_BIOS_BOOT] = "bios-boot",
	[ROLE_VAR] = "var",
	[ROLE_HOME] = "home",
	[ROLE_DATA] = "data",
	[ROLE_LVM] = "lvm",
	[ROLE_LUKS] = "luks",
	[ROLE_EXTENDED] = "extended",
	[ROLE_MD] = "md",
};

const char *role_name(enum role r)
{
	return (size_t)r < ARRAY_SIZE(role_names) ? role_names[r] : "unknown";
}

/* --- what a spec asks for --- */

enum want_kind {
	WANT_NOTHING,
	WANT_UUID,
	WANT_LABEL,
	WANT_PARTUUID,
	WANT_PARTLABEL,
	WANT_POSITION,
	WANT_ROOT
};

struct want {
	enum want_kind kind;
	char *value;   /* of a tag */
	unsigned disk; /* of a kernel name */
	int part;      /* 0: the whole disk */
	bool xen;      /* xvda1 may be a disk without partitions (paravirtual guests) */
	char *node;    /* "/dev/…" of a kernel name */
};

static void want_free(struct want *w)
{
	free(w->value);
	free(w->node);
}

static const struct {
	const char *prefix;
	enum want_kind kind;
	bool encoded; /* udev writes what is unsafe in a file name as \xHH */
} tags[] = {
	{ "UUID=", WANT_UUID, false },
	{ "LABEL=", WANT_LABEL, false },
	{ "PARTUUID=", WANT_PARTUUID, false },
	{ "PARTLABEL=", WANT_PARTLABEL, false },
	{ "/dev/disk/by-uuid/", WANT_UUID, true },
	{ "/dev/disk/by-label/", WANT_LABEL, true },
	{ "/dev/disk/by-partuuid/", WANT_PARTUUID, true },
	{ "/dev/disk/by-partlabel/", WANT_PARTLABEL, true },
};

/* A copy without one pair of surrounding quotes. */
static char *unquoted(const char *s)
{
	size_t n = strlen(s);

	if (n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n - 1] == s[0])
		return xstrndup(s + 1, n - 2);
	return xstrdup(s);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes udev's \xHH in place. */
static void decode_hex(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] == 'x' && hex_value(s[2]) >= 0 && hex_value(s[3]) >= 0) {
			*to++ = (char)(hex_value(s[2]) * 16 + hex_value(s[3]));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* Digits without a leading zero, at most max; *s moves behind them. */
static bool take_number(const char **s, unsigned max, unsigned *out)
{
	const char *p = *s;
	unsigned v = 0;

	if (!isdigit((unsigned char)*p) || (p[0] == '0' && isdigit((unsigned char)p[1])))
		return false;
	for (; isdigit((unsigned char)*p); p++) {
		v = v * 10 + (unsigned)(*p - '0');
		if (v > max)
			return false;
	}
	*s = p;
	*out = v;
	return true;
}

/* "a" is 0, "z" 25, "aa" 26 … "zz" 701. */
static bool take_letters(const char **s, unsigned *out)
{
	const char *p = *s;
	unsigned v = 0;

	for (; *p >= 'a' && *p <= 'z'; p++) {
		if (p - *s >= 2)
			return false;
		v = v * 26 + (unsigned)(*p - 'a') + 1;
	}
	if (p == *s)
		return false;
	*s = p;
	*out = v - 1;
	return true;
}

/* What follows the letters: nothing, or a partition number from 1. */
static bool lettered_name(const char *s, struct want *w)
{
	unsigned part = 0;

	if (!take_letters(&s, &w->disk))
		return false;
	if (*s && (!take_number(&s, 1023, &part) || part == 0))
		return false;
	w->part = (int)part;
	return *s == '\0';
}

/* What follows the disk's number: nothing, or "pN". */
static bool numbered_part(const char *s, struct want *w)
{
	unsigned part = 0;

	if (*s == 'p') {
		s++;
		if (!take_number(&s, 1023, &part) || part == 0)
			return false;
	}
	w->part = (int)part;
	return *s == '\0';
}

/* nvme0n1, nvme1n1p2: one name space a controller, or one controller with several name spaces. */
static bool nvme_name(const char *s, struct want *w)
{
	unsigned controller, space;

	if (!take_number(&s, 255, &controller) || *s++ != 'n' || !take_number(&s, 255, &space) ||
	    space == 0)
		return false;
	w->disk = controller + space - 1;
	return numbered_part(s, w);
}

static bool mmc_name(const char *s, struct want *w)
{
	return take_number(&s, 255, &w->disk) && numbered_part(s, w);
}

static const struct {
	const char *prefix;
	bool (*parse)(const char *rest, struct want *w);
	bool xen;
} names[] = {
	{ "hd", lettered_name, false }, { "sd", lettered_name, false },
	{ "vd", lettered_name, false }, { "xvd", lettered_name, true },
	{ "nvme", nvme_name, false },	{ "mmcblk", mmc_name, false },
};

static bool kernel_name(const char *spec, struct want *w)
{
	const char *base = after(spec, "/dev/");

	if (!base)
		base = spec;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *rest = after(base, names[i].prefix);

		if (!rest || !names[i].parse(rest, w))
			continue;
		w->kind = WANT_POSITION;
		w->xen = names[i].xen;
		w->node = xasprintf("/dev/%s", base);
		return true;
	}
	return false;
}

static bool tag(const char *spec, struct want *w)
{
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		const char *value = after(spec, tags[i].prefix);

		if (!value)
			continue;
		/* PARTUUID=X/PARTNROFF=1 counts from another partition: not ours to judge. */
		if (tags[i].kind == WANT_PARTUUID && strchr(value, '/'))
			return false;
		w->kind = tags[i].kind;
		w->value = unquoted(value);
		if (tags[i].encoded)
			decode_hex(w->value);
		return true;
	}
	return false;
}

/* The caller frees with want_free(). */
static struct want want_parse(const char *spec)
{
	_cleanup_free_ char *s = unquoted(spec);
	struct want w = { .kind = WANT_NOTHING };

	if (streq(s, "/dev/root"))
		w.kind = WANT_ROOT;
	else if (!tag(s, &w))
		kernel_name(s, &w);
	return w;
}

/* --- comparing --- */

/* The target is one file system: no partition table, no partitions. */
static bool disk_is_whole(const struct devices *d, unsigned disk)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].disk == disk && d->p[i].number != 0)
			return false;
	}
	return true;
}

static bool matches_position(const struct devices *d, const struct partition *p,
			     const struct want *w)
{
	if (d->own_names)
		return p->node && streq(p->node, w->node);
	if (p->disk != w->disk)
		return false;
	if (p->number == w->part)
		return true;
	return w->xen && w->part == 1 && p->number == 0 && disk_is_whole(d, p->disk);
}

static bool same_id(const char *have, const char *want)
{
	return have && *want && strcasecmp(have, want) == 0;
}

static bool same_label(const char *have, const char *want)
{
	return have && *want && streq(have, want);
}

static bool matches(const struct devices *d, const struct partition *p, const struct want *w)
{
	switch (w->kind) {
	case WANT_UUID:
		return same_id(p->uuid, w->value);
	case WANT_PARTUUID:
		return same_id(p->partuuid, w->value);
	case WANT_LABEL:
		return same_label(p->label, w->value);
	case WANT_PARTLABEL:
		return same_label(p->partlabel, w->value);
	case WANT_POSITION:
		return matches_position(d, p, w);
	case WANT_ROOT:
		return p->role == ROLE_ROOT;
	case WANT_NOTHING:
		break;
	}
	return false;
}

enum spec_match devices_find(const struct devices *d, const char *spec,
			     const struct partition **out)
{
	_cleanup_(want_free) struct want w = want_parse(spec);

	for (size_t i = 0; i < d->n; i++) {
		if (!matches(d, &d->p[i], &w))
			continue;
		*out = &d->p[i];
		return SPEC_FOUND;
	}
	if (!d->known || w.kind == WANT_NOTHING || w.kind == WANT_ROOT)
		return SPEC_UNKNOWN;
	return SPEC_ABSENT;
}

size_t devices_count(const struct devices *d, const char *spec)
{
	_cleanup_(want_free) struct want w = want_parse(spec);
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += matches(d, &d->p[i], &w);
	return n;
}

bool spec_is_kernel_name(const char *spec)
{
	_cleanup_(want_free) struct want w = want_parse(spec);

	return w.kind == WANT_POSITION;
}

bool spec_is_judgeable(const char *spec)
{
	_cleanup_(want_free) struct want w = want_parse(spec);

	return w.kind != WANT_NOTHING;
}

const struct partition *devices_by_role(const struct devices *d, enum role r)
{
	const struct partition *found = NULL;

	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].role != r)
			continue;
		if (found)
			return NULL;
		found = &d->p[i];
	}
	return found;
}

/* dir is path or a parent of it. */
static bool is_parent(const char *dir, const char *path)
{
	size_t n = strlen(dir);

	while (n > 0 && dir[n - 1] == '/')
		n--;
	return strncmp(dir, path, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

const struct partition *devices_holding(const struct devices *d, const char *path)
{
	const struct partition *best = NULL;

	for (size_t i = 0; i < d->n; i++) {
		const char *m = d->p[i].mounted;

		if (m && is_parent(m, path) && (!best || strlen(m) > strlen(best->mounted)))
			best = &d->p[i];
	}
	return best;
}

const char *partition_spec(struct arena *a, const struct partition *p)
{
	if (p->uuid)
		return arena_printf(a, "UUID=%s", p->uuid);
	if (p->label)
		return arena_printf(a, "LABEL=%s", p->label);
	if (p->partuuid)
		return arena_printf(a, "PARTUUID=%s", p->partuuid);
	return p->node;
}

const char *partition_describe(struct arena *a, const struct partition *p)
{
	const char *type = p->type ? p->type : "no known content";
	const char *where = "the whole disk", *of = "";
	char size[32];

	format_size(p->size, size, sizeof(size));
	if (p->number)
		where = arena_printf(a, "partition %d", p->number);
	if (p->disk)
		of = arena_printf(a, " of disk %u", p->disk + 1);
	if (p->size == 0)
		return arena_printf(a, "%s%s (%s)", where, of, type);
	return arena_printf(a, "%s%s (%s, %s)", where, of, type, size);
}

/* --- devices given as text --- */

struct parse {
	struct arena *a;
	struct devices *out;
	size_t cap;
	bool hidden, unknown; /* lines "incomplete", "unknown" */
	bool role_given;      /* in the line at hand */
};

static const struct {
	const char *type;
	enum role role;
} types[] = {
	{ "ext2", ROLE_UNKNOWN },	{ "ext3", ROLE_UNKNOWN },
	{ "ext4", ROLE_UNKNOWN },	{ "xfs", ROLE_UNKNOWN },
	{ "btrfs", ROLE_UNKNOWN },	{ "vfat", ROLE_UNKNOWN },
	{ "ntfs", ROLE_UNKNOWN },	{ "exfat", ROLE_UNKNOWN },
	{ "f2fs", ROLE_UNKNOWN },	{ "jfs", ROLE_UNKNOWN },
	{ "reiserfs", ROLE_UNKNOWN },	{ "iso9660", ROLE_UNKNOWN },
	{ "squashfs", ROLE_UNKNOWN },	{ "erofs", ROLE_UNKNOWN },
	{ "zfs_member", ROLE_UNKNOWN }, { "swap", ROLE_SWAP },
	{ "swsuspend", ROLE_SWAP },	{ "LVM2_member", ROLE_LVM },
	{ "crypto_LUKS", ROLE_LUKS },	{ "linux_raid_member", ROLE_MD },
};

static const struct {
	const char *word;
	enum role role;
	const char *mounted;
} roles[] = {
	{ "/", ROLE_ROOT, "/" },
	{ "/boot", ROLE_BOOT, "/boot" },
	{ "/boot/efi", ROLE_ESP, "/boot/efi" },
	{ "/efi", ROLE_ESP, "/efi" },
	{ "/usr", ROLE_USR, "/usr" },
	{ "/var", ROLE_VAR, "/var" },
	{ "/home", ROLE_HOME, "/home" },
	{ "esp", ROLE_ESP, NULL },
	{ "bios-boot", ROLE_BIOS_BOOT, NULL },
	{ "extended", ROLE_EXTENDED, NULL },
	{ "-", ROLE_DATA, NULL },
};

enum role role_of_mount(const char *target)
{
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		if (roles[i].mounted && streq(target, roles[i].mounted))
			return roles[i].role;
	}
	return ROLE_DATA;
}

static bool set_role(struct parse *s, struct partition *p, const char *word)
{
	if (s->role_given)
		return false;
	s->role_given = true;
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
		if (!streq(word, roles[i].word))
			continue;
		p->role = roles[i].role;
		p->mounted = roles[i].mounted;
		return true;
	}
	if (word[0] != '/')
		return false;
	p->role = ROLE_DATA;
	p->mounted = arena_strdup(s->a, word);
	return true;
}

static bool set_type(struct partition *p, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (!streq(word, types[i].type))
			continue;
		if (p->type)
			return false;
		p->type = types[i].type;
		if (p->role == ROLE_UNKNOWN)
			p->role = types[i].role;
		return true;
	}
	return false;
}

static bool set_flag(struct partition *p, const char *word)
{
	if (streq(word, "dirty"))
		p->dirty = true;
	else if (streq(word, "errors"))
		p->has_errors = true;
	else if (streq(word, "active"))
		p->bootable = true;
	else
		return false;
	return true;
}

/* Which member of struct partition a text tag sets. */
static const struct {
	const char *prefix;
	size_t offset;
} text_tags[] = {
	{ "UUID=", offsetof(struct partition, uuid) },
	{ "LABEL=", offsetof(struct partition, label) },
	{ "PARTUUID=", offsetof(struct partition, partuuid) },
	{ "PARTLABEL=", offsetof(struct partition, partlabel) },
	{ "PARTTYPE=", offsetof(struct partition, parttype) },
	{ "NODE=", offsetof(struct partition, node) },
};

static bool set_number(struct parse *s, struct partition *p, const char *word)
{
	const char *v;
	uint64_t n;

	if ((v = after(word, "SIZE=")))
		return parse_size(v, &p->size);
	if ((v = after(word, "START=")))
		return parse_size(v, &p->start);
	if ((v = after(word, "NUMBER="))) {
		if (!parse_u64(v, &n) || n > 1023)
			return false;
		p->number = (int)n;
		return true;
	}
	if ((v = after(word, "DISK="))) {
		if (!parse_u64(v, &n) || n >= DISKS_MAX)
			return false;
		p->disk = (unsigned)n;
		return true;
	}
	if ((v = after(word, "PTTYPE="))) {
		s->out->pttype = arena_strdup(s->a, v);
		return streq(v, "dos") || streq(v, "gpt");
	}
	return false;
}

static bool set_tag(struct parse *s, struct partition *p, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(text_tags); i++) {
		const char *v = after(word, text_tags[i].prefix);

		if (!v)
			continue;
		if (!*v)
			return false;
		*(const char **)((char *)p + text_tags[i].offset) = arena_strdup(s->a, v);
		return true;
	}
	return set_number(s, p, word);
}

static bool set_word(struct parse *s, struct partition *p, const char *word)
{
	if (strchr(word, '='))
		return set_tag(s, p, word);
	return set_type(p, word) || set_flag(p, word) || set_role(s, p, word);
}

/* The next word of *s, double quotes taken away; NULL at the end or at a comment. */
static char *take_word(struct arena *a, const char **s)
{
	const char *p = *s;
	char *word, *to;
	bool quoted = false;

	while (isspace((unsigned char)*p))
		p++;
	if (*p == '\0' || *p == '#')
		return NULL;
	word = to = arena_alloc(a, strlen(p) + 1);
	for (; *p && (quoted || !isspace((unsigned char)*p)); p++) {
		if (*p == '"')
			quoted = !quoted;
		else
			*to++ = *p;
	}
	*s = p;
	return word;
}

static int last_number(const struct devices *d, unsigned disk)
{
	int n = 0;

	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].disk == disk && d->p[i].number > n)
			n = d->p[i].number;
	}
	return n;
}

/* Words that stand alone on their line and are about the whole. */
static bool set_whole(struct parse *s, const char *word)
{
	if (streq(word, "incomplete"))
		s->hidden = true;
	else if (streq(word, "unknown"))
		s->unknown = true;
	else
		return false;
	return true;
}

static bool parse_line(struct parse *s, const char *line)
{
	struct partition p = { .number = -1 };
	char *word = take_word(s->a, &line);
	bool partition = false; /* PTTYPE= alone is about the disk */

	if (!word || set_whole(s, word))
		return true;
	s->role_given = false;
	for (size_t n = 0; word; n++, word = take_word(s->a, &line)) {
		if (n == LINE_WORDS_MAX || !set_word(s, &p, word))
			return false;
		partition |= !startswith(word, "PTTYPE=");
	}
	if (!partition)
		return true;
	if (p.number < 0)
		p.number = last_number(s->out, p.disk) + 1;
	if (p.disk >= s->out->disks)
		s->out->disks = p.disk + 1;
	if (p.role == ROLE_LVM || p.role == ROLE_LUKS || p.role == ROLE_MD)
		s->hidden = true;
	ARENA_GROW(s->a, s->out->p, s->out->n, s->cap);
	s->out->p[s->out->n++] = p;
	return true;
}

/* A GUID type or a partition name exists only on GPT. */
static const char *guess_pttype(const struct devices *d)
{
	const char *type = NULL;

	for (size_t i = 0; i < d->n; i++) {
		const struct partition *p = &d->p[i];

		if (p->partlabel || (p->parttype && strlen(p->parttype) == 36))
			return "gpt";
		if (p->number)
			type = "dos";
	}
	return type;
}

int devices_parse(struct arena *a, const struct text *t, struct devices *out, size_t *bad_line)
{
	struct devices d = { 0 };
	struct parse s = { .a = a, .out = &d };

	for (size_t i = 1; i <= t->lines; i++) {
		if (t->line[i - 1].len == strlen(t->line[i - 1].s) &&
		    parse_line(&s, text_line(t, i)))
			continue;
		*bad_line = i;
		return -EINVAL;
	}
	if (!d.pttype)
		d.pttype = guess_pttype(&d);
	d.known = d.n > 0 && !s.unknown;
	d.complete = d.known && !s.hidden;
	*out = d;
	return 0;
}
