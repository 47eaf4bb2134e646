/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/version.h"

static size_t run_length(const char *s, bool digits)
{
	size_t n = 0;

	while (s[n] && (digits ? isdigit((unsigned char)s[n]) : isalpha((unsigned char)s[n])))
		n++;
	return n;
}

static int compare_numbers(const char *a, size_t na, const char *b, size_t nb)
{
	for (; na > 1 && *a == '0'; na--)
		a++;
	for (; nb > 1 && *b == '0'; nb--)
		b++;
	if (na != nb)
		return na < nb ? -1 : 1;
	return memcmp(a, b, na);
}

static int compare_words(const char *a, size_t na, const char *b, size_t nb)
{
	int c = memcmp(a, b, na < nb ? na : nb);

	if (c != 0)
		return c;
	return na < nb ? -1 : na > nb;
}

/* "6.1-rc3" comes before "6.1". */
static bool is_candidate(const char *s)
{
	const char *digits = after(s, "rc");

	return digits && isdigit((unsigned char)*digits);
}

/* The tilde of "6.1~rc3" says what rc says by itself. */
static const char *skip_separators(const char *s)
{
	while (*s && !isalnum((unsigned char)*s) && (*s != '~' || is_candidate(s + 1)))
		s++;
	return s;
}

/* Where a number or word ends and the other has nothing more. */
static int compare_ends(const char *a, const char *b)
{
	if (!*a && !*b)
		return 0;
	if (!*a)
		return is_candidate(b) ? 1 : -1;
	return is_candidate(a) ? -1 : 1;
}

int version_compare(const char *a, const char *b)
{
	for (;;) {
		size_t na, nb;
		bool digits;
		int c;

		a = skip_separators(a);
		b = skip_separators(b);
		if (*a == '~' && *b == '~') {
			a++;
			b++;
			continue;
		}
		if (*a == '~' || *b == '~')
			return *a == '~' ? -1 : 1;
		if (!*a || !*b)
			return compare_ends(a, b);
		if (is_candidate(a) != is_candidate(b))
			return is_candidate(a) ? -1 : 1;
		digits = isdigit((unsigned char)*a) != 0;
		if (digits != (isdigit((unsigned char)*b) != 0))
			return digits ? 1 : -1;
		na = run_length(a, digits);
		nb = run_length(b, digits);
		c = digits ? compare_numbers(a, na, b, nb) : compare_words(a, na, b, nb);
		if (c != 0)
			return c;
		a += na;
		b += nb;
	}
}
