/* SPDX-License-Identifier: MIT */
#include "snapshots/capturecache.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/vec.h"

/* Folders on the way whose entries are held against those of the cache. */
struct open_folder {
	size_t slot;
	bool differs;
};

struct open_folders {
	struct open_folder *items;
	size_t n, cap;
};

/* Leaves folders that path does not lie in. */
static void
leave(struct open_folders *way, const struct capture *out, const char *path,
    size_t slot)
{
	while (way->n > 0) {
		const struct open_folder *top = &way->items[way->n - 1];

		if (path != NULL && path_is_under(path,
		    out->manifest.items[top->slot].path))
			return;
		if (!top->differs)
			out->same[top->slot] = slot;
		way->n--;
	}
}

static void
differs(struct open_folders *way)
{
	for (size_t i = way->n; i > 0 && !way->items[i - 1].differs; i--)
		way->items[i - 1].differs = true;
}

/* The next entry of the cache; false behind the last. */
static bool
next_known(const struct statcache *cache, size_t *k, struct seen *out)
{
	for (; *k < statcache_n(cache); (*k)++) {
		statcache_get(cache, *k, out);
		if ((out->flags & SEEN_ENTRY) != 0)
			return true;
	}
	return false;
}

/* The folder that something went from is not as it was. */
static void
note_gone(struct capture *out, const struct open_folders *way, bool *placed)
{
	if (way->n > 0)
		out->news[way->items[way->n - 1].slot] = true;
	else
		*placed = false;
}

/*
 * Both are in path order. An entry whose line lies in the cache is as it was
 * there; a folder none of whose entries went, came or changed is the same.
 * *placed is false where something went from a folder that is no entry.
 */
static bool
compare(struct capture *out, const struct statcache *cache, bool *placed)
{
	struct open_folders way = { 0 };
	struct seen known;
	size_t i = 0, k = 0;
	bool more = next_known(cache, &k, &known), all = true;

	*placed = true;

	while (i < out->manifest.n || more) {
		const struct entry *en = i < out->manifest.n ?
		    &out->manifest.items[i] : NULL;
		bool met = en != NULL && more && out->lines[i] == known.line;
		bool same = met && (known.flags & SEEN_NEWS) == 0;
		int order = met ? 0 : en == NULL ? 1 : !more ? -1 :
		    path_cmp(en->path, known.path);

		leave(&way, out, order <= 0 ? en->path : known.path, i);
		if (!same) {
			differs(&way);
			all = false;
			if (order <= 0)
				out->news[i] = true;
			else
				note_gone(out, &way, placed);
		}
		if (order <= 0 && en->kind == ENTRY_DIR)
			*VEC_ADD(&way) = (struct open_folder){ i, !same };
		i += order <= 0;
		if (order >= 0) {
			k++;
			more = next_known(cache, &k, &known);
		}
	}
	leave(&way, out, NULL, i);
	free(way.items);
	return all;
}

void
capturecache_compare(struct capture *out, const struct statcache *cache,
    const struct oid *last)
{
	enum statcache_as as = statcache_as(cache);
	bool placed;

	if (as == STATCACHE_OTHER || out->unknown.n > 0)
		return;
	out->last = *last;
	out->same = xcalloc(out->manifest.n + 1, sizeof(*out->same));
	out->news = xcalloc(out->manifest.n + 1, sizeof(*out->news));
	if (compare(out, cache, &placed))
		out->as = as;
	else if (as != STATCACHE_BUT_TIMES && placed)
		out->as = STATCACHE_PARTLY;
	if (as != STATCACHE_BUT_TIMES)
		return;
	free(out->same);
	free(out->news);
	out->same = NULL;
	out->news = NULL;
}

void
capturecache_fill_lines(struct capture *c)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	for (size_t i = 0; i < c->manifest.n; i++) {
		const struct entry *en = &c->manifest.items[i];

		if (c->lines[i] != NULL)
			continue;
		buf_reset(&line);
		manifest_line(&line, en, path_name(en->path), false);
		c->lines[i] = arena_memdup(&c->manifest.arena, line.bytes,
		    line.len - 1);
	}
}

/* Writes the lines that are not known yet; returns where each starts. */
static size_t *
write_lines(const struct capture *c, struct buf *lines)
{
	size_t *at = xreallocarray(NULL, c->manifest.n + 1, sizeof(*at));

	for (size_t i = 0; i < c->manifest.n; i++) {
		const struct entry *en = &c->manifest.items[i];

		at[i] = lines->len;
		if (c->lines[i] == NULL)
			manifest_line(lines, en, path_name(en->path), false);
	}
	at[c->manifest.n] = lines->len;
	return at;
}

/* An entry's line, known or just written. */
static void
set_line(const struct capture *c, size_t k, const struct buf *lines,
    const size_t *at, struct seen *s)
{
	s->line = c->lines[k];
	s->line_len = c->lines[k] != NULL ? strlen(c->lines[k]) :
	    at[k + 1] - at[k] - 1;
	if (s->line == NULL)
		s->line = lines->bytes + at[k];
}

int
capturecache_write(const struct capture *c, int dirfd, const char *name,
    const struct capturecache_keep *how, uint64_t *out_sum, struct err *e)
{
	CLEANUP(drop_buf) struct buf lines = { 0 };
	CLEANUP(drop_free) struct seen *items =
	    xreallocarray(NULL, c->seen.n, sizeof(*items));
	CLEANUP(drop_free) size_t *at = write_lines(c, &lines);
	size_t k = 0;

	/* Entries and what was seen of them are in the same order. */
	for (size_t i = 0; i < c->seen.n; i++) {
		items[i] = c->seen.items[i];
		if ((items[i].flags & SEEN_ENTRY) == 0)
			continue;
		if (how->stored)
			items[i].flags |= SEEN_STORED;
		items[i].flags &= ~(unsigned)SEEN_NEWS;
		if (how->as == STATCACHE_PARTLY && c->news[k])
			items[i].flags |= SEEN_NEWS;
		set_line(c, k++, &lines, at, &items[i]);
	}
	if (c->as != STATCACHE_OTHER && c->as == how->as &&
	    c->cache != NULL && oid_equal(&c->last, how->commit) &&
	    statcache_holds(c->cache, items, c->seen.n)) {
		*out_sum = statcache_sum(c->cache);
		return 0;
	}
	return statcache_write(dirfd, name, how->key, how->commit, how->as,
	    items, c->seen.n, out_sum, e);
}
