/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/fstab.h"
#include "lib/fstab_options.h"
#include "lib/fstab_words.h"

#define ODD_MAX 20 /* words told of one line */

const char *fstab_options_without_foreign(struct arena *a, const char *options, const char *type)
{
	char *words = arena_strdup(a, options), *word;

	while ((word = strsep(&words, ","))) {
		if (fstab_words_is_foreign(type, word))
			options = fstab_drop_option(a, options, word);
	}
	return options;
}

static const char *replace_word(struct arena *a, const char *options, const char *word,
				const char *by)
{
	const char *at = strstr(options, word);

	/* The word is a whole one: its list was split at commas. */
	while (at &&
	       ((at > options && at[-1] != ',') || (at[strlen(word)] && at[strlen(word)] != ',')))
		at = strstr(at + 1, word);
	return at ? arena_printf(a, "%.*s%s%s", (int)(at - options), options, by, at + strlen(word))
		  : options;
}

struct fstab_odd fstab_options_odd(struct arena *a, const char *options, const char *type)
{
	char *words = arena_strdup(a, options), *word;
	struct fstab_odd o = { .told = "", .becomes = options };

	while ((word = strsep(&words, ",")) && o.n < ODD_MAX) {
		const char *slip = fstab_words_slip(word), *told = NULL;

		if (slip) {
			told = arena_printf(a, "'%s' looks like '%s' misspelt", word, slip);
			o.becomes = replace_word(a, o.becomes, word, slip);
		} else if (fstab_words_is_foreign(type, word)) {
			told = arena_printf(a, "%s does not know option '%s'", type, word);
			o.becomes = fstab_drop_option(a, o.becomes, word);
		}
		if (told) {
			o.told = arena_printf(a, "%s%s%s", o.told, o.n ? ", " : "", told);
			o.n++;
		}
	}
	return o;
}
