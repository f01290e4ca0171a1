/* SPDX-License-Identifier: MIT */
#ifndef AGENT_LEDTO_H
#define AGENT_LEDTO_H

#include <stdbool.h>

#include "snapshots/compare.h"

/*
 * `sed -i`, and many an editor, put a file of its own in the place of a
 * symlink. What that file changes is seen against what the link led to.
 */
struct ledto {
	/* The entry at path in the older state; false: there is none. */
	bool (*find)(void *ctx, const char *path, struct entry *out);
	void *ctx;
};

/* Whether a file has taken a symlink's place. */
bool ledto_is(const struct change *c);
/* The same change as if the file that the link led to had been there; false
 * where that is not known. was is filled. */
bool ledto_change(const struct ledto *l, const struct change *c,
    struct entry *was, struct change *out);

#endif
