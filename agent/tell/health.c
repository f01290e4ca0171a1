/* SPDX-License-Identifier: MIT */
#include "agent/tell/health.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/vec.h"

#define HEADER "driftctl-notifiers 1\n"
#define NAME "notifiers"

enum { HEALTH_MAX = 1 << 20 };

void
drop_health(struct health *h)
{
	free(h->items);
	arena_done(&h->arena);
	*h = (struct health){ 0 };
}

struct notifier_health *
health_of(struct health *h, const char *key)
{
	struct notifier_health *x;

	for (size_t i = 0; i < h->n; i++)
		if (strcmp(h->items[i].key, key) == 0)
			return &h->items[i];
	x = VEC_ADD(h);
	x->key = arena_strdup(&h->arena, key);
	x->why = "";
	return x;
}

/* "KEY TOLD FAILED GIVEN-UP WHY" */
static void
take_line(struct health *h, const char *at, size_t len)
{
	CLEANUP(drop_free) char *line = xmemdup(at, len);
	CLEANUP(drop_buf) struct buf why = { 0 };
	char *rest = line;
	const char *words[5] = { NULL };
	struct notifier_health *x;

	for (int i = 0; i < 5; i++)
		words[i] = strsep(&rest, " ");
	if (words[4] == NULL || rest != NULL ||
	    text_decode(&why, words[4], strlen(words[4])) < 0)
		return;
	x = health_of(h, words[0]);
	x->told = strtoll(words[1], NULL, 10);
	x->failed = strtoll(words[2], NULL, 10);
	x->given_up = strtoull(words[3], NULL, 10);
	x->why = arena_strdup(&h->arena, buf_str(&why));
}

/* It is no loss where it is damaged: the next try says how things are. */
static void
parse(struct health *h, const struct buf *text)
{
	const char *at = buf_str(text), *end = at + text->len;

	if (!text_starts(at, HEADER))
		return;
	for (at += strlen(HEADER); at < end;) {
		const char *to = memchr(at, '\n', (size_t)(end - at));

		if (to == NULL)
			return;
		take_line(h, at, (size_t)(to - at));
		at = to + 1;
	}
}

int
health_load(const struct outbox *o, struct health *out, struct err *e)
{
	CLEANUP(drop_outbox_items) struct outbox_items l = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err ignored = { 0 };

	*out = (struct health){ 0 };
	if (outbox_list(o, &l, e) < 0)
		return -1;
	if (file_read(o->fd, NAME, HEALTH_MAX, &text, &ignored) == 0)
		parse(out, &text);
	for (size_t i = 0; i < l.n; i++)
		health_of(out, l.items[i].key)->waiting++;
	return 0;
}

int
health_save(const struct outbox *o, const struct health *h, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	buf_adds(&text, HEADER);
	for (size_t i = 0; i < h->n; i++) {
		const struct notifier_health *x = &h->items[i];

		buf_addf(&text, "%s %" PRId64 " %" PRId64 " %" PRIu64 " ",
		    x->key, x->told, x->failed, x->given_up);
		text_encode(&text, x->why, strlen(x->why));
		buf_addc(&text, '\n');
	}
	return file_replace(o->fd, NAME, buf_str(&text), text.len, 0600, e);
}
