/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modules that the C library loads to look up users, by nsswitch.conf.
 *
 * Source: nsswitch.conf(5); glibc nss/nss_module.c: since 2.34 files and dns are part of libc.so.6
 * itself. A service without a module counts as unavailable and the next one is asked, so only the
 * loss of those that read /etc/passwd hurts; many systems name services they never installed.
 * nss/nss_compat: where no line begins with + or - it answers as files does.
 */
#include "checks/elf_parts.h"

#define WORDS_MAX 64u

struct database {
	struct elf *e;
	const char *name; /* "passwd" */
	bool accounts;	  /* what a login asks */
	bool old;	  /* files is a module of its own */
	bool real;	  /* the C library is one that tells */
};

static bool reads_files(const char *service)
{
	return streq(service, "files") || streq(service, "compat");
}

static void follow_service(const struct database *d, const char *service)
{
	struct elf *e = d->e;
	const char *lib = scan_printf(e->s, "libnss_%s.so.2", service);
	bool local = reads_files(service);
	bool module = streq(service, "compat") || (local && d->old);
	const char *chain = NULL;

	/* Left behind by an upgrade: nobody loads it. */
	if (d->real && !d->old && (streq(service, "files") || streq(service, "dns")))
		return;
	if (d->accounts && d->real && module)
		chain = scan_printf(e->s, "'%s' of nsswitch.conf asks '%s', which needs %s",
				    d->name, service, lib);
	elfclosure_library(e->c, lib, "/etc/nsswitch.conf",
			   d->accounts && local ? ELFSCAN_LOGIN : ELFSCAN_OTHER, chain);
}

/* "[NOTFOUND=return]" is no service. */
static void follow_line(const struct database *d, const char *s)
{
	for (unsigned i = 0; *(s += strspn(s, " \t\r")) && *s != '#' && i < WORDS_MAX; i++) {
		size_t n = strcspn(s, " \t\r[#");
		const char *service = arena_strndup(d->e->s->arena, s, n);

		if (*s == '[')
			n = strcspn(s, "]") + (strchr(s, ']') != NULL);
		else if (n && !strchr(service, '/'))
			follow_service(d, service);
		s += n;
	}
}

void elf_follow_nss(struct elf *e)
{
	static const char *const accounts[] = { "passwd", "group", "shadow", NULL };
	const struct text *t = scan_text(e->s, "/etc/nsswitch.conf");
	const char *libc = elfclosure_find(e->c, "libc.so.6");
	const struct lines *has = libc ? &elfclosure_file(e->c, libc)->defined : NULL;
	struct database d = { .e = e };

	if (!t || !has)
		return;
	d.real = has->n > 0;
	d.old = d.real && !in_list("GLIBC_2.34", has->s);
	for (size_t i = 1; i <= t->lines && i < 1000; i++) {
		const char *s = text_line(t, i);
		size_t n;

		s += strspn(s, " \t");
		n = strcspn(s, ": \t#");
		if (s[n] != ':')
			continue;
		d.name = arena_strndup(e->s->arena, s, n);
		d.accounts = in_list(d.name, accounts);
		follow_line(&d, s + n + 1);
	}
}

/* --- compat without its library --- */

static bool has_nis_lines(struct scan *s)
{
	static const char *const files[] = { "/etc/passwd", "/etc/shadow", "/etc/group" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const struct text *t = scan_text(s, files[i]);

		for (size_t n = 1; t && n <= t->lines; n++) {
			if (strchr("+-", text_line(t, n)[0]) && *text_line(t, n))
				return true;
		}
	}
	return false;
}

static bool ends_word(char c)
{
	return !c || strchr(" \t\r:[]#", c);
}

/* The service in a line of a database; NULL: it is not asked. */
static const char *compat_in(const char *line)
{
	const char *p = strchr(line, ':');

	for (; p && *p && *p != '#'; p++) {
		const char *end = ends_word(*p) ? after(p + 1, "compat") : NULL;

		if (end && ends_word(*end))
			return p + 1;
	}
	return NULL;
}

bool elf_propose_files(struct elf *e, const struct elflack *l, struct finding *f)
{
	const struct text *t = scan_text(e->s, "/etc/nsswitch.conf");
	const char *libc = elfclosure_find(e->c, "libc.so.6");
	const struct lines *has = libc ? &elfclosure_file(e->c, libc)->defined : NULL;

	if (!t || !has || !has->n || !streq(l->name, "libnss_compat.so.2") ||
	    !in_list("GLIBC_2.34", has->s) || has_nis_lines(e->s))
		return false;
	for (size_t n = 1; n <= t->lines && n < 1000; n++) {
		const char *line = text_line(t, n), *at = compat_in(line);

		if (at)
			propose_line(f, t, n, "%.*sfiles%s", (int)(at - line), line,
				     at + strlen("compat"));
	}
	return finding_has_fix(f);
}
