/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>

#include "lib/shelltest.h"

struct test {
	const struct root *root;
	const struct shellword_env *env;
	enum shelltest_form form;
};

enum shelltest_truth shelltest_not(enum shelltest_truth t)
{
	return t == SHELLTEST_UNSURE ? t : t == SHELLTEST_TRUE ? SHELLTEST_FALSE : SHELLTEST_TRUE;
}

static enum shelltest_truth truth(bool b)
{
	return b ? SHELLTEST_TRUE : SHELLTEST_FALSE;
}

static enum shelltest_truth is_filled(const struct shellword_value *v)
{
	switch (v->state) {
	case SHELLWORD_KNOWN:
		return truth(*v->s != '\0');
	case SHELLWORD_SET:
		return SHELLTEST_TRUE;
	default:
		return SHELLTEST_UNSURE;
	}
}

static enum shelltest_truth test_file(const struct test *t, char what,
				      const struct shellword_value *v)
{
	struct stat st;
	int e;

	/* What lives in /dev, /proc, /run and /tmp is not on the disk. */
	if (v->state != SHELLWORD_KNOWN || *v->s != '/' || startswith(v->s, "/dev") ||
	    startswith(v->s, "/proc") || startswith(v->s, "/run") || startswith(v->s, "/tmp") ||
	    startswith(v->s, "/sys") || startswith(v->s, "/var/run"))
		return SHELLTEST_UNSURE;
	e = what == 'h' || what == 'L' ? root_lstat(t->root, v->s, &st)
				       : root_stat(t->root, v->s, &st);
	if (e < 0)
		return root_is_absent(e) ? SHELLTEST_FALSE : SHELLTEST_UNSURE;
	switch (what) {
	case 'f':
		return truth(S_ISREG(st.st_mode));
	case 'd':
		return truth(S_ISDIR(st.st_mode));
	case 's':
		return truth(st.st_size > 0);
	case 'x':
		return truth(S_ISDIR(st.st_mode) || st.st_mode & 0111);
	case 'h':
	case 'L':
		return truth(S_ISLNK(st.st_mode));
	default: /* e, a, r, w: root may */
		return SHELLTEST_TRUE;
	}
}

static enum shelltest_truth unary(const struct test *t, const char *op, const char *raw)
{
	struct shellword_value v = shellword_expand(t->env, raw);

	if (strlen(op) != 2 || *op != '-')
		return SHELLTEST_UNSURE;
	if (op[1] == 'n')
		return is_filled(&v);
	if (op[1] == 'z')
		return shelltest_not(is_filled(&v));
	return strchr("feadrwxshL", op[1]) ? test_file(t, op[1], &v) : SHELLTEST_UNSURE;
}

static enum shelltest_truth compare_numbers(const char *a, const char *op, const char *b)
{
	static const struct {
		const char *op;
		bool less, same, more;
	} ops[] = {
		{ "-eq", false, true, false }, { "-ne", true, false, true },
		{ "-lt", true, false, false }, { "-le", true, true, false },
		{ "-gt", false, false, true }, { "-ge", false, true, true },
	};
	uint64_t x, y;

	if (!parse_u64(a, &x) || !parse_u64(b, &y))
		return SHELLTEST_UNSURE;
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (streq(op, ops[i].op))
			return truth(x < y ? ops[i].less : x > y ? ops[i].more : ops[i].same);
	}
	return SHELLTEST_UNSURE;
}

/* Something is compared with nothing: surely different when it is surely filled. */
static bool differ_by_emptiness(const struct shellword_value *a, const struct shellword_value *b)
{
	return a->state == SHELLWORD_SET && b->state == SHELLWORD_KNOWN && !*b->s;
}

static enum shelltest_truth same(const struct test *t, const struct shellword_value *a,
				 const char *raw)
{
	struct shellword_value b = t->form == SHELLTEST_DOUBLE ? shellword_pattern(t->env, raw)
							       : shellword_expand(t->env, raw);

	if (differ_by_emptiness(a, &b) || differ_by_emptiness(&b, a))
		return SHELLTEST_FALSE;
	if (a->state != SHELLWORD_KNOWN || b.state != SHELLWORD_KNOWN)
		return SHELLTEST_UNSURE;
	return truth(t->form == SHELLTEST_DOUBLE ? fnmatch(b.s, a->s, 0) == 0 : streq(a->s, b.s));
}

static enum shelltest_truth binary(const struct test *t, const char *left, const char *op,
				   const char *right)
{
	struct shellword_value a = shellword_expand(t->env, left), b;

	if (streq(op, "=") || streq(op, "=="))
		return same(t, &a, right);
	if (streq(op, "!="))
		return shelltest_not(same(t, &a, right));
	b = shellword_expand(t->env, right);
	if (a.state != SHELLWORD_KNOWN || b.state != SHELLWORD_KNOWN)
		return SHELLTEST_UNSURE;
	return compare_numbers(a.s, op, b.s);
}

static enum shelltest_truth primary(const struct test *t, const struct shelllex_word *w, size_t n)
{
	struct shellword_value v;

	if (n > 1 && streq(w->s, "!"))
		return shelltest_not(primary(t, w + 1, n - 1));
	switch (n) {
	case 0:
		return SHELLTEST_FALSE;
	case 1:
		v = shellword_expand(t->env, w[0].s);
		return is_filled(&v);
	case 2:
		return unary(t, w[0].s, w[1].s);
	case 3:
		return binary(t, w[0].s, w[1].s, w[2].s);
	default:
		return SHELLTEST_UNSURE;
	}
}

/* Index of the first word op, or n; a word that could be an operand is not looked at as one. */
static size_t find(const struct shelllex_word *w, size_t n, const char *op)
{
	size_t i = 1;

	while (i + 1 < n && !streq(w[i].s, op))
		i++;
	return i + 1 < n ? i : n;
}

static enum shelltest_truth both(enum shelltest_truth a, enum shelltest_truth b)
{
	if (a == SHELLTEST_FALSE || b == SHELLTEST_FALSE)
		return SHELLTEST_FALSE;
	return a == SHELLTEST_TRUE && b == SHELLTEST_TRUE ? SHELLTEST_TRUE : SHELLTEST_UNSURE;
}

static enum shelltest_truth conjunction(const struct test *t, const struct shelllex_word *w,
					size_t n)
{
	const char *op = t->form == SHELLTEST_DOUBLE ? "&&" : "-a";
	enum shelltest_truth all = SHELLTEST_TRUE;

	for (;;) {
		size_t at = n > 3 || t->form == SHELLTEST_DOUBLE ? find(w, n, op) : n;

		all = both(all, primary(t, w, at));
		if (at >= n)
			return all;
		w += at + 1;
		n -= at + 1;
	}
}

enum shelltest_truth shelltest_eval(const struct root *r, const struct shellword_env *env,
				    const struct shelllex_word *word, size_t n,
				    enum shelltest_form form)
{
	struct test t = { .root = r, .env = env, .form = form };
	const char *op = form == SHELLTEST_DOUBLE ? "||" : "-o";
	enum shelltest_truth any = SHELLTEST_FALSE;

	for (size_t i = 0; i < n; i++) {
		if (streq(word[i].s, "(") || streq(word[i].s, ")") || streq(word[i].s, "\\("))
			return SHELLTEST_UNSURE;
	}
	for (;;) {
		size_t at = n > 3 || form == SHELLTEST_DOUBLE ? find(word, n, op) : n;
		enum shelltest_truth one = conjunction(&t, word, at);

		any = shelltest_not(both(shelltest_not(any), shelltest_not(one)));
		if (at >= n)
			return any;
		word += at + 1;
		n -= at + 1;
	}
}
