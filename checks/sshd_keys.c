/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host keys: is there one that sshd could load. Their modes are the modes check's, empty ones the
 * zero check's.
 *
 * Sources: OpenSSH sshd.c, sshkey.c (the kinds of private key files), PROTOCOL.key; cloud-init's
 * cc_ssh; the sshd-keygen units of RHEL and Fedora.
 */
#include <errno.h>

#include "checks/sshd_parts.h"
#include "lib/unitfile.h"

#define KEY_MAX (64u << 10)
#define KEYS_MAX 32u

enum key { KEY_GONE, KEY_EMPTY, KEY_DAMAGED, KEY_LOCKED, KEY_GOOD };

static const char *const key_words[] = {
	[KEY_GONE] = "is not there",	   [KEY_EMPTY] = "is empty", [KEY_DAMAGED] = "is damaged",
	[KEY_LOCKED] = "has a passphrase", [KEY_GOOD] = "is good",
};

/* "openssh-key-v1", then the cipher: none, as base64 shows both. */
static bool is_locked(const char *data)
{
	const char *begin = strstr(data, "\nb3BlbnNzaC1rZXktdjEA");

	if (begin)
		return !startswith(begin, "\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU");
	return strstr(data, "ENCRYPTED");
}

static enum key judge(struct scan *s, const char *path)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	int e = root_read(s->root, path, KEY_MAX, &b);

	if (root_is_absent(e))
		return KEY_GONE;
	/* Who looks without root's rights may not read a private key. */
	if ((e == -EACCES || e == -EPERM) && !s->facts->privileged)
		return KEY_GOOD;
	if (e < 0)
		return KEY_DAMAGED;
	if (b.len == 0)
		return KEY_EMPTY;
	if (startswith(b.data, "SSH PRIVATE KEY FILE FORMAT"))
		return KEY_GOOD;
	if (!startswith(b.data, "-----BEGIN ") || !strstr(b.data, "-----END "))
		return KEY_DAMAGED;
	return is_locked(b.data) ? KEY_LOCKED : KEY_GOOD;
}

static void list_keys(struct sshd *d, struct lines *out)
{
	static const char *const usual[] = {
		"/etc/ssh/ssh_host_rsa_key",	 "/etc/ssh/ssh_host_ecdsa_key",
		"/etc/ssh/ssh_host_ed25519_key", "/etc/ssh/ssh_host_dsa_key",
		"/etc/ssh/ssh_host_key",
	};

	for (size_t i = 0; i < d->conf->n && out->n < KEYS_MAX; i++) {
		const struct sshdeffect_line *l = &d->conf->line[i];

		if (!l->in_match && streq(l->keyword, "hostkey") && *l->word[0] == '/')
			lines_add(d->s->arena, out, l->word[0]);
	}
	for (size_t i = 0; !sshd_get(d, "hostkey") && i < ARRAY_SIZE(usual); i++)
		lines_add(d->s->arena, out, usual[i]);
}

/* --- who makes them --- */

static bool says_keygen(struct scan *s, const char *path)
{
	const struct text *t = root_is_file(s->root, path) ? scan_text(s, path) : NULL;

	return t && strstr(t->data, "ssh-keygen");
}

static bool has_key_unit(struct scan *s)
{
	for (size_t i = 0; unitfile_dirs[i]; i++) {
		const char *const *name = root_is_dir(s->root, unitfile_dirs[i])
						  ? scan_dir(s, unitfile_dirs[i])
						  : NULL;

		for (; name && *name; name++) {
			if (strstr(*name, "ssh") && strstr(*name, "key"))
				return true;
		}
	}
	return false;
}

static bool has_key_script(struct scan *s)
{
	static const char *const scripts[] = {
		"/etc/init.d/ssh",
		"/etc/init.d/sshd",
		"/etc/rc.d/init.d/sshd",
		"/etc/init/ssh.conf",
		"/etc/rc.local",
		"/usr/lib/systemd/system/ssh.service",
		"/usr/lib/systemd/system/sshd.service",
		"/lib/systemd/system/ssh.service",
		"/etc/sv/sshd/run",
		"/etc/sv/ssh/run",
		"/etc/systemd/system/ssh.service",
		"/etc/systemd/system/sshd.service",
	};
	/* Debian's script does not, and it is systemd that starts it there. */
	for (size_t i = s->facts->init == INIT_SYSTEMD ? 4 : 0; i < ARRAY_SIZE(scripts); i++) {
		if (says_keygen(s, scripts[i]))
			return true;
	}
	return false;
}

/* An image: what makes the keys comes with its first boot, which has not been yet. */
static bool is_unborn(struct scan *s)
{
	const struct text *id = scan_text(s, "/etc/machine-id");

	if (s->facts->init == INIT_SYSTEMD && (!id || strlen(text_line(id, 1)) < 32))
		return true;
	return root_exists(s->root, "/etc/cloud/cloud.cfg") &&
	       !root_exists(s->root, "/etc/cloud/cloud-init.disabled") &&
	       !root_exists(s->root, "/var/lib/cloud/instance/boot-finished");
}

/* Only Debian and its kin leave it to the installation of the package. */
static bool is_made_at_boot(struct scan *s)
{
	if (s->facts->pkg != PKG_DPKG)
		return true;
	return has_key_unit(s) || has_key_script(s) || is_unborn(s);
}

/* --- saying --- */

static bool is_told_as_empty(struct scan *s, const struct lines *keys)
{
	for (const struct finding *f = s->findings; f; f = f->next) {
		if (streq(f->problem->id, "zero.file") && f->path && in_list(f->path, keys->s))
			return true;
	}
	return false;
}

/* Only the usual ones are made by ssh-keygen -A, and only those that are not there. */
static void propose_keys(struct sshd *d, struct finding *f, bool damaged)
{
	static const char *const argv[] = { "/usr/bin/ssh-keygen", "-A", NULL };
	static const struct output outputs[] = {
		{ .kind = OUTPUT_FILE, .path = "/etc/ssh/ssh_host_rsa_key" },
		{ .kind = OUTPUT_FILE, .path = "/etc/ssh/ssh_host_rsa_key.pub" },
		{ .kind = OUTPUT_FILE, .path = "/etc/ssh/ssh_host_ecdsa_key" },
		{ .kind = OUTPUT_FILE, .path = "/etc/ssh/ssh_host_ecdsa_key.pub" },
	};

	if (damaged || sshd_get(d, "hostkey") || !root_is_program(d->s->root, argv[0]))
		finding_safety(f, FIX_NONE);
	else
		propose_command(f, argv, outputs, ARRAY_SIZE(outputs));
}

void sshd_check_keys(struct sshd *d)
{
	const char *first = NULL;
	enum key worst = KEY_GONE;
	struct lines keys = { 0 };
	struct finding *f;

	list_keys(d, &keys);
	for (size_t i = 0; i < keys.n; i++) {
		enum key k = judge(d->s, keys.s[i]);

		if (k == KEY_GOOD)
			return;
		if (!first || (worst == KEY_GONE && k != KEY_GONE)) {
			first = keys.s[i];
			worst = k;
		}
	}
	if (!first || sshd_get(d, "hostkeyagent") || is_told_as_empty(d->s, &keys) ||
	    ((worst == KEY_GONE || worst == KEY_EMPTY) && is_made_at_boot(d->s)))
		return;
	f = scan_find(d->s, &sshd_host_keys, first, "it %s, and no other key is good",
		      key_words[worst]);
	if (worst == KEY_GONE)
		finding_absence(f);
	sshd_severity(d, f);
	propose_keys(d, f, worst != KEY_GONE);
}
