/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What propose_*() leave behind a finding; scan.c makes them, plan.c reads them.
 */
#ifndef BOOTMEND_EDIT_H
#define BOOTMEND_EDIT_H

#include "lib/check.h"

enum edit_kind {
	EDIT_LINE,   /* line n of text becomes data */
	EDIT_INSERT, /* data becomes a new line before line n of text */
	EDIT_TEXT,   /* path becomes a file with data; with mode, and uid/gid when owned */
	EDIT_APPEND, /* a file of exactly size bytes gets data behind them */
	EDIT_COPY,   /* path becomes a file with the bytes of source */
	EDIT_MODE,
	EDIT_OWNER,
	EDIT_LINK, /* data is the target */
	EDIT_ABSENT,
	EDIT_FORGET, /* EDIT_ABSENT of what can be had again: its bytes are not kept */
	EDIT_DIR,
	EDIT_DEPMOD,  /* data is the kernel version */
	EDIT_COMMAND, /* argv is run, outputs are kept; path is argv[0] */
	EDIT_SETTING, /* the commands see data at path */
};

struct edit {
	enum edit_kind kind;
	const char *path;
	const struct text *text;
	size_t line;
	const char *data;
	size_t len;
	uint64_t size;
	const char *source;
	mode_t mode;
	bool owned;
	uid_t uid;
	gid_t gid;
	const char *const *argv;
	const struct output *output;
	size_t outputs;
	struct edit *next;
};

#endif
