/* SPDX-License-Identifier: MIT */
#include "agent/summaries.h"

#include <fcntl.h>
#include <string.h>

#include "agent/changetext.h"
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

/* What was changed at path, where contents can be compared. */
static const struct change *
change_of(const struct assessment *a, const char *path)
{
	for (size_t i = 0; i < a->changes.n; i++) {
		const struct change *c = &a->changes.items[i];

		if (c->was != NULL && strcmp(c->was->path, path) == 0)
			return is_read(c->was) && is_read(c->is) &&
			    (c->differs & DIFF_CONTENT) != 0 &&
			    !change_is_rewritten(c) ? c : NULL;
	}
	return NULL;
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
	return semantic_summary(c->is->path, &(struct semantic_text){
	    buf_str(&was), was.len }, &(struct semantic_text){ buf_str(&is),
	    is.len }, change_is_secret(c), out);
}

void
summaries_add(struct machine *m, struct assessment *a)
{
	struct findings *f = &a->findings;
	size_t left = SUMMARIES_MAX;

	for (size_t i = 0; i < f->n && left > 0; i++) {
		struct finding *x = &f->items[i];
		CLEANUP(drop_buf) struct buf text = { 0 };
		unsigned rest = x->differs &
		    ~(unsigned)(DIFF_CONTENT | DIFF_MTIME);
		const struct change *c = x->kind == FINDING_CHANGE ?
		    change_of(a, x->path) : NULL;

		if (c == NULL)
			continue;
		left--;
		if (!summarize(m, c, &text))
			continue;
		if (rest != 0) {
			buf_adds(&text, "; ");
			entry_difference_text(&text, rest);
		}
		if (x->more != NULL)
			buf_adds(&text, x->more);
		x->what = arena_printf(&f->arena,
		    _("changed since the baseline: %s"), buf_str(&text));
	}
}
