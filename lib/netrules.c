/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/netconf.h"
#include "lib/netrules.h"

/* What stands in quotes behind key and operator, where a comma, a blank or nothing is before. */
static const char *value_of(struct arena *a, const char *line, const char *key)
{
	const char *p = line;

	while ((p = strstr(p, key))) {
		const char *from = p + strlen(key), *end = strchr(from, '"');

		if (end && (p == line || strchr(", \t{S", p[-1])))
			return arena_strndup(a, from, (size_t)(end - from));
		p = from;
	}
	return NULL;
}

static void take(struct scan *s, struct netrules *r, size_t n)
{
	const char *line = text_line(r->text, n), *mac, *name;

	if (line[strspn(line, " \t")] == '#')
		return;
	mac = value_of(s->arena, line, "{address}==\"");
	if (!mac) {
		mac = strstr(line, "{address}==\"");
		mac = mac ? value_of(s->arena, mac, "{address}==\"") : NULL;
	}
	name = value_of(s->arena, line, "NAME=\"");
	mac = mac ? netconf_mac(s->arena, mac) : NULL;
	if (!mac || !name || !*name || r->n == NETRULES_MAX)
		return;
	ARENA_GROW(s->arena, r->rule, r->n, r->cap);
	r->rule[r->n++] = (struct netrules_rule){ mac, name, n };
}

void netrules_read(struct scan *s, struct netrules *out)
{
	*out = (struct netrules){ 0 };
	if (root_is_file(s->root, NETRULES_PATH))
		out->text = scan_text(s, NETRULES_PATH);
	for (size_t n = 1; out->text && n <= out->text->lines; n++)
		take(s, out, n);
}
