/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "lib/trouble.h"

void trouble_set(struct trouble *t, const char *fmt, ...)
{
	va_list ap;

	if (!t || t->text[0])
		return;
	va_start(ap, fmt);
	vsnprintf(t->text, sizeof(t->text), fmt, ap);
	va_end(ap);
}
