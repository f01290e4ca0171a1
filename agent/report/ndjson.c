/* SPDX-License-Identifier: MIT */
#include "agent/report/report.h"
#include "agent/report/reportjson.h"

static struct json
begin(struct buf *out, const char *type)
{
	struct json j = { .out = out, .compact = true };

	json_open(&j, NULL, '{');
	json_text(&j, "type", type);
	return j;
}

static void
end(struct json *j)
{
	json_close(j, '}');
	buf_addc(j->out, '\n');
}

/* One line for each item of a list. */
#define LINES(out, type, list, i, member) do {				\
	for (size_t i = 0; i < (list)->n; i++) {			\
		struct json j = begin((out), (type));			\
		member;							\
		end(&j);						\
	}								\
} while (0)

void
report_ndjson(const struct model *m, struct buf *out)
{
	struct json head = begin(out, "report");

	reportjson_head(&head, m);
	if (!m->last)
		reportjson_summary(&head, m);
	end(&head);
	if (!m->last)
		LINES(out, "finding", &m->findings, i,
		    reportjson_finding(&j, m, i));
	LINES(out, "mended", &m->mended, i,
	    reportjson_mended(&j, &m->mended.items[i]));
	LINES(out, "transaction", &m->transactions, i,
	    reportjson_transaction(&j, &m->transactions.items[i]));
	LINES(out, "restore", &m->restores, i,
	    reportjson_restore(&j, &m->restores.items[i]));
	LINES(out, "accepted", &m->accepts, i,
	    reportjson_accept(&j, &m->accepts.items[i]));
	LINES(out, "change", &m->changes, i, reportjson_change(&j, m, i));
	LINES(out, "merge", &m->merges, i,
	    reportjson_merge(&j, &m->merges.items[i]));
	LINES(out, "complaint", &m->complaints, i,
	    reportjson_complaint(&j, &m->complaints.items[i]));
	LINES(out, "trouble", &m->troubles, i,
	    json_text(&j, "what", m->troubles.items[i]));
}
