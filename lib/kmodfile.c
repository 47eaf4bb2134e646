/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <stddef.h>

#include "lib/kmodfile.h"
#include "lib/unpack.h"

#define ROOM (256u << 10)

/* --- unpacking --- */

static bool unpack_all(const struct unpack_format *f, const struct bytes *in, struct bytes *out)
{
	struct unpack_io io = { .in = (const unsigned char *)in->data, .in_len = in->len };
	_cleanup_free_ unsigned char *room = xmalloc(ROOM);
	enum unpack_result r = UNPACK_MORE;
	struct unpack *u = NULL;
	size_t made = 1;

	if (unpack_open(f, &u) < 0)
		return false;
	while (r == UNPACK_MORE && out->len <= KMODFILE_MAX && (io.in_len || made)) {
		io.out = room;
		io.out_len = ROOM;
		r = unpack_step(u, &io);
		made = ROOM - io.out_len;
		bytes_add(out, room, made);
	}
	unpack_close(u);
	return r == UNPACK_END && out->len <= KMODFILE_MAX;
}

/* --- object files of either size and byte order --- */

struct object {
	const struct bytes *b;
	bool wide, big;
};

static uint64_t number_at(const struct object *o, uint64_t at, size_t n)
{
	const unsigned char *p = (const unsigned char *)o->b->data + at;
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | p[o->big ? i : n - 1 - i];
	return v;
}

#define FIELD(o, at, type, name)                                       \
	((o)->wide ? number_at(o, (at) + offsetof(Elf64_##type, name), \
			       sizeof(((Elf64_##type *)NULL)->name))   \
		   : number_at(o, (at) + offsetof(Elf32_##type, name), \
			       sizeof(((Elf32_##type *)NULL)->name)))

static bool fits(const struct object *o, uint64_t at, uint64_t n)
{
	return at <= o->b->len && n <= o->b->len - at;
}

static bool sections_fit(const struct object *o)
{
	uint64_t at = FIELD(o, 0, Ehdr, e_shoff), n = FIELD(o, 0, Ehdr, e_shnum);
	uint64_t size = FIELD(o, 0, Ehdr, e_shentsize);

	if (n == 0 || size < (o->wide ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr)) ||
	    !fits(o, at, n * size))
		return false;
	for (uint64_t i = 0; i < n; i++, at += size) {
		if (FIELD(o, at, Shdr, sh_type) != SHT_NOBITS &&
		    !fits(o, FIELD(o, at, Shdr, sh_offset), FIELD(o, at, Shdr, sh_size)))
			return false;
	}
	return true;
}

bool kmodfile_is_whole(const struct bytes *b)
{
	struct object o = { .b = b };

	if (b->len < sizeof(Elf32_Ehdr) || memcmp(b->data, ELFMAG, SELFMAG) != 0)
		return false;
	o.wide = b->data[EI_CLASS] == ELFCLASS64;
	o.big = b->data[EI_DATA] == ELFDATA2MSB;
	if (o.wide && b->len < sizeof(Elf64_Ehdr))
		return false;
	return FIELD(&o, 0, Ehdr, e_type) == ET_REL && sections_fit(&o);
}

/* "vermagic=6.1.0-50-amd64 SMP …" stands among other such texts, each with a NUL behind. */
bool kmodfile_is_foreign(const struct bytes *b, const char *version)
{
	static const char key[] = "\0vermagic=";
	const size_t len = sizeof(key) - 1, n = strlen(version);
	const char *found = b->len ? memmem(b->data, b->len, key, len) : NULL;
	size_t left;

	if (!found)
		return false;
	found += len;
	left = b->len - (size_t)(found - b->data);
	return left <= n || memcmp(found, version, n) != 0 || (found[n] != ' ' && found[n] != '\0');
}

/* --- the file --- */

const struct bytes *kmodfile_object(const struct kmodfile *k)
{
	return k->plain.len ? &k->plain : &k->raw;
}

void kmodfile_free(struct kmodfile *k)
{
	bytes_free(&k->raw);
	bytes_free(&k->plain);
}

const char *kmodfile_read(const struct root *r, const char *path, const char *version,
			  struct kmodfile *out)
{
	const struct unpack_format *f;
	int e;

	*out = (struct kmodfile){ 0 };
	e = root_read(r, path, KMODFILE_MAX, &out->raw);
	if (e < 0)
		return root_is_absent(e) ? "is missing" : "cannot be read";
	f = unpack_detect((const unsigned char *)out->raw.data, out->raw.len);
	if (f && !unpack_all(f, &out->raw, &out->plain))
		return "is damaged";
	if (!kmodfile_is_whole(kmodfile_object(out)))
		return "is damaged";
	return kmodfile_is_foreign(kmodfile_object(out), version) ? "is of another kernel" : NULL;
}
