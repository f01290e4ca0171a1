/* SPDX-License-Identifier: MIT */
#include "specs/lenses.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/aside.h"
#include "base/tr.h"
#include "base/vec.h"

struct lenses {
	struct aside *aside;
};

/* Numbers and texts of a message, in order; nothing is read behind its end. */
struct message {
	const struct buf *b;
	size_t at;
	bool bad;
};

static void
put_number(struct buf *b, uint64_t n)
{
	buf_add(b, &n, sizeof(n));
}

static void
put_bytes(struct buf *b, const char *bytes, size_t len)
{
	put_number(b, len);
	buf_add(b, bytes, len);
	buf_addc(b, '\0');
}

static void
put_text(struct buf *b, const char *s)
{
	put_bytes(b, s != NULL ? s : "", s != NULL ? strlen(s) : 0);
}

static uint64_t
get_number(struct message *m)
{
	uint64_t n = 0;

	if (m->b->len - m->at < sizeof(n))
		m->bad = true;
	if (m->bad)
		return 0;
	memcpy(&n, m->b->bytes + m->at, sizeof(n));
	m->at += sizeof(n);
	return n;
}

static const char *
get_bytes(struct message *m, size_t *out_len)
{
	uint64_t n = get_number(m);
	const char *p;

	if (m->bad || n >= m->b->len - m->at ||
	    m->b->bytes[m->at + n] != '\0') {
		m->bad = true;
		*out_len = 0;
		return "";
	}
	p = m->b->bytes + m->at;
	m->at += (size_t)n + 1;
	*out_len = (size_t)n;
	return p;
}

static const char *
get_text(struct message *m)
{
	size_t len;

	return get_bytes(m, &len);
}

static void
put_err(struct buf *b, const struct err *e)
{
	put_number(b, e->kind);
	put_number(b, e->line);
	put_text(b, e->what);
}

/* -1 when it is an error, which goes to e. */
static int
get_err(struct message *m, const char *name, struct err *e)
{
	uint64_t kind = get_number(m), line = get_number(m);
	const char *what = get_text(m);

	if (m->bad)
		return err_set(e, ERR_SYSTEM, name, _("the answer of what "
		    "reads it makes no sense"));
	if (kind == ERR_NONE)
		return 0;
	err_at(e, name, (unsigned)line, 0, "%s", what);
	e->kind = (enum err_kind)kind;
	return -1;
}

static void
work_picks(struct lens *l, struct message *m, struct buf *answer)
{
	uint64_t n = get_number(m);

	for (uint64_t i = 0; i < n && !m->bad; i++) {
		struct arena a = { 0 };
		struct lens_values v = { 0 };
		struct err e = { 0 };

		lens_pick(l, get_text(m), &a, &v, &e);
		put_err(answer, &e);
		put_number(answer, v.n);
		for (size_t k = 0; k < v.n; k++) {
			put_number(answer, v.items[k].line);
			put_text(answer, v.items[k].text);
		}
		arena_done(&a);
	}
}

static void
work_nodes(struct lens *l, struct buf *answer)
{
	struct arena a = { 0 };
	struct lens_nodes all = { 0 };
	struct err e = { 0 };

	lens_nodes(l, &a, &all, &e);
	put_err(answer, &e);
	put_number(answer, all.n);
	for (size_t i = 0; i < all.n; i++) {
		const struct lens_node *n = &all.items[i];

		put_number(answer, n->depth);
		put_number(answer, n->line);
		put_text(answer, n->label);
		put_number(answer, n->value != NULL);
		put_text(answer, n->value);
	}
	arena_done(&a);
}

static void
work_edit(struct lens *l, struct message *m, struct buf *answer)
{
	CLEANUP(drop_buf) struct buf now = { 0 };
	struct lens_edit edit = { .op = (enum lens_op)get_number(m) };
	struct err e = { 0 };

	edit.i = (size_t)get_number(m);
	edit.match = get_text(m);
	edit.value = get_text(m);
	lens_write(l, &edit, &now, &e);
	put_err(answer, &e);
	put_bytes(answer, buf_str(&now), now.len);
}

enum question { ASK_VALUES, ASK_EDIT, ASK_NODES };

/* In the other process. */
static void
work(void **state, const struct buf *ask, struct buf *answer)
{
	struct message m = { .b = ask };
	struct err e = { 0 };
	struct lens *l = *state;
	uint64_t asked = get_number(&m);
	const char *lens = get_text(&m), *name = get_text(&m), *bytes;
	size_t len;

	bytes = get_bytes(&m, &len);
	if (l == NULL)
		*state = l = lens_open(&e);
	if (l != NULL)
		lens_read(l, lens, name, bytes, len, &e);
	put_err(answer, &e);
	if (e.kind != ERR_NONE)
		return;
	if (asked == ASK_EDIT)
		work_edit(l, &m, answer);
	else if (asked == ASK_NODES)
		work_nodes(l, answer);
	else
		work_picks(l, &m, answer);
}

struct lenses *
lenses_new(void)
{
	struct lenses *l = xcalloc(1, sizeof(*l));

	l->aside = aside_new(work);
	return l;
}

void
lenses_free(struct lenses *l)
{
	if (l == NULL)
		return;
	aside_free(l->aside);
	free(l);
}

void
drop_lenses(struct lenses **l)
{
	lenses_free(*l);
}

/* Asks what was put into ask behind the text; m is at the answer's rest. */
static int
ask_about(struct lenses *l, const struct lens_text *text, enum question what,
    const struct buf *rest, struct buf *answer, struct message *m,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf ask = { 0 };

	if (text->len > LENSES_MAX)
		return err_set(e, ERR_INPUT, text->name,
		    _("larger than the %d KiB that are read with a lens"),
		    LENSES_MAX / 1024);
	put_number(&ask, what);
	put_text(&ask, text->lens);
	put_text(&ask, text->name);
	put_bytes(&ask, text->bytes, text->len);
	buf_add(&ask, rest->bytes, rest->len);
	if (aside_ask(l->aside, text->name, &ask, what == ASK_EDIT ?
	    4 * LENSES_SECONDS : LENSES_SECONDS, answer, e) < 0)
		return -1;
	*m = (struct message){ .b = answer };
	return get_err(m, text->name, e);
}

static void
take_values(struct message *m, const char *name, struct lens_question *q,
    struct arena *a)
{
	uint64_t n;

	q->values = (struct lens_values){ 0 };
	err_clear(&q->wrong);
	get_err(m, name, &q->wrong);
	n = get_number(m);
	for (uint64_t i = 0; i < n && !m->bad; i++) {
		struct lens_value *v = VEC_ADD_IN(a, &q->values);

		v->line = (unsigned)get_number(m);
		v->text = arena_strdup(a, get_text(m));
	}
}

int
lenses_ask(struct lenses *l, const struct lens_text *text,
    struct lens_question *q, size_t n, struct arena *a, struct err *e)
{
	CLEANUP(drop_buf) struct buf rest = { 0 };
	CLEANUP(drop_buf) struct buf answer = { 0 };
	struct message m;

	put_number(&rest, n);
	for (size_t i = 0; i < n; i++)
		put_text(&rest, q[i].match);
	if (ask_about(l, text, ASK_VALUES, &rest, &answer, &m, e) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		take_values(&m, text->name, &q[i], a);
	return 0;
}

int
lenses_nodes(struct lenses *l, const struct lens_text *text,
    struct arena *a, struct lens_nodes *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf none = { 0 };
	CLEANUP(drop_buf) struct buf answer = { 0 };
	struct message m;
	uint64_t n;

	if (ask_about(l, text, ASK_NODES, &none, &answer, &m, e) < 0 ||
	    get_err(&m, text->name, e) < 0)
		return -1;
	n = get_number(&m);
	for (uint64_t i = 0; i < n && !m.bad; i++) {
		struct lens_node *x = VEC_ADD_IN(a, out);
		bool valued;

		x->depth = (unsigned)get_number(&m);
		x->line = (unsigned)get_number(&m);
		x->label = arena_strdup(a, get_text(&m));
		valued = get_number(&m) != 0;
		x->value = arena_strdup(a, get_text(&m));
		x->value = valued ? x->value : NULL;
	}
	return 0;
}

int
lenses_edit(struct lenses *l, const struct lens_text *text,
    const struct lens_edit *edit, struct buf *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf rest = { 0 };
	CLEANUP(drop_buf) struct buf answer = { 0 };
	struct message m;
	const char *bytes;
	size_t len;

	put_number(&rest, edit->op);
	put_number(&rest, edit->i);
	put_text(&rest, edit->match);
	put_text(&rest, edit->value);
	if (ask_about(l, text, ASK_EDIT, &rest, &answer, &m, e) < 0 ||
	    get_err(&m, text->name, e) < 0)
		return -1;
	bytes = get_bytes(&m, &len);
	buf_reset(out);
	buf_add(out, bytes, len);
	return 0;
}
