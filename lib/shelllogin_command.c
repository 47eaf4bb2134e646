/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Simple commands: assignments, functions and the builtins that matter to a login. */
#include "lib/shelllogin_parts.h"

/* --- variables --- */

static void assign(struct shelllogin_walk *w, const char *raw)
{
	size_t len = strcspn(raw, "=+[");
	_cleanup_free_ char *name = xstrndup(raw, len);
	struct shellword_value v = { SHELLWORD_UNKNOWN, "" };

	if (raw[len] == '=' && raw[len + 1] != '(')
		v = shellword_expand(&w->env, raw + len + 1);
	if (!w->sure)
		v.state = SHELLWORD_UNKNOWN;
	shellword_set(&w->env, name, v.state, v.s);
}

void shelllogin_forget(struct shelllogin_walk *w, const char *raw)
{
	size_t len = strcspn(raw, "=[");
	_cleanup_free_ char *name = xstrndup(raw, len);

	shellword_set(&w->env, name, SHELLWORD_UNKNOWN, "");
}

/* --- simple commands --- */

struct command {
	const struct shelllex_node *n;
	const char *name;
	const struct shelllex_word *arg;
	size_t args;
};

typedef enum shelllogin_flow builtin(struct shelllogin_walk *w, const struct command *c,
				     enum shelltest_truth *status);

static enum shelllogin_flow do_source(struct shelllogin_walk *w, const struct command *c,
				      enum shelltest_truth *status)
{
	*status = SHELLTEST_UNSURE;
	if (c->args && !streq(c->arg[0].s, "--"))
		return shelllogin_source(w, c->n, c->arg[0].s);
	return GO_ON;
}

static enum shelllogin_flow do_true(struct shelllogin_walk *w UNUSED,
				    const struct command *c UNUSED, enum shelltest_truth *status)
{
	*status = SHELLTEST_TRUE;
	return GO_ON;
}

static enum shelllogin_flow do_false(struct shelllogin_walk *w UNUSED,
				     const struct command *c UNUSED, enum shelltest_truth *status)
{
	*status = SHELLTEST_FALSE;
	return GO_ON;
}

static enum shelllogin_flow do_test(struct shelllogin_walk *w, const struct command *c,
				    enum shelltest_truth *status)
{
	size_t n = c->args;

	if (streq(c->name, "[")) {
		if (n == 0 || !streq(c->arg[n - 1].s, "]"))
			return GO_ON;
		n--;
	}
	*status = shelltest_eval(w->s->root, &w->env, c->arg, n, SHELLTEST_SINGLE);
	return GO_ON;
}

static enum shelllogin_flow do_return(struct shelllogin_walk *w UNUSED,
				      const struct command *c UNUSED,
				      enum shelltest_truth *status UNUSED)
{
	return RETURNED;
}

/* Which rounds of the loop are run is not followed. */
static enum shelllogin_flow do_break(struct shelllogin_walk *w, const struct command *c UNUSED,
				     enum shelltest_truth *status UNUSED)
{
	w->frame->perhaps_left = true;
	w->sure = false;
	return GO_ON;
}

static enum shelllogin_flow do_exit(struct shelllogin_walk *w, const struct command *c,
				    enum shelltest_truth *status UNUSED)
{
	if (w->sure && !w->child)
		shelllogin_say(w, SHELLLOGIN_EXIT, c->n, NULL);
	return ENDED;
}

static enum shelllogin_flow do_exec(struct shelllogin_walk *w, const struct command *c,
				    enum shelltest_truth *status UNUSED)
{
	struct shellword_value v;
	size_t i = 0;

	while (i < c->args && c->arg[i].s[0] == '-')
		i += streq(c->arg[i].s, "-a") ? 2 : 1;
	if (i >= c->args)
		return GO_ON; /* redirections only */
	v = shellword_expand(&w->env, c->arg[i].s);
	if (w->sure && !w->child)
		shelllogin_say(w, SHELLLOGIN_EXEC, c->n, v.state == SHELLWORD_KNOWN ? v.s : NULL);
	return ENDED;
}

/* export, readonly, declare, local … */
static enum shelllogin_flow do_declare(struct shelllogin_walk *w, const struct command *c,
				       enum shelltest_truth *status)
{
	for (size_t i = 0; i < c->args; i++) {
		if (strchr(c->arg[i].s, '=') && c->arg[i].s[0] != '-')
			assign(w, c->arg[i].s);
	}
	*status = SHELLTEST_TRUE;
	return GO_ON;
}

static enum shelllogin_flow do_unset(struct shelllogin_walk *w, const struct command *c,
				     enum shelltest_truth *status)
{
	for (size_t i = 0; i < c->args; i++) {
		if (c->arg[i].s[0] != '-' && w->sure)
			shellword_set(&w->env, c->arg[i].s, SHELLWORD_UNSET, "");
		else
			shelllogin_forget(w, c->arg[i].s);
	}
	*status = SHELLTEST_TRUE;
	return GO_ON;
}

static enum shelllogin_flow do_forget(struct shelllogin_walk *w, const struct command *c,
				      enum shelltest_truth *status UNUSED)
{
	for (size_t i = 0; i < c->args; i++)
		shelllogin_forget(w, c->arg[i].s);
	return GO_ON;
}

static enum shelllogin_flow do_wild(struct shelllogin_walk *w, const struct command *c UNUSED,
				    enum shelltest_truth *status UNUSED)
{
	w->env.wild = true;
	return GO_ON;
}

static enum shelllogin_flow do_shopt(struct shelllogin_walk *w, const struct command *c,
				     enum shelltest_truth *status)
{
	if (!w->sh->bash || c->args != 2)
		return GO_ON;
	if (streq(c->arg[0].s, "-q") && streq(c->arg[1].s, "login_shell"))
		*status = SHELLTEST_TRUE;
	else if (streq(c->arg[0].s, "-oq") && streq(c->arg[1].s, "posix"))
		*status = w->sh->as_sh ? SHELLTEST_UNSURE : SHELLTEST_FALSE;
	return GO_ON;
}

static enum shelllogin_flow run_simple_words(struct shelllogin_walk *w,
					     const struct shelllex_node *n,
					     const struct shelllex_word *word, size_t words,
					     enum shelltest_truth *status);

/* builtin exit, command . FILE */
static enum shelllogin_flow do_prefix(struct shelllogin_walk *w, const struct command *c,
				      enum shelltest_truth *status)
{
	if (c->args && c->arg[0].s[0] != '-')
		return run_simple_words(w, c->n, c->arg, c->args, status);
	return GO_ON;
}

static const struct {
	const char *name;
	builtin *run;
} builtins[] = {
	{ ".", do_source },	    { "source", do_source },   { ":", do_true },
	{ "true", do_true },	    { "false", do_false },     { "[", do_test },
	{ "test", do_test },	    { "return", do_return },   { "exit", do_exit },
	{ "logout", do_exit },	    { "exec", do_exec },       { "export", do_declare },
	{ "readonly", do_declare }, { "declare", do_declare }, { "typeset", do_declare },
	{ "local", do_declare },    { "unset", do_unset },     { "read", do_forget },
	{ "getopts", do_forget },   { "mapfile", do_forget },  { "readarray", do_forget },
	{ "printf", do_forget },    { "eval", do_wild },       { "let", do_wild },
	{ "shopt", do_shopt },	    { "builtin", do_prefix },  { "command", do_prefix },
	{ "umask", do_true },	    { "alias", do_true },      { "set", do_true },
	{ "trap", do_true },	    { "unalias", do_true },    { "break", do_break },
	{ "continue", do_break },
};

static const struct shelllogin_function *find_function(const struct shelllogin_walk *w,
						       const char *name)
{
	const struct shelllogin_function *f = w->functions;

	while (f && !streq(f->name, name))
		f = f->older;
	return f;
}

static enum shelllogin_flow call(struct shelllogin_walk *w, const struct shelllogin_function *f,
				 enum shelltest_truth *status)
{
	*status = SHELLTEST_UNSURE;
	for (const struct shelllogin_frame *fr = w->frame; fr; fr = fr->up) {
		/* A function that calls itself is not followed. */
		if (fr->function && fr->file == f->file && w->frames > SHELLLOGIN_FRAMES_MAX / 2)
			return GO_ON;
	}
	return shelllogin_call(w, f);
}

static enum shelllogin_flow run_simple_words(struct shelllogin_walk *w,
					     const struct shelllex_node *n,
					     const struct shelllex_word *word, size_t words,
					     enum shelltest_truth *status)
{
	struct shellword_value name = shellword_expand(&w->env, word[0].s);
	struct command c = { .n = n, .name = name.s, .arg = word + 1, .args = words - 1 };
	const struct shelllogin_function *f;

	if (name.state != SHELLWORD_KNOWN)
		return GO_ON;
	f = find_function(w, name.s);
	if (f)
		return call(w, f, status);
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++) {
		if (streq(name.s, builtins[i].name))
			return builtins[i].run(w, &c, status);
	}
	return GO_ON;
}

enum shelllogin_flow shelllogin_simple(struct shelllogin_walk *w, const struct shelllex_node *n,
				       enum shelltest_truth *status)
{
	/* FOO=bar command: only for the command. */
	if (n->words > n->assigns)
		return run_simple_words(w, n, n->word + n->assigns, n->words - n->assigns, status);
	for (size_t i = 0; i < n->assigns; i++)
		assign(w, n->word[i].s);
	return GO_ON;
}

void shelllogin_define(struct shelllogin_walk *w, const struct shelllex_node *n)
{
	struct shelllogin_function *f = arena_new_struct(w->s->arena, struct shelllogin_function);

	*f = (struct shelllogin_function){ .name = n->words ? n->word[0].s : "",
					   .body = n->body,
					   .file = w->frame->file,
					   .older = w->functions };
	w->functions = f;
}
