/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of the entry that boots by itself, and the file the next one is made from.
 *
 * Sources: Linux Documentation/admin-guide/kernel-parameters.rst; systemd kernel-command-line(7)
 * and systemd-debug-generator(8); dracut.cmdline(7); initramfs-tools(7); util/grub-mkconfig.in.
 */
#include <strings.h>

#include "checks/grub_parts.h"
#include "lib/cmdline.h"
#include "lib/loader_opts.h"
#include "lib/shelllex.h"
#include "lib/stacked.h"

#define SMALL_MEMORY                                                                 \
	(96ull << 20) /* no kernel with an initramfs of this century lives with less \
		       */
#define PAGE_2M (2ull << 20)
#define WORDS_MAX 400

/* Where the entry that boots has its command line. */
struct place {
	const struct text *text;
	size_t line, last_line;
	const char *args, *title;
	uint64_t page;		   /* size of the huge pages that the words behind ask for */
	struct loader_opts shared; /* value NULL: no words of it stand elsewhere */
};

/* --- words --- */

/* Each stops the boot at a shell, on purpose: right for one repair, wrong for every other boot. */
static const char *const leftovers[] = {
	"rd.break",
	"rd.break=",
	"break",
	"break=",
	"single",
	"S",
	"s",
	"1",
	"emergency",
	"rescue",
	"rd.emergency",
	"systemd.unit=rescue.target",
	"systemd.unit=emergency.target",
	"init=/bin/sh",
	"init=/bin/bash",
	"init=/usr/bin/bash",
	"init=/usr/bin/sh",
	"init=/sysroot/bin/sh",
	"init=/bin/dash",
	"rdinit=/bin/sh",
	"rdinit=/bin/bash",
};

static bool is_leftover(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(leftovers); i++) {
		if (endswith(leftovers[i], "=") ? startswith(word, leftovers[i])
						: streq(word, leftovers[i]))
			return true;
	}
	return false;
}

/* Names that crypttab gives look like any other volume's. */
static bool is_of_crypttab(const struct grub *g, const char *spec)
{
	const char *name = after(spec, "/dev/mapper/");
	const struct text *t = name ? scan_text(g->s, "/etc/crypttab") : NULL;

	for (size_t n = 1; t && n <= t->lines; n++) {
		const char *rest = after(text_line(t, n), name);

		if (rest && (*rest == ' ' || *rest == '\t'))
			return true;
	}
	return false;
}

/* A specification of which it is certain that nothing answers to it. */
static bool is_dead(const struct grub *g, const char *spec)
{
	const struct devices *d = g->s->facts->devices;
	const struct partition *p;

	switch (devices_find(d, spec, &p)) {
	case SPEC_FOUND:
		return false;
	case SPEC_ABSENT:
		if (spec_is_judgeable(spec))
			return d->complete && !spec_is_kernel_name(spec);
		break;
	case SPEC_UNKNOWN:
		if (stacked_path(d, spec) != SPEC_ABSENT)
			return false;
		break;
	}
	return !is_of_crypttab(g, spec);
}

/* Nothing but dracut reads them. */
static bool is_for_dracut(const struct grub *g)
{
	return root_is_dir(g->s->root, "/usr/lib/dracut") ||
	       root_is_dir(g->s->root, "/usr/share/dracut") ||
	       !root_is_dir(g->s->root, "/usr/share/initramfs-tools");
}

/* NULL: it is no such word, or what it names is there. */
static const char *why_layer(const struct grub *g, const char *args, const char *word)
{
	const char *what;

	if (stacked_word(g->s->facts->devices, args, word, &what) != SPEC_ABSENT ||
	    !is_for_dracut(g))
		return NULL;
	return scan_printf(g->s, "names a%s %s that is not there", *what == 'e' ? "n" : "", what);
}

static const char *why_memory(const struct grub *g, const char *value)
{
	char buf[32];
	uint64_t n;

	if (!parse_size(value, &n) || n >= SMALL_MEMORY || n == 0)
		return NULL;
	return scan_printf(g->s, "gives the kernel %s of memory only",
			   format_size(n, buf, sizeof(buf)));
}

/* each: bytes of a page; 0: not known */
static const char *why_hugepages(const struct grub *g, uint64_t each, const char *value)
{
	uint64_t n, memory = g->s->facts->memory;
	char a[32], b[32];

	if (!parse_u64(value, &n) || !each || !memory || n < memory / each - memory / each / 10)
		return NULL;
	if (n > UINT64_MAX / each)
		return "takes more memory than there is";
	return scan_printf(g->s, "takes %s, and the machine has %s",
			   format_size(n * each, a, sizeof(a)), format_size(memory, b, sizeof(b)));
}

/* What is wrong with a word that is no leftover; NULL: nothing. *severity is set with it. */
static const char *why_word(const struct grub *g, const struct place *p, const char *word,
			    enum severity *severity)
{
	const char *value, *why;

	*severity = STOPS_BOOT;
	if ((value = after(word, "mem=")))
		return why_memory(g, value);
	if ((value = after(word, "hugepages=")))
		return why_hugepages(g, p->page, value);
	why = why_layer(g, p->args, word);
	if (why)
		return why;
	*severity = DEGRADES;
	if ((value = after(word, "resume=")) && is_dead(g, value))
		return "names a swap area that is not there: the boot waits for it";
	return NULL;
}

/* --- mending --- */

/* Words of one command line that share a fate. */
struct words {
	const char *word[WORDS_MAX];
	size_t n;
	struct bytes told;
	enum severity severity;
};

static const char *without(struct grub *g, const char *line, const char *word)
{
	const char *to = cmdline_replace(g->s->arena, line, word, "");

	return to ? to : line;
}

static void take_from(struct grub *g, struct finding *f, const struct text *t, size_t line,
		      const struct words *w)
{
	const char *s = text_line(t, line), *to = s;

	if (s[strspn(s, " \t")] == '#')
		return;
	for (size_t i = 0; i < w->n; i++)
		to = without(g, to, w->word[i]);
	if (!streq(to, s))
		propose_line(f, t, line, "%s", to);
}

static void take_from_defaults(struct grub *g, struct finding *f, const struct words *w)
{
	const struct text *t = scan_text(g->s, "/etc/default/grub");

	for (size_t n = 1; t && n <= t->lines; n++) {
		const char *s = text_line(t, n);

		if (startswith(s + strspn(s, " \t"), "GRUB_CMDLINE_LINUX"))
			take_from(g, f, t, n, w);
	}
}

static bool default_place(struct grub *g, struct place *out)
{
	const struct bls_entry *b = NULL;
	const struct boot_choice *c;

	if (g->l.kind == LOADER_BLS) {
		c = loader_choice(g->s, &g->l, &b);
		if (!c || !b || !b->options.value)
			return false;
		*out = (struct place){ .text = b->text,
				       .line = b->options.line,
				       .last_line = b->options.line,
				       .args = c->args,
				       .title = c->title };
		if (bls_uses(b->options.value, "kernelopts"))
			loader_opts_read(&g->l, &out->shared);
		return true;
	}
	for (size_t i = 0; i < g->menu.n; i++) {
		const struct bootentry *e = &g->menu.entry[i];

		if (!e->is_default || !e->ours || !e->args)
			continue;
		*out = (struct place){ .text = g->menu.text,
				       .line = e->kernel.line,
				       .last_line = e->last_line,
				       .args = e->args,
				       .title = e->title };
		return true;
	}
	return false;
}

static void sort_word(const struct grub *g, const struct place *p, const char *word,
		      struct words *left, struct words *other)
{
	enum severity severity = STOPS_BOOT;
	const char *why;

	if (is_leftover(word)) {
		bytes_addf(&left->told, "%s'%s'", left->n ? ", " : "", word);
		left->word[left->n++] = word;
		return;
	}
	why = why_word(g, p, word, &severity);
	if (!why)
		return;
	bytes_addf(&other->told, "%s'%s' %s", other->n ? "; " : "", word, why);
	other->severity = other->n && other->severity < severity ? other->severity : severity;
	other->word[other->n++] = word;
}

/* Of the word at s, with what its quotes hold. */
static size_t word_len(const char *s)
{
	bool quoted = false;
	size_t n;

	for (n = 0; s[n] && (quoted || !strchr(" \t", s[n])); n++)
		quoted ^= s[n] == '"';
	return n;
}

static uint64_t page_size(const char *value)
{
	uint64_t n;

	return value && parse_size(value, &n) ? n : 0;
}

static void sort_words(const struct grub *g, struct place *p, struct words *left,
		       struct words *other)
{
	const char *s = p->args, *page = cmdline_get(g->s->arena, s, "default_hugepagesz");

	p->page = page ? page_size(page) : PAGE_2M;
	for (size_t n = 0; *(s += strspn(s, " \t")) && n < WORDS_MAX; n++) {
		size_t len = word_len(s);
		const char *word = arena_strndup(g->s->arena, s, len);

		s += len;
		if (streq(word, "--"))
			break; /* the rest is init's */
		if ((page = after(word, "hugepagesz=")))
			p->page = page_size(page);
		if (cmdline_is_plain(word))
			sort_word(g, p, word, left, other);
	}
}

/* All of them stand in what the entry only refers to. */
static bool stand_elsewhere(struct grub *g, const struct place *p, const struct words *w)
{
	for (size_t i = 0; p->shared.value && i < w->n; i++) {
		if (cmdline_replace(g->s->arena, text_line(p->text, p->line), w->word[i], ""))
			return false;
	}
	return p->shared.value;
}

static struct finding *tell_words(struct grub *g, const struct place *p, const struct words *w,
				  const char *fate)
{
	bool elsewhere = stand_elsewhere(g, p, w);
	const struct text *t = elsewhere ? p->shared.text : p->text;
	struct finding *f;

	if (!w->n)
		return NULL;
	f = scan_find(g->s, &grub_cmdline, t->path, "%s%s", w->told.data, fate);
	finding_at(f, t, elsewhere ? p->shared.line : p->line);
	finding_severity(f, w->severity);
	loader_opts_without(f, g->s, &g->l, &p->shared, w->word, w->n);
	for (size_t n = p->line; n <= p->last_line && n <= p->text->lines; n++)
		take_from(g, f, p->text, n, w);
	if (f->edits && !g->menu.legacy)
		take_from_defaults(g, f, w);
	if (!f->edits)
		finding_safety(f, FIX_NONE);
	return f;
}

static void ask(struct finding *f, const struct words *w)
{
	if (!f || f->safety == FIX_NONE)
		return;
	finding_safety(f, FIX_ASK);
	for (size_t i = 0; i < w->n; i++)
		finding_choice(f, "take '%s' out", w->word[i]);
}

/* An entry that is for repairs by its name, and was made the default, is somebody's will. */
static bool is_for_repairs(const char *title)
{
	return title && (strcasestr(title, "recovery") || strcasestr(title, "rescue") ||
			 strcasestr(title, "single"));
}

void grub_look_cmdline(struct grub *g)
{
	struct words *left, *other;
	struct place p;

	if (!g->s->facts->boots_itself || !default_place(g, &p) || is_for_repairs(p.title))
		return;
	left = arena_new_struct(g->s->arena, struct words);
	other = arena_new_struct(g->s->arena, struct words);
	left->severity = STOPS_BOOT;
	sort_words(g, &p, left, other);
	tell_words(g, &p, left,
		   left->n == 1 ? " stops the boot at a shell" : " stop the boot at a shell");
	ask(tell_words(g, &p, other, ""), other);
	bytes_free(&left->told);
	bytes_free(&other->told);
}

/* --- /etc/default/grub --- */

static bool is_setting_name(const char *s)
{
	return startswith(s, "GRUB_") &&
	       s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")] == '\0';
}

/* "GRUB_TIMEOUT = 5" is a command of that name, which does not exist. */
static const struct shelllex_node *blank_before_equals(const struct shelllex_node *n)
{
	for (; n; n = n->next) {
		if (n->kind == SHELLLEX_SIMPLE && n->assigns == 0 && n->words > 1 &&
		    is_setting_name(n->word[0].s) && n->word[1].s[0] == '=')
			return n;
	}
	return NULL;
}

void grub_look_defaults(struct grub *g)
{
	const struct text *t = scan_text(g->s, "/etc/default/grub");
	struct shelllex_script script;
	const struct shelllex_node *n;

	if (!t || !g->s->facts->loader.has_grub2)
		return;
	shelllex_parse(g->s->arena, t, SHELLLEX_POSIX, &script);
	if (script.state == SHELLLEX_BROKEN) {
		finding_at(scan_find(g->s, &grub_defaults, t->path, "%s", script.what), t,
			   script.line);
		return;
	}
	n = blank_before_equals(script.body);
	if (n)
		finding_at(scan_find(g->s, &grub_defaults, t->path,
				     "blanks around '=': the shell takes '%s' for a command",
				     n->word[0].s),
			   t, n->line);
}
