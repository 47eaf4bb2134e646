/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Units that wait for each other in a circle. systemd drops the job of one of them that nothing
 * requires, whichever it comes to first; where all are required nothing is started.
 *
 * Silent on: circles that no file of /etc closes; what only generators bring in; units that are not
 * started with the system.
 */
#include "checks/systemd_parts.h"
#include "lib/unitgraph.h"

#define CYCLES_MAX 8 /* looked at */
#define NAMES_MAX 6  /* told of one */

static bool is_of_admin(const struct unitgraph_edge *e)
{
	return e->text && startswith(e->text->path, "/etc/systemd/system/");
}

static const struct unitgraph_edge *edge_of_admin(const struct unitgraph_cycle *c)
{
	for (size_t i = 0; i < c->n; i++) {
		if (is_of_admin(c->step[i]))
			return c->step[i];
	}
	return NULL;
}

/* What the boot or a login misses most when its job is dropped. */
static enum severity severity_without(const char *id)
{
	static const struct {
		const char *id;
		enum severity severity;
	} known[] = {
		{ "sysinit.target", STOPS_BOOT },
		{ "basic.target", STOPS_BOOT },
		{ "multi-user.target", STOPS_BOOT },
		{ "systemd-udevd.service", STOPS_BOOT },
		{ "systemd-udev-trigger.service", STOPS_BOOT },
		{ "getty.target", BLOCKS_LOGIN },
		{ "systemd-user-sessions.service", BLOCKS_LOGIN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (streq(known[i].id, id))
			return known[i].severity;
	}
	return DEGRADES;
}

/* Any of those that are not required may be the one: the mildest loss is what is certain. */
static enum severity severity_of(const struct unitgraph *g, const struct unitgraph_cycle *c,
				 const char **dropped, struct scan *s)
{
	enum severity least = STOPS_BOOT;
	size_t names = 0;

	*dropped = NULL;
	for (size_t i = 0; i < c->n; i++) {
		const struct unitgraph_unit *u = &g->unit[c->step[i]->from];
		enum severity one = severity_without(u->id);

		if (u->needed)
			continue;
		least = one > least ? one : least;
		if (names++ < NAMES_MAX)
			*dropped = *dropped ? scan_printf(s, "%s or %s", *dropped, u->id) : u->id;
	}
	return least;
}

static const char *circle_of(const struct unitgraph *g, const struct unitgraph_cycle *c,
			     struct scan *s)
{
	const char *names = g->unit[c->step[0]->from].id;

	for (size_t i = 0; i < c->n && i < NAMES_MAX; i++)
		names = scan_printf(s, "%s after %s", names, g->unit[c->step[i]->to].id);
	return c->n > NAMES_MAX ? scan_printf(s, "%s and so on", names) : names;
}

/* The first place of the name as a word of its own; NULL: none. */
static const char *find_word(const char *words, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = words; *(p += strspn(p, " \t\r")); p += strcspn(p, " \t\r")) {
		if (strcspn(p, " \t\r") == len && strncmp(p, name, len) == 0)
			return p;
	}
	return NULL;
}

bool systemd_propose_without(struct finding *f, const struct text *t, size_t line, const char *name)
{
	const char *all = text_line(t, line), *words = strchr(all, '='), *at, *rest;

	at = words ? find_word(++words, name) : NULL;
	if (!at)
		return false;
	rest = at + strlen(name) + strspn(at + strlen(name), " \t\r");
	words += strspn(words, " \t");
	if (at == words && !*rest) {
		finding_choice(f, "line %zu of '%s' is commented", line, t->path);
		propose_comment(f, t, line);
		return true;
	}
	finding_choice(f, "'%s' is taken out of line %zu of '%s'", name, line, t->path);
	/* The last one takes the blank before it along. */
	while (!*rest && at > words && strchr(" \t", at[-1]))
		at--;
	propose_line(f, t, line, "%.*s%s", (int)(at - all), all, rest);
	return true;
}

/* The line without the name that closes the circle. */
static void propose(const struct unitgraph *g, struct finding *f, const struct unitgraph_edge *e)
{
	if (!systemd_propose_without(f, e->text, e->line, g->unit[e->to].id) &&
	    !systemd_propose_without(f, e->text, e->line, g->unit[e->from].id))
		finding_safety(f, FIX_NONE);
}

static void report(struct scan *s, const struct unitgraph *g, const struct unitgraph_cycle *c,
		   const struct unitgraph_edge *e)
{
	const char *dropped;
	enum severity severity = severity_of(g, c, &dropped, s);
	struct finding *f;

	f = scan_find(s, &systemd_ordering_cycle, NULL, "%s: %s%s", circle_of(g, c, s),
		      dropped ? "systemd does not start " : "systemd gives up the boot",
		      dropped ? dropped : "");
	finding_at(f, e->text, e->line);
	finding_severity(f, severity);
	propose(g, f, e);
}

static void leave_out(struct unitgraph *g, const struct unitgraph_edge *e)
{
	for (size_t i = 0; i < g->edges; i++)
		g->edge[i].gone |= g->edge[i].text == e->text && g->edge[i].line == e->line;
}

static void check_cycles(struct scan *s, struct unitgraph *g)
{
	struct unitgraph_cycle *c = arena_new_struct(s->arena, struct unitgraph_cycle);

	for (unsigned i = 0; i < CYCLES_MAX && unitgraph_cycle(g, c); i++) {
		const struct unitgraph_edge *e = edge_of_admin(c);

		if (!e)
			continue;
		report(s, g, c, e);
		/* Once the line is out of use, its other circles are gone as well. */
		leave_out(g, e);
	}
}

void systemd_check_graph(struct scan *s)
{
	struct unitgraph g;

	unitgraph_read(s, "default.target", &g);
	if (!g.n || g.cut)
		return;
	systemd_check_lacks(s, &g);
	check_cycles(s, &g);
}
