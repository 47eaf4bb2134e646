/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of a log file of any size, compressed or not, in constant memory. Long stretches
 * without a line of interest are passed over at the speed of memmem(3).
 *
 *	syslogread_open(&source)		  peeks, and unpacks gzip, xz, bzip2, zstd, lz4
 *	syslogread_seek(r, words)		  to the next line with one of the words
 *	syslogread_line(r, &line)		  each line
 *	syslogread_close(r)
 *
 * A line longer than SYSLOGREAD_LINE_MAX is cut there. What stops early (damage, an archive that
 * grows without end) is told by syslogread_error() after the last line.
 */
#ifndef BOOTMEND_SYSLOGREAD_H
#define BOOTMEND_SYSLOGREAD_H

#include <sys/types.h>

#include "lib/slice.h"
#include "lib/syslogscan.h"

/* The fuzzer makes them small, to meet their ends. */
#ifndef SYSLOGREAD_BUFFER
#define SYSLOGREAD_BUFFER (1u << 20)
#define SYSLOGREAD_LINE_MAX (256u << 10)
#define SYSLOGREAD_BACK_MAX (128u << 10)
#endif
#define SYSLOGREAD_UNPACKED_MAX (64ull << 30)

struct syslogread;

struct syslogread_source {
	/* Up to n bytes, 0 at the end, -errno. */
	ssize_t (*read)(void *arg, void *buf, size_t n);
	void *arg;
};

struct syslogread_line {
	struct slice s; /* without the newline; until the next call */
	uint64_t number;
	bool cut;
};

struct syslogread *syslogread_open(const struct syslogread_source *source);
void syslogread_close(struct syslogread *r); /* NULL is fine */
bool syslogread_line(struct syslogread *r, struct syslogread_line *out);

/*
 * Passes over lines until one with one of the words is the next one. False: there
 * is none up to the end.
 */
bool syslogread_seek(struct syslogread *r, const struct syslogscan *words);

/* What is unpacked to more than that is given up there, as -EFBIG. */
void syslogread_limit(struct syslogread *r, uint64_t unpacked);

/* 0, or -errno of what ended it early: -EBADMSG damaged, -EFBIG too much. */
int syslogread_error(const struct syslogread *r);
/* "gzip", or NULL when it is not compressed. */
const char *syslogread_packing(const struct syslogread *r);

#endif
