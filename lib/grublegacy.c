/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/grublegacy.h"

#define BYTES_MAX (1u << 20)
#define ENTRIES_MAX 2000u
#define INITRDS_MAX 1000u

struct reader {
	struct arena *a;
	struct grublegacy *out;
	struct grublegacy_entry *e; /* NULL before the first title */
	size_t cap;
	size_t line;
};

/* Takes a word off s; its end and the blanks behind it are skipped. */
static const char *take_word(struct arena *a, const char **s)
{
	size_t n = strcspn(*s, " \t");
	const char *word = arena_strndup(a, *s, n);

	*s += n;
	*s += strspn(*s, " \t");
	return word;
}

/* (hd0,0)/path or /path */
static struct grublegacy_file take_file(struct reader *r, const char *word)
{
	struct grublegacy_file f = { .word = word, .path = word, .line = r->line };
	const char *close;

	if (*word == '(' && (close = strchr(word, ')'))) {
		f.device = arena_strndup(r->a, word + 1, (size_t)(close - word - 1));
		f.path = close + 1;
	}
	if (*f.path != '/')
		f.path = NULL;
	return f;
}

static const char *without_brackets(struct reader *r, const char *s)
{
	const char *close = strchr(s, ')');

	if (*s != '(' || !close)
		return s;
	return arena_strndup(r->a, s + 1, (size_t)(close - s - 1));
}

static void cmd_default(struct reader *r, const char *rest)
{
	const char *word = take_word(r->a, &rest);

	if (r->e)
		return;
	r->out->def = 0;
	r->out->def_line = r->line;
	r->out->def_text = word;
	r->out->default_saved = streq(word, "saved");
	r->out->default_bad = !r->out->default_saved && !parse_u64(word, &r->out->def);
}

static void cmd_title(struct reader *r, const char *rest)
{
	struct grublegacy *out = r->out;

	/* What follows belongs to an entry that is not kept, not to the last one that is. */
	if (out->entries >= ENTRIES_MAX) {
		if (!out->cut)
			r->e = arena_new_struct(r->a, struct grublegacy_entry);
		*r->e = (struct grublegacy_entry){ 0 };
		out->cut = true;
		return;
	}
	ARENA_GROW(r->a, out->entry, out->entries, r->cap);
	r->e = &out->entry[out->entries++];
	*r->e = (struct grublegacy_entry){ .title = rest, .line = r->line, .args = "" };
}

static void cmd_root(struct reader *r, const char *rest)
{
	const char *device = without_brackets(r, take_word(r->a, &rest));

	if (!r->e) {
		r->out->root = device;
		return;
	}
	r->e->root = device;
	r->e->root_line = r->line;
}

static void cmd_uuid(struct reader *r, const char *rest)
{
	if (!r->e)
		return;
	r->e->uuid = take_word(r->a, &rest);
	r->e->uuid_line = r->line;
}

static void cmd_kernel(struct reader *r, const char *rest)
{
	const char *word;

	if (!r->e)
		return;
	do {
		word = take_word(r->a, &rest);
	} while (startswith(word, "--"));
	r->e->kernel = take_file(r, word);
	r->e->args = rest;
}

static void cmd_initrd(struct reader *r, const char *rest)
{
	struct grublegacy_entry *e = r->e;
	size_t n = e ? e->initrds : 0;

	if (!e || n >= INITRDS_MAX)
		return;
	if ((n & (n - 1)) == 0) {
		void *more = arena_alloc(r->a, (n ? n * 2 : 1) * sizeof(*e->initrd));

		if (n)
			memcpy(more, e->initrd, n * sizeof(*e->initrd));
		e->initrd = more;
	}
	e->initrd[e->initrds++] = take_file(r, take_word(r->a, &rest));
}

static bool is_xen(const struct grublegacy_entry *e)
{
	return e->kernel.path && strstr(e->kernel.path, "xen") && !strstr(e->kernel.path, "vmlinu");
}

/* Xen: kernel loads the hypervisor, the first module is Linux, the second its initrd. */
static void cmd_module(struct reader *r, const char *rest)
{
	if (r->e && is_xen(r->e))
		cmd_kernel(r, rest);
	else
		cmd_initrd(r, rest);
}

static void cmd_chain(struct reader *r, const char *rest UNUSED)
{
	if (r->e)
		r->e->chain = true;
}

static void cmd_configfile(struct reader *r, const char *rest UNUSED)
{
	if (r->e)
		r->e->chain = true;
	else
		r->out->more = true;
}

static const struct {
	const char *name;
	void (*take)(struct reader *r, const char *rest);
} commands[] = {
	{ "default", cmd_default },
	{ "title", cmd_title },
	{ "root", cmd_root },
	{ "rootnoverify", cmd_root },
	{ "uuid", cmd_uuid },
	{ "kernel", cmd_kernel },
	{ "initrd", cmd_initrd },
	{ "module", cmd_module },
	{ "modulenounzip", cmd_initrd },
	{ "chainloader", cmd_chain },
	{ "configfile", cmd_configfile },
};

/* Without the CR, and blanks at both ends; a NUL ends it. */
static char *trimmed(struct arena *a, const char *s)
{
	size_t n;

	s += strspn(s, " \t");
	n = strlen(s);
	while (n && strchr(" \t\r", s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

static void read_line(struct reader *r, const char *line)
{
	const char *s = trimmed(r->a, line), *rest;
	size_t n = strcspn(s, " \t=");
	char *name;

	if (!*s || *s == '#')
		return;
	r->out->commands++;
	if (n > 32)
		return;
	name = arena_strndup(r->a, s, n);
	rest = s + n + strspn(s + n, " \t");
	if (*rest == '=')
		rest++;
	rest += strspn(rest, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (streq(commands[i].name, name))
			commands[i].take(r, rest);
	}
	if (r->e)
		r->e->last_line = r->line;
}

void grublegacy_parse(struct arena *a, const struct text *t, struct grublegacy *out)
{
	struct reader r = { .a = a, .out = out };
	size_t bytes = 0;

	*out = (struct grublegacy){ .text = t };
	for (r.line = 1; r.line <= t->lines; r.line++) {
		const char *s = text_line(t, r.line);

		bytes += t->line[r.line - 1].len + 1;
		if (bytes > BYTES_MAX) {
			out->cut = true;
			return;
		}
		if (r.line == 1 && startswith(s, "\xef\xbb\xbf"))
			s += 3;
		read_line(&r, s);
	}
}

enum spec_match grublegacy_device(const struct devices *d, const char *name,
				  const struct partition **out)
{
	const char *number = after(name, "hd0,");
	uint64_t n;

	if (!d || !d->known || d->disks > 1 || !number)
		return SPEC_UNKNOWN;
	if (!parse_u64(number, &n) || n > 255)
		return SPEC_UNKNOWN;
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].number == 0) /* no table: PV-GRUB makes names of its own */
			return SPEC_UNKNOWN;
		if ((uint64_t)d->p[i].number == n + 1) {
			*out = &d->p[i];
			return SPEC_FOUND;
		}
	}
	return SPEC_ABSENT;
}
