/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes of the image: little after a jump, more and more while they are wanted in a row. */
#include "lib/initramfs_parts.h"

#define WINDOW_MIN 4096u
#define WINDOW_MAX (256u << 10)

void initramfs_source_open(struct initramfs_source *s, const struct root *r, const char *path,
			   uint64_t size, struct initramfs_budget *b)
{
	*s = (struct initramfs_source){ .root = r, .path = path, .size = size, .budget = b };
	s->buf = xmalloc(WINDOW_MAX);
	s->window = WINDOW_MIN;
}

void initramfs_source_close(struct initramfs_source *s)
{
	free(s->buf);
}

/* What is left in the buffer moves to its front, the file's next bytes come behind. */
static void fill(struct initramfs_source *s)
{
	size_t left = s->have - s->pos, got = 0, want;

	if (left)
		memmove(s->buf, s->buf + s->pos, left);
	s->pos = 0;
	s->have = left;
	want = s->window > left ? s->window - left : 0;
	if (want > s->budget->work)
		want = (size_t)s->budget->work;
	s->err = root_pread(s->root, s->path, s->at + left, s->buf + left, want, &got);
	s->have += got;
	s->budget->work -= got;
	if (s->window < WINDOW_MAX)
		s->window *= 2;
}

size_t initramfs_source_peek(struct initramfs_source *s, size_t want, const unsigned char **p)
{
	if (s->have - s->pos < want && s->err == 0 && s->at + (s->have - s->pos) < s->size)
		fill(s);
	*p = s->buf + s->pos;
	return s->have - s->pos;
}

void initramfs_source_take(struct initramfs_source *s, uint64_t n)
{
	s->at += n;
	if (n <= s->have - s->pos) {
		s->pos += (size_t)n;
		return;
	}
	s->pos = s->have = 0;
	s->window = WINDOW_MIN;
}
