/* SPDX-License-Identifier: MIT */
#include "agent/semantic/sense.h"

#include <stdlib.h>
#include <string.h>

#include "base/tr.h"
#include "base/vec.h"
#include "specs/xpath.h"

/*
 * An element is a node, its attributes are children whose names begin with an
 * @. What is written of it, `disk vda`, is what tells it from those beside it.
 */
struct reading {
	struct sensing s;
	struct sense **items;	/* the elements that are open */
	size_t n, cap;
	struct sense *top;
};

/* What a person knows an element by, the first that is there. */
static const struct {
	const char *element;	/* NULL: any */
	const char *by[11];	/* "@attribute", "child", "child/@attribute" */
} known_by[] = {
	{ "interface", { "mac/@address", "target/@dev", "@name" } },
	{ "disk", { "target/@dev" } },
	/* What is in these is what changes. */
	{ "source", { NULL } },
	{ "driver", { NULL } },
	{ "address", { NULL } },
	{ NULL, { "@name", "name", "@id", "@uuid", "uuid", "@key",
	    "target/@name", "target/@dev", "mac/@address",
	    "alias/@name" } },
};

/* And that only where there are more of them. */
static const char *const weakly[] = { "@type", "@index", "@dev", "@address",
	"@mac", "@port", NULL };

/* Elements that only hold others. */
static const char *const transparent[] = { "devices", NULL };

static void
open_element(void *arg, const char *name, unsigned line)
{
	struct reading *r = arg;
	struct sense *up = r->n > 0 ? r->items[r->n - 1] : r->top;
	struct sense *n = sense_add(&r->s, up, arena_strdup(r->s.arena,
	    name));

	n->line = line;
	n->flags = SENSE_REPEATS | SENSE_PAIRED;
	*VEC_ADD(r) = n;
}

static void
attribute(void *arg, const char *name, const char *value)
{
	struct reading *r = arg;
	struct sense *up = r->items[r->n - 1];
	struct sense *n = sense_leaf(&r->s, up, arena_printf(r->s.arena,
	    "@%s", name), arena_strdup(r->s.arena, value), up->line);

	n->label = n->name + 1;
}

static void
text(void *arg, const char *value)
{
	struct reading *r = arg;
	struct sense *n = r->items[r->n - 1];

	/* Between elements; joined, it would be copied for each of them. */
	if (n->value != NULL)
		n = sense_leaf(&r->s, n, "text", NULL, n->line);
	n->value = arena_strdup(r->s.arena, value);
}

static const struct sense *
part(const struct sense *n, const char *name, size_t len)
{
	const struct sense *c = n->child;

	while (c != NULL && (strncmp(c->name, name, len) != 0 ||
	    c->name[len] != '\0'))
		c = c->next;
	return c;
}

static const char *
at(const struct sense *n, const char *path)
{
	size_t len = strcspn(path, "/");
	const struct sense *c = part(n, path, len);

	if (c != NULL && path[len] == '/')
		c = part(c, path + len + 1, strlen(path + len + 1));
	return c != NULL ? c->value : NULL;
}

/* All that an element without others in it says. */
static const char *
gist(struct arena *a, const struct sense *n)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	if (n->value != NULL)
		buf_adds(&b, n->value);
	for (const struct sense *c = n->child; c != NULL; c = c->next) {
		if (c->name[0] != '@')
			return NULL;
		buf_addf(&b, "%s%s=%s", b.len > 0 ? " " : "", c->label,
		    c->value);
	}
	return b.len > 0 ? arena_memdup(a, b.bytes, b.len) : NULL;
}

static void
close_element(void *arg)
{
	struct reading *r = arg;
	struct sense *n = r->items[--r->n];
	const char *key = NULL;
	size_t i = 0;

	while (known_by[i].element != NULL &&
	    strcmp(known_by[i].element, n->name) != 0)
		i++;
	for (size_t k = 0; known_by[i].by[k] != NULL && key == NULL; k++)
		key = at(n, known_by[i].by[k]);
	n->label = n->name;
	for (size_t k = 0; transparent[k] != NULL; k++)
		if (strcmp(transparent[k], n->name) == 0)
			n->label = "";
	/* The whole file is no part of it. */
	if (n->parent == r->top)
		n->label = "";
	n->gist = gist(r->s.arena, n);
	if (key == NULL || n->parent == r->top)
		return;
	n->key = key;
	n->label = arena_printf(r->s.arena, "%s %s", n->name, key);
}

/* Those of one name that nothing stronger tells apart. */
static void
name_weakly(struct sensing *s, struct sense *parent)
{
	for (struct sense *c = parent->child; c != NULL; c = c->next) {
		struct sense *first = sense_first(s, c);

		if (c->child != NULL)
			name_weakly(s, c);
		if (first != c)
			first->flags |= c->flags |= SENSE_TWIN;
	}
	for (struct sense *c = parent->child; c != NULL; c = c->next) {
		const char *key = NULL;

		for (size_t i = 0; weakly[i] != NULL && key == NULL; i++)
			key = at(c, weakly[i]);
		if (key == NULL || (c->flags & SENSE_TWIN) == 0 ||
		    c->key[0] != '\0')
			continue;
		c->key = key;
		c->label = arena_printf(s->arena, "%s %s", c->name, key);
	}
}

static void
drop_reading(struct reading *r)
{
	drop_sensing(&r->s);
	free(r->items);
}

int
sense_xml(const char *path, const char *bytes, size_t len, struct arena *a,
    struct sense **out, struct err *e)
{
	CLEANUP(drop_reading) struct reading r = { .s.arena = a };
	const struct xpath_visitor visitor = { open_element, attribute, text,
		close_element, &r };

	r.top = sense_add(&r.s, NULL, "");
	if (xpath_walk(path, bytes, len, &visitor, e) < 0)
		return -1;
	if (r.s.n > SENSE_NODES_MAX)
		return sense_too_many(path, e);
	name_weakly(&r.s, r.top);
	sense_hash(r.top);
	*out = r.top;
	return 0;
}
