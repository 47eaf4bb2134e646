/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line ends of DOS in a file that is read by programs which take the CR for a character. */
#ifndef BOOTMEND_LINEENDS_H
#define BOOTMEND_LINEENDS_H

#include "lib/check.h"

/* Proposes every line that ends in CR without it; lines that hold NUL bytes stay. */
void lineends_strip_cr(struct finding *f, const struct text *t);

#endif
