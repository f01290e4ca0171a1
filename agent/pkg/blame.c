/* SPDX-License-Identifier: MIT */
#include "agent/pkg/blame.h"

#include <stdlib.h>

struct blame {
	struct store *store;
	struct manifest was, is;
	struct owners now;
	struct attributor *attributor;
};

/* A file whose content was not kept is nobody's word against the package. */
static enum pristine
pristine(void *ctx, const struct owned *f, const struct entry *en, bool before)
{
	const struct blame *b = ctx;
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	struct err ignored = { 0 };

	(void)before;
	if (en->kind == ENTRY_FILE && f->algorithm != NULL &&
	    store_content(b->store, en, &bytes, &ignored) < 0)
		return PRISTINE_UNKNOWN;
	return owned_pristine(f, en, buf_str(&bytes), bytes.len);
}

static int
look(struct blame *b, const struct root *r, const struct oid *before,
    const struct oid *after, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist wanted = { 0 };

	if (store_load(b->store, before, &b->was, e) < 0 ||
	    store_load(b->store, after, &b->is, e) < 0)
		return -1;
	attribute_wanted(&b->was, &wanted);
	attribute_wanted(&b->is, &wanted);
	owners_load(r, &wanted, NULL, &b->now);
	if (b->now.trouble.kind == ERR_NONE)
		return 0;
	*e = b->now.trouble;
	return -1;
}

struct blame *
blame_new(struct store *s, const struct root *r, const struct oid *before,
    const struct oid *after, const struct owners *were, struct err *e)
{
	CLEANUP(drop_blame) struct blame *b = xcalloc(1, sizeof(*b));
	struct attribute_input in;

	b->store = s;
	if (look(b, r, before, after, e) < 0)
		return NULL;
	in = (struct attribute_input){ were, &b->now, &b->was, &b->is,
		pristine, b };
	b->attributor = attribute_new(&in);
	return STEAL(b);
}

void
blame_free(struct blame *b)
{
	if (b == NULL)
		return;
	attribute_free(b->attributor);
	manifest_done(&b->was);
	manifest_done(&b->is);
	owners_done(&b->now);
	free(b);
}

void
drop_blame(struct blame **b)
{
	blame_free(*b);
}

void
blame_path(struct blame *b, const char *path, struct attribution *out)
{
	attribute_path(b->attributor, path, out);
}
