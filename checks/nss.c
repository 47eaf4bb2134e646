/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the C library looks for users: /etc/nsswitch.conf.
 *
 * Silent on: musl, which has none; databases without a line (the library's default is files);
 * compat, altfiles, extrausers and tcb, which all read files; further services behind or before
 * files.
 *
 * Source: nsswitch.conf(5); glibc nss/nss_database.c (defaults, /etc only), openSUSE's
 * /usr/etc/nsswitch.conf.
 */
#include "checks/checks.h"
#include "lib/accounts.h"
#include "lib/backups.h"

static const struct problem nss_passwd = {
	.id = "nss.passwd",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "the C library is told not to look for users in /etc/passwd",
	.why = "nsswitch.conf names the places where users, groups and passwords are looked for. Without "
	       "'files' there, root and all users of /etc/passwd are unknown to login, sshd and sudo, whatever "
	       "the files hold, unless a directory service answers for them.",
	.console = "Login incorrect\nsshd: Invalid user root from 192.0.2.7\n"
		   "sudo: unknown uid 0: who are you?",
	.by_hand = "sed -i -E 's/^(passwd|shadow|group):/& files/' /mnt/etc/nsswitch.conf",
	.fix = "puts 'files' in front of the other services; a lost file comes back from its backup, or with "
	       "'files' for each database",
};

static const struct problem *const problems[] = { &nss_passwd, NULL };

#define PATH "/etc/nsswitch.conf"
#define LINES_MAX 60u

/* Services that read passwd, shadow or group of /etc, or a copy. */
static const char *const local[] = { "files",	   "compat",   "altfiles",   "extrausers",
				     "tcb",	   "usrfiles", "db",	     "centrify",
				     "centrifydc", "cache",    "usrenvfile", NULL };

static const struct database {
	const char *name, *effect;
	enum severity severity;
} databases[] = {
	{ "passwd", "nobody of /etc/passwd is known", BLOCKS_LOGIN },
	{ "shadow", "no password of /etc/shadow counts", BLOCKS_LOGIN },
	{ "group", "no group of /etc/group is known", DEGRADES },
};

/* What stands behind "passwd:"; NULL: the line is of something else. */
static const char *services_of(const char *line, const char *database)
{
	const char *p = after(line + strspn(line, " \t"), database);

	if (!p)
		return NULL;
	p += strspn(p, " \t");
	return *p == ':' ? p + 1 : NULL;
}

/* A word that is not known at all may be anything; one that is nearly "files" is a slip. */
static bool has_local(struct scan *s, const char *services)
{
	for (const char *p = services; *p;) {
		const char *word;
		size_t n;

		p += strspn(p, " \t\r");
		if (*p == '#')
			break;
		if (*p == '[') {
			p += strcspn(p, "]");
			p += *p == ']';
			continue;
		}
		n = strcspn(p, " \t\r#[");
		word = arena_strndup(s->arena, p, n);
		if (in_list(word, local))
			return true;
		p += n;
	}
	return false;
}

static void check_line(struct scan *s, const struct text *t, size_t n, const struct database *d)
{
	const char *line = text_line(t, n), *services = services_of(line, d->name);
	struct finding *f;

	if (!services || has_local(s, services))
		return;
	f = scan_find(s, &nss_passwd, NULL, "'%s' without 'files': %s", d->name, d->effect);
	finding_at(f, t, n);
	finding_severity(f, d->severity);
	services += strspn(services, " \t");
	propose_line(f, t, n, "%.*s%sfiles%s%s", (int)(services - line), line,
		     services[-1] == ':' ? " " : "", *services && *services != '\r' ? " " : "",
		     services);
}

static void check_missing(struct scan *s)
{
	static const char usual[] = "passwd: files\ngroup: files\nshadow: files\n\n"
				    "hosts: files dns\nnetworks: files\nprotocols: files\n"
				    "services: files\nethers: files\nrpc: files\n";
	struct finding *f;
	struct backup b;

	if (root_exists(s->root, "/usr/etc/nsswitch.conf"))
		return;
	f = scan_find(s, &nss_passwd, PATH,
		      "no such file: the C library goes by its own defaults, which differ");
	finding_absence(f);
	finding_severity(f, DEGRADES);
	if (backups_find(s->root, s->arena, PATH, backups_has_content, NULL, &b))
		propose_copy(f, PATH, b.path, 0644, 0, 0);
	else
		propose_text(f, PATH, usual, strlen(usual), 0644);
}

static void run(struct scan *s)
{
	const struct text *t = NULL;
	struct accounts acc;
	int e;

	if (s->facts->musl)
		return;
	accounts_gather(s, &acc);
	if (!acc.interactive)
		return;
	e = scan_read(s, PATH, &t);
	if (e < 0) {
		/* Without packages /etc may be made anew at each boot. */
		if (root_is_absent(e) && s->facts->boots_itself && s->facts->pkg != PKG_NONE)
			check_missing(s);
		return;
	}
	for (size_t n = 1; n <= t->lines && n < LINES_MAX; n++) {
		for (size_t i = 0; i < ARRAY_SIZE(databases); i++)
			check_line(s, t, n, &databases[i]);
	}
}

const struct check nss_check = {
	.name = "nss",
	.summary = "/etc/nsswitch.conf: where users are looked for",
	.problems = problems,
	.run = run,
};
