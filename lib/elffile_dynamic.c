/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The dynamic section: what an object needs, where it looks, which versions it knows. */
#include <elf.h>

#include "lib/elffile_parts.h"

#define ENTRIES_MAX 2048u
#define NEEDED_MAX 512u
#define RECORDS_MAX 2048u /* of versions; glibc's own has some fifty */
#define STRING_MAX 4096u

struct dynamic {
	struct elffile_view *v;
	struct arena *a;
	struct elffile *out;
	uint64_t strings, strings_len, strings_at; /* the table, strings_at: in the file */
	uint64_t needed[NEEDED_MAX];
	size_t n;
	uint64_t soname, rpath, runpath; /* in the table; 0: none */
	uint64_t verneed, verneeds, verdef, verdefs, flags_1;
};

static void take(struct dynamic *d, uint64_t tag, uint64_t value)
{
	switch (tag) {
	case DT_NEEDED:
		if (d->n < NEEDED_MAX)
			d->needed[d->n++] = value;
		break;
	case DT_STRTAB:
		d->strings = value;
		break;
	case DT_STRSZ:
		d->strings_len = value;
		break;
	case DT_SONAME:
		d->soname = value;
		break;
	case DT_RPATH:
		d->rpath = value;
		break;
	case DT_RUNPATH:
		d->runpath = value;
		break;
	case DT_VERNEED:
		d->verneed = value;
		break;
	case DT_VERNEEDNUM:
		d->verneeds = value;
		break;
	case DT_VERDEF:
		d->verdef = value;
		break;
	case DT_VERDEFNUM:
		d->verdefs = value;
		break;
	case DT_FLAGS_1:
		d->flags_1 = value;
		break;
	default:
		break;
	}
}

static void read_entries(struct dynamic *d, uint64_t offset, uint64_t len)
{
	const struct elffile_machine *m = &d->v->m;
	size_t want = ELFFILE_SIZE(m, Dyn);
	uint64_t n = len / want < ENTRIES_MAX ? len / want : ENTRIES_MAX;

	for (uint64_t i = 0; i < n; i++) {
		const unsigned char *p;
		uint64_t tag;

		if (!elffile_at(d->v, &d->v->tables, offset + i * want, want, &p))
			return;
		tag = ELFFILE_WIDE(m, p, Dyn, d_tag);
		if (tag == DT_NULL)
			return;
		take(d, tag, ELFFILE_WIDE(m, p, Dyn, d_un.d_val));
	}
}

/* NULL: behind the table's or the file's end, or longer than any name. */
static const char *string_at(struct dynamic *d, uint64_t index)
{
	uint64_t left;
	const unsigned char *p;
	size_t n;

	if (index >= d->strings_len || d->strings_at > d->v->size ||
	    index >= d->v->size - d->strings_at)
		return NULL;
	left = d->strings_len - index;
	if (left > d->v->size - d->strings_at - index)
		left = d->v->size - d->strings_at - index;
	n = left < STRING_MAX ? (size_t)left : STRING_MAX;
	/* Short first: most names are, and the table may end the window. */
	for (size_t some = n < 64 ? n : 64;; some = n) {
		if (!elffile_at(d->v, &d->v->strings, d->strings_at + index, some, &p))
			return NULL;
		if (memchr(p, '\0', some))
			return arena_strdup(d->a, (const char *)p);
		if (some == n)
			return NULL;
	}
}

static bool damaged(struct dynamic *d, const char *why)
{
	if (elffile_is_spent(d->v))
		return false;
	d->out->state = ELFFILE_DAMAGED;
	d->out->why = why;
	return false;
}

/* A path of directories, or NULL for an unusable one, which the loader passes over too. */
static const char *path_at(struct dynamic *d, uint64_t index)
{
	const char *s = index ? string_at(d, index) : NULL;

	return s && *s ? s : NULL;
}

static bool read_names(struct dynamic *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *s = string_at(d, d->needed[i]);

		if (!s)
			return damaged(d, "the names of the libraries it needs are unreadable");
		if (*s)
			lines_add(d->a, &d->out->needed, s);
	}
	d->out->soname = d->soname ? string_at(d, d->soname) : NULL;
	d->out->runpath = path_at(d, d->runpath);
	d->out->rpath = d->runpath ? NULL : path_at(d, d->rpath);
	d->out->nodeflib = d->flags_1 & DF_1_NODEFLIB;
	return true;
}

/* --- versions --- */

struct versions {
	struct elffile_version *v;
	size_t n, cap;
};

/* Elf32 and Elf64 have the same records here. */
static bool read_aux(struct dynamic *d, uint64_t at, unsigned n, const char *file,
		     struct versions *out)
{
	const struct elffile_machine *m = &d->v->m;

	for (unsigned i = 0; i < n && out->n < RECORDS_MAX; i++) {
		const unsigned char *p;
		uint64_t next;
		const char *name;
		bool weak;

		if (!elffile_at(d->v, &d->v->tables, at, sizeof(Elf64_Vernaux), &p))
			return false;
		weak = ELFFILE_FIELD(m, p, Elf64_Vernaux, vna_flags) & VER_FLG_WEAK;
		next = ELFFILE_FIELD(m, p, Elf64_Vernaux, vna_next);
		name = string_at(d, ELFFILE_FIELD(m, p, Elf64_Vernaux, vna_name));
		if (!name)
			return false;
		if (!weak) {
			ARENA_GROW(d->a, out->v, out->n, out->cap);
			out->v[out->n++] = (struct elffile_version){ file, name };
		}
		if (!next)
			break;
		at += next;
	}
	return true;
}

static bool read_needed_versions(struct dynamic *d, uint64_t at, struct versions *out)
{
	const struct elffile_machine *m = &d->v->m;

	for (uint64_t i = 0; i < d->verneeds && i < NEEDED_MAX; i++) {
		const unsigned char *p;
		uint64_t next, aux;
		unsigned count;
		const char *file;

		if (!elffile_at(d->v, &d->v->tables, at, sizeof(Elf64_Verneed), &p))
			return false;
		next = ELFFILE_FIELD(m, p, Elf64_Verneed, vn_next);
		aux = ELFFILE_FIELD(m, p, Elf64_Verneed, vn_aux);
		count = (unsigned)ELFFILE_FIELD(m, p, Elf64_Verneed, vn_cnt);
		file = string_at(d, ELFFILE_FIELD(m, p, Elf64_Verneed, vn_file));
		if (!file || !read_aux(d, at + aux, count, file, out))
			return false;
		if (!next)
			break;
		at += next;
	}
	return true;
}

/* The first name of a record is the version's own; the others are its parents'. */
static bool read_defined_versions(struct dynamic *d, uint64_t at)
{
	const struct elffile_machine *m = &d->v->m;

	for (uint64_t i = 0; i < d->verdefs && i < RECORDS_MAX; i++) {
		const unsigned char *p;
		uint64_t next, aux;
		const char *name;

		if (!elffile_at(d->v, &d->v->tables, at, sizeof(Elf64_Verdef), &p))
			return false;
		next = ELFFILE_FIELD(m, p, Elf64_Verdef, vd_next);
		aux = ELFFILE_FIELD(m, p, Elf64_Verdef, vd_aux);
		if (!elffile_at(d->v, &d->v->tables, at + aux, sizeof(Elf64_Verdaux), &p))
			return false;
		name = string_at(d, ELFFILE_FIELD(m, p, Elf64_Verdaux, vda_name));
		if (!name)
			return false;
		lines_add(d->a, &d->out->defined, name);
		if (!next)
			break;
		at += next;
	}
	return true;
}

static bool read_versions(struct dynamic *d)
{
	struct versions needed = { 0 };
	uint64_t at;
	bool ok = true;

	if (d->verneed && d->verneeds)
		ok = elffile_offset(d->v, d->verneed, &at) && read_needed_versions(d, at, &needed);
	if (ok && d->verdef && d->verdefs)
		ok = elffile_offset(d->v, d->verdef, &at) && read_defined_versions(d, at);
	d->out->version = needed.v;
	d->out->versions = needed.n;
	/* Half a table would tell of versions that are not there. */
	if (elffile_is_spent(d->v)) {
		d->out->versions = 0;
		d->out->defined = (struct lines){ 0 };
	}
	return ok || damaged(d, "its tables of symbol versions are unreadable");
}

void elffile_dynamic(struct elffile_view *v, struct arena *a, uint64_t offset, uint64_t len,
		     struct elffile *out)
{
	struct dynamic d = { .v = v, .a = a, .out = out };

	read_entries(&d, offset, len);
	if (!d.strings)
		return;
	if (!elffile_offset(v, d.strings, &d.strings_at)) {
		damaged(&d, "its names lie where nothing of the file is loaded");
		return;
	}
	if (read_names(&d))
		read_versions(&d);
}
