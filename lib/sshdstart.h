/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the patient's sshd is started at boot, and by what: a unit or socket of systemd, a start
 * script or a job of older inits.
 *
 *	sshdstart_find(scan, &start);
 *	if (start.state == SSHDSTART_KEPT)
 *		… start.by is the file that keeps it from being started
 *
 * A link in a .wants directory asks for the unit of its name, wherever the link leads; only where
 * systemd then finds no such unit it asks in vain. Texts live in the arena.
 *
 * Sources: systemd.unit(5), systemd.socket(5) (Service=, Accept=); the start scripts and units of
 * Debian (sshd_not_to_be_run), RHEL, SUSE (sshd), Alpine (sshd); inetd.conf(5), xinetd.conf(5).
 */
#ifndef BOOTMEND_SSHDSTART_H
#define BOOTMEND_SSHDSTART_H

#include "lib/check.h"

enum sshdstart_state {
	SSHDSTART_UNKNOWN, /* what would start it is not known */
	SSHDSTART_ON,
	SSHDSTART_OFF,	/* a unit, script or job could, and nothing asks for it */
	SSHDSTART_KEPT, /* asked for, but the file 'by' keeps it from being started */
	SSHDSTART_LOST, /* asked for, but the unit 'by' is masked or not there */
};

struct sshdstart {
	enum sshdstart_state state;
	const char *by; /* the unit, script or file that decides; NULL: none */
};

void sshdstart_find(struct scan *s, struct sshdstart *out);
/* Another server that takes its place is started: dropbear, whose settings are elsewhere. */
bool sshdstart_has_other(struct scan *s);

#endif
