/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What PAM modules answer when root logs in, as far as that is known without running them. Feeds
 * pamconf_run().
 *
 *	struct pammodel m = { .service = "login", .scenario = PAMMODEL_RIGHT };
 *	n = pammodel_answers(&m, handler, PAMCONF_AUTH, code);
 *
 * The first answer is the usual one. A module this program does not know may answer anything; its
 * usual answer is success, or that it does not know the user where success would end the stack or
 * jump (it then is one way to log in among others, and root is a local user).
 *
 * With files (lib/pamfiles.h) the modules that answer by one are asked by what it says.
 *
 * Source: the manual page of each module (section 8), Linux-PAM modules/.
 */
#ifndef BOOTMEND_PAMMODEL_H
#define BOOTMEND_PAMMODEL_H

#include "lib/pamconf.h"
#include "lib/pamfiles.h"

enum pammodel_scenario {
	PAMMODEL_RIGHT, /* root with the right password */
	PAMMODEL_WRONG, /* with a wrong one: whoever asks for a password refuses */
};

struct pammodel_person {
	const char *name;
	uint32_t uid, gid;
	const char *shell, *home; /* NULL: not known */
};

struct pammodel {
	const char *service;
	enum pammodel_scenario scenario;
	bool caller_is_root;		   /* login and sshd run as root; su and sudo for a user */
	bool nologin_goes;		   /* /etc/nologin is taken away at boot */
	bool remote;			   /* comes from another host */
	const char *tty;		   /* without "/dev/"; NULL: not known */
	const struct pammodel_person *who; /* NULL: root, of whom nothing more is known */
	struct pamfiles *files;		   /* NULL: they are not looked at */
};

const struct pammodel_person *pammodel_who(const struct pammodel *m);

unsigned pammodel_answers(const struct pammodel *m, const struct pamconf_handler *h,
			  enum pamconf_type type, int code[PAMCONF_ANSWERS]);

/* pam_succeed_if's conditions for the person. */
enum pammodel_truth { PAMMODEL_FALSE, PAMMODEL_TRUE, PAMMODEL_UNSURE };
enum pammodel_truth pammodel_succeed_if(const struct pammodel *m, const char *const *arg,
					size_t args);

/* The module's name without directory ("pam_unix.so"). */
const char *pammodel_name(const struct pamconf_line *l);
/* Asks for a password or key, or denies or permits outright: the stack rests on it. */
bool pammodel_decides(const struct pamconf_line *l);

#endif
