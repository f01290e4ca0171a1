/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>

#include "agent/report/markup.h"
#include "agent/report/report.h"

/*
 * The XML that Ant's JUnit task began and Jenkins, GitLab and others read: what
 * all of their schemas demand is there, and nothing else.
 */

struct suite {
	const char *name;
	struct buf cases;
	size_t tests, failures, errors;
};

static void
attribute(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, " %s=\"", name);
	markup_text(out, value);
	buf_addc(out, '"');
}

static void
open_case(struct suite *s, const char *rule, const char *what)
{
	buf_adds(&s->cases, "    <testcase");
	attribute(&s->cases, "classname", s->name);
	buf_adds(&s->cases, " name=\"");
	markup_text(&s->cases, rule);
	if (what != NULL) {
		buf_adds(&s->cases, rule[0] != '\0' ? ": " : "");
		markup_text(&s->cases, what);
	}
	buf_adds(&s->cases, "\" time=\"0\"");
	s->tests++;
}

static void
pass(struct suite *s, const char *rule, const char *what)
{
	open_case(s, rule, what);
	buf_adds(&s->cases, "/>\n");
}

static void
add_finding(struct suite *s, const struct model_finding *f)
{
	bool unknown = f->kind == FINDING_UNKNOWN;
	const char *element = unknown ? "error" : "failure";

	open_case(s, f->rule != NULL ? f->rule : model_kind(f), f->path);
	buf_addf(&s->cases, ">\n      <%s", element);
	attribute(&s->cases, "message", f->what);
	attribute(&s->cases, "type", unknown ? "unknown" :
	    model_severity(f));
	buf_addc(&s->cases, '>');
	markup_text(&s->cases, f->id);
	if (f->why != NULL) {
		buf_addc(&s->cases, '\n');
		markup_text(&s->cases, f->why);
	}
	if (f->remedy != NULL) {
		buf_addc(&s->cases, '\n');
		markup_text(&s->cases, f->remedy);
	}
	buf_addf(&s->cases, "</%s>\n    </testcase>\n", element);
	if (unknown)
		s->errors++;
	else
		s->failures++;
}

static void
end_suite(const struct model *m, struct suite *s, size_t id, struct buf *out)
{
	char when[32] = "1970-01-01T00:00:00";
	time_t at = (time_t)m->until;
	struct tm tm;

	if (gmtime_r(&at, &tm) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
	buf_adds(out, "  <testsuite");
	attribute(out, "name", s->name);
	buf_addf(out, " id=\"%zu\" package=\"driftctl\"", id);
	attribute(out, "hostname", m->host);
	buf_addf(out, " timestamp=\"%s\" tests=\"%zu\" failures=\"%zu\" "
	    "errors=\"%zu\" time=\"0\">\n    <properties/>\n", when, s->tests,
	    s->failures, s->errors);
	buf_add(out, buf_str(&s->cases), s->cases.len);
	buf_adds(out, "    <system-out/>\n    <system-err/>\n  "
	    "</testsuite>\n");
	buf_done(&s->cases);
}

/* What a rule finds, a case each; where it finds nothing, one that passes. */
static void
add_check(struct suite *s, const struct model *m, const struct model_check *c)
{
	bool any = false;

	for (size_t i = 0; i < m->findings.n; i++) {
		const struct model_finding *f = &m->findings.items[i];

		if (f->kind == FINDING_CHANGE || f->rule == NULL ||
		    strcmp(f->rule, c->rule) != 0 ||
		    strcmp(f->spec, c->spec) != 0)
			continue;
		add_finding(s, f);
		any = true;
	}
	if (!any)
		pass(s, c->rule, NULL);
}

/* What no rule is about: the comparison, and what could not be looked at. */
static void
add_baseline(struct suite *s, const struct model *m)
{
	for (size_t i = 0; i < m->findings.n; i++) {
		const struct model_finding *f = &m->findings.items[i];

		if (f->kind == FINDING_CHANGE ? f->flagged :
		    f->rule == NULL)
			add_finding(s, f);
	}
	for (size_t i = 0; i < m->troubles.n; i++)
		add_finding(s, &(struct model_finding){
		    .kind = FINDING_UNKNOWN, .id = "trouble",
		    .path = "driftctl", .what = m->troubles.items[i] });
	if (s->tests == 0)
		pass(s, "", "as the baseline");
}

void
report_junit(const struct model *m, struct buf *out)
{
	struct suite base = { .name = "baseline" };
	size_t id = 0;

	buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<testsuites>\n");
	for (size_t i = 0; i < m->checks.n;) {
		struct suite s = { .name = m->checks.items[i].spec };

		for (; i < m->checks.n && strcmp(m->checks.items[i].spec,
		    s.name) == 0; i++)
			add_check(&s, m, &m->checks.items[i]);
		end_suite(m, &s, id++, out);
	}
	add_baseline(&base, m);
	end_suite(m, &base, id, out);
	buf_adds(out, "</testsuites>\n");
}
