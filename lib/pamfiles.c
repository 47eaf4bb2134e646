/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>

#include "lib/pamfiles_parts.h"
#include "lib/selinuxconf.h"
#include "lib/userdb.h"

void pamfiles_init(struct pamfiles *f, const struct root *root, struct arena *a)
{
	*f = (struct pamfiles){ .root = root, .arena = a, .budget = PAMFILES_BUDGET };
}

/* --- looking --- */

static void read_node(struct pamfiles *f, struct pamfiles_node *n)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct stat st;
	int e = root_lstat(f->root, n->path, &st);

	n->link = e == 0 && S_ISLNK(st.st_mode);
	if (e == 0)
		e = root_stat(f->root, n->path, &st);
	if (e < 0) {
		n->state = root_is_absent(e) ? PAMFILES_ABSENT : PAMFILES_UNSURE;
		return;
	}
	n->open = st.st_mode & S_IWOTH;
	n->state = S_ISREG(st.st_mode) ? PAMFILES_UNSURE : PAMFILES_ODD;
	if (n->state == PAMFILES_ODD || root_read(f->root, n->path, PAMFILES_SIZE, &b) < 0)
		return;
	n->text = text_new(f->arena, n->path, b.data ? b.data : "", b.len);
	n->state = PAMFILES_THERE;
}

static struct pamfiles_node *find_node(struct pamfiles *f, const char *path)
{
	struct pamfiles_node *n;

	for (size_t i = 0; i < f->n; i++) {
		if (streq(f->node[i].path, path))
			return &f->node[i];
	}
	if (f->n == PAMFILES_MAX)
		return NULL;
	n = &f->node[f->n++];
	*n = (struct pamfiles_node){ .path = arena_strdup(f->arena, path) };
	read_node(f, n);
	return n;
}

void pamfiles_look(struct pamfiles *f, const char *path, struct pamfiles_node *out)
{
	const struct pamfiles_node *n = *path == '/' ? find_node(f, path) : NULL;
	uint64_t cost = n && n->text ? n->text->len + 1 : 1;

	*out = (struct pamfiles_node){ .path = path, .state = PAMFILES_UNSURE };
	if (!n || cost > f->budget)
		return;
	f->budget -= cost;
	*out = *n;
}

int pamfiles_bytes(struct pamfiles *f, const char *path, void *buf, size_t max, size_t *got)
{
	struct stat st;
	int e = root_stat(f->root, path, &st);

	if (e < 0)
		return e;
	if (!S_ISREG(st.st_mode) || max > f->budget)
		return -EINVAL;
	f->budget -= max;
	if ((uint64_t)st.st_size < max)
		max = (size_t)st.st_size;
	e = max ? root_pread(f->root, path, 0, buf, max, got) : 0;
	if (!max)
		*got = 0;
	return e;
}

/* --- arguments and answers --- */

const char *pamfiles_arg(const struct pamconf_line *l, const char *name)
{
	const char *value = NULL;

	for (size_t i = 0; i < l->args; i++) {
		const char *rest = after(l->arg[i], name);

		value = rest ? rest : value;
	}
	return value;
}

bool pamfiles_has_arg(const struct pamconf_line *l, const char *word)
{
	for (size_t i = 0; i < l->args; i++) {
		if (streq(l->arg[i], word))
			return true;
	}
	return false;
}

void pamfiles_say(struct pamfiles_asked *q, int code)
{
	q->code[0] = code;
	q->n = 1;
}

void pamfiles_unsure(struct pamfiles_asked *q, int first, int second)
{
	q->code[0] = first;
	q->code[1] = second;
	q->n = 2;
}

void pamfiles_refuse(struct pamfiles_asked *q, int code, const char *path, size_t line,
		     const char *fmt, ...)
{
	va_list ap;
	char *what;

	pamfiles_say(q, code);
	if (!q->why)
		return;
	va_start(ap, fmt);
	what = xvasprintf(fmt, ap);
	va_end(ap);
	*q->why = (struct pamfiles_why){ .path = arena_strdup(q->files->arena, path),
					 .line = line,
					 .remedy = line ? PAMFILES_COMMENT : PAMFILES_NO_REMEDY,
					 .what = arena_strdup(q->files->arena, what) };
	free(what);
}

void pamfiles_remedy(struct pamfiles_asked *q, enum pamfiles_remedy r)
{
	if (q->why)
		q->why->remedy = r;
}

/* Files that anybody could have written are not believed. */
static void distrust(struct pamfiles_asked *q, const struct pamfiles_node *n)
{
	bool open = n->open && n->state != PAMFILES_ODD;

	pamfiles_refuse(q, PAMCONF_AUTH_ERR, n->path, 0, "'%s' is %s, so it takes nobody's word",
			n->path, open ? "writable by all" : "no regular file");
	pamfiles_remedy(q, open ? PAMFILES_CLOSE : PAMFILES_NO_REMEDY);
}

/* --- groups --- */

enum pamfiles_truth pamfiles_in_group(const struct pammodel *m, const char *group)
{
	const struct pammodel_person *who = pammodel_who(m);
	struct pamfiles_node n;
	bool found = false;

	if (!m->files)
		return who->uid == 0 && streq(group, "root") ? PAMFILES_YES : PAMFILES_MAYBE;
	pamfiles_look(m->files, "/etc/group", &n);
	for (size_t i = 1; n.text && i <= n.text->lines; i++) {
		const char *rest = after(text_line(n.text, i), group);
		const char *gid = rest && *rest == ':' ? strchr(rest + 1, ':') : NULL;
		const char *members = gid ? strchr(gid + 1, ':') : NULL;

		if (!members)
			continue;
		found = true;
		if (strtoul(gid + 1, NULL, 10) == who->gid || has_word(members + 1, who->name, ","))
			return PAMFILES_YES;
	}
	/* Root is of no group that only a directory service knows. */
	return n.state == PAMFILES_THERE && (found || who->uid == 0) ? PAMFILES_NO : PAMFILES_MAYBE;
}

/* --- pam_listfile --- */

struct listfile {
	const char *item, *value; /* value NULL: not known; "": none */
	const char *file, *sense, *apply;
	bool deny;
	bool apply_last; /* no argument behind it */
	int onerr;
};

static bool is_item(const char *item)
{
	return in_list(item, (const char *const[]){ "user", "tty", "rhost", "ruser", "group",
						    "shell", NULL });
}

/* One argument; not 0: what the module answers for not understanding it. */
static int take_listfile_arg(struct listfile *f, const char *arg)
{
	const char *value = strchr(arg, '=');
	size_t len = value ? (size_t)(value - arg) : 0;

	if (!value)
		return PAMCONF_SUCCESS;
	value++;
	if (len == 4 && startswith(arg, "file")) {
		f->file = value;
	} else if (len == 4 && startswith(arg, "item")) {
		f->item = value;
	} else if (len == 5 && startswith(arg, "apply")) {
		f->apply = value;
	} else if (len == 5 && startswith(arg, "sense")) {
		if (!streq(value, "allow") && !streq(value, "deny"))
			return f->onerr ? f->onerr : PAMCONF_SKIP;
		f->sense = value;
	} else if (len == 5 && startswith(arg, "onerr")) {
		if (!streq(value, "succeed") && !streq(value, "fail"))
			return PAMCONF_SERVICE_ERR;
		f->onerr = streq(value, "fail") ? PAMCONF_SERVICE_ERR : PAMCONF_SUCCESS;
	} else {
		return f->onerr ? f->onerr : PAMCONF_SKIP;
	}
	return PAMCONF_SUCCESS;
}

/* False: answered already. PAMCONF_SKIP stands for a fault that counts as success. */
static bool read_listfile_args(struct pamfiles_asked *q, struct listfile *f)
{
	int fault = PAMCONF_SUCCESS;

	*f = (struct listfile){ .onerr = PAMCONF_SERVICE_ERR };
	for (size_t i = 0; i < q->l->args; i++) {
		int one = take_listfile_arg(f, q->l->arg[i]);

		fault = fault == PAMCONF_SUCCESS ? one : fault;
	}
	if (fault == PAMCONF_SUCCESS &&
	    (!f->item || !is_item(f->item) || !f->file || !f->sense || (f->apply && !*f->apply)))
		fault = f->onerr ? f->onerr : PAMCONF_SKIP;
	if (fault != PAMCONF_SUCCESS) {
		pamfiles_say(q, fault == PAMCONF_SKIP ? PAMCONF_SUCCESS : fault);
		return false;
	}
	f->deny = streq(f->sense, "deny");
	f->apply_last = startswith(q->l->arg[q->l->args - 1], "apply=");
	return true;
}

static void listfile_value(const struct pamfiles_asked *q, struct listfile *f)
{
	const struct pammodel_person *who = pammodel_who(q->m);

	if (streq(f->item, "user") || streq(f->item, "group"))
		f->value = who->name;
	else if (streq(f->item, "shell"))
		f->value = who->shell && !*who->shell ? "/bin/sh" : who->shell;
	else if (streq(f->item, "tty"))
		f->value = q->m->tty;
	else if (streq(f->item, "rhost") && !q->m->remote)
		f->value = "";
}

/* apply= is for items that are no user. */
static enum pamfiles_truth listfile_applies(const struct pamfiles_asked *q,
					    const struct listfile *f)
{
	const char *apply = f->apply;

	if (!apply || streq(f->item, "user") || streq(f->item, "group") || streq(f->item, "ruser"))
		return PAMFILES_YES;
	/* Releases differ in whether a shell is an item of the user; 1.5 forgets apply= that others
	 * follow. */
	if (streq(f->item, "shell") || !f->apply_last)
		return PAMFILES_MAYBE;
	if (*apply == '@')
		return pamfiles_in_group(q->m, apply + 1);
	return streq(apply, pammodel_who(q->m)->name) ? PAMFILES_YES : PAMFILES_NO;
}

static enum pamfiles_truth listfile_fits(const struct pamfiles_asked *q, const struct listfile *f,
					 const char *line)
{
	const char *dev = streq(f->item, "tty") ? after(line, "/dev/") : NULL;

	if (streq(f->item, "group"))
		return pamfiles_in_group(q->m, line);
	return streq(dev ? dev : line, f->value) ? PAMFILES_YES : PAMFILES_NO;
}

static enum pamfiles_truth listfile_finds(const struct pamfiles_asked *q, const struct listfile *f,
					  const struct text *t, size_t *line)
{
	enum pamfiles_truth found = PAMFILES_NO;

	for (size_t n = 1; n <= t->lines && found == PAMFILES_NO; n++) {
		const char *s = text_line(t, n);
		const char *word = arena_strndup(q->files->arena, s, strcspn(s, "\r"));

		if (*word)
			found = listfile_fits(q, f, word);
		*line = n;
	}
	return found;
}

static void listfile_by_text(struct pamfiles_asked *q, const struct listfile *f,
			     const struct text *t)
{
	const char *who = pammodel_who(q->m)->name;
	size_t line = 0;
	enum pamfiles_truth found = listfile_finds(q, f, t, &line);

	if (found == PAMFILES_MAYBE)
		pamfiles_unsure(q, PAMCONF_SUCCESS, PAMCONF_AUTH_ERR);
	else if ((found == PAMFILES_YES) != f->deny)
		pamfiles_say(q, PAMCONF_SUCCESS);
	else if (f->deny)
		pamfiles_refuse(q, PAMCONF_AUTH_ERR, f->file, line, "%s is listed in '%s'", who,
				f->file);
	else
		pamfiles_refuse(q, PAMCONF_AUTH_ERR, f->file, 0, "%s is not listed in '%s'", who,
				f->file);
}

static void listfile(struct pamfiles_asked *q)
{
	struct pamfiles_node n;
	enum pamfiles_truth applies;
	struct listfile f;

	if (!read_listfile_args(q, &f))
		return;
	applies = listfile_applies(q, &f);
	listfile_value(q, &f);
	pamfiles_look(q->files, f.file, &n);
	if (applies == PAMFILES_NO)
		pamfiles_say(q, PAMCONF_IGNORED);
	else if (!f.value || applies == PAMFILES_MAYBE || n.state == PAMFILES_UNSURE)
		pamfiles_unsure(q, PAMCONF_SUCCESS, PAMCONF_AUTH_ERR);
	else if (!*f.value)
		pamfiles_say(q, f.deny ? PAMCONF_SUCCESS : PAMCONF_AUTH_ERR);
	else if (n.state == PAMFILES_ABSENT && !n.link && f.onerr)
		pamfiles_refuse(q, f.onerr, f.file, 0, "'%s' does not exist", f.file);
	else if (n.state == PAMFILES_ABSENT && !n.link)
		pamfiles_say(q, f.onerr);
	else if (n.link || n.open || n.state == PAMFILES_ODD)
		distrust(q, &n);
	else
		listfile_by_text(q, &f, n.text);
}

/* --- pam_shells --- */

static bool is_listed(const struct text *t, const char *word)
{
	for (size_t n = 1; n <= t->lines; n++) {
		if (streq(text_line(t, n), word))
			return true;
	}
	return false;
}

static void not_a_shell(struct pamfiles_asked *q, const char *path)
{
	const struct pammodel_person *who = pammodel_who(q->m);

	pamfiles_refuse(q, PAMCONF_AUTH_ERR, path, 0, "the shell '%s' of %s is not in '%s'",
			who->shell, who->name, path);
	pamfiles_remedy(q, PAMFILES_ADD_SHELL);
}

static void shells(struct pamfiles_asked *q)
{
	static const char path[] = "/etc/shells";
	const char *shell = pammodel_who(q->m)->shell;
	struct pamfiles_node n;

	pamfiles_look(q->files, path, &n);
	/* Newer releases read the file of the vendor where there is none. */
	if (!shell || n.state == PAMFILES_ABSENT || n.state == PAMFILES_UNSURE)
		pamfiles_unsure(q, PAMCONF_SUCCESS, PAMCONF_AUTH_ERR);
	else if (n.open || n.state == PAMFILES_ODD)
		distrust(q, &n);
	else if (!*shell)
		pamfiles_unsure(q, PAMCONF_SUCCESS, PAMCONF_AUTH_ERR);
	else if (is_listed(n.text, shell))
		pamfiles_say(q, PAMCONF_SUCCESS);
	else
		not_a_shell(q, path);
}

/* --- pam_securetty, pam_nologin --- */

static void securetty(struct pamfiles_asked *q)
{
	static const char path[] = "/etc/securetty";
	struct pamfiles_node n;

	if (pammodel_who(q->m)->uid != 0) {
		pamfiles_say(q, PAMCONF_SUCCESS);
		return;
	}
	pamfiles_look(q->files, path, &n);
	if (n.state == PAMFILES_ABSENT)
		pamfiles_say(q, PAMCONF_SUCCESS);
	else if (n.open || n.state == PAMFILES_ODD)
		distrust(q, &n);
	else if (n.text && q->m->tty && is_listed(n.text, q->m->tty))
		pamfiles_say(q, PAMCONF_SUCCESS);
	else /* the kernel's console= and the active terminal count as well */
		pamfiles_unsure(q, PAMCONF_SUCCESS, PAMCONF_AUTH_ERR);
}

static void nologin(struct pamfiles_asked *q)
{
	const char *path = pamfiles_arg(q->l, "file=");
	int none = pamfiles_has_arg(q->l, "successok") ? PAMCONF_SUCCESS : PAMCONF_IGNORED;
	struct pamfiles_node n;

	path = path ? path : "/etc/nologin";
	if (pammodel_who(q->m)->uid == 0 || (q->m->nologin_goes && streq(path, "/etc/nologin"))) {
		pamfiles_say(q, none);
		return;
	}
	pamfiles_look(q->files, path, &n);
	if (n.state == PAMFILES_ABSENT)
		pamfiles_say(q, none);
	else if (n.state == PAMFILES_THERE)
		pamfiles_refuse(q, PAMCONF_AUTH_ERR, path, 0, "'%s' keeps %s out", path,
				pammodel_who(q->m)->name);
	else
		pamfiles_unsure(q, none, PAMCONF_AUTH_ERR);
}

/* --- pam_sepermit --- */

/* "root", "%root" (an SELinux user), "@root" (a group); options follow a colon. */
static enum pamfiles_truth sepermit_names(const struct pamfiles_asked *q, const struct text *t,
					  size_t *line)
{
	enum pamfiles_truth found = PAMFILES_NO;

	for (size_t n = 1; n <= t->lines; n++) {
		const char *s = text_line(t, n) + strspn(text_line(t, n), " \t");
		const char *word = arena_strndup(q->files->arena, s, strcspn(s, " \t\r:#"));

		if (!*word)
			continue;
		*line = n;
		if (streq(word, pammodel_who(q->m)->name))
			return PAMFILES_YES;
		if (*word == '%' ||
		    (*word == '@' && pamfiles_in_group(q->m, word + 1) != PAMFILES_NO))
			found = PAMFILES_MAYBE;
	}
	return found;
}

static bool is_enforcing_off(struct pamfiles_asked *q)
{
	struct selinuxconf conf;
	struct pamfiles_node n;

	pamfiles_look(q->files, SELINUXCONF_PATH, &n);
	if (n.state != PAMFILES_THERE)
		return n.state == PAMFILES_ABSENT;
	selinuxconf_parse(q->files->arena, n.text, &conf);
	return conf.mode == SELINUX_DISABLED || conf.mode == SELINUX_PERMISSIVE;
}

static void sepermit_unsure(struct pamfiles_asked *q)
{
	pamfiles_unsure(q, PAMCONF_IGNORED, PAMCONF_SUCCESS);
	q->code[q->n++] = PAMCONF_AUTH_ERR;
}

static void sepermit(struct pamfiles_asked *q)
{
	/* Releases up to 1.5 pass over the argument, and read the usual file. */
	const char *given = pamfiles_arg(q->l, "conf=");
	const char *path = given ? given : "/etc/security/sepermit.conf";
	enum pamfiles_truth named;
	struct pamfiles_node n;
	size_t line = 0;

	pamfiles_look(q->files, path, &n);
	if (n.state != PAMFILES_THERE) {
		pamfiles_unsure(q, PAMCONF_IGNORED, PAMCONF_SERVICE_ERR);
		return;
	}
	named = sepermit_names(q, n.text, &line);
	if (named == PAMFILES_NO && !given)
		pamfiles_say(q, PAMCONF_IGNORED);
	else if (named == PAMFILES_YES && !given && is_enforcing_off(q))
		pamfiles_refuse(
			q, PAMCONF_AUTH_ERR, path, line,
			"'%s' lets %s in only while SELinux enforces, which is switched off", path,
			pammodel_who(q->m)->name);
	else
		sepermit_unsure(q);
}

/* --- the table --- */

#define AUTH (1u << PAMCONF_AUTH)
#define ACCOUNT (1u << PAMCONF_ACCOUNT)
#define PASSWORD (1u << PAMCONF_PASSWORD)
#define SESSION (1u << PAMCONF_SESSION)

static const struct {
	const char *name;
	unsigned types; /* what it answers by its files for */
	unsigned also;	/* what it has answers for that do not depend on them */
	void (*judge)(struct pamfiles_asked *q);
} modules[] = {
	{ "pam_access.so", AUTH | ACCOUNT | PASSWORD | SESSION, 0, pamfiles_access },
	{ "pam_faillock.so", AUTH, ACCOUNT, pamfiles_faillock },
	{ "pam_listfile.so", AUTH | ACCOUNT | PASSWORD | SESSION, 0, listfile },
	{ "pam_nologin.so", AUTH | ACCOUNT, 0, nologin },
	{ "pam_securetty.so", AUTH | ACCOUNT, 0, securetty },
	{ "pam_sepermit.so", AUTH | ACCOUNT, 0, sepermit },
	{ "pam_shells.so", AUTH | ACCOUNT, 0, shells },
	{ "pam_tally2.so", AUTH, ACCOUNT, pamfiles_tally2 },
	{ "pam_time.so", ACCOUNT, 0, pamfiles_time },
};

unsigned pamfiles_answers(const struct pammodel *m, const struct pamconf_line *l,
			  enum pamconf_type type, int code[PAMCONF_ANSWERS],
			  struct pamfiles_why *why)
{
	struct pamfiles_asked q = { .m = m, .files = m->files, .l = l, .type = type };

	q.code = code;
	q.why = why;
	for (size_t i = 0; m->files && i < ARRAY_SIZE(modules); i++) {
		if (!streq(pammodel_name(l), modules[i].name))
			continue;
		if (modules[i].types & 1u << type)
			modules[i].judge(&q);
		else if (!(modules[i].also & 1u << type))
			pamfiles_unsure(&q, PAMCONF_SUCCESS, PAMCONF_MODULE_UNKNOWN);
		return q.n;
	}
	return 0;
}
