/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of a kernel module as depmod and lib/kmodfile.h look at, for tests only. */
#ifndef BOOTMEND_TESTMODULE_H
#define BOOTMEND_TESTMODULE_H

#include <elf.h>

#include "lib/util.h"

/* info: what its .modinfo says, texts with a NUL behind each. */
static inline void testmodule(struct bytes *out, const char *info, size_t n)
{
	static const char names[24] = "\0.modinfo\0.shstrtab";
	const size_t end = sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Shdr);
	Elf64_Ehdr h = { .e_type = ET_REL,
			 .e_machine = EM_X86_64,
			 .e_version = EV_CURRENT,
			 .e_shoff = sizeof(h),
			 .e_ehsize = sizeof(h),
			 .e_shentsize = sizeof(Elf64_Shdr),
			 .e_shnum = 3,
			 .e_shstrndx = 2 };
	const Elf64_Shdr sections[3] = {
		[1] = { .sh_name = 1,
			.sh_type = SHT_PROGBITS,
			.sh_offset = end + sizeof(names),
			.sh_size = n },
		[2] = { .sh_name = 10,
			.sh_type = SHT_STRTAB,
			.sh_offset = end,
			.sh_size = sizeof(names) },
	};

	memcpy(h.e_ident, ELFMAG, SELFMAG);
	h.e_ident[EI_CLASS] = ELFCLASS64;
	h.e_ident[EI_DATA] = ELFDATA2LSB;
	h.e_ident[EI_VERSION] = EV_CURRENT;
	bytes_add(out, &h, sizeof(h));
	bytes_add(out, sections, sizeof(sections));
	bytes_add(out, names, sizeof(names));
	bytes_add(out, info, n);
}

#endif
