/* SPDX-License-Identifier: MIT */
#include "agent/report/fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/vec.h"

enum { PATHS_TYPED = 6 };

/* What two must have in common to be one line. */
struct keyed {
	char *key;
	size_t index;
};

static int
by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int n = strcmp(x->key, y->key);

	return n != 0 ? n : x->index < y->index ? -1 : x->index > y->index;
}

static void
add_part(struct buf *key, const char *part)
{
	buf_adds(key, part != NULL ? part : "");
	buf_addc(key, '\1');
}

static char *
finding_key(const struct model *m, size_t i)
{
	const struct model_finding *f = &m->findings.items[i];
	struct buf key = { 0 };

	buf_addf(&key, "%d %d %d %d %d\1", (int)f->kind, (int)f->severity,
	    f->flagged, f->known, f->below > 0);
	add_part(&key, f->spec);
	add_part(&key, f->rule);
	add_part(&key, f->what);
	add_part(&key, f->transaction);
	add_part(&key, f->cause);
	return buf_steal(&key);
}

static char *
change_key(const struct model *m, size_t i)
{
	const struct model_change *c = &m->changes.items[i];
	struct buf key = { 0 };

	buf_addf(&key, "%d %x %d %d\1", (int)c->kind, c->differs, c->told,
	    c->secret);
	add_part(&key, c->transaction);
	/* Without a package the snapshot that brought it is all the reason
	 * that is known. */
	add_part(&key, c->package);
	add_part(&key, c->transaction == NULL ? c->snapshot : NULL);
	/* What a person did is of interest each for itself. */
	add_part(&key, c->transaction == NULL ? c->sentence : NULL);
	return buf_steal(&key);
}

static int
by_first(const void *a, const void *b)
{
	const struct model_group *x = a, *y = b;

	return x->items[0] < y->items[0] ? -1 : x->items[0] > y->items[0];
}

/* Reads the keys, and appends the groups to *groups. */
static void
group(const struct model *m, size_t n,
    char *(*key)(const struct model *m, size_t i),
    struct model_group **out, size_t *out_n)
{
	struct keyed *keys = xcalloc(n + 1, sizeof(*keys));
	struct { struct model_group *items; size_t n, cap; } groups = { 0 };

	for (size_t i = 0; i < n; i++)
		keys[i] = (struct keyed){ key(m, i), i };
	qsort(keys, n, sizeof(*keys), by_key);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || strcmp(keys[i].key, keys[i - 1].key) != 0)
			VEC_ADD(&groups);
		*VEC_ADD(&groups.items[groups.n - 1]) = keys[i].index;
	}
	for (size_t i = 0; i < n; i++)
		free(keys[i].key);
	free(keys);
	if (groups.n > 1)
		qsort(groups.items, groups.n, sizeof(*groups.items),
		    by_first);
	*out = groups.items;
	*out_n = groups.n;
}

/* Where the part that names the path begins; 0: it names none. */
static size_t
stem_of(const struct model_finding *f)
{
	size_t n = strlen(f->remedy), len = strlen(f->path);

	return n > len && f->remedy[n - len - 1] == ' ' &&
	    strcmp(f->remedy + n - len, f->path) == 0 ? n - len : 0;
}

/* One command for all: the same one, or one with all their paths. */
static const char *
remedy_of(struct model *m, const struct model_group *g)
{
	const struct model_finding *all = m->findings.items;
	const struct model_finding *f = &all[g->items[0]];
	CLEANUP(drop_buf) struct buf joined = { 0 };
	size_t stem = f->remedy != NULL ? stem_of(f) : 0;

	if (f->remedy == NULL || g->n == 1)
		return f->remedy;
	buf_adds(&joined, f->remedy);
	for (size_t i = 1; i < g->n; i++) {
		const struct model_finding *x = &all[g->items[i]];

		if (x->remedy == NULL)
			return NULL;
		if (strcmp(x->remedy, f->remedy) == 0)
			continue;
		if (stem == 0 || stem_of(x) != stem ||
		    memcmp(x->remedy, f->remedy, stem) != 0)
			return NULL;
		buf_addf(&joined, " %s", x->path);
	}
	/* What nobody types any more, the rule's own name stands for. */
	if (g->n > PATHS_TYPED && f->rule != NULL && stem > 8 &&
	    strncmp(f->remedy + stem - 8, "restore ", 8) == 0)
		return arena_printf(&m->arena, "%.*s--rule %s/%s", (int)stem,
		    f->remedy, f->spec, f->rule);
	return arena_strdup(&m->arena, buf_str(&joined));
}

void
fold(struct model *m)
{
	group(m, m->findings.n, finding_key, &m->finding_groups.items,
	    &m->finding_groups.n);
	group(m, m->changes.n, change_key, &m->change_groups.items,
	    &m->change_groups.n);
	for (size_t i = 0; i < m->finding_groups.n; i++) {
		m->finding_groups.items[i].remedy = remedy_of(m,
		    &m->finding_groups.items[i]);
		for (size_t k = 0; k < m->finding_groups.items[i].n; k++)
			m->findings.items[m->finding_groups.items[i]
			    .items[k]].group = i;
	}
	for (size_t i = 0; i < m->change_groups.n; i++)
		for (size_t k = 0; k < m->change_groups.items[i].n; k++)
			m->changes.items[m->change_groups.items[i]
			    .items[k]].group = i;
}
