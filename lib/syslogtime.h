/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dates that stand before the lines of logs, taken off the front of a slice.
 *
 * Times are microseconds since 1970 of the clock as it was written, as if it stood in UTC: a
 * syslog line does not say its zone. Where the zone is written, offset tells how far that clock is
 * ahead of UTC.
 *
 * A date without a year is put into the last year in which it is not after the reference, the time
 * the file was last written to (or 14 hours later, as zones go).
 *
 * Sources: RFC 3164, RFC 5424, RFC 3339, dmesg(1), journalctl(1) of --output, strftime(3) %b of the
 * locales of glibc.
 */
#ifndef BOOTMEND_SYSLOGTIME_H
#define BOOTMEND_SYSLOGTIME_H

#include "lib/slice.h"

#define SYSLOGTIME_LOCAL INT32_MIN /* the zone is not written */
#define SYSLOGTIME_SECOND INT64_C(1000000)
#define SYSLOGTIME_DAY (INT64_C(86400) * SYSLOGTIME_SECOND)

struct syslogtime {
	int64_t us;
	int32_t offset; /* seconds; SYSLOGTIME_LOCAL */
	bool known, year_assumed;
};

/* "2025-04-01T14:13:32.123456+08:00", a blank for the T, a comma for the point, zone or none. */
bool syslogtime_take_iso(struct slice *s, struct syslogtime *t);
/* "Apr  1 14:13:32", with fractions or a year behind the day or without. */
bool syslogtime_take_syslog(struct slice *s, int64_t reference, struct syslogtime *t);
/* "1743516812.123456 ": seconds since 1970, the blank stays. */
bool syslogtime_take_epoch(struct slice *s, struct syslogtime *t);
/*
 * All of "Tue Apr  1 14:13:32 2025", in any language; true for whatever has a clock in it, but
 * known only when the month could be read.
 */
bool syslogtime_words(struct slice s, struct syslogtime *t);

/* The same instant's clock in UTC where the zone is known, else as written: what can be compared.
 */
int64_t syslogtime_order(const struct syslogtime *t);
/* "2025-04-01 14:13:32", with the zone when it is known. */
#define SYSLOGTIME_TEXT 40
void syslogtime_format(const struct syslogtime *t, char buf[SYSLOGTIME_TEXT]);

#endif
