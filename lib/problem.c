/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/problem.h"

const char *severity_name(enum severity s)
{
	static const char *const names[] = {
		[STOPS_BOOT] = "stops-boot",
		[BLOCKS_LOGIN] = "blocks-login",
		[DEGRADES] = "degrades",
		[NOTE] = "note",
	};

	return names[s];
}

const char *stage_name(enum stage s)
{
	static const char *const names[] = {
		[AT_FIRMWARE] = "firmware",   [AT_LOADER] = "loader", [AT_KERNEL] = "kernel",
		[AT_INITRAMFS] = "initramfs", [AT_MOUNT] = "mount",   [AT_INIT] = "init",
		[AT_NETWORK] = "network",     [AT_LOGIN] = "login",   [AT_RUNTIME] = "runtime",
	};

	return names[s];
}

const char *safety_name(enum safety s)
{
	static const char *const names[] = {
		[FIX_NONE] = "none", [FIX_ASK] = "ask", [FIX_SAFE] = "safe"
	};

	return names[s];
}
