/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON through json-c, made safe for bytes of a foreign disk: names and lines that are not UTF-8
 * would give invalid JSON. json_text() is for people and programs that read; json_exact() keeps
 * every byte, for what must be read back.
 */
#ifndef BOOTMEND_JSONIO_H
#define BOOTMEND_JSONIO_H

#include <json-c/json.h>

#include "lib/util.h"

/* A string; bytes that are not UTF-8, and control characters but tab, CR and LF, become \xNN. NULL
 * gives null.
 */
struct json_object *json_text(const char *s);
/* A string "hex:…" when the bytes are not UTF-8 (or begin so), else the text itself. */
struct json_object *json_exact(const void *p, size_t n);
/* The bytes of what json_exact() made; false when it is no string or bad hex. Free with
 * bytes_free(). */
bool json_exact_read(struct json_object *o, struct bytes *out);
/* s is well-formed UTF-8 without control characters other than tab. */
bool text_is_plain(const char *s, size_t n);
/* s as a terminal or a log may have it: what is not plain becomes \xNN. Added to out. */
void text_escape(const char *s, size_t n, struct bytes *out);

/* Members of objects, with a default where they are missing or of another type. */
const char *json_get_str(struct json_object *o, const char *key); /* NULL */
int64_t json_get_int(struct json_object *o, const char *key, int64_t missing);
bool json_get_bool(struct json_object *o, const char *key);

#endif
