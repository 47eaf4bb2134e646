/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/grubrun.h"

#define VARS_MAX 400u
#define VALUE_MAX 8192u
#define BYTES_MAX (32u << 20) /* of all words filled in */
#define STEPS_MAX 400000u     /* commands and words */
#define DEPTH_MAX 100u	      /* of branches and functions together */
#define ARGS_MAX 1000u

/* --- variables --- */

struct grubvars grubvars_copy(struct arena *a, const struct grubvars *v)
{
	struct grubvars copy = { .n = v->n, .cap = v->n, .more = v->more };

	if (v->n)
		copy.v = (struct grubvar *)(void *)arena_memdup(a, v->v, v->n * sizeof(*v->v));
	return copy;
}

static struct grubvar *find(const struct grubvars *v, const char *name)
{
	for (size_t i = 0; i < v->n; i++) {
		if (streq(v->v[i].name, name))
			return &v->v[i];
	}
	return NULL;
}

/* What GRUB itself, the firmware or a first grub.cfg on the ESP may have set. */
static const char *preset(const char *name)
{
	static const char *const outer[] = {
		"grub_platform",
		"grub_cpu",
		"cmdpath",
		"fw_path",
		"config_file",
		"lang",
		"locale_dir",
		"superusers",
		"pager",
		"timeout",
		"gfxmode",
		"gfxpayload",
		"theme",
		"debug",
		"lockdown",
		"shim_lock",
		"secureboot",
		"check_signatures",
		"net_boot",
		"pxe_default_server",
		"tpm_fail_fatal",
		"check_appended_signatures",
		NULL,
	};
	static const char home[] = { MARK_HOME, 0 }, dir[] = { MARK_DIR, 0 };

	if (streq(name, "root"))
		return home;
	if (streq(name, "prefix") || streq(name, "config_directory"))
		return dir;
	if (startswith(name, "feature_"))
		return "y";
	if (startswith(name, "net_") || in_list(name, outer))
		return NULL;
	if (strchr("?*@#123456789", *name))
		return NULL;
	return "";
}

const char *grubvars_get(const struct grubrun *r, const char *name)
{
	const struct grubvar *v = find(&r->vars, name);
	const char *value = v ? v->value : preset(name);

	return !v && r->vars.more && value && !*value ? NULL : value;
}

void grubvars_set(struct grubrun *r, const char *name, const char *value)
{
	struct grubvar *v = find(&r->vars, name);
	const char *old = v ? v->value : preset(name);

	if (r->reach == REACH_NEVER)
		return;
	if (r->reach == REACH_MAYBE && !(value && old && streq(value, old)))
		value = NULL;
	if (value && strlen(value) > VALUE_MAX)
		value = NULL;
	if (!v && r->vars.n >= VARS_MAX) {
		r->out->cut = true;
		return;
	}
	if (!v) {
		ARENA_GROW(r->a, r->vars.v, r->vars.n, r->vars.cap);
		v = &r->vars.v[r->vars.n++];
		v->name = name;
	}
	v->value = value;
}

/* --- words --- */

struct expanding {
	struct grubrun *r;
	struct grubarg *arg;
	size_t n, cap;
	struct bytes s, shown;
	bool unknown, any; /* any: a word is there even when it is empty */
};

static void end_word(struct expanding *x)
{
	struct arena *a = x->r->a;

	if (!x->any && !x->s.len)
		return;
	x->r->bytes += x->s.len + x->shown.len;
	if (x->n < ARGS_MAX) {
		ARENA_GROW(a, x->arg, x->n, x->cap);
		x->arg[x->n++] = (struct grubarg){
			.s = arena_strndup(a, x->s.data ? x->s.data : "", x->s.len),
			.shown = arena_strndup(a, x->shown.data ? x->shown.data : "", x->shown.len),
			.unknown = x->unknown,
		};
	}
	x->s.len = x->shown.len = 0;
	x->unknown = x->any = false;
}

static void add(struct expanding *x, const char *s)
{
	if (x->s.len + strlen(s) > VALUE_MAX) {
		x->unknown = true;
		return;
	}
	bytes_adds(&x->s, s);
	bytes_adds(&x->shown, s);
}

/* An unquoted variable's value falls apart at its blanks. */
static void add_split(struct expanding *x, const char *s)
{
	while (*s) {
		char piece[256];
		size_t n = strcspn(s, " \t");

		if (n >= sizeof(piece))
			n = sizeof(piece) - 1;
		memcpy(piece, s, n);
		piece[n] = '\0';
		add(x, piece);
		s += n;
		if (*s == ' ' || *s == '\t')
			end_word(x);
		s += strspn(s, " \t");
	}
}

static bool has_mark(const char *s)
{
	static const char marks[] = { MARK_TAG, MARK_HOME, MARK_DIR, 0 };

	return s[strcspn(s, marks)] != '\0';
}

static void add_variable(struct expanding *x, const struct grubpart *part)
{
	const char *value = grubvars_get(x->r, part->s);

	if (!value || has_mark(value)) {
		x->unknown |= !value;
		if (value && x->s.len + strlen(value) <= VALUE_MAX)
			bytes_adds(&x->s, value);
		else
			bytes_addf(&x->s, "$%s", part->s);
		bytes_addf(&x->shown, "$%s", part->s);
	} else if (part->quoted) {
		add(x, value);
	} else {
		add_split(x, value);
	}
	if (x->s.len > 2 * VALUE_MAX || x->shown.len > 2 * VALUE_MAX)
		x->s.len = x->shown.len = 0;
}

static void expand(struct expanding *x, const struct grubword *w)
{
	x->any = w->quoted;
	x->unknown = w->odd;
	for (const struct grubpart *part = w->part; part; part = part->next) {
		if (part->variable) {
			add_variable(x, part);
		} else {
			add(x, part->s);
			x->any = true;
		}
	}
	end_word(x);
}

static struct grubarg *expand_all(struct grubrun *r, const struct grubstmt *st, size_t *n)
{
	struct expanding x = { .r = r };

	for (size_t i = 0; i < st->words; i++)
		expand(&x, &st->word[i]);
	bytes_free(&x.s);
	bytes_free(&x.shown);
	*n = x.n;
	return x.arg;
}

/* --- statements --- */

void grubrun_opaque(struct grubrun *r)
{
	if (r->entry != GRUBCFG_NONE && r->reach != REACH_NEVER)
		r->out->entry[r->entry].opaque = true;
}

static const struct grubfunc *find_function(const struct grubrun *r, const char *name)
{
	for (size_t i = r->funcs; i > 0; i--) {
		if (streq(r->func[i - 1].name, name))
			return &r->func[i - 1];
	}
	return NULL;
}

static void define(struct grubrun *r, const struct grubstmt *st)
{
	const char *name = st->words ? grubword_literal(r->a, &st->word[0]) : NULL;

	if (!name || r->reach == REACH_NEVER || r->funcs >= VARS_MAX)
		return;
	ARENA_GROW(r->a, r->func, r->funcs, r->func_cap);
	r->func[r->funcs++] = (struct grubfunc){ name, st->body };
}

static enum tri run_command(struct grubrun *r, const struct grubstmt *st)
{
	size_t n;
	struct grubarg *arg = expand_all(r, st, &n);
	const struct grubfunc *f;

	if (!n)
		return TRI_TRUE;
	if (streq(arg[0].s, "menuentry") || streq(arg[0].s, "submenu")) {
		grubrun_menuentry(r, st, arg, n);
		return TRI_TRUE;
	}
	f = find_function(r, arg[0].s);
	if (f && r->reach != REACH_NEVER) {
		grubrun_list(r, f->body);
		return TRI_UNKNOWN;
	}
	if (streq(arg[0].s, "[") || streq(arg[0].s, "test"))
		return grubcmd_test(r, arg, n);
	return grubcmd_run(r, st, arg, n);
}

static enum grubcfg_reach under(enum grubcfg_reach outer, enum tri cond)
{
	if (cond == TRI_FALSE)
		return REACH_NEVER;
	if (cond == TRI_UNKNOWN && outer == REACH_RUNS)
		return REACH_MAYBE;
	return outer;
}

static void run_if(struct grubrun *r, const struct grubstmt *st)
{
	enum grubcfg_reach outer = r->reach;
	enum grubcfg_reach left = outer; /* how far the branches not yet looked at are reached */

	for (; st; st = st->orelse) {
		enum tri cond = TRI_TRUE;

		r->reach = left;
		if (st->cond)
			cond = grubrun_list(r, st->cond);
		r->reach = under(left, cond);
		grubrun_list(r, st->body);
		left = under(left, cond == TRI_UNKNOWN ? cond
				   : cond == TRI_TRUE  ? TRI_FALSE
						       : TRI_TRUE);
	}
	r->reach = outer;
}

static void run_loop(struct grubrun *r, const struct grubstmt *st)
{
	enum grubcfg_reach outer = r->reach;
	const char *name = st->words > 1 ? grubword_literal(r->a, &st->word[0]) : NULL;

	if (name)
		grubvars_set(r, name, NULL);
	r->reach = under(outer, TRI_UNKNOWN);
	if (st->cond)
		grubrun_list(r, st->cond);
	grubrun_list(r, st->body);
	r->reach = outer;
}

static enum tri run_one(struct grubrun *r, const struct grubstmt *st)
{
	switch (st->kind) {
	case STMT_COMMAND:
		return run_command(r, st);
	case STMT_IF:
		run_if(r, st);
		return TRI_UNKNOWN;
	case STMT_LOOP:
		run_loop(r, st);
		return TRI_UNKNOWN;
	case STMT_FUNCTION:
		define(r, st);
		return TRI_TRUE;
	}
	return TRI_UNKNOWN;
}

enum tri grubrun_list(struct grubrun *r, const struct grubstmt *st)
{
	enum tri last = TRI_TRUE;

	if (r->depth >= DEPTH_MAX) {
		r->out->cut = true;
		return TRI_UNKNOWN;
	}
	r->depth++;
	for (; st; st = st->next) {
		r->steps += 1 + st->words;
		if (r->steps > STEPS_MAX || r->bytes > BYTES_MAX) {
			r->out->cut = true;
			last = TRI_UNKNOWN;
			break;
		}
		last = run_one(r, st);
	}
	r->depth--;
	return last;
}
