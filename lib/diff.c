/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Myers' greedy algorithm (An O(ND) Difference Algorithm, 1986) on what is left when the common
 * head and tail are taken off. Past DISTANCE_MAX the middle is shown as replaced whole: longer, not
 * wrong.
 */
#include <sys/types.h>

#include "lib/diff.h"

#define CONTEXT 3
#define DISTANCE_MAX 1000

struct span {
	const char *s;
	size_t len; /* with the newline */
};

struct side {
	struct span *line;
	size_t n, cap;
};

/* One run of differing lines: [a, a + na) becomes [b, b + nb). */
struct change {
	size_t a, na, b, nb;
};

struct changes {
	struct change *c;
	size_t n, cap;
};

static void split(const struct bytes *b, struct side *out)
{
	const char *p = b->data, *end = p ? p + b->len : p;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = nl ? (size_t)(nl - p) + 1 : (size_t)(end - p);

		GROW(out->line, out->n, out->cap);
		out->line[out->n++] = (struct span){ p, len };
		p += len;
	}
}

static bool same(const struct span *a, const struct span *b)
{
	return a->len == b->len && memcmp(a->s, b->s, a->len) == 0;
}

/* Changes are found from the end backwards; neighbours join. */
static void add_back(struct changes *cs, size_t a, size_t na, size_t b, size_t nb)
{
	struct change *last = cs->n ? &cs->c[cs->n - 1] : NULL;

	if (last && last->a == a + na && last->b == b + nb) {
		*last = (struct change){ a, last->na + na, b, last->nb + nb };
		return;
	}
	GROW(cs->c, cs->n, cs->cap);
	cs->c[cs->n++] = (struct change){ a, na, b, nb };
}

struct myers {
	const struct span *a, *b;
	ssize_t n, m;
	ssize_t *v;	 /* furthest x on diagonal k, at v[k + max] */
	ssize_t **trace; /* v as it was before step d */
	ssize_t max;
};

static bool step_down(const ssize_t *v, ssize_t k, ssize_t d)
{
	return k == -d || (k != d && v[k - 1] < v[k + 1]);
}

/* The number of edits, or -1 beyond max. */
static ssize_t forward(struct myers *y)
{
	ssize_t *v = y->v + y->max;

	for (ssize_t d = 0; d < y->max; d++) {
		y->trace[d] = xcalloc((size_t)(2 * d + 3), sizeof(ssize_t));
		memcpy(y->trace[d], v - d - 1, (size_t)(2 * d + 3) * sizeof(ssize_t));
		for (ssize_t k = -d; k <= d; k += 2) {
			ssize_t x = step_down(v, k, d) ? v[k + 1] : v[k - 1] + 1;

			while (x < y->n && x - k >= 0 && x - k < y->m &&
			       same(&y->a[x], &y->b[x - k]))
				x++;
			v[k] = x;
			if (x >= y->n && x - k >= y->m)
				return d;
		}
	}
	return -1;
}

static void backward(const struct myers *y, ssize_t d, size_t base, struct changes *out)
{
	ssize_t x = y->n, z = y->m;

	for (; d > 0; d--) {
		const ssize_t *v = y->trace[d] + d + 1;
		ssize_t k = x - z;
		bool down = step_down(v, k, d);
		ssize_t from = down ? k + 1 : k - 1;
		ssize_t px = v[from], pz = px - from;

		add_back(out, base + (size_t)px, !down, base + (size_t)pz, down);
		x = px;
		z = pz;
	}
}

static void compare(const struct side *a, const struct side *b, struct changes *out)
{
	size_t head = 0, tail = 0;
	struct myers y = { 0 };
	ssize_t d;

	while (head < a->n && head < b->n && same(&a->line[head], &b->line[head]))
		head++;
	while (tail < a->n - head && tail < b->n - head &&
	       same(&a->line[a->n - 1 - tail], &b->line[b->n - 1 - tail]))
		tail++;
	y.n = (ssize_t)(a->n - head - tail);
	y.m = (ssize_t)(b->n - head - tail);
	if (y.n == 0 && y.m == 0)
		return;
	y.a = a->n ? &a->line[head] : NULL;
	y.b = b->n ? &b->line[head] : NULL;
	y.max = (y.n + y.m < DISTANCE_MAX ? y.n + y.m : DISTANCE_MAX) + 1;
	y.v = xcalloc((size_t)(2 * y.max + 3), sizeof(ssize_t));
	y.v++; /* room for diagonal -max - 1 */
	y.trace = xcalloc((size_t)y.max, sizeof(*y.trace));
	d = forward(&y);
	if (d >= 0)
		backward(&y, d, head, out);
	else
		add_back(out, head, (size_t)y.n, head, (size_t)y.m);
	for (ssize_t i = 0; i < y.max; i++)
		free(y.trace[i]);
	free(y.trace);
	free(y.v - 1);
}

static void put(struct bytes *out, char mark, const struct span *line)
{
	bytes_addc(out, mark);
	bytes_add(out, line->s, line->len);
	if (line->s[line->len - 1] != '\n')
		bytes_adds(out, "\n\\ No newline at end of file\n");
}

static void put_range(struct bytes *out, size_t start, size_t n)
{
	if (n == 1)
		bytes_addf(out, "%zu", start + 1);
	else
		bytes_addf(out, "%zu,%zu", n ? start + 1 : start, n);
}

/* Changes first .. last (ascending) with their context as one hunk. */
static void put_hunk(const struct side *a, const struct side *b, const struct change *first,
		     const struct change *last, struct bytes *out)
{
	size_t lead = first->a < CONTEXT ? first->a : CONTEXT;
	size_t end = last->a + last->na, rest = a->n - end;
	size_t from = first->a - lead, trail = rest < CONTEXT ? rest : CONTEXT;
	size_t at = from;

	bytes_adds(out, "@@ -");
	put_range(out, from, end + trail - from);
	bytes_adds(out, " +");
	put_range(out, first->b - lead, last->b + last->nb + trail - (first->b - lead));
	bytes_adds(out, " @@\n");
	for (const struct change *c = first; c <= last; c++) {
		while (at < c->a)
			put(out, ' ', &a->line[at++]);
		for (size_t i = 0; i < c->na; i++)
			put(out, '-', &a->line[at++]);
		for (size_t i = 0; i < c->nb; i++)
			put(out, '+', &b->line[c->b + i]);
	}
	for (; at < end + trail; at++)
		put(out, ' ', &a->line[at]);
}

static void reverse(struct changes *cs)
{
	for (size_t i = 0; i < cs->n / 2; i++) {
		struct change t = cs->c[i];

		cs->c[i] = cs->c[cs->n - 1 - i];
		cs->c[cs->n - 1 - i] = t;
	}
}

void diff_hunks(const struct bytes *before, const struct bytes *after, struct bytes *out)
{
	struct side a = { 0 }, b = { 0 };
	struct changes cs = { 0 };
	size_t last;

	split(before, &a);
	split(after, &b);
	compare(&a, &b, &cs);
	reverse(&cs);
	for (size_t i = 0; i < cs.n; i = last + 1) {
		for (last = i; last + 1 < cs.n; last++) {
			if (cs.c[last + 1].a - (cs.c[last].a + cs.c[last].na) > 2 * CONTEXT)
				break;
		}
		put_hunk(&a, &b, &cs.c[i], &cs.c[last], out);
	}
	free(a.line);
	free(b.line);
	free(cs.c);
}

bool diff_is_binary(const struct bytes *b)
{
	return b->len && memchr(b->data, '\0', b->len);
}
