/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <elf.h>

#include "lib/pammodule.h"

#define DIRS_MAX 64
#define SEGMENTS_MAX 128

/* --- ELF headers --- */

struct header {
	struct pammodule_machine m;
	uint64_t phoff, shoff;
	unsigned phentsize, phnum, shentsize, shnum;
};

static uint64_t number(const unsigned char *p, size_t n, unsigned char order)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[order == ELFDATA2MSB ? i : n - 1 - i];
	return v;
}

#define FIELD(h, type, field) number((h) + offsetof(type, field), sizeof(((type *)0)->field), order)

static bool parse_header(const unsigned char *b, size_t len, struct header *out)
{
	unsigned char order = b[EI_DATA];
	bool wide = b[EI_CLASS] == ELFCLASS64;
	struct header h = { 0 };

	if (len < (wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr)))
		return false;
	h.m = (struct pammodule_machine){ true, b[EI_CLASS], order, 0 };
	h.m.machine = (uint16_t)FIELD(b, Elf64_Ehdr, e_machine);
	if (wide) {
		h.phoff = FIELD(b, Elf64_Ehdr, e_phoff);
		h.shoff = FIELD(b, Elf64_Ehdr, e_shoff);
		h.phentsize = (unsigned)FIELD(b, Elf64_Ehdr, e_phentsize);
		h.phnum = (unsigned)FIELD(b, Elf64_Ehdr, e_phnum);
		h.shentsize = (unsigned)FIELD(b, Elf64_Ehdr, e_shentsize);
		h.shnum = (unsigned)FIELD(b, Elf64_Ehdr, e_shnum);
	} else {
		h.phoff = FIELD(b, Elf32_Ehdr, e_phoff);
		h.shoff = FIELD(b, Elf32_Ehdr, e_shoff);
		h.phentsize = (unsigned)FIELD(b, Elf32_Ehdr, e_phentsize);
		h.phnum = (unsigned)FIELD(b, Elf32_Ehdr, e_phnum);
		h.shentsize = (unsigned)FIELD(b, Elf32_Ehdr, e_shentsize);
		h.shnum = (unsigned)FIELD(b, Elf32_Ehdr, e_shnum);
	}
	*out = h;
	return true;
}

/* PRESENT: it has a header; UNKNOWN: it cannot be read. */
static enum pammodule_state read_header(const struct root *r, const char *path, struct header *h)
{
	unsigned char b[sizeof(Elf64_Ehdr)] = { 0 };
	size_t got = 0;
	int e = root_pread(r, path, 0, b, sizeof(b), &got);

	if (root_is_absent(e))
		return PAMMODULE_ABSENT;
	if (e < 0)
		return PAMMODULE_UNKNOWN;
	if (got == 0)
		return PAMMODULE_EMPTY;
	if (got < EI_NIDENT || memcmp(b, ELFMAG, SELFMAG) != 0)
		return PAMMODULE_NOT_ELF;
	if ((b[EI_CLASS] != ELFCLASS32 && b[EI_CLASS] != ELFCLASS64) ||
	    (b[EI_DATA] != ELFDATA2LSB && b[EI_DATA] != ELFDATA2MSB))
		return PAMMODULE_NOT_ELF;
	return parse_header(b, got, h) ? PAMMODULE_PRESENT : PAMMODULE_CUT;
}

static bool is_within(uint64_t offset, uint64_t len, uint64_t size)
{
	return offset <= size && len <= size - offset;
}

/* Every loaded segment lies within the file. */
static bool segments_fit(const struct root *r, const char *path, const struct header *h,
			 uint64_t size)
{
	unsigned char order = h->m.order, b[sizeof(Elf64_Phdr)];
	bool wide = h->m.class == ELFCLASS64;
	size_t want = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr), got;
	unsigned n = h->phnum < SEGMENTS_MAX ? h->phnum : SEGMENTS_MAX;

	for (unsigned i = 0; i < n; i++) {
		uint64_t offset, len;

		if (root_pread(r, path, h->phoff + (uint64_t)i * want, b, want, &got) < 0 ||
		    got < want)
			return false;
		if (FIELD(b, Elf64_Phdr, p_type) != PT_LOAD)
			continue;
		offset = wide ? FIELD(b, Elf64_Phdr, p_offset) : FIELD(b, Elf32_Phdr, p_offset);
		len = wide ? FIELD(b, Elf64_Phdr, p_filesz) : FIELD(b, Elf32_Phdr, p_filesz);
		if (!is_within(offset, len, size))
			return false;
	}
	return true;
}

static bool is_whole(const struct root *r, const char *path, const struct header *h, uint64_t size)
{
	size_t want = h->m.class == ELFCLASS64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

	if (h->shoff && !is_within(h->shoff, (uint64_t)h->shnum * h->shentsize, size))
		return false;
	if (h->phnum && h->phentsize != want)
		return false;
	return is_within(h->phoff, (uint64_t)h->phnum * h->phentsize, size) &&
	       segments_fit(r, path, h, size);
}

static bool same_machine(const struct pammodule_machine *a, const struct pammodule_machine *b)
{
	return a->class == b->class && a->order == b->order && a->machine == b->machine;
}

enum pammodule_state pammodule_file(const struct root *r, const char *path,
				    const struct pammodule_machine *own)
{
	struct header h;
	struct stat st;
	enum pammodule_state s = read_header(r, path, &h);

	/* There, but not to be read by us, is as good as there; but no file cannot be loaded. */
	if (s == PAMMODULE_UNKNOWN)
		return root_stat(r, path, &st) == 0 && !S_ISREG(st.st_mode) ? PAMMODULE_NOT_ELF
									    : PAMMODULE_PRESENT;
	if (s != PAMMODULE_PRESENT)
		return s;
	if (own && own->known && !same_machine(&h.m, own))
		return PAMMODULE_OTHER_MACHINE;
	if (root_stat(r, path, &st) == 0 && !is_whole(r, path, &h, (uint64_t)st.st_size))
		return PAMMODULE_CUT;
	return PAMMODULE_PRESENT;
}

const char *pammodule_why(enum pammodule_state s)
{
	static const char *const why[] = {
		[PAMMODULE_PRESENT] = "is there",
		[PAMMODULE_ABSENT] = "does not exist",
		[PAMMODULE_EMPTY] = "is empty",
		[PAMMODULE_NOT_ELF] = "is not a shared object",
		[PAMMODULE_OTHER_MACHINE] = "is made for another architecture",
		[PAMMODULE_CUT] = "is cut short",
		[PAMMODULE_UNKNOWN] = "cannot be judged",
	};

	return why[s];
}

/* --- where modules are --- */

/* The first of the patient's own programs that is an ELF file tells what it runs on. */
static void find_machine(const struct root *r, struct pammodule_machine *out)
{
	static const char *const witnesses[] = { "/bin/login",
						 "/usr/bin/login",
						 "/bin/bash",
						 "/usr/bin/bash",
						 "/bin/sh",
						 "/usr/bin/sh",
						 "/bin/busybox",
						 "/sbin/init",
						 "/usr/lib/systemd/systemd",
						 "/lib/systemd/systemd",
						 "/usr/sbin/sshd",
						 "/lib64/libc.so.6",
						 "/lib/libc.so.6",
						 NULL };

	for (size_t i = 0; witnesses[i]; i++) {
		struct header h;

		if (read_header(r, witnesses[i], &h) == PAMMODULE_PRESENT) {
			*out = h.m;
			return;
		}
	}
}

struct dirs {
	const struct root *root;
	struct arena *arena;
	const char *base; /* "/lib" */
	const char *lib[DIRS_MAX];
	size_t n;
};

static int add_triplet(void *arg, const struct root_entry *e)
{
	struct dirs *d = arg;

	if (d->n + 1 < DIRS_MAX && strstr(e->name, "-linux-"))
		d->lib[d->n++] = arena_printf(d->arena, "%s/%s", d->base, e->name);
	return 0;
}

/* Multiarch directories first, as Debian's libpam does; then lib64 before lib. */
static void list_libdirs(struct dirs *d)
{
	static const char *const multi[] = { "/lib", "/usr/lib" };
	static const char *const plain[] = { "/lib64",	 "/usr/lib64", "/lib",
					     "/usr/lib", "/lib32",     "/usr/lib32" };

	for (size_t i = 0; i < ARRAY_SIZE(multi); i++) {
		d->base = multi[i];
		root_list(d->root, d->base, add_triplet, d);
	}
	for (size_t i = 0; i < ARRAY_SIZE(plain) && d->n + 1 < DIRS_MAX; i++)
		d->lib[d->n++] = plain[i];
}

struct search {
	const struct pammodules *m;
	const char *dir;
	bool found;
};

static int is_good_module(void *arg, const struct root_entry *e)
{
	struct search *s = arg;
	const char *path;

	if (!endswith(e->name, ".so"))
		return 0;
	path = arena_printf(s->m->arena, "%s/%s", s->dir, e->name);
	s->found = pammodule_file(s->m->root, path, &s->m->own) == PAMMODULE_PRESENT;
	return s->found;
}

static bool holds_modules(const struct pammodules *m, const char *dir)
{
	struct search s = { .m = m, .dir = dir };

	root_list(m->root, dir, is_good_module, &s);
	return s.found;
}

static const char *find_libpam(const struct dirs *d, const struct pammodule_machine *own)
{
	for (size_t i = 0; i < d->n; i++) {
		const char *path = arena_printf(d->arena, "%s/libpam.so.0", d->lib[i]);
		struct header h;

		if (read_header(d->root, path, &h) == PAMMODULE_PRESENT &&
		    (!own->known || same_machine(&h.m, own)))
			return path;
	}
	return NULL;
}

/* Where libpam itself is, its modules should be: for when all of them are gone. */
static const char *beside_libpam(const struct dirs *d, const char *libpam)
{
	return arena_printf(d->arena, "%.*s/security", (int)(strrchr(libpam, '/') - libpam),
			    libpam);
}

void pammodule_gather(const struct root *r, struct arena *a, struct pammodules *out)
{
	struct pammodules m = { .root = r, .arena = a };
	struct dirs d = { .root = r, .arena = a };
	const char **found;
	size_t n = 0;

	find_machine(r, &m.own);
	list_libdirs(&d);
	m.libpam = find_libpam(&d, &m.own);
	found = arena_alloc(a, (d.n + 2) * sizeof(*found));
	for (size_t i = 0; i < d.n; i++) {
		const char *dir = arena_printf(a, "%s/security", d.lib[i]);

		if (holds_modules(&m, dir))
			found[n++] = dir;
	}
	m.any = n > 0;
	if (n == 0 && m.libpam)
		found[n++] = beside_libpam(&d, m.libpam);
	m.dirs = found;
	*out = m;
}

/* libpam puts a directory of its own build in place of $ISA; these are the ones in use. */
static enum pammodule_state with_isa(const struct pammodules *m, const char *name, const char *isa,
				     const char **path)
{
	static const char *const places[] = { ".", "../../lib64/security", "../lib64",
					      "../../usr/lib64/security", NULL };
	const char *rest = isa + strlen("$ISA");

	*path = name;
	for (size_t i = 0; places[i]; i++) {
		const char *p = arena_printf(m->arena, "%.*s%s%s", (int)(isa - name), name,
					     places[i], rest);

		if (pammodule_file(m->root, p, &m->own) == PAMMODULE_PRESENT) {
			*path = p;
			return PAMMODULE_PRESENT;
		}
	}
	/* A place of a build nobody here knows: the module itself decides. */
	return pammodule_state(m, strrchr(name, '/') + 1, path);
}

static enum pammodule_state absolute(const struct pammodules *m, const char *name,
				     const char **path)
{
	const char *isa = strstr(name, "$ISA/");

	if (isa)
		return with_isa(m, name, isa, path);
	*path = name;
	return pammodule_file(m->root, name, &m->own);
}

enum pammodule_state pammodule_state(const struct pammodules *m, const char *name,
				     const char **path)
{
	enum pammodule_state state = PAMMODULE_UNKNOWN;

	*path = NULL;
	if (*name == '/')
		return absolute(m, name, path);
	for (size_t i = 0; m->dirs[i]; i++) {
		const char *p = arena_printf(m->arena, "%s/%s", m->dirs[i], name);
		enum pammodule_state s = pammodule_file(m->root, p, &m->own);

		bool better = state == PAMMODULE_ABSENT && s != PAMMODULE_ABSENT &&
			      s != PAMMODULE_OTHER_MACHINE;

		if (s == PAMMODULE_PRESENT || !*path || better) {
			state = s;
			*path = p;
		}
		if (s == PAMMODULE_PRESENT)
			break;
	}
	return state;
}
