/* SPDX-License-Identifier: MIT */
#include "agent/trackedkept.h"

#include <string.h>

#include "base/mem.h"

static void
add_list(struct buf *out, const struct strlist *l)
{
	uint64_t n = l->n;

	buf_add(out, &n, sizeof(n));
	for (size_t i = 0; i < l->n; i++)
		buf_add(out, l->items[i], strlen(l->items[i]) + 1);
}

static const char *
read_list(const char *p, const char *end, struct strlist *out)
{
	uint64_t n;

	if (p == NULL || (size_t)(end - p) < sizeof(n))
		return NULL;
	memcpy(&n, p, sizeof(n));
	p += sizeof(n);
	for (uint64_t i = 0; i < n; i++) {
		const char *nul = memchr(p, '\0', (size_t)(end - p));

		if (nul == NULL)
			return NULL;
		strlist_add(out, p);
		p = nul + 1;
	}
	return p;
}

bool
trackedkept_recall(const struct options *o, struct inputs *inputs,
    struct scope *scope, struct scope *secrets)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct strlist *const lists[] = { &scope->include, &scope->ignore,
		&secrets->include };
	const char *p, *end;

	if (!answer_recall_derived(o, &text, inputs))
		return false;
	p = buf_str(&text);
	end = p + text.len;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		p = read_list(p, end, lists[i]);
	if (p == end)
		return true;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		strlist_done(lists[i]);
	return false;
}

void
trackedkept_keep(const struct options *o, const struct inputs *inputs,
    int64_t since, const struct scope *scope, const struct scope *secrets)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	add_list(&text, &scope->include);
	add_list(&text, &scope->ignore);
	add_list(&text, &secrets->include);
	answer_keep_derived(o, &text, inputs, since);
}
