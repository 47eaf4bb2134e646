/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/checks.h"
#include "checks/network_parts.h"
#include "lib/unseen.h"

static const struct problem *const problems[] = {
	&network_hwaddr,
	&network_persistent_names,
	&network_gatewaydev,
	&network_tools,
	&network_config,
	&network_filter,
	NULL,
};

/* Where programs or settings lie on what is not mounted here, nothing can be said. */
static bool is_all_seen(struct scan *s)
{
	static const char *const places[] = { "/etc", "/sbin", "/usr/sbin", "/usr/lib/systemd" };
	const char *const *mount_points = unseen_find(s);

	for (size_t k = 0; k < ARRAY_SIZE(places); k++) {
		if (unseen(mount_points, places[k]))
			return false;
	}
	return root_is_dir(s->root, "/etc") && root_is_dir(s->root, "/sbin");
}

static void run(struct scan *s)
{
	struct network n = { .scan = s };

	/* A container's network is made by what runs it. */
	if (!s->facts->boots_itself || !is_all_seen(s))
		return;
	netview_read(s, &n.view);
	network_check_files(&n);
	network_check_mac(&n);
	network_check_gateway(&n);
	network_check_up(&n);
	network_check_filter(&n);
}

const struct check network_check = {
	.name = "network",
	.summary = "interfaces that come up at boot, and the packet filter before sshd",
	.problems = problems,
	.run = run,
};
