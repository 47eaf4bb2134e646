/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings that leave the system too little memory, or what happens then. */
#include "checks/sysctl_parts.h"

#define MIB (1024ull * 1024)
#define GIB (1024 * MIB)

static const char *size_of(struct sysctl *c, size_t i, uint64_t bytes)
{
	return format_size(bytes, c->size[i], sizeof(c->size[i]));
}

static const char *memory_text(struct sysctl *c)
{
	if (!c->memory)
		return "the machine's memory is not known: pass --memory";
	return scan_printf(c->scan, "the machine has %s (%s)", size_of(c, 1, c->memory),
			   c->scan->facts->memory_from ? c->scan->facts->memory_from : "--memory");
}

/* Without the memory there is a word to say, and no more. */
static void check_memory_rule(struct sysctl *c, const struct sysctl_rule *r)
{
	const struct sysctlconf_value *v = sysctl_bad_value(c, r);
	struct finding *f;

	if (!v)
		return;
	f = sysctl_say(c, r, v);
	sysctl_comment_all(c, f, r, v);
	if (!c->memory) {
		finding_severity(f, NOTE);
		finding_safety(f, FIX_ASK);
		finding_choice(f, "the lines that set it are commented");
	}
}

static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t out;

	return __builtin_mul_overflow(a, b, &out) ? UINT64_MAX : out;
}

static bool hugepages_bad(struct sysctl *c, const char *value)
{
	uint64_t n, spare, taken;

	if (!sysctl_number(value, &n))
		return false;
	taken = times(n, c->page);
	if (!c->memory)
		return taken >= GIB;
	spare = c->memory / 10 > 256 * MIB ? c->memory / 10 : 256 * MIB;
	return taken > 0 && (c->memory <= spare || taken > c->memory - spare);
}

static const char *hugepages_say(struct sysctl *c, const char *value)
{
	uint64_t n = 0;

	sysctl_number(value, &n);
	return scan_printf(c->scan, "%s huge pages of %s take %s, %s", value,
			   size_of(c, 2, c->page), size_of(c, 0, times(n, c->page)),
			   memory_text(c));
}

static bool min_free_bad(struct sysctl *c, const char *value)
{
	uint64_t n;

	if (!sysctl_number(value, &n))
		return false;
	return times(n, 1024) > (c->memory ? c->memory / 4 : 4 * GIB);
}

static const char *min_free_say(struct sysctl *c, const char *value)
{
	uint64_t n = 0;

	sysctl_number(value, &n);
	return scan_printf(c->scan, "%s are to stay free, %s", size_of(c, 0, times(n, 1024)),
			   memory_text(c));
}

static bool overcommit_bad(struct sysctl *c, const char *value)
{
	uint64_t kbytes = sysctl_number_or(c, "vm/overcommit_kbytes", 0), n;

	if (!sysctl_number(value, &n) || n != 2)
		return false;
	if (kbytes)
		return c->memory && times(kbytes, 1024) < c->memory / 4;
	return sysctl_number_or(c, "vm/overcommit_ratio", 50) < 40;
}

static const char *overcommit_say(struct sysctl *c, const char *value UNUSED)
{
	if (sysctl_number_or(c, "vm/overcommit_kbytes", 0))
		return "no more is committed than vm.overcommit_kbytes, less than a quarter of the memory";
	return scan_printf(c->scan, "no more is committed than swap and %u %% of the memory",
			   (unsigned)sysctl_number_or(c, "vm/overcommit_ratio", 50));
}

static const char *panic_say(struct sysctl *c, const char *value)
{
	return scan_printf(c->scan, "vm.panic_on_oom is %s", value);
}

/* x86 and arm64 with pages of 4 KiB: 2 MiB. s390 has 1 MiB, ppc64 with a hash table 16. */
static uint64_t page_size(const struct scan *s)
{
	if (root_exists(s->root, "/lib/ld64.so.1"))
		return MIB;
	return 2 * MIB;
}

void sysctl_check_memory(struct sysctl *c)
{
	static const struct sysctl_rule sized[] = {
		{ &sysctl_hugepages, "vm/nr_hugepages", hugepages_bad, hugepages_say },
		{ &sysctl_min_free, "vm/min_free_kbytes", min_free_bad, min_free_say },
	};
	static const struct sysctl_rule rules[] = {
		{ &sysctl_overcommit, "vm/overcommit_memory", overcommit_bad, overcommit_say },
		{ &sysctl_panic_on_oom, "vm/panic_on_oom", sysctl_not_zero, panic_say },
	};

	c->page = page_size(c->scan);
	for (size_t i = 0; i < ARRAY_SIZE(sized); i++)
		check_memory_rule(c, &sized[i]);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		sysctl_check_rule(c, &rules[i]);
}
