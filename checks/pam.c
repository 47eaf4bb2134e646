/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /etc/pam.d: can root still log in through the stacks of login and sshd, can su and sudo work.
 * Only what these reach is judged: stacks nothing uses name absent modules on healthy systems.
 */
#include "lib/backups.h"
#include "lib/check.h"
#include "lib/pamrepair.h"
#include "checks/checks.h"

#define CONSOLE_FAILS                                                      \
	"login: PAM Failure, aborting: Critical error - immediate abort\n" \
	"Login incorrect\n"                                                \
	"Authentication failure"

static const struct problem pam_missing = {
	.id = "pam.missing",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a PAM configuration file is missing",
	.why = "A service without a file of its own is answered by 'other', which denies everybody on "
	       "many systems; a stack that other files include is then missing from all of them, and "
	       "libpam refuses the login.",
	.console = CONSOLE_FAILS,
	.by_hand = "ls -l /mnt/etc/pam.d\n"
		   "cp -p /mnt/etc/pam.d/system-auth.rpmsave /mnt/etc/pam.d/system-auth\n"
		   "or take the file from the package that ships it (util-linux, openssh-server, "
		   "libpam-runtime, authselect)",
	.fix = "puts back a backup of the file or the link to it; where there is none, and only when "
	       "asked for, writes a plain stack on pam_unix",
};

static const struct problem pam_empty = {
	.id = "pam.empty",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a PAM configuration file is empty",
	.why = "The file is there but says nothing, as after a full disk, a crash while it was written "
	       "or a wrong redirection. A stack in which no module says yes refuses the login.",
	.console = CONSOLE_FAILS,
	.by_hand = "ls -l /mnt/etc/pam.d\n"
		   "cp /mnt/etc/pam.d/common-auth.dpkg-old /mnt/etc/pam.d/common-auth\n"
		   "or take the file from the package that ships it",
	.fix = "puts back a backup of the file; where there is none, and only when asked for, writes a "
	       "plain stack on pam_unix",
};

static const struct problem pam_cr = {
	.id = "pam.cr",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a PAM configuration file has lines that end in CR",
	.why = "The file was saved on Windows or sent through a tool that writes CR LF. libpam takes the "
	       "CR as part of the last word: the module 'pam_unix.so\\r' cannot be loaded, and a blank "
	       "line is one of an unknown type.",
	.console = "login: PAM unable to dlopen(pam_unix.so\\015)\n"
		   "Module is unknown",
	.by_hand = "sed -i 's/\\r$//' /mnt/etc/pam.d/login",
	.fix = "takes the CR off the end of each line",
};

static const struct problem pam_line = {
	.id = "pam.line",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_ASK,
	.title = "a line of a PAM stack cannot be read",
	.why = "A misspelt type or control word, a bracket left open or a line without a module does not "
	       "go unused: libpam puts a step that always fails in its place.",
	.console = CONSOLE_FAILS,
	.by_hand =
		"vi /mnt/etc/pam.d/login: TYPE is auth, account, password or session; CONTROL is "
		"required, requisite, sufficient, optional, include, substack or [value=action ...]",
	.fix = "puts the word right when it is clear which one is meant; otherwise comments the line out "
	       "if the rest of the stack still logs root in and refuses a wrong password",
};

static const struct problem pam_include = {
	.id = "pam.include",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_ASK,
	.title = "a PAM stack includes a file that is not there, or itself",
	.why = "libpam puts a step that always fails in place of an include it cannot follow; Debian's "
	       "@include even ends the whole service. Includes may be nested sixteen deep.",
	.console = CONSOLE_FAILS,
	.by_hand = "comment the line out in /mnt/etc/pam.d, or put the file back that it names",
	.fix = "comments the line out if the rest of the stack still logs root in and refuses a wrong "
	       "password",
};

static const struct problem pam_module = {
	.id = "pam.module",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a PAM module that a login needs cannot be loaded",
	.why = "The line names a module that is not there, is empty or damaged, or is made for another "
	       "architecture. Unless its control word ignores that, the step counts as failed; a '-' "
	       "before the type only keeps the log quiet.",
	.console = "Module is unknown\n"
		   "login: PAM adding faulty module: pam_limits.so\n"
		   "Authentication service cannot retrieve authentication info",
	.by_hand =
		"put the module back (reinstall the package that owns it), or comment the line out in "
		"/mnt/etc/pam.d",
	.fix = "comments that line out when the rest of the stack still logs root in and refuses a wrong "
	       "password; the lines around it stay as they are",
};

static const struct problem pam_denies_root = {
	.id = "pam.denies-root",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_ASK,
	.title = "a PAM stack refuses root",
	.why = "Before any module can say yes, one says no for root: pam_succeed_if with a condition that "
	       "root does not meet, or pam_deny ahead of the module that asks for the password.",
	.console =
		"Login incorrect\n"
		"login: pam_succeed_if(login:auth): requirement \"user != root\" not met by user "
		"\"root\"",
	.by_hand = "comment the line out in /mnt/etc/pam.d",
	.fix = "comments the line out if the rest of the stack then logs root in and refuses a wrong "
	       "password",
};

static const struct problem *const problems[] = {
	&pam_missing, &pam_empty,  &pam_cr,	     &pam_line,
	&pam_include, &pam_module, &pam_denies_root, NULL,
};

/* Stacks that others include: their absence is a fault of theirs, not of the lines naming them. */
static const char *const stacks[] = { "system-auth",
				      "password-auth",
				      "postlogin",
				      "system-login",
				      "system-local-login",
				      "system-remote-login",
				      "system-services",
				      "common-auth",
				      "common-account",
				      "common-password",
				      "common-session",
				      "common-session-noninteractive",
				      "base-auth",
				      "base-account",
				      "base-password",
				      "base-session",
				      NULL };

static void comment_out(struct finding *f, const struct pamconf_line *l)
{
	for (size_t n = l->line; n <= l->last; n++)
		propose_comment(f, l->text, n);
}

/* --- what is said of a line --- */

static const char *included_from(const struct pamview *v, const struct pamconf_via *via)
{
	const char *way = "";

	for (size_t i = 0; via && i < 4; via = via->up, i++)
		way = scan_printf(v->s, "%s %s %s:%zu", way, i ? "from" : "(included from",
				  via->line->text->path, via->line->line);
	return *way ? scan_printf(v->s, "%s)", way) : "";
}

static const char *add_to_list(const struct pamview *v, const char *list, const char *name)
{
	return *list ? scan_printf(v->s, "%s, %s", list, name) : name;
}

/* "auth, session fails for login, sshd (included from /etc/pam.d/login:10)" */
static const char *effect_of(const struct pamview *v, const struct pamview_suspect *x)
{
	const char *types = "", *services = "";
	unsigned all = 0;

	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		all |= x->fails[i];
		if (x->fails[i])
			services = add_to_list(v, services, pamview_kinds[i].name);
	}
	for (unsigned t = 0; t < PAMCONF_TYPES; t++) {
		if (all & 1u << t)
			types = add_to_list(v, types, pamconf_type_names[t]);
	}
	if (!all)
		return included_from(v, x->via);
	return scan_printf(v->s, ", so %s %s for %s%s", types,
			   strchr(types, ',') ? "fail" : "fails", services,
			   included_from(v, x->via));
}

/* The line with one of its words replaced; NULL when it is continued or the word is not found. */
static const char *line_with(const struct pamview *v, const struct pamconf_line *l,
			     const char *word, const char *with)
{
	const char *s = text_line(l->text, l->line), *at = *word ? strstr(s, word) : NULL;
	size_t len = strlen(s);

	if (!at || l->last != l->line)
		return NULL;
	if (len && s[len - 1] == '\r')
		len--;
	return scan_printf(v->s, "%.*s%s%.*s", (int)(at - s), s, with,
			   (int)(len - (size_t)(at - s) - strlen(word)), at + strlen(word));
}

/* The only word of the list that few slips of the hand away from word; NULL: none or several. */
static const char *nearest(const char *word, const char *const *list)
{
	const char *best = NULL;
	size_t least = 3;

	for (size_t i = 0; list[i]; i++) {
		size_t d = edit_distance(word, list[i]);

		if (d == least)
			best = NULL;
		if (d < least) {
			least = d;
			best = list[i];
		}
	}
	return best;
}

static void propose_repair(const struct pamview *v, struct finding *f,
			   const struct pamview_suspect *x, enum safety best)
{
	const struct pamconf_line *l = x->l;
	const char *control = text_line(l->text, l->line);
	const char *soft = NULL;

	if (pamview_repairs(v, l, PAMVIEW_COMMENT)) {
		finding_safety(f, best);
		comment_out(f, l);
		return;
	}
	if (l->kind == PAMCONF_MODULE && x->fault == PAMCONF_SOUND &&
	    pamview_repairs(v, l, PAMVIEW_IGNORE)) {
		soft = strchr(control, '[')
			       ? line_with(v, l, scan_printf(v->s, "[%s]", l->control_word),
					   "[default=ignore]")
			       : line_with(v, l, l->control_word, "[default=ignore]");
	}
	if (!soft) {
		finding_safety(f, FIX_NONE);
		return;
	}
	finding_safety(f, FIX_ASK);
	finding_choice(f, "put module '%s' back", l->module);
	finding_choice(f, "let the stack pass over the line: other lines jump by its count");
	propose_line(f, l->text, l->line, "%s", soft);
}

static bool has_way_in(const struct pamview *v)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (v->svc[i].judged && v->svc[i].kind->way_in)
			return true;
	}
	return false;
}

/* Commenting some of its lines is no help where others cannot go. */
static bool can_do_without(const struct pamview *v, const struct pamview_suspect *x)
{
	for (size_t i = 0; i < v->suspects; i++) {
		const struct pamview_suspect *y = &v->suspect[i];

		if (y->fault == PAMCONF_SOUND && streq(y->l->module, x->l->module) &&
		    pamview_fails_anywhere(y) && !pamview_repairs(v, y->l, PAMVIEW_COMMENT) &&
		    !pamview_repairs(v, y->l, PAMVIEW_IGNORE))
			return false;
	}
	return true;
}

static void say_module(const struct pamview *v, const struct pamview_suspect *x)
{
	struct finding *f;

	if (!pamview_fails_anywhere(x))
		return;
	f = scan_find(v->s, &pam_module, NULL, "module '%s' %s%s", x->l->module,
		      pammodule_why(x->module), effect_of(v, x));
	finding_at(f, x->l->text, x->l->line);
	finding_severity(f, pamview_severity(x));
	if (x->module == PAMMODULE_ABSENT)
		finding_absence(f);
	if (can_do_without(v, x))
		propose_repair(v, f, x, FIX_SAFE);
	else
		finding_safety(f, FIX_NONE);
}

/* One finding, not one for each line of each stack. */
static bool say_no_modules(const struct pamview *v)
{
	struct finding *f;

	if (v->mods.any || !v->mods.libpam || !has_way_in(v))
		return false;
	f = scan_find(v->s, &pam_module, v->mods.dirs[0],
		      "no module in it can be loaded, so nobody can log in");
	finding_absence(f);
	finding_safety(f, FIX_NONE);
	return true;
}

static void say_line(const struct pamview *v, const struct pamview_suspect *x)
{
	static const char *const controls[] = { "required", "requisite", "optional", "sufficient",
						"include",  "substack",	 NULL };
	const struct pamconf_line *l = x->l;
	bool type = x->fault == PAMCONF_BAD_TYPE;
	const char *word = type ? l->type_word : l->control_word;
	const char *meant = NULL, *put_right = NULL, *what;
	struct finding *f;

	if (type || x->fault == PAMCONF_BAD_CONTROL)
		meant = nearest(word, type ? pamconf_type_names : controls);
	if (meant)
		put_right = line_with(v, l, word, meant);
	what = type && streq(word, "@include")	 ? "'@include' is known to Debian's libpam only"
	       : type				 ? scan_printf(v->s, "'%s' is no type", word)
	       : x->fault == PAMCONF_BAD_CONTROL ? scan_printf(v->s, "'%s' is no control", word)
	       : x->fault == PAMCONF_OPEN_END	 ? "the file ends in a backslash"
	       : x->fault == PAMCONF_NO_CONTROL	 ? "there is no control and no module"
						 : "there is no module";
	f = scan_find(v->s, &pam_line, NULL, "%s%s", what, effect_of(v, x));
	finding_at(f, l->text, l->line);
	finding_severity(f, pamview_severity(x));
	if (!put_right) {
		propose_repair(v, f, x, FIX_ASK);
		return;
	}
	finding_safety(f, FIX_ASK);
	finding_choice(f, "'%s' was meant", meant);
	propose_line(f, l->text, l->line, "%s", put_right);
}

static void propose_restore(struct finding *f, const char *path, const struct pamrepair *r)
{
	switch (r->kind) {
	case PAMREPAIR_LINK:
		propose_link(f, path, r->value);
		break;
	case PAMREPAIR_COPY:
		propose_copy(f, path, r->value, 0644, 0, 0);
		break;
	case PAMREPAIR_SIBLING:
		finding_safety(f, FIX_ASK);
		finding_choice(f, "a copy of '%s'", r->value);
		finding_choice(f, "the file as its package ships it");
		propose_copy(f, path, r->value, 0644, 0, 0);
		break;
	case PAMREPAIR_PLAIN:
		finding_safety(f, FIX_ASK);
		finding_choice(f, "a plain file that asks pam_unix for the password");
		finding_choice(f, "the file as its package ships it");
		propose_text_owned(f, path, r->value, strlen(r->value), 0644, 0, 0);
		break;
	default:
		finding_safety(f, FIX_NONE);
	}
}

static void restore(const struct pamview *v, struct finding *f, const char *path,
		    enum pamrepair_state state)
{
	struct pamrepair r;

	pamrepair_find(v, path, state, &r);
	propose_restore(f, path, &r);
}

/* /etc/pam.d/NAME for an include's target. */
static const char *target_path(const struct pamview *v, const char *target)
{
	return *target == '/' ? target : scan_printf(v->s, "/etc/pam.d/%s", target);
}

/* A stack of its own, or a file that can be had again, rather than a slip in the line. */
static bool is_lost_stack(const struct pamview *v, const struct pamview_suspect *x)
{
	const char *path = target_path(v, x->l->module);
	struct pamrepair r;

	if (x->fault != PAMCONF_TARGET_MISSING)
		return false;
	pamrepair_find(v, path, PAMREPAIR_MISSING, &r);
	return in_list(strrchr(path, '/') + 1, stacks) || r.kind != PAMREPAIR_NONE;
}

static const char *more_lines(const struct pamview *v, size_t n)
{
	return n ? scan_printf(v->s, " and %zu more line%s", n, n > 1 ? "s" : "") : "";
}

/* Once for each target: the lines that name it are counted. */
static void say_lost_stack(const struct pamview *v, const struct pamview_suspect *x)
{
	const char *path = target_path(v, x->l->module);
	struct pamview_suspect all = *x;
	size_t lines = 0;
	struct finding *f;

	for (size_t i = 0; i < v->suspects; i++) {
		const struct pamview_suspect *y = &v->suspect[i];

		if (y->fault != PAMCONF_TARGET_MISSING ||
		    !streq(target_path(v, y->l->module), path))
			continue;
		if (y < x)
			return;
		lines++;
		for (size_t k = 0; k < PAMVIEW_SERVICES; k++)
			all.fails[k] |= y->fails[k];
	}
	all.via = NULL;
	f = scan_find(v->s, &pam_missing, path, "included by %s:%zu%s%s", x->l->text->path,
		      x->l->line, more_lines(v, lines - 1), effect_of(v, &all));
	finding_severity(f, pamview_severity(&all));
	finding_absence(f);
	restore(v, f, path, PAMREPAIR_MISSING);
}

static bool is_sound_rules(const struct pamview *v, const char *name)
{
	const char *path = scan_printf(v->s, "/etc/pam.d/%s", name);

	return root_is_file(v->s->root, path) && !endswith(name, "~") && !endswith(name, ".bak");
}

/* A file that is there and has nearly that name. */
static const char *meant_target(const struct pamview *v, const struct pamconf_line *l)
{
	const char *meant =
		*l->module == '/' ? NULL : nearest(l->module, scan_dir(v->s, "/etc/pam.d"));

	return meant && is_sound_rules(v, meant) ? meant : NULL;
}

/* A circle is told once, at a line it can be opened at. */
static bool is_told_elsewhere(const struct pamview *v, const struct pamview_suspect *x)
{
	if (pamview_repairs(v, x->l, PAMVIEW_COMMENT))
		return false;
	for (size_t i = 0; i < v->suspects; i++) {
		const struct pamview_suspect *y = &v->suspect[i];

		if (y != x && y->fault == PAMCONF_TARGET_LOOP &&
		    pamview_repairs(v, y->l, PAMVIEW_COMMENT))
			return true;
	}
	return false;
}

static void say_include(const struct pamview *v, const struct pamview_suspect *x)
{
	const struct pamconf_line *l = x->l;
	bool loop = x->fault == PAMCONF_TARGET_LOOP;
	const char *meant, *put_right;
	struct finding *f;

	if (is_lost_stack(v, x)) {
		say_lost_stack(v, x);
		return;
	}
	if (loop && is_told_elsewhere(v, x))
		return;
	f = scan_find(v->s, &pam_include, NULL, "'%s' %s%s", l->module,
		      loop ? "is being included already" : "does not exist", effect_of(v, x));
	finding_at(f, l->text, l->line);
	finding_severity(f, pamview_severity(x));
	meant = loop ? NULL : meant_target(v, l);
	put_right = meant ? line_with(v, l, l->module, meant) : NULL;
	if (!loop)
		finding_absence(f);
	if (!put_right) {
		propose_repair(v, f, x, FIX_ASK);
		return;
	}
	finding_choice(f, "'%s' was meant", meant);
	propose_line(f, l->text, l->line, "%s", put_right);
}

static void say(const struct pamview *v, const struct pamview_suspect *x)
{
	if (x->fault == PAMCONF_SOUND)
		say_module(v, x);
	else if (x->fault == PAMCONF_TARGET_MISSING || x->fault == PAMCONF_TARGET_LOOP)
		say_include(v, x);
	else
		say_line(v, x);
}

/* --- services and files as a whole --- */

static bool all_succeed(const struct pamview *v, const struct pamview_service *svc)
{
	static const enum pamconf_type needed[] = { PAMCONF_AUTH, PAMCONF_ACCOUNT,
						    PAMCONF_SESSION };

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		struct pamconf_verdict verdict;

		pamview_try(v, svc, needed[i], PAMVIEW_ANY, &verdict);
		if (!verdict.can_succeed && !verdict.exhausted)
			return false;
	}
	return true;
}

/* login and sshd have files of their own everywhere; without, "other" answers for them. */
static void check_service_file(const struct pamview *v, const struct pamview_service *svc)
{
	const char *path = scan_printf(v->s, "/etc/pam.d/%s", svc->kind->name);
	bool works = all_succeed(v, svc);
	struct finding *f;

	if (!svc->judged || svc->clean.path || !svc->kind->way_in || v->clean.one_file)
		return;
	f = scan_find(v->s, &pam_missing, path, "'%s' has no file of its own, %s", svc->kind->name,
		      svc->clean.unread ? "nor is there an 'other'"
		      : works		? "so 'other' answers, which lets it through"
					: "so 'other' answers, which denies");
	finding_severity(f, works && !svc->clean.unread ? DEGRADES : BLOCKS_LOGIN);
	finding_absence(f);
	restore(v, f, path, PAMREPAIR_MISSING);
}

static bool uses_file(const struct pamview_service *svc, const struct pamconf_file *file)
{
	for (size_t i = 0; svc->judged && i < svc->clean.files; i++) {
		if (svc->clean.file[i] == file)
			return true;
	}
	return false;
}

/* The names of the judged services that read the file; "" for none. */
static const char *users_of(const struct pamview *v, const struct pamconf_file *file)
{
	const char *list = "";

	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (uses_file(&v->svc[i], file))
			list = add_to_list(v, list, v->svc[i].kind->name);
	}
	return list;
}

static bool is_own_file(const struct pamview *v, const struct pamconf_file *file)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (v->svc[i].judged && streq_null(v->svc[i].clean.path, file->path))
			return true;
	}
	return false;
}

static bool shuts_out(const struct pamview *v, const struct pamconf_file *file)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (v->svc[i].kind->way_in && uses_file(&v->svc[i], file) &&
		    !all_succeed(v, &v->svc[i]))
			return true;
	}
	return false;
}

static void check_empty(const struct pamview *v, const struct pamconf_file *file)
{
	const char *users = users_of(v, file);
	struct finding *f;
	bool bad;

	if (!*users || file->n || backups_has_content(file->text, NULL))
		return;
	bad = shuts_out(v, file);
	if (!bad && !is_own_file(v, file) && !in_list(strrchr(file->path, '/') + 1, stacks))
		return;
	f = scan_find(v->s, &pam_empty, file->path, "%s, read by %s",
		      file->text->len ? "nothing but blanks and NUL bytes" : "size 0", users);
	finding_severity(f, bad ? BLOCKS_LOGIN : DEGRADES);
	restore(v, f, file->path, PAMREPAIR_EMPTY);
}

/* In a comment it does no harm. */
static bool has_cr(const char *s)
{
	size_t len = strlen(s);

	return len && s[len - 1] == '\r' && !strchr(s, '#');
}

static bool raw_shuts_out(const struct pamview *v, const struct pamconf_file *file)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		const struct pamview_service *svc = &v->svc[i];

		if (svc->kind->way_in && uses_file(svc, file) &&
		    !(pamview_raw_succeeds(svc, PAMCONF_AUTH) &&
		      pamview_raw_succeeds(svc, PAMCONF_ACCOUNT) &&
		      pamview_raw_succeeds(svc, PAMCONF_SESSION)))
			return true;
	}
	return false;
}

static void strip_cr(struct finding *f, const struct text *t)
{
	for (size_t n = 1; n <= t->lines; n++) {
		const struct line *l = &t->line[n - 1];

		if (l->len && l->s[l->len - 1] == '\r' && strlen(l->s) == l->len)
			propose_line(f, t, n, "%.*s", (int)(l->len - 1), l->s);
	}
}

static void check_cr(const struct pamview *v, const struct pamconf_file *file)
{
	const char *users = users_of(v, file);
	const struct text *t = file->text;
	size_t first = 0, count = 0;
	struct finding *f;

	for (size_t n = 1; *users && n <= t->lines; n++) {
		if (!has_cr(text_line(t, n)))
			continue;
		first = first ? first : n;
		count++;
	}
	if (!count)
		return;
	f = scan_find(v->s, &pam_cr, NULL, "%zu line%s in CR, read by %s", count,
		      count > 1 ? "s end" : " ends", users);
	finding_at(f, t, first);
	finding_severity(f, raw_shuts_out(v, file) ? BLOCKS_LOGIN : DEGRADES);
	strip_cr(f, t);
}

/* --- stacks that refuse root --- */

/* A fault told already may be why. */
static bool is_troubled(const struct pamview *v, size_t svc, enum pamconf_type type)
{
	const struct pamconf_service *c = &v->svc[svc].clean;

	for (size_t i = 0; i < v->suspects; i++) {
		if (v->suspect[i].used[svc] & 1u << type &&
		    v->suspect[i].module == PAMMODULE_UNKNOWN)
			return true;
	}
	for (size_t i = 0; i < c->files; i++) {
		if (c->file[i]->n == 0)
			return true;
	}
	return c->aborts || !c->path;
}

/* Who keeps root out of ssh, or out of passwords there, on purpose says so to sshd as well. */
static bool is_meant(struct pamview *v, size_t svc, enum pamconf_type type)
{
	if (!streq(v->svc[svc].kind->name, "sshd"))
		return false;
	return pamview_sshd_says(v, "permitrootlogin", "no") ||
	       (type == PAMCONF_AUTH && pamview_sshd_says(v, "passwordauthentication", "no"));
}

static bool refuses_by_itself(const struct pamconf_handler *h)
{
	static const char *const modules[] = { "pam_succeed_if.so", "pam_deny.so", NULL };

	return h && in_list(pammodel_name(h->line), modules);
}

/* One line that refuses root, with all it does so to. */
struct refusal {
	const struct pamconf_line *l;
	const struct pamconf_via *via;
	const char *to;
	bool meant; /* by everybody it refuses root to */
};

struct refusals {
	struct refusal r[PAMVIEW_SERVICES * PAMCONF_TYPES];
	size_t n;
};

static void say_other_denies(struct pamview *v, size_t svc, enum pamconf_type type)
{
	struct finding *f = scan_find(v->s, &pam_denies_root, v->svc[svc].clean.path,
				      "'%s' has no %s line, so 'other' answers, which denies",
				      v->svc[svc].kind->name, pamconf_type_names[type]);

	finding_safety(f, FIX_NONE);
	if (is_meant(v, svc, type))
		finding_severity(f, NOTE);
}

static void add_refusal(struct pamview *v, struct refusals *all, const struct pamconf_handler *h,
			size_t svc, enum pamconf_type type)
{
	const char *to =
		scan_printf(v->s, "%s of %s", pamconf_type_names[type], v->svc[svc].kind->name);
	bool meant = is_meant(v, svc, type);

	for (size_t i = 0; i < all->n; i++) {
		if (all->r[i].l != h->line)
			continue;
		all->r[i].to = add_to_list(v, all->r[i].to, to);
		all->r[i].meant &= meant;
		return;
	}
	all->r[all->n++] = (struct refusal){ h->line, h->via, to, meant };
}

static void look_for_refusal(struct pamview *v, struct refusals *all, size_t i,
			     enum pamconf_type type)
{
	const struct pamview_service *svc = &v->svc[i];
	struct pamconf_verdict verdict;

	if (!svc->judged || !svc->kind->way_in || is_troubled(v, i, type))
		return;
	pamview_try(v, svc, type, PAMVIEW_ANY, &verdict);
	if (verdict.can_succeed || verdict.exhausted || !refuses_by_itself(verdict.bad))
		return;
	if (svc->clean.own[type].n == 0)
		say_other_denies(v, i, type);
	else
		add_refusal(v, all, verdict.bad, i, type);
}

static void say_refusal(const struct pamview *v, const struct refusal *r)
{
	struct finding *f = scan_find(v->s, &pam_denies_root, NULL, "'%s' refuses root in %s%s",
				      pammodel_name(r->l), r->to, included_from(v, r->via));

	finding_at(f, r->l->text, r->l->line);
	if (r->meant)
		finding_severity(f, NOTE);
	if (!r->meant && pamview_repairs(v, r->l, PAMVIEW_COMMENT))
		comment_out(f, r->l);
	else
		finding_safety(f, FIX_NONE);
}

static void check_root(struct pamview *v)
{
	struct refusals all = { .n = 0 };

	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		look_for_refusal(v, &all, i, PAMCONF_AUTH);
		look_for_refusal(v, &all, i, PAMCONF_ACCOUNT);
		look_for_refusal(v, &all, i, PAMCONF_SESSION);
	}
	for (size_t i = 0; i < all.n; i++)
		say_refusal(v, &all.r[i]);
}

/* --- run --- */

/* A root whose login knows PAM has libpam, and then needs at least something to read. */
static bool has_rules(const struct pamview *v)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		if (v->svc[i].clean.chain[PAMCONF_AUTH]->n)
			return true;
	}
	return false;
}

static void check_nothing(const struct pamview *v)
{
	struct finding *f;

	if (!v->mods.libpam || !has_way_in(v))
		return;
	f = scan_find(v->s, &pam_missing, "/etc/pam.d",
		      "there is no such directory, and no rule in /etc/pam.conf");
	finding_absence(f);
	finding_safety(f, FIX_NONE);
}

static void check_files(struct pamview *v)
{
	for (size_t i = 0; i < v->clean.files; i++) {
		const struct pamconf_file *file = v->clean.file[i];

		if (!file->text)
			continue;
		check_empty(v, file);
		check_cr(v, file);
	}
}

static void run(struct scan *s)
{
	struct pamview v;
	bool no_modules;

	pamview_gather(s, &v);
	if (v.clean.one_file && !has_rules(&v)) {
		check_nothing(&v);
		return;
	}
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++)
		check_service_file(&v, &v.svc[i]);
	check_files(&v);
	no_modules = say_no_modules(&v);
	for (size_t i = 0; i < v.suspects; i++) {
		if (!no_modules || v.suspect[i].fault != PAMCONF_SOUND)
			say(&v, &v.suspect[i]);
	}
	check_root(&v);
}

const struct check pam_check = {
	.name = "pam",
	.summary = "/etc/pam.d: the stacks that login, sshd, su and sudo go through",
	.problems = problems,
	.run = run,
};
