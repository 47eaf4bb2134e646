/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of an INI file as systemd and GLib (NetworkManager's keyfiles) write them, one after
 * the other.
 *
 *	struct netini i; netini_start(&i, arena, text);
 *	while (netini_next(&i)) … i.section, i.key, i.value, i.line …
 *
 * Source: systemd.syntax(7); GLib g_key_file: comments begin with # (systemd: also ;), blanks
 *around the '=' do not count.
 */
#ifndef BOOTMEND_NETINI_H
#define BOOTMEND_NETINI_H

#include "lib/text.h"

struct netini {
	const char *section; /* "" before the first */
	const char *key;     /* "": a line that is no section, key or comment */
	const char *value;
	size_t line;
	/* Of the reader. */
	struct arena *arena;
	const struct text *text;
};

void netini_start(struct netini *i, struct arena *a, const struct text *t);
bool netini_next(struct netini *i);

#endif
