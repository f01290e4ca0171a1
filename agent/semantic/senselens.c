/* SPDX-License-Identifier: MIT */
#include "agent/semantic/sense.h"

#include <ctype.h>
#include <string.h>

#include "base/tr.h"

/* Deeper trees than any lens makes are a mistake. */
enum { LENS_DEPTH = 64 };

static bool
is_number(const char *label)
{
	return label[0] != '\0' &&
	    label[strspn(label, "0123456789")] == '\0';
}

/* What a thing without a name is known by, where that comes first in it. */
static const char *const firsts[] = { "file", "host", "ipaddr", "path",
	"device", "user", "service", "database", "module", NULL };

static bool
names_it(const struct sense *first, bool numbered)
{
	size_t i = 0;

	if (first->child != NULL || first->value == NULL)
		return false;
	while (firsts[i] != NULL && strcmp(firsts[i], first->name) != 0)
		i++;
	return numbered || firsts[i] != NULL;
}

/*
 * A node with others below it is called by its value, or by the first of these
 * where it has none: a rule by its file, the numbered entry of a table by the
 * first thing in it.
 */
static void
name_nodes(struct sensing *s, struct sense *parent)
{
	for (struct sense *c = parent->child; c != NULL; c = c->next) {
		bool numbered = strcmp(c->name, "#") == 0;

		if (c->child == NULL)
			continue;
		name_nodes(s, c);
		c->gist = "";
		if (c->value != NULL)
			c->key = c->value;
		else if (names_it(c->child, numbered))
			c->key = c->child->value;
		else
			continue;
		c->label = numbered ? c->key : arena_printf(s->arena,
		    "%s %s", c->name, c->key);
	}
}

int
sense_lens(struct lenses *l, const struct lens_text *text, struct arena *a,
    struct sense **out, struct err *e)
{
	CLEANUP(drop_sensing) struct sensing s = { .arena = a };
	struct sense *at[LENS_DEPTH] = { NULL };
	struct lens_nodes nodes = { 0 };

	if (lenses_nodes(l, text, a, &nodes, e) < 0)
		return -1;
	at[0] = sense_add(&s, NULL, "");
	at[0]->flags = SENSE_REPEATS | SENSE_PAIRED;
	for (size_t i = 0; i < nodes.n; i++) {
		const struct lens_node *n = &nodes.items[i];
		struct sense *x;

		if (n->depth == 0 || n->depth >= LENS_DEPTH ||
		    at[n->depth - 1] == NULL)
			return err_set(e, ERR_INPUT, text->name,
			    _("the lens %s reads it as more than %d levels"),
			    text->lens, LENS_DEPTH);
		x = sense_leaf(&s, at[n->depth - 1], is_number(n->label) ?
		    "#" : n->label, n->value, n->line);
		x->flags = SENSE_REPEATS | SENSE_PAIRED;
		at[n->depth] = x;
		for (size_t k = n->depth + 1; k < LENS_DEPTH; k++)
			at[k] = NULL;
	}
	if (s.n > SENSE_NODES_MAX)
		return sense_too_many(text->name, e);
	name_nodes(&s, at[0]);
	sense_hash(at[0]);
	*out = at[0];
	return 0;
}
