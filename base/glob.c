/* SPDX-License-Identifier: MIT */
#include "base/glob.h"

#include <limits.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strlist.h"
#include "base/tr.h"

/* What is longer than any path, escapes included, matches none. */
enum { ALTERNATIVES_MAX = 4096, BRACES_MAX = 64, LENGTH_MAX = 2 * PATH_MAX };

/* The first `{` of s that no backslash hides, and its matching `}`. */
static const char *
find_open(const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\\' && s[1] != '\0')
			s++;
		else if (*s == '{')
			return s;
	}
	return NULL;
}

static const char *
find_close(const char *open)
{
	int depth = 0;

	for (const char *s = open; *s != '\0'; s++) {
		if (*s == '\\' && s[1] != '\0')
			s++;
		else if (*s == '{')
			depth++;
		else if (*s == '}' && --depth == 0)
			return s;
	}
	return NULL;
}

/* The end of the alternative that starts at s: its comma or the brace. */
static const char *
alternative_end(const char *s, const char *close)
{
	int depth = 0;

	for (; s < close; s++) {
		if (*s == '\\' && s + 1 < close)
			s++;
		else if (*s == '{')
			depth++;
		else if (*s == '}')
			depth--;
		else if (*s == ',' && depth == 0)
			break;
	}
	return s;
}

static int
expand(const char *pattern, size_t most, struct strlist *out, struct err *e)
{
	const char *open = find_open(pattern), *close, *alt, *end;
	CLEANUP(drop_buf) struct buf one = { 0 };

	if (open == NULL) {
		if (strlen(pattern) > LENGTH_MAX)
			return err_set(e, ERR_INPUT, pattern,
			    _("longer than any path is"));
		if (out->n >= most)
			return err_set(e, ERR_INPUT, pattern,
			    _("the braces stand for more than %d paths"),
			    ALTERNATIVES_MAX);
		strlist_add(out, pattern);
		return 0;
	}
	if ((close = find_close(open)) == NULL)
		return err_set(e, ERR_INPUT, pattern,
		    _("'{' without its '}' [write \\{ for the letter itself]"));
	for (alt = open + 1;; alt = end + 1) {
		end = alternative_end(alt, close);
		buf_reset(&one);
		buf_add(&one, pattern, (size_t)(open - pattern));
		buf_add(&one, alt, (size_t)(end - alt));
		buf_adds(&one, close + 1);
		if (expand(buf_str(&one), most, out, e) < 0)
			return -1;
		if (end == close)
			return 0;
	}
}

static bool
too_many_braces(const char *pattern)
{
	size_t n = 0;

	for (; (pattern = find_open(pattern)) != NULL; pattern++)
		n++;
	return n > BRACES_MAX;
}

/* out may hold many patterns already; the limit is about each. */
int
glob_braces(const char *pattern, struct strlist *out, struct err *e)
{
	if (too_many_braces(pattern))
		return err_set(e, ERR_INPUT, pattern,
		    _("more than %d '{' in one path"), BRACES_MAX);
	return expand(pattern, out->n + ALTERNATIVES_MAX, out, e);
}

/* A bracket at p[0] == '['; its length, 0 when it never closes. */
static size_t
bracket(const char *p, size_t len, unsigned char c, bool *out_hit)
{
	size_t i = 1;
	bool negate = false, hit = false;

	if (i < len && (p[i] == '!' || p[i] == '^')) {
		negate = true;
		i++;
	}
	for (size_t first = i; i < len; i++) {
		unsigned char lo, hi;

		if (p[i] == ']' && i > first) {
			*out_hit = hit != negate;
			return i + 1;
		}
		lo = hi = (unsigned char)p[i];
		if (i + 2 < len && p[i + 1] == '-' && p[i + 2] != ']') {
			hi = (unsigned char)p[i + 2];
			i += 2;
		}
		hit |= c >= lo && c <= hi;
	}
	return 0;
}

/* One pattern byte or bracket against c; bytes of pattern used, 0 = no match */
static size_t
match_one(const char *p, size_t len, unsigned char c)
{
	bool hit = false;
	size_t n;

	if (p[0] == '?')
		return 1;
	if (p[0] == '\\' && len > 1)
		return (unsigned char)p[1] == c ? 2 : 0;
	if (p[0] == '[' && (n = bracket(p, len, c, &hit)) > 0)
		return hit ? n : 0;
	return (unsigned char)p[0] == c ? 1 : 0;
}

/* False when the pattern ends with a plain byte that the name does not. */
static bool
last_fits(const char *p, size_t len, const char *name)
{
	size_t n;

	if (len == 0 || strchr("*?]\\", p[len - 1]) != NULL ||
	    (len > 1 && p[len - 2] == '\\'))
		return true;
	n = strlen(name);
	return n > 0 && name[n - 1] == p[len - 1];
}

bool
glob_name(const char *p, size_t len, const char *name)
{
	size_t i = 0, star = len + 1;	/* star: where to resume after a `*` */
	const char *resume = NULL;

	if (!last_fits(p, len, name))
		return false;
	for (;;) {
		size_t n = 0;

		if (i < len && p[i] == '*') {
			star = ++i;
			resume = name;
			continue;
		}
		if (*name == '\0' && i == len)
			return true;
		if (*name != '\0' && i < len)
			n = match_one(p + i, len - i, (unsigned char)*name);
		if (n > 0) {
			i += n;
			name++;
		} else if (star <= len && *resume != '\0') {
			i = star;
			name = ++resume;
		} else {
			return false;
		}
	}
}

/* Passes one component of each where they match. */
static bool
next_component(const char **pattern, const char **path)
{
	size_t pn = strcspn(*pattern, "/"), n = strcspn(*path, "/");
	char name[256];

	if (pn == 0 || n == 0 || n >= sizeof(name))
		return false;
	memcpy(name, *path, n);
	name[n] = '\0';
	if (!glob_name(*pattern, pn, name))
		return false;
	*pattern += pn;
	*path += n;
	return true;
}

struct glob
glob_ready(const char *pattern)
{
	size_t n = strlen(pattern), p = n;

	while (p > 0 && strchr("*?]\\/", pattern[p - 1]) == NULL &&
	    (p == 1 || pattern[p - 2] != '\\'))
		p--;
	return (struct glob){ pattern, pattern + p, n - p };
}

/* Where something behind a `**` fits, trying it further on can only leave less
 * for the next one: so it is the last alone that is ever tried again. */
static bool
match_path(const char *pattern, const char *path)
{
	const char *again = NULL, *from = NULL;

	for (;;) {
		pattern += strspn(pattern, "/");
		path += strspn(path, "/");
		if (strcmp(pattern, "**") == 0)
			return *path != '\0';
		if (strncmp(pattern, "**/", 3) == 0) {
			again = pattern += 3;
			from = path;
			continue;
		}
		if (*pattern == '\0' && *path == '\0')
			return true;
		if (next_component(&pattern, &path))
			continue;
		if (again == NULL || *from == '\0')
			return false;
		from += strcspn(from, "/");
		from += strspn(from, "/");
		pattern = again;
		path = from;
	}
}

bool
glob_fits(const struct glob *g, const char *path)
{
	size_t n = strlen(path), t = g->tail_len;

	/* The last byte alone tells most of them apart. */
	return n >= t && (t == 0 || (path[n - 1] == g->tail[t - 1] &&
	    memcmp(path + n - t, g->tail, t) == 0)) &&
	    match_path(g->pattern, path);
}

bool
glob_path(const char *pattern, const char *path)
{
	const struct glob g = glob_ready(pattern);

	return glob_fits(&g, path);
}

bool
glob_reaches(const char *pattern, const char *folder)
{
	char name[256];
	size_t pn, n;

	pattern += strspn(pattern, "/");
	folder += strspn(folder, "/");
	pn = strcspn(pattern, "/");
	/* Something must be left for what lies in it. */
	if (*folder == '\0')
		return pn > 0;
	if (pn == 2 && memcmp(pattern, "**", 2) == 0)
		return true;
	n = strcspn(folder, "/");
	if (pn == 0 || n >= sizeof(name))
		return false;
	memcpy(name, folder, n);
	name[n] = '\0';
	return glob_name(pattern, pn, name) &&
	    glob_reaches(pattern + pn, folder + n);
}

bool
glob_literal(const char *pattern, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strchr("*?[\\", pattern[i]) != NULL)
			return false;
	return true;
}

void
glob_escape(struct buf *out, const char *path)
{
	for (; *path != '\0'; path++) {
		if (strchr("*?[\\{}", *path) != NULL)
			buf_addc(out, '\\');
		buf_addc(out, *path);
	}
}
