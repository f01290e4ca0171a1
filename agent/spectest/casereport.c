/* SPDX-License-Identifier: MIT */
#include "agent/spectest/casereport.h"

#include <string.h>

#include "base/text.h"
#include "base/tr.h"

static bool
applies_as_said(const struct case_trial *t)
{
	return t->catalogue.specs[0]->applies == t->c.applies;
}

bool
casereport_passes(const struct case_trial *t)
{
	return applies_as_said(t) && t->match.n_missing == 0 &&
	    t->match.n_extra == 0;
}

static void
add_escaped(struct buf *out, const char *s)
{
	text_escape(out, s, strlen(s));
}

static void
add_where(struct buf *out, const char *rule, bool unknown, const char *path,
    unsigned line)
{
	buf_adds(out, "    ");
	add_escaped(out, rule);
	buf_adds(out, unknown ? _(" cannot tell") : _(" does not hold"));
	if (path != NULL) {
		buf_adds(out, _(" of "));
		add_escaped(out, path);
	}
	if (line > 0)
		buf_addf(out, path != NULL ? ":%u" : _(" at line %u"), line);
}

static void
missing_text(struct buf *out, const struct case_find *f)
{
	add_where(out, f->rule, f->unknown, f->path, f->line);
	if (f->demand != NULL) {
		buf_adds(out, " [");
		add_escaped(out, f->demand);
		buf_addc(out, ']');
	}
	if (f->says != NULL) {
		buf_adds(out, _("\n        saying /"));
		add_escaped(out, f->says);
		buf_addc(out, '/');
	}
	buf_addf(out, _("\n        expected at line %u of the case\n"),
	    f->at.line);
}

static void
extra_text(struct buf *out, const struct result *r)
{
	bool elsewhere = r->decided_in != NULL && r->line > 0;

	add_where(out, r->rule->id, r->verdict == VERDICT_CANNOT_TELL,
	    r->path, elsewhere ? 0 : r->line);
	buf_addf(out, " [%s]", r->demand);
	if (elsewhere) {
		buf_adds(out, _("\n        decided by "));
		add_escaped(out, r->decided_in);
		buf_addf(out, ":%u", r->line);
	}
	buf_adds(out, "\n        ");
	add_escaped(out, r->what);
	buf_addc(out, '\n');
}

static void
failed_text(struct buf *out, const struct case_trial *t)
{
	const struct spec *s = t->catalogue.specs[0];

	buf_adds(out, _("FAILS "));
	add_escaped(out, t->c.file);
	buf_addf(out, ":%u: ", t->c.at.line);
	add_escaped(out, t->c.test);
	buf_addc(out, '\n');
	if (!applies_as_said(t)) {
		buf_adds(out, s->applies ?
		    _("  the spec applies, and should not: ") :
		    _("  the spec does not apply, and should: "));
		add_escaped(out, s->applies_why);
		buf_addc(out, '\n');
	}
	if (t->match.n_missing > 0)
		buf_adds(out, _("  expected, and did not come:\n"));
	for (size_t i = 0; i < t->c.finds.n; i++)
		if (!t->match.met[i])
			missing_text(out, &t->c.finds.items[i]);
	if (t->match.n_extra > 0)
		buf_adds(out, _("  came, and was not expected:\n"));
	for (size_t i = 0; i < t->results.n; i++)
		if (!t->match.known[i])
			extra_text(out, &t->results.items[i]);
}

void
casereport_text(struct buf *out, const struct case_trial *t, bool all)
{
	if (!casereport_passes(t)) {
		failed_text(out, t);
	} else if (all) {
		buf_adds(out, _("holds "));
		add_escaped(out, t->c.file);
		buf_addf(out, ":%u: ", t->c.at.line);
		add_escaped(out, t->c.test);
		buf_addf(out, ngettext(" [%zu of %zu demand holds]\n",
		    " [%zu of %zu demands hold]\n",
		    t->results.held + t->results.n), t->results.held,
		    t->results.held + t->results.n);
	}
}

static void
missing_json(struct json *j, const struct case_find *f)
{
	json_open(j, NULL, '{');
	json_text(j, "rule", f->rule);
	json_text(j, "verdict", f->unknown ? "unknown" : "fails");
	json_text(j, "path", f->path);
	if (f->line > 0)
		json_number(j, "line", f->line);
	json_text(j, "demand", f->demand);
	json_text(j, "says", f->says);
	json_number(j, "case-line", f->at.line);
	json_close(j, '}');
}

static void
extra_json(struct json *j, const struct result *r)
{
	json_open(j, NULL, '{');
	json_text(j, "rule", r->rule->id);
	json_text(j, "verdict", r->verdict == VERDICT_CANNOT_TELL ?
	    "unknown" : "fails");
	json_text(j, "path", r->path);
	json_text(j, "file", r->decided_in != NULL ? r->decided_in : r->path);
	if (r->line > 0)
		json_number(j, "line", r->line);
	json_text(j, "demand", r->demand);
	json_text(j, "what", r->what);
	json_close(j, '}');
}

void
casereport_json(struct json *j, const struct case_trial *t)
{
	const struct spec *s = t->catalogue.specs[0];

	json_open(j, NULL, '{');
	json_text(j, "file", t->c.file);
	json_text(j, "test", t->c.test);
	json_text(j, "spec", s->name);
	json_bool(j, "passes", casereport_passes(t));
	json_bool(j, "applies", s->applies);
	json_bool(j, "applies-as-expected", applies_as_said(t));
	json_text(j, "because", s->applies_why);
	json_number(j, "held", t->results.held);
	json_open(j, "missing", '[');
	for (size_t i = 0; i < t->c.finds.n; i++)
		if (!t->match.met[i])
			missing_json(j, &t->c.finds.items[i]);
	json_close(j, ']');
	json_open(j, "unexpected", '[');
	for (size_t i = 0; i < t->results.n; i++)
		if (!t->match.known[i])
			extra_json(j, &t->results.items[i]);
	json_close(j, ']');
	json_close(j, '}');
}
