/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much may be open or running: the kernel's limits against those of pam_limits. */
#include "checks/sysctl_parts.h"

#define OPEN_MIN 1024u /* open files, without which little runs */

static bool nr_open_bad(struct sysctl *c, const char *value)
{
	uint64_t n;

	return sysctl_number(value, &n) && (n < OPEN_MIN || n < c->limits.nofile);
}

/* Debian's module begins the session although the kernel refuses the limit. */
static bool keeps_nobody_out(const struct sysctl *c, const char *value)
{
	struct limitsconf_module module;
	uint64_t n;

	limitsconf_module(c->scan, &module);
	return module.goes_on && sysctl_number(value, &n) && n >= OPEN_MIN;
}

static const char *nr_open_say(struct sysctl *c, const char *value)
{
	uint64_t n = 0;

	sysctl_number(value, &n);
	if (n < c->limits.nofile)
		return scan_printf(c->scan,
				   "fs.nr_open is %s, but limits.conf gives '%s' %ju open files%s",
				   value, c->limits.who, (uintmax_t)c->limits.nofile,
				   keeps_nobody_out(c, value) ? ": they stay as they were" : "");
	return scan_printf(c->scan, "fs.nr_open is %s: no process can open more files", value);
}

static bool file_max_bad(struct sysctl *c UNUSED, const char *value)
{
	uint64_t n;

	return sysctl_number(value, &n) && n < 4096;
}

static const char *file_max_say(struct sysctl *c, const char *value)
{
	return scan_printf(c->scan, "fs.file-max is %s: the whole system may not open more files",
			   value);
}

static bool pid_max_bad(struct sysctl *c UNUSED, const char *value)
{
	uint64_t n;

	return sysctl_number(value, &n) && n > 300 && n < 1024;
}

static const char *pid_max_say(struct sysctl *c, const char *value)
{
	return scan_printf(c->scan, "kernel.pid_max is %s: no more processes and threads can run",
			   value);
}

static void check_nr_open(struct sysctl *c)
{
	static const struct sysctl_rule r = { &sysctl_fd_limits, "fs/nr_open", nr_open_bad,
					      nr_open_say };
	static const uint64_t kernels_default = 1048576;
	const struct sysctlconf_value *v = sysctl_bad_value(c, &r);
	struct finding *f;

	if (!v)
		return;
	f = sysctl_say(c, &r, v);
	if (keeps_nobody_out(c, v->value)) {
		finding_severity(f, NOTE);
		finding_safety(f, FIX_NONE);
		return;
	}
	/* A limit of one user or group keeps only these out. */
	if (c->limits.who && !streq(c->limits.who, "*") && !streq(c->limits.who, "root"))
		finding_severity(f, DEGRADES);
	if (c->limits.nofile <= kernels_default || v->glob)
		sysctl_comment_all(c, f, &r, v);
	else
		propose_line(f, v->text, v->line, "fs.nr_open = %ju", (uintmax_t)c->limits.nofile);
}

void sysctl_check_limits(struct sysctl *c)
{
	static const struct sysctl_rule rules[] = {
		{ &sysctl_fd_limits, "fs/file-max", file_max_bad, file_max_say },
		{ &sysctl_fd_limits, "kernel/pid_max", pid_max_bad, pid_max_say },
	};

	limitsconf_read(c->scan, &c->limits);
	check_nr_open(c);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		sysctl_check_rule(c, &rules[i]);
}
