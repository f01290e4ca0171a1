/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/semantic/semantic.h"
#include "agent/semantic/worddiff.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How often a kind is told. */
static size_t
count(const struct semantic *s, enum semantic_kind k)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += s->items[i].kind == k;
	return n;
}

static void
check_told(const struct semantic_input *in, const struct semantic *s)
{
	bool same = in->was.len == in->is.len && memcmp(in->was.bytes,
	    in->is.bytes, in->is.len) == 0;

	assert(s->outcome == SEMANTIC_TOLD || s->n == 0);
	if (same)
		assert(s->n == 0);
	else if (s->outcome == SEMANTIC_TOLD)
		assert(s->n > 0);
	for (size_t i = 0; i < s->n; i++) {
		const struct semantic_change *c = &s->items[i];

		assert(c->sentence != NULL && c->sentence[0] != '\0');
		assert(c->place != NULL);
		if (in->secret && c->kind != SEMANTIC_MOVED)
			assert(c->was == NULL && c->is == NULL);
	}
}

/* Seen from the other side as much came as went. */
static void
check_mirror(const struct semantic_input *in, const struct semantic *s)
{
	struct semantic_input other = *in;
	CLEANUP(drop_semantic) struct semantic t = { 0 };

	other.was = in->is;
	other.is = in->was;
	semantic_compare(&other, &t);
	if (s->outcome == SEMANTIC_UNREAD_IS)
		assert(t.outcome == SEMANTIC_UNREAD_WAS);
	if (s->outcome != SEMANTIC_TOLD)
		return;
	assert(t.outcome == SEMANTIC_TOLD);
	assert(count(s, SEMANTIC_LAYOUT) == count(&t, SEMANTIC_LAYOUT));
}

static void
check_words(const struct semantic_text *a, const struct semantic_text *b)
{
	CLEANUP(drop_word_ranges) struct word_ranges x = { 0 };
	CLEANUP(drop_word_ranges) struct word_ranges y = { 0 };
	size_t at = 0;

	words_changed(a->bytes, a->len, b->bytes, b->len, &x, &y);
	for (size_t i = 0; i < x.n; i++) {
		assert(x.items[i].start >= at);
		assert(x.items[i].end > x.items[i].start);
		at = x.items[i].end;
	}
	assert(at <= a->len);
}

/* The first byte picks the view and whether the file is secret; then two
 * texts with a NUL between them. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *const *names = view_names();
	const char *p = (const char *)data + 1, *nul;
	struct semantic_input in = { .path = "/f" };
	CLEANUP(drop_semantic) struct semantic s = { 0 };
	size_t n = 0;

	while (names[n] != NULL)
		n++;
	if (size == 0 || (nul = memchr(p, '\0', size - 1)) == NULL)
		return 0;
	in.view = view_find(names[(data[0] & 0x7f) % n]);
	in.secret = data[0] >> 7;
	in.was = (struct semantic_text){ p, (size_t)(nul - p) };
	in.is = (struct semantic_text){ nul + 1, size - 2 - in.was.len };
	semantic_compare(&in, &s);
	check_told(&in, &s);
	check_mirror(&in, &s);
	check_words(&in.was, &in.is);
	return 0;
}
