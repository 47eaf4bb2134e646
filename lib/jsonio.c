/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/jsonio.h"

/* Length of the UTF-8 sequence at s (RFC 3629: no overlong forms, no surrogates), 0 for none. */
static size_t utf8_len(const unsigned char *s, size_t n)
{
	static const struct {
		unsigned char lead_min, lead_max, second_min, second_max;
		size_t len;
	} forms[] = {
		{ 0x00, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (s[0] < forms[i].lead_min || s[0] > forms[i].lead_max)
			continue;
		if (forms[i].len > n)
			return 0;
		if (forms[i].len > 1 && (s[1] < forms[i].second_min || s[1] > forms[i].second_max))
			return 0;
		for (size_t k = 2; k < forms[i].len; k++) {
			if (s[k] < 0x80 || s[k] > 0xbf)
				return 0;
		}
		return forms[i].len;
	}
	return 0;
}

/* Length of the character at s that may be shown as it is, or 0. C1 controls count as controls. */
static size_t plain_len(const unsigned char *s, size_t n)
{
	size_t len = utf8_len(s, n);

	if (len == 1 && (s[0] == 0x7f || (s[0] < 0x20 && s[0] != '\t')))
		return 0;
	if (len == 2 && s[0] == 0xc2 && s[1] < 0xa0)
		return 0;
	return len;
}

bool text_is_plain(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;

	for (size_t i = 0, len; i < n; i += len) {
		len = plain_len(u + i, n - i);
		if (!len)
			return false;
	}
	return true;
}

void text_escape(const char *s, size_t n, struct bytes *out)
{
	const unsigned char *u = (const unsigned char *)s;

	bytes_add(out, "", 0);
	for (size_t i = 0, len; i < n; i += len ? len : 1) {
		len = plain_len(u + i, n - i);
		if (len)
			bytes_add(out, s + i, len);
		else
			bytes_addf(out, "\\x%02x", u[i]);
	}
}

static bool is_utf8(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;

	for (size_t i = 0, len; i < n; i += len) {
		len = utf8_len(u + i, n - i);
		if (!len)
			return false;
	}
	return true;
}

struct json_object *json_text(const char *s)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	size_t n = s ? strlen(s) : 0;
	const unsigned char *u = (const unsigned char *)s;

	if (!s)
		return NULL;
	bytes_add(&b, "", 0);
	for (size_t i = 0, len; i < n; i += len ? len : 1) {
		len = u[i] == '\n' || u[i] == '\r' ? 1 : plain_len(u + i, n - i);
		if (len)
			bytes_add(&b, s + i, len);
		else
			bytes_addf(&b, "\\x%02x", u[i]);
	}
	return json_object_new_string_len(b.data, (int)b.len);
}

struct json_object *json_exact(const void *p, size_t n)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	const unsigned char *u = p;

	if (is_utf8(p, n) && !(n >= 4 && memcmp(p, "hex:", 4) == 0))
		return json_object_new_string_len(p, (int)n);
	bytes_adds(&b, "hex:");
	for (size_t i = 0; i < n; i++)
		bytes_addf(&b, "%02x", u[i]);
	return json_object_new_string_len(b.data, (int)b.len);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool json_exact_read(struct json_object *o, struct bytes *out)
{
	struct bytes b = { 0 };
	const char *s, *hex;
	size_t n;

	if (!json_object_is_type(o, json_type_string))
		return false;
	s = json_object_get_string(o);
	n = (size_t)json_object_get_string_len(o);
	hex = n >= 4 ? after(s, "hex:") : NULL;
	if (!hex) {
		bytes_add(&b, s, n);
		*out = b;
		return true;
	}
	bytes_add(&b, "", 0);
	for (; hex[0] && hex[1]; hex += 2) {
		int hi = hex_digit(hex[0]), lo = hex_digit(hex[1]);

		if (hi < 0 || lo < 0)
			break;
		bytes_addc(&b, (char)(hi << 4 | lo));
	}
	if (*hex) {
		bytes_free(&b);
		return false;
	}
	*out = b;
	return true;
}

const char *json_get_str(struct json_object *o, const char *key)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, json_type_string))
		return NULL;
	return json_object_get_string(v);
}

int64_t json_get_int(struct json_object *o, const char *key, int64_t missing)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, json_type_int))
		return missing;
	return json_object_get_int64(v);
}

bool json_get_bool(struct json_object *o, const char *key)
{
	struct json_object *v;

	return json_object_object_get_ex(o, key, &v) && json_object_get_boolean(v);
}
