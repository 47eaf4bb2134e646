/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys of a person: the files that sshd's settings name, the lines in them that are keys, and the
 * way to them as StrictModes walks it.
 *
 * Source: sshd(8) AUTHORIZED_KEYS FILE FORMAT; RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4 and
 * PROTOCOL.u2f for what a blob holds; OpenSSH auth2-pubkey.c, sshkey.c; its release notes of 7.0
 * and 10.0 for DSA.
 */
#include <strings.h>

#include "lib/strictmodes.h"
#include "lib/unseen.h"
#include "lib/wayin_parts.h"

#define FAULTS_MAX 16u
#define LINES_MAX 4096u
#define FILE_MAX (256u << 10) /* bytes; longer ones may hold any key */

#define DSA_IS_OFF 700u
#define DSA_IS_GONE 1000u

static const char how[] = "with a key";

/* --- lines --- */

/* The options before the key, up to a blank outside of quotes. */
static size_t options_len(const char *s)
{
	bool quoted = false;
	size_t i = 0;

	for (; s[i] && (quoted || (s[i] != ' ' && s[i] != '\t')); i++) {
		if (s[i] == '\\' && s[i + 1] == '"')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
	}
	return i;
}

/* Kinds of keys as sshd names them, with how many texts and numbers their blob holds. */
static const struct kind {
	const char *name;
	unsigned parts;
} kinds[] = {
	{ "ssh-ed25519", 2 },
	{ "ssh-rsa", 3 },
	{ "ecdsa-sha2-nistp256", 3 },
	{ "ecdsa-sha2-nistp384", 3 },
	{ "ecdsa-sha2-nistp521", 3 },
	{ "sk-ssh-ed25519@openssh.com", 3 },
	{ "sk-ecdsa-sha2-nistp256@openssh.com", 4 },
	{ "ssh-dss", 5 },
};

static int digit_of(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* The byte at that place of what a base64 text holds; -1: behind its end. */
static int byte_of(const char *text, size_t len, size_t n)
{
	size_t bit = n * 8, at = bit / 6;
	int one, two;

	if (at + 1 >= len)
		return -1;
	one = digit_of(text[at]);
	two = digit_of(text[at + 1]);
	if (one < 0 || two < 0)
		return -1;
	return (one << 6 | two) >> (4 - bit % 6) & 0xff;
}

/* Its length in four bytes, then the text; *n moves behind it. Name NULL: any. */
static bool skip_part(const char *blob, size_t len, size_t *n, const char *name)
{
	uint32_t size = 0;

	for (unsigned i = 0; i < 4; i++) {
		int byte = byte_of(blob, len, (*n)++);

		if (byte < 0)
			return false;
		size = size << 8 | (uint32_t)byte;
	}
	if (size > len || (name && size != strlen(name)))
		return false;
	for (uint32_t i = 0; name && i < size; i++) {
		if (byte_of(blob, len, *n + i) != (unsigned char)name[i])
			return false;
	}
	*n += size;
	return !size || byte_of(blob, len, *n - 1) >= 0;
}

/* sshd refuses a blob of another kind, and one that ends too early. */
static bool is_whole(const struct kind *kind, const char *blob)
{
	size_t len = strcspn(blob, " \t\r"), n = 0;

	for (unsigned i = 0; i < kind->parts; i++) {
		if (!skip_part(blob, len, &n, i ? NULL : kind->name))
			return false;
	}
	return true;
}

static bool names_kind(const char *s)
{
	static const char *const starts[] = { "ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-" };

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		if (startswith(s, starts[i]))
			return s[strcspn(s, " \t")] != '\0';
	}
	return false;
}

static bool is_given(const struct sshdeffect_view *v, const char *keyword)
{
	struct sshdeffect_values values;

	sshdeffect_values(v, keyword, &values);
	for (size_t i = 0; i < values.n; i++) {
		if (strcasecmp(values.line[i]->word[0], "none") != 0)
			return true;
	}
	return false;
}

struct asked {
	const struct wayin_judged *j;
	const struct sshdeffect_view *v;
};

/* Off by itself since 7.0, gone since 10.0. */
static struct wayin_way way_of_dsa(const struct asked *q)
{
	static const char why[] = "sshd takes no DSA keys";
	unsigned version = q->j->sshd_version;

	if (version && version < DSA_IS_OFF)
		return wayin_yes(how);
	if (!version || (version < DSA_IS_GONE && (is_given(q->v, "pubkeyacceptedalgorithms") ||
						   is_given(q->v, "pubkeyacceptedkeytypes"))))
		return wayin_perhaps(how, "not every sshd takes DSA keys");
	return wayin_no(why);
}

/* "TYPE BLOB COMMENT" */
static struct wayin_way way_of_key(const struct asked *q, const char *s)
{
	size_t len = strcspn(s, " \t");
	const char *blob = s + len + strspn(s + len, " \t");

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strlen(kinds[i].name) != len || strncmp(kinds[i].name, s, len) != 0)
			continue;
		if (!is_whole(&kinds[i], blob))
			return wayin_no("the key is damaged");
		return streq(kinds[i].name, "ssh-dss") ? way_of_dsa(q) : wayin_yes(how);
	}
	return wayin_perhaps(how, "the kind of the key is not known");
}

/* One of the options, which have commas between them. */
static bool has_option(const char *options, const char *name)
{
	size_t len = strlen(name);
	bool quoted = false;
	const char *start = options;

	for (const char *p = options;; p++) {
		if (*p && (quoted || *p != ',')) {
			quoted ^= *p == '"' && (p == options || p[-1] != '\\');
			continue;
		}
		if ((size_t)(p - start) == len && strncasecmp(start, name, len) == 0)
			return true;
		if (!*p)
			return false;
		start = p + 1;
	}
}

/* What options of a line make of the way in. */
static struct wayin_way way_of_options(const char *options)
{
	static const struct {
		const char *word, *why;
		bool ends; /* no shell with it */
	} known[] = {
		{ "command=", "the key only runs a command", true },
		{ "from=", "the key is only taken from some hosts", false },
		{ "expiry-time=", "the key runs out", false },
		{ "cert-authority", "only certificates are taken", false },
		{ "no-pty", "the key gives no terminal", false },
	};
	struct wayin_way way = wayin_yes(how);

	if (has_option(options, "restrict") && !has_option(options, "pty"))
		way = wayin_perhaps(how, "the key gives no terminal");
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (!strcasestr(options, known[i].word))
			continue;
		if (known[i].ends)
			return wayin_no(known[i].why);
		way = wayin_perhaps(how, known[i].why);
	}
	return way;
}

static struct wayin_way way_of_line(const struct asked *q, const char *line)
{
	const char *s = line + strspn(line, " \t");
	struct wayin_way options;
	size_t len;

	if (!*s || *s == '#')
		return wayin_no(NULL);
	if (names_kind(s))
		return way_of_key(q, s);
	len = options_len(s);
	if (!names_kind(s + len + strspn(s + len, " \t")))
		return wayin_no(NULL);
	options = way_of_options(arena_strndup(q->j->s->arena, s, len));
	return wayin_both(way_of_key(q, s + len + strspn(s + len, " \t")), options);
}

static struct wayin_way way_of_text(const struct asked *q, const struct text *t)
{
	struct wayin_way all = wayin_no(NULL);

	for (size_t n = 1; n <= t->lines && all.answer != WAYIN_YES; n++) {
		struct wayin_way one = n > LINES_MAX ? wayin_perhaps(how, "there are many keys")
						     : way_of_line(q, text_line(t, n));

		all = all.why || all.answer ? wayin_better(all, one) : one;
		if (n > LINES_MAX)
			break;
	}
	return all;
}

/* --- the way to a file --- */

/* Owners of a copy by an ordinary user say nothing. */
static bool has_owners(const struct scan *s)
{
	struct stat st;

	return s->facts->devices->known || (root_lstat(s->root, "/", &st) == 0 && st.st_uid == 0);
}

static struct wayin_way walk(const struct wayin_judged *j, const struct sshdeffect_view *v,
			     const struct userdb_entry *user, const char *path)
{
	struct strictmodes_fault fault[FAULTS_MAX];
	struct scan *s = j->s;
	size_t n;

	if (!has_owners(s) || strcasecmp(sshdeffect_for_all(v->d, "strictmodes", "yes"), "no") == 0)
		return wayin_yes(NULL);
	n = strictmodes_walk(s->root, s->arena, path, user->field[PW_DIR], user->id, fault,
			     ARRAY_SIZE(fault));
	for (size_t i = 0; i < n; i++) {
		if (s->facts->pkg == PKG_DPKG &&
		    strictmodes_is_private(&j->acc.passwd.db, &j->acc.group.db, user, &fault[i]))
			continue;
		return wayin_no(
			scan_printf(s, "StrictModes refuses the keys for '%s'", fault[i].path));
	}
	return wayin_yes(NULL);
}

static struct wayin_way way_of_file(const struct wayin_judged *j, const struct sshdeffect_view *v,
				    const struct userdb_entry *user, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	const struct asked q = { j, v };
	struct scan *s = j->s;
	struct wayin_way way;
	int e;

	if (unseen(j->unseen, path))
		return wayin_perhaps(how, "the keys lie on a disk that is not seen");
	e = root_read(s->root, path, FILE_MAX, &b);
	if (root_is_absent(e))
		return wayin_no("there is no key");
	if (e < 0)
		return wayin_perhaps(how, scan_printf(s, "'%s' cannot be read", path));
	way = way_of_text(&q, text_new(s->arena, path, b.data ? b.data : "", b.len));
	if (way.answer == WAYIN_NO && !way.why)
		way.why = "there is no key";
	return wayin_both(way, walk(j, v, user, path));
}

/* --- files by the settings --- */

static struct wayin_way way_of_list(const struct wayin_judged *j, const struct sshdeffect_view *v,
				    const struct userdb_entry *user, const struct lines *files)
{
	struct wayin_way all = wayin_no("there is no key");

	for (size_t i = 0; i < files->n; i++) {
		struct wayin_way one = way_of_file(j, v, user, files->s[i]);

		/* A reason says more than that there is none. */
		if (one.answer > all.answer ||
		    (one.answer == WAYIN_NO && !streq_null(one.why, all.why) &&
		     !streq_null(one.why, "there is no key")))
			all = one;
	}
	return all;
}

static struct wayin_way way_of_files(const struct wayin_judged *j, const struct sshdeffect_view *v,
				     const struct userdb_entry *user)
{
	struct wayin_way all = { 0 };
	struct sshdeffect_files files;
	bool differ = false;

	sshdeffect_key_files(v, user, &files);
	for (size_t i = 0; i < files.n; i++) {
		struct wayin_way one = way_of_list(j, v, user, &files.by[i]);

		differ |= i && one.answer != all.answer;
		all = i ? wayin_better(all, one) : one;
	}
	if (files.cut && all.answer == WAYIN_NO)
		return wayin_perhaps(how, "sshd looks for keys in many files");
	return differ || files.more ? wayin_perhaps(how, "sshd has Match blocks") : all;
}

struct wayin_way wayin_keys(const struct wayin_judged *j, const struct sshdeffect_view *v,
			    const struct userdb_entry *user)
{
	static const char *const lacks[] = { "there is no key", "the key is damaged",
					     "sshd takes no DSA keys", NULL };
	struct wayin_way way = way_of_files(j, v, user);

	if (way.answer != WAYIN_NO)
		return way;
	if (is_given(v, "authorizedkeyscommand"))
		return wayin_perhaps(how, "a command tells sshd the keys");
	if (is_given(v, "trustedusercakeys"))
		return wayin_perhaps(how, "sshd takes certificates");
	if (in_list(way.why, lacks) && root_is_program(j->s->root, "/usr/bin/cloud-init"))
		return wayin_perhaps(how, "cloud-init may bring one");
	return way;
}
