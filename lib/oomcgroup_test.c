/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/oomcgroup.h"

#define ID "0f2b3fcdd2578165ea77266cdc7b1ad43e75877b0ac1889ecda30a78cb78bd53"
#define UID "1b4e28ba-2fa1-11d2-883f-0016d3cca427"
#define UID_ "1b4e28ba_2fa1_11d2_883f_0016d3cca427"
#define PODS "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_ ".slice/"

static const struct {
	const char *path, *runtime, *container, *pod, *qos, *unit;
	bool node;
} paths[] = {
	{ "/docker/" ID, "docker", ID, "", NULL, "", false },
	{ "/kubepods/burstable/pod" UID "/" ID, "kubernetes", ID, UID, "burstable", "", false },
	{ "/kubepods/besteffort/pod" UID "/" ID, "kubernetes", ID, UID, "besteffort", "", false },
	{ "/kubepods/pod" UID "/" ID, "kubernetes", ID, UID, "guaranteed", "", false },
	{ PODS "docker-" ID ".scope", "docker", ID, UID, "burstable", "docker-" ID ".scope",
	  false },
	{ PODS "cri-containerd-" ID ".scope", "containerd", ID, UID, "burstable",
	  "cri-containerd-" ID ".scope", false },
	{ PODS "crio-" ID ".scope", "cri-o", ID, UID, "burstable", "crio-" ID ".scope", false },
	{ PODS "libpod-" ID ".scope", "podman", ID, UID, "burstable", "libpod-" ID ".scope",
	  false },
	{ "/system.slice/kubepods-burstable-pod" UID_ ".slice:cri-containerd:" ID, "containerd", ID,
	  UID, "burstable", "system.slice", false },
	{ "/lxc/39004/ns/system.slice/docker-" ID ".scope", "docker", ID, "", NULL,
	  "docker-" ID ".scope", false },
	{ "/lxc/39004/ns/system.slice/x.service", "lxc", "39004", "", NULL, "x.service", false },
	{ "/lxc.payload.web-1/init.scope", "lxc", "web-1", "", NULL, "init.scope", false },
	{ "/machine.slice/libpod-" ID ".scope/container", "podman", ID, "", NULL,
	  "libpod-" ID ".scope", false },
	{ "/system.slice/x.service", NULL, "", "", NULL, "x.service", false },
	{ "/user.slice/user-1000.slice/session-2.scope", NULL, "", "", NULL, "session-2.scope",
	  false },
	{ "/kubepods.slice", "kubernetes", "", "", NULL, "kubepods.slice", true },
	{ "/kubepods/burstable", "kubernetes", "", "", "burstable", "", true },
	{ "/", NULL, "", "", NULL, "", false },
	{ "", NULL, "", "", NULL, "", false },
	{ "/docker/" ID "00", NULL, "", "", NULL, "", false },
};

static void same(const char *a, const char *b)
{
	assert_true(streq_null(a, b));
}

static void test_paths(void **unused UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct oom_cgroup c;

		oomcgroup_read(paths[i].path, &c);
		same(c.runtime, paths[i].runtime);
		same(c.container, paths[i].container);
		same(c.pod, paths[i].pod);
		same(c.qos, paths[i].qos);
		same(c.unit, paths[i].unit);
		assert_true(c.node == paths[i].node);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_paths) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
