/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files a login reads, and those that they source. */
#include "lib/shelllogin_parts.h"

#define ROUNDS 3 /* a file open so often is opened without end: two rounds settle variables */

/* --- saying --- */

void shelllogin_say(struct shelllogin_walk *w, enum shelllogin_kind kind,
		    const struct shelllex_node *n, const char *target)
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

/* --- files --- */

static struct shelllogin_file *file_at(struct shelllogin_walk *w, const char *path,
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

static unsigned times_open(const struct shelllogin_walk *w, const struct shelllogin_file *f)
{
	unsigned n = 0;

	for (const struct shelllogin_frame *fr = w->frame; fr; fr = fr->up)
		n += !fr->function && fr->file == f;
	return n;
}

static enum shelllogin_flow run_body(struct shelllogin_walk *w, const struct shelllogin_file *f,
				     const struct shelllex_node *body, bool function)
{
	struct shelllogin_frame frame = { .file = f, .up = w->frame, .function = function };
	bool sure = w->sure;
	enum shelllogin_flow flow;

	if (w->frames == SHELLLOGIN_FRAMES_MAX) {
		w->out->gave_up = true;
		return GO_ON;
	}
	w->frames++;
	w->frame = &frame;
	flow = shelllogin_list(w, body);
	w->frame = (struct shelllogin_frame *)frame.up;
	w->frames--;
	w->sure = sure && !w->perhaps_ended;
	return flow == ENDED ? ENDED : GO_ON;
}

enum shelllogin_flow shelllogin_call(struct shelllogin_walk *w, const struct shelllogin_function *f)
{
	return run_body(w, f->file, f->body, true);
}

/* A name without a slash is looked for in $PATH first, but nobody keeps profiles there. */
static const char *source_path(struct shelllogin_walk *w, const struct shellword_value *v)
{
	if (*v->s == '/')
		return v->s;
	return arena_printf(w->s->arena, "%s/%s", w->sh->home, v->s);
}

enum shelllogin_flow shelllogin_source(struct shelllogin_walk *w, const struct shelllex_node *n,
				       const char *raw)
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
			shelllogin_say(w, SHELLLOGIN_LOOP, n, f->text->path);
		return GO_ON;
	}
	if (f->script.state != SHELLLEX_OK && !f->script.body)
		return GO_ON;
	return run_body(w, f, f->script.body, false);
}

/* --- start-up files --- */

static enum shelllogin_flow start(struct shelllogin_walk *w, const char *path)
{
	struct shelllogin_file *f = file_at(w, path, NULL);

	return f ? run_body(w, f, f->script.body, false) : GO_ON;
}

static void set_environment(struct shelllogin_walk *w)
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
	struct shelllogin_walk w = { .s = s, .out = out, .sh = sh, .sure = true };

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
