/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * By UEFI: the ESP and the programs in it, each with what it goes on with.
 *
 * Sources: UEFI specification 3.5.1.1 (removable media boot behaviour) and 2.1.1 (file names);
 * shim's README.fallback; Debian's and Ubuntu's grub-efi-*-signed, Fedora's grub2-efi (prefix and
 * grub.cfg beside the program); systemd-boot(7).
 */
#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "checks/loader_parts.h"
#include "lib/grubcfg.h"

#define PROGRAM_MAX (8u << 20)
#define HEADERS_MAX 4096u
#define READ_MAX (96u << 20) /* bytes of programs that are read; of the rest only the headers */
#define PROGRAMS_MAX 256
#define CFG_MAX (1u << 20)
#define DIRS_MAX 64

static bool is_efi_file(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcasecmp(name + n - 4, ".efi") == 0;
}

/* --- one program --- */

/* A program that is none of the small tools beside a loader: it may well start the system. */
static bool may_start(const struct efi_program *p)
{
	static const char *const tools[] = { "mm", "fb", "fwup", "memtest", "shell", "key" };
	const char *name = strrchr(p->path, '/') + 1;

	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		if (strncasecmp(name, tools[i], strlen(tools[i])) == 0)
			return false;
	}
	return true;
}

static bool has_wide(const struct bytes *b, const char *text)
{
	char wide[64] = { 0 };
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		wide[2 * i] = text[i];
	return b->len && memmem(b->data, b->len, wide, 2 * n);
}

static struct efi_program *find_program(struct loader_look *l, const char *dir, const char *name)
{
	const char *path = scan_printf(l->s, "%s/%s", dir, name);

	for (size_t i = 0; i < l->efi.n; i++) {
		if (strcasecmp(l->efi.program[i].path, path) == 0)
			return &l->efi.program[i];
	}
	return NULL;
}

static void look_at_program(struct loader_look *l, const char *dir, const char *name)
{
	struct efi_program p = { .path = scan_printf(l->s, "%s/%s", dir, name), .dir = dir };
	size_t max = l->efi.read < READ_MAX ? PROGRAM_MAX : HEADERS_MAX, at, len;
	_cleanup_bytes_ struct bytes b = { 0 };
	const char *next;
	uint64_t size = 0;
	char *kept;

	if (l->efi.n >= PROGRAMS_MAX || esp_read(l->efi.esp, p.path, max, &b, &size) < 0)
		return;
	l->efi.read += b.len;
	peimage_look(b.data ? b.data : "", b.len, size, &p.pe);
	next = scan_printf(l->s, "grub%s.efi", p.pe.machine);
	p.is_shim = may_start(&p) && has_wide(&b, next);
	if (p.pe.kind == PEIMAGE_OK && peimage_section(b.data, b.len, "mods", &at, &len)) {
		kept = arena_memdup(l->s->arena, b.data, b.len);
		p.is_grub = grubimage_efi(l->s->arena, kept, b.len, &p.image) == 0;
	}
	ARENA_GROW(l->s->arena, l->efi.program, l->efi.n, l->efi.cap);
	l->efi.program[l->efi.n++] = p;
}

static const char *dir_name(const struct loader_look *l, const char *dir, const char *entry)
{
	return scan_printf(l->s, "%s/%.*s", dir, (int)strlen(entry) - 1, entry);
}

/* Programs of a directory, and one below it: Microsoft/Boot. */
static void look_at_dir(struct loader_look *l, const char *dir, unsigned depth)
{
	const char *const *name = esp_list(l->efi.esp, dir);

	for (size_t n = 0; *name && n < DIRS_MAX; name++) {
		if (is_efi_file(*name)) {
			look_at_program(l, dir, *name);
		} else if (endswith(*name, "/") && depth) {
			look_at_dir(l, dir_name(l, dir, *name), depth - 1);
			n++;
		}
	}
}

/* --- whether it starts the system --- */

static const char *why_no_program(const struct efi_program *p)
{
	static const char *const words[] = {
		[PEIMAGE_OK] = NULL,
		[PEIMAGE_EMPTY] = "it is empty",
		[PEIMAGE_NOT] = "it is no EFI program",
		[PEIMAGE_CUT] = "it is cut short",
	};

	return words[p->pe.kind];
}

static bool is_usable(const struct efi_program *p)
{
	return p && p->pe.kind == PEIMAGE_OK && !p->broken;
}

/* The first search of a small grub.cfg that only leads to the real one. */
static const char *lost_search(struct loader_look *l, const struct bytes *b, const char *path)
{
	const struct devices *d = l->s->facts->devices;
	struct grubcfg_env env = { .devices = d };
	struct grubcfg cfg;

	if (!d->known || !d->complete)
		return NULL;
	grubcfg_parse(l->s->arena, text_new(l->s->arena, path, b->data, b->len), &env, &cfg);
	for (size_t i = 0; i < cfg.searches; i++) {
		const struct grubcfg_search *s = &cfg.search[i];

		if (s->reach != REACH_RUNS || s->kind == SEARCH_SET_ROOT)
			continue;
		if (s->match != SPEC_ABSENT || !s->value)
			return NULL;
		return scan_printf(l->s, "%s%s",
				   s->kind == SEARCH_UUID ? "UUID=" : "LABEL=", s->value);
	}
	return NULL;
}

/* Signed GRUBs read a grub.cfg in the ESP, in the directory their prefix names or beside. */
static const char *grub_config(struct loader_look *l, const struct efi_program *p)
{
	const char *prefix = p->image.prefix ? p->image.prefix : "";
	const char *const dirs[] = { startswith(prefix, "/EFI/") ? prefix : NULL, p->dir };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		const char *path = dirs[i] ? scan_printf(l->s, "%s/grub.cfg", dirs[i]) : NULL;

		if (path && esp_has(l->efi.esp, path))
			return path;
	}
	return NULL;
}

static const char *why_no_config(struct loader_look *l, const struct efi_program *p)
{
	const char *path = grub_config(l, p), *lost;
	_cleanup_bytes_ struct bytes b = { 0 };
	uint64_t size;

	if (!path)
		return scan_printf(l->s, "its configuration %s/grub.cfg is not there",
				   startswith(p->image.prefix, "/EFI/") ? p->image.prefix : p->dir);
	if (esp_read(l->efi.esp, path, CFG_MAX, &b, &size) < 0)
		return NULL;
	if (size == 0)
		return scan_printf(l->s, "its configuration %s is empty", path);
	lost = lost_search(l, &b, path);
	return lost ? scan_printf(l->s,
				  "its configuration %s looks for %s, and no partition is that",
				  path, lost)
		    : NULL;
}

static const char *why_no_grub(struct loader_look *l, const struct efi_program *p)
{
	const char *lost = loader_lost_place(l, &p->image, l->efi.part ? l->efi.part->disk : 0);

	if (lost)
		return scan_printf(l->s, "it looks for /boot on %s, and no partition is that",
				   lost);
	/* With a file system or a configuration of its own it needs nothing of the ESP. */
	if (p->image.memdisk || p->image.config || !p->image.prefix ||
	    !startswith(p->image.prefix, "/EFI/"))
		return NULL;
	return why_no_config(l, p);
}

/* shim goes on with GRUB beside it; in \EFI\BOOT its helper may lead to a vendor's first. */
static const char *why_no_shim(struct loader_look *l, const struct efi_program *p)
{
	const char *next = scan_printf(l->s, "grub%s.efi", p->pe.machine);
	const struct efi_program *grub = find_program(l, p->dir, next);
	const char *helper = scan_printf(l->s, "fb%s.efi", p->pe.machine);

	if (strcasecmp(p->dir, "/EFI/BOOT") == 0 && find_program(l, p->dir, helper))
		return NULL;
	if (!grub)
		return scan_printf(l->s, "shim goes on with %s beside it, which is not there",
				   next);
	return is_usable(grub) ? NULL : scan_printf(l->s, "%s beside it: %s", next, grub->broken);
}

static void judge_programs(struct loader_look *l)
{
	for (size_t i = 0; i < l->efi.n; i++) {
		struct efi_program *p = &l->efi.program[i];

		p->broken = why_no_program(p);
		if (!p->broken && p->is_grub)
			p->broken = why_no_grub(l, p);
	}
	for (size_t i = 0; i < l->efi.n; i++) {
		struct efi_program *p = &l->efi.program[i];

		if (!p->broken && p->is_shim)
			p->broken = why_no_shim(l, p);
	}
}

/* --- the ESP --- */

static const struct {
	const char *loader; /* the dynamic loader of that architecture */
	const char *platform, *arch, *boot;
} archs[] = {
	{ "/lib64/ld-linux-x86-64.so.2", "x86_64-efi", "x64", "BOOTX64.EFI" },
	{ "/lib/ld-linux-aarch64.so.1", "arm64-efi", "aa64", "BOOTAA64.EFI" },
	{ "/lib/ld-linux-riscv64-lp64d.so.1", "riscv64-efi", "riscv64", "BOOTRISCV64.EFI" },
	{ "/lib64/ld-linux-loongarch-lp64d.so.1", "loongarch64-efi", "loongarch64",
	  "BOOTLOONGARCH64.EFI" },
};

static void find_arch(struct loader_look *l)
{
	size_t is = 0;

	for (size_t i = ARRAY_SIZE(archs); i-- > 0;) {
		if (root_exists(l->s->root, archs[i].loader) ||
		    root_is_dir(l->s->root, loader_platform_dir(l, archs[i].platform)))
			is = i;
	}
	l->efi.arch = archs[is].arch;
	l->efi.boot = scan_printf(l->s, "/EFI/BOOT/%s", archs[is].boot);
}

static const struct partition *find_esp(const struct loader_look *l)
{
	const struct devices *d = l->s->facts->devices;
	const struct partition *first = NULL;

	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].role != ROLE_ESP)
			continue;
		if (d->p[i].mounted)
			return &d->p[i];
		first = first ? first : &d->p[i];
	}
	return first;
}

/* Where an ESP is mounted in a tree whose partitions are not known. */
static const char *esp_dir(const struct loader_look *l)
{
	static const char *const dirs[] = { "/boot/efi", "/efi", "/boot" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (root_is_dir(l->s->root, scan_printf(l->s, "%s/EFI", dirs[i])))
			return dirs[i];
	}
	return NULL;
}

static int open_esp(struct loader_look *l)
{
	const char *dir;

	/* One that was formatted with something else is still mounted where fstab says. */
	if (l->efi.part && l->efi.part->type && !streq(l->efi.part->type, "vfat"))
		return -EINVAL;
	if (l->efi.part)
		return esp_open(l->s, l->efi.part, &l->efi.esp);
	dir = l->s->facts->devices->known ? NULL : esp_dir(l);
	return dir ? esp_open_at(l->s, dir, &l->efi.esp) : -ENODATA;
}

static bool is_fallback(const struct loader_look *l, const struct efi_program *p)
{
	return strcasecmp(p->path, l->efi.boot) == 0;
}

void loader_efi_look(struct loader_look *l)
{
	struct loader_efi *e = &l->efi;

	find_arch(l);
	e->part = find_esp(l);
	e->error = open_esp(l);
	e->way = e->error == -ENODATA ? WAY_UNKNOWN : WAY_NONE;
	if (e->error < 0)
		return;
	look_at_dir(l, "/EFI", 2);
	judge_programs(l);
	for (size_t i = 0; i < e->n; i++) {
		const struct efi_program *p = &e->program[i];

		e->fallback |= is_fallback(l, p);
		if (!may_start(p))
			continue;
		if (is_usable(p))
			e->way = WAY_STARTS;
		else if (e->way == WAY_NONE)
			e->way = WAY_BROKEN;
	}
	if (e->way == WAY_NONE && esp_error(e->esp) < 0)
		e->error = esp_error(e->esp);
}
