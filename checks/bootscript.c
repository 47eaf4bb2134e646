/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What people have run at boot: rc.local and its like, cron's @reboot. A machine that goes off or
 * starts again by one of them cannot be logged in to for long.
 *
 * Silent on: a rc.local that is not executable (RHEL ships it so), and one that is not there; what
 * stands behind a condition, in a function or in the background; scripts of packages.
 *
 * Sources: systemd-rc-local-generator(8), crontab(5), execve(2) (a file without "#!").
 */
#include "checks/checks.h"
#include "lib/lineends.h"
#include "lib/paths.h"
#include "lib/shelllex.h"
#include "lib/shellword.h"

static const struct problem danger = {
	.id = "boot-script.danger",
	.severity = DEGRADES,
	.stage = AT_RUNTIME,
	.safety = FIX_ASK,
	.title = "a script that runs at boot switches the machine off, or cannot run",
	.why = "rc.local and @reboot jobs run at the end of each boot. A reboot or poweroff left in one of them "
	       "takes the machine down again; without '#!', or with a CR behind it, the script does not start; a "
	       "file it sources that is not there ends it halfway.",
	.console =
		"systemd[1]: rc-local.service: Failed at step EXEC spawning /etc/rc.local: Exec format error\n"
		"systemd-logind[1]: System is rebooting.\n"
		"/etc/rc.local: .: cannot open /etc/site.conf: No such file",
	.by_hand =
		"put # before the line; sed -i 's/\\r$//' /mnt/etc/rc.local; make '#!/bin/sh' its first line",
	.fix = "puts # before the command, takes the CRs away, or adds the first line",
};

static const struct problem *const problems[] = { &danger, NULL };

#define LINES_MAX 10000u
#define SAID_MAX 20u /* findings of one file */

/* --- does a command take the machine down --- */

static const char *const downs[] = { "reboot", "poweroff", "halt", "shutdown", NULL };
static const char *const levels[] = { "0", "6", NULL };
static const char *const verbs[] = { "reboot", "poweroff",  "halt", "kexec",
				     "rescue", "emergency", NULL };
static const char *const wrappers[] = { "sudo", "exec", "nohup", "command", NULL };

struct words {
	const char *w[16];
	size_t n;
};

static bool has_word_of(const struct words *c, size_t from, const char *const list[])
{
	for (size_t i = from; i < c->n; i++) {
		if (in_list(c->w[i], list))
			return true;
	}
	return false;
}

static bool takes_down(const struct words *c)
{
	static const char *const cancels[] = { "-c", "--help", "-k", "-w", "--wtmp-only", NULL };
	size_t i = 0;
	const char *name;

	while (i < c->n && in_list(paths_base(c->w[i]), wrappers))
		i++;
	if (i == c->n)
		return false;
	name = paths_base(c->w[i]);
	if (in_list(name, downs))
		return !has_word_of(c, i + 1, cancels);
	if (streq(name, "init") || streq(name, "telinit"))
		return has_word_of(c, i + 1, levels);
	return streq(name, "systemctl") && has_word_of(c, i + 1, verbs);
}

/* --- shell scripts --- */

struct script {
	struct scan *s;
	const struct text *text;
};

static struct words words_of(const struct shelllex_node *n)
{
	struct words c = { .n = 0 };

	for (size_t i = n->assigns; i < n->words && c.n < ARRAY_SIZE(c.w); i++)
		c.w[c.n++] = n->word[i].s;
	return c;
}

static void report_down(const struct script *sc, size_t line, const char *what)
{
	struct finding *f = scan_find(sc->s, &danger, NULL,
				      "%s: the machine goes down again after each boot", what);

	finding_at(f, sc->text, line);
	finding_severity(f, STOPS_BOOT);
	finding_choice(f, "the line is commented");
	propose_comment(f, sc->text, line);
}

static bool check_source(const struct script *sc, const struct shelllex_node *n,
			 const struct words *c)
{
	struct finding *f;
	struct stat st;

	if (c->n < 2 || (!streq(c->w[0], ".") && !streq(c->w[0], "source")) || c->w[1][0] != '/' ||
	    strpbrk(c->w[1], "$`*?[\"'\\"))
		return false;
	if (startswith(c->w[1], "/run/") || startswith(c->w[1], "/proc/") ||
	    !root_is_absent(root_stat(sc->s->root, c->w[1], &st)))
		return false;
	f = scan_find(sc->s, &danger, NULL, "it sources '%s', which is not there", c->w[1]);
	finding_at(f, sc->text, n->line);
	finding_absence(f);
	finding_choice(f, "the line is commented");
	propose_comment(f, sc->text, n->line);
	return true;
}

/* Only what surely runs: the commands of the top level up to one that may end it. */
static void check_commands(const struct script *sc, const struct shelllex_node *n)
{
	unsigned said = 0;

	for (; n && said < SAID_MAX; n = n->next) {
		struct words c;

		if (n->kind != SHELLLEX_SIMPLE || n->background)
			continue;
		c = words_of(n);
		if (!c.n)
			continue;
		if (streq(c.w[0], "exit") || streq(c.w[0], "return"))
			return;
		if (n->line == n->last && takes_down(&c)) {
			report_down(sc, n->line, c.w[0]);
			return;
		}
		said += check_source(sc, n, &c);
	}
}

static void check_first_line(const struct script *sc)
{
	const char *first = text_line(sc->text, 1);
	struct finding *f;

	if (!startswith(first, "#!")) {
		f = scan_find(sc->s, &danger, sc->text->path,
			      "it does not begin with '#!': the kernel does not run it");
		finding_choice(f, "#!/bin/sh becomes its first line");
		propose_insert(f, sc->text, 1, "#!/bin/sh");
	} else if (strchr(first, '\r')) {
		f = scan_find(sc->s, &danger, NULL, "a CR behind the interpreter's name");
		finding_at(f, sc->text, 1);
		finding_choice(f, "all CRs at line ends are taken away");
		lineends_strip_cr(f, sc->text);
	}
}

static void check_script(struct scan *s, const char *path)
{
	const struct text *t = root_is_program(s->root, path) ? scan_text(s, path) : NULL;
	struct script sc = { s, t };
	struct shelllex_script parsed;

	if (!t || text_is_blank(t) || t->lines > LINES_MAX)
		return;
	/* Upstart and SysV init hand it to a shell. */
	if (s->facts->init == INIT_SYSTEMD)
		check_first_line(&sc);
	if (startswith(text_line(t, 1), "#!") && !strstr(text_line(t, 1), "sh"))
		return;
	shelllex_parse(s->arena, t, SHELLLEX_BASH, &parsed);
	check_commands(&sc, parsed.body);
}

/* --- cron --- */

/* "@reboot [USER] COMMAND" */
static bool check_cron_line(const struct script *sc, size_t n)
{
	const char *p =
		after(text_line(sc->text, n) + strspn(text_line(sc->text, n), " \t"), "@reboot");
	struct words c = { .n = 0 }, rest;

	while (p && *(p += strspn(p, " \t\r;")) && c.n < ARRAY_SIZE(c.w)) {
		size_t len = strcspn(p, " \t\r;");

		c.w[c.n++] = arena_strndup(sc->s->arena, p, len);
		p += len;
	}
	if (!c.n)
		return false;
	/* System tables have the user in front. */
	rest = c;
	rest.n--;
	memmove(rest.w, rest.w + 1, rest.n * sizeof(rest.w[0]));
	if (!takes_down(&c) && !takes_down(&rest))
		return false;
	report_down(sc, n, "@reboot");
	return true;
}

static void check_table(struct scan *s, const char *path)
{
	const struct text *t = root_is_file(s->root, path) ? scan_text(s, path) : NULL;
	struct script sc = { s, t };
	unsigned said = 0;

	for (size_t n = 1; t && n <= t->lines && n < LINES_MAX && said < SAID_MAX; n++)
		said += check_cron_line(&sc, n);
}

static void check_cron(struct scan *s)
{
	const char *const *name;
	unsigned n = 0;

	check_table(s, "/etc/crontab");
	check_table(s, "/var/spool/cron/root");
	check_table(s, "/var/spool/cron/crontabs/root");
	check_table(s, "/var/spool/cron/tabs/root");
	if (!root_is_dir(s->root, "/etc/cron.d"))
		return;
	for (name = scan_dir(s, "/etc/cron.d"); *name && n++ < 256; name++)
		check_table(s, scan_printf(s, "/etc/cron.d/%s", *name));
}

static void run(struct scan *s)
{
	static const char *const scripts[] = { "/etc/rc.local", "/etc/rc.d/rc.local",
					       "/etc/init.d/boot.local",
					       "/etc/init.d/after.local" };
	const char *seen = NULL;

	if (!s->facts->boots_itself)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		const char *real = paths_real(s->root, s->arena, scripts[i]);

		/* /etc/rc.local is often a link to the other. */
		if (!real || (seen && streq(real, seen)))
			continue;
		seen = real;
		check_script(s, scripts[i]);
	}
	check_cron(s);
}

const struct check bootscript_check = {
	.name = "bootscript",
	.summary = "rc.local and cron's @reboot jobs: do they take the machine down",
	.problems = problems,
	.run = run,
};
