/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdio.h>

#include "lib/syslogtime.h"

/* The reference is in UTC, the clock of the log may be ahead of that. */
#define SLACK (14 * 3600 * SYSLOGTIME_SECOND)

struct date {
	int year, month, day; /* 0: not said */
	int64_t clock;	      /* microseconds of the day */
};

/* How a month's short name begins in the languages that machines are set to, in small letters. */
static const char *const months[12] = {
	"jan ene gen sty янв oca",
	"feb fev fév lut фев şub",
	"mar mär mrt мар",
	"apr abr avr kwi апр nis",
	"mai may mag mei maj май мая",
	"jun juin giu cze июн haz",
	"jul juil lug lip июл tem",
	"aug ago aoû sie авг ağu",
	"sep set wrz сен eyl",
	"oct okt out ott paź окт eki",
	"nov noi lis ноя kas",
	"dec dez des dic déc gru дек ara",
};

/* --- the calendar --- */

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
static int64_t days_of(int64_t year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1, era = y / 400, yoe = y % 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void date_of(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

static int days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static int64_t instant(const struct date *d)
{
	return days_of(d->year, d->month, d->day) * SYSLOGTIME_DAY + d->clock;
}

/* The last year in which this date is not after the reference; the 29th of February needs its own.
 */
static void assume_year(struct date *d, int64_t reference)
{
	int month, day;

	date_of(reference / SYSLOGTIME_DAY, &d->year, &month, &day);
	for (int i = 0; i < 9; i++, d->year--) {
		if (d->day <= days_in(d->year, d->month) && instant(d) <= reference + SLACK)
			return;
	}
}

/* --- parts of dates --- */

static bool take_number(struct slice *s, size_t min, size_t max, int *out)
{
	size_t n = 0;
	int v = 0;

	while (n < s->n && n < max && isdigit((unsigned char)s->s[n]))
		v = v * 10 + (s->s[n++] - '0');
	if (n < min || (n < s->n && isdigit((unsigned char)s->s[n])))
		return false;
	*s = slice_skip(*s, n);
	*out = v;
	return true;
}

static int64_t take_fraction(struct slice *s)
{
	int64_t us = 0, unit = SYSLOGTIME_SECOND / 10;
	size_t n = 1;

	if (s->n < 2 || (s->s[0] != '.' && s->s[0] != ',') || !isdigit((unsigned char)s->s[1]))
		return 0;
	for (; n < s->n && isdigit((unsigned char)s->s[n]); n++, unit /= 10)
		us += (s->s[n] - '0') * unit;
	*s = slice_skip(*s, n);
	return us;
}

/* "14:13:32" and fractions. */
static bool take_clock(struct slice *s, int64_t *out)
{
	struct slice r = *s;
	int h, m, sec;

	if (!take_number(&r, 1, 2, &h) || !slice_take_char(&r, ':') || !take_number(&r, 2, 2, &m) ||
	    !slice_take_char(&r, ':') || !take_number(&r, 2, 2, &sec) || h > 23 || m > 59 ||
	    sec > 60)
		return false;
	*out = (h * 3600 + m * 60 + sec) * SYSLOGTIME_SECOND + take_fraction(&r);
	*s = r;
	return true;
}

/* "Z", "+08:00", "+0800"; what is none is left. */
static int32_t take_zone(struct slice *s)
{
	struct slice r = *s;
	int h, m, sign = r.n && r.s[0] == '-' ? -1 : 1;

	if (slice_take_char(s, 'Z'))
		return 0;
	if (!slice_take_char(&r, '+') && !slice_take_char(&r, '-'))
		return SYSLOGTIME_LOCAL;
	if (r.n >= 4 && isdigit((unsigned char)r.s[2])) {
		struct slice hours = { r.s, 2 };

		if (!take_number(&hours, 2, 2, &h))
			return SYSLOGTIME_LOCAL;
		r = slice_skip(r, 2);
	} else if (!take_number(&r, 2, 2, &h) || !slice_take_char(&r, ':')) {
		return SYSLOGTIME_LOCAL;
	}
	if (!take_number(&r, 2, 2, &m) || h > 15 || m > 59)
		return SYSLOGTIME_LOCAL;
	*s = r;
	return sign * (h * 3600 + m * 60);
}

static bool begins(struct slice word, const char *stem, size_t n)
{
	if (word.n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (tolower((unsigned char)word.s[i]) != (unsigned char)stem[i])
			return false;
	}
	return true;
}

/* "1月", "1월": the number of the month itself. */
static int numbered_month(struct slice word)
{
	int n;

	if (!take_number(&word, 1, 2, &n) || n < 1 || n > 12)
		return 0;
	return slice_is(word, "月") || slice_is(word, "월") ? n : 0;
}

/* Nearly every log is English. */
static int english_month(struct slice word)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int m = 0; word.n == 3 && m < 12; m++) {
		if (memcmp(word.s, names + 3 * (size_t)m, 3) == 0)
			return m + 1;
	}
	return 0;
}

/* 1..12, or 0. */
static int month_of(struct slice word)
{
	if (english_month(word))
		return english_month(word);
	for (int m = 0; m < 12; m++) {
		const char *stem = months[m];

		while (*stem) {
			size_t n = strcspn(stem, " ");

			if (begins(word, stem, n))
				return m + 1;
			stem += n + (stem[n] == ' ');
		}
	}
	return numbered_month(word);
}

static bool possible(const struct date *d)
{
	int year = d->year ? d->year : 2000; /* a leap year */

	return d->month >= 1 && d->month <= 12 && d->day >= 1 && year >= 1970 && year <= 9999 &&
	       d->day <= days_in(year, d->month);
}

static void settle(struct date *d, int64_t reference, struct syslogtime *t)
{
	t->known = true;
	t->offset = SYSLOGTIME_LOCAL;
	t->year_assumed = !d->year;
	if (!d->year)
		assume_year(d, reference);
	t->us = instant(d);
}

/* --- whole dates --- */

bool syslogtime_take_iso(struct slice *s, struct syslogtime *t)
{
	struct slice r = *s;
	struct date d = { 0 };

	if (!take_number(&r, 4, 4, &d.year) || !slice_take_char(&r, '-') ||
	    !take_number(&r, 2, 2, &d.month) || !slice_take_char(&r, '-') ||
	    !take_number(&r, 2, 2, &d.day) || !possible(&d) ||
	    (!slice_take_char(&r, 'T') && !slice_take_char(&r, ' ')) || !take_clock(&r, &d.clock))
		return false;
	settle(&d, 0, t);
	t->offset = take_zone(&r);
	*s = r;
	return true;
}

bool syslogtime_take_syslog(struct slice *s, int64_t reference, struct syslogtime *t)
{
	struct slice r = *s, word, r2;
	struct date d = { 0 };

	if (!slice_take_word(&r, &word) || word.n > 16)
		return false;
	slice_skip_blanks(&r);
	if (!take_number(&r, 1, 2, &d.day) || !slice_take_char(&r, ' '))
		return false;
	r2 = r;
	if (!take_number(&r2, 4, 4, &d.year) || !slice_take_char(&r2, ' '))
		d.year = 0;
	else
		r = r2;
	if (!take_clock(&r, &d.clock))
		return false;
	d.month = month_of(word);
	if (!possible(&d))
		return false;
	settle(&d, reference, t);
	*s = r;
	return true;
}

bool syslogtime_take_epoch(struct slice *s, struct syslogtime *t)
{
	struct slice r = *s;
	uint64_t seconds;
	int64_t us;

	/* 2001 to 2096: other ten-digit numbers begin lines too, but seldom. */
	if (!slice_take_u64(&r, &seconds) || s->n - r.n != 10 || seconds > 4000000000u)
		return false;
	us = take_fraction(&r);
	if (!r.n || (r.s[0] != ' ' && r.s[0] != ']'))
		return false;
	*t = (struct syslogtime){ .us = (int64_t)seconds * SYSLOGTIME_SECOND + us, .known = true };
	*s = r;
	return true;
}

/* In every language %a %b %e %T %Y are in this order: the month is what stands before the day. */
bool syslogtime_words(struct slice s, struct syslogtime *t)
{
	struct slice word, last = { 0 };
	struct date d = { .clock = -1 };

	for (slice_skip_blanks(&s); slice_take_word(&s, &word); slice_skip_blanks(&s)) {
		struct slice w = word;
		int number;

		if (take_clock(&w, &d.clock) && !w.n)
			;
		else if (w = word, take_number(&w, 4, 4, &number) && !w.n)
			d.year = number;
		else if (w = word, take_number(&w, 1, 2, &number) && w.n <= 3 && !d.day &&
					   !numbered_month(word)) {
			d.day = number;
			d.month = month_of(last);
		}
		last = word;
	}
	if (d.clock < 0)
		return false;
	*t = (struct syslogtime){ 0 };
	if (d.year && possible(&d))
		settle(&d, 0, t);
	return true;
}

int64_t syslogtime_order(const struct syslogtime *t)
{
	return t->offset == SYSLOGTIME_LOCAL ? t->us : t->us - t->offset * SYSLOGTIME_SECOND;
}

void syslogtime_format(const struct syslogtime *t, char buf[SYSLOGTIME_TEXT])
{
	int64_t days = t->us / SYSLOGTIME_DAY, rest = t->us % SYSLOGTIME_DAY;
	int year, month, day, s, zone;
	size_t n;

	if (rest < 0) {
		rest += SYSLOGTIME_DAY;
		days--;
	}
	s = (int)(rest / SYSLOGTIME_SECOND);
	date_of(days, &year, &month, &day);
	snprintf(buf, SYSLOGTIME_TEXT, "%04d-%02d-%02d %02d:%02d:%02d", year, month, day, s / 3600,
		 s / 60 % 60, s % 60);
	n = strlen(buf);
	if (t->offset == SYSLOGTIME_LOCAL)
		return;
	zone = (t->offset < 0 ? -t->offset : t->offset) / 60;
	if (t->offset == 0)
		snprintf(buf + n, SYSLOGTIME_TEXT - n, "Z");
	else
		snprintf(buf + n, SYSLOGTIME_TEXT - n, "%c%02d:%02d", t->offset < 0 ? '-' : '+',
			 zone / 60 % 100, zone % 60);
}
