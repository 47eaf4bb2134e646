/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/bootcode.h"
#include "lib/le.h"

#define AT_CORE 0x5c
#define AT_DRIVE 0x64
#define AT_NAME_2_00 0x180
#define NAME_FROM 0x170 /* "GRUB " stands somewhere here, by version */
#define NAME_TO 0x190

static bool all_zero(const unsigned char *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

static bool says_grub(const unsigned char *s)
{
	return memmem(s + NAME_FROM, NAME_TO - NAME_FROM + 5, "GRUB ", 5);
}

/* How code begins that only looks for the partition marked active. */
static const struct {
	unsigned char bytes[6];
	unsigned len;
} actives[] = {
	{ { 0xfa, 0xb8, 0x00, 0x10, 0x8e, 0xd0 }, 6 }, /* libparted */
	{ { 0x33, 0xc0, 0xfa, 0x8e, 0xd8, 0x8e }, 6 }, /* syslinux mbr.bin, 3.x to 4.x */
	{ { 0x33, 0xc0, 0x8e, 0xd0, 0xbc, 0x00 }, 6 }, /* Windows */
	{ { 0x33, 0xc0, 0xfa, 0x8e, 0xd0, 0xbc }, 6 }, /* Windows 2000 */
	{ { 0xfa, 0x31, 0xc0, 0x8e, 0xd8, 0x8e }, 6 }, /* syslinux */
	{ { 0xfa, 0x33, 0xc0, 0x8e, 0xd0, 0xbc }, 6 }, /* DOS */
};

static bool starts_active(const unsigned char *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(actives); i++) {
		if (memcmp(s, actives[i].bytes, actives[i].len) == 0)
			return true;
	}
	return false;
}

static enum bootcode_kind kind_of(const unsigned char *s, bool signature)
{
	if (!signature || all_zero(s, BOOTCODE_LEN))
		return BOOTCODE_NONE;
	if (s[0] == 0xeb && s[1] == 0x48 && says_grub(s))
		return BOOTCODE_GRUB_LEGACY;
	if (s[0] == 0xeb && (s[1] == 0x63 || s[1] == 0x4c) && says_grub(s))
		return BOOTCODE_GRUB2;
	return starts_active(s) ? BOOTCODE_ACTIVE : BOOTCODE_OTHER;
}

void bootcode_look(const unsigned char *sector, struct bootcode *out)
{
	*out = (struct bootcode){ .signature = sector[510] == 0x55 && sector[511] == 0xaa };
	out->kind = kind_of(sector, out->signature);
	if (out->kind == BOOTCODE_GRUB2)
		bootcode_take_as_grub2(sector, out);
}

void bootcode_take_as_grub2(const unsigned char *sector, struct bootcode *out)
{
	out->kind = BOOTCODE_GRUB2;
	out->core = le64_at(sector + AT_CORE);
	out->drive = sector[AT_DRIVE];
	out->since_2_00 = memcmp(sector + AT_NAME_2_00, "GRUB ", 5) == 0;
}

/* [from, to) of boot.img that installation writes. */
static const struct {
	size_t from, to;
} patched[] = {
	{ 0x03, 0x5a },	   /* the BIOS parameter block a file system may have there */
	{ AT_CORE, 0x65 }, /* sector of the core image, drive */
	{ 0x66, 0x68 },	   /* the jump over the drive check */
};

size_t bootcode_compare(const unsigned char *sector, const unsigned char *img, size_t *first)
{
	size_t n = 0;

	for (size_t i = 0, k = 0; i < BOOTCODE_LEN; i++) {
		while (k < ARRAY_SIZE(patched) && i >= patched[k].to)
			k++;
		if (k < ARRAY_SIZE(patched) && i >= patched[k].from)
			continue;
		if (sector[i] == img[i])
			continue;
		if (n++ == 0)
			*first = i;
	}
	return n;
}

#define PARAMETERS_TO 0x5a /* what a file system or an installer writes in front of the code */
#define CODE_MIN 100u	   /* bytes; less says nothing */

bool bootcode_resembles(const unsigned char *sector, const unsigned char *img)
{
	size_t n = 0, same = 0;

	for (size_t i = PARAMETERS_TO; i < BOOTCODE_LEN; i++) {
		/* What is empty in both tells nothing. */
		if (img[i] == 0)
			continue;
		n++;
		same += sector[i] == img[i];
	}
	return n >= CODE_MIN && same > n - n / 4;
}
