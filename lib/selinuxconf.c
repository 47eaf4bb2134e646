/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <strings.h>

#include "lib/selinuxconf.h"

#define TYPES_MAX 64

static const char *const mode_names[] = {
	[SELINUX_UNSPECIFIED] = "",
	[SELINUX_ENFORCING] = "enforcing",
	[SELINUX_PERMISSIVE] = "permissive",
	[SELINUX_DISABLED] = "disabled",
};

const char *selinuxconf_mode_name(enum selinux_mode m)
{
	return mode_names[m];
}

/* --- the file --- */

static enum selinux_mode mode_of(const char *value)
{
	for (enum selinux_mode m = SELINUX_ENFORCING; m <= SELINUX_DISABLED; m++) {
		if (strncasecmp(value, mode_names[m], strlen(mode_names[m])) == 0)
			return m;
	}
	return SELINUX_UNSPECIFIED;
}

static const char *skip_blanks(const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

/* Up to the first blank or comment: what a person meant. */
static const char *first_word(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strcspn(s, " \t\r\n#;"));
}

static void take_mode(struct arena *a, const char *line, size_t n, struct selinuxconf *c)
{
	const char *value = after(line, "SELINUX=");
	enum selinux_mode m;

	if (c->mode_line)
		return;
	m = value ? mode_of(skip_blanks(value)) : SELINUX_UNSPECIFIED;
	if (m != SELINUX_UNSPECIFIED) {
		c->mode = m;
		c->mode_line = n;
		return;
	}
	/* Indented or in small letters, the line is not seen at all. */
	line = skip_blanks(line);
	if (strncasecmp(line, "SELINUX", 7) != 0 || c->wrong_line)
		return;
	line = skip_blanks(line + 7);
	if (*line != '=')
		return;
	c->wrong_line = n;
	c->wrong = first_word(a, skip_blanks(line + 1));
}

static void take_type(struct arena *a, const char *line, size_t n, struct selinuxconf *c)
{
	static const char tag[] = "SELINUXTYPE=";
	size_t len;

	line = skip_blanks(line);
	if (strncasecmp(line, tag, sizeof(tag) - 1) != 0)
		return;
	line += sizeof(tag) - 1;
	len = strlen(line);
	while (len > 1 &&
	       (isspace((unsigned char)line[len - 1]) || iscntrl((unsigned char)line[len - 1])))
		len--;
	c->type = arena_strndup(a, line, len);
	c->type_line = n;
}

void selinuxconf_parse(struct arena *a, const struct text *t, struct selinuxconf *out)
{
	*out = (struct selinuxconf){ .type = "targeted" };
	for (size_t n = 1; n <= t->lines; n++) {
		take_mode(a, text_line(t, n), n, out);
		take_type(a, text_line(t, n), n, out);
	}
}

enum selinux_mode selinuxconf_nearest(const char *value)
{
	enum selinux_mode found = SELINUX_UNSPECIFIED;
	char lower[32];
	size_t i = 0;

	for (; value[i] && i < sizeof(lower) - 1; i++)
		lower[i] = (char)tolower((unsigned char)value[i]);
	lower[i] = '\0';
	for (enum selinux_mode m = SELINUX_ENFORCING; m <= SELINUX_DISABLED; m++) {
		bool near = edit_distance(lower, mode_names[m]) <= 2 ||
			    strncmp(lower, mode_names[m], 5) == 0;

		if (near && found != SELINUX_UNSPECIFIED)
			return SELINUX_UNSPECIFIED;
		if (near)
			found = m;
	}
	return found;
}

/* --- the policies --- */

struct policy {
	const struct root *root;
	const char *dir;
};

static int is_policy(void *arg, const struct root_entry *e)
{
	const struct policy *p = arg;
	const char *number = after(e->name, "policy.");
	_cleanup_free_ char *path = NULL;
	uint64_t version;
	struct stat st;

	if (!number || !parse_u64(number, &version))
		return 0;
	path = xasprintf("%s/%s", p->dir, e->name);
	return root_stat(p->root, path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

bool selinuxconf_has_policy(const struct root *r, const char *type)
{
	_cleanup_free_ char *dir = NULL;
	struct policy p = { .root = r };

	if (!*type || strchr(type, '/') || streq(type, ".") || streq(type, ".."))
		return false;
	dir = xasprintf("/etc/selinux/%s/policy", type);
	p.dir = dir;
	return root_list(r, dir, is_policy, &p) > 0;
}

struct types {
	const struct root *root;
	struct arena *arena;
	const char **name;
	size_t n;
};

static int add_type(void *arg, const struct root_entry *e)
{
	struct types *t = arg;

	if (t->n >= TYPES_MAX)
		return 1;
	if ((e->type == DT_DIR || e->type == DT_LNK) && selinuxconf_has_policy(t->root, e->name))
		t->name[t->n++] = arena_strdup(t->arena, e->name);
	return 0;
}

const char *const *selinuxconf_types(const struct root *r, struct arena *a)
{
	struct types t = { .root = r, .arena = a };

	t.name = arena_alloc(a, (TYPES_MAX + 1) * sizeof(*t.name));
	root_list(r, "/etc/selinux", add_type, &t);
	return t.name;
}
