/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The few things every file uses: allocators that end the program with status 8 when memory is
 * gone (safe: the journal precedes every change), cleanup attributes, byte buffers, string tests.
 */
#ifndef BOOTMEND_UTIL_H
#define BOOTMEND_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define UNUSED __attribute__((unused))

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _cleanup_free_ _cleanup_(cleanup_free)
#define _cleanup_close_ _cleanup_(cleanup_close)
#define _cleanup_bytes_ _cleanup_(bytes_free)

void cleanup_free(void *p);  /* *(void **)p is freed */
void cleanup_close(int *fd); /* closed when >= 0 */
int close_fd(int fd);	     /* closes when >= 0; always returns -1, for fd = close_fd(fd) */

/* Ends the program with status 8 and one line: nothing that was begun is lost by it. */
_Noreturn void end_program(const char *why);
void *xmalloc(size_t n);
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n);
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) PRINTF(1, 2);
char *xvasprintf(const char *fmt, va_list ap) PRINTF(1, 0);

/* Makes room for one more element of *arr (n used, *cap room); returns nothing, cannot fail. */
#define GROW(arr, n, cap)                                                    \
	do {                                                                 \
		if ((n) == (cap)) {                                          \
			(cap) = (cap) ? (cap)*2 : 8;                         \
			(arr) = xreallocarray((arr), (cap), sizeof(*(arr))); \
		}                                                            \
	} while (0)

/* Bytes of a file or a buffer that grows. data is always followed by a NUL not counted in len. */
struct bytes {
	char *data;
	size_t len;
	size_t cap;
};

void bytes_free(struct bytes *b);
void bytes_add(struct bytes *b, const void *p, size_t n);
void bytes_adds(struct bytes *b, const char *s);
void bytes_addc(struct bytes *b, char c);
void bytes_addf(struct bytes *b, const char *fmt, ...) PRINTF(2, 3);
bool bytes_equal(const struct bytes *a, const struct bytes *b);

static inline bool streq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}
/* Equal, where either may be NULL (equal only to NULL). */
bool streq_null(const char *a, const char *b);
bool startswith(const char *s, const char *prefix);
bool endswith(const char *s, const char *suffix);
/* The part of s after prefix, or NULL when s does not start with it. */
const char *after(const char *s, const char *prefix);
/* s is one of a NULL-terminated list. */
bool in_list(const char *s, const char *const list[]);
/* s is a word of a list separated by any of the characters of seps. */
bool has_word(const char *list, const char *word, const char *seps);

/* Decimal without sign, space or trailing bytes; false also on overflow. *out untouched then. */
bool parse_u64(const char *s, uint64_t *out);
/* "4096", "512M", "2G", "1.5GiB", case ignored, powers of 1024. Bytes. */
bool parse_size(const char *s, uint64_t *out);
/* "1.5 GiB" and the like into buf; returns buf. */
char *format_size(uint64_t bytes, char *buf, size_t n);

/* How far two words are apart (Damerau-Levenshtein), for "did you mean". */
size_t edit_distance(const char *a, const char *b);

#endif
