/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/backups.h"
#include "lib/pamauthupdate.h"
#include "lib/pamrepair.h"
#include "lib/paths.h"

#define SOUND_MAX (256u << 10) /* bytes; no stack is as long */

struct sound {
	bool at_include;
};

/* A file of rules that libpam reads without a complaint. */
static bool is_sound(const struct text *t, const void *arg)
{
	const struct sound *want = arg;
	_cleanup_arena_ struct arena *a = arena_new();
	struct pamconf pc = { .arena = a, .at_include = want->at_include };
	struct pamconf_file f;

	if (t->len > SOUND_MAX || memchr(t->data, '\r', t->len) || memchr(t->data, '\0', t->len))
		return false;
	pamconf_parse(&pc, t, PAMCONF_PAM_D, &f);
	for (size_t i = 0; i < f.n; i++) {
		if (f.l[i].fault != PAMCONF_SOUND)
			return false;
	}
	return f.n > 0;
}

static bool is_sound_file(const struct pamview *v, const char *path)
{
	struct sound want = { v->clean.at_include };
	const struct text *t = root_is_file(v->s->root, path) ? scan_text(v->s, path) : NULL;

	return t && is_sound(t, &want);
}

/* Copies that authconfig, authselect and packages keep elsewhere. */
static const char *copy_elsewhere(const struct pamview *v, const char *name)
{
	static const char *const places[] = {
		"/var/lib/authconfig/last/%s", "/var/lib/authconfig/last/%s-ac",
		"/var/lib/authselect/%s",      "/usr/lib/pam.d/%s",
		"/usr/etc/pam.d/%s",	       NULL
	};

	for (size_t i = 0; places[i]; i++) {
		const char *end = strchr(places[i], '%') + 2;
		const char *path = scan_printf(v->s, "%.*s%s%s", (int)(end - 2 - places[i]),
					       places[i], name, end);

		if (is_sound_file(v, path))
			return path;
	}
	return NULL;
}

#define SELECTED_MAX 64 /* backups of authselect that are looked at */

/* Before each change authselect keeps all its files in a directory; the newest has the last ones.
 */
static const char *selected_before(const struct pamview *v, const char *name)
{
	static const char dir[] = "/var/lib/authselect/backups";
	const char *const *run =
		root_is_dir(v->s->root, dir) ? scan_dir(v->s, dir) : (const char *const[]){ NULL };
	const char *best = NULL;
	time_t newest = 0;

	for (size_t i = 0; run[i] && i < SELECTED_MAX; i++) {
		const char *path = scan_printf(v->s, "%s/%s/%s", dir, run[i], name);
		struct stat st;

		if (root_lstat(v->s->root, path, &st) < 0 || !S_ISREG(st.st_mode) ||
		    (best && st.st_mtime < newest) || !is_sound_file(v, path))
			continue;
		best = path;
		newest = st.st_mtime;
	}
	return best;
}

/* A copy beside the file or in /var/backups; *when tells from which time. */
static const char *kept_copy(const struct pamview *v, const char *path, time_t *when)
{
	struct sound want = { v->clean.at_include };
	_cleanup_free_ char *real = NULL;
	struct backup b;

	if (!backups_find_small(v->s->root, v->s->arena, path, SOUND_MAX, is_sound, &want, &b) &&
	    !(root_resolve(v->s->root, path, &real) == 0 && !streq(real, path) &&
	      backups_find_small(v->s->root, v->s->arena, real, SOUND_MAX, is_sound, &want, &b)))
		return NULL;
	*when = b.st.st_mtime;
	return b.path;
}

/* RHEL's system-auth is a link to what authconfig or authselect writes, SUSE's common-auth one to
 * what pam-config does: the file that stands there, whether the link does or not. */
static const char *generated_for(const struct pamview *v, const char *path)
{
	const char *const places[] = {
		scan_printf(v->s, "/etc/authselect/%s", paths_base(path)),
		scan_printf(v->s, "%s-ac", path),
		scan_printf(v->s, "%s-pc", path),
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (is_sound_file(v, places[i]))
			return places[i];
	}
	return NULL;
}

/* Such a link is relative where both are in one directory. */
static const char *lost_link(const struct pamview *v, const char *path)
{
	const char *to = generated_for(v, path);

	return to && startswith(to, path) ? paths_base(to) : to;
}

/* --- what Debian makes anew --- */

struct only {
	const char *path;
	const struct text *text;
};

static const struct text *read_only(void *arg, const char *path)
{
	const struct only *o = arg;

	return streq(path, o->path) ? o->text : NULL;
}

static unsigned model_answer(void *arg, const struct pamconf_handler *h, enum pamconf_type type,
			     int code[PAMCONF_ANSWERS])
{
	pammodel_answers(arg, h, type, code);
	return 1;
}

static bool says_yes(const struct pamconf_service *svc, enum pamconf_type type,
		     enum pammodel_scenario scenario)
{
	struct pammodel model = { .service = "login",
				  .scenario = scenario,
				  .caller_is_root = true };
	struct pamconf_verdict verdict;

	pamconf_run(svc->chain[type], type, model_answer, &model, &verdict);
	return verdict.can_succeed;
}

/* Root gets through it, and nobody with a wrong password. */
static bool lets_root_in(const struct pamview *v, const char *path, const struct text *t)
{
	struct only o = { path, t };
	struct pamconf pc = { .arena = v->s->arena, .read = read_only, .arg = &o };
	const char *name = paths_base(path);
	enum pamconf_type type = startswith(name, "common-auth")      ? PAMCONF_AUTH
				 : startswith(name, "common-account") ? PAMCONF_ACCOUNT
				 : startswith(name, "common-session") ? PAMCONF_SESSION
								      : PAMCONF_PASSWORD;
	struct pamconf_service svc;

	pc.at_include = v->clean.at_include;
	pamconf_resolve(&pc, name, &svc);
	if (svc.aborts || !says_yes(&svc, type, PAMMODEL_RIGHT))
		return false;
	return type != PAMCONF_AUTH || !says_yes(&svc, type, PAMMODEL_WRONG);
}

static bool make_anew(const struct pamview *v, const char *path, struct pamauthupdate *made)
{
	const char *name = paths_base(path);
	const struct text *t;

	if (!v->clean.at_include || !streq(path, scan_printf(v->s, "/etc/pam.d/%s", name)) ||
	    pamauthupdate_make(v->s, &v->mods, name, made) < 0)
		return false;
	t = text_new(v->s->arena, path, made->text, made->len);
	return is_sound(t, &(struct sound){ true }) && lets_root_in(v, path, t);
}

/* A copy from before the tool's last run may lack what that run put in. */
static bool is_outdated(const struct pamview *v, const char *path, time_t copied)
{
	return copied < pamauthupdate_when(v->s, paths_base(path));
}

/* A copy, or the file as its tool would write it. False: there is neither. */
static bool find_genuine(const struct pamview *v, const char *path, struct pamrepair *out)
{
	const char *name = paths_base(path);
	struct pamauthupdate made;
	time_t when = 0;
	const char *copy = kept_copy(v, path, &when);

	if ((!copy || is_outdated(v, path, when)) && make_anew(v, path, &made)) {
		*out = (struct pamrepair){ PAMREPAIR_MADE, made.text, made.left_out };
		return true;
	}
	if (!copy)
		copy = copy_elsewhere(v, name);
	if (!copy)
		copy = selected_before(v, name);
	*out = (struct pamrepair){ PAMREPAIR_COPY, copy, NULL };
	return copy;
}

/* --- plain stacks, written only when asked for --- */

static const char *const debian_stacks[][2] = {
	{ "common-auth", "auth\t[success=1 default=ignore]\tpam_unix.so nullok\n"
			 "auth\trequisite\t\t\tpam_deny.so\n"
			 "auth\trequired\t\t\tpam_permit.so\n" },
	{ "common-account",
	  "account\t[success=1 new_authtok_reqd=done default=ignore]\tpam_unix.so\n"
	  "account\trequisite\t\t\tpam_deny.so\n"
	  "account\trequired\t\t\tpam_permit.so\n" },
	{ "common-password", "password\t[success=1 default=ignore]\tpam_unix.so obscure sha512\n"
			     "password\trequisite\t\t\tpam_deny.so\n"
			     "password\trequired\t\t\tpam_permit.so\n" },
	{ "common-session", "session\trequired\tpam_permit.so\nsession\trequired\tpam_unix.so\n" },
	{ "common-session-noninteractive",
	  "session\trequired\tpam_permit.so\nsession\trequired\tpam_unix.so\n" },
};

static const char rhel_stack[] = "#%PAM-1.0\n"
				 "auth        required      pam_env.so\n"
				 "auth        sufficient    pam_unix.so nullok\n"
				 "auth        required      pam_deny.so\n"
				 "account     required      pam_unix.so\n"
				 "password    sufficient    pam_unix.so nullok sha512 shadow\n"
				 "password    required      pam_deny.so\n"
				 "session     required      pam_limits.so\n"
				 "session     required      pam_unix.so\n";

static const char debian_service[] = "account    required   pam_nologin.so\n"
				     "@include common-auth\n"
				     "@include common-account\n"
				     "@include common-session\n"
				     "@include common-password\n";

static const char rhel_service[] = "#%PAM-1.0\n"
				   "auth       include      system-auth\n"
				   "account    required     pam_nologin.so\n"
				   "account    include      system-auth\n"
				   "password   include      system-auth\n"
				   "session    include      system-auth\n";

static const char *stack_text(const struct pamview *v, const char *name)
{
	static const char *const rhel[] = { "system-auth", "password-auth", "system-auth-ac",
					    "password-auth-ac", NULL };

	for (size_t i = 0; v->clean.at_include && i < ARRAY_SIZE(debian_stacks); i++) {
		if (streq(name, debian_stacks[i][0]))
			return debian_stacks[i][1];
	}
	return in_list(name, rhel) ? rhel_stack : NULL;
}

static const char *service_text(const struct pamview *v, const char *name)
{
	if (!streq(name, "login") && !streq(name, "sshd"))
		return NULL;
	if (v->clean.at_include && is_sound_file(v, "/etc/pam.d/common-auth") &&
	    is_sound_file(v, "/etc/pam.d/common-account"))
		return debian_service;
	return is_sound_file(v, "/etc/pam.d/system-auth") ? rhel_service : NULL;
}

static bool has_plain_modules(const struct pamview *v)
{
	static const char *const used[] = { "pam_unix.so", "pam_deny.so",    "pam_permit.so",
					    "pam_env.so",  "pam_nologin.so", "pam_limits.so",
					    NULL };
	const char *path;

	for (size_t i = 0; used[i]; i++) {
		if (pammodule_state(&v->mods, used[i], &path) != PAMMODULE_PRESENT)
			return false;
	}
	return true;
}

/* system-auth and password-auth are written together and differ in little. */
static const char *sibling(const struct pamview *v, const char *path)
{
	static const char *const pairs[][2] = {
		{ "system-auth", "password-auth" },
		{ "password-auth", "system-auth" },
		{ "common-session", "common-session-noninteractive" },
		{ "common-session-noninteractive", "common-session" }
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		const char *other = scan_printf(v->s, "/etc/pam.d/%s", pairs[i][1]);

		if (streq(paths_base(path), pairs[i][0]) && is_sound_file(v, other))
			return other;
	}
	return NULL;
}

static const char *plain_text(const struct pamview *v, const char *name)
{
	const char *text = stack_text(v, name);

	if (!text)
		text = service_text(v, name);
	return text && has_plain_modules(v) ? text : NULL;
}

void pamrepair_find(const struct pamview *v, const char *path, enum pamrepair_state state,
		    struct pamrepair *out)
{
	const char *value =
		state == PAMREPAIR_MISSING ? lost_link(v, path) : generated_for(v, path);

	/* Where an editor put an empty file in the link's place, it gets what the link showed. */
	*out = (struct pamrepair){ state == PAMREPAIR_MISSING ? PAMREPAIR_LINK : PAMREPAIR_COPY,
				   value, NULL };
	if (!value && find_genuine(v, path, out))
		value = out->value;
	if (!value)
		*out = (struct pamrepair){ PAMREPAIR_SIBLING, value = sibling(v, path), NULL };
	if (!value)
		*out = (struct pamrepair){ PAMREPAIR_PLAIN, value = plain_text(v, paths_base(path)),
					   NULL };
	if (!value)
		out->kind = PAMREPAIR_NONE;
}

bool pamrepair_is_safe(const struct pamrepair *r)
{
	return r->kind == PAMREPAIR_LINK || r->kind == PAMREPAIR_COPY || r->kind == PAMREPAIR_MADE;
}

const struct text *pamrepair_text(const struct pamview *v, const char *path,
				  const struct pamrepair *r)
{
	switch (r->kind) {
	case PAMREPAIR_NONE:
		return NULL;
	case PAMREPAIR_LINK:
		return scan_text(v->s, *r->value == '/'
					       ? r->value
					       : scan_printf(v->s, "/etc/pam.d/%s", r->value));
	case PAMREPAIR_COPY:
	case PAMREPAIR_SIBLING:
		return scan_text(v->s, r->value);
	default:
		return text_new(v->s->arena, path, r->value, strlen(r->value));
	}
}
