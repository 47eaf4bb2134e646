/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/fstab_meant.h"
#include "lib/fstab_words.h"
#include "lib/unseen.h"

enum fstab_mounter fstab_meant_mounter(const struct root *r, const struct facts *f)
{
	bool mountall =
		root_exists(r, "/sbin/mountall") || root_exists(r, "/etc/init/mountall.conf");

	switch (f->init) {
	case INIT_SYSTEMD:
		return FSTAB_SYSTEMD;
	case INIT_OPENRC:
	case INIT_BUSYBOX:
		return FSTAB_LENIENT;
	case INIT_UPSTART:
		return mountall ? FSTAB_MOUNTALL : FSTAB_FSCK_MOUNT;
	case INIT_SYSV:
		return FSTAB_FSCK_MOUNT;
	case INIT_UNKNOWN:
		break;
	}
	/* What PID 1 was is not to be seen any more: by what else is left of it. */
	if (mountall)
		return FSTAB_MOUNTALL;
	return root_exists(r, "/etc/inittab") && !root_is_dir(r, "/etc/systemd") ? FSTAB_FSCK_MOUNT
										 : FSTAB_SYSTEMD;
}

static const struct {
	const char *target;
	enum role role;
} places[] = {
	{ "/boot", ROLE_BOOT }, { "/boot/efi", ROLE_ESP }, { "/efi", ROLE_ESP },
	{ "/usr", ROLE_USR },	{ "/var", ROLE_VAR },	   { "/home", ROLE_HOME },
};

static enum role role_of(const struct fstab_entry *e)
{
	if (e->swap)
		return ROLE_SWAP;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (streq(e->where, places[i].target))
			return places[i].role;
	}
	return ROLE_UNKNOWN;
}

static bool is_claimed(const struct devices *d, const struct fstab *tab,
		       const struct fstab_entry *by_other_than, const struct partition *p)
{
	for (size_t i = 0; i < tab->n; i++) {
		const struct partition *other = NULL;

		if (&tab->e[i] != by_other_than && !tab->e[i].bad &&
		    devices_find(d, tab->e[i].spec, &other) == SPEC_FOUND && other == p)
			return true;
	}
	return false;
}

const struct partition *fstab_meant(const struct devices *d, const struct fstab *tab,
				    const struct fstab_entry *e)
{
	enum role role = role_of(e);
	const struct partition *p = role == ROLE_UNKNOWN ? NULL : devices_by_role(d, role);

	if (!p || !p->type || (!p->uuid && !p->label && !p->partuuid) ||
	    fstab_words_fit(e->type, p->type) == FIT_NO || is_claimed(d, tab, e, p))
		return NULL;
	return p;
}

bool fstab_meant_depends(const struct fstab_entry *x, const struct fstab_entry *e)
{
	if (x == e || x->swap || !*x->where || !*e->where || streq(e->where, "/"))
		return false;
	if (path_is_below(x->where, e->where) && !streq(x->where, e->where))
		return true;
	return x->bind && path_is_below(x->spec, e->where);
}
