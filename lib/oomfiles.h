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
	uint64_t size;
	bool journal; /* of systemd: for oomfiles_journal() */
};

struct oom_files {
	struct oom_file *f; /* written first first */
	size_t n, cap;
	bool more; /* there were more than are looked at */
};

void oomfiles_find(const struct root *r, struct arena *a, struct oom_files *out);

/* Bytes of one of them, for syslogread_open(). at: how far it was read. */
struct oom_file_reader {
	const struct root *root;
	const char *path;
	uint64_t at;
};
struct syslogread_source oomfiles_source(struct oom_file_reader *r);
/* The same for journalread_open(); r is not used up. */
struct journal_source oomfiles_journal(struct oom_file_reader *r, uint64_t size);

#endif
