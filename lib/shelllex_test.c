/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "lib/shelllex.h"

static enum shelllex_state parse_n(const char *s, size_t len, enum shelllex_dialect d, size_t *line)
{
	struct arena *a = arena_new();
	struct shelllex_script script;
	enum shelllex_state state;

	shelllex_parse(a, text_new(a, "/etc/profile", s, len), d, &script);
	state = script.state;
	if (line)
		*line = script.line;
	assert_true(state == SHELLLEX_OK || script.what);
	arena_free(a);
	return state;
}

static enum shelllex_state parse(const char *s, enum shelllex_dialect d)
{
	return parse_n(s, strlen(s), d, NULL);
}

/* Both shells and the parser read these alike. */
static const char *const common[] = {
	"",
	"\n",
	"# only a comment",
	"echo a",
	"echo a;",
	"echo a &",
	"echo 'a\nb'",
	"echo \"a'b\"",
	"echo a\\\nb",
	"echo 'a",
	"echo \"a",
	"echo `date",
	"echo $(date",
	"echo ${HOME",
	"echo a'",
	"echo it's",
	"echo \"`date`\"",
	"echo \"$(echo \"x\")\"",
	"echo $((1+2))",
	"echo $(( (1) ))",
	"x=$(case a in a) echo b;; esac)",
	"x=$( (echo a) )",
	"if true; then echo; fi",
	"if true; then echo",
	"if true; echo; fi",
	"if true; then fi",
	"fi",
	"then",
	"done",
	"esac",
	"}",
	")",
	";;",
	"else",
	"if true; then :; else :; fi",
	"if a; then :; elif b; then :; fi",
	"if a; then :; elif b; then :; else :; fi; echo",
	"if a; then :; elif b; then :",
	"while :; do :; done",
	"while :; do :",
	"until false; do :; done",
	"while :; do done",
	"for i in a b; do :; done",
	"for i in a b; do :",
	"for i; do :; done",
	"for i\ndo :\ndone",
	"for i in; do :; done",
	"for i in a b do :; done",
	"case a in a) :;; esac",
	"case a in (a|b) : ;; *) : ;; esac",
	"case a in\na) :\nesac",
	"case a in a) :",
	"case a in esac",
	"case a in a :;; esac",
	"case a",
	"{ :; }",
	"{ :; ",
	"{ : }",
	"{ }",
	"( : )",
	"( :",
	"()",
	"f() { :; }",
	"f() { :;",
	"f ()\n{\n:\n}\n",
	"f() ( : )",
	"a && b",
	"a &&",
	"a && \n b",
	"&& a",
	"a || b",
	"a |",
	"a | b",
	"| a",
	"! a",
	"a; ; b",
	"a >",
	"a > f",
	"a 2>&1",
	"a >f <g",
	"> f",
	"cat <<E\nif 'x\nE\necho",
	"cat <<'E'\n`\"$(\nE\n",
	"cat <<-E\n\tx\n\tE\necho",
	"cat <<E <<F\na\nE\nb\nF\n",
	"a=b",
	"a=b c=d e",
	"a=(",
	"echo a#b # c 'd",
	"echo \\' \\\"",
	"echo \"\\\"\"",
	"echo '\\'",
	"echo ${a:-b} ${a%%*/} ${a#\"x\"}",
	"echo ${a:-\"}\"}",
	"alias a='b c'",
	"[ -n \"$a\" ] && return",
	"export A=1 B=2",
	". /etc/x",
	"echo $$ $? $# $! $-",
	"if [ a ]; then\n  echo \"x\"\n# fi\n",
	"echo a; }",
	"echo a)",
	"a(b)",
	"echo (a)",
	"if\n:\nthen\n:\nfi\n",
	"echo if then fi",
	"\\if true",
	"'if' true",
	"echo \"${a}\"",
	"echo \"$(echo 'a\"b')\"",
	"x=1;y=2",
	"case $- in *i*) ;; *) return;; esac",
	"for i in *; do case $i in a) continue;; esac; done",
};

/* Of bash only. */
static const char *const of_bash[] = {
	"[[ -n $a ]]",
	"[[ a == b* && c != d ]]",
	"[[ -n $a",
	"((a=1))",
	"((a=1)",
	"for ((i=0;i<3;i++)); do :; done",
	"function f { :; }",
	"function f() { :; }",
	"a=(b c 'd e')",
	"a=(b\nc # it's\nd)",
	"a+=(b)",
	"a[1]=b",
	"echo $'it\\'s'",
	"echo {a,b}",
	"cat <<< word",
	"diff <(a) <(b)",
	"a &> f",
	"a |& b",
	"select i in a b; do :; done",
	"time a",
	"case a in a) :;& b) :;; esac",
	"echo ${a//\\'/x}",
	"echo ${a^^}",
	"{fd}>f echo",
	"coproc a",
	"while read -r a; do :; done < <(ls)",
	"[[ $a =~ ^x ]] || :",
	"if ((1)); then :; fi",
	"echo $\"a\"",
	"function f\n{\n:\n}",
	"((1<<2))",
	"echo $((1<<2)) a",
};

/* What "SHELL -n" says of it: 0 or 1; -1: there is no such shell. */
static int ask_shell(const char *shell, const char *s)
{
	_cleanup_free_ char *command = xasprintf("%s -n 2>/dev/null", shell);
	_cleanup_free_ char *probe = xasprintf("command -v %s >/dev/null 2>&1", shell);
	FILE *f;
	int r;

	if (system(probe) != 0)
		return -1;
	f = popen(command, "w");
	if (!f)
		return -1;
	fputs(s, f);
	r = pclose(f);
	return WIFEXITED(r) && WEXITSTATUS(r) == 0 ? 0 : 1;
}

static void compare(const char *s, const char *shell, enum shelllex_dialect d)
{
	enum shelllex_state ours = parse(s, d);
	int theirs = ask_shell(shell, s);

	if (theirs < 0 || ours == SHELLLEX_UNKNOWN || (ours == SHELLLEX_BROKEN) == (theirs == 1))
		return;
	fail_msg("%s -n %s, we say %s: %s", shell, theirs ? "refuses" : "accepts",
		 ours == SHELLLEX_OK ? "fine" : "broken", s);
}

static void test_against_shells(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(common); i++) {
		compare(common[i], "bash", SHELLLEX_BASH);
		compare(common[i], "dash", SHELLLEX_POSIX);
	}
	for (size_t i = 0; i < ARRAY_SIZE(of_bash); i++)
		compare(of_bash[i], "bash", SHELLLEX_BASH);
}

static void test_where(void **state)
{
	static const struct {
		const char *s;
		size_t line;
	} at[] = {
		{ "a\nb \"c\nd\n", 2 },	      { "if a\nthen b\n\nc\n", 1 },
		{ "a\nfi\nb\n", 2 },	      { "a\n{\nb\n", 2 },
		{ "for i in a\ndo\nb\n", 1 }, { "a\n\ncase x in\n", 3 },
		{ "a\nb `c\n", 2 },	      { "a\nb ${c\n", 2 },
		{ "a\nb $(c\nd\n", 2 },	      { "x='\n'\nif a; then b", 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		size_t line = 0;

		assert_int_equal(parse_n(at[i].s, strlen(at[i].s), SHELLLEX_BASH, &line),
				 SHELLLEX_BROKEN);
		assert_int_equal(line, at[i].line);
	}
}

static void test_not_sure(void **state)
{
	static const char *const odd[] = {
		"shopt -s extglob\ncase a in @(b|c)) :;; esac\nif x; then",
		"coproc cat",
		"echo \"${a%'}\"",
		"[[ a =~ (b ]]\nfi",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		assert_int_equal(parse(odd[i], SHELLLEX_BASH), SHELLLEX_UNKNOWN);
	assert_int_equal(parse("a=(b)", SHELLLEX_POSIX), SHELLLEX_UNKNOWN);
	assert_int_equal(parse_n("a\0b", 3, SHELLLEX_BASH, NULL), SHELLLEX_UNKNOWN);
}

static void test_tree(void **state)
{
	static const char s[] = "A=1 . ~/x \"y z\"\nif [ -f f ]; then\n\tsource f\nelse\n\t:\nfi\n"
				"a && b || c &\nfor i in 1 2; do x; done\n";
	struct arena *a = arena_new();
	struct shelllex_script script;
	struct shelllex_node *n;

	(void)state;
	shelllex_parse(a, text_new(a, "/x", s, strlen(s)), SHELLLEX_BASH, &script);
	assert_int_equal(script.state, SHELLLEX_OK);
	n = script.body;
	assert_int_equal(n->kind, SHELLLEX_SIMPLE);
	assert_int_equal(n->assigns, 1);
	assert_int_equal(n->words, 4);
	assert_string_equal(n->word[3].s, "\"y z\"");
	n = n->next;
	assert_int_equal(n->kind, SHELLLEX_IF);
	assert_int_equal(n->line, 2);
	assert_int_equal(n->last, 6);
	assert_int_equal(n->body->line, 3);
	assert_string_equal(n->other->word[0].s, ":");
	n = n->next;
	assert_int_equal(n->kind, SHELLLEX_OR);
	assert_int_equal(n->cond->kind, SHELLLEX_AND);
	assert_true(n->background);
	n = n->next;
	assert_int_equal(n->kind, SHELLLEX_FOR);
	assert_int_equal(n->words, 3);
	assert_null(n->next);
	arena_free(a);
}

/* No input may take long, recurse without end or read beyond its end. */
static void test_hostile(void **state)
{
	static const char *const units[] = {
		"(",	"{ ",	     "$(",	    "$((",    "${",  "`",	    "\"",
		"\"$(", "if ",	     "if a; then ", "while ", "! ",  "case a in (", "a&&",
		"a|",	"f() ",	     "<<E ",	    "((",     "[[ ", "a=(",	    "\\",
		"<(",	"for i in ", "time ",	    "$'",     "@(",  "&",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		struct bytes b = { 0 };

		for (size_t k = 0; k < 20000; k++)
			bytes_adds(&b, units[i]);
		parse_n(b.data, b.len, SHELLLEX_BASH, NULL);
		parse_n(b.data, b.len, SHELLLEX_POSIX, NULL);
		bytes_free(&b);
	}
}

/* Every prefix of a script full of everything. */
static void test_cut_anywhere(void **state)
{
	struct bytes b = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(of_bash); i++) {
		bytes_adds(&b, of_bash[i]);
		bytes_addc(&b, '\n');
	}
	for (size_t n = 0; n <= b.len; n++)
		parse_n(b.data, n, SHELLLEX_BASH, NULL);
	bytes_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_shells), cmocka_unit_test(test_where),
		cmocka_unit_test(test_not_sure),       cmocka_unit_test(test_tree),
		cmocka_unit_test(test_hostile),	       cmocka_unit_test(test_cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
