/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether a service is started at boot, by the links that say so. Nothing is evaluated: conditions,
 * generators and presets are not followed.
 *
 *	unitenabled(scan, "networking")		of whatever init the patient has
 *
 * Sources: systemd.unit(5) (load path, .wants and .requires, masking); systemd-sysv-generator(8);
 * init(5) of upstart; rc-update(8) of OpenRC; update-rc.d(8), chkconfig(8).
 */
#ifndef BOOTMEND_UNITENABLED_H
#define BOOTMEND_UNITENABLED_H

#include "lib/check.h"

enum unitenabled_state {
	UNITENABLED_ABSENT,   /* there is no such unit, script or job */
	UNITENABLED_DISABLED, /* it is there and nothing starts it */
	UNITENABLED_MASKED,   /* by a link to /dev/null or an empty file */
	UNITENABLED_ON,
};

/* name without ".service"; other kinds of units with their ending: "ssh.socket". */
enum unitenabled_state unitenabled(struct scan *s, const char *name);
/* The unit file that systemd reads, links followed; NULL: none, or masked. */
const char *unitenabled_file(struct scan *s, const char *name);

#endif
