/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/grubdefaults.h"

#define TEXT_MAX (256u << 10)
#define VALUE_MAX 16384u
#define ASSIGNMENTS_MAX 2000u
#define FILES_MAX 200u

struct reader {
	struct arena *a;
	const struct text *t;
	struct grubdefaults *out;
	const char *s, *end;
	size_t line;
	struct bytes value;
	bool unknown;
};

static char at(const struct reader *r, size_t n)
{
	return (size_t)(r->end - r->s) > n ? r->s[n] : '\0';
}

static size_t name_length(const struct reader *r, size_t from)
{
	size_t n = 0;

	for (;; n++) {
		char c = at(r, from + n);

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		      (n && c >= '0' && c <= '9')))
			return n;
	}
}

static void add(struct reader *r, const char *s, size_t n)
{
	if (r->value.len + n > VALUE_MAX)
		r->unknown = true;
	else
		bytes_add(&r->value, s, n);
}

static void add_char(struct reader *r)
{
	if (*r->s == '\n')
		r->line++;
	add(r, r->s++, 1);
}

/* `…` and $(…) are stepped over as far as their end can be seen. */
static void skip_command(struct reader *r, char close)
{
	unsigned depth = 0;

	r->unknown = true;
	for (; r->s < r->end; r->s++) {
		r->line += *r->s == '\n';
		depth += close == ')' && *r->s == '(';
		if (*r->s == close && (close != ')' || --depth == 0)) {
			r->s++;
			return;
		}
	}
}

/* At a '$'. */
static void add_dollar(struct reader *r)
{
	size_t brace = at(r, 1) == '{', n = name_length(r, 1 + brace);
	const struct grubdefault *d;
	char *name;

	if (at(r, 1) == '(') {
		r->s++;
		skip_command(r, ')');
		return;
	}
	if (!n || (brace && at(r, 2 + n) != '}')) { /* ${x:-y}, $1 */
		r->unknown |= brace || at(r, 1) > ' ';
		add_char(r);
		return;
	}
	name = arena_strndup(r->a, r->s + 1 + brace, n);
	d = grubdefaults_get(r->out, name);
	if (d)
		add(r, d->value, strlen(d->value));
	else
		r->unknown = true;
	r->s += 1 + brace + n + brace;
}

static void add_single(struct reader *r)
{
	for (r->s++; r->s < r->end && *r->s != '\'';)
		add_char(r);
	r->unknown |= r->s == r->end;
	r->s += r->s < r->end;
}

static void add_double(struct reader *r)
{
	r->s++;
	while (r->s < r->end && *r->s != '"') {
		if (*r->s == '$') {
			add_dollar(r);
		} else if (*r->s == '`') {
			r->s++;
			skip_command(r, '`');
		} else if (*r->s == '\\' && at(r, 1) == '\n') {
			r->s += 2;
			r->line++;
		} else {
			if (*r->s == '\\' && at(r, 1) && strchr("$`\"\\", at(r, 1)))
				r->s++;
			add_char(r);
		}
	}
	r->unknown |= r->s == r->end;
	r->s += r->s < r->end;
}

static void add_backslash(struct reader *r)
{
	r->s++;
	if (at(r, 0) == '\n') {
		r->s++;
		r->line++;
	} else if (r->s < r->end) {
		add_char(r);
	}
}

static void read_value(struct reader *r)
{
	r->value.len = 0;
	r->unknown = false;
	while (r->s < r->end && !strchr(" \t\r\n;&|", *r->s)) {
		switch (*r->s) {
		case '\'':
			add_single(r);
			break;
		case '"':
			add_double(r);
			break;
		case '$':
			add_dollar(r);
			break;
		case '`':
			r->s++;
			skip_command(r, '`');
			break;
		case '\\':
			add_backslash(r);
			break;
		default:
			add_char(r);
		}
	}
}

/* operator is "=" or "+=" */
static void assignment(struct reader *r, size_t name_len, const char *operator)
{
	bool append = *operator== '+';
	struct grubdefaults *out = r->out;
	struct grubdefault d = { .text = r->t, .line = r->line };
	const struct grubdefault *old;

	d.name = arena_strndup(r->a, r->s, name_len);
	r->s += name_len + strlen(operator);
	read_value(r);
	old = append ? grubdefaults_get(out, d.name) : NULL;
	d.value = arena_strndup(r->a, r->value.data ? r->value.data : "", r->value.len);
	if (old)
		d.value = arena_printf(r->a, "%s%s", old->value, d.value);
	d.unknown = r->unknown;
	d.last_line = r->line;
	if (out->n >= ASSIGNMENTS_MAX || strlen(d.value) > VALUE_MAX)
		return;
	ARENA_GROW(r->a, out->d, out->n, out->cap);
	out->d[out->n++] = d;
}

static void skip_line(struct reader *r)
{
	while (r->s < r->end && *r->s != '\n')
		r->s++;
}

static void skip_blank(struct reader *r)
{
	for (; r->s < r->end && (!*r->s || strchr(" \t\r\n;", *r->s)); r->s++)
		r->line += *r->s == '\n';
}

static void statement(struct reader *r)
{
	size_t n;

	skip_blank(r);
	if (r->end - r->s > 7 && strncmp(r->s, "export ", 7) == 0) {
		r->s += 7;
		skip_blank(r);
	}
	n = name_length(r, 0);
	if (n && at(r, n) == '=')
		assignment(r, n, "=");
	else if (n && at(r, n) == '+' && at(r, n + 1) == '=')
		assignment(r, n, "+=");
	else
		skip_line(r);
}

void grubdefaults_parse(struct arena *a, const struct text *t, struct grubdefaults *out)
{
	struct reader r = { .a = a, .t = t, .out = out, .s = t->data, .line = 1 };

	r.end = r.s + (t->len < TEXT_MAX ? t->len : TEXT_MAX);
	if (t->len >= 3 && memcmp(r.s, "\xef\xbb\xbf", 3) == 0)
		r.s += 3;
	while (r.s < r.end)
		statement(&r);
	bytes_free(&r.value);
}

const struct grubdefault *grubdefaults_get(const struct grubdefaults *d, const char *name)
{
	for (size_t i = d->n; i > 0; i--) {
		if (streq(d->d[i - 1].name, name))
			return d->d[i - 1].unknown ? NULL : &d->d[i - 1];
	}
	return NULL;
}

/* --- the files --- */

struct files {
	struct arena *a;
	const char *name[FILES_MAX];
	size_t n;
};

static int add_file(void *arg, const struct root_entry *e)
{
	struct files *f = arg;

	if (endswith(e->name, ".cfg") && f->n < FILES_MAX)
		f->name[f->n++] = arena_printf(f->a, "/etc/default/grub.d/%s", e->name);
	return f->n == FILES_MAX;
}

static void read_file(const struct root *r, struct arena *a, const char *path,
		      struct grubdefaults *out)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (root_read(r, path, TEXT_MAX, &b) == 0)
		grubdefaults_parse(a, text_new(a, path, b.data, b.len), out);
}

void grubdefaults_read(const struct root *r, struct arena *a, struct grubdefaults *out)
{
	struct files f = { .a = a };

	*out = (struct grubdefaults){ 0 };
	read_file(r, a, "/etc/default/grub", out);
	root_list(r, "/etc/default/grub.d", add_file, &f);
	for (size_t i = 0; i < f.n; i++)
		read_file(r, a, f.name[i], out);
}
