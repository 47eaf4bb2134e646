/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "lib/pamauthupdate.h"
#include "lib/pamauthupdate_parts.h"

#define BLANKS " \t\r\n\f\v"
#define WORDS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* The marks of a template. What stands between the first and the second, and between the third and
 * the fourth, is made; all else stays. */
static const char *const marks[] = {
	"# here are the per-package modules (the \"Primary\" block)",
	"# here's the fallback if no module succeeds",
	"# and here are more per-package modules (the \"Additional\" block)",
	"# end of pam-auth-update config",
};

static const struct kind {
	const char *name; /* behind "common-" */
	const char *word; /* a line begins with it */
	const char *field;
} kinds[] = {
	{ "auth", "auth", "Auth" },
	{ "account", "account", "Account" },
	{ "password", "password", "Password" },
	{ "session", "session", "Session" },
	{ "session-noninteractive", "session", "Session-noninteractive" },
};

static const struct kind *kind_of(const char *name)
{
	const char *rest = after(name, "common-");

	for (size_t i = 0; rest && i < ARRAY_SIZE(kinds); i++) {
		if (streq(kinds[i].name, rest))
			return &kinds[i];
	}
	return NULL;
}

struct making {
	struct scan *s;
	const struct pammodules *mods;
	const struct kind *kind;
	struct pamprofile_set set;
	const char *left_out;
	struct bytes out;
};

/* --- a profile's lines --- */

/* A session without a person has the lines of any other, unless the profile says otherwise. */
static const char *field(const struct making *m, const struct pamprofile *p, const char *rest)
{
	const char *only = pamprofile_field(p, "Session-Interactive-Only");
	const char *name = m->kind->field;

	if (streq(name, "Session-noninteractive") && !(only && streq(only, "yes")))
		name = "Session";
	return pamprofile_field(p, scan_printf(m->s, "%s%s", name, rest));
}

/* The profile that comes first in its block may have other lines: nobody asked for a password yet.
 */
static const char *lines_of(const struct making *m, const struct pamprofile *p, size_t place)
{
	const char *initial = place ? NULL : field(m, p, "-Initial");
	const char *lines = initial && *initial ? initial : field(m, p, "");

	return lines ? lines : "";
}

static bool is_of_block(const struct making *m, const struct pamprofile *p, const char *block)
{
	return streq_null(field(m, p, "-Type"), block);
}

/* CONTROL MODULE [OPTION...]: the lengths of "CONTROL", and of all up to the end of "MODULE". */
struct rule {
	size_t control, module_at, module_end, len;
};

static bool split_rule(const char *s, struct rule *out)
{
	struct rule r = { .len = strcspn(s, "\n") };

	if (*s == '[')
		r.control = s[1] != ']' ? strcspn(s, "]\n") + 1 : 0;
	else
		r.control = strspn(s, WORDS);
	if (!r.control || r.control >= r.len)
		return false;
	r.module_at = r.control + strspn(s + r.control, BLANKS);
	r.module_end = r.module_at + strcspn(s + r.module_at, BLANKS);
	*out = r;
	return r.module_at > r.control && r.module_at < r.len;
}

/* Goes on behind the line; NULL behind the last. */
static const char *next_line(const char *s)
{
	s += strcspn(s, "\n");
	return *s ? s + 1 : NULL;
}

static size_t count_lines(const char *s)
{
	size_t n = 0;

	for (; s && *s; s = next_line(s))
		n++;
	return n;
}

/* --- profiles that cannot be used --- */

static const char *missing_module(const struct making *m, const char *lines,
				  enum pammodule_state *state)
{
	for (const char *s = lines; s && *s; s = next_line(s)) {
		const char *module, *path;
		struct rule r;

		if (!split_rule(s, &r) || startswith(s, "include") || startswith(s, "substack"))
			continue;
		module = scan_printf(m->s, "%.*s", (int)(r.module_end - r.module_at),
				     s + r.module_at);
		*state = pammodule_state(m->mods, module, &path);
		if (*state != PAMMODULE_PRESENT && *state != PAMMODULE_UNKNOWN)
			return module;
	}
	return NULL;
}

static void leave_out(struct making *m, const char *what)
{
	m->left_out = m->left_out ? scan_printf(m->s, "%s, %s", m->left_out, what) : what;
}

#define LEFT_OUT_TOLD 4

/* Whose module is not there would only spoil the stack. */
static void drop_unusable(struct making *m)
{
	struct pamprofile_set *set = &m->set;
	size_t kept = 0, dropped = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct pamprofile *p = set->p[i];
		enum pammodule_state state = PAMMODULE_PRESENT;
		bool used = field(m, p, "-Type");
		const char *module = NULL;

		for (size_t place = 0; used && place < 2 && !module; place++)
			module = missing_module(m, lines_of(m, p, place), &state);
		if (!module) {
			set->p[kept++] = p;
			continue;
		}
		if (dropped++ < LEFT_OUT_TOLD)
			leave_out(m, scan_printf(m->s, "profile '%s', whose module '%s' %s",
						 p->name, module, pammodule_why(state)));
	}
	set->n = kept;
	if (dropped > LEFT_OUT_TOLD)
		leave_out(m, scan_printf(m->s, "%zu more", dropped - LEFT_OUT_TOLD));
}

/* --- the file --- */

/* "end" in a control is the number of lines to jump over to get behind the block. */
static void add_with_end(struct bytes *out, const char *s, size_t len, size_t end)
{
	for (size_t i = 0; i < len;) {
		if (len - i >= 3 && strncmp(s + i, "end", 3) == 0) {
			bytes_addf(out, "%zu", end);
			i += 3;
		} else {
			bytes_addc(out, s[i++]);
		}
	}
}

static int add_rule(struct making *m, const char *s, size_t end)
{
	size_t words = 0;
	struct rule r;

	if (!split_rule(s, &r))
		return -EINVAL;
	bytes_addf(&m->out, "%s\t", m->kind->word);
	add_with_end(&m->out, s, r.module_end, end);
	bytes_addc(&m->out, ' ');
	for (size_t i = r.module_end; i < r.len;) {
		size_t len;

		i += strspn(s + i, BLANKS);
		len = strcspn(s + i, BLANKS);
		if (i < r.len && len && words++)
			bytes_addc(&m->out, ' ');
		if (i < r.len)
			bytes_add(&m->out, s + i, len);
		i += len;
	}
	bytes_addc(&m->out, '\n');
	return 0;
}

static size_t lines_of_block(const struct making *m, const char *block)
{
	size_t lines = 0, place = 0;

	for (size_t i = 0; i < m->set.n; i++) {
		if (is_of_block(m, m->set.p[i], block))
			lines += count_lines(lines_of(m, m->set.p[i], place++));
	}
	return lines;
}

/* Behind the last line of the first block stands the one that refuses; behind the other, nothing.
 */
static int add_block(struct making *m, const char *block)
{
	bool primary = streq(block, "Primary");
	size_t left = lines_of_block(m, block), place = 0;
	int e = 0;

	if (primary && !left)
		bytes_addf(&m->out, "%s\t[default=1]\t\t\tpam_permit.so\n", m->kind->word);
	for (size_t i = 0; i < m->set.n && e == 0; i++) {
		const char *s = is_of_block(m, m->set.p[i], block)
					? lines_of(m, m->set.p[i], place++)
					: NULL;

		for (; s && *s && e == 0; s = next_line(s), left--)
			e = add_rule(m, s, primary ? left : left - 1);
	}
	return e;
}

static int fill_template(struct making *m, const struct text *t)
{
	size_t mark = 0;
	int e = 0;

	for (size_t n = 1; n <= t->lines && e == 0; n++) {
		const char *line = text_line(t, n);
		bool is_mark = mark < ARRAY_SIZE(marks) && startswith(line, marks[mark]);
		bool inside = mark % 2 == 1;

		if (inside && !is_mark)
			continue;
		bytes_adds(&m->out, line);
		if (n < t->lines || t->final_newline)
			bytes_addc(&m->out, '\n');
		if (is_mark && !inside)
			e = add_block(m, mark == 0 ? "Primary" : "Additional");
		mark += is_mark;
	}
	return e == 0 && mark < ARRAY_SIZE(marks) ? -EINVAL : e;
}

static enum pamauthupdate_source enabled(struct making *m, const struct pamprofiles *all)
{
	if (pamprofile_saved(m->s, all, m->kind->name, &m->set)) {
		m->left_out = m->set.gone;
		return PAMAUTHUPDATE_SAVED;
	}
	if (pamprofile_debconf(m->s, all, &m->set))
		return PAMAUTHUPDATE_DEBCONF;
	pamprofile_defaults(all, &m->set);
	return PAMAUTHUPDATE_DEFAULTS;
}

int pamauthupdate_make(struct scan *s, const struct pammodules *mods, const char *name,
		       struct pamauthupdate *out)
{
	struct making m = { .s = s, .mods = mods, .kind = kind_of(name) };
	const struct text *t = NULL;
	struct pamprofiles all;
	int e;

	if (m.kind)
		t = pamprofile_text(s, scan_printf(s, "/usr/share/pam/%s", name));
	if (!t)
		return -ENOENT;
	pamprofile_gather(s, &all);
	if (!all.n)
		return -ENOENT;
	out->source = enabled(&m, &all);
	drop_unusable(&m);
	e = fill_template(&m, t);
	if (e == 0) {
		out->text = arena_memdup(s->arena, m.out.data, m.out.len);
		out->len = m.out.len;
		out->left_out = m.left_out;
	}
	bytes_free(&m.out);
	return e;
}

time_t pamauthupdate_when(struct scan *s, const char *name)
{
	const struct kind *k = kind_of(name);
	const struct text *t =
		k ? pamprofile_text(s, scan_printf(s, "/var/lib/pam/%s", k->name)) : NULL;

	return t && startswith(text_line(t, 1), "Module: ") ? t->st.st_mtime : 0;
}
