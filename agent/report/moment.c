/* SPDX-License-Identifier: MIT */
#include "agent/report/moment.h"

#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "base/vec.h"

static void
take_finding(struct model *out, const struct finding *f)
{
	*VEC_ADD(&out->findings) = (struct model_finding){
		.kind = f->kind, .id = f->id, .severity = f->severity,
		.flagged = f->flagged, .path = f->path, .file = f->file,
		.line = f->line, .what = f->what, .why = f->why,
		.told = f->told,
		.remedy = f->remedy, .demand = f->demand, .asked = f->asked,
		.below = f->below,
		.spec = f->rule != NULL ? f->rule->spec->name : NULL,
		.rule = f->rule != NULL ? f->rule->id : NULL };
}

static void
take_checks(struct model *out, const struct catalogue *cat)
{
	for (size_t i = 0; i < cat->n; i++) {
		const struct spec *s = cat->specs[i];

		for (size_t k = 0; s->applies && k < s->n_rules; k++) {
			const struct rule *r = &s->rules[k];

			if (!r->disabled)
				*VEC_ADD(&out->checks) = (struct model_check){
					s->name, s->title, r->id, r->why,
					r->severity };
		}
	}
}

static const char *
host_of(struct model *out)
{
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) < 0 || host[0] == '\0')
		return "localhost";
	return arena_strdup(&out->arena, host);
}

void
moment_model(const struct machine *m, const struct moment *what,
    struct model *out)
{
	const struct findings *f = what->findings;
	CLEANUP(drop_buf) struct buf command = { 0 };
	CLEANUP(drop_buf) struct buf hex = { 0 };

	options_command(m->o, &command);
	out->verb = what->verb;
	out->host = host_of(out);
	out->root = m->o->root;
	out->command = arena_strdup(&out->arena, buf_str(&command));
	out->moment = true;
	out->partial = what->partial;
	out->verbose = m->o->verbose;
	out->exit_code = what->exit_code;
	out->until = (int64_t)time(NULL);
	if (what->baseline != NULL) {
		text_hex(&hex, what->baseline->b, OID_LEN);
		out->baseline = arena_strdup(&out->arena, buf_str(&hex));
	}
	out->baseline_time = what->baseline_time;
	out->drifts = f->drifts;
	out->flagged = f->flagged;
	out->notes = f->notes;
	out->unknowns = f->unknowns;
	out->rules = f->rules;
	out->held = f->held;
	out->specs = f->specs;
	out->entries = f->entries;
	out->asked = f->asked;
	out->not_asked = f->not_asked;
	out->untracked = f->untracked;
	out->asked_oldest = f->asked_oldest;
	if (!what->partial)
		take_checks(out, &m->catalogue);
	for (size_t i = 0; i < f->n; i++)
		take_finding(out, &f->items[i]);
}
