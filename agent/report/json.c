/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "agent/report/report.h"
#include "agent/report/reportjson.h"

/* One list of objects, member by member. */
#define LIST(j, key, list, i, member) do {				\
	json_open((j), (key), '[');					\
	for (size_t i = 0; i < (list)->n; i++) {			\
		json_open((j), NULL, '{');				\
		member;							\
		json_close((j), '}');					\
	}								\
	json_close((j), ']');						\
} while (0)

static void
add_day(struct json *j, const struct model_day *d)
{
	char date[48];

	snprintf(date, sizeof(date), "%04d-%02d-%02d", d->year, d->month,
	    d->day);
	json_text(j, "date", date);
	json_bool(j, "watched", d->watched);
	json_number(j, "open", d->open);
	json_number(j, "restored", d->restored);
	json_number(j, "transactions", d->transactions);
	json_number(j, "snapshots", d->snapshots);
}

static void
add_rule(struct json *j, const struct model_rule *r)
{
	json_text(j, "rule", r->name);
	json_number(j, "restored", r->restored);
	json_open(j, "spans", '[');
	for (size_t i = 0; i < r->spans.n; i++) {
		const struct model_span *s = &r->spans.items[i];

		json_open(j, NULL, '{');
		json_number(j, "from", (uint64_t)s->from);
		if (s->to > 0)
			json_number(j, "to", (uint64_t)s->to);
		else
			json_text(j, "to", NULL);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static bool
is_empty_day(const struct model_day *d)
{
	return !d->watched &&
	    d->open + d->restored + d->transactions + d->snapshots == 0;
}

/* Days of which nothing is known are left out. */
static void
add_history(struct json *j, const struct model *m)
{
	json_open(j, "history", '{');
	json_open(j, "days", '[');
	for (size_t i = 0; i < m->days.n; i++) {
		if (is_empty_day(&m->days.items[i]))
			continue;
		json_open(j, NULL, '{');
		add_day(j, &m->days.items[i]);
		json_close(j, '}');
	}
	json_close(j, ']');
	LIST(j, "rules", &m->rules_past, i,
	    add_rule(j, &m->rules_past.items[i]));
	json_close(j, '}');
}

static void
add_past(struct json *j, const struct model *m)
{
	LIST(j, "mended", &m->mended, i,
	    reportjson_mended(j, &m->mended.items[i]));
	LIST(j, "transactions", &m->transactions, i,
	    reportjson_transaction(j, &m->transactions.items[i]));
	LIST(j, "restores", &m->restores, i,
	    reportjson_restore(j, &m->restores.items[i]));
	LIST(j, "accepted", &m->accepts, i,
	    reportjson_accept(j, &m->accepts.items[i]));
	LIST(j, "changes", &m->changes, i, reportjson_change(j, m, i));
	json_number(j, "masked", m->masked);
	LIST(j, "merges", &m->merges, i,
	    reportjson_merge(j, &m->merges.items[i]));
	LIST(j, "complaints", &m->complaints, i,
	    reportjson_complaint(j, &m->complaints.items[i]));
	json_open(j, "troubles", '[');
	for (size_t i = 0; i < m->troubles.n; i++)
		json_text(j, NULL, m->troubles.items[i]);
	json_close(j, ']');
}

void
report_json(const struct model *m, struct buf *out)
{
	struct json j = { .out = out };

	json_open(&j, NULL, '{');
	reportjson_head(&j, m);
	if (!m->last)
		reportjson_summary(&j, m);
	if (!m->last)
		reportjson_findings(&j, m);
	if (!m->moment)
		add_past(&j, m);
	if (!m->moment && !m->last)
		add_history(&j, m);
	json_close(&j, '}');
	buf_addc(out, '\n');
}
