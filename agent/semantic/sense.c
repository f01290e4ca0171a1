/* SPDX-License-Identifier: MIT */
#include "agent/semantic/sense.h"

#include <search.h>
#include <string.h>

#include "base/tr.h"

struct sense *
sense_add(struct sensing *s, struct sense *parent, const char *name)
{
	struct sense *n = arena_alloc(s->arena, sizeof(*n));

	n->name = name;
	n->key = n->label = "";
	s->n++;
	if (parent == NULL)
		return n;
	n->parent = parent;
	if (parent->last == NULL)
		parent->child = n;
	else
		parent->last->next = n;
	parent->last = n;
	parent->n++;
	return n;
}

struct sense *
sense_leaf(struct sensing *s, struct sense *parent, const char *name,
    const char *value, unsigned line)
{
	struct sense *n = sense_add(s, parent, name);

	n->label = name;
	n->value = value;
	n->line = line;
	return n;
}

static int
by_place(const void *x, const void *y)
{
	const struct sense *a = x, *b = y;
	int n = a->parent == b->parent ? strcmp(a->name, b->name) :
	    a->parent < b->parent ? -1 : 1;

	return n != 0 ? n : strcmp(a->key, b->key);
}

static void
keep(void *node)
{
	(void)node;
}

void
drop_sensing(struct sensing *s)
{
	tdestroy(s->known, keep);
	s->known = NULL;
}

void
sense_known(struct sensing *s, struct sense *n)
{
	struct sense **at = tsearch(n, &s->known, by_place);

	if (at != NULL)
		*at = n;
}

struct sense *
sense_first(struct sensing *s, struct sense *n)
{
	struct sense **at = tsearch(n, &s->known, by_place);

	return at != NULL ? *at : n;
}

struct sense *
sense_once(struct sensing *s, struct sense *parent, const char *name,
    const char *key, bool *out_new)
{
	const struct sense like = { .parent = parent, .name = name,
		.key = key };
	struct sense **at = tfind(&like, &s->known, by_place), *n;

	*out_new = at == NULL;
	if (at != NULL)
		return *at;
	n = sense_add(s, parent, name);
	n->key = key;
	sense_known(s, n);
	return n;
}

int
sense_too_many(const char *path, struct err *e)
{
	return err_set(e, ERR_INPUT, path, _("more than the %d things that "
	    "are compared one by one"), SENSE_NODES_MAX);
}

/* FNV-1a; equal sums are looked at by sense_same. */
static uint64_t
mix(uint64_t h, const void *p, size_t len)
{
	const unsigned char *s = p;

	for (size_t i = 0; i < len; i++)
		h = (h ^ s[i]) * 0x100000001b3;
	return h;
}

void
sense_hash(struct sense *root)
{
	const char *value = root->value != NULL ? root->value : "";
	uint64_t h = mix(0xcbf29ce484222325, root->name,
	    strlen(root->name) + 1);

	h = mix(h, root->key, strlen(root->key) + 1);
	h = mix(h, value, strlen(value) + 1);
	for (struct sense *c = root->child; c != NULL; c = c->next) {
		sense_hash(c);
		h = mix(h, &c->hash, sizeof(c->hash));
	}
	root->hash = h;
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool
sense_same(const struct sense *a, const struct sense *b)
{
	const struct sense *x = a->child, *y = b->child;

	if (a->hash != b->hash || strcmp(a->name, b->name) != 0 ||
	    strcmp(a->key, b->key) != 0 || !same_text(a->value, b->value))
		return false;
	for (; x != NULL && y != NULL; x = x->next, y = y->next)
		if (!sense_same(x, y))
			return false;
	return x == y;
}
