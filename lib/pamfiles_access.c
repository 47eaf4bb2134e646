/* SPDX-License-Identifier: GPL-2.0-or-later */
/* access.conf, as pam_access reads it: the first line that fits decides. */
#include <ctype.h>
#include <strings.h>

#include "lib/pamfiles_parts.h"

#define EXCEPTS_MAX 16 /* EXCEPT of EXCEPT */

struct access {
	struct pamfiles_asked *q;
	const char *fields, *items; /* what separates them */
	bool groups_in_brackets;    /* only "(name)" is a group */
};

typedef enum pamfiles_truth fits_one(const struct access *a, const char *word);

static enum pamfiles_truth truth(bool b)
{
	return b ? PAMFILES_YES : PAMFILES_NO;
}

static enum pamfiles_truth fits_user(const struct access *a, const char *word)
{
	const char *name = pammodel_who(a->q->m)->name;
	size_t len = strlen(word);

	if (*word == '(' && word[len - 1] == ')')
		return len < 3 ? PAMFILES_NO
			       : pamfiles_in_group(a->q->m, arena_strndup(a->q->files->arena,
									  word + 1, len - 2));
	if (strchr(word, '@'))
		return PAMFILES_MAYBE;
	if (strcasecmp(word, "ALL") == 0 || strcasecmp(word, name) == 0)
		return PAMFILES_YES;
	return a->groups_in_brackets ? PAMFILES_NO : pamfiles_in_group(a->q->m, word);
}

static enum pamfiles_truth fits_origin(const struct access *a, const char *word)
{
	const char *tty = a->q->m->tty;

	if (strcasecmp(word, "ALL") == 0)
		return PAMFILES_YES;
	if (*word == '@' || a->q->m->remote)
		return PAMFILES_MAYBE;
	if (strcasecmp(word, "LOCAL") == 0)
		return PAMFILES_YES;
	return tty ? truth(strcasecmp(word, tty) == 0) : PAMFILES_MAYBE;
}

/* The next word of *list, which moves on; NULL at its end. */
static const char *next_word(const struct access *a, const char **list)
{
	const char *s = *list + strspn(*list, a->items);
	size_t len = strcspn(s, a->items);

	*list = s + len;
	return len ? arena_strndup(a->q->files->arena, s, len) : NULL;
}

static enum pamfiles_truth fits_list(const struct access *a, const char *list, fits_one *fits,
				     unsigned depth)
{
	enum pamfiles_truth found = PAMFILES_NO, but;
	const char *word;

	for (word = next_word(a, &list); word; word = next_word(a, &list)) {
		enum pamfiles_truth one;

		if (strcasecmp(word, "EXCEPT") == 0)
			break;
		one = found == PAMFILES_YES ? PAMFILES_NO : fits(a, word);
		if (one == PAMFILES_YES || found == PAMFILES_NO)
			found = one != PAMFILES_NO ? one : found;
	}
	if (found == PAMFILES_NO || !word)
		return found;
	if (depth >= EXCEPTS_MAX)
		return PAMFILES_MAYBE;
	but = fits_list(a, list, fits, depth + 1);
	if (but == PAMFILES_YES)
		return PAMFILES_NO;
	return but == PAMFILES_NO ? found : PAMFILES_MAYBE;
}

/* Whether the line is about the person and where they come from; *yes: it lets them in. */
static enum pamfiles_truth fits_line(const struct access *a, const char *line, bool *yes)
{
	struct arena *arena = a->q->files->arena;
	size_t len = strlen(line);
	const char *users, *origins;
	enum pamfiles_truth user, origin;

	while (len && isspace((unsigned char)line[len - 1]))
		len--;
	line = arena_strndup(arena, line, len);
	users = line + strspn(line, a->fields);
	if (*line == '#' || (*users != '+' && *users != '-'))
		return PAMFILES_NO;
	users += strcspn(users, a->fields);
	users += strspn(users, a->fields);
	origins = users + strcspn(users, a->fields);
	if (!*users || !*origins || !origins[1])
		return PAMFILES_NO;
	*yes = *line == '+';
	user = fits_list(a, arena_strndup(arena, users, (size_t)(origins - users)), fits_user, 0);
	origin = user == PAMFILES_NO ? PAMFILES_NO : fits_list(a, origins + 1, fits_origin, 0);
	if (user == PAMFILES_YES || origin == PAMFILES_NO)
		return origin;
	return PAMFILES_MAYBE;
}

static void judge(const struct access *a, const struct text *t)
{
	struct pamfiles_asked *q = a->q;

	for (size_t n = 1; n <= t->lines && n < PAMCONF_LINES_MAX; n++) {
		bool yes = false;
		enum pamfiles_truth fits = fits_line(a, text_line(t, n), &yes);

		/* Some releases pass over a last line without an end. */
		if (fits == PAMFILES_YES && n == t->lines && !t->final_newline)
			fits = PAMFILES_MAYBE;
		if (fits == PAMFILES_NO)
			continue;
		if (fits == PAMFILES_MAYBE)
			pamfiles_unsure(q, PAMCONF_SUCCESS, PAMCONF_PERM_DENIED);
		else if (yes)
			pamfiles_say(q, PAMCONF_SUCCESS);
		else
			pamfiles_refuse(q, PAMCONF_PERM_DENIED, t->path, n,
					"line %zu of '%s' keeps %s out", n, t->path,
					pammodel_who(q->m)->name);
		return;
	}
	pamfiles_say(q, PAMCONF_SUCCESS);
}

void pamfiles_access(struct pamfiles_asked *q)
{
	const char *path = pamfiles_arg(q->l, "accessfile=");
	const char *fields = pamfiles_arg(q->l, "fieldsep=");
	const char *items = pamfiles_arg(q->l, "listsep=");
	struct access a = { .q = q, .fields = ":", .items = ", \t" };
	struct pamfiles_node n;

	a.fields = fields && *fields ? fields : a.fields;
	a.items = items && *items ? items : a.items;
	a.groups_in_brackets = pamfiles_has_arg(q->l, "nodefgroup");
	pamfiles_look(q->files, path ? path : "/etc/security/access.conf", &n);
	if (n.state == PAMFILES_ABSENT && path)
		pamfiles_refuse(q, PAMCONF_ABORT, path, 0, "'%s' does not exist", path);
	else if (n.state == PAMFILES_ABSENT)
		pamfiles_unsure(q, PAMCONF_SUCCESS, PAMCONF_PERM_DENIED);
	else if (n.state != PAMFILES_THERE)
		pamfiles_unsure(q, PAMCONF_SUCCESS, PAMCONF_PERM_DENIED);
	else
		judge(&a, n.text);
	/* What no line of the file names, those of the directory may. */
	if (!path && q->n == 1 && q->code[0] == PAMCONF_SUCCESS &&
	    root_is_dir(q->files->root, "/etc/security/access.d"))
		pamfiles_unsure(q, PAMCONF_SUCCESS, PAMCONF_PERM_DENIED);
}
