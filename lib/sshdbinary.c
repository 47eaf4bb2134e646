/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/sshdbinary.h"

#define PROGRAM_MAX (16u << 20) /* bytes; a static one with all its libraries has 5 MB */

const char *const sshdbinary_paths[] = { "/usr/sbin/sshd", "/sbin/sshd", "/usr/bin/sshd",
					 "/usr/local/sbin/sshd", NULL };

const char *sshdbinary_path(struct scan *s)
{
	for (size_t i = 0; sshdbinary_paths[i]; i++) {
		if (root_is_file(s->root, sshdbinary_paths[i]))
			return sshdbinary_paths[i];
	}
	return NULL;
}

/* "OpenSSH_9.2p1"; patterns for the bugs of others ("OpenSSH_7.0*") are passed over by the 'p'. */
static unsigned version_in(const struct bytes *b)
{
	static const char word[] = "OpenSSH_";
	const char *p = b->data, *end = p + b->len;

	for (; p && (p = memmem(p, (size_t)(end - p), word, strlen(word))); p++) {
		const char *d = p + strlen(word);
		unsigned major = 0, minor = 0;

		for (; isdigit((unsigned char)*d) && major < 100; d++)
			major = major * 10 + (unsigned)(*d - '0');
		if (!major || *d++ != '.')
			continue;
		for (; isdigit((unsigned char)*d) && minor < 100; d++)
			minor = minor * 10 + (unsigned)(*d - '0');
		if (*d == 'p' && isdigit((unsigned char)d[1]) && minor < 100)
			return major * 100 + minor;
	}
	return 0;
}

static bool holds_text(const struct bytes *b, const char *word)
{
	/* With its NUL: the linker may have made it the end of a longer text. */
	return b->data && memmem(b->data, b->len, word, strlen(word) + 1);
}

void sshdbinary_open(struct scan *s, struct sshdbinary *out)
{
	const char *path = sshdbinary_path(s);

	*out = (struct sshdbinary){ .version = 0 };
	if (!path || root_read(s->root, path, PROGRAM_MAX, &out->b) < 0)
		return;
	out->version = version_in(&out->b);
	out->tells = holds_text(&out->b, "authorizedkeysfile") &&
		     holds_text(&out->b, "logingracetime") && holds_text(&out->b, "subsystem");
}

void sshdbinary_close(struct sshdbinary *b)
{
	bytes_free(&b->b);
}

enum sshdbinary_answer sshdbinary_knows(struct sshdbinary *b, const char *word)
{
	if (!b->tells || b->asked++ >= SSHDBINARY_ASKED_MAX)
		return SSHDBINARY_UNSURE;
	return holds_text(&b->b, word) ? SSHDBINARY_YES : SSHDBINARY_NO;
}

unsigned sshdbinary_version(struct scan *s)
{
	_cleanup_sshdbinary_ struct sshdbinary b;

	sshdbinary_open(s, &b);
	return b.version;
}

bool sshdbinary_holds(struct scan *s, const char *word)
{
	_cleanup_sshdbinary_ struct sshdbinary b;

	sshdbinary_open(s, &b);
	return b.b.data && memmem(b.b.data, b.b.len, word, strlen(word));
}
