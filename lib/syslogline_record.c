/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields are found by their names where they stand; a line that was cut still gives its message. */
#include "lib/syslogline_parts.h"

#define MESSAGE_MAX (256u << 10)

/* --- JSON --- */

/* Where the value of "name" begins, or s.n = 0. */
static struct slice value_of(struct slice s, const char *name)
{
	char key[48];
	size_t n = strlen(name);
	struct slice r = s;

	key[0] = '"';
	memcpy(key + 1, name, n);
	memcpy(key + 1 + n, "\"", 2);
	while (slice_past(&r, key)) {
		struct slice v = r;

		slice_skip_blanks(&v);
		if (slice_take_char(&v, ':')) {
			slice_skip_blanks(&v);
			return v;
		}
	}
	return (struct slice){ 0 };
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, c | 0x20) : NULL;

	return p ? (int)(p - digits) : -1;
}

static void add_code(struct bytes *b, unsigned c)
{
	if (c < 0x80) {
		bytes_addc(b, (char)c);
	} else if (c < 0x800) {
		bytes_addc(b, (char)(0xc0 | c >> 6));
		bytes_addc(b, (char)(0x80 | (c & 0x3f)));
	} else {
		bytes_addc(b, (char)(0xe0 | c >> 12));
		bytes_addc(b, (char)(0x80 | (c >> 6 & 0x3f)));
		bytes_addc(b, (char)(0x80 | (c & 0x3f)));
	}
}

/* What follows a backslash; how many bytes it takes. */
static size_t add_escape(struct bytes *b, struct slice s)
{
	static const char from[] = "nrtbf\"\\/", to[] = "\n\r\t\b\f\"\\/";
	const char *p = s.n && s.s[0] ? strchr(from, s.s[0]) : NULL;
	unsigned code = 0;

	if (p) {
		bytes_addc(b, to[p - from]);
		return 1;
	}
	if (s.n < 5 || s.s[0] != 'u')
		return s.n ? 1 : 0;
	for (int i = 1; i < 5; i++) {
		int d = hex_digit(s.s[i]);

		if (d < 0)
			return 1;
		code = code << 4 | (unsigned)d;
	}
	add_code(b, code);
	return 5;
}

/* systemd writes what is not UTF-8 as a list of numbers. */
static void add_numbers(struct bytes *b, struct slice s)
{
	uint64_t v;

	while (b->len < MESSAGE_MAX && slice_take_u64(&s, &v)) {
		bytes_addc(b, (char)v);
		slice_skip_blanks(&s);
		if (!slice_take_char(&s, ','))
			return;
		slice_skip_blanks(&s);
	}
}

static bool add_string(struct bytes *b, struct slice v)
{
	if (slice_take_char(&v, '[')) {
		slice_skip_blanks(&v);
		add_numbers(b, v);
		return true;
	}
	if (!slice_take_char(&v, '"'))
		return false;
	while (v.n && v.s[0] != '"' && b->len < MESSAGE_MAX) {
		size_t n = 1;

		if (v.s[0] == '\\')
			n += add_escape(b, slice_skip(v, 1));
		else
			bytes_addc(b, v.s[0]);
		v = slice_skip(v, n);
	}
	return true;
}

/* A string without escapes, as ids and numbers are. */
static struct slice simple(struct slice v)
{
	const char *end;

	if (!slice_take_char(&v, '"'))
		return (struct slice){ 0 };
	end = v.n ? memchr(v.s, '"', v.n) : NULL;
	return end ? slice_until(v, end) : (struct slice){ 0 };
}

static bool number_of(struct slice s, int64_t *out)
{
	uint64_t v;

	if (!slice_take_u64(&s, &v) || v > INT64_MAX / 2)
		return false;
	*out = (int64_t)v;
	return true;
}

static enum syslogline_from from_of(struct slice transport)
{
	if (!transport.n)
		return SYSLOGLINE_MAYBE_KERNEL;
	return slice_is(transport, "kernel") ? SYSLOGLINE_KERNEL : SYSLOGLINE_PROGRAM;
}

static void journal_members(struct slice s, struct syslogline *out)
{
	int64_t us;

	if (number_of(simple(value_of(s, "__REALTIME_TIMESTAMP")), &us))
		out->time = (struct syslogtime){ .us = us, .known = true };
	if (number_of(simple(value_of(s, "_SOURCE_MONOTONIC_TIMESTAMP")), &us) ||
	    number_of(simple(value_of(s, "__MONOTONIC_TIMESTAMP")), &us))
		out->uptime = us;
	out->boot_id = simple(value_of(s, "_BOOT_ID"));
	out->host = simple(value_of(s, "_HOSTNAME"));
	out->from = from_of(simple(value_of(s, "_TRANSPORT")));
}

bool syslogline_json(struct syslogline_state *st, struct slice *s, struct syslogline *out)
{
	struct slice message, time;
	bool journal;

	if (!s->n || s->s[0] != '{')
		return false;
	message = value_of(*s, "MESSAGE");
	journal = message.n != 0;
	if (!journal)
		message = value_of(*s, "log");
	st->member.len = 0;
	if (!message.n || !add_string(&st->member, message))
		return false;
	if (journal)
		journal_members(*s, out);
	time = journal ? (struct slice){ 0 } : simple(value_of(*s, "time"));
	if (time.n)
		syslogtime_take_iso(&time, &out->time);
	while (st->member.len && st->member.data[st->member.len - 1] == '\n')
		st->member.len--;
	*s = (struct slice){ st->member.len ? st->member.data : "", st->member.len };
	return true;
}

/* --- the journal's export --- */

static void take_realtime(struct syslogline_state *st, struct slice v)
{
	st->time.known = number_of(v, &st->time.us);
}

static void take_monotonic(struct syslogline_state *st, struct slice v)
{
	if (!number_of(v, &st->uptime))
		st->uptime = SYSLOGLINE_NO_UPTIME;
}

static void take_boot(struct syslogline_state *st, struct slice v)
{
	SLICE_COPY(v, st->boot_id);
}

static void take_host(struct syslogline_state *st, struct slice v)
{
	SLICE_COPY(v, st->host);
}

static void take_transport(struct syslogline_state *st, struct slice v)
{
	st->from = from_of(v);
}

static const struct {
	const char *name;
	void (*take)(struct syslogline_state *st, struct slice value);
} fields[] = {
	{ "__REALTIME_TIMESTAMP=", take_realtime },
	{ "__MONOTONIC_TIMESTAMP=", take_monotonic },
	{ "_SOURCE_MONOTONIC_TIMESTAMP=", take_monotonic },
	{ "_BOOT_ID=", take_boot },
	{ "_HOSTNAME=", take_host },
	{ "_TRANSPORT=", take_transport },
};

static void begin_entry(struct syslogline_state *st)
{
	st->time = (struct syslogtime){ 0 };
	st->uptime = SYSLOGLINE_NO_UPTIME;
	st->from = SYSLOGLINE_MAYBE_KERNEL;
	st->boot_id[0] = st->host[0] = '\0';
	st->in_entry = true;
}

static void told(const struct syslogline_state *st, struct syslogline *out)
{
	out->time = st->time;
	out->uptime = st->uptime;
	out->from = st->from;
	out->boot_id = slice_of(st->boot_id);
	out->host = slice_of(st->host);
}

static bool is_field(struct slice s)
{
	size_t n = 0;

	while (n < s.n && n < 64 &&
	       ((s.s[n] >= 'A' && s.s[n] <= 'Z') || s.s[n] == '_' ||
		(n && s.s[n] >= '0' && s.s[n] <= '9')))
		n++;
	return n && n < s.n && s.s[n] == '=';
}

bool syslogline_export(struct syslogline_state *st, struct slice *s, struct syslogline *out)
{
	if (slice_starts(*s, "__CURSOR=") || slice_starts(*s, "__REALTIME_TIMESTAMP=")) {
		if (!st->in_entry || s->s[2] == 'C')
			begin_entry(st);
	}
	if (!st->in_entry)
		return false;
	if (!s->n)
		st->in_entry = false;
	if (!is_field(*s))
		return !s->n;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		struct slice v = *s;

		if (slice_take(&v, fields[i].name))
			fields[i].take(st, v);
	}
	if (slice_take(s, "MESSAGE="))
		told(st, out);
	else
		*s = slice_skip(*s, s->n);
	return true;
}
