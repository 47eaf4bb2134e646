/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/passphrase.h"
#include "cmd/password.h"
#include "cmd/registry.h"
#include "cmd/scan_job.h"
#include "cmd/wrap.h"
#include "lib/netconf.h"

/* As popt fills it. */
struct raw {
	char *fix, *only, *skip, *journal, *memory, *platform, *firmware, *selinux, *password_file,
		*color, *exit, *serial, *devices, *key_file, *mac, *console;
	int dry_run, json, jsonl, quiet, verbose, force, root_part;
};

/* popt would take the TARGET behind a bare --fix for its value. */
static const char **spell_out_fix(int argc, const char **argv, struct arena *a)
{
	const char **copy = arena_alloc(a, ((size_t)argc + 1) * sizeof(*copy));

	bool words = false;

	for (int i = 0; i < argc; i++) {
		copy[i] = !words && streq(argv[i], "--fix") ? "--fix=safe" : argv[i];
		words |= streq(argv[i], "--");
	}
	return copy;
}

static bool known_names(const char *option, const char *const *names, const char *const *words)
{
	/* "$VAR" that is empty must not look at nothing and call it healthy. */
	if (names && !names[0]) {
		complain("--%s= names nothing; see 'bootmend list'", option);
		return false;
	}
	for (size_t i = 0; names && names[i]; i++) {
		const char *near;

		if (problem_by_id(names[i]) || check_exists(names[i]) ||
		    (words && in_list(names[i], words)))
			continue;
		near = nearest_name(names[i]);
		if (near)
			complain("--%s: no problem or check '%s'; did you mean '%s'?", option,
				 names[i], near);
		else
			complain("--%s: no problem or check '%s'; see 'bootmend list'", option,
				 names[i]);
		return false;
	}
	return true;
}

static bool one_of(const char *option, const char *value, const char *const words[])
{
	const char *near;

	if (!value || in_list(value, words))
		return true;
	near = nearest_of(value, words);
	complain("--%s=%s: not one of its values; did you mean '%s'?", option, value,
		 near ? near : words[0]);
	return false;
}

/* "safe,shadow.root-password": a class word, ids, or a check's name for all its ids. */
static bool read_fix(struct scan_job *j, const char *fix)
{
	static const char *const words[] = { "safe", "all", NULL };
	const char *const *names = options_list(j->arena, fix);
	const char **ids = NULL;
	size_t n = 0, cap = 0;

	if (!fix)
		return true;
	j->fix = true;
	if (!known_names("fix", names, words))
		return false;
	for (size_t i = 0; names[i]; i++) {
		if (streq(names[i], "all")) {
			j->policy.least = FIX_ASK;
		} else if (streq(names[i], "safe")) {
			if (j->policy.least == FIX_NONE)
				j->policy.least = FIX_SAFE;
		} else if (!problem_by_id(names[i])) {
			complain("--fix=%s: that is a check; name ids of 'bootmend list'",
				 names[i]);
			return false;
		} else {
			ARENA_GROW(j->arena, ids, n, cap);
			ids[n++] = names[i];
		}
	}
	ARENA_GROW(j->arena, ids, n, cap);
	ids[n] = NULL;
	j->policy.ids = ids;
	return true;
}

/* Where the disk will run: names of lib/facts.h's wishes, any number of them. */
static bool known_platforms(const char *list, struct arena *a)
{
	static const char *const words[] = {
		"virtio", "nvme", "xen", "hyperv", "ena", "scsi", NULL
	};
	const char *const *given = options_list(a, list);

	for (size_t i = 0; given && given[i]; i++) {
		if (!one_of("platform", given[i], words))
			return false;
	}
	return true;
}

static enum firmware firmware_named(const char *word)
{
	if (!word)
		return FIRMWARE_UNKNOWN;
	return streq(word, "bios") ? FIRMWARE_BIOS : FIRMWARE_EFI;
}

/* NULL-terminated into *out; false: one of them is no hardware address. */
static bool read_macs(const char *list, struct arena *a, const char *const **out)
{
	const char *const *given = options_list(a, list);
	const char **macs = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; given && given[i]; i++) {
		ARENA_GROW(a, macs, n, cap);
		macs[n] = netconf_mac(a, given[i]);
		if (!macs[n++]) {
			complain("--mac=%s: not an address such as 52:54:00:12:34:56", given[i]);
			return false;
		}
	}
	if (n) {
		ARENA_GROW(a, macs, n, cap);
		macs[n] = NULL;
	}
	*out = macs;
	return true;
}

static bool read_wishes(struct scan_job *j, const struct raw *raw)
{
	struct wishes *w = &j->session.wishes;
	struct trouble t = { 0 };

	if (raw->memory && (!parse_size(raw->memory, &w->memory) || !w->memory)) {
		complain("--memory=%s: not a size such as 2G or 512M", raw->memory);
		return false;
	}
	if (!known_platforms(raw->platform, j->arena) || !read_macs(raw->mac, j->arena, &w->macs))
		return false;
	w->platform = raw->platform;
	w->firmware = firmware_named(raw->firmware);
	w->selinux = raw->selinux;
	if (!raw->password_file)
		return true;
	w->root_hash = password_hash(raw->password_file, j->arena, &t);
	if (!w->root_hash)
		complain("%s", t.text);
	return w->root_hash != NULL;
}

static bool check_words(const struct raw *raw)
{
	static const char *const colors[] = { "auto", "always", "never", NULL };
	static const char *const exits[] = { "fsck", "bootable", NULL };
	static const char *const selinux[] = { "disabled", "permissive", NULL };
	static const char *const firmware[] = { "bios", "uefi", NULL };

	return one_of("color", raw->color, colors) && one_of("exit", raw->exit, exits) &&
	       one_of("selinux", raw->selinux, selinux) &&
	       one_of("firmware", raw->firmware, firmware);
}

static void read_style(struct scan_job *j, const struct raw *raw)
{
	j->style.terminal = isatty(STDOUT_FILENO);
	j->style.color = raw->color && !streq(raw->color, "auto")
				 ? streq(raw->color, "always")
				 : j->style.terminal && !getenv("NO_COLOR");
	j->style.width = wrap_width_of(STDOUT_FILENO);
	j->style.quiet = raw->quiet;
	j->style.verbose = raw->verbose;
	j->format = raw->json ? FORMAT_JSON : raw->jsonl ? FORMAT_JSONL : FORMAT_TEXT;
	j->exit = raw->exit && streq(raw->exit, "bootable") ? EXIT_BOOTABLE : EXIT_FSCK;
}

/* "--fix ID TARGET": the id went among the TARGETs. */
static bool is_target(const char *word)
{
	if (!problem_by_id(word) || access(word, F_OK) == 0)
		return true;
	complain("'%s' is no TARGET; an id goes behind an equals sign: --fix=%s", word, word);
	return false;
}

static ssize_t read_fd(void *arg, void *buf, size_t n)
{
	ssize_t got;

	do
		got = read(*(const int *)arg, buf, n);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

static bool read_console(struct scan_job *j, const char *name)
{
	struct consolelog *l = arena_new_struct(j->arena, struct consolelog);
	_cleanup_close_ int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct syslogread_source source = { read_fd, &fd };
	int e = fd < 0 ? -errno : consolelog_read(&source, j->arena, l);

	if (e < 0)
		complain("cannot read '%s': %s", name, strerror(-e));
	j->console = l;
	return e == 0;
}

static bool read_job(struct scan_job *j, const struct raw *raw)
{
	for (size_t i = 0; j->session.targets[i]; i++) {
		if (!is_target(j->session.targets[i]))
			return false;
	}
	if (raw->json && raw->jsonl) {
		complain("--json and --jsonl: choose one");
		return false;
	}
	j->selection.only = options_list(j->arena, raw->only);
	j->selection.skip = options_list(j->arena, raw->skip);
	if (!check_words(raw) || !known_names("only", j->selection.only, NULL) ||
	    !known_names("skip", j->selection.skip, NULL) || !read_fix(j, raw->fix) ||
	    !read_wishes(j, raw))
		return false;
	if (raw->root_part == 0 || raw->root_part < -1) {
		complain("--root-part: a partition number counts from 1");
		return false;
	}
	j->dry_run = raw->dry_run;
	if (j->dry_run && !j->fix)
		j->policy.least = FIX_SAFE;
	j->journal_dir = raw->journal;
	j->session.serial = raw->serial;
	j->session.devices_file = raw->devices;
	j->session.root_part = raw->root_part;
	j->session.force = raw->force;
	read_style(j, raw);
	if (raw->console && !read_console(j, raw->console))
		return false;
	return passphrase_options(j->arena, raw->key_file, &j->session.layers);
}

#define OPTIONS_MAX 12 /* of a table, its end included */

#define ARG_STRING(name, field, text, what)                          \
	{                                                            \
		name, 0, POPT_ARG_STRING, &raw->field, 0, text, what \
	}
#define ARG_FLAG(name, letter, field, text)                             \
	{                                                               \
		name, letter, POPT_ARG_NONE, &raw->field, 0, text, NULL \
	}

/* popt hands out malloc()ed strings; the job outlives them. */
static void move_to_arena(struct raw *r, struct arena *a)
{
	char **const strings[] = { &r->fix,	      &r->only,	    &r->skip,	  &r->journal,
				   &r->memory,	      &r->platform, &r->firmware, &r->selinux,
				   &r->password_file, &r->color,    &r->exit,	  &r->serial,
				   &r->devices,	      &r->key_file, &r->mac,	  &r->console };

	for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
		_cleanup_free_ char *s = *strings[i];

		*strings[i] = s ? arena_strdup(a, s) : NULL;
	}
}

static void repairing_options(struct raw *raw, struct poptOption out[OPTIONS_MAX])
{
	const struct poptOption table[] = {
		ARG_STRING("fix", fix, "repair: safe fixes, or the named ones only",
			   "safe|all|ID[,ID]"),
		ARG_FLAG("dry-run", 'n', dry_run,
			 "show as a diff what --fix would do, change nothing"),
		ARG_STRING("journal", journal, "keep the backup in this directory of this machine",
			   "DIR"),
		ARG_STRING("selinux", selinux, "what selinux.enforcing sets",
			   "disabled|permissive"),
		ARG_STRING("password-file", password_file,
			   "file with root's new password or hash, for shadow.root-password",
			   "FILE"),
		ARG_FLAG("force", 0, force, "repair although something speaks against it"),
		POPT_TABLEEND
	};

	_Static_assert(ARRAY_SIZE(table) <= OPTIONS_MAX, "room for all options");
	memcpy(out, table, sizeof(table));
}

static void looking_options(struct raw *raw, struct poptOption out[OPTIONS_MAX])
{
	const struct poptOption table[] = {
		ARG_STRING("only", only, "only these checks or ids", "NAME[,NAME]"),
		ARG_STRING("skip", skip, "not these checks or ids", "NAME[,NAME]"),
		{ "root-part", 0, POPT_ARG_INT, &raw->root_part, 0, "the partition with the system",
		  "N" },
		ARG_STRING("serial", serial, "the disk with this serial number is the TARGET",
			   "SN"),
		ARG_STRING("key-file", key_file, "file with the key of LUKS (default: ask)",
			   "FILE"),
		ARG_STRING("memory", memory, "memory of the patient (default: from its logs)",
			   "SIZE"),
		ARG_STRING("platform", platform, "where the disk will run",
			   "virtio,nvme,xen,hyperv,..."),
		ARG_STRING("firmware", firmware, "what shall start the disk there", "bios|uefi"),
		ARG_STRING("mac", mac, "the network cards of the machine it will run on",
			   "ADDRESS[,ADDRESS]"),
		ARG_STRING("console", console, "what the serial console showed, to be explained",
			   "FILE"),
		ARG_STRING("devices", devices, "partitions of a directory TARGET, one a line",
			   "FILE"),
		POPT_TABLEEND
	};

	_Static_assert(ARRAY_SIZE(table) <= OPTIONS_MAX, "room for all options");
	memcpy(out, table, sizeof(table));
}

static void telling_options(struct raw *raw, struct poptOption out[OPTIONS_MAX])
{
	const struct poptOption table[] = {
		ARG_FLAG("json", 0, json, "one JSON document"),
		ARG_FLAG("jsonl", 0, jsonl,
			 "one finding a line as JSON, the last line is the summary"),
		ARG_FLAG("quiet", 'q', quiet, "only the findings (with --dry-run only the diff)"),
		ARG_FLAG("verbose", 'v', verbose,
			 "add the line, the why, the by-hand command, the diff"),
		ARG_STRING("color", color, "colours (auto: on a terminal)", "auto|always|never"),
		ARG_STRING("exit", exit, "exit status: fsck's bits, or 0 when it boots",
			   "fsck|bootable"),
		POPT_TABLEEND
	};

	_Static_assert(ARRAY_SIZE(table) <= OPTIONS_MAX, "room for all options");
	memcpy(out, table, sizeof(table));
}

int scan_job_read(int argc, const char **argv, struct scan_job *job)
{
	struct raw raw = { .root_part = -1 };
	struct poptOption repairing[OPTIONS_MAX], looking[OPTIONS_MAX], telling[OPTIONS_MAX];
	const struct poptOption table[] = {
		{ NULL, 0, POPT_ARG_INCLUDE_TABLE, (void *)repairing, 0, "Repairing:", NULL },
		{ NULL, 0, POPT_ARG_INCLUDE_TABLE, (void *)looking, 0, "Looking:", NULL },
		{ NULL, 0, POPT_ARG_INCLUDE_TABLE, (void *)telling, 0, "Telling:", NULL },
		POPT_AUTOHELP POPT_TABLEEND
	};
	struct arguments args;
	int r;

	repairing_options(&raw, repairing);
	looking_options(&raw, looking);
	telling_options(&raw, telling);
	r = options_parse(argc, spell_out_fix(argc, argv, job->arena), table, "[OPTIONS] TARGET...",
			  job->arena, &args);
	move_to_arena(&raw, job->arena);
	if (r != OPTIONS_GO)
		return r;
	job->session.targets = args.words;
	return read_job(job, &raw) ? OPTIONS_GO : STATUS_USAGE;
}
