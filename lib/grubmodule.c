/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <errno.h>

#include "lib/grubmodule.h"
#include "lib/le.h"

#define SECTIONS_MAX 256u
#define SYMBOLS_MAX 65536u
#define NEEDS_MAX 256u

/* Every module GRUB has ever had for a PC or arm64 is little-endian. */
struct file {
	struct arena *a;
	const unsigned char *data;
	size_t len;
	bool wide; /* 64 bits */
	size_t sections, n, entry, names;
};

struct section {
	uint32_t name, type, link;
	const unsigned char *data; /* NULL: outside of the file */
	size_t len;
};

struct list {
	const char **s;
	size_t n, cap;
};

static void add(struct file *f, struct list *l, const char *s)
{
	ARENA_GROW(f->a, l->s, l->n, l->cap);
	l->s[l->n++] = s;
}

static const char *const *finished(struct file *f, struct list *l)
{
	add(f, l, NULL);
	return l->s;
}

static bool fits(const struct file *f, uint64_t at, uint64_t len)
{
	return at <= f->len && len <= f->len - at;
}

static int open_file(struct file *f)
{
	const unsigned char *d = f->data;

	if (f->len < sizeof(Elf64_Ehdr) || memcmp(d, ELFMAG, SELFMAG) != 0)
		return -EINVAL;
	f->wide = d[EI_CLASS] == ELFCLASS64;
	if ((!f->wide && d[EI_CLASS] != ELFCLASS32) || d[EI_DATA] != ELFDATA2LSB)
		return -EINVAL;
	f->sections = f->wide ? le64_at(d + 0x28) : le32_at(d + 0x20);
	f->entry = le16_at(d + (f->wide ? 0x3a : 0x2e));
	f->n = le16_at(d + (f->wide ? 0x3c : 0x30));
	f->names = le16_at(d + (f->wide ? 0x3e : 0x32));
	if (f->n > SECTIONS_MAX || f->entry < (f->wide ? 64u : 40u))
		return -EINVAL;
	return fits(f, f->sections, (uint64_t)f->n * f->entry) && f->names < f->n ? 0 : -EINVAL;
}

static struct section section(const struct file *f, size_t i)
{
	const unsigned char *p = f->data + f->sections + i * f->entry;
	uint64_t at = f->wide ? le64_at(p + 0x18) : le32_at(p + 0x10);
	uint64_t len = f->wide ? le64_at(p + 0x20) : le32_at(p + 0x14);
	struct section s = { .name = le32_at(p), .type = le32_at(p + 4) };

	s.link = le32_at(p + (f->wide ? 0x28 : 0x18));
	if (s.type == SHT_NOBITS || !fits(f, at, len))
		return s;
	s.data = f->data + at;
	s.len = (size_t)len;
	return s;
}

/* A string of a string table; "" when it is not ended inside. */
static const char *string(const struct section *table, uint32_t at)
{
	if (!table->data || at >= table->len || !memchr(table->data + at, 0, table->len - at))
		return "";
	return (const char *)table->data + at;
}

static void read_needs(struct file *f, const struct section *s, struct list *out)
{
	for (size_t at = 0; at < s->len && out->n < NEEDS_MAX;) {
		const char *word = string(s, (uint32_t)at);

		if (*word)
			add(f, out, arena_strdup(f->a, word));
		at += strlen(word) + 1;
	}
}

static void read_symbols(struct file *f, const struct section *s, struct grubmodule *out)
{
	size_t each = f->wide ? 24 : 16, n = s->len / each;
	struct section names = { 0 };
	struct list wants = { 0 }, provides = { 0 };

	if (s->link < f->n)
		names = section(f, s->link);
	for (size_t i = 1; i < n && i < SYMBOLS_MAX; i++) {
		const unsigned char *p = s->data + i * each;
		const char *name = string(&names, le32_at(p));
		unsigned info = p[f->wide ? 4 : 12];
		bool undefined = le16_at(p + (f->wide ? 6 : 14)) == SHN_UNDEF;

		if (!*name || (!undefined && ELF32_ST_BIND(info) == STB_LOCAL))
			continue;
		add(f, undefined ? &wants : &provides, arena_strdup(f->a, name));
	}
	out->wants = finished(f, &wants);
	out->provides = finished(f, &provides);
}

int grubmodule_parse(struct arena *a, const void *data, size_t len, struct grubmodule *out)
{
	struct file f = { .a = a, .data = data, .len = len };
	static const char *const none[] = { NULL };
	struct grubmodule m = { .needs = none, .wants = none, .provides = none };
	struct section names;
	int e = open_file(&f);

	if (e < 0)
		return e;
	names = section(&f, f.names);
	for (size_t i = 0; i < f.n; i++) {
		struct section s = section(&f, i);
		const char *name = string(&names, s.name);
		struct list needs = { 0 };

		if (s.type != SHT_NOBITS && s.type != SHT_NULL && !s.data)
			return -EINVAL; /* cut short */
		if (s.type == SHT_SYMTAB)
			read_symbols(&f, &s, &m);
		else if (streq(name, ".modname") && *string(&s, 0))
			m.name = arena_strdup(a, string(&s, 0));
		else if (streq(name, ".moddeps")) {
			read_needs(&f, &s, &needs);
			m.needs = finished(&f, &needs);
		}
	}
	*out = m;
	return 0;
}
