/* SPDX-License-Identifier: MIT */
#include "agent/glance.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/meta.h"
#include "base/path.h"
#include "base/vec.h"
#include "base/walk.h"
#include "specs/eval.h"

/* So many files are looked at again one by one; of more, the folders. */
enum { FILES_MAX = 64 };

static bool
asks_metadata(const struct rule *r)
{
	return r->kind >= 0 || r->mode >= 0 || r->owner != NULL ||
	       r->group != NULL || r->has_acl || r->xattr.n > 0 ||
	       r->has_capabilities || r->has_flags;
}

bool
glance_is_enough(const struct rule *r)
{
	return (r->count != NULL || r->newest != NULL) && r->relation == NULL &&
	       r->units.n == 0 && !r->secret &&
	       r->require == REQUIRE_IF_PRESENT &&
	       r->on_change == ON_CHANGE_NOTE && !asks_metadata(r) &&
	       !eval_asks_content(r);
}

static void
take(struct glance *g, const struct texts *patterns)
{
	struct err ignored = { 0 };

	for (size_t i = 0; i < patterns->n; i++)
		glob_braces(patterns->items[i], &g->patterns, &ignored);
}

void
glance_take(struct glance *g, const struct catalogue *cat)
{
	for (size_t i = 0; i < cat->n; i++) {
		const struct spec *s = cat->specs[i];

		for (size_t k = 0; s->applies && k < s->n_rules; k++) {
			const struct rule *r = &s->rules[k];

			if (!r->disabled && glance_is_enough(r))
				take(g, &r->paths);
			if (!r->disabled && r->newest != NULL)
				take(g, &r->newest->of);
		}
	}
	strlist_sort(&g->patterns);
}

bool
glance_has(const struct glance *g, const char *pattern)
{
	return strlist_has(&g->patterns, pattern);
}

struct looking {
	struct glance *g;
	const struct root *root;
	const struct scope *scope;
	const char *pattern, *last;
	struct inputs *inputs;
	struct arena *arena;
	void (*each)(void *arg, const struct entry *en);
	void *arg;
	size_t found;
};

static void
depends_on(struct looking *l, const char *path)
{
	if (l->inputs != NULL)
		inputs_add_below(l->inputs, l->root, path);
}

static void
hide(struct looking *l, const struct walk_item *item)
{
	*VEC_ADD(&l->g->hidden) = (struct hidden_pattern){
		arena_strdup(l->arena, l->pattern),
		arena_printf(l->arena, "%s: %s", item->path,
		    item->e->sys != 0 ? strerror(item->e->sys) : item->e->what)
	};
}

static void
meet(struct looking *l, const struct walk_item *item)
{
	struct entry en = { .path = item->path,
		.mode = item->st->st_mode & 07777,
		.uid = item->st->st_uid,
		.gid = item->st->st_gid,
		.mtime = item->st->st_mtim,
		.content = CONTENT_UNREADABLE };

	if (!scope_tracks(l->scope, item->path) ||
	    !glob_name(l->last, strlen(l->last), item->name) ||
	    meta_kind(item->st->st_mode, &en.kind) < 0)
		return;
	if (en.kind == ENTRY_FILE)
		en.size = (uint64_t)item->st->st_size;
	if (en.kind == ENTRY_SYMLINK)
		en.target = "";
	if (l->found++ < FILES_MAX)
		depends_on(l, item->path);
	l->each(l->arg, &en);
}

static int
one(void *ctx, const struct walk_item *item, struct err *e)
{
	struct looking *l = ctx;

	(void)e;
	switch (item->what) {
	case WALK_ENTRY:
		if (S_ISDIR(item->st->st_mode))
			depends_on(l, item->path);
		meet(l, item);
		break;
	case WALK_PASSED:
	case WALK_ABSENT:
		depends_on(l, item->path);
		break;
	case WALK_UNREADABLE:
		hide(l, item);
		break;
	}
	return 0;
}

void
glance_at(struct glance *g, const struct root *r, const char *pattern,
    struct inputs *inputs, struct arena *arena,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	CLEANUP(drop_buf) struct buf folder = { 0 };
	struct scope scope = { 0 };
	struct err ignored = { 0 };
	struct looking l = { .g = g,
		.root = r,
		.scope = &scope,
		.pattern = pattern,
		.last = path_name(pattern),
		.inputs = inputs,
		.arena = arena,
		.each = each,
		.arg = arg };

	/* Where nothing is there yet, its folder may come. */
	buf_add(&folder, pattern, strcspn(pattern, "*?[\\"));
	while (folder.len > 1 && folder.bytes[folder.len - 1] != '/')
		buf_truncate(&folder, folder.len - 1);
	if (folder.len > 1)
		buf_truncate(&folder, folder.len - 1);
	depends_on(&l, buf_str(&folder));
	if (scope_include(&scope, pattern, &ignored) == 0 &&
	    scope_settle(&scope, r, &ignored) == 0)
		walk(r, &scope, NULL, one, &l, &ignored);
	scope_done(&scope);
}

const char *
glance_hides(const struct glance *g, const char *pattern)
{
	for (size_t i = 0; i < g->hidden.n; i++)
		if (strcmp(g->hidden.items[i].pattern, pattern) == 0)
			return g->hidden.items[i].why;
	return NULL;
}

void
glance_done(struct glance *g)
{
	strlist_done(&g->patterns);
	free(g->hidden.items);
	*g = (struct glance){ 0 };
}
