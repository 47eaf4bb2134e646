/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <strings.h>

#include "lib/sshdconf.h"

#define FILES_MAX 64u
#define GLOBS_MAX 16u	  /* directories listed */
#define LINES_MAX 100000u /* of all files */
#define DEPTH_MAX 16u
#define WORDS_MAX 64u

/* Also where settings stand until the end: NULL is "not said yet". */
struct reader {
	struct scan *scan;
	const char *strict_modes, *pubkey, *root_login;
	const char **key_files, **host_keys;
	size_t host_keys_n, host_keys_cap;
	size_t files, globs, lines;
};

static const char *const default_key_files[] = { ".ssh/authorized_keys", ".ssh/authorized_keys2",
						 NULL };
static const char *const none[] = { NULL };

static void read_file(struct reader *r, const char *path, unsigned depth);

/* The words of a line: blanks and one '=' between, quotes taken away, '#' ends it. */
static size_t split(struct arena *a, const char *line, const char **word)
{
	char *s = arena_strdup(a, line);
	size_t n = 0;

	for (;;) {
		char *end;

		s += strspn(s, " \t\r\f");
		if (n == 1 && *s == '=')
			s += 1 + strspn(s + 1, " \t\r\f");
		if (*s == '\0' || *s == '#' || n == WORDS_MAX)
			return n;
		if (*s == '"') {
			end = strchr(++s, '"');
			if (!end)
				return n;
		} else {
			end = s + strcspn(s, n == 0 ? " \t\r\f=" : " \t\r\f");
		}
		word[n++] = s;
		s = *end ? end + 1 : end;
		/* The '=' of "Key=value" went with the word's end. */
		*end = '\0';
	}
}

static void include_glob(struct reader *r, const char *pattern, unsigned depth)
{
	const char *slash = strrchr(pattern, '/');
	const char *dir = arena_strndup(r->scan->arena, pattern, (size_t)(slash - pattern));
	const char *const *name;

	if (r->globs++ >= GLOBS_MAX)
		return;
	name = scan_dir(r->scan, *dir ? dir : "/");
	for (; *name && r->files < FILES_MAX; name++) {
		if (fnmatch(slash + 1, *name, FNM_PERIOD) == 0)
			read_file(r, scan_printf(r->scan, "%s/%s", dir, *name), depth + 1);
	}
}

static void include(struct reader *r, const char *path, unsigned depth)
{
	if (path[0] != '/')
		path = scan_printf(r->scan, "/etc/ssh/%s", path);
	if (path[strcspn(path, "*?[")] == '\0')
		read_file(r, path, depth + 1);
	else
		include_glob(r, path, depth);
}

static void take(struct reader *r, const char **word, size_t n, unsigned depth)
{
	struct arena *a = r->scan->arena;
	const struct {
		const char *key;
		const char **to;
	} single[] = {
		{ "StrictModes", &r->strict_modes },
		{ "PubkeyAuthentication", &r->pubkey },
		{ "PermitRootLogin", &r->root_login },
	};

	for (size_t i = 0; i < ARRAY_SIZE(single); i++) {
		if (strcasecmp(word[0], single[i].key) == 0 && !*single[i].to)
			*single[i].to = word[1];
	}
	if (strcasecmp(word[0], "AuthorizedKeysFile") == 0 && !r->key_files) {
		r->key_files = arena_alloc(a, n * sizeof(*r->key_files));
		memcpy(r->key_files, word + 1, (n - 1) * sizeof(*r->key_files));
	}
	if (strcasecmp(word[0], "HostKey") == 0 && r->host_keys_n < WORDS_MAX) {
		ARENA_GROW(a, r->host_keys, r->host_keys_n, r->host_keys_cap);
		r->host_keys[r->host_keys_n++] = word[1];
	}
	if (strcasecmp(word[0], "Include") == 0) {
		for (size_t i = 1; i < n; i++)
			include(r, word[i], depth);
	}
}

static void read_file(struct reader *r, const char *path, unsigned depth)
{
	const struct text *t;

	if (depth > DEPTH_MAX || r->files++ >= FILES_MAX)
		return;
	t = scan_text(r->scan, path);
	for (size_t i = 1; t && i <= t->lines; i++) {
		const char *word[WORDS_MAX], *line = text_line(t, i);
		size_t n;

		line += strspn(line, " \t\r\f");
		if (*line == '\0' || *line == '#')
			continue;
		if (r->lines++ >= LINES_MAX)
			return;
		n = split(r->scan->arena, line, word);
		if (n > 0 && strcasecmp(word[0], "Match") == 0)
			return;
		if (n > 1)
			take(r, word, n, depth);
	}
}

static bool is_installed(const struct scan *s)
{
	return root_is_file(s->root, "/usr/sbin/sshd") || root_is_file(s->root, "/usr/bin/sshd");
}

void sshdconf_read(struct scan *s, struct sshdconf *out)
{
	struct reader r = { .scan = s };

	*out = (struct sshdconf){ .installed = is_installed(s),
				  .strict_modes = true,
				  .pubkey = true,
				  .key_files = default_key_files,
				  .host_keys = none };
	if (!out->installed)
		return;
	if (root_exists(s->root, "/etc/ssh/sshd_config"))
		read_file(&r, "/etc/ssh/sshd_config", 0);
	else
		read_file(&r, "/usr/etc/ssh/sshd_config", 0);
	if (r.strict_modes)
		out->strict_modes = strcasecmp(r.strict_modes, "no") != 0;
	if (r.pubkey)
		out->pubkey = strcasecmp(r.pubkey, "no") != 0;
	if (r.root_login)
		out->root_refused = strcasecmp(r.root_login, "no") == 0;
	if (r.key_files)
		out->key_files = r.key_files;
	ARENA_GROW(s->arena, r.host_keys, r.host_keys_n, r.host_keys_cap);
	out->host_keys = r.host_keys;
}

const char *sshdconf_key_file(struct arena *a, const char *word, const char *user, uid_t uid,
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
