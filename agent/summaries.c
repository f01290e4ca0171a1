/* SPDX-License-Identifier: MIT */
#include "agent/summaries.h"

#include <fcntl.h>
#include <string.h>

#include "agent/changetext.h"
#include "agent/ledto.h"
#include "agent/semantic/semantic.h"
#include "base/file.h"
#include "base/tr.h"

enum {
	SUMMARIES_MAX = 20,
	BYTES_MAX = 256 * 1024,		/* of one version */
};

static bool
is_read(const struct entry *en)
{
	return en != NULL && en->kind == ENTRY_FILE && en->size <= BYTES_MAX &&
	    (en->content == CONTENT_STORED || en->content == CONTENT_SEALED);
}

struct at_baseline {
	struct machine *m;
	struct assessment *a;
};

static bool
was_there(void *ctx, const char *path, struct entry *out)
{
	struct at_baseline *b = ctx;
	struct err ignored = { 0 };

	return store_entry(b->m->store, &b->a->baseline_commit, path,
	    &b->a->findings.arena, out, &ignored) > 0;
}

/* What was changed at path, where contents can be compared; of a file in a
 * link's place, against what that led to. */
static bool
change_of(struct machine *m, struct assessment *a, const char *path,
    struct entry *was, struct change *out)
{
	struct at_baseline b = { m, a };
	const struct ledto led = { was_there, &b };

	for (size_t i = 0; i < a->changes.n; i++) {
		const struct change *c = &a->changes.items[i];

		if (c->was == NULL || strcmp(c->was->path, path) != 0)
			continue;
		if (ledto_change(&led, c, was, out))
			return is_read(out->was) && is_read(out->is);
		*out = *c;
		return is_read(c->was) && is_read(c->is) &&
		    (c->differs & DIFF_CONTENT) != 0 &&
		    !change_is_rewritten(c);
	}
	return false;
}

static bool
summarize(struct machine *m, const struct change *c, struct buf *out)
{
	CLEANUP(drop_buf) struct buf was = { 0 };
	CLEANUP(drop_buf) struct buf is = { 0 };
	struct err ignored = { 0 };
	CLEANUP(drop_fd) int fd = root_open_at(&m->root, c->is->path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || file_read_fd(fd, c->is->path, BYTES_MAX, &is,
	    &ignored) < 0 ||
	    store_content(m->store, c->was, &was, &ignored) < 0)
		return false;
	if (c->was->kind == ENTRY_FILE &&
	    strcmp(c->was->path, c->is->path) != 0 && buf_equal(&was, &is)) {
		buf_adds(out, _("the same"));
		return true;
	}
	return semantic_summary(c->is->path, &(struct semantic_text){
	    buf_str(&was), was.len }, &(struct semantic_text){ buf_str(&is),
	    is.len }, change_is_secret(c), out);
}

static void
tell(struct findings *f, struct finding *x, const struct change *c,
    struct buf *text)
{
	unsigned rest = x->differs & ~(unsigned)(DIFF_CONTENT | DIFF_MTIME |
	    DIFF_KIND);
	/* It is told of another path than what was looked at. */
	bool led = strcmp(c->was->path, x->path) != 0;

	if (rest != 0) {
		buf_adds(text, "; ");
		entry_difference_text(text, rest);
	}
	if (x->more != NULL)
		buf_adds(text, x->more);
	x->what = led ? arena_printf(&f->arena, _("changed since the "
	    "baseline: a file took the place of the link to %s; held against "
	    "that: %s"), c->was->path, buf_str(text)) :
	    arena_printf(&f->arena, _("changed since the baseline: %s"),
	    buf_str(text));
}

void
summaries_add(struct machine *m, struct assessment *a)
{
	struct findings *f = &a->findings;
	size_t left = SUMMARIES_MAX;

	for (size_t i = 0; i < f->n && left > 0; i++) {
		struct finding *x = &f->items[i];
		CLEANUP(drop_buf) struct buf text = { 0 };
		struct entry was;
		struct change c;

		if (x->kind != FINDING_CHANGE ||
		    !change_of(m, a, x->path, &was, &c))
			continue;
		left--;
		if (summarize(m, &c, &text))
			tell(f, x, &c, &text);
	}
}
