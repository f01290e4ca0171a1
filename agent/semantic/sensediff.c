/* SPDX-License-Identifier: MIT */
#include "agent/semantic/sensediff.h"

#include <string.h>

#include "agent/semantic/mates.h"
#include "base/vec.h"

/* Words of one list that are tried for the same name before a '='. */
enum { PARTNERS_MAX = 64 };

struct differ {
	struct semantic *out;
	bool secret;
	bool reordered;
};

static void diff_node(struct differ *d, const struct sense_place *up,
    const struct sense *a, const struct sense *b);

static bool
hides(const struct differ *d, const struct sense *n)
{
	return d->secret || (n->flags & SENSE_SECRET) != 0;
}

/* What a line of its own says of a node that came or went. */
static const char *
gist(const struct differ *d, const struct sense *n)
{
	if (hides(d, n) || (n->flags & SENSE_OPAQUE))
		return NULL;
	return n->gist != NULL ? n->gist : n->value;
}

static void
tell(struct differ *d, const struct sense_story *story,
    const struct semantic_change *c)
{
	struct semantic_change *x = VEC_ADD_IN(&d->out->arena, d->out);

	*x = *c;
	x->secret = story->secret;
	sentence_tell(d->out, story, x);
}

static void
came(struct differ *d, const struct sense_place *up, const struct sense *n)
{
	const struct sense_place here = { up, n };

	if ((n->flags & SENSE_MARK) == 0)
		tell(d, &(struct sense_story){ .at = &here,
		    .secret = hides(d, n) }, &(struct semantic_change){
		    .kind = SEMANTIC_ADDED, .is = gist(d, n),
		    .is_line = n->line });
}

static void
went(struct differ *d, const struct sense_place *up, const struct sense *n)
{
	const struct sense_place here = { up, n };

	if ((n->flags & SENSE_MARK) == 0)
		tell(d, &(struct sense_story){ .at = &here,
		    .secret = hides(d, n) }, &(struct semantic_change){
		    .kind = SEMANTIC_REMOVED, .was = gist(d, n),
		    .was_line = n->line });
}

static void
changed(struct differ *d, const struct sense_place *at, const struct sense *a,
    const struct sense *b, bool spacing)
{
	bool secret = hides(d, a) || hides(d, b);
	bool told = !secret && ((a->flags | b->flags) & SENSE_OPAQUE) == 0;

	tell(d, &(struct sense_story){ .at = at, .spacing = spacing,
	    .secret = secret }, &(struct semantic_change){
	    .kind = SEMANTIC_CHANGED, .was = told ? a->value : NULL,
	    .is = told ? b->value : NULL, .was_line = a->line,
	    .is_line = b->line });
}

static bool
in_order(const struct mates *m, size_t i, size_t k, bool same_name)
{
	return m->of_b[k] != MATES_NONE && !m->moved[k] && (!same_name ||
	    strcmp(m->b[k]->name, m->b[i]->name) == 0);
}

/* One that stayed: what b[i] stands before now, if it did not before; else
 * what it stands behind. */
static const struct sense *
neighbour(const struct mates *m, size_t i, bool same_name, bool *out_before)
{
	size_t k = i + 1;

	while (k < m->nb && !in_order(m, i, k, same_name))
		k++;
	*out_before = k < m->nb && m->of_b[k] < m->of_b[i];
	if (*out_before)
		return m->b[k];
	for (k = i; k-- > 0;)
		if (in_order(m, i, k, same_name))
			return m->b[k];
	return NULL;
}

static void
tell_moved(struct differ *d, const struct sense_place *at,
    const struct mates *m, size_t i, bool same_name)
{
	const struct sense *n = m->b[i];
	struct sense_story story = { .at = at, .item = n,
		.secret = hides(d, n) };
	struct semantic_change c = { .kind = SEMANTIC_MOVED,
		.was_line = m->a[m->of_b[i]]->line, .is_line = n->line };

	story.beside = neighbour(m, i, same_name, &c.before);
	tell(d, &story, &c);
}

static void
tell_moves(struct differ *d, const struct sense_place *at, struct mates *m,
    unsigned flags)
{
	bool repeats = (flags & SENSE_ORDERED) == 0;

	if ((flags & (SENSE_ORDERED | SENSE_REPEATS)) != 0 &&
	    mates_order(m, repeats)) {
		for (size_t i = 0; i < m->nb; i++)
			if (m->moved[i])
				tell_moved(d, at, m, i, repeats);
	} else if (mates_reordered(m)) {
		d->reordered = true;
	}
}

/* In the order of the files, what went before what took its place. */
static void
diff_children(struct differ *d, const struct sense_place *at,
    const struct sense *a, const struct sense *b)
{
	CLEANUP(drop_mates) struct mates m = { 0 };
	size_t i = 0, k = 0;

	if (a->child == NULL && b->child == NULL)
		return;
	mates_find(&m, a, b, b->flags);
	while (i < m.na || k < m.nb) {
		if (i < m.na && m.of_a[i] == MATES_NONE) {
			went(d, at, m.a[i++]);
		} else if (k < m.nb && m.of_b[k] == MATES_NONE) {
			came(d, at, m.b[k++]);
		} else {
			if (k < m.nb)
				diff_node(d, at, m.a[m.of_b[k]], m.b[k]);
			k += k < m.nb;
			i += i < m.na;
		}
	}
	tell_moves(d, at, &m, b->flags);
}

/* The words of a value as children of one node. */
struct words {
	struct sensing s;
	struct sense *top;
};

static int
add_word(void *arg, const char *word, size_t len)
{
	struct words *w = arg;
	struct sense *n = sense_add(&w->s, w->top,
	    arena_memdup(w->s.arena, word, len));

	n->label = n->value = n->name;
	return 0;
}

static struct sense *
split(struct arena *a, const struct sense *n)
{
	struct words w = { .s.arena = a };

	w.top = sense_add(&w.s, NULL, "");
	w.top->flags = n->flags;
	view_words(n->view, n->value, add_word, &w);
	for (struct sense *c = w.top->child; c != NULL; c = c->next) {
		c->line = n->line;
		c->flags = n->flags & (SENSE_QUOTED | SENSE_SECRET);
	}
	sense_hash(w.top);
	return w.top;
}

static size_t
count_left(const long *of, size_t n)
{
	size_t left = 0;

	for (size_t i = 0; i < n; i++)
		left += of[i] == MATES_NONE;
	return left;
}

/* "size=1G" and "size=2G" are one option. */
static bool
same_option(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return a[n] == '=' && strncmp(a, b, n + 1) == 0;
}

static void
word_changed(struct differ *d, const struct sense_place *at,
    const struct mates *m, size_t i, size_t k)
{
	const struct sense_place up = { at->up, at->node };

	tell(d, &(struct sense_story){ .at = &up }, &(struct semantic_change){
	    .kind = SEMANTIC_CHANGED, .was = m->a[i]->value,
	    .is = m->b[k]->value, .was_line = m->a[i]->line,
	    .is_line = m->b[k]->line });
}

/* Marks a word that took the place of another as its mate. */
static void
tell_replaced(struct differ *d, const struct sense_place *at,
    struct mates *m, size_t lost, size_t gained)
{
	size_t tried = 0, i = 0, k = 0;

	for (i = 0; i < m->na && lost > 0 && gained > 0 &&
	    tried < PARTNERS_MAX; i++) {
		if (m->of_a[i] != MATES_NONE)
			continue;
		tried++;
		for (k = 0; k < m->nb; k++)
			if (m->of_b[k] == MATES_NONE &&
			    same_option(m->a[i]->name, m->b[k]->name))
				break;
		if (k == m->nb)
			continue;
		word_changed(d, at, m, i, k);
		m->of_a[i] = (long)k;
		m->of_b[k] = (long)i;
		lost--;
		gained--;
	}
	if (lost != 1 || gained != 1)
		return;
	for (i = 0; m->of_a[i] != MATES_NONE; i++)
		continue;
	for (k = 0; m->of_b[k] != MATES_NONE; k++)
		continue;
	if (i != k && (at->node->flags & SENSE_SET) == 0)
		return;
	word_changed(d, at, m, i, k);
	m->of_a[i] = (long)k;
	m->of_b[k] = (long)i;
}

static void
tell_words(struct differ *d, const struct sense_place *at, struct mates *m)
{
	for (size_t i = 0; i < m->na; i++)
		if (m->of_a[i] == MATES_NONE)
			tell(d, &(struct sense_story){ .at = at,
			    .item = m->a[i] }, &(struct semantic_change){
			    .kind = SEMANTIC_LOST, .was = m->a[i]->value,
			    .was_line = m->a[i]->line });
	for (size_t k = 0; k < m->nb; k++)
		if (m->of_b[k] == MATES_NONE)
			tell(d, &(struct sense_story){ .at = at,
			    .item = m->b[k] }, &(struct semantic_change){
			    .kind = SEMANTIC_GAINED, .is = m->b[k]->value,
			    .is_line = m->b[k]->line });
}

/* False where the values are told better as they are. */
static bool
diff_words(struct differ *d, const struct sense_place *at,
    const struct sense *a, const struct sense *b)
{
	CLEANUP(drop_mates) struct mates m = { 0 };
	struct arena *arena = &d->out->arena;
	size_t lost, gained, told = d->out->n;
	unsigned flags = b->flags;

	mates_find(&m, split(arena, a), split(arena, b), 0);
	lost = count_left(m.of_a, m.na);
	gained = count_left(m.of_b, m.nb);
	if ((flags & SENSE_OPTIONS) == 0 && ((m.na < 2 && m.nb < 2) ||
	    m.na == lost || lost + gained > m.na - lost + 1))
		return false;
	tell_replaced(d, at, &m, lost, gained);
	tell_words(d, at, &m);
	if ((flags & SENSE_SET) == 0)
		tell_moves(d, at, &m, SENSE_ORDERED);
	else if (mates_reordered(&m))
		d->reordered = true;
	if (d->out->n == told && (flags & (SENSE_OPTIONS | SENSE_SET)) == 0)
		changed(d, at, a, b, true);
	return true;
}

static void
diff_node(struct differ *d, const struct sense_place *up,
    const struct sense *a, const struct sense *b)
{
	const struct sense_place here = { up, a };
	bool differ = (a->value == NULL) != (b->value == NULL) ||
	    (a->value != NULL && strcmp(a->value, b->value) != 0);

	if (a->hash == b->hash && sense_same(a, b))
		return;
	if (differ && (a->value == NULL || b->value == NULL || hides(d, a) ||
	    hides(d, b) || (b->flags & SENSE_WORDS) == 0 ||
	    !diff_words(d, &here, a, b)))
		changed(d, &here, a, b, false);
	diff_children(d, &here, a, b);
}

bool
sensediff(const struct sense *a, const struct sense *b, bool secret,
    struct semantic *out)
{
	struct differ d = { out, secret, false };

	diff_node(&d, NULL, a, b);
	return d.reordered;
}
