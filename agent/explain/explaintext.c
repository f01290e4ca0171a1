/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/explain/explain.h"
#include "agent/snapshotter.h"
#include "agent/wrap.h"
#include "base/text.h"
#include "base/tr.h"

/* Where texts begin behind the word before them, and those below. */
enum { LABEL = 12, BELOW = 12 };

/* "holds      text", the text wrapped under itself. */
static void
labelled(struct buf *out, const char *label, const char *text)
{
	buf_adds(out, "  ");
	text_pad(out, label, LABEL - 2);
	wrap_from(out, LABEL, BELOW, text);
}

static void
add_escaped(struct buf *out, const char *s)
{
	text_escape(out, s, strlen(s));
}

static const char *
name_or_number(struct buf *b, const char *name, uint32_t id)
{
	buf_reset(b);
	if (name != NULL)
		buf_adds(b, name);
	else
		buf_addf(b, "%u", (unsigned)id);
	return buf_str(b);
}

static void
head_text(const struct explain *x, struct buf *out)
{
	CLEANUP(drop_buf) struct buf b = { 0 }, line = { 0 };
	const struct entry *en = x->is;

	add_escaped(out, x->path);
	buf_addc(out, '\n');
	if (strcmp(x->path, x->real) != 0)
		labelled(out, _("really"), x->real);
	if (en == NULL) {
		labelled(out, _("now"), _("is not there"));
		return;
	}
	buf_addf(&line, _("a %s"), entry_kind_shown(en->kind));
	if (en->kind == ENTRY_SYMLINK && en->target != NULL)
		buf_addf(&line, _(" to %s"), en->target);
	else
		buf_addf(&line, _(", mode %04o"), en->mode & 07777U);
	buf_addf(&line, _(", owner %s"),
	    name_or_number(&b, en->user, en->uid));
	buf_addf(&line, _(", group %s"),
	    name_or_number(&b, en->group, en->gid));
	if (en->kind == ENTRY_FILE)
		buf_addf(&line, _(", %llu bytes"),
		    (unsigned long long)en->size);
	buf_adds(&line, _(", changed "));
	snapshot_time((int64_t)en->mtime.tv_sec, &line);
	labelled(out, _("now"), buf_str(&line));
}

static void
remedy_text(const struct explain *x, const char *verb, struct buf *out)
{
	struct findings quoted = { 0 };

	buf_addf(out, "%*s-> ", BELOW, "");
	add_escaped(out, x->findings.command);
	buf_addf(out, " %s ", verb);
	add_escaped(out, finding_quoted(&quoted, x->real));
	buf_addc(out, '\n');
	findings_done(&quoted);
}

/* Who asks for more than a note of a change. */
static void
change_text(const struct explain *x, const char *what, struct buf *out)
{
	static const char *const change[] = { "note", "flag", "restore" };
	CLEANUP(drop_buf) struct buf line = { 0 };

	buf_adds(&line, what);
	if (x->change_rule != NULL && x->on_change != ON_CHANGE_NOTE)
		buf_addf(&line, _(" [%s/%s: on-change: %s]"),
		    x->change_rule->spec->name, x->change_rule->id,
		    change[x->on_change]);
	labelled(out, _("baseline"), buf_str(&line));
	if (x->was != NULL)
		remedy_text(x, "restore", out);
	if (x->is != NULL)
		remedy_text(x, "accept", out);
}

static void
baseline_text(const struct explain *x, struct buf *out)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	if (!x->has_baseline) {
		labelled(out, _("baseline"), _("there is none yet [driftctl "
		    "accept]"));
	} else if (x->was == NULL && x->is != NULL && x->tracked) {
		change_text(x, _("does not have it"), out);
	} else if (x->was == NULL) {
		labelled(out, _("baseline"), _("does not have it"));
	} else if (x->is == NULL) {
		change_text(x, _("has it"), out);
	} else if (x->differs == 0) {
		labelled(out, _("baseline"), _("has the same"));
	} else {
		buf_adds(&line, _("has another: "));
		entry_difference_text(&line, x->differs);
		change_text(x, buf_str(&line), out);
	}
}

static void
reason_text(struct buf *out, const char *label,
    const struct explain_reason *r)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	buf_adds(&line, r->pattern);
	switch (r->by.by) {
	case TRACKED_ALWAYS:
		buf_adds(&line, _(" (built in)"));
		break;
	case TRACKED_CONFIG:
		buf_adds(&line, _(" (driftctl.yaml)"));
		break;
	case TRACKED_SPEC:
		buf_addf(&line, _(" (spec %s)"), r->by.spec->name);
		break;
	case TRACKED_RULE:
		buf_addf(&line, _(" (rule %s/%s)"), r->by.spec->name,
		    r->by.rule->id);
		break;
	}
	labelled(out, label, buf_str(&line));
}

static void
tracked_text(const struct explain *x, struct buf *out)
{
	for (size_t i = 0; x->tracked && i < x->tracks.n; i++)
		reason_text(out, i == 0 ? _("tracked") : "",
		    &x->tracks.items[i]);
	if (x->tracked && x->tracks.n == 0)
		labelled(out, _("tracked"), _("on the way to something that "
		    "is"));
	if (x->tracked)
		return;
	if (x->excluded)
		labelled(out, _("untracked"), _("it belongs to driftctl's "
		    "own store or opens what is sealed there: it is never "
		    "recorded"));
	for (size_t i = 0; !x->excluded && i < x->ignores.n; i++)
		reason_text(out, i == 0 ? _("ignored") : "",
		    &x->ignores.items[i]);
	if (!x->excluded && x->ignores.n == 0)
		labelled(out, _("untracked"), _("no pattern names it [add it "
		    "to 'track' of driftctl.yaml or of a spec]"));
}

static void
steps_text(const struct pam_stack *st, struct buf *out)
{
	for (size_t i = 0; i < st->n; i++) {
		const struct pam_step *s = &st->items[i];
		CLEANUP(drop_buf) struct buf line = { 0 };

		buf_addf(&line, "%s%s %s", s->optional ? "-" : "", s->control,
		    s->kind == PAM_STEP_SUBSTACK ? _("(substack)") :
		    s->kind == PAM_STEP_BROKEN ?
		    _("(an include that leads nowhere: it fails)") :
		    s->module != NULL ? s->module : "");
		for (size_t k = 0; k < s->n_args; k++)
			buf_addf(&line, " %s", s->args[k]);
		buf_addf(&line, "  [%s:%u]", s->file, s->line);
		buf_addf(out, "    %*s", (int)s->substack * 2, "");
		wrap_from(out, 4 + s->substack * 2,
		    8 + (int)s->substack * 2, buf_str(&line));
	}
}

static void
pam_text(const struct explain *x, struct buf *out)
{
	buf_addf(out, _("\nWhat PAM does for the service %s\n"),
	    strrchr(x->path, '/') + 1);
	for (size_t i = 0; i < EXPLAIN_PAM_TYPES; i++) {
		const struct explain_pam *p = &x->pam[i];

		buf_addf(out, "  %s\n", p->type);
		if (p->failed.kind != ERR_NONE) {
			CLEANUP(drop_buf) struct buf line = { 0 };

			buf_adds(&line, _("cannot be told: "));
			err_format(&p->failed, &line);
			wrap_text(out, 4, buf_str(&line));
		} else if (p->stack.n == 0) {
			wrap_text(out, 4, _("nothing is asked"));
		}
		steps_text(&p->stack, out);
	}
}

static void
unit_text(const struct explain_unit *u, struct buf *out)
{
	buf_addf(out, _("\nThe unit %s as systemd puts it together\n"),
	    u->unit.id);
	for (size_t i = 1; i < u->unit.names.n; i++)
		labelled(out, i == 1 ? _("alias") : "",
		    u->unit.names.items[i]);
	labelled(out, u->unit.masked ? _("masked by") : _("fragment"),
	    u->unit.fragment);
	for (size_t i = 0; i < u->unit.dropins.n; i++)
		labelled(out, i == 0 ? _("drop-in") : "",
		    u->unit.dropins.items[i]);
	labelled(out, _("enabled"), u->enabled_by != NULL ? u->enabled_by :
	    _("no"));
	if (u->has_preset) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		buf_adds(&line, u->preset.enable ? _("enable") : _("disable"));
		if (u->preset.file != NULL)
			buf_addf(&line, "  [%s:%u]", u->preset.file,
			    u->preset.line);
		labelled(out, _("preset"), buf_str(&line));
	}
}

static void
layers_text(const struct explain *x, const struct explain_layers *l,
    struct buf *out)
{
	const struct layered *is = &l->layered;
	bool counts = is->first != NULL && strcmp(is->first, x->real) == 0;

	buf_addf(out, _("\nWhat takes effect of %s\n"), l->path);
	if (is->masked)
		labelled(out, _("masked by"), is->first);
	for (size_t i = 0; i < is->files.n; i++) {
		counts |= strcmp(is->files.items[i], x->real) == 0;
		labelled(out, i == 0 ? _("read") : _("then"),
		    is->files.items[i]);
	}
	if (is->dangling != NULL)
		labelled(out, _("dangling"), is->dangling);
	if (!is->masked && is->files.n == 0)
		labelled(out, _("read"), _("nothing: it is in no layer"));
	if (!counts && x->is != NULL)
		labelled(out, _("not read"), x->path);
}

/* What a person sees of one assertion, and what changes it. */
static void
verdict_text(const struct explain *x, const struct explain_verdict *v,
    struct buf *out)
{
	static const char *const words[] = { N_("holds"), N_("FAILS"),
		N_("unknown") };
	const struct result *r = v->result;
	const char *file = r->decided_in != NULL ? r->decided_in : r->path;
	CLEANUP(drop_buf) struct buf line = { 0 };

	/* The subject itself need not be named again and again. */
	if (x->path == NULL || strcmp(r->path, x->path) != 0)
		buf_addf(&line, "%s: ", r->path);
	buf_addf(&line, "%s", v->what);
	if (r->line > 0)
		buf_addf(&line, "  [%s:%u]", file, r->line);
	else if (r->decided_in != NULL)
		buf_addf(&line, "  [%s]", file);
	/* What fails has it in its words. */
	if (r->asked > 0 && r->verdict == VERDICT_HOLDS) {
		buf_adds(&line, _(", asked "));
		snapshot_time(r->asked, &line);
	}
	if (r->verdict == VERDICT_HOLDS && r->at.line != r->rule->at.line)
		buf_addf(&line, _(" (asked in line %u)"), r->at.line);
	labelled(out, _(words[r->verdict]), buf_str(&line));
	if (r->verdict == VERDICT_HOLDS)
		return;
	buf_reset(&line);
	buf_addf(&line, _("%s, asked in %s:%u"), r->demand, r->at.file,
	    r->at.line);
	wrap_text(out, BELOW, buf_str(&line));
	if (v->remedy != NULL) {
		buf_addf(out, "%*s-> ", BELOW, "");
		add_escaped(out, v->remedy);
		buf_addc(out, '\n');
	}
}

static void
nothing_text(const struct explain *x, const struct explain_rule *r,
    struct buf *out)
{
	if (r->also_held > 0)
		return;
	if (r->results.not_asked > 0)
		labelled(out, _("unasked"), _("its checker would speak for "
		    "the running system, not for this root"));
	else if (r->rule->require == REQUIRE_IF_PRESENT && x->path != NULL &&
	    x->is == NULL)
		labelled(out, _("holds"), _("it is not there, and need not "
		    "be"));
	else
		labelled(out, _("holds"), _("it asks nothing of what is "
		    "there"));
}

static void
rule_head(const struct rule *r, struct buf *out)
{
	static const char *const severity[] = { "info", "warning",
		"critical" };
	static const char *const drift[] = { "flag", "repair", "restore" };
	static const char *const change[] = { "note", "flag", "restore" };

	CLEANUP(drop_buf) struct buf line = { 0 };

	buf_addf(out, "%s%s/%s\n", out->len > 0 ? "\n" : "", r->spec->name,
	    r->id);
	wrap_text(out, 2, r->why);
	buf_addf(&line, "%s, on-drift: %s, on-change: %s [%s:%u]",
	    severity[r->severity], drift[r->on_drift], change[r->on_change],
	    r->at.file, r->at.line);
	wrap_text(out, 2, buf_str(&line));
}

static void
rule_text(const struct explain *x, const struct explain_rule *r,
    struct buf *out)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	rule_head(r->rule, out);
	for (size_t i = 0; i < r->verdicts.n; i++)
		verdict_text(x, &r->verdicts.items[i], out);
	if (r->verdicts.n == 0)
		nothing_text(x, r, out);
	if (r->also_held == 0)
		return;
	if (r->verdicts.n == 0)
		buf_addf(&line, ngettext("%zu demand", "%zu demands",
		    r->also_held), r->also_held);
	else
		buf_addf(&line, ngettext("%zu more demand",
		    "%zu more demands", r->also_held), r->also_held);
	labelled(out, _("holds"), buf_str(&line));
}

/* Those of one spec have one reason. */
static size_t
idle_text(const struct explain *x, size_t i, struct buf *out)
{
	const struct rule *first = x->idle.items[i];
	CLEANUP(drop_buf) struct buf line = { 0 };

	buf_addf(&line, "%s/%s", first->spec->name, first->id);
	if (first->spec->applies) {
		buf_adds(&line, _(": disabled [take 'disable: true' out]"));
		wrap_text(out, 2, buf_str(&line));
		return i + 1;
	}
	while (++i < x->idle.n && x->idle.items[i]->spec == first->spec)
		buf_addf(&line, ", %s", x->idle.items[i]->id);
	buf_addf(&line, _(": the spec does not apply here, as %s"),
	    first->spec->applies_why);
	wrap_text(out, 2, buf_str(&line));
	return i;
}

void
explain_text(const struct explain *x, struct buf *out)
{
	if (x->path != NULL && x->rule == NULL) {
		head_text(x, out);
		baseline_text(x, out);
		tracked_text(x, out);
		if (x->is_pam)
			pam_text(x, out);
		if (x->unit.unit.fragment != NULL)
			unit_text(&x->unit, out);
		for (size_t i = 0; i < x->layers.n; i++)
			layers_text(x, &x->layers.items[i], out);
	}
	if (x->rule == NULL && x->rules.n == 0)
		buf_adds(out, _("\nno rule in force is about it\n"));
	for (size_t i = 0; i < x->rules.n; i++)
		rule_text(x, &x->rules.items[i], out);
	if (x->idle.n > 0)
		buf_addf(out, "%s%s", out->len > 0 ? "\n" : "",
		    _("Not in force here\n"));
	for (size_t i = 0; i < x->idle.n;)
		i = idle_text(x, i, out);
}
