/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the dead system said. Notes: they tell where to look, and the other checks tell what is
 * wrong. Only the end of the logs is read, so that a scan stays fast; `bootmend log` and
 * `bootmend oom` read all of them.
 */
#include "checks/log_parts.h"
#include "lib/bootlogread.h"

#define RECENT (24u << 20) /* bytes of logs that a scan reads */

struct tally {
	const struct problem *problem;
	uint64_t count;
	const struct bootlog_problem *last;
};

static const struct problem *const by_class[] = {
	[LOGPATTERN_PANIC] = &log_panic,   [LOGPATTERN_BUG] = &log_kernel,
	[LOGPATTERN_LOCKUP] = &log_kernel, [LOGPATTERN_HUNG] = &log_kernel,
	[LOGPATTERN_FS] = &log_fs_error,   [LOGPATTERN_DISK] = &log_disk_error,
	[LOGPATTERN_LIMIT] = &log_limits,  [LOGPATTERN_EMERGENCY] = &log_emergency,
	[LOGPATTERN_MEMORY] = &log_oom,	   [LOGPATTERN_NET] = NULL,
};

/* They tell of no fault: a check whose time had come, or what an unclean end always leaves. */
static const char *const harmless[] = { "fs-forced-check", "vfat-dirty", "ext-recovery", NULL };
static const char *const conntrack[] = { "conntrack-full", "conntrack-full-namespace", NULL };
static const char *const killed[] = { "oom", "oom-cgroup", NULL };

static const struct problem *problem_of(const struct logpattern *p)
{
	const struct problem *problem = by_class[p->class];

	if (in_list(p->id, harmless) || (problem == &log_oom && !in_list(p->id, killed)))
		return NULL;
	return in_list(p->id, conntrack) ? &log_conntrack_full : problem;
}

static int64_t order_of(const struct syslogtime *t)
{
	return t->known ? syslogtime_order(t) : INT64_MIN;
}

static void count(struct tally *t, const struct bootlog_problem *p)
{
	t->count += p->count;
	if (!t->last || order_of(&p->last) > order_of(&t->last->last))
		t->last = p;
}

static void tally_of(struct tally *t, struct bootlog_boot *const *boot, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < boot[i]->n; k++) {
			const struct bootlog_problem *p = &boot[i]->problem[k];

			if (problem_of(p->pattern) == t->problem)
				count(t, p);
		}
	}
}

static const char *when(struct scan *s, const struct syslogtime *t)
{
	char buf[SYSLOGTIME_TEXT] = "at a time that is not known";

	if (t->known)
		syslogtime_format(t, buf);
	return scan_printf(s, "%s", buf);
}

static void report(struct scan *s, const struct tally *t)
{
	const struct bootlog_problem *p = t->last;

	scan_find(s, t->problem, scan_printf(s, "%s", p->file), "%llu time%s, last %s: %s",
		  (unsigned long long)t->count, t->count == 1 ? "" : "s", when(s, &p->last),
		  p->text);
}

static const char *how_it_ended(const struct bootlog_boot *b)
{
	static const char *const words[] = {
		[BOOTLOG_STOPS] = "its log stops",
		[BOOTLOG_SHUTDOWN] = "it was shut down",
		[BOOTLOG_PANIC] = "it panicked",
	};

	return words[b->end];
}

/* Only of systemd's words it can be told that a system did not come up. */
static void report_last(struct scan *s, const struct bootlog_boot *b)
{
	if (!b->first.known || !b->whole || b->up || b->end == BOOTLOG_SHUTDOWN || !b->reached[0])
		return;
	scan_find(s, &log_last_boot, scan_printf(s, "%s", b->file),
		  "the boot of %s did not come up: last target '%s', %s with: %s",
		  when(s, &b->first), b->reached, how_it_ended(b), b->words);
}

static int64_t newest_of(struct bootlog_boot *const *boot, size_t n)
{
	int64_t newest = 0;

	for (size_t i = 0; i < n; i++) {
		if (order_of(&boot[i]->last) > newest)
			newest = order_of(&boot[i]->last);
	}
	return newest;
}

static void report_all(struct scan *s, const struct oom_files *files,
		       struct bootlog_boot *const *boot, size_t n)
{
	if (n)
		report_last(s, boot[0]);
	for (size_t i = 0; log_problems[i]; i++) {
		struct tally t = { .problem = log_problems[i] };

		tally_of(&t, boot, n);
		if (t.count && t.problem == &log_oom)
			log_oom_run(s, files, newest_of(boot, n));
		else if (t.count)
			report(s, &t);
	}
}

static void report_unread(struct scan *s, const struct oom_files *files)
{
	char all[32], left[32];

	if (!files->left_out && !files->more)
		return;
	format_size(files->all, all, sizeof(all));
	format_size(files->left_out, left, sizeof(left));
	scan_find(s, &log_unread, "/var/log",
		  "%s of the %s of logs, the older ones, were not read%s", left, all,
		  files->more ? ", and there are very many files" : "");
}

static void run(struct scan *s)
{
	struct bootlog *l = bootlog_new();
	struct bootlog_sources sources;
	struct bootlog_boot *const *boot;
	struct oom_files files;
	size_t n;

	oomfiles_find(s->root, s->arena, &files);
	oomfiles_recent(&files, RECENT);
	bootlogread_root(l, s->root, &files, s->arena, &sources);
	boot = bootlog_see(l, &n);
	report_all(s, &files, boot, n);
	report_unread(s, &files);
	bootlog_free(l);
}

const struct check log_check = {
	.name = "log",
	.summary = "what the system said before it died",
	.problems = log_problems,
	.run = run,
};
