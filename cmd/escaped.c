/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmd/escaped.h"
#include "lib/jsonio.h"

void escaped_put(FILE *out, const char *s)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	text_escape(s, strlen(s), &b);
	fputs(b.data, out);
}
