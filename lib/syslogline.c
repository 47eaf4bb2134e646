/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/syslogline_parts.h"

#define ROUNDS 12 /* prefixes before a line; no log has as many */
#define BRACKET_MAX 80

struct job {
	struct syslogline_state *st;
	struct syslogline *out;
	struct slice s;
	bool rfc5424, tagged, record, unwrapped;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* --- one prefix each: taken off s, or false --- */

/* "<4>", "<kern.warning>", and RFC 5424's "<4>1 " */
static bool take_level(struct job *j)
{
	struct slice r = j->s;
	size_t n = 0;

	if (!slice_take_char(&r, '<'))
		return false;
	while (n < r.n && n < 20 && (isalnum((unsigned char)r.s[n]) || r.s[n] == '.'))
		n++;
	if (!n || n == r.n || r.s[n] != '>')
		return false;
	j->s = slice_skip(r, n + 1);
	if (j->s.n > 6 && j->s.s[0] == '1' && j->s.s[1] == ' ' && is_digit(j->s.s[2]) &&
	    j->s.s[6] == '-') {
		j->s = slice_skip(j->s, 2);
		j->rfc5424 = true;
	}
	slice_skip_blanks(&j->s);
	return true;
}

/* /dev/kmsg: "6,22743,6115623303887,-,caller=T12;" */
static bool take_kmsg(struct job *j)
{
	struct slice r = j->s;
	uint64_t level, sequence, us;
	size_t n = 0;

	if (!slice_take_u64(&r, &level) || !slice_take_char(&r, ',') ||
	    !slice_take_u64(&r, &sequence) || !slice_take_char(&r, ',') ||
	    !slice_take_u64(&r, &us) || !slice_take_char(&r, ',') || us > INT64_MAX)
		return false;
	while (n < r.n && n < 80 && r.s[n] != ';')
		n++;
	if (n == r.n || r.s[n] != ';')
		return false;
	if (slice_starts(r, "-,caller="))
		j->out->caller = slice_until(slice_skip(r, 9), r.s + n);
	j->out->uptime = (int64_t)us;
	j->out->from = (level >> 3) == 0 ? SYSLOGLINE_KERNEL : SYSLOGLINE_PROGRAM;
	j->s = slice_skip(r, n + 1);
	return true;
}

static bool one_of(struct slice word, const char *const list[])
{
	for (; *list; list++) {
		if (slice_is(word, *list))
			return true;
	}
	return false;
}

static bool take_padded(struct slice *s, const char *const list[])
{
	size_t n = 0;
	struct slice r = *s;

	while (n < r.n && n < 8 && islower((unsigned char)r.s[n]))
		n++;
	if (!one_of((struct slice){ r.s, n }, list))
		return false;
	r = slice_skip(r, n);
	slice_skip_blanks(&r);
	if (!slice_take_char(&r, ':'))
		return false;
	*s = r;
	return true;
}

/* dmesg -x: "kern  :warn  : " */
static bool take_decoded(struct job *j)
{
	static const char *const facilities[] = { "kern", "user",   "mail", "daemon",
						  "auth", "syslog", NULL };
	static const char *const levels[] = { "emerg",	"alert", "crit",  "err", "warn",
					      "notice", "info",	 "debug", NULL };
	struct slice r = j->s;

	if (!take_padded(&r, facilities) || !take_padded(&r, levels))
		return false;
	j->out->from = slice_starts(j->s, "kern") ? SYSLOGLINE_KERNEL : SYSLOGLINE_PROGRAM;
	j->s = r;
	slice_take_char(&j->s, ' ');
	return true;
}

/* "T123" (a thread) or "C3" (an interrupt on that CPU). */
static bool is_caller(struct slice in)
{
	if (in.n < 2 || (in.s[0] != 'T' && in.s[0] != 'C'))
		return false;
	for (size_t i = 1; i < in.n; i++) {
		if (!is_digit(in.s[i]))
			return false;
	}
	return true;
}

/* "6.888109", and with the time since the line before: "6.888109 <    0.000004>" */
static bool read_uptime(struct slice in, int64_t *out)
{
	uint64_t seconds, part;
	int64_t unit = SYSLOGTIME_SECOND;
	const char *digits;

	if (!slice_take_u64(&in, &seconds) || !slice_take_char(&in, '.') ||
	    seconds > INT64_MAX / SYSLOGTIME_SECOND / 2)
		return false;
	digits = in.s;
	if (!slice_take_u64(&in, &part) || in.s - digits > 9)
		return false;
	slice_skip_blanks(&in);
	if (in.n && in.s[0] != '<')
		return false;
	*out = (int64_t)seconds * SYSLOGTIME_SECOND;
	for (; is_digit(*digits) && unit > 1; digits++) {
		unit /= 10;
		*out += (*digits - '0') * unit;
	}
	return true;
}

static bool read_bracket(struct job *j, struct slice in)
{
	struct syslogtime t = { 0 };
	int64_t uptime;

	in = slice_trimmed(in);
	if (read_uptime(in, &uptime)) {
		j->out->uptime = uptime;
		return true;
	}
	if (is_caller(in)) {
		j->out->caller = in;
		return true;
	}
	if (syslogtime_take_iso(&in, &t) || syslogtime_words(in, &t)) {
		if (t.known)
			j->out->time = t;
		j->out->from = SYSLOGLINE_KERNEL;
		return true;
	}
	/* dmesg --reltime, kubectl --prefix */
	return slice_starts(in, "+") || slice_starts(in, "pod/");
}

/* "[    6.888109] ", "[ T1234]", "[Tue Apr  1 14:13:32 2025] ". Not "[ 1234]": that is a process.
 */
static bool take_bracket(struct job *j)
{
	size_t n = 1;

	if (!j->s.n || j->s.s[0] != '[')
		return false;
	while (n < j->s.n && n < BRACKET_MAX && j->s.s[n] != ']')
		n++;
	if (n == j->s.n || j->s.s[n] != ']' ||
	    !read_bracket(j, (struct slice){ j->s.s + 1, n - 1 }))
		return false;
	j->s = slice_skip(j->s, n + 1);
	/* Only one: a continuation line of the kernel begins with a blank of its own. */
	slice_take_char(&j->s, ' ');
	return true;
}

/* journalctl -o short-full: "Tue 2025-04-01 14:13:32 CST " */
static bool take_weekday(struct slice *s)
{
	struct slice r = *s, word;

	if (!slice_take_word(&r, &word) || word.n > 12 || !slice_take_char(&r, ' ') || r.n < 19 ||
	    !is_digit(r.s[0]) || r.s[4] != '-')
		return false;
	*s = r;
	return true;
}

static bool is_zone_name(struct slice word)
{
	if (word.n < 2 || word.n > 5)
		return false;
	for (size_t i = 0; i < word.n; i++) {
		if (!isupper((unsigned char)word.s[i]))
			return false;
	}
	return true;
}

static bool take_date(struct job *j)
{
	struct slice r = j->s, word, ahead;
	struct syslogtime t = { 0 };
	bool full = take_weekday(&r), decimal_comma;

	if (syslogtime_take_iso(&r, &t)) {
		ahead = full && slice_take_char(&r, ' ') ? r : (struct slice){ 0 };
		if (ahead.n && slice_take_word(&ahead, &word) && is_zone_name(word)) {
			r = ahead;
			t.offset = slice_is(word, "UTC") ? 0 : t.offset;
		}
	} else if (!syslogtime_take_syslog(&r, j->st->reference, &t) &&
		   !syslogtime_take_epoch(&r, &t)) {
		return false;
	}
	decimal_comma = slice_find(slice_until(j->s, r.s), ",") != NULL;
	if (r.n && r.s[0] != ' ' && r.s[0] != ':')
		return false;
	j->out->time = t;
	if (decimal_comma) /* dmesg --time-format=iso: nothing but the text follows */
		j->out->from = SYSLOGLINE_KERNEL;
	slice_take_char(&r, ':');
	slice_take_char(&r, ' ');
	j->s = r;
	return true;
}

/* "stdout F " of a container runtime; only behind its date. */
static bool take_stream(struct job *j)
{
	struct slice r = j->s;

	if (!j->out->time.known || (!slice_take(&r, "stdout ") && !slice_take(&r, "stderr ")) ||
	    (!slice_take(&r, "F ") && !slice_take(&r, "P ")))
		return false;
	j->s = r;
	return true;
}

/* docker compose: "name-1  | " */
static bool take_service(struct job *j)
{
	struct slice r = j->s, word;

	if (!slice_take_word(&r, &word) || word.n > 64 || !slice_starts(r, " "))
		return false;
	slice_skip_blanks(&r);
	if (!slice_take(&r, "| "))
		return false;
	j->s = r;
	return true;
}

static enum syslogline_from from_of(struct slice tag)
{
	static const char *const kernel[] = { "kernel", "vmunix", "klogd", "dmesg", NULL };
	const char *pid = memchr(tag.s, '[', tag.n);

	if (pid)
		tag = slice_until(tag, pid);
	return one_of(tag, kernel) ? SYSLOGLINE_KERNEL : SYSLOGLINE_PROGRAM;
}

/* The rest of RFC 5424: HOST APP PROCID MSGID STRUCTURED-DATA */
static bool take_rfc5424(struct job *j)
{
	struct slice r = j->s, host, app, word;

	slice_skip_blanks(&r);
	if (!slice_take_word(&r, &host) || !slice_take_char(&r, ' ') ||
	    !slice_take_word(&r, &app) || !slice_take_char(&r, ' ') ||
	    !slice_take_word(&r, &word) || !slice_take_char(&r, ' ') ||
	    !slice_take_word(&r, &word) || !slice_take_char(&r, ' '))
		return false;
	if (!slice_take_char(&r, '-')) {
		const char *end = slice_find(r, "] ");

		if (r.n && r.s[0] == '[' && end)
			r = slice_from(r, end + 1);
	}
	slice_take_char(&r, ' ');
	slice_take(&r, "\xef\xbb\xbf");
	j->out->host = host;
	j->out->from = from_of(app);
	j->tagged = true;
	j->s = r;
	return true;
}

static bool is_tag(struct slice w)
{
	return w.n > 1 && w.s[w.n - 1] == ':';
}

static bool take_kernel_tag(struct job *j)
{
	struct slice r = j->s;

	if (!slice_take(&r, "kernel:"))
		return false;
	slice_take_char(&r, ' ');
	j->out->from = SYSLOGLINE_KERNEL;
	j->tagged = true;
	j->s = r;
	return true;
}

/*
 * "host kernel: ", "host kern.warn kernel: ", "host sshd[12]: ". Only behind a date: the kernel's
 * own words have the shape too. And not behind the kernel's own prefix, where nothing follows it.
 */
static bool take_tag(struct job *j)
{
	struct slice r = j->s, host, tag;
	bool dated = j->out->time.known && j->out->uptime == SYSLOGLINE_NO_UPTIME;

	slice_skip_blanks(&r);
	if (j->tagged || j->record)
		return false;
	if (j->rfc5424)
		return take_rfc5424(j);
	if (take_kernel_tag(j))
		return true;
	if (!(j->out->time.known || j->out->uptime != SYSLOGLINE_NO_UPTIME) ||
	    j->out->from == SYSLOGLINE_KERNEL || !slice_take_word(&r, &host) || is_tag(host) ||
	    !slice_take_char(&r, ' ') || !slice_take_word(&r, &tag))
		return false;
	/* Some put no blank before the uptime. */
	if (slice_starts(tag, "kernel:[")) {
		r.n += (size_t)(r.s - tag.s) - strlen("kernel:");
		r.s = tag.s + strlen("kernel:");
		tag.n = strlen("kernel:");
	}
	if (!is_tag(tag) && memchr(tag.s, '.', tag.n) && slice_take_char(&r, ' ') &&
	    !slice_take_word(&r, &tag))
		return false;
	/* journalctl -o short-monotonic has the host behind the uptime; dmesg has the text there.
	 */
	if (!is_tag(tag) || (!dated && !slice_is(tag, "kernel:")))
		return false;
	tag.n--;
	j->out->host = host;
	j->out->from = from_of(tag);
	j->tagged = true;
	slice_take_char(&r, ' ');
	j->s = r;
	return true;
}

static bool take_json(struct job *j)
{
	/* Once: what is taken out lies where the next would be put. */
	if (j->unwrapped || !syslogline_json(j->st, &j->s, j->out))
		return false;
	j->unwrapped = true;
	j->record = j->out->from != SYSLOGLINE_MAYBE_KERNEL;
	return true;
}

static bool (*const takers[])(struct job *) = {
	take_json, take_level,	take_kmsg, take_bracket, take_decoded,
	take_date, take_stream, take_tag,  take_service,
};

static bool take_any(struct job *j)
{
	for (size_t i = 0; i < ARRAY_SIZE(takers); i++) {
		if (takers[i](j))
			return true;
	}
	return false;
}

/* --- what no prefix is: colours, carriage returns, holes left by a crash --- */

/* A sequence "ESC [ … letter" is skipped. */
static size_t escape_len(const char *s, size_t n)
{
	size_t i = 2;

	if (n < 2 || s[1] != '[')
		return 1;
	while (i < n && i < 32 && !isalpha((unsigned char)s[i]))
		i++;
	return i < n ? i + 1 : n;
}

static struct slice without_escapes(struct syslogline_state *st, struct slice s)
{
	if (!s.n || !memchr(s.s, '\033', s.n))
		return s;
	st->plain.len = 0;
	for (size_t i = 0; i < s.n;) {
		if (s.s[i] == '\033') {
			i += escape_len(s.s + i, s.n - i);
			continue;
		}
		bytes_addc(&st->plain, s.s[i++]);
	}
	return (struct slice){ st->plain.data ? st->plain.data : "", st->plain.len };
}

static struct slice without_ends(struct slice s)
{
	while (s.n && (s.s[0] == '\0' || s.s[0] == '\r'))
		s = slice_skip(s, 1);
	while (s.n && (s.s[s.n - 1] == '\0' || s.s[s.n - 1] == '\r' || s.s[s.n - 1] == '\n'))
		s.n--;
	return s;
}

void syslogline_read(struct syslogline_state *st, const char *line, size_t len,
		     struct syslogline *out)
{
	struct job j = { .st = st, .out = out };

	*out = (struct syslogline){ .uptime = SYSLOGLINE_NO_UPTIME };
	j.s = without_escapes(st, without_ends((struct slice){ line, len }));
	if (!syslogline_export(st, &j.s, out)) {
		for (int i = 0; i < ROUNDS && take_any(&j); i++)
			;
	} else {
		take_bracket(&j);
	}
	out->text = j.s;
}

void syslogline_state_free(struct syslogline_state *st)
{
	bytes_free(&st->plain);
	bytes_free(&st->member);
}

bool syslogline_part(struct slice text, struct slice *part)
{
	const char *end;

	if (!part->s) {
		*part = text;
	} else {
		*part = slice_from(text, part->s + part->n);
		if (!slice_take(part, "#012"))
			return false;
	}
	end = slice_find(*part, "#012");
	if (end)
		*part = slice_until(*part, end);
	return true;
}
