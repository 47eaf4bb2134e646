/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/grubenv.h"

#define HEADER "# GRUB Environment Block\n"
#define BLOCK_MAX (64u << 10)
#define VARS_MAX 512u

struct reader {
	const char *p, *end;
};

/* Bytes up to the newline, which a backslash hides; the backslashes taken away, and an editor's CR.
 */
static const char *take_value(struct arena *a, struct reader *r)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	bytes_adds(&b, "");
	for (; r->p < r->end && *r->p != '\n'; r->p++) {
		if (*r->p == '\\' && r->p + 1 < r->end)
			r->p++;
		bytes_addc(&b, *r->p);
	}
	if (r->p < r->end)
		r->p++;
	if (b.len && b.data[b.len - 1] == '\r')
		b.len--;
	return arena_memdup(a, b.data, b.len);
}

static void skip_line(struct reader *r)
{
	const char *nl = memchr(r->p, '\n', (size_t)(r->end - r->p));

	r->p = nl ? nl + 1 : r->end;
}

/* A comment line; the padding has no newline and ends the block. */
static void take_comment(struct reader *r, struct grubenv *e)
{
	const char *start = r->p;
	const char *nl = memchr(r->p, '\n', (size_t)(r->end - r->p));

	if (nl && !e->notice && e->n == 0 && nl - start > 1 && start[1] != '#')
		e->notice = arena_strndup(e->arena, start, (size_t)(nl - start));
	skip_line(r);
}

static bool take_var(struct reader *r, struct grubenv *e)
{
	const char *eq = memchr(r->p, '=', (size_t)(r->end - r->p));
	const char *nl = memchr(r->p, '\n', (size_t)(r->end - r->p));
	const char *name;

	if (!eq || eq == r->p || (nl && nl < eq) || e->n == VARS_MAX)
		return false;
	name = arena_strndup(e->arena, r->p, (size_t)(eq - r->p));
	r->p = eq + 1;
	ARENA_GROW(e->arena, e->v, e->n, e->cap);
	e->v[e->n].name = name;
	e->v[e->n++].value = take_value(e->arena, r);
	return true;
}

static bool is_blank(const struct text *t)
{
	for (size_t i = 0; i < t->len; i++) {
		if (t->data[i] != '\0')
			return false;
	}
	return true;
}

/* Lines that are no variables are passed over, so that a repair keeps all that can be read. */
static void parse_lines(struct reader *r, struct grubenv *e)
{
	while (r->p < r->end) {
		if (*r->p == '#') {
			take_comment(r, e);
		} else if (!take_var(r, e)) {
			if (e->state == GRUBENV_GOOD)
				e->state = GRUBENV_LINES;
			skip_line(r);
		}
	}
}

void grubenv_parse(struct arena *a, const struct text *t, struct grubenv *out)
{
	struct reader r = { .p = t->data, .end = t->data + t->len };

	*out = (struct grubenv){ .arena = a, .len = t->len };
	if (is_blank(t)) {
		out->state = GRUBENV_EMPTY;
		return;
	}
	if (t->len > BLOCK_MAX)
		r.end = t->data + BLOCK_MAX;
	if (t->len < strlen(HEADER) || memcmp(t->data, HEADER, strlen(HEADER)) != 0)
		out->state = GRUBENV_HEADER;
	else
		r.p += strlen(HEADER);
	parse_lines(&r, out);
	if (out->state == GRUBENV_GOOD && t->len != GRUBENV_SIZE)
		out->state = GRUBENV_LENGTH;
}

static struct grubenv_var *find(const struct grubenv *e, const char *name)
{
	struct grubenv_var *found = NULL;

	for (size_t i = 0; i < e->n; i++) {
		if (streq(e->v[i].name, name))
			found = &e->v[i];
	}
	return found;
}

const char *grubenv_get(const struct grubenv *e, const char *name)
{
	const struct grubenv_var *v = find(e, name);

	return v ? v->value : NULL;
}

void grubenv_set(struct grubenv *e, const char *name, const char *value)
{
	struct grubenv_var *v = find(e, name);

	if (!v) {
		ARENA_GROW(e->arena, e->v, e->n, e->cap);
		v = &e->v[e->n++];
		v->name = arena_strdup(e->arena, name);
	}
	v->value = arena_strdup(e->arena, value);
}

void grubenv_unset(struct grubenv *e, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < e->n; i++) {
		if (!streq(e->v[i].name, name))
			e->v[kept++] = e->v[i];
	}
	e->n = kept;
}

static bool name_is_sane(const char *s)
{
	if (*s == '\0')
		return false;
	for (; *s; s++) {
		if ((unsigned char)*s <= ' ' || *s == '#' || *s == '\\' || *s == 0x7f)
			return false;
	}
	return true;
}

const char *grubenv_build(const struct grubenv *e, size_t *len)
{
	size_t size = e->state == GRUBENV_GOOD && e->len > GRUBENV_SIZE ? e->len : GRUBENV_SIZE;
	_cleanup_bytes_ struct bytes b = { 0 };

	bytes_adds(&b, HEADER);
	if (e->notice)
		bytes_addf(&b, "%s\n", e->notice);
	for (size_t i = 0; i < e->n; i++) {
		if (!name_is_sane(e->v[i].name))
			continue;
		bytes_addf(&b, "%s=", e->v[i].name);
		for (const char *p = e->v[i].value; *p; p++) {
			if (*p == '\\' || *p == '\n')
				bytes_addc(&b, '\\');
			bytes_addc(&b, *p);
		}
		bytes_addc(&b, '\n');
	}
	if (b.len > size)
		return NULL;
	while (b.len < size)
		bytes_addc(&b, '#');
	*len = b.len;
	return arena_memdup(e->arena, b.data, b.len);
}

const char *const *grubenv_pairs(const struct grubenv *e)
{
	const char **pairs = arena_alloc(e->arena, (2 * e->n + 1) * sizeof(*pairs));

	for (size_t i = 0; i < e->n; i++) {
		pairs[2 * i] = e->v[i].name;
		pairs[2 * i + 1] = e->v[i].value;
	}
	return pairs;
}
