/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>

#include "lib/elfsearch.h"
#include "lib/ldconf.h"
#include "lib/paths.h"

#define CHAIN_MAX 64u /* objects that asked for one another */
#define DIRS_MAX 128u

#define CONF_PATH "/etc/ld.so.conf"

/* How Debian's multiarch directories begin, and what $PLATFORM stands for. */
static const struct {
	uint16_t machine;
	const char *triplet, *platform;
} machines[] = {
	{ EM_X86_64, "x86_64-linux-", "x86_64" },
	{ EM_386, "i386-linux-", "i686" },
	{ EM_AARCH64, "aarch64-linux-", "aarch64" },
	{ EM_ARM, "arm-linux-", "v7l" },
	{ EM_PPC64, "powerpc64", "power8" },
	{ EM_PPC, "powerpc-linux-", "power8" },
	{ EM_S390, "s390", "z14" },
	{ EM_RISCV, "riscv64-linux-", "riscv64" },
	{ EM_MIPS, "mips", "mips" },
	{ 258, "loongarch64-linux-", "loongarch64" },
};

static const char *triplet_of(const struct elfsearch *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		if (machines[i].machine == s->machine.machine)
			return machines[i].triplet;
	}
	return "-linux-";
}

static const char *platform_of(const struct elfsearch *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		if (machines[i].machine == s->machine.machine)
			return machines[i].platform;
	}
	return "";
}

/* --- default directories --- */

struct listing {
	struct elfsearch *s;
	const char *base;
};

static void add_system(struct elfsearch *s, const char *dir)
{
	if (s->system.n < DIRS_MAX && root_is_dir(s->root, dir) &&
	    (!s->system.n || !in_list(dir, s->system.s)))
		lines_add(s->arena, &s->system, dir);
}

static int take_triplet(void *arg, const struct root_entry *e)
{
	struct listing *l = arg;
	const char *triplet = triplet_of(l->s);

	if (*triplet == '-' ? strstr(e->name, triplet) != NULL : startswith(e->name, triplet))
		add_system(l->s, arena_printf(l->s->arena, "%s/%s", l->base, e->name));
	return 0;
}

static void list_system(struct elfsearch *s, const char *loader)
{
	static const char *const wide[] = { "/lib64",		"/usr/lib64", "/lib64/lp64d",
					    "/usr/lib64/lp64d", "/lib",	      "/usr/lib" };
	static const char *const narrow[] = { "/lib",	    "/usr/lib", "/lib32",
					      "/usr/lib32", "/libx32",	"/usr/libx32" };
	const char *const *plain = s->machine.class == ELFCLASS32 ? narrow : wide;
	struct listing l = { s, "/lib" };
	const char *real = loader ? paths_real(s->root, s->arena, loader) : NULL;

	root_list(s->root, l.base, take_triplet, &l);
	l.base = "/usr/lib";
	root_list(s->root, l.base, take_triplet, &l);
	for (size_t i = 0; i < ARRAY_SIZE(wide); i++)
		add_system(s, plain[i]);
	/* Built for a place of its own, as in /nix/store. */
	if (real && paths_base(real) - real > 1)
		add_system(s, arena_strndup(s->arena, real, (size_t)(paths_base(real) - real - 1)));
}

void elfsearch_init(struct elfsearch *s, const struct root *r, struct arena *a,
		    const struct elffile_machine *m, const char *loader)
{
	*s = (struct elfsearch){ .root = r, .arena = a, .machine = *m };
	s->musl = loader && startswith(paths_base(loader), "ld-musl-");
	if (s->musl) {
		ldconf_musl(r, a, loader, &s->system);
		return;
	}
	list_system(s, loader);
	if (ldcache_read(r, a, m->order, &s->cache) < 0)
		ldconf_read(r, a, CONF_PATH, &s->conf);
}

bool elfsearch_is_built_in(const struct elfsearch *s, const char *name)
{
	static const char *const own[] = { "libc.",  "libpthread.", "librt.",	"libm.",
					   "libdl.", "libutil.",    "libxnet.", NULL };

	if (startswith(name, "linux-vdso") || startswith(name, "linux-gate"))
		return true;
	for (size_t i = 0; s->musl && own[i]; i++) {
		if (startswith(name, own[i]))
			return true;
	}
	return false;
}

/* --- $ORIGIN, $LIB, $PLATFORM --- */

/* The token at s, which begins with "$": its length, and what it stands for. */
static size_t token(const struct elfsearch *s, const char *p, const char *origin, const char *lib,
		    const char **value)
{
	const struct {
		const char *name, *value;
	} tokens[] = { { "ORIGIN", origin }, { "LIB", lib }, { "PLATFORM", platform_of(s) } };

	for (size_t i = 0; i < ARRAY_SIZE(tokens); i++) {
		size_t n = strlen(tokens[i].name);

		*value = tokens[i].value;
		if (strncmp(p + 1, tokens[i].name, n) == 0)
			return n + 1;
		if (p[1] == '{' && strncmp(p + 2, tokens[i].name, n) == 0 && p[n + 2] == '}')
			return n + 3;
	}
	return 0;
}

static const char *expand(const struct elfsearch *s, const char *dir, const char *origin,
			  const char *lib)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	for (const char *p = dir; *p;) {
		const char *value = NULL;
		size_t n = *p == '$' ? token(s, p, origin, lib, &value) : 0;

		if (n)
			bytes_adds(&b, value);
		else
			bytes_addc(&b, *p);
		p += n ? n : 1;
	}
	return arena_memdup(s->arena, b.data ? b.data : "", b.len);
}

/* What $LIB is was settled when the loader was built: each way it is done is tried. */
static void expand_all(const struct elfsearch *s, const char *dir, const char *origin,
		       struct lines *out)
{
	size_t n = 0;

	if (!strchr(dir, '$')) {
		lines_add(s->arena, out, dir);
		return;
	}
	if (strstr(dir, "$LIB") || strstr(dir, "${LIB}")) {
		for (; n < s->system.n && out->n < DIRS_MAX; n++) {
			const char *lib = after(s->system.s[n], "/usr/");

			lib = lib ? lib : s->system.s[n] + 1;
			lines_add(s->arena, out, expand(s, dir, origin, lib));
		}
		return;
	}
	lines_add(s->arena, out, expand(s, dir, origin, ""));
}

/* Relative parts of a path mean the directory a program is started in: none of a boot. */
static void add_path(const struct elfsearch *s, const char *path, const char *origin,
		     struct lines *out)
{
	for (; path && *path && out->n < DIRS_MAX; path += *path != '\0') {
		size_t n = strcspn(path, ":");
		const char *dir = arena_strndup(s->arena, path, n);

		if (*dir == '/' || *dir == '$')
			expand_all(s, dir, origin, out);
		path += n;
	}
}

/* --- the paths of those that ask --- */

static const char *any_path(const struct elffile *f)
{
	return f->runpath ? f->runpath : f->rpath;
}

static void own_dirs(const struct elfsearch *s, const struct elfsearch_from *who, struct lines *out)
{
	const struct elfsearch_from *w = who;

	for (unsigned i = 0; w && i < CHAIN_MAX; w = w->parent, i++) {
		if (s->musl)
			add_path(s, any_path(w->file), w->origin, out);
		else if (!who->file->runpath)
			add_path(s, w->file->rpath, w->origin, out);
	}
	if (!s->musl && who)
		add_path(s, who->file->runpath, who->origin, out);
}

bool elfsearch_is_plain(const struct elfsearch_from *who)
{
	unsigned i = 0;

	for (; who && i < CHAIN_MAX; who = who->parent, i++) {
		if (any_path(who->file) || who->file->nodeflib)
			return false;
	}
	return true;
}

/* --- looking --- */

static bool try_file(const struct elfsearch *s, const char *path, struct elfsearch_found *out)
{
	struct elffile_head h;

	if (elffile_head(s->root, path, &h) == ELFFILE_ABSENT)
		return false;
	if (h.m.known && !elffile_same_machine(&h.m, &s->machine)) {
		out->other = out->other ? out->other : path;
		return false;
	}
	out->path = path;
	return true;
}

struct hwcaps {
	const struct elfsearch *s;
	const char *dir, *name;
	struct elfsearch_found *out;
};

static int try_hwcaps(void *arg, const struct root_entry *e)
{
	struct hwcaps *h = arg;

	return try_file(h->s, arena_printf(h->s->arena, "%s/%s/%s", h->dir, e->name, h->name),
			h->out);
}

static bool try_dir(const struct elfsearch *s, const char *dir, const char *name,
		    struct elfsearch_found *out)
{
	struct hwcaps h = { s, arena_printf(s->arena, "%s/glibc-hwcaps", dir), name, out };

	if (try_file(s, arena_printf(s->arena, "%s/%s", dir, name), out))
		return true;
	if (!s->musl)
		root_list(s->root, h.dir, try_hwcaps, &h);
	return out->path != NULL;
}

static bool try_dirs(const struct elfsearch *s, const struct lines *dirs, const char *name,
		     struct elfsearch_found *out)
{
	for (size_t i = 0; i < dirs->n; i++) {
		if (try_dir(s, dirs->s[i], name, out))
			return true;
	}
	return false;
}

static bool is_system_file(const struct elfsearch *s, const char *path)
{
	size_t n = (size_t)(paths_base(path) - path);

	for (size_t i = 0; n && i < s->system.n; i++) {
		if (strlen(s->system.s[i]) == n - 1 && strncmp(s->system.s[i], path, n - 1) == 0)
			return true;
	}
	return false;
}

static bool try_cache(const struct elfsearch *s, const char *name, const struct elfsearch_from *who,
		      struct elfsearch_found *out)
{
	bool nodeflib = who && who->file->nodeflib;

	for (size_t i = ldcache_first(&s->cache, name); ldcache_is(&s->cache, i, name); i++) {
		const char *path = s->cache.e[i].path;

		if (nodeflib && is_system_file(s, path))
			continue;
		if (try_file(s, path, out))
			return true;
	}
	return false;
}

void elfsearch_find(const struct elfsearch *s, const char *name, const struct elfsearch_from *who,
		    struct elfsearch_found *out)
{
	struct elfsearch_found f = { 0 };
	struct lines own = { 0 };

	*out = f;
	if (strchr(name, '/')) {
		const char *path = expand(s, name, who ? who->origin : "/", "lib");

		/* One of no fixed directory cannot be judged. */
		if (path[0] != '/')
			out->path = path;
		else
			try_file(s, path, out);
		return;
	}
	own_dirs(s, who, &own);
	if (try_dirs(s, &own, name, &f) || try_cache(s, name, who, &f) ||
	    ((!who || !who->file->nodeflib || s->musl) &&
	     (try_dirs(s, &s->system, name, &f) || try_dirs(s, &s->conf, name, &f)))) {
		*out = f;
		return;
	}
	out->other = f.other;
}

/* --- naming the places --- */

static void add_real(const struct elfsearch *s, const char *dir, struct lines *seen,
		     struct lines *out)
{
	const char *real = paths_real_or_same(s->root, s->arena, dir);

	if (!root_is_dir(s->root, dir) || (seen->n && in_list(real, seen->s)))
		return;
	lines_add(s->arena, seen, real);
	lines_add(s->arena, out, dir);
}

void elfsearch_dirs(const struct elfsearch *s, const struct elfsearch_from *who, struct lines *out)
{
	struct lines own = { 0 }, seen = { 0 };

	own_dirs(s, who, &own);
	for (size_t i = 0; i < own.n; i++)
		add_real(s, own.s[i], &seen, out);
	for (size_t i = 0; i < s->conf.n; i++)
		add_real(s, s->conf.s[i], &seen, out);
	for (size_t i = 0; i < s->system.n; i++)
		add_real(s, s->system.s[i], &seen, out);
}
