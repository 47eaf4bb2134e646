/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the patient takes /etc/nologin away when it boots. Where it does the file keeps nobody
 * out for long; elsewhere everybody but root stays out for good.
 *
 *	if (!nologin_goes(scan) && root_is_file(scan->root, NOLOGIN_PATH)) …
 *
 * Sources: nologin(5), pam_nologin(8); systemd src/user-sessions/user-sessions.c: it removed
 * /run/nologin and /etc/nologin, since 254 (and where vendors took that change back to older ones)
 * only the first, so its own program is asked; Debian's old /etc/init.d/rmnologin.
 */
#ifndef BOOTMEND_NOLOGIN_H
#define BOOTMEND_NOLOGIN_H

#include "lib/check.h"

#define NOLOGIN_PATH "/etc/nologin"

bool nologin_goes(struct scan *s);

#endif
