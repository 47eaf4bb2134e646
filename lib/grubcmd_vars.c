/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands that set variables, and what of them the menu needs: its default, its root. */
#include "lib/grubcmd_parts.h"

static void note_default(struct grubrun *r, const struct grubstmt *st, const char *from)
{
	if (r->menu && r->reach != REACH_NEVER && !r->out->entries) {
		r->out->def_line = st->line;
		r->out->def_from = from;
	}
}

static void note_root(struct grubrun *r, const struct grubstmt *st, const struct grubarg *value)
{
	struct grubcfg_search s = { .kind = SEARCH_SET_ROOT,
				    .var = "root",
				    .line = st->line,
				    .reach = r->reach,
				    .match = SPEC_UNKNOWN };

	if (!value->unknown && value->s[0] > MARK_DIR) {
		s.value = value->shown;
		s.match = grubcfg_device(r->env->devices, grubcmd_bare(r->a, s.value), &s.part);
	}
	grubcmd_record_search(r, &s);
}

/* The word's variable, when its last part is nothing but one: "default=${saved_entry}". */
static const char *only_variable(const struct grubstmt *st, size_t word, const char *name)
{
	const struct grubpart *part = word < st->words ? st->word[word].part : NULL;
	size_t n = strlen(name);

	if (!part || part->variable || strlen(part->s) != n + 1 || strncmp(part->s, name, n) != 0)
		return NULL;
	part = part->next;
	return part && part->variable && !part->next ? part->s : NULL;
}

void grubcmd_assign(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
		    size_t word)
{
	const char *equals = strchr(arg->s, '=');
	struct grubarg value = *arg;
	char *name;

	if (!equals || equals == arg->s)
		return;
	name = arena_strndup(r->a, arg->s, (size_t)(equals - arg->s));
	value.s = equals + 1;
	value.shown = strchr(arg->shown, '=') ? strchr(arg->shown, '=') + 1 : "";
	if (streq(name, "default"))
		note_default(r, st, only_variable(st, word, name));
	if (streq(name, "root"))
		note_root(r, st, &value);
	if (streq(name, "kernelopts") && r->reach != REACH_NEVER && !value.unknown) {
		r->out->kernelopts = value.s;
		r->out->kernelopts_line = st->line;
	}
	grubvars_set(r, name, value.unknown ? NULL : value.s);
}

enum tri grubcmd_set(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
		     size_t n)
{
	for (size_t i = 1; i < n && i < 2; i++)
		grubcmd_assign(r, st, &arg[i], i);
	return TRI_TRUE;
}

enum tri grubcmd_unset(struct grubrun *r, const struct grubstmt *st UNUSED,
		       const struct grubarg *arg, size_t n)
{
	for (size_t i = 1; i < n; i++)
		grubvars_set(r, arg[i].s, "");
	return TRI_TRUE;
}

/* increment, decrement, read, probe --set=VAR, regexp --set=N:VAR */
enum tri grubcmd_forget(struct grubrun *r, const struct grubstmt *st UNUSED,
			const struct grubarg *arg, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const char *name = after(arg[i].s, "--set="), *colon;

		if (!name)
			name = arg[i].s;
		colon = strchr(name, ':');
		grubvars_set(r, colon ? colon + 1 : name, NULL);
	}
	return TRI_UNKNOWN;
}

static bool wanted(const char *name, const struct grubarg *arg, size_t from, size_t n)
{
	for (size_t i = from; i < n; i++) {
		if (streq(arg[i].s, name))
			return true;
	}
	return from >= n;
}

/* Photon and its kin keep the kernel's name and command line in a block of their own in /boot. */
static void load_other(struct grubrun *r, const struct grubarg *arg, size_t from, size_t n)
{
	if (r->reach != REACH_NEVER && from >= n)
		r->vars.more = true;
	for (; from < n; from++)
		grubvars_set(r, arg[from].s, NULL);
}

/* load_env [-f FILE] [--skip-sig] [NAMES] */
enum tri grubcmd_load_env(struct grubrun *r, const struct grubstmt *st UNUSED,
			  const struct grubarg *arg, size_t n)
{
	const char *const *v = r->env->grubenv;
	size_t from = 1;

	for (; from < n && arg[from].s[0] == '-'; from++) {
		if (!streq(arg[from].s, "-f") && !streq(arg[from].s, "--file"))
			continue;
		if (++from < n && endswith(arg[from].s, "/grubenv"))
			continue;
		load_other(r, arg, from + 1, n);
		return TRI_UNKNOWN;
	}
	for (; v && v[0] && v[1]; v += 2) {
		if (wanted(v[0], arg, from, n))
			grubvars_set(r, v[0], v[1]);
	}
	return TRI_UNKNOWN;
}
