/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a program of the patient can run on this machine: execve(2), elf(5). */
#include <elf.h>
#include <errno.h>
#include <stdio.h>

#include "lib/le.h"
#include "lib/sandbox.h"

#define SCRIPTS_MAX 4 /* a script run by a script run by … */
#define HEAD 4096
#define SEGMENTS_MAX 64

#if defined(__x86_64__)
static const unsigned machines[] = { EM_X86_64, EM_386 };
#elif defined(__i386__)
static const unsigned machines[] = { EM_386 };
#elif defined(__aarch64__)
static const unsigned machines[] = { EM_AARCH64 };
#elif defined(__riscv)
static const unsigned machines[] = { EM_RISCV };
#elif defined(__powerpc64__)
static const unsigned machines[] = { EM_PPC64 };
#elif defined(__s390__)
static const unsigned machines[] = { EM_S390 };
#else
static const unsigned machines[] = { EM_NONE };
#endif

static const char *machine_name(unsigned m)
{
	static const struct {
		unsigned m;
		const char *name;
	} names[] = {
		{ EM_386, "32-bit x86" }, { EM_X86_64, "x86-64" }, { EM_AARCH64, "arm64" },
		{ EM_ARM, "32-bit ARM" }, { EM_RISCV, "RISC-V" },  { EM_PPC64, "POWER" },
		{ EM_S390, "s390x" },	  { 258, "LoongArch" },	   { EM_MIPS, "MIPS" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].m == m)
			return names[i].name;
	}
	return "another processor";
}

static bool runs_here(unsigned machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		if (machines[i] == machine)
			return true;
	}
	return false;
}

/* The loader that PT_INTERP names is there. Bytes of the head that are not there count as fine. */
static int check_loader(const struct root *r, const char *program, const unsigned char *head,
			size_t n, struct trouble *why)
{
	bool wide = head[EI_CLASS] == ELFCLASS64;
	uint64_t at = wide ? le64_at(head + 32) : le32_at(head + 28);
	unsigned size = le16_at(head + (wide ? 54 : 42)), count = le16_at(head + (wide ? 56 : 44));
	char name[256] = "";
	size_t got = 0;

	for (unsigned i = 0; i < count && i < SEGMENTS_MAX; i++) {
		uint64_t ph = at + (uint64_t)i * size, from;

		if (ph > n || n - ph < 56 || le32_at(head + ph) != PT_INTERP)
			continue;
		from = wide ? le64_at(head + ph + 8) : le32_at(head + ph + 4);
		if (root_pread(r, program, from, name, sizeof(name) - 1, &got) < 0)
			return 0;
		name[got] = '\0';
		if (name[0] != '/' || root_is_program(r, name))
			return 0;
		trouble_set(why, "its loader '%.200s' is not on the disk", name);
		return -ENOENT;
	}
	return 0;
}

static int check_elf(const struct root *r, const char *program, const unsigned char *head, size_t n,
		     struct trouble *why)
{
	unsigned machine = le16_at(head + 18);

	if (n < 64 || head[EI_DATA] != ELFDATA2LSB || !runs_here(machine)) {
		trouble_set(why, "'%s' is a program for %s, which this machine is not", program,
			    machine_name(machine));
		return -ENOEXEC;
	}
	return check_loader(r, program, head, n, why);
}

/* "#! /bin/sh -e" */
static bool interpreter(const unsigned char *head, size_t n, char *out, size_t size)
{
	size_t at = 2, len = 0;

	if (n < 3 || head[0] != '#' || head[1] != '!')
		return false;
	while (at < n && (head[at] == ' ' || head[at] == '\t'))
		at++;
	while (at < n && head[at] > ' ' && len + 1 < size)
		out[len++] = (char)head[at++];
	out[len] = '\0';
	return len && out[0] == '/';
}

int sandbox_can_run(const struct root *r, const char *program, struct trouble *why)
{
	_cleanup_free_ char *path = xstrdup(program);

	for (int i = 0; i < SCRIPTS_MAX; i++) {
		unsigned char head[HEAD] = { 0 };
		char next[256];
		size_t n = 0;

		if (!root_is_program(r, path) ||
		    root_pread(r, path, 0, head, sizeof(head), &n) < 0) {
			trouble_set(why, "'%s' is not there or no program", path);
			return -ENOENT;
		}
		if (n >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0)
			return check_elf(r, path, head, n, why);
		if (!interpreter(head, n, next, sizeof(next)))
			break;
		free(path);
		path = xstrdup(next);
	}
	trouble_set(why, "'%s' is neither a program nor a script", program);
	return -ENOEXEC;
}
