/* SPDX-License-Identifier: MIT */
#include "snapshots/capture.h"

#include <stdlib.h>
#include <string.h>

#include "base/checksum.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "base/walk.h"
#include "snapshots/capturecache.h"
#include "snapshots/captureknown.h"
#include "snapshots/capturing.h"

static void
note_links(struct capturing *c, const struct walk_item *item, size_t slot)
{
	struct inode *i = inodes_meet(&c->inodes, item->st, slot);

	if (!i->secret)
		i->secret = capturing_secret(c, item->path);
	if (i->first != slot)
		*VEC_ADD(&c->aliases) = (struct alias){ slot, i->first };
}

static size_t
add_seen(struct capturing *c, const struct walk_item *item, const char *path,
    unsigned flags)
{
	struct seen *s = VEC_ADD(&c->out->seen);

	s->path = path;
	s->flags = flags;
	if (item->st != NULL)
		s->st = seen_stat_of(item->st);
	if (item->listed)
		s->flags |= SEEN_LISTED;
	if (item->st != NULL && statcache_racy(&s->st, c->since))
		s->flags |= SEEN_UNTRUSTED;
	return c->out->seen.n - 1;
}

/* Takes the entry from the cache when nothing about it has moved. */
static bool
from_cache(struct capturing *c, const struct seen *known, size_t slot,
    size_t seen)
{
	return (known->flags & (SEEN_ENTRY | SEEN_UNTRUSTED)) == SEEN_ENTRY &&
	    seen_stat_equal(&known->st, &c->out->seen.items[seen].st) &&
	    capturing_known(c, known, slot, seen);
}

static void
unreadable(struct capturing *c, const struct walk_item *item,
    const char *path)
{
	CLEANUP(drop_buf) struct buf why = { 0 };
	struct err reason = *item->e;
	struct seen *last = c->out->seen.n > 0 ?
	    &c->out->seen.items[c->out->seen.n - 1] : NULL;

	reason.where[0] = '\0';
	err_format(&reason, &why);
	capturing_unknown(c->out, path, buf_str(&why));
	/* A folder that cannot be listed was told as an entry just before. */
	if (last != NULL && last->path != NULL &&
	    strcmp(last->path, path) == 0)
		last->flags |= SEEN_UNTRUSTED;
	else
		add_seen(c, item, path, SEEN_UNTRUSTED);
}

static int
each_item(void *ctx, const struct walk_item *item, struct err *e)
{
	struct capturing *c = ctx;
	struct manifest *m = &c->out->manifest;
	struct seen known = { 0 };
	bool found = c->o->cache != NULL &&
	    statcache_find(c->o->cache, item->path, &known);
	const char *path = found ? known.path :
	    arena_strdup(&m->arena, item->path);
	size_t slot, seen;

	switch (item->what) {
	case WALK_ABSENT:
		add_seen(c, item, path, SEEN_ABSENT);
		return 0;
	case WALK_PASSED:
		add_seen(c, item, path, 0);
		return 0;
	case WALK_UNREADABLE:
		unreadable(c, item, path);
		return 0;
	case WALK_ENTRY:
		break;
	}
	seen = add_seen(c, item, path, SEEN_ENTRY);
	manifest_add(m)->path = path;
	VEC_ADD(&c->lines);
	slot = m->n - 1;
	if (S_ISREG(item->st->st_mode) && item->st->st_nlink > 1) {
		note_links(c, item, slot);
		*VEC_ADD(&c->shared) = (struct shared){ slot, seen, *item->st,
			found, known };
	} else if (!found || !from_cache(c, &known, slot, seen)) {
		capturing_submit(c, path, item->st,
		    S_ISREG(item->st->st_mode) && capturing_secret(c, path),
		    slot, seen);
	}
	if (c->failed.kind != ERR_NONE) {
		*e = c->failed;
		return -1;
	}
	return 0;
}

/* One of them, now that all names are known. */
static void
take_shared(struct capturing *c, const struct shared *s)
{
	struct entry *en = &c->out->manifest.items[s->slot];
	const char *path = en->path;
	bool secret = inodes_find(&c->inodes, s->st.st_dev,
	    s->st.st_ino)->secret;

	if (s->found && from_cache(c, &s->known, s->slot, s->seen) &&
	    (!secret || en->content != CONTENT_STORED))
		return;
	capturing_submit(c, path, &s->st, secret, s->slot, s->seen);
}

static int
take_all_shared(struct capturing *c, struct err *e)
{
	if (c->o->whole != NULL && c->o->secrets != NULL &&
	    inodes_find_secrets(&c->inodes, c->o->root, c->o->whole,
	    c->o->secrets, e) < 0)
		return -1;
	for (size_t i = 0; i < c->shared.n; i++)
		take_shared(c, &c->shared.items[i]);
	return 0;
}

static bool
known_names(void *ctx, const char *path, const struct stat *st,
    struct strlist *out)
{
	struct capturing *c = ctx;
	struct seen_stat now = seen_stat_of(st);

	return statcache_names(c->o->cache, path, &now, out);
}

/* The cache was made with this scope: its patterns said so then. */
static bool
known_leaf(void *ctx, const char *path)
{
	struct capturing *c = ctx;
	struct seen known;

	return statcache_find(c->o->cache, path, &known) &&
	    (known.flags & SEEN_ENTRY) != 0 && !S_ISDIR(known.st.mode);
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Which names share an inode is known only when all names are. */
static void
settle_links(struct capturing *c, const struct alias *a, size_t n)
{
	struct manifest *m = &c->out->manifest;
	size_t k = 0;

	/* Entries and what was seen of them are in the same order. */
	for (size_t i = 0; i < m->n; i++) {
		const char *first = NULL;
		struct entry *en = &m->items[i];

		while (k < n && a[k].slot < i)
			k++;
		if (k < n && a[k].slot == i)
			first = m->items[a[k].first].path;
		if (en->path != NULL && !same_text(first, en->hardlink)) {
			en->hardlink = first;
			c->lines.items[i] = NULL;
		}
	}
}

static int
seen_by_path(const void *a, const void *b)
{
	return path_cmp(((const struct seen *)a)->path,
	    ((const struct seen *)b)->path);
}

static int
unknown_by_path(const void *a, const void *b)
{
	return path_cmp(((const struct capture_unknown *)a)->path,
	    ((const struct capture_unknown *)b)->path);
}

/* Folders that were only passed through are told after what lies in them. */
static void
sort_seen(struct capture *out)
{
	for (size_t i = 1; i < out->seen.n; i++) {
		if (seen_by_path(&out->seen.items[i - 1],
		    &out->seen.items[i]) > 0) {
			qsort(out->seen.items, out->seen.n,
			    sizeof(struct seen), seen_by_path);
			break;
		}
	}
	if (out->unknown.n > 1)
		qsort(out->unknown.items, out->unknown.n,
		    sizeof(struct capture_unknown), unknown_by_path);
}

static int
walk_all(struct capturing *c, struct err *e)
{
	const struct walk_known known = { known_names, known_leaf, c };
	const struct capture_options *o = c->o;
	struct err ignored = { 0 };
	int n;

	capturing_start(c);
	n = walk(o->root, o->scope, o->cache_names ? &known : NULL, each_item,
	    c, e);
	if (n == 0 && c->shared.n > 0)
		n = take_all_shared(c, e);
	if (capturing_end(c, n == 0 ? e : &ignored) < 0)
		n = -1;
	settle_links(c, c->aliases.items, c->aliases.n);
	capturing_settle(c);
	sort_seen(c->out);
	return n;
}

int
capture_run(const struct capture_options *o, struct capture *out,
    struct err *e)
{
	struct capturing c = { .o = o, .out = out, .since = statcache_now() };
	int n = 0;

	c.cache_stored = o->cache != NULL && o->last != NULL &&
	    oid_equal(statcache_commit(o->cache), o->last);
	switch (captureknown_take(&c, e)) {
	case CAPTUREKNOWN_NOT:
		n = walk_all(&c, e);
		break;
	case CAPTUREKNOWN_FAILED:
		n = -1;
		break;
	case CAPTUREKNOWN_ALL:
		break;
	}
	if (n == 0 && c.cache_stored && o->cache_names)
		capturecache_compare(out, o->cache, o->last);
	inodes_done(&c.inodes);
	free(c.aliases.items);
	free(c.shared.items);
	return n;
}

const char *
capture_hides(const struct capture *c, const char *path)
{
	for (size_t i = 0; i < c->unknown.n; i++)
		if (path_is_under(path, c->unknown.items[i].path))
			return c->unknown.items[i].why;
	return NULL;
}

void
capture_done(struct capture *c)
{
	free(c->seen.items);
	free(c->unknown.items);
	free(c->lines);
	free(c->same);
	free(c->news);
	manifest_done(&c->manifest);
	statcache_close(c->cache);
	*c = (struct capture){ 0 };
}

void
drop_capture(struct capture *c)
{
	capture_done(c);
}

static uint64_t
sum_list(uint64_t sum, const struct strlist *l)
{
	for (size_t i = 0; i < l->n; i++)
		sum = checksum(sum, l->items[i], strlen(l->items[i]) + 1);
	return checksum(sum, "", 1);
}

uint64_t
capture_key(const struct capture_options *o)
{
	/* A cache of a program that did not know this is of no use. */
	static const char sealed[] = "every name of a secret, and URLs";
	uint64_t sum = checksum(o->seal != NULL, &o->max_size,
	    sizeof(o->max_size));

	sum = checksum(sum, sealed, sizeof(sealed));
	sum = sum_list(sum, &o->scope->include);
	sum = sum_list(sum, &o->scope->ignore);
	sum = sum_list(sum, &o->scope->never);
	if (o->secrets != NULL)
		sum = sum_list(sum, &o->secrets->include);
	return sum;
}
