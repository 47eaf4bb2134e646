/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One member of the image after the other, each judged as the kernel would take it. */
#include <errno.h>
#include <stdio.h>

#include "lib/initramfs_parts.h"
#include "lib/unpack.h"

#define ROOM (256u << 10)
#define MUCH (64u << 20) /* from here on what it unpacks to is held against its size */
#define RATIO_MAX 64u

struct walk {
	struct arena *arena;
	struct initramfs *out;
	struct initramfs_budget *budget;
	struct initramfs_source src;
	struct initramfs_names names;
	struct cpio cpio;
	const struct unpack_format *format; /* of this member; NULL: not compressed */
	uint64_t member_at, unpacked;	    /* of this member */
	unsigned char *room;
	bool junk;    /* what the rest of this member unpacks to is no archive */
	bool strange; /* a member had junk: the kernel reads none behind it */
	bool main;    /* there was more than microcode */
	bool over;
};

static unsigned long long ull(uint64_t n)
{
	return n;
}

/* --- verdicts: each ends the walk --- */

static void verdict(struct walk *w, enum image_state state, const char *why)
{
	w->out->state = state;
	w->out->why = why;
	w->out->damage_at = w->src.at;
	w->out->whole = false;
	w->over = true;
}

static void too_much(struct walk *w, const char *why)
{
	verdict(w, IMAGE_UNJUDGED, why);
}

static void cut_short(struct walk *w)
{
	const char *what = w->format ? unpack_name(w->format) : NULL;

	if (what)
		verdict(w, IMAGE_DAMAGED,
			arena_printf(w->arena,
				     "is cut short: its %s data does not end within the %llu bytes "
				     "that are there",
				     what, ull(w->src.at)));
	else
		verdict(w, IMAGE_DAMAGED,
			arena_printf(w->arena,
				     "is cut short: its archive ends at byte %llu within an entry",
				     ull(w->src.at)));
}

static void bad_data(struct walk *w)
{
	verdict(w, IMAGE_DAMAGED,
		arena_printf(w->arena, "is damaged: its %s data cannot be unpacked at byte %llu",
			     unpack_name(w->format), ull(w->src.at)));
}

static void bad_archive(struct walk *w)
{
	uint64_t at = w->cpio.entry_at;

	if (!w->format)
		verdict(w, IMAGE_DAMAGED,
			arena_printf(w->arena, "is damaged: byte %llu starts no archive entry",
				     ull(w->member_at + at)));
	else
		verdict(w, IMAGE_DAMAGED,
			arena_printf(w->arena,
				     "is damaged: its %s data unpacks to an archive that is broken "
				     "at its byte %llu",
				     unpack_name(w->format), ull(at)));
}

/* Nothing is left to read: false when that is not the end of the file, or it is judged already. */
static bool at_end(struct walk *w)
{
	int err = w->src.err;

	if (err == -EACCES || err == -EPERM)
		too_much(w, "cannot be read without root's rights");
	else if (err < 0)
		verdict(w, IMAGE_UNREADABLE, arena_strdup(w->arena, strerror(-err)));
	else if (w->budget->work == 0)
		too_much(w, "takes too long to look into");
	return w->out->state == IMAGE_OK;
}

/* --- one member --- */

static void begin(struct walk *w, const struct unpack_format *f)
{
	w->format = f;
	w->member_at = w->src.at;
	w->unpacked = 0;
	w->junk = false;
	w->out->members++;
	cpio_begin(&w->cpio, &initramfs_names_ops, &w->names);
}

/* What an archive unpacks to is not taken on trust: it must look like an initramfs. */
static void account(struct walk *w, size_t n)
{
	uint64_t cost = (uint64_t)n * unpack_cost(w->format);

	w->unpacked += n;
	w->out->unpacked += n;
	w->budget->work -= cost < w->budget->work ? cost : w->budget->work;
	if (w->over)
		return;
	if (w->unpacked > MUCH && w->unpacked / RATIO_MAX > w->src.at - w->member_at)
		too_much(w, "unpacks to more than 64 times its size");
	else if (w->budget->work == 0)
		too_much(w, "takes too long to look into");
}

static void feed(struct walk *w, size_t n)
{
	size_t taken;

	if (w->junk || n == 0)
		return;
	switch (cpio_feed(&w->cpio, w->room, n, &taken)) {
	case CPIO_BAD:
		bad_archive(w);
		break;
	case CPIO_LIMIT:
		too_much(w, "has more entries than can be looked at");
		break;
	case CPIO_OTHER:
		w->junk = w->strange = true; /* the kernel goes on with what it has */
		break;
	case CPIO_MORE:
		break;
	}
}

/* The old LZ4 frame has no end: the archive's own end must do, and what follows is not read. */
static bool ends_anyway(struct walk *w)
{
	if (unpack_has_end(w->format) || !cpio_is_between(&w->cpio) || !w->cpio.trailer)
		return false;
	w->over = true;
	return true;
}

static void end_packed(struct walk *w, enum unpack_result r)
{
	if (w->over)
		return;
	if (r == UNPACK_LIMIT)
		too_much(w, "needs more memory to be unpacked than is given");
	else if (r == UNPACK_END ? !cpio_is_between(&w->cpio) && !w->junk : !ends_anyway(w))
		r == UNPACK_BAD ? bad_data(w) : cut_short(w);
}

static enum unpack_result unpack_some(struct walk *w, struct unpack *u)
{
	struct unpack_io io = { .out = w->room, .out_len = ROOM };
	enum unpack_result r;
	size_t have, made;

	have = io.in_len = initramfs_source_peek(&w->src, 1, &io.in);
	r = unpack_step(u, &io);
	initramfs_source_take(&w->src, have - io.in_len);
	made = ROOM - io.out_len;
	feed(w, made);
	account(w, made);
	if (have == 0 && made == 0 && r == UNPACK_MORE && at_end(w)) {
		end_packed(w, r);
		w->over = true;
	}
	return r;
}

static void packed_member(struct walk *w, const struct unpack_format *f)
{
	enum unpack_result r = UNPACK_MORE;
	struct unpack *u = NULL;

	begin(w, f);
	w->main = true;
	w->out->compression = unpack_name(f);
	w->out->config = unpack_config(f);
	if (unpack_open(f, &u) < 0) {
		too_much(w, "needs more memory to be unpacked than there is");
		return;
	}
	while (r == UNPACK_MORE && !w->over)
		r = unpack_some(w, u);
	unpack_close(u);
	end_packed(w, r);
}

/* Content that nobody wants is jumped over; false: the file ends before. */
static bool jump(struct walk *w)
{
	uint64_t n = cpio_skippable(&w->cpio), left = w->src.size - w->src.at;

	if (w->src.at > w->src.size)
		left = 0;
	cpio_skip(&w->cpio, n < left ? n : left);
	initramfs_source_take(&w->src, n < left ? n : left);
	return n <= left;
}

static enum cpio_result walk_some(struct walk *w)
{
	const unsigned char *p;
	enum cpio_result r;
	size_t n, taken;

	if (!jump(w)) {
		cut_short(w);
		return CPIO_BAD;
	}
	n = initramfs_source_peek(&w->src, 1, &p);
	r = cpio_feed(&w->cpio, p, n, &taken);
	initramfs_source_take(&w->src, taken);
	if (r == CPIO_BAD)
		bad_archive(w);
	else if (r == CPIO_LIMIT)
		too_much(w, "has more entries or zeros than can be looked at");
	else if (n == 0 && at_end(w) && !cpio_is_between(&w->cpio))
		cut_short(w);
	w->over |= n == 0;
	return r;
}

static void plain_member(struct walk *w)
{
	enum cpio_result r = CPIO_MORE;

	begin(w, NULL);
	while (r == CPIO_MORE && !w->over)
		r = walk_some(w);
	w->out->unpacked += w->cpio.at;
	w->main |= w->out->has_init || w->out->modules || !w->out->microcode;
}

/* --- all members --- */

/* Zeros fill the space between members. What stands behind them; 0: nothing. */
static size_t next_member(struct walk *w, const unsigned char **p)
{
	uint64_t zeros = 0;
	size_t n;

	for (;;) {
		size_t i = 0;

		n = initramfs_source_peek(&w->src, UNPACK_HEAD, p);
		while (i < n && (*p)[i] == 0)
			i++;
		if (n == 0 || i == 0)
			return n;
		initramfs_source_take(&w->src, i);
		zeros += i;
		if (zeros > CPIO_ZEROS_MAX)
			return 0;
	}
}

/* The kernel says "invalid magic" and boots with what it has. */
static void no_member(struct walk *w)
{
	if (w->main)
		w->over = true;
	else if (w->src.at == 0)
		too_much(w, "is of a kind that cannot be looked into");
	else
		verdict(w, IMAGE_DAMAGED,
			arena_printf(w->arena,
				     "is damaged: behind its early archive, at byte %llu, stands "
				     "neither an archive nor compressed data",
				     ull(w->src.at)));
}

static void walk_members(struct walk *w)
{
	const unsigned char *p;
	size_t n;

	while (!w->over && (n = next_member(w, &p)) > 0) {
		const struct unpack_format *f = unpack_detect(p, n);

		if (p[0] == '0' && w->src.at % 4 == 0)
			plain_member(w);
		else if (f)
			packed_member(w, f);
		else
			no_member(w);
	}
	if (at_end(w) && !w->main)
		verdict(w, IMAGE_DAMAGED,
			arena_printf(
				w->arena,
				"is cut short: behind its early archive, at byte %llu, nothing "
				"follows",
				ull(w->src.at)));
	if (!w->out->compression)
		w->out->compression = "none";
	w->out->open_end =
		w->out->whole && !w->strange && w->cpio.trailer && w->src.at >= w->src.size;
}

/* Sizes and states that need no reading; true: it is worth reading. */
static bool look(const struct root *r, struct arena *a, const char *path, struct initramfs *out)
{
	struct image_verdict v = { 0 };

	initrd_judge(r, a, path, &v);
	*out = (struct initramfs){ .state = v.state, .why = v.why, .size = v.size };
	return v.state == IMAGE_OK;
}

void initramfs_read(const struct root *r, struct arena *a, const char *path,
		    struct initramfs_budget *b, struct initramfs *out)
{
	_cleanup_free_ struct walk *w = NULL;
	_cleanup_free_ unsigned char *room = NULL;

	if (!look(r, a, path, out))
		return;
	w = xcalloc(1, sizeof(*w));
	w->room = room = xmalloc(ROOM);
	w->arena = a;
	w->out = out;
	w->budget = b;
	w->names = (struct initramfs_names){ .arena = a, .out = out };
	initramfs_source_open(&w->src, r, path, out->size, b);
	out->whole = true;
	if (b->images == 0)
		too_much(w, "was not looked into after many others");
	else
		b->images--;
	walk_members(w);
	initramfs_source_close(&w->src);
	initramfs_names_end(&w->names);
}
