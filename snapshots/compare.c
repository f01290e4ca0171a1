/* SPDX-License-Identifier: MIT */
#include "snapshots/compare.h"

#include <stdlib.h>

#include "base/path.h"
#include "base/vec.h"

void
compare_manifests(const struct manifest *was, const struct manifest *is,
    bool mtime, struct changes *out)
{
	size_t i = 0, k = 0;

	while (i < was->n || k < is->n) {
		const struct entry *a = i < was->n ? &was->items[i] : NULL;
		const struct entry *b = k < is->n ? &is->items[k] : NULL;
		int order = a == NULL ? 1 : b == NULL ? -1 :
		    path_cmp(a->path, b->path);
		unsigned differs = 0;

		i += order <= 0;
		k += order >= 0;
		if (order == 0) {
			differs = entry_differs(a, b);
			if ((differs & ~(mtime ? 0u : DIFF_MTIME)) == 0)
				continue;
		}
		*VEC_ADD(out) = (struct change){ order <= 0 ? a : NULL,
			order >= 0 ? b : NULL, differs, false };
	}
}

bool
change_is_rewritten(const struct change *c)
{
	return c->rewritten &&
	    (c->differs & ~(unsigned)(DIFF_CONTENT | DIFF_MTIME)) == 0;
}

void
changes_done(struct changes *c)
{
	free(c->items);
	*c = (struct changes){ 0 };
}

void
drop_changes(struct changes *c)
{
	changes_done(c);
}
