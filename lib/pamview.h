/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The PAM services a login goes through, the lines in them that libpam cannot use, and what each
 * of those lines does to whom. Stacks that nothing of this uses are not looked at: they name
 * absent modules on healthy systems.
 *
 *	pamview_gather(scan, &view)
 *	view.suspect[].fails[] says which types of which services fail for that line alone
 *	pamview_repairs(&view, line, PAMVIEW_COMMENT) before its line is proposed to go
 *
 * Source: see pamconf.h, pammodel.h; sshd_config(5) for UsePAM.
 */
#ifndef BOOTMEND_PAMVIEW_H
#define BOOTMEND_PAMVIEW_H

#include "lib/check.h"
#include "lib/pamconf.h"
#include "lib/pammodel.h"
#include "lib/pammodule.h"
#include "lib/sshdeffect.h"

#define PAMVIEW_SERVICES 5
#define PAMVIEW_JUDGED_MAX 64 /* suspects; who has more has no stack any more */

struct pamview_kind {
	const char *name;
	const char *const *programs;
	bool way_in; /* nobody logs in without it; and root runs it */
};
extern const struct pamview_kind pamview_kinds[PAMVIEW_SERVICES];

struct pamview_service {
	const struct pamview_kind *kind;
	bool judged;
	struct pamconf_service clean, raw; /* read as if no line ended in CR; as it is */
	struct pammodel model;
};

/* A line that libpam cannot use as it stands, with the places it is used at. */
struct pamview_suspect {
	const struct pamconf_line *l;
	enum pamconf_fault fault;
	enum pammodule_state module;
	const char *module_path;
	const struct pamconf_via *via;	  /* of the first place */
	unsigned used[PAMVIEW_SERVICES];  /* bits of types */
	unsigned fails[PAMVIEW_SERVICES]; /* those that it makes fail */
	unsigned tried, helps;		  /* bits of repairs */
};

/* A file as it will be. */
struct pamview_mended {
	const char *path;
	const struct text *text;
};

struct pamview {
	struct scan *s;
	const struct pamview_mended *mended; /* the files that are not read as they are */
	size_t n_mended;
	struct pamconf clean, raw;
	struct pammodules mods;
	struct pamview_service svc[PAMVIEW_SERVICES];
	/* systemd-user: what a login starts besides the shell. Its lines are no suspects. */
	struct pamview_service user_manager;
	struct pamfiles *asked;
	struct pammodel_person root; /* as passwd has them */
	struct pamview_suspect *suspect;
	size_t suspects, cap;
	size_t judged; /* the first of them; what the others do is not known */
};

void pamview_gather(struct scan *s, struct pamview *out);
/* The same, as if those files had been repaired already; the list must live as long as *out. */
void pamview_gather_mended(struct scan *s, const struct pamview_mended *mended, size_t n,
			   struct pamview *out);
bool pamview_has_pam_dir(const struct pamview *v);
/* The first value of the keyword (lower case) outside of Match blocks is this one. */
bool pamview_sshd_says(struct pamview *v, const char *keyword, const char *want);

/* Login or ssh fail, or only what makes life hard. */
enum severity pamview_severity(const struct pamview_suspect *x);
bool pamview_fails_anywhere(const struct pamview_suspect *x);

/*
 * Would root log in with the right password, were every suspect as its author meant it?
 * PAMVIEW_ANY: modules nobody here knows may answer as they like. verdict->bad tells who refused.
 * PAMVIEW_BY_FILES: the same, and modules are asked by the files they read.
 */
enum pamview_answers { PAMVIEW_USUAL, PAMVIEW_ANY, PAMVIEW_BY_FILES };
void pamview_try(const struct pamview *v, const struct pamview_service *svc, enum pamconf_type type,
		 enum pamview_answers how, struct pamconf_verdict *verdict);
/* The same for whoever the model says. */
void pamview_try_as(const struct pamview *v, const struct pamview_service *svc,
		    const struct pammodel *model, enum pamconf_type type, enum pamview_answers how,
		    struct pamconf_verdict *verdict);
/* By files, why that line's module refuses; why->path NULL: not by a file. */
void pamview_why(const struct pamview *v, const struct pamview_service *svc,
		 const struct pamconf_line *l, enum pamconf_type type, struct pamfiles_why *why);
/* The same for the files as they are, CR at line ends and all. */
bool pamview_raw_succeeds(const struct pamview_service *svc, enum pamconf_type type);

/*
 * With the line commented out (or passed over when its module fails), root gets in with the right
 * password and nobody with a wrong one, in each judged service that uses it.
 */
enum pamview_repair { PAMVIEW_COMMENT, PAMVIEW_IGNORE };
bool pamview_repairs(const struct pamview *v, const struct pamconf_line *l,
		     enum pamview_repair how);

#endif
