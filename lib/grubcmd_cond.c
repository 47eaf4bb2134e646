/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * [ … ] and test, with three answers.
 *
 * Source: GRUB manual, "test"; grub-core/commands/test.c.
 */
#include "lib/grubrun.h"

static enum tri tri_of(bool b)
{
	return b ? TRI_TRUE : TRI_FALSE;
}

static enum tri tri_not(enum tri t)
{
	return t == TRI_UNKNOWN ? t : tri_of(t == TRI_FALSE);
}

/* Files beside grub.cfg are the ones that can be looked up. */
static enum tri test_file(const struct grubrun *r, char op, const struct grubarg *arg)
{
	const struct grubcfg_env *env = r->env;
	_cleanup_free_ char *path = NULL;
	struct stat st;

	if (arg->unknown || arg->s[0] != MARK_DIR || arg->s[1] != '/')
		return TRI_UNKNOWN;
	if (streq(arg->s + 1, "/grubenv") && env->grubenv)
		return TRI_TRUE;
	if (!env->root || !env->dir)
		return TRI_UNKNOWN;
	path = xasprintf("%s%s", env->dir, arg->s + 1);
	if (root_stat(env->root, path, &st) < 0)
		return TRI_FALSE;
	if (op == 'd')
		return tri_of(S_ISDIR(st.st_mode));
	if (op == 's')
		return tri_of(st.st_size > 0);
	return tri_of(op == 'e' || !S_ISDIR(st.st_mode));
}

static enum tri test_unary(const struct grubrun *r, const struct grubarg *arg)
{
	const char *op = arg[0].s;

	if (op[0] != '-' || strlen(op) != 2)
		return TRI_UNKNOWN;
	if (strchr("nz", op[1])) {
		if (arg[1].unknown)
			return TRI_UNKNOWN;
		return tri_of((op[1] == 'n') == (arg[1].s[0] != '\0'));
	}
	return strchr("fsed", op[1]) ? test_file(r, op[1], &arg[1]) : TRI_UNKNOWN;
}

static enum tri test_numbers(const char *op, const char *left, const char *right)
{
	long a = strtol(left, NULL, 0), b = strtol(right, NULL, 0);
	const struct {
		const char *op;
		bool yes;
	} table[] = {
		{ "-eq", a == b }, { "-ne", a != b }, { "-lt", a < b },
		{ "-le", a <= b }, { "-gt", a > b },  { "-ge", a >= b },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (streq(op, table[i].op))
			return tri_of(table[i].yes);
	}
	return TRI_UNKNOWN;
}

static enum tri test_binary(const struct grubarg *arg)
{
	const char *op = arg[1].s;

	if (arg[0].unknown || arg[2].unknown)
		return TRI_UNKNOWN;
	if (streq(op, "=") || streq(op, "=="))
		return tri_of(streq(arg[0].s, arg[2].s));
	if (streq(op, "!="))
		return tri_of(!streq(arg[0].s, arg[2].s));
	return test_numbers(op, arg[0].s, arg[2].s);
}

/* A term without -a and -o. */
static enum tri test_term(const struct grubrun *r, const struct grubarg *arg, size_t n)
{
	bool negate = false;
	enum tri t = TRI_UNKNOWN;

	while (n > 1 && streq(arg[0].s, "!")) {
		negate = !negate;
		arg++;
		n--;
	}
	if (n == 0)
		t = TRI_FALSE;
	else if (n == 1)
		t = arg[0].unknown ? TRI_UNKNOWN : tri_of(arg[0].s[0] != '\0');
	else if (n == 2)
		t = test_unary(r, arg);
	else if (n == 3)
		t = test_binary(arg);
	return negate ? tri_not(t) : t;
}

/* Where the word stands before n; n: nowhere. */
static size_t find_word(const struct grubarg *arg, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++) {
		if (streq(arg[i].s, word))
			return i;
	}
	return n;
}

static enum tri test_and(const struct grubrun *r, const struct grubarg *arg, size_t n)
{
	enum tri all = TRI_TRUE;

	for (size_t from = 0; from <= n;) {
		size_t len = find_word(arg + from, n - from, "-a");
		enum tri t = test_term(r, arg + from, len);

		if (t == TRI_FALSE)
			return t;
		if (t == TRI_UNKNOWN)
			all = t;
		from += len + 1;
	}
	return all;
}

enum tri grubcmd_test(struct grubrun *r, const struct grubarg *arg, size_t n)
{
	enum tri any = TRI_FALSE;

	if (streq(arg[0].s, "[") && n > 1 && streq(arg[n - 1].s, "]"))
		n--;
	arg++;
	n--;
	if (find_word(arg, n, "(") < n)
		return TRI_UNKNOWN;
	for (size_t from = 0; from <= n;) {
		size_t len = find_word(arg + from, n - from, "-o");
		enum tri t = test_and(r, arg + from, len);

		if (t == TRI_TRUE)
			return t;
		if (t == TRI_UNKNOWN)
			any = t;
		from += len + 1;
	}
	return any;
}
