/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Units of systemd as the patient's PID 1 finds and reads them: which file a name means, whether it
 * is masked, and its settings with those of its drop-ins. Specifiers ("%i") are left as they are.
 *
 *	unitfile_find(scan, "getty@tty1.service", &u);
 *	if (u.state == UNITFILE_GOOD) {
 *		unitfile_read(scan, &u, &set);
 *		unitfile_values(scan->arena, &set, "Service", "ExecStart", &list);
 *	}
 *
 * What /run holds is gone at the next boot and is not looked at. Everything lives in the arena.
 *
 * Sources: systemd.unit(5) (search path, aliases, templates, drop-ins), systemd.syntax(7),
 * systemd.service(5) COMMAND LINES; systemd src/basic/unit-file.c, src/shared/conf-parser.c.
 */
#ifndef BOOTMEND_UNITFILE_H
#define BOOTMEND_UNITFILE_H

#include "lib/check.h"
#include "lib/lines.h"

#define UNITFILE_HOPS 8u	/* aliases of aliases */
#define UNITFILE_SETTINGS 8192u /* of one unit with its drop-ins */
#define UNITFILE_DROP_INS 128u
#define UNITFILE_BYTES (1u << 20) /* that the settings of one unit take; more are passed over */

enum unitfile_state {
	UNITFILE_ABSENT,   /* no directory has the name */
	UNITFILE_DANGLING, /* the first that has it holds a link that leads to no unit */
	UNITFILE_MASKED,   /* a link to /dev/null, or an empty file */
	UNITFILE_GOOD,
};

struct unitfile {
	const char *name; /* as asked for */
	const char *id;	  /* what it is an alias of; else name */
	const char *path; /* the node that decides: of the name, or of the alias; NULL: none */
	const char *file; /* the file that is read; NULL unless GOOD */
	enum unitfile_state state;
	bool by_admin; /* path lies in /etc */
	bool shipped; /* a directory of packages has a unit of that name, under whatever hides it */
	bool of_template; /* found under the template's name */
};

/* The directories, in order; NULL-terminated. */
extern const char *const unitfile_dirs[];

void unitfile_find(struct scan *s, const char *name, struct unitfile *out);

struct unitfile_setting {
	const char *section, *key;
	const char *value; /* continued lines joined by a blank; no blanks around it */
	const struct text *text;
	size_t line; /* its first */
};

struct unitfile_settings {
	struct unitfile_setting *v; /* in the order they are read */
	size_t n, cap;
	size_t bytes; /* of the lines read, and of v */
};

/* "getty@.service" of "getty@tty1.service"; NULL: the name is no instance. */
const char *unitfile_template(struct arena *a, const char *name);
/* Units of this type come from files; mounts, devices, slices and such systemd makes up itself. */
bool unitfile_needs_file(const char *name);
/* systemd makes a unit of a start script. */
bool unitfile_has_script(struct scan *s, const char *name);

/* Adds the settings of one file. */
void unitfile_parse(struct arena *a, const struct text *t, struct unitfile_settings *out);
/* The file of a GOOD unit, then its drop-ins. */
void unitfile_read(struct scan *s, const struct unitfile *u, struct unitfile_settings *out);
/* Values of a key that may be given several times; an empty one forgets those before. */
void unitfile_values(struct arena *a, const struct unitfile_settings *s, const char *section,
		     const char *key, struct lines *out);

/*
 * The program of a command line: without its prefixes ("-", "@", "+", "!", ":"), quotes taken away.
 * NULL when there is none, or it cannot be known (a specifier in it, a name without '/').
 */
const char *unitfile_program(struct arena *a, const char *command);

/*
 * The node NAME of the directory SUB ("multi-user.target.wants") in unitfile_dirs[dir] asks for the
 * unit of its name: a link, wherever it leads, which none of an earlier directory hides. One that
 * leads to /dev/null or to an empty file hides the others and asks for nothing; nor does a file,
 * since 233.
 */
bool unitfile_asks(struct scan *s, const char *sub, const char *name, size_t dir);
/*
 * A unit of that name is started with the system: some .wants or .requires directory asks for it.
 * Whether there is such a unit is not looked at.
 */
bool unitfile_is_wanted(struct scan *s, const char *name);

#endif
