/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "specs/eval.h"
#include "specs/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Spans lie within the bytes, and each value can be taken apart into words. */
static void
check_node(const struct view *v, const struct view_node *n, size_t len);

static int
next_word(void *arg, const char *word, size_t len)
{
	*(size_t *)arg += len + (word[0] != '\0');
	return 0;
}

static void
check_node(const struct view *v, const struct view_node *n, size_t len)
{
	size_t words = 0;

	for (; n != NULL; n = n->next) {
		assert(n->start <= n->end && n->end <= len);
		assert(n->value_start <= n->value_end && n->value_end <= len);
		assert(n->name != NULL);
		if (n->value != NULL)
			view_words(v, n->value, next_word, &words);
		check_node(v, n->child, len);
	}
}

/* What a repair leaves behind needs no second one. */
static void
check_repair(const struct view *v, const char *bytes, size_t len)
{
	const char *words[] = { "a", "b" }, *gone[] = { "c" };
	struct test tests[] = {
		{ TEST_INCLUDES, { words, 2, 2 }, { 0 } },
		{ TEST_EXCLUDES, { gone, 1, 1 }, { 0 } },
	};
	struct key_demand d = { .section = v->sections ? "s" : "",
		.key = "K", .tests = { tests, 2, 2 } };
	struct rule r = { .as = v->name, .keys = { &d, 1, 1 }, .kind = -1,
		.mode = -1 };
	CLEANUP(drop_buf) struct buf out = { 0 }, again = { 0 };
	struct err e = { 0 };

	if (repair_bytes(&r, "/f", bytes, len, &out, &e) == 1)
		assert(repair_bytes(&r, "/f", out.bytes, out.len, &again,
		    &e) == 0);
}

/* The first byte picks the view, the others are the file. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *const *names = view_names();
	struct arena a = { 0 };
	struct view_node top;
	struct err e = { 0 };
	const struct view *v;
	size_t n = 0;

	while (names[n] != NULL)
		n++;
	if (size == 0)
		return 0;
	v = view_find(names[data[0] % n]);
	if (v->parse("f", (const char *)data + 1, size - 1, &a, &top,
	    &e) == 0) {
		check_node(v, &top, size - 1);
		if (v->write_key != NULL)
			check_repair(v, (const char *)data + 1, size - 1);
	}
	arena_done(&a);
	return 0;
}
