/* SPDX-License-Identifier: MIT */
#include "specs/luksdiff.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/tr.h"
#include "specs/luksdisk.h"

static const struct lukshead_slot *
slot(const struct lukshead *h, int no)
{
	for (size_t i = 0; i < h->slots.n; i++)
		if (h->slots.items[i].no == no)
			return &h->slots.items[i];
	return NULL;
}

static bool
same_key(const struct luksdiff_side *kept, const struct lukshead_slot *a,
    const struct luksdiff_side *now, const struct lukshead_slot *b)
{
	/* Offsets come from the headers: they must lie within. */
	return a->start == b->start && a->len == b->len &&
	    a->start <= kept->head.size && a->start <= now->head.size &&
	    a->len <= kept->head.size - a->start &&
	    a->len <= now->head.size - a->start &&
	    memcmp(kept->bytes + a->start, now->bytes + a->start,
	    (size_t)a->len) == 0;
}

/* "keyslot 0 was changed, keyslot 2 was added", or "". */
static void
compare_slots(const struct luksdiff_side *kept,
    const struct luksdiff_side *now, struct buf *out)
{
	enum { SLOTS_MAX = 32 };

	for (int i = 0; i < SLOTS_MAX; i++) {
		const struct lukshead_slot *a = slot(&kept->head, i);
		const struct lukshead_slot *b = slot(&now->head, i);
		const char *what;

		if (a == NULL && b == NULL)
			continue;
		if (a != NULL && b != NULL && same_key(kept, a, now, b))
			continue;
		what = a == NULL ? _("keyslot %d was added") :
		    b == NULL ? _("keyslot %d was removed") :
		    _("keyslot %d was changed");
		if (out->len > 0)
			buf_adds(out, ", ");
		buf_addf(out, what, i);
	}
}

static const char *
changed(const struct luksdiff_side *kept, const struct luksdiff_side *now,
    struct arena *a)
{
	CLEANUP(drop_buf) struct buf slots = { 0 };

	compare_slots(kept, now, &slots);
	if (slots.len > 0)
		return arena_printf(a, _("is stale: %s since"),
		    buf_str(&slots));
	if (kept->head.epoch != now->head.epoch)
		return arena_printf(a, _("is stale: the header was changed "
		    "since (its epoch is %" PRIu64 ", here %" PRIu64 ")"),
		    now->head.epoch, kept->head.epoch);
	return NULL;
}

/* NULL when they are the same from `from` up to `to`. */
static const char *
same_bytes(const struct luksdiff_side *kept, const struct luksdiff_side *now,
    size_t from, size_t to, struct arena *a)
{
	if (memcmp(kept->bytes + from, now->bytes + from, to - from) == 0)
		return NULL;
	while (kept->bytes[from] == now->bytes[from])
		from++;
	return arena_printf(a, _("differs from the device's header from "
	    "byte %zu on"), from);
}

/* Backups of LUKS1 leave out what may be left of something older. */
static const char *
compare_bytes(const struct luksdiff_side *kept,
    const struct luksdiff_side *now, struct arena *a)
{
	size_t n = (size_t)kept->head.size;
	const char *said = NULL;

	if (kept->head.version == 2 || n < LUKSDISK_LUKS1_SLOTS)
		return same_bytes(kept, now, 0, n, a);
	said = same_bytes(kept, now, 0, LUKSDISK_LUKS1_END, a);
	return said != NULL ? said :
	    same_bytes(kept, now, LUKSDISK_LUKS1_SLOTS, n, a);
}

const char *
luksdiff(const struct luksdiff_side *kept, const struct luksdiff_side *now,
    struct arena *a)
{
	const char *said;

	if (strcmp(kept->head.uuid, now->head.uuid) != 0)
		return arena_printf(a, _("is of another device: its UUID is "
		    "%s, not %s"), kept->head.uuid, now->head.uuid);
	if (kept->head.version != now->head.version)
		return arena_printf(a, _("is stale: the device was converted "
		    "from LUKS%d to LUKS%d since"), kept->head.version,
		    now->head.version);
	if ((said = changed(kept, now, a)) != NULL)
		return said;
	if (kept->head.size != now->head.size)
		return arena_printf(a, _("is stale: the header has %" PRIu64
		    " bytes now, here %" PRIu64), now->head.size,
		    kept->head.size);
	return compare_bytes(kept, now, a);
}
