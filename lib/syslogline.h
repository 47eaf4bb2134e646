/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of a log, freed of what syslog, dmesg, the journal and containers put in front of it.
 *
 *	struct syslogline_state st = { .reference = … };	for each file
 *	syslogline_read(&st, line, len, &out)			for each line, in order
 *	syslogline_state_free(&st)
 *
 * Prefixes may follow each other in any order ("<4>", a date, a host, "kernel:", "[  6.888109]",
 * "[ T123]"); what is no known prefix begins the text. All slices point into the line or into the
 * state, until the next line is read.
 *
 * Sources: RFC 3164, RFC 5424, dmesg(1), the kernel's Documentation/ABI/testing/dev-kmsg,
 * CONFIG_PRINTK_CALLER (kernel/printk/printk.c), journalctl(1) --output, the Journal Export Format
 * of systemd, the log formats of Docker (json-file) and of the Container Runtime Interface.
 */
#ifndef BOOTMEND_SYSLOGLINE_H
#define BOOTMEND_SYSLOGLINE_H

#include "lib/syslogtime.h"

#define SYSLOGLINE_NO_UPTIME INT64_MIN

/* Whose words they are. */
enum syslogline_from {
	SYSLOGLINE_MAYBE_KERNEL, /* it does not say */
	SYSLOGLINE_KERNEL,
	SYSLOGLINE_PROGRAM,
};

struct syslogline {
	struct slice text;
	struct syslogtime time;
	int64_t uptime; /* microseconds since the boot; SYSLOGLINE_NO_UPTIME */
	enum syslogline_from from;
	struct slice host, caller, boot_id; /* n = 0: not said */
};

struct syslogline_state {
	int64_t reference;   /* as in syslogtime.h */
	struct bytes plain;  /* the line without colours */
	struct bytes member; /* the message of a JSON line */
	/* Journal export: what the entry has said so far. */
	struct syslogtime time;
	int64_t uptime;
	enum syslogline_from from;
	char boot_id[40], host[72];
	bool in_entry;
};

void syslogline_read(struct syslogline_state *st, const char *line, size_t len,
		     struct syslogline *out);
void syslogline_state_free(struct syslogline_state *st);

/*
 * rsyslog writes a newline inside a message as "#012": the parts, one at a time. False at the end.
 * Begin with part.s = NULL.
 */
bool syslogline_part(struct slice text, struct slice *part);

#endif
