/* SPDX-License-Identifier: MIT */
#include "agent/report/findingtext.h"

#include <string.h>

#include "agent/report/report.h"
#include "agent/snapshotter.h"
#include "agent/wrap.h"
#include "base/text.h"
#include "base/tr.h"

enum { SHORT_NAME = 8, GROUP_NAMES = 6 };

static const char *const severity_name[] = {
	[SEVERITY_INFO] = N_("info"),
	[SEVERITY_WARNING] = N_("warning"),
	[SEVERITY_CRITICAL] = N_("critical"),
};

const char *
findingtext_word(const struct model_finding *f)
{
	if (f->kind == FINDING_UNKNOWN)
		return _("unknown");
	if (!f->flagged)
		return _("note");
	return _(severity_name[f->severity]);
}

const char *
findingtext_color(const struct model_finding *f)
{
	if (f->kind == FINDING_UNKNOWN)
		return "\033[1;35m";
	if (!f->flagged)
		return "\033[2m";
	return f->severity == SEVERITY_CRITICAL ? "\033[1;31m" : "\033[1;33m";
}

void
findingtext_label(struct buf *out, const char *word, const char *paint)
{
	size_t shown = text_columns(word, strlen(word));

	if (paint != NULL)
		buf_addf(out, "%s%s\033[0m", paint, word);
	else
		buf_adds(out, word);
	buf_addf(out, "%*s", (int)(shown < FINDINGTEXT_INDENT ?
	    FINDINGTEXT_INDENT - shown : 1), "");
}

void
findingtext_place(struct buf *out, const struct model_finding *f)
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

void
findingtext_places(struct buf *out, const struct model *m,
    const struct model_group *g)
{
	if (g->n == 1)
		findingtext_place(out, &m->findings.items[g->items[0]]);
	else
		/* What follows is said of one. */
		buf_addf(out, ngettext("%zu path", "each of %zu paths", g->n),
		    g->n);
}

void
findingtext_names(struct buf *out, const struct model *m,
    const struct model_group *g)
{
	CLEANUP(drop_buf) struct buf names = { 0 };

	for (size_t i = 0; i < g->n && i < GROUP_NAMES; i++) {
		const struct model_finding *f = &m->findings.items[g->items[i]];

		buf_adds(&names, i > 0 ? ", " : "");
		buf_adds(&names, f->path);
		if (f->line > 0 && (f->file == NULL ||
		    strcmp(f->file, f->path) == 0))
			buf_addf(&names, ":%u", f->line);
	}
	if (g->n > GROUP_NAMES)
		buf_addf(&names, _(" and %zu more"), g->n - GROUP_NAMES);
	wrap_text(out, FINDINGTEXT_INDENT, buf_str(&names));
}

void
findingtext_rule(struct buf *out, const struct model_finding *f)
{
	if (f->rule == NULL || f->kind == FINDING_CHANGE)
		return;
	buf_adds(out, " [");
	text_escape(out, f->spec, strlen(f->spec));
	buf_addc(out, '/');
	text_escape(out, f->rule, strlen(f->rule));
	buf_addc(out, ']');
}

void
findingtext_advice(struct buf *out, const struct model_finding *f,
    const char *remedy, const char *said, bool verbose)
{
	/* Forty files changed for one reason need it told once. */
	if (f->why != NULL && f->why != said && (f->flagged || verbose))
		wrap_text(out, FINDINGTEXT_INDENT, f->why);
	if (remedy != NULL && f->flagged) {
		buf_addf(out, "%*s-> ", FINDINGTEXT_INDENT, "");
		text_escape(out, remedy, strlen(remedy));
		buf_addc(out, '\n');
	}
}

static void
add_finding(struct buf *out, const struct model_finding *f, const char *said,
    bool color, bool verbose)
{
	findingtext_label(out, findingtext_word(f),
	    color ? findingtext_color(f) : NULL);
	findingtext_place(out, f);
	buf_adds(out, ": ");
	text_escape(out, f->what, strlen(f->what));
	if (f->below > 0)
		buf_addf(out, ngettext(" (and %zu entry below it)",
		    " (and %zu entries below it)", f->below), f->below);
	findingtext_rule(out, f);
	buf_addc(out, '\n');
	findingtext_advice(out, f, f->remedy, said, verbose);
}

/* An answer may be remembered: then it says since when. */
static void
add_asked(struct buf *out, const struct model *m)
{
	CLEANUP(drop_buf) struct buf when = { 0 };

	if (m->asked > 0) {
		snapshot_time(m->asked_oldest, &when);
		buf_addf(out, ngettext("%zu service's own checker answered, "
		    "when it was last asked on %s\n",
		    "%zu services' own checkers answered, the longest ago "
		    "on %s\n", m->asked), m->asked, buf_str(&when));
	}
	if (m->not_asked > 0)
		buf_addf(out, ngettext("%zu service's own checker was not "
		    "asked: it would speak for the running system, not for "
		    "%s\n", "%zu services' own checkers were not asked: they "
		    "would speak for the running system, not for %s\n",
		    m->not_asked), m->not_asked, m->root);
}

/* "130 rules of 15 specs"; each number has its own plural. */
static void
rules_of(struct buf *out, const struct model *m)
{
	CLEANUP(drop_buf) struct buf specs = { 0 };

	buf_addf(&specs, ngettext("%zu spec", "%zu specs", m->specs),
	    m->specs);
	buf_addf(out, ngettext("%zu rule of %s", "%zu rules of %s", m->rules),
	    m->rules, buf_str(&specs));
}

void
findingtext_summary(struct buf *out, const struct model *m)
{
	CLEANUP(drop_buf) struct buf rules = { 0 };

	rules_of(&rules, m);
	if (m->drifts + m->flagged + m->unknowns + m->notes == 0)
		buf_addf(out, ngettext("clean: %s holds; ",
		    "clean: %s hold; ", m->rules), buf_str(&rules));
	else
		buf_addf(out, _("%zu flagged (%zu of them drift), %zu noted, "
		    "%zu unknown\n%s; "), m->flagged, m->drifts, m->notes,
		    m->unknowns, buf_str(&rules));
	buf_addf(out, ngettext("%zu entry tracked\n",
	    "%zu entries tracked\n", m->entries), m->entries);
	add_asked(out, m);
	if (m->untracked > 0)
		buf_addf(out, ngettext("%zu entry of the baseline is not "
		    "tracked any more ['accept' forgets it]\n",
		    "%zu entries of the baseline are not tracked any more "
		    "['accept' forgets them]\n", m->untracked),
		    m->untracked);
	if (m->baseline == NULL) {
		buf_adds(out, _("there is no baseline to compare with\n"));
		return;
	}
	buf_addf(out, _("baseline: %.*s"), SHORT_NAME, m->baseline);
	if (m->baseline_time != 0) {
		CLEANUP(drop_buf) struct buf when = { 0 };

		snapshot_time(m->baseline_time, &when);
		buf_addf(out, _(" of %s"), buf_str(&when));
	}
	buf_addc(out, '\n');
}

char *
findingtext_line(char **at)
{
	char *line = strsep(at, "\n");

	return *at != NULL ? line : NULL;
}

void
report_text_findings(const struct model *m, bool color, struct buf *out)
{
	const char *said = NULL;

	for (size_t i = 0; i < m->findings.n; i++) {
		const struct model_finding *x = &m->findings.items[i];

		if (m->verbose < 0 && !x->flagged &&
		    x->kind != FINDING_UNKNOWN)
			continue;
		add_finding(out, x, said, color, m->verbose > 0);
		said = x->why;
	}
	if (m->verbose >= 0 && !m->partial)
		findingtext_summary(out, m);
}
