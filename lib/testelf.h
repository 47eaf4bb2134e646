/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small ELF64 objects for tests, with a true dynamic section: what a loader reads is there, and
 * nothing else. Little endian.
 *
 *	struct testelf e = { .interp = "/lib/ld.so", .needs = "liba.so.1,libb.so.2" };
 *	testelf_make(&e, &bytes);
 *
 * Lists are separated by commas; NULL or "" for none.
 */
#ifndef BOOTMEND_TESTELF_H
#define BOOTMEND_TESTELF_H

#include <elf.h>

#include "lib/util.h"

struct testelf {
	unsigned machine; /* 0: EM_X86_64 */
	const char *interp, *soname, *needs, *rpath, *runpath;
	const char *versions; /* needed: "libc.so.6:GLIBC_2.34,libc.so.6:GLIBC_2.36" */
	const char *defines;  /* "GLIBC_2.2.5,GLIBC_2.34" */
	bool nodeflib;
};

#define TESTELF_LIST_MAX 32

struct testelf_parts {
	struct bytes strings, verneed, verdef;
	Elf64_Dyn dyn[TESTELF_LIST_MAX + 16];
	size_t n;
};

static inline uint64_t testelf_string(struct testelf_parts *p, const char *s, size_t n)
{
	uint64_t at = p->strings.len;

	bytes_add(&p->strings, s, n);
	bytes_add(&p->strings, "", 1);
	return at;
}

static inline void testelf_tag(struct testelf_parts *p, Elf64_Sxword tag, uint64_t value)
{
	p->dyn[p->n++] = (Elf64_Dyn){ .d_tag = tag, .d_un.d_val = value };
}

static inline void testelf_name(struct testelf_parts *p, Elf64_Sxword tag, const char *s)
{
	if (s && *s)
		testelf_tag(p, tag, testelf_string(p, s, strlen(s)));
}

/* The next item of a list into *n; NULL at its end. */
static inline const char *testelf_item(const char **list, size_t *n)
{
	const char *s = *list;

	if (!s || !*s)
		return NULL;
	*n = strcspn(s, ",");
	*list = s + *n + (s[*n] == ',');
	return s;
}

/* One record for each version, as if each were of a file of its own. */
static inline size_t testelf_verneed(struct testelf_parts *p, const char *list)
{
	size_t n, count = 0;

	for (const char *s; (s = testelf_item(&list, &n)); count++) {
		size_t file = strcspn(s, ":");
		bool last = !list || !*list;
		Elf64_Verneed need = { .vn_version = 1, .vn_cnt = 1, .vn_aux = sizeof(need) };
		Elf64_Vernaux aux = { .vna_other = (Elf64_Half)(count + 2) };

		need.vn_file = (Elf64_Word)testelf_string(p, s, file);
		need.vn_next = last ? 0 : sizeof(need) + sizeof(aux);
		aux.vna_name = (Elf64_Word)testelf_string(p, s + file + 1, n - file - 1);
		bytes_add(&p->verneed, &need, sizeof(need));
		bytes_add(&p->verneed, &aux, sizeof(aux));
	}
	return count;
}

static inline size_t testelf_verdef(struct testelf_parts *p, const char *list)
{
	size_t n, count = 0;

	for (const char *s; (s = testelf_item(&list, &n)); count++) {
		bool last = !list || !*list;
		Elf64_Verdef def = { .vd_version = 1,
				     .vd_ndx = (Elf64_Half)(count + 1),
				     .vd_cnt = 1,
				     .vd_aux = sizeof(def) };
		Elf64_Verdaux aux = { .vda_name = (Elf64_Word)testelf_string(p, s, n) };

		def.vd_next = last ? 0 : sizeof(def) + sizeof(aux);
		bytes_add(&p->verdef, &def, sizeof(def));
		bytes_add(&p->verdef, &aux, sizeof(aux));
	}
	return count;
}

static inline void testelf_dynamic(const struct testelf *e, struct testelf_parts *p)
{
	const char *needs = e->needs;
	size_t n;

	bytes_add(&p->strings, "", 1);
	for (const char *s; (s = testelf_item(&needs, &n)) && p->n < TESTELF_LIST_MAX;)
		testelf_tag(p, DT_NEEDED, testelf_string(p, s, n));
	testelf_name(p, DT_SONAME, e->soname);
	testelf_name(p, DT_RPATH, e->rpath);
	testelf_name(p, DT_RUNPATH, e->runpath);
	if (e->nodeflib)
		testelf_tag(p, DT_FLAGS_1, DF_1_NODEFLIB);
	n = testelf_verneed(p, e->versions);
	if (n)
		testelf_tag(p, DT_VERNEEDNUM, n);
	n = testelf_verdef(p, e->defines);
	if (n)
		testelf_tag(p, DT_VERDEFNUM, n);
}

/* Where each part lies is known once all are made; addresses are offsets. */
static inline void testelf_place(const struct testelf *e, struct testelf_parts *p, size_t at,
				 size_t *dynamic)
{
	size_t strings = at + (e->interp ? strlen(e->interp) + 1 : 0);
	size_t verneed = (strings + p->strings.len + 7) & ~(size_t)7;
	size_t verdef = verneed + p->verneed.len;

	testelf_tag(p, DT_STRTAB, strings);
	testelf_tag(p, DT_STRSZ, p->strings.len);
	if (p->verneed.len)
		testelf_tag(p, DT_VERNEED, verneed);
	if (p->verdef.len)
		testelf_tag(p, DT_VERDEF, verdef);
	testelf_tag(p, DT_NULL, 0);
	*dynamic = verdef + p->verdef.len;
}

static inline void testelf_heads(const struct testelf *e, size_t text, size_t dynamic, size_t size,
				 struct bytes *out)
{
	size_t interp = e->interp ? strlen(e->interp) + 1 : 0;
	const Elf64_Ehdr h = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_DYN,
		.e_machine = (Elf64_Half)(e->machine ? e->machine : EM_X86_64),
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 3,
		.e_shentsize = sizeof(Elf64_Shdr),
	};
	Elf64_Phdr p[3] = { { .p_type = interp ? PT_INTERP : PT_NULL, .p_offset = text },
			    { .p_type = PT_LOAD, .p_align = 4096 },
			    { .p_type = PT_DYNAMIC, .p_offset = dynamic } };

	p[0].p_filesz = interp;
	p[1].p_filesz = size;
	p[2].p_filesz = size - dynamic;
	for (size_t i = 0; i < ARRAY_SIZE(p); i++) {
		p[i].p_vaddr = p[i].p_offset;
		p[i].p_memsz = p[i].p_filesz;
	}
	bytes_add(out, &h, sizeof(h));
	bytes_add(out, p, sizeof(p));
}

static inline void testelf_make(const struct testelf *e, struct bytes *out)
{
	struct testelf_parts p = { .n = 0 };
	size_t text = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr), dynamic;

	testelf_dynamic(e, &p);
	testelf_place(e, &p, text, &dynamic);
	testelf_heads(e, text, dynamic, dynamic + p.n * sizeof(*p.dyn), out);
	if (e->interp)
		bytes_add(out, e->interp, strlen(e->interp) + 1);
	bytes_add(out, p.strings.data, p.strings.len);
	while (out->len % 8)
		bytes_addc(out, '\0');
	bytes_add(out, p.verneed.len ? p.verneed.data : "", p.verneed.len);
	bytes_add(out, p.verdef.len ? p.verdef.data : "", p.verdef.len);
	bytes_add(out, p.dyn, p.n * sizeof(*p.dyn));
	bytes_free(&p.strings);
	bytes_free(&p.verneed);
	bytes_free(&p.verdef);
}

#endif
