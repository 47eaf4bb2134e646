/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpm's database where it is SQLite's. It is the patient's word: read into memory, never written,
 * with a limit to what a query may cost.
 */
#include <limits.h>

#include "lib/be.h"
#include "lib/elfowner_parts.h"
#include "lib/paths.h"

/* --- headers --- */

#define ENTRY 16u /* bytes: tag, type, offset, count */
#define ENTRIES_MAX 65536u

enum { TAG_NAME = 1000, TAG_DIRINDEXES = 1116, TAG_BASENAMES = 1117, TAG_DIRNAMES = 1118 };
enum { TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRINGS = 8 };

struct header {
	const unsigned char *entry, *data;
	uint32_t entries, len;
};

struct tag {
	const unsigned char *p;
	uint32_t count, room; /* bytes up to the end of the header */
};

static bool open_header(const unsigned char *p, size_t len, struct header *h)
{
	if (len < 8)
		return false;
	h->entries = be32_at(p);
	h->len = be32_at(p + 4);
	h->entry = p + 8;
	if (h->entries > ENTRIES_MAX || (len - 8) / ENTRY < h->entries ||
	    len - 8 - (size_t)h->entries * ENTRY < h->len)
		return false;
	h->data = h->entry + (size_t)h->entries * ENTRY;
	return true;
}

static bool find_tag(const struct header *h, uint32_t number, uint32_t type, struct tag *out)
{
	for (uint32_t i = 0; i < h->entries; i++) {
		const unsigned char *e = h->entry + (size_t)i * ENTRY;
		uint32_t offset = be32_at(e + 8);

		if (be32_at(e) != number || be32_at(e + 4) != type || offset >= h->len)
			continue;
		*out = (struct tag){ h->data + offset, be32_at(e + 12), h->len - offset };
		return true;
	}
	return false;
}

/* String number n of those that stand one behind the other. */
static const char *string_at(struct arena *a, const struct tag *t, uint32_t n)
{
	const unsigned char *p = t->p, *end = t->p + t->room, *nul;

	if (n >= t->count || n > ELFOWNER_HEADER_FILES)
		return NULL;
	for (;; n--) {
		nul = p < end ? memchr(p, '\0', (size_t)(end - p)) : NULL;
		if (!nul)
			return NULL;
		if (n == 0)
			return nul - p < PATH_MAX
				       ? arena_strndup(a, (const char *)p, (size_t)(nul - p))
				       : NULL;
		p = nul + 1;
	}
}

bool elfowner_rpm_header(struct arena *a, const void *data, size_t len, uint32_t index,
			 const char **package, const char **path)
{
	struct tag name, base, dir, number;
	const char *package_name, *base_name, *dir_name;
	struct header h;

	if (!open_header(data, len, &h) || !find_tag(&h, TAG_NAME, TYPE_STRING, &name) ||
	    !find_tag(&h, TAG_BASENAMES, TYPE_STRINGS, &base) ||
	    !find_tag(&h, TAG_DIRNAMES, TYPE_STRINGS, &dir) ||
	    !find_tag(&h, TAG_DIRINDEXES, TYPE_INT32, &number) || index >= number.count ||
	    number.room / 4 <= index)
		return false;
	name.count = 1;
	package_name = string_at(a, &name, 0);
	base_name = string_at(a, &base, index);
	dir_name = string_at(a, &dir, be32_at(number.p + (size_t)index * 4));
	if (!package_name || !base_name || !dir_name)
		return false;
	*package = package_name;
	*path = arena_printf(a, "%s%s", dir_name, base_name);
	return true;
}

/* --- the database --- */

#ifdef BOOTMEND_SQLITE

#include <sqlite3.h>

#define STEPS_MAX 2000u /* of STEP operations: no index of a sound database needs as many */
#define STEP 10000
#define ROWS_MAX 256u /* files of one name */
#define SQL_MAX 65536 /* bytes of one statement, the schema's too; rpm's have 200 */
#define HEADER_MAX (64 << 20)
#define WAL_VERSION_AT 18u /* and the byte behind: 2 where a log stands beside the file */

static const char query[] = "SELECT p.blob, b.idx FROM Basenames b "
			    "JOIN Packages p ON p.hnum = b.hnum WHERE b.key = ?1";

/* What looking costs, all names together. */
struct cost {
	unsigned steps;
	size_t bytes; /* of headers */
};

static int count_step(void *arg)
{
	struct cost *c = arg;

	return ++c->steps > STEPS_MAX;
}

static int only_read(void *arg, int action, const char *a, const char *b, const char *c,
		     const char *d)
{
	(void)arg;
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return action == SQLITE_SELECT || action == SQLITE_READ ? SQLITE_OK : SQLITE_DENY;
}

/* Nothing of the schema is trusted: no views that run functions, no triggers, no attaching. */
static sqlite3 *open_memory(struct bytes *b, struct cost *cost)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, NULL) ==
		    SQLITE_OK &&
	    sqlite3_deserialize(db, "main", (unsigned char *)b->data, (sqlite3_int64)b->len,
				(sqlite3_int64)b->len, SQLITE_DESERIALIZE_READONLY) == SQLITE_OK) {
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
		sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
		sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
		sqlite3_limit(db, SQLITE_LIMIT_LENGTH, HEADER_MAX);
		sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, SQL_MAX);
		sqlite3_drop_modules(db, NULL);
		sqlite3_progress_handler(db, STEP, count_step, cost);
		return db;
	}
	sqlite3_close(db);
	return NULL;
}

/* What a column's expression costs is not counted in steps, and no authorizer is asked for it. */
static bool has_generated(sqlite3 *db, const char *pragma)
{
	enum { HIDDEN = 6 };
	sqlite3_stmt *q = NULL;
	int e = sqlite3_prepare_v2(db, pragma, -1, &q, NULL);
	bool found = false;

	if (e == SQLITE_OK)
		e = sqlite3_step(q);
	for (; e == SQLITE_ROW; e = sqlite3_step(q))
		found |= sqlite3_column_int(q, HIDDEN) != 0;
	sqlite3_finalize(q);
	return found || e != SQLITE_DONE;
}

/*
 * Both are tables and nothing else: asking them calls no function. The query is prepared first,
 * which fails for views and virtual tables before anything looks into them.
 */
static bool is_plain(sqlite3 *db)
{
	sqlite3_stmt *q = NULL;
	int e = sqlite3_prepare_v2(db, query, -1, &q, NULL);

	sqlite3_finalize(q);
	if (e != SQLITE_OK || has_generated(db, "PRAGMA main.table_xinfo(Packages)") ||
	    has_generated(db, "PRAGMA main.table_xinfo(Basenames)"))
		return false;
	return sqlite3_set_authorizer(db, only_read, NULL) == SQLITE_OK;
}

static void take_row(sqlite3_stmt *q, struct arena *a, struct elfowner *o)
{
	const void *blob = sqlite3_column_blob(q, 0);
	int len = sqlite3_column_bytes(q, 0);
	sqlite3_int64 index = sqlite3_column_int64(q, 1);
	const char *package, *path;

	if (!blob || len < 0 || index < 0 || index > UINT32_MAX)
		return;
	if (elfowner_rpm_header(a, blob, (size_t)len, (uint32_t)index, &package, &path) &&
	    elfowner_fits(path, o->name))
		o->package = package;
}

/* False: the database could not be asked. */
static bool ask(sqlite3 *db, struct arena *a, struct elfowner *o, struct cost *cost)
{
	sqlite3_stmt *q = NULL;
	int e = cost->bytes > ELFOWNER_BYTES ? SQLITE_TOOBIG
					     : sqlite3_prepare_v2(db, query, -1, &q, NULL);

	if (e == SQLITE_OK)
		e = sqlite3_bind_text(q, 1, paths_base(o->name), -1, SQLITE_STATIC);
	for (unsigned i = 0; e == SQLITE_OK || e == SQLITE_ROW; i++) {
		e = o->package || i >= ROWS_MAX ? SQLITE_DONE : sqlite3_step(q);
		if (e != SQLITE_ROW)
			break;
		cost->bytes += (size_t)sqlite3_column_bytes(q, 0);
		if (cost->bytes > ELFOWNER_BYTES)
			e = SQLITE_TOOBIG;
		else
			take_row(q, a, o);
	}
	sqlite3_finalize(q);
	return e == SQLITE_DONE;
}

static bool find_in(const struct root *r, struct arena *a, const char *path, struct elfowner *list,
		    size_t n)
{
	_cleanup_bytes_ struct bytes b = { 0 };
	struct cost cost = { 0 };
	bool plain, whole = true;
	sqlite3 *db;

	if (root_read(r, path, ELFOWNER_BYTES, &b) < 0 || b.len <= WAL_VERSION_AT + 1)
		return false;
	/* A database with a log beside it cannot be opened in memory; what it says itself can. */
	if (b.data[WAL_VERSION_AT] == 2 && b.data[WAL_VERSION_AT + 1] == 2)
		b.data[WAL_VERSION_AT] = b.data[WAL_VERSION_AT + 1] = 1;
	db = open_memory(&b, &cost);
	plain = db && is_plain(db);
	for (size_t i = 0; plain && i < n; i++)
		whole &= list[i].package || ask(db, a, &list[i], &cost);
	sqlite3_close(db);
	return plain && whole;
}

bool elfowner_rpm(const struct root *r, struct arena *a, struct elfowner *list, size_t n)
{
	static const char *const paths[] = { "/var/lib/rpm/rpmdb.sqlite",
					     "/usr/lib/sysimage/rpm/rpmdb.sqlite" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (root_is_file(r, paths[i]))
			return find_in(r, a, paths[i], list, n);
	}
	return false;
}

#else

bool elfowner_rpm(const struct root *r, struct arena *a, struct elfowner *list, size_t n)
{
	(void)r;
	(void)a;
	(void)list;
	(void)n;
	return false;
}

#endif
