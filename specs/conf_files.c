/* SPDX-License-Identifier: MIT */
#include "specs/conf_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/path.h"
#include "base/vec.h"

struct listing {
	struct arena *a;
	struct texts *out;
};

bool
conf_is_mask(const struct entry *en)
{
	return en->kind == ENTRY_SYMLINK && en->target != NULL &&
	    strcmp(en->target, "/dev/null") == 0;
}

bool
conf_is_dangling(const struct evidence *ev, const struct entry *en)
{
	const char *bytes;
	struct err e = { 0 };
	size_t len;

	return en->kind == ENTRY_SYMLINK && !conf_is_mask(en) &&
	    ev->bytes(ev->ctx, en->path, &bytes, &len, &e) < 0 &&
	    (e.kind == ERR_MISSING || e.sys == ENOENT);
}

static void
add_conf(void *arg, const struct entry *en)
{
	struct listing *l = arg;
	const char *name = path_name(en->path);

	if (name[0] == '.' || (en->kind != ENTRY_FILE &&
	    en->kind != ENTRY_SYMLINK))
		return;
	for (size_t i = 0; i < l->out->n; i++)
		if (strcmp(path_name(l->out->items[i]), name) == 0)
			return;
	*VEC_ADD_IN(l->a, l->out) = arena_strdup(l->a, en->path);
}

static int
by_name(const void *x, const void *y)
{
	return strcmp(path_name(*(const char *const *)x),
	    path_name(*(const char *const *)y));
}

void
conf_files(const struct evidence *ev, const struct texts *folders,
    const char *pattern, struct arena *a, struct texts *out)
{
	struct listing l = { a, out };
	size_t kept = 0;

	for (size_t i = 0; i < folders->n; i++) {
		CLEANUP(drop_buf) struct buf where = { 0 };

		glob_escape(&where, folders->items[i]);
		buf_addf(&where, "/%s", pattern);
		ev->find(ev->ctx, buf_str(&where), add_conf, &l);
	}
	if (out->n == 0)
		return;
	qsort(out->items, out->n, sizeof(*out->items), by_name);
	for (size_t i = 0; i < out->n; i++) {
		const struct entry *en = ev->entry(ev->ctx, out->items[i]);

		if (en == NULL || !conf_is_mask(en))
			out->items[kept++] = out->items[i];
	}
	out->n = kept;
}
