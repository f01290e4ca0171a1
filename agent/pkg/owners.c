/* SPDX-License-Identifier: MIT */
#include "agent/pkg/owners.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/vec.h"

struct package *
owners_add_package(struct owners *o)
{
	return VEC_ADD(&o->packages);
}

struct owned *
owners_add_file(struct owners *o)
{
	return VEC_ADD(&o->files);
}

bool
package_is_software(const struct package *p)
{
	return !p->removed && (p->kind != PACKAGE_RPM ||
	    strcmp(p->name, "gpg-pubkey") != 0);
}

static int
cmp_package(const void *a, const void *b, void *arg)
{
	const struct package *items = arg;
	const struct package *x = &items[*(const size_t *)a];
	const struct package *y = &items[*(const size_t *)b];
	int n = strcmp(x->name, y->name);

	if (n == 0)
		n = strcmp(x->arch, y->arch);
	if (n == 0)
		n = strcmp(x->version, y->version);
	if (n == 0)
		n = (int)x->kind - (int)y->kind;
	return n;
}

static int
cmp_file(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;
	int n = path_cmp(x->path, y->path);

	if (n != 0)
		return n;
	return (x->package > y->package) - (x->package < y->package);
}

/* Most lists are in order already, by who wrote them. */
static bool
in_order(const struct owners *o)
{
	for (size_t i = 1; i < o->files.n; i++)
		if (cmp_file(&o->files.items[i - 1], &o->files.items[i]) > 0)
			return false;
	return true;
}

void
owners_settle(struct owners *o)
{
	size_t n = o->packages.n;
	CLEANUP(drop_free) size_t *order = xcalloc(n + 1, sizeof(*order));
	CLEANUP(drop_free) size_t *now = xcalloc(n + 1, sizeof(*now));
	struct package *sorted = xcalloc(n + 1, sizeof(*sorted));

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	if (n > 1)
		qsort_r(order, n, sizeof(*order), cmp_package,
		    o->packages.items);
	for (size_t i = 0; i < n; i++) {
		sorted[i] = o->packages.items[order[i]];
		now[order[i]] = i;
	}
	free(o->packages.items);
	o->packages.items = sorted;
	o->packages.cap = n + 1;
	for (size_t i = 0; i < o->files.n; i++)
		o->files.items[i].package = now[o->files.items[i].package];
	if (!in_order(o))
		qsort(o->files.items, o->files.n, sizeof(*o->files.items),
		    cmp_file);
}

void
owners_done(struct owners *o)
{
	free(o->packages.items);
	free(o->files.items);
	strlist_done(&o->asked);
	arena_done(&o->arena);
	*o = (struct owners){ 0 };
}

void
drop_owners(struct owners *o)
{
	owners_done(o);
}

const struct owned *
owners_of(const struct owners *o, const char *path, size_t *out_n)
{
	size_t from = VEC_LOWER(o->files.n, i,
	    path_cmp(o->files.items[i].path, path) < 0), end;

	for (end = from; end < o->files.n &&
	    strcmp(o->files.items[end].path, path) == 0; end++)
		;
	*out_n = end - from;
	return end > from ? &o->files.items[from] : NULL;
}

static int
weight(const struct owners *o, const struct owned *f)
{
	return 4 * !owners_package(o, f)->removed +
	    2 * ((f->flags & (OWNED_GHOST | OWNED_ABSENT)) == 0) +
	    ((f->flags & OWNED_OBSOLETE) == 0);
}

const struct owned *
owners_find(const struct owners *o, const char *path)
{
	size_t n;
	const struct owned *f = owners_of(o, path, &n), *best = f;

	for (size_t i = 1; i < n; i++) {
		int more = weight(o, &f[i]) - weight(o, best);

		/* Two versions of one package: an upgrade that did not end. */
		if (more > 0 || (more == 0 &&
		    strcmp(owners_package(o, &f[i])->name,
		    owners_package(o, best)->name) == 0))
			best = &f[i];
	}
	return best;
}

const struct package *
owners_package(const struct owners *o, const struct owned *f)
{
	return &o->packages.items[f->package];
}

const struct package *
owners_same(const struct owners *o, const struct package *p)
{
	const struct package *found = NULL;
	size_t from = VEC_LOWER(o->packages.n, i,
	    strcmp(o->packages.items[i].name, p->name) < 0);

	for (; from < o->packages.n; from++) {
		const struct package *q = &o->packages.items[from];

		if (strcmp(q->name, p->name) != 0)
			break;
		if (q->kind != p->kind || q->removed)
			continue;
		/* Of several versions, as of kernels, the same one. */
		if (strcmp(q->arch, p->arch) == 0 &&
		    strcmp(q->version, p->version) == 0)
			return q;
		if (found == NULL || strcmp(q->arch, p->arch) == 0)
			found = q;
	}
	return found;
}
