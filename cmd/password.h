/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hash that --password-file asks for. */
#ifndef BOOTMEND_PASSWORD_H
#define BOOTMEND_PASSWORD_H

#include "lib/arena.h"
#include "lib/trouble.h"

/*
 * The first line of a file of this machine: a crypt(5) hash as it is, or a password, hashed with
 * SHA-512 ($6$, which every glibc since 2.7 and musl read). NULL and the reason on failure.
 */
const char *password_hash(const char *file, struct arena *a, struct trouble *t);

#endif
