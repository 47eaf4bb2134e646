/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which line belongs to which event. Several may be open at once: a report that was cut off, one of
 * another host of the same log, one whose kill is told late. A line goes to the youngest open event
 * that can still have such a line.
 */
#include <string.h>

#include "lib/oomlog_parts.h"

#define LOOK_BACK (64u << 10)
#define OPEN 4u		 /* events that are open at a time */
#define QUIET 512u	 /* lines of other things after which a complete event is over */
#define QUIET_CUT 16384u /* and an incomplete one: its rest may come late */
#define GAP (300 * SYSLOGTIME_SECOND)  /* between lines of one report: a slow serial console */
#define REBOOT (5 * SYSLOGTIME_SECOND) /* that far back goes the clock of a new boot only */
#define TWICE 40u		       /* lines of a record in the journal's export */
#define MANUAL_LINES 64u	       /* from SysRq's own line to the report */

struct oomlog {
	void (*take)(void *arg, const struct oom_event *e);
	void *arg;
	struct syslogline_state prefix;
	char source[OOM_PATH];
	struct oom_open *open[OPEN]; /* oldest first */
	size_t n;
	uint64_t quiet;	 /* lines since the last one that belonged to an event */
	uint64_t manual; /* line of SysRq f; 0: none */
	uint64_t number;
	struct oom_open slots[OPEN];
	struct syslogscan words;
};

/* What a line is, for choosing its event. */
enum kind {
	DETAIL,	 /* of an event that is open */
	TRIGGER, /* always begins one */
	BEGINS,	 /* begins one where none is open; one each */
	ROW,	 /* begins one, and there are many of it */
	CHOSEN,
	KILLED,
	SHARING, /* another one that is killed with it */
	REAPED,
	GROUP,
	ENDED, /* nothing to kill, panic */
	MANUAL,
};

enum where { AT_START, ANYWHERE };

struct shape {
	const char *mark;
	enum where where;
	enum kind kind;
	bool (*is)(struct slice text); /* NULL: the mark is enough */
	void (*read)(struct oom_open *o, struct slice text);
};

static bool is_trace_of_cgroup(struct slice text)
{
	return slice_find(text, "mem_cgroup_out_of_memory") ||
	       slice_find(text, "mem_cgroup_oom_synchronize");
}

static void read_trace(struct oom_open *o, struct slice text UNUSED)
{
	o->memcg = true;
}

static void read_meminfo(struct oom_open *o, struct slice text)
{
	o->e.has_meminfo = true;
	if (slice_past(&text, "Mem-Info:"))
		oomlog_counts(o, text);
}

static void read_group(struct oom_open *o, struct slice text UNUSED)
{
	o->e.group_kill = true;
}

static bool is_end(struct slice text)
{
	return slice_find(text, "no killable processes") ||
	       slice_find(text, "deadlocked on memory") || slice_find(text, "panic_on_oom");
}

static void read_end(struct oom_open *o, struct slice text)
{
	if (slice_find(text, "Kernel panic"))
		o->e.panic = true;
	if (slice_find(text, "emory cgroup out of memory"))
		o->memcg = true;
	if (slice_find(text, "no killable processes"))
		o->e.no_killable = true;
}

static void read_reaped(struct oom_open *o, struct slice text)
{
	int64_t pid = oomlog_pid_of(text);

	for (size_t i = 0; i < o->e.victims; i++)
		o->e.victim[i].reaped |= o->e.victim[i].pid == pid;
}

static void read_nothing(struct oom_open *o UNUSED, struct slice text UNUSED)
{
}

static bool is_sharing(struct slice text)
{
	return oomlog_is_chosen(text) && slice_find(text, "sharing same memory");
}

static bool is_cpu(struct slice text)
{
	return slice_find(text, "omm: ") != NULL &&
	       (slice_find(text, "PID: ") || slice_find(text, "Pid: "));
}

static bool is_cpuset(struct slice text)
{
	return slice_find(text, " mems_allowed=") && !slice_find(text, "constraint=");
}

static const struct shape shapes[] = {
	{ " invoked oom-killer", ANYWHERE, TRIGGER, NULL, oomlog_trigger },
	{ "oom-kill:constraint=", ANYWHERE, BEGINS, NULL, oomlog_located },
	{ "ill process ", ANYWHERE, SHARING, is_sharing, oomlog_sharing },
	{ "ill process ", ANYWHERE, CHOSEN, oomlog_is_chosen, oomlog_chosen },
	{ "Killed process ", ANYWHERE, KILLED, oomlog_is_killed, oomlog_killed },
	{ "oom_reaper: reaped process ", ANYWHERE, REAPED, NULL, read_reaped },
	{ " killed as a result of limit of ", ANYWHERE, BEGINS, NULL, oomlog_task_in },
	{ "[", AT_START, BEGINS, oomlog_is_header, oomlog_header },
	{ "memory.oom.group", ANYWHERE, GROUP, NULL, read_group },
	{ "emory", ANYWHERE, ENDED, is_end, read_end },
	{ "panic_on_oom", ANYWHERE, ENDED, NULL, read_end },
	{ "Manual OOM execution", ANYWHERE, MANUAL, NULL, read_nothing },
	{ "[", AT_START, ROW, oomlog_is_row, oomlog_row },
	{ "memory: usage ", AT_START, DETAIL, NULL, oomlog_limit },
	{ "memory+swap: usage ", AT_START, DETAIL, NULL, oomlog_limit },
	{ "swap: usage ", AT_START, DETAIL, NULL, oomlog_limit },
	{ "kmem: usage ", AT_START, DETAIL, NULL, oomlog_limit },
	{ "Memory cgroup stats for ", AT_START, DETAIL, NULL, oomlog_stats },
	{ "Mem-Info:", AT_START, ROW, NULL, read_meminfo },
	{ "CPU: ", AT_START, DETAIL, is_cpu, oomlog_cpu },
	{ "Pid: ", AT_START, DETAIL, is_cpu, oomlog_cpu },
	{ " cpuset=", ANYWHERE, DETAIL, is_cpuset, oomlog_cpuset },
	{ "Free swap", AT_START, DETAIL, NULL, oomlog_swap },
	{ "Total swap", AT_START, DETAIL, NULL, oomlog_swap },
	{ "mem_cgroup_o", ANYWHERE, DETAIL, is_trace_of_cgroup, read_trace },
	{ "", AT_START, DETAIL, oomlog_is_counts, oomlog_counts },
	{ "", AT_START, ROW, oomlog_is_node, oomlog_node },
	{ "", AT_START, DETAIL, oomlog_is_pages, oomlog_pages },
	{ "", AT_START, DETAIL, oomlog_is_stat, oomlog_stat },
	{ "", AT_START, DETAIL, oomlog_is_slab, oomlog_slab },
};

/*
 * In each line that an event can begin with stands one of these; all of one length, as the shortest
 * decides how fast others are passed over. Where a report's beginning may be lost, what stands
 * before is looked at as well.
 */
static const struct syslogscan_word words[] = {
	{ "d oom-killer", 512 },       { "oom-kill:con", LOOK_BACK },
	{ "ill process ", LOOK_BACK }, { "led process ", LOOK_BACK },
	{ "gid total_vm", LOOK_BACK }, { "ult of limit", LOOK_BACK },
	{ "o killable p", LOOK_BACK }, { NULL, 0 },
};

static const struct shape *shape_of(struct slice text)
{
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		const struct shape *s = &shapes[i];

		if (s->where == AT_START ? !slice_starts(text, s->mark)
					 : !slice_find(text, s->mark))
			continue;
		if (!s->is || s->is(text))
			return s;
	}
	return NULL;
}

/* --- events --- */

/* Memory or rows alone may be of an allocation that failed, or no report at all. */
static bool is_worth_telling(const struct oom_event *e)
{
	return e->triggered || e->victims || e->has_header || e->no_killable || e->panic ||
	       e->limit_path[0];
}

static void give_out(struct oomlog *l, size_t i)
{
	struct oom_open *o = l->open[i];

	oomlog_settle(o);
	if (is_worth_telling(&o->e))
		l->take(l->arg, &o->e);
	memmove(&l->open[i], &l->open[i + 1], (l->n - i - 1) * sizeof(*l->open));
	l->open[--l->n] = o;
}

static void give_out_all(struct oomlog *l)
{
	while (l->n)
		give_out(l, 0);
}

static void note_place(struct oomlog *l, struct oom_open *o, const struct syslogline *line)
{
	o->e.last_line = l->number;
	if (line->uptime != SYSLOGLINE_NO_UPTIME)
		o->last_uptime = line->uptime;
	if (line->time.known)
		o->last_time = line->time;
	if (line->host.n && !o->e.host[0])
		SLICE_COPY(line->host, o->e.host);
	if (line->boot_id.n && !o->e.boot_id[0])
		SLICE_COPY(line->boot_id, o->e.boot_id);
	if (line->caller.n && !o->caller[0])
		SLICE_COPY(line->caller, o->caller);
	oomlog_set(&o->e.uptime, line->uptime);
	if (!o->e.time.known)
		o->e.time = line->time;
}

static struct oom_open *begin(struct oomlog *l)
{
	struct oom_open *o;

	if (l->n == OPEN)
		give_out(l, 0);
	o = l->open[l->n++];
	oomlog_open_event(o);
	memcpy(o->e.source, l->source, sizeof(l->source));
	o->e.first_line = l->number;
	if (l->manual && l->number - l->manual <= MANUAL_LINES)
		o->e.scope = OOM_SCOPE_MANUAL;
	l->manual = 0;
	return o;
}

/* --- choosing --- */

static bool differs(struct slice a, const char *b)
{
	return a.n && b[0] && !(strlen(b) <= a.n && memcmp(a.s, b, strlen(b)) == 0);
}

static bool far_apart(int64_t before, int64_t now)
{
	return now < before - REBOOT || now > before + GAP;
}

/* The line can be of the same boot, machine, time and thread. */
static bool fits(const struct oom_open *o, const struct syslogline *line, enum kind kind)
{
	if (differs(line->host, o->e.host) || differs(line->boot_id, o->e.boot_id))
		return false;
	if (kind != REAPED && differs(line->caller, o->caller))
		return false;
	if (line->uptime != SYSLOGLINE_NO_UPTIME && o->last_uptime != SYSLOGLINE_NO_UPTIME)
		return !far_apart(o->last_uptime, line->uptime);
	if (line->time.known && o->last_time.known)
		return !far_apart(syslogtime_order(&o->last_time), syslogtime_order(&line->time));
	return true;
}

static bool has_victim(const struct oom_open *o, int64_t pid)
{
	for (size_t i = 0; i < o->e.victims; i++) {
		if (o->e.victim[i].pid == pid)
			return true;
	}
	return false;
}

static bool has_row(const struct oom_open *o, int64_t pid)
{
	for (size_t i = 0; i < o->e.rows; i++) {
		if (o->e.row[i].pid == pid)
			return true;
	}
	return false;
}

/* The event has no such line yet, or this one says the same again. */
static bool can_begin_with(const struct oom_open *o, const struct shape *s, struct slice text)
{
	if (s->read == oomlog_header)
		return !o->e.has_header || !o->e.processes;
	if (s->read == oomlog_located)
		return !o->located;
	if (s->read == oomlog_task_in)
		return !o->e.limit_path[0] && !o->e.task_path[0];
	if (s->kind == CHOSEN)
		return o->e.chosen_pid == OOM_UNKNOWN || o->e.chosen_pid == oomlog_pid_of(text);
	return true;
}

static int64_t located_pid(struct slice text)
{
	const char *p = slice_find_last(text, ",pid=");
	int64_t pid = -1;

	if (p) {
		text = slice_from(text, p + strlen(",pid="));
		slice_take_i64(&text, &pid);
	}
	return pid;
}

/* The same kill told again, as some logs have each line twice. */
static bool is_repeated(const struct oom_open *o, const struct shape *s, struct slice text)
{
	int64_t pid = oomlog_pid_of(text);

	if (s->kind == CHOSEN)
		return o->killed && o->e.chosen_pid == pid;
	if (s->kind == KILLED)
		return o->killed && has_victim(o, pid);
	return s->read == oomlog_located && o->located && o->e.victims &&
	       located_pid(text) == o->e.victim[0].pid;
}

/* How well a line suits an open event; 0: not. */
static int suits(const struct oom_open *o, const struct syslogline *line, const struct shape *s)
{
	int64_t pid = oomlog_pid_of(line->text);

	if (!fits(o, line, s->kind))
		return 0;
	switch (s->kind) {
	case REAPED:
		return has_victim(o, pid) ? 2 : 0;
	case SHARING:
	case GROUP:
		return o->killed ? 2 : 0;
	case ENDED:
		return 1;
	case KILLED:
		if (o->killed)
			return o->e.group_kill ? 1 : 0;
		return o->e.chosen_pid == pid || has_victim(o, pid) ? 3 : has_row(o, pid) ? 2 : 1;
	default:
		return !o->killed && can_begin_with(o, s, line->text) ? 1 : 0;
	}
}

static struct oom_open *choose(const struct oomlog *l, const struct syslogline *line,
			       const struct shape *s)
{
	struct oom_open *best = NULL;
	int most = 0;

	for (size_t i = l->n; i-- > 0;) {
		int n = suits(l->open[i], line, s);

		if (n > most) {
			most = n;
			best = l->open[i];
		}
	}
	return best;
}

/* The trigger's line again, before anything else of the report. */
static bool is_same_trigger(const struct oomlog *l, const struct syslogline *line)
{
	const struct oom_open *o = l->n ? l->open[l->n - 1] : NULL;
	const char *mark;
	size_t n;

	if (!o || !o->e.triggered || l->number - o->e.last_line > TWICE ||
	    o->e.first_line != o->e.last_line || line->uptime != o->e.uptime)
		return false;
	mark = slice_find(line->text, " invoked oom-killer");
	n = strlen(o->e.trigger);
	return (size_t)(mark - line->text.s) >= n && memcmp(mark - n, o->e.trigger, n) == 0;
}

static bool begins_one(enum kind k)
{
	return k == TRIGGER || k == BEGINS || k == ROW || k == CHOSEN || k == KILLED || k == ENDED;
}

static bool is_known(const struct oomlog *l, const struct syslogline *line, const struct shape *s)
{
	if (s->kind == TRIGGER)
		return is_same_trigger(l, line);
	for (size_t i = l->n; i-- > 0;) {
		if (fits(l->open[i], line, s->kind))
			return is_repeated(l->open[i], s, line->text);
	}
	return false;
}

static void place(struct oomlog *l, const struct syslogline *line, const struct shape *s)
{
	struct oom_open *o;

	if (s->kind == MANUAL)
		l->manual = l->number;
	if (s->kind == MANUAL || is_known(l, line, s))
		return;
	o = s->kind == TRIGGER ? NULL : choose(l, line, s);
	/* A panic alone is no report: it needs words of memory, which is_end() has seen. */
	if (!o && begins_one(s->kind))
		o = begin(l);
	if (!o)
		return;
	l->quiet = 0;
	s->read(o, line->text);
	note_place(l, o, line);
}

/* --- lines --- */

static bool is_cut_off(const struct oomlog *l)
{
	for (size_t i = 0; i < l->n; i++) {
		if (!l->open[i]->killed)
			return true;
	}
	return false;
}

/* A message may have newlines of its own. */
static void place_parts(struct oomlog *l, struct syslogline *line)
{
	struct slice part = { 0 }, whole = line->text;

	while (syslogline_part(whole, &part)) {
		const struct shape *s;

		line->text = slice_trimmed(part);
		s = line->text.n ? shape_of(line->text) : NULL;
		if (s)
			place(l, line, s);
	}
}

void oomlog_line(struct oomlog *l, const struct syslogread_line *raw)
{
	struct syslogline line;

	l->number = raw->number;
	l->quiet++;
	syslogline_read(&l->prefix, raw->s.s, raw->s.n, &line);
	if (line.from != SYSLOGLINE_PROGRAM)
		place_parts(l, &line);
	if (l->n && l->quiet > (is_cut_off(l) ? QUIET_CUT : QUIET))
		give_out_all(l);
}

void oomlog_read(struct oomlog *l, struct syslogread *r)
{
	struct syslogread_line line;

	while ((l->n || syslogread_seek(r, &l->words)) && syslogread_line(r, &line))
		oomlog_line(l, &line);
}

struct oomlog *oomlog_new(void (*take)(void *arg, const struct oom_event *e), void *arg)
{
	struct oomlog *l = xcalloc(1, sizeof(*l));

	l->take = take;
	l->arg = arg;
	syslogscan_prepare(&l->words, words);
	for (size_t i = 0; i < OPEN; i++)
		l->open[i] = &l->slots[i];
	return l;
}

void oomlog_free(struct oomlog *l)
{
	if (!l)
		return;
	syslogline_state_free(&l->prefix);
	free(l);
}

void oomlog_begin(struct oomlog *l, const char *name, int64_t reference)
{
	oomlog_end(l);
	slice_copy(slice_of(name), l->source, sizeof(l->source));
	l->prefix.reference = reference;
	l->prefix.in_entry = false;
}

void oomlog_end(struct oomlog *l)
{
	give_out_all(l);
	l->quiet = l->manual = 0;
}
