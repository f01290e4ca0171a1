/* SPDX-License-Identifier: MIT */
#include "agent/onchange.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "base/vec.h"

/* One alternative of a rule's pattern. */
struct known {
	const char *pattern;
	size_t folder;	/* so many bytes lead to what is no plain name; all of
			 * them where there is no such thing */
	size_t rank;	/* of its rule */
};

struct onchange {
	struct arena arena;
	struct {
		const struct rule **items;
		size_t n, cap;
	} rules;	/* the strictest first, else as in the catalogue */
	struct {
		struct known *items;
		size_t n, cap;
	} patterns;	/* by folder, then rank */
};

static size_t
folder_of(const char *pattern)
{
	size_t len = strlen(pattern), n = strcspn(pattern, "*?[\\");

	/* Not as paths are written: it has to be tried on all of them. */
	if (pattern[0] != '/' || strstr(pattern, "//") != NULL ||
	    pattern[len - 1] == '/')
		return 0;
	if (n == len)
		return len;
	while (pattern[n] != '/')
		n--;
	return n;
}

static void
add_pattern(struct onchange *o, const char *pattern, size_t rank)
{
	*VEC_ADD(&o->patterns) = (struct known){
		arena_strdup(&o->arena, pattern), folder_of(pattern), rank };
}

static void
add_rule(struct onchange *o, const struct rule *r)
{
	size_t rank = o->rules.n;

	*VEC_ADD(&o->rules) = r;
	for (size_t i = 0; i < r->real_paths.n; i++)
		add_pattern(o, r->real_paths.items[i], rank);
	for (size_t i = 0; i < r->paths.n; i++) {
		CLEANUP(drop_strlist) struct strlist plain = { 0 };
		struct err ignored = { 0 };

		if (glob_braces(r->paths.items[i], &plain, &ignored) < 0)
			continue;
		for (size_t k = 0; k < plain.n; k++)
			add_pattern(o, plain.items[k], rank);
	}
}

static void
add_rules(struct onchange *o, const struct catalogue *cat, enum on_change how)
{
	for (size_t i = 0; i < cat->n; i++) {
		const struct spec *s = cat->specs[i];

		for (size_t k = 0; s->applies && k < s->n_rules; k++)
			if (!s->rules[k].disabled &&
			    s->rules[k].on_change == how)
				add_rule(o, &s->rules[k]);
	}
}

static int
cmp_folder(const struct known *k, const char *path, size_t len)
{
	size_t n = k->folder < len ? k->folder : len;
	int d = memcmp(k->pattern, path, n);

	return d != 0 ? d : k->folder < len ? -1 : k->folder > len;
}

static int
by_folder(const void *a, const void *b)
{
	const struct known *x = a, *y = b;
	int d = cmp_folder(x, y->pattern, y->folder);

	return d != 0 ? d : x->rank < y->rank ? -1 : x->rank > y->rank;
}

struct onchange *
onchange_new(const struct catalogue *cat)
{
	struct onchange *o = xcalloc(1, sizeof(*o));

	add_rules(o, cat, ON_CHANGE_RESTORE);
	add_rules(o, cat, ON_CHANGE_FLAG);
	add_rules(o, cat, ON_CHANGE_NOTE);
	if (o->patterns.n > 1)
		qsort(o->patterns.items, o->patterns.n,
		    sizeof(*o->patterns.items), by_folder);
	return o;
}

void
onchange_free(struct onchange *o)
{
	if (o == NULL)
		return;
	free(o->rules.items);
	free(o->patterns.items);
	arena_done(&o->arena);
	free(o);
}

void
drop_onchange(struct onchange **o)
{
	onchange_free(*o);
}

/* The best rank below *best that patterns of this folder give the path. */
static void
try_folder(const struct onchange *o, const char *path, size_t len,
    size_t *best)
{
	size_t from = 0, to = o->patterns.n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (cmp_folder(&o->patterns.items[mid], path, len) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	for (; from < o->patterns.n; from++) {
		const struct known *k = &o->patterns.items[from];

		if (k->rank >= *best || cmp_folder(k, path, len) != 0)
			return;
		if (glob_path(k->pattern, path))
			*best = k->rank;
	}
}

enum on_change
onchange_of(const struct onchange *o, const char *path,
    const struct rule **out_rule)
{
	size_t best = SIZE_MAX;

	for (const char *end = path; end != NULL;
	    end = *end == '\0' ? NULL : end + 1 + strcspn(end + 1, "/"))
		try_folder(o, path, (size_t)(end - path), &best);
	*out_rule = best != SIZE_MAX ? o->rules.items[best] : NULL;
	return best != SIZE_MAX ? (*out_rule)->on_change : ON_CHANGE_NOTE;
}
