/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The profiles of pam-auth-update, and which of them are enabled. */
#include "lib/pamauthupdate_parts.h"

#define PROFILES "/usr/share/pam-configs"
#define DEBCONF "/var/cache/debconf/config.dat"
#define BLANKS " \t\r\n\f\v"

const struct text *pamprofile_text(struct scan *s, const char *path)
{
	const struct text *t = root_is_file(s->root, path) ? scan_text(s, path) : NULL;

	return t && t->len <= PAMPROFILE_BYTES && !memchr(t->data, '\0', t->len) ? t : NULL;
}

/* --- one profile --- */

struct parser {
	struct arena *arena;
	struct pamprofile *p;
	const char *name; /* of the field that is being read; NULL: none yet */
	struct bytes value;
};

static void end_field(struct parser *r)
{
	struct pamprofile *p = r->p;
	struct pamprofile_field *f = NULL;

	if (!r->name)
		return;
	for (size_t i = 0; i < p->fields && !f; i++)
		f = streq(p->field[i].name, r->name) ? &p->field[i] : NULL;
	if (!f) {
		ARENA_GROW(r->arena, p->field, p->fields, p->cap);
		f = &p->field[p->fields++];
	}
	f->name = r->name;
	f->value = arena_strdup(r->arena, r->value.data ? r->value.data : "");
	r->value.len = 0;
	if (r->value.data)
		*r->value.data = '\0';
}

/* "Name: value": the colon ends the first word, and a blank or the end of the line follows. */
static bool is_header(const struct text *t, size_t n, size_t *len)
{
	const char *s = text_line(t, n);
	bool ended = n < t->lines || t->final_newline;

	*len = strcspn(s, BLANKS);
	return *len > 1 && s[*len - 1] == ':' && (s[*len] || ended);
}

static void begin_field(struct parser *r, const char *line, size_t len)
{
	const char *value = line + len + strspn(line + len, BLANKS);
	char *name = arena_strndup(r->arena, line, len - 1);

	end_field(r);
	/* What the first release of the tool called "Auth-Final" is plain "Auth". */
	if (endswith(name, "-Final"))
		name[strlen(name) - strlen("-Final")] = '\0';
	r->name = name;
	bytes_adds(&r->value, value);
}

static void add_to_field(struct parser *r, const char *line)
{
	size_t len;

	line += strspn(line, BLANKS);
	len = strlen(line);
	while (len && strchr(BLANKS, line[len - 1]))
		len--;
	if (!len || !r->name)
		return;
	if (r->value.len)
		bytes_addc(&r->value, '\n');
	bytes_add(&r->value, line, len);
}

static void read_profile(struct scan *s, const char *name, struct pamprofiles *all)
{
	const struct text *t = pamprofile_text(s, scan_printf(s, PROFILES "/%s", name));
	struct parser r = { .arena = s->arena };
	size_t len;

	if (!t)
		return;
	ARENA_GROW(s->arena, all->p, all->n, all->cap);
	r.p = &all->p[all->n++];
	*r.p = (struct pamprofile){ .name = name };
	for (size_t n = 1; n <= t->lines; n++) {
		if (is_header(t, n, &len))
			begin_field(&r, text_line(t, n), len);
		else
			add_to_field(&r, text_line(t, n));
	}
	end_field(&r);
	bytes_free(&r.value);
}

const char *pamprofile_field(const struct pamprofile *p, const char *name)
{
	for (size_t i = 0; i < p->fields; i++) {
		if (streq(p->field[i].name, name))
			return p->field[i].value;
	}
	return NULL;
}

bool pamprofile_conflicts(const struct pamprofile *p, const char *other)
{
	const char *list = pamprofile_field(p, "Conflicts");
	size_t len = strlen(other);

	for (const char *at = list; at && (at = strstr(at, other)); at++) {
		if ((at == list || (at >= list + 2 && startswith(at - 2, ", "))) &&
		    (!at[len] || startswith(at + len, ", ")))
			return true;
	}
	return false;
}

/* --- all of them --- */

static long priority_of(const struct pamprofile *p)
{
	const char *value = pamprofile_field(p, "Priority");

	return value ? strtol(value, NULL, 10) : 0;
}

static int by_priority(const void *a, const void *b)
{
	const struct pamprofile *x = a, *y = b;
	long p = priority_of(x), q = priority_of(y);

	if (p != q)
		return p < q ? 1 : -1;
	return -strcmp(x->name, y->name);
}

static bool is_editors(const char *name)
{
	return endswith(name, "~") || (*name == '#' && strlen(name) > 2 && endswith(name, "#"));
}

void pamprofile_gather(struct scan *s, struct pamprofiles *out)
{
	const char *const *name = scan_dir(s, PROFILES);

	*out = (struct pamprofiles){ 0 };
	for (size_t i = 0; name[i] && i < PAMPROFILE_MAX; i++) {
		if (!is_editors(name[i]))
			read_profile(s, name[i], out);
	}
	if (out->n)
		qsort(out->p, out->n, sizeof(*out->p), by_priority);
}

const struct pamprofile *pamprofile_named(const struct pamprofiles *all, const char *name)
{
	for (size_t i = 0; i < all->n; i++) {
		if (streq(all->p[i].name, name))
			return &all->p[i];
	}
	return NULL;
}

/* --- which are enabled --- */

static bool has(const struct pamprofile_set *set, const struct pamprofile *p)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->p[i] == p)
			return true;
	}
	return false;
}

static void add(struct pamprofile_set *set, const struct pamprofile *p)
{
	if (p && set->n < PAMPROFILE_MAX && !has(set, p))
		set->p[set->n++] = p;
}

bool pamprofile_saved(struct scan *s, const struct pamprofiles *all, const char *type,
		      struct pamprofile_set *out)
{
	const struct text *t = pamprofile_text(s, scan_printf(s, "/var/lib/pam/%s", type));
	bool any = false;

	*out = (struct pamprofile_set){ 0 };
	for (size_t n = 1; t && n <= t->lines; n++) {
		const char *name = after(text_line(t, n), "Module: ");
		const struct pamprofile *p = name ? pamprofile_named(all, name) : NULL;

		any |= name && *name;
		add(out, p);
		/* "null" stands for a stack without a module that decides. */
		if (name && *name && !p && !streq(name, "null") && !out->gone)
			out->gone = scan_printf(s, "profile '%s', which is gone from %s", name,
						PROFILES);
	}
	return any;
}

/* The value of the question which profiles there should be; NULL: it was never answered. */
static const char *debconf_value(struct scan *s)
{
	const struct text *t = root_is_file(s->root, DEBCONF) ? scan_text(s, DEBCONF) : NULL;
	bool ours = false;

	for (size_t n = 1; t && n <= t->lines; n++) {
		const char *line = text_line(t, n);
		const char *value = ours ? after(line, "Value: ") : NULL;

		if (value)
			return value;
		if (startswith(line, "Name: "))
			ours = streq(line, "Name: libpam-runtime/profiles");
	}
	return NULL;
}

bool pamprofile_debconf(struct scan *s, const struct pamprofiles *all, struct pamprofile_set *out)
{
	const char *value = debconf_value(s);

	*out = (struct pamprofile_set){ 0 };
	for (size_t i = 0; value && i < all->n; i++) {
		if (has_word(value, all->p[i].name, ", "))
			add(out, &all->p[i]);
	}
	return out->n > 0;
}

static void drop(struct pamprofile_set *set, size_t i)
{
	memmove(&set->p[i], &set->p[i + 1], (set->n - i - 1) * sizeof(set->p[0]));
	set->n--;
}

void pamprofile_defaults(const struct pamprofiles *all, struct pamprofile_set *out)
{
	*out = (struct pamprofile_set){ 0 };
	for (size_t i = 0; i < all->n; i++) {
		if (streq_null(pamprofile_field(&all->p[i], "Default"), "yes"))
			add(out, &all->p[i]);
	}
	for (size_t i = 0; i < out->n; i++) {
		const struct pamprofile *p = out->p[i];

		for (size_t k = out->n; k-- > 0;) {
			if (pamprofile_conflicts(p, out->p[k]->name))
				drop(out, k);
		}
	}
}
