/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of any network tool say of one interface, in one shape; and the small parsers of
 * addresses they share.
 *
 *	struct netconf c = { 0 };
 *	ifupdown_read(scan, &c); ifcfg_read(scan, &c); …	each adds to c
 *
 * Everything lives in the scan's arena. At most NETCONF_IFACES_MAX interfaces and as many bad lines
 * are kept; what is beyond sets wild.
 */
#ifndef BOOTMEND_NETCONF_H
#define BOOTMEND_NETCONF_H

#include "lib/check.h"

#define NETCONF_IFACES_MAX 4096u
#define NETCONF_ADDRS_MAX 16u
#define NETCONF_PREFIX_UNKNOWN 33u

enum netconf_kind {
	NETCONF_IFUPDOWN,
	NETCONF_IFCFG,	/* /etc/sysconfig/network-scripts, of RHEL and its kin */
	NETCONF_WICKED, /* /etc/sysconfig/network, of SUSE */
	NETCONF_NETPLAN,
	NETCONF_NETWORKD,
	NETCONF_NM, /* keyfiles of NetworkManager */
	NETCONF_KINDS,
};

enum netconf_start { NETCONF_AT_BOOT, NETCONF_NEVER };

/* A value and the line it stands in; line 0: nowhere. */
struct netconf_word {
	const char *s;
	size_t line;
};

struct netconf_addr {
	uint32_t ip; /* host byte order */
	unsigned prefix;
};

struct netconf_iface {
	enum netconf_kind kind;
	const struct text *text;
	size_t line;	  /* where it begins; 0: the whole file */
	const char *id;	  /* of netplan's definition or of the keyfile; or NULL */
	const char *name; /* "eth0", a pattern, or NULL: not named */
	enum netconf_start start;
	size_t start_line; /* what says so; 0: the default does */
	bool hotplug;	   /* udev is told to start it, too */
	bool lower;	   /* loopback, or a part of a bridge, bond or team */
	bool dhcp;
	bool has_address; /* it gets one: static, by DHCP or otherwise */
	bool onlink;	  /* the gateway may lie outside, or routes are set by other means */
	bool no_nm;	  /* NM_CONTROLLED=no */
	struct netconf_addr addr[NETCONF_ADDRS_MAX]; /* IPv4 */
	size_t addrs;
	struct netconf_word mac; /* it is for this hardware address only; as netconf_mac() has it */
	struct netconf_word mtu, gateway;
	struct netconf_word renderer; /* netplan */
	struct netconf_word zone;     /* firewalld's */
};

/* What its tool cannot read, or refuses. */
struct netconf_bad {
	enum netconf_kind kind;
	const struct text *text;
	size_t line; /* 0: the whole file */
	const char *what;
	bool mode; /* the file's mode or owner is what is refused */
};

struct netconf {
	struct netconf_iface *iface;
	size_t n, cap;
	struct netconf_bad *bad;
	size_t bads, bad_cap;
	bool wild; /* more may be configured than could be followed */
};

/* A new one, all zero but these; NULL when there are too many. Valid until the next call. */
struct netconf_iface *netconf_add(struct scan *s, struct netconf *c, enum netconf_kind kind,
				  const struct text *t, size_t line);
struct netconf_bad *netconf_add_bad(struct scan *s, struct netconf *c, enum netconf_kind kind,
				    const struct text *t, size_t line, const char *fmt, ...)
	PRINTF(6, 7);

/* A regular file's text; NULL when there is none. One that cannot be read makes c wild. */
const struct text *netconf_text(struct scan *s, struct netconf *c, const char *path);
/* The names in a directory of such files. */
const char *const *netconf_dir(struct scan *s, struct netconf *c, const char *dir);

/* "00:16:3E:01:02:03", also with dashes: in small letters with colons; NULL: none of 6 bytes. */
const char *netconf_mac(struct arena *a, const char *s);
/* "192.0.2.1" or "192.0.2.1/24". */
bool netconf_ipv4(const char *s, struct netconf_addr *out);
/* "255.255.255.0" or "24". */
bool netconf_mask(const char *s, unsigned *prefix);
void netconf_take_addr(struct netconf_iface *i, const char *s);
/* ip is in the subnet of one of its addresses, or that is not known. */
bool netconf_holds(const struct netconf_iface *i, uint32_t ip);

#endif
