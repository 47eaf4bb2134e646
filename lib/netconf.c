/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <ctype.h>

#include "lib/netconf.h"

struct netconf_iface *netconf_add(struct scan *s, struct netconf *c, enum netconf_kind kind,
				  const struct text *t, size_t line)
{
	struct netconf_iface *i;

	if (c->n == NETCONF_IFACES_MAX) {
		c->wild = true;
		return NULL;
	}
	ARENA_GROW(s->arena, c->iface, c->n, c->cap);
	i = &c->iface[c->n++];
	*i = (struct netconf_iface){ .kind = kind, .text = t, .line = line };
	return i;
}

struct netconf_bad *netconf_add_bad(struct scan *s, struct netconf *c, enum netconf_kind kind,
				    const struct text *t, size_t line, const char *fmt, ...)
{
	struct netconf_bad *b;
	va_list ap;

	if (c->bads == NETCONF_IFACES_MAX)
		return arena_new_struct(s->arena, struct netconf_bad);
	ARENA_GROW(s->arena, c->bad, c->bads, c->bad_cap);
	b = &c->bad[c->bads++];
	*b = (struct netconf_bad){ .kind = kind, .text = t, .line = line };
	va_start(ap, fmt);
	b->what = arena_vprintf(s->arena, fmt, ap);
	va_end(ap);
	return b;
}

const struct text *netconf_text(struct scan *s, struct netconf *c, const char *path)
{
	const struct text *t = NULL;
	int err = root_is_file(s->root, path) ? scan_read(s, path, &t) : 0;

	c->wild |= err < 0 && !root_is_absent(err);
	return t;
}

static int stop(void *arg UNUSED, const struct root_entry *e UNUSED)
{
	return 1;
}

const char *const *netconf_dir(struct scan *s, struct netconf *c, const char *dir)
{
	int err = root_list(s->root, dir, stop, NULL);

	c->wild |= err < 0 && !root_is_absent(err);
	return scan_dir(s, dir);
}

const char *netconf_mac(struct arena *a, const char *s)
{
	char out[18];
	size_t n = 0;

	for (; n < 17 && s[n]; n++) {
		if (n % 3 == 2 ? s[n] != ':' && s[n] != '-' : !isxdigit((unsigned char)s[n]))
			return NULL;
		out[n] = n % 3 == 2 ? ':' : (char)tolower((unsigned char)s[n]);
	}
	if (n != 17 || s[n])
		return NULL;
	out[n] = '\0';
	return arena_strdup(a, out);
}

static bool small_number(const char *s, unsigned max, unsigned *out)
{
	uint64_t n;

	if (!parse_u64(s, &n) || n > max)
		return false;
	*out = (unsigned)n;
	return true;
}

bool netconf_ipv4(const char *s, struct netconf_addr *out)
{
	struct netconf_addr addr = { .prefix = NETCONF_PREFIX_UNKNOWN };
	const char *slash = strchr(s, '/');
	size_t n = slash ? (size_t)(slash - s) : strlen(s);
	char buf[INET_ADDRSTRLEN];
	struct in_addr in;

	if (n >= sizeof(buf))
		return false;
	memcpy(buf, s, n);
	buf[n] = '\0';
	if (inet_pton(AF_INET, buf, &in) != 1)
		return false;
	if (slash && !netconf_mask(slash + 1, &addr.prefix))
		return false;
	addr.ip = ntohl(in.s_addr);
	*out = addr;
	return true;
}

bool netconf_mask(const char *s, unsigned *prefix)
{
	struct in_addr in;
	uint32_t mask;

	if (small_number(s, 32, prefix))
		return true;
	if (inet_pton(AF_INET, s, &in) != 1)
		return false;
	mask = ntohl(in.s_addr);
	if (~mask & (~mask + 1))
		return false;
	*prefix = (unsigned)__builtin_popcount(mask);
	return true;
}

void netconf_take_addr(struct netconf_iface *i, const char *s)
{
	i->has_address = true;
	/* Addresses of IPv6 and odd ones count as one whose subnet is not known. */
	if (i->addrs < NETCONF_ADDRS_MAX && netconf_ipv4(s, &i->addr[i->addrs]))
		i->addrs++;
}

bool netconf_holds(const struct netconf_iface *i, uint32_t ip)
{
	for (size_t k = 0; k < i->addrs; k++) {
		const struct netconf_addr *a = &i->addr[k];

		/* On a network of one address, or of all, anything goes. */
		if (a->prefix == 0 || a->prefix >= 31)
			return true;
		if (((a->ip ^ ip) >> (32 - a->prefix)) == 0)
			return true;
	}
	return i->addrs == 0;
}
