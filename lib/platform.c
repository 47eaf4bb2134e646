/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>

#include "lib/platform.h"

#define PART_MAX (1u << 20) /* bytes read at each end of a log */
#define SOURCE_MAX 4096u
/* Bytes of all journals that are read: what one grows to, if not told otherwise. */
#define JOURNAL_MAX (128u << 20)
#define MACHINE_MAX 160u /* bytes of a message that names a machine */
#define ID_MAX 64u
#define JOURNALS_MAX 8u /* machines that have one */
#define SETS 8u
#define OTHERS_MAX 2u /* kernels whose initramfs is looked into for what the disk ran on */

/* One of the sets is enough; of a set all are needed. */
static const struct {
	const char *name;
	const char *sets[SETS][4];
} platforms[] = {
	{ "virtio", { { "virtio_blk", "virtio_pci" } } },
	{ "nvme", { { "nvme" } } },
	{ "xen", { { "xen_blkfront" } } },
	{ "hyperv", { { "hv_storvsc", "hv_vmbus", "sd_mod" } } },
	{ "scsi",
	  { { "virtio_scsi", "virtio_pci", "sd_mod" },
	    { "vmw_pvscsi", "sd_mod" },
	    { "mptspi", "sd_mod" },
	    { "mptsas", "sd_mod" },
	    { "ahci", "sd_mod" },
	    { "ata_piix", "sd_mod" } } },
	{ "ena", { { "ena" } } },
};

static const char *const (*sets_of(const char *name))[4]
{
	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++) {
		if (streq(platforms[i].name, name))
			return platforms[i].sets;
	}
	return NULL;
}

/* --- does it have what it takes --- */

static bool is_there(const struct drivers *d, const char *module, bool (*test)(enum driver_place))
{
	return test(driver_place(d, module));
}

static bool may_be(enum driver_place p)
{
	return p == DRIVER_BUILT_IN || p == DRIVER_IN_INITRAMFS || p == DRIVER_UNKNOWN;
}

static bool is_seen(enum driver_place p)
{
	return p == DRIVER_BUILT_IN || p == DRIVER_IN_INITRAMFS;
}

/* The network's driver is wanted later: it may be on the root. */
static bool is_anywhere(enum driver_place p)
{
	return p != DRIVER_NOWHERE;
}

static bool has_set(const struct drivers *d, const char *name, bool (*test)(enum driver_place))
{
	const char *const(*sets)[4] = sets_of(name);

	for (size_t i = 0; sets && i < SETS && sets[i][0]; i++) {
		size_t m = 0;

		while (m < 4 && sets[i][m] && is_there(d, sets[i][m], test))
			m++;
		if (m == 4 || !sets[i][m])
			return true;
	}
	return false;
}

bool platform_ready(const struct drivers *d, const char *name)
{
	return has_set(d, name, streq(name, "ena") ? is_anywhere : may_be);
}

bool platform_seen(const struct drivers *d, const char *name)
{
	return has_set(d, name, is_seen);
}

bool platform_uses(const char *name, const char *module)
{
	const char *const(*sets)[4] = sets_of(name);

	for (size_t i = 0; sets && i < SETS && sets[i][0]; i++) {
		for (size_t m = 0; m < 4 && sets[i][m]; m++) {
			if (streq(sets[i][m], module))
				return true;
		}
	}
	return false;
}

bool platform_satisfied(const struct drivers *d, const struct platform_wanted *w)
{
	size_t ready = 0;

	for (size_t i = 0; i < w->n; i++)
		ready += platform_ready(d, w->name[i]);
	return w->need == NEED_NOTHING || (w->need == NEED_ALL ? ready == w->n : ready > 0);
}

bool platform_unsure(const struct drivers *d, const struct platform_wanted *w)
{
	_cleanup_free_ char *list = xstrdup(w->before ? w->before : "");
	char *save = NULL;
	bool ready = false;

	for (char *p = strtok_r(list, ",", &save); p; p = strtok_r(NULL, ",", &save))
		ready |= platform_ready(d, p);
	return w->hearsay || ready;
}

const char *platform_lacks(const struct drivers *d, const char *name)
{
	const char *const(*sets)[4] = sets_of(name);
	_cleanup_bytes_ struct bytes b = { 0 };

	for (size_t m = 0; sets && m < 4 && sets[0][m]; m++) {
		if (!is_there(d, sets[0][m], may_be))
			bytes_addf(&b, "%s%s", b.len ? ", " : "", sets[0][m]);
	}
	return arena_strdup(d->scan->arena, b.len ? b.data : "");
}

size_t platform_modules(const struct drivers *d, const char *name, const char **out, size_t max)
{
	const char *const(*sets)[4] = sets_of(name);
	size_t n = 0;

	for (size_t i = 0; sets && i < SETS && sets[i][0]; i++) {
		size_t all = 0;

		while (all < 4 && sets[i][all] && is_anywhere(driver_place(d, sets[i][all])))
			all++;
		for (size_t m = 0; m < all && (all == 4 || !sets[i][all]) && n < max; m++)
			out[n++] = sets[i][m];
	}
	return n;
}

const char *platform_list(const struct drivers *d)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(platforms); i++) {
		if (!streq(platforms[i].name, "ena") && platform_seen(d, platforms[i].name))
			bytes_addf(&b, "%s%s", b.len ? " " : "", platforms[i].name);
	}
	return arena_strdup(d->scan->arena, b.len ? b.data : "");
}

/* --- where it will run --- */

static void want(struct scan *s, struct platform_wanted *w, const char *names, const char *from)
{
	char *save = NULL, *list = arena_strdup(s->arena, names);

	for (char *p = strtok_r(list, ", ", &save); p && w->n < PLATFORMS_MAX;
	     p = strtok_r(NULL, ", ", &save))
		w->name[w->n++] = p;
	w->from = from;
}

/* Words of a data source's name or of what firmware calls the machine, and what runs there. */
struct sign {
	const char *word, *names;
};

static const struct sign sources[] = {
	{ "Ec2", "nvme,xen" },
	{ "Azure", "hyperv,nvme" },
	{ "GCE", "scsi,nvme,virtio" },
	{ "AliYun", "virtio,nvme,xen" },
	{ "OpenStack", "virtio,scsi,xen" },
	{ "DigitalOcean", "virtio,scsi" },
	{ "Hetzner", "scsi,virtio" },
	{ "Vultr", "virtio" },
	{ "Oracle", "scsi,virtio,nvme" },
	{ "Exoscale", "virtio" },
	{ "Scaleway", "virtio,scsi,nvme" },
	{ "UpCloud", "virtio,scsi" },
	{ "VMware", "scsi,nvme" },
};

static const struct sign machines[] = {
	{ "Alibaba Cloud", "virtio,nvme,xen" },
	{ "Amazon EC2", "nvme" },
	{ "Google Compute Engine", "scsi,nvme" },
	{ "Microsoft Corporation Virtual Machine", "hyperv,scsi,nvme" },
	{ "Xen HVM domU", "xen,scsi" },
	{ "Tencent Cloud", "virtio" },
	{ "OpenStack", "virtio,scsi" },
	{ "DigitalOcean", "virtio,scsi" },
	{ "VMware", "scsi,nvme" },
	{ "innotek GmbH VirtualBox", "scsi,nvme,virtio" },
	{ "QEMU", "virtio,scsi,nvme" },
	{ "KVM", "virtio,scsi,nvme" },
};

static const char *names_of(const struct sign *sign, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		if (strstr(text, sign[i].word))
			return sign[i].names;
	}
	return NULL;
}

static bool by_source(struct scan *s, struct platform_wanted *w)
{
	static const char *const files[] = { "/var/lib/cloud/instance/datasource",
					     "/var/lib/cloud/data/previous-datasource" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_bytes_ struct bytes b = { 0 };
		const char *names;

		if (root_read(s->root, files[i], SOURCE_MAX, &b) < 0)
			continue;
		names = names_of(sources, ARRAY_SIZE(sources), b.data);
		if (names) {
			want(s, w, names, files[i]);
			return true;
		}
	}
	return false;
}

/* The last line of a kernel that says what machine it runs on. */
static const char *machine_of(char *data, size_t len)
{
	static const char key[] = "DMI: ";
	const char *found = NULL;

	for (char *p = data; (p = memmem(p, len - (size_t)(p - data), key, sizeof(key) - 1));
	     p += sizeof(key) - 1)
		found = p + sizeof(key) - 1;
	if (!found)
		return NULL;
	data[len] = '\0';
	data[(size_t)(found - data) + strcspn(found, "\r\n")] = '\0';
	return names_of(machines, ARRAY_SIZE(machines), found);
}

/* How the kernel calls a disk, and what it runs on then. */
static const struct sign disks[] = {
	{ "vd", "virtio" },
	{ "nvme", "nvme" },
	{ "xvd", "xen" },
};

/* The file system that the last boot mounted first is its root. */
static const char *const mounts[] = { "EXT4-fs (", "XFS (" };

static const char *last_boot(const char *data, size_t len)
{
	static const char key[] = "Linux version ";
	const char *found = NULL;

	for (const char *p = data; (p = memmem(p, len - (size_t)(p - data), key, sizeof(key) - 1));
	     p += sizeof(key) - 1)
		found = p;
	return found;
}

/* What its root's disk ran on, by the disk's name; NULL: the log does not tell. */
static const char *disk_of(const char *data, size_t len)
{
	const char *boot = last_boot(data, len), *first = NULL;
	size_t left = boot ? len - (size_t)(boot - data) : 0;

	for (size_t i = 0; boot && i < ARRAY_SIZE(mounts); i++) {
		const char *p = memmem(boot, left, mounts[i], strlen(mounts[i]));

		if (p && (!first || p < first))
			first = p + strlen(mounts[i]);
	}
	for (size_t i = 0; first && i < ARRAY_SIZE(disks); i++) {
		size_t n = strlen(disks[i].word);

		if ((size_t)(data + len - first) > n && memcmp(first, disks[i].word, n) == 0)
			return disks[i].names;
	}
	return NULL;
}

/* Of what such machines have, what this one used. */
static const char *machine_with_disk(char *data, size_t len)
{
	const char *disk = disk_of(data, len), *names = machine_of(data, len);

	return names && disk && has_word(names, disk, ",") ? disk : names;
}

static const char *machine_in(struct scan *s, const char *path)
{
	_cleanup_free_ char *buffer = NULL;
	const char *names = NULL;
	struct stat st;
	size_t got = 0;

	if (root_stat(s->root, path, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
		return NULL;
	buffer = xmalloc(PART_MAX + 1);
	if ((uint64_t)st.st_size > PART_MAX &&
	    root_pread(s->root, path, (uint64_t)st.st_size - PART_MAX, buffer, PART_MAX, &got) == 0)
		names = machine_with_disk(buffer, got);
	if (!names && root_pread(s->root, path, 0, buffer, PART_MAX, &got) == 0)
		names = machine_with_disk(buffer, got);
	return names;
}

static bool by_log(struct scan *s, struct platform_wanted *w)
{
	static const char *const logs[] = { "/var/log/dmesg", "/var/log/kern.log",
					    "/var/log/messages", "/var/log/syslog",
					    "/var/log/dmesg.0" };

	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		const char *names = machine_in(s, logs[i]);

		if (names) {
			want(s, w, names, logs[i]);
			return true;
		}
	}
	return false;
}

struct journals {
	struct scan *s;
	struct platform_wanted *w;
	uint64_t left; /* bytes that may be read */
	unsigned looked;
};

/* What a file says of the machine. */
struct told {
	const char *names, *before; /* the last that is known; another one in front of it */
};

/* Bytes in front of the first that no name has. */
static size_t printed(const char *s)
{
	size_t n = 0;

	while (s[n] && !iscntrl((unsigned char)s[n]))
		n++;
	return n;
}

/* The machine whose name begins there; it is what is there now. */
static void take_machine(struct told *t, const char *at, size_t left)
{
	char line[MACHINE_MAX] = "";
	const char *names;

	memcpy(line, at, left < sizeof(line) ? left : sizeof(line) - 1);
	line[printed(line)] = '\0';
	names = names_of(machines, ARRAY_SIZE(machines), line);
	if (t->names && t->names != names)
		t->before = t->names;
	t->names = names;
}

/*
 * A message this short is not packed, and one that every boot repeats is kept once, where it came
 * up first: the bytes will do, and nothing of the file need make sense. The last new one is of the
 * last move, unless that was a move back.
 */
static void read_machines(struct journals *j, const char *path, struct told *t)
{
	static const char key[] = "MESSAGE=DMI: ";
	_cleanup_free_ char *part = NULL;
	struct stat st;
	uint64_t at, end;
	size_t got;

	if (root_stat(j->s->root, path, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	end = (uint64_t)st.st_size;
	at = end > j->left ? end - j->left : 0;
	j->left -= end - at;
	part = xmalloc(PART_MAX + MACHINE_MAX);
	/* Parts overlap by what a message may take. */
	for (; at < end; at += PART_MAX) {
		if (root_pread(j->s->root, path, at, part, PART_MAX + MACHINE_MAX, &got) < 0)
			return;
		for (char *p = part;
		     (p = memmem(p, got - (size_t)(p - part), key, sizeof(key) - 1));) {
			if (p >= part + PART_MAX)
				break;
			p += sizeof(key) - 1;
			take_machine(t, p, got - (size_t)(p - part));
		}
	}
}

static bool take_journal(struct journals *j, const char *id)
{
	const char *path = scan_printf(j->s, "/var/log/journal/%s/system.journal", id);
	struct told t = { 0 };

	read_machines(j, path, &t);
	if (!t.names)
		return false;
	want(j->s, j->w, t.names, path);
	j->w->before = t.before ? t.before : "";
	return true;
}

static int take_other(void *arg, const struct root_entry *e)
{
	struct journals *j = arg;

	return j->looked++ == JOURNALS_MAX || take_journal(j, e->name);
}

/* Of a disk that was copied, the journals of the machine it was copied from may be left. */
static bool by_journal(struct scan *s, struct platform_wanted *w)
{
	struct journals j = { .s = s, .w = w, .left = JOURNAL_MAX };
	_cleanup_bytes_ struct bytes id = { 0 };

	if (root_read(s->root, "/etc/machine-id", ID_MAX, &id) == 0 && id.len) {
		id.data[strcspn(id.data, "\r\n")] = '\0';
		if (strlen(id.data) == 32 && strspn(id.data, "0123456789abcdef") == 32 &&
		    take_journal(&j, id.data))
			return true;
	}
	root_list(s->root, "/var/log/journal", take_other, &j);
	w->hearsay = w->n > 0;
	return w->n > 0;
}

/* What the initramfs of another kernel was made for, the newest first. */
static bool by_other_kernel(struct scan *s, const struct kernel *but, struct platform_wanted *w)
{
	const struct kernels *ks = &s->facts->kernels;
	unsigned looked = 0;

	for (size_t i = 0; i < ks->n && looked < OTHERS_MAX; i++) {
		const struct kernel *k = &ks->k[i];
		struct drivers d;
		const char *names;

		if (k == but || k->rescue || !k->initrd || !scan_kernel_is_sound(s, k))
			continue;
		looked++;
		drivers_gather(s, k, &d);
		names = platform_list(&d);
		if (*names) {
			want(s, w, names, k->initrd);
			return true;
		}
	}
	return false;
}

static void find_out(struct scan *s, const struct kernel *boots, struct platform_wanted *out)
{
	*out = (struct platform_wanted){ .need = NEED_NOTHING, .before = "" };
	if (s->facts->wishes.platform) {
		want(s, out, s->facts->wishes.platform, "--platform");
		out->need = out->n ? NEED_ALL : NEED_NOTHING;
	} else if (by_source(s, out) || by_log(s, out) || by_journal(s, out) ||
		   by_other_kernel(s, boots, out)) {
		out->need = NEED_ANY;
	}
}

struct platform_known {
	const struct kernel *boots; /* that it was asked for */
	struct platform_wanted wanted;
};

void platform_wanted(struct scan *s, const struct kernel *boots, struct platform_wanted *out)
{
	struct platform_known *p = s->platform;

	if (!p || p->boots != boots) {
		p = arena_new_struct(s->arena, struct platform_known);
		p->boots = boots;
		find_out(s, boots, &p->wanted);
		s->platform = p;
	}
	*out = p->wanted;
}
