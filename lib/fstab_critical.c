/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the boot does when a mount fails, and the words that let it go on. */
#include "lib/fstab_parts.h"

static bool is_dir(const struct fstab_entry *e, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(e->target, dir, n) == 0 && e->target[n + strspn(e->target + n, "/")] == '\0';
}

/* systemd: the initramfs mounts /usr too, whatever its options say. */
static enum critical critical_systemd(const struct fstab_entry *e)
{
	return !e->swap && is_dir(e, "/usr") && !e->duplicate ? CRIT_REQUIRED : e->critical;
}

static enum critical critical_mountall(const struct fstab_entry *e)
{
	if (is_dir(e, "/"))
		return CRIT_REQUIRED;
	if (e->bad || e->noauto || fstab_is_api_mount(e->target))
		return CRIT_IGNORED;
	if (e->network || e->nofail || fstab_option(e->options, "nobootwait", NULL))
		return CRIT_OPTIONAL;
	return CRIT_REQUIRED;
}

/* fsck -A looks at every line with a pass number; what it cannot open is an error. */
static enum critical critical_fsck(const struct fstab_entry *e)
{
	if (e->bad || (e->noauto && e->passno == 0))
		return CRIT_IGNORED;
	if (e->swap || e->bind || e->network || e->noauto || e->nofail || e->passno == 0)
		return CRIT_OPTIONAL;
	return CRIT_REQUIRED;
}

enum critical fstab_critical_for(const struct fstab_entry *e, enum fstab_mounter how)
{
	switch (how) {
	case FSTAB_SYSTEMD:
		return critical_systemd(e);
	case FSTAB_MOUNTALL:
		return critical_mountall(e);
	case FSTAB_FSCK_MOUNT:
		return critical_fsck(e);
	case FSTAB_LENIENT:
		break;
	}
	return e->bad || e->noauto ? CRIT_IGNORED : CRIT_OPTIONAL;
}

/* What keeps a missing device from holding up the boot, by who mounts. */
static const char *const tolerance[] = {
	[FSTAB_SYSTEMD] = "nofail,x-systemd.device-timeout=10s",
	[FSTAB_MOUNTALL] = "nofail,nobootwait",
	[FSTAB_FSCK_MOUNT] = "nofail",
	[FSTAB_LENIENT] = "nofail",
};

/* systemd waits for what it takes for a device node; anything else fails at once. */
static bool waits_for_device(const struct fstab_entry *e)
{
	static const char *const starts[] = { "/dev/",	   "UUID=",	 "LABEL=",
					      "PARTUUID=", "PARTLABEL=", NULL };

	for (size_t i = 0; starts[i]; i++) {
		if (startswith(e->spec, starts[i]))
			return true;
	}
	return false;
}

bool fstab_is_tolerant(const struct fstab_entry *e, enum fstab_mounter how)
{
	switch (how) {
	case FSTAB_SYSTEMD:
		return e->nofail && (!waits_for_device(e) ||
				     fstab_option(e->options, "x-systemd.device-timeout", NULL));
	case FSTAB_MOUNTALL:
		return fstab_option(e->options, "nobootwait", NULL);
	case FSTAB_FSCK_MOUNT:
		return e->nofail && e->passno == 0;
	case FSTAB_LENIENT:
		break;
	}
	return e->nofail;
}

/* With it the mount is required by a target whatever else the options say. */
static const char *without_required_by(struct arena *a, const char *options)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	if (!fstab_option(options, "x-systemd.required-by", NULL))
		return options;
	for (const char *s = options; s; s = fstab_next_word(s)) {
		if (fstab_option_at(s, "x-systemd.required-by"))
			continue;
		if (b.len)
			bytes_addc(&b, ',');
		bytes_add(&b, s, fstab_word_len(s));
	}
	return b.len ? arena_strndup(a, b.data, b.len) : "defaults";
}

const char *fstab_tolerate(struct arena *a, const char *raw, const struct fstab_entry *e,
			   enum fstab_mounter how)
{
	const char *options = fstab_raw_options(a, raw), *more = tolerance[how];

	/* A waiting time that somebody chose stays; "fail" would take nofail back. */
	if (how == FSTAB_SYSTEMD &&
	    (!waits_for_device(e) || fstab_option(options, "x-systemd.device-timeout", NULL)))
		more = "nofail";
	options = fstab_drop_option(a, options, "fail");
	options = without_required_by(a, options);
	raw = fstab_replace_field(a, raw, FSTAB_OPTIONS, fstab_add_options(a, options, more));
	if (how == FSTAB_FSCK_MOUNT && e->passno != 0)
		raw = fstab_replace_field(a, raw, FSTAB_PASSNO, "0");
	return raw;
}
