/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "specs/lenses.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "Sshd", "Sudoers", "Sssd", "Hosts",
	"Postfix_Main", "Simplelines", "Dovecot", "Fstab" };

/* So large that each thing is tried, and so small that it takes no time; an
 * edit is slow, so that the length says which. */
enum { SMALL = 2048 };

static void
edit_once(struct lenses *l, const struct lens_text *text, const char *match)
{
	static const enum lens_op ops[] = { LENS_SET, LENS_REMOVE, LENS_MAKE,
		LENS_ADD };
	const struct lens_edit edit = { ops[text->len % 4], match, "value",
		0 };
	CLEANUP(drop_buf) struct buf now = { 0 };
	struct err e = { 0 };

	lenses_edit(l, text, &edit, &now, &e);
}

/* A byte for the lens, an expression up to the first newline, the file. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct lenses *l;
	const uint8_t *lf = size > 1 ? memchr(data + 1, '\n', size - 1) : NULL;
	CLEANUP(drop_free) char *match = NULL;
	struct lens_text text = { .name = "/f" };
	struct arena a = { 0 };
	struct err e = { 0 };
	const char *near;

	if (lf == NULL || size > SMALL)
		return 0;
	if (l == NULL)
		l = lenses_new();
	match = xmemdup(data + 1, (size_t)(lf - data - 1));
	text.lens = names[data[0] % (sizeof(names) / sizeof(*names))];
	text.bytes = (const char *)lf + 1;
	text.len = size - (size_t)(lf + 1 - data);
	struct lens_question q[] = { { .match = match },
		{ .match = "descendant::*" } };
	if (lenses_ask(l, &text, q, 2, &a, &e) == 0)
		edit_once(l, &text, match);
	lenses_for_path(match);
	lenses_has(match, &near);
	arena_done(&a);
	return 0;
}
