/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "lib/kernel_config.h"

#define CONFIG_MAX (2u << 20)

int kernel_config_read(const struct root *r, const struct kernel *k, struct bytes *out)
{
	return k->config ? root_read(r, k->config, CONFIG_MAX, out) : -ENOENT;
}

static enum kernel_option value(const char *s, size_t left)
{
	static const char off[] = " is not set";

	if (left >= 2 && s[0] == '=' && (s[1] == 'y' || s[1] == 'm'))
		return s[1] == 'y' ? OPTION_BUILT_IN : OPTION_MODULE;
	if (left >= sizeof(off) - 1 && memcmp(s, off, sizeof(off) - 1) == 0)
		return OPTION_OFF;
	return OPTION_UNTOLD;
}

static bool starts_line(const char *data, const char *p)
{
	if (p == data || p[-1] == '\n')
		return true;
	return p - data >= 2 && p[-1] == ' ' && p[-2] == '#';
}

enum kernel_option kernel_config_get(const struct bytes *config, const char *option)
{
	size_t n = strlen(option);
	const char *p = config->data, *end = config->data + config->len;

	while (p && (p = memmem(p, (size_t)(end - p), option, n))) {
		enum kernel_option o = value(p + n, (size_t)(end - p) - n);

		if (o != OPTION_UNTOLD && starts_line(config->data, p))
			return o;
		p += n;
	}
	return OPTION_UNTOLD;
}
