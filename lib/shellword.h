/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of a shell script expanded as far as that is known without running anything: quotes,
 * variables with their usual operators, ~, and the two or three commands that profiles call to
 * learn who they run for.
 *
 *	shellword_expand(env, "\"${HOME}/.bashrc\"", &v)	v.known, v.s = "/root/.bashrc"
 *
 * Source: POSIX.1-2017 Shell Command Language 2.2, 2.6.
 */
#ifndef BOOTMEND_SHELLWORD_H
#define BOOTMEND_SHELLWORD_H

#include "lib/arena.h"

enum shellword_state {
	SHELLWORD_UNSET,
	SHELLWORD_KNOWN,
	SHELLWORD_SET,	   /* not empty, but what it is nobody knows */
	SHELLWORD_UNKNOWN, /* may even be unset */
};

struct shellword_value {
	enum shellword_state state;
	const char *s; /* for KNOWN; "" otherwise */
};

/* Variables: the newest binding of a name counts, so that going back is setting the head. */
struct shellword_binding {
	const char *name;
	struct shellword_value value;
	const struct shellword_binding *older;
};

struct shellword_env {
	struct arena *arena;
	const char *home;
	const struct shellword_binding *head;
	bool wild; /* something that cannot be followed may have set any variable */
};

void shellword_set(struct shellword_env *env, const char *name, enum shellword_state state,
		   const char *s);
struct shellword_value shellword_get(const struct shellword_env *env, const char *name);
/* The word with quotes taken off; never UNSET. */
struct shellword_value shellword_expand(const struct shellword_env *env, const char *raw);
/* The same for a pattern: quoted characters are escaped with a backslash, for fnmatch(3). */
struct shellword_value shellword_pattern(const struct shellword_env *env, const char *raw);
/* An unquoted *, ? or [ stands in it. */
bool shellword_is_glob(const char *raw);

#endif
