/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <crypt.h>
#include <ctype.h>
#include <dirent.h>

#include "lib/crypthash.h"

#define LIB_MAX (8u << 20)

static const char alphabet[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

enum { IN_GLIBC = 1, IN_MUSL = 2, IN_XCRYPT = 4 };

/*
 * tail: letters of the hash behind the last '$'; 0 when the shape is another. The libraries that
 * always have it; for the others its prefix is looked for in the bytes.
 */
struct method {
	const char *prefix, *name;
	size_t tail;
	unsigned always;
};

static const struct method methods[] = {
	{ "$1$", "md5crypt", 22, IN_GLIBC | IN_MUSL },
	{ "$5$", "sha256crypt", 43, IN_GLIBC | IN_MUSL | IN_XCRYPT },
	{ "$6$", "sha512crypt", 86, IN_GLIBC | IN_MUSL | IN_XCRYPT },
	{ "$2a$", "bcrypt", 53, IN_MUSL },
	{ "$2b$", "bcrypt", 53, IN_MUSL },
	{ "$2x$", "bcrypt", 53, IN_MUSL },
	{ "$2y$", "bcrypt", 53, IN_MUSL },
	{ "$y$", "yescrypt", 43, 0 },
	{ "$gy$", "gost-yescrypt", 43, 0 },
	{ "$7$", "scrypt", 43, 0 },
	{ "$sha1", "sha1crypt", 28, 0 },
	{ "$md5", "sunmd5", 22, 0 },
	{ "$3$", "nt", 32, 0 },
};

/* --- the patient's library --- */

static unsigned lib_bit(enum crypthash_lib lib)
{
	return lib == CRYPTHASH_GLIBC	 ? IN_GLIBC
	       : lib == CRYPTHASH_MUSL	 ? IN_MUSL
	       : lib == CRYPTHASH_XCRYPT ? IN_XCRYPT
					 : 0;
}

static bool holds(const struct bytes *b, const char *s)
{
	return b->len && memmem(b->data, b->len, s, strlen(s)) != NULL;
}

static unsigned can_do(enum crypthash_lib lib, const struct bytes *b)
{
	unsigned can = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(methods); i++) {
		if ((methods[i].always & lib_bit(lib)) || holds(b, methods[i].prefix))
			can |= 1u << i;
	}
	return can;
}

/* glibc names its file after its version (libcrypt-2.17.so), libxcrypt after its own ABI. */
static enum crypthash_lib lib_by_name(const char *path)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

	if (startswith(base, "libcrypt-2.") || startswith(base, "libcrypt-0."))
		return CRYPTHASH_GLIBC;
	return CRYPTHASH_UNKNOWN;
}

static bool is_elf(const struct bytes *b)
{
	return b->len > 64 && memcmp(b->data, "\177ELF", 4) == 0;
}

static bool take_lib(const struct root *r, struct arena *a, const char *path,
		     struct crypthash_methods *out)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	_cleanup_free_ char *real = NULL;
	enum crypthash_lib lib;

	if (root_resolve(r, path, &real) < 0 || root_read(r, real, LIB_MAX, &b) < 0)
		return false;
	if (!is_elf(&b))
		return false;
	lib = holds(&b, "XCRYPT_2.0") ? CRYPTHASH_XCRYPT : lib_by_name(real);
	/* glibc's own, under whatever name, exports its private version and knows SHA-crypt. */
	if (lib == CRYPTHASH_UNKNOWN && holds(&b, "GLIBC_PRIVATE") && holds(&b, "crypt_r"))
		lib = CRYPTHASH_GLIBC;
	if (lib == CRYPTHASH_UNKNOWN)
		return false;
	*out = (struct crypthash_methods){ .lib = lib, .can = can_do(lib, &b) };
	out->path = arena_strdup(a, real);
	return true;
}

struct search {
	const struct root *root;
	struct arena *arena;
	const char *dir;
	struct crypthash_methods *out;
};

static int in_dir(struct search *s, const char *dir)
{
	static const char *const names[] = { "libcrypt.so.2", "libcrypt.so.1", "libcrypt.so.1.1" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", dir, names[i]);

		if (take_lib(s->root, s->arena, path, s->out))
			return 1;
	}
	return 0;
}

/* Debian's directories are named after the machine: x86_64-linux-gnu. */
static int in_triplet(void *arg, const struct root_entry *e)
{
	struct search *s = arg;
	_cleanup_free_ char *dir = NULL;

	if (e->type != DT_DIR || !strstr(e->name, "-linux-"))
		return 0;
	dir = xasprintf("%s/%s", s->dir, e->name);
	return in_dir(s, dir);
}

void crypthash_methods(const struct root *r, struct arena *a, enum crypthash_libc libc,
		       struct crypthash_methods *out)
{
	static const char *const dirs[] = { "/lib64", "/usr/lib64", "/lib", "/usr/lib" };
	struct search s = { .root = r, .arena = a, .out = out };
	static const struct bytes none;

	*out = (struct crypthash_methods){ 0 };
	if (libc == CRYPTHASH_ON_MUSL) {
		out->lib = CRYPTHASH_MUSL;
		out->can = can_do(CRYPTHASH_MUSL, &none);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		s.dir = dirs[i];
		if (in_dir(&s, dirs[i]) || root_list(r, dirs[i], in_triplet, &s) > 0 || out->path)
			return;
	}
}

/* --- one field --- */

static bool is_locked(const char *s)
{
	/* '!' and '*' are in no method's alphabet; NP and LK are Solaris' ways to say it. */
	return *s == '!' || *s == '*' || streq(s, "x") || streq(s, "NP") || startswith(s, "LK");
}

static const struct method *method_of(const char *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (startswith(s, methods[i].prefix))
			return &methods[i];
	}
	return NULL;
}

static bool shape_is_right(const char *s, const struct method *m)
{
	const char *tail = strrchr(s, '$') + 1;
	size_t n = strlen(tail);

	/* Nothing between prefix and hash: the salt is lost. */
	if (tail <= s + strlen(m->prefix))
		return false;
	return n == m->tail && strspn(tail, alphabet) == n;
}

/* Thirteen letters of DES, or '_' and nineteen of BSDi's. */
static bool is_des(const char *s)
{
	size_t n = strlen(s);

	if (*s == '_')
		return n == 20 && strspn(s + 1, alphabet) == 19;
	/* Longer ones, a multiple of eleven and two more, are bigcrypt. */
	return n >= 13 && (n - 2) % 11 == 0 && strspn(s, alphabet) == n;
}

static enum crypthash_grade grade_hash(const char *s, const struct method *m,
				       const struct crypthash_methods *have)
{
	if (!shape_is_right(s, m))
		return CRYPTHASH_GARBAGE;
	if (have->lib == CRYPTHASH_UNKNOWN || (have->can & (1u << (m - methods))))
		return CRYPTHASH_GOOD;
	return CRYPTHASH_UNREADABLE;
}

enum crypthash_grade crypthash_grade(const char *field, const struct crypthash_methods *m,
				     const char **method)
{
	const struct method *by = method_of(field);

	*method = by ? by->name : NULL;
	if (!*field)
		return CRYPTHASH_EMPTY;
	if (is_locked(field))
		return CRYPTHASH_LOCKED;
	if (by)
		return grade_hash(field, by, m);
	if (is_des(field)) {
		*method = *field == '_' ? "bsdicrypt" : "descrypt";
		return CRYPTHASH_GOOD;
	}
	/* A method newer than this program, that the helper's libcrypt knows, is left alone. */
	if (*field == '$' && crypt_checksalt(field) != CRYPT_SALT_INVALID)
		return CRYPTHASH_GOOD;
	return CRYPTHASH_GARBAGE;
}
