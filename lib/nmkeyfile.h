/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NetworkManager's keyfiles (system-connections), and its own settings as far as they say which
 * interfaces it takes care of.
 *
 *	nmkeyfile_read(scan, &conf)
 *	if (nmkeyfile_makes_default(scan)) …	an interface nobody configured gets DHCP by itself
 *
 * Sources: nm-settings-keyfile(5), NetworkManager.conf(5) (no-auto-default); NetworkManager
 * src/core/settings/plugins/keyfile (which names are ignored; owner and mode a file must have).
 */
#ifndef BOOTMEND_NMKEYFILE_H
#define BOOTMEND_NMKEYFILE_H

#include "lib/netconf.h"

#define NMKEYFILE_DIR "/etc/NetworkManager/system-connections"
#define NMKEYFILE_FILES_MAX 512u

void nmkeyfile_read(struct scan *s, struct netconf *c);
bool nmkeyfile_makes_default(struct scan *s);

#endif
