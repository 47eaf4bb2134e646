/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts of failed logins, and what pam_faillock and pam_tally2 make of them. Whoever is let in
 * again after a time may have been by now: only a lock without an end is one.
 */
#include <ctype.h>
#include <errno.h>

#include "lib/le.h"
#include "lib/pamfiles_parts.h"

#define RECORD PAMFILES_TALLY_RECORD /* bytes, of both kinds */
#define RECORDS_MAX 1024u
#define DENY_DEFAULT 3u
#define INTERVAL_DEFAULT 900u
#define UNLOCK_DEFAULT 600u
#define TIME_MAX 604800u

static void lock(struct pamfiles_asked *q, const char *path, long n, enum pamfiles_remedy remedy)
{
	pamfiles_refuse(q, PAMCONF_AUTH_ERR, path, 0,
			"'%s' has %ld failed logins of %s, who is locked out for good", path, n,
			pammodel_who(q->m)->name);
	pamfiles_remedy(q, remedy);
}

/* --- pam_faillock --- */

struct faillock {
	const char *dir;
	uint64_t deny, interval, unlock, root_unlock;
	bool root_unlock_given, even_root, by_uid;
};

/* As sscanf("%u") takes it. */
static void take_number(const char *s, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;
	size_t i = 0;

	s += strspn(s, " \t");
	for (; isdigit((unsigned char)s[i]) && n <= max; i++)
		n = n * 10 + (uint64_t)(s[i] - '0');
	if (i && n <= max)
		*out = n;
}

static void take_time(const char *s, uint64_t *out)
{
	if (streq(s, "never"))
		*out = 0;
	else
		take_number(s, TIME_MAX, out);
}

static void set_option(struct faillock *f, const char *name, const char *value)
{
	if (streq(name, "dir") && *value == '/')
		f->dir = value;
	else if (streq(name, "deny"))
		take_number(value, UINT16_MAX, &f->deny);
	else if (streq(name, "fail_interval"))
		take_number(value, TIME_MAX, &f->interval);
	else if (streq(name, "unlock_time"))
		take_time(value, &f->unlock);
	else if (streq(name, "even_deny_root"))
		f->even_root = true;
	else if (streq(name, "uid_based_files"))
		f->by_uid = true;
	if (streq(name, "root_unlock_time")) {
		take_time(value, &f->root_unlock);
		f->root_unlock_given = true;
	}
}

static void read_conf_line(struct arena *a, struct faillock *f, const char *line)
{
	char *s = arena_strndup(a, line, strcspn(line, "#"));
	size_t len = strlen(s);
	char *value;

	while (len && isspace((unsigned char)s[len - 1]))
		s[--len] = '\0';
	s += strspn(s, " \t\r");
	value = s + strcspn(s, " \t=");
	if (*value)
		*value++ = '\0';
	value += strspn(value, " \t=");
	set_option(f, s, value);
}

static void read_args(struct pamfiles_asked *q, struct faillock *f)
{
	for (size_t i = 0; i < q->l->args; i++) {
		char *name = arena_strdup(q->files->arena, q->l->arg[i]);
		char *value = strchr(name, '=');

		if (value)
			*value++ = '\0';
		set_option(f, name, value ? value : "");
	}
	if (!f->root_unlock_given)
		f->root_unlock = f->unlock;
}

/* False: answered. */
static bool read_options(struct pamfiles_asked *q, struct faillock *f)
{
	const char *conf = pamfiles_arg(q->l, "conf=");
	struct pamfiles_node n;

	*f = (struct faillock){ .dir = "/var/run/faillock", .deny = DENY_DEFAULT };
	f->interval = INTERVAL_DEFAULT;
	f->unlock = UNLOCK_DEFAULT;
	pamfiles_look(q->files, conf ? conf : "/etc/security/faillock.conf", &n);
	if (n.state == PAMFILES_ABSENT && conf) {
		/* Old releases know no such argument. */
		pamfiles_unsure(q, PAMCONF_SERVICE_ERR, PAMCONF_SUCCESS);
		return false;
	}
	for (size_t i = 1; n.text && i <= n.text->lines && i < PAMCONF_LINES_MAX; i++)
		read_conf_line(q->files->arena, f, text_line(n.text, i));
	read_args(q, f);
	return true;
}

static bool is_below_run(const char *dir)
{
	return startswith(dir, "/run/") || startswith(dir, "/var/run/") || streq(dir, "/run");
}

/* Valid records in the interval before the last one. */
static size_t count_failures(const unsigned char *p, size_t n, uint64_t interval)
{
	uint64_t last = 0;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		const unsigned char *r = p + i * RECORD;

		if (le16_at(r + 54) & 1 && le64_at(r + 56) > last)
			last = le64_at(r + 56);
	}
	for (size_t i = 0; i < n; i++) {
		const unsigned char *r = p + i * RECORD;

		count += le16_at(r + 54) & 1 && last - le64_at(r + 56) < interval;
	}
	return count;
}

/* -1: cannot be known. */
static long failures_of(struct pamfiles_asked *q, const struct faillock *f, const char *path)
{
	_cleanup_free_ unsigned char *p = xmalloc(RECORD * RECORDS_MAX);
	size_t got = 0;
	int e = pamfiles_bytes(q->files, path, p, RECORD * RECORDS_MAX, &got);

	if (e < 0)
		return root_is_absent(e) ? 0 : -1;
	return (long)count_failures(p, got / RECORD, f->interval);
}

void pamfiles_faillock(struct pamfiles_asked *q)
{
	const struct pammodel_person *who = pammodel_who(q->m);
	int fine = pamfiles_has_arg(q->l, "authfail") ? PAMCONF_IGNORED : PAMCONF_SUCCESS;
	struct faillock f;
	const char *path;
	uint64_t unlock;
	long n;

	if (!read_options(q, &f))
		return;
	unlock = who->uid == 0 ? f.root_unlock : f.unlock;
	if (!f.deny || is_below_run(f.dir) ||
	    (who->uid == 0 && !f.even_root && !f.root_unlock_given)) {
		pamfiles_say(q, fine);
		return;
	}
	path = f.by_uid ? arena_printf(q->files->arena, "%s/%u", f.dir, (unsigned)who->uid)
			: arena_printf(q->files->arena, "%s/%s", f.dir, who->name);
	n = failures_of(q, &f, path);
	if (n >= 0 && (uint64_t)n < f.deny)
		pamfiles_say(q, fine);
	else if (n < 0 || unlock || (who->uid == 0 && !f.even_root))
		pamfiles_unsure(q, fine, PAMCONF_AUTH_ERR);
	else
		lock(q, path, n, PAMFILES_EMPTY);
}

/* --- pam_tally2 --- */

static uint64_t number_arg(const struct pamfiles_asked *q, const char *name)
{
	const char *value = pamfiles_arg(q->l, name);
	uint64_t n = 0;

	if (value)
		take_number(value, UINT32_MAX, &n);
	return n;
}

static bool spares(const struct pamfiles_asked *q)
{
	if (pamfiles_has_arg(q->l, "magic_root") && q->m->caller_is_root)
		return true;
	return pammodel_who(q->m)->uid == 0 && !pamfiles_has_arg(q->l, "even_deny_root") &&
	       !pamfiles_has_arg(q->l, "even_deny_root_account") &&
	       !pamfiles_arg(q->l, "root_unlock_time=");
}

void pamfiles_tally2(struct pamfiles_asked *q)
{
	const struct pammodel_person *who = pammodel_who(q->m);
	const char *path = pamfiles_arg(q->l, "file=");
	uint64_t deny = number_arg(q, "deny="), unlock = number_arg(q, "unlock_time=");
	unsigned char r[RECORD] = { 0 };
	size_t got = 0;
	int e;

	path = path ? path : "/var/log/tallylog";
	if (who->uid == 0 && pamfiles_arg(q->l, "root_unlock_time="))
		unlock = number_arg(q, "root_unlock_time=");
	if (!deny || spares(q)) {
		pamfiles_say(q, PAMCONF_SUCCESS);
		return;
	}
	/* Of others than root, whose record is the first, nothing is looked at. */
	e = who->uid == 0 ? pamfiles_bytes(q->files, path, r, sizeof(r), &got) : -EINVAL;
	if (root_is_absent(e) || (e == 0 && (got < RECORD || le16_at(r + 54) < deny)))
		pamfiles_say(q, PAMCONF_SUCCESS);
	else if (e < 0 || unlock)
		pamfiles_unsure(q, PAMCONF_SUCCESS, PAMCONF_AUTH_ERR);
	else
		lock(q, path, le16_at(r + 54), PAMFILES_ZERO);
}
