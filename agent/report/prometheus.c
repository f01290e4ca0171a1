/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <string.h>

#include "agent/report/report.h"
#include "base/text.h"

/* Text-based exposition format 0.0.4 of Prometheus. */

static void
family(struct buf *out, const char *name, const char *help)
{
	buf_addf(out, "# HELP driftctl_%s %s\n# TYPE driftctl_%s gauge\n",
	    name, help, name);
}

static void
number(struct buf *out, const char *name, const char *help, uint64_t value)
{
	family(out, name, help);
	buf_addf(out, "driftctl_%s %" PRIu64 "\n", name, value);
}

/* Printable UTF-8, its backslashes and quotes escaped once more. */
static void
label(struct buf *out, const char *name, const char *value)
{
	CLEANUP(drop_buf) struct buf safe = { 0 };

	text_escape(&safe, value, strlen(value));
	buf_addf(out, "%s=\"", name);
	for (size_t i = 0; i < safe.len; i++) {
		if (safe.bytes[i] == '"' || safe.bytes[i] == '\\')
			buf_addc(out, '\\');
		buf_addc(out, safe.bytes[i]);
	}
	buf_addc(out, '"');
}

static size_t
count(const struct model *m, enum finding_kind kind, enum severity severity)
{
	size_t n = 0;

	for (size_t i = 0; i < m->findings.n; i++) {
		const struct model_finding *f = &m->findings.items[i];

		n += f->kind == kind && f->flagged && f->severity == severity;
	}
	return n;
}

/* Every series is always there: one that is missing alarms nobody. */
static void
open_findings(const struct model *m, struct buf *out)
{
	static const enum finding_kind kinds[] = { FINDING_DRIFT,
		FINDING_CHANGE };
	static const enum severity severities[] = { SEVERITY_CRITICAL,
		SEVERITY_WARNING, SEVERITY_INFO };

	family(out, "findings", "Flagged findings that are open.");
	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < 3; k++) {
			const struct model_finding f = { .kind = kinds[i],
				.severity = severities[k] };

			buf_addf(out, "driftctl_findings{kind=\"%s\","
			    "severity=\"%s\"} %zu\n", model_kind(&f),
			    model_severity(&f), count(m, kinds[i],
			    severities[k]));
		}
	}
}

static size_t
failing(const struct model *m, const struct model_check *c)
{
	size_t n = 0;

	for (size_t i = 0; i < m->findings.n; i++) {
		const struct model_finding *f = &m->findings.items[i];

		n += f->kind == FINDING_DRIFT && f->rule != NULL &&
		    strcmp(f->rule, c->rule) == 0 &&
		    strcmp(f->spec, c->spec) == 0;
	}
	return n;
}

static void
rules(const struct model *m, struct buf *out)
{
	family(out, "rule_findings", "Places where a rule does not hold.");
	for (size_t i = 0; i < m->checks.n; i++) {
		const struct model_check *c = &m->checks.items[i];
		const struct model_finding f = { .severity = c->severity };

		buf_adds(out, "driftctl_rule_findings{");
		label(out, "spec", c->spec);
		buf_addc(out, ',');
		label(out, "rule", c->rule);
		buf_addf(out, ",severity=\"%s\"} %zu\n", model_severity(&f),
		    failing(m, c));
	}
}

void
report_prometheus(const struct model *m, struct buf *out)
{
	family(out, "build_info", "The version that wrote this.");
	buf_addf(out, "driftctl_build_info{version=\"%s\"} 1\n", VERSION);
	open_findings(m, out);
	rules(m, out);
	number(out, "unknowns", "What could not be looked at or judged.",
	    m->unknowns);
	number(out, "notes", "Changes since the baseline that no rule flags.",
	    m->notes);
	number(out, "rules", "Rules that were judged.", m->rules);
	number(out, "specs", "Specs that apply here.", m->specs);
	number(out, "tracked_entries", "Files and folders that are tracked.",
	    m->entries);
	number(out, "exit_code", "0 clean, 1 something is flagged, 2 it could "
	    "not tell.", (uint64_t)m->exit_code);
	number(out, "check_timestamp_seconds", "When the machine was looked "
	    "at.", (uint64_t)m->until);
	if (m->baseline_time > 0)
		number(out, "baseline_timestamp_seconds",
		    "When the baseline was recorded.",
		    (uint64_t)m->baseline_time);
	if (m->moment)
		return;
	number(out, "merges_waiting", "Versions of files that packages left "
	    "beside them.", m->merges.n);
	number(out, "complaints", "What is wrong with driftctl's own "
	    "installation.", m->complaints.n + m->troubles.n);
}
