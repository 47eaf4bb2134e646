/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a saved serial console tells of a boot that failed: each kind of message once, with its
 * first line.
 *
 *	consolelog_read(&source, arena, &log)
 *
 * Memory is bounded by the table of patterns. 0, or -errno of a read that failed; -EBADMSG for a
 * packed file that is damaged. What was read before is there then.
 */
#ifndef BOOTMEND_CONSOLELOG_H
#define BOOTMEND_CONSOLELOG_H

#include "lib/arena.h"
#include "lib/logpattern.h"
#include "lib/syslogread.h"

struct console_message {
	const struct logpattern *pattern;
	const char *text; /* of the first, as it stands there without colours */
	uint64_t line, last, count;
};

struct consolelog {
	struct console_message *m; /* by their first lines */
	size_t n, cap;
	uint64_t lines;
};

int consolelog_read(const struct syslogread_source *source, struct arena *a,
		    struct consolelog *out);
/* Whether a message may come of a problem of that id. */
bool consolelog_explains(const struct console_message *m, const char *id);

#endif
