/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the pam check share; for checks/pam*.c only. lib/pamview.h has gathered the
 * stacks and the lines that are not sound; here they are said, each once.
 */
#ifndef BOOTMEND_CHECKS_PAM_PARTS_H
#define BOOTMEND_CHECKS_PAM_PARTS_H

#include "lib/check.h"
#include "lib/pamrepair.h"
#include "lib/pamview.h"

/* pam_problems.c */
extern const struct problem pam_missing, pam_empty, pam_cr, pam_line, pam_include, pam_module,
	pam_denies_root;
extern const struct problem *const pam_problems[];

/* pam_lines.c */
bool pam_has_way_in(const struct pamview *v); /* a service that people log in by is judged */
/* One finding, not one for each line of each stack; false: there are modules. */
bool pam_say_no_modules(const struct pamview *v);
void pam_say_module(const struct pamview *v, const struct pamview_suspect *x);
void pam_say_line(const struct pamview *v, const struct pamview_suspect *x);

/* pam_include.c */
void pam_say_include(const struct pamview *v, const struct pamview_suspect *x);
/* /etc/pam.d/NAME for an include's target. */
const char *pam_target_path(const struct pamview *v, const char *target);
/* The file is one that others include. */
bool pam_is_stack(const char *path);
/* Proposes the file that was found for path. */
void pam_restore(struct finding *f, const char *path, const struct pamrepair *r);
/* "; without profile 'x', …", or nothing. */
const char *pam_without(const struct pamview *v, const struct pamrepair *r);

/*
 * pam_files.c: later is how things will stand once the shared stacks that can be had again without
 * asking are back; a service's own file is judged by it.
 */
const struct pamview *pam_look_ahead(const struct pamview *v);
void pam_check_service(const struct pamview *later, const struct pamview_service *svc);
void pam_check_files(const struct pamview *v, const struct pamview *later);

/* pam_root.c */
void pam_check_root(struct pamview *v);

/* pam_propose.c */
const char *pam_included_from(const struct pamview *v, const struct pamconf_via *via);
const char *pam_add_to_list(const struct pamview *v, const char *list, const char *name);
/* "auth, session fails for login, sshd (included from /etc/pam.d/login:10)" */
const char *pam_effect_of(const struct pamview *v, const struct pamview_suspect *x);
/* The line with the word at one of its *_at replaced; NULL: it is continued, or not written so. */
const char *pam_line_with(const struct pamview *v, const struct pamconf_line *l, size_t at,
			  const char *word, const char *with);
/* The only word of the list that few slips of the hand away from word; NULL: none or several. */
const char *pam_nearest(const char *word, const char *const *list);
void pam_comment_out(struct finding *f, const struct pamconf_line *l);
/* Takes the line out of use, or softens it, where that lets people in; best: when it is taken out.
 */
void pam_propose_repair(const struct pamview *v, struct finding *f, const struct pamview_suspect *x,
			enum safety best);

#endif
