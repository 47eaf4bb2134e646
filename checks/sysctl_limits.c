/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much may be open or running: the kernel's limits against those of pam_limits. */
#include "checks/sysctl_parts.h"

/* One line of limits.conf(5): <domain> <type> <item> <value>. */
static void take_limit(struct sysctl *c, const char *line)
{
	char *save = NULL, *word[4] = { 0 };
	uint64_t n;

	line += strspn(line, " \t");
	if (*line == '#' || !strstr(line, "nofile"))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(word); i++) {
		word[i] = strtok_r(i ? NULL : scan_printf(c->scan, "%s", line), " \t\r", &save);
		if (!word[i])
			return;
	}
	if (!streq(word[2], "nofile") || streq(word[1], "soft") || !parse_u64(word[3], &n))
		return;
	if (n <= c->nofile)
		return;
	c->nofile = n;
	c->nofile_who = word[0];
}

static void read_limits(struct sysctl *c, const char *path)
{
	const struct text *t = root_is_file(c->scan->root, path) ? scan_text(c->scan, path) : NULL;

	for (size_t n = 1; t && n <= t->lines; n++)
		take_limit(c, text_line(t, n));
}

static void gather_limits(struct sysctl *c)
{
	const char *const *names = scan_dir(c->scan, "/etc/security/limits.d");

	read_limits(c, "/etc/security/limits.conf");
	for (size_t i = 0; names[i]; i++) {
		if (endswith(names[i], ".conf"))
			read_limits(c, scan_printf(c->scan, "/etc/security/limits.d/%s", names[i]));
	}
}

static bool nr_open_bad(struct sysctl *c, const char *value)
{
	uint64_t n;

	return sysctl_number(value, &n) && (n < 1024 || n < c->nofile);
}

static const char *nr_open_say(struct sysctl *c, const char *value)
{
	uint64_t n = 0;

	sysctl_number(value, &n);
	if (n < c->nofile)
		return scan_printf(c->scan,
				   "fs.nr_open is %s, but limits.conf gives '%s' %ju open files",
				   value, c->nofile_who, (uintmax_t)c->nofile);
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
	/* A limit of one user or group keeps only these out. */
	if (c->nofile_who && !streq(c->nofile_who, "*") && !streq(c->nofile_who, "root"))
		finding_severity(f, DEGRADES);
	if (c->nofile <= kernels_default || v->glob)
		sysctl_comment_all(c, f, &r, v);
	else
		propose_line(f, v->text, v->line, "fs.nr_open = %ju", (uintmax_t)c->nofile);
}

void sysctl_check_limits(struct sysctl *c)
{
	static const struct sysctl_rule rules[] = {
		{ &sysctl_fd_limits, "fs/file-max", file_max_bad, file_max_say },
		{ &sysctl_fd_limits, "kernel/pid_max", pid_max_bad, pid_max_say },
	};

	gather_limits(c);
	check_nr_open(c);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		sysctl_check_rule(c, &rules[i]);
}
