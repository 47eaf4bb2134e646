/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/paths.h"
#include "lib/systemdversion.h"
#include "lib/unitfile.h"

const char *const unitfile_dirs[] = {
	"/etc/systemd/system.control",
	"/etc/systemd/system",
	"/etc/systemd/system.attached",
	"/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system",
	"/lib/systemd/system",
	NULL,
};

static bool is_of_admin(const char *dir)
{
	return startswith(dir, "/etc/");
}

/* --- which file --- */

const char *unitfile_template(struct arena *a, const char *name)
{
	const char *at = strchr(name, '@'), *dot = strrchr(name, '.');

	if (!at || !dot || dot < at || dot == at + 1)
		return NULL;
	return arena_printf(a, "%.*s@%s", (int)(at - name), name, dot);
}

bool unitfile_needs_file(const char *name)
{
	static const char *const types[] = { ".service", ".socket", ".target", ".path", ".timer" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (endswith(name, types[i]))
			return true;
	}
	return false;
}

bool unitfile_has_script(struct scan *s, const char *name)
{
	static const char *const dirs[] = { "/etc/init.d", "/etc/rc.d/init.d" };
	int len = (int)strlen(name) - (int)strlen(".service");

	for (size_t i = 0; endswith(name, ".service") && i < ARRAY_SIZE(dirs); i++) {
		if (root_is_file(s->root, scan_printf(s, "%s/%.*s", dirs[i], len, name)))
			return true;
	}
	return false;
}

static bool is_unit_dir(const char *dir)
{
	return in_list(dir, unitfile_dirs);
}

/* /dev/null by its name: the tree of a disk has no devices. */
static bool leads_to_null(const char *real)
{
	return streq(real, "/dev/null");
}

struct node {
	const char *path;  /* NULL: nowhere */
	const char *alias; /* what the link calls the unit, when it stays among units */
	const char *real;
	bool empty, file;
};

static void look_at(struct scan *s, const char *path, const struct stat *st, struct node *n)
{
	_cleanup_free_ char *to = NULL;
	struct stat real;

	*n = (struct node){ .path = path, .real = path };
	if (S_ISLNK(st->st_mode)) {
		n->real = paths_real_or_same(s->root, s->arena, path);
		if (root_readlink(s->root, path, &to) == 0 && !leads_to_null(n->real) &&
		    (!strchr(to, '/') ||
		     is_unit_dir(arena_strndup(s->arena, n->real,
					       (size_t)(paths_base(n->real) - n->real - 1)))))
			n->alias = arena_strdup(s->arena, paths_base(to));
	}
	if (root_stat(s->root, path, &real) == 0) {
		n->file = S_ISREG(real.st_mode);
		n->empty = n->file && real.st_size == 0;
	}
}

static bool find_node(struct scan *s, const char *name, struct node *n)
{
	struct stat st;

	for (size_t i = 0; unitfile_dirs[i]; i++) {
		const char *path = scan_printf(s, "%s/%s", unitfile_dirs[i], name);

		if (root_lstat(s->root, path, &st) < 0 || S_ISDIR(st.st_mode))
			continue;
		look_at(s, path, &st, n);
		return true;
	}
	*n = (struct node){ 0 };
	return false;
}

static bool is_shipped(struct scan *s, const char *name)
{
	for (size_t i = 0; unitfile_dirs[i]; i++) {
		struct stat st;

		if (!is_of_admin(unitfile_dirs[i]) &&
		    root_stat(s->root, scan_printf(s, "%s/%s", unitfile_dirs[i], name), &st) == 0 &&
		    S_ISREG(st.st_mode) && st.st_size > 0)
			return true;
	}
	return false;
}

static enum unitfile_state judge(const struct node *n)
{
	if (leads_to_null(n->real) || n->empty)
		return UNITFILE_MASKED;
	return n->file ? UNITFILE_GOOD : UNITFILE_DANGLING;
}

/*
 * A link among the units says another name, and it is that name which is looked for; only where it
 * leads out of them the file itself counts.
 */
static void follow(struct scan *s, struct unitfile *u)
{
	struct node n, next;

	for (unsigned hops = 0; hops < UNITFILE_HOPS; hops++) {
		const char *template = unitfile_template(s->arena, u->id);

		if (!find_node(s, u->id, &n)) {
			if (!template || !find_node(s, template, &n))
				return;
			u->of_template = true;
		}
		u->path = n.path;
		u->by_admin = is_of_admin(n.path);
		u->state = judge(&n);
		if (!n.alias || streq(n.alias, u->id) || (template && streq(n.alias, template)) ||
		    u->state == UNITFILE_MASKED)
			break;
		if (!find_node(s, n.alias, &next)) {
			const char *of = unitfile_template(s->arena, n.alias);

			if (!of || !find_node(s, of, &next))
				break;
		}
		u->id = n.alias;
	}
	if (u->state == UNITFILE_GOOD)
		u->file = n.real;
}

void unitfile_find(struct scan *s, const char *name, struct unitfile *out)
{
	const char *template = unitfile_template(s->arena, name);

	*out = (struct unitfile){ .name = name, .id = name, .state = UNITFILE_ABSENT };
	follow(s, out);
	out->shipped = is_shipped(s, name) || (template && is_shipped(s, template));
}

/* --- what it says --- */

static const char *trim(struct arena *a, const char *s, size_t len)
{
	while (len && strchr(" \t\r", s[len - 1]))
		len--;
	while (len && strchr(" \t\r", *s)) {
		s++;
		len--;
	}
	return arena_strndup(a, s, len);
}

/* Without the CR that systemd takes away as well. */
static size_t length_of(const char *line)
{
	size_t n = strlen(line);

	while (n && strchr(" \t\r", line[n - 1]))
		n--;
	return n;
}

static bool is_comment(const char *line)
{
	line += strspn(line, " \t\r");
	return *line == '#' || *line == ';';
}

/* The lines from *n on that make one; *n becomes the last of them. */
static const char *joined(struct arena *a, const struct text *t, size_t *n)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	for (;; (*n)++) {
		const char *line = text_line(t, *n);
		size_t len = length_of(line);

		/* A comment between continued lines is passed over. */
		if (b.len && is_comment(line) && *n < t->lines)
			continue;
		if (!len || line[len - 1] != '\\' || *n >= t->lines) {
			bytes_add(&b, line, len);
			break;
		}
		bytes_add(&b, line, len - 1);
		bytes_addc(&b, ' ');
	}
	return arena_strndup(a, b.data ? b.data : "", b.len);
}

static bool is_full(const struct unitfile_settings *set)
{
	return set->n >= UNITFILE_SETTINGS || set->bytes > UNITFILE_BYTES;
}

static void take(struct arena *a, const struct text *t, size_t line, const char *section,
		 const char *said, struct unitfile_settings *out)
{
	const char *equals = strchr(said, '=');

	if (!equals || !section)
		return;
	out->bytes += strlen(said) + sizeof(*out->v);
	if (is_full(out))
		return;
	ARENA_GROW(a, out->v, out->n, out->cap);
	out->v[out->n++] = (struct unitfile_setting){
		.section = section,
		.key = trim(a, said, (size_t)(equals - said)),
		.value = trim(a, equals + 1, strlen(equals + 1)),
		.text = t,
		.line = line,
	};
}

void unitfile_parse(struct arena *a, const struct text *t, struct unitfile_settings *out)
{
	const char *section = NULL;

	for (size_t n = 1; n <= t->lines && !is_full(out); n++) {
		const char *line = text_line(t, n);
		size_t first = n;

		out->bytes += t->line[n - 1].len + 1;
		/* systemd passes over a byte order mark. */
		if (n == 1 && startswith(line, "\xef\xbb\xbf"))
			line += 3;
		line += strspn(line, " \t\r");
		if (!*line || is_comment(line))
			continue;
		if (*line == '[') {
			section = arena_strndup(a, line + 1, strcspn(line + 1, "]"));
			continue;
		}
		take(a, t, first, section, joined(a, t, &n), out);
	}
}

/* --- drop-ins --- */

struct drop_in {
	const char *name, *path;
};

struct drop_ins {
	struct drop_in v[UNITFILE_DROP_INS];
	size_t n;
};

/* By their names; of one name the first directory's counts. */
static void add_drop_in(struct drop_ins *d, const char *name, const char *path)
{
	size_t at = 0;

	while (at < d->n && strcmp(d->v[at].name, name) < 0)
		at++;
	if ((at < d->n && streq(d->v[at].name, name)) || d->n == UNITFILE_DROP_INS)
		return;
	memmove(&d->v[at + 1], &d->v[at], (d->n - at) * sizeof(d->v[0]));
	d->v[at] = (struct drop_in){ name, path };
	d->n++;
}

static void list_drop_ins(struct scan *s, const char *of, struct drop_ins *d)
{
	for (size_t i = 0; of && unitfile_dirs[i]; i++) {
		const char *dir = scan_printf(s, "%s/%s.d", unitfile_dirs[i], of);
		const char *const *name = root_is_dir(s->root, dir) ? scan_dir(s, dir) : NULL;

		for (; name && *name; name++) {
			if (endswith(*name, ".conf") && **name != '.')
				add_drop_in(d, *name, scan_printf(s, "%s/%s", dir, *name));
		}
	}
}

static const char *type_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot ? dot + 1 : NULL;
}

/* a-b-.service of a-b-c.service, and so on. */
static void list_by_dashes(struct scan *s, const char *name, struct drop_ins *d)
{
	const char *dot = strrchr(name, '.');
	size_t len = dot ? (size_t)(dot - name) : 0;

	for (unsigned n = 0; len > 1 && n < UNITFILE_HOPS; len--) {
		if (name[len - 1] != '-' || dot == name + len)
			continue;
		list_drop_ins(s, scan_printf(s, "%.*s%s", (int)len, name, dot), d);
		n++;
	}
}

void unitfile_read(struct scan *s, const struct unitfile *u, struct unitfile_settings *out)
{
	const struct text *t = u->file ? scan_text(s, u->file) : NULL;
	struct drop_ins d = { .n = 0 };

	*out = (struct unitfile_settings){ 0 };
	if (t)
		unitfile_parse(s->arena, t, out);
	list_drop_ins(s, u->name, &d);
	list_drop_ins(s, u->id, &d);
	list_drop_ins(s, unitfile_template(s->arena, u->id), &d);
	list_by_dashes(s, u->id, &d);
	list_drop_ins(s, type_of(u->id), &d);
	for (size_t i = 0; i < d.n && !is_full(out); i++) {
		t = root_is_file(s->root, d.v[i].path) ? scan_text(s, d.v[i].path) : NULL;
		if (t)
			unitfile_parse(s->arena, t, out);
	}
}

void unitfile_values(struct arena *a, const struct unitfile_settings *s, const char *section,
		     const char *key, struct lines *out)
{
	*out = (struct lines){ 0 };
	for (size_t i = 0; i < s->n; i++) {
		if (!streq(s->v[i].section, section) || !streq(s->v[i].key, key))
			continue;
		if (*s->v[i].value)
			lines_add(a, out, s->v[i].value);
		else
			*out = (struct lines){ 0 };
	}
}

const char *unitfile_program(struct arena *a, const char *command)
{
	const char *program;
	char quote = 0;
	size_t n;

	command += strspn(command, "-@:+!| \t");
	if (*command == '"' || *command == '\'')
		quote = *command++;
	n = quote ? strcspn(command, quote == '"' ? "\"" : "'") : strcspn(command, " \t;");
	program = arena_strndup(a, command, n);
	return *program == '/' && !strpbrk(program, "%$\\") ? program : NULL;
}

/* --- is it started --- */

/* Before it, anything in the directory asked for the unit of its name. */
#define TAKES_MASKS 233u

/* A dangling one, too; but one to /dev/null or to an empty file is a mask. */
static bool is_asking_link(struct scan *s, const char *path, const struct stat *st)
{
	struct stat real;

	if (!S_ISLNK(st->st_mode) || leads_to_null(paths_real_or_same(s->root, s->arena, path)))
		return false;
	return root_stat(s->root, path, &real) < 0 || !S_ISREG(real.st_mode) || real.st_size > 0;
}

static bool asks(struct scan *s, const char *path, const struct stat *st)
{
	unsigned version;

	if (is_asking_link(s, path, st))
		return true;
	version = systemdversion(s);
	return version && version < TAKES_MASKS;
}

bool unitfile_asks(struct scan *s, const char *sub, const char *name, size_t dir)
{
	struct stat st;

	for (size_t i = 0; unitfile_dirs[i]; i++) {
		const char *path = scan_printf(s, "%s/%s/%s", unitfile_dirs[i], sub, name);

		if (root_lstat(s->root, path, &st) == 0)
			return i == dir && asks(s, path, &st);
	}
	return false;
}

static bool is_linked_in(struct scan *s, size_t dir, const char *name)
{
	const char *const *sub = scan_dir(s, unitfile_dirs[dir]);

	for (; *sub; sub++) {
		if ((endswith(*sub, ".wants") || endswith(*sub, ".requires")) &&
		    unitfile_asks(s, *sub, name, dir))
			return true;
	}
	return false;
}

bool unitfile_is_wanted(struct scan *s, const char *name)
{
	for (size_t i = 0; unitfile_dirs[i]; i++) {
		if (root_is_dir(s->root, unitfile_dirs[i]) && is_linked_in(s, i, name))
			return true;
	}
	return false;
}
