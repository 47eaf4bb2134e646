/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The passphrases of encrypted partitions, asked for on the terminal, each once: a scan, its repair
 * and the look afterwards all open the disk anew.
 *
 *	passphrase_options()	for session_options.layers
 */
#ifndef BOOTMEND_PASSPHRASE_H
#define BOOTMEND_PASSPHRASE_H

#include "lib/layers.h"

/*
 * key_file: of --key-file, or NULL: then a person is asked, where standard input is a terminal.
 * false: it cannot be read, which was complained about.
 */
bool passphrase_options(struct arena *a, const char *key_file, struct layers_options *out);

#endif
