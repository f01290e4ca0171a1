/* SPDX-License-Identifier: MIT */
#include "specs/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/specmerge.h"
#include "specs/specparse.h"

/* A spec on its way: its own file and, merged into it, the site's. */
struct draft {
	const char *name, *file;
	size_t nth;		/* in the order given */
	struct node *top;	/* NULL: masked, or unreadable */
};

struct build {
	struct arena *arena;
	struct diagnostics *diags;
	struct draft *items;	/* sorted by name once all are there */
	size_t n, cap;
};

static void
drop_build(struct build *b)
{
	free(b->items);
}

static int
by_name(const void *pa, const void *pb)
{
	const struct draft *a = pa, *b = pb;
	int c = strcmp(a->name, b->name);

	return c != 0 ? c : (a->nth > b->nth) - (a->nth < b->nth);
}

static int
to_name(const void *name, const void *draft)
{
	return strcmp(name, ((const struct draft *)draft)->name);
}

/* "mail-auth" of "/usr/share/driftctl/specs/mail-auth.yaml". */
static const char *
name_of_file(struct arena *a, const char *file)
{
	const char *name = path_name(file);
	size_t n = strlen(name);

	if (text_ends(name, ".yaml"))
		n -= strlen(".yaml");
	return arena_memdup(a, name, n);
}

static struct node *
read_source(struct build *b, const struct spec_source *s)
{
	struct node *top = node_parse(arena_strdup(b->arena, s->file),
	    s->bytes, s->len, b->arena, b->diags);

	if (top != NULL)
		specmerge_check_ids(top, b->diags);
	return top;
}

static void
read_bases(struct build *b, const struct spec_source *sources, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct spec_source *s = &sources[i];
		struct draft *d;

		if (s->extends != NULL)
			continue;
		d = VEC_ADD(b);
		d->name = name_of_file(b->arena, s->file);
		d->file = s->file;
		d->nth = i;
		if (s->len > 0)
			d->top = read_source(b, s);
	}
	if (b->n > 1)
		qsort(b->items, b->n, sizeof(*b->items), by_name);
}

/* Folders mask each other before this (catalogue_read_folder); two files of
 * one name that come here were both named by somebody. */
static void
refuse_twins(struct build *b)
{
	for (size_t i = 1; i < b->n; i++)
		if (strcmp(b->items[i - 1].name, b->items[i].name) == 0)
			diagnostics_add(b->diags,
			    (struct place){ b->items[i].file, 0, 0 },
			    _("spec '%s' is defined by '%s' too [take one of "
			    "them away]"), b->items[i].name,
			    b->items[i - 1].file);
}

static const char *
nearest_spec(const struct build *b, const char *name)
{
	CLEANUP(drop_free) const char **names = xcalloc(b->n + 1,
	    sizeof(*names));

	for (size_t i = 0; i < b->n; i++)
		names[i] = b->items[i].name;
	return text_nearest(name, names);
}

static void
refuse_orphan(struct build *b, const struct spec_source *s)
{
	const char *near = nearest_spec(b, s->extends);
	struct place at = { s->file, 0, 0 };

	if (near != NULL)
		diagnostics_add(b->diags, at,
		    _("no spec '%s' to add to (did you mean '%s'?)"),
		    s->extends, near);
	else
		diagnostics_add(b->diags, at,
		    _("no spec '%s' to add to [name the folder after a spec, "
		    "NAME.d]"), s->extends);
}

static void
read_extra(struct build *b, const struct spec_source *s)
{
	struct draft *d = b->n == 0 ? NULL :
	    bsearch(s->extends, b->items, b->n, sizeof(*b->items), to_name);
	struct node *extra;

	if (d == NULL)
		refuse_orphan(b, s);
	if (s->len == 0 || (extra = read_source(b, s)) == NULL)
		return;
	if (d != NULL && d->top != NULL && d->top->kind == NODE_MAP)
		specmerge(d->top, d->name, extra, b->arena, b->diags);
}

void
catalogue_build(struct catalogue *c, const struct spec_source *sources,
    size_t n, const struct variables *site, const struct facts *facts,
    struct diagnostics *diags)
{
	CLEANUP(drop_build) struct build b = {
		.arena = &c->arena, .diags = diags,
	};

	read_bases(&b, sources, n);
	refuse_twins(&b);
	for (size_t i = 0; i < n; i++)
		if (sources[i].extends != NULL)
			read_extra(&b, &sources[i]);
	c->specs = arena_alloc(&c->arena, (1 + b.n) * sizeof(*c->specs));
	c->n = 0;
	for (size_t i = 0; i < b.n; i++) {
		struct reader r = {
			.arena = &c->arena, .diags = diags,
			.vars = { .site = site, .facts = facts },
		};

		if (b.items[i].top != NULL)
			c->specs[c->n++] = spec_parse(&r, b.items[i].name,
			    b.items[i].top);
	}
	diagnostics_sort(diags);
}

void
catalogue_done(struct catalogue *c)
{
	arena_done(&c->arena);
	*c = (struct catalogue){ 0 };
}

const struct rule *
catalogue_rule(const struct catalogue *c, const char *id)
{
	const char *slash = strchr(id, '/');
	const char *bare = slash != NULL ? slash + 1 : id;
	const struct rule *found = NULL;

	for (size_t i = 0; i < c->n; i++) {
		const struct spec *s = c->specs[i];

		if (slash != NULL && (strlen(s->name) != (size_t)(slash - id) ||
		    strncmp(s->name, id, (size_t)(slash - id)) != 0))
			continue;
		for (size_t k = 0; k < s->n_rules; k++) {
			if (strcmp(s->rules[k].id, bare) != 0)
				continue;
			if (found != NULL)
				return NULL;
			found = &s->rules[k];
		}
	}
	return found;
}
