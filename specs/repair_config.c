/* SPDX-License-Identifier: MIT */
#include "specs/repair_config.h"

#include <string.h>

#include "base/tr.h"
#include "specs/lenses.h"

/* Each edit reads and writes the whole text. */
enum { EDITS_MAX = 100 };

/* One demand of one rule in one text; read again after each edit. */
struct fix {
	struct judge *j;
	struct lenses *lenses;
	const struct config_demand *d;
	struct buf *text;
	struct values values;
	unsigned edits;
};

static struct lens_text
text_of(const struct fix *f)
{
	return (struct lens_text){ f->d->lens, f->j->path, buf_str(f->text),
		f->text->len };
}

static int
no_way(struct fix *f, const char *why, struct err *e)
{
	return err_set(e, ERR_INPUT, f->j->path,
	    _("'%.100s' cannot be repaired: %s"), f->d->match, why);
}

static int
read_again(struct fix *f, struct err *e)
{
	struct lens_text text = text_of(f);
	struct lens_question q = { .match = f->d->match };

	f->values = (struct values){ 0 };
	if (lenses_ask(f->lenses, &text, &q, 1, &f->j->arena, e) < 0)
		return -1;
	if (q.wrong.kind != ERR_NONE) {
		*e = q.wrong;
		return -1;
	}
	for (size_t i = 0; i < q.values.n; i++)
		values_add(f->j, &f->values, q.values.items[i].text,
		    q.values.items[i].line);
	return 0;
}

/* 1 when the test holds, 0 when not; then *out_i is the value to blame. */
static int
holds(struct fix *f, const struct test *t, size_t *out_i, struct err *e)
{
	enum verdict is;

	if (read_again(f, e) < 0)
		return -1;
	is = test_values(f->j, judge_config_view(), t, &f->values, true, out_i,
	    e);
	return is == VERDICT_CANNOT_TELL ? -1 : is == VERDICT_HOLDS;
}

static int
edit(struct fix *f, enum lens_op op, size_t i, const char *value,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf now = { 0 };
	struct lens_text text = text_of(f);
	const struct lens_edit what = { op, f->d->match, value, i };

	if (f->edits++ == EDITS_MAX)
		return no_way(f, _("it takes too many edits"), e);
	if (lenses_edit(f->lenses, &text, &what, &now, e) < 0)
		return -1;
	buf_done(f->text);
	*f->text = STEAL(now);
	return 0;
}

/* A list in one value gets a word more, a list of nodes a node. */
static int
add_word(struct fix *f, const char *word, struct err *e)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	const struct values *v = &f->values;
	const char *last;

	if (v->n == 0)
		return edit(f, LENS_MAKE, 0, word, e);
	last = v->items[v->n - 1];
	if (v->n > 1 || last[strcspn(last, ", \t")] == '\0') {
		if (f->d->match[strlen(f->d->match) - 1] == '*')
			return edit(f, LENS_ADD, 0, word, e);
		if (v->n > 1)
			return no_way(f, _("it is several values [let "
			    "'match' pick one, or end it with '*']"), e);
	}
	buf_adds(&b, last);
	if (last[0] != '\0')
		buf_adds(&b, strstr(last, ", ") != NULL ||
		    strchr(last, ' ') == NULL ? ", " : " ");
	buf_adds(&b, word);
	return edit(f, LENS_SET, v->n - 1, buf_str(&b), e);
}

static int
add_words(struct fix *f, const struct test *t, struct err *e)
{
	for (size_t i = 0; i < t->values.n; i++) {
		const struct test one = { .op = TEST_INCLUDES,
			.values = { &t->values.items[i], 1, 1 } };
		size_t at;
		int there = holds(f, &one, &at, e);

		if (there < 0 || (there == 0 &&
		    add_word(f, t->values.items[i], e) < 0))
			return -1;
	}
	return 0;
}

/* The node of value i goes when it is the word; a longer list is not ours to
 * take apart, since only the lens knows what stands between its words. */
static int
cut_word(struct fix *f, const struct test *t, size_t i, struct err *e)
{
	for (size_t k = 0; k < t->values.n; k++)
		if (strcmp(f->values.items[i], t->values.items[k]) == 0)
			return edit(f, LENS_REMOVE, i, NULL, e);
	return no_way(f, _("the word is one of a longer value [use "
	    "'equals']"), e);
}

static int
one_edit(struct fix *f, const struct test *t, size_t i, struct err *e)
{
	const char *first = t->values.n > 0 ? t->values.items[0] : "";

	switch (t->op) {
	case TEST_EQUALS:
	case TEST_ONE_OF:
	case TEST_AT_LEAST:
	case TEST_AT_MOST:
		return f->values.n == 0 ? edit(f, LENS_MAKE, 0, first, e) :
		    edit(f, LENS_SET, i, first, e);
	case TEST_INCLUDES:
		return add_words(f, t, e);
	case TEST_EXCLUDES:
		return cut_word(f, t, i, e);
	case TEST_ABSENT:
		return edit(f, LENS_REMOVE, f->values.n - 1, NULL, e);
	case TEST_MATCHES:
	case TEST_NOT_MATCHES:
		return no_way(f, _("an expression does not say which value "
		    "[use 'equals' or 'one-of']"), e);
	default:
		return no_way(f, _("no value is given [use 'equals']"), e);
	}
}

/* Each edit is one node; the test says when that was enough. */
static int
repair_test(struct fix *f, const struct test *t, struct err *e)
{
	size_t i = 0;
	int is;

	while ((is = holds(f, t, &i, e)) == 0)
		if (one_edit(f, t, i, e) < 0)
			return -1;
	return is < 0 ? -1 : 0;
}

int
repair_config(struct judge *j, struct buf *text, struct err *e)
{
	CLEANUP(drop_lenses) struct lenses *lenses = NULL;
	struct fix f = { .j = j, .text = text };

	if (j->rule->config.n == 0)
		return 0;
	f.lenses = lenses = lenses_new();
	for (int turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < j->rule->config.n; i++) {
			f.d = &j->rule->config.items[i];
			for (size_t k = 0; k < f.d->tests.n; k++) {
				const struct test *t = &f.d->tests.items[k];
				size_t at;

				if (turn == 0 && repair_test(&f, t, e) < 0)
					return -1;
				if (turn == 1 && holds(&f, t, &at, e) != 1)
					return no_way(&f, _("what the rule "
					    "demands contradicts itself"), e);
			}
		}
	}
	return 0;
}
