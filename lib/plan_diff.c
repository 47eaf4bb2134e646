/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The plan as a diff that patch -p1 takes. Files and links are written as git does (patch 2.7
 * applies modes and links of it); what a patch cannot say, owners, directories and special bits,
 * stands in lines that begin with '#', which patch skips.
 */
#include "lib/command.h"
#include "lib/diff.h"
#include "lib/edit.h"
#include "lib/plan.h"

/* patch takes a quoted name as a C string. */
static void put_name(struct bytes *out, const char *prefix, const char *path)
{
	bool plain = true;

	for (const char *s = path; *s; s++)
		plain = plain && *s > ' ' && *s != '"' && *s != '\\' && *s != 0x7f;
	if (plain) {
		bytes_addf(out, "%s%s", prefix, path);
		return;
	}
	bytes_addf(out, "\"%s", prefix);
	for (const unsigned char *s = (const unsigned char *)path; *s; s++) {
		if (*s <= ' ' || *s == '"' || *s == '\\' || *s >= 0x7f)
			bytes_addf(out, "\\%03o", *s);
		else
			bytes_addc(out, (char)*s);
	}
	bytes_addc(out, '"');
}

static void put_header(struct bytes *out, const char *name)
{
	bytes_adds(out, "diff --git ");
	put_name(out, "a/", name);
	bytes_addc(out, ' ');
	put_name(out, "b/", name);
	bytes_addc(out, '\n');
}

static bool is_content(const struct node *n)
{
	return n->type == NODE_LINK || (n->type == NODE_FILE && n->content_kept);
}

static const char *type_name(enum node_type t)
{
	static const char *const names[] = {
		[NODE_ABSENT] = "nothing", [NODE_FILE] = "file",     [NODE_LINK] = "link",
		[NODE_DIR] = "directory",  [NODE_OTHER] = "special",
	};

	return names[t];
}

/* "# NAME: ": the name may hold line ends. */
static void start_note(struct bytes *out, const char *name)
{
	bytes_adds(out, "# ");
	put_name(out, "/", name);
	bytes_adds(out, ": ");
}

/* What the mode line of git cannot carry. */
static void put_notes(struct bytes *out, const char *name, const struct node *b,
		      const struct node *a)
{
	bool is_new = b->type == NODE_ABSENT, gone = a->type == NODE_ABSENT;

	if ((b->type == NODE_DIR || a->type == NODE_DIR) && b->type != a->type) {
		start_note(out, name);
		if (is_new)
			bytes_addf(out, "new directory, mode %04o\n", a->mode);
		else
			bytes_addf(out, "%s -> %s\n", type_name(b->type),
				   gone ? "removed" : type_name(a->type));
	}
	if (gone && b->type == NODE_FILE && !b->content_kept) {
		start_note(out, name);
		bytes_adds(out, "removed, it can be fetched again\n");
	}
	if (gone)
		return;
	if (!is_new && b->type == a->type && a->type != NODE_LINK && b->mode != a->mode) {
		start_note(out, name);
		bytes_addf(out, "mode %04o -> %04o\n", b->mode, a->mode);
	}
	if ((is_new && (a->uid || a->gid)) || (!is_new && (b->uid != a->uid || b->gid != a->gid))) {
		start_note(out, name);
		bytes_addf(out, "owner %u:%u -> %u:%u\n", b->uid, b->gid, a->uid, a->gid);
	}
}

static unsigned git_mode(const struct node *n)
{
	return n->type == NODE_LINK ? 0120000 : 0100000u | (n->mode & 0777);
}

/*
 * patch takes what follows a git header without hunks as belonging to it: the next entry then
 * needs a header of its own.
 */
static bool ends_in_header(const struct bytes *out)
{
	static const char *const headers[] = { "diff --git ", "new file mode ",
					       "deleted file mode ", "new mode " };
	size_t end = out->len, start = end;

	do { /* lines of our own in between ('#') do not count */
		end = start;
		for (start = end ? end - 1 : 0; start && out->data[start - 1] != '\n';)
			start--;
	} while (end && out->data[start] == '#');
	for (size_t i = 0; end && i < ARRAY_SIZE(headers); i++) {
		if (startswith(out->data + start, headers[i]))
			return true;
	}
	return false;
}

static void put_content(struct bytes *out, const char *name, const struct node *b,
			const struct node *a)
{
	if (bytes_equal(&b->content, &a->content))
		return;
	if (diff_is_binary(&b->content) || diff_is_binary(&a->content)) {
		start_note(out, name);
		bytes_addf(out, "binary, %zu bytes -> %zu bytes\n", b->content.len, a->content.len);
		return;
	}
	bytes_adds(out, "--- ");
	if (is_content(b))
		put_name(out, "a/", name);
	else
		bytes_adds(out, "/dev/null");
	bytes_adds(out, "\n+++ ");
	if (is_content(a))
		put_name(out, "b/", name);
	else
		bytes_adds(out, "/dev/null");
	bytes_addc(out, '\n');
	diff_hunks(&b->content, &a->content, out);
}

static void put_whole(struct bytes *out, const char *name, const struct node *b,
		      const struct node *a)
{
	static const struct node nothing;
	bool both = b->type == a->type;
	bool modes = both && a->type == NODE_FILE && ((b->mode ^ a->mode) & 0777);
	/* Without a mode line patch would take the link for a file, and refuse. */
	bool links = both && a->type == NODE_LINK && !bytes_equal(&b->content, &a->content);

	if (!both || modes || links || ends_in_header(out))
		put_header(out, name);
	if (modes || links)
		bytes_addf(out, "old mode %06o\nnew mode %06o\n", git_mode(b), git_mode(a));
	if (both) {
		put_content(out, name, b, a);
		return;
	}
	/* Another kind of node: the old one goes, the new one comes. */
	if (is_content(b)) {
		bytes_addf(out, "deleted file mode %06o\n", git_mode(b));
		put_content(out, name, b, &nothing);
	}
	if (is_content(b) && is_content(a))
		put_header(out, name);
	if (is_content(a)) {
		bytes_addf(out, "new file mode %06o\n", git_mode(a));
		put_content(out, name, &nothing, a);
	}
}

static void put_change(struct bytes *out, const struct change *c)
{
	const char *name = c->path + strspn(c->path, "/");

	if (c->disk) {
		bytes_addf(out, "# %s: %zu bytes\n", c->path, c->after.content.len);
		return;
	}
	put_notes(out, name, &c->before, &c->after);
	if (is_content(&c->before) || is_content(&c->after))
		put_whole(out, name, &c->before, &c->after);
}

void plan_diff(const struct plan *p, struct bytes *out)
{
	for (size_t i = 0; i < p->n; i++)
		put_change(out, &p->c[i]);
	for (size_t i = 0; i < p->commands; i++)
		command_describe(p->command[i], out);
}

static uint64_t bytes_looked_at(const struct finding *f)
{
	const struct text *last = NULL;
	uint64_t sum = 0;

	for (const struct edit *e = f->edits; e; e = e->next) {
		sum += e->len + e->size + (e->text && e->text != last ? e->text->len : 0);
		last = e->text;
	}
	return sum;
}

void finding_diff(const struct root *r, const struct finding *f, uint64_t *budget,
		  struct bytes *out)
{
	uint64_t cost = bytes_looked_at(f);
	const char *const ids[] = { f->problem->id, NULL };
	const struct plan_policy any = { .least = FIX_ASK, .ids = ids };
	_cleanup_plan_ struct plan p = { 0 };
	struct finding alone = *f;

	if (cost > *budget)
		return;
	*budget -= cost;
	alone.next = NULL;
	alone.outcome = OPEN;
	if (plan_make(r, &alone, &any, &p) == 0)
		plan_diff(&p, out);
}
