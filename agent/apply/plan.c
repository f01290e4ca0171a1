/* SPDX-License-Identifier: MIT */
#include "agent/apply/plan.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/apply/planlinks.h"
#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"

static int
by_path(const void *a, const void *b)
{
	return path_cmp(((const struct node *)a)->path,
	    ((const struct node *)b)->path);
}

static bool
same_wish(const struct wish *a, const struct wish *b)
{
	if (a->want == NULL || b->want == NULL)
		return a->want == b->want;
	return a->bytes == b->bytes && entry_differs(a->want, b->want) == 0;
}

/*
 * Two wishes for one path are one where they agree; a wish for a folder's
 * time gives way to one that says more.
 */
static int
merge_twins(struct nodes *l, struct err *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++) {
		struct node *n = &l->items[i];
		struct node *last = kept > 0 ? &l->items[kept - 1] : NULL;

		if (last == NULL || strcmp(last->path, n->path) != 0) {
			l->items[kept++] = *n;
			continue;
		}
		if (n->wish->times_only)
			continue;
		if (last->wish->times_only) {
			*last = *n;
			continue;
		}
		if (!same_wish(last->wish, n->wish))
			return err_set(e, ERR_USAGE, n->path, _("two wishes "
			    "contradict each other [restore one of '%s' and "
			    "'%s' at a time]"), last->wish->reason != NULL ?
			    last->wish->reason : "-", n->wish->reason != NULL ?
			    n->wish->reason : "-");
	}
	l->n = kept;
	return 0;
}

/* Only the time of a folder: all else of it stays as it is. */
static const struct entry *
only_time(struct plan *p, const struct entry *have, const struct entry *want)
{
	struct entry *en;

	if (have == NULL || have->kind != ENTRY_DIR)
		return NULL;
	en = arena_alloc(&p->arena, sizeof(*en));
	*en = *have;
	en->mtime = want->mtime;
	return en;
}

static int
collect(struct planning *pl, const struct wishes *wishes, struct err *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < wishes->n; i++) {
		const struct wish *w = &wishes->items[i];

		*VEC_ADD(&pl->nodes) = (struct node){ .path = w->path,
			.wish = w, .want = w->want };
	}
	if (pl->nodes.n > 1)
		qsort(pl->nodes.items, pl->nodes.n, sizeof(struct node),
		    by_path);
	if (merge_twins(&pl->nodes, e) < 0)
		return -1;
	for (size_t i = 0; i < pl->nodes.n; i++) {
		struct node *n = &pl->nodes.items[i];

		n->have = manifest_find(pl->have, n->path);
		if (n->wish->times_only) {
			n->want = only_time(pl->out, n->have, n->want);
			if (n->want == NULL)
				continue;
		}
		pl->nodes.items[kept++] = *n;
	}
	pl->nodes.n = kept;
	return 0;
}

struct node *
plan_node(const struct planning *pl, const char *path)
{
	const struct node key = { .path = path };

	if (pl->nodes.n == 0)
		return NULL;
	return bsearch(&key, pl->nodes.items, pl->nodes.n, sizeof(key),
	    by_path);
}

/* A parent that is missing, as the snapshot knows it. */
static void
imply(struct planning *pl, const char *path, const struct wish *child,
    struct nodes *more)
{
	const struct entry *known = pl->known != NULL ?
	    manifest_find(pl->known, path) : NULL;
	struct entry *en;
	struct wish *w;

	if (known == NULL || known->kind != ENTRY_DIR) {
		en = arena_alloc(&pl->out->arena, sizeof(*en));
		en->kind = ENTRY_DIR;
		en->mode = 0755;
		en->mtime.tv_nsec = UTIME_NOW;
		en->path = path;
		known = en;
	}
	w = arena_alloc(&pl->out->arena, sizeof(*w));
	*w = (struct wish){ .path = path, .want = known,
		.reason = child->reason };
	*VEC_ADD(more) = (struct node){ .path = path, .wish = w,
		.want = known, .implied = true };
}

/*
 * Looks at everything above one wish. A symlink that stands where a folder
 * was is never gone through: the wish is for that very path.
 */
static int
check_above(struct planning *pl, const struct node *n, struct nodes *more,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf up = { 0 };
	CLEANUP(drop_buf) struct buf next = { 0 };

	path_parent(&up, n->path);
	while (strcmp(buf_str(&up), "/") != 0) {
		const char *path = buf_str(&up);
		const struct node *p = plan_node(pl, path);
		const struct entry *have = manifest_find(pl->have, path);

		if (p != NULL && (p->want == NULL ||
		    p->want->kind != ENTRY_DIR))
			return err_set(e, ERR_USAGE, n->path, _("cannot be "
			    "there when '%s' shall be %s"), path,
			    p->want == NULL ? _("absent") : _("no folder"));
		if (p == NULL && have != NULL && have->kind != ENTRY_DIR)
			return err_set(e, ERR_USAGE, n->path, _("'%s' on the "
			    "way to it is no folder any more [restore '%s', "
			    "too]"), path, path);
		if (p == NULL && have == NULL)
			imply(pl, arena_strdup(&pl->out->arena, path),
			    n->wish, more);
		buf_reset(&next);
		path_parent(&next, path);
		buf_reset(&up);
		buf_adds(&up, buf_str(&next));
	}
	return 0;
}

static int
find_parents(struct planning *pl, struct err *e)
{
	CLEANUP(drop_nodes) struct nodes more = { 0 };
	const char *last = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < pl->nodes.n; i++) {
		const struct node *n = &pl->nodes.items[i];

		if (n->want == NULL ||
		    (last != NULL && path_same_folder(last, n->path)))
			continue;
		if (check_above(pl, n, &more, e) < 0)
			return -1;
		last = n->path;
	}
	if (more.n == 0)
		return 0;
	qsort(more.items, more.n, sizeof(struct node), by_path);
	for (size_t i = 0; i < more.n; i++)
		if (i == 0 || strcmp(more.items[i].path,
		    more.items[kept - 1].path) != 0)
			more.items[kept++] = more.items[i];
	for (size_t i = 0; i < kept; i++)
		*VEC_ADD(&pl->nodes) = more.items[i];
	qsort(pl->nodes.items, pl->nodes.n, sizeof(struct node), by_path);
	return 0;
}

/* What one wish takes when its inode is nobody else's. */
static void
classify(struct node *n)
{
	const unsigned anew = DIFF_CONTENT | DIFF_UNKNOWN;

	if (n->want == NULL)
		return;
	n->needed = true;
	if (n->have == NULL) {
		n->kind = n->want->kind == ENTRY_DIR ? STEP_MAKE_DIR :
		    STEP_PUT;
		return;
	}
	n->differs = entry_differs(n->want, n->have);
	if (n->wish->bytes != NULL && n->have->kind == ENTRY_FILE)
		n->differs |= DIFF_CONTENT;
	if (n->differs & DIFF_KIND) {
		n->kind = STEP_SWAP_KIND;
		return;
	}
	/* Where nobody ever knew the content there is nothing to bring back */
	if (n->want->kind == ENTRY_FILE && n->wish->bytes == NULL &&
	    n->want->content == CONTENT_UNREADABLE)
		n->differs &= ~anew;
	n->kind = n->differs & anew ? STEP_PUT : STEP_META;
	n->needed = (n->differs & ~(unsigned)DIFF_HARDLINK) != 0;
}

static int
check_content(const struct node *n, struct err *e)
{
	if (!n->needed || n->source != NULL || n->wish->bytes != NULL ||
	    n->want->kind != ENTRY_FILE ||
	    (n->kind != STEP_PUT && n->kind != STEP_SWAP_KIND))
		return 0;
	if (n->want->content == CONTENT_DIGEST)
		return err_set(e, ERR_MISSING, n->path, _("its content was "
		    "larger than 'max-size' and was not kept [leave it out, "
		    "or bring it back from a backup]"));
	if (n->want->content == CONTENT_UNREADABLE)
		return err_set(e, ERR_MISSING, n->path, _("its content could "
		    "not be read then and was not kept [leave it out, or "
		    "bring it back from a backup]"));
	return 0;
}

/* What cannot be kept is not let go; said before anything is done. */
static int
check_kept(const struct plan *p, struct err *e)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct step *s = &p->items[i];

		if (s->kind != STEP_META && s->have != NULL &&
		    s->have->kind == ENTRY_FILE &&
		    s->have->size > PLAN_FILE_MAX)
			return err_set(e, ERR_USAGE, s->path, _("too large to "
			    "be kept in a rollback, so it is not replaced "
			    "[move it away and run again]"));
	}
	return 0;
}

static struct step *
add_step(struct planning *pl, const struct node *n)
{
	struct step *s = VEC_ADD(pl->out);

	*s = (struct step){ .kind = n->kind, .path = n->path,
		.want = n->want, .have = n->have, .differs = n->differs,
		.source = n->source, .implied = n->implied,
		.reason = n->wish->reason, .bytes = n->wish->bytes };
	return s;
}

/* The folder and everything known to be in it, in path order. */
static void
add_removals(struct planning *pl, const struct node *n, struct nodes *gone)
{
	size_t i = manifest_lower(pl->have, n->path);

	for (; i < pl->have->n &&
	    path_is_under(pl->have->items[i].path, n->path); i++)
		*VEC_ADD(gone) = (struct node){ .kind = STEP_REMOVE,
			.path = pl->have->items[i].path,
			.have = &pl->have->items[i], .wish = n->wish };
}

static int
emit(struct planning *pl, struct err *e)
{
	CLEANUP(drop_nodes) struct nodes gone = { 0 };
	const char *under = NULL;	/* a folder that goes as a whole */

	for (size_t i = 0; i < pl->nodes.n; i++) {
		const struct node *n = &pl->nodes.items[i];
		bool leaves;

		if (check_content(n, e) < 0)
			return -1;
		if (n->want != NULL && n->needed)
			add_step(pl, n);
		if (n->have == NULL ||
		    (under != NULL && path_is_under(n->path, under)))
			continue;
		leaves = n->want == NULL ||
		    (n->needed && n->kind == STEP_SWAP_KIND);
		if (n->want == NULL)
			add_removals(pl, n, &gone);
		if (leaves && n->have->kind == ENTRY_DIR)
			under = n->path;
	}
	for (size_t i = gone.n; i-- > 0;)
		add_step(pl, &gone.items[i]);
	return check_kept(pl->out, e);
}

static int
steps_by_path(const void *a, const void *b)
{
	return path_cmp(((const struct step *)a)->path,
	    ((const struct step *)b)->path);
}

/*
 * Putting or removing a name moves its folder's time. Where the folder is
 * wished for and is right already, it gets a step that keeps it so.
 */
static void
keep_times(struct planning *pl)
{
	CLEANUP(drop_buf) struct buf up = { 0 };
	size_t n = pl->out->n, puts = 0;
	const char *last = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct step *s = &pl->out->items[i];
		struct node *p;

		puts += s->kind != STEP_REMOVE;
		if (s->kind == STEP_META ||
		    (last != NULL && path_same_folder(last, s->path)))
			continue;
		last = s->path;
		buf_reset(&up);
		path_parent(&up, s->path);
		p = plan_node(pl, buf_str(&up));
		if (p == NULL || p->needed || p->want == NULL)
			continue;
		p->needed = true;
		p->kind = STEP_META;
		add_step(pl, p);
	}
	if (pl->out->n == n)
		return;
	/* Behind the removals now: move them before, in their order. */
	{
		size_t more = pl->out->n - n;
		CLEANUP(drop_free) struct step *tail =
		    xreallocarray(NULL, pl->out->n, sizeof(*tail));

		memcpy(tail, pl->out->items + puts,
		    (n - puts) * sizeof(*tail));
		memmove(pl->out->items + puts, pl->out->items + n,
		    more * sizeof(*tail));
		memcpy(pl->out->items + puts + more, tail,
		    (n - puts) * sizeof(*tail));
		qsort(pl->out->items, puts + more, sizeof(*tail),
		    steps_by_path);
	}
}

int
plan_make(const struct manifest *have, const struct manifest *known,
    const struct wishes *wishes, struct plan *out, struct err *e)
{
	CLEANUP(drop_planning) struct planning pl = { .have = have,
		.known = known, .out = out };

	if (collect(&pl, wishes, e) < 0 || find_parents(&pl, e) < 0)
		return -1;
	for (size_t i = 0; i < pl.nodes.n; i++)
		classify(&pl.nodes.items[i]);
	planlinks_settle(&pl);
	if (emit(&pl, e) < 0)
		return -1;
	keep_times(&pl);
	return 0;
}

void
plan_done(struct plan *p)
{
	free(p->items);
	arena_done(&p->arena);
	*p = (struct plan){ 0 };
}

void
drop_plan(struct plan *p)
{
	plan_done(p);
}

void
wishes_done(struct wishes *w)
{
	free(w->items);
	*w = (struct wishes){ 0 };
}

void
drop_wishes(struct wishes *w)
{
	wishes_done(w);
}

void
drop_nodes(struct nodes *l)
{
	free(l->items);
}

void
drop_planning(struct planning *pl)
{
	free(pl->nodes.items);
	free(pl->claimed);
}
