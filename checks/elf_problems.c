/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/elf_parts.h"

const struct problem elf_loader = {
	.id = "elf.loader",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_NONE,
	.title = "the program loader or interpreter that a program names does not exist",
	.why = "The kernel starts a dynamic program by its loader (ld-linux, ld-musl) and a script by the program "
	       "behind '#!'. Without it the program itself counts as missing, although it is there. Where PID 1 "
	       "is such a program the kernel panics; where login, getty or sshd are, nobody gets in.",
	.console = "Failed to execute /sbin/init (error -2)\n"
		   "run-init: can't execute '/sbin/init': No such file or directory\n"
		   "Kernel panic - not syncing: No working init found.",
	.by_hand =
		"reinstall the C library's package: dpkg --root=/mnt -i libc6_*.deb, or rpm --root=/mnt "
		"-Uvh --replacepkgs glibc-*.rpm; a script's first line must name a program that is there",
};

const struct problem elf_library = {
	.id = "elf.library",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_SAFE,
	.title = "a library that the boot or a login needs is not found, or too old",
	.why = "Before a program's first instruction its loader must find every library it names, and those that "
	       "these name, each with the versions they were linked to. If one is not found the program ends at "
	       "once: as PID 1 that is a kernel panic, as login, shell or sshd it keeps everybody out.",
	.console =
		"/sbin/init: error while loading shared libraries: libsystemd-shared-252.so: cannot open "
		"shared object file: No such file or directory\n"
		"/bin/login: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.34' not found (required by "
		"/bin/login)\n"
		"Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00",
	.by_hand =
		"chroot /mnt ldconfig makes lost links again; otherwise reinstall the package that owns the "
		"library (dpkg -S or rpm -qf), or copy the file from a machine of the same release",
	.fix = "makes the link again where the library's own file stands beside it, as ldconfig would; has users "
	       "looked up by files, which is part of libc, where the library of compat is gone; any other that is "
	       "gone is only named, with the package that owns it",
};

const struct problem elf_damaged = {
	.id = "elf.damaged",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_NONE,
	.title =
		"a program or library that the boot or a login needs is cut short or no program at all",
	.why = "A crash, a full disk or a copy that was broken off leaves files of which a part is missing. What its "
	       "headers promise to load lies behind the end of the file then, so the kernel or the loader refuses "
	       "it, or the program dies when it gets there.",
	.console = "error while loading shared libraries: libmount.so.1: file too short\n"
		   "error while loading shared libraries: libmount.so.1: invalid ELF header\n"
		   "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000007",
	.by_hand =
		"reinstall the package that owns the file: dpkg -S or rpm -qf, then dpkg --root=/mnt -i or rpm "
		"--root=/mnt -Uvh --replacepkgs; or copy it from a machine of the same release",
};

const struct problem elf_machine = {
	.id = "elf.machine",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_NONE,
	.title =
		"a program or library is made for another architecture than the rest of the system",
	.why = "The kernel refuses a program of another processor, and a loader passes over libraries of one, so it is "
	       "as if the file were missing. It happens when packages or files of the wrong architecture are "
	       "copied over a system.",
	.console = "Failed to execute /sbin/init (error -8)\n"
		   "Failed at step EXEC spawning /sbin/agetty: Exec format error\n"
		   "error while loading shared libraries: libc.so.6: wrong ELF class: ELFCLASS32",
	.by_hand =
		"file /mnt/sbin/init /mnt/bin/ls tells what each is made for; reinstall the package that "
		"owns the odd one, of the system's own architecture",
};

const struct problem elf_preload = {
	.id = "elf.preload",
	.severity = DEGRADES,
	.stage = AT_INIT,
	.safety = FIX_ASK,
	.title = "/etc/ld.so.preload names a library that is not there, or that no package owns",
	.why = "Every program of the system loads what this file names. One that is not there makes each program "
	       "print an error, which spoils the output that scripts read. One that no package owns was put "
	       "there by hand, by an agent, or by somebody who broke in.",
	.console =
		"ERROR: ld.so: object '/lib/libx.so' from /etc/ld.so.preload cannot be preloaded "
		"(cannot open shared object file): ignored.",
	.by_hand =
		"take the name out of /mnt/etc/ld.so.preload, or put # in front; keep the library itself for a "
		"look when nobody knows where it came from",
	.fix = "takes the name out, or comments the line; the library itself stays",
};

const struct problem *const elf_problems[] = { &elf_loader,  &elf_library, &elf_damaged,
					       &elf_machine, &elf_preload, NULL };
