/* SPDX-License-Identifier: MIT */
/* Files that are read as one: part of judge.h. */
#include "specs/judge.h"

#include <limits.h>

#include "base/tr.h"
#include "base/vec.h"
#include "specs/conf_files.h"

/* *left is what all files together may still have. */
static int
part_bytes(struct judge *j, const char *path, size_t *left,
    const char **out_bytes, size_t *out_len, struct err *e)
{
	const struct entry *en = j->ev->entry(j->ev->ctx, path);

	/* A link to nothing is told elsewhere; a program goes on without. */
	if (en != NULL && conf_is_dangling(j->ev, en)) {
		*out_bytes = "";
		*out_len = 0;
		return 0;
	}
	if (j->ev->bytes(j->ev->ctx, path, out_bytes, out_len, e) < 0)
		return -1;
	if (*out_len > *left)
		return err_set(e, ERR_INPUT, path,
		    _("larger, with what is read before it, than the %d MiB "
		    "whose content is judged"), CONTENT_MAX / 1024 / 1024);
	*left -= *out_len;
	return 0;
}

static void
begin_part(struct judge *j, const char *path, unsigned lines)
{
	struct judge_part *part = VEC_ADD_IN(&j->arena, &j->parts);

	*part = (struct judge_part){ path, lines };
}

static unsigned
count_lines(const char *bytes, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i < len; i++)
		n += bytes[i] == '\n';
	return n;
}

static void
begin(struct judge *j)
{
	j->parts = (struct judge_parts){ .gap = j->unseen };
	if (j->unseen != NULL)
		j->parts.gap_to = UINT_MAX;
}

static void
leave_gap(struct judge *j, unsigned line, const struct err *e)
{
	struct judge_parts *p = &j->parts;

	if (p->gap == NULL) {
		struct err *gap = arena_alloc(&j->arena, sizeof(*gap));

		*gap = *e;
		p->gap = gap;
		p->gap_from = line;
	}
	if (p->gap_to < line)
		p->gap_to = line;
}

void
judge_gap(struct judge *j, const char *demand, const struct place *at)
{
	const struct judge_parts parts = j->parts;

	if (parts.gap == NULL || parts.gap == j->unseen)
		return;
	/* Its line is that of the file already. */
	j->parts = (struct judge_parts){ 0 };
	judge_unknown(j, demand, at, parts.gap);
	j->parts = parts;
}

void
judge_parts_bytes(struct judge *j, const struct texts *files,
    const char **out_bytes, size_t *out_len)
{
	CLEANUP(drop_buf) struct buf all = { 0 };
	size_t left = CONTENT_MAX;
	unsigned lines = 0;

	begin(j);
	for (size_t i = 0; i < files->n; i++) {
		struct err e = { 0 };
		const char *bytes;
		size_t len;

		if (part_bytes(j, files->items[i], &left, &bytes, &len,
		    &e) < 0) {
			leave_gap(j, lines, &e);
			continue;
		}
		begin_part(j, files->items[i], lines);
		buf_add(&all, bytes, len);
		/* The next one begins with a line of its own. */
		if (len > 0 && bytes[len - 1] != '\n')
			buf_addc(&all, '\n');
		lines += count_lines(bytes, len) +
		    (len > 0 && bytes[len - 1] != '\n');
	}
	*out_bytes = arena_memdup(&j->arena, buf_str(&all), all.len);
	*out_len = all.len;
}

static void
count_on(struct view_node *nodes, unsigned lines)
{
	for (struct view_node *n = nodes; n != NULL; n = n->next) {
		n->line += lines;
		count_on(n->child, lines);
	}
}

/* How far it has come: lines so far, and the bytes that may follow. */
struct reading {
	unsigned lines;
	size_t left;
};

/* Adds what path holds behind what was read before. */
static int
add_part(struct judge *j, const struct view *v, const char *path,
    struct view_node *top, struct reading *at, struct err *e)
{
	struct view_node one, **end = &top->child;
	const char *bytes;
	size_t len;

	if (part_bytes(j, path, &at->left, &bytes, &len, e) < 0 ||
	    v->parse(path, bytes, len, &j->arena, &one, e) < 0)
		return -1;
	while (*end != NULL)
		end = &(*end)->next;
	*end = one.child;
	count_on(one.child, at->lines);
	begin_part(j, path, at->lines);
	at->lines += count_lines(bytes, len) + 1;
	return 0;
}

void
judge_parts_view(struct judge *j, const struct view *v,
    const struct texts *files, struct view_node *out)
{
	struct reading at = { .left = CONTENT_MAX };

	*out = (struct view_node){ .name = "" };
	begin(j);
	for (size_t i = 0; i < files->n; i++) {
		/* What is read last wins, also where within one file what
		 * stands first does. */
		size_t nth = v->first_wins ? files->n - 1 - i : i;
		struct err e = { 0 };

		if (add_part(j, v, files->items[nth], out, &at, &e) < 0)
			leave_gap(j, at.lines, &e);
	}
}
