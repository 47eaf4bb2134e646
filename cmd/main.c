/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "cmd/command.h"
#include "cmd/registry.h"
#include "lib/jsonio.h"

#define X(name) &name##_command,
static const struct command *const commands[] = { COMMANDS(X) NULL };
#undef X

void complain(const char *fmt, ...)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	_cleanup_free_ char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	text_escape(s, strlen(s), &b);
	fprintf(stderr, "bootmend: %s\n", b.data);
}

static void usage(FILE *out)
{
	fputs("bootmend finds out why a Linux disk does not boot or lets nobody log in, and repairs it.\n\n"
	      "Usage:\n",
	      out);
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, "  bootmend %-8s %-22s %s\n", commands[i]->name, commands[i]->usage,
			commands[i]->summary);
	fputs("\nTARGET is a disk or partition (/dev/vdb), a raw disk image, a directory with a mounted\n"
	      "root (/ too), or auto. 'bootmend COMMAND --help' tells the options of a command.\n\n"
	      "Exit status (or'ed): 0 nothing wrong, 1 found and fixed, 4 found and left,\n"
	      "8 could not look or could not repair, 16 usage. Notes never count.\n",
	      out);
}

static int unknown(const char *name)
{
	const char *names[ARRAY_SIZE(commands)] = { NULL }, *near;

	for (size_t i = 0; commands[i]; i++)
		names[i] = commands[i]->name;
	near = nearest_of(name, names);
	if (near)
		complain("no command '%s'; did you mean '%s'?", name, near);
	else
		complain("no command '%s'; 'bootmend --help' lists them", name);
	return STATUS_USAGE;
}

int main(int argc, const char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return STATUS_USAGE;
	}
	if (streq(argv[1], "--help") || streq(argv[1], "-h") || streq(argv[1], "help")) {
		usage(stdout);
		return STATUS_OK;
	}
	if (streq(argv[1], "--version") || streq(argv[1], "-V")) {
		puts("bootmend " BOOTMEND_VERSION);
		return STATUS_OK;
	}
	for (size_t i = 0; commands[i]; i++) {
		if (streq(commands[i]->name, argv[1]))
			return commands[i]->run(argc - 1, argv + 1);
	}
	return unknown(argv[1]);
}
