/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits with which no session begins. pam_limits reads limits.conf and then limits.d; of equal
 * rules the last counts; "*" is not for root; root's processes and logins are not counted. Where a
 * file sets fs.nr_open the sysctl check compares the two.
 *
 * Sources: limits.conf(5); Linux-PAM modules/pam_limits/pam_limits.c; Linux kernel/sys.c
 * do_prlimit(); systemd src/core/main.c (raises fs.nr_open since 240; Debian builds without that);
 * Debian's patches 032 and 040 of Linux-PAM: EPERM of setrlimit() is logged, with both user ids,
 * and no failure (seen on Debian 12: root and others get in).
 */
#include "checks/login_parts.h"
#include "lib/limitsconf.h"
#include "lib/sysctlconf.h"
#include "lib/systemdversion.h"

#define KERNELS_NR_OPEN 1048576u
#define SYSTEMDS_NR_OPEN 1073741816u
#define SAID_MAX 20u   /* findings; who has more has one cause for all of them */
#define NOFILE_MIN 10u /* a shell and its libraries */

struct limits {
	struct login *l;
	struct limitsconf_rules rules;
	uint64_t nr_open; /* 0: judged by the sysctl check */
	struct limitsconf_module module;
	unsigned said;
};

static bool is_said_by_sysctl(struct scan *s)
{
	enum sysctlconf_reader reader =
		s->facts->init == INIT_SYSTEMD ? SYSCTLCONF_SYSTEMD : SYSCTLCONF_PROCPS;
	struct sysctlconf conf;

	sysctlconf_read(s->root, s->arena, reader, &conf);
	return sysctlconf_get(&conf, "fs/nr_open");
}

static uint64_t nr_open_of(struct scan *s)
{
	unsigned version;

	if (is_said_by_sysctl(s))
		return 0;
	if (s->facts->init != INIT_SYSTEMD || s->facts->pkg == PKG_DPKG)
		return KERNELS_NR_OPEN;
	version = systemdversion(s);
	return version && version < 240 ? KERNELS_NR_OPEN : SYSTEMDS_NR_OPEN;
}

static bool is_unlimited(const char *value)
{
	return streq(value, "unlimited") || streq(value, "infinity") || streq(value, "-1");
}

static bool is_same(const struct limitsconf_rule *a, const struct limitsconf_rule *b)
{
	return streq(a->who, b->who) && streq(a->item, b->item);
}

/* A later rule for the same people takes its place. */
static bool is_replaced(const struct limits *m, size_t i)
{
	for (size_t k = i + 1; k < m->rules.n; k++) {
		if (is_same(&m->rules.v[i], &m->rules.v[k]) && !streq(m->rules.v[k].type, "soft"))
			return true;
	}
	return false;
}

static const char *nofile_fault(const struct limits *m, const struct limitsconf_rule *r)
{
	struct scan *s = m->l->s;
	uint64_t n;

	if (is_unlimited(r->value))
		return m->module.knows_nr_open || !m->nr_open
			       ? NULL
			       : "the kernel gives no unlimited open files, and this pam_limits takes that "
				 "for a failure";
	if (!parse_u64(r->value, &n))
		return NULL;
	if (n < NOFILE_MIN)
		return scan_printf(s, "%s open files are too few for a shell", r->value);
	if (m->nr_open && n > m->nr_open)
		return scan_printf(s, "%s open files are more than the kernel's fs.nr_open (%ju)",
				   r->value, (uintmax_t)m->nr_open);
	return NULL;
}

static const char *fault_of(const struct limits *m, const struct limitsconf_rule *r)
{
	bool root = streq(r->who, "root");

	if (streq(r->item, "nofile"))
		return nofile_fault(m, r);
	if (streq(r->item, "nproc") && streq(r->value, "0") && !root)
		return "no process may be started";
	if ((streq(r->item, "maxlogins") || streq(r->item, "maxsyslogins")) &&
	    streq(r->value, "0") && !root)
		return "no login is allowed";
	return NULL;
}

static const char *whom(struct scan *s, const char *who)
{
	if (streq(who, "*"))
		return "nobody but root gets in";
	return scan_printf(s, "'%s' does not get in", who);
}

static bool is_too_high(const struct limits *m, const struct limitsconf_rule *r)
{
	uint64_t n;

	if (!streq(r->item, "nofile") || !m->nr_open)
		return false;
	return is_unlimited(r->value) || (parse_u64(r->value, &n) && n > m->nr_open);
}

/* The value alone is written anew, the line's spacing stays. */
static void propose(const struct limits *m, struct finding *f, const struct limitsconf_rule *r)
{
	const char *line = text_line(r->text, r->line);

	if (is_too_high(m, r))
		propose_line(f, r->text, r->line, "%.*s%u%s", (int)r->value_at, line,
			     KERNELS_NR_OPEN, line + r->value_at + strlen(r->value));
	else
		propose_comment(f, r->text, r->line);
}

static void check_rule(struct limits *m, size_t i)
{
	const struct limitsconf_rule *r = &m->rules.v[i];
	const char *fault = streq(r->type, "soft") ? NULL : fault_of(m, r);
	struct finding *f;

	if (!fault || is_replaced(m, i))
		return;
	m->said++;
	if (m->module.goes_on && is_too_high(m, r)) {
		f = scan_find(m->l->s, &login_blocked, NULL, "%s: they stay as they were", fault);
		finding_at(f, r->text, r->line);
		finding_severity(f, NOTE);
		finding_safety(f, FIX_NONE);
		return;
	}
	f = scan_find(m->l->s, &login_blocked, NULL, "%s: %s", fault, whom(m->l->s, r->who));
	finding_at(f, r->text, r->line);
	if (!streq(r->who, "*") && !streq(r->who, "root"))
		finding_severity(f, DEGRADES);
	propose(m, f, r);
}

void login_check_limits(struct login *l)
{
	struct limits m = { .l = l };

	if (!login_uses(l, NULL, "pam_limits.so"))
		return;
	limitsconf_rules(l->s, &m.rules);
	if (!m.rules.n)
		return;
	m.nr_open = nr_open_of(l->s);
	limitsconf_module(l->s, &m.module);
	for (size_t i = 0; i < m.rules.n && m.said < SAID_MAX; i++)
		check_rule(&m, i);
}
