/* SPDX-License-Identifier: MIT */
#include "specs/judge.h"

#include <string.h>

#include "base/text.h"
#include "base/tr.h"

/* `entries`: rows of a table, picked by some fields and judged by others. */

static int
known_fields(struct judge *j, const struct view *view,
    const struct field_tests *tests, struct err *e)
{
	for (size_t i = 0; i < tests->n; i++) {
		const char *name = tests->items[i].field;
		CLEANUP(drop_buf) struct buf all = { 0 };
		const char *const *f = view->fields;

		while (*f != NULL && strcmp(*f, name) != 0)
			f++;
		if (*f != NULL)
			continue;
		for (f = view->fields; *f != NULL; f++)
			buf_addf(&all, "%s%s", all.len > 0 ? ", " : "", *f);
		return err_set(e, ERR_INPUT, j->path,
		    _("the %s table has no field '%s' [it has %s]"),
		    view->name, name, buf_str(&all));
	}
	return 0;
}

enum verdict
test_row(struct judge *j, const struct view *view,
    const struct view_node *row, const struct field_tests *tests,
    const struct field_test **out_field, const struct test **out_test,
    const char **out_value, struct err *e)
{
	for (size_t i = 0; i < tests->n; i++) {
		const struct field_test *f = &tests->items[i];
		struct values v = { 0 };

		for (const struct view_node *n = row->child; n; n = n->next)
			if (strcmp(n->name, f->field) == 0)
				values_add(j, &v, n->value, n->line);
		for (size_t k = 0; k < f->tests.n; k++) {
			size_t at;
			enum verdict is = test_values(j, view,
			    &f->tests.items[k], &v, false, &at, e);

			if (is == VERDICT_HOLDS)
				continue;
			*out_field = f;
			*out_test = &f->tests.items[k];
			*out_value = at < v.n ? v.items[at] : NULL;
			return is;
		}
	}
	return VERDICT_HOLDS;
}

/* "name 'cr_mail', type 'ext4'" of the tests that pick the row. */
static const char *
describe_where(struct judge *j, const struct field_tests *where)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	for (size_t i = 0; i < where->n; i++) {
		const struct field_test *f = &where->items[i];

		for (size_t k = 0; k < f->tests.n; k++) {
			const struct test *t = &f->tests.items[k];

			buf_addf(&b, "%s%s ", b.len > 0 ? ", " : "", f->field);
			if (t->op == TEST_EQUALS && t->values.n > 0)
				buf_adds(&b, judge_wanted(j,
				    t->values.items[0]));
			else
				buf_addf(&b, "(%s)", test_describe(j, t));
		}
	}
	return arena_strdup(&j->arena, buf_str(&b));
}

/* A password hash is nothing for a report, whatever the rule says. */
static const char *
show_field(struct judge *j, const char *field, const char *value)
{
	if (strcmp(field, "password") == 0 && strlen(value) > 1)
		return _("(hidden)");
	return judge_shows(j, value);
}

/* Rows go by their first field: a user, a volume, a device. */
static const char *
row_name(struct judge *j, const struct view_node *row)
{
	return judge_shows(j, row->child != NULL && row->child->value != NULL ?
	    row->child->value : "");
}

static void
judge_row(struct judge *j, const struct view *view,
    const struct entry_demand *d, const struct view_node *row)
{
	struct about about = { "entries", NULL, row->line, &d->at };
	const struct field_test *field = NULL;
	const struct test *test = NULL;
	const char *value = NULL;
	struct err e = { 0 };

	switch (test_row(j, view, row, &d->fields, &field, &test, &value,
	    &e)) {
	case VERDICT_HOLDS:
		judge_holds(j, about, d->fields.n > 0 ?
		    _("the entry %s is as expected") :
		    _("the entry %s is there"), row_name(j, row));
		break;
	case VERDICT_CANNOT_TELL:
		judge_unknown(j, "entries", &d->at, &e);
		break;
	case VERDICT_FAILS:
		if (value == NULL)
			judge_add(j, VERDICT_FAILS, about,
			    _("the field %s is not set, %s"), field->field,
			    test_describe(j, test));
		else
			judge_add(j, VERDICT_FAILS, about,
			    _("the field %s is %s, %s"), field->field,
			    show_field(j, field->field, value),
			    test_describe(j, test));
	}
}

static void
unwanted_row(struct judge *j, const struct entry_demand *d,
    const struct view_node *row, struct about about)
{
	if (d->where.n == 0)
		judge_add(j, VERDICT_FAILS, about,
		    _("there must be no entry at all"));
	else
		judge_add(j, VERDICT_FAILS, about,
		    _("the entry %s must not be there (with %s)"),
		    row_name(j, row), describe_where(j, &d->where));
}

/* Of no entry at all. */
static void
none_picked(struct judge *j, const struct entry_demand *d)
{
	struct about about = { .demand = "entries", .at = &d->at };

	if (d->absent || (d->where.n == 0 && d->fields.n > 0))
		judge_holds(j, about, d->where.n > 0 ?
		    _("there is no entry with %s") : _("there is no entry%s"),
		    describe_where(j, &d->where));
	else if (d->where.n == 0)
		judge_add(j, VERDICT_FAILS, about, _("there is no entry"));
	else
		judge_add(j, VERDICT_FAILS, about,
		    _("there is no entry with %s"),
		    describe_where(j, &d->where));
}

/* A long table that is wrong in each row says so once. */
enum { ROWS_TOLD = 20 };

/* False when entries that nobody could read may decide, too. */
static bool
judge_demand(struct judge *j, const struct view *view,
    const struct view_node *top, const struct entry_demand *d)
{
	struct about about = { .demand = "entries", .at = &d->at };
	size_t picked = 0, before = j->out->n;

	for (const struct view_node *r = top->child; r != NULL; r = r->next) {
		const struct field_test *field;
		const struct test *test;
		const char *value;
		struct err e = { 0 };
		enum verdict v = view_is_row(view, r) ? test_row(j, view, r,
		    &d->where, &field, &test, &value, &e) : VERDICT_FAILS;

		if (v == VERDICT_CANNOT_TELL) {
			judge_unknown(j, "entries", &d->at, &e);
			return true;
		}
		if (v == VERDICT_FAILS)
			continue;
		picked++;
		about.line = r->line;
		if (j->out->n - before >= ROWS_TOLD) {
			judge_add(j, VERDICT_FAILS, about,
			    _("from here on no more entries are told of"));
			return true;
		}
		if (d->absent)
			unwanted_row(j, d, r, about);
		else
			judge_row(j, view, d, r);
	}
	if (j->parts.gap != NULL)
		return picked > 0 && !d->absent && d->fields.n == 0;
	if (picked == 0)
		none_picked(j, d);
	return true;
}

void
judge_entries(struct judge *j)
{
	const struct view *view = NULL;
	const struct place *gap = NULL;
	struct view_node top;
	struct err e = { 0 };

	if (j->rule->entries.n == 0)
		return;
	if (judge_view(j, &view, &top, &e) == 0 && view->fields == NULL)
		err_set(&e, ERR_INPUT, j->path,
		    _("the view '%s' has no entries [use keys, lines or "
		    "xpath]"), view->name);
	if (e.kind != ERR_NONE) {
		judge_unknown(j, "entries", &j->rule->entries.items[0].at, &e);
		return;
	}
	for (size_t i = 0; i < j->rule->entries.n; i++) {
		const struct entry_demand *d = &j->rule->entries.items[i];

		err_clear(&e);
		if (known_fields(j, view, &d->where, &e) < 0 ||
		    known_fields(j, view, &d->fields, &e) < 0)
			judge_unknown(j, "entries", &d->at, &e);
		else if (!judge_demand(j, view, &top, d) && gap == NULL)
			gap = &d->at;
	}
	if (gap != NULL)
		judge_gap(j, "entries", gap);
}
