/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>

#include "lib/shelllogin.h"
#include "lib/shelltest.h"
#include "lib/shellword.h"

#define STEPS_MAX 20000
#define FRAMES_MAX 48
#define NESTED_MAX 64
#define ITEMS_MAX 256
#define ROUNDS \
	3 /* a file that is open so often is opened without end: two rounds settle variables */

enum flow { GO_ON, RETURNED, ENDED };

/* A file being read, or a function being run. */
struct frame {
	const struct shelllogin_file *file;
	const struct frame *up;
	bool function;
	bool perhaps_left; /* an unsure return: what follows is unsure */
};

struct function {
	const char *name;
	const struct shelllex_node *body;
	const struct shelllogin_file *file;
	const struct function *older;
};

struct walker {
	struct scan *s;
	struct shelllogin *out;
	const struct shelllogin_shell *sh;
	struct shellword_env env;
	const struct function *functions;
	struct frame *frame;
	unsigned steps, frames, nested;
	bool sure;
	unsigned child; /* in a subshell or pipeline: exit ends only that */
	bool perhaps_ended;
};

static enum flow run_list(struct walker *w, const struct shelllex_node *n);
static enum flow run_node(struct walker *w, const struct shelllex_node *n,
			  enum shelltest_truth *status);

/* --- saying --- */

static void say(struct walker *w, enum shelllogin_kind kind, const struct shelllex_node *n,
		const char *target)
{
	struct shelllogin *out = w->out;

	for (size_t i = 0; i < out->events; i++) {
		if (out->event[i].node == n && out->event[i].kind == kind)
			return;
	}
	ARENA_GROW(w->s->arena, out->event, out->events, out->events_cap);
	out->event[out->events++] = (struct shelllogin_event){
		.kind = kind, .file = w->frame->file, .node = n, .target = target
	};
}

/* --- variables --- */

static void assign(struct walker *w, const char *raw)
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

static void forget(struct walker *w, const char *raw)
{
	size_t len = strcspn(raw, "=[");
	_cleanup_free_ char *name = xstrndup(raw, len);

	shellword_set(&w->env, name, SHELLWORD_UNKNOWN, "");
}

/* --- files --- */

static struct shelllogin_file *file_at(struct walker *w, const char *path,
				       const struct shelllex_node *from)
{
	_cleanup_free_ char *real = NULL;
	struct shelllogin_file *f;
	const struct text *t;

	if (root_resolve(w->s->root, path, &real) < 0 || !root_is_file(w->s->root, real))
		return NULL;
	for (size_t i = 0; i < w->out->files; i++) {
		if (streq(w->out->file[i]->real, real))
			return w->out->file[i];
	}
	t = scan_text(w->s, path);
	if (!t)
		return NULL;
	f = arena_new_struct(w->s->arena, struct shelllogin_file);
	f->text = t;
	f->real = arena_strdup(w->s->arena, real);
	f->from = from ? w->frame->file->text : NULL;
	f->from_line = from ? from->line : 0;
	shelllex_parse(w->s->arena, t, w->sh->bash ? SHELLLEX_BASH : SHELLLEX_POSIX, &f->script);
	ARENA_GROW(w->s->arena, w->out->file, w->out->files, w->out->files_cap);
	w->out->file[w->out->files++] = f;
	return f;
}

static unsigned times_open(const struct walker *w, const struct shelllogin_file *f)
{
	unsigned n = 0;

	for (const struct frame *fr = w->frame; fr; fr = fr->up)
		n += !fr->function && fr->file == f;
	return n;
}

static enum flow run_body(struct walker *w, const struct shelllogin_file *f,
			  const struct shelllex_node *body, bool function)
{
	struct frame frame = { .file = f, .up = w->frame, .function = function };
	bool sure = w->sure;
	enum flow flow;

	if (w->frames == FRAMES_MAX) {
		w->out->gave_up = true;
		return GO_ON;
	}
	w->frames++;
	w->frame = &frame;
	flow = run_list(w, body);
	w->frame = (struct frame *)frame.up;
	w->frames--;
	w->sure = sure && !w->perhaps_ended;
	return flow == ENDED ? ENDED : GO_ON;
}

/* A name without a slash is looked for in $PATH first, but nobody keeps profiles there. */
static const char *source_path(struct walker *w, const struct shellword_value *v)
{
	if (*v->s == '/')
		return v->s;
	return arena_printf(w->s->arena, "%s/%s", w->sh->home, v->s);
}

static enum flow run_source(struct walker *w, const struct shelllex_node *n, const char *raw)
{
	struct shellword_value v = shellword_expand(&w->env, raw);
	struct shelllogin_file *f;

	if (v.state != SHELLWORD_KNOWN) {
		w->env.wild = true;
		return GO_ON;
	}
	f = *v.s ? file_at(w, source_path(w, &v), n) : NULL;
	if (!f)
		return GO_ON;
	if (times_open(w, f) >= ROUNDS) {
		if (w->sure)
			say(w, SHELLLOGIN_LOOP, n, f->text->path);
		return GO_ON;
	}
	if (f->script.state != SHELLLEX_OK && !f->script.body)
		return GO_ON;
	return run_body(w, f, f->script.body, false);
}

/* --- branches --- */

/* Whether this is run at all is not known: what it sets and whether it returns is not either. */
static void run_perhaps(struct walker *w, const struct shelllex_node *n, bool single)
{
	bool sure = w->sure;
	enum shelltest_truth status;
	enum flow flow;

	w->sure = false;
	flow = single ? run_node(w, n, &status) : run_list(w, n);
	if (flow == RETURNED)
		w->frame->perhaps_left = true;
	if (flow == ENDED && !w->child)
		w->perhaps_ended = true;
	w->sure = sure && !w->frame->perhaps_left && !w->perhaps_ended;
}

static enum flow run_branch(struct walker *w, enum shelltest_truth taken,
			    const struct shelllex_node *n)
{
	if (taken == SHELLTEST_TRUE)
		return run_list(w, n);
	if (taken == SHELLTEST_UNSURE)
		run_perhaps(w, n, false);
	return GO_ON;
}

static enum flow run_cond(struct walker *w, const struct shelllex_node *list,
			  enum shelltest_truth *status)
{
	enum flow flow = GO_ON;

	*status = SHELLTEST_UNSURE;
	for (; list && flow == GO_ON; list = list->next)
		flow = run_node(w, list, status);
	return flow;
}

static enum flow run_if(struct walker *w, const struct shelllex_node *n)
{
	enum shelltest_truth cond;
	enum flow flow = run_cond(w, n->cond, &cond);

	if (flow == GO_ON)
		flow = run_branch(w, cond, n->body);
	return flow == GO_ON ? run_branch(w, shelltest_not(cond), n->other) : flow;
}

static enum flow run_and_or(struct walker *w, const struct shelllex_node *n,
			    enum shelltest_truth *status)
{
	enum shelltest_truth left, right, take;
	enum flow flow = run_node(w, n->cond, &left);

	if (flow != GO_ON)
		return flow;
	take = n->kind == SHELLLEX_AND ? left : shelltest_not(left);
	*status = left;
	if (take == SHELLTEST_TRUE) {
		flow = run_node(w, n->body, &right);
		*status = right;
	} else if (take == SHELLTEST_UNSURE) {
		run_perhaps(w, n->body, true);
		*status = SHELLTEST_UNSURE;
	}
	return flow;
}

/* Does the subject match one of the item's patterns? */
static enum shelltest_truth matches(const struct walker *w, const struct shellword_value *subject,
				    const struct shelllex_node *item)
{
	enum shelltest_truth any = SHELLTEST_FALSE;

	for (size_t i = 0; i < item->words; i++) {
		struct shellword_value p = shellword_pattern(&w->env, item->word[i].s);

		if (p.state == SHELLWORD_KNOWN && streq(p.s, "*"))
			return SHELLTEST_TRUE;
		if (p.state != SHELLWORD_KNOWN || subject->state != SHELLWORD_KNOWN)
			any = SHELLTEST_UNSURE;
		else if (fnmatch(p.s, subject->s, 0) == 0)
			return SHELLTEST_TRUE;
	}
	return any;
}

static enum flow run_case(struct walker *w, const struct shelllex_node *n)
{
	struct shellword_value subject = { SHELLWORD_UNKNOWN, "" };
	bool sure = w->sure;
	bool doubt = false;

	if (n->words)
		subject = shellword_expand(&w->env, n->word[0].s);
	for (const struct shelllex_node *item = n->body; item; item = item->next) {
		enum shelltest_truth m = matches(w, &subject, item);

		if (m == SHELLTEST_FALSE)
			continue;
		if (m == SHELLTEST_TRUE && !doubt)
			return run_list(w, item->body);
		doubt = true;
		run_perhaps(w, item->body, false);
		if (m == SHELLTEST_TRUE)
			break;
	}
	w->sure = sure && !w->frame->perhaps_left && !w->perhaps_ended;
	return GO_ON;
}

/* --- loops --- */

struct items {
	struct walker *w;
	const char *pattern; /* of the last path component */
	const char *dir;
	const char *item[ITEMS_MAX];
	size_t n;
	bool known;
};

static void add_item(struct items *it, const char *s)
{
	if (it->n == ITEMS_MAX)
		it->known = false;
	else
		it->item[it->n++] = s;
}

static int add_match(void *arg, const struct root_entry *e)
{
	struct items *it = arg;

	if (fnmatch(it->pattern, e->name, FNM_PERIOD) == 0)
		add_item(it, arena_printf(it->w->s->arena, "%s/%s", it->dir, e->name));
	return 0;
}

/* DIR/PATTERN with a plain directory; anything else is not known. */
static void add_glob(struct items *it, const char *raw)
{
	struct shellword_value v = shellword_pattern(&it->w->env, raw);
	const char *slash = v.state == SHELLWORD_KNOWN ? strrchr(v.s, '/') : NULL;
	char *dir, *to;
	size_t before;

	if (!slash || slash == v.s) {
		it->known = false;
		return;
	}
	dir = to = arena_strndup(it->w->s->arena, v.s, (size_t)(slash - v.s));
	for (const char *from = dir; *from; from++) {
		if (*from != '\\')
			*to++ = *from;
	}
	*to = '\0';
	it->dir = dir;
	it->pattern = slash + 1;
	before = it->n;
	if (*dir != '/' || strpbrk(dir, "*?["))
		it->known = false;
	else
		root_list(it->w->s->root, dir, add_match, it);
	if (it->n == before)
		add_item(it, v.s);
}

static void add_word(struct items *it, const char *raw)
{
	struct shellword_value v;

	if (shellword_is_glob(raw)) {
		add_glob(it, raw);
		return;
	}
	v = shellword_expand(&it->w->env, raw);
	if (v.state == SHELLWORD_KNOWN && !strpbrk(v.s, " \t\n*?["))
		add_item(it, v.s);
	else
		it->known = false;
}

static enum flow run_for(struct walker *w, const struct shelllex_node *n)
{
	struct items *it;
	enum flow flow = GO_ON;

	if (n->words == 0 || !n->in_words) {
		run_perhaps(w, n->body, false);
		return GO_ON;
	}
	it = arena_new_struct(w->s->arena, struct items);
	it->w = w;
	it->known = true;
	for (size_t i = 1; i < n->words; i++)
		add_word(it, n->word[i].s);
	for (size_t i = 0; i < it->n && flow == GO_ON; i++) {
		shellword_set(&w->env, n->word[0].s, w->sure ? SHELLWORD_KNOWN : SHELLWORD_UNKNOWN,
			      it->item[i]);
		/* Unsure, yet known by name: a file sourced here is still looked at. */
		if (!w->sure)
			shellword_set(&w->env, n->word[0].s, SHELLWORD_KNOWN, it->item[i]);
		flow = run_list(w, n->body);
	}
	if (!it->known) {
		forget(w, n->word[0].s);
		run_perhaps(w, n->body, false);
	}
	return flow;
}

static enum flow run_while(struct walker *w, const struct shelllex_node *n)
{
	enum shelltest_truth cond;
	enum flow flow = run_cond(w, n->cond, &cond);

	if (flow == GO_ON)
		run_perhaps(w, n->body, false);
	return flow;
}

/* A process of its own: what it sets is lost, and exit ends only it. */
static void run_child(struct walker *w, const struct shelllex_node *list)
{
	const struct shellword_binding *head = w->env.head;

	w->child++;
	for (; list; list = list->next) {
		enum shelltest_truth status;

		if (run_node(w, list, &status) != GO_ON)
			break;
	}
	w->child--;
	w->env.head = head;
}

/* --- simple commands --- */

struct command {
	const struct shelllex_node *n;
	const char *name;
	const struct shelllex_word *arg;
	size_t args;
};

typedef enum flow builtin(struct walker *w, const struct command *c, enum shelltest_truth *status);

static enum flow do_source(struct walker *w, const struct command *c, enum shelltest_truth *status)
{
	*status = SHELLTEST_UNSURE;
	if (c->args && !streq(c->arg[0].s, "--"))
		return run_source(w, c->n, c->arg[0].s);
	return GO_ON;
}

static enum flow do_true(struct walker *w UNUSED, const struct command *c UNUSED,
			 enum shelltest_truth *status)
{
	*status = SHELLTEST_TRUE;
	return GO_ON;
}

static enum flow do_false(struct walker *w UNUSED, const struct command *c UNUSED,
			  enum shelltest_truth *status)
{
	*status = SHELLTEST_FALSE;
	return GO_ON;
}

static enum flow do_test(struct walker *w, const struct command *c, enum shelltest_truth *status)
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

static enum flow do_return(struct walker *w UNUSED, const struct command *c UNUSED,
			   enum shelltest_truth *status UNUSED)
{
	return RETURNED;
}

/* Which rounds of the loop are run is not followed. */
static enum flow do_break(struct walker *w, const struct command *c UNUSED,
			  enum shelltest_truth *status UNUSED)
{
	w->frame->perhaps_left = true;
	w->sure = false;
	return GO_ON;
}

static enum flow do_exit(struct walker *w, const struct command *c,
			 enum shelltest_truth *status UNUSED)
{
	if (w->sure && !w->child)
		say(w, SHELLLOGIN_EXIT, c->n, NULL);
	return ENDED;
}

static enum flow do_exec(struct walker *w, const struct command *c,
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
		say(w, SHELLLOGIN_EXEC, c->n, v.state == SHELLWORD_KNOWN ? v.s : NULL);
	return ENDED;
}

/* export, readonly, declare, local … */
static enum flow do_declare(struct walker *w, const struct command *c, enum shelltest_truth *status)
{
	for (size_t i = 0; i < c->args; i++) {
		if (strchr(c->arg[i].s, '=') && c->arg[i].s[0] != '-')
			assign(w, c->arg[i].s);
	}
	*status = SHELLTEST_TRUE;
	return GO_ON;
}

static enum flow do_unset(struct walker *w, const struct command *c, enum shelltest_truth *status)
{
	for (size_t i = 0; i < c->args; i++) {
		if (c->arg[i].s[0] != '-' && w->sure)
			shellword_set(&w->env, c->arg[i].s, SHELLWORD_UNSET, "");
		else
			forget(w, c->arg[i].s);
	}
	*status = SHELLTEST_TRUE;
	return GO_ON;
}

static enum flow do_forget(struct walker *w, const struct command *c,
			   enum shelltest_truth *status UNUSED)
{
	for (size_t i = 0; i < c->args; i++)
		forget(w, c->arg[i].s);
	return GO_ON;
}

static enum flow do_wild(struct walker *w, const struct command *c UNUSED,
			 enum shelltest_truth *status UNUSED)
{
	w->env.wild = true;
	return GO_ON;
}

static enum flow do_shopt(struct walker *w, const struct command *c, enum shelltest_truth *status)
{
	if (!w->sh->bash || c->args != 2)
		return GO_ON;
	if (streq(c->arg[0].s, "-q") && streq(c->arg[1].s, "login_shell"))
		*status = SHELLTEST_TRUE;
	else if (streq(c->arg[0].s, "-oq") && streq(c->arg[1].s, "posix"))
		*status = w->sh->as_sh ? SHELLTEST_UNSURE : SHELLTEST_FALSE;
	return GO_ON;
}

static enum flow run_simple_words(struct walker *w, const struct shelllex_node *n,
				  const struct shelllex_word *word, size_t words,
				  enum shelltest_truth *status);

/* builtin exit, command . FILE */
static enum flow do_prefix(struct walker *w, const struct command *c, enum shelltest_truth *status)
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

static const struct function *find_function(const struct walker *w, const char *name)
{
	const struct function *f = w->functions;

	while (f && !streq(f->name, name))
		f = f->older;
	return f;
}

static enum flow call(struct walker *w, const struct function *f, enum shelltest_truth *status)
{
	*status = SHELLTEST_UNSURE;
	for (const struct frame *fr = w->frame; fr; fr = fr->up) {
		/* A function that calls itself is not followed. */
		if (fr->function && fr->file == f->file && w->frames > FRAMES_MAX / 2)
			return GO_ON;
	}
	return run_body(w, f->file, f->body, true);
}

static enum flow run_simple_words(struct walker *w, const struct shelllex_node *n,
				  const struct shelllex_word *word, size_t words,
				  enum shelltest_truth *status)
{
	struct shellword_value name = shellword_expand(&w->env, word[0].s);
	struct command c = { .n = n, .name = name.s, .arg = word + 1, .args = words - 1 };
	const struct function *f;

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

static enum flow run_simple(struct walker *w, const struct shelllex_node *n,
			    enum shelltest_truth *status)
{
	/* FOO=bar command: only for the command. */
	if (n->words > n->assigns)
		return run_simple_words(w, n, n->word + n->assigns, n->words - n->assigns, status);
	for (size_t i = 0; i < n->assigns; i++)
		assign(w, n->word[i].s);
	return GO_ON;
}

static void define(struct walker *w, const struct shelllex_node *n)
{
	struct function *f = arena_new_struct(w->s->arena, struct function);

	*f = (struct function){ .name = n->words ? n->word[0].s : "",
				.body = n->body,
				.file = w->frame->file,
				.older = w->functions };
	w->functions = f;
}

static enum flow run_kind(struct walker *w, const struct shelllex_node *n,
			  enum shelltest_truth *status)
{
	enum flow flow;

	switch (n->kind) {
	case SHELLLEX_SIMPLE:
		return run_simple(w, n, status);
	case SHELLLEX_AND:
	case SHELLLEX_OR:
		return run_and_or(w, n, status);
	case SHELLLEX_NOT:
		flow = run_node(w, n->body, status);
		*status = shelltest_not(*status);
		return flow;
	case SHELLLEX_IF:
		return run_if(w, n);
	case SHELLLEX_WHILE:
		return run_while(w, n);
	case SHELLLEX_FOR:
		return run_for(w, n);
	case SHELLLEX_CASE:
		return run_case(w, n);
	case SHELLLEX_GROUP:
		return run_list(w, n->body);
	case SHELLLEX_PIPE:
	case SHELLLEX_SUBSHELL:
		run_child(w, n->body);
		return GO_ON;
	case SHELLLEX_FUNCTION:
		define(w, n);
		return GO_ON;
	case SHELLLEX_TEST:
		*status = shelltest_eval(w->s->root, &w->env, n->word, n->words, SHELLTEST_DOUBLE);
		return GO_ON;
	default:
		w->env.wild = true;
		return GO_ON;
	}
}

static enum flow run_node(struct walker *w, const struct shelllex_node *n,
			  enum shelltest_truth *status)
{
	enum flow flow;

	*status = SHELLTEST_UNSURE;
	if (w->out->gave_up || ++w->steps > STEPS_MAX || w->nested == NESTED_MAX) {
		w->out->gave_up = true;
		return GO_ON;
	}
	w->nested++;
	if (n->background)
		w->child++;
	flow = run_kind(w, n, status);
	if (n->background) {
		w->child--;
		flow = GO_ON;
	}
	w->nested--;
	return flow;
}

static enum flow run_list(struct walker *w, const struct shelllex_node *n)
{
	enum flow flow = GO_ON;

	for (; n && flow == GO_ON; n = n->next) {
		enum shelltest_truth status;

		flow = run_node(w, n, &status);
	}
	return flow;
}

/* --- start-up files --- */

static enum flow start(struct walker *w, const char *path)
{
	struct shelllogin_file *f = file_at(w, path, NULL);

	return f ? run_body(w, f, f->script.body, false) : GO_ON;
}

static void set_environment(struct walker *w)
{
	static const struct {
		const char *name;
		enum shellword_state state;
		const char *value;
	} given[] = {
		{ "USER", SHELLWORD_KNOWN, "root" }, { "LOGNAME", SHELLWORD_KNOWN, "root" },
		{ "PATH", SHELLWORD_SET, "" },	     { "PS1", SHELLWORD_SET, "" },
		{ "IFS", SHELLWORD_SET, "" },	     { "PS2", SHELLWORD_SET, "" },
	};
	static const struct {
		const char *name;
		enum shellword_state state;
		const char *value;
	} bash[] = {
		{ "BASH_VERSION", SHELLWORD_SET, "" }, { "UID", SHELLWORD_KNOWN, "0" },
		{ "EUID", SHELLWORD_KNOWN, "0" },      { "BASH_VERSINFO", SHELLWORD_SET, "" },
		{ "HOSTTYPE", SHELLWORD_SET, "" },     { "OSTYPE", SHELLWORD_SET, "" },
		{ "-", SHELLWORD_KNOWN, "himBHs" },    { "0", SHELLWORD_KNOWN, "-bash" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(given); i++)
		shellword_set(&w->env, given[i].name, given[i].state, given[i].value);
	for (size_t i = 0; w->sh->bash && i < ARRAY_SIZE(bash); i++)
		shellword_set(&w->env, bash[i].name, bash[i].state, bash[i].value);
	if (w->sh->bash)
		shellword_set(&w->env, "BASH", SHELLWORD_KNOWN, w->sh->shell);
	else
		shellword_set(&w->env, "-", SHELLWORD_KNOWN, "im");
	shellword_set(&w->env, "HOME", SHELLWORD_KNOWN, w->sh->home);
	shellword_set(&w->env, "PWD", SHELLWORD_KNOWN, w->sh->home);
	shellword_set(&w->env, "SHELL", SHELLWORD_KNOWN, w->sh->shell);
}

void shelllogin_run(struct scan *s, const struct shelllogin_shell *sh, struct shelllogin *out)
{
	static const char *const of_bash[] = { ".bash_profile", ".bash_login", ".profile", NULL };
	struct walker w = { .s = s, .out = out, .sh = sh, .sure = true };

	*out = (struct shelllogin){ 0 };
	w.env = (struct shellword_env){ .arena = s->arena, .home = sh->home };
	set_environment(&w);
	if (start(&w, "/etc/profile") == ENDED)
		return;
	for (size_t i = sh->bash && !sh->as_sh ? 0 : 2; of_bash[i]; i++) {
		const char *path = arena_printf(s->arena, "%s/%s", sh->home, of_bash[i]);

		if (!root_is_file(s->root, path))
			continue;
		start(&w, path);
		break;
	}
}

/* --- taking a command out of use --- */

/* What is on line n of the file besides node itself and what holds it. */
static unsigned others_on(const struct shelllex_node *list, const struct shelllex_node *node,
			  size_t n, unsigned depth)
{
	unsigned count = 0;

	for (; list && depth < NESTED_MAX; list = list->next) {
		bool on = list->line <= n && list->last >= n;

		if (!on)
			continue;
		/* One that begins and ends here goes as a whole, with all it holds. */
		if (list->line == n && list->last == n) {
			count++;
			continue;
		}
		count += list->line == n || list->last == n;
		count += others_on(list->cond, node, n, depth + 1);
		count += others_on(list->body, node, n, depth + 1);
		count += others_on(list->other, node, n, depth + 1);
	}
	return count;
}

static bool still_reads(struct arena *a, const struct shelllogin_file *f, size_t n,
			const char *with, enum shelllex_dialect d)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct shelllex_script script;

	for (size_t i = 1; i <= f->text->lines; i++) {
		bytes_adds(&b, i == n ? with : text_line(f->text, i));
		bytes_addc(&b, '\n');
	}
	shelllex_parse(a, text_new(a, f->text->path, b.data, b.len), d, &script);
	return script.state == SHELLLEX_OK;
}

const char *shelllogin_disable(struct arena *a, const struct shelllogin_file *f,
			       const struct shelllex_node *node, enum shelllex_dialect d)
{
	const char *line = text_line(f->text, node->line), *with;
	size_t blanks = strspn(line, " \t");

	if (node->line != node->last || f->script.state != SHELLLEX_OK ||
	    others_on(f->script.body, node, node->line, 0) != 1)
		return NULL;
	with = arena_printf(a, "# %s", line);
	if (still_reads(a, f, node->line, with, d))
		return with;
	/* It is all its block has: a block may not be empty. */
	with = arena_printf(a, "%.*s: # %s", (int)blanks, line, line + blanks);
	return still_reads(a, f, node->line, with, d) ? with : NULL;
}
