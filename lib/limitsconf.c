/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/limitsconf.h"

#define MODULE_MAX (1u << 20)

#define CONF "/etc/security/limits.conf"
#define DROP_INS "/etc/security/limits.d"
#define BLANKS " \t\r"

/* The word at *s, which then is behind it; false: there is none. */
static bool next_word(const char **s, char word[LIMITSCONF_LINE_MAX])
{
	size_t n;

	*s += strspn(*s, BLANKS);
	n = strcspn(*s, BLANKS);
	memcpy(word, *s, n);
	word[n] = '\0';
	*s += n;
	return n > 0;
}

/* <domain> <type> <item> <value> */
static void take(struct scan *s, const struct text *t, size_t n, struct limitsconf_rules *out)
{
	char word[4][LIMITSCONF_LINE_MAX];
	const char *line = text_line(t, n) + strspn(text_line(t, n), BLANKS);

	if (*line == '#' || out->n >= LIMITSCONF_RULES_MAX)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(word); i++) {
		if (!next_word(&line, word[i]))
			return;
	}
	ARENA_GROW(s->arena, out->v, out->n, out->cap);
	out->v[out->n++] = (struct limitsconf_rule){
		.who = arena_strdup(s->arena, word[0]),
		.type = arena_strdup(s->arena, word[1]),
		.item = arena_strdup(s->arena, word[2]),
		.value = arena_strdup(s->arena, word[3]),
		.text = t,
		.line = n,
		.value_at = (size_t)(line - text_line(t, n)) - strlen(word[3]),
	};
}

static void read_file(struct scan *s, const char *path, struct limitsconf_rules *out)
{
	const struct text *t = root_is_file(s->root, path) ? scan_text(s, path) : NULL;

	for (size_t n = 1; t && n <= t->lines; n++) {
		if (t->line[n - 1].len < LIMITSCONF_LINE_MAX)
			take(s, t, n, out);
	}
}

void limitsconf_rules(struct scan *s, struct limitsconf_rules *out)
{
	const char *const *names = scan_dir(s, DROP_INS);
	size_t files = 0;

	*out = (struct limitsconf_rules){ 0 };
	read_file(s, CONF, out);
	for (size_t i = 0; names[i] && files < LIMITSCONF_FILES_MAX; i++) {
		if (!endswith(names[i], ".conf"))
			continue;
		read_file(s, scan_printf(s, DROP_INS "/%s", names[i]), out);
		files++;
	}
}

/* "-" is both the soft and the hard limit. */
void limitsconf_read(struct scan *s, struct limitsconf *out)
{
	struct limitsconf_rules rules;
	uint64_t n;

	*out = (struct limitsconf){ 0 };
	limitsconf_rules(s, &rules);
	for (size_t i = 0; i < rules.n; i++) {
		const struct limitsconf_rule *r = &rules.v[i];

		if (!streq(r->item, "nofile") || streq(r->type, "soft") ||
		    !parse_u64(r->value, &n) || n <= out->nofile)
			continue;
		out->nofile = n;
		out->who = r->who;
	}
}

/* What the module itself holds tells: distributions took, or made, changes at different times. */
void limitsconf_module(const struct scan *s, struct limitsconf_module *out)
{
	static const char *const paths[] = {
		"/usr/lib64/security/pam_limits.so",
		"/lib64/security/pam_limits.so",
		"/usr/lib/security/pam_limits.so",
		"/lib/security/pam_limits.so",
		"/lib/x86_64-linux-gnu/security/pam_limits.so",
		"/lib/aarch64-linux-gnu/security/pam_limits.so",
		"/usr/lib/x86_64-linux-gnu/security/pam_limits.so",
		"/usr/lib/aarch64-linux-gnu/security/pam_limits.so",
	};
	static const char nr_open[] = "/proc/sys/fs/nr_open", debian[] = "; uid=%lu,euid=%lu";

	*out = (struct limitsconf_module){ .knows_nr_open = true };
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_bytes_ struct bytes b = { 0 };

		if (root_read(s->root, paths[i], MODULE_MAX, &b) < 0)
			continue;
		out->knows_nr_open = memmem(b.data, b.len, nr_open, strlen(nr_open));
		out->goes_on = memmem(b.data, b.len, debian, strlen(debian));
		return;
	}
}
