/* SPDX-License-Identifier: MIT */
#include "agent/inputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/checksum.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "base/vec.h"

static bool
missing(void)
{
	return errno == ENOENT || errno == ENOTDIR;
}

void
input_look(const char *path, bool follow, struct input_state *out)
{
	struct stat st;

	*out = (struct input_state){ .follow = follow };
	if (lstat(path, &st) < 0) {
		out->unknown = !missing();
		return;
	}
	out->self_there = 1;
	out->self = seen_stat_of(&st);
	if (!follow || !S_ISLNK(st.st_mode))
		return;
	if (stat(path, &st) < 0) {
		out->unknown = !missing();
		return;
	}
	out->target_there = 1;
	out->target = seen_stat_of(&st);
}

bool
input_same(const struct input_state *a, const struct input_state *b)
{
	return !a->unknown && !b->unknown && a->follow == b->follow &&
	    a->self_there == b->self_there &&
	    a->target_there == b->target_there &&
	    seen_stat_equal(&a->self, &b->self) &&
	    seen_stat_equal(&a->target, &b->target);
}

/* Its slot, or the free one where it belongs; there is always one. */
static uint32_t *
slot_of(const struct inputs *in, const char *path, bool follow)
{
	uint64_t sum = checksum(follow, path, strlen(path));

	for (size_t at = (size_t)sum;; at++) {
		uint32_t *slot = &in->slots[at & (in->n_slots - 1)];
		const struct input *i;

		if (*slot == 0)
			return slot;
		i = &in->items[*slot - 1];
		if (i->was.follow == follow && strcmp(i->path, path) == 0)
			return slot;
	}
}

static void
make_room(struct inputs *in)
{
	if (in->n_slots > 2 * (in->n + 1))
		return;
	free(in->slots);
	in->n_slots = in->n_slots == 0 ? 256 : 4 * in->n_slots;
	in->slots = xcalloc(in->n_slots, sizeof(*in->slots));
	for (size_t i = 0; i < in->n; i++)
		*slot_of(in, in->items[i].path, in->items[i].was.follow) =
		    (uint32_t)(i + 1);
}

/* True, and *out a new one without a state, when it was not there. */
static bool
find_or_add(struct inputs *in, const char *path, bool follow,
    struct input **out)
{
	uint32_t *slot;

	make_room(in);
	slot = slot_of(in, path, follow);
	if (*slot != 0) {
		*out = &in->items[*slot - 1];
		return false;
	}
	*out = VEC_ADD(in);
	(*out)->path = xstrdup(path);
	*slot = (uint32_t)in->n;
	return true;
}

static const struct input *
add(struct inputs *in, const char *path, bool follow)
{
	struct input *i;

	if (find_or_add(in, path, follow, &i))
		input_look(path, follow, &i->was);
	return i;
}

void
inputs_take(struct inputs *in, const char *path,
    const struct input_state *was)
{
	struct input *i;

	if (find_or_add(in, path, was->follow, &i))
		i->was = *was;
}

void
inputs_add(struct inputs *in, const char *path)
{
	add(in, path, true);
}

/* The kernel's own following of a symlink would lead out of the root. */
static const struct input *
add_in(struct inputs *in, const struct root *r, const char *path)
{
	CLEANUP(drop_free) char *outside = root_outside(r, path);

	return add(in, outside, false);
}

static void
add_first_missing(struct inputs *in, const struct root *r,
    const char *real)
{
	for (const char *p = strchr(real + 1, '/'); p != NULL;
	    p = strchr(p + 1, '/')) {
		CLEANUP(drop_free) char *folder = xmemdup(real,
		    (size_t)(p - real));
		CLEANUP(drop_free) char *outside = root_outside(r, folder);
		struct input_state now;

		input_look(outside, false, &now);
		if (!now.self_there) {
			add(in, outside, false);
			return;
		}
	}
}

void
inputs_add_below(struct inputs *in, const struct root *r, const char *path)
{
	/* Its last component counts as a parent, too. */
	CLEANUP(drop_free) char *whole = xasprintf("%s/.", path);
	CLEANUP(drop_strlist) struct strlist links = { 0 };
	CLEANUP(drop_buf) struct buf real = { 0 };
	struct err ignored = { 0 };
	const struct input *end;
	int n = root_resolve(r, whole, &real, &links, &ignored);

	for (size_t i = 0; i < links.n; i++)
		add_in(in, r, links.items[i]);
	end = add_in(in, r, n == 0 ? buf_str(&real) : path);
	if (n == 0 && !end->was.self_there)
		add_first_missing(in, r, buf_str(&real));
}

void
inputs_done(struct inputs *in)
{
	for (size_t i = 0; i < in->n; i++)
		free(in->items[i].path);
	free(in->items);
	free(in->slots);
	*in = (struct inputs){ 0 };
}
