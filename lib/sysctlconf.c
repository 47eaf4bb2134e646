/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>

#include "lib/sysctlconf.h"

#define FILES_MAX 4096
#define VALUES_MAX (1u << 15)
#define GLOBS_MAX 1000
#define KEY_MAX 255	      /* bytes; no name below /proc/sys is as long */
#define BYTES_MAX (16u << 20) /* of all files: they may be sparse and many */

char *sysctlconf_key(struct arena *a, const char *key)
{
	char *k = arena_strdup(a, key);

	if (k[strcspn(k, "./")] != '.')
		return k;
	for (char *p = k; *p; p++) {
		if (*p == '.')
			*p = '/';
		else if (*p == '/')
			*p = '.';
	}
	return k;
}

/* --- one file --- */

static char *strip(char *s)
{
	size_t n;

	while (isspace((unsigned char)*s))
		s++;
	n = strlen(s);
	while (n && isspace((unsigned char)s[n - 1]))
		s[--n] = '\0';
	return s;
}

/* No blank and nothing but printable ASCII: a byte order mark or a lost '=' shows here. */
static bool is_key(const char *s)
{
	for (; *s; s++) {
		if (!isgraph((unsigned char)*s))
			return false;
	}
	return true;
}

static void add_bad(struct arena *a, const struct text *t, size_t line, struct sysctlconf *out)
{
	if (out->bads >= VALUES_MAX)
		return;
	ARENA_GROW(a, out->bad, out->bads, out->bad_cap);
	out->bad[out->bads++] = (struct sysctlconf_bad){ t, line };
}

static void parse_line(struct arena *a, const struct text *t, size_t line, struct sysctlconf *out)
{
	const char *raw = text_line(t, line);
	char *s, *eq;
	struct sysctlconf_value v = { .text = t, .line = line };

	raw += strspn(raw, " \t\n\v\f\r");
	if (!*raw || *raw == '#' || *raw == ';')
		return;
	s = strip(arena_strdup(a, raw));
	eq = strchr(s, '=');
	if (eq)
		*eq = '\0';
	s = strip(s);
	if (*s == '-')
		s = strip(s + 1);
	else if (!eq)
		s = strip(s + strlen(s)); /* "-key" alone leaves a key out of patterns; "key" is
					     nothing */
	if (!*s || !is_key(s)) {
		add_bad(a, t, line, out);
		return;
	}
	if (!eq || strlen(s) > KEY_MAX)
		return;
	v.key = sysctlconf_key(a, s);
	v.value = strip(eq + 1);
	v.glob = v.key[strcspn(v.key, "*?[")] != '\0';
	if (out->n >= VALUES_MAX || (v.glob && out->globs >= GLOBS_MAX)) {
		out->cut = out->cut ? out->cut : t->path;
		return;
	}
	out->globs += v.glob;
	ARENA_GROW(a, out->v, out->n, out->cap);
	out->v[out->n++] = v;
}

void sysctlconf_parse(struct arena *a, const struct text *t, struct sysctlconf *out)
{
	for (size_t n = 1; n <= t->lines; n++)
		parse_line(a, t, n, out);
}

/* --- which files --- */

struct found {
	const char *name; /* what it is sorted by */
	const char *path; /* links followed */
	size_t rank;	  /* of its directory */
};

struct files {
	const struct root *root;
	struct arena *arena;
	const char *dir;
	size_t rank;
	struct found *f;
	size_t n, cap;
};

static int add_file(void *arg, const struct root_entry *e)
{
	struct files *fs = arg;
	_cleanup_free_ char *path = NULL, *real = NULL;

	if (!endswith(e->name, ".conf") || (e->type != DT_REG && e->type != DT_LNK))
		return 0;
	if (fs->n >= FILES_MAX)
		return 1;
	path = xasprintf("%s/%s", fs->dir, e->name);
	if (root_resolve(fs->root, path, &real) < 0)
		real = xstrdup(path);
	ARENA_GROW(fs->arena, fs->f, fs->n, fs->cap);
	fs->f[fs->n++] = (struct found){ arena_strdup(fs->arena, e->name),
					 arena_strdup(fs->arena, real), fs->rank };
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : x->rank < y->rank ? -1 : x->rank > y->rank;
}

static void read_file(const struct files *fs, const char *path, struct sysctlconf *out)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct text *t;
	size_t room = BYTES_MAX - out->bytes;
	struct stat st;

	if (room > ROOT_TEXT_MAX)
		room = ROOT_TEXT_MAX;
	/* A link to /dev/null, or to nothing, only hides. */
	if (root_stat(fs->root, path, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	out->reads_main |= streq(path, "/etc/sysctl.conf");
	if ((uint64_t)st.st_size > room) {
		out->cut = out->cut ? out->cut : arena_strdup(fs->arena, path);
		return;
	}
	if (root_read(fs->root, path, room, &b) < 0)
		return;
	out->bytes += b.len;
	t = text_new(fs->arena, path, b.len ? b.data : "", b.len);
	root_stat(fs->root, path, &t->st);
	sysctlconf_parse(fs->arena, t, out);
}

void sysctlconf_read(const struct root *r, struct arena *a, enum sysctlconf_reader reader,
		     struct sysctlconf *out)
{
	static const char *const dirs[] = { "/etc/sysctl.d", "/run/sysctl.d",
					    "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d",
					    "/lib/sysctl.d" };
	struct files fs = { .root = r, .arena = a };

	*out = (struct sysctlconf){ 0 };
	for (fs.rank = 0; fs.rank < ARRAY_SIZE(dirs); fs.rank++) {
		fs.dir = dirs[fs.rank];
		root_list(r, fs.dir, add_file, &fs);
	}
	if (fs.n)
		qsort(fs.f, fs.n, sizeof(*fs.f), by_name);
	for (size_t i = 0; i < fs.n; i++) {
		if (i == 0 || !streq(fs.f[i].name, fs.f[i - 1].name))
			read_file(&fs, fs.f[i].path, out);
	}
	if (reader == SYSCTLCONF_PROCPS)
		read_file(&fs, "/etc/sysctl.conf", out);
}

/* --- what counts --- */

static const struct sysctlconf_value *last_exact(const struct sysctlconf *c, const char *key,
						 size_t end)
{
	while (end--) {
		if (!c->v[end].glob && streq(c->v[end].key, key))
			return &c->v[end];
	}
	return NULL;
}

static const struct sysctlconf_value *last_glob(const struct sysctlconf *c, const char *key,
						size_t end)
{
	while (end--) {
		if (c->v[end].glob && fnmatch(c->v[end].key, key, FNM_PATHNAME) == 0)
			return &c->v[end];
	}
	return NULL;
}

const struct sysctlconf_value *sysctlconf_get(const struct sysctlconf *c, const char *key)
{
	const struct sysctlconf_value *v = last_exact(c, key, c->n);

	return v ? v : last_glob(c, key, c->n);
}

const struct sysctlconf_value *sysctlconf_before(const struct sysctlconf *c, const char *key,
						 const struct sysctlconf_value *v)
{
	size_t end = (size_t)(v - c->v);
	const struct sysctlconf_value *w;

	if (v->glob)
		return last_glob(c, key, end);
	w = last_exact(c, key, end);
	return w ? w : last_glob(c, key, c->n);
}
