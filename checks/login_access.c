/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * access.conf, where login or sshd goes through pam_access: is root let in on a console. The first
 * line that fits decides; what cannot be decided here (host names, groups) ends the walk.
 *
 * Source: access.conf(5), pam_access(8).
 */
#include "checks/login_parts.h"

enum fits { NO, YES, UNSURE };

#define WORDS " \t\r,"

/* ALL or the name itself; anything that is asked elsewhere is unsure. */
static enum fits fits_one(const char *word, const char *name)
{
	if (streq(word, "ALL") || streq(word, name))
		return YES;
	return strpbrk(word, "@()*") ? UNSURE : NO;
}

/* name in a list that may have an EXCEPT. */
static enum fits fits_list(struct scan *s, const char *list, const char *name)
{
	enum fits result = NO;

	for (const char *p = list + strspn(list, WORDS); *p; p += strspn(p, WORDS)) {
		size_t len = strcspn(p, WORDS);
		const char *word = arena_strndup(s->arena, p, len);
		enum fits one;

		p += len;
		if (streq(word, "EXCEPT"))
			return result == NO ? NO : UNSURE;
		one = fits_one(word, name);
		if (result != YES && one != NO)
			result = one;
	}
	return result;
}

/* The terminals a console login comes from are LOCAL as well. */
static enum fits fits_origin(struct scan *s, const char *list)
{
	enum fits tty = fits_list(s, list, "tty1"), local = fits_list(s, list, "LOCAL");

	if (tty == YES || local == YES)
		return YES;
	return tty == UNSURE || local == UNSURE ? UNSURE : NO;
}

struct rule {
	char sign;
	const char *users, *origins;
};

static bool read_rule(struct scan *s, const char *line, struct rule *r)
{
	const char *first, *second;

	line += strspn(line, " \t");
	first = strchr(line, ':');
	second = first ? strchr(first + 1, ':') : NULL;
	if (!second || (*line != '+' && *line != '-'))
		return false;
	*r = (struct rule){
		.sign = *line,
		.users = arena_strndup(s->arena, first + 1, (size_t)(second - first - 1)),
		.origins = second + 1,
	};
	return true;
}

/* The line that refuses root on a console; 0: none surely does. */
static size_t refusing_line(struct scan *s, const struct text *t)
{
	struct rule r;

	for (size_t n = 1; n <= t->lines && n < PAMCONF_LINES_MAX; n++) {
		enum fits user, origin;

		if (!read_rule(s, text_line(t, n), &r))
			continue;
		user = fits_list(s, r.users, "root");
		origin = user == NO ? NO : fits_origin(s, r.origins);
		if (user == NO || origin == NO)
			continue;
		return user == YES && origin == YES && r.sign == '-' ? n : 0;
	}
	return 0;
}

static const char *file_of(const struct pamconf_line *line)
{
	for (size_t i = 0; i < line->args; i++) {
		const char *path = after(line->arg[i], "accessfile=");

		if (path)
			return path;
	}
	return "/etc/security/access.conf";
}

void login_check_access(struct login *l)
{
	const struct pamconf_line *line = login_uses(l, "login", "pam_access.so");
	const struct text *t = line ? scan_text(l->s, file_of(line)) : NULL;
	size_t n = t ? refusing_line(l->s, t) : 0;
	struct finding *f;

	if (!n)
		return;
	f = scan_find(l->s, &login_blocked, NULL, "root is refused on the console (pam_access)");
	finding_at(f, t, n);
	finding_safety(f, FIX_ASK);
	finding_choice(f, "root is let in on the terminals of this machine, by a line before it");
	propose_insert(f, t, n, "+:root:LOCAL");
}
