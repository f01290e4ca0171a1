/* SPDX-License-Identifier: MIT */
#include "base/scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/mem.h"
#include "base/path.h"

int
scope_include(struct scope *s, const char *pattern, struct err *e)
{
	return glob_braces(pattern, &s->include, e);
}

int
scope_ignore(struct scope *s, const char *pattern, struct err *e)
{
	return glob_braces(pattern, &s->ignore, e);
}

/* Where the first component with a wildcard starts; the length if none has. */
static size_t
literal_prefix(const char *pattern)
{
	size_t i = 0;

	while (pattern[i] == '/') {
		size_t n = strcspn(pattern + i + 1, "/");

		if (!glob_literal(pattern + i + 1, n))
			return i;
		i += n + 1;
	}
	return strlen(pattern);
}

static int
settle_one(struct rootmemo *m, const struct root *r, const char *pattern,
    struct strlist *out, struct strlist *links, struct err *e)
{
	CLEANUP(drop_buf) struct buf where = { 0 };
	CLEANUP(drop_buf) struct buf folder = { 0 };
	size_t n = literal_prefix(pattern);

	if (pattern[n] == '\0') {
		if (rootmemo_resolve(m, r, pattern, &where, links, e) < 0)
			return -1;
		strlist_add(out, buf_str(&where));
		return 0;
	}
	/* The folder itself counts as a parent: resolve one name below it. */
	buf_add(&folder, pattern, n);
	buf_adds(&folder, "/x");
	if (rootmemo_resolve(m, r, buf_str(&folder), &where, links, e) < 0)
		return -1;
	buf_truncate(&where, where.len - 2);
	buf_adds(&where, pattern + n);
	strlist_add(out, buf_str(&where));
	return 0;
}

static void
sort_unique(struct strlist *l)
{
	struct strlist once = { 0 };

	strlist_sort(l);
	for (size_t i = 0; i < l->n; i++)
		if (i == 0 || strcmp(l->items[i], l->items[i - 1]) != 0)
			strlist_add(&once, l->items[i]);
	strlist_done(l);
	*l = once;
}

int
scope_resolve(struct rootmemo *m, const struct root *r, const char *pattern,
    struct strlist *out, struct err *e)
{
	return settle_one(m, r, pattern, out, NULL, e);
}

static size_t *
prefixes(const struct strlist *l)
{
	size_t *n = xcalloc(l->n, sizeof(*n));

	for (size_t i = 0; i < l->n; i++)
		n[i] = strcspn(l->items[i], "*?[\\");
	return n;
}

void
scope_prepare(struct scope *s)
{
	sort_unique(&s->include);
	sort_unique(&s->ignore);
	free(s->include_prefix);
	free(s->ignore_prefix);
	s->include_prefix = prefixes(&s->include);
	s->ignore_prefix = prefixes(&s->ignore);
}

int
scope_settle(struct scope *s, const struct root *r, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist settled = { 0 };
	CLEANUP(drop_strlist) struct strlist links = { 0 };
	CLEANUP(drop_rootmemo) struct rootmemo m = { 0 };

	for (size_t i = 0; i < s->include.n; i++)
		if (settle_one(&m, r, s->include.items[i], &settled, &links,
		    e) < 0)
			return -1;
	for (size_t i = 0; i < links.n; i++)
		strlist_add(&settled, links.items[i]);
	strlist_done(&s->include);
	s->include = STEAL(settled);
	scope_prepare(s);
	return 0;
}

/* Cheap tests first: most names match no pattern at all. */
static bool
matches(const char *p, size_t prefix, const char *path, const char *name,
    size_t name_len)
{
	const char *text = p[0] == '/' ? path : name;

	if (strncmp(p, text, prefix) != 0)
		return false;
	if (p[prefix] == '\0')
		return text[prefix] == '\0';
	if (p[0] == '/')
		return glob_path(p, path);
	/* "*.swp": the end decides. */
	if (prefix == 0 && p[0] == '*' && glob_literal(p + 1, strlen(p + 1))) {
		size_t n = strlen(p + 1);

		return name_len >= n &&
		    memcmp(name + name_len - n, p + 1, n) == 0;
	}
	return glob_name(p, strlen(p), name);
}

bool
scope_ignores(const struct scope *s, const char *path, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < s->ignore.n; i++)
		if (matches(s->ignore.items[i], s->ignore_prefix[i], path,
		    name, n))
			return true;
	return false;
}

bool
scope_excludes(const struct scope *s, const char *path)
{
	for (size_t i = 0; i < s->never.n; i++)
		if (path_is_under(path, s->never.items[i]))
			return true;
	return false;
}

bool
scope_tracks(const struct scope *s, const char *path)
{
	const char *name = path_name(path);
	size_t n = strlen(name);

	if (scope_excludes(s, path))
		return false;
	for (size_t i = 0; i < s->include.n; i++)
		if (matches(s->include.items[i], s->include_prefix[i], path,
		    name, n) && (strcmp(s->include.items[i], path) == 0 ||
		    !scope_ignores(s, path, name)))
			return true;
	return false;
}

void
scope_done(struct scope *s)
{
	strlist_done(&s->include);
	strlist_done(&s->ignore);
	strlist_done(&s->never);
	free(s->include_prefix);
	free(s->ignore_prefix);
	s->include_prefix = s->ignore_prefix = NULL;
}
