/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "lib/io.h"
#include "lib/journalsd.h"
#include "lib/le.h"

#ifdef BOOTMEND_SDJOURNAL

#include <fcntl.h>
#include <stdlib.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#define PART (1u << 20)
#define HEAVY_BYTES 80u /* of an object, that tell how large it is unpacked */

struct journalsd {
	sd_journal *j;
	int fd;
};

/*
 * A payload that says it unpacks to more: libsystemd makes room for all of it, at any threshold.
 * What lies where no object is may look like one, which costs no more than libsystemd's help.
 */
static bool has_heavy(const unsigned char *p, size_t n, size_t payload)
{
	static const unsigned char lz4[8] = { JOURNAL_DATA, JOURNAL_LZ4 };

	for (size_t i = 0; i + HEAVY_BYTES <= n; i += 8) {
		if (memcmp(p + i, lz4, sizeof(lz4)) == 0 &&
		    le64_at(p + i + payload) > JOURNAL_HEAVY)
			return true;
	}
	return false;
}

/* All of it, or an error: what could not be read would look like a hole. */
static int copy_to(int fd, const struct journal_source *source, size_t payload)
{
	_cleanup_free_ unsigned char *part = xmalloc(PART);

	for (uint64_t at = 0; at < source->size;) {
		size_t n = source->size - at < PART ? (size_t)(source->size - at) : PART;
		size_t got = 0;
		int e = source->pread(source->arg, at, part, n, &got);

		if (e < 0 || !got)
			return e < 0 ? e : -EIO;
		if (has_heavy(part, got, payload))
			return -EFBIG;
		/* The head of an object may lie across two parts. */
		if (got > HEAVY_BYTES && at + got < source->size)
			got = (got - HEAVY_BYTES) / 8 * 8 + 8;
		e = io_write_all(fd, part, got);
		if (e < 0)
			return e;
		at += got;
	}
	return 0;
}

/* libsystemd takes no file without a name: it has one until it is open. */
static int make_copy(struct journalsd *s, const struct journal_source *source, size_t payload,
		     const char *dir)
{
	_cleanup_free_ char *name = xasprintf("%s/bootmend-journal-XXXXXX", dir);
	int fds[1], e;

	s->fd = mkostemp(name, O_CLOEXEC);
	if (s->fd < 0)
		return -errno;
	fds[0] = s->fd;
	e = copy_to(s->fd, source, payload);
	if (e == 0)
		e = sd_journal_open_files_fd(&s->j, fds, 1, 0);
	unlink(name);
	return e;
}

static int open_copy(struct journalsd *s, const struct journal_source *source, size_t payload)
{
	int e = make_copy(s, source, payload, "/dev/shm");

	if (s->fd < 0)
		e = make_copy(s, source, payload, "/tmp");
	if (e < 0)
		return e;
	/* 0 would be no bound at all. */
	e = sd_journal_set_data_threshold(s->j, JOURNAL_PAYLOAD_MAX);
	return e < 0 ? e : sd_journal_seek_head(s->j);
}

int journalsd_open(const struct journal_source *source, size_t payload, struct journalsd **out)
{
	struct journalsd *s;
	int e;

	if (source->size > JOURNALSD_MAX)
		return -EFBIG;
	s = xcalloc(1, sizeof(*s));
	e = open_copy(s, source, payload);
	if (e < 0) {
		journalsd_close(s);
		return e;
	}
	*out = s;
	return 0;
}

void journalsd_close(struct journalsd *s)
{
	if (!s)
		return;
	sd_journal_close(s->j);
	if (s->fd >= 0)
		close(s->fd);
	free(s);
}

int journalsd_next(struct journalsd *s, struct journalsd_when *out)
{
	struct journalsd_when w;
	sd_id128_t boot;
	int e = sd_journal_next(s->j);

	if (e <= 0)
		return e < 0 ? e : -ENODATA;
	e = sd_journal_get_realtime_usec(s->j, &w.realtime);
	if (e >= 0)
		e = sd_journal_get_monotonic_usec(s->j, &w.monotonic, &boot);
	if (e < 0)
		return e;
	memcpy(w.boot, boot.bytes, sizeof(w.boot));
	*out = w;
	return 0;
}

int journalsd_text(struct journalsd *s, const char *name, struct bytes *out)
{
	const void *data;
	size_t n;
	int e = sd_journal_get_data(s->j, name, &data, &n);

	if (e < 0)
		return e;
	out->len = 0;
	bytes_add(out, data, n < JOURNAL_PAYLOAD_MAX ? n : JOURNAL_PAYLOAD_MAX);
	return 0;
}

#else

int journalsd_open(const struct journal_source *source UNUSED, size_t payload UNUSED,
		   struct journalsd **out UNUSED)
{
	return -EOPNOTSUPP;
}

void journalsd_close(struct journalsd *s UNUSED)
{
}

int journalsd_next(struct journalsd *s UNUSED, struct journalsd_when *out UNUSED)
{
	return -EOPNOTSUPP;
}

int journalsd_text(struct journalsd *s UNUSED, const char *name UNUSED, struct bytes *out UNUSED)
{
	return -EOPNOTSUPP;
}

#endif
