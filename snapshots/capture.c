/* SPDX-License-Identifier: MIT */
#include "snapshots/capture.h"

#include <stdlib.h>
#include <string.h>

#include "base/checksum.h"
#include "base/path.h"
#include "base/pool.h"
#include "base/secrets.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "base/walk.h"
#include "snapshots/capturecache.h"
#include "snapshots/inodes.h"
#include "snapshots/reader.h"

/*
 * Handing one small file over to another thread costs more than reading it, so
 * files travel in batches: some tens, or one large file alone.
 */
enum {
	BATCH_FILES = 48,
	BATCH_BYTES = 512 * 1024,
	WINDOW = 8,		/* batches under way */
	PROGRESS_EVERY = 256,
};

/* Entry `slot` is another name of entry `first`. */
struct alias {
	size_t slot, first;
};

/*
 * A name of a file with several. Whether it is secret is known when all names
 * are: it is what any of them is.
 */
struct shared {
	size_t slot, seen;
	struct stat st;
	bool found;		/* in the cache, as known */
	struct seen known;
};

struct capturing {
	const struct capture_options *o;
	struct capture *out;
	struct pool *pool;
	struct batch *batch;	/* being filled, or NULL */
	int64_t since;
	struct inodes inodes;
	struct {
		struct alias *items;
		size_t n, cap;
	} aliases;
	struct {
		struct shared *items;
		size_t n, cap;
	} shared;
	struct {
		const char **items;
		size_t n, cap;
	} lines;		/* one for each entry */
	bool cache_stored;	/* SEEN_STORED in the cache can be believed */
	struct err failed;	/* what the caller's blob() came back with */
};

/* Which seen object belongs to an entry, while both grow. */
struct job {
	struct reading r;
	size_t slot, seen;
};

struct batch {
	struct job items[BATCH_FILES];
	size_t n;
	uint64_t bytes;
};

static bool
is_secret(const struct capturing *c, const char *path)
{
	return c->o->secrets != NULL && secrets_has(c->o->secrets, path);
}

static void
note_links(struct capturing *c, const struct walk_item *item, size_t slot)
{
	struct inode *i = inodes_meet(&c->inodes, item->st, slot);

	if (!i->secret)
		i->secret = is_secret(c, item->path);
	if (i->first != slot)
		*VEC_ADD(&c->aliases) = (struct alias){ slot, i->first };
}

static void
add_unknown(struct capture *out, const char *path, const char *why)
{
	*VEC_ADD(&out->unknown) = (struct capture_unknown){
		arena_strdup(&out->manifest.arena, path),
		arena_strdup(&out->manifest.arena, why) };
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

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* False when the entry has these names already. */
static bool
set_names(struct idnames *ids, struct arena *a, struct entry *en)
{
	const char *user = idnames_user(ids, en->uid);
	const char *group = idnames_group(ids, en->gid);

	if (same_text(user, en->user) && same_text(group, en->group))
		return false;
	en->user = user != NULL ? arena_strdup(a, user) : NULL;
	en->group = group != NULL ? arena_strdup(a, group) : NULL;
	return true;
}

static bool
as_known(struct capturing *c, const struct seen *known, size_t slot,
    size_t seen)
{
	struct seen *now = &c->out->seen.items[seen];
	struct entry *en = &c->out->manifest.items[slot];
	const char *name;
	struct err ignored = { 0 };

	if (manifest_parse_line(known->line, known->line_len,
	    &c->out->manifest.arena, en, &name, now->path, 0, &ignored) < 0)
		return false;
	en->path = now->path;
	en->oid = known->oid;
	/* Whom an id belongs to stands elsewhere, and changes by itself. */
	if (!set_names(c->o->ids, &c->out->manifest.arena, en))
		c->lines.items[slot] = known->line;
	now->oid = known->oid;
	if (c->cache_stored)
		now->flags |= known->flags & SEEN_STORED;
	/* Whoever stores needs the bytes of what is not stored yet. */
	if (c->o->blob != NULL && en->kind == ENTRY_FILE &&
	    en->content != CONTENT_DIGEST && !(now->flags & SEEN_STORED))
		return false;
	return true;
}

/* Takes the entry from the cache when nothing about it has moved. */
static bool
from_cache(struct capturing *c, const struct seen *known, size_t slot,
    size_t seen)
{
	return (known->flags & (SEEN_ENTRY | SEEN_UNTRUSTED)) == SEEN_ENTRY &&
	    seen_stat_equal(&known->st, &c->out->seen.items[seen].st) &&
	    as_known(c, known, slot, seen);
}

static void
flush(struct capturing *c)
{
	if (c->batch != NULL)
		pool_submit(c->pool, STEAL(c->batch));
}

static void
submit(struct capturing *c, const char *path, const struct stat *st,
    bool secret, size_t slot, size_t seen)
{
	struct job *j;

	if (c->batch == NULL)
		c->batch = xcalloc(1, sizeof(*c->batch));
	j = &c->batch->items[c->batch->n++];
	j->slot = slot;
	j->seen = seen;
	j->r.path = path;
	j->r.mode = st->st_mode;
	j->r.secret = secret;
	if (S_ISREG(st->st_mode))
		c->batch->bytes += (uint64_t)st->st_size;
	if (c->batch->n == BATCH_FILES || c->batch->bytes >= BATCH_BYTES)
		flush(c);
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
	add_unknown(c->out, path, buf_str(&why));
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
		submit(c, path, item->st, S_ISREG(item->st->st_mode) &&
		    is_secret(c, path), slot, seen);
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
	submit(c, path, &s->st, secret, s->slot, s->seen);
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

static void *
worker_new(void *ctx)
{
	struct capturing *c = ctx;

	return reader_new(c->o->root, c->o->seal, c->o->max_size,
	    c->o->blob != NULL);
}

static void
worker_free(void *worker)
{
	reader_free(worker);
}

static void
work(void *ctx, void *worker, void *job)
{
	struct batch *b = job;

	(void)ctx;
	for (size_t i = 0; i < b->n; i++)
		reader_read(worker, &b->items[i].r);
}

static void
done_one(struct capturing *c, struct job *j)
{
	struct capture *out = c->out;
	struct entry *en = &out->manifest.items[j->slot];
	struct seen *s = &out->seen.items[j->seen];
	const char *path = en->path;

	if (j->r.state == READING_GONE) {
		/* Never there: dropped when all is read, looked for again. */
		en->path = NULL;
		s->path = NULL;
	} else {
		*en = entry_dup(&out->manifest.arena, &j->r.en);
		c->lines.items[j->slot] = NULL;
		en->path = path;
		set_names(c->o->ids, &out->manifest.arena, en);
		s->st = j->r.st;
		s->oid = en->oid;
		if (j->r.state == READING_UNKNOWN)
			add_unknown(out, path, j->r.why);
		if (j->r.state != READING_GOOD ||
		    statcache_racy(&s->st, c->since))
			s->flags |= SEEN_UNTRUSTED;
		if (j->r.packed.bytes.len > 0 && c->failed.kind == ERR_NONE)
			c->o->blob(c->o->ctx, &j->r.packed, &c->failed);
		if (en->kind == ENTRY_FILE)
			out->files_read++;
		if (c->o->progress != NULL &&
		    out->files_read % PROGRESS_EVERY == 0)
			c->o->progress(c->o->ctx, out->files_read);
	}
	reading_done(&j->r);
}

static void
done(void *ctx, void *job)
{
	struct batch *b = job;

	for (size_t i = 0; i < b->n; i++)
		done_one(ctx, &b->items[i]);
	free(b);
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

/* Drops what vanished. */
static void
settle(struct capturing *c)
{
	struct capture *out = c->out;
	struct manifest *m = &out->manifest;
	size_t kept = 0;

	settle_links(c, c->aliases.items, c->aliases.n);
	for (size_t i = 0; i < m->n; i++) {
		if (m->items[i].path == NULL)
			continue;
		c->lines.items[kept] = c->lines.items[i];
		m->items[kept++] = m->items[i];
	}
	m->n = kept;
	out->lines = c->lines.items;
	kept = 0;
	for (size_t i = 0; i < out->seen.n; i++)
		if (out->seen.items[i].path != NULL)
			out->seen.items[kept++] = out->seen.items[i];
	out->seen.n = kept;
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

/* All that the cache has, where nothing of it has moved. */
static bool
take_known(struct capturing *c)
{
	const struct capture_options *o = c->o;
	struct capture *out = c->out;

	if (!o->likely_same || !o->cache_names || !c->cache_stored ||
	    !statcache_unchanged(o->cache, o->root))
		return false;
	for (size_t i = 0; i < statcache_n(o->cache); i++) {
		struct seen *s = VEC_ADD(&out->seen), known;

		statcache_get(o->cache, i, &known);
		*s = known;
		s->line = NULL;
		s->line_len = 0;
		if ((known.flags & SEEN_ENTRY) == 0)
			continue;
		manifest_add(&out->manifest);
		VEC_ADD(&c->lines);
		if (!as_known(c, &known, out->manifest.n - 1, i)) {
			out->seen.n = out->manifest.n = c->lines.n = 0;
			return false;
		}
	}
	out->lines = c->lines.items;
	return true;
}

static int
walk_all(struct capturing *c, struct err *e)
{
	const struct pool_ops ops = {
		.ctx = c, .worker_new = worker_new,
		.worker_free = worker_free, .work = work, .done = done,
	};
	const struct walk_known known = { known_names, known_leaf, c };
	const struct capture_options *o = c->o;
	int n;

	c->pool = pool_new(o->threads, WINDOW, &ops);
	n = walk(o->root, o->scope, o->cache_names ? &known : NULL, each_item,
	    c, e);
	if (n == 0 && c->shared.n > 0)
		n = take_all_shared(c, e);
	flush(c);
	pool_drain(c->pool);
	pool_free(c->pool);
	if (n == 0 && c->failed.kind != ERR_NONE) {
		*e = c->failed;
		n = -1;
	}
	settle(c);
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
	if (!take_known(&c))
		n = walk_all(&c, e);
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
