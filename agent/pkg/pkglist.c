/* SPDX-License-Identifier: MIT */
#include "agent/pkg/pkglist.h"

#include <stdlib.h>
#include <string.h>

#include "agent/pkg/owners.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

#define LIST_HEADER "driftctl-packages 1\n"

void
pkglist_done(struct pkglist *l)
{
	free(l->items);
	arena_done(&l->arena);
	*l = (struct pkglist){ 0 };
}

void
drop_pkglist(struct pkglist *l)
{
	pkglist_done(l);
}

void
pkglist_add(struct pkglist *l, const char *name, const char *arch,
    const char *version)
{
	*VEC_ADD(l) = (struct pkg){ arena_strdup(&l->arena, name),
		arena_strdup(&l->arena, arch),
		arena_strdup(&l->arena, version) };
}

static int
same_name(const struct pkg *a, const struct pkg *b)
{
	int n = strcmp(a->name, b->name);

	return n != 0 ? n : strcmp(a->arch, b->arch);
}

static int
by_name(const void *a, const void *b)
{
	const struct pkg *x = a, *y = b;
	int n = same_name(x, y);

	return n != 0 ? n : strcmp(x->version, y->version);
}

void
pkglist_sort(struct pkglist *l)
{
	if (l->n > 0)
		qsort(l->items, l->n, sizeof(*l->items), by_name);
}

int
pkglist_take(const struct owners *o, struct pkglist *out, struct err *e)
{
	for (size_t i = 0; i < o->packages.n; i++) {
		const struct package *p = &o->packages.items[i];

		if (package_is_software(p))
			pkglist_add(out, p->name, p->arch, p->version);
	}
	pkglist_sort(out);
	if (o->trouble.kind == ERR_NONE)
		return 0;
	*e = o->trouble;
	return -1;
}

int
pkglist_load(const struct root *r, struct pkglist *out, struct err *e)
{
	CLEANUP(drop_owners) struct owners o = { 0 };

	owners_load(r, NULL, NULL, &o);
	return pkglist_take(&o, out, e);
}

void
pkglist_write(const struct pkglist *l, struct buf *out)
{
	buf_adds(out, LIST_HEADER);
	for (size_t i = 0; i < l->n; i++) {
		const struct pkg *p = &l->items[i];

		text_encode(out, p->name, strlen(p->name));
		buf_addc(out, ' ');
		text_encode(out, p->arch, strlen(p->arch));
		buf_addc(out, ' ');
		text_encode(out, p->version, strlen(p->version));
		buf_addc(out, '\n');
	}
}

/* The word up to stop; at goes behind it. NULL when there is none. */
static const char *
word(struct arena *a, const char **at, const char *end, char stop)
{
	const char *to = memchr(*at, stop, (size_t)(end - *at));
	CLEANUP(drop_buf) struct buf plain = { 0 };

	if (to == NULL || text_decode(&plain, *at, (size_t)(to - *at)) < 0)
		return NULL;
	*at = to + 1;
	return arena_strdup(a, buf_str(&plain));
}

int
pkglist_parse(const char *name, const char *bytes, size_t len,
    struct pkglist *out, struct err *e)
{
	const size_t head = strlen(LIST_HEADER);
	const char *at = bytes + head, *end = bytes + len;
	unsigned line = 1;

	if (len < head || memcmp(bytes, LIST_HEADER, head) != 0)
		return err_at(e, name, 1, 0, _("is no list of packages of "
		    "this version"));
	while (at < end) {
		struct pkg p;

		line++;
		p.name = word(&out->arena, &at, end, ' ');
		p.arch = p.name != NULL ?
		    word(&out->arena, &at, end, ' ') : NULL;
		p.version = p.arch != NULL ?
		    word(&out->arena, &at, end, '\n') : NULL;
		if (p.version == NULL)
			return err_at(e, name, line, 0, _("is damaged"));
		*VEC_ADD(out) = p;
	}
	pkglist_sort(out);
	return 0;
}

/* The packages of one name and architecture from i on. */
static size_t
run_end(const struct pkglist *l, size_t i)
{
	size_t k = i;

	while (k < l->n && same_name(&l->items[i], &l->items[k]) == 0)
		k++;
	return k;
}

static bool
has_version(const struct pkglist *l, size_t from, size_t to,
    const char *version)
{
	for (size_t i = from; i < to; i++)
		if (strcmp(l->items[i].version, version) == 0)
			return true;
	return false;
}

/* Of the versions of one package, those that went are paired with those that
 * came. */
static void
compare_runs(const struct pkglist *was, size_t i, size_t i_end,
    const struct pkglist *is, size_t k, size_t k_end, struct pkgchanges *out)
{
	size_t old = i, new = k;

	for (;;) {
		const struct pkg *gone, *come;

		while (old < i_end && has_version(is, k, k_end,
		    was->items[old].version))
			old++;
		while (new < k_end && has_version(was, i, i_end,
		    is->items[new].version))
			new++;
		gone = old < i_end ? &was->items[old++] : NULL;
		come = new < k_end ? &is->items[new++] : NULL;
		if (gone == NULL && come == NULL)
			return;
		*VEC_ADD(out) = (struct pkgchange){
			come != NULL ? come->name : gone->name,
			come != NULL ? come->arch : gone->arch,
			gone != NULL ? gone->version : NULL,
			come != NULL ? come->version : NULL };
	}
}

void
pkglist_compare(const struct pkglist *was, const struct pkglist *is,
    struct pkgchanges *out)
{
	size_t i = 0, k = 0;

	while (i < was->n || k < is->n) {
		int order = i == was->n ? 1 : k == is->n ? -1 :
		    same_name(&was->items[i], &is->items[k]);
		size_t i_end = order <= 0 ? run_end(was, i) : i;
		size_t k_end = order >= 0 ? run_end(is, k) : k;

		compare_runs(was, i, i_end, is, k, k_end, out);
		i = i_end;
		k = k_end;
	}
}

void
pkgchanges_done(struct pkgchanges *c)
{
	free(c->items);
	*c = (struct pkgchanges){ 0 };
}

void
drop_pkgchanges(struct pkgchanges *c)
{
	pkgchanges_done(c);
}

void
pkgchange_text(const struct pkgchange *c, struct buf *out)
{
	if (c->was != NULL && c->is != NULL)
		buf_addf(out, "%s %s -> %s", c->name, c->was, c->is);
	else
		buf_addf(out, "%s %s %s", c->name, c->is != NULL ? c->is :
		    c->was, c->is != NULL ? _("(new)") : _("(gone)"));
}
