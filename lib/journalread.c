/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/journalread.h"
#include "lib/journalsd.h"
#include "lib/le.h"

#define KINDS 8192u  /* offsets whose field is remembered */
#define PENDING 64u  /* messages that no entry has named yet */
#define NAME_LEN 40u /* enough to tell the fields apart */
#define NO_FIELD JOURNAL_FIELDS

static const char *const names[JOURNAL_FIELDS] = {
	[JOURNAL_MESSAGE] = "MESSAGE=",
	[JOURNAL_TRANSPORT] = "_TRANSPORT=",
	[JOURNAL_IDENTIFIER] = "SYSLOG_IDENTIFIER=",
	[JOURNAL_HOSTNAME] = "_HOSTNAME=",
	[JOURNAL_UNIT] = "_SYSTEMD_UNIT=",
	[JOURNAL_ABOUT] = "UNIT=",
	[JOURNAL_KERNEL_TIME] = "_SOURCE_MONOTONIC_TIMESTAMP=",
};

struct kind {
	uint64_t at;
	unsigned field;
	bool heavy;
};

struct journalread {
	struct journalfile *file;
	struct journalsd *sd; /* NULL: the scan is alone */
	uint64_t sd_seqnum;   /* of the entry it stands at */
	struct kind *kinds;
	struct bytes text;
	uint64_t pending[PENDING];
	size_t n;
	uint64_t items; /* that may still be looked at */
	struct journal_entry entry;
	bool waiting, ended; /* entry is read, and to be given; the file is at its end */
};

static unsigned field_of_text(const struct journalread *j)
{
	for (unsigned i = 0; i < JOURNAL_FIELDS; i++) {
		size_t n = strlen(names[i]);

		if (j->text.len >= n && memcmp(j->text.data, names[i], n) == 0)
			return i;
	}
	return NO_FIELD;
}

static void read_kind(struct journalread *j, uint64_t at, struct kind *out)
{
	struct journal_object o;

	*out = (struct kind){ .at = at, .field = NO_FIELD };
	j->text.len = 0;
	if (!journalfile_object(j->file, at, &o) || o.type != JOURNAL_DATA)
		return;
	out->heavy = journalfile_unpacked(j->file, &o) > JOURNAL_HEAVY;
	if (journalfile_payload(j->file, &o, NAME_LEN, &j->text))
		out->field = field_of_text(j);
}

static const struct kind *kind_of(struct journalread *j, uint64_t at)
{
	struct kind *k = &j->kinds[at / 8 % KINDS];

	if (k->at != at)
		read_kind(j, at, k);
	return k;
}

/* --- messages of which no entry is known --- */

static void forget_pending(struct journalread *j, uint64_t at)
{
	for (size_t i = 0; i < j->n; i++) {
		if (j->pending[i] != at)
			continue;
		j->n--;
		memmove(&j->pending[i], &j->pending[i + 1], (j->n - i) * sizeof(*j->pending));
		return;
	}
}

static void give_pending(struct journalread *j, struct journal_entry *e)
{
	*e = (struct journal_entry){ .at = { [JOURNAL_MESSAGE] = j->pending[0] } };
	forget_pending(j, j->pending[0]);
}

/* --- entries --- */

static void hex_of(const unsigned char id[16], char out[33])
{
	for (size_t i = 0; i < 16; i++) {
		out[2 * i] = "0123456789abcdef"[id[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[id[i] & 15];
	}
	out[32] = '\0';
}

static void read_head(struct journalread *j, const struct journal_object *o)
{
	struct journal_entry *e = &j->entry;
	unsigned char b[64] = { 0 };

	journalfile_bytes(j->file, o->at, b, sizeof(b));
	*e = (struct journal_entry){ .known = true, .seqnum = le64_at(b + 16) };
	e->realtime = (int64_t)le64_at(b + 24);
	e->monotonic = (int64_t)le64_at(b + 32);
	hex_of(b + 40, e->boot_id);
}

static void read_entry(struct journalread *j, const struct journal_object *o)
{
	uint64_t at;

	read_head(j, o);
	for (uint64_t i = 0; j->items && (at = journalfile_item(j->file, o, i)); i++, j->items--) {
		const struct kind *k = kind_of(j, at);

		if (k->field == JOURNAL_MESSAGE)
			forget_pending(j, at);
		if (k->field != NO_FIELD && !j->entry.at[k->field])
			j->entry.at[k->field] = at;
		j->entry.heavy |= k->heavy;
	}
	j->waiting = true;
}

static void read_on(struct journalread *j)
{
	struct journal_object o;

	if (!journalfile_step(j->file, &o)) {
		j->ended = true;
		return;
	}
	if (o.type == JOURNAL_ENTRY)
		read_entry(j, &o);
	else if (o.type == JOURNAL_DATA && kind_of(j, o.at)->field == JOURNAL_MESSAGE)
		j->pending[j->n++] = o.at;
}

/* --- libsystemd beside it --- */

static void go_alone(struct journalread *j)
{
	journalsd_close(j->sd);
	j->sd = NULL;
}

static bool is_same(const struct journal_entry *e, const struct journalsd_when *w)
{
	char boot[33];

	hex_of(w->boot, boot);
	return e->realtime == (int64_t)w->realtime && e->monotonic == (int64_t)w->monotonic &&
	       streq(e->boot_id, boot);
}

static void go_along(struct journalread *j, const struct journal_entry *e)
{
	struct journalsd_when w;

	if (!j->sd)
		return;
	j->sd_seqnum = e->seqnum;
	if (journalsd_next(j->sd, &w) < 0 || !is_same(e, &w))
		go_alone(j);
}

bool journalread_next(struct journalread *j, struct journal_entry *e)
{
	for (;;) {
		if (j->n && (j->waiting || j->ended || j->n == PENDING)) {
			give_pending(j, e);
			return true;
		}
		if (j->waiting) {
			*e = j->entry;
			j->waiting = false;
			go_along(j, e);
			return true;
		}
		if (j->ended)
			return false;
		read_on(j);
	}
}

static bool text_of_sd(struct journalread *j, const struct journal_entry *e, enum journal_field f,
		       struct bytes *out)
{
	char name[NAME_LEN];

	if (!j->sd || !e->known || e->heavy || e->seqnum != j->sd_seqnum)
		return false;
	slice_copy((struct slice){ names[f], strlen(names[f]) - 1 }, name, sizeof(name));
	return journalsd_text(j->sd, name, out) == 0 && journalfile_spend(j->file, out->len);
}

static bool text_of_file(struct journalread *j, const struct journal_entry *e, enum journal_field f,
			 struct bytes *out)
{
	struct journal_object o;

	return journalfile_object(j->file, e->at[f], &o) && o.type == JOURNAL_DATA &&
	       journalfile_payload(j->file, &o, JOURNAL_PAYLOAD_MAX, out);
}

bool journalread_text(struct journalread *j, const struct journal_entry *e, enum journal_field f,
		      struct bytes *out)
{
	size_t n = strlen(names[f]);

	out->len = 0;
	if (!e->at[f])
		return false;
	if ((!text_of_sd(j, e, f, out) && !text_of_file(j, e, f, out)) || out->len < n ||
	    memcmp(out->data, names[f], n) != 0) {
		out->len = 0;
		return false;
	}
	out->len -= n;
	memmove(out->data, out->data + n, out->len);
	out->data[out->len] = '\0';
	return true;
}

bool journalread_is(struct journalread *j, const struct journal_entry *e, enum journal_field f,
		    const char *value)
{
	return journalread_text(j, e, f, &j->text) && j->text.len == strlen(value) &&
	       memcmp(j->text.data, value, j->text.len) == 0;
}

struct journalread *journalread_open(const struct journal_source *source)
{
	struct journalread *j = journalread_open_raw(source, 0);

	if (journalfile_is_closed(j->file) &&
	    journalsd_open(source, journalfile_payload_at(j->file), &j->sd) < 0)
		j->sd = NULL;
	return j;
}

const char *journalread_reader(const struct journalread *j)
{
	return j->sd ? "sd-journal" : "raw";
}

struct journalread *journalread_open_raw(const struct journal_source *source, uint64_t from)
{
	struct journalread *j = xcalloc(1, sizeof(*j));

	j->file = journalfile_open(source);
	journalfile_seek(j->file, from);
	j->kinds = xcalloc(KINDS, sizeof(*j->kinds));
	/* No item is shorter; entries that lie in one another cannot have more. */
	j->items = (source->size > from ? source->size - from : 0) / 4;
	return j;
}

void journalread_close(struct journalread *j)
{
	if (!j)
		return;
	journalsd_close(j->sd);
	journalfile_close(j->file);
	bytes_free(&j->text);
	free(j->kinds);
	free(j);
}

uint64_t journalread_lost(const struct journalread *j)
{
	return journalfile_lost(j->file);
}

int journalread_error(const struct journalread *j)
{
	return journalfile_error(j->file);
}

/* --- as lines --- */

static bool add_field(struct journal_lines *l, const struct journal_entry *e, enum journal_field f)
{
	if (!journalread_text(l->j, e, f, &l->text))
		return false;
	/* A newline would begin another field. */
	if (memchr(l->text.data, '\n', l->text.len))
		return false;
	bytes_adds(&l->line, names[f]);
	bytes_add(&l->line, l->text.data, l->text.len);
	bytes_addc(&l->line, '\n');
	return true;
}

/* A message of several lines is as many messages. */
static void add_message(struct journal_lines *l, const struct journal_entry *e)
{
	const char *s, *end;
	size_t n;

	if (!journalread_text(l->j, e, JOURNAL_MESSAGE, &l->text))
		return;
	s = l->text.data;
	n = l->text.len;
	while (n) {
		end = memchr(s, '\n', n);
		bytes_adds(&l->line, names[JOURNAL_MESSAGE]);
		bytes_add(&l->line, s, end ? (size_t)(end - s) : n);
		bytes_addc(&l->line, '\n');
		n = end ? n - (size_t)(end + 1 - s) : 0;
		s = end ? end + 1 : s;
	}
}

static void add_entry(struct journal_lines *l, const struct journal_entry *e)
{
	bytes_adds(&l->line, "__CURSOR=\n");
	if (e->known) {
		bytes_addf(&l->line, "__REALTIME_TIMESTAMP=%lld\n__MONOTONIC_TIMESTAMP=%lld\n",
			   (long long)e->realtime, (long long)e->monotonic);
		bytes_addf(&l->line, "_BOOT_ID=%s\n_TRANSPORT=kernel\n", e->boot_id);
		add_field(l, e, JOURNAL_KERNEL_TIME);
		add_field(l, e, JOURNAL_HOSTNAME);
	}
	add_message(l, e);
	bytes_addc(&l->line, '\n');
}

static ssize_t read_lines(void *arg, void *buf, size_t n)
{
	struct journal_lines *l = arg;
	struct journal_entry e;

	while (l->at == l->line.len) {
		l->at = l->line.len = 0;
		if (!journalread_next(l->j, &e))
			return journalread_error(l->j);
		if (!e.known || journalread_is(l->j, &e, JOURNAL_TRANSPORT, "kernel"))
			add_entry(l, &e);
	}
	if (n > l->line.len - l->at)
		n = l->line.len - l->at;
	memcpy(buf, l->line.data + l->at, n);
	l->at += n;
	return (ssize_t)n;
}

struct syslogread_source journalread_lines(struct journal_lines *l)
{
	return (struct syslogread_source){ read_lines, l };
}
