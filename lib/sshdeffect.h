/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the patient's sshd_config means for one person who comes from another host: the settings
 * outside of Match blocks, and over them those of the blocks that hold for the person.
 *
 *	sshdeffect_read(scan, &d);
 *	sshdeffect_for(&d, &person, &view);
 *	sshdeffect_is_on(&view, "passwordauthentication", "yes")
 *	sshdeffect_values(&view, "permitrootlogin", &v)		v.line[0]: the line that counts
 *	sshdeffect_lets_in(&view, &why)				AllowUsers and its like
 *
 * Where the person comes from is not known: a block that asks for an address or a name of the other
 * side may hold or not, but for this machine's own addresses. Then several values are possible.
 *
 * Sources: sshd_config(5); OpenSSH servconf.c (a block that holds goes before what stands outside,
 * of several the first line counts; lists of names are added up), match.c, auth.c (allowed_user),
 * auth2-pubkey.c and misc.c (percent_expand) for AuthorizedKeysFile.
 */
#ifndef BOOTMEND_SSHDEFFECT_H
#define BOOTMEND_SSHDEFFECT_H

#include "lib/lines.h"
#include "lib/sshdwalk.h"
#include "lib/userdb.h"

#define SSHDEFFECT_VALUES 4u	 /* possible ones that are told apart */
#define SSHDEFFECT_GROUPS 256u	 /* of one person */
#define SSHDEFFECT_TRIES 200000u /* comparisons of a name with a pattern, for one person */
#define SSHDEFFECT_TRY 256u	 /* bytes held against bytes; more count as more comparisons */
#define SSHDEFFECT_PATTERN 256u	 /* bytes of a pattern; longer ones may fit or not */

struct sshdeffect_line {
	const char *keyword; /* the name of today for those that were renamed */
	const char *const *word;
	size_t n;
	const struct sshdwalk_block *block; /* NULL: outside of any */
	bool in_match;			    /* only holds for some; false behind "Match all" too */
	const struct text *text;
	size_t line;
};

struct sshdeffect {
	struct scan *s;
	struct sshdeffect_line *line;
	size_t n, cap;
	const struct sshdwalk_block **block; /* by number */
	size_t blocks, blocks_cap;
	bool cut; /* there is more than is read */
};

struct sshdeffect_person {
	const char *name;
	uint32_t gid;
	const struct userdb *groups; /* NULL: not known */
};

enum sshdeffect_truth { SSHDEFFECT_NO, SSHDEFFECT_MAYBE, SSHDEFFECT_YES };

struct sshdeffect_view {
	const struct sshdeffect *d;
	const char *name;
	const char **group; /* names, NULL-terminated */
	bool groups_known;
	enum sshdeffect_truth *holds; /* by block */
	size_t tries;
};

struct sshdeffect_values {
	const struct sshdeffect_line *line[SSHDEFFECT_VALUES];
	size_t n;
	bool usual; /* no line may be the one: what sshd does by itself */
	bool more;  /* there are others */
};

/* False: there is no sshd_config. */
bool sshdeffect_read(struct scan *s, struct sshdeffect *out);
/* The same, read once per scan; without a line where there is no sshd_config. Never NULL. */
const struct sshdeffect *sshdeffect_of(struct scan *s);
/* The first line of the keyword that holds for all; NULL: none, sshd's own value does. */
const struct sshdeffect_line *sshdeffect_first(const struct sshdeffect *d, const char *keyword);
/* Of a keyword that no Match block may have (UsePAM, StrictModes): the word, or usual. */
const char *sshdeffect_for_all(const struct sshdeffect *d, const char *keyword, const char *usual);
void sshdeffect_for(const struct sshdeffect *d, const struct sshdeffect_person *who,
		    struct sshdeffect_view *out);
/* The lines that may count; one, or usual, is certain. */
void sshdeffect_values(const struct sshdeffect_view *v, const char *keyword,
		       struct sshdeffect_values *out);
/* The value is not "no"; usual is the value of sshd itself. */
enum sshdeffect_truth sshdeffect_is_on(const struct sshdeffect_view *v, const char *keyword,
				       const char *usual);
/* *why: the keyword that keeps the person out, or may; in small letters. */
enum sshdeffect_truth sshdeffect_lets_in(struct sshdeffect_view *v, const char **why);
/* PermitRootLogin no, whatever block holds; of root's view. */
bool sshdeffect_refuses_root(const struct sshdeffect_view *v);
/*
 * A word of AuthorizedKeysFile as the path it means for a user; NULL for "none" and what cannot be
 * known.
 */
const char *sshdeffect_key_file(struct arena *a, const char *word, const char *user, uid_t uid,
				const char *home);

#define SSHDEFFECT_FILES 16u /* of one AuthorizedKeysFile; nobody has as many */

/* For each AuthorizedKeysFile that may be the one that counts the files it names. */
struct sshdeffect_files {
	struct lines by[SSHDEFFECT_VALUES + 1];
	size_t n;
	bool more; /* other values may count, too */
	bool cut;  /* one of them names more files */
};

void sshdeffect_key_files(const struct sshdeffect_view *v, const struct userdb_entry *user,
			  struct sshdeffect_files *out);
/* sshd looks at keys of the user at all; lists of names are left out. */
bool sshdeffect_takes_keys(const struct sshdeffect_view *v, const struct userdb_entry *user);

/* '*' and '?' as sshd takes them; a backslash is a letter like any other. */
bool sshdeffect_fits(const char *pattern, const char *s);

#endif
