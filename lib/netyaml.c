/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <yaml.h>

#include "lib/netyaml.h"

struct level {
	struct netyaml *node, *last;
	const char *key; /* waits for its value */
	size_t key_line;
	bool has_key;
};

struct builder {
	struct arena *arena;
	struct level level[NETYAML_DEPTH_MAX];
	size_t depth, nodes;
	struct netyaml *root;
	bool done;
};

static struct netyaml *new_node(struct builder *b, enum netyaml_kind kind, const yaml_event_t *ev)
{
	struct netyaml *n = arena_new_struct(b->arena, struct netyaml);

	n->kind = kind;
	n->line = ev->start_mark.line + 1;
	n->s = "";
	return n;
}

static void attach(struct builder *b, struct netyaml *n)
{
	struct level *l = b->depth ? &b->level[b->depth - 1] : NULL;

	if (!l) {
		b->root = b->root ? b->root : n;
		return;
	}
	if (l->node->kind == NETYAML_MAP) {
		n->key = l->key;
		n->key_line = l->key_line;
		l->has_key = false;
	}
	if (l->last)
		l->last->next = n;
	else
		l->node->child = n;
	l->last = n;
}

/* The word is the key of a mapping that waits for one. */
static bool is_key(struct builder *b, const struct netyaml *n)
{
	struct level *l = b->depth ? &b->level[b->depth - 1] : NULL;

	if (!l || l->node->kind != NETYAML_MAP || l->has_key)
		return false;
	l->key = n->s;
	l->key_line = n->line;
	l->has_key = true;
	return true;
}

static int take_word(struct builder *b, const yaml_event_t *ev)
{
	struct netyaml *n = new_node(b, NETYAML_WORD, ev);

	n->s = arena_strndup(b->arena, (const char *)ev->data.scalar.value, ev->data.scalar.length);
	if (!is_key(b, n))
		attach(b, n);
	return 0;
}

static int open_level(struct builder *b, enum netyaml_kind kind, const yaml_event_t *ev)
{
	struct level *l = b->depth ? &b->level[b->depth - 1] : NULL;
	struct netyaml *n = new_node(b, kind, ev);

	if (b->depth == NETYAML_DEPTH_MAX)
		return -EFBIG;
	if (l && l->node->kind == NETYAML_MAP && !l->has_key)
		return -EFBIG; /* a key that is no word: nothing here has such */
	attach(b, n);
	b->level[b->depth++] = (struct level){ .node = n };
	return 0;
}

static int take_event(struct builder *b, const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		return ++b->nodes > NETYAML_NODES_MAX ? -EFBIG : take_word(b, ev);
	case YAML_MAPPING_START_EVENT:
		return ++b->nodes > NETYAML_NODES_MAX ? -EFBIG : open_level(b, NETYAML_MAP, ev);
	case YAML_SEQUENCE_START_EVENT:
		return ++b->nodes > NETYAML_NODES_MAX ? -EFBIG : open_level(b, NETYAML_LIST, ev);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		b->depth--;
		return 0;
	case YAML_ALIAS_EVENT:
		return -ELOOP;
	case YAML_DOCUMENT_END_EVENT:
	case YAML_STREAM_END_EVENT:
		b->done = true;
		return 0;
	default:
		return 0;
	}
}

static int parse_events(yaml_parser_t *p, struct builder *b, struct netyaml_error *e)
{
	while (!b->done) {
		yaml_event_t ev;
		int r;

		if (!yaml_parser_parse(p, &ev)) {
			e->line = p->problem_mark.line + 1;
			e->what = arena_strdup(b->arena, p->problem ? p->problem : "not YAML");
			return -EINVAL;
		}
		r = take_event(b, &ev);
		e->line = ev.start_mark.line + 1;
		e->what = r == -ELOOP ? "an alias" : "too much";
		yaml_event_delete(&ev);
		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * Each of them is held against all before it by libyaml. Lines may end in other ways than ours, and
 * bytes be of UTF-16, so what they begin with is counted wherever it stands.
 */
static bool may_have_many_directives(const struct text *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->len && n <= NETYAML_DIRECTIVES_MAX; i++)
		n += t->data[i] == '%';
	return n > NETYAML_DIRECTIVES_MAX;
}

int netyaml_parse(struct arena *a, const struct text *t, struct netyaml **out,
		  struct netyaml_error *e)
{
	struct builder *b;
	yaml_parser_t p;
	int r;

	*e = (struct netyaml_error){ 1, "too much" };
	if (t->len > NETYAML_SIZE_MAX || may_have_many_directives(t))
		return -EFBIG;
	if (!yaml_parser_initialize(&p))
		return -EFBIG;
	b = arena_new_struct(a, struct builder);
	b->arena = a;
	yaml_parser_set_input_string(&p, (const unsigned char *)t->data, t->len);
	r = parse_events(&p, b, e);
	yaml_parser_delete(&p);
	if (r == 0)
		*out = b->root;
	return r;
}

const struct netyaml *netyaml_get(const struct netyaml *m, const char *key)
{
	const struct netyaml *found = NULL;

	if (!m || m->kind != NETYAML_MAP)
		return NULL;
	for (const struct netyaml *n = m->child; n; n = n->next) {
		if (n->key && streq(n->key, key))
			found = n;
	}
	return found;
}

const char *netyaml_word(const struct netyaml *m, const char *key)
{
	const struct netyaml *n = netyaml_get(m, key);

	return n && n->kind == NETYAML_WORD ? n->s : NULL;
}
