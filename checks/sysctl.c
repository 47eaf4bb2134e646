/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel settings that boot applies: those that take the memory away, keep logins from getting
 * their limits, or break the network. Only the value that counts is judged; a fix comments every
 * line that would make a bad value count.
 *
 * Silent on: settings of any size while the memory is not known (a note at most); files nothing
 * reads at boot; keys of other kernels; patterns and "-key" lines; the values Alibaba Cloud images,
 * database and SAP guides set.
 */
#include "checks/checks.h"
#include "checks/sysctl_parts.h"
#include "lib/scan.h"

#define BAD_LINES_MAX 10

/* --- one key --- */

/* The lines that make a bad value count, one after the other. */
void sysctl_comment_all(struct sysctl *c, struct finding *f, const struct sysctl_rule *r,
			const struct sysctlconf_value *v)
{
	for (; v && r->bad(c, v->value); v = sysctlconf_before(&c->conf, r->key, v)) {
		if (v->glob) {
			/* The line sets other keys as well. */
			finding_safety(f, FIX_ASK);
		}
		propose_comment(f, v->text, v->line);
		if (v->glob)
			return;
	}
}

const struct sysctlconf_value *sysctl_bad_value(struct sysctl *c, const struct sysctl_rule *r)
{
	const struct sysctlconf_value *v = sysctlconf_get(&c->conf, r->key);

	return v && r->bad(c, v->value) ? v : NULL;
}

struct finding *sysctl_say(struct sysctl *c, const struct sysctl_rule *r,
			   const struct sysctlconf_value *v)
{
	struct finding *f =
		scan_find(c->scan, r->problem, v->text->path, "%s", r->say(c, v->value));

	finding_at(f, v->text, v->line);
	if (r->problem->safety == FIX_ASK)
		finding_choice(f, "the lines that set it are commented");
	return f;
}

void sysctl_check_rule(struct sysctl *c, const struct sysctl_rule *r)
{
	const struct sysctlconf_value *v = sysctl_bad_value(c, r);

	if (v)
		sysctl_comment_all(c, sysctl_say(c, r, v), r, v);
}

bool sysctl_number(const char *value, uint64_t *out)
{
	char digits[24];
	size_t n = strcspn(value, " \t#;");

	if (n == 0 || n >= sizeof(digits))
		return false;
	memcpy(digits, value, n);
	digits[n] = '\0';
	return parse_u64(digits, out);
}

uint64_t sysctl_number_or(struct sysctl *c, const char *key, uint64_t otherwise)
{
	const struct sysctlconf_value *v = sysctlconf_get(&c->conf, key);
	uint64_t n;

	return v && sysctl_number(v->value, &n) ? n : otherwise;
}

bool sysctl_not_zero(struct sysctl *c UNUSED, const char *value)
{
	uint64_t n;

	return sysctl_number(value, &n) && n != 0;
}

/* --- lines --- */

static void check_bad_lines(struct sysctl *c)
{
	for (size_t i = 0; i < c->conf.bads && i < BAD_LINES_MAX; i++) {
		const struct sysctlconf_bad *b = &c->conf.bad[i];
		const char *line = text_line(b->text, b->line);
		struct finding *f =
			scan_find(c->scan, &sysctl_bad_line, b->text->path, "%s",
				  strchr(line, '=') ? "the key is none" : "no '=' in it");

		finding_at(f, b->text, b->line);
	}
}

static void check_unread(struct sysctl *c)
{
	const struct text *t = scan_text(c->scan, "/etc/sysctl.conf");
	const struct sysctlconf_value *first = NULL;
	struct sysctlconf main_conf = { 0 };
	struct finding *f;
	size_t n = 0;

	if (!t)
		return;
	sysctlconf_parse(c->scan->arena, t, &main_conf);
	/* The same value from another file is no loss. */
	for (size_t i = 0; i < main_conf.n && i < 1000; i++) {
		const struct sysctlconf_value *now = sysctlconf_get(&c->conf, main_conf.v[i].key);

		if (now && streq(now->value, main_conf.v[i].value))
			continue;
		first = first ? first : &main_conf.v[i];
		n++;
	}
	if (!first)
		return;
	f = scan_find(c->scan, &sysctl_unread, t->path,
		      n == 1 ? "%zu setting is read by sysctl -p only, not at boot"
			     : "%zu settings are read by sysctl -p only, not at boot",
		      n);
	finding_at(f, t, first->line);
}

/* --- all --- */

static void run(struct scan *s)
{
	bool systemd = s->facts->init == INIT_SYSTEMD;
	struct sysctl c = { .scan = s, .memory = s->facts->memory };

	sysctlconf_read(s->root, s->arena, systemd ? SYSCTLCONF_SYSTEMD : SYSCTLCONF_PROCPS,
			&c.conf);
	sysctl_check_memory(&c);
	sysctl_check_limits(&c);
	sysctl_check_network(&c);
	check_bad_lines(&c);
	if (c.conf.cut)
		scan_find(s, &engine_unreadable, c.conf.cut,
			  "more kernel settings than are looked at: the rest is not judged");
	if (systemd && !c.conf.reads_main)
		check_unread(&c);
}

const struct check sysctl_check = {
	.name = "sysctl",
	.summary =
		"kernel settings of sysctl.conf and sysctl.d that take memory, limits or network",
	.problems = sysctl_problems,
	.run = run,
};
