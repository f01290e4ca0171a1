/* SPDX-License-Identifier: MIT */
#include "agent/report.h"

#include <string.h>

#include "agent/json.h"
#include "agent/snapshotter.h"
#include "agent/wrap.h"
#include "base/text.h"
#include "base/tr.h"

enum { INDENT = 10 };

static const char *const severity_name[] = {
	[SEVERITY_INFO] = N_("info"),
	[SEVERITY_WARNING] = N_("warning"),
	[SEVERITY_CRITICAL] = N_("critical"),
};
static const char *const kind_name[] = {
	[FINDING_DRIFT] = "drift",
	[FINDING_CHANGE] = "change",
	[FINDING_UNKNOWN] = "unknown",
};

static const char *
word_of(const struct finding *f)
{
	if (f->kind == FINDING_UNKNOWN)
		return _("unknown");
	if (!f->flagged)
		return _("note");
	return _(severity_name[f->severity]);
}

static const char *
color_of(const struct finding *f)
{
	if (f->kind == FINDING_UNKNOWN)
		return "\033[1;35m";
	if (!f->flagged)
		return "\033[2m";
	return f->severity == SEVERITY_CRITICAL ? "\033[1;31m" : "\033[1;33m";
}

static void
add_place(struct buf *out, const struct finding *f)
{
	text_escape(out, f->path, strlen(f->path));
	if (f->line == 0)
		return;
	if (f->file != NULL && strcmp(f->file, f->path) != 0) {
		buf_adds(out, " (");
		text_escape(out, f->file, strlen(f->file));
		buf_addf(out, ":%u)", f->line);
	} else {
		buf_addf(out, ":%u", f->line);
	}
}

static void
add_finding(struct buf *out, const struct finding *f, const char *said,
    bool color, bool verbose)
{
	const char *word = word_of(f);
	size_t shown = strlen(word);

	if (color)
		buf_addf(out, "%s%s\033[0m", color_of(f), word);
	else
		buf_adds(out, word);
	buf_addf(out, "%*s", (int)(shown < INDENT ? INDENT - shown : 1), "");
	add_place(out, f);
	buf_adds(out, ": ");
	text_escape(out, f->what, strlen(f->what));
	if (f->below > 0)
		buf_addf(out, ngettext(" (and %zu entry below it)",
		    " (and %zu entries below it)", f->below), f->below);
	if (f->rule != NULL && f->kind != FINDING_CHANGE)
		buf_addf(out, " [%s/%s]", f->rule->spec->name, f->rule->id);
	buf_addc(out, '\n');
	/* Forty files changed for one reason need it told once. */
	if (f->why != NULL && f->why != said && (f->flagged || verbose))
		wrap_text(out, INDENT, f->why);
	if (f->remedy != NULL && f->flagged) {
		buf_addf(out, "%*s-> ", INDENT, "");
		text_escape(out, f->remedy, strlen(f->remedy));
		buf_addc(out, '\n');
	}
}

/* An answer may be remembered: then it says since when. */
static void
add_asked(struct buf *out, const struct report *r)
{
	const struct findings *f = r->findings;
	CLEANUP(drop_buf) struct buf when = { 0 };

	if (f->asked > 0) {
		snapshot_time(f->asked_oldest, &when);
		buf_addf(out, ngettext("%zu service's own checker answered, "
		    "when it was last asked on %s\n",
		    "%zu services' own checkers answered, the longest ago "
		    "on %s\n", f->asked), f->asked, buf_str(&when));
	}
	if (f->not_asked > 0)
		buf_addf(out, ngettext("%zu service's own checker was not "
		    "asked: it would speak for the running system, not for "
		    "%s\n", "%zu services' own checkers were not asked: they "
		    "would speak for the running system, not for %s\n",
		    f->not_asked), f->not_asked, r->m->o->root);
}

static void
add_summary(struct buf *out, const struct report *r)
{
	const struct findings *f = r->findings;

	if (f->drifts + f->flagged + f->unknowns + f->notes == 0)
		buf_addf(out, _("clean: %zu rules of %zu specs hold"),
		    f->rules, f->specs);
	else
		buf_addf(out, _("%zu flagged (%zu of them drift), %zu noted, "
		    "%zu unknown; %zu rules of %zu specs"), f->flagged,
		    f->drifts, f->notes, f->unknowns, f->rules, f->specs);
	buf_addf(out, _("; %zu entries tracked\n"), f->entries);
	add_asked(out, r);
	if (f->untracked > 0)
		buf_addf(out, ngettext("%zu entry of the baseline is not "
		    "tracked any more ['accept' forgets it]\n",
		    "%zu entries of the baseline are not tracked any more "
		    "['accept' forgets them]\n", f->untracked),
		    f->untracked);
	if (r->baseline == NULL) {
		buf_adds(out, _("there is no baseline to compare with\n"));
		return;
	}
	buf_adds(out, _("baseline: "));
	text_hex(out, r->baseline->b, 4);
	if (r->baseline_time != NULL)
		buf_addf(out, _(" of %s"), r->baseline_time);
	buf_addc(out, '\n');
}

void
report_text(const struct report *r, bool color, struct buf *out)
{
	const struct findings *f = r->findings;
	int verbose = r->m->o->verbose;
	const char *said = NULL;

	for (size_t i = 0; i < f->n; i++) {
		const struct finding *x = &f->items[i];

		if (verbose < 0 && !x->flagged && x->kind != FINDING_UNKNOWN)
			continue;
		add_finding(out, x, said, color, verbose > 0);
		said = x->why;
	}
	if (verbose >= 0 && !r->partial)
		add_summary(out, r);
}

static void
json_finding(struct json *j, const struct finding *f)
{
	json_open(j, NULL, '{');
	json_text(j, "id", f->id);
	json_text(j, "kind", kind_name[f->kind]);
	json_text(j, "severity", severity_name[f->severity]);
	json_bool(j, "flagged", f->flagged);
	json_text(j, "path", f->path);
	json_text(j, "file", f->file);
	if (f->line > 0)
		json_number(j, "line", f->line);
	json_text(j, "what", f->what);
	json_text(j, "why", f->why);
	json_text(j, "remedy", f->remedy);
	if (f->rule != NULL) {
		json_text(j, "spec", f->rule->spec->name);
		json_text(j, "rule", f->rule->id);
	}
	json_text(j, "demand", f->demand);
	if (f->asked > 0)
		json_number(j, "asked", (uint64_t)f->asked);
	if (f->below > 0)
		json_number(j, "below", f->below);
	json_close(j, '}');
}

void
report_json_findings(const struct findings *f, struct json *j)
{
	json_open(j, "findings", '[');
	for (size_t i = 0; i < f->n; i++)
		json_finding(j, &f->items[i]);
	json_close(j, ']');
}

void
report_json(const struct report *r, struct buf *out)
{
	const struct findings *f = r->findings;
	struct json j = { .out = out };
	CLEANUP(drop_buf) struct buf hex = { 0 };

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "verb", r->verb);
	json_text(&j, "root", r->m->o->root);
	if (r->baseline != NULL)
		text_hex(&hex, r->baseline->b, OID_LEN);
	json_text(&j, "baseline", hex.len > 0 ? buf_str(&hex) : NULL);
	json_number(&j, "exit", (uint64_t)r->exit_code);
	json_open(&j, "summary", '{');
	json_number(&j, "drift", f->drifts);
	json_number(&j, "flagged", f->flagged);
	json_number(&j, "notes", f->notes);
	json_number(&j, "unknown", f->unknowns);
	json_number(&j, "rules", f->rules);
	json_number(&j, "specs", f->specs);
	json_number(&j, "entries", f->entries);
	json_number(&j, "asked", f->asked);
	json_number(&j, "not-asked", f->not_asked);
	if (f->untracked > 0)
		json_number(&j, "untracked", f->untracked);
	if (f->asked_oldest > 0)
		json_number(&j, "asked-oldest", (uint64_t)f->asked_oldest);
	json_close(&j, '}');
	report_json_findings(f, &j);
	json_close(&j, '}');
	buf_addc(out, '\n');
}

void
report_write(const struct report *r, struct buf *out)
{
	if (r->m->o->format == FORMAT_JSON)
		report_json(r, out);
	else
		report_text(r, options_color(r->m->o), out);
}
