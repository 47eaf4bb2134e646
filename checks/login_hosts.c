/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hosts.deny, which only counts where sshd is linked to libwrap (Debian's is, others' no more).
 *
 * Source: hosts_access(5): hosts.allow first, then hosts.deny; what neither names is let in.
 */
#include "checks/login_parts.h"
#include "lib/sshdbinary.h"

#define SEPARATORS " \t\r,"

static bool list_has(const char *list, size_t len, const char *const words[])
{
	for (size_t i = 0; i < len;) {
		size_t n;

		i += strspn(list + i, SEPARATORS);
		n = strcspn(list + i, SEPARATORS ":");
		for (size_t k = 0; n && i + n <= len && words[k]; k++) {
			if (strlen(words[k]) == n && strncmp(words[k], list + i, n) == 0)
				return true;
		}
		i += n ? n : 1;
	}
	return false;
}

static const char *const daemons[] = { "ALL", "sshd", NULL };
static const char *const everybody[] = { "ALL", "0.0.0.0/0.0.0.0", NULL };

static bool is_about_sshd(const char *line, const char **clients)
{
	const char *colon = strchr(line, ':');

	if (!colon || line[strspn(line, " \t")] == '#')
		return false;
	*clients = colon + 1;
	return list_has(line, (size_t)(colon - line), daemons);
}

static bool is_allowed_somewhere(struct scan *s)
{
	const struct text *t = scan_text(s, "/etc/hosts.allow");
	const char *clients;

	for (size_t n = 1; t && n <= t->lines; n++) {
		if (is_about_sshd(text_line(t, n), &clients))
			return true;
	}
	return false;
}

static bool denies_all(const char *line)
{
	const char *clients;

	return is_about_sshd(line, &clients) && !strstr(line, "EXCEPT") &&
	       list_has(clients, strcspn(clients, ":"), everybody);
}

void login_check_hosts(struct login *l)
{
	struct scan *s = l->s;
	const struct text *t = scan_text(s, "/etc/hosts.deny");
	struct finding *f;
	bool counts;

	for (size_t n = 1; t && n <= t->lines; n++) {
		if (!denies_all(text_line(t, n)))
			continue;
		if (!sshdbinary_path(s) || is_allowed_somewhere(s))
			return;
		counts = sshdbinary_holds(s, "libwrap.so.0");
		f = scan_find(s, &login_blocked, NULL,
			      counts ? "nobody may connect to sshd"
				     : "nobody may connect, but this sshd does not ask it");
		finding_at(f, t, n);
		finding_safety(f, FIX_ASK);
		if (!counts)
			finding_severity(f, NOTE);
		finding_choice(f, "the line is commented");
		propose_comment(f, t, n);
		return;
	}
}
