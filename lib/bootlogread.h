/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The logs of a foreign root read into its last boots: the journal; of syslog's files one family,
 * as they say the same, and where there is a journal only for the time it does not cover; what
 * kdump and pstore saved, each of a boot of its own.
 */
#ifndef BOOTMEND_BOOTLOGREAD_H
#define BOOTMEND_BOOTLOGREAD_H

#include "lib/bootlog.h"
#include "lib/oomfiles.h"

struct bootlog_source {
	const char *name, *packing; /* packing NULL: not compressed */
	const char *reader;	    /* of a journal: "sd-journal", "raw"; else NULL */
	uint64_t lines, lost;	    /* lost: bytes of a journal that are damaged */
	int error;		    /* 0, or -errno of what ended it early */
	bool left_out;		    /* it says again what the others say */
};

struct bootlog_sources {
	struct bootlog_source *s;
	size_t n, cap;
	bool more; /* there were more files than are read */
};

/* All of them, or those of oomfiles_recent(). */
void bootlogread_root(struct bootlog *l, const struct root *r, const struct oom_files *files,
		      struct arena *a, struct bootlog_sources *out);

#endif
