/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is on the disk: the partition table, the systems found, the loader, the kernels. */
#include <errno.h>
#include <stdio.h>

#include "cmd/command.h"
#include "cmd/escaped.h"
#include "cmd/info_kernels.h"
#include "cmd/options.h"
#include "cmd/passphrase.h"
#include "cmd/session.h"
#include "lib/jsonio.h"

static const char *or_dash(const char *s)
{
	return s && *s ? s : "-";
}

static const char *firmware_word(enum firmware f)
{
	static const char *const words[] = {
		[FIRMWARE_UNKNOWN] = "unknown",
		[FIRMWARE_BIOS] = "BIOS",
		[FIRMWARE_EFI] = "EFI",
		[FIRMWARE_BOTH] = "BIOS and EFI",
	};

	return words[f];
}

static const char *state_word(enum image_state s)
{
	static const char *const words[] = {
		[IMAGE_ABSENT] = "missing",  [IMAGE_EMPTY] = "empty",
		[IMAGE_DAMAGED] = "damaged", [IMAGE_UNREADABLE] = "unreadable",
		[IMAGE_OK] = "ok",	     [IMAGE_UNJUDGED] = "present",
	};

	return words[s];
}

/* --- text --- */

static void put_partition(const struct partition *p)
{
	char size[32], number[16];

	if (p->number > 0)
		snprintf(number, sizeof(number), "%d", p->number);
	else
		snprintf(number, sizeof(number), "%s", p->layer ? "in" : "whole");
	printf("  %-5s %-10s %-12s %-9s ", number, format_size(p->size, size, sizeof(size)),
	       or_dash(p->type), role_name(p->role));
	printf("UUID=");
	escaped_put(stdout, or_dash(p->uuid));
	printf(" LABEL=");
	escaped_put(stdout, or_dash(p->label));
	printf(" PARTUUID=");
	escaped_put(stdout, or_dash(p->partuuid));
	printf("%s%s%s", p->bootable ? " active" : "", p->dirty ? " not-cleanly-unmounted" : "",
	       p->has_errors ? " errors-recorded" : "");
	if (p->layer) {
		printf(" is ");
		escaped_put(stdout, p->layer);
	}
	if (p->mounted)
		printf(" seen at %s", p->mounted);
	if (p->error) {
		printf(" (");
		escaped_put(stdout, p->error);
		printf(")");
	}
	putchar('\n');
}

static void put_devices(const struct devices *d)
{
	if (!d->known) {
		puts("partitions: not known for a directory (give the disk, or --devices FILE)");
		return;
	}
	printf("partition table: %s\n", or_dash(d->pttype));
	for (size_t i = 0; i < d->n; i++)
		put_partition(&d->p[i]);
}

static void put_candidates(const struct session *s)
{
	size_t n = 0;
	const struct candidate *c = s->view ? session_candidates(s, &n) : NULL;

	for (size_t i = 0; i < n; i++) {
		printf("system: ");
		escaped_put(stdout, c[i].what);
		if (c[i].part->number > 0)
			printf(" on partition %d", c[i].part->number);
		if (c[i].part->layer) {
			printf(" on ");
			escaped_put(stdout, c[i].part->layer);
		}
		if (c[i].subvol) {
			printf(" subvolume ");
			escaped_put(stdout, c[i].subvol);
		}
		printf(" (score %d: ", c[i].score);
		escaped_put(stdout, c[i].evidence);
		puts(")");
	}
}

static void put_kernels(const struct kernels *ks)
{
	if (!ks->n)
		return;
	puts("kernels, newest first:");
	printf("  %-32s %-10s %-10s %-8s %-7s %s\n", "version", "image", "initrd", "modules",
	       "config", "System.map");
	for (size_t i = 0; i < ks->n; i++) {
		const struct kernel *k = &ks->k[i];

		printf("  ");
		escaped_put(stdout, k->version);
		printf("%*s %-10s %-10s %-8s %-7s %s%s\n",
		       strlen(k->version) < 32 ? (int)(32 - strlen(k->version)) : 0, "",
		       state_word(k->image_state), state_word(k->initrd_state),
		       !k->modules	? "missing"
		       : k->modules_dep ? "ok"
					: "no dep",
		       k->config ? "yes" : "no", k->system_map ? "yes" : "no",
		       k->rescue ? " (rescue)" : "");
	}
}

static void put_loader(const struct facts *f)
{
	const struct loader_facts *l = &f->loader;

	printf("firmware: %s\ninit: %s\nloader: %s%s%s%s\n", firmware_word(f->firmware),
	       init_name(f->init), l->has_grub2 ? "GRUB 2" : "",
	       l->has_grub2 && l->has_legacy ? " and " : "", l->has_legacy ? "GRUB legacy" : "",
	       !l->has_grub2 && !l->has_legacy ? "none recognised"
	       : l->uses_bls		       ? " with boot loader entries (BLS)"
					       : "");
	if (l->grub2_cfg && l->has_grub2) {
		printf("  configuration ");
		escaped_put(stdout, l->grub2_cfg);
		putchar('\n');
	}
	if (l->legacy_cfg) {
		printf("  configuration ");
		escaped_put(stdout, l->legacy_cfg);
		putchar('\n');
	}
}

static void put_text(const struct session *s)
{
	char size[32];

	for (size_t i = 0; s->targets[i]; i++) {
		fputs(i ? ", " : "target: ", stdout);
		escaped_put(stdout, s->targets[i]);
	}
	putchar('\n');
	put_devices(&s->devices);
	put_candidates(s);
	if (!s->root)
		return;
	printf("installed: ");
	escaped_put(stdout, or_dash(s->facts.os.pretty));
	putchar('\n');
	put_loader(&s->facts);
	put_kernels(&s->facts.kernels);
	if (s->facts.memory)
		printf("memory: %s (%s)\n", format_size(s->facts.memory, size, sizeof(size)),
		       s->facts.memory_from);
}

/* --- JSON --- */

static void add(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_text(value));
}

static struct json_object *partition_json(const struct partition *p)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "disk", json_object_new_int((int)p->disk));
	json_object_object_add(o, "number", p->number >= 0 ? json_object_new_int(p->number) : NULL);
	add(o, "layer", p->layer);
	json_object_object_add(o, "start", json_object_new_int64((int64_t)p->start));
	json_object_object_add(o, "size", json_object_new_int64((int64_t)p->size));
	add(o, "node", p->node);
	add(o, "type", p->type);
	add(o, "uuid", p->uuid);
	add(o, "label", p->label);
	add(o, "partuuid", p->partuuid);
	add(o, "partlabel", p->partlabel);
	add(o, "parttype", p->parttype);
	add(o, "role", role_name(p->role));
	add(o, "seen_at", p->mounted);
	add(o, "error", p->error);
	json_object_object_add(o, "active", json_object_new_boolean(p->bootable));
	json_object_object_add(o, "not_cleanly_unmounted", json_object_new_boolean(p->dirty));
	json_object_object_add(o, "errors_recorded", json_object_new_boolean(p->has_errors));
	return o;
}

static struct json_object *candidates_json(const struct session *s)
{
	struct json_object *list = json_object_new_array();
	size_t n = 0;
	const struct candidate *c = s->view ? session_candidates(s, &n) : NULL;

	for (size_t i = 0; i < n; i++) {
		struct json_object *o = json_object_new_object();

		json_object_object_add(
			o, "partition",
			c[i].part->number >= 0 ? json_object_new_int(c[i].part->number) : NULL);
		add(o, "layer", c[i].part->layer);
		add(o, "subvolume", c[i].subvol);
		json_object_object_add(o, "score", json_object_new_int(c[i].score));
		add(o, "system", c[i].what);
		add(o, "evidence", c[i].evidence);
		json_object_array_add(list, o);
	}
	return list;
}

static struct json_object *kernels_json(const struct kernels *ks)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < ks->n; i++) {
		const struct kernel *k = &ks->k[i];
		struct json_object *o = json_object_new_object();

		add(o, "version", k->version);
		add(o, "image", k->image);
		add(o, "image_state", state_word(k->image_state));
		add(o, "initrd", k->initrd);
		add(o, "initrd_state", state_word(k->initrd_state));
		add(o, "modules", k->modules);
		json_object_object_add(o, "modules_dep", json_object_new_boolean(k->modules_dep));
		add(o, "config", k->config);
		add(o, "system_map", k->system_map);
		json_object_object_add(o, "rescue", json_object_new_boolean(k->rescue));
		json_object_object_add(o, "complete",
				       json_object_new_boolean(kernel_is_complete(k)));
		json_object_array_add(list, o);
	}
	return list;
}

static void put_json(const struct session *s)
{
	struct json_object *o = json_object_new_object(), *list = json_object_new_array();

	for (size_t i = 0; i < s->devices.n; i++)
		json_object_array_add(list, partition_json(&s->devices.p[i]));
	add(o, "partition_table", s->devices.pttype);
	json_object_object_add(o, "partitions", list);
	json_object_object_add(o, "systems", candidates_json(s));
	if (s->root) {
		add(o, "installed", s->facts.os.pretty);
		add(o, "id", s->facts.os.id);
		add(o, "version", s->facts.os.version_id);
		add(o, "firmware", firmware_word(s->facts.firmware));
		add(o, "init", init_name(s->facts.init));
		add(o, "grub2_config",
		    s->facts.loader.has_grub2 ? s->facts.loader.grub2_cfg : NULL);
		add(o, "legacy_config", s->facts.loader.legacy_cfg);
		add(o, "bls_directory", s->facts.loader.bls_dir);
		json_object_object_add(o, "kernels", kernels_json(&s->facts.kernels));
		json_object_object_add(
			o, "memory_bytes",
			s->facts.memory ? json_object_new_int64((int64_t)s->facts.memory) : NULL);
	}
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
						       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static void put_kernels_text(const struct session *s)
{
	if (s->root)
		info_kernels_text(s);
}

static void put_kernels_json(const struct session *s)
{
	struct json_object *o = json_object_new_object();

	if (s->root)
		info_kernels_json(s, o);
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
						       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

/* What is told, by --kernels and --json. */
static void (*const tellers[2][2])(const struct session *) = {
	{ put_text, put_json },
	{ put_kernels_text, put_kernels_json },
};

/* A disk without one system still has partitions to tell about; only the status says so. */
static int tell(const struct session_options *o, struct arena *a,
		void (*put)(const struct session *))
{
	struct session s = { .arena = a };
	struct trouble t = { 0 };
	int e = session_open(o, LOOK, &s, &t);

	if (s.targets && (e == 0 || s.devices.n))
		put(&s);
	session_close(&s, &t);
	if (e < 0 && e != -ENOTUNIQ) {
		complain("%s", t.text[0] ? t.text : strerror(-e));
		return STATUS_CANNOT;
	}
	return STATUS_OK;
}

static int run(int argc, const char **argv)
{
	_cleanup_free_ char *serial = NULL, *devices = NULL, *key_file = NULL;
	int json = 0, kernels = 0, root_part = -1;
	const struct poptOption table[] = { { "root-part", 0, POPT_ARG_INT, &root_part, 0,
					      "the partition with the system", "N" },
					    { "serial", 0, POPT_ARG_STRING, &serial, 0,
					      "the disk with this serial number", "SN" },
					    { "devices", 0, POPT_ARG_STRING, &devices, 0,
					      "partitions of a directory TARGET", "FILE" },
					    { "key-file", 0, POPT_ARG_STRING, &key_file, 0,
					      "file with the key of LUKS", "FILE" },
					    { "kernels", 0, POPT_ARG_NONE, &kernels, 0,
					      "what each kernel has to boot with", NULL },
					    { "json", 0, POPT_ARG_NONE, &json, 0,
					      "one JSON document", NULL },
					    POPT_AUTOHELP POPT_TABLEEND };
	_cleanup_arena_ struct arena *a = arena_new();
	struct session_options o = { 0 };
	struct arguments args;
	int r = options_parse(argc, argv, table, "[OPTIONS] TARGET...", a, &args);

	if (r != OPTIONS_GO)
		return r;
	if (!args.n && !serial) {
		complain("info needs a TARGET; 'bootmend scan' without one lists the disks");
		return STATUS_USAGE;
	}
	o.targets = args.words;
	o.serial = serial;
	o.devices_file = devices;
	o.root_part = root_part;
	if (!passphrase_options(a, key_file, &o.layers))
		return STATUS_USAGE;
	return tell(&o, a, tellers[kernels != 0][json != 0]);
}

const struct command info_command = {
	.name = "info",
	.usage = "[OPTIONS] TARGET...",
	.summary = "partitions, systems, loader and kernels on the disk",
	.run = run,
};
