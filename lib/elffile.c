/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Headers: what the file is, and whether what they speak of is in it. */
#include <elf.h>

#include "lib/elffile_parts.h"

uint64_t elffile_number(const struct elffile_machine *m, const unsigned char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[m->order == ELFDATA2MSB ? i : n - 1 - i];
	return v;
}

static bool is_within(uint64_t offset, uint64_t len, uint64_t size)
{
	return offset <= size && len <= size - offset;
}

/* --- the window --- */

static bool fill(struct elffile_view *v, struct elffile_window *w, uint64_t offset)
{
	size_t got = 0;

	if (elffile_is_spent(v))
		return false;
	v->refills++;
	/* A little before it too: strings and tables are read up and down. */
	w->at = offset > ELFFILE_WINDOW / 8 ? offset - ELFFILE_WINDOW / 8 : 0;
	w->have = 0;
	if (root_pread(v->root, v->path, w->at, w->data, sizeof(w->data), &got) < 0)
		return false;
	w->have = got;
	return true;
}

bool elffile_is_spent(const struct elffile_view *v)
{
	return v->refills >= ELFFILE_REFILLS_MAX;
}

static bool is_seen(const struct elffile_window *w, uint64_t offset, size_t len)
{
	return offset >= w->at && is_within(offset - w->at, len, w->have);
}

bool elffile_at(struct elffile_view *v, struct elffile_window *w, uint64_t offset, size_t len,
		const unsigned char **out)
{
	if (len > ELFFILE_WINDOW / 2 || !is_within(offset, len, v->size))
		return false;
	if (!is_seen(w, offset, len) && (!fill(v, w, offset) || !is_seen(w, offset, len)))
		return false;
	*out = w->data + (offset - w->at);
	return true;
}

bool elffile_offset(const struct elffile_view *v, uint64_t address, uint64_t *out)
{
	for (size_t i = 0; i < v->loads; i++) {
		const struct elffile_segment *s = &v->load[i];

		if (address >= s->address && address - s->address < s->len) {
			*out = s->offset + (address - s->address);
			return true;
		}
	}
	return false;
}

/* --- the header --- */

static void parse_head(const unsigned char *b, struct elffile_head *h)
{
	const struct elffile_machine *m = &h->m;

	h->m = (struct elffile_machine){ true, b[EI_CLASS], b[EI_DATA], 0 };
	h->m.machine = (uint16_t)ELFFILE_FIELD(m, b, Elf64_Ehdr, e_machine);
	h->type = (unsigned)ELFFILE_FIELD(m, b, Elf64_Ehdr, e_type);
	h->phoff = ELFFILE_WIDE(m, b, Ehdr, e_phoff);
	h->shoff = ELFFILE_WIDE(m, b, Ehdr, e_shoff);
	h->phentsize = (unsigned)ELFFILE_WIDE(m, b, Ehdr, e_phentsize);
	h->phnum = (unsigned)ELFFILE_WIDE(m, b, Ehdr, e_phnum);
	h->shentsize = (unsigned)ELFFILE_WIDE(m, b, Ehdr, e_shentsize);
	h->shnum = (unsigned)ELFFILE_WIDE(m, b, Ehdr, e_shnum);
}

static bool has_ident(const unsigned char *b)
{
	return memcmp(b, ELFMAG, SELFMAG) == 0 &&
	       (b[EI_CLASS] == ELFCLASS32 || b[EI_CLASS] == ELFCLASS64) &&
	       (b[EI_DATA] == ELFDATA2LSB || b[EI_DATA] == ELFDATA2MSB);
}

static enum elffile_state open_view(struct elffile_view *v)
{
	struct stat st;
	int e = root_stat(v->root, v->path, &st);

	if (e < 0)
		return root_is_absent(e) ? ELFFILE_ABSENT : ELFFILE_UNREADABLE;
	if (!S_ISREG(st.st_mode))
		return ELFFILE_NO_FILE;
	if (st.st_size == 0)
		return ELFFILE_EMPTY;
	v->size = (uint64_t)st.st_size;
	return fill(v, &v->tables, 0) && v->tables.have ? ELFFILE_OK : ELFFILE_UNREADABLE;
}

static enum elffile_state read_head(struct elffile_view *v, struct elffile_head *h)
{
	enum elffile_state s = open_view(v);
	size_t want;

	*h = (struct elffile_head){ .size = v->size };
	if (s != ELFFILE_OK)
		return s;
	if (v->tables.have < EI_NIDENT || !has_ident(v->tables.data))
		return ELFFILE_NOT;
	want = v->tables.data[EI_CLASS] == ELFCLASS64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	if (v->tables.have < want)
		return ELFFILE_CUT;
	parse_head(v->tables.data, h);
	v->m = h->m;
	return ELFFILE_OK;
}

/* --- segments --- */

struct found {
	const char *why; /* NULL: whole */
	uint64_t interp, interp_len, dynamic, dynamic_len;
};

static bool take_segment(struct elffile_view *v, const unsigned char *p, struct found *f)
{
	const struct elffile_machine *m = &v->m;
	uint64_t offset = ELFFILE_WIDE(m, p, Phdr, p_offset);
	uint64_t len = ELFFILE_WIDE(m, p, Phdr, p_filesz);

	switch (ELFFILE_FIELD(m, p, Elf64_Phdr, p_type)) {
	case PT_LOAD:
		v->load[v->loads++] =
			(struct elffile_segment){ ELFFILE_WIDE(m, p, Phdr, p_vaddr), offset, len };
		return is_within(offset, len, v->size);
	case PT_INTERP:
		f->interp = offset;
		f->interp_len = len;
		return is_within(offset, len, v->size);
	case PT_DYNAMIC:
		f->dynamic = offset;
		f->dynamic_len = len;
		return is_within(offset, len, v->size);
	default:
		return true;
	}
}

static enum elffile_state read_segments(struct elffile_view *v, const struct elffile_head *h,
					struct found *f)
{
	size_t want = ELFFILE_SIZE(&h->m, Phdr);
	bool whole = true;

	if (h->phnum && h->phentsize != want) {
		f->why = "its header gives its program headers a size they never have";
		return ELFFILE_CUT;
	}
	if (h->phnum > ELFFILE_SEGMENTS_MAX) {
		f->why = "its header counts more program headers than a program has";
		return ELFFILE_DAMAGED;
	}
	f->why = "its program headers lie behind its end";
	for (unsigned i = 0; i < h->phnum; i++) {
		const unsigned char *p;

		if (h->phoff > v->size ||
		    !elffile_at(v, &v->tables, h->phoff + (uint64_t)i * want, want, &p))
			return ELFFILE_CUT;
		whole &= take_segment(v, p, f);
	}
	f->why = whole ? NULL : "part of what is loaded of it lies behind its end";
	return whole ? ELFFILE_OK : ELFFILE_CUT;
}

static enum elffile_state judge(struct elffile_view *v, const struct elffile_head *h,
				struct found *f)
{
	enum elffile_state s = read_segments(v, h, f);

	if (s != ELFFILE_OK)
		return s;
	if (h->shoff && !is_within(h->shoff, (uint64_t)h->shnum * h->shentsize, v->size)) {
		f->why = "its section headers lie behind its end";
		return ELFFILE_TAIL;
	}
	return ELFFILE_OK;
}

enum elffile_state elffile_head(const struct root *r, const char *path, struct elffile_head *out)
{
	struct elffile_view v = { .root = r, .path = path };
	struct found f = { 0 };
	enum elffile_state s = read_head(&v, out);

	return s == ELFFILE_OK ? judge(&v, out, &f) : s;
}

/* --- the whole --- */

#define INTERP_MAX 4096u

static const char *read_interp(struct elffile_view *v, struct arena *a, const struct found *f)
{
	const unsigned char *p;

	if (!f->interp_len || f->interp_len > INTERP_MAX ||
	    !elffile_at(v, &v->strings, f->interp, (size_t)f->interp_len, &p) || p[0] != '/' ||
	    p[f->interp_len - 1] != '\0')
		return NULL;
	return arena_strdup(a, (const char *)p);
}

static void read_rest(struct elffile_view *v, struct arena *a, const struct found *f,
		      struct elffile *out)
{
	out->interp = read_interp(v, a, f);
	if (f->interp_len && !out->interp) {
		out->state = ELFFILE_DAMAGED;
		out->why = "the name of its program loader is unreadable";
	}
	if (f->dynamic_len)
		elffile_dynamic(v, a, f->dynamic, f->dynamic_len, out);
}

void elffile_read(const struct root *r, struct arena *a, const char *path, struct elffile *out)
{
	struct elffile_view v = { .root = r, .path = path };
	struct found f = { 0 };
	struct elffile e = { .state = ELFFILE_OK };

	e.state = read_head(&v, &e.head);
	if (e.state == ELFFILE_OK)
		e.state = judge(&v, &e.head, &f);
	else if (e.state == ELFFILE_NOT)
		e.first = v.tables.data[0];
	e.why = e.state == ELFFILE_OK ? NULL : f.why ? f.why : elffile_words(e.state);
	if (e.state == ELFFILE_OK || e.state == ELFFILE_TAIL)
		read_rest(&v, a, &f, &e);
	*out = e;
}

/* --- words --- */

const char *elffile_words(enum elffile_state s)
{
	static const char *const words[] = {
		[ELFFILE_OK] = "is there",
		[ELFFILE_ABSENT] = "does not exist",
		[ELFFILE_UNREADABLE] = "cannot be read",
		[ELFFILE_NO_FILE] = "is not a file",
		[ELFFILE_EMPTY] = "is empty",
		[ELFFILE_NOT] = "is not an ELF file",
		[ELFFILE_CUT] = "is cut short",
		[ELFFILE_TAIL] = "is cut short",
		[ELFFILE_DAMAGED] = "is damaged",
	};

	return words[s];
}

bool elffile_same_machine(const struct elffile_machine *a, const struct elffile_machine *b)
{
	return a->class == b->class && a->order == b->order && a->machine == b->machine;
}

/* family: machines of one number run on one kernel. */
static const struct {
	uint16_t machine;
	unsigned char family;
	const char *name;
} machines[] = {
	{ EM_386, 1, "i386" },	      { EM_X86_64, 1, "x86-64" },     { EM_ARM, 2, "ARM" },
	{ EM_AARCH64, 2, "AArch64" }, { EM_PPC, 3, "PowerPC" },	      { EM_PPC64, 3, "PowerPC 64" },
	{ EM_SPARC, 4, "SPARC" },     { EM_SPARC32PLUS, 4, "SPARC" }, { EM_SPARCV9, 4, "SPARC 64" },
	{ EM_MIPS, 5, "MIPS" },	      { EM_S390, 6, "S/390" },	      { EM_RISCV, 7, "RISC-V" },
	{ 258, 8, "LoongArch" },
};

static unsigned family(const struct elffile_machine *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		if (machines[i].machine == m->machine)
			return machines[i].family;
	}
	return 0x100u + m->machine;
}

bool elffile_kindred(const struct elffile_machine *a, const struct elffile_machine *b)
{
	return a->order == b->order && family(a) == family(b);
}

const char *elffile_machine_name(struct arena *a, const struct elffile_machine *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		if (machines[i].machine == m->machine)
			return machines[i].name;
	}
	return arena_printf(a, "machine %u", m->machine);
}
