/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/checks.h"
#include "checks/grub_parts.h"
#include "lib/cmdline.h"
#include "lib/unseen.h"
#include "lib/version.h"

const struct problem grub_config_missing = {
	.id = "grub.config-missing",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "GRUB is installed but has no menu to read",
	.why = "GRUB reads its menu from a file in /boot at every start. Without grub.cfg, "
	       "grub.conf or menu.lst it does not know which kernel to load and stops at its own "
	       "prompt.",
	.console = "Minimal BASH-like line editing is supported.\ngrub>",
	.by_hand = "for d in dev proc sys; do mount --bind /$d /mnt/$d; done\n"
		   "chroot /mnt grub-mkconfig -o /boot/grub/grub.cfg   (grub2-mkconfig and "
		   "/boot/grub2/grub.cfg on Red Hat systems)",
	.fix = "writes a menu with every complete kernel in /boot, the root by its UUID and the old "
	       "command line where the disk still knows it",
};

const struct problem grub_config_empty = {
	.id = "grub.config-empty",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "GRUB's menu has no entry that starts Linux",
	.why = "The file is there but empty, holds only comments or other bytes, or has lost its "
	       "entries, for example because the disk was full while it was written. GRUB then "
	       "stops at its prompt or shows an empty menu.",
	.console = "Minimal BASH-like line editing is supported.\ngrub>",
	.by_hand = "for d in dev proc sys; do mount --bind /$d /mnt/$d; done\n"
		   "chroot /mnt grub-mkconfig -o /boot/grub/grub.cfg   (grub2-mkconfig and "
		   "/boot/grub2/grub.cfg on Red Hat systems)",
	.fix = "writes the menu anew from every complete kernel in /boot, the root by its UUID and "
	       "the old command line where the disk still knows it",
};

const struct problem grub_syntax = {
	.id = "grub.syntax",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "GRUB's menu cannot be read to its end",
	.why = "A brace, a quote or an if is open or closed once too often, mostly because the file was cut "
	       "short or edited by hand. GRUB leaves out the command it stands in, and everything behind "
	       "what stays open: entries are missing from the menu, or all of them.",
	.console =
		"error: syntax error.\nerror: Incorrect command.\nerror: syntax error.\nSyntax error at "
		"line 120\nMinimal BASH-like line editing is supported.\ngrub>",
	.by_hand = "grub-script-check -v /mnt/boot/grub/grub.cfg\n"
		   "for d in dev proc sys; do mount --bind /$d /mnt/$d; done\n"
		   "chroot /mnt grub-mkconfig -o /boot/grub/grub.cfg   (grub2-mkconfig and "
		   "/boot/grub2/grub.cfg on Red Hat systems)",
	.fix = "writes the menu anew from every complete kernel in /boot, as for grub.config-empty: by itself "
	       "when no entry is left that GRUB can read, when asked for where some are",
};

const struct problem grub_initrd_line = {
	.id = "grub.initrd-line",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "a menu entry starts its kernel without the initramfs it needs",
	.why = "The root is named by UUID, label or a volume, which only an initramfs can look up, or its disk "
	       "or file system has a driver that is a module, which only an initramfs has in time. The entry "
	       "has no initrd line, so the kernel finds no root and panics, though its initramfs is there.",
	.console = "VFS: Cannot open root device \"UUID=<uuid>\" or unknown-block(0,0)\n"
		   "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
	.by_hand = "sed -i '/linux.*vmlinuz-<version>/a\\\tinitrd /boot/initrd.img-<version>' "
		   "/mnt/boot/grub/grub.cfg",
	.fix = "adds the initrd line with the initramfs of that kernel",
};

const struct problem grub_cmdline = {
	.id = "grub.cmdline",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "the kernel is told to stop before the system is up",
	.why = "A word on the kernel's command line that was meant for one repair (rd.break, init=/bin/sh, "
	       "single, systemd.unit=rescue.target, …) was left there, or one that gives the kernel too "
	       "little memory, or that makes it wait for a device that is not there.",
	.console = "switch_root:/#\n"
		   "bash: no job control in this shell\n"
		   "Give root password for maintenance",
	.by_hand = "sed -i 's/ rd.break//' /mnt/boot/grub/grub.cfg /mnt/etc/default/grub",
	.fix = "takes the leftovers of a repair out of the default entry and of /etc/default/grub; other words "
	       "when asked for",
};

const struct problem grub_defaults = {
	.id = "grub.defaults",
	.severity = DEGRADES,
	.stage = AT_LOADER,
	.safety = FIX_NONE,
	.title = "/etc/default/grub cannot be read by a shell",
	.why = "grub-mkconfig reads this file as a shell script and stops at the first command that fails: the "
	       "next update of a kernel or of GRUB leaves the old menu, without the new kernel, or none.",
	.console = "/usr/sbin/grub-mkconfig: 12: GRUB_TIMEOUT: not found\n"
		   "/usr/sbin/grub-mkconfig: 8: Syntax error: Unterminated quoted string",
	.by_hand =
		"sh -n /mnt/etc/default/grub\nvi /mnt/etc/default/grub   (NAME=\"value\", no blanks around =)",
};

const struct problem grub_search_unknown = {
	.id = "grub.search-unknown",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "GRUB looks for the kernel on a partition that is not there or does not hold it",
	.why = "An entry says by UUID, label or number which partition its files are on. When no "
	       "partition of this disk answers to that, or another one than the one with /boot, "
	       "GRUB does not find the kernel. Where its root was right before, by a number or "
	       "because the menu was read from there, GRUB prints an error, waits for a key or ten "
	       "seconds and goes on.",
	.console = "error: no such device: <uuid>.\nerror: you need to load the kernel first.\n"
		   "Error 15: File not found",
	.by_hand = "blkid\nsed -i 's/<dead uuid>/<uuid of the partition with \\/boot>/g' "
		   "/mnt/boot/grub/grub.cfg",
	.fix = "puts the UUID, label or number of the partition that holds /boot into these lines",
};

const struct problem grub_kernel_missing = {
	.id = "grub.kernel-missing",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "the default entry loads a kernel that is not there",
	.why = "The file that the entry which starts by itself names as its kernel does not exist or "
	       "has no bytes, so the boot ends in GRUB's menu.",
	.console = "error: file `/boot/vmlinuz-<version>' not found.\n"
		   "error: you need to load the kernel first.\n"
		   "Error 15: File not found",
	.by_hand = "ls -l /mnt/boot\n"
		   "chroot /mnt grub-set-default '<an entry whose files are there>'   (or change "
		   "default in grub.conf)",
	.fix = "makes the newest complete kernel of the menu the default",
};

const struct problem grub_initrd_missing = {
	.id = "grub.initrd-missing",
	.severity = STOPS_BOOT,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "the default entry loads an initramfs that is not there",
	.why = "The file that the entry which starts by itself names as its initramfs does not exist "
	       "or has no bytes. The kernel then starts without the drivers it needs for its root, "
	       "and panics.",
	.console = "error: file `/boot/initrd.img-<version>' not found.\n"
		   "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
	.by_hand = "ls -l /mnt/boot\n"
		   "chroot /mnt update-initramfs -c -k <version>   (dracut -f --no-hostonly "
		   "/boot/initramfs-<version>.img <version> on Red Hat systems)",
	.fix = "makes the newest complete kernel of the menu the default; without such a kernel, when "
	       "asked by --fix=grub.initrd-missing, builds the initramfs anew with the programs of "
	       "the disk itself, run on a copy of it and shut off from this machine",
};

const struct problem grub_spare_entry = {
	.id = "grub.spare-entry",
	.severity = DEGRADES,
	.stage = AT_LOADER,
	.safety = FIX_ASK,
	.title = "a menu entry that does not start by itself loads a file that is not there",
	.why = "The kernel or initramfs the entry names does not exist or has no bytes. It is not the "
	       "entry that starts by itself, but who chooses it in the menu, because the default "
	       "does not work, gets an error.",
	.console = "error: file `/boot/vmlinuz-<version>' not found.\n"
		   "error: you need to load the kernel first.",
	.by_hand = "for d in dev proc sys; do mount --bind /$d /mnt/$d; done\n"
		   "chroot /mnt grub-mkconfig -o /boot/grub/grub.cfg   (grub2-mkconfig and "
		   "/boot/grub2/grub.cfg on Red Hat systems)",
	.fix = "takes the entry out of the menu by commenting its lines, where no number of another "
	       "entry changes by that",
};

const struct problem grub_root_unknown = {
	.id = "grub.root-unknown",
	.severity = STOPS_BOOT,
	.stage = AT_INITRAMFS,
	.safety = FIX_SAFE,
	.title = "the kernel is told to use a root that this disk does not carry",
	.why = "root= on the kernel's command line names the partition the system is on. When none "
	       "answers to that name, or it is one without a system, the initramfs waits for it "
	       "and gives up.",
	.console = "Gave up waiting for root file system device.\n"
		   "ALERT!  UUID=<uuid> does not exist.  Dropping to a shell!\n"
		   "dracut-initqueue timeout - starting timeout scripts",
	.by_hand = "blkid\nsed -i 's/root=UUID=<dead uuid>/root=UUID=<uuid of the root>/' "
		   "/mnt/boot/grub/grub.cfg",
	.fix = "puts the UUID of the root into the entries of this system, and into "
	       "/etc/default/grub where the same word stands there",
};

const struct problem grub_root_devname = {
	.id = "grub.root-devname",
	.severity = DEGRADES,
	.stage = AT_INITRAMFS,
	.safety = FIX_ASK,
	.title = "the kernel is told its root by a name that depends on the driver",
	.why = "A name such as /dev/sda1 or /dev/xvda1 is given by the disk's driver and by the "
	       "order disks are found in. The same disk on another machine type or hypervisor has "
	       "another name, and no kernel of this century's second decade makes /dev/hda1.",
	.console = "ALERT!  /dev/hda1 does not exist.  Dropping to a shell!\n"
		   "VFS: Cannot open root device \"hda1\" or unknown-block(0,0)",
	.by_hand = "blkid\nsed -i 's,root=/dev/hda1,root=UUID=<uuid of the root>,' "
		   "/mnt/boot/grub/menu.lst",
	.fix = "puts the UUID of the root in place of the name: for /dev/hd* by itself, for other "
	       "names when asked for",
};

const struct problem grub_default = {
	.id = "grub.default",
	.severity = DEGRADES,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "the default of the boot menu names no entry",
	.why = "GRUB takes the first entry when the one it shall start by itself does not exist, "
	       "which may be another kernel or system than the one that was chosen.",
	.by_hand = "chroot /mnt grub-set-default 0   (grub2-set-default on Red Hat systems)",
	.fix = "makes the newest complete kernel of the menu the default; GRUB_DEFAULT in "
	       "/etc/default/grub becomes 0 where it names no entry",
};

const struct problem grub_env = {
	.id = "grub.env",
	.severity = DEGRADES,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "GRUB's environment block cannot be read",
	.why = "grubenv keeps the chosen default entry and, on some systems, the kernel's command "
	       "line. GRUB only takes a plain file of 1024 bytes that begins with its header line; "
	       "anything else it refuses, and then the default and those options are lost.",
	.console = "error: invalid environment block.",
	.by_hand = "rm /mnt/boot/grub/grubenv && grub-editenv /mnt/boot/grub/grubenv create",
	.fix = "writes the block anew with the variables that can still be read",
};

const struct problem grub_device_map = {
	.id = "grub.device-map",
	.severity = DEGRADES,
	.stage = AT_LOADER,
	.safety = FIX_SAFE,
	.title = "device.map names a disk that no driver of this system makes",
	.why = "Only grub-install and kernel updates read device.map. With a name such as /dev/hda in "
	       "it the next update of the boot loader fails, or leaves a system that does not boot.",
	.console = "/dev/hda does not have any corresponding BIOS drive.",
	.by_hand = "sed -i 's,/dev/hda,/dev/vda,' /mnt/boot/grub/device.map",
	.fix = "puts the name the disk has now in place of /dev/hd*: /dev/vda, or the one of "
	       "--platform",
};

/* --- what the parts share --- */

bool grub_has_old_ide(const char *version)
{
	return version_compare(version, "2.6.20") < 0;
}

size_t grub_replace(struct grub *g, struct finding *f, size_t line, size_t last_line,
		    const char *word, const char *with)
{
	const struct text *t = g->menu.text;
	size_t n = 0;

	for (; line <= last_line && line <= t->lines; line++) {
		const char *s = text_line(t, line), *to;

		if (s[strspn(s, " \t")] == '#')
			continue;
		to = cmdline_replace(g->s->arena, s, word, with);
		if (!to)
			continue;
		propose_line(f, t, line, "%s", to);
		n++;
	}
	return n;
}

const char *grub_entries(struct grub *g, const size_t *index, size_t n)
{
	_cleanup_bytes_ struct bytes out = { 0 };
	const size_t shown = n > 4 ? 3 : n;

	bytes_adds(&out, n == 1 ? "entry" : "entries");
	for (size_t i = 0; i < shown; i++)
		bytes_addf(&out, "%s %s", i ? "," : "", g->menu.entry[index[i]].number);
	if (n > shown)
		bytes_addf(&out, " and %zu more", n - shown);
	return arena_strndup(g->s->arena, out.data, out.len);
}

/* --- running --- */

static void read_menu(struct grub *g)
{
	loader_read(g->s, &g->l);
	if (g->l.kind == LOADER_LEGACY)
		bootmenu_legacy(&g->at, &g->l.legacy, &g->menu);
	else if (g->l.kind != LOADER_NONE)
		bootmenu_grub2(&g->at, &g->l.cfg, &g->menu);
}

static void run(struct scan *s)
{
	struct grub g = {
		.s = s,
		.at = { .arena = s->arena, .root = s->root, .facts = s->facts },
	};
	const struct loader_facts *l = &s->facts->loader;

	if (!l->has_grub2 && !l->has_legacy)
		return;
	g.at.unseen = unseen_find(s);
	g.at.fstab = bootmenu_fstab(&g.at);
	read_menu(&g);
	grub_look_config(&g);
	grub_look_syntax(&g);
	grub_look_env(&g);
	grub_look_device_map(&g);
	grub_look_default(&g);
	grub_look_search(&g);
	grub_look_files(&g);
	grub_look_initrd_line(&g);
	grub_look_root(&g);
	grub_look_cmdline(&g);
	grub_look_defaults(&g);
}

static const struct problem *const problems[] = {
	&grub_config_missing,
	&grub_config_empty,
	&grub_env,
	&grub_device_map,
	&grub_default,
	&grub_search_unknown,
	&grub_kernel_missing,
	&grub_initrd_missing,
	&grub_spare_entry,
	&grub_root_unknown,
	&grub_root_devname,
	&grub_syntax,
	&grub_initrd_line,
	&grub_cmdline,
	&grub_defaults,
	NULL,
};

const struct check grub_check = {
	.name = "grub",
	.summary = "GRUB 2's and GRUB legacy's menu, default, environment block and device map",
	.problems = problems,
	.run = run,
};
