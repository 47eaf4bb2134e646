/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SELinux: what its configuration will do at boot, and whether the files login needs have labels.
 *
 * Silent on: systems whose kernel does not start it (Debian, Ubuntu) or whose command line switches
 * it off; an enforcing system as the distribution installs it; trees without any labels (a copy, a
 * fixture, a file system that cannot hold them); wrong types while nothing is enforced.
 */
#include <errno.h>

#include "checks/checks.h"
#include "lib/cmdline.h"
#include "lib/loader_opts.h"
#include "lib/selinuxconf.h"

static const struct problem policy = {
	.id = "selinux.policy",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "SELinux is enforcing but its policy is missing",
	.why = "PID 1 loads the policy before anything else. When it cannot and the configuration says "
	       "enforcing, it halts rather than run a system without the protection that was asked for.",
	.console = "systemd[1]: Failed to load SELinux policy.\nsystemd[1]: Freezing execution.\n"
		   "Unable to load SELinux Policy. Machine is in enforcing mode. Halting now.",
	.by_hand =
		"sed -i 's/^SELINUX=.*/SELINUX=permissive/' /mnt/etc/selinux/config\n"
		"or reinstall selinux-policy-targeted in the system; then touch /mnt/.autorelabel",
	.fix = "sets SELINUX=permissive (or what --selinux says), with which the boot goes on",
};

static const struct problem type = {
	.id = "selinux.type",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "SELINUXTYPE names a policy that is not installed",
	.why = "The classic slip is SELINUXTYPE=disabled instead of SELINUX=disabled: there is no policy of "
	       "that name, PID 1 cannot load it and, enforcing, halts.",
	.console = "systemd[1]: Failed to load SELinux policy.\nsystemd[1]: Freezing execution.",
	.by_hand = "sed -i 's/^SELINUXTYPE=.*/SELINUXTYPE=targeted/' /mnt/etc/selinux/config",
	.fix = "sets the type whose policy is installed: targeted, or the only one there is",
};

static const struct problem value = {
	.id = "selinux.value",
	.severity = DEGRADES,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "SELINUX= has none of its three values",
	.why = "Only enforcing, permissive and disabled are known, at the start of a line. With anything "
	       "else the policy is loaded and not enforced: whoever wrote 'disable' still has SELinux, "
	       "and whoever wrote 'enforce' is not protected.",
	.console = NULL,
	.by_hand = "sed -i 's/^ *SELINUX=.*/SELINUX=permissive/' /mnt/etc/selinux/config",
	.fix = "writes the value that was meant: the one a letter or two away, or what --selinux says; "
	       "'enforcing' only when asked for, since it changes what the system does now",
};

static const struct problem enforcing = {
	.id = "selinux.enforcing",
	.severity = NOTE,
	.stage = AT_INIT,
	.safety = FIX_ASK,
	.title = "SELinux is enforcing",
	.why = "On a system that cannot be logged in to, wrong labels are one of the causes: programs may "
	       "not read the files they need. Permissive shows whether that is it. Told only when "
	       "--selinux asks for the change.",
	.console = "audit: type=1400 avc:  denied  { read } for  comm=\"login\" name=\"shadow\"",
	.by_hand = "sed -i 's/^SELINUX=enforcing/SELINUX=permissive/' /mnt/etc/selinux/config",
	.fix = "sets SELINUX= to what --selinux says: permissive or disabled",
};

static const struct problem relabel = {
	.id = "selinux.relabel",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "files that login needs have no SELinux label",
	.why = "A file written from another system has no label, and a confined program may not read one "
	       "without. With shadow or passwd among them no login works while SELinux is enforcing.",
	.console = "audit: type=1400 avc:  denied  { read } for  comm=\"login\" name=\"shadow\" "
		   "tcontext=system_u:object_r:unlabeled_t:s0\nLogin incorrect",
	.by_hand = "touch /mnt/.autorelabel",
	.fix = "writes /.autorelabel: the next boot labels all files and starts again",
};

static const struct problem *const problems[] = {
	&policy, &type, &value, &enforcing, &relabel, NULL
};

struct ctx {
	struct scan *scan;
	const struct text *text;
	struct selinuxconf conf;
};

/* --- is it started at all --- */

/* What the command lines of the loader say, as far as they are found: all of them must say it. */
struct cmdlines {
	size_t n;	   /* command lines seen */
	size_t off;	   /* with selinux=0 */
	size_t on;	   /* with selinux=1, security=selinux or lsm=…selinux… */
	size_t permissive; /* with enforcing=0 */
};

static void take_cmdline(struct scan *s, const char *line, struct cmdlines *c)
{
	const char *lsm = cmdline_get(s->arena, line, "lsm");

	c->n++;
	c->off += cmdline_has(line, "selinux=0");
	c->on += cmdline_has(line, "selinux=1") || cmdline_has(line, "security=selinux") ||
		 (lsm && has_word(lsm, "selinux", ","));
	c->permissive += cmdline_has(line, "enforcing=0");
}

/* Lines of a loader's file that hold a command line. */
static void take_file(struct scan *s, const char *path, struct cmdlines *c)
{
	static const char *const commands[] = { "linux", "linux16", "linuxefi", "kernel", NULL };
	const struct text *t = path && root_is_file(s->root, path) ? scan_text(s, path) : NULL;

	for (size_t n = 1; t && n <= t->lines; n++) {
		const char *line = text_line(t, n) + strspn(text_line(t, n), " \t");
		char *word = arena_strndup(s->arena, line, strcspn(line, " \t="));

		if (in_list(word, commands))
			take_cmdline(s, line, c);
	}
}

static struct cmdlines cmdlines(struct scan *s)
{
	const struct loader_facts *facts = &s->facts->loader;
	struct cmdlines c = { 0 };
	struct loader l;

	take_file(s, facts->grub2_cfg, &c);
	take_file(s, facts->legacy_cfg, &c);
	loader_read(s, &l);
	if (!l.bls.n && facts->bls_dir)
		bls_gather(s, &l.bls);
	for (size_t i = 0; i < l.bls.n; i++) {
		const char *args = loader_opts_args(s, &l, &l.bls.e[i]);

		if (args)
			take_cmdline(s, args, &c);
	}
	return c;
}

enum by_default { UNKNOWN, STARTED, NOT_STARTED };

static bool has_line(const struct text *t, const char *line)
{
	for (size_t n = 1; n <= t->lines; n++) {
		if (streq(text_line(t, n), line))
			return true;
	}
	return false;
}

/* Only the first of the large modules in CONFIG_LSM= is started. */
static enum by_default by_lsm_list(const struct text *t)
{
	for (size_t n = 1; n <= t->lines; n++) {
		const char *list = after(text_line(t, n), "CONFIG_LSM="), *se, *aa;

		if (!list)
			continue;
		se = strstr(list, "selinux");
		aa = strstr(list, "apparmor");
		return se && (!aa || se < aa) ? STARTED : NOT_STARTED;
	}
	return UNKNOWN;
}

static enum by_default by_kernel(struct scan *s)
{
	const struct kernels *ks = &s->facts->kernels;

	for (size_t i = 0; i < ks->n; i++) {
		const struct text *t = ks->k[i].config ? scan_text(s, ks->k[i].config) : NULL;

		if (!t || text_is_blank(t))
			continue;
		if (has_line(t, "# CONFIG_SECURITY_SELINUX is not set"))
			return NOT_STARTED;
		if (has_line(t, "CONFIG_DEFAULT_SECURITY_SELINUX=y"))
			return STARTED;
		if (has_line(t, "CONFIG_DEFAULT_SECURITY_APPARMOR=y") ||
		    has_line(t, "CONFIG_DEFAULT_SECURITY_DAC=y"))
			return NOT_STARTED;
		return by_lsm_list(t);
	}
	return UNKNOWN;
}

/* The next boot will load a policy and, if the file says so, enforce it. */
static bool is_started(struct scan *s)
{
	struct cmdlines c = cmdlines(s);
	enum by_default d = by_kernel(s);

	if (c.n && (c.off == c.n || c.off + c.permissive >= c.n))
		return false;
	if (c.on || d == STARTED)
		return true;
	/* No word about it: the systems that ship with it are those of rpm. */
	return d == UNKNOWN && s->facts->pkg == PKG_RPM;
}

/* --- the configuration --- */

static const char *wished(const struct ctx *c)
{
	return c->scan->facts->wishes.selinux;
}

static void check_value(struct ctx *c)
{
	enum selinux_mode m = selinuxconf_nearest(c->conf.wrong ? c->conf.wrong : "");
	const char *to = wished(c) ? wished(c) : selinuxconf_mode_name(m);
	struct finding *f;

	if (c->conf.mode_line || !c->conf.wrong_line)
		return;
	f = scan_find(c->scan, &value, c->text->path,
		      startswith(text_line(c->text, c->conf.wrong_line), "SELINUX=")
			      ? "'%s' is none of enforcing, permissive, disabled"
			      : "'%s' is not read: the line must start with SELINUX=",
		      c->conf.wrong);
	finding_at(f, c->text, c->conf.wrong_line);
	if (!*to || (m == SELINUX_ENFORCING && !wished(c))) {
		/* Nothing is enforced now, and that stays so until somebody decides. */
		finding_safety(f, FIX_ASK);
		finding_choice(f, "SELINUX=permissive: as the system behaves now");
		finding_choice(f, "--selinux=disabled: SELINUX=disabled");
		to = "permissive";
	}
	propose_line(f, c->text, c->conf.wrong_line, "SELINUX=%s", to);
}

static const char *best_type(struct ctx *c)
{
	const char *const *types = selinuxconf_types(c->scan->root, c->scan->arena);

	if (selinuxconf_has_policy(c->scan->root, "targeted"))
		return "targeted";
	return types[0] && !types[1] ? types[0] : NULL;
}

/* Enforcing without a policy: 0 when all is well. */
static bool check_policy(struct ctx *c)
{
	const char *best = best_type(c), *to = wished(c) ? wished(c) : "permissive";
	struct finding *f;

	if (selinuxconf_has_policy(c->scan->root, c->conf.type))
		return false;
	if (best && c->conf.type_line) {
		f = scan_find(c->scan, &type, c->text->path,
			      "no policy '%s' is installed, but '%s' is", c->conf.type, best);
		finding_at(f, c->text, c->conf.type_line);
		propose_line(f, c->text, c->conf.type_line, "SELINUXTYPE=%s", best);
		return true;
	}
	f = scan_find(c->scan, &policy, c->text->path,
		      "enforcing, but /etc/selinux/%s/policy holds no policy", c->conf.type);
	finding_at(f, c->text, c->conf.mode_line);
	finding_absence(f);
	propose_line(f, c->text, c->conf.mode_line, "SELINUX=%s", to);
	return true;
}

static void check_wish(struct ctx *c)
{
	struct finding *f;

	if (!wished(c))
		return;
	f = scan_find(c->scan, &enforcing, c->text->path, "enforcing; --selinux asks for %s",
		      wished(c));
	finding_at(f, c->text, c->conf.mode_line);
	finding_choice(f, "SELINUX=%s", wished(c));
	propose_line(f, c->text, c->conf.mode_line, "SELINUX=%s", wished(c));
}

/* --- labels --- */

static const char *const labelled[] = {
	"/etc/passwd",
	"/etc/shadow",
	"/etc/group",
	"/etc/gshadow",
	"/etc/pam.d/login",
	"/etc/pam.d/sshd",
	"/etc/pam.d/su",
	"/etc/pam.d/system-auth",
	"/etc/pam.d/password-auth",
	"/etc/ssh/sshd_config",
	"/etc/nsswitch.conf",
	"/etc/profile",
};

static const char *const others[] = {
	"/etc",		 "/usr",	   "/var",     "/root",	       "/etc/fstab",
	"/etc/hosts",	 "/etc/pam.d",	   "/etc/ssh", "/etc/selinux", "/etc/selinux/config",
	"/usr/bin/bash", "/usr/sbin/sshd",
};

enum label { NO_NODE, NO_LABEL, LABEL };

static enum label label_of(struct scan *s, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	_cleanup_free_ char *real = NULL;
	struct stat st;
	int e;

	if (root_resolve(s->root, path, &real) < 0 || root_lstat(s->root, real, &st) < 0)
		return NO_NODE;
	e = root_getxattr(s->root, real, "security.selinux", &b);
	if (e == -ENODATA || (e == 0 && (b.len == 0 || strstr(b.data, "unlabeled_t"))))
		return NO_LABEL;
	return e == 0 ? LABEL : NO_NODE;
}

/* Judged against a majority that has labels: a tree that carries none at all is a copy. */
static void check_labels(struct scan *s)
{
	const char *first = NULL;
	size_t with = 0, without = 0, missing = 0;
	struct finding *f;
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(labelled); i++) {
		enum label l = label_of(s, labelled[i]);

		with += l == LABEL;
		missing += l == NO_LABEL;
		if (l == NO_LABEL && !first)
			first = labelled[i];
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		enum label l = label_of(s, others[i]);

		with += l == LABEL;
		without += l == NO_LABEL;
	}
	if (!missing || with < 4 || with <= missing + without)
		return;
	if (root_lstat(s->root, "/.autorelabel", &st) == 0)
		return;
	f = scan_find(s, &relabel, first,
		      missing == 1 ? "it has no label, unlike the files around it"
				   : "it and %zu more have no label, unlike the files around them",
		      missing - 1);
	propose_text(f, "/.autorelabel", "", 0, 0644);
}

static void run(struct scan *s)
{
	struct ctx c = { .scan = s };

	c.text = scan_text(s, SELINUXCONF_PATH);
	if (!c.text || !is_started(s))
		return;
	selinuxconf_parse(s->arena, c.text, &c.conf);
	check_value(&c);
	if (c.conf.mode != SELINUX_ENFORCING)
		return;
	if (!check_policy(&c))
		check_wish(&c);
	check_labels(s);
}

const struct check selinux_check = {
	.name = "selinux",
	.summary = "SELinux: its mode, type and policy, and labels of the files login needs",
	.problems = problems,
	.run = run,
};
