/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/report/report.h"
#include "base/text.h"

/*
 * Monitoring Plugins Development Guidelines: one line, "SERVICE STATUS - text |
 * 'label'=value;warn;crit;min", and the status once more as exit code. It is
 * read by programs and by people of any language, so it is not translated:
 * language_none sees to the words of findings.
 */

static const char *const status[] = { "OK", "WARNING", "CRITICAL",
	"UNKNOWN" };

/* How many are flagged so, and the first of them. */
struct counts {
	size_t critical, warning;
	const struct model_finding *first, *first_unknown;
};

static struct counts
count(const struct model *m)
{
	struct counts c = { 0 };

	for (size_t i = 0; i < m->findings.n; i++) {
		const struct model_finding *f = &m->findings.items[i];

		if (f->kind == FINDING_UNKNOWN && c.first_unknown == NULL)
			c.first_unknown = f;
		if (!f->flagged)
			continue;
		if (c.first == NULL)
			c.first = f;
		if (f->severity == SEVERITY_CRITICAL)
			c.critical++;
		else
			c.warning++;
	}
	return c;
}

int
report_nagios_exit(const struct model *m)
{
	const struct counts c = count(m);

	/* What cannot be told may hide what is critical. */
	return c.critical > 0 ? 2 : m->exit_code == 2 ? 3 :
	    c.warning > 0 || m->exit_code != 0 ? 1 : 0;
}

/* Text ends at a bar, where the numbers begin. */
static void
add_text(struct buf *out, const char *text)
{
	size_t from = out->len;

	text_escape(out, text, strlen(text));
	for (size_t i = from; i < out->len; i++)
		if (out->bytes[i] == '|')
			out->bytes[i] = '/';
}

static void
add_finding(struct buf *out, const struct model_finding *f, size_t more)
{
	buf_adds(out, ": ");
	add_text(out, f->path);
	buf_addc(out, ' ');
	add_text(out, f->told != NULL ? f->told : f->what);
	if (f->rule != NULL)
		buf_addf(out, " [%s/%s]", f->spec, f->rule);
	if (more > 0)
		buf_addf(out, " and %zu more", more);
}

void
report_nagios(const struct model *m, struct buf *out)
{
	const struct counts c = count(m);
	int state = report_nagios_exit(m);
	size_t open = c.critical + c.warning;

	buf_addf(out, "DRIFTCTL %s - ", status[state]);
	if (open + m->unknowns == 0)
		buf_addf(out, "%zu rules hold, %zu entries tracked", m->rules,
		    m->entries);
	else
		buf_addf(out, "%zu critical, %zu warning, %zu unknown",
		    c.critical, c.warning, m->unknowns);
	if (c.first != NULL && (state != 3 || c.first_unknown == NULL))
		add_finding(out, c.first, open - 1);
	else if (c.first_unknown != NULL)
		add_finding(out, c.first_unknown, m->unknowns - 1);
	if (m->troubles.n > 0) {
		buf_adds(out, "; ");
		add_text(out, m->troubles.items[0]);
	}
	if (m->complaints.n > 0) {
		buf_adds(out, "; ");
		add_text(out, m->complaints.items[0].what);
	}
	buf_addf(out, " | critical=%zu;;0;0 warning=%zu;0;;0 unknown=%zu;;;0 "
	    "notes=%zu;;;0 drift=%zu;;;0 rules=%zu;;;0 entries=%zu;;;0\n",
	    c.critical, c.warning, m->unknowns, m->notes, m->drifts, m->rules,
	    m->entries);
}

void
report_nagios_failure(const struct err *e, struct buf *out)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	err_format(e, &line);
	buf_adds(out, "DRIFTCTL UNKNOWN - ");
	for (size_t i = 0; i < line.len; i++)
		buf_addc(out, line.bytes[i] == '|' ? '/' : line.bytes[i]);
	buf_addc(out, '\n');
}
