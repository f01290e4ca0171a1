/* SPDX-License-Identifier: MIT */
#include "snapshots/oidset.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { FIRST_CAP = 64 };

static struct oid *
slot_of(const struct oidset *s, const struct oid *oid)
{
	size_t at;

	memcpy(&at, oid->b, sizeof(at));
	for (;; at++) {
		struct oid *slot = &s->slots[at & (s->cap - 1)];

		if (oid_is_zero(slot) || oid_equal(slot, oid))
			return slot;
	}
}

static void
grow(struct oidset *s)
{
	struct oidset bigger = *s;

	bigger.cap = s->cap > 0 ? s->cap * 2 : FIRST_CAP;
	bigger.slots = xcalloc(bigger.cap, sizeof(*bigger.slots));
	for (size_t i = 0; i < s->cap; i++) {
		if (!oid_is_zero(&s->slots[i]))
			*slot_of(&bigger, &s->slots[i]) = s->slots[i];
	}
	free(s->slots);
	*s = bigger;
}

bool
oidset_add(struct oidset *s, const struct oid *oid)
{
	struct oid *slot;

	if (oid_is_zero(oid)) {
		bool fresh = !s->zero;

		s->zero = true;
		return fresh;
	}
	if (s->n * 2 >= s->cap)
		grow(s);
	slot = slot_of(s, oid);
	if (!oid_is_zero(slot))
		return false;
	*slot = *oid;
	s->n++;
	return true;
}

bool
oidset_has(const struct oidset *s, const struct oid *oid)
{
	if (oid_is_zero(oid))
		return s->zero;
	return s->cap > 0 && !oid_is_zero(slot_of(s, oid));
}

void
oidset_done(struct oidset *s)
{
	free(s->slots);
	*s = (struct oidset){ 0 };
}

void
drop_oidset(struct oidset *s)
{
	oidset_done(s);
}
