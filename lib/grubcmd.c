/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of grub.cfg that matter for what is loaded; see lib/grubrun.h.
 *
 * Source: GRUB manual, "Commands"; grub-core/commands/legacycfg.c.
 */
#include "lib/grubcmd_parts.h"

/* --- what is kept of an entry --- */

struct grubcfg_entry *grubcmd_entry(const struct grubrun *r)
{
	return r->entry == GRUBCFG_NONE ? NULL : &r->out->entry[r->entry];
}

static struct grubcfg_file new_file(struct grubrun *r, const struct grubstmt *st,
				    const struct grubarg *arg)
{
	struct grubcfg_file f = { .place.name = "", .line = st->line, .reach = r->reach };

	grubcmd_take_file(r, arg, &f);
	return f;
}

static const char *join(struct grubrun *r, const struct grubarg *arg, size_t n)
{
	_cleanup_bytes_ struct bytes out = { 0 };

	for (size_t i = 0; i < n; i++)
		bytes_addf(&out, "%s%s", i ? " " : "", arg[i].shown);
	return arena_strndup(r->a, out.data ? out.data : "", out.len);
}

/* Options in front of the file. */
static size_t first_file(const struct grubarg *arg, size_t n)
{
	size_t i = 1;

	while (i < n && startswith(arg[i].s, "--"))
		i++;
	return i;
}

static enum tri cmd_linux(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			  size_t n)
{
	struct grubcfg_entry *e = grubcmd_entry(r);
	size_t at = first_file(arg, n), count;

	if (!e || at >= n)
		return TRI_UNKNOWN;
	count = e->kernels;
	GRUBCMD_APPEND(r, e->args, count, join(r, arg + at + 1, n - at - 1));
	GRUBCMD_APPEND(r, e->kernel, e->kernels, new_file(r, st, &arg[at]));
	return TRI_UNKNOWN;
}

static enum tri cmd_initrd(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			   size_t n)
{
	struct grubcfg_entry *e = grubcmd_entry(r);

	for (size_t i = first_file(arg, n); e && i < n; i++)
		GRUBCMD_APPEND(r, e->initrd, e->initrds, new_file(r, st, &arg[i]));
	return TRI_UNKNOWN;
}

/* Xen: multiboot loads the hypervisor, the first module is Linux, the second its initrd. */
static enum tri cmd_module(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			   size_t n)
{
	const struct grubcfg_entry *e = grubcmd_entry(r);

	if (!e)
		return TRI_UNKNOWN;
	return e->kernels ? cmd_initrd(r, st, arg, n < 2 ? n : first_file(arg, n) + 1)
			  : cmd_linux(r, st, arg, n);
}

static enum tri cmd_chain(struct grubrun *r, const struct grubstmt *st UNUSED,
			  const struct grubarg *arg UNUSED, size_t n UNUSED)
{
	struct grubcfg_entry *e = grubcmd_entry(r);

	if (e && r->reach != REACH_NEVER)
		e->chain = true;
	return TRI_UNKNOWN;
}

/* configfile, source: another file goes on */
static enum tri cmd_source(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
			   size_t n)
{
	if (r->reach == REACH_NEVER)
		return TRI_UNKNOWN;
	if (grubcmd_entry(r)) {
		if (streq(arg[0].s, "configfile"))
			return cmd_chain(r, st, arg, n);
		grubrun_opaque(r);
	} else if (n < 2 || !endswith(arg[1].s, "/user.cfg")) { /* user.cfg: a password, no entry */
		r->out->more = true;
	}
	return TRI_UNKNOWN;
}

static enum tri cmd_opaque(struct grubrun *r, const struct grubstmt *st UNUSED,
			   const struct grubarg *arg UNUSED, size_t n UNUSED)
{
	grubrun_opaque(r);
	if (!grubcmd_entry(r) && r->reach != REACH_NEVER)
		r->out->more = true;
	return TRI_UNKNOWN;
}

static enum tri cmd_blscfg(struct grubrun *r, const struct grubstmt *st UNUSED,
			   const struct grubarg *arg UNUSED, size_t n UNUSED)
{
	if (!grubcmd_entry(r) && r->reach != REACH_NEVER)
		r->out->blscfg = true;
	return TRI_UNKNOWN;
}

/* --- the table --- */

static const struct {
	const char *name;
	grubcmd *run;
} commands[] = {
	{ "linux", cmd_linux },
	{ "linux16", cmd_linux },
	{ "linuxefi", cmd_linux },
	{ "kernel", cmd_linux },
	{ "initrd", cmd_initrd },
	{ "initrd16", cmd_initrd },
	{ "initrdefi", cmd_initrd },
	{ "module", cmd_module },
	{ "module2", cmd_module },
	{ "xen_module", cmd_module },
	{ "search", grubcmd_search },
	{ "search.fs_uuid", grubcmd_search_dot },
	{ "search.fs_label", grubcmd_search_dot },
	{ "search.file", grubcmd_search_dot },
	{ "search.fs_file", grubcmd_search_dot },
	{ "set", grubcmd_set },
	{ "unset", grubcmd_unset },
	{ "load_env", grubcmd_load_env },
	{ "chainloader", cmd_chain },
	{ "ntldr", cmd_chain },
	{ "configfile", cmd_source },
	{ "source", cmd_source },
	{ ".", cmd_source },
	{ "normal", cmd_source },
	{ "blscfg", cmd_blscfg },
	{ "blsuki", cmd_blscfg },
	{ "bls_import", cmd_blscfg },
	{ "eval", cmd_opaque },
	{ "legacy_configfile", cmd_source },
	{ "syslinux_configfile", cmd_source },
	{ "extract_entries_source", cmd_source },
	{ "read", grubcmd_forget },
	{ "increment", grubcmd_forget },
	{ "decrement", grubcmd_forget },
	{ "probe", grubcmd_forget },
	{ "regexp", grubcmd_forget },
	{ "loopback", cmd_opaque },
};

/* NAME=VALUE without set */
static bool is_assignment(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return n && s[n] == '=' && !(s[0] >= '0' && s[0] <= '9');
}

enum tri grubcmd_run(struct grubrun *r, const struct grubstmt *st, const struct grubarg *arg,
		     size_t n)
{
	const char *name = arg[0].s;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (streq(commands[i].name, name))
			return commands[i].run(r, st, arg, n);
	}
	if (is_assignment(name)) {
		grubcmd_assign(r, st, &arg[0], 0);
		return TRI_TRUE;
	}
	if (arg[0].unknown)
		grubrun_opaque(r);
	if (streq(name, "true"))
		return TRI_TRUE;
	return streq(name, "false") ? TRI_FALSE : TRI_UNKNOWN;
}
