/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pass number for a file system that nothing here can check.
 *
 * Source of who minds: systemd src/fsck/fsck.c (skips what has no fsck.TYPE), util-linux fsck -A
 * (tells and skips) and fsck DEVICE (status 8), mountall.c of Ubuntu 12.04 (status 8 of a directory
 * of the FHS ends it), checkroot.sh of Debian's initscripts (any status above 3 ends in sulogin).
 */
#include "checks/fstab_parts.h"
#include "lib/fstab_words.h"
#include "lib/unseen.h"

static const char *const dirs[] = {
	"/sbin", "/usr/sbin", "/bin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin",
};

static bool has_program(const struct fstab_view *v, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		if (root_exists(v->s->root, scan_printf(v->s, "%s/%s", dirs[i], name)))
			return true;
	}
	return false;
}

/* mountall ends with a shell for these only; others it never mounts, but the boot goes on. */
static bool is_fhs(const char *where)
{
	static const char *const places[] = { "/",	  "/bin",  "/boot",  "/dev",   "/etc",
					      "/home",	  "/lib",  "/lib64", "/media", "/mnt",
					      "/opt",	  "/proc", "/root",  "/run",   "/sbin",
					      "/selinux", "/srv",  "/sys",   "/tmp",   "/usr",
					      "/var",	  NULL };

	return in_list(where, places) || startswith(where, "/usr/") || startswith(where, "/var/");
}

static bool has_checkroot(const struct fstab_view *v)
{
	return root_exists(v->s->root, "/etc/init.d/checkroot.sh");
}

static enum severity severity_of(const struct fstab_view *v, const struct fstab_entry *e,
				 const char *type)
{
	if (v->how == FSTAB_MOUNTALL)
		return is_fhs(e->where) ? STOPS_BOOT : DEGRADES;
	if (v->how == FSTAB_FSCK_MOUNT && fstab_is_root(e) && has_checkroot(v) &&
	    !streq(type, "btrfs"))
		return STOPS_BOOT;
	return NOTE;
}

/* Those whose missing check fsck itself tells of; others are often left unchecked on purpose. */
static bool is_missed(const char *type)
{
	static const char *const types[] = { "minix", "ext2",	  "ext3", "ext4",
					     "jfs",   "reiserfs", NULL };

	return in_list(type, types);
}

static const char *type_of(const struct fstab_view *v, const struct fstab_entry *e)
{
	const struct partition *p;

	if (!streq(e->type, "auto"))
		return e->type;
	return devices_find(v->d, e->spec, &p) == SPEC_FOUND && p->type ? p->type : "";
}

void fstab_judge_fsck(struct fstab_view *v, const struct fstab_entry *e)
{
	const char *type = type_of(v, e);
	const char *name = scan_printf(v->s, "fsck.%s", type);
	enum severity severity;
	struct finding *f;

	if (e->passno <= 0 || e->swap || e->bind || e->network || e->noauto ||
	    !fstab_words_is_disk_type(type) || has_program(v, name) || !has_program(v, "fsck") ||
	    unseen(v->unseen, "/sbin") || unseen(v->unseen, "/usr/sbin"))
		return;
	if (fstab_kernel_lacks(&v->kernel, v->s->root, type))
		return; /* told already: it cannot be mounted at all */
	severity = severity_of(v, e, type);
	if (severity == NOTE && !is_missed(type))
		return;
	f = fstab_find_at(v, &fstab_fsck, e,
			  scan_printf(v->s, "pass %d, but there is no %s", e->passno, name));
	fstab_grade(f, severity);
	finding_absence(f);
	finding_choice(f, "install the package that has %s", name);
	finding_choice(f, "make its pass number 0: it is not checked at boot");
	fstab_set_field(v, f, e, FSTAB_PASSNO, "0");
}
