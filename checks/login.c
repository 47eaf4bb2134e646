/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What keeps people out although their name and password are right: nologin, securetty,
 * access.conf, hosts.deny, limits, login.defs.
 *
 * Silent on: files of modules that neither login nor sshd goes through; a securetty that names some
 * console, and none at all; a nologin link that leads nowhere (Debian's); hosts.allow with rules
 * for ssh; limits of single users and groups beyond a note's worth of harm.
 *
 * Sources: nologin(5), pam_nologin(8), pam_securetty(8), securetty(5); nologin.h.
 */
#include "checks/checks.h"
#include "checks/login_parts.h"
#include "lib/nologin.h"

static const struct pamconf_line *in_chain(const struct pamconf_chain *c, const char *module)
{
	for (size_t i = 0; c && i < c->n; i++) {
		if (c->h[i].kind == PAMCONF_CALL && streq(pammodel_name(c->h[i].line), module))
			return c->h[i].line;
	}
	return NULL;
}

const struct pamconf_line *login_uses(const struct login *l, const char *service,
				      const char *module)
{
	for (size_t i = 0; i < PAMVIEW_SERVICES; i++) {
		const struct pamview_service *svc = &l->pam.svc[i];

		if (!svc->judged || !svc->kind->way_in ||
		    (service && !streq(svc->kind->name, service)))
			continue;
		for (unsigned type = 0; type < PAMCONF_TYPES; type++) {
			const struct pamconf_line *line =
				type == PAMCONF_PASSWORD ? NULL
							 : in_chain(svc->clean.chain[type], module);

			if (line)
				return line;
		}
	}
	return NULL;
}

/* --- nologin --- */

static void check_nologin(struct login *l)
{
	static const char path[] = NOLOGIN_PATH;
	struct finding *f;
	bool harmless;

	if (!root_is_file(l->s->root, path) || !login_uses(l, NULL, "pam_nologin.so"))
		return;
	harmless = nologin_goes(l->s);
	f = scan_find(l->s, &login_blocked, path, "nobody but root may log in%s",
		      harmless ? ", until the next boot takes the file away" : "");
	if (harmless)
		finding_severity(f, NOTE);
	propose_absent(f, path);
}

/* --- securetty --- */

/* A name of something with a keyboard and a login prompt. */
static bool is_console(const char *name)
{
	static const char *const starts[] = { "console", "tty",	  "vc/",  "hvc",   "xvc",  "hvsi",
					      "sclp",	 "3270/", "lxc/", "duart", "pts/", "ttyS" };

	name += startswith(name, "/dev/") ? 5 : 0;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		if (startswith(name, starts[i]))
			return true;
	}
	return false;
}

static void check_securetty(struct login *l)
{
	const struct text *t = scan_text(l->s, "/etc/securetty");
	struct finding *f;
	size_t names = 0;

	if (!t || text_is_blank(t) || !login_uses(l, "login", "pam_securetty.so"))
		return;
	for (size_t n = 1; n <= t->lines; n++) {
		const char *line = text_line(t, n) + strspn(text_line(t, n), " \t");

		if (is_console(line) && !strchr(line, '\r'))
			return;
		names += *line && *line != '#';
	}
	f = scan_find(l->s, &login_blocked, t->path,
		      names ? "it names no terminal of this machine: root may not log in on any"
			    : "nothing but comments: root may not log in on any terminal");
	if (!names)
		finding_severity(f, NOTE);
	finding_safety(f, FIX_ASK);
	finding_choice(f, "console and tty1 are added");
	propose_insert(f, t, t->lines + 1, "console");
	propose_insert(f, t, t->lines + 1, "tty1");
}

static void run(struct scan *s)
{
	struct login *l = arena_new_struct(s->arena, struct login);

	l->s = s;
	pamview_gather(s, &l->pam);
	check_nologin(l);
	check_securetty(l);
	login_check_access(l);
	login_check_limits(l);
	login_check_hosts(l);
	login_check_defs(l);
}

const struct check login_check = {
	.name = "login",
	.summary = "nologin, securetty, access.conf, limits, hosts.deny and login.defs",
	.problems = login_problems,
	.run = run,
};
