/* SPDX-License-Identifier: MIT */
#ifndef AGENT_INPUTS_H
#define AGENT_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/root.h"
#include "snapshots/statcache.h"

/*
 * The files besides what is tracked that a verb looked at, as the running
 * system names them, each as it was when it was added: what is read is added
 * first, so that a change while it is read is seen afterwards. Needs libc
 * alone.
 */
struct input_state {
	struct seen_stat self, target;	/* lstat(2), and where follow: stat */
	uint32_t follow;	/* what a symlink leads to counts as well */
	uint32_t self_there, target_there;
	uint32_t unknown;	/* it could not be looked at */
};

struct input {
	char *path;
	struct input_state was;
};

struct inputs {
	struct input *items;
	size_t n, cap;
	/* Where each path stands in items, plus one; 0 = free. */
	uint32_t *slots;
	size_t n_slots;		/* a power of two, more than twice n */
};

/* Once each. Of a symlink both ends count: it may be turned elsewhere. */
void inputs_add(struct inputs *in, const char *path);
/*
 * A path below the root: where it really is, and each symlink on the way
 * there. Where it is missing, also the first of its folders that is: a symlink
 * that comes in its place leads elsewhere for us than for the kernel.
 */
void inputs_add_below(struct inputs *in, const struct root *r,
    const char *path);
/* One that was looked at before, as it was then; again once each. */
void inputs_take(struct inputs *in, const char *path,
    const struct input_state *was);
void inputs_done(struct inputs *in);

void input_look(const char *path, bool follow, struct input_state *out);
/* False, too, when either could not be looked at. */
bool input_same(const struct input_state *a, const struct input_state *b);

#endif
