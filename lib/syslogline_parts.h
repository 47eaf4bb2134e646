/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of syslogline: lines that are records, of JSON or of the journal's export. */
#ifndef BOOTMEND_SYSLOGLINE_PARTS_H
#define BOOTMEND_SYSLOGLINE_PARTS_H

#include "lib/syslogline.h"

/* The message of a JSON record, s then; false when it is none. */
bool syslogline_json(struct syslogline_state *st, struct slice *s, struct syslogline *out);
/* A line of the journal's export; its text is empty unless it is the message. */
bool syslogline_export(struct syslogline_state *st, struct slice *s, struct syslogline *out);

#endif
