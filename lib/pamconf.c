/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <strings.h>

#include "lib/pamconf.h"

#define DEPTH_MAX 16	  /* libpam's PAM_SUBSTACK_MAX_LEVEL */
#define HANDLERS_MAX 4096 /* of one chain */
#define FILES_MAX 512
#define STEPS_MAX 100000 /* lines looked at for one service, includes within includes */
#define WALKS_MAX 4096
#define BRANCH_MAX 64
#define JUMP_MAX 1000000
#define UNSET -6

const char *const pamconf_dirs[] = { "/etc/pam.d", "/usr/lib/pam.d", "/usr/etc/pam.d", NULL };
const char *const pamconf_type_names[] = { "auth", "account", "password", "session", NULL };

static const char *const return_names[] = {
	"success",
	"open_err",
	"symbol_err",
	"service_err",
	"system_err",
	"buf_err",
	"perm_denied",
	"auth_err",
	"cred_insufficient",
	"authinfo_unavail",
	"user_unknown",
	"maxtries",
	"new_authtok_reqd",
	"acct_expired",
	"session_err",
	"cred_unavail",
	"cred_expired",
	"cred_err",
	"no_module_data",
	"conv_err",
	"authtok_err",
	"authtok_recover_err",
	"authtok_lock_busy",
	"authtok_disable_aging",
	"try_again",
	"ignore",
	"abort",
	"authtok_expired",
	"module_unknown",
	"bad_item",
	"conv_again",
	"incomplete",
	"default",
};
_Static_assert(ARRAY_SIZE(return_names) == PAMCONF_RETURNS + 1, "every return value has a name");

/* In the order of the PAMCONF_DO_ values: 0, -1, -2 … */
static const char *const action_names[] = { "ignore", "ok", "done", "bad", "die", "reset" };

static const struct {
	const char *word;
	int success, ignore, rest; /* success stands for new_authtok_reqd too */
} keywords[] = {
	{ "required", PAMCONF_DO_OK, PAMCONF_DO_IGNORE, PAMCONF_DO_BAD },
	{ "requisite", PAMCONF_DO_OK, PAMCONF_DO_IGNORE, PAMCONF_DO_DIE },
	{ "optional", PAMCONF_DO_OK, PAMCONF_DO_IGNORE, PAMCONF_DO_IGNORE },
	{ "sufficient", PAMCONF_DO_DONE, PAMCONF_DO_IGNORE, PAMCONF_DO_IGNORE },
};

/* --- a line --- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* The next word; "[…]" is one, without its brackets. NULL at the end. Writes into *p. */
static char *next_word(char **p)
{
	char *s = *p, *to;

	while (is_blank(*s))
		s++;
	if (!*s)
		return NULL;
	if (*s == '[') {
		char *from = to = ++s;

		for (; *from && *from != ']'; from++) {
			if (from[0] == '\\' && from[1] == ']')
				from++;
			*to++ = *from;
		}
		*p = *from ? from + 1 : from;
		*to = '\0';
		return s;
	}
	for (to = s; *to && !is_blank(*to); to++)
		;
	*p = *to ? to + 1 : to;
	*to = '\0';
	return s;
}

static void fill_unset(int *action, int with)
{
	for (size_t i = 0; i < PAMCONF_RETURNS; i++) {
		if (action[i] == UNSET)
			action[i] = with;
	}
}

static char *skip_space(char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

/* Index of the first name that *s starts with, *s moved behind it; n when there is none. */
static size_t match(const char *const *names, size_t n, char **s)
{
	for (size_t i = 0; i < n; i++) {
		const char *rest = after(*s, names[i]);

		if (rest) {
			*s += rest - *s;
			return i;
		}
	}
	return n;
}

/* A number above 0, or one of the named actions; false when it is neither. */
static bool parse_action(char **s, int *action)
{
	size_t i = match(action_names, ARRAY_SIZE(action_names), s);

	if (i < ARRAY_SIZE(action_names)) {
		*action = -(int)i;
		return true;
	}
	for (*action = 0; isdigit((unsigned char)**s); (*s)++) {
		if (*action < JUMP_MAX)
			*action = *action * 10 + (**s - '0');
	}
	return *action > 0;
}

static bool parse_pairs(char *s, int *action)
{
	for (s = skip_space(s); *s; s = skip_space(s)) {
		size_t code = match(return_names, ARRAY_SIZE(return_names), &s);
		int what;

		s = skip_space(s);
		if (code == ARRAY_SIZE(return_names) || *s != '=')
			return false;
		s = skip_space(s + 1);
		if (!parse_action(&s, &what))
			return false;
		if (code < PAMCONF_RETURNS)
			action[code] = what;
		else
			fill_unset(action, what);
	}
	return true;
}

static void set_keyword(struct pamconf_line *l, size_t k)
{
	enum { NEW_AUTHTOK_REQD = 12 };

	l->action[PAMCONF_SUCCESS] = keywords[k].success;
	l->action[NEW_AUTHTOK_REQD] = keywords[k].success;
	l->action[PAMCONF_IGNORED] = keywords[k].ignore;
	fill_unset(l->action, keywords[k].rest);
}

static void all_bad(struct pamconf_line *l)
{
	for (size_t i = 0; i < PAMCONF_RETURNS; i++)
		l->action[i] = PAMCONF_DO_BAD;
}

static void parse_control(const struct pamconf *pc, struct pamconf_line *l, char *word)
{
	l->control_word = arena_strdup(pc->arena, word);
	if (strcasecmp(word, "include") == 0 || strcasecmp(word, "substack") == 0) {
		l->kind = tolower((unsigned char)*word) == 'i' ? PAMCONF_INCLUDE : PAMCONF_SUBSTACK;
		fill_unset(l->action, PAMCONF_DO_BAD);
		return;
	}
	for (size_t k = 0; k < ARRAY_SIZE(keywords); k++) {
		if (strcasecmp(word, keywords[k].word) == 0) {
			set_keyword(l, k);
			return;
		}
	}
	if (parse_pairs(word, l->action)) {
		fill_unset(l->action, PAMCONF_DO_BAD);
		return;
	}
	all_bad(l);
	if (l->fault == PAMCONF_SOUND)
		l->fault = PAMCONF_BAD_CONTROL;
}

static void parse_type(const struct pamconf *pc, struct pamconf_line *l, char *word)
{
	if (*word == '-') {
		l->silent = true;
		word++;
	}
	l->type_word = arena_strdup(pc->arena, word);
	for (unsigned t = 0; t < PAMCONF_TYPES; t++) {
		if (strcasecmp(word, pamconf_type_names[t]) == 0) {
			l->type = t;
			return;
		}
	}
	l->fault = PAMCONF_BAD_TYPE;
}

static void parse_args(const struct pamconf *pc, struct pamconf_line *l, char *rest)
{
	const char **arg = NULL;
	size_t cap = 0;

	for (char *word = next_word(&rest); word; word = next_word(&rest)) {
		ARENA_GROW(pc->arena, arg, l->args, cap);
		arg[l->args++] = word;
	}
	l->arg = arg;
}

static void parse_target(const struct pamconf *pc, struct pamconf_line *l, char *rest)
{
	char *word = next_word(&rest);

	l->module = word ? word : "";
	if (!word && l->fault == PAMCONF_SOUND)
		l->fault = PAMCONF_NO_MODULE;
	if (word)
		parse_args(pc, l, rest);
}

/* s is one joined line with something in it, and is ours to write into. */
static void parse_line(const struct pamconf *pc, char *s, enum pamconf_format format,
		       struct pamconf_line *l)
{
	char *word;

	l->type_word = l->control_word = l->module = "";
	for (size_t i = 0; i < PAMCONF_RETURNS; i++)
		l->action[i] = UNSET;
	if (format == PAMCONF_PAM_CONF)
		l->service = next_word(&s);
	word = next_word(&s);
	if (word && pc->at_include && strcasecmp(word, "@include") == 0) {
		l->kind = PAMCONF_AT_INCLUDE;
		l->type_word = word;
		fill_unset(l->action, PAMCONF_DO_BAD);
		parse_target(pc, l, s);
		return;
	}
	if (word)
		parse_type(pc, l, word);
	else
		l->fault = PAMCONF_BAD_TYPE;
	word = next_word(&s);
	if (word) {
		parse_control(pc, l, word);
		parse_target(pc, l, s);
		return;
	}
	all_bad(l);
	if (l->fault == PAMCONF_SOUND)
		l->fault = PAMCONF_NO_CONTROL;
}

/* --- a file --- */

/* Adds one line of the file to the joined one; true when the next line belongs to it as well. */
static bool join(const struct pamconf *pc, const struct line *from, struct bytes *to)
{
	size_t len = strlen(from->s), end, hash = strcspn(from->s, "#");
	bool more;

	if (pc->strip_cr && len && from->s[len - 1] == '\r')
		len--;
	for (end = len; end && is_blank(from->s[end - 1]); end--)
		;
	more = end && from->s[end - 1] == '\\';
	if (more)
		end--;
	bytes_add(to, from->s, hash < end ? hash : end);
	if (more)
		bytes_addc(to, ' ');
	return more && hash >= len;
}

static bool is_empty(const char *s)
{
	return s[strspn(s, " \t")] == '\0';
}

static void add_line(const struct pamconf *pc, struct pamconf_file *f, size_t *cap,
		     const struct bytes *joined, enum pamconf_format format)
{
	struct pamconf_line *l;

	ARENA_GROW(pc->arena, f->l, f->n, *cap);
	l = &f->l[f->n++];
	*l = (struct pamconf_line){ .text = f->text };
	parse_line(pc, arena_memdup(pc->arena, joined->data, joined->len), format, l);
}

void pamconf_parse(const struct pamconf *pc, const struct text *t, enum pamconf_format format,
		   struct pamconf_file *out)
{
	struct pamconf_file f = { .path = t->path, .text = t };
	_cleanup_bytes_ struct bytes joined = { 0 };
	size_t cap = 0, first = 1;

	for (size_t n = 1; n <= t->lines; n++) {
		bool more;

		if (joined.len == 0)
			first = n;
		more = join(pc, &t->line[n - 1], &joined);
		f.open_end = more && n == t->lines;
		if (more && !f.open_end)
			continue;
		if (joined.data && !is_empty(joined.data)) {
			add_line(pc, &f, &cap, &joined, format);
			f.l[f.n - 1].line = first;
			f.l[f.n - 1].last = n;
			if (f.open_end)
				f.l[f.n - 1].fault = PAMCONF_OPEN_END;
		}
		joined.len = 0;
	}
	*out = f;
}

static const struct pamconf_file *open_path(struct pamconf *pc, const char *path)
{
	struct pamconf_file *f;
	const struct text *t;

	for (size_t i = 0; i < pc->files; i++) {
		if (streq(pc->file[i]->path, path))
			return pc->file[i]->text ? pc->file[i] : NULL;
	}
	if (pc->files == FILES_MAX)
		return NULL;
	f = arena_new_struct(pc->arena, struct pamconf_file);
	t = pc->read(pc->arg, path);
	if (t)
		pamconf_parse(pc, t, PAMCONF_PAM_D, f);
	f->path = arena_strdup(pc->arena, path);
	ARENA_GROW(pc->arena, pc->file, pc->files, pc->cap);
	pc->file[pc->files++] = f;
	return t ? f : NULL;
}

const struct pamconf_file *pamconf_open(struct pamconf *pc, const char *name)
{
	if (*name == '/')
		return open_path(pc, name);
	if (!*name)
		return NULL;
	for (size_t i = 0; pamconf_dirs[i]; i++) {
		const char *path = arena_printf(pc->arena, "%s/%s", pamconf_dirs[i], name);
		const struct pamconf_file *f = open_path(pc, path);

		if (f)
			return f;
	}
	return NULL;
}

/* --- a service --- */

/* What grows while a service is read. */
struct progress {
	const struct pamconf_file **file;
	size_t files, files_cap;
	struct pamconf_handler *abort;
	size_t aborts, aborts_cap;
	size_t steps;
};

/* What a file is read for: which lines of it count, and how it was reached. */
struct reading {
	struct pamconf *pc;
	struct progress *to;
	struct pamconf_service *svc;
	const struct pamconf_file *file;
	const struct reading *up;
	const struct pamconf_via *via;
	int type; /* -1: any */
	unsigned depth, level;
};

static void read_lines(const struct reading *r);

static void add_handler(const struct reading *r, const struct pamconf_line *l,
			enum pamconf_type type, enum pamconf_handler_kind kind,
			enum pamconf_fault fault)
{
	struct pamconf_chain *c = &r->svc->own[type];

	if (c->n == HANDLERS_MAX) {
		r->svc->truncated = true;
		return;
	}
	ARENA_GROW(r->pc->arena, c->h, c->n, c->cap);
	c->h[c->n++] = (struct pamconf_handler){
		.line = l, .via = r->via, .kind = kind, .fault = fault, .level = r->level
	};
}

static void give_up(const struct reading *r, const struct pamconf_line *l, enum pamconf_fault fault)
{
	struct progress *to = r->to;

	if (to->aborts == HANDLERS_MAX)
		return;
	ARENA_GROW(r->pc->arena, to->abort, to->aborts, to->aborts_cap);
	to->abort[to->aborts++] = (struct pamconf_handler){ .line = l,
							    .via = r->via,
							    .kind = PAMCONF_MUST_FAIL,
							    .fault = fault,
							    .level = r->level };
}

static void note_file(const struct reading *r)
{
	struct progress *to = r->to;

	for (size_t i = 0; i < to->files; i++) {
		if (to->file[i] == r->file)
			return;
	}
	ARENA_GROW(r->pc->arena, to->file, to->files, to->files_cap);
	to->file[to->files++] = r->file;
}

static bool is_being_read(const struct reading *r, const struct pamconf_file *f)
{
	for (; r; r = r->up) {
		if (r->file == f)
			return true;
	}
	return false;
}

static void read_include(const struct reading *r, const struct pamconf_line *l,
			 enum pamconf_type type)
{
	struct pamconf *pc = r->pc;
	const struct pamconf_file *f = *l->module ? pamconf_open(pc, l->module) : NULL;
	struct pamconf_via *via = arena_new_struct(pc->arena, struct pamconf_via);
	struct reading inner = *r;
	enum pamconf_fault fault = l->fault;

	if (f && r->depth + 1 < DEPTH_MAX && !is_being_read(r, f)) {
		*via = (struct pamconf_via){ .line = l, .up = r->via };
		inner.file = f;
		inner.up = r;
		inner.via = via;
		inner.depth++;
		inner.level += l->kind == PAMCONF_SUBSTACK;
		if (l->kind != PAMCONF_AT_INCLUDE)
			inner.type = (int)type;
		if (l->kind == PAMCONF_SUBSTACK)
			add_handler(r, l, type, PAMCONF_MARK, PAMCONF_SOUND);
		read_lines(&inner);
		return;
	}
	if (fault == PAMCONF_SOUND)
		fault = f ? PAMCONF_TARGET_LOOP : PAMCONF_TARGET_MISSING;
	/* Debian's libpam does not live through an include in a circle, or one of nothing. */
	if (l->kind == PAMCONF_AT_INCLUDE || (pc->at_include && fault != PAMCONF_TARGET_MISSING)) {
		give_up(r, l, fault);
		return;
	}
	if (l->kind == PAMCONF_SUBSTACK)
		add_handler(r, l, type, PAMCONF_MARK, PAMCONF_SOUND);
	add_handler(r, l, type, PAMCONF_MUST_FAIL, fault);
}

static void read_line(const struct reading *r, const struct pamconf_line *l)
{
	enum pamconf_type type = l->type;

	if (l->fault == PAMCONF_OPEN_END) {
		give_up(r, l, PAMCONF_OPEN_END);
		return;
	}
	if (l->fault == PAMCONF_BAD_TYPE && r->type >= 0)
		type = (enum pamconf_type)r->type;
	if (l->kind != PAMCONF_AT_INCLUDE && r->type >= 0 && (int)type != r->type)
		return;
	/* Whatever its type says, an include is read; of a bad control each answer is bad. */
	if (l->kind != PAMCONF_MODULE)
		read_include(r, l, type);
	else if (l->fault == PAMCONF_SOUND || l->fault == PAMCONF_BAD_CONTROL)
		add_handler(r, l, type, PAMCONF_CALL, l->fault);
	else
		add_handler(r, l, type, PAMCONF_MUST_FAIL, l->fault);
}

static void read_lines(const struct reading *r)
{
	note_file(r);
	for (size_t i = 0; i < r->file->n && !r->svc->truncated; i++) {
		const struct pamconf_line *l = &r->file->l[i];

		r->svc->truncated |= ++r->to->steps > STEPS_MAX;
		if (!l->service || strcasecmp(l->service, r->svc->name) == 0)
			read_line(r, l);
	}
}

static const struct pamconf_file *service_file(struct pamconf *pc, const char *name)
{
	struct pamconf_file *f;
	const struct text *t;

	if (!pc->one_file)
		return pamconf_open(pc, name);
	t = pc->read(pc->arg, "/etc/pam.conf");
	if (!t)
		return NULL;
	f = arena_new_struct(pc->arena, struct pamconf_file);
	pamconf_parse(pc, t, PAMCONF_PAM_CONF, f);
	return f;
}

static void resolve_own(struct pamconf *pc, const char *name, struct pamconf_service *svc)
{
	struct progress to = { 0 };
	struct reading r = { .pc = pc, .to = &to, .svc = svc, .type = -1 };

	*svc = (struct pamconf_service){ .name = arena_strdup(pc->arena, name) };
	svc->own = arena_alloc(pc->arena, PAMCONF_TYPES * sizeof(*svc->own));
	r.file = service_file(pc, name);
	if (!r.file)
		return;
	svc->path = r.file->path;
	read_lines(&r);
	svc->file = to.file;
	svc->files = to.files;
	svc->abort = to.abort;
	svc->aborts = to.aborts;
}

void pamconf_resolve(struct pamconf *pc, const char *service, struct pamconf_service *out)
{
	struct pamconf_service *other = pc->other;

	if (!other) {
		other = pc->other = arena_new_struct(pc->arena, struct pamconf_service);
		resolve_own(pc, "other", other);
	}
	resolve_own(pc, service, out);
	for (unsigned t = 0; t < PAMCONF_TYPES; t++)
		out->chain[t] = out->own[t].n ? &out->own[t] : &other->own[t];
	if (out->aborts == 0) {
		out->abort = other->abort;
		out->aborts = other->aborts;
	}
	out->unread = !out->path && !other->path;
	out->truncated |= other->truncated;
}

/* --- a walk --- */

enum impression { UNDECIDED, POSITIVE, NEGATIVE };

struct mood {
	enum impression impression;
	bool success; /* the status so far is PAM_SUCCESS */
};

struct walk {
	const struct pamconf_chain *c;
	enum pamconf_type type;
	pamconf_result *result;
	void *arg;
	struct pamconf_verdict *v;
	unsigned walks, branches;
};

struct place {
	size_t at;
	unsigned level; /* of the handler before */
	struct mood mood, saved[DEPTH_MAX + 1];
	const struct pamconf_handler *bad;
};

/* Behind h and all that hangs below it. */
static size_t step_over(const struct pamconf_chain *c, size_t at, unsigned level)
{
	do
		at++;
	while (at + 1 < c->n && c->h[at + 1].level > level);
	return at;
}

/* Where the walk stands after jumping over n; c->n is never reached. False: there are not so many.
 */
static bool jump(const struct pamconf_chain *c, size_t *at, int n)
{
	unsigned level = c->h[*at].level;

	while (n > 0 && *at + 1 < c->n && c->h[*at + 1].level >= level) {
		*at = step_over(c, *at, level);
		n--;
	}
	return n == 0;
}

static size_t end_of_level(const struct pamconf_chain *c, size_t at)
{
	unsigned level = c->h[at].level;

	while (at + 1 < c->n && c->h[at + 1].level >= level)
		at++;
	return at;
}

static void turn_negative(struct place *p, const struct pamconf_handler *h)
{
	if (p->mood.impression != NEGATIVE)
		p->bad = h;
	p->mood = (struct mood){ NEGATIVE, false };
}

static void turn_positive(struct place *p, int code)
{
	struct mood *m = &p->mood;

	if (m->impression == UNDECIDED || (m->impression == POSITIVE && m->success))
		*m = (struct mood){ POSITIVE, code == PAMCONF_SUCCESS };
}

/* Takes the handler's answer in; p->at then is the last one dealt with. */
static void take(const struct walk *w, struct place *p, int code)
{
	const struct pamconf_handler *h = &w->c->h[p->at];
	int action = code == PAMCONF_SKIP ? PAMCONF_DO_IGNORE : h->line->action[code];

	if (action > 0) {
		if (!jump(w->c, &p->at, action))
			turn_negative(p, h);
		return;
	}
	switch (action) {
	case PAMCONF_DO_RESET:
		p->mood = p->saved[h->level];
		break;
	case PAMCONF_DO_OK:
	case PAMCONF_DO_DONE:
		turn_positive(p, code);
		if (action == PAMCONF_DO_DONE && p->mood.impression == POSITIVE)
			p->at = end_of_level(w->c, p->at);
		break;
	case PAMCONF_DO_BAD:
	case PAMCONF_DO_DIE:
		turn_negative(p, h);
		if (action == PAMCONF_DO_DIE)
			p->at = end_of_level(w->c, p->at);
		break;
	default:
		break;
	}
}

static void arrive(struct walk *w, const struct place *p)
{
	bool success = p->mood.impression == POSITIVE && p->mood.success;

	w->walks++;
	w->v->can_succeed |= success;
	w->v->can_fail |= !success;
	w->v->bad = success ? NULL : p->bad;
}

static void walk(struct walk *w, const struct place *from)
{
	struct place p = *from;

	for (; p.at < w->c->n; p.at++) {
		const struct pamconf_handler *h = &w->c->h[p.at];
		int code[PAMCONF_ANSWERS] = { 0 };
		unsigned n;

		if (h->level > p.level)
			p.saved[h->level] = p.mood;
		p.level = h->level;
		if (h->kind == PAMCONF_MARK)
			continue;
		n = w->result(w->arg, h, w->type, code);
		if (n > 1 && (w->branches >= BRANCH_MAX || w->walks >= WALKS_MAX)) {
			w->v->exhausted = true;
			n = 1;
		}
		for (unsigned i = 1; i < n; i++) {
			struct place other = p;

			take(w, &other, code[i]);
			other.at++;
			w->branches++;
			walk(w, &other);
			w->branches--;
		}
		take(w, &p, code[0]);
	}
	arrive(w, &p);
}

void pamconf_run(const struct pamconf_chain *c, enum pamconf_type t, pamconf_result *result,
		 void *arg, struct pamconf_verdict *out)
{
	struct walk w = { .c = c, .type = t, .result = result, .arg = arg, .v = out };
	struct place start = { 0 };

	*out = (struct pamconf_verdict){ 0 };
	walk(&w, &start);
}

static int longest_jump(const struct pamconf_line *l)
{
	int most = 0;

	for (size_t i = 0; i < PAMCONF_RETURNS; i++) {
		if (l->action[i] > most)
			most = l->action[i];
	}
	return most;
}

bool pamconf_is_jumped(const struct pamconf_chain *c, const struct pamconf_handler *h)
{
	size_t target = (size_t)(h - c->h);

	for (size_t i = 0; i < target; i++) {
		int n = c->h[i].kind == PAMCONF_CALL ? longest_jump(c->h[i].line) : 0;
		size_t at = i;

		if (n == 0)
			continue;
		jump(c, &at, n);
		/* at is the last one jumped over: whoever stands within the range is counted. */
		if (at >= target)
			return true;
	}
	return false;
}

static bool is_of(const struct pamconf_line *l, const struct pamconf_line *line)
{
	return l->text == line->text && l->line == line->line;
}

static bool comes_by(const struct pamconf_handler *h, const struct pamconf_line *line)
{
	for (const struct pamconf_via *via = h->via; via; via = via->up) {
		if (is_of(via->line, line))
			return true;
	}
	return is_of(h->line, line);
}

void pamconf_without(struct arena *a, const struct pamconf_chain *c,
		     const struct pamconf_line *line, struct pamconf_chain *out)
{
	struct pamconf_chain left = { .h = arena_alloc(a, (c->n + 1) * sizeof(*left.h)) };

	left.cap = c->n + 1;
	for (size_t i = 0; i < c->n; i++) {
		if (!comes_by(&c->h[i], line))
			left.h[left.n++] = c->h[i];
	}
	*out = left;
}
