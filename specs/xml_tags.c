/* SPDX-License-Identifier: MIT */
#include "specs/xml_tags.h"

#include <string.h>

#include "base/tr.h"

/* More namespaces than that around an element, each prefix of which is looked
 * for among all, are as slow; nor does a parser go deeper. */
enum { ATTRIBUTES_MAX = 256, NAMESPACES_MAX = 1000, DEPTH_MAX = 300 };

/* Namespaces that the elements around a place declare. */
struct around {
	unsigned sum, depth, of[DEPTH_MAX];
};

static void
step(struct around *a, const char *start, const char *end)
{
	unsigned n = 0;

	if (end - start > 1 && start[1] == '/') {
		if (a->depth > 0)
			a->sum -= a->of[--a->depth];
		return;
	}
	if (end == start || end[-1] == '/' || a->depth == DEPTH_MAX)
		return;
	for (const char *p = start; (p = memmem(p, (size_t)(end - p), "xmlns",
	    5)) != NULL; p += 5)
		n++;
	a->of[a->depth++] = n;
	a->sum += n;
}

/* Behind what begins with `open` at p and ends with `close`; NULL when no such
 * thing begins there. */
static const char *
skip(const char *p, const char *end, const char *open, const char *close)
{
	size_t n = strlen(open), left = (size_t)(end - p);
	const char *found;

	if (left < n || memcmp(p, open, n) != 0)
		return NULL;
	found = memmem(p + n, left - n, close, strlen(close));
	return found != NULL ? found + strlen(close) : end;
}

/* Where the markup at p ends; its attributes are counted. */
static const char *
tag(const char *p, const char *end, unsigned *out_attributes)
{
	const char *behind;

	*out_attributes = 0;
	if ((behind = skip(p, end, "<!--", "-->")) != NULL ||
	    (behind = skip(p, end, "<![CDATA[", "]]>")) != NULL ||
	    (behind = skip(p, end, "<?", "?>")) != NULL)
		return behind;
	for (p++; p < end && *p != '>'; p++) {
		const char *quoted = *p != '"' && *p != '\'' ? NULL :
		    memchr(p + 1, *p, (size_t)(end - p - 1));

		*out_attributes += *p == '=';
		if (quoted != NULL)
			p = quoted;
	}
	return p;
}

int
xml_tags_check(const char *name, const char *bytes, size_t len,
    struct err *e)
{
	const char *end = bytes + len, *p = bytes, *at = bytes;
	struct around around = { 0 };
	unsigned line = 1, n;

	while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		const char *start = p;

		p = tag(p, end, &n);
		if (start + 1 < end && start[1] != '!' && start[1] != '?')
			step(&around, start, p);
		if (n <= ATTRIBUTES_MAX && around.sum <= NAMESPACES_MAX)
			continue;
		for (; at < start; at++)
			line += *at == '\n';
		if (n <= ATTRIBUTES_MAX)
			return err_at(e, name, line, 0, _("more than the %d "
			    "namespaces that are read"), NAMESPACES_MAX);
		return err_at(e, name, line, 0, _("an element with %u "
		    "attributes: at most %d are read"), n, ATTRIBUTES_MAX);
	}
	return 0;
}
