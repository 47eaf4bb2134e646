/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The version of the patient's systemd: of its shared library's name (since 231), else of the words
 * in PID 1's own program.
 */
#ifndef BOOTMEND_SYSTEMDVERSION_H
#define BOOTMEND_SYSTEMDVERSION_H

#include "lib/check.h"

/* 219, 252, …; 0: not known. Looked for once per scan. */
unsigned systemdversion(struct scan *s);

#endif
