/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/lineends.h"

void lineends_strip_cr(struct finding *f, const struct text *t)
{
	for (size_t n = 1; n <= t->lines; n++) {
		const struct line *l = &t->line[n - 1];

		if (l->len && l->s[l->len - 1] == '\r' && strlen(l->s) == l->len)
			propose_line(f, t, n, "%.*s", (int)(l->len - 1), l->s);
	}
}
