/* SPDX-License-Identifier: MIT */
#include "snapshots/capturing.h"

#include <stdlib.h>
#include <string.h>

#include "base/secrets.h"
#include "base/vec.h"
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

bool
capturing_secret(const struct capturing *c, const char *path)
{
	return c->o->secrets != NULL && secrets_has(c->o->secrets, path);
}

void
capturing_unknown(struct capture *out, const char *path, const char *why)
{
	*VEC_ADD(&out->unknown) = (struct capture_unknown){
		arena_strdup(&out->manifest.arena, path),
		arena_strdup(&out->manifest.arena, why) };
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

bool
capturing_known(struct capturing *c, const struct seen *known, size_t slot,
    size_t seen)
{
	struct seen *now = &c->out->seen.items[seen];
	struct entry *en = &c->out->manifest.items[slot];

	if (manifest_parse_line(known->line, known->line_len,
	    &c->out->manifest.arena, en, NULL, now->path, 0, &c->damage) < 0)
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

static void
flush(struct capturing *c)
{
	if (c->batch != NULL)
		pool_submit(c->pool, STEAL(c->batch));
}

void
capturing_submit(struct capturing *c, const char *path, const struct stat *st,
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
			capturing_unknown(out, path, j->r.why);
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

void
capturing_start(struct capturing *c)
{
	const struct pool_ops ops = {
		.ctx = c, .worker_new = worker_new,
		.worker_free = worker_free, .work = work, .done = done,
	};

	c->pool = pool_new(c->o->threads, WINDOW, &ops);
}

int
capturing_end(struct capturing *c, struct err *e)
{
	flush(c);
	pool_drain(c->pool);
	pool_free(c->pool);
	c->pool = NULL;
	if (c->failed.kind == ERR_NONE)
		return 0;
	*e = c->failed;
	return -1;
}

/* Drops what vanished. */
void
capturing_settle(struct capturing *c)
{
	struct capture *out = c->out;
	struct manifest *m = &out->manifest;
	size_t kept = 0;

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
