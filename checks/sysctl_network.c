/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings that drop or refuse connections. */
#include "checks/sysctl_parts.h"
#include "lib/version.h"

/* The key is gone since Linux 4.12. */
static bool recycle_bad(struct sysctl *c, const char *value)
{
	const struct kernels *ks = &c->scan->facts->kernels;

	for (size_t i = 0; i < ks->n; i++) {
		if (!ks->k[i].rescue && version_compare(ks->k[i].version, "4.12") >= 0)
			return false;
	}
	return ks->n && sysctl_not_zero(c, value) &&
	       sysctl_number_or(c, "net/ipv4/tcp_timestamps", 1) != 0;
}

static const char *recycle_say(struct sysctl *c, const char *value)
{
	return scan_printf(
		c->scan,
		"net.ipv4.tcp_tw_recycle is %s: clients behind one address lose connections",
		value);
}

/* 0 is no limit. */
static bool conntrack_bad(struct sysctl *c UNUSED, const char *value)
{
	uint64_t n;

	return sysctl_number(value, &n) && n != 0 && n < 4096;
}

static const char *conntrack_say(struct sysctl *c, const char *value)
{
	return scan_printf(c->scan,
			   "no more than %s connections are tracked: packets of others are dropped",
			   value);
}

static bool ports_bad(struct sysctl *c, const char *value)
{
	char *save = NULL, *low, *high;
	uint64_t from, to;

	low = strtok_r(scan_printf(c->scan, "%s", value), " \t", &save);
	high = strtok_r(NULL, " \t", &save);
	if (!low || !high || !parse_u64(low, &from) || !parse_u64(high, &to))
		return false;
	return from <= to && to <= 65535 && to - from < 1000;
}

static const char *ports_say(struct sysctl *c, const char *value)
{
	return scan_printf(c->scan, "outgoing connections have the ports %s only", value);
}

static bool queue_bad(struct sysctl *c UNUSED, const char *value)
{
	uint64_t n;

	return sysctl_number(value, &n) && n < 16;
}

static const char *queue_say(struct sysctl *c, const char *value)
{
	return scan_printf(c->scan,
			   "net.core.somaxconn is %s: further connections wait or are refused",
			   value);
}

static bool buckets_bad(struct sysctl *c UNUSED, const char *value)
{
	uint64_t n;

	return sysctl_number(value, &n) && n < 256;
}

static const char *buckets_say(struct sysctl *c, const char *value)
{
	return scan_printf(c->scan,
			   "net.ipv4.tcp_max_tw_buckets is %s: closed connections are cut short",
			   value);
}

void sysctl_check_network(struct sysctl *c)
{
	static const struct sysctl_rule rules[] = {
		{ &sysctl_net, "net/ipv4/tcp_tw_recycle", recycle_bad, recycle_say },
		{ &sysctl_net, "net/netfilter/nf_conntrack_max", conntrack_bad, conntrack_say },
		{ &sysctl_net, "net/nf_conntrack_max", conntrack_bad, conntrack_say },
		{ &sysctl_net, "net/ipv4/netfilter/ip_conntrack_max", conntrack_bad,
		  conntrack_say },
		{ &sysctl_net, "net/ipv4/ip_local_port_range", ports_bad, ports_say },
		{ &sysctl_net, "net/core/somaxconn", queue_bad, queue_say },
		{ &sysctl_net, "net/ipv4/tcp_max_tw_buckets", buckets_bad, buckets_say },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		sysctl_check_rule(c, &rules[i]);
}
