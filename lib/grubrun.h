/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running a parsed grub.cfg with three-valued conditions, for lib/grubcfg.c only.
 *
 * A variable's value may hold marks instead of a device: where the file system was found by search
 * (MARK_TAG UUID=… MARK_TAG), or the one grub.cfg was read from (MARK_HOME), or grub.cfg's own
 * directory (MARK_DIR), so that `set prefix=($root)/boot/grub` keeps its meaning.
 */
#ifndef BOOTMEND_GRUBRUN_H
#define BOOTMEND_GRUBRUN_H

#include "lib/grubcfg.h"
#include "lib/grubscript.h"

#define MARK_TAG '\001'
#define MARK_HOME '\002'
#define MARK_DIR '\003'

struct grubvar {
	const char *name;
	const char *value; /* NULL: not known */
};

struct grubvars {
	struct grubvar *v;
	size_t n, cap;
	bool more; /* a file that was not read may have set any others */
};

/* A word with its variables filled in. */
struct grubarg {
	const char *s;	   /* with marks */
	const char *shown; /* for people and for comparing: marks as the variable's name */
	bool unknown;
};

struct grubfunc {
	const char *name;
	const struct grubstmt *body;
};

struct grubmenu;

struct grubrun {
	struct arena *a;
	struct grubcfg *out;
	const struct grubcfg_env *env;
	struct grubscript *script;
	struct grubvars vars;
	struct grubfunc *func;
	size_t funcs, func_cap;
	struct grubmenu *menu; /* being built; NULL inside of an entry */
	size_t entry;	       /* being run; GRUBCFG_NONE outside */
	size_t entry_cap;
	enum grubcfg_reach reach;
	unsigned depth;
	size_t steps, bytes; /* taken so far, see the bounds in grubrun.c */
};

enum tri { TRI_FALSE, TRI_TRUE, TRI_UNKNOWN };

/* What the last command of the list says. */
enum tri grubrun_list(struct grubrun *r, const struct grubstmt *st);
/* Something that is not understood may change what the entry at hand loads. */
void grubrun_opaque(struct grubrun *r);

/* grubcfg.c: menuentry and submenu */
void grubrun_menuentry(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
		       size_t n);
/* grubcmd.c: every command but these; arg[0] is its name */
enum tri grubcmd_run(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
		     size_t n);
/* grubcmd.c: [ … ] and test */
enum tri grubcmd_test(struct grubrun *r, const struct grubarg *arg, size_t n);

struct grubvars grubvars_copy(struct arena *a, const struct grubvars *v);
/* "" for one that is not set, NULL for one that cannot be known. */
const char *grubvars_get(const struct grubrun *r, const char *name);
/* value NULL: not known from here on. In a branch that may not run, a new value means not known. */
void grubvars_set(struct grubrun *r, const char *name, const char *value);

#endif
