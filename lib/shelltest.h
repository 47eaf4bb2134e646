/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conditions of [ … ], test and [[ … ]] as far as the disk and the known variables decide them.
 *
 * Source: POSIX.1-2017 test; bash(1) CONDITIONAL EXPRESSIONS.
 */
#ifndef BOOTMEND_SHELLTEST_H
#define BOOTMEND_SHELLTEST_H

#include "lib/root.h"
#include "lib/shelllex.h"
#include "lib/shellword.h"

enum shelltest_truth { SHELLTEST_FALSE, SHELLTEST_TRUE, SHELLTEST_UNSURE };

enum shelltest_truth shelltest_not(enum shelltest_truth t);

enum shelltest_form {
	SHELLTEST_SINGLE, /* test: -a and -o join */
	SHELLTEST_DOUBLE, /* [[: && and || join, and == matches patterns */
};

/* word[] holds what stands between the brackets. */
enum shelltest_truth shelltest_eval(const struct root *r, const struct shellword_env *env,
				    const struct shelllex_word *word, size_t n,
				    enum shelltest_form form);

#endif
