/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <strings.h>

#include "lib/esp.h"
#include "lib/fat.h"

#define NAMES_MAX 4096

struct esp {
	struct scan *s;
	const struct partition *part;
	const char *at; /* mount point; NULL: fat */
	struct fat *fat;
	int error;
};

struct names {
	struct esp *e;
	const char **name;
	size_t n, cap;
};

static int read_part(void *arg, uint64_t offset, void *buf, size_t len)
{
	const struct esp *e = arg;

	return scan_part_read(e->s, e->part, offset, buf, len);
}

static int note_error(struct esp *e, int err)
{
	if (err < 0 && !root_is_absent(err))
		e->error = err;
	return err;
}

int esp_open_at(struct scan *s, const char *dir, struct esp **out)
{
	struct esp *e = xcalloc(1, sizeof(*e));

	e->s = s;
	e->at = dir;
	*out = e;
	return 0;
}

static int open_fat(struct esp *e)
{
	struct reader r = { .read = read_part, .arg = e, .size = e->part->size };

	return e->s->facts->n_disks ? fat_open(&r, &e->fat) : -ENODATA;
}

int esp_open(struct scan *s, const struct partition *p, struct esp **out)
{
	struct esp *e;
	int err;

	if (p->mounted)
		return esp_open_at(s, p->mounted, out);
	e = xcalloc(1, sizeof(*e));
	e->s = s;
	e->part = p;
	err = open_fat(e);
	if (err < 0)
		esp_close(e);
	else
		*out = e;
	return err;
}

void esp_close(struct esp *e)
{
	if (e)
		fat_close(e->fat);
	free(e);
}

void cleanup_esp(struct esp **e)
{
	esp_close(*e);
}

int esp_error(const struct esp *e)
{
	return e->error;
}

const char *esp_mount_point(const struct esp *e)
{
	return e->at;
}

/* --- a mounted one: names as stored, found without case --- */

struct looking {
	const char *name;
	size_t len;
	char *found;
};

static int same_name(void *arg, const struct root_entry *it)
{
	struct looking *l = arg;

	if (strlen(it->name) != l->len || strncasecmp(it->name, l->name, l->len) != 0)
		return 0;
	l->found = xstrdup(it->name);
	return 1;
}

const char *esp_view_path(struct esp *e, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	bool there = true;

	if (!e->at)
		return NULL;
	bytes_adds(&b, streq(e->at, "/") ? "" : e->at);
	while (*(path += strspn(path, "/"))) {
		struct looking l = { .name = path, .len = strcspn(path, "/") };

		if (there)
			note_error(e, root_list(e->s->root, b.len ? b.data : "/", same_name, &l));
		there &= l.found != NULL;
		bytes_addc(&b, '/');
		bytes_add(&b, l.found ? l.found : path, l.len);
		free(l.found);
		path += l.len;
	}
	return arena_strndup(e->s->arena, b.data ? b.data : "", b.len);
}

/* --- both --- */

static int add_name(struct names *n, const char *name, bool dir)
{
	struct arena *a = n->e->s->arena;

	if (n->n >= NAMES_MAX)
		return 1;
	ARENA_GROW(a, n->name, n->n, n->cap);
	n->name[n->n++] = arena_printf(a, "%s%s", name, dir ? "/" : "");
	return 0;
}

static int add_mounted(void *arg, const struct root_entry *it)
{
	return add_name(arg, it->name, it->type == DT_DIR);
}

static int add_fat(void *arg, const struct fat_entry *it)
{
	return add_name(arg, it->name, it->dir);
}

const char *const *esp_list(struct esp *e, const char *dir)
{
	struct names n = { .e = e };
	int err;

	if (e->at)
		err = root_list(e->s->root, esp_view_path(e, dir), add_mounted, &n);
	else
		err = fat_list(e->fat, dir, add_fat, &n);
	note_error(e, err);
	ARENA_GROW(e->s->arena, n.name, n.n, n.cap);
	n.name[n.n] = NULL;
	return n.name;
}

static int read_mounted(struct esp *e, const char *path, size_t max, struct bytes *out,
			uint64_t *size)
{
	const char *at = esp_view_path(e, path);
	struct stat st;
	size_t got = 0;
	int err = root_stat(e->s->root, at, &st);

	if (err < 0)
		return err;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if ((uint64_t)st.st_size < max)
		max = (size_t)st.st_size;
	*out = (struct bytes){ .data = xmalloc(max + 1), .cap = max + 1 };
	err = max ? root_pread(e->s->root, at, 0, out->data, max, &got) : 0;
	if (err < 0) {
		bytes_free(out);
		return err;
	}
	out->len = got;
	out->data[got] = '\0';
	*size = (uint64_t)st.st_size;
	return 0;
}

int esp_read(struct esp *e, const char *path, size_t max, struct bytes *out, uint64_t *size)
{
	return note_error(e, e->at ? read_mounted(e, path, max, out, size)
				   : fat_read(e->fat, path, max, out, size));
}

bool esp_has(struct esp *e, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	uint64_t size;
	int err = e->at ? (root_exists(e->s->root, esp_view_path(e, path)) ? 0 : -ENOENT)
			: fat_read(e->fat, path, 0, &b, &size);

	return err == 0 || err == -EISDIR;
}

const char *esp_name(const struct esp *e, const char *path)
{
	char *name;

	if (e->at)
		return scan_printf(e->s, "%s%s", streq(e->at, "/") ? "" : e->at, path);
	name = arena_strdup(e->s->arena, path);
	for (char *c = name; *c; c++)
		*c = (char)(*c == '/' ? '\\' : *c);
	return name;
}
