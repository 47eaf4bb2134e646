/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/bls.h"
#include "lib/paths.h"
#include "lib/version.h"

#define ENTRIES_MAX 256u
#define NAMES_MAX 4096u
#define LINES_MAX 1000u

/* --- one entry --- */

/* Where a text key of an entry is kept. */
static const struct {
	const char *key;
	size_t offset;
} fields[] = {
	{ "title", offsetof(struct bls_entry, title) },
	{ "version", offsetof(struct bls_entry, version) },
	{ "linux", offsetof(struct bls_entry, kernel) },
	{ "options", offsetof(struct bls_entry, options) },
	{ "efi", offsetof(struct bls_entry, other) },
	{ "uki", offsetof(struct bls_entry, other) },
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Key and value of a line without its CR; false: GRUB stops here. */
static bool split(struct arena *a, const char *line, const char **key, const char **value)
{
	char *s = arena_strdup(a, line), *sep;
	size_t n = strlen(s);

	if (n && s[n - 1] == '\r')
		s[--n] = '\0';
	while (is_space(*s))
		s++;
	sep = strchr(s, ' ');
	if (!sep)
		sep = strchr(s, '\t');
	if (!sep || sep[1] == '\0')
		return false;
	*sep++ = '\0';
	while (is_space(*sep))
		sep++;
	*key = s;
	*value = sep;
	return true;
}

static bool is_comment(const char *line)
{
	while (is_space(*line))
		line++;
	return *line == '#';
}

static void add_initrd(struct arena *a, struct bls_entry *e, const char *value, size_t line)
{
	while (*(value += strspn(value, " \t"))) {
		size_t n = strcspn(value, " \t");

		ARENA_GROW(a, e->initrd, e->initrds, e->initrds_cap);
		e->initrd[e->initrds++] =
			(struct bls_field){ .value = arena_strndup(a, value, n), .line = line };
		value += n;
	}
}

static void add_field(struct arena *a, struct bls_entry *e, const char *key, const char *value,
		      size_t line)
{
	if (streq(key, "initrd"))
		add_initrd(a, e, value, line);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		struct bls_field *f = (void *)((char *)e + fields[i].offset);

		if (streq(key, fields[i].key) && !f->value)
			*f = (struct bls_field){ .value = value, .line = line };
	}
}

/* A key that matters stands behind the place where reading stopped. */
static const char *find_lost(struct arena *a, const struct text *t, size_t from)
{
	for (size_t i = from; i <= t->lines && i < LINES_MAX; i++) {
		const char *key, *value;

		if (is_comment(text_line(t, i)) || !split(a, text_line(t, i), &key, &value))
			continue;
		if (streq(key, "initrd"))
			return "initrd";
		for (size_t k = 0; k < ARRAY_SIZE(fields); k++) {
			if (streq(key, fields[k].key))
				return fields[k].key;
		}
	}
	return NULL;
}

void bls_parse(struct arena *a, const struct text *t, const char *id, struct bls_entry *out)
{
	*out = (struct bls_entry){ .id = arena_strdup(a, id), .text = t };
	for (size_t i = 1; i <= t->lines && i < LINES_MAX; i++) {
		const char *key, *value;

		if (is_comment(text_line(t, i)))
			continue;
		if (!split(a, text_line(t, i), &key, &value)) {
			out->stop = i;
			out->lost = find_lost(a, t, i + 1);
			return;
		}
		add_field(a, out, key, value, i);
	}
}

/* --- the menu --- */

struct nvr {
	char *buffer;
	const char *name, *version, *release;
};

static char *cut_last(char *s)
{
	char *dash = strrchr(s, '-');

	if (!dash)
		return NULL;
	*dash = '\0';
	return dash + 1;
}

static struct nvr split_id(const char *id)
{
	struct nvr n = { .buffer = xstrdup(id), .version = "", .release = "" };
	const char *part = cut_last(n.buffer);

	if (part) {
		n.release = part;
		part = cut_last(n.buffer);
		n.version = part ? part : "";
	}
	n.name = n.buffer;
	return n;
}

int bls_compare(const char *id_a, const char *id_b)
{
	struct nvr a = split_id(id_a), b = split_id(id_b);
	int c = version_compare(b.name, a.name);

	if (c == 0)
		c = version_compare(b.version, a.version);
	if (c == 0)
		c = version_compare(b.release, a.release);
	free(a.buffer);
	free(b.buffer);
	return c;
}

static int menu_order(const void *a, const void *b)
{
	const struct bls_entry *ea = a, *eb = b;
	int c = bls_compare(ea->id, eb->id);

	return c ? c : strcmp(eb->id, ea->id);
}

static const char *entry_id(struct scan *s, const char *name)
{
	if (*name == '.' || !endswith(name, ".conf") || streq(name, ".conf"))
		return NULL;
	return scan_printf(s, "%.*s", (int)(strlen(name) - strlen(".conf")), name);
}

static int newest_first(const void *a, const void *b)
{
	const char *ia = *(const char *const *)a, *ib = *(const char *const *)b;
	int c = bls_compare(ia, ib);

	return c ? c : strcmp(ib, ia);
}

/* Where there are very many, those that come first in the menu. */
static const char **ids_in(struct scan *s, const char *dir, size_t *n)
{
	const char **ids = NULL;
	size_t cap = 0;

	for (const char *const *name = scan_dir(s, dir); *name && *n < NAMES_MAX; name++) {
		const char *id = entry_id(s, *name);

		if (!id)
			continue;
		ARENA_GROW(s->arena, ids, *n, cap);
		ids[(*n)++] = id;
	}
	if (*n > ENTRIES_MAX)
		qsort(ids, *n, sizeof(*ids), newest_first);
	return ids;
}

void bls_gather(struct scan *s, struct bls *out)
{
	const char *dir = s->facts->loader.bls_dir;
	const char **ids;
	size_t n = 0;

	*out = (struct bls){ 0 };
	if (!dir)
		return;
	ids = ids_in(s, dir, &n);
	for (size_t i = 0; i < n && out->n < ENTRIES_MAX; i++) {
		const struct text *t = scan_text(s, scan_printf(s, "%s/%s.conf", dir, ids[i]));

		if (!t)
			continue;
		ARENA_GROW(s->arena, out->e, out->n, out->cap);
		bls_parse(s->arena, t, ids[i], &out->e[out->n++]);
	}
	if (out->n > 1)
		qsort(out->e, out->n, sizeof(*out->e), menu_order);
}

/* --- paths --- */

static const char *resolved(struct scan *s, const char *path)
{
	return paths_real_or_same(s->root, s->arena, path);
}

/* The subvolume of a btrfs root comes first in the path: /@/boot/vmlinuz, /root/boot/vmlinuz. */
static const char *without_subvolume(const char *path)
{
	const char *slash = *path == '/' ? strchr(path + 1, '/') : NULL;

	return slash && startswith(slash, "/boot/") ? slash : NULL;
}

const char *bls_path(struct scan *s, const char *path)
{
	const char *full = scan_printf(s, "%s%s", *path == '/' ? "" : "/", path);
	const char *below = scan_printf(s, "/boot%s", full);
	const char *sub = without_subvolume(full);

	if (s->facts->separate_boot)
		return resolved(s, below);
	if (sub && !root_exists(s->root, full))
		return resolved(s, sub);
	/* Of a tree without partitions it is not known: what is there decides. */
	if (!s->facts->devices->known && !root_exists(s->root, full) && root_exists(s->root, below))
		return resolved(s, below);
	return resolved(s, full);
}

const char *bls_unpath(struct scan *s, const char *path)
{
	const struct partition *p = devices_holding(s->facts->devices, "/boot");

	if (!startswith(path, "/boot/"))
		return NULL;
	if (s->facts->separate_boot)
		return arena_strdup(s->arena, path + strlen("/boot"));
	if (p && p->type && streq(p->type, "btrfs"))
		return NULL;
	return arena_strdup(s->arena, path);
}

/* --- variables --- */

/* Bytes of "$name" or "${name}" at p; 0 when it is neither. */
static size_t variable_at(const char *p, const char *name)
{
	size_t n = strlen(name);

	if (p[0] != '$')
		return 0;
	if (p[1] == '{' && strncmp(p + 2, name, n) == 0 && p[n + 2] == '}')
		return n + 3;
	if (strncmp(p + 1, name, n) != 0 || p[n + 1] == '_' || isalnum((unsigned char)p[n + 1]))
		return 0;
	return n + 1;
}

bool bls_uses(const char *s, const char *name)
{
	for (; *s; s++) {
		if (variable_at(s, name))
			return true;
	}
	return false;
}

/* No kernel takes more than COMMAND_LINE_SIZE, 2 or 4 KiB; beyond this a variable is as if it were
 * not set. */
#define EXPANDED_MAX (64u << 10)

const char *bls_expand(struct arena *a, const char *s, const char *name, const char *value)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	bytes_adds(&b, "");
	while (*s) {
		size_t n = variable_at(s, name);

		if (n && value && b.len + strlen(value) <= EXPANDED_MAX)
			bytes_adds(&b, value);
		if (!n)
			bytes_addc(&b, *s++);
		s += n;
	}
	return arena_memdup(a, b.data, b.len);
}
