/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of oomcause: the judgement put into words. */
#ifndef BOOTMEND_OOMCAUSE_PARTS_H
#define BOOTMEND_OOMCAUSE_PARTS_H

#include "lib/oomcause.h"

#define OOMCAUSE_MAX (INT64_C(1) << 50) /* kB; what is larger was never a size */
#define OOMCAUSE_STORM 100u		/* processes of one name that are many */

void oomcause_why(const struct oom_event *e, struct oom_judgement *j);
void oomcause_victim(const struct oom_event *e, struct oom_judgement *j);
void oomcause_advice(const struct oom_event *e, struct oom_judgement *j);

/* Pages as kB; 0 when not known. */
static inline int64_t oomcause_kb(const struct oom_event *e, int64_t pages)
{
	return pages > 0 && pages < OOMCAUSE_MAX / 1024 ? pages * e->page_kb : 0;
}

/* The kernel writes "no limit" as a number near 2^53. */
static inline bool oomcause_is_limit(int64_t kb)
{
	return kb >= 0 && kb < INT64_C(1) << 52;
}

/* "512.0 MiB" of kB. */
struct oomcause_size {
	char s[32];
};
static inline struct oomcause_size oomcause_size(int64_t kb)
{
	struct oomcause_size z;

	format_size(kb > 0 && kb < OOMCAUSE_MAX ? (uint64_t)kb * 1024 : 0, z.s, sizeof(z.s));
	return z;
}

#endif
