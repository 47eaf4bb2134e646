/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * search, in all its spellings.
 *
 * Source: GRUB manual, "search"; grub-core/commands/search_wrap.c.
 */
#include "lib/grubcmd_parts.h"

void grubcmd_record_search(struct grubrun *r, struct grubcfg_search *s)
{
	struct grubcfg_entry *e = grubcmd_entry(r);

	if (e)
		GRUBCMD_APPEND(r, e->search, e->searches, *s);
	else
		GRUBCMD_APPEND(r, r->out->search, r->out->searches, *s);
}

static const char *tag(const struct grubcfg_search *s, struct arena *a)
{
	return arena_printf(a, "%s=%s", s->kind == SEARCH_UUID ? "UUID" : "LABEL", s->value);
}

static void do_search(struct grubrun *r, const struct grubstmt *st, enum grubcfg_search_kind kind,
		      const struct grubarg *what, const char *var)
{
	struct grubcfg_search s = {
		.kind = kind, .var = var, .line = st->line, .reach = r->reach, .match = SPEC_UNKNOWN
	};
	const char *value = NULL;
	bool in_vain;

	if (what && !what->unknown)
		s.value = what->shown;
	if (s.value && (kind == SEARCH_UUID || kind == SEARCH_LABEL)) {
		s.match = grubcmd_look_up(r, tag(&s, r->a), &s.part);
		value = arena_printf(r->a, "%c%s%c", MARK_TAG, tag(&s, r->a), MARK_TAG);
	}
	grubcmd_record_search(r, &s);
	in_vain = s.match == SPEC_ABSENT && r->env->devices->complete;
	if (var && !in_vain) /* a search in vain leaves the variable alone */
		grubvars_set(r, var, value);
}

struct search_words {
	enum grubcfg_search_kind kind;
	const char *var;
	const struct grubarg *what;
	size_t whats;
};

static void search_option(struct search_words *w, const struct grubarg *arg, size_t n, size_t *i)
{
	static const struct {
		const char *name;
		enum grubcfg_search_kind kind;
	} kinds[] = {
		{ "--fs-uuid", SEARCH_UUID },	{ "-u", SEARCH_UUID },	{ "--label", SEARCH_LABEL },
		{ "--fs-label", SEARCH_LABEL }, { "-l", SEARCH_LABEL }, { "--file", SEARCH_FILE },
		{ "-f", SEARCH_FILE },
	};
	const char *s = arg[*i].s, *value;

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		if (streq(s, kinds[k].name))
			w->kind = kinds[k].kind;
	}
	value = after(s, "--set=");
	if (value || streq(s, "--set") || streq(s, "-s"))
		w->var = value ? value : "root";
	if (startswith(s, "--hint") && !strchr(s, '=') && *i + 1 < n)
		(*i)++;
}

enum tri grubcmd_search(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			size_t n)
{
	struct search_words w = { .kind = SEARCH_FILE };

	for (size_t i = 1; i < n; i++) {
		if (arg[i].s[0] == '-') {
			search_option(&w, arg, n, &i);
		} else if (!w.whats++) {
			w.what = &arg[i];
		}
	}
	/* `--set root UUID` of old scripts: GRUB versions do not agree on what it means */
	if (w.whats != 1)
		w.what = NULL;
	do_search(r, st, w.kind, w.what, w.var);
	return TRI_UNKNOWN;
}

/* search.fs_uuid UUID VARIABLE HINTS… */
enum tri grubcmd_search_dot(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			    size_t n)
{
	enum grubcfg_search_kind kind = streq(arg[0].s, "search.fs_uuid")    ? SEARCH_UUID
					: streq(arg[0].s, "search.fs_label") ? SEARCH_LABEL
									     : SEARCH_FILE;

	if (n > 1)
		do_search(r, st, kind, &arg[1], n > 2 ? arg[2].s : NULL);
	return TRI_UNKNOWN;
}
