/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line is read twice: by libmount (mount -a, util-linux) for ->bad, and by glibc's getmntent
 * with systemd's buffer size for everything that decides about the boot.
 */
#include <ctype.h>
#include <libmount.h>
#include <stdio.h>

#include "lib/fstab_parts.h"

/* --- libmount's view --- */

static int count_error(struct libmnt_table *tb UNUSED, const char *file UNUSED, int line UNUSED)
{
	return 1; /* leave the line out */
}

static bool libmount_takes(const char *line)
{
	struct libmnt_table *tb = mnt_new_table();
	FILE *f = fmemopen((void *)line, strlen(line), "r");
	bool takes = false;

	if (tb && f) {
		mnt_table_set_parser_errcb(tb, count_error);
		takes = mnt_table_parse_stream(tb, f, "fstab") == 0 && mnt_table_get_nents(tb) == 1;
	}
	if (f)
		fclose(f);
	mnt_unref_table(tb);
	return takes;
}

/* --- one line --- */

/* Bytes that look like nothing or like a space, and are a part of the name to every reader. */
static const struct {
	const char *bytes, *trouble;
} unwanted[] = {
	{ "\xEF\xBB\xBF", "a byte order mark (U+FEFF) is in the line" },
	{ "\xC2\xA0", "a no-break space (U+00A0) is in place of a space" },
	{ "\xE3\x80\x80", "an ideographic space (U+3000) is in place of a space" },
	{ "\xE2\x80\xAF", "a narrow no-break space (U+202F) is in place of a space" },
	{ "\xE2\x80\x8B", "a zero-width space (U+200B) is in the line" },
};

static const char *unwanted_bytes(const struct line *l)
{
	struct fstab_column c[6];
	const char *end;

	if (strlen(l->s) < l->len)
		return "a NUL byte is in the line";
	if (l->len >= FSTAB_MNTENT_BUFFER - 1)
		return "the line is longer than systemd reads";
	fstab_columns(l->s, c, &end);
	for (size_t i = 0; i < ARRAY_SIZE(unwanted); i++) {
		const char *at = strstr(l->s, unwanted[i].bytes);

		if (at && at < end) /* not in a comment behind the columns */
			return unwanted[i].trouble;
	}
	return NULL;
}

static bool is_number(const struct fstab_column *c)
{
	size_t i = c->len > 1 && *c->s == '-';

	for (; i < c->len; i++) {
		if (!isdigit((unsigned char)c->s[i]))
			return false;
	}
	return true;
}

/* Why libmount refuses the line. */
static const char *refusal(struct arena *a, const char *raw)
{
	struct fstab_column c[6];
	const char *end;
	size_t n = fstab_columns(raw, c, &end);

	if (n < 3)
		return arena_printf(a,
				    "only %s, where mount needs a device, a mount point and a type",
				    n == 1 ? "one column" : "two columns");
	for (size_t i = 4; i < n; i++) {
		if (!is_number(&c[i]))
			return arena_printf(a, "column %zu is '%.*s' where a number must be", i + 1,
					    (int)c[i].len, c[i].s);
	}
	if (n < 6 && strchr(end, '#'))
		return "a comment stands where mount expects a column";
	return "mount cannot make sense of the line";
}

static const char *without_cr(struct arena *a, const char *s)
{
	return endswith(s, "\r") ? arena_strndup(a, s, strlen(s) - 1) : s;
}

/* The last word of the options with its CR is not the word that was meant. */
static bool cr_spoils_option(const char *options)
{
	static const char *const words[] = { "noauto",	 "auto",	   "nofail", "fail",
					     "_netdev",	 "bind",	   "rbind",  "nobootwait",
					     "bootwait", "x-initrd.mount", NULL };
	const char *last = strrchr(options, ',');
	size_t n;

	last = last ? last + 1 : options;
	n = strlen(last);
	for (size_t i = 0; words[i]; i++) {
		if (strlen(words[i]) + 1 == n && strncmp(last, words[i], n - 1) == 0)
			return true;
	}
	return startswith(last, "x-systemd.") || startswith(last, "comment=systemd.");
}

/* systemd's unit files shed the CR again; what the generator itself compares does not. */
static bool cr_hurts(const struct fstab_mount_line *m)
{
	if (endswith(m->options, "\r"))
		return cr_spoils_option(m->options);
	if (endswith(m->type, "\r")) {
		struct fstab_mount_line plain = *m;
		char type[16];

		if (strlen(m->type) >= sizeof(type))
			return false;
		memcpy(type, m->type, strlen(m->type));
		type[strlen(m->type) - 1] = '\0';
		plain.type = type;
		return streq(type, "swap") || fstab_is_network(&plain);
	}
	return endswith(m->dir, "\r");
}

static void columns_of(struct arena *a, struct fstab_entry *e, const struct fstab_mount_line *m)
{
	e->spec = without_cr(a, m->spec);
	e->target = without_cr(a, m->dir);
	e->type = without_cr(a, m->type);
	e->options = without_cr(a, m->options);
	e->where = strchr(e->target, '/') ? fstab_simplify(a, e->target) : "";
	e->freq = m->freq;
	e->passno = m->passno;
}

static void flags_of(struct fstab_entry *e, const struct fstab_mount_line *m)
{
	e->swap = streq(m->type, "swap");
	e->bind = streq(e->type, "bind") || fstab_option(m->options, "bind", NULL) ||
		  fstab_option(m->options, "rbind", NULL);
	e->network = fstab_is_network(m);
	e->nofail = fstab_yes_no(m->options, "nofail", "fail");
	e->noauto = fstab_yes_no(m->options, "noauto", "auto");
	e->automount = fstab_is_automount(m->options);
}

/* Nothing in it for anybody: blank, a comment, or only NUL bytes (a file cut by a power loss). */
static bool is_no_entry(const struct line *l)
{
	const char *s = l->s + strspn(l->s, " \t\r\v\f");

	if (*s == '#')
		return true;
	if (*s)
		return false;
	for (size_t i = 0; i < l->len; i++) {
		if (l->s[i] && !isspace((unsigned char)l->s[i]))
			return false;
	}
	return true;
}

static void read_line(struct arena *a, const struct line *l, struct fstab_entry *e,
		      struct fstab_mount_line *m)
{
	struct fstab_column c[6];
	const char *end;

	e->spec = e->target = e->type = e->options = e->where = e->pulled_by = "";
	e->cr = endswith(l->s, "\r");
	e->fields = fstab_columns(l->s, c, &end);
	e->seen = *l->s && fstab_getmntent(a, l->s, m);
	if (e->seen) {
		columns_of(a, e, m);
		flags_of(e, m);
		e->cr_hurts = cr_hurts(m);
	}
	e->trouble = unwanted_bytes(l);
	if (!e->trouble && !libmount_takes(l->s))
		e->trouble = refusal(a, l->s);
	e->bad = e->trouble != NULL;
}

/* --- the file --- */

void fstab_parse(struct arena *a, const struct text *t, struct fstab *out)
{
	struct fstab_written *all = NULL;
	size_t cap = 0;

	*out = (struct fstab){ 0 };
	for (size_t n = 0; n < t->lines && !out->cut; n++) {
		struct fstab_entry e = { .line = n + 1 };
		struct fstab_mount_line m = { 0 };

		if (is_no_entry(&t->line[n]))
			continue;
		out->cut = out->n == FSTAB_ENTRIES_MAX;
		if (out->cut)
			break;
		read_line(a, &t->line[n], &e, &m);
		fstab_generator_verdict(a, &e, &m, &all);
		ARENA_GROW(a, out->e, out->n, cap);
		out->e[out->n++] = e;
	}
	fstab_written_clear(&all);
}
