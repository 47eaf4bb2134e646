/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which distribution: os-release(5) in both places, then what older ones left in /etc.
 *
 * Sources: os-release(5), lsb_release; the release files of RHEL and its rebuilds, SUSE, Debian,
 * Alpine, and which of them carry a redhat-release link to their own.
 */
#include <ctype.h>

#include "lib/facts_parts.h"

#define FILE_MAX (64u << 10)

struct field {
	const char *key;
	const char **to;
};

static char *next_line(char **rest)
{
	char *line = *rest, *end;

	if (!line || !*line)
		return NULL;
	end = line + strcspn(line, "\n");
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return line;
}

/* A shell word's value in place: quotes and backslashes taken away, ends at an unquoted blank. */
static char *unquote(char *s)
{
	char *to = s, *from = s, quote = 0;

	for (; *from; from++) {
		if (!quote && isspace((unsigned char)*from))
			break;
		if (quote ? *from == quote : *from == '"' || *from == '\'') {
			quote = quote ? 0 : *from;
			continue;
		}
		if (*from == '\\' && quote != '\'' && from[1])
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return s;
}

static void assign(struct arena *a, char *line, const struct field *fields, size_t n)
{
	while (isspace((unsigned char)*line))
		line++;
	for (size_t i = 0; i < n; i++) {
		const char *value = after(line, fields[i].key);

		if (value)
			*fields[i].to = arena_strdup(a, unquote(line + (value - line)));
	}
}

static void read_fields(const struct root *r, struct arena *a, const char *path,
			const struct field *fields, size_t n)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	char *rest, *line;

	if (root_read(r, path, FILE_MAX, &b) < 0)
		return;
	rest = b.data;
	while ((line = next_line(&rest)))
		assign(a, line, fields, n);
}

static const struct os_release nothing = {
	.id = "", .id_like = "", .version_id = "", .pretty = ""
};

static bool from_os_release(const struct root *r, struct arena *a, const char *path,
			    struct os_release *os)
{
	const struct field fields[] = {
		{ "ID=", &os->id },
		{ "ID_LIKE=", &os->id_like },
		{ "VERSION_ID=", &os->version_id },
		{ "PRETTY_NAME=", &os->pretty },
	};

	*os = nothing;
	read_fields(r, a, path, fields, ARRAY_SIZE(fields));
	return *os->id != '\0';
}

/* --- files of one line with the name and version --- */

static const struct {
	const char *words; /* in the line */
	const char *id, *like;
} vendors[] = {
	{ "Alibaba Cloud Linux", "alinux", "rhel fedora centos anolis" },
	{ "Aliyun Linux", "alinux", "rhel fedora centos anolis" },
	{ "Amazon Linux", "amzn", "rhel fedora" },
	{ "AlmaLinux", "almalinux", "rhel centos fedora" },
	{ "Anolis", "anolis", "rhel fedora centos" },
	{ "CentOS", "centos", "rhel fedora" },
	{ "Circle Linux", "circle", "rhel centos fedora" },
	{ "EulerOS", "euleros", "rhel fedora centos" },
	{ "openEuler", "openEuler", "rhel fedora centos" },
	{ "Fedora", "fedora", "" },
	{ "Kylin", "kylin", "rhel fedora centos" },
	{ "OpenCloudOS", "opencloudos", "rhel fedora centos" },
	{ "Oracle Linux", "ol", "fedora rhel" },
	{ "Rocky Linux", "rocky", "rhel centos fedora" },
	{ "Scientific Linux", "scientific", "rhel fedora" },
	{ "TencentOS", "tencentos", "rhel fedora centos" },
	{ "Tencent", "tencentos", "rhel fedora centos" },
	{ "Red Hat Enterprise", "rhel", "fedora" },
	{ "SUSE Linux Enterprise", "sles", "suse" },
	{ "openSUSE", "opensuse", "suse" },
	{ "Ubuntu", "ubuntu", "debian" },
	{ "Debian", "debian", "" },
};

/* The first number with its dots: "6.10" of "CentOS release 6.10 (Final)". */
static const char *version_in(struct arena *a, const char *line)
{
	size_t n;

	line += strcspn(line, "0123456789");
	n = strspn(line, "0123456789.");
	while (n > 0 && line[n - 1] == '.')
		n--;
	return arena_strndup(a, line, n);
}

static bool from_line(struct arena *a, const char *line, struct os_release *os)
{
	for (size_t i = 0; i < ARRAY_SIZE(vendors); i++) {
		if (!strcasestr(line, vendors[i].words))
			continue;
		*os = (struct os_release){ .id = vendors[i].id,
					   .id_like = vendors[i].like,
					   .version_id = version_in(a, line),
					   .pretty = arena_strdup(a, line) };
		return true;
	}
	return false;
}

static char *first_line(const struct root *r, struct arena *a, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (root_read(r, path, FILE_MAX, &b) < 0)
		return NULL;
	b.data[strcspn(b.data, "\r\n")] = '\0';
	return *b.data ? arena_strdup(a, b.data) : NULL;
}

static bool from_lsb(const struct root *r, struct arena *a, struct os_release *os)
{
	const char *id = "", *release = "", *description = "";
	const struct field fields[] = {
		{ "DISTRIB_ID=", &id },
		{ "DISTRIB_RELEASE=", &release },
		{ "DISTRIB_DESCRIPTION=", &description },
	};

	read_fields(r, a, "/etc/lsb-release", fields, ARRAY_SIZE(fields));
	if (!*id || !from_line(a, id, os))
		return false;
	os->version_id = release;
	os->pretty = *description ? description : id;
	return true;
}

/* Rebuilds of RHEL carry redhat-release as a link to their own: theirs come first. */
static const char *const line_files[] = {
	"/etc/opencloudos-release", "/etc/tencentos-release", "/etc/tlinux-release",
	"/etc/alinux-release",	    "/etc/anolis-release",    "/etc/oracle-release",
	"/etc/centos-release",	    "/etc/almalinux-release", "/etc/rocky-release",
	"/etc/system-release",	    "/etc/redhat-release",    "/etc/SuSE-release",
};

/* Files that hold the version alone. */
static const struct {
	const char *path, *id, *name;
} version_files[] = {
	{ "/etc/alpine-release", "alpine", "Alpine Linux" },
	{ "/etc/debian_version", "debian", "Debian GNU/Linux" },
	{ "/etc/slackware-version", "slackware", "Slackware" },
	{ "/etc/gentoo-release", "gentoo", "Gentoo" },
};

static bool from_old_files(const struct root *r, struct arena *a, struct os_release *os)
{
	for (size_t i = 0; i < ARRAY_SIZE(line_files); i++) {
		const char *line = first_line(r, a, line_files[i]);

		if (line && from_line(a, line, os))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(version_files); i++) {
		const char *line = first_line(r, a, version_files[i].path);

		if (!line)
			continue;
		*os = nothing;
		os->id = version_files[i].id;
		os->version_id = version_in(a, line);
		os->pretty = arena_printf(a, "%s %s", version_files[i].name, line);
		return true;
	}
	if (!root_exists(r, "/etc/arch-release"))
		return false;
	*os = nothing;
	os->id = "arch";
	os->pretty = "Arch Linux";
	return true;
}

void facts_os(const struct root *r, struct arena *a, struct os_release *os)
{
	*os = nothing;
	if (!from_os_release(r, a, "/etc/os-release", os) &&
	    !from_os_release(r, a, "/usr/lib/os-release", os) && !from_lsb(r, a, os) &&
	    !from_old_files(r, a, os))
		*os = nothing;
	for (const char *p = os->version_id; isdigit((unsigned char)*p) && os->major < 100000; p++)
		os->major = os->major * 10 + (unsigned)(*p - '0');
}

bool os_is_like(const struct os_release *os, const char *words)
{
	while (*(words += strspn(words, " "))) {
		size_t n = strcspn(words, " ");
		_cleanup_free_ char *word = xstrndup(words, n);

		if (streq(os->id, word) || has_word(os->id_like, word, " "))
			return true;
		words += n;
	}
	return false;
}
