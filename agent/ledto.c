/* SPDX-License-Identifier: MIT */
#include "agent/ledto.h"

#include "base/buf.h"
#include "base/path.h"

/* As many as links to links are followed; more are a loop. */
enum { LINKS_MAX = 8 };

bool
ledto_is(const struct change *c)
{
	return c->was != NULL && c->is != NULL &&
	    c->was->kind == ENTRY_SYMLINK && c->is->kind == ENTRY_FILE;
}

bool
ledto_change(const struct ledto *l, const struct change *c,
    struct entry *was, struct change *out)
{
	if (l == NULL || l->find == NULL || !ledto_is(c))
		return false;
	*was = *c->was;
	for (int i = 0; i < LINKS_MAX && was->kind == ENTRY_SYMLINK; i++) {
		CLEANUP(drop_buf) struct buf next = { 0 };

		path_link(&next, was->path, was->target);
		if (!l->find(l->ctx, buf_str(&next), was))
			return false;
	}
	if (was->kind != ENTRY_FILE)
		return false;
	*out = *c;
	out->was = was;
	out->differs = entry_differs(was, c->is);
	return true;
}
