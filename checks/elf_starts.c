/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which programs are followed: what PID 1, the mounts and a login go through. */
#include "checks/elf_parts.h"
#include "lib/fstab.h"
#include "lib/lines.h"
#include "lib/pamview.h"
#include "lib/paths.h"
#include "lib/unseen.h"
#include "lib/userdb.h"

#define TYPES_MAX 64u /* lines of fstab that are followed to their fsck */

static const struct {
	const char *path;
	enum elfscan_who who;
} starts[] = {
	{ "/sbin/init", ELFSCAN_BOOT },
	{ "/lib/systemd/systemd", ELFSCAN_BOOT },
	{ "/usr/lib/systemd/systemd", ELFSCAN_BOOT },
	{ "/lib/systemd/systemd-executor", ELFSCAN_BOOT },
	{ "/usr/lib/systemd/systemd-executor", ELFSCAN_BOOT },
	{ "/lib/systemd/systemd-udevd", ELFSCAN_BOOT },
	{ "/usr/lib/systemd/systemd-udevd", ELFSCAN_BOOT },
	{ "/sbin/udevd", ELFSCAN_BOOT },
	{ "/sbin/openrc", ELFSCAN_BOOT },
	{ "/sbin/rc", ELFSCAN_BOOT },
	{ "/sbin/mountall", ELFSCAN_BOOT },
	{ "/bin/mount", ELFSCAN_BOOT },
	{ "/usr/bin/mount", ELFSCAN_BOOT },
	{ "/sbin/fsck", ELFSCAN_BOOT },
	{ "/usr/sbin/fsck", ELFSCAN_BOOT },
	{ "/bin/login", ELFSCAN_LOGIN },
	{ "/usr/bin/login", ELFSCAN_LOGIN },
	{ "/sbin/agetty", ELFSCAN_LOGIN },
	{ "/usr/sbin/agetty", ELFSCAN_LOGIN },
	{ "/sbin/getty", ELFSCAN_LOGIN },
	{ "/sbin/mingetty", ELFSCAN_LOGIN },
	{ "/usr/sbin/sshd", ELFSCAN_LOGIN },
	{ "/usr/lib/openssh/sshd-session", ELFSCAN_LOGIN },
	{ "/usr/lib/ssh/sshd-session", ELFSCAN_LOGIN },
	{ "/usr/libexec/openssh/sshd-session", ELFSCAN_LOGIN },
	{ "/usr/libexec/ssh/sshd-session", ELFSCAN_LOGIN },
	{ "/usr/lib/openssh/sshd-auth", ELFSCAN_LOGIN },
	{ "/usr/libexec/openssh/sshd-auth", ELFSCAN_LOGIN },
	{ "/lib/systemd/systemd-logind", ELFSCAN_OTHER },
	{ "/usr/lib/systemd/systemd-logind", ELFSCAN_OTHER },
	{ "/lib/systemd/systemd-journald", ELFSCAN_OTHER },
	{ "/usr/lib/systemd/systemd-journald", ELFSCAN_OTHER },
	{ "/bin/dbus-daemon", ELFSCAN_OTHER },
	{ "/usr/bin/dbus-daemon", ELFSCAN_OTHER },
	{ "/usr/bin/dbus-broker", ELFSCAN_OTHER },
	{ "/usr/bin/dbus-broker-launch", ELFSCAN_OTHER },
	{ "/bin/kmod", ELFSCAN_OTHER },
	{ "/usr/bin/kmod", ELFSCAN_OTHER },
	{ "/sbin/modprobe", ELFSCAN_OTHER },
	{ "/sbin/sulogin", ELFSCAN_OTHER },
	{ "/usr/sbin/sulogin", ELFSCAN_OTHER },
	{ "/bin/su", ELFSCAN_OTHER },
	{ "/usr/bin/su", ELFSCAN_OTHER },
	{ "/usr/bin/sudo", ELFSCAN_OTHER },
};

void elf_follow(struct elf *e, const char *path, enum elfscan_who who)
{
	const char *real = paths_real(e->s->root, e->s->arena, path);

	/* /bin/mount and /usr/bin/mount are told once; the first is the worse. */
	if (!real || (e->started.n && in_list(real, e->started.s)))
		return;
	lines_add(e->s->arena, &e->started, real);
	elfclosure_program(e->c, path, who);
}

/* Start scripts are /bin/sh's; systemd comes up without. */
static void follow_shells(struct elf *e)
{
	const struct text *t = scan_text(e->s, "/etc/passwd");
	const struct userdb_entry *root;
	struct userdb users;

	elf_follow(e, "/bin/sh", e->s->facts->init == INIT_SYSTEMD ? ELFSCAN_LOGIN : ELFSCAN_BOOT);
	if (!t)
		return;
	userdb_parse(e->s->arena, t, USERDB_PASSWD, e->s->facts->musl ? USERDB_MUSL : USERDB_GLIBC,
		     &users);
	root = userdb_find(&users, "root");
	if (root && root->field[PW_SHELL][0] == '/')
		elf_follow(e, root->field[PW_SHELL], ELFSCAN_LOGIN);
}

/* fsck(8) runs fsck.TYPE of each line that has a pass number. */
static void follow_fsck(struct elf *e)
{
	static const char *const dirs[] = { "/sbin", "/usr/sbin" };
	const struct text *t = scan_text(e->s, "/etc/fstab");
	struct fstab tab = { 0 };

	if (t)
		fstab_parse(e->s->arena, t, &tab);
	for (size_t i = 0; i < tab.n && i < TYPES_MAX; i++) {
		const struct fstab_entry *l = &tab.e[i];
		bool hard = streq(l->where, "/") || l->critical == CRIT_REQUIRED;

		if (l->bad || l->passno < 1 || strchr(l->type, '/') || !*l->type)
			continue;
		for (size_t d = 0; d < ARRAY_SIZE(dirs); d++)
			elf_follow(e, scan_printf(e->s, "%s/fsck.%s", dirs[d], l->type),
				   hard ? ELFSCAN_BOOT : ELFSCAN_OTHER);
	}
}

void elf_follow_programs(struct elf *e)
{
	struct pamview pam;

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		elf_follow(e, starts[i].path, starts[i].who);
	follow_shells(e);
	follow_fsck(e);
	elf_follow_nss(e);
	/* Follows the modules of each stack, for the list of what a library stops. */
	pamview_gather(e->s, &pam);
}
