/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Taking a command out of use such that the file can still be read. */
#include "lib/shelllogin_parts.h"

/* What is on line n of the file besides node itself and what holds it. */
static unsigned others_on(const struct shelllex_node *list, const struct shelllex_node *node,
			  size_t n, unsigned depth)
{
	unsigned count = 0;

	for (; list && depth < SHELLLOGIN_NESTED_MAX; list = list->next) {
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
