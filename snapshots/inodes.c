/* SPDX-License-Identifier: MIT */
#include "snapshots/inodes.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/secrets.h"
#include "base/walk.h"

static struct inode *
slot_of(const struct inodes *t, uint64_t dev, uint64_t ino)
{
	size_t i = (size_t)(ino * 0x9e3779b97f4a7c15u ^ dev) & (t->cap - 1);

	while (t->slots[i].used &&
	    (t->slots[i].ino != ino || t->slots[i].dev != dev))
		i = (i + 1) & (t->cap - 1);
	return &t->slots[i];
}

static void
grow(struct inodes *t)
{
	struct inodes bigger = { .cap = t->cap > 0 ? 2 * t->cap : 64,
		.n = t->n };

	bigger.slots = xcalloc(bigger.cap, sizeof(*bigger.slots));
	for (size_t i = 0; i < t->cap; i++)
		if (t->slots[i].used)
			*slot_of(&bigger, t->slots[i].dev, t->slots[i].ino) =
			    t->slots[i];
	free(t->slots);
	*t = bigger;
}

void
inodes_done(struct inodes *t)
{
	free(t->slots);
	*t = (struct inodes){ 0 };
}

struct inode *
inodes_meet(struct inodes *t, const struct stat *st, size_t number)
{
	struct inode *i;

	if (2 * (t->n + 1) > t->cap)
		grow(t);
	i = slot_of(t, st->st_dev, st->st_ino);
	if (!i->used) {
		*i = (struct inode){ .dev = st->st_dev, .ino = st->st_ino,
			.first = number, .used = true };
		t->n++;
	}
	i->names++;
	i->links = st->st_nlink;
	return i;
}

struct inode *
inodes_find(const struct inodes *t, uint64_t dev, uint64_t ino)
{
	struct inode *i = t->cap > 0 ? slot_of(t, dev, ino) : NULL;

	return i != NULL && i->used ? i : NULL;
}

struct search {
	struct inodes *t;
	const struct scope *secrets;
};

static int
each_name(void *ctx, const struct walk_item *item, struct err *e)
{
	struct search *s = ctx;
	struct inode *i;

	(void)e;
	if (item->what != WALK_ENTRY || !S_ISREG(item->st->st_mode) ||
	    item->st->st_nlink < 2)
		return 0;
	i = inodes_find(s->t, item->st->st_dev, item->st->st_ino);
	if (i != NULL && !i->secret)
		i->secret = secrets_has(s->secrets, item->path);
	return 0;
}

int
inodes_find_secrets(struct inodes *t, const struct root *r,
    const struct scope *whole, const struct scope *secrets, struct err *e)
{
	struct search s = { t, secrets };
	bool all = true;

	for (size_t i = 0; i < t->cap; i++)
		if (t->slots[i].used && !t->slots[i].secret &&
		    t->slots[i].names < t->slots[i].links)
			all = false;
	return all ? 0 : walk(r, whole, NULL, each_name, &s, e);
}
