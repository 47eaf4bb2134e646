/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a foreign root in which the kernel's words may have been kept: logs of syslog with
 * their rotated and compressed predecessors, saved dmesg, what kdump and pstore left, and the files
 * of systemd's journal.
 *
 * Sources: systemd-journald.service(8), rsyslog and syslog-ng of Debian, RHEL and SUSE,
 * logrotate(8), kdump-tools(7), kexec-tools' vmcore-dmesg, systemd-pstore.service(8).
 */
#ifndef BOOTMEND_OOMFILES_H
#define BOOTMEND_OOMFILES_H

#include "lib/arena.h"
#include "lib/journalread.h"
#include "lib/root.h"
#include "lib/syslogread.h"

struct oom_file {
	const char *path;
	int64_t written; /* seconds since 1970 */
	uint64_t size;	 /* that is read; of a file that is nearly all hole not all */
	uint64_t hole;	 /* so much of it was hardly ever written */
	uint64_t from;	 /* what stands before is left out */
	bool journal;	 /* of systemd */
	bool hollow;	 /* there is more behind size */
};

struct oom_files {
	struct oom_file *f; /* written first first */
	size_t n, cap;
	bool more;		/* there were more than are looked at */
	bool recent;		/* only the end of it all is looked at */
	uint64_t all, left_out; /* bytes; of recent ones */
};

void oomfiles_find(const struct root *r, struct arena *a, struct oom_files *out);
/*
 * Leaves about so many bytes, unpacked, of what was written last. Packed files are read whole or
 * not at all; how large they are in truth shows when they are read: see oomfiles_log().
 */
void oomfiles_recent(struct oom_files *files, uint64_t bytes);

/* When it was last written to, in seconds since 1970, with a year of four digits. */
int64_t oomfiles_written(const struct stat *st);
/* How much of it there is to read: a hole can be larger than any disk. */
uint64_t oomfiles_readable(const struct stat *st);

/* Where it is read; the same reader must live as long as what was opened with it. */
struct oom_file_reader {
	const struct root *root;
	const struct oom_file *file;
	uint64_t at;
};
struct oom_file_reader oomfiles_reader(const struct root *r, const struct oom_file *f);
/* For a file that is no journal: its lines. */
struct syslogread *oomfiles_log(const struct oom_files *files, struct oom_file_reader *r);
/* For a journal: its entries. */
struct journalread *oomfiles_journal(const struct oom_files *files, struct oom_file_reader *r);

#endif
