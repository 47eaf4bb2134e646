/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of grub.cfg that matter for what is loaded; see lib/grubrun.h.
 *
 * Sources: GRUB manual, "Commands"; grub-core/commands/{search_wrap,test,legacycfg}.c.
 */
#include "lib/grubrun.h"

#define RECORDS_MAX 4000u /* files or searches of one entry */
#define DEVICE_MAX 256u

/* --- places --- */

enum spec_match grubcfg_device(const struct devices *d, const char *name,
			       const struct partition **out)
{
	static const char *const tables[] = { "msdos", "gpt", "" };
	const char *comma = strchr(name, ','), *number = NULL;
	uint64_t n;

	if (!d || !d->known || d->disks > 1 || !startswith(name, "hd0,") || !comma)
		return SPEC_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(tables) && !number; i++)
		number = after(comma + 1, tables[i]);
	if (!number || !parse_u64(number, &n) || n == 0)
		return SPEC_UNKNOWN;
	for (size_t i = 0; i < d->n; i++) {
		if (d->p[i].number >= 0 && (uint64_t)d->p[i].number == n) {
			*out = &d->p[i];
			return SPEC_FOUND;
		}
	}
	return SPEC_ABSENT;
}

static enum spec_match look_up(const struct grubrun *r, const char *spec,
			       const struct partition **out)
{
	if (!r->env->devices || !r->env->devices->known)
		return SPEC_UNKNOWN;
	return devices_find(r->env->devices, spec, out);
}

/* GRUB takes a device with and without brackets. */
static const char *bare(struct arena *a, const char *name)
{
	size_t n = strlen(name);

	return n > 2 && name[0] == '(' && name[n - 1] == ')' ? arena_strndup(a, name + 1, n - 2)
							     : name;
}

/* What a device's name or mark stands for. */
static struct grubcfg_place place_of(struct grubrun *r, const char *s, size_t len)
{
	struct grubcfg_place at = { .kind = PLACE_UNKNOWN, .name = "" };
	char *name;

	if (!len || len > DEVICE_MAX)
		return at;
	name = arena_strndup(r->a, s, len);
	if (name[0] == MARK_HOME && len == 1) {
		at.kind = PLACE_HOME;
		if (r->env->devices && r->env->devices->known && r->env->dir)
			at.part = devices_holding(r->env->devices, r->env->dir);
	} else if (name[0] == MARK_TAG && len > 2 && name[len - 1] == MARK_TAG) {
		name[len - 1] = '\0';
		at.kind = PLACE_TAG;
		at.name = name + 1;
		look_up(r, at.name, &at.part);
	} else if (name[0] > MARK_DIR && !strchr(name, '$')) {
		at.kind = PLACE_DEVICE;
		at.name = name;
		grubcfg_device(r->env->devices, bare(r->a, name), &at.part);
	}
	return at;
}

/* (device)/path, or /path on $root. */
static void take_file(struct grubrun *r, const struct grubarg *arg, struct grubcfg_file *f)
{
	const char *s = arg->s, *close, *root;

	f->word = arg->shown;
	if (startswith(s, "newc:") && strchr(s + 5, ':'))
		s = strchr(s + 5, ':') + 1;
	if (*s == '(') {
		close = strchr(s, ')');
		if (!close)
			return;
		f->place = place_of(r, s + 1, (size_t)(close - s - 1));
		s = close + 1;
	} else {
		root = grubvars_get(r, "root");
		if (root)
			f->place = place_of(r, root, strlen(root));
	}
	if (*s == '/' && !arg->unknown && !strchr(s, MARK_DIR) && !strchr(s, MARK_TAG))
		f->path = s;
}

/* --- what is kept of an entry --- */

static struct grubcfg_entry *entry(const struct grubrun *r)
{
	return r->entry == GRUBCFG_NONE ? NULL : &r->out->entry[r->entry];
}

/* Grows whenever the count is a power of two: the arrays carry no room of their own. */
#define APPEND(r, arr, n, item)                                                               \
	do {                                                                                  \
		if ((n) >= RECORDS_MAX) {                                                     \
			(r)->out->cut = true;                                                 \
			break;                                                                \
		}                                                                             \
		if (((n) & ((n)-1)) == 0) {                                                   \
			void *new_ = arena_alloc((r)->a, ((n) ? (n)*2 : 1) * sizeof(*(arr))); \
			if (n)                                                                \
				memcpy(new_, (arr), (n) * sizeof(*(arr)));                    \
			(arr) = new_;                                                         \
		}                                                                             \
		(arr)[(n)++] = (item);                                                        \
	} while (0)

static struct grubcfg_file new_file(struct grubrun *r, const struct grubstmt *st,
				    const struct grubarg *arg)
{
	struct grubcfg_file f = { .place.name = "", .line = st->line, .reach = r->reach };

	take_file(r, arg, &f);
	return f;
}

static const char *join(struct grubrun *r, const struct grubarg *arg, size_t n)
{
	_cleanup_bytes_ struct bytes out = { 0 };

	for (size_t i = 0; i < n; i++)
		bytes_addf(&out, "%s%s", i ? " " : "", arg[i].shown);
	return arena_strndup(r->a, out.data ? out.data : "", out.len);
}

/* Options in front of the file. */
static size_t first_file(const struct grubarg *arg, size_t n)
{
	size_t i = 1;

	while (i < n && startswith(arg[i].s, "--"))
		i++;
	return i;
}

static enum tri cmd_linux(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			  size_t n)
{
	struct grubcfg_entry *e = entry(r);
	size_t at = first_file(arg, n), count;

	if (!e || at >= n)
		return TRI_UNKNOWN;
	count = e->kernels;
	APPEND(r, e->args, count, join(r, arg + at + 1, n - at - 1));
	APPEND(r, e->kernel, e->kernels, new_file(r, st, &arg[at]));
	return TRI_UNKNOWN;
}

static enum tri cmd_initrd(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			   size_t n)
{
	struct grubcfg_entry *e = entry(r);

	for (size_t i = first_file(arg, n); e && i < n; i++)
		APPEND(r, e->initrd, e->initrds, new_file(r, st, &arg[i]));
	return TRI_UNKNOWN;
}

/* Xen: multiboot loads the hypervisor, the first module is Linux, the second its initrd. */
static enum tri cmd_module(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			   size_t n)
{
	const struct grubcfg_entry *e = entry(r);

	if (!e)
		return TRI_UNKNOWN;
	return e->kernels ? cmd_initrd(r, st, arg, n < 2 ? n : first_file(arg, n) + 1)
			  : cmd_linux(r, st, arg, n);
}

static enum tri cmd_chain(struct grubrun *r, const struct grubstmt *st UNUSED,
			  const struct grubarg *arg UNUSED, size_t n UNUSED)
{
	struct grubcfg_entry *e = entry(r);

	if (e && r->reach != REACH_NEVER)
		e->chain = true;
	return TRI_UNKNOWN;
}

/* configfile, source: another file goes on */
static enum tri cmd_source(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			   size_t n)
{
	if (r->reach == REACH_NEVER)
		return TRI_UNKNOWN;
	if (entry(r)) {
		if (streq(arg[0].s, "configfile"))
			return cmd_chain(r, st, arg, n);
		grubrun_opaque(r);
	} else if (n < 2 || !endswith(arg[1].s, "/user.cfg")) { /* user.cfg: a password, no entry */
		r->out->more = true;
	}
	return TRI_UNKNOWN;
}

static enum tri cmd_opaque(struct grubrun *r, const struct grubstmt *st UNUSED,
			   const struct grubarg *arg UNUSED, size_t n UNUSED)
{
	grubrun_opaque(r);
	if (!entry(r) && r->reach != REACH_NEVER)
		r->out->more = true;
	return TRI_UNKNOWN;
}

static enum tri cmd_blscfg(struct grubrun *r, const struct grubstmt *st UNUSED,
			   const struct grubarg *arg UNUSED, size_t n UNUSED)
{
	if (!entry(r) && r->reach != REACH_NEVER)
		r->out->blscfg = true;
	return TRI_UNKNOWN;
}

/* --- search --- */

static void record_search(struct grubrun *r, struct grubcfg_search *s)
{
	struct grubcfg_entry *e = entry(r);

	if (e)
		APPEND(r, e->search, e->searches, *s);
	else
		APPEND(r, r->out->search, r->out->searches, *s);
}

static const char *tag(const struct grubcfg_search *s, struct arena *a)
{
	return arena_printf(a, "%s=%s", s->kind == SEARCH_UUID ? "UUID" : "LABEL", s->value);
}

static void do_search(struct grubrun *r, const struct grubstmt *st, enum grubcfg_search_kind kind,
		      const struct grubarg *what, const char *var)
{
	struct grubcfg_search s = {
		.kind = kind, .var = var, .line = st->line, .reach = r->reach, .match = SPEC_UNKNOWN
	};
	const char *value = NULL;
	bool in_vain;

	if (what && !what->unknown)
		s.value = what->shown;
	if (s.value && (kind == SEARCH_UUID || kind == SEARCH_LABEL)) {
		s.match = look_up(r, tag(&s, r->a), &s.part);
		value = arena_printf(r->a, "%c%s%c", MARK_TAG, tag(&s, r->a), MARK_TAG);
	}
	record_search(r, &s);
	in_vain = s.match == SPEC_ABSENT && r->env->devices->complete;
	if (var && !in_vain) /* a search in vain leaves the variable alone */
		grubvars_set(r, var, value);
}

struct search_words {
	enum grubcfg_search_kind kind;
	const char *var;
	const struct grubarg *what;
	size_t whats;
};

static void search_option(struct search_words *w, const struct grubarg *arg, size_t n, size_t *i)
{
	static const struct {
		const char *name;
		enum grubcfg_search_kind kind;
	} kinds[] = {
		{ "--fs-uuid", SEARCH_UUID },	{ "-u", SEARCH_UUID },	{ "--label", SEARCH_LABEL },
		{ "--fs-label", SEARCH_LABEL }, { "-l", SEARCH_LABEL }, { "--file", SEARCH_FILE },
		{ "-f", SEARCH_FILE },
	};
	const char *s = arg[*i].s, *value;

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		if (streq(s, kinds[k].name))
			w->kind = kinds[k].kind;
	}
	value = after(s, "--set=");
	if (value || streq(s, "--set") || streq(s, "-s"))
		w->var = value ? value : "root";
	if (startswith(s, "--hint") && !strchr(s, '=') && *i + 1 < n)
		(*i)++;
}

static enum tri cmd_search(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			   size_t n)
{
	struct search_words w = { .kind = SEARCH_FILE };

	for (size_t i = 1; i < n; i++) {
		if (arg[i].s[0] == '-') {
			search_option(&w, arg, n, &i);
		} else if (!w.whats++) {
			w.what = &arg[i];
		}
	}
	/* `--set root UUID` of old scripts: GRUB versions do not agree on what it means */
	if (w.whats != 1)
		w.what = NULL;
	do_search(r, st, w.kind, w.what, w.var);
	return TRI_UNKNOWN;
}

/* search.fs_uuid UUID VARIABLE HINTS… */
static enum tri cmd_search_dot(struct grubrun *r, const struct grubstmt *st,
			       const struct grubarg *arg, size_t n)
{
	enum grubcfg_search_kind kind = streq(arg[0].s, "search.fs_uuid")    ? SEARCH_UUID
					: streq(arg[0].s, "search.fs_label") ? SEARCH_LABEL
									     : SEARCH_FILE;

	if (n > 1)
		do_search(r, st, kind, &arg[1], n > 2 ? arg[2].s : NULL);
	return TRI_UNKNOWN;
}

/* --- variables --- */

static void note_default(struct grubrun *r, const struct grubstmt *st, const char *from)
{
	if (r->menu && r->reach != REACH_NEVER && !r->out->entries) {
		r->out->def_line = st->line;
		r->out->def_from = from;
	}
}

static void note_root(struct grubrun *r, const struct grubstmt *st, const struct grubarg *value)
{
	struct grubcfg_search s = { .kind = SEARCH_SET_ROOT,
				    .var = "root",
				    .line = st->line,
				    .reach = r->reach,
				    .match = SPEC_UNKNOWN };

	if (!value->unknown && value->s[0] > MARK_DIR) {
		s.value = value->shown;
		s.match = grubcfg_device(r->env->devices, bare(r->a, s.value), &s.part);
	}
	record_search(r, &s);
}

/* The word's variable, when its last part is nothing but one: "default=${saved_entry}". */
static const char *only_variable(const struct grubstmt *st, size_t word, const char *name)
{
	const struct grubpart *part = word < st->words ? st->word[word].part : NULL;
	size_t n = strlen(name);

	if (!part || part->variable || strlen(part->s) != n + 1 || strncmp(part->s, name, n) != 0)
		return NULL;
	part = part->next;
	return part && part->variable && !part->next ? part->s : NULL;
}

static void assign(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
		   size_t word)
{
	const char *equals = strchr(arg->s, '=');
	struct grubarg value = *arg;
	char *name;

	if (!equals || equals == arg->s)
		return;
	name = arena_strndup(r->a, arg->s, (size_t)(equals - arg->s));
	value.s = equals + 1;
	value.shown = strchr(arg->shown, '=') ? strchr(arg->shown, '=') + 1 : "";
	if (streq(name, "default"))
		note_default(r, st, only_variable(st, word, name));
	if (streq(name, "root"))
		note_root(r, st, &value);
	if (streq(name, "kernelopts") && r->reach != REACH_NEVER && !value.unknown) {
		r->out->kernelopts = value.s;
		r->out->kernelopts_line = st->line;
	}
	grubvars_set(r, name, value.unknown ? NULL : value.s);
}

static enum tri cmd_set(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			size_t n)
{
	for (size_t i = 1; i < n && i < 2; i++)
		assign(r, st, &arg[i], i);
	return TRI_TRUE;
}

static enum tri cmd_unset(struct grubrun *r, const struct grubstmt *st UNUSED,
			  const struct grubarg *arg, size_t n)
{
	for (size_t i = 1; i < n; i++)
		grubvars_set(r, arg[i].s, "");
	return TRI_TRUE;
}

/* increment, decrement, read, probe --set=VAR, regexp --set=N:VAR */
static enum tri cmd_forget(struct grubrun *r, const struct grubstmt *st UNUSED,
			   const struct grubarg *arg, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const char *name = after(arg[i].s, "--set="), *colon;

		if (!name)
			name = arg[i].s;
		colon = strchr(name, ':');
		grubvars_set(r, colon ? colon + 1 : name, NULL);
	}
	return TRI_UNKNOWN;
}

static bool wanted(const char *name, const struct grubarg *arg, size_t from, size_t n)
{
	for (size_t i = from; i < n; i++) {
		if (streq(arg[i].s, name))
			return true;
	}
	return from >= n;
}

/* load_env [-f FILE] [--skip-sig] [NAMES] */
static enum tri cmd_load_env(struct grubrun *r, const struct grubstmt *st UNUSED,
			     const struct grubarg *arg, size_t n)
{
	const char *const *v = r->env->grubenv;
	size_t from = 1;

	for (; from < n && arg[from].s[0] == '-'; from++) {
		if (!streq(arg[from].s, "-f") && !streq(arg[from].s, "--file"))
			continue;
		if (++from >= n || !endswith(arg[from].s, "/grubenv"))
			return TRI_UNKNOWN;
	}
	for (; v && v[0] && v[1]; v += 2) {
		if (wanted(v[0], arg, from, n))
			grubvars_set(r, v[0], v[1]);
	}
	return TRI_UNKNOWN;
}

/* --- the table --- */

static const struct {
	const char *name;
	enum tri (*run)(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			size_t n);
} commands[] = {
	{ "linux", cmd_linux },
	{ "linux16", cmd_linux },
	{ "linuxefi", cmd_linux },
	{ "kernel", cmd_linux },
	{ "initrd", cmd_initrd },
	{ "initrd16", cmd_initrd },
	{ "initrdefi", cmd_initrd },
	{ "module", cmd_module },
	{ "module2", cmd_module },
	{ "xen_module", cmd_module },
	{ "search", cmd_search },
	{ "search.fs_uuid", cmd_search_dot },
	{ "search.fs_label", cmd_search_dot },
	{ "search.file", cmd_search_dot },
	{ "search.fs_file", cmd_search_dot },
	{ "set", cmd_set },
	{ "unset", cmd_unset },
	{ "load_env", cmd_load_env },
	{ "chainloader", cmd_chain },
	{ "ntldr", cmd_chain },
	{ "configfile", cmd_source },
	{ "source", cmd_source },
	{ ".", cmd_source },
	{ "normal", cmd_source },
	{ "blscfg", cmd_blscfg },
	{ "blsuki", cmd_blscfg },
	{ "bls_import", cmd_blscfg },
	{ "eval", cmd_opaque },
	{ "legacy_configfile", cmd_source },
	{ "syslinux_configfile", cmd_source },
	{ "extract_entries_source", cmd_source },
	{ "read", cmd_forget },
	{ "increment", cmd_forget },
	{ "decrement", cmd_forget },
	{ "probe", cmd_forget },
	{ "regexp", cmd_forget },
	{ "loopback", cmd_opaque },
};

/* NAME=VALUE without set */
static bool is_assignment(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return n && s[n] == '=' && !(s[0] >= '0' && s[0] <= '9');
}

enum tri grubcmd_run(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
		     size_t n)
{
	const char *name = arg[0].s;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (streq(commands[i].name, name))
			return commands[i].run(r, st, arg, n);
	}
	if (is_assignment(name)) {
		assign(r, st, &arg[0], 0);
		return TRI_TRUE;
	}
	if (arg[0].unknown)
		grubrun_opaque(r);
	if (streq(name, "true"))
		return TRI_TRUE;
	return streq(name, "false") ? TRI_FALSE : TRI_UNKNOWN;
}

/* --- [ … ] --- */

static enum tri tri_of(bool b)
{
	return b ? TRI_TRUE : TRI_FALSE;
}

static enum tri tri_not(enum tri t)
{
	return t == TRI_UNKNOWN ? t : tri_of(t == TRI_FALSE);
}

/* Files beside grub.cfg are the ones that can be looked up. */
static enum tri test_file(const struct grubrun *r, char op, const struct grubarg *arg)
{
	const struct grubcfg_env *env = r->env;
	_cleanup_free_ char *path = NULL;
	struct stat st;

	if (arg->unknown || arg->s[0] != MARK_DIR || arg->s[1] != '/')
		return TRI_UNKNOWN;
	if (streq(arg->s + 1, "/grubenv") && env->grubenv)
		return TRI_TRUE;
	if (!env->root || !env->dir)
		return TRI_UNKNOWN;
	path = xasprintf("%s%s", env->dir, arg->s + 1);
	if (root_stat(env->root, path, &st) < 0)
		return TRI_FALSE;
	if (op == 'd')
		return tri_of(S_ISDIR(st.st_mode));
	if (op == 's')
		return tri_of(st.st_size > 0);
	return tri_of(op == 'e' || !S_ISDIR(st.st_mode));
}

static enum tri test_unary(const struct grubrun *r, const struct grubarg *arg)
{
	const char *op = arg[0].s;

	if (op[0] != '-' || strlen(op) != 2)
		return TRI_UNKNOWN;
	if (strchr("nz", op[1])) {
		if (arg[1].unknown)
			return TRI_UNKNOWN;
		return tri_of((op[1] == 'n') == (arg[1].s[0] != '\0'));
	}
	return strchr("fsed", op[1]) ? test_file(r, op[1], &arg[1]) : TRI_UNKNOWN;
}

static enum tri test_numbers(const char *op, const char *left, const char *right)
{
	long a = strtol(left, NULL, 0), b = strtol(right, NULL, 0);
	const struct {
		const char *op;
		bool yes;
	} table[] = {
		{ "-eq", a == b }, { "-ne", a != b }, { "-lt", a < b },
		{ "-le", a <= b }, { "-gt", a > b },  { "-ge", a >= b },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (streq(op, table[i].op))
			return tri_of(table[i].yes);
	}
	return TRI_UNKNOWN;
}

static enum tri test_binary(const struct grubarg *arg)
{
	const char *op = arg[1].s;

	if (arg[0].unknown || arg[2].unknown)
		return TRI_UNKNOWN;
	if (streq(op, "=") || streq(op, "=="))
		return tri_of(streq(arg[0].s, arg[2].s));
	if (streq(op, "!="))
		return tri_of(!streq(arg[0].s, arg[2].s));
	return test_numbers(op, arg[0].s, arg[2].s);
}

/* A term without -a and -o. */
static enum tri test_term(const struct grubrun *r, const struct grubarg *arg, size_t n)
{
	bool negate = false;
	enum tri t = TRI_UNKNOWN;

	while (n > 1 && streq(arg[0].s, "!")) {
		negate = !negate;
		arg++;
		n--;
	}
	if (n == 0)
		t = TRI_FALSE;
	else if (n == 1)
		t = arg[0].unknown ? TRI_UNKNOWN : tri_of(arg[0].s[0] != '\0');
	else if (n == 2)
		t = test_unary(r, arg);
	else if (n == 3)
		t = test_binary(arg);
	return negate ? tri_not(t) : t;
}

/* Where the word stands before n; n: nowhere. */
static size_t find_word(const struct grubarg *arg, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++) {
		if (streq(arg[i].s, word))
			return i;
	}
	return n;
}

static enum tri test_and(const struct grubrun *r, const struct grubarg *arg, size_t n)
{
	enum tri all = TRI_TRUE;

	for (size_t from = 0; from <= n;) {
		size_t len = find_word(arg + from, n - from, "-a");
		enum tri t = test_term(r, arg + from, len);

		if (t == TRI_FALSE)
			return t;
		if (t == TRI_UNKNOWN)
			all = t;
		from += len + 1;
	}
	return all;
}

enum tri grubcmd_test(struct grubrun *r, const struct grubarg *arg, size_t n)
{
	enum tri any = TRI_FALSE;

	if (streq(arg[0].s, "[") && n > 1 && streq(arg[n - 1].s, "]"))
		n--;
	arg++;
	n--;
	if (find_word(arg, n, "(") < n)
		return TRI_UNKNOWN;
	for (size_t from = 0; from <= n;) {
		size_t len = find_word(arg + from, n - from, "-o");
		enum tri t = test_and(r, arg + from, len);

		if (t == TRI_TRUE)
			return t;
		if (t == TRI_UNKNOWN)
			any = t;
		from += len + 1;
	}
	return any;
}
