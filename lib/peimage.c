/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/le.h"
#include "lib/peimage.h"

#define AT_PE 0x3c
#define COFF 24u /* "PE\0\0" and the COFF header */
#define SECTION 40u
#define SECTIONS_MAX 96u

struct pe {
	const unsigned char *data;
	size_t len;
	size_t coff, optional, sections, n;
	unsigned machine, subsystem;
};

static bool headers(struct pe *pe)
{
	const unsigned char *d = pe->data;

	if (pe->len < 64 || d[0] != 'M' || d[1] != 'Z')
		return false;
	pe->coff = le32_at(d + AT_PE);
	if (pe->coff > pe->len || pe->len - pe->coff < COFF + 72 ||
	    memcmp(d + pe->coff, "PE\0\0", 4) != 0)
		return false;
	pe->machine = le16_at(d + pe->coff + 4);
	pe->n = le16_at(d + pe->coff + 6);
	pe->optional = pe->coff + COFF;
	pe->subsystem = le16_at(d + pe->optional + 68);
	pe->sections = pe->optional + le16_at(d + pe->coff + 20);
	return pe->n <= SECTIONS_MAX && pe->sections <= pe->len &&
	       pe->n * SECTION <= pe->len - pe->sections;
}

static const struct {
	unsigned number;
	const char *name;
} machines[] = {
	{ 0x8664, "x64" }, { 0x14c, "ia32" },	  { 0xaa64, "aa64" },
	{ 0x1c2, "arm" },  { 0x5064, "riscv64" }, { 0x6264, "loongarch64" },
};

static bool all_zero(const unsigned char *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

/* Applications, drivers and ROMs of EFI. */
static bool is_efi(const struct pe *pe)
{
	return pe->subsystem >= 10 && pe->subsystem <= 13;
}

void peimage_look(const void *data, size_t len, uint64_t size, struct peimage *out)
{
	struct pe pe = { .data = data, .len = len };

	*out = (struct peimage){ .kind = PEIMAGE_NOT, .machine = "" };
	if (all_zero(pe.data, len)) {
		out->kind = PEIMAGE_EMPTY;
		return;
	}
	if (!headers(&pe) || !is_efi(&pe))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		if (machines[i].number == pe.machine)
			out->machine = machines[i].name;
	}
	out->kind = PEIMAGE_OK;
	for (size_t i = 0; i < pe.n; i++) {
		const unsigned char *s = pe.data + pe.sections + i * SECTION;
		uint64_t end = (uint64_t)le32_at(s + 20) + le32_at(s + 16);

		if (le32_at(s + 20) && end > size)
			out->kind = PEIMAGE_CUT;
	}
}

bool peimage_section(const void *data, size_t len, const char *name, size_t *at, size_t *n)
{
	struct pe pe = { .data = data, .len = len };

	if (!headers(&pe))
		return false;
	for (size_t i = 0; i < pe.n; i++) {
		const unsigned char *s = pe.data + pe.sections + i * SECTION;
		size_t from = le32_at(s + 20), size = le32_at(s + 16);

		if (strncmp((const char *)s, name, 8) != 0)
			continue;
		if (from > len || size > len - from)
			return false;
		*at = from;
		*n = size;
		return true;
	}
	return false;
}
