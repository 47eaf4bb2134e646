/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who asked for memory, what was hit, who was chosen and killed. */
#include "lib/oomlog_parts.h"

#define COMM_LEN 15 /* the kernel keeps no longer names of tasks */

/* The number behind key, up to any other character. */
static bool number_behind(struct slice s, const char *key, int64_t *out)
{
	return slice_past(&s, key) && slice_take_i64(&s, out);
}

static void set_text(char *to, size_t size, struct slice s)
{
	if (!to[0])
		slice_copy(s, to, size);
}
#define SET_TEXT(array, s) set_text((array), sizeof(array), (s))

/* From behind one key to the next that is there; to the end without any. */
static bool between(struct slice s, const char *key, const char *const ends[], struct slice *out)
{
	const char *first = NULL;

	if (!slice_past(&s, key))
		return false;
	for (; *ends; ends++) {
		const char *p = slice_find(s, *ends);

		if (p && (!first || p < first))
			first = p;
	}
	*out = first ? slice_until(s, first) : s;
	return true;
}

/* --- the trigger --- */

/* What an unknown prefix left before the name is cut off: the name itself has a bound. */
static struct slice name_before(struct slice s)
{
	const char *colon = slice_find_last(s, ": "), *bracket = slice_find_last(s, "] ");

	if (s.n <= COMM_LEN)
		return s;
	if (bracket && (!colon || bracket > colon))
		colon = bracket;
	if (colon)
		s = slice_from(s, colon + 2);
	return s.n > COMM_LEN ? slice_skip(s, s.n - COMM_LEN) : s;
}

static void read_gfp(struct oom_event *e, struct slice s)
{
	struct slice digits = s;
	char *end, buf[24];
	const char *close;

	if (!slice_past(&s, "gfp_mask=0x"))
		return;
	digits = s;
	SLICE_COPY(digits, buf);
	e->gfp_mask = strtoull(buf, &end, 16);
	s = slice_skip(s, (size_t)(end - buf) < s.n ? (size_t)(end - buf) : s.n);
	close = slice_find(s, ")");
	if (slice_take_char(&s, '(') && close)
		SLICE_COPY(slice_until(s, close), e->gfp_flags);
}

void oomlog_trigger(struct oom_open *o, struct slice text)
{
	static const char *const ends[] = { ", order=", NULL };
	struct oom_event *e = &o->e;
	const char *mark = slice_find(text, " invoked oom-killer");
	struct slice s;

	e->triggered = true;
	SLICE_COPY(name_before(slice_trimmed(slice_until(text, mark))), e->trigger);
	s = slice_from(text, mark);
	read_gfp(e, s);
	number_behind(s, "order=", &e->order);
	if (between(s, "nodemask=", ends, &s))
		SLICE_COPY(s, e->nodemask);
	s = slice_from(text, mark);
	if (!number_behind(s, "oom_score_adj=", &e->trigger_adj) &&
	    !number_behind(s, "oom_adj=", &e->trigger_adj))
		number_behind(s, "oomkilladj=", &e->trigger_adj);
}

void oomlog_cpuset(struct oom_open *o, struct slice text)
{
	struct slice path, nodes = text;
	const char *end;

	if (!slice_past(&text, " cpuset="))
		return;
	end = slice_find_last(text, " mems_allowed=");
	path = end ? slice_until(text, end) : text;
	SET_TEXT(o->e.cpuset, path);
	if (slice_past(&nodes, " mems_allowed="))
		SET_TEXT(o->e.mems_allowed, slice_trimmed(nodes));
}

/* The word before " #1": in every kernel the release. */
static void read_release(struct oom_event *e, struct slice s)
{
	const char *number = slice_find_last(s, " #"), *blank;

	if (!slice_find(s, "ainted"))
		return;
	if (number)
		s = slice_until(s, number);
	s = slice_trimmed(s);
	blank = memrchr(s.s, ' ', s.n);
	if (blank)
		SET_TEXT(e->release, slice_from(s, blank + 1));
}

/* "CPU: 0 PID: 27424 Comm: java ...", "CPU: 1 UID: 0 PID: 12 Comm: ...", "Pid: 12, comm: java ..."
 */
void oomlog_cpu(struct oom_open *o, struct slice text)
{
	int64_t pid;

	if (number_behind(text, "PID: ", &pid) || number_behind(text, "Pid: ", &pid))
		oomlog_set(&o->e.trigger_pid, pid);
	read_release(&o->e, text);
}

/* --- the limit --- */

void oomlog_task_in(struct oom_open *o, struct slice text)
{
	static const char mark[] = " killed as a result of limit of ";
	const char *p = slice_find(text, mark);
	struct slice task = slice_until(text, p), limit = slice_from(text, p + strlen(mark));

	if (!slice_past(&task, "Task in "))
		return;
	limit = slice_trimmed(limit);
	SET_TEXT(o->e.task_path, task);
	/* Alibaba's 4.19 says so of a global one. */
	if (slice_is(limit, "host")) {
		o->global = true;
		return;
	}
	o->memcg = true;
	SET_TEXT(o->e.limit_path, limit);
}

void oomlog_limit(struct oom_open *o, struct slice text)
{
	static const struct {
		const char *word;
		size_t field;
	} kinds[] = {
		{ "memory: ", offsetof(struct oom_event, memory) },
		{ "memory+swap: ", offsetof(struct oom_event, memsw) },
		{ "swap: ", offsetof(struct oom_event, swap) },
		{ "kmem: ", offsetof(struct oom_event, kmem) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct oom_limit *l = (void *)((char *)&o->e + kinds[i].field);

		if (!slice_starts(text, kinds[i].word) || l->usage != OOM_UNKNOWN)
			continue;
		number_behind(text, "usage ", &l->usage);
		number_behind(text, "limit ", &l->limit);
		number_behind(text, "failcnt ", &l->failcnt);
		o->memcg = true;
	}
}

/* --- the kill --- */

/* Names may have commas in them: the last of each key counts. */
static void read_located_task(struct oom_event *e, struct slice s)
{
	const char *task = slice_find(s, ",task="), *pid = slice_find_last(s, ",pid=");
	struct oom_victim *v = &e->victim[0];

	if (!task || !pid || pid < task)
		return;
	SET_TEXT(v->name, slice_until(slice_from(s, task + strlen(",task=")), pid));
	number_behind(slice_from(s, pid), ",pid=", &v->pid);
	number_behind(slice_from(s, pid), ",uid=", &v->uid);
	if (!e->victims) {
		e->victims = 1;
		v->from_choice = true;
	}
}

void oomlog_located(struct oom_open *o, struct slice text)
{
	static const char *const ends[] = {
		",nodemask=",  ",cpuset=",     ",mems_allowed=", ",global_oom",
		",oom_memcg=", ",task_memcg=", ",task=",	 NULL
	};
	static const char *const after_memcg[] = { ",task_memcg=", ",task=", NULL };
	struct oom_event *e = &o->e;
	struct slice s;

	if (between(text, "constraint=", ends, &s)) {
		slice_take(&s, "CONSTRAINT_");
		SET_TEXT(e->constraint, s);
	}
	if (between(text, ",nodemask=", ends, &s))
		SET_TEXT(e->nodemask, s);
	if (between(text, ",cpuset=", ends, &s))
		SET_TEXT(e->cpuset, s);
	if (between(text, ",mems_allowed=", ends, &s))
		SET_TEXT(e->mems_allowed, s);
	if (between(text, ",oom_memcg=", after_memcg, &s)) {
		SET_TEXT(e->limit_path, s);
		o->memcg = true;
	}
	if (between(text, ",task_memcg=", after_memcg, &s))
		SET_TEXT(e->task_path, s);
	o->global |= slice_find(text, ",global_oom") != NULL;
	o->located = true;
	read_located_task(e, text);
}

int64_t oomlog_pid_of(struct slice text)
{
	int64_t pid;

	return number_behind(text, "ill process ", &pid) ||
			       number_behind(text, "illed process ", &pid) ||
			       number_behind(text, "reaped process ", &pid)
		       ? pid
		       : -1;
}

/* "N (", "N, UID 0, (" */
static bool is_process(struct slice s)
{
	uint64_t pid;

	return slice_take_u64(&s, &pid) && (slice_starts(s, " (") || slice_starts(s, ", UID "));
}

bool oomlog_is_killed(struct slice text)
{
	return slice_past(&text, "Killed process ") && is_process(text);
}

bool oomlog_is_chosen(struct slice text)
{
	return slice_past(&text, "ill process ") && is_process(text) &&
	       (slice_find(text, " score ") || slice_find(text, "sharing same memory"));
}

/* The name in brackets before one of the words; names may hold brackets themselves. */
static bool read_name(struct slice s, const char *const words[], char *to, size_t size)
{
	const char *end = NULL;

	if (!slice_past(&s, "("))
		return false;
	for (; *words && !end; words++)
		end = slice_find_last(s, *words);
	if (!end)
		return false;
	slice_copy(slice_until(s, end), to, size);
	return true;
}

static void say_kind(struct oom_open *o, struct slice text)
{
	if (slice_find(text, "emory cgroup out of memory"))
		o->memcg = true;
	else if (slice_find(text, "Out of memory"))
		o->global = true;
}

void oomlog_chosen(struct oom_open *o, struct slice text)
{
	static const char *const words[] = { ") score ", ")", NULL };
	struct oom_event *e = &o->e;

	say_kind(o, text);
	e->chosen_pid = oomlog_pid_of(text);
	slice_past(&text, "ill process ");
	read_name(text, words, e->chosen, sizeof(e->chosen));
	number_behind(text, ") score ", &e->score);
	/* The kernels of then killed at most one: what is chosen, or a child of it. */
	if (!e->victims) {
		e->victims = 1;
		e->victim[0].from_choice = true;
		memcpy(e->victim[0].name, e->chosen, sizeof(e->chosen));
		e->victim[0].pid = e->chosen_pid;
	}
}

static struct oom_victim *next_victim(struct oom_event *e)
{
	struct oom_victim *v;

	if (e->victims == 1 && e->victim[0].from_choice) {
		int64_t uid = e->victim[0].uid, pid = e->victim[0].pid;

		v = &e->victim[0];
		v->from_choice = false;
		v->name[0] = '\0';
		v->pid = OOM_UNKNOWN;
		v->uid = pid != OOM_UNKNOWN ? uid : OOM_UNKNOWN;
		return v;
	}
	if (e->victims == OOM_VICTIMS) {
		e->more_victims++;
		return NULL;
	}
	return &e->victim[e->victims++];
}

static void read_sizes(struct oom_victim *v, struct slice s)
{
	static const struct {
		const char *key;
		size_t field;
	} keys[] = {
		{ "total-vm:", offsetof(struct oom_victim, total_vm) },
		{ "vsz:", offsetof(struct oom_victim, total_vm) },
		{ "anon-rss:", offsetof(struct oom_victim, anon) },
		{ "file-rss:", offsetof(struct oom_victim, file) },
		{ "shmem-rss:", offsetof(struct oom_victim, shmem) },
		{ "pgtables:", offsetof(struct oom_victim, pgtables) },
		{ "oom_score_adj:", offsetof(struct oom_victim, adj) },
		{ ", UID:", offsetof(struct oom_victim, uid) },
		{ ", UID ", offsetof(struct oom_victim, uid) },
	};
	struct slice unit;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		number_behind(s, keys[i].key, (int64_t *)((char *)v + keys[i].field));
	/* 5.x before 5.5 wrote the page tables in bytes. */
	unit = s;
	if (slice_past(&unit, "pgtables:") && v->pgtables != OOM_UNKNOWN) {
		int64_t n;

		slice_take_i64(&unit, &n);
		if (!slice_starts(unit, "kB"))
			v->pgtables /= 1024;
	}
}

void oomlog_killed(struct oom_open *o, struct slice text)
{
	static const char *const words[] = { ") total-vm:", ") vsz:", ")", NULL };
	int64_t pid = oomlog_pid_of(text), uid = OOM_UNKNOWN;
	struct oom_event *e = &o->e;
	bool same = e->victims == 1 && e->victim[0].pid == pid;
	struct oom_victim *v;

	say_kind(o, text);
	e->allocating_task |= slice_find(text, "(oom_kill_allocating_task)") != NULL;
	if (same)
		uid = e->victim[0].uid;
	v = next_victim(e);
	o->killed = true;
	if (!v)
		return;
	v->uid = uid;
	v->pid = pid;
	slice_past(&text, "illed process ");
	read_name(text, words, v->name, sizeof(v->name));
	read_sizes(v, text);
}

/* "Kill process N (NAME) sharing same memory": killed as well, without sizes. */
void oomlog_sharing(struct oom_open *o, struct slice text)
{
	static const char *const words[] = { ") sharing", NULL };
	int64_t pid = oomlog_pid_of(text);
	struct oom_victim *v;

	if (!o->killed)
		return;
	for (size_t i = 0; i < o->e.victims; i++) {
		if (o->e.victim[i].pid == pid)
			return;
	}
	v = next_victim(&o->e);
	if (!v)
		return;
	v->pid = pid;
	slice_past(&text, "ill process ");
	read_name(text, words, v->name, sizeof(v->name));
}
