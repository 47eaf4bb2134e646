/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last steps before a program of the patient starts: what it may not do any more. */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/sandbox_parts.h"

#define FILE_MAX (8ull << 30)
#define FILES_OPEN 4096

/* --- capabilities --- */

/* What dracut and its kin need to lay out a tree: nodes too, which no mount lets anyone open. */
static const int kept[] = { CAP_CHOWN,	CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_FSETID, CAP_KILL,
			    CAP_SETGID, CAP_SETUID,	  CAP_MKNOD,  CAP_SETFCAP };

static bool is_kept(int cap)
{
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		if (kept[i] == cap)
			return true;
	}
	return false;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 } };

	for (int cap = 0; cap < 64; cap++) {
		if (is_kept(cap) || prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
			continue;
		if (errno != EINVAL)
			return -errno;
		break; /* the kernel knows no more */
	}
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		unsigned bit = 1u << (kept[i] & 31);

		data[kept[i] >> 5].permitted |= bit;
		data[kept[i] >> 5].effective |= bit;
	}
	/* Unknown to kernels before 4.3, which have no such set either. */
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return syscall(SYS_capset, &head, data) < 0 ? -errno : 0;
}

/* --- system calls --- */

/*
 * What root may ask of a kernel without any capability, and no maker of an initramfs does: keys of
 * this machine, and doors that had more than their share of holes.
 */
#ifdef __x86_64__
#define NATIVE AUDIT_ARCH_X86_64
#define SECOND AUDIT_ARCH_I386
/* arch/x86/entry/syscalls/syscall_32.tbl */
static const unsigned second_refused[] = {
	286, 287, 288, /* add_key, request_key, keyctl */
	336, 357, 374, /* perf_event_open, bpf, userfaultfd */
	425, 426, 427, /* io_uring */
	26,  103,      /* ptrace, syslog */
	310, 346,      /* unshare, setns */
};
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define NATIVE AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define NATIVE AUDIT_ARCH_S390X
#endif

static const unsigned refused[] = {
	SYS_add_key,
	SYS_request_key,
	SYS_keyctl,
	SYS_bpf,
	SYS_userfaultfd,
	SYS_perf_event_open,
	SYS_ptrace,
	SYS_syslog,
	SYS_unshare,
	SYS_setns,
	425 /* io_uring_setup */,
	426,
	427, /* the same numbers everywhere */
};

#define X32_BIT 0x40000000u

struct filter {
	struct sock_filter f[128];
	unsigned short n;
};

static void put(struct filter *p, struct sock_filter f)
{
	p->f[p->n++] = f;
}

static void put_list(struct filter *p, unsigned arch, const unsigned *numbers, size_t n)
{
	const struct sock_filter refuse =
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA));
	unsigned char behind = (unsigned char)(2 * n + 4);

	put(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					    offsetof(struct seccomp_data, arch)));
	put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, arch, 0, behind));
	put(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					    offsetof(struct seccomp_data, nr)));
	for (size_t i = 0; i < n; i++) {
		put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, numbers[i], 0, 1));
		put(p, refuse);
	}
	put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1));
	put(p, refuse);
	put(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
}

static int refuse_system_calls(void)
{
#ifdef NATIVE
	struct filter p = { .n = 0 };
	struct sock_fprog prog;

	put_list(&p, NATIVE, refused, ARRAY_SIZE(refused));
#ifdef SECOND
	put_list(&p, SECOND, second_refused, ARRAY_SIZE(second_refused));
#endif
	put(&p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
					     SECCOMP_RET_ERRNO | (ENOSYS & SECCOMP_RET_DATA)));
	prog = (struct sock_fprog){ .len = p.n, .filter = p.f };
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0) < 0)
		return -errno;
#endif
	return 0;
}

/* --- limits and descriptors --- */

static int set_limits(void)
{
	static const struct {
		int what;
		rlim_t value;
	} limits[] = {
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_FSIZE, FILE_MAX },
		{ RLIMIT_NOFILE, FILES_OPEN },
		{ RLIMIT_MEMLOCK, 64 << 10 },
		{ RLIMIT_MSGQUEUE, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct rlimit l = { limits[i].value, limits[i].value };

		if (setrlimit((__rlimit_resource_t)limits[i].what, &l) < 0)
			return -errno;
	}
	return 0;
}

/* All but 0, 1 and 2, whoever opened them. */
static void close_others(void)
{
#ifdef SYS_close_range
	if (syscall(SYS_close_range, 3u, ~0u, 0u) == 0)
		return;
#endif
	for (int fd = 3; fd < FILES_OPEN; fd++)
		close(fd);
}

static int connect_streams(int output)
{
	_cleanup_close_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
		return -errno;
	return 0;
}

int sandbox_become(const char *const *argv, int output)
{
	static const char *const env[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
					   "HOME=/root",
					   "USER=root",
					   "LOGNAME=root",
					   "SHELL=/bin/sh",
					   "LANG=C",
					   "LC_ALL=C",
					   "TERM=dumb",
					   "GRUB_DISABLE_OS_PROBER=true",
					   NULL };
	int e;

	if (setsid() < 0 || chroot(STAGE_ROOT) < 0 || chdir("/") < 0)
		return -errno;
	umask(022);
	e = connect_streams(output);
	if (e == 0)
		e = set_limits();
	if (e == 0)
		e = drop_capabilities();
	if (e == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		e = -errno;
	if (e == 0)
		e = refuse_system_calls();
	if (e < 0)
		return e;
	close_others();
	execve(argv[0], (char *const *)argv, (char *const *)env);
	return -errno;
}
