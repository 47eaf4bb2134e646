/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/util.h"

#define STATUS_CANNOT 8 /* "could not look or could not repair" */

void end_program(const char *why)
{
	static const char name[] = "bootmend: ";

	if (write(STDERR_FILENO, name, sizeof(name) - 1) < 0 ||
	    write(STDERR_FILENO, why, strlen(why)) < 0 || write(STDERR_FILENO, "\n", 1) < 0)
		_exit(STATUS_CANNOT);
	_exit(STATUS_CANNOT);
}

static void *alive(void *p)
{
	if (!p)
		end_program("out of memory");
	return p;
}

void cleanup_free(void *p)
{
	free(*(void **)p);
}

int close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
	return -1;
}

void cleanup_close(int *fd)
{
	*fd = close_fd(*fd);
}

void *xmalloc(size_t n)
{
	return alive(malloc(n ? n : 1));
}

void *xcalloc(size_t n, size_t size)
{
	return alive(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t n)
{
	return alive(realloc(p, n ? n : 1));
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	return alive(reallocarray(p, n ? n : 1, size ? size : 1));
}

char *xstrndup(const char *s, size_t n)
{
	return alive(strndup(s, n));
}

char *xstrdup(const char *s)
{
	return alive(strdup(s));
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *s = NULL;

	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	return alive(s);
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

void bytes_free(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){ 0 };
}

void bytes_add(struct bytes *b, const void *p, size_t n)
{
	size_t cap = b->cap ? b->cap : 64;

	if (b->len + n + 1 > b->cap) {
		while (cap < b->len + n + 1)
			cap *= 2;
		b->data = xrealloc(b->data, cap);
		b->cap = cap;
	}
	if (n)
		memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void bytes_adds(struct bytes *b, const char *s)
{
	bytes_add(b, s, strlen(s));
}

void bytes_addc(struct bytes *b, char c)
{
	bytes_add(b, &c, 1);
}

void bytes_addf(struct bytes *b, const char *fmt, ...)
{
	_cleanup_free_ char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	bytes_adds(b, s);
}

bool bytes_equal(const struct bytes *a, const struct bytes *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

bool streq_null(const char *a, const char *b)
{
	return a == b || (a && b && streq(a, b));
}

bool startswith(const char *s, const char *prefix)
{
	return after(s, prefix) != NULL;
}

bool endswith(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && streq(s + n - m, suffix);
}

const char *after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

bool in_list(const char *s, const char *const list[])
{
	for (size_t i = 0; list[i]; i++) {
		if (streq(s, list[i]))
			return true;
	}
	return false;
}

bool has_word(const char *list, const char *word, const char *seps)
{
	size_t n = strlen(word);

	while (*(list += strspn(list, seps))) {
		size_t len = strcspn(list, seps);

		if (len == n && memcmp(list, word, n) == 0)
			return true;
		list += len;
	}
	return false;
}

bool parse_u64(const char *s, uint64_t *out)
{
	uint64_t v = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		unsigned digit = (unsigned)(*s - '0');

		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	*out = v;
	return true;
}

bool parse_size(const char *s, uint64_t *out)
{
	static const char units[] = "kmgtp";
	const char *unit;
	double v, scale = 1;
	char *end;

	if (!isdigit((unsigned char)*s))
		return false;
	v = strtod(s, &end);
	unit = *end ? strchr(units, tolower((unsigned char)*end)) : NULL;
	if (unit) {
		for (const char *u = units; u <= unit; u++)
			scale *= 1024;
		end++;
		if (*end == 'i')
			end++;
	}
	if (*end == 'B' || *end == 'b')
		end++;
	if (*end || v * scale >= 18446744073709549568.0)
		return false;
	*out = (uint64_t)(v * scale);
	return true;
}

char *format_size(uint64_t bytes, char *buf, size_t n)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double v = (double)bytes;
	size_t u = 0;

	while (v >= 1024 && u + 1 < ARRAY_SIZE(units)) {
		v /= 1024;
		u++;
	}
	snprintf(buf, n, u ? "%.1f %s" : "%.0f %s", v, units[u]);
	return buf;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: insert, delete, replace, swap of neighbours each cost 1. */
size_t edit_distance(const char *a, const char *b)
{
	enum { MAX = 64 };
	size_t n = strnlen(a, MAX), m = strnlen(b, MAX);
	size_t d[MAX + 1][MAX + 1];

	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			size_t replace = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			d[i][j] = least(replace, least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[n][m];
}
