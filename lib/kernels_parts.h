/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of kernels share; for lib/kernels*.c only. */
#ifndef BOOTMEND_KERNELS_PARTS_H
#define BOOTMEND_KERNELS_PARTS_H

#include "lib/kernel_image.h"
#include "lib/kernels.h"

struct kernels_file {
	const char *name;
	unsigned char type;
};

struct kernels_search {
	const struct root *root;
	struct arena *arena;
	struct kernels *out;
	size_t cap;
	enum image_machine machine;
	struct kernels_file *file; /* of /boot */
	size_t files, files_cap;
};

struct kernels_names {
	struct arena *arena;
	const char **name;
	size_t n, cap, max;
};

/* Both add to g->out; the first reads /boot. */
void kernels_find_images(struct kernels_search *g);
void kernels_find_layouts(struct kernels_search *g);

const struct kernels_file *kernels_find_file(const struct kernels_search *g, const char *name);
struct kernel *kernels_find_version(const struct kernels_search *g, const char *version);
struct kernel *kernels_add(struct kernels_search *g, const char *version);
struct kernels_names kernels_list_dirs(const struct kernels_search *g, const char *dir);

#endif
