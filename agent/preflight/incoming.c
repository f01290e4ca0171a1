/* SPDX-License-Identifier: MIT */
#include "agent/preflight/incoming.h"

#include <stdlib.h>
#include <string.h>

#include "agent/pkg/realpath.h"
#include "base/path.h"
#include "base/vec.h"

/* Of a script so much is searched for names: it is, for every file. */
enum { NAMED_MAX = 1 << 18, SEARCHED_MAX = 1 << 18 };
/* A small package can unpack to anything; all of a release's /etc is less. */
enum { KEPT_MAX = 512 << 20 };

void
incoming_done(struct incoming *in)
{
	for (size_t i = 0; i < in->coming.n; i++)
		free(in->coming.items[i].scripts.items);
	for (size_t i = 0; i < in->leaving.n; i++)
		free(in->leaving.items[i].scripts.items);
	free(in->coming.items);
	free(in->leaving.items);
	free(in->files.items);
	free(in->wanting.items);
	arena_done(&in->arena);
	*in = (struct incoming){ 0 };
}

void
drop_incoming(struct incoming *in)
{
	incoming_done(in);
}

bool
incoming_wants(const struct incoming *in, const char *path)
{
	return in->scope != NULL && !scope_excludes(in->scope, path) &&
	    scope_tracks(in->scope, path);
}

bool
incoming_named(const struct scripts *s, const struct entry *en)
{
	const char *name = path_name(en->path);

	/* Specs ask for the release. */
	if (strcmp(en->path, "/usr/lib/os-release") == 0)
		return true;
	if (en->size > NAMED_MAX || strlen(name) < 4 ||
	    !path_is_under(en->path, "/usr"))
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (memmem(s->items[i].body, strnlen(s->items[i].body,
		    SEARCHED_MAX), name, strlen(name)) != NULL)
			return true;
	return false;
}

bool
incoming_has_room(const struct incoming *in, uint64_t len)
{
	return len <= KEPT_MAX && in->kept <= KEPT_MAX - len;
}

char *
incoming_keep(struct incoming *in, const char *bytes, size_t len)
{
	in->kept += len;
	return arena_memdup(&in->arena, bytes, len);
}

static struct package
package_dup(struct arena *a, const struct package *p)
{
	return (struct package){ p->kind, arena_strdup(a, p->name),
		arena_strdup(a, p->version), arena_strdup(a, p->arch),
		p->removed };
}

struct coming *
incoming_add(struct incoming *in, const struct package *p, const char *file)
{
	struct coming *c = VEC_ADD(&in->coming);

	c->package = package_dup(&in->arena, p);
	c->file = arena_strdup(&in->arena, file);
	return c;
}

struct leaving *
incoming_add_leaving(struct incoming *in, const struct package *p)
{
	struct leaving *l = VEC_ADD(&in->leaving);

	l->package = package_dup(&in->arena, p);
	return l;
}

struct coming_file *
incoming_add_file(struct incoming *in)
{
	return VEC_ADD(&in->files);
}

void
incoming_lacks(struct incoming *in, const char *what, const char *why)
{
	*VEC_ADD(&in->wanting) = (struct wanting){
		arena_strdup(&in->arena, what), arena_strdup(&in->arena, why) };
}

static int
by_path(const void *a, const void *b)
{
	const struct coming_file *x = a, *y = b;
	int n = path_cmp(x->owned.path, y->owned.path);

	if (n != 0)
		return n;
	return (x->owned.package > y->owned.package) -
	    (x->owned.package < y->owned.package);
}

static void
resolve(struct incoming *in, const struct root *r)
{
	CLEANUP(drop_realpath) struct realpath real = { 0 };

	for (size_t i = 0; i < in->files.n; i++) {
		struct coming_file *f = &in->files.items[i];

		f->owned.path = realpath_of(&real, r, f->owned.path,
		    &in->arena);
		f->entry.path = f->owned.path;
	}
}

void
incoming_settle(struct incoming *in, const struct root *r)
{
	if (in->files.n > 1)
		qsort(in->files.items, in->files.n, sizeof(*in->files.items),
		    by_path);
	resolve(in, r);
	if (in->files.n > 1)
		qsort(in->files.items, in->files.n, sizeof(*in->files.items),
		    by_path);
}

const struct coming_file *
incoming_find(const struct incoming *in, const char *path)
{
	size_t from = VEC_LOWER(in->files.n, i,
	    path_cmp(in->files.items[i].owned.path, path) < 0);
	const struct coming_file *found = NULL;

	for (; from < in->files.n; from++) {
		const struct coming_file *f = &in->files.items[from];

		if (strcmp(f->owned.path, path) != 0)
			break;
		/* A ghost is nobody's word against a file that is shipped. */
		if (found == NULL || (f->owned.flags & OWNED_GHOST) == 0)
			found = f;
	}
	return found;
}

const struct leaving *
incoming_leaves(const struct incoming *in, const struct package *p)
{
	for (size_t i = 0; i < in->leaving.n; i++) {
		const struct package *q = &in->leaving.items[i].package;

		if (q->kind == p->kind && strcmp(q->name, p->name) == 0 &&
		    strcmp(q->arch, p->arch) == 0 &&
		    strcmp(q->version, p->version) == 0)
			return &in->leaving.items[i];
	}
	return NULL;
}

const struct coming *
incoming_comes_for(const struct incoming *in, const struct package *p)
{
	for (size_t i = 0; i < in->coming.n; i++) {
		const struct package *q = &in->coming.items[i].package;

		if (q->kind == p->kind && strcmp(q->name, p->name) == 0 &&
		    (strcmp(q->arch, p->arch) == 0 ||
		    strcmp(q->arch, "all") == 0 ||
		    strcmp(p->arch, "all") == 0 || p->kind == PACKAGE_RPM))
			return &in->coming.items[i];
	}
	return NULL;
}
