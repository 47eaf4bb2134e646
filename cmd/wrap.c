/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <sys/ioctl.h>

#include "cmd/wrap.h"

#define WIDTH_MIN 40  /* narrower, and nothing can be read */
#define WIDTH_MAX 200 /* wider, and the eye loses the line */

void wrap_words(FILE *out, const char *text, const struct wrap *w)
{
	const char *prefix = w->first;
	size_t col = 0; /* 0: the line is not begun */

	while (*text) {
		size_t n = strcspn(text, " \n");

		if (col && col + 1 + n > w->width) {
			fputc('\n', out);
			col = 0;
		}
		if (n) {
			fprintf(out, "%s%.*s", col ? " " : prefix, (int)n, text);
			col += (col ? 1 : strlen(prefix)) + n;
			prefix = w->rest;
		}
		text += n;
		if (*text == '\n' && col) {
			fputc('\n', out);
			col = 0;
		}
		text += *text != '\0';
	}
	if (col)
		fputc('\n', out);
}

size_t wrap_width_of(int fd)
{
	struct winsize size = { 0 };

	if (ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col < WIDTH_MIN)
		return WRAP_WIDTH;
	return size.ws_col < WIDTH_MAX ? size.ws_col : WIDTH_MAX;
}
