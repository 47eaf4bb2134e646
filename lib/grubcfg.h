/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB 2's grub.cfg: its menu as GRUB would build it, with the lines every part stands on.
 *
 *	grubcfg_parse(arena, text, &env, &cfg)	never fails; what it does not understand it marks
 *	grubcfg_choose(&cfg, cfg.def)		the entry a default expression means
 *
 * The script is really run, command by command, with three-valued conditions: a branch is taken,
 * not taken, or cannot be known (REACH_MAYBE). A variable that a MAYBE branch sets is not known
 * any more; a word that holds one is marked. Bodies of entries run with the variables as they are
 * at the end of the script, as in GRUB. Bounded in bytes, words, depth, steps and entries: ->cut
 * tells.
 *
 * Sources: GRUB manual (Shell-like scripting, Commands), grub-core/script/yylex.l and parser.y,
 * util/grub.d/00_header.in and 10_linux.in, and the grub.cfg of Debian, Ubuntu, RHEL and SUSE.
 */
#ifndef BOOTMEND_GRUBCFG_H
#define BOOTMEND_GRUBCFG_H

#include "lib/devices.h"
#include "lib/root.h"
#include "lib/text.h"

#define GRUBCFG_NONE ((size_t)-1)

/* Whether a command runs when its entry (or, outside of entries, the file) does. */
enum grubcfg_reach { REACH_RUNS, REACH_MAYBE, REACH_NEVER };

/* What is known from outside. Every pointer may be NULL: then it is not known. */
struct grubcfg_env {
	const struct devices *devices; /* resolves search and (hd0,1) */
	const struct root *root;       /* answers [ -f $prefix/x ], with dir */
	const char *dir;	       /* where grub.cfg lies: "/boot/grub" */
	/* What load_env brings, names and values in turn, NULL-terminated; NULL: no usable block */
	const char *const *grubenv;
};

/* Where $root points when a file is loaded. */
enum grubcfg_place_kind {
	PLACE_UNKNOWN,
	PLACE_HOME,   /* nothing was set: the file system grub.cfg itself was read from */
	PLACE_TAG,    /* found by search: name is "UUID=…" or "LABEL=…" */
	PLACE_DEVICE, /* named: name is "hd0,msdos1" */
};
struct grubcfg_place {
	enum grubcfg_place_kind kind;
	const char *name;	      /* see kind; "" else */
	const struct partition *part; /* NULL: not on this disk or not known */
};

/* A file that linux, initrd, … loads. */
struct grubcfg_file {
	const char *word; /* as written, variables filled in: "/boot/vmlinuz-6.1", "($root)/x" */
	const char *path; /* in the file system of place; NULL when it cannot be known */
	struct grubcfg_place place;
	size_t line;
	enum grubcfg_reach reach;
};

/* search, search.fs_uuid, … and `set root=` */
enum grubcfg_search_kind { SEARCH_UUID, SEARCH_LABEL, SEARCH_FILE, SEARCH_SET_ROOT, SEARCH_OTHER };
struct grubcfg_search {
	enum grubcfg_search_kind kind;
	const char *value; /* what is looked for, or the device of set root=; NULL: not known */
	const char *var;   /* the variable it sets, mostly "root"; NULL: none */
	size_t line;
	enum grubcfg_reach reach;
	enum spec_match match; /* SPEC_UNKNOWN without devices, for files, and when not judgeable */
	const struct partition *part;
};

struct grubcfg_entry {
	const char *title, *id; /* id NULL: none */
	bool title_unknown;	/* variables in it that are not known */
	/* From the top of the menu, parts joined by '>': "1>2", "Advanced…>Linux 6.1", by ids. */
	const char *index_path, *title_path, *id_path;
	bool index_unsure;   /* an entry before it may or may not be there */
	const char *section; /* "10_linux": the /etc/grub.d script that wrote it; NULL: not known */
	bool submenu;
	size_t parent;		  /* index in cfg->entry of its submenu; GRUBCFG_NONE: top */
	unsigned depth;		  /* 0: top */
	unsigned position;	  /* among its siblings, from 0 */
	size_t line, last_line;	  /* menuentry … and its closing brace (or end of file) */
	enum grubcfg_reach reach; /* REACH_RUNS or REACH_MAYBE: never-entries are left out */

	/* The last one of each that runs wins, as in GRUB. All in file order. */
	struct grubcfg_file *kernel; /* linux, linux16, linuxefi; Xen: the module that is Linux */
	size_t kernels;
	const char **args; /* one command line for each kernel: its words, one space between */
	struct grubcfg_file *initrd; /* every file of every initrd line */
	size_t initrds;
	struct grubcfg_search *search;
	size_t searches;
	bool chain;  /* chainloader, configfile, multiboot: another loader goes on */
	bool opaque; /* holds something not understood that may change what is loaded */
};

struct grubcfg {
	const struct text *text;
	struct grubcfg_entry
		*entry; /* in the order of the menu, children right behind their submenu */
	size_t entries;
	struct grubcfg_search *search; /* outside of entries */
	size_t searches;
	bool blscfg;	      /* blscfg runs, or may: entries come from /boot/loader/entries too */
	bool more;	      /* source, configfile, normal: entries may come from other files */
	bool cut;	      /* a bound was hit: the end of the file was not looked at */
	bool broken;	      /* braces, quotes or if/fi left open or too many */
	size_t broken_line;   /* where what was left open begins; 0 none */
	bool open;	      /* it is open to the end of the file: GRUB takes nothing of that */
	size_t commands;      /* how many commands the file holds at all */
	const char *def;      /* the value of $default at the end; NULL: not known */
	size_t def_line;      /* of the `set default=` that won; 0: none */
	const char *def_from; /* the variable it came from: "saved_entry", "next_entry"; NULL:
				 literal */
	const char *fallback; /* NULL: not set or not known */
	const char *kernelopts; /* `set kernelopts=` of BLS systems; NULL: none */
	size_t kernelopts_line;
};

void grubcfg_parse(struct arena *a, const struct text *t, const struct grubcfg_env *env,
		   struct grubcfg *out);

enum grubcfg_choice {
	CHOICE_ENTRY,	/* *index is it (a submenu without a rest stands for its first entry) */
	CHOICE_NOTHING, /* names no entry: GRUB takes the first one */
	CHOICE_UNKNOWN, /* cannot be known: other files, unknown titles, blscfg */
};
/* "0", "1>2", a title, an id, or a path of those; "" is 0. *index untouched but for CHOICE_ENTRY.
 */
enum grubcfg_choice grubcfg_choose(const struct grubcfg *cfg, const char *expr, size_t *index);
/* What boots when nobody touches a key: choose with cfg->def, and the first entry for nothing. */
size_t grubcfg_default(const struct grubcfg *cfg); /* GRUBCFG_NONE: not known or no entry */

/* The linux line that wins and runs for sure; NULL: none, or not known. */
const struct grubcfg_file *grubcfg_kernel(const struct grubcfg_entry *e, const char **args);

/*
 * "hd0,msdos1", "hd0,gpt2", "hd0,1" (GRUB 2 counts partitions from 1): SPEC_FOUND and *out when the
 * only TARGET has that partition, SPEC_ABSENT when it has not, SPEC_UNKNOWN for other disks and
 * kinds.
 */
enum spec_match grubcfg_device(const struct devices *d, const char *name,
			       const struct partition **out);

#endif
