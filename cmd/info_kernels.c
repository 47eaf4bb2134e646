/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "cmd/escaped.h"
#include "cmd/info_kernels.h"
#include "lib/loader_default.h"
#include "lib/platform.h"
#include "lib/scan.h"

struct matrix {
	const struct session *session;
	struct scan scan;
	struct loader loader;
	const struct kernel *def;
	struct platform_wanted platform;
};

struct row {
	const struct kernel *k;
	const struct initramfs *i; /* NULL: none to look into */
	struct drivers d;
	const struct boot_choice *entry;
	const char *fault;   /* of the initramfs; NULL: none known */
	const char *disks;   /* platforms */
	const char *root_fs; /* module; NULL: type not known */
	const char *root_place;
};

/* Programs and drivers of what may lie between the disk and the root. */
static const struct {
	const char *name, *module;
	unsigned tool; /* 0: the module is enough */
} layers[] = {
	{ "dm", "dm_mod", 0 },
	{ "lvm", "dm_mod", TOOL_LVM },
	{ "crypt", "dm_crypt", TOOL_CRYPTSETUP },
	{ "md", "md_mod", TOOL_MDADM },
};

static const char *state_word(enum image_state s)
{
	static const char *const words[] = {
		[IMAGE_ABSENT] = "missing",  [IMAGE_EMPTY] = "empty",
		[IMAGE_DAMAGED] = "damaged", [IMAGE_UNREADABLE] = "unreadable",
		[IMAGE_OK] = "ok",	     [IMAGE_UNJUDGED] = "not judged",
	};

	return words[s];
}

static void gather(const struct session *s, struct matrix *m)
{
	*m = (struct matrix){ .session = s };
	scan_init(&m->scan, s->root, &s->facts, s->arena);
	loader_read(&m->scan, &m->loader);
	m->def = loader_default_kernel(&m->scan);
	if (m->def)
		platform_wanted(&m->scan, m->def, &m->platform);
}

static void gather_row(struct matrix *m, const struct kernel *k, struct row *out)
{
	const struct partition *root = m->session->facts.root_part;

	*out = (struct row){ .k = k };
	out->i = scan_initramfs(&m->scan, k);
	out->fault = k->initrd_why ? k->initrd_why : scan_initramfs_fault(&m->scan, k);
	drivers_gather(&m->scan, k, &out->d);
	out->entry = loader_entry(&m->scan, &m->loader, k);
	out->disks = platform_list(&out->d);
	out->root_fs = root && root->type ? driver_of_type(&out->d, root->type) : NULL;
	if (out->root_fs)
		out->root_place = driver_place_name(driver_place(&out->d, out->root_fs));
}

static bool has_layer(const struct row *r, size_t n)
{
	enum driver_place p = driver_place(&r->d, layers[n].module);

	if (p != DRIVER_BUILT_IN && p != DRIVER_IN_INITRAMFS)
		return false;
	return !layers[n].tool || (r->i && r->i->tools & layers[n].tool);
}

static enum image_state initrd_state(const struct row *r)
{
	return r->i ? r->i->state : r->k->initrd_state;
}

/* --- text --- */

static void put_file(const char *label, const char *path, uint64_t size)
{
	char text[32];

	printf("    %-12s ", label);
	escaped_put(stdout, path ? path : "-");
	if (path && size)
		printf(", %s", format_size(size, text, sizeof(text)));
}

static void put_initramfs(const struct row *r)
{
	const struct initramfs *i = r->i;

	put_file("initramfs", r->k->initrd, r->k->initrd_size);
	if (i && i->compression)
		printf(", %s%s", i->microcode ? "microcode and " : "",
		       streq(i->compression, "none") ? "not compressed" : i->compression);
	if (i && i->maker != MAKER_UNKNOWN)
		printf(", by %s", initramfs_maker_name(i->maker));
	printf(": %s", state_word(initrd_state(r)));
	if (r->fault || (i && i->why)) {
		printf(", ");
		escaped_put(stdout, r->fault ? r->fault : i->why);
	}
	if (i && i->hidden)
		printf(", its modules are hidden in a squash image");
	putchar('\n');
}

static void put_modules(const struct row *r)
{
	const struct kernel *k = r->k;

	put_file("modules", k->modules, 0);
	printf(": %s\n    %-12s ",
	       !k->modules	? "missing"
	       : k->modules_dep ? "ok"
				: "no modules.dep",
	       "in initramfs");
	for (size_t n = 0; r->i && n < r->i->versions; n++) {
		fputs(n ? ", for " : "for ", stdout);
		escaped_put(stdout, r->i->version[n]);
	}
	if (!r->i || !r->i->versions)
		printf("none");
	printf(r->i && r->i->modules ? ", %zu modules\n" : "\n", r->i ? r->i->modules : 0);
}

static void put_drivers(const struct row *r)
{
	const char *sep = "";

	printf("    %-12s %s\n", "disk drivers", *r->disks ? r->disks : "none seen");
	printf("    %-12s %s%s%s\n", "root driver", r->root_fs ? r->root_fs : "-",
	       r->root_fs ? ": " : "", r->root_fs ? r->root_place : "");
	printf("    %-12s ", "layers");
	for (size_t n = 0; n < ARRAY_SIZE(layers); n++) {
		if (!has_layer(r, n))
			continue;
		printf("%s%s", sep, layers[n].name);
		sep = " ";
	}
	puts(*sep ? "" : "none");
}

static void put_row(struct matrix *m, const struct row *r)
{
	const struct kernel *k = r->k;

	printf("  ");
	escaped_put(stdout, k->version);
	printf("%s%s\n", k == m->def ? " (boots by default)" : "", k->rescue ? " (rescue)" : "");
	put_file("vmlinuz", k->image, k->image_size);
	printf(": %s", state_word(k->image_state));
	if (k->image_why) {
		printf(", ");
		escaped_put(stdout, k->image_why);
	}
	putchar('\n');
	put_initramfs(r);
	put_modules(r);
	put_file("config", k->config, 0);
	putchar('\n');
	put_file("System.map", k->system_map, 0);
	putchar('\n');
	put_file("entry", r->entry ? (r->entry->title ? r->entry->title : "without a title") : NULL,
		 0);
	putchar('\n');
	put_drivers(r);
}

void info_kernels_text(const struct session *s)
{
	struct matrix m;

	gather(s, &m);
	printf("platform: ");
	for (size_t i = 0; i < m.platform.n; i++)
		printf("%s%s", i ? ", " : "", m.platform.name[i]);
	if (m.platform.n) {
		printf(" (by ");
		escaped_put(stdout, m.platform.from);
		puts(")");
	} else {
		puts("not known");
	}
	puts("kernels, newest first:");
	for (size_t i = 0; i < s->facts.kernels.n; i++) {
		struct row r;

		gather_row(&m, &s->facts.kernels.k[i], &r);
		put_row(&m, &r);
	}
	scan_end(&m.scan);
}

/* --- JSON --- */

static void add(struct json_object *o, const char *key, const char *value)
{
	json_object_object_add(o, key, json_text(value));
}

static void add_bool(struct json_object *o, const char *key, json_bool value)
{
	json_object_object_add(o, key, json_object_new_boolean(value));
}

static void add_number(struct json_object *o, const char *key, uint64_t value)
{
	json_object_object_add(o, key, json_object_new_int64((int64_t)value));
}

static struct json_object *words(const char *list)
{
	_cleanup_free_ char *copy = xstrdup(list);
	struct json_object *o = json_object_new_array();
	char *save = NULL;

	for (char *s = strtok_r(copy, " ", &save); s; s = strtok_r(NULL, " ", &save))
		json_object_array_add(o, json_text(s));
	return o;
}

static struct json_object *initramfs_json(const struct row *r)
{
	const struct initramfs *i = r->i;
	struct json_object *o = json_object_new_object(), *versions = json_object_new_array();

	add(o, "path", r->k->initrd);
	add_number(o, "bytes", r->k->initrd_size);
	add(o, "state", state_word(initrd_state(r)));
	add(o, "fault", r->fault ? r->fault : i ? i->why : NULL);
	json_object_object_add(o, "damage_at",
			       i && i->state == IMAGE_DAMAGED
				       ? json_object_new_int64((int64_t)i->damage_at)
				       : NULL);
	add(o, "compression", i ? i->compression : NULL);
	add(o, "made_by", i && i->maker != MAKER_UNKNOWN ? initramfs_maker_name(i->maker) : NULL);
	add_bool(o, "microcode", i && i->microcode);
	add_bool(o, "hidden_modules", i && i->hidden);
	add_number(o, "modules", i ? i->modules : 0);
	for (size_t n = 0; i && n < i->versions; n++)
		json_object_array_add(versions, json_text(i->version[n]));
	json_object_object_add(o, "versions", versions);
	return o;
}

static struct json_object *layers_json(const struct row *r)
{
	struct json_object *o = json_object_new_object();

	for (size_t n = 0; n < ARRAY_SIZE(layers); n++)
		add_bool(o, layers[n].name, has_layer(r, n));
	return o;
}

static struct json_object *row_json(const struct matrix *m, const struct row *r)
{
	const struct kernel *k = r->k;
	struct json_object *o = json_object_new_object();

	add(o, "version", k->version);
	add(o, "image", k->image);
	add_number(o, "image_bytes", k->image_size);
	add(o, "image_state", state_word(k->image_state));
	add(o, "image_fault", k->image_why);
	json_object_object_add(o, "initramfs", initramfs_json(r));
	add(o, "modules", k->modules);
	add_bool(o, "modules_dep", k->modules_dep);
	add(o, "config", k->config);
	add(o, "system_map", k->system_map);
	add(o, "entry", r->entry ? r->entry->title : NULL);
	add_bool(o, "has_entry", r->entry != NULL);
	add_bool(o, "default", k == m->def);
	add_bool(o, "rescue", k->rescue);
	add_bool(o, "complete", kernel_is_complete(k) && !r->fault);
	json_object_object_add(o, "disk_drivers", words(r->disks));
	add(o, "root_driver", r->root_fs);
	add(o, "root_driver_place", r->root_place);
	json_object_object_add(o, "layers", layers_json(r));
	return o;
}

void info_kernels_json(const struct session *s, struct json_object *to)
{
	struct json_object *list = json_object_new_array(), *platform = json_object_new_array();
	struct matrix m;

	gather(s, &m);
	for (size_t i = 0; i < m.platform.n; i++)
		json_object_array_add(platform, json_text(m.platform.name[i]));
	json_object_object_add(to, "platform", platform);
	add(to, "platform_from", m.platform.from);
	for (size_t i = 0; i < s->facts.kernels.n; i++) {
		struct row r;

		gather_row(&m, &s->facts.kernels.k[i], &r);
		json_object_array_add(list, row_json(&m, &r));
	}
	json_object_object_add(to, "kernels", list);
	scan_end(&m.scan);
}
