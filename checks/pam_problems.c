/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/pam_parts.h"

#define CONSOLE_FAILS                                                      \
	"login: PAM Failure, aborting: Critical error - immediate abort\n" \
	"Login incorrect\n"                                                \
	"Authentication failure"

const struct problem pam_missing = {
	.id = "pam.missing",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a PAM configuration file is missing",
	.why = "A service without a file of its own is answered by 'other', which denies everybody on "
	       "many systems; a stack that other files include is then missing from all of them, and "
	       "libpam refuses the login.",
	.console = CONSOLE_FAILS,
	.by_hand = "ls -l /mnt/etc/pam.d\n"
		   "cp -p /mnt/etc/pam.d/system-auth.rpmsave /mnt/etc/pam.d/system-auth\n"
		   "or take the file from the package that ships it (util-linux, openssh-server, "
		   "libpam-runtime, authselect)",
	.fix = "puts back a backup of the file or the link to it, or makes Debian's common-* anew from "
	       "their templates and profiles as pam-auth-update would; where none of that is there, "
	       "and only when asked for, writes a plain stack on pam_unix",
};

const struct problem pam_empty = {
	.id = "pam.empty",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a PAM configuration file is empty",
	.why = "The file is there but says nothing, as after a full disk, a crash while it was written "
	       "or a wrong redirection. A stack in which no module says yes refuses the login. A "
	       "service whose own file is empty is answered by /etc/pam.d/other: on Debian and Ubuntu "
	       "that lets people in by the shared stacks, on RHEL it denies everybody.",
	.console = CONSOLE_FAILS,
	.by_hand =
		"ls -l /mnt/etc/pam.d\n"
		"common-*: chroot /mnt pam-auth-update --force\n"
		"system-auth: chroot /mnt authselect select PROFILE --force (its name is the first "
		"line of /mnt/etc/authselect/authselect.conf)\n"
		"any other, once the system runs: rm /etc/pam.d/login; apt-get install --reinstall "
		"-o Dpkg::Options::=--force-confmiss PACKAGE (which 'dpkg -S /etc/pam.d/login' "
		"names), or dnf reinstall util-linux",
	.fix = "puts back a backup of the file, or makes Debian's common-* anew from their templates "
	       "and profiles as pam-auth-update would; where none of that is there, and only when "
	       "asked for, writes a plain stack on pam_unix",
};

const struct problem pam_cr = {
	.id = "pam.cr",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a PAM configuration file has lines that end in CR",
	.why = "The file was saved on Windows or sent through a tool that writes CR LF. libpam takes the "
	       "CR as part of the last word: the module 'pam_unix.so\\r' cannot be loaded, and a blank "
	       "line is one of an unknown type.",
	.console = "login: PAM unable to dlopen(pam_unix.so\\015)\n"
		   "Module is unknown",
	.by_hand = "sed -i 's/\\r$//' /mnt/etc/pam.d/login",
	.fix = "takes the CR off the end of each line",
};

const struct problem pam_line = {
	.id = "pam.line",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_ASK,
	.title = "a line of a PAM stack cannot be read",
	.why = "A misspelt type or control word, a bracket left open or a line without a module does not "
	       "go unused: libpam puts a step that always fails in its place.",
	.console = CONSOLE_FAILS,
	.by_hand =
		"vi /mnt/etc/pam.d/login: TYPE is auth, account, password or session; CONTROL is "
		"required, requisite, sufficient, optional, include, substack or [value=action ...]",
	.fix = "puts the word right when it is clear which one is meant; otherwise comments the line out "
	       "if the rest of the stack still logs root in and refuses a wrong password",
};

const struct problem pam_include = {
	.id = "pam.include",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_ASK,
	.title = "a PAM stack includes a file that is not there, or itself",
	.why = "libpam puts a step that always fails in place of an include it cannot follow; Debian's "
	       "@include even ends the whole service. Includes may be nested sixteen deep.",
	.console = CONSOLE_FAILS,
	.by_hand = "comment the line out in /mnt/etc/pam.d, or put the file back that it names",
	.fix = "comments the line out if the rest of the stack still logs root in and refuses a wrong "
	       "password",
};

const struct problem pam_module = {
	.id = "pam.module",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_SAFE,
	.title = "a PAM module that a login needs cannot be loaded",
	.why = "The line names a module that is not there, is empty or damaged, or is made for another "
	       "architecture. Unless its control word ignores that, the step counts as failed; a '-' "
	       "before the type only keeps the log quiet.",
	.console = "Module is unknown\n"
		   "login: PAM adding faulty module: pam_limits.so\n"
		   "Authentication service cannot retrieve authentication info",
	.by_hand =
		"put the module back (reinstall the package that owns it), or comment the line out in "
		"/mnt/etc/pam.d",
	.fix = "comments that line out when the rest of the stack still logs root in and refuses a wrong "
	       "password; the lines around it stay as they are",
};

const struct problem pam_denies_root = {
	.id = "pam.denies-root",
	.severity = BLOCKS_LOGIN,
	.stage = AT_LOGIN,
	.safety = FIX_ASK,
	.title = "a PAM stack refuses root",
	.why = "Whatever the password, one module says no for root: pam_succeed_if with a condition that "
	       "root does not meet, pam_deny ahead of the module that asks for the password, or a file that a "
	       "module goes by: a list with root on it, or without (pam_listfile), failed logins counted for "
	       "good (pam_faillock, pam_tally2), a shell that is not in /etc/shells, a rule of time.conf or "
	       "sepermit.conf. Several of them believe no file that everybody may write.",
	.console =
		"Login incorrect\n"
		"login: pam_succeed_if(login:auth): requirement \"user != root\" not met by user "
		"\"root\"\n"
		"login: pam_listfile(login:auth): Refused user root for service login\n"
		"The account is locked due to 3 failed logins.\n"
		"login: pam_tally2(login:auth): user root (0) tally 4, deny 3",
	.by_hand =
		"comment the line out in /mnt/etc/pam.d, or put the file right that it goes by; a count of "
		"failures: chroot /mnt faillock --user root --reset, or pam_tally2 --user root --reset",
	.fix = "comments the rule out in the file the module goes by, adds the shell to /etc/shells, closes a "
	       "file to writing by all, or begins the count anew; else comments the line of the stack out, if "
	       "the rest of it then logs root in and refuses a wrong password",
};

const struct problem *const pam_problems[] = {
	&pam_missing, &pam_empty,  &pam_cr,	     &pam_line,
	&pam_include, &pam_module, &pam_denies_root, NULL,
};
