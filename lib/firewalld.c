/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/firewalld.h"
#include "lib/ipfilter.h"

#define ETC "/etc/firewalld"
#define LIB "/usr/lib/firewalld"
#define TAG_MAX 1024u

/* The value of an attribute of the tag at s; NULL: it has none, or is no tag at all. */
static const char *attribute(struct scan *s, const char *tag, const char *name)
{
	size_t n = strnlen(tag, TAG_MAX);
	const char *end = memchr(tag, '>', n), *p, *value;
	const char *key = scan_printf(s, " %s=", name);

	if (!end)
		return NULL;
	p = strstr(arena_strndup(s->arena, tag, (size_t)(end - tag)), key);
	if (!p)
		return NULL;
	value = p + strlen(key);
	return *value == '"' || *value == '\''
		       ? arena_strndup(s->arena, value + 1, strcspn(value + 1, "\"'"))
		       : NULL;
}

/* The next tag of this name from p on; comments are passed over. */
static const char *next_tag(const char *p, const char *name)
{
	size_t n = strlen(name);

	while (*p && (p = strchr(p, '<'))) {
		if (startswith(p, "<!--")) {
			p = strstr(p, "-->");
			if (!p)
				return NULL;
			continue;
		}
		if (strncmp(p + 1, name, n) == 0 && strchr(" \t\r\n/>", p[1 + n]) && p[1 + n])
			return p;
		p++;
	}
	return NULL;
}

static bool has_port(struct scan *s, const struct text *t, uint16_t port)
{
	for (const char *p = t->data; (p = next_tag(p, "port")); p++) {
		const char *number = attribute(s, p, "port"), *proto = attribute(s, p, "protocol");

		if (number && proto && streq(proto, "tcp") &&
		    ipfilter_port(number, port) != IPFILTER_NO)
			return true;
	}
	return false;
}

static const struct text *read_xml(struct scan *s, const char *dir, const char *name)
{
	const struct text *t = scan_text(s, scan_printf(s, ETC "/%s/%s.xml", dir, name));

	return t ? t : scan_text(s, scan_printf(s, LIB "/%s/%s.xml", dir, name));
}

/* A service that is not described includes what nobody here knows, but ssh is known to all. */
static bool service_lets_in(struct scan *s, const char *name, uint16_t port)
{
	const struct text *t = strchr(name, '/') ? NULL : read_xml(s, "services", name);

	if (t)
		return has_port(s, t, port) || next_tag(t->data, "include");
	return !streq(name, "ssh") || port == 22;
}

static bool zone_lets_in(struct scan *s, const struct text *t, uint16_t port)
{
	const char *zone = next_tag(t->data, "zone");
	const char *target = zone ? attribute(s, zone, "target") : NULL;

	if (!zone || (target && streq(target, "ACCEPT")) || has_port(s, t, port))
		return true;
	/* Rich rules and source ports are more than this follows. */
	if (next_tag(t->data, "rule") || next_tag(t->data, "forward-port"))
		return true;
	for (const char *p = t->data; (p = next_tag(p, "service")); p++) {
		const char *name = attribute(s, p, "name");

		if (name && service_lets_in(s, name, port))
			return true;
	}
	return false;
}

/* Interfaces or sources are given to zones by name. */
static bool has_other_zones(struct scan *s)
{
	const char *const *e = scan_dir(s, ETC "/zones");

	if (root_exists(s->root, ETC "/direct.xml") || *scan_dir(s, ETC "/policies"))
		return true;
	for (; *e; e++) {
		const struct text *t;

		if (!endswith(*e, ".xml"))
			continue;
		t = scan_text(s, scan_printf(s, ETC "/zones/%s", *e));
		if (t && (next_tag(t->data, "interface") || next_tag(t->data, "source")))
			return true;
	}
	return false;
}

static const char *default_zone(struct scan *s)
{
	const struct text *t = scan_text(s, ETC "/firewalld.conf");
	const char *zone = "public";

	for (size_t n = 1; t && n <= t->lines; n++) {
		const char *value = after(text_line(t, n), "DefaultZone=");

		if (value)
			zone = arena_strndup(s->arena, value, strcspn(value, " \t\r"));
	}
	return zone;
}

void firewalld_read(struct scan *s, uint16_t port, struct firewalld *out)
{
	*out = (struct firewalld){ .zone = default_zone(s), .lets_in = true };
	if (strchr(out->zone, '/') || !*out->zone)
		return;
	out->text = read_xml(s, "zones", out->zone);
	if (!out->text)
		return;
	out->lets_in = has_other_zones(s) || zone_lets_in(s, out->text, port);
	for (size_t n = 1; n <= out->text->lines; n++) {
		const char *line = text_line(out->text, n);

		if (startswith(line + strspn(line, " \t"), "</zone>"))
			out->end = n;
	}
}
