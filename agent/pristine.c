/* SPDX-License-Identifier: MIT */
#include "agent/pristine.h"

#include <stdlib.h>
#include <string.h>

#include "agent/pkg/attribute.h"
#include "agent/pkg/ownerskept.h"
#include "agent/snapshottext.h"
#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/compare.h"
#include "snapshots/gitfiles.h"
#include "snapshots/seal.h"
#include "snapshots/vendor.h"

/* Files that may be a package's own. */
struct candidates {
	const struct entry **items;
	size_t n, cap;
};

struct news {
	struct vendor_new *items;
	size_t n, cap;
};

static void
drop_candidates(struct candidates *c)
{
	free(c->items);
}

static void
drop_news(struct news *n)
{
	free(n->items);
}

static void
consider(struct candidates *c, const struct entry *en)
{
	if (en->kind == ENTRY_FILE && (en->content == CONTENT_STORED ||
	    en->content == CONTENT_SEALED))
		*VEC_ADD(c) = en;
}

/* What the last snapshot does not have as it is now. */
static int
find_changed(struct machine *m, const struct oid *last,
    const struct capture *live, struct candidates *out, struct err *e)
{
	CLEANUP(drop_manifest) struct manifest was = { 0 };
	CLEANUP(drop_manifest) struct manifest now = { 0 };
	CLEANUP(drop_changes) struct changes changes = { 0 };
	const struct store_state state = machine_state(live);

	if (store_compare(m->store, last, &state, &was, &now, e) < 0)
		return -1;
	compare_manifests(&was, &now, false, &changes);
	for (size_t i = 0; i < changes.n; i++) {
		const struct entry *is = changes.items[i].is;

		/* now's entries go with it; the capture's stay. */
		if (is != NULL)
			consider(out, manifest_find(&live->manifest,
			    is->path));
	}
	return 0;
}

static int
find_candidates(struct machine *m, const struct oid *last,
    const struct capture *live, struct candidates *out, struct err *e)
{
	struct oid tip;
	int n = gitrepo_ref_get(store_repo(m->store), GITFILES_VENDOR, &tip,
	    e);

	if (n < 0)
		return -1;
	if (last != NULL && n > 0)
		return find_changed(m, last, live, out, e);
	/* The first time, or nothing was known of packages until now. */
	for (size_t i = 0; i < live->manifest.n; i++)
		consider(out, &live->manifest.items[i]);
	return 0;
}

static int
is_pristine(struct machine *m, const struct owners *o, const struct entry *en,
    struct err *e)
{
	CLEANUP(drop_sealed_buf) struct buf bytes = { 0 };
	const struct owned *f = owners_find(o, en->path);

	if (f == NULL)
		return 0;
	if (store_content(m->store, en, &bytes, e) < 0)
		return -1;
	return owned_pristine(f, en, buf_str(&bytes), bytes.len) ==
	    PRISTINE_YES;
}

int
pristine_record(struct machine *m, const struct oid *last,
    const struct capture *live, struct err *e)
{
	CLEANUP(drop_candidates) struct candidates c = { 0 };
	CLEANUP(drop_news) struct news news = { 0 };
	CLEANUP(drop_strlist) struct strlist wanted = { 0 }, names = { 0 };
	CLEANUP(drop_owners) struct owners owners = { 0 };
	CLEANUP(drop_buf) struct buf message = { 0 };

	if (find_candidates(m, last, live, &c, e) < 0)
		return -1;
	if (c.n == 0)
		return 0;
	attribute_wanted(&live->manifest, &wanted);
	for (size_t i = 0; i < c.n; i++)
		strlist_add(&names, path_name(c.items[i]->path));
	strlist_sort(&names);
	ownerskept_load_named(store_fd(m->store), &m->root, &wanted, &names,
	    &owners);
	for (size_t i = 0; i < c.n; i++) {
		int n = is_pristine(m, &owners, c.items[i], e);

		if (n < 0)
			return -1;
		if (n > 0)
			*VEC_ADD(&news) = (struct vendor_new){ c.items[i],
				NULL };
	}
	snapshot_message(m, &(struct snapshot_reason){
	    .subject = "what packages shipped", .trigger = "snapshot" },
	    &message);
	return vendor_record(m->store, news.items, news.n, &live->manifest,
	    buf_str(&message), e);
}
