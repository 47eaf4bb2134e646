/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PAM modules of a foreign root: where its libpam looks for them, and whether a file found there
 * could be loaded. Only the ELF headers are read, and with a closure what the module needs; nothing
 * is loaded.
 *
 *	pammodule_gather(root, arena, &mods);
 *	state = pammodule_state(&mods, "pam_unix.so", &path);
 *
 * Source: Linux-PAM libpam/pam_handlers.c (relative names, $ISA), Debian's multiarch patch
 * (/lib/TRIPLET/security, then /lib/security), RHEL's and SUSE's /lib64/security,
 * /usr/lib64/security; elf(5).
 */
#ifndef BOOTMEND_PAMMODULE_H
#define BOOTMEND_PAMMODULE_H

#include "lib/arena.h"
#include "lib/elfclosure.h"
#include "lib/root.h"

enum pammodule_state {
	PAMMODULE_PRESENT, /* also: there, but unreadable for us */
	PAMMODULE_ABSENT,
	PAMMODULE_EMPTY,
	PAMMODULE_NOT_ELF,
	PAMMODULE_OTHER_MACHINE, /* class, byte order or machine is not that of login, bash, libc */
	PAMMODULE_CUT,		 /* its headers speak of bytes behind its end */
	PAMMODULE_UNLOADABLE,	 /* a library it needs is missing or broken */
	PAMMODULE_UNKNOWN,	 /* there is no telling where this root keeps its modules */
};

struct pammodules {
	const struct root *root;
	struct arena *arena;
	struct elffile_machine own; /* of the patient's own programs */
	const char *const *dirs;    /* in the order they are searched, NULL-terminated */
	const char *libpam;	    /* the library's path; NULL: this root has no PAM */
	bool any;		    /* some directory holds a module for the machine */
	/*
	 * Set by the caller to have what modules need looked at too; a library that is told of
	 * already (elflack.told) does not count. who: its number for that.
	 */
	struct elfclosure *closure;
	unsigned who;
};

void pammodule_gather(const struct root *r, struct arena *a, struct pammodules *out);
/* path: where it is, or the first place it should be; NULL for UNKNOWN. */
enum pammodule_state pammodule_state(const struct pammodules *m, const char *name,
				     const char **path);
/* For UNLOADABLE: "it needs libaudit.so.1: not found in …"; "" when nothing is wrong with it. */
const char *pammodule_lack(const struct pammodules *m, const char *path);
/* One line: "does not exist", "is empty", … */
const char *pammodule_why(enum pammodule_state s);
/* The state of one file; own may be NULL. */
enum pammodule_state pammodule_file(const struct root *r, const char *path,
				    const struct elffile_machine *own);

#endif
