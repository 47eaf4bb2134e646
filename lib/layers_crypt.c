/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LUKS, by this machine's cryptsetup; the key from a file or from a person, never guessed. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dm.h"
#include "lib/layers_internal.h"
#include "lib/program.h"

#define SECONDS 300 /* a key is stretched on purpose, for long on a slow machine */
#define VERSION_SECONDS 30
#define WRONG_KEY 2 /* of cryptsetup's exit statuses */

/* Names that installers give; crypttab's own is only known once the root is open. */
static const char *const *names_of(struct arena *a, const struct partition *p)
{
	const char **names = arena_alloc(a, 2 * sizeof(*names));

	if (p->uuid)
		names[0] = arena_printf(a, "/dev/mapper/luks-%s", p->uuid);
	return names;
}

static struct layer layer_of(struct layers *l, const struct partition *p)
{
	struct layer_part *in = arena_new_struct(l->a, struct layer_part);

	*in = (struct layer_part){ p->disk, p->start };
	return (struct layer){
		.what = arena_printf(l->a, "LUKS volume in %s",
				     p->layer	     ? p->layer
				     : p->number > 0 ? arena_printf(l->a, "partition %d", p->number)
						     : "the whole disk"),
		.names = names_of(l->a, p),
		.in = in,
		.n = 1,
	};
}

/* The person who runs this opened it by hand. */
static bool use_open_one(struct layers *l, const struct partition *p)
{
	struct layer layer = layer_of(l, p);
	const char *node = layers_holder(l, p);
	struct opening *o;

	return node && startswith(node, "/dev/dm-") && layers_begin(l, NULL, NULL, &o) == 0 &&
	       layers_end(l, o, node, &layer) == 0;
}

bool layers_has_token_plugins(const char *version)
{
	unsigned major, minor;

	if (!version || sscanf(version, "cryptsetup %u.%u", &major, &minor) != 2)
		return false;
	return major > 2 || (major == 2 && minor >= 4);
}

static bool loads_plugins(void)
{
	const char *argv[] = { "cryptsetup", "--version", NULL };
	_cleanup_bytes_ struct bytes output = { 0 };

	return program_run(argv, NULL, VERSION_SECONDS, &output) == 0 &&
	       layers_has_token_plugins(output.data);
}

static int run(const struct layers *l, const char *device, const char *name,
	       const struct bytes *passphrase, struct bytes *output)
{
	const char *argv[16] = { "cryptsetup", "open", "--type", "luks", "--tries", "1" };
	size_t n = 6;

	argv[n++] = "--key-file";
	argv[n++] = passphrase ? "-" : l->o.key_file;
	if (l->access == LOOK)
		argv[n++] = "--readonly";
	if (loads_plugins())
		argv[n++] = "--disable-external-tokens";
	argv[n++] = device;
	argv[n] = name;
	return program_run(argv, passphrase, SECONDS, output);
}

static void note_failure(struct layers *l, const struct partition *p, int status,
			 struct bytes *output)
{
	if (status == -ENOENT)
		layers_note(l, p,
			    "encrypted with LUKS, and 'cryptsetup' is not installed on this "
			    "machine (%s)",
			    program_package("cryptsetup"));
	else if (status == WRONG_KEY && l->o.key_file)
		layers_note(l, p,
			    "encrypted with LUKS, and '%s' is not its key (a key file counts "
			    "whole, a line end too)",
			    l->o.key_file);
	else if (status == WRONG_KEY)
		layers_note(l, p, "encrypted with LUKS, and the passphrase does not open it");
	else if (status < 0)
		layers_note(l, p, "encrypted with LUKS, and cryptsetup does not open it: %s",
			    strerror(-status));
	else
		layers_note(l, p, "encrypted with LUKS, and cryptsetup does not open it: %s",
			    program_said(output));
}

/* What checks the integrity lies below, under a name of its own. */
static int remove_both(const char *name)
{
	_cleanup_free_ char *below = xasprintf("%s_dif", name);
	int e = dm_remove(name);

	return e < 0 ? e : dm_remove(below);
}

/* -errno, or the exit status of cryptsetup: 0 when it is open and of the list. */
static int open_with(struct layers *l, struct partition *p, const struct bytes *passphrase,
		     struct bytes *output)
{
	_cleanup_free_ char *name = layers_name(l), *node = xasprintf("/dev/mapper/%s", name);
	struct layer layer = layer_of(l, p);
	struct opening *o;
	const char *below;
	int e = layers_begin(l, remove_both, name, &o);

	if (e < 0)
		return e;
	e = layers_below(o, l, p, &below);
	if (e == 0)
		e = run(l, below, name, passphrase, output);
	if (e != 0) {
		layers_undo(o);
		return e;
	}
	e = layers_end(l, o, node, &layer);
	if (e == 0)
		dm_remove_when_closed(name);
	return e;
}

static bool has_key(struct layers *l, const struct partition *p, const struct bytes **passphrase)
{
	*passphrase = NULL;
	if (l->o.key_file)
		return true;
	return l->o.ask && l->o.ask(l->o.arg, layer_of(l, p).what, passphrase);
}

/* What is missing besides the key; said before a key is asked for. */
static bool can_open(struct layers *l, const struct partition *p)
{
	_cleanup_free_ char *program = program_find("cryptsetup");

	if (geteuid() != 0) {
		layers_note(l, p, "encrypted with LUKS: only root can open it");
		return false;
	}
	if (!program) {
		note_failure(l, p, -ENOENT, NULL);
		return false;
	}
	if (!dm_is_there()) {
		layers_note(l, p,
			    "encrypted with LUKS, and the kernel of this machine has no "
			    "device mapper (modprobe dm-crypt)");
		return false;
	}
	return true;
}

static bool open_one(struct layers *l, struct partition *p)
{
	_cleanup_bytes_ struct bytes output = { 0 };
	const struct bytes *passphrase;
	int status;

	if (use_open_one(l, p))
		return true;
	if (!can_open(l, p))
		return false;
	if (!has_key(l, p, &passphrase)) {
		layers_note(l, p,
			    "encrypted with LUKS; give its key with --key-file FILE, or open it "
			    "with 'cryptsetup open' and scan again");
		return false;
	}
	status = open_with(l, p, passphrase, &output);
	if (status != 0)
		note_failure(l, p, status, &output);
	return status == 0;
}

bool layers_open_crypt(struct layers *l)
{
	bool any = false;

	for (size_t i = 0; i < l->d->n; i++) {
		struct partition *p = &l->d->p[i];

		if (p->role == ROLE_LUKS && !p->opened && !layers_was_noted(l, p))
			any |= open_one(l, p);
	}
	return any;
}
