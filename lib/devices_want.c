/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/devices_want.h"

void devices_want_free(struct devices_want *w)
{
	free(w->value);
	free(w->node);
}

static const struct {
	const char *prefix;
	enum want_kind kind;
	bool encoded; /* udev writes what is unsafe in a file name as \xHH */
} tags[] = {
	{ "UUID=", WANT_UUID, false },
	{ "LABEL=", WANT_LABEL, false },
	{ "PARTUUID=", WANT_PARTUUID, false },
	{ "PARTLABEL=", WANT_PARTLABEL, false },
	{ "/dev/disk/by-uuid/", WANT_UUID, true },
	{ "/dev/disk/by-label/", WANT_LABEL, true },
	{ "/dev/disk/by-partuuid/", WANT_PARTUUID, true },
	{ "/dev/disk/by-partlabel/", WANT_PARTLABEL, true },
};

/* A copy without one pair of surrounding quotes. */
static char *unquoted(const char *s)
{
	size_t n = strlen(s);

	if (n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n - 1] == s[0])
		return xstrndup(s + 1, n - 2);
	return xstrdup(s);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes udev's \xHH in place. */
static void decode_hex(char *s)
{
	char *to = s;

	while (*s) {
		if (s[0] == '\\' && s[1] == 'x' && hex_value(s[2]) >= 0 && hex_value(s[3]) >= 0) {
			*to++ = (char)(hex_value(s[2]) * 16 + hex_value(s[3]));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* Digits without a leading zero, at most max; *s moves behind them. */
static bool take_number(const char **s, unsigned max, unsigned *out)
{
	const char *p = *s;
	unsigned v = 0;

	if (!isdigit((unsigned char)*p) || (p[0] == '0' && isdigit((unsigned char)p[1])))
		return false;
	for (; isdigit((unsigned char)*p); p++) {
		v = v * 10 + (unsigned)(*p - '0');
		if (v > max)
			return false;
	}
	*s = p;
	*out = v;
	return true;
}

/* "a" is 0, "z" 25, "aa" 26 … "zz" 701. */
static bool take_letters(const char **s, unsigned *out)
{
	const char *p = *s;
	unsigned v = 0;

	for (; *p >= 'a' && *p <= 'z'; p++) {
		if (p - *s >= 2)
			return false;
		v = v * 26 + (unsigned)(*p - 'a') + 1;
	}
	if (p == *s)
		return false;
	*s = p;
	*out = v - 1;
	return true;
}

/* What follows the letters: nothing, or a partition number from 1. */
static bool lettered_name(const char *s, struct devices_want *w)
{
	unsigned part = 0;

	if (!take_letters(&s, &w->disk))
		return false;
	if (*s && (!take_number(&s, 1023, &part) || part == 0))
		return false;
	w->part = (int)part;
	return *s == '\0';
}

/* What follows the disk's number: nothing, or "pN". */
static bool numbered_part(const char *s, struct devices_want *w)
{
	unsigned part = 0;

	if (*s == 'p') {
		s++;
		if (!take_number(&s, 1023, &part) || part == 0)
			return false;
	}
	w->part = (int)part;
	return *s == '\0';
}

/* nvme0n1, nvme1n1p2: one name space a controller, or one controller with several name spaces. */
static bool nvme_name(const char *s, struct devices_want *w)
{
	unsigned controller, space;

	if (!take_number(&s, 255, &controller) || *s++ != 'n' || !take_number(&s, 255, &space) ||
	    space == 0)
		return false;
	w->disk = controller + space - 1;
	return numbered_part(s, w);
}

static bool mmc_name(const char *s, struct devices_want *w)
{
	return take_number(&s, 255, &w->disk) && numbered_part(s, w);
}

static const struct {
	const char *prefix;
	bool (*parse)(const char *rest, struct devices_want *w);
	bool xen;
} names[] = {
	{ "hd", lettered_name, false }, { "sd", lettered_name, false },
	{ "vd", lettered_name, false }, { "xvd", lettered_name, true },
	{ "nvme", nvme_name, false },	{ "mmcblk", mmc_name, false },
};

static bool kernel_name(const char *spec, struct devices_want *w)
{
	const char *base = after(spec, "/dev/");

	if (!base)
		base = spec;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *rest = after(base, names[i].prefix);

		if (!rest || !names[i].parse(rest, w))
			continue;
		w->kind = WANT_POSITION;
		w->xen = names[i].xen;
		w->node = xasprintf("/dev/%s", base);
		return true;
	}
	return false;
}

static bool tag(const char *spec, struct devices_want *w)
{
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		const char *value = after(spec, tags[i].prefix);

		if (!value)
			continue;
		/* PARTUUID=X/PARTNROFF=1 counts from another partition: not ours to judge. */
		if (tags[i].kind == WANT_PARTUUID && strchr(value, '/'))
			return false;
		w->kind = tags[i].kind;
		w->value = unquoted(value);
		if (tags[i].encoded)
			decode_hex(w->value);
		return true;
	}
	return false;
}

static void path(const char *spec, struct devices_want *w)
{
	if (!startswith(spec, "/dev/"))
		return;
	w->kind = WANT_PATH;
	w->value = xstrdup(spec);
}

struct devices_want devices_want_parse(const char *spec)
{
	_cleanup_free_ char *s = unquoted(spec);
	struct devices_want w = { .kind = WANT_NOTHING };

	if (streq(s, "/dev/root"))
		w.kind = WANT_ROOT;
	else if (!tag(s, &w) && !kernel_name(s, &w))
		path(s, &w);
	return w;
}
