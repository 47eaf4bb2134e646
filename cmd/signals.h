/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A repair that is interrupted would be survived (that is what its journal is for), but Ctrl-C need
 * not happen in the middle of one.
 *
 *	signals_hold(&old)	INT, TERM and HUP wait from here on
 *	signals_release(&old)	and are delivered now
 */
#ifndef BOOTMEND_SIGNALS_H
#define BOOTMEND_SIGNALS_H

#include <signal.h>

void signals_hold(sigset_t *old);
void signals_release(const sigset_t *old);

#endif
