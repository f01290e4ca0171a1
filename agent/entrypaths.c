/* SPDX-License-Identifier: MIT */
#include "agent/entrypaths.h"

#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/mem.h"
#include "base/path.h"

enum { LINKS_MAX = 40 };

static void
up(struct buf *done)
{
	while (done->len > 0 && done->bytes[done->len - 1] != '/')
		buf_truncate(done, done->len - 1);
	if (done->len > 0)
		buf_truncate(done, done->len - 1);
}

/* One component of a path that is being resolved; the rest comes back. */
static char *
step(const struct manifest *m, struct buf *done, char *rest, bool last_too,
    int *links)
{
	size_t n, before = done->len;
	const struct entry *en;
	char *p = rest + strspn(rest, "/"), *next;

	n = strcspn(p, "/");
	if ((n == 1 && p[0] == '.') || n == 0)
		return xstrdup(p + n);
	if (n == 2 && p[0] == '.' && p[1] == '.') {
		up(done);
		return xstrdup(p + n);
	}
	buf_addc(done, '/');
	buf_add(done, p, n);
	en = p[n] == '/' || last_too ? manifest_find(m, buf_str(done)) : NULL;
	if (en == NULL || en->kind != ENTRY_SYMLINK || *links >= LINKS_MAX)
		return xstrdup(p + n);
	++*links;
	buf_truncate(done, en->target[0] == '/' ? 0 : before);
	next = xasprintf("%s%s", en->target, p + n);
	return next;
}

static void
resolve(const struct manifest *m, const char *path, bool last_too,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf done = { 0 };
	char *rest = xstrdup(path);
	int links = 0;

	while (rest[strspn(rest, "/")] != '\0') {
		char *next = step(m, &done, rest, last_too, &links);

		free(rest);
		rest = next;
	}
	free(rest);
	buf_adds(out, done.len > 0 ? buf_str(&done) : "/");
}

void
entrypaths_resolve(const struct manifest *m, const char *path, struct buf *out)
{
	resolve(m, path, false, out);
}

void
entrypaths_resolve_all(const struct manifest *m, const char *path,
    struct buf *out)
{
	resolve(m, path, true, out);
}

void
entrypaths_resolve_pattern(const struct manifest *m, const char *pattern,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf folder = { 0 };
	size_t n = 0;

	while (pattern[n] == '/') {
		size_t len = strcspn(pattern + n + 1, "/");

		if (!glob_literal(pattern + n + 1, len))
			break;
		n += len + 1;
	}
	if (pattern[n] == '\0') {
		entrypaths_resolve(m, pattern, out);
		return;
	}
	buf_add(&folder, pattern, n);
	buf_adds(&folder, "/x");
	entrypaths_resolve(m, buf_str(&folder), out);
	buf_truncate(out, out->len - 2);
	buf_adds(out, pattern + n);
}

/* Index of the first entry behind folder and all below it, from i on. */
static size_t
behind(const struct manifest *m, size_t i, const char *folder)
{
	size_t hi = m->n;

	while (i < hi) {
		size_t mid = i + (hi - i) / 2;
		const char *path = m->items[mid].path;

		if (path_cmp(path, folder) <= 0 || path_is_under(path, folder))
			i = mid + 1;
		else
			hi = mid;
	}
	return i;
}

/* The entries from i to end. Where nothing in a folder can match it is passed
 * as a whole, which no folder is where the pattern has `**` at wild. */
static void
match_range(const struct manifest *m, size_t i, size_t end,
    const char *pattern, size_t wild,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	const struct glob g = glob_ready(pattern);
	bool deep = pattern[wild] == '*' && pattern[wild + 1] == '*';

	while (i < end) {
		const struct entry *en = &m->items[i++];

		if (glob_fits(&g, en->path))
			each(arg, en);
		if (!deep && en->kind == ENTRY_DIR && i < end &&
		    path_is_under(m->items[i].path, en->path) &&
		    !glob_reaches(pattern, en->path))
			i = behind(m, i, en->path);
	}
}

void
entrypaths_match(const struct manifest *m, const char *pattern,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	CLEANUP(drop_buf) struct buf real = { 0 }, folder = { 0 };
	const struct entry *en;
	size_t n;

	entrypaths_resolve_pattern(m, pattern, &real);
	n = strcspn(buf_str(&real), "*?[\\");
	if (buf_str(&real)[n] == '\0') {
		en = manifest_find(m, buf_str(&real));
		if (en != NULL)
			each(arg, en);
		return;
	}
	/* Everything that matches lies in the folder before the wildcard. */
	while (n > 1 && real.bytes[n - 1] != '/')
		n--;
	buf_add(&folder, n > 1 ? real.bytes : "/", n > 1 ? n - 1 : 1);
	match_range(m, manifest_lower(m, buf_str(&folder)),
	    behind(m, 0, buf_str(&folder)), buf_str(&real), n, each, arg);
}

bool
entrypaths_hides(const struct manifest *m, const char *pattern, const char *at)
{
	const struct entry *en;

	if (glob_literal(pattern, strlen(pattern)))
		return path_is_under(pattern, at);
	if (!path_is_under(pattern, at) && !glob_reaches(pattern, at))
		return false;
	/* A file that cannot be read hides but itself. */
	en = manifest_find(m, at);
	return en == NULL || en->kind == ENTRY_DIR;
}
