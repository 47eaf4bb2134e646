/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index files of kmod (modules.dep.bin, modules.alias.bin): what modprobe reads in place of the
 * texts of the same names. A file is a trie: keys of 7-bit characters, each with texts.
 *
 *	modindex_is_sound(data, len)	it is one, as far as its head tells
 *	modindex_make(entries, n, &out)	for modules.dep.bin: "ext4" has "kernel/fs/ext4.ko: …"
 *
 * Sources: kmod libkmod/libkmod-index.c, tools/depmod.c (index_write()).
 */
#ifndef BOOTMEND_MODINDEX_H
#define BOOTMEND_MODINDEX_H

#include "lib/util.h"

struct modindex_entry {
	const char *key;
	const char *text;
};

bool modindex_is_sound(const void *data, size_t len);
/*
 * Sorted by key, each once; out is added to and must be empty. -EINVAL: they are not, or a key is
 * empty or has other characters; -EFBIG: it gets too large for the format.
 */
int modindex_make(const struct modindex_entry *e, size_t n, struct bytes *out);

#endif
