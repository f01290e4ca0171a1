/* SPDX-License-Identifier: MIT */
#include "agent/rewritten.h"

#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "specs/view.h"
#include "specs/xpath.h"

/* Definitions are a few KiB; a large file costs more than a note is worth. */
enum { COMPARED_MAX = 1024 * 1024 };

static bool
is_xml(const char *path)
{
	const struct view *v = view_for_path(path);

	return v != NULL && strcmp(v->name, "xml") == 0;
}

bool
rewritten_same(const char *path, const struct buf *was, const struct buf *is)
{
	CLEANUP(drop_buf) struct buf a = { 0 };
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct err ignored = { 0 };

	return is_xml(path) && was->len <= COMPARED_MAX &&
	    is->len <= COMPARED_MAX &&
	    xpath_canonical(path, buf_str(was), was->len, &a,
	    &ignored) == 0 &&
	    xpath_canonical(path, buf_str(is), is->len, &b, &ignored) == 0 &&
	    a.len == b.len && memcmp(buf_str(&a), buf_str(&b), a.len) == 0;
}

/* What is sealed stays so: not even its form is told. */
static bool
is_comparable(const struct change *c)
{
	return c->was != NULL && c->is != NULL &&
	    (c->differs & DIFF_CONTENT) != 0 &&
	    c->was->kind == ENTRY_FILE && c->is->kind == ENTRY_FILE &&
	    c->was->content == CONTENT_STORED &&
	    c->is->content == CONTENT_STORED &&
	    c->was->size <= COMPARED_MAX && c->is->size <= COMPARED_MAX;
}

void
rewritten_mark(struct machine *m, struct changes *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct change *x = &c->items[i];
		CLEANUP(drop_buf) struct buf was = { 0 };
		CLEANUP(drop_buf) struct buf is = { 0 };
		CLEANUP(drop_fd) int fd = -1;
		struct err ignored = { 0 };

		if (!is_comparable(x) || !is_xml(x->is->path) ||
		    (fd = root_open_at(&m->root, x->is->path,
		    O_RDONLY | O_NONBLOCK | O_NOCTTY)) < 0 ||
		    file_read_fd(fd, x->is->path, COMPARED_MAX, &is,
		    &ignored) < 0 ||
		    store_content(m->store, x->was, &was, &ignored) < 0)
			continue;
		x->rewritten = rewritten_same(x->is->path, &was, &is);
	}
}
