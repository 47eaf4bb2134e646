/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of shelllogin share; for lib/shelllogin*.c only.
 *
 * A file or a function is a frame; its lists are walked, which ends at return or exit. What may or
 * may not happen is walked with sure = false: then nothing is told and nothing set is relied on.
 */
#ifndef BOOTMEND_SHELLLOGIN_PARTS_H
#define BOOTMEND_SHELLLOGIN_PARTS_H

#include "lib/shelllogin.h"
#include "lib/shelltest.h"
#include "lib/shellword.h"

#define SHELLLOGIN_FRAMES_MAX 48
#define SHELLLOGIN_NESTED_MAX 64

enum shelllogin_flow { GO_ON, RETURNED, ENDED };

/* A file being read, or a function being run. */
struct shelllogin_frame {
	const struct shelllogin_file *file;
	const struct shelllogin_frame *up;
	bool function;
	bool perhaps_left; /* an unsure return: what follows is unsure */
};

struct shelllogin_function {
	const char *name;
	const struct shelllex_node *body;
	const struct shelllogin_file *file;
	const struct shelllogin_function *older;
};

struct shelllogin_walk {
	struct scan *s;
	struct shelllogin *out;
	const struct shelllogin_shell *sh;
	struct shellword_env env;
	const struct shelllogin_function *functions;
	struct shelllogin_frame *frame;
	unsigned steps, frames, nested;
	bool sure;
	unsigned child; /* in a subshell or pipeline: exit ends only that */
	bool perhaps_ended;
};

/* shelllogin.c: frames */
void shelllogin_say(struct shelllogin_walk *w, enum shelllogin_kind kind,
		    const struct shelllex_node *n, const char *target);
/* What "." does with the file that the word names. */
enum shelllogin_flow shelllogin_source(struct shelllogin_walk *w, const struct shelllex_node *n,
				       const char *raw);
enum shelllogin_flow shelllogin_call(struct shelllogin_walk *w,
				     const struct shelllogin_function *f);

/* shelllogin_walk.c: lists, branches, loops */
enum shelllogin_flow shelllogin_list(struct shelllogin_walk *w, const struct shelllex_node *n);
enum shelllogin_flow shelllogin_node(struct shelllogin_walk *w, const struct shelllex_node *n,
				     enum shelltest_truth *status);

/* shelllogin_command.c: simple commands */
enum shelllogin_flow shelllogin_simple(struct shelllogin_walk *w, const struct shelllex_node *n,
				       enum shelltest_truth *status);
void shelllogin_define(struct shelllogin_walk *w, const struct shelllex_node *n);
/* The variable that NAME or NAME=VALUE names may be anything from here on. */
void shelllogin_forget(struct shelllogin_walk *w, const char *raw);

#endif
