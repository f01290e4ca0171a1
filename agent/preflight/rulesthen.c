/* SPDX-License-Identifier: MIT */
#include "agent/preflight/rulesthen.h"

#include <stdlib.h>
#include <string.h>

#include "agent/specfolders.h"

static bool
has_package(void *ctx, const char *name)
{
	const struct rulesthen *r = ctx;

	for (size_t i = 0; i < r->then->after.packages.n; i++) {
		const struct package *p = &r->then->after.packages.items[i];

		if (!p->removed && strcmp(p->name, name) == 0)
			return true;
	}
	return false;
}

static bool
has_path(void *ctx, const char *path)
{
	const struct rulesthen *r = ctx;
	const struct evidence *ev = overlay_evidence(r->overlay);
	struct err ignored = { 0 };
	int kind;

	return ev->look(ev->ctx, path, &kind, &ignored) > 0;
}

/* What is not known of the release to come is as it is. */
static void
set_release(const struct rulesthen *r, struct arena *a, struct facts *f)
{
	const struct evidence *ev = overlay_evidence(r->overlay);
	const char *bytes, *id;
	CLEANUP(drop_free) char *text = NULL;
	struct err ignored = { 0 };
	size_t len;

	if (ev->bytes(ev->ctx, "/etc/os-release", &bytes, &len, &ignored) < 0)
		return;
	text = xmemdup(bytes, len);
	id = facts_release_value(a, text, "ID");
	if (id == NULL)
		return;
	f->os_id = id;
	f->os_version = facts_release_value(a, text, "VERSION_ID");
}

int
rulesthen_make(const struct rulesthen *r, struct catalogue *out,
    struct err *e)
{
	struct spec_sources sources = { 0 };
	struct diagnostics told_already = { 0 };
	struct arena a = { 0 };
	struct rulesthen self = *r;
	struct facts facts = *facts_get(r->m->facts);
	int n = specfolders_read(r->m->o, &r->m->root, &a, &sources,
	    &r->m->inputs, &told_already, e);

	facts.ctx = &self;
	facts.has_package = has_package;
	facts.has_path = has_path;
	if (n == 0) {
		set_release(r, &a, &facts);
		catalogue_build(out, sources.items, sources.n,
		    &r->m->config.vars, &facts, &told_already);
		catalogue_set_owners(out, &sources);
	}
	diagnostics_done(&told_already);
	free(sources.items);
	arena_done(&a);
	return n;
}
