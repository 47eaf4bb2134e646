/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which container, pod or service a cgroup's path is of.
 *
 * Source: the paths that the runtimes make: Docker, containerd and CRI-O under the cgroupfs and
 * systemd drivers of Kubernetes, podman, LXC and Proxmox, systemd's slices and scopes.
 */
#ifndef BOOTMEND_OOMCGROUP_H
#define BOOTMEND_OOMCGROUP_H

#include "lib/util.h"

struct oom_cgroup {
	const char
		*runtime; /* "docker", "containerd", "cri-o", "podman", "lxc", "kubernetes"; NULL */
	char container[65]; /* its id, 64 hex digits, or LXC's name; "": none */
	char pod[40];	    /* uid */
	const char *qos;    /* "guaranteed", "burstable", "besteffort"; NULL: no pod */
	char unit[128];	    /* "nginx.service", "user-1000.slice": the innermost of systemd's */
	bool node;	    /* all pods of the node together (node allocatable) */
};

void oomcgroup_read(const char *path, struct oom_cgroup *out);

#endif
