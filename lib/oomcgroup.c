/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/oomcgroup.h"
#include "lib/slice.h"

#define ID_LEN 64
#define UID_LEN 36

/* What stands before the id tells whose it is. */
static const struct {
	const char *prefix, *runtime;
} runtimes[] = {
	{ "cri-containerd-", "containerd" },
	{ "cri-containerd:", "containerd" },
	{ "containerd-", "containerd" },
	{ "nerdctl-", "containerd" },
	{ "crio-conmon-", "cri-o" },
	{ "crio-", "cri-o" },
	{ "libpod-conmon-", "podman" },
	{ "libpod-", "podman" },
	{ "docker-", "docker" },
	{ "docker/", "docker" },
	{ "libpod_parent/libpod-", "podman" },
	{ "podman-", "podman" },
};

static size_t hex_run(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && isxdigit((unsigned char)s[n]))
		n++;
	return n;
}

static const char *runtime_before(const char *path, const char *id)
{
	for (size_t i = 0; i < ARRAY_SIZE(runtimes); i++) {
		size_t n = strlen(runtimes[i].prefix);

		if ((size_t)(id - path) >= n && memcmp(id - n, runtimes[i].prefix, n) == 0)
			return runtimes[i].runtime;
	}
	return NULL;
}

/* The last run of exactly 64 hex digits: a container in a container is the inner one. */
static void read_container(const char *path, struct oom_cgroup *out)
{
	const char *p = path;

	while (*p) {
		size_t n = hex_run(p, ID_LEN + 1);

		if (n == ID_LEN) {
			memcpy(out->container, p, ID_LEN);
			out->container[ID_LEN] = '\0';
			out->runtime = runtime_before(path, p);
		}
		p += n ? n : 1;
	}
}

/* A uid with "-" or, of systemd's driver, "_" between its parts. */
static bool read_uid(const char *s, char *to)
{
	static const size_t parts[] = { 8, 4, 4, 4, 12 };
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (i && s[at] != '-' && s[at] != '_')
			return false;
		at += i != 0;
		if (hex_run(s + at, parts[i]) != parts[i])
			return false;
		at += parts[i];
	}
	memcpy(to, s, UID_LEN);
	to[UID_LEN] = '\0';
	for (char *p = to; *p; p++)
		*p = *p == '_' ? '-' : *p;
	return true;
}

/* Static pods have 32 hex digits without anything between. */
static void read_pod(const char *path, struct oom_cgroup *out)
{
	for (const char *p = strstr(path, "pod"); p; p = strstr(p + 1, "pod")) {
		if (p != path && p[-1] != '/' && p[-1] != '-')
			continue;
		if (read_uid(p + 3, out->pod))
			break;
		if (hex_run(p + 3, 33) == 32) {
			memcpy(out->pod, p + 3, 32);
			break;
		}
	}
	if (!strstr(path, "kubepods"))
		return;
	out->node = !out->pod[0];
	out->qos = strstr(path, "besteffort")  ? "besteffort"
		   : strstr(path, "burstable") ? "burstable"
		   : out->pod[0]	       ? "guaranteed"
					       : NULL;
	if (!out->runtime)
		out->runtime = "kubernetes";
}

static void read_lxc(const char *path, struct oom_cgroup *out)
{
	static const char *const prefixes[] = { "/lxc.payload.", "/lxc.payload/", "/lxc/" };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		const char *name = after(path, prefixes[i]);

		if (!name || !*name)
			continue;
		if (!out->runtime)
			out->runtime = "lxc";
		if (!out->container[0])
			slice_copy((struct slice){ name, strcspn(name, "/") }, out->container,
				   sizeof(out->container));
		return;
	}
}

static bool is_unit(struct slice part)
{
	static const char *const kinds[] = { ".service", ".scope", ".slice" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t n = strlen(kinds[i]);

		if (part.n > n && memcmp(part.s + part.n - n, kinds[i], n) == 0)
			return true;
	}
	return false;
}

static void read_unit(const char *path, struct oom_cgroup *out)
{
	while (*path) {
		struct slice part = { path, strcspn(path, "/") };

		if (is_unit(part))
			SLICE_COPY(part, out->unit);
		path += part.n + (path[part.n] == '/');
	}
}

void oomcgroup_read(const char *path, struct oom_cgroup *out)
{
	*out = (struct oom_cgroup){ 0 };
	read_container(path, out);
	read_pod(path, out);
	read_lxc(path, out);
	read_unit(path, out);
}
