/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PAM configuration of a foreign root as libpam would read it, and what a stack of it would
 * answer. Nothing of the patient is loaded.
 *
 *	struct pamconf pc = { .arena = a, .read = read_file, .arg = arg };
 *	pamconf_resolve(&pc, "login", &svc)	its lines and those it includes, as four chains
 *	pamconf_run(&chain, result, arg, &v)	walks one chain; result() says what a module answers
 *
 * Source of the rules: pam.conf(5); Linux-PAM libpam/pam_handlers.c, pam_dispatch.c, pam_misc.c and
 * libpam_internal/pam_line.c; Debian's patch that adds @include.
 */
#ifndef BOOTMEND_PAMCONF_H
#define BOOTMEND_PAMCONF_H

#include "lib/arena.h"
#include "lib/text.h"

#define PAMCONF_DEPTH_MAX 16	/* libpam's PAM_SUBSTACK_MAX_LEVEL */
#define PAMCONF_LINES_MAX 10000 /* of a file; no person writes as many */

enum pamconf_type {
	PAMCONF_AUTH,
	PAMCONF_ACCOUNT,
	PAMCONF_PASSWORD,
	PAMCONF_SESSION,
	PAMCONF_TYPES,
};

/* The return values this program has a use for, with libpam's numbers. */
enum {
	PAMCONF_SUCCESS = 0,
	PAMCONF_SERVICE_ERR = 3,
	PAMCONF_PERM_DENIED = 6,
	PAMCONF_AUTH_ERR = 7,
	PAMCONF_USER_UNKNOWN = 10,
	PAMCONF_SESSION_ERR = 14,
	PAMCONF_AUTHTOK_ERR = 20,
	PAMCONF_IGNORED = 25,
	PAMCONF_ABORT = 26,
	PAMCONF_MODULE_UNKNOWN = 28,
	PAMCONF_RETURNS = 32,
	PAMCONF_SKIP = -1, /* for result(): walk on as if the line said ignore */
};

/* What a line does with a return value; above 0: jump over so many lines. */
enum {
	PAMCONF_DO_IGNORE = 0,
	PAMCONF_DO_OK = -1,
	PAMCONF_DO_DONE = -2,
	PAMCONF_DO_BAD = -3,
	PAMCONF_DO_DIE = -4,
	PAMCONF_DO_RESET = -5,
};

enum pamconf_kind { PAMCONF_MODULE, PAMCONF_INCLUDE, PAMCONF_SUBSTACK, PAMCONF_AT_INCLUDE };

enum pamconf_fault {
	PAMCONF_SOUND,
	PAMCONF_BAD_TYPE,
	PAMCONF_NO_CONTROL,
	PAMCONF_BAD_CONTROL,
	PAMCONF_NO_MODULE,	/* nor include target */
	PAMCONF_OPEN_END,	/* the file's last line ends in a backslash: libpam gives up */
	PAMCONF_TARGET_MISSING, /* of an include; only in a handler */
	PAMCONF_TARGET_LOOP,	/* the file is being included already, or too deep */
};

struct pamconf_line {
	const struct text *text;
	size_t line, last;		       /* from 1; last > line when continued */
	size_t type_at, control_at, module_at; /* where in it the words below begin, in bytes;
						  0 of one that is not there */
	const char *service;	/* first word of a line of /etc/pam.conf; NULL in pam.d */
	enum pamconf_type type; /* AUTH when there is no telling */
	enum pamconf_kind kind;
	enum pamconf_fault fault;
	bool silent; /* "-" before the type */
	const char *type_word,
		*control_word; /* as written, without "-" and brackets; "" for none */
	const char *module;    /* or the include's target; "" for none */
	const char *const *arg;
	size_t args;
	int action[PAMCONF_RETURNS];
	size_t *mark; /* 0; whoever judges the lines keeps a number of theirs here */
};

struct pamconf_file {
	const char *path;
	const struct text *text;
	struct pamconf_line *l; /* comments and blank lines are left out */
	size_t n;
	bool open_end;
	bool cut; /* there are more lines than are looked at */
};

/* The include lines that led to a handler, the nearest first. */
struct pamconf_via {
	const struct pamconf_line *line;
	const struct pamconf_via *up;
};

enum pamconf_handler_kind {
	PAMCONF_CALL,	   /* a module */
	PAMCONF_MUST_FAIL, /* a line libpam could not use: answers "permission denied" */
	PAMCONF_MARK,	   /* where a substack begins */
};

struct pamconf_handler {
	const struct pamconf_line *line;
	const struct pamconf_via *via; /* NULL: the line is the service's own */
	enum pamconf_handler_kind kind;
	enum pamconf_fault fault;
	unsigned level; /* of substacks */
};

struct pamconf_chain {
	struct pamconf_handler *h;
	size_t n, cap;
};

struct pamconf_service {
	const char *name;
	const char *path;	   /* of its file; NULL: it has none */
	struct pamconf_chain *own; /* PAMCONF_TYPES of them */
	/* What runs: own, or other's where the service has no line of that type. */
	const struct pamconf_chain *chain[PAMCONF_TYPES];
	/* Lines at which libpam gives the service up; the chains are read as if they were not
	 * there. */
	const struct pamconf_handler *abort;
	size_t aborts;
	/* The files read for it, its own first; then those of "other", where a login needs it. */
	const struct pamconf_file *const *file;
	size_t files;
	bool unread;	/* neither the service nor "other" has a file: pam_start fails */
	bool truncated; /* more lines than are looked at: a later one may put right what is seen */
};

struct pamconf {
	struct arena *arena;
	/* The text at an absolute path, or NULL when there is none. */
	const struct text *(*read)(void *arg, const char *path);
	void *arg;
	bool at_include; /* Debian's libpam: knows @include */
	bool strip_cr;	 /* read as if no line ended in CR */
	bool one_file;	 /* no pam.d directory: all services are in /etc/pam.conf */
	/* filled here */
	struct pamconf_file **file;
	size_t files, cap;
	size_t lines;		   /* of all files */
	struct pamconf_file *main; /* /etc/pam.conf */
	struct pamconf_service *other;
};

/* Where files are looked for, in order; NULL-terminated. */
extern const char *const pamconf_dirs[];
extern const char *const pamconf_type_names[];

/* One file. with_service: lines begin with the name of a service (pam.conf). */
enum pamconf_format { PAMCONF_PAM_D, PAMCONF_PAM_CONF };
void pamconf_parse(const struct pamconf *pc, const struct text *t, enum pamconf_format format,
		   struct pamconf_file *out);
/* The file of that name or absolute path, parsed once; NULL when there is none. */
const struct pamconf_file *pamconf_open(struct pamconf *pc, const char *name);
void pamconf_resolve(struct pamconf *pc, const char *service, struct pamconf_service *out);

struct pamconf_verdict {
	bool can_succeed; /* some answers of the modules lead to success */
	bool can_fail;
	bool exhausted; /* too many ways to walk: neither of the above may be trusted when false */
	/* Who first spoiled the walk in which each gives its first answer; NULL: nobody. */
	const struct pamconf_handler *bad;
};

#define PAMCONF_ANSWERS 4
/*
 * What the handler may answer: return values in code[], how many is returned (at least 1). Called
 * for CALL and MUST_FAIL handlers, in the order of the walk.
 */
typedef unsigned pamconf_result(void *arg, const struct pamconf_handler *h, enum pamconf_type t,
				int code[PAMCONF_ANSWERS]);

/* As pam_authenticate and its like walk the chain of type t. An empty chain fails. */
void pamconf_run(const struct pamconf_chain *c, enum pamconf_type t, pamconf_result *result,
		 void *arg, struct pamconf_verdict *out);
/* Some line before h (in its substack) may jump to or over it: its line must not go. */
bool pamconf_is_jumped(const struct pamconf_chain *c, const struct pamconf_handler *h);
/* The same for whichever handlers of the chain are of that line. */
bool pamconf_jumps_line(const struct pamconf_chain *c, const struct pamconf_line *line);
/* The chain without the handlers of that line and of what it includes. */
void pamconf_without(struct arena *a, const struct pamconf_chain *c,
		     const struct pamconf_line *line, struct pamconf_chain *out);

#endif
