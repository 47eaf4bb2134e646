/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "lib/grubimage.h"
#include "lib/le.h"
#include "lib/peimage.h"

#define MAGIC "mimg"
#define OBJECTS_MAX 512u
#define TEXT_MAX (64u << 10)

enum { OBJECT_ELF = 0, OBJECT_MEMDISK = 1 };

struct reading {
	struct arena *a;
	const unsigned char *data;
	size_t len;
	struct grubimage *out;
	size_t cap;
};

/* --- objects --- */

/* Text that ends with NUL; NULL for anything else. */
static const char *as_text(const unsigned char *p, size_t n)
{
	const unsigned char *end = memchr(p, 0, n < TEXT_MAX ? n : TEXT_MAX);

	if (!end || end == p)
		return NULL;
	for (const unsigned char *c = p; c < end; c++) {
		if (*c < ' ' && !strchr("\t\n\r\f", *c))
			return NULL;
	}
	return (const char *)p;
}

static void take_module(struct reading *r, const unsigned char *p, size_t n)
{
	struct grubmodule m;

	if (grubmodule_parse(r->a, p, n, &m) < 0 || !m.name)
		return;
	ARENA_GROW(r->a, r->out->module, r->out->n, r->cap);
	r->out->module[r->out->n++] = m;
}

/*
 * Prefix and configuration are told apart by what they are: distributions that added kinds of
 * objects of their own have shifted the numbers.
 */
static void take_text(struct reading *r, const char *text)
{
	if ((*text == '(' || *text == '/') && !strpbrk(text, "\n; \t"))
		r->out->prefix = text;
	else if (strstr(text, "search") || strstr(text, "prefix") || strstr(text, "configfile"))
		r->out->config = text;
}

static void take(struct reading *r, uint32_t type, const unsigned char *p, size_t n)
{
	const char *text;

	if (n >= 4 && memcmp(p, "\177ELF", 4) == 0) {
		take_module(r, p, n);
	} else if (type == OBJECT_MEMDISK && n > 512) {
		r->out->memdisk = true;
	} else {
		text = as_text(p, n);
		if (text)
			take_text(r, text);
	}
}

/* Objects from one offset to another; 0 when they fill it. */
static int walk(struct reading *r, uint64_t at, uint64_t end)
{
	for (unsigned i = 0; at < end && i < OBJECTS_MAX; i++) {
		uint32_t type, size;

		if (end - at < 8)
			return -ENOENT;
		type = le32_at(r->data + at);
		size = le32_at(r->data + at + 4);
		if (size < 8 || size > end - at)
			return -ENOENT;
		take(r, type, r->data + at + 8, size - 8);
		at += size;
	}
	return r->out->n ? 0 : -ENOENT;
}

/* The module info at offset at; the magic also stands in the code that looks for it. */
static int read_info(struct reading *r, size_t at, unsigned bits)
{
	uint64_t offset, size;

	if (r->len - at < (bits == 64 ? 24u : 12u))
		return -ENOENT;
	offset = bits == 64 ? le64_at(r->data + at + 8) : le32_at(r->data + at + 4);
	size = bits == 64 ? le64_at(r->data + at + 16) : le32_at(r->data + at + 8);
	if (offset < 12 || offset > size || size > r->len - at)
		return -ENOENT;
	return walk(r, at + offset, at + size);
}

static int find_info(struct reading *r)
{
	static const unsigned bits[] = { 32, 64 };
	const unsigned char *end = r->data + r->len, *p = r->data;

	while ((p = memmem(p, (size_t)(end - p), MAGIC, 4))) {
		size_t at = (size_t)(p++ - r->data);

		for (size_t i = 0; at % 4 == 0 && i < ARRAY_SIZE(bits); i++) {
			*r->out = (struct grubimage){ .kernel = r->data, .kernel_len = at };
			r->cap = 0;
			if (read_info(r, at, bits[i]) == 0)
				return 0;
		}
	}
	return -ENOENT;
}

int grubimage_core(struct arena *a, const void *data, size_t len, struct grubimage *out)
{
	struct grubimage img = { 0 };
	struct reading r = { .a = a, .data = data, .len = len, .out = &img };
	int e = find_info(&r);

	if (e == 0)
		*out = img;
	return e;
}

int grubimage_efi(struct arena *a, const void *data, size_t len, struct grubimage *out)
{
	struct grubimage img = { 0 };
	struct reading r = { .a = a, .out = &img };
	size_t at;
	int e;

	if (!peimage_section(data, len, "mods", &at, &r.len))
		return -ENOENT;
	r.data = (const unsigned char *)data + at;
	e = find_info(&r);
	if (e < 0)
		return e;
	img.kernel = data;
	img.kernel_len = at;
	*out = img;
	return 0;
}

/* --- questions --- */

bool grubimage_has(const struct grubimage *i, const char *module)
{
	for (size_t k = 0; k < i->n; k++) {
		if (streq(i->module[k].name, module))
			return true;
	}
	return false;
}

bool grubimage_provides(const struct grubimage *i, const char *symbol)
{
	_cleanup_free_ char *name = xasprintf("%c%s", '\1', symbol);
	size_t n = strlen(symbol);

	/* The kernel keeps the names of what it exports as strings, one behind the other. */
	name[0] = '\0';
	if (memmem(i->kernel, i->kernel_len, name, n + 2))
		return true;
	for (size_t k = 0; k < i->n; k++) {
		if (in_list(symbol, i->module[k].provides))
			return true;
	}
	return false;
}

/* --- where it goes on --- */

/* The words of the first line that begins with this one; "" else. */
static const char *line_of(struct arena *a, const char *text, const char *prefix)
{
	for (const char *p = text; *p; p += strspn(p, "\n")) {
		size_t n = strcspn(p, "\n");
		const char *rest = after(p, prefix);

		if (rest && rest < p + n)
			return arena_strndup(a, rest, (size_t)(p + n - rest));
		p += n;
	}
	return "";
}

static const char *first_value(struct arena *a, const char *words)
{
	words += strspn(words, " \t");
	while (*words == '-') {
		words += strcspn(words, " \t");
		words += strspn(words, " \t");
	}
	return arena_strndup(a, words, strcspn(words, " \t"));
}

static const struct {
	const char *command, *tag;
} searches[] = {
	{ "search.fs_uuid ", "UUID" },
	{ "search.fs_label ", "LABEL" },
};

/* "($root)'/boot/grub'" and the like: what stands behind the closing bracket. */
static const char *dir_behind(struct arena *a, const char *prefix)
{
	const char *close = strrchr(prefix, ')'), *at = close ? close + 1 : prefix;
	char *dir = arena_strdup(a, at), *to = dir;

	for (const char *c = dir; *c; c++) {
		if (!strchr("'\" \t\r", *c))
			*to++ = *c;
	}
	*to = '\0';
	return dir;
}

static const char *place_of_config(const struct grubimage *i, struct arena *a, const char **dir)
{
	const char *set = line_of(a, i->config, "set prefix=");

	for (size_t k = 0; k < ARRAY_SIZE(searches); k++) {
		const char *words = line_of(a, i->config, searches[k].command);
		const char *value = first_value(a, words);

		if (!*value || strchr(value, '$'))
			continue;
		*dir = dir_behind(a, *set ? set : i->prefix ? i->prefix : "");
		return arena_printf(a, "%s=%s", searches[k].tag, value);
	}
	return NULL;
}

const char *grubimage_place(const struct grubimage *i, struct arena *a, const char **dir)
{
	const char *rest, *close;

	if (i->config)
		return place_of_config(i, a, dir);
	rest = i->prefix ? after(i->prefix, "(,") : NULL;
	close = rest ? strchr(rest, ')') : NULL;
	if (!close || memchr(rest, ',', (size_t)(close - rest)))
		return NULL;
	*dir = dir_behind(a, i->prefix);
	return arena_strndup(a, rest, (size_t)(close - rest));
}
