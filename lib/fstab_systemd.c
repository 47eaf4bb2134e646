/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What systemd-fstab-generator(8) makes of a line.
 *
 * Source: systemd src/fstab-generator/fstab-generator.c; getmntent(3).
 */
#include <mntent.h>
#include <stdio.h>
#include <uthash.h>

#include "lib/fstab_parts.h"

/* --- targets --- */

const char *fstab_simplify(struct arena *a, const char *target)
{
	char *out = arena_alloc(a, strlen(target) + 2);
	size_t n = 0;

	while (*target) {
		size_t len = strcspn(target, "/");

		if (len == 2 && strncmp(target, "..", 2) == 0) {
			while (n > 0 && out[--n] != '/')
				;
		} else if (len > 0 && !(len == 1 && *target == '.')) {
			out[n++] = '/';
			memcpy(out + n, target, len);
			n += len;
		}
		target += len;
		target += *target == '/';
	}
	if (n == 0)
		out[n++] = '/';
	out[n] = '\0';
	return out;
}

static const char *const api_mounts[] = {
	"/proc",
	"/sys",
	"/dev",
	"/run",
	"/dev/shm",
	"/dev/pts",
	"/dev/console",
	"/proc/kmsg",
	"/sys/kernel/security",
	"/sys/firmware/efi/efivars",
	"/sys/fs/smackfs",
	"/sys/fs/selinux",
	"/sys/fs/cgroup",
	"/sys/fs/pstore",
	"/sys/fs/bpf",
	NULL,
};

bool fstab_is_api_mount(const char *target)
{
	return in_list(target, api_mounts) || startswith(target, "/sys/fs/cgroup/") ||
	       startswith(target, "/run/host/") || streq(target, "/run/host");
}

/* --- systemd's view --- */

bool fstab_getmntent(struct arena *a, const char *line, struct fstab_mount_line *out)
{
	char buf[FSTAB_MNTENT_BUFFER];
	struct mntent m;
	FILE *f = fmemopen((void *)line, strlen(line), "r");
	bool takes = f && getmntent_r(f, &m, buf, sizeof(buf));

	if (takes)
		*out = (struct fstab_mount_line){
			.spec = arena_strdup(a, m.mnt_fsname),
			.dir = arena_strdup(a, m.mnt_dir),
			.type = arena_strdup(a, m.mnt_type),
			.options = arena_strdup(a, m.mnt_opts),
			.freq = m.mnt_freq,
			.passno = m.mnt_passno,
		};
	if (f)
		fclose(f);
	return takes;
}

static const char *const network_types[] = {
	"afs", "ceph", "cifs",	"davfs",    "gfs",   "gfs2", "glusterfs", "lustre", "ncp", "ncpfs",
	"nfs", "nfs4", "ocfs2", "orangefs", "pvfs2", "smb3", "smbfs",	  "sshfs",  NULL,
};

bool fstab_is_network(const struct fstab_mount_line *m)
{
	const char *type = after(m->type, "fuse.");

	return in_list(type ? type : m->type, network_types) ||
	       fstab_option(m->options, "_netdev", NULL);
}

bool fstab_is_automount(const char *options)
{
	const char *value;

	return fstab_option(options, "x-systemd.automount", NULL) ||
	       (fstab_option(options, "comment", &value) &&
		fstab_has_whole_word(options, "comment=systemd.automount",
				     strlen("comment=systemd.automount")));
}

static const char *pull_into(struct arena *a, const char *list, const char *unit, size_t len,
			     const char *how)
{
	return arena_printf(a, "%s%s%.*s.%s", list, *list ? " " : "", (int)len, unit, how);
}

/* x-systemd.required-by= and wanted-by= stand in place of the usual target. */
static const char *pulled_by_option(struct arena *a, const char *options)
{
	static const struct {
		const char *option, *how;
	} pulls[] = {
		{ "x-systemd.required-by", "requires" },
		{ "x-systemd.wanted-by", "wants" },
	};
	const char *list = "";

	for (size_t i = 0; i < ARRAY_SIZE(pulls); i++) {
		for (const char *s = options; s; s = fstab_next_word(s)) {
			const char *end = fstab_option_at(s, pulls[i].option);

			if (end && *end == '=' && fstab_word_len(s) > (size_t)(end + 1 - s))
				list = pull_into(a, list, end + 1,
						 fstab_word_len(s) - (size_t)(end + 1 - s),
						 pulls[i].how);
		}
	}
	return list;
}

/* A unit whose failing start takes all that is needed for a login with it. */
static bool pulls_down_the_boot(const char *pulled_by)
{
	static const char *const units[] = { "local-fs.target.requires", "sysinit.target.requires",
					     "basic.target.requires", NULL };

	for (size_t i = 0; units[i]; i++) {
		if (has_word(pulled_by, units[i], " "))
			return true;
	}
	return false;
}

static void swap_verdict(struct fstab_entry *e)
{
	if (e->duplicate || e->noauto)
		return;
	e->critical = CRIT_OPTIONAL; /* swap.target has no OnFailure= */
	e->pulled_by = e->nofail ? "swap.target.wants" : "swap.target.requires";
}

static void mount_verdict(struct arena *a, struct fstab_entry *e, const struct fstab_mount_line *m,
			  const char *where)
{
	bool root = streq(where, "/");
	const char *special = root ? "" : pulled_by_option(a, m->options);
	const char *unit = e->network ? "remote-fs.target" : "local-fs.target";

	if (e->automount && !root) {
		e->critical = CRIT_OPTIONAL; /* mounted when somebody looks */
		return;
	}
	if (*special)
		e->pulled_by = special;
	else if (root || !e->noauto)
		e->pulled_by = pull_into(a, "", unit, strlen(unit),
					 e->nofail && !root ? "wants" : "requires");
	else
		return;
	e->critical = pulls_down_the_boot(e->pulled_by) ? CRIT_REQUIRED : CRIT_OPTIONAL;
}

/* --- the generator --- */

/* Unit names that the generator has written already. */
struct fstab_written {
	const char *name;
	UT_hash_handle hh;
};

static bool write_once(struct arena *a, struct fstab_written **all, const char *name)
{
	struct fstab_written *w;

	HASH_FIND_STR(*all, name, w);
	if (w)
		return false;
	w = arena_new_struct(a, struct fstab_written);
	w->name = name;
	HASH_ADD_KEYPTR(hh, *all, w->name, strlen(w->name), w);
	return true;
}

void fstab_generator_verdict(struct arena *a, struct fstab_entry *e,
			     const struct fstab_mount_line *m, struct fstab_written **all)
{
	const char *where;

	e->critical = CRIT_IGNORED;
	if (!e->seen)
		return;
	if (e->swap) {
		where = arena_printf(a, "swap %s", m->spec);
		e->duplicate = !write_once(a, all, where);
		swap_verdict(e);
		return;
	}
	if (!strchr(m->dir, '/') || streq(m->type, "autofs"))
		return;
	where = fstab_simplify(a, m->dir);
	if (fstab_is_api_mount(where))
		return;
	e->duplicate = !write_once(a, all, where);
	if (!e->duplicate)
		mount_verdict(a, e, m, where);
}

void fstab_written_clear(struct fstab_written **all)
{
	HASH_CLEAR(hh, *all);
}
