/* SPDX-License-Identifier: MIT */
#include "agent/hook/aptlist.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/tr.h"
#include "base/vec.h"

/* pkg old arch multi-arch < new arch multi-arch file; version 2 has neither
 * architecture nor multi-arch. */
enum { FIELDS_V2 = 5, FIELDS_V3 = 9 };

void
aptlist_done(struct aptlist *l)
{
	free(l->items);
	arena_done(&l->arena);
	*l = (struct aptlist){ 0 };
}

void
drop_aptlist(struct aptlist *l)
{
	aptlist_done(l);
}

/* Fields stand between single blanks; of a file's name they are part. */
static size_t
split(struct arena *a, const char *at, const char *end, size_t max,
    const char **out)
{
	size_t n = 0;

	while (n < max) {
		const char *to = n + 1 == max ? end :
		    memchr(at, ' ', (size_t)(end - at));

		if (to == NULL)
			to = end;
		out[n++] = arena_memdup(a, at, (size_t)(to - at));
		if (to == end)
			break;
		at = to + 1;
	}
	return n;
}

static const char *
or_none(const char *version)
{
	return strcmp(version, "-") == 0 ? NULL : version;
}

static bool
same(const struct aptplan *a, const struct aptplan *b)
{
	const char *x = a->is != NULL ? a->is : "";
	const char *y = b->is != NULL ? b->is : "";

	return strcmp(a->name, b->name) == 0 && strcmp(a->arch, b->arch) == 0 &&
	    strcmp(x, y) == 0;
}

/* Unpacking comes before configuring; the last lines are the nearest. */
static void
add(struct aptlist *l, const struct aptplan *p)
{
	for (size_t i = l->n; p->file[0] == '\0' && p->is != NULL && i-- > 0;)
		if (same(&l->items[i], p))
			return;
	*VEC_ADD(l) = *p;
}

static int
take_line(struct aptlist *l, const char *at, const char *end, bool v3)
{
	const char *f[FIELDS_V3];
	size_t max = v3 ? FIELDS_V3 : FIELDS_V2;
	struct aptplan p;

	if (split(&l->arena, at, end, max, f) != max)
		return -1;
	p = v3 ? (struct aptplan){ f[0], strcmp(f[6], "-") != 0 ? f[6] : f[2],
		or_none(f[1]), or_none(f[5]), f[8] } :
	    (struct aptplan){ f[0], "", or_none(f[1]), or_none(f[3]), f[4] };
	if (strcmp(p.file, "**REMOVE**") == 0)
		p.is = NULL;
	if (p.file[0] == '*')
		p.file = "";
	add(l, &p);
	return 0;
}

/* The lines behind the configuration; NULL when there are none. */
static const char *
find_list(const char *bytes, const char *end, unsigned *line)
{
	const char *at = bytes;

	while (at < end) {
		const char *to = memchr(at, '\n', (size_t)(end - at));

		(*line)++;
		if (to == NULL)
			return NULL;
		if (to == at)
			return to + 1;
		at = to + 1;
	}
	return NULL;
}

int
aptlist_parse(const char *name, const char *bytes, size_t len,
    struct aptlist *out, struct err *e)
{
	const char *end = bytes + len, *at;
	bool v3 = len >= 10 && memcmp(bytes, "VERSION 3\n", 10) == 0;
	unsigned line = 0;

	if (!v3 && (len < 10 || memcmp(bytes, "VERSION 2\n", 10) != 0))
		return err_at(e, name, 1, 0, _("is no list of packages of "
		    "apt's version 2 or 3"));
	at = find_list(bytes, end, &line);
	while (at != NULL && at < end) {
		const char *to = memchr(at, '\n', (size_t)(end - at));

		line++;
		if (to == NULL)
			to = end;
		if (to > at && take_line(out, at, to, v3) < 0)
			return err_at(e, name, line, 0, _("this is no line of "
			    "apt's about a package"));
		at = to + 1;
	}
	return 0;
}
