/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <stdio.h>

#include "lib/pammodel.h"

enum trait {
	LOCAL_PASSWORD = 1, /* knows root by /etc/passwd and /etc/shadow */
	REMOTE = 2,	    /* knows other users than root, or asks for something root has not */
	CALLER_ROOT = 4,    /* answers by who runs the program */
	ALWAYS = 8,	    /* the answer below, whoever logs in */
};

/* Answers for auth, account, password, session. */
static const struct {
	const char *name;
	unsigned traits;
	int code[PAMCONF_TYPES];
} modules[] = {
	{ "pam_unix.so", LOCAL_PASSWORD, { 0 } },
	{ "pam_unix2.so", LOCAL_PASSWORD, { 0 } },
	{ "pam_pwdb.so", LOCAL_PASSWORD, { 0 } },
	{ "pam_tcb.so", LOCAL_PASSWORD, { 0 } },
	{ "pam_permit.so", ALWAYS, { 0 } },
	{ "pam_deny.so",
	  ALWAYS,
	  { PAMCONF_AUTH_ERR, PAMCONF_AUTH_ERR, PAMCONF_AUTHTOK_ERR, PAMCONF_SESSION_ERR } },
	{ "pam_rootok.so", CALLER_ROOT, { 0 } },
	/* Say nothing of their own in auth and account. */
	{ "pam_env.so", ALWAYS, { PAMCONF_IGNORED, PAMCONF_IGNORED, PAMCONF_IGNORED, 0 } },
	{ "pam_faildelay.so", ALWAYS, { PAMCONF_IGNORED, 0, 0, 0 } },
	{ "pam_nologin.so", ALWAYS, { PAMCONF_IGNORED, PAMCONF_IGNORED, 0, 0 } },
	{ "pam_group.so", ALWAYS, { PAMCONF_IGNORED, 0, 0, 0 } },
	{ "pam_cap.so", ALWAYS, { PAMCONF_IGNORED, 0, 0, PAMCONF_IGNORED } },
	{ "pam_warn.so",
	  ALWAYS,
	  { PAMCONF_IGNORED, PAMCONF_IGNORED, PAMCONF_IGNORED, PAMCONF_IGNORED } },
	{ "pam_issue.so", ALWAYS, { PAMCONF_IGNORED, 0, 0, 0 } },
	{ "pam_mail.so", ALWAYS, { PAMCONF_IGNORED, 0, 0, 0 } },
	{ "pam_localuser.so", ALWAYS, { 0 } },
	/* Root is never an account that was not used for too long. */
	{ "pam_lastlog.so", ALWAYS, { 0 } },
	/* Those below by their files, where they are looked at; else as if those said nothing. */
	{ "pam_faillock.so", ALWAYS, { 0 } },
	{ "pam_tally2.so", ALWAYS, { 0 } },
	{ "pam_sepermit.so", ALWAYS, { PAMCONF_IGNORED, PAMCONF_IGNORED, 0, 0 } },
	{ "pam_time.so", ALWAYS, { 0 } },
	/* Another way in, not root's. */
	{ "pam_sss.so", REMOTE, { 0 } },
	{ "pam_ldap.so", REMOTE, { 0 } },
	{ "pam_krb5.so", REMOTE, { 0 } },
	{ "pam_krb5afs.so", REMOTE, { 0 } },
	{ "pam_winbind.so", REMOTE, { 0 } },
	{ "pam_systemd_home.so", REMOTE, { 0 } },
	{ "pam_fprintd.so", REMOTE, { 0 } },
	{ "pam_fprint.so", REMOTE, { 0 } },
	{ "pam_pkcs11.so", REMOTE, { 0 } },
	{ "pam_lsass.so", REMOTE, { 0 } },
	{ "pam_centrifydc.so", REMOTE, { 0 } },
	{ "pam_vas3.so", REMOTE, { 0 } },
	{ "pam_nis.so", REMOTE, { 0 } },
	{ "pam_radius_auth.so", REMOTE, { 0 } },
	{ "pam_tacplus.so", REMOTE, { 0 } },
	{ "pam_timestamp.so", REMOTE, { 0 } },
	{ "pam_rhosts.so", REMOTE, { 0 } },
	{ "pam_ssh_agent_auth.so", REMOTE, { 0 } },
	{ "pam_u2f.so", REMOTE, { 0 } },
};

const struct pammodel_person *pammodel_who(const struct pammodel *m)
{
	static const struct pammodel_person root = { .name = "root" };

	return m->who ? m->who : &root;
}

const char *pammodel_name(const struct pamconf_line *l)
{
	const char *slash = strrchr(l->module, '/');

	return slash ? slash + 1 : l->module;
}

static size_t find(const struct pamconf_line *l)
{
	const char *name = pammodel_name(l);
	size_t i = 0;

	while (i < ARRAY_SIZE(modules) && !streq(name, modules[i].name))
		i++;
	return i;
}

bool pammodel_decides(const struct pamconf_line *l)
{
	static const char *const outright[] = { "pam_permit.so", "pam_deny.so", NULL };
	size_t i = find(l);

	return in_list(pammodel_name(l), outright) ||
	       (i < ARRAY_SIZE(modules) && modules[i].traits & (LOCAL_PASSWORD | REMOTE));
}

/* --- pam_succeed_if --- */

struct field {
	char number[16];
	const char *value; /* NULL: not known */
};

static void field_of(const struct pammodel *m, const char *name, struct field *f)
{
	const struct pammodel_person *who = pammodel_who(m);
	const struct {
		const char *name, *value;
	} known[] = { { "user", who->name }, { "service", m->service }, { "shell", who->shell },
		      { "home", who->home }, { "tty", m->tty },		{ "uid", f->number },
		      { "gid", f->number } };

	snprintf(f->number, sizeof(f->number), "%u", streq(name, "gid") ? who->gid : who->uid);
	f->value = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (streq(name, known[i].name))
			f->value = known[i].value;
	}
}

static enum pammodel_truth truth(bool b)
{
	return b ? PAMMODEL_TRUE : PAMMODEL_FALSE;
}

static enum pammodel_truth compare_numbers(const char *left, const char *op, const char *right)
{
	static const struct {
		const char *op;
		bool less, same, more;
	} ops[] = {
		{ "eq", false, true, false }, { "ne", true, false, true },
		{ "lt", true, false, false }, { "le", true, true, false },
		{ "gt", false, false, true }, { "ge", false, true, true },
		{ "<", true, false, false },  { "<=", true, true, false },
		{ ">", false, false, true },  { ">=", false, true, true },
	};
	uint64_t a, b;

	if (!parse_u64(left, &a) || !parse_u64(right, &b))
		return PAMMODEL_UNSURE;
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (streq(op, ops[i].op))
			return truth(a < b ? ops[i].less : a > b ? ops[i].more : ops[i].same);
	}
	return PAMMODEL_UNSURE;
}

static enum pammodel_truth compare(const char *left, const char *op, const char *right)
{
	if (streq(op, "=") || streq(op, "=="))
		return truth(streq(left, right));
	if (streq(op, "!="))
		return truth(!streq(left, right));
	if (streq(op, "=~"))
		return truth(fnmatch(right, left, 0) == 0);
	if (streq(op, "!~"))
		return truth(fnmatch(right, left, 0) != 0);
	if (streq(op, "in"))
		return truth(has_word(right, left, ":"));
	if (streq(op, "notin"))
		return truth(!has_word(right, left, ":"));
	return compare_numbers(left, op, right);
}

/* One of the groups between colons has the person. */
static enum pammodel_truth in_groups(const struct pammodel *m, const char *list)
{
	enum pammodel_truth all = PAMMODEL_FALSE;
	_cleanup_free_ char *groups = xstrdup(list);
	char *save, *one;

	for (one = strtok_r(groups, ":", &save); one; one = strtok_r(NULL, ":", &save)) {
		enum pamfiles_truth t = pamfiles_in_group(m, one);

		if (t == PAMFILES_YES)
			return PAMMODEL_TRUE;
		if (t == PAMFILES_MAYBE)
			all = PAMMODEL_UNSURE;
	}
	return all;
}

static enum pammodel_truth condition(const struct pammodel *m, const char *const arg[3])
{
	enum pammodel_truth in;
	struct field left;

	field_of(m, arg[0], &left);
	if (streq(arg[0], "user") && streq(arg[1], "ingroup"))
		return in_groups(m, arg[2]);
	if (streq(arg[0], "user") && streq(arg[1], "notingroup")) {
		in = in_groups(m, arg[2]);
		return in == PAMMODEL_UNSURE ? in : truth(in == PAMMODEL_FALSE);
	}
	return left.value ? compare(left.value, arg[1], arg[2]) : PAMMODEL_UNSURE;
}

enum pammodel_truth pammodel_succeed_if(const struct pammodel *m, const char *const *arg,
					size_t args)
{
	static const char *const flags[] = { "debug",	      "use_uid", "quiet", "quiet_fail",
					     "quiet_success", "audit",	 NULL };
	enum pammodel_truth all = PAMMODEL_TRUE;
	size_t i = 0, conditions = 0;

	while (i < args) {
		enum pammodel_truth one;

		if (in_list(arg[i], flags)) {
			if (streq(arg[i], "use_uid") && !m->caller_is_root)
				all = PAMMODEL_UNSURE;
			i++;
			continue;
		}
		if (i + 3 > args)
			return PAMMODEL_UNSURE;
		one = condition(m, arg + i);
		if (one == PAMMODEL_FALSE && (m->caller_is_root || all == PAMMODEL_TRUE))
			return PAMMODEL_FALSE;
		if (one != PAMMODEL_TRUE)
			all = PAMMODEL_UNSURE;
		conditions++;
		i += 3;
	}
	return conditions ? all : PAMMODEL_UNSURE;
}

/* --- answers --- */

static unsigned either(int first, int second, int code[PAMCONF_ANSWERS])
{
	code[0] = first;
	code[1] = second;
	return 2;
}

static unsigned only(int one, int code[PAMCONF_ANSWERS])
{
	code[0] = one;
	return 1;
}

static unsigned answer_succeed_if(const struct pammodel *m, const struct pamconf_line *l,
				  int code[PAMCONF_ANSWERS])
{
	switch (pammodel_succeed_if(m, l->arg, l->args)) {
	case PAMMODEL_TRUE:
		return only(PAMCONF_SUCCESS, code);
	case PAMMODEL_FALSE:
		return only(PAMCONF_AUTH_ERR, code);
	default:
		return either(PAMCONF_SUCCESS, PAMCONF_AUTH_ERR, code);
	}
}

/* pam_usertype: root is a system user; where the others begin login.defs says. */
static unsigned answer_usertype(const struct pammodel *m, const struct pamconf_line *l,
				int code[PAMCONF_ANSWERS])
{
	for (size_t i = 0; i < l->args && pammodel_who(m)->uid == 0; i++) {
		if (streq(l->arg[i], "isregular"))
			return only(PAMCONF_AUTH_ERR, code);
		if (streq(l->arg[i], "issystem"))
			return only(PAMCONF_SUCCESS, code);
	}
	return either(PAMCONF_SUCCESS, PAMCONF_AUTH_ERR, code);
}

/* pam_tally of old: the lock of root without an end is not told from one with it. */
static unsigned answer_tally(const struct pamconf_line *l, enum pamconf_type type,
			     int code[PAMCONF_ANSWERS])
{
	for (size_t i = 0; type == PAMCONF_AUTH && i < l->args; i++) {
		if (streq(l->arg[i], "even_deny_root_account"))
			return either(PAMCONF_SUCCESS, PAMCONF_AUTH_ERR, code);
	}
	return only(PAMCONF_SUCCESS, code);
}

/* pam_wheel: asks for the group of the caller, which trust makes a way in. */
static unsigned answer_wheel(const struct pamconf_line *l, int code[PAMCONF_ANSWERS])
{
	for (size_t i = 0; i < l->args; i++) {
		if (streq(l->arg[i], "trust"))
			return either(PAMCONF_IGNORED, PAMCONF_SUCCESS, code);
	}
	return either(PAMCONF_SUCCESS, PAMCONF_PERM_DENIED, code);
}

static unsigned answer_unknown(const struct pammodel *m, const struct pamconf_line *l,
			       enum pamconf_type type, int code[PAMCONF_ANSWERS])
{
	int yes = l->action[PAMCONF_SUCCESS];
	bool a_way_among_others = yes > 0 || yes == PAMCONF_DO_DONE;

	if (m->scenario == PAMMODEL_WRONG && type == PAMCONF_AUTH && a_way_among_others)
		return only(PAMCONF_AUTH_ERR, code);
	code[0] = a_way_among_others ? PAMCONF_USER_UNKNOWN : PAMCONF_SUCCESS;
	code[1] = a_way_among_others ? PAMCONF_SUCCESS : PAMCONF_IGNORED;
	code[2] = PAMCONF_AUTH_ERR;
	return 3;
}

/* 0: the module's arguments do not tell. */
static unsigned answer_by_args(const struct pammodel *m, const struct pamconf_line *l,
			       enum pamconf_type type, int code[PAMCONF_ANSWERS])
{
	const char *name = pammodel_name(l);

	if (streq(name, "pam_succeed_if.so"))
		return answer_succeed_if(m, l, code);
	if (streq(name, "pam_usertype.so"))
		return answer_usertype(m, l, code);
	if (streq(name, "pam_tally.so"))
		return answer_tally(l, type, code);
	return streq(name, "pam_wheel.so") ? answer_wheel(l, code) : 0;
}

unsigned pammodel_answers(const struct pammodel *m, const struct pamconf_handler *h,
			  enum pamconf_type type, int code[PAMCONF_ANSWERS])
{
	const struct pamconf_line *l = h->line;
	bool wrong = m->scenario == PAMMODEL_WRONG && type == PAMCONF_AUTH;
	size_t i = find(l);
	unsigned n;

	if (h->kind == PAMCONF_MUST_FAIL)
		return only(PAMCONF_PERM_DENIED, code);
	n = pamfiles_answers(m, l, type, code, NULL);
	if (!n)
		n = answer_by_args(m, l, type, code);
	if (n)
		return n;
	if (i == ARRAY_SIZE(modules))
		return answer_unknown(m, l, type, code);
	if (modules[i].traits & ALWAYS)
		return only(modules[i].code[type], code);
	if (modules[i].traits & LOCAL_PASSWORD)
		return only(wrong ? PAMCONF_AUTH_ERR : PAMCONF_SUCCESS, code);
	if (modules[i].traits & CALLER_ROOT)
		return only(m->caller_is_root ? PAMCONF_SUCCESS : PAMCONF_AUTH_ERR, code);
	if (wrong)
		return only(PAMCONF_USER_UNKNOWN, code);
	return answer_unknown(m, l, type, code);
}
