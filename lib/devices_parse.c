/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices given as text, one partition a line. */
#include <ctype.h>
#include <errno.h>

#include "lib/devices.h"

#define DISKS_MAX 702 /* sda … sdzz */
#define LINE_WORDS_MAX 32

struct parse {
	struct arena *a;
	struct devices *out;
	size_t cap, groups_cap;
	struct volume_names *group;
	bool hidden, unknown; /* lines "incomplete", "unknown" */
	bool role_given;      /* in the line at hand */
};

static const struct {
	const char *type;
	enum role role;
} types[] = {
	{ "ext2", ROLE_UNKNOWN },
	{ "ext3", ROLE_UNKNOWN },
	{ "ext4", ROLE_UNKNOWN },
	{ "xfs", ROLE_UNKNOWN },
	{ "btrfs", ROLE_UNKNOWN },
	{ "vfat", ROLE_UNKNOWN },
	{ "ntfs", ROLE_UNKNOWN },
	{ "exfat", ROLE_UNKNOWN },
	{ "f2fs", ROLE_UNKNOWN },
	{ "jfs", ROLE_UNKNOWN },
	{ "reiserfs", ROLE_UNKNOWN },
	{ "iso9660", ROLE_UNKNOWN },
	{ "squashfs", ROLE_UNKNOWN },
	{ "erofs", ROLE_UNKNOWN },
	{ "zfs_member", ROLE_UNKNOWN },
	{ "bcachefs", ROLE_UNKNOWN },
	{ "swap", ROLE_SWAP },
	{ "swsuspend", ROLE_SWAP },
	{ "LVM2_member", ROLE_LVM },
	{ "crypto_LUKS", ROLE_LUKS },
	{ "linux_raid_member", ROLE_MD },
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
	else if (streq(word, "opened"))
		p->opened = true;
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
	{ "RAID=", offsetof(struct partition, raid) },
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

/* --- layers --- */

static struct volume_names *group_of(struct parse *s, const char *name)
{
	struct volume_names *g;

	for (size_t i = 0; i < s->out->n_groups; i++) {
		if (streq(s->group[i].name, name))
			return &s->group[i];
	}
	ARENA_GROW(s->a, s->group, s->out->n_groups, s->groups_cap);
	g = &s->group[s->out->n_groups++];
	*g = (struct volume_names){
		.name = name,
		.dir = arena_printf(s->a, "/dev/%s/", name),
		.mapper = arena_printf(s->a, "/dev/mapper/%s-", name),
		.names = arena_alloc(s->a, sizeof(char *)),
	};
	s->out->group = s->group;
	return g;
}

static void add_names(struct parse *s, struct volume_names *g, const char *const *more)
{
	const char **all;
	size_t n = 0;

	while (g->names[n])
		n++;
	all = arena_alloc(s->a, (n + 3) * sizeof(*all));
	memcpy(all, g->names, n * sizeof(*all));
	all[n] = more[0];
	all[n + 1] = more[1];
	g->names = all;
}

/* "system/root" */
static bool set_volume(struct parse *s, struct partition *p, const char *value)
{
	const char *slash = strchr(value, '/');
	const char **names = arena_alloc(s->a, 3 * sizeof(*names));

	if (!slash || slash == value || !slash[1])
		return false;
	p->group = arena_strndup(s->a, value, (size_t)(slash - value));
	p->in |= ROLE_BIT(ROLE_LVM);
	p->layer = arena_printf(s->a, "logical volume %s", value);
	names[0] = arena_printf(s->a, "/dev/mapper/%s-%s", p->group, slash + 1);
	names[1] = arena_printf(s->a, "/dev/%s", value);
	p->names = names;
	add_names(s, group_of(s, p->group), names);
	return true;
}

static bool set_in(struct partition *p, const char *value)
{
	static const enum role layers[] = { ROLE_LVM, ROLE_LUKS, ROLE_MD };
	unsigned was = p->in;

	for (size_t i = 0; i < ARRAY_SIZE(layers); i++) {
		if (has_word(value, role_name(layers[i]), ","))
			p->in |= ROLE_BIT(layers[i]);
	}
	return p->in != was;
}

static bool set_layer(struct parse *s, struct partition *p, const char *word)
{
	const char *v;

	if ((v = after(word, "VOLUME=")))
		return set_volume(s, p, v);
	if ((v = after(word, "IN=")))
		return set_in(p, v);
	v = after(word, "GROUP=");
	if (!v || !*v)
		return false;
	p->group = group_of(s, arena_strdup(s->a, v))->name;
	return true;
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
	return set_number(s, p, word) || set_layer(s, p, word);
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
		s->hidden = s->out->partial = true;
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
	if ((p.role == ROLE_LVM || p.role == ROLE_LUKS || p.role == ROLE_MD) && !p.opened)
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
