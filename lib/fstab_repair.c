/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/fstab_repair.h"
#include "lib/fstab_words.h"

#define TOKENS_MAX 12
#define LINE_LEN_MAX 4095 /* getmntent cuts here */
#define SPLIT_LEN_MAX 256 /* longest column that may be two */

/* --- what is wrong --- */

static const char *const tags[] = { "UUID=", "LABEL=", "PARTUUID=", "PARTLABEL=", "ID=", NULL };

/* The tag that the one at the start of the spec is a slip of the pen of, small letters too. */
static const char *meant_tag(const char *spec)
{
	size_t n = strcspn(spec, "=") + 1;
	char have[16];

	if (spec[n - 1] != '=' || n >= sizeof(have))
		return NULL;
	for (size_t i = 0; i < n; i++)
		have[i] = (char)toupper((unsigned char)spec[i]);
	have[n] = '\0';
	for (size_t i = 0; tags[i]; i++) {
		if (strncmp(spec, tags[i], n) == 0)
			return NULL;
	}
	for (size_t i = 0; tags[i]; i++) {
		if (strlen(tags[i]) > 3 && edit_distance(have, tags[i]) <= 1)
			return tags[i];
	}
	return NULL;
}

/* A UUID of the patient that stands there without "UUID=". */
static bool is_bare_uuid(struct arena *a, const char *spec, const struct devices *d)
{
	const struct partition *p;

	if (strlen(spec) < 9 || strpbrk(spec, "/=:"))
		return false;
	return devices_find(d, arena_printf(a, "UUID=%s", spec), &p) == SPEC_FOUND;
}

/* A file system on a disk needs a path or a tag that mount(8) knows. */
static bool is_no_device(const struct fstab_entry *e)
{
	if (!fstab_words_is_disk_type(e->type) || fstab_words_is_virtual_type(e->type) || e->bind ||
	    e->noauto || strpbrk(e->spec, "/:"))
		return false;
	for (size_t i = 0; tags[i]; i++) {
		if (startswith(e->spec, tags[i]))
			return false;
	}
	return true;
}

static const char *wrong_spec(struct arena *a, const struct fstab_entry *e, const struct devices *d)
{
	const char *tag = meant_tag(e->spec);

	if (tag)
		return arena_printf(a, "'%.*s' is no tag that is known, '%s' is",
				    (int)strcspn(e->spec, "=") + 1, e->spec, tag);
	if (is_bare_uuid(a, e->spec, d))
		return arena_printf(a, "'%s' stands there without 'UUID='", e->spec);
	if (is_no_device(e))
		return arena_printf(a, "'%s' is no device", e->spec);
	return NULL;
}

/* A column was left out, and those behind it are read in the wrong places. */
static const char *wrong_place(struct arena *a, const struct fstab_entry *e)
{
	if (*e->type && !fstab_words_is_type(e->type) && fstab_words_is_option(e->type))
		return arena_printf(a, "column 3 is '%s' where a type must be", e->type);
	if (*e->options && e->options[strspn(e->options, "0123456789")] == '\0')
		return arena_printf(a, "column 4 is '%s' where options must be", e->options);
	return NULL;
}

const char *fstab_trouble(struct arena *a, const struct fstab_entry *e, const struct devices *d)
{
	const char *trouble = e->trouble ? e->trouble : wrong_place(a, e);

	if (trouble)
		return trouble;
	if (e->cr_hurts)
		return "a carriage return at the end of the line is read as a part of its last "
		       "word";
	if (!e->swap && e->target[0] != '/' && !e->noauto)
		return arena_printf(a, "mount point '%s' is no absolute path", e->target);
	return wrong_spec(a, e, d);
}

/* --- is a line sound --- */

static bool parse_one(struct arena *a, const char *raw, struct fstab_entry *out)
{
	struct fstab tab;

	fstab_parse(a, text_new(a, "", raw, strlen(raw)), &tab);
	if (tab.n != 1)
		return false;
	*out = tab.e[0];
	return true;
}

static bool is_sound(struct arena *a, const char *raw, const struct devices *d)
{
	struct fstab_entry e;

	return parse_one(a, raw, &e) && !fstab_trouble(a, &e, d);
}

/* --- columns, more than six of them too --- */

struct token {
	const char *s;
	size_t len;
};

static size_t tokens(const char *raw, struct token t[TOKENS_MAX])
{
	size_t n = 0;

	for (;;) {
		raw += strspn(raw, " \t\r");
		if (!*raw || n == TOKENS_MAX || (n >= 3 && *raw == '#'))
			return n;
		t[n].s = raw;
		t[n].len = strcspn(raw, " \t\r");
		raw += t[n++].len;
	}
}

static const char *token_text(struct arena *a, const struct token *t)
{
	return arena_strndup(a, t->s, t->len);
}

static bool is_number(const struct token *t)
{
	for (size_t i = 0; i < t->len; i++) {
		if (!isdigit((unsigned char)t->s[i]))
			return false;
	}
	return true;
}

static bool are_options(struct arena *a, const struct token *t)
{
	char *list = arena_strndup(a, t->s, t->len), *word;

	while ((word = strsep(&list, ","))) {
		if (*word && !fstab_words_is_option(word))
			return false;
	}
	return true;
}

/* --- the changes --- */

/* Bytes that nobody wants go; what looks like a space becomes one. */
static const struct {
	const char *bytes, *becomes;
} cleaning[] = {
	{ "\xEF\xBB\xBF", "" },	 { "\xE2\x80\x8B", "" },  { "\xC2\xA0", " " },
	{ "\xE3\x80\x80", " " }, { "\xE2\x80\xAF", " " },
};

/* How many bytes at s are to be replaced, and by what. */
static size_t to_clean(const char *s, size_t len, const char **becomes)
{
	*becomes = "";
	if (*s == '\0')
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(cleaning); i++) {
		size_t n = strlen(cleaning[i].bytes);

		if (n <= len && memcmp(s, cleaning[i].bytes, n) == 0) {
			*becomes = cleaning[i].becomes;
			return n;
		}
	}
	return 0;
}

static const char *clean(struct arena *a, const struct line *l)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	for (size_t i = 0; i < l->len;) {
		const char *becomes;
		size_t n = to_clean(l->s + i, l->len - i, &becomes);

		if (n)
			bytes_adds(&b, becomes);
		else
			bytes_addc(&b, l->s[i]);
		i += n ? n : 1;
	}
	return b.data ? arena_strndup(a, b.data, b.len) : "";
}

static const char *drop_cr(struct arena *a, const char *raw, const struct devices *d UNUSED)
{
	return endswith(raw, "\r") ? arena_strndup(a, raw, strlen(raw) - 1) : NULL;
}

/* "defaults, nofail", "UUID= 1111": blanks beside a comma or an equals sign. */
static const char *join_blanks(struct arena *a, const char *raw, const struct devices *d UNUSED)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	const char *comment = strchr(raw, '#'), *s = raw + strspn(raw, " \t");

	bytes_add(&b, raw, (size_t)(s - raw));
	while (*s && s != comment) {
		size_t n = strspn(s, " \t");
		char before = b.len ? b.data[b.len - 1] : '\0', behind = s[n];

		if (n && behind && (strchr(",=", before) || strchr(",=", behind))) {
			s += n;
			continue;
		}
		n = n ? n : 1;
		bytes_add(&b, s, n);
		s += n;
	}
	bytes_adds(&b, s);
	return b.len < strlen(raw) ? arena_strndup(a, b.data, b.len) : NULL;
}

/* "defaults nofail 0 0": a blank where a comma was meant. */
static const char *comma_for_blank(struct arena *a, const char *raw, const struct devices *d UNUSED)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct token t[TOKENS_MAX];
	size_t n = tokens(raw, t), last = 3;

	while (last + 1 < n && !is_number(&t[last + 1]) && are_options(a, &t[last + 1]))
		last++;
	if (last == 3 || !are_options(a, &t[3]))
		return NULL;
	bytes_add(&b, raw, (size_t)(t[3].s - raw));
	for (size_t i = 3; i <= last; i++) {
		if (i > 3)
			bytes_addc(&b, ',');
		bytes_add(&b, t[i].s, t[i].len);
	}
	bytes_adds(&b, t[last].s + t[last].len);
	return arena_strndup(a, b.data, b.len);
}

/* The dump and pass columns are numbers; systemd reads anything else as 0. */
static const char *zero_numbers(struct arena *a, const char *raw, const struct devices *d UNUSED)
{
	struct token t[TOKENS_MAX];
	size_t n = tokens(raw, t);
	const char *out = raw;

	for (size_t i = 4; i < n && i < 6; i++) {
		if (!is_number(&t[i]))
			out = fstab_replace_field(a, out, (enum fstab_field)(i + 1), "0");
	}
	return out;
}

/* libmount takes a comment only behind six columns. */
static const char *six_columns(struct arena *a, const char *raw, const struct devices *d UNUSED)
{
	struct token t[TOKENS_MAX];
	size_t n = tokens(raw, t);

	return n >= 3 && n < 6 ? fstab_replace_field(a, raw, (enum fstab_field)(n + 1),
						     n == 3 ? "defaults" : "0")
			       : NULL;
}

/* A device and a mount point: the type can be read off the disk. */
static const char *name_type(struct arena *a, const char *raw, const struct devices *d)
{
	const struct partition *p = NULL;
	struct token t[TOKENS_MAX];
	const char *type = NULL;

	if (tokens(raw, t) != 2 || t[1].s[0] != '/')
		return NULL;
	if (devices_find(d, token_text(a, &t[0]), &p) == SPEC_FOUND && p->type)
		type = fstab_words_type_for(p->type);
	raw = fstab_replace_field(a, raw, FSTAB_TYPE, type ? type : "auto");
	raw = fstab_replace_field(a, raw, FSTAB_OPTIONS, "defaults");
	raw = fstab_replace_field(a, raw, FSTAB_FREQ, "0");
	return fstab_replace_field(a, raw, FSTAB_PASSNO, "0");
}

static const char *known_tag(struct arena *a, const char *raw, const struct devices *d)
{
	size_t at = strspn(raw, " \t"), n = strcspn(raw + at, "=") + 1;
	const char *tag = meant_tag(raw + at), *spec;
	struct token t[TOKENS_MAX];

	if (!tag || tokens(raw, t) == 0)
		return NULL;
	spec = arena_printf(a, "%s%.*s", tag, (int)(t[0].len - n), t[0].s + n);
	if (d->known && devices_count(d, spec) == 0)
		return NULL;
	return arena_printf(a, "%.*s%s%s", (int)at, raw, spec, t[0].s + t[0].len);
}

/* A column is put in before the one that stands in its place. */
static const char *put_in(struct arena *a, const char *raw, const struct token *before,
			  const char *value)
{
	return arena_printf(a, "%.*s%s%c%s", (int)(before->s - raw), raw, value, before->s[-1],
			    before->s);
}

/* "UUID=… /data defaults 0 2" and "UUID=… /data ext4 0 2". */
static const char *put_in_column(struct arena *a, const char *raw, const struct devices *d)
{
	const struct partition *p = NULL;
	struct token t[TOKENS_MAX];
	size_t n = tokens(raw, t);
	const char *type = NULL;

	if (n < 3 || n > 5)
		return NULL;
	if (devices_find(d, token_text(a, &t[0]), &p) == SPEC_FOUND && p->type)
		type = fstab_words_type_for(p->type);
	if (!fstab_words_is_type(token_text(a, &t[2])) && are_options(a, &t[2]))
		return put_in(a, raw, &t[2], type ? type : "auto");
	return n > 3 && is_number(&t[3]) ? put_in(a, raw, &t[3], "defaults") : NULL;
}

static const char *add_tag(struct arena *a, const char *raw, const struct devices *d)
{
	struct token t[TOKENS_MAX];

	if (tokens(raw, t) < 3 || !is_bare_uuid(a, token_text(a, &t[0]), d))
		return NULL;
	return arena_printf(a, "%.*sUUID=%s", (int)(t[0].s - raw), raw, t[0].s);
}

/* "UUID=… none swp sw 0 0" for what is swap on the disk. */
static const char *name_swap(struct arena *a, const char *raw, const struct devices *d)
{
	static const char *const nowhere[] = { "none", "swap", "-", NULL };
	const struct partition *p = NULL;
	struct token t[TOKENS_MAX];

	if (tokens(raw, t) < 3 || !in_list(token_text(a, &t[1]), nowhere) ||
	    devices_find(d, token_text(a, &t[0]), &p) != SPEC_FOUND || !p->type ||
	    !streq_null(fstab_words_type_for(p->type), "swap"))
		return NULL;
	return fstab_replace_field(a, raw, FSTAB_TYPE, "swap");
}

/* "data" where "/data" was meant. */
static const char *lead_slash(struct arena *a, const char *raw, const struct devices *d UNUSED)
{
	struct token t[TOKENS_MAX];
	size_t n = tokens(raw, t);

	if (n < 4 || n > 6 || !isalnum((unsigned char)t[1].s[0]) ||
	    fstab_words_is_type(token_text(a, &t[1])) ||
	    !fstab_words_is_type(token_text(a, &t[2])) || !are_options(a, &t[3]))
		return NULL;
	return arena_printf(a, "%.*s/%s", (int)(t[1].s - raw), raw, t[1].s);
}

/* --- two columns that run together --- */

static bool spec_is_there(const char *spec, const struct devices *d)
{
	const struct partition *p;

	if (!spec_is_judgeable(spec) || (strchr(spec, '=') && strchr(spec, '/')))
		return false;
	return !d->known || devices_find(d, spec, &p) == SPEC_FOUND;
}

/* What the columns say of the device is what the disk says. */
static bool fits_disk(struct arena *a, const struct token t[TOKENS_MAX], const struct devices *d)
{
	const struct partition *p = NULL;

	return devices_find(d, token_text(a, &t[0]), &p) != SPEC_FOUND || !p->type ||
	       fstab_words_fit(token_text(a, &t[2]), p->type) != FIT_NO;
}

/* Every column is what its place asks for. */
static bool reads_well(struct arena *a, const char *raw, bool spec_was_cut, const struct devices *d)
{
	struct token t[TOKENS_MAX];
	size_t n = tokens(raw, t);

	if (n < 4 || n > 6 || t[1].s[0] != '/' || !fstab_words_is_disk_type(token_text(a, &t[2])) ||
	    !are_options(a, &t[3]) || !fits_disk(a, t, d))
		return false;
	for (size_t i = 4; i < n; i++) {
		if (!is_number(&t[i]))
			return false;
	}
	return (!spec_was_cut || spec_is_there(token_text(a, &t[0]), d)) && is_sound(a, raw, d);
}

static const char *split_columns(struct arena *a, const char *raw, const struct devices *d)
{
	const char *found = NULL;
	struct token t[TOKENS_MAX];
	size_t n = tokens(raw, t);

	/* A number in place of the options: a column is missing, none runs into another. */
	if (n > 3 && is_number(&t[3]) && fstab_words_is_type(token_text(a, &t[2])))
		return NULL;
	for (size_t i = 0; i < n && i < 4 && n < 6; i++) {
		for (size_t at = 1; at < t[i].len && t[i].len <= SPLIT_LEN_MAX; at++) {
			size_t before = (size_t)(t[i].s - raw) + at;
			_cleanup_free_ char *cut =
				xasprintf("%.*s %s", (int)before, raw, raw + before);

			if (!reads_well(a, cut, i == 0, d))
				continue;
			if (found)
				return NULL;
			found = arena_strdup(a, cut);
		}
	}
	return found;
}

/* --- choosing --- */

static const char *(*const changes[])(struct arena *a, const char *raw, const struct devices *d) = {
	drop_cr,       join_blanks, comma_for_blank, split_columns, six_columns, zero_numbers,
	put_in_column, name_type,   known_tag,	     add_tag,	    name_swap,	 lead_slash,
};

const char *fstab_repair(struct arena *a, const struct line *l, const struct devices *d)
{
	const char *raw;

	if (l->len > LINE_LEN_MAX)
		return NULL;
	raw = clean(a, l);
	if (strlen(raw) < l->len && is_sound(a, raw, d))
		return raw;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		const char *changed = changes[i](a, raw, d);

		if (changed && is_sound(a, changed, d))
			return changed;
	}
	return NULL;
}
