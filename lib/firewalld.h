/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * firewalld's default zone: whether it lets TCP to a port in.
 *
 *	firewalld_read(scan, 22, &f);
 *
 * Where another zone may be the one that counts, or a rule is more than a service or a port, the
 * answer is that it may let it in.
 *
 * Source: firewalld.conf(5), firewalld.zone(5), firewalld.service(5).
 */
#ifndef BOOTMEND_FIREWALLD_H
#define BOOTMEND_FIREWALLD_H

#include "lib/check.h"

struct firewalld {
	const char *zone;	 /* its name */
	const struct text *text; /* its file; NULL: it cannot be read, and lets_in is true */
	bool lets_in;
	size_t end; /* the line of </zone>; 0: not on a line of its own */
};

void firewalld_read(struct scan *s, uint16_t port, struct firewalld *out);

#endif
