/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/systemd_parts.h"

const struct problem systemd_masked = {
	.id = "systemd.masked",
	.severity = STOPS_BOOT,
	.stage = AT_INIT,
	.safety = FIX_ASK,
	.title = "a unit the boot or the login needs is masked",
	.why = "A unit that is linked to /dev/null, or whose file is empty, is not started whoever asks for it. "
	       "Without udevd no device of fstab appears and the boot waits until it gives up; without gettys "
	       "there is no prompt, without sshd no way in over the network.",
	.console = "Unit systemd-udevd.service is masked.\n"
		   "systemd[1]: Failed to start default target: Unit multi-user.target is masked.",
	.by_hand =
		"rm /mnt/etc/systemd/system/systemd-udevd.service (the link or the empty file; the unit that "
		"the package brought then counts)",
	.fix = "removes the mask from /etc/systemd/system; somebody may have meant it, so it asks",
};

const struct problem systemd_program = {
	.id = "systemd.program",
	.severity = BLOCKS_LOGIN,
	.stage = AT_INIT,
	.safety = FIX_ASK,
	.title = "a unit the boot or the login needs starts a program that is not there",
	.why = "systemd starts what ExecStart= of the unit names, drop-ins of /etc included. When that path does "
	       "not exist, or a drop-in took the command away without giving another, the service fails at each "
	       "boot.",
	.console =
		"systemd[1]: ssh.service: Failed at step EXEC spawning /usr/sbin/sshd: No such file or "
		"directory\n"
		"systemd[1]: ssh.service: Main process exited, code=exited, status=203/EXEC\n"
		"systemd[1]: ssh.service: Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.",
	.by_hand =
		"systemd-delta --root=/mnt shows what overrides what; put # before the line of the drop-in, or "
		"reinstall the package the program belongs to",
	.fix = "puts # before ExecStart= lines of a drop-in in /etc, so that the package's own count again",
};

const struct problem systemd_limits = {
	.id = "systemd.limits",
	.severity = NOTE,
	.stage = AT_RUNTIME,
	.safety = FIX_NONE,
	.title = "a service does not get the open files its unit asks for",
	.why = "LimitNOFILE=infinity means 65536 before systemd 240, and limits.conf does not apply to services "
	       "at all: pam_limits only acts on logins.",
	.console = NULL,
	.by_hand = "write the number itself: LimitNOFILE=1048576",
	.fix = NULL,
};

const struct problem systemd_ordering_cycle = {
	.id = "systemd.ordering-cycle",
	.severity = DEGRADES,
	.stage = AT_INIT,
	.safety = FIX_ASK,
	.title = "units that the boot starts wait for each other in a circle",
	.why = "Each of them is told to start after another, and the last one after the first. systemd then "
	       "leaves out one that nothing requires, whichever it comes to first, and it may be another one "
	       "at the next boot; where all of them are required it starts none at all. A service waits for "
	       "sysinit.target and basic.target by itself, so one that says Before= to something those wait "
	       "for needs DefaultDependencies=no.",
	.console =
		"systemd[1]: sysinit.target: Found ordering cycle on early.service/start\n"
		"systemd[1]: sysinit.target: Job local-fs.target/start deleted to break ordering cycle starting "
		"with sysinit.target/start",
	.by_hand =
		"systemd-analyze --root=/mnt verify default.target names the circle; take the After= or "
		"Before= out that was added last, or add DefaultDependencies=no to a service of the early "
		"boot",
	.fix = "takes the name that closes the circle out of the line of /etc/systemd/system that says it",
};

const struct problem systemd_missing = {
	.id = "systemd.missing",
	.severity = NOTE,
	.stage = AT_INIT,
	.safety = FIX_ASK,
	.title = "a unit is asked for that is not there",
	.why = "A link in a .wants directory stands for a unit by its name. Where no file of that name is left, "
	       "systemd passes over it: harmless for most, but without udev, a getty or sshd nobody gets in. What "
	       "is required (Requires=, a .requires directory) must be there: where everything up to "
	       "default.target requires it, systemd cannot make the job and freezes.",
	.console = "systemd[1]: Failed to isolate default target: Unit early.service not found.\n"
		   "systemd[1]: Freezing execution.",
	.by_hand =
		"reinstall the package that brings the unit, or take the link or the Requires= line away",
	.fix = "takes the link in /etc/systemd/system away, or comments the line out; of units of importance it "
	       "is only told",
};

const struct problem *const systemd_problems[] = {
	&systemd_masked,	 &systemd_program, &systemd_limits,
	&systemd_ordering_cycle, &systemd_missing, NULL,
};
