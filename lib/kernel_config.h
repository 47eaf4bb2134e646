/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kernel was built with, by the config file beside it.
 *
 *	kernel_config_read(root, k, &text)	-ENOENT and the like when it has none
 *	kernel_config_get(&text, "CONFIG_EXT4_FS")
 */
#ifndef BOOTMEND_KERNEL_CONFIG_H
#define BOOTMEND_KERNEL_CONFIG_H

#include "lib/kernels.h"

enum kernel_option { OPTION_UNTOLD, OPTION_OFF, OPTION_MODULE, OPTION_BUILT_IN };

/* Free with bytes_free(). */
int kernel_config_read(const struct root *r, const struct kernel *k, struct bytes *out);
/* UNTOLD: the option is not mentioned; OFF: it is, as "is not set". */
enum kernel_option kernel_config_get(const struct bytes *config, const char *option);

#endif
