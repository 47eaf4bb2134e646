/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is inside an initramfs, and is it whole: every member of it is walked, the early archive
 * with microcode, the compressed main archive and whatever was appended, as the kernel does.
 *
 *	struct initramfs_budget b = INITRAMFS_BUDGET;	for all images of a scan together
 *	initramfs_read(root, arena, "/boot/initrd.img-…", &b, &i);
 *
 * It streams: some MiB of memory whatever the image says. Files of an uncompressed archive are not
 * read at all. An image that unpacks to far more than an initramfs ever does, or for which the
 * budget does not last, is IMAGE_UNJUDGED with what was seen so far, and never called damaged.
 *
 * Sources: Linux Documentation/driver-api/early-userspace/buffer-format.rst, init/initramfs.c;
 * initramfs-tools, dracut and mkinitcpio for what each puts into its images.
 */
#ifndef BOOTMEND_INITRAMFS_H
#define BOOTMEND_INITRAMFS_H

#include "lib/kernels.h"

enum initramfs_maker {
	MAKER_UNKNOWN,
	MAKER_INITRAMFS_TOOLS,
	MAKER_DRACUT,
	MAKER_MKINITCPIO,
	MAKER_MKINITRD, /* nash's, of RHEL 5, or SUSE's */
};

/* Programs inside, or'ed. */
enum initramfs_tool {
	TOOL_LVM = 1,
	TOOL_DMSETUP = 2,
	TOOL_CRYPTSETUP = 4,
	TOOL_MDADM = 8,
	TOOL_UDEV = 16,
};

struct initramfs_module {
	const char *name;    /* "virtio_blk": as modprobe compares names */
	const char *version; /* "6.1.0-50-amd64"; NULL: not below lib/modules */
	const char *path;    /* below the version's directory; NULL: it has no version, or a name
				longer than any */
};

/* Where the modules of a version belong, whether or not there are some. */
struct initramfs_place {
	const char *version;
	const char *dir; /* "usr/lib/modules/6.1.0-50-amd64" */
};

struct initramfs_file {
	const char *path; /* "etc/modprobe.d/x.conf" */
	const char *data; /* NUL added behind */
	size_t len;
};

struct initramfs {
	enum image_state state;	 /* never EMPTY or ABSENT but when the file is */
	const char *why;	 /* for DAMAGED, UNREADABLE, UNJUDGED: "is cut short: …" */
	uint64_t size, unpacked; /* bytes of the file, and of what it unpacks to */
	uint64_t damage_at;	 /* offset in the file, for DAMAGED */
	const char *compression; /* of the main archive: "zstd", "none"; NULL: not known */
	const char *config;	 /* "CONFIG_RD_ZSTD", what the kernel needs for it; NULL: nothing */
	unsigned members;	 /* archives and compressed members */
	bool microcode;		 /* an early archive for the processor stands in front */
	bool whole;		 /* walked to its end: what is not listed is not in it */
	bool hidden;		 /* a squash image inside holds files that are not listed */
	bool open_end;		 /* the kernel would read an archive put behind it as well */
	bool has_init;
	enum initramfs_maker maker;
	unsigned tools;
	const char **version; /* that have modules, each once */
	size_t versions, versions_cap;
	struct initramfs_module *module; /* sorted by name */
	size_t modules, modules_cap;
	struct initramfs_place *place;
	size_t places, places_cap;
	/* modprobe.d, modules.builtin, crypttab, mdadm.conf, LVM's and cmdline.d, in order */
	struct initramfs_file *file;
	size_t files, files_cap;
};

struct initramfs_budget {
	uint64_t work; /* bytes unpacked, dearer ones counted more than once */
	unsigned images;
};
#define INITRAMFS_BUDGET ((struct initramfs_budget){ .work = 3ull << 29, .images = 16 })

void initramfs_read(const struct root *r, struct arena *a, const char *path,
		    struct initramfs_budget *b, struct initramfs *out);
/* As below; NULL: it has none. */
const struct initramfs_module *initramfs_find_module(const struct initramfs *i, const char *name,
						     const char *version);
/* version NULL: of any. name as modprobe takes it: - and _ are the same. */
/* The file of that path, as the last archive has it; NULL: it has none. */
const struct initramfs_file *initramfs_file(const struct initramfs *i, const char *path);
bool initramfs_has_module(const struct initramfs *i, const char *name, const char *version);
/* The directory inside for the modules of this version; NULL: it has none. */
const char *initramfs_place(const struct initramfs *i, const char *version);
/* Its modules, if it has any, are also for this version. */
bool initramfs_is_of(const struct initramfs *i, const char *version);
const char *initramfs_maker_name(enum initramfs_maker m); /* "dracut"; "unknown" */

/* "virtio-blk.ko.xz" is "virtio_blk"; NULL: no module's file name. */
char *module_name(struct arena *a, const char *file);

#endif
