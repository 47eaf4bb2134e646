/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/limitsconf.h"

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

/* <domain> <type> <item> <value>; "-" is both the soft and the hard limit. */
static void take(struct scan *s, const char *line, struct limitsconf *l)
{
	char who[LIMITSCONF_LINE_MAX], type[LIMITSCONF_LINE_MAX], item[LIMITSCONF_LINE_MAX],
		value[LIMITSCONF_LINE_MAX];
	uint64_t n;

	line += strspn(line, BLANKS);
	if (*line == '#' || !strstr(line, "nofile"))
		return;
	if (!next_word(&line, who) || !next_word(&line, type) || !next_word(&line, item) ||
	    !next_word(&line, value))
		return;
	if (!streq(item, "nofile") || streq(type, "soft") || !parse_u64(value, &n) ||
	    n <= l->nofile)
		return;
	l->nofile = n;
	l->who = scan_printf(s, "%s", who);
}

static void read_file(struct scan *s, const char *path, struct limitsconf *l)
{
	const struct text *t = root_is_file(s->root, path) ? scan_text(s, path) : NULL;

	for (size_t n = 1; t && n <= t->lines; n++) {
		if (t->line[n - 1].len < LIMITSCONF_LINE_MAX)
			take(s, text_line(t, n), l);
	}
}

void limitsconf_read(struct scan *s, struct limitsconf *out)
{
	const char *const *names = scan_dir(s, DROP_INS);
	size_t files = 0;

	*out = (struct limitsconf){ 0 };
	read_file(s, CONF, out);
	for (size_t i = 0; names[i] && files < LIMITSCONF_FILES_MAX; i++) {
		if (!endswith(names[i], ".conf"))
			continue;
		read_file(s, scan_printf(s, DROP_INS "/%s", names[i]), out);
		files++;
	}
}
