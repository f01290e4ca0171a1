/* SPDX-License-Identifier: MIT */
#include "specs/diagnostics.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/vec.h"

/* Mistakes of one file come together, so its name is copied about once. */
static const char *
keep_file(struct diagnostics *d, const char *file)
{
	if (file == NULL)
		return "";
	if (d->n > 1 && strcmp(d->items[d->n - 2].at.file, file) == 0)
		return d->items[d->n - 2].at.file;
	return arena_strdup(&d->arena, file);
}

void
diagnostics_add(struct diagnostics *d, struct place at, const char *fmt, ...)
{
	CLEANUP(drop_free) char *text = NULL;
	struct diagnostic *one = VEC_ADD(d);
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	at.file = keep_file(d, at.file);
	one->at = at;
	one->text = arena_strdup(&d->arena, text != NULL ? text : fmt);
}

static int
by_place(const void *pa, const void *pb)
{
	const struct diagnostic *a = pa, *b = pb;
	int c = strcmp(a->at.file, b->at.file);

	if (c != 0)
		return c;
	if (a->at.line != b->at.line)
		return a->at.line < b->at.line ? -1 : 1;
	if (a->at.col != b->at.col)
		return a->at.col < b->at.col ? -1 : 1;
	return strcmp(a->text, b->text);
}

void
diagnostics_sort(struct diagnostics *d)
{
	size_t kept = 0;

	if (d->n < 2)
		return;
	qsort(d->items, d->n, sizeof(*d->items), by_place);
	for (size_t i = 1; i < d->n; i++)
		if (by_place(&d->items[kept], &d->items[i]) != 0)
			d->items[++kept] = d->items[i];
	d->n = kept + 1;
}

void
diagnostic_format(const struct diagnostic *d, struct buf *out)
{
	text_escape(out, d->at.file, strlen(d->at.file));
	if (d->at.line > 0)
		buf_addf(out, ":%u:%u", d->at.line, d->at.col);
	buf_adds(out, ": ");
	text_escape(out, d->text, strlen(d->text));
}

void
diagnostics_done(struct diagnostics *d)
{
	free(d->items);
	arena_done(&d->arena);
	*d = (struct diagnostics){ 0 };
}
