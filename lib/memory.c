/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>

#include "lib/memory.h"

#define PART_MAX (2u << 20) /* bytes read at each end of a log */
#define FILES_MAX 64u
#define MEMORY_MIN (4ull << 20)
#define MEMORY_MAX (1ull << 50)

static const char *const logs[] = { "dmesg", "kern.log", "messages", "syslog", "boot.log" };

/* Decimal number of kibibytes and a "K" or "k"; *s moves behind it. */
static bool take_kib(const char **s, uint64_t *out)
{
	const char *p = *s;
	uint64_t v = 0;

	if (!isdigit((unsigned char)*p))
		return false;
	for (; isdigit((unsigned char)*p); p++) {
		if (v > MEMORY_MAX)
			return false;
		v = v * 10 + (uint64_t)(*p - '0');
	}
	if (*p != 'K' && *p != 'k')
		return false;
	*s = p + 1;
	*out = v * 1024;
	return true;
}

uint64_t memory_of_line(const char *line)
{
	const char *p = strstr(line, "Memory: ");
	uint64_t available, total;

	if (!p)
		return 0;
	p += strlen("Memory: ");
	if (!take_kib(&p, &available) || *p++ != '/' || !take_kib(&p, &total))
		return 0;
	if (!startswith(p, " available") || available > total)
		return 0;
	return total >= MEMORY_MIN && total <= MEMORY_MAX ? total : 0;
}

/* --- one file --- */

struct found {
	uint64_t bytes;
	size_t line; /* 0: counted from an unknown place */
};

/* The last such line of a buffer; first is the number of its first line, 0 when not known. */
static void search(char *data, size_t len, size_t first, struct found *out)
{
	char *end = data + len;
	size_t n = first;

	for (char *p = data; p < end; n++) {
		char *nl = memchr(p, '\n', (size_t)(end - p));
		uint64_t bytes;

		if (!nl)
			nl = end;
		*nl = '\0';
		bytes = memory_of_line(p);
		if (bytes)
			*out = (struct found){ .bytes = bytes, .line = first ? n : 0 };
		p = nl + 1;
	}
}

static void search_part(const struct root *r, const char *path, uint64_t offset, char *buffer,
			struct found *out)
{
	size_t got = 0;

	if (root_pread(r, path, offset, buffer, PART_MAX, &got) == 0)
		search(buffer, got, offset ? 0 : 1, out);
}

static uint64_t from_file(const struct root *r, struct arena *a, const char *path,
			  const char **from)
{
	_cleanup_free_ char *buffer = NULL;
	struct found found = { 0 };
	struct stat st;

	if (root_stat(r, path, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return 0;
	buffer = xmalloc(PART_MAX + 1);
	if ((uint64_t)st.st_size > PART_MAX)
		search_part(r, path, (uint64_t)st.st_size - PART_MAX, buffer, &found);
	if (!found.bytes)
		search_part(r, path, 0, buffer, &found);
	if (!found.bytes)
		return 0;
	*from = found.line ? arena_printf(a, "%s:%zu", path, found.line) : arena_strdup(a, path);
	return found.bytes;
}

/* --- all files --- */

struct log {
	const char *path;
	struct timespec mtime;
};

struct log_list {
	const struct root *root;
	struct arena *arena;
	struct log log[FILES_MAX];
	size_t n;
};

static const char *const packed[] = { ".gz", ".xz", ".bz2", ".zst", ".lz4" };

/* "kern.log", "kern.log.1", "messages-20240101", "dmesg.old" */
static bool is_log(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(packed); i++) {
		if (endswith(name, packed[i]))
			return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		const char *rest = after(name, logs[i]);

		if (rest && (*rest == '\0' || *rest == '.' || *rest == '-'))
			return true;
	}
	return false;
}

static int add_log(void *arg, const struct root_entry *e)
{
	struct log_list *l = arg;
	struct stat st;
	const char *path;

	if (e->type == DT_DIR || !is_log(e->name))
		return 0;
	path = arena_printf(l->arena, "/var/log/%s", e->name);
	if (root_stat(l->root, path, &st) == 0 && S_ISREG(st.st_mode))
		l->log[l->n++] = (struct log){ .path = path, .mtime = st.st_mtim };
	return l->n == FILES_MAX;
}

static int newest_first(const void *a, const void *b)
{
	const struct log *la = a, *lb = b;

	if (la->mtime.tv_sec != lb->mtime.tv_sec)
		return la->mtime.tv_sec > lb->mtime.tv_sec ? -1 : 1;
	return strcmp(la->path, lb->path);
}

uint64_t memory_from_logs(const struct root *r, struct arena *a, const char **from)
{
	struct log_list l = { .root = r, .arena = a };
	uint64_t bytes = 0;

	root_list(r, "/var/log", add_log, &l);
	qsort(l.log, l.n, sizeof(*l.log), newest_first);
	for (size_t i = 0; i < l.n && bytes == 0; i++)
		bytes = from_file(r, a, l.log[i].path, from);
	return bytes;
}
