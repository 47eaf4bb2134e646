/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/cmdline.h"
#include "lib/loader_opts.h"

/* The line of a text that sets name; 0: none. */
static size_t line_setting(const struct text *t, const char *name)
{
	for (size_t i = 1; i <= t->lines; i++) {
		const char *rest = after(text_line(t, i), name);

		if (rest && *rest == '=')
			return i;
	}
	return 0;
}

static const char *from_env(const struct loader *l, const char *name)
{
	const char *value = l->env_loaded ? grubenv_get(&l->env, name) : NULL;

	return value && *value ? value : NULL;
}

void loader_opts_read(const struct loader *l, struct loader_opts *out)
{
	*out = (struct loader_opts){ .value = from_env(l, "kernelopts") };
	if (out->value) {
		out->in_env = true;
		out->text = l->env_text;
		out->line = line_setting(l->env_text, "kernelopts");
	} else if (l->cfg.kernelopts && *l->cfg.kernelopts) {
		out->value = l->cfg.kernelopts;
		out->text = l->cfg_text;
		out->line = l->cfg.kernelopts_line;
	}
}

const char *loader_opts_args(struct scan *s, const struct loader *l, const struct bls_entry *e)
{
	const char *args = e->options.value;
	struct loader_opts o;

	if (!args)
		return from_env(l, "default_kernelopts");
	if (!strchr(args, '$'))
		return args;
	loader_opts_read(l, &o);
	args = bls_expand(s->arena, args, "kernelopts", o.value);
	return bls_expand(s->arena, args, "tuned_params", from_env(l, "tuned_params"));
}

/* Where a line of grub.cfg gives it that value; NULL: what it is stands not all there. */
static const char *value_in(const char *line, const char *value)
{
	static const char key[] = "kernelopts=";
	const char *found = NULL;

	for (const char *p = line; (p = strstr(p, key));) {
		bool whole = p == line || strchr(" \t;\"'", p[-1]);

		p += sizeof(key) - 1;
		if (whole)
			found = *p == '"' || *p == '\'' ? p + 1 : p;
	}
	return found && startswith(found, value) ? found : NULL;
}

bool loader_opts_propose(struct finding *f, struct scan *s, const struct loader *l,
			 const struct loader_opts *o, const char *value)
{
	const char *line = o->value && !o->in_env ? text_line(o->text, o->line) : NULL;
	const char *at = line ? value_in(line, o->value) : NULL;

	if (!o->value || o->in_env)
		return propose_grubenv(f, s, l, "kernelopts", value);
	if (!at)
		return false;
	propose_line(f, o->text, o->line, "%.*s%s%s", (int)(at - line), line, value,
		     at + strlen(o->value));
	return true;
}

bool loader_opts_without(struct finding *f, struct scan *s, const struct loader *l,
			 const struct loader_opts *o, const char *const *words, size_t n)
{
	const char *to = o->value;

	for (size_t i = 0; to && i < n; i++) {
		const char *shorter = cmdline_replace(s->arena, to, words[i], "");

		to = shorter ? shorter : to;
	}
	return to && !streq(to, o->value) && loader_opts_propose(f, s, l, o, to);
}
