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
#include "lib/sysctlconf.h"
#include "lib/version.h"

#define MIB (1024ull * 1024)
#define GIB (1024 * MIB)
#define BAD_LINES_MAX 10

static const struct problem hugepages = {
	.id = "sysctl.hugepages",
	.severity = STOPS_BOOT,
	.stage = AT_RUNTIME,
	.safety = FIX_SAFE,
	.title = "huge pages leave too little memory",
	.why = "Huge pages are taken out of the memory at boot and cannot be swapped or used by anything "
	       "else. After a move to a smaller machine what is left does not suffice: udev, systemd and "
	       "sshd are killed or the kernel panics.",
	.console = "Out of memory: Killed process 1 (systemd)\n"
		   "Kernel panic - not syncing: System is deadlocked on memory\n"
		   "[FAILED] Failed to start udev Kernel Device Manager.",
	.by_hand =
		"grep -rn nr_hugepages /mnt/etc/sysctl.conf /mnt/etc/sysctl.d /mnt/usr/lib/sysctl.d\n"
		"sed -i 's/^vm.nr_hugepages/# &/' /mnt/etc/sysctl.conf",
	.fix = "comments the lines that set it; the kernel's default is none",
};

static const struct problem min_free = {
	.id = "sysctl.min-free",
	.severity = STOPS_BOOT,
	.stage = AT_RUNTIME,
	.safety = FIX_SAFE,
	.title = "vm.min_free_kbytes keeps a large part of the memory free",
	.why = "The kernel keeps that much memory free for itself. When it is a quarter of the memory or "
	       "more it reclaims and kills without end although memory seems to be free.",
	.console = "Out of memory: Killed process 512 (systemd-udevd)\n"
		   "kswapd0 at 100 % CPU, no login prompt",
	.by_hand = "grep -rn min_free_kbytes /mnt/etc/sysctl.conf /mnt/etc/sysctl.d\n"
		   "sed -i 's/^vm.min_free_kbytes/# &/' /mnt/etc/sysctl.conf",
	.fix = "comments the lines that set it; the kernel then works it out from the memory",
};

static const struct problem overcommit = {
	.id = "sysctl.overcommit",
	.severity = DEGRADES,
	.stage = AT_RUNTIME,
	.safety = FIX_ASK,
	.title = "strict overcommit with little to commit",
	.why = "With vm.overcommit_memory=2 the kernel hands out no more than swap and a share of the "
	       "memory. When that share is small, programs cannot start although memory is free.",
	.console =
		"fork: Cannot allocate memory\n-bash: xrealloc: cannot allocate 18446744071562067968 bytes",
	.by_hand = "sed -i 's/^vm.overcommit_memory/# &/' /mnt/etc/sysctl.conf\n"
		   "or raise vm.overcommit_ratio to 80",
	.fix = "comments the lines that set vm.overcommit_memory=2",
};

static const struct problem panic_on_oom = {
	.id = "sysctl.panic-on-oom",
	.severity = DEGRADES,
	.stage = AT_RUNTIME,
	.safety = FIX_ASK,
	.title = "the kernel panics instead of ending a process when memory runs out",
	.why = "One program that takes too much memory takes the whole machine down, and at boot it may "
	       "do so each time. Cluster nodes are sometimes set up like that on purpose.",
	.console = "Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled",
	.by_hand = "sed -i 's/^vm.panic_on_oom/# &/' /mnt/etc/sysctl.conf",
	.fix = "comments the lines that set it",
};

static const struct problem fd_limits = {
	.id = "sysctl.fd-limits",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "the kernel's limits are below what a login needs",
	.why = "pam_limits sets the number of open files that limits.conf says; the kernel refuses a "
	       "number above fs.nr_open, even for root, and the session is refused. A tiny fs.file-max "
	       "or kernel.pid_max keeps sshd and shells from opening files or starting at all.",
	.console =
		"pam_limits(sshd:session): Could not set limit for 'nofile': Operation not permitted\n"
		"sshd: error: PAM: pam_open_session(): Permission denied\n"
		"fork: retry: Resource temporarily unavailable",
	.by_hand =
		"grep -rn -e nr_open -e file-max -e pid_max /mnt/etc/sysctl.conf /mnt/etc/sysctl.d\n"
		"grep -rn nofile /mnt/etc/security/limits.conf /mnt/etc/security/limits.d",
	.fix = "comments the lines that set the value; when limits.conf asks for more than the kernel's "
	       "default, fs.nr_open is raised to that instead",
};

static const struct problem net = {
	.id = "sysctl.net",
	.severity = DEGRADES,
	.stage = AT_NETWORK,
	.safety = FIX_ASK,
	.title = "a network setting drops or refuses connections",
	.why = "tcp_tw_recycle drops connections of clients that share an address (NAT, load balancers); "
	       "a tiny connection table, port range or queue refuses them as soon as there are a few.",
	.console = "nf_conntrack: nf_conntrack: table full, dropping packet\n"
		   "TCP: time wait bucket table overflow",
	.by_hand =
		"grep -rn -e tcp_tw_recycle -e conntrack_max -e ip_local_port_range -e somaxconn "
		"/mnt/etc/sysctl.conf /mnt/etc/sysctl.d",
	.fix = "comments the lines that set it: the kernel's default then counts",
};

static const struct problem bad_line = {
	.id = "sysctl.bad-line",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "a line of the sysctl files is no setting",
	.why = "Neither sysctl nor systemd-sysctl can read the line: no '=', or a key with blanks or bytes "
	       "that no key has. It is passed over with a warning, so what it was to set is not set.",
	.console = "sysctl: /etc/sysctl.conf(3): invalid syntax, continuing...\n"
		   "systemd-sysctl: Line is not an assignment, ignoring: vm.swappiness 10",
	.by_hand = "write it as 'key = value', or put a '#' before it",
	.fix = NULL,
};

static const struct problem unread = {
	.id = "sysctl.unread",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "settings of /etc/sysctl.conf do not count at boot",
	.why = "systemd-sysctl reads the sysctl.d directories only. Without a link there to "
	       "/etc/sysctl.conf its settings count when somebody runs sysctl -p, and are gone after the "
	       "next boot.",
	.console = NULL,
	.by_hand = "ln -s ../sysctl.conf /mnt/etc/sysctl.d/99-sysctl.conf",
	.fix = NULL,
};

static const struct problem *const problems[] = { &net,	     &fd_limits,  &hugepages,
						  &min_free, &overcommit, &panic_on_oom,
						  &bad_line, &unread,	  NULL };

struct ctx {
	struct scan *scan;
	struct sysctlconf conf;
	uint64_t memory; /* 0: unknown */
	uint64_t page;	 /* bytes of a huge page */
	uint64_t nofile; /* the highest hard limit that limits.conf hands out; 0: none */
	const char *nofile_who;
	char size[3][32]; /* for format_size() */
};

/* --- one key --- */

struct rule {
	const struct problem *problem;
	const char *key;
	bool (*bad)(struct ctx *c, const char *value);
	const char *(*say)(struct ctx *c, const char *value); /* what is wrong with it */
};

/* The lines that make a bad value count, one after the other. */
static void comment_all(struct ctx *c, struct finding *f, const struct rule *r,
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

static const struct sysctlconf_value *bad_value(struct ctx *c, const struct rule *r)
{
	const struct sysctlconf_value *v = sysctlconf_get(&c->conf, r->key);

	return v && r->bad(c, v->value) ? v : NULL;
}

static struct finding *say(struct ctx *c, const struct rule *r, const struct sysctlconf_value *v)
{
	struct finding *f =
		scan_find(c->scan, r->problem, v->text->path, "%s", r->say(c, v->value));

	finding_at(f, v->text, v->line);
	if (r->problem->safety == FIX_ASK)
		finding_choice(f, "the lines that set it are commented");
	return f;
}

static void check_rule(struct ctx *c, const struct rule *r)
{
	const struct sysctlconf_value *v = bad_value(c, r);

	if (v)
		comment_all(c, say(c, r, v), r, v);
}

static bool number(const char *value, uint64_t *out)
{
	char digits[24];
	size_t n = strcspn(value, " \t#;");

	if (n == 0 || n >= sizeof(digits))
		return false;
	memcpy(digits, value, n);
	digits[n] = '\0';
	return parse_u64(digits, out);
}

static uint64_t number_or(struct ctx *c, const char *key, uint64_t otherwise)
{
	const struct sysctlconf_value *v = sysctlconf_get(&c->conf, key);
	uint64_t n;

	return v && number(v->value, &n) ? n : otherwise;
}

static const char *size_of(struct ctx *c, size_t i, uint64_t bytes)
{
	return format_size(bytes, c->size[i], sizeof(c->size[i]));
}

static const char *memory_text(struct ctx *c)
{
	if (!c->memory)
		return "the machine's memory is not known: pass --memory";
	return scan_printf(c->scan, "the machine has %s (%s)", size_of(c, 1, c->memory),
			   c->scan->facts->memory_from ? c->scan->facts->memory_from : "--memory");
}

/* Without the memory there is a word to say, and no more. */
static void check_memory_rule(struct ctx *c, const struct rule *r)
{
	const struct sysctlconf_value *v = bad_value(c, r);
	struct finding *f;

	if (!v)
		return;
	f = say(c, r, v);
	comment_all(c, f, r, v);
	if (!c->memory) {
		finding_severity(f, NOTE);
		finding_safety(f, FIX_ASK);
		finding_choice(f, "the lines that set it are commented");
	}
}

/* --- memory --- */

static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t out;

	return __builtin_mul_overflow(a, b, &out) ? UINT64_MAX : out;
}

static bool hugepages_bad(struct ctx *c, const char *value)
{
	uint64_t n, spare, taken;

	if (!number(value, &n))
		return false;
	taken = times(n, c->page);
	if (!c->memory)
		return taken >= GIB;
	spare = c->memory / 10 > 256 * MIB ? c->memory / 10 : 256 * MIB;
	return taken > 0 && (c->memory <= spare || taken > c->memory - spare);
}

static const char *hugepages_say(struct ctx *c, const char *value)
{
	uint64_t n = 0;

	number(value, &n);
	return scan_printf(c->scan, "%s huge pages of %s take %s, %s", value,
			   size_of(c, 2, c->page), size_of(c, 0, times(n, c->page)),
			   memory_text(c));
}

static bool min_free_bad(struct ctx *c, const char *value)
{
	uint64_t n;

	if (!number(value, &n))
		return false;
	return times(n, 1024) > (c->memory ? c->memory / 4 : 4 * GIB);
}

static const char *min_free_say(struct ctx *c, const char *value)
{
	uint64_t n = 0;

	number(value, &n);
	return scan_printf(c->scan, "%s are to stay free, %s", size_of(c, 0, times(n, 1024)),
			   memory_text(c));
}

static bool overcommit_bad(struct ctx *c, const char *value)
{
	uint64_t kbytes = number_or(c, "vm/overcommit_kbytes", 0), n;

	if (!number(value, &n) || n != 2)
		return false;
	if (kbytes)
		return c->memory && times(kbytes, 1024) < c->memory / 4;
	return number_or(c, "vm/overcommit_ratio", 50) < 40;
}

static const char *overcommit_say(struct ctx *c, const char *value UNUSED)
{
	if (number_or(c, "vm/overcommit_kbytes", 0))
		return "no more is committed than vm.overcommit_kbytes, less than a quarter of the memory";
	return scan_printf(c->scan, "no more is committed than swap and %u %% of the memory",
			   (unsigned)number_or(c, "vm/overcommit_ratio", 50));
}

static bool not_zero(struct ctx *c UNUSED, const char *value)
{
	uint64_t n;

	return number(value, &n) && n != 0;
}

static const char *panic_say(struct ctx *c, const char *value)
{
	return scan_printf(c->scan, "vm.panic_on_oom is %s", value);
}

/* --- limits --- */

/* One line of limits.conf(5): <domain> <type> <item> <value>. */
static void take_limit(struct ctx *c, const char *line)
{
	char *save = NULL, *word[4] = { 0 };
	uint64_t n;

	line += strspn(line, " \t");
	if (*line == '#')
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

static void read_limits(struct ctx *c, const char *path)
{
	const struct text *t = root_is_file(c->scan->root, path) ? scan_text(c->scan, path) : NULL;

	for (size_t n = 1; t && n <= t->lines; n++)
		take_limit(c, text_line(t, n));
}

static void gather_limits(struct ctx *c)
{
	const char *const *names = scan_dir(c->scan, "/etc/security/limits.d");

	read_limits(c, "/etc/security/limits.conf");
	for (size_t i = 0; names[i]; i++) {
		if (endswith(names[i], ".conf"))
			read_limits(c, scan_printf(c->scan, "/etc/security/limits.d/%s", names[i]));
	}
}

static bool nr_open_bad(struct ctx *c, const char *value)
{
	uint64_t n;

	return number(value, &n) && (n < 1024 || n < c->nofile);
}

static const char *nr_open_say(struct ctx *c, const char *value)
{
	uint64_t n = 0;

	number(value, &n);
	if (n < c->nofile)
		return scan_printf(c->scan,
				   "fs.nr_open is %s, but limits.conf gives '%s' %ju open files",
				   value, c->nofile_who, (uintmax_t)c->nofile);
	return scan_printf(c->scan, "fs.nr_open is %s: no process can open more files", value);
}

static bool file_max_bad(struct ctx *c UNUSED, const char *value)
{
	uint64_t n;

	return number(value, &n) && n < 4096;
}

static const char *file_max_say(struct ctx *c, const char *value)
{
	return scan_printf(c->scan, "fs.file-max is %s: the whole system may not open more files",
			   value);
}

static bool pid_max_bad(struct ctx *c UNUSED, const char *value)
{
	uint64_t n;

	return number(value, &n) && n > 300 && n < 1024;
}

static const char *pid_max_say(struct ctx *c, const char *value)
{
	return scan_printf(c->scan, "kernel.pid_max is %s: no more processes and threads can run",
			   value);
}

static void check_nr_open(struct ctx *c)
{
	static const struct rule r = { &fd_limits, "fs/nr_open", nr_open_bad, nr_open_say };
	static const uint64_t kernels_default = 1048576;
	const struct sysctlconf_value *v = bad_value(c, &r);
	struct finding *f;

	if (!v)
		return;
	f = say(c, &r, v);
	/* A limit of one user or group keeps only these out. */
	if (c->nofile_who && !streq(c->nofile_who, "*") && !streq(c->nofile_who, "root"))
		finding_severity(f, DEGRADES);
	if (c->nofile <= kernels_default || v->glob)
		comment_all(c, f, &r, v);
	else
		propose_line(f, v->text, v->line, "fs.nr_open = %ju", (uintmax_t)c->nofile);
}

/* --- network --- */

/* The key is gone since Linux 4.12. */
static bool recycle_bad(struct ctx *c, const char *value)
{
	const struct kernels *ks = &c->scan->facts->kernels;

	for (size_t i = 0; i < ks->n; i++) {
		if (!ks->k[i].rescue && version_compare(ks->k[i].version, "4.12") >= 0)
			return false;
	}
	return ks->n && not_zero(c, value) && number_or(c, "net/ipv4/tcp_timestamps", 1) != 0;
}

static const char *recycle_say(struct ctx *c, const char *value)
{
	return scan_printf(
		c->scan,
		"net.ipv4.tcp_tw_recycle is %s: clients behind one address lose connections",
		value);
}

/* 0 is no limit. */
static bool conntrack_bad(struct ctx *c UNUSED, const char *value)
{
	uint64_t n;

	return number(value, &n) && n != 0 && n < 4096;
}

static const char *conntrack_say(struct ctx *c, const char *value)
{
	return scan_printf(c->scan,
			   "no more than %s connections are tracked: packets of others are dropped",
			   value);
}

static bool ports_bad(struct ctx *c, const char *value)
{
	char *save = NULL, *low, *high;
	uint64_t from, to;

	low = strtok_r(scan_printf(c->scan, "%s", value), " \t", &save);
	high = strtok_r(NULL, " \t", &save);
	if (!low || !high || !parse_u64(low, &from) || !parse_u64(high, &to))
		return false;
	return from <= to && to <= 65535 && to - from < 1000;
}

static const char *ports_say(struct ctx *c, const char *value)
{
	return scan_printf(c->scan, "outgoing connections have the ports %s only", value);
}

static bool queue_bad(struct ctx *c UNUSED, const char *value)
{
	uint64_t n;

	return number(value, &n) && n < 16;
}

static const char *queue_say(struct ctx *c, const char *value)
{
	return scan_printf(c->scan,
			   "net.core.somaxconn is %s: further connections wait or are refused",
			   value);
}

static bool buckets_bad(struct ctx *c UNUSED, const char *value)
{
	uint64_t n;

	return number(value, &n) && n < 256;
}

static const char *buckets_say(struct ctx *c, const char *value)
{
	return scan_printf(c->scan,
			   "net.ipv4.tcp_max_tw_buckets is %s: closed connections are cut short",
			   value);
}

/* --- lines --- */

static void check_bad_lines(struct ctx *c)
{
	for (size_t i = 0; i < c->conf.bads && i < BAD_LINES_MAX; i++) {
		const struct sysctlconf_bad *b = &c->conf.bad[i];
		const char *line = text_line(b->text, b->line);
		struct finding *f =
			scan_find(c->scan, &bad_line, b->text->path, "%s",
				  strchr(line, '=') ? "the key is none" : "no '=' in it");

		finding_at(f, b->text, b->line);
	}
}

static void check_unread(struct ctx *c)
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
	f = scan_find(c->scan, &unread, t->path,
		      n == 1 ? "%zu setting is read by sysctl -p only, not at boot"
			     : "%zu settings are read by sysctl -p only, not at boot",
		      n);
	finding_at(f, t, first->line);
}

/* --- all --- */

/* x86 and arm64 with pages of 4 KiB: 2 MiB. s390 has 1 MiB, ppc64 with a hash table 16. */
static uint64_t page_size(const struct scan *s)
{
	if (root_exists(s->root, "/lib/ld64.so.1"))
		return MIB;
	return 2 * MIB;
}

static void run(struct scan *s)
{
	static const struct rule memory_rules[] = {
		{ &hugepages, "vm/nr_hugepages", hugepages_bad, hugepages_say },
		{ &min_free, "vm/min_free_kbytes", min_free_bad, min_free_say },
	};
	static const struct rule rules[] = {
		{ &overcommit, "vm/overcommit_memory", overcommit_bad, overcommit_say },
		{ &panic_on_oom, "vm/panic_on_oom", not_zero, panic_say },
		{ &fd_limits, "fs/file-max", file_max_bad, file_max_say },
		{ &fd_limits, "kernel/pid_max", pid_max_bad, pid_max_say },
		{ &net, "net/ipv4/tcp_tw_recycle", recycle_bad, recycle_say },
		{ &net, "net/netfilter/nf_conntrack_max", conntrack_bad, conntrack_say },
		{ &net, "net/nf_conntrack_max", conntrack_bad, conntrack_say },
		{ &net, "net/ipv4/netfilter/ip_conntrack_max", conntrack_bad, conntrack_say },
		{ &net, "net/ipv4/ip_local_port_range", ports_bad, ports_say },
		{ &net, "net/core/somaxconn", queue_bad, queue_say },
		{ &net, "net/ipv4/tcp_max_tw_buckets", buckets_bad, buckets_say },
	};
	bool systemd = s->facts->init == INIT_SYSTEMD;
	struct ctx c = { .scan = s, .memory = s->facts->memory, .page = page_size(s) };

	sysctlconf_read(s->root, s->arena, systemd ? SYSCTLCONF_SYSTEMD : SYSCTLCONF_PROCPS,
			&c.conf);
	gather_limits(&c);
	for (size_t i = 0; i < ARRAY_SIZE(memory_rules); i++)
		check_memory_rule(&c, &memory_rules[i]);
	check_nr_open(&c);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		check_rule(&c, &rules[i]);
	check_bad_lines(&c);
	if (systemd && !c.conf.reads_main)
		check_unread(&c);
}

const struct check sysctl_check = {
	.name = "sysctl",
	.summary =
		"kernel settings of sysctl.conf and sysctl.d that take memory, limits or network",
	.problems = problems,
	.run = run,
};
