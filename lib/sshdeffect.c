/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <strings.h>

#include "lib/sshdeffect.h"

/* --- reading --- */

static const char *name_of_today(const char *keyword)
{
	static const char *const renamed[][2] = {
		{ "challengeresponseauthentication", "kbdinteractiveauthentication" },
		{ "skeyauthentication", "kbdinteractiveauthentication" },
		{ "dsaauthentication", "pubkeyauthentication" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(renamed); i++) {
		if (streq(renamed[i][0], keyword))
			return renamed[i][1];
	}
	return keyword;
}

static void see_block(struct sshdeffect *d, const struct sshdwalk_block *b)
{
	/* Blocks are numbered as they begin, and seen when their first line comes. */
	while (b && d->blocks <= b->number) {
		ARENA_GROW(d->s->arena, d->block, d->blocks, d->blocks_cap);
		d->block[d->blocks++] = NULL;
	}
	for (; b && !d->block[b->number]; b = b->outer)
		d->block[b->number] = b;
}

static void see(void *arg, const struct sshdwalk_line *w)
{
	struct sshdeffect *d = arg;
	struct arena *a = d->s->arena;
	const char **word;

	if (streq(w->l->keyword, "match") || streq(w->l->keyword, "include") || !w->l->n)
		return;
	word = arena_alloc(a, w->l->n * sizeof(*word));
	memcpy(word, w->l->word, w->l->n * sizeof(*word));
	see_block(d, w->block);
	ARENA_GROW(a, d->line, d->n, d->cap);
	d->line[d->n++] = (struct sshdeffect_line){
		.keyword = name_of_today(w->l->keyword),
		.word = word,
		.n = w->l->n,
		.block = w->block,
		.in_match = w->in_match,
		.text = w->text,
		.line = w->line,
	};
}

bool sshdeffect_read(struct scan *s, struct sshdeffect *out)
{
	*out = (struct sshdeffect){ .s = s };
	if (!sshdwalk_main(s))
		return false;
	out->cut = !sshdwalk(s, see, out);
	return true;
}

const struct sshdeffect *sshdeffect_of(struct scan *s)
{
	if (!s->sshd) {
		s->sshd = arena_new_struct(s->arena, struct sshdeffect);
		sshdeffect_read(s, s->sshd);
	}
	return s->sshd;
}

const struct sshdeffect_line *sshdeffect_first(const struct sshdeffect *d, const char *keyword)
{
	for (size_t i = 0; i < d->n; i++) {
		if (!d->line[i].in_match && streq(d->line[i].keyword, keyword))
			return &d->line[i];
	}
	return NULL;
}

const char *sshdeffect_for_all(const struct sshdeffect *d, const char *keyword, const char *usual)
{
	const struct sshdeffect_line *l = sshdeffect_first(d, keyword);

	return l ? l->word[0] : usual;
}

/* --- patterns --- */

bool sshdeffect_fits(const char *pattern, const char *s)
{
	const char *star = NULL, *again = NULL;

	while (*s) {
		if (*pattern == '*') {
			star = ++pattern;
			again = s;
		} else if (*pattern == '?' || *pattern == *s) {
			pattern++;
			s++;
		} else if (star) {
			pattern = star;
			s = ++again;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

static enum sshdeffect_truth fits(struct sshdeffect_view *v, const char *pattern, const char *s)
{
	size_t len = strlen(pattern), of = strlen(s);

	if (v->tries >= SSHDEFFECT_TRIES || len > SSHDEFFECT_PATTERN || of > SSHDEFFECT_PATTERN)
		return SSHDEFFECT_MAYBE;
	/* Stars make each byte be held against each. */
	v->tries += 1 + len * of / SSHDEFFECT_TRY;
	return sshdeffect_fits(pattern, s) ? SSHDEFFECT_YES : SSHDEFFECT_NO;
}

struct found {
	enum sshdeffect_truth with, against; /* a pattern fits, one behind '!' fits */
};

static void note(enum sshdeffect_truth *all, enum sshdeffect_truth one)
{
	*all = one > *all ? one : *all;
}

/* Patterns with commas between. */
static struct found look_in_list(struct sshdeffect_view *v, const char *list, const char *s)
{
	_cleanup_free_ char *copy = xstrdup(list);
	struct found f = { SSHDEFFECT_NO, SSHDEFFECT_NO };
	char *save, *one;

	for (one = strtok_r(copy, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
		if (*one == '!')
			note(&f.against, fits(v, one + 1, s));
		else
			note(&f.with, fits(v, one, s));
	}
	return f;
}

static enum sshdeffect_truth both(enum sshdeffect_truth a, enum sshdeffect_truth b)
{
	return a < b ? a : b;
}

static enum sshdeffect_truth not(enum sshdeffect_truth t) { return SSHDEFFECT_YES - t; }

/* --- Match --- */

static enum sshdeffect_truth fits_user(struct sshdeffect_view *v, const char *list)
{
	struct found f = look_in_list(v, list, v->name);

	return both(f.with, not(f.against));
}

/* One group behind '!' is enough against. */
static enum sshdeffect_truth fits_group(struct sshdeffect_view *v, const char *list)
{
	struct found all = { SSHDEFFECT_NO, SSHDEFFECT_NO };

	if (!v->groups_known)
		return SSHDEFFECT_MAYBE;
	for (size_t i = 0; v->group[i]; i++) {
		struct found f = look_in_list(v, list, v->group[i]);

		note(&all.against, f.against);
		note(&all.with, both(f.with, not(f.against)));
	}
	return both(all.with, not(all.against));
}

static bool is_this_machine(const char *s)
{
	static const char *const own[] = { "localhost", "localhost.localdomain", "::1", "::1/128",
					   NULL };

	return startswith(s, "127.") || in_list(s, own);
}

/* An address or a name of the other side. */
static enum sshdeffect_truth fits_origin(struct sshdeffect_view *v, const char *list)
{
	_cleanup_free_ char *copy = xstrdup(list);
	bool any = false, other = false, without = false;
	char *save, *one;

	(void)v;
	for (one = strtok_r(copy, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
		without |= *one == '!' && !is_this_machine(one + 1);
		any |= streq(one, "*");
		other |= *one != '!' && !is_this_machine(one);
	}
	if (any && !without)
		return SSHDEFFECT_YES;
	return other ? SSHDEFFECT_MAYBE : SSHDEFFECT_NO;
}

static enum sshdeffect_truth fits_anybody(struct sshdeffect_view *v, const char *list)
{
	(void)v;
	(void)list;
	return SSHDEFFECT_MAYBE;
}

static const struct {
	const char *name;
	enum sshdeffect_truth (*fits)(struct sshdeffect_view *v, const char *list);
} criteria[] = {
	{ "user", fits_user },
	{ "group", fits_group },
	{ "host", fits_origin },
	{ "address", fits_origin },
	{ "localaddress", fits_anybody },
	{ "localport", fits_anybody },
	{ "rdomain", fits_anybody },
	{ "version", fits_anybody },
	{ "sessiontype", fits_anybody },
	{ "command", fits_anybody },
};

static enum sshdeffect_truth criterion(struct sshdeffect_view *v, const char *name, size_t len,
				       const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(criteria); i++) {
		if (strlen(criteria[i].name) == len &&
		    strncasecmp(criteria[i].name, name, len) == 0)
			return criteria[i].fits(v, value);
	}
	return SSHDEFFECT_MAYBE;
}

/* The words of a Match line: "User a,b", "User=a,b", "all", "invalid-user". */
static enum sshdeffect_truth holds(struct sshdeffect_view *v, const struct sshdline *l)
{
	enum sshdeffect_truth all = SSHDEFFECT_YES;

	if (l->n == 1 && strcasecmp(l->word[0], "all") == 0)
		return SSHDEFFECT_YES;
	if (!l->n || l->more)
		return SSHDEFFECT_MAYBE;
	for (size_t i = 0; i < l->n; i++) {
		const char *name = l->word[i], *equals = strchr(name, '=');
		size_t len = equals ? (size_t)(equals - name) : strlen(name);

		if (strcasecmp(name, "invalid-user") == 0)
			return SSHDEFFECT_NO;
		if (equals && equals[1])
			all = both(all, criterion(v, name, len, equals + 1));
		else if (++i < l->n)
			all = both(all, criterion(v, name, len, l->word[i]));
	}
	return all;
}

/* --- one person --- */

static bool is_member(const struct userdb_entry *g, const struct sshdeffect_person *who)
{
	return g->id == who->gid ||
	       (g->fields > GR_MEMBERS && has_word(g->field[GR_MEMBERS], who->name, ","));
}

static void find_groups(struct sshdeffect_view *v, const struct sshdeffect_person *who)
{
	struct arena *a = v->d->s->arena;
	const char **name = arena_alloc(a, (SSHDEFFECT_GROUPS + 1) * sizeof(*name));
	size_t n = 0;

	v->groups_known = who->groups != NULL;
	for (size_t i = 0; who->groups && i < who->groups->n; i++) {
		const struct userdb_entry *g = &who->groups->e[i];

		if (g->dead || !is_member(g, who))
			continue;
		if (n == SSHDEFFECT_GROUPS) {
			v->groups_known = false;
			break;
		}
		name[n++] = g->name;
	}
	name[n] = NULL;
	v->group = name;
}

void sshdeffect_for(const struct sshdeffect *d, const struct sshdeffect_person *who,
		    struct sshdeffect_view *out)
{
	*out = (struct sshdeffect_view){ .d = d, .name = who->name };
	find_groups(out, who);
	out->holds = arena_alloc(d->s->arena, (d->blocks + 1) * sizeof(*out->holds));
	/* Blocks without a line of their own are asked for by nobody but those inside of them. */
	for (size_t i = 0; i < d->blocks; i++) {
		const struct sshdwalk_block *b = d->block[i];

		out->holds[i] = b ? holds(out, b->match) : SSHDEFFECT_NO;
		if (b && b->outer)
			out->holds[i] = both(out->holds[i], out->holds[b->outer->number]);
	}
}

/* --- values --- */

static void add_value(struct sshdeffect_values *out, const struct sshdeffect_line *l)
{
	if (out->n < SSHDEFFECT_VALUES)
		out->line[out->n++] = l;
	else
		out->more = true;
}

void sshdeffect_values(const struct sshdeffect_view *v, const char *keyword,
		       struct sshdeffect_values *out)
{
	const struct sshdeffect *d = v->d;
	const struct sshdeffect_line *outside = NULL;

	*out = (struct sshdeffect_values){ .more = d->cut };
	for (size_t i = 0; i < d->n; i++) {
		const struct sshdeffect_line *l = &d->line[i];
		enum sshdeffect_truth t = l->block ? v->holds[l->block->number] : SSHDEFFECT_NO;

		if (!streq(l->keyword, keyword))
			continue;
		if (!l->block && !outside)
			outside = l;
		if (t != SSHDEFFECT_NO)
			add_value(out, l);
		if (t == SSHDEFFECT_YES)
			return;
	}
	if (outside)
		add_value(out, outside);
	else
		out->usual = true;
}

enum sshdeffect_truth sshdeffect_is_on(const struct sshdeffect_view *v, const char *keyword,
				       const char *usual)
{
	struct sshdeffect_values values;
	bool on, off;

	sshdeffect_values(v, keyword, &values);
	on = values.usual && strcasecmp(usual, "no") != 0;
	off = values.usual && !on;
	for (size_t i = 0; i < values.n; i++) {
		bool one = strcasecmp(values.line[i]->word[0], "no") != 0;

		on |= one;
		off |= !one;
	}
	if (values.more || on == off)
		return SSHDEFFECT_MAYBE;
	return on ? SSHDEFFECT_YES : SSHDEFFECT_NO;
}

/* --- lists of names --- */

/* "name", "name@host". */
static enum sshdeffect_truth names_user(struct sshdeffect_view *v, const char *word)
{
	const char *at = strrchr(word, '@');
	_cleanup_free_ char *name = at ? xstrndup(word, (size_t)(at - word)) : xstrdup(word);
	enum sshdeffect_truth t = fits(v, name, v->name);

	return at ? both(t, fits_origin(v, at + 1)) : t;
}

static enum sshdeffect_truth names_group(struct sshdeffect_view *v, const char *word)
{
	enum sshdeffect_truth all = SSHDEFFECT_NO;

	if (!v->groups_known)
		return SSHDEFFECT_MAYBE;
	for (size_t i = 0; v->group[i]; i++)
		note(&all, fits(v, word, v->group[i]));
	return all;
}

typedef enum sshdeffect_truth names(struct sshdeffect_view *v, const char *word);

struct list {
	bool given;
	enum sshdeffect_truth named;
};

static void add_line(struct sshdeffect_view *v, struct list *list, const struct sshdeffect_line *l,
		     names *is_named)
{
	list->given = true;
	for (size_t i = 0; i < l->n; i++)
		note(&list->named, is_named(v, l->word[i]));
}

/* The lines of blocks that hold, else those outside; one that may hold leaves both open. */
static struct list list_of(struct sshdeffect_view *v, const char *keyword, names *is_named)
{
	const struct sshdeffect *d = v->d;
	struct list in = { false, SSHDEFFECT_NO }, out = in;
	bool maybe = d->cut;

	for (size_t i = 0; i < d->n; i++) {
		const struct sshdeffect_line *l = &d->line[i];
		enum sshdeffect_truth t = l->block ? v->holds[l->block->number] : SSHDEFFECT_YES;

		if (!streq(l->keyword, keyword) || t == SSHDEFFECT_NO)
			continue;
		maybe |= t == SSHDEFFECT_MAYBE;
		add_line(v, l->block ? &in : &out, l, is_named);
	}
	if (maybe)
		return (struct list){ true, SSHDEFFECT_MAYBE };
	return in.given ? in : out;
}

enum sshdeffect_truth sshdeffect_lets_in(struct sshdeffect_view *v, const char **why)
{
	static const struct {
		const char *keyword;
		names *is_named;
		bool allows;
	} lists[] = {
		{ "denyusers", names_user, false },
		{ "allowusers", names_user, true },
		{ "denygroups", names_group, false },
		{ "allowgroups", names_group, true },
	};
	enum sshdeffect_truth all = SSHDEFFECT_YES;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct list list = list_of(v, lists[i].keyword, lists[i].is_named);
		enum sshdeffect_truth one = lists[i].allows ? list.named : not(list.named);

		if (!list.given || one >= all)
			continue;
		all = one;
		*why = lists[i].keyword;
	}
	return all;
}

bool sshdeffect_refuses_root(const struct sshdeffect_view *v)
{
	struct sshdeffect_values root;

	sshdeffect_values(v, "permitrootlogin", &root);
	for (size_t i = 0; i < root.n; i++) {
		if (strcasecmp(root.line[i]->word[0], "no") != 0)
			return false;
	}
	return root.n && !root.usual && !root.more;
}

/* --- files of keys --- */

bool sshdeffect_takes_keys(const struct sshdeffect_view *v, const struct userdb_entry *user)
{
	return sshdeffect_is_on(v, "pubkeyauthentication", "yes") != SSHDEFFECT_NO &&
	       (user->id != 0 || !sshdeffect_refuses_root(v));
}

const char *sshdeffect_key_file(struct arena *a, const char *word, const char *user, uid_t uid,
				const char *home)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (strcasecmp(word, "none") == 0)
		return NULL;
	for (; *word; word++) {
		if (*word != '%') {
			bytes_addc(&b, *word);
			continue;
		}
		switch (*++word) {
		case '%':
			bytes_addc(&b, '%');
			break;
		case 'h':
			bytes_adds(&b, home);
			break;
		case 'u':
			bytes_adds(&b, user);
			break;
		case 'U':
			bytes_addf(&b, "%u", (unsigned)uid);
			break;
		default:
			return NULL;
		}
	}
	if (b.len == 0)
		return NULL;
	if (b.data[0] == '/')
		return arena_strdup(a, b.data);
	return arena_printf(a, "%s/%s", home, b.data);
}

static void add_files(const struct sshdeffect_view *v, const struct userdb_entry *user,
		      const char *const *word, size_t n, struct sshdeffect_files *out)
{
	const char *home = *user->field[PW_DIR] ? user->field[PW_DIR] : "/";
	struct lines *list = &out->by[out->n++];
	struct arena *a = v->d->s->arena;

	for (size_t i = 0; i < n && i < SSHDEFFECT_FILES; i++) {
		const char *path = sshdeffect_key_file(a, word[i], user->name, user->id, home);

		if (path)
			lines_add(a, list, path);
	}
	out->cut |= n > SSHDEFFECT_FILES;
}

void sshdeffect_key_files(const struct sshdeffect_view *v, const struct userdb_entry *user,
			  struct sshdeffect_files *out)
{
	static const char *const usual[] = { ".ssh/authorized_keys", ".ssh/authorized_keys2" };
	struct sshdeffect_values values;

	*out = (struct sshdeffect_files){ 0 };
	sshdeffect_values(v, "authorizedkeysfile", &values);
	out->more = values.more;
	if (values.usual)
		add_files(v, user, usual, ARRAY_SIZE(usual), out);
	for (size_t i = 0; i < values.n; i++)
		add_files(v, user, values.line[i]->word, values.line[i]->n, out);
}
