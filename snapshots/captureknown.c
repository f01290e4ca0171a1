/* SPDX-License-Identifier: MIT */
#include "snapshots/captureknown.h"

#include "base/vec.h"
#include "snapshots/statlook.h"

/* What was seen is as the cache has it; of a file that was edited no more than
 * its path is known so far. */
static bool
take_one(struct capturing *c, size_t i, bool edited)
{
	struct capture *out = c->out;
	struct seen known, *s = VEC_ADD(&out->seen);

	statcache_get(c->o->cache, i, &known);
	*s = known;
	s->line = NULL;
	s->line_len = 0;
	if (!c->cache_stored)
		s->flags &= ~(unsigned)SEEN_STORED;
	if ((known.flags & SEEN_ENTRY) == 0)
		return true;
	manifest_add(&out->manifest)->path = known.path;
	VEC_ADD(&c->lines);
	if (edited)
		s->flags = SEEN_ENTRY;
	return edited || capturing_known(c, &known, out->manifest.n - 1, i);
}

/* Room for all at once: growing would copy megabytes again and again. */
static void
make_room(struct capturing *c)
{
	struct capture *out = c->out;
	size_t n = statcache_n(c->o->cache);

	out->seen.items = xreallocarray(out->seen.items, n + 1,
	    sizeof(*out->seen.items));
	out->seen.cap = n + 1;
	out->manifest.items = xreallocarray(out->manifest.items, n + 1,
	    sizeof(*out->manifest.items));
	out->manifest.cap = n + 1;
	c->lines.items = xreallocarray(c->lines.items, n + 1,
	    sizeof(*c->lines.items));
	c->lines.cap = n + 1;
}

static bool
take_all(struct capturing *c, const struct statlook_edits *edits)
{
	struct capture *out = c->out;
	size_t k = 0;

	make_room(c);
	for (size_t i = 0; i < statcache_n(c->o->cache); i++) {
		bool edited = k < edits->n && edits->items[k].i == i;

		k += edited;
		if (take_one(c, i, edited))
			continue;
		/* Which names a file has that must be stored is not known
		 * here, nor whether one of them is a secret. */
		out->seen.n = out->manifest.n = c->lines.n = 0;
		return false;
	}
	return true;
}

static void
read_edits(struct capturing *c, const struct statlook_edits *edits)
{
	size_t slot = 0;

	for (size_t i = 0, k = 0; k < edits->n; i++) {
		const struct seen *s = &c->out->seen.items[i];

		if (edits->items[k].i == i)
			capturing_submit(c, s->path, &edits->items[k++].st,
			    capturing_secret(c, s->path), slot, i);
		slot += (s->flags & SEEN_ENTRY) != 0;
	}
}

enum captureknown
captureknown_take(struct capturing *c, struct err *e)
{
	const struct capture_options *o = c->o;
	CLEANUP(drop_statlook_edits) struct statlook_edits edits = {
		.unstored_too = o->blob != NULL };
	int n = 0;

	if (!o->cache_names || (o->blob != NULL && !c->cache_stored) ||
	    !statlook_edits(o->cache, o->root, &edits) ||
	    !take_all(c, &edits))
		return CAPTUREKNOWN_NOT;
	if (edits.n > 0) {
		capturing_start(c);
		read_edits(c, &edits);
		n = capturing_end(c, e);
	}
	capturing_settle(c);
	return n < 0 ? CAPTUREKNOWN_FAILED : CAPTUREKNOWN_ALL;
}
