/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "agent/explain/explain.h"
#include "agent/json.h"
#include "base/tr.h"

static void
line_json(struct json *j, const char *key, unsigned line)
{
	if (line > 0)
		json_number(j, key, line);
}

static void
entry_json(struct json *j, const char *key, const struct entry *en)
{
	CLEANUP(drop_buf) struct buf mode = { 0 };

	if (en == NULL) {
		json_text(j, key, NULL);
		return;
	}
	buf_addf(&mode, "%04o", en->mode & 07777U);
	json_open(j, key, '{');
	json_text(j, "type", entry_kind_name(en->kind));
	json_text(j, "mode", buf_str(&mode));
	json_text(j, "owner", en->user);
	json_number(j, "uid", en->uid);
	json_text(j, "group", en->group);
	json_number(j, "gid", en->gid);
	json_number(j, "size", en->size);
	json_number(j, "mtime", (uint64_t)en->mtime.tv_sec);
	if (en->kind == ENTRY_SYMLINK)
		json_text(j, "target", en->target);
	json_close(j, '}');
}

static void
reasons_json(struct json *j, const char *key,
    const struct explain_reasons *all)
{
	static const char *const by[] = { "built-in", "config", "spec",
		"rule" };

	json_open(j, key, '[');
	for (size_t i = 0; i < all->n; i++) {
		const struct explain_reason *r = &all->items[i];

		json_open(j, NULL, '{');
		json_text(j, "pattern", r->pattern);
		json_text(j, "by", by[r->by.by]);
		if (r->by.spec != NULL)
			json_text(j, "spec", r->by.spec->name);
		if (r->by.rule != NULL)
			json_text(j, "rule", r->by.rule->id);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
step_json(struct json *j, const struct pam_step *s)
{
	static const char *const kinds[] = { "module", "substack", "broken" };

	json_open(j, NULL, '{');
	json_text(j, "kind", kinds[s->kind]);
	json_text(j, "control", s->control);
	json_text(j, "module", s->kind == PAM_STEP_MODULE ? s->module : NULL);
	json_open(j, "arguments", '[');
	for (size_t i = 0; i < s->n_args; i++)
		json_text(j, NULL, s->args[i]);
	json_close(j, ']');
	json_number(j, "substack", s->substack);
	json_text(j, "file", s->file);
	line_json(j, "line", s->line);
	json_close(j, '}');
}

static void
pam_json(struct json *j, const struct explain *x)
{
	json_open(j, "pam", '{');
	for (size_t i = 0; i < EXPLAIN_PAM_TYPES; i++) {
		const struct explain_pam *p = &x->pam[i];

		json_open(j, p->type, '[');
		for (size_t k = 0; k < p->stack.n; k++)
			step_json(j, &p->stack.items[k]);
		json_close(j, ']');
	}
	json_open(j, "unknown", '[');
	for (size_t i = 0; i < EXPLAIN_PAM_TYPES; i++) {
		CLEANUP(drop_buf) struct buf why = { 0 };

		if (x->pam[i].failed.kind == ERR_NONE)
			continue;
		err_format(&x->pam[i].failed, &why);
		json_open(j, NULL, '{');
		json_text(j, "type", x->pam[i].type);
		json_text(j, "why", buf_str(&why));
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
}

static void
texts_json(struct json *j, const char *key, const struct texts *all)
{
	json_open(j, key, '[');
	for (size_t i = 0; i < all->n; i++)
		json_text(j, NULL, all->items[i]);
	json_close(j, ']');
}

static void
unit_json(struct json *j, const struct explain_unit *u)
{
	json_open(j, "unit", '{');
	json_text(j, "id", u->unit.id);
	texts_json(j, "names", &u->unit.names);
	json_text(j, "fragment", u->unit.fragment);
	json_bool(j, "masked", u->unit.masked);
	texts_json(j, "drop-ins", &u->unit.dropins);
	json_text(j, "enabled-by", u->enabled_by);
	if (u->has_preset)
		json_text(j, "preset", u->preset.enable ? "enable" :
		    "disable");
	json_close(j, '}');
}

static void
layers_json(struct json *j, const struct explain *x)
{
	json_open(j, "layers", '[');
	for (size_t i = 0; i < x->layers.n; i++) {
		const struct explain_layers *l = &x->layers.items[i];

		json_open(j, NULL, '{');
		json_text(j, "path", l->path);
		json_text(j, "spec", l->rule->spec->name);
		json_text(j, "rule", l->rule->id);
		json_text(j, "masked-by", l->layered.masked ?
		    l->layered.first : NULL);
		json_text(j, "dangling", l->layered.dangling);
		texts_json(j, "read", &l->layered.files);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
verdict_json(struct json *j, const struct explain_verdict *v)
{
	static const char *const words[] = { "holds", "fails", "unknown" };
	const struct result *r = v->result;

	json_open(j, NULL, '{');
	json_text(j, "verdict", words[r->verdict]);
	json_text(j, "id", v->id);
	json_text(j, "demand", r->demand);
	json_text(j, "path", r->path);
	json_text(j, "file", r->decided_in != NULL ? r->decided_in : r->path);
	line_json(j, "line", r->line);
	json_text(j, "what", v->what);
	json_text(j, "remedy", v->remedy);
	if (r->asked > 0)
		json_number(j, "asked", (uint64_t)r->asked);
	json_text(j, "demanded-in", r->at.file);
	line_json(j, "demanded-line", r->at.line);
	json_close(j, '}');
}

static void
rule_json(struct json *j, const struct rule *r,
    const struct explain_rule *judged)
{
	static const char *const severity[] = { "info", "warning",
		"critical" };
	static const char *const drift[] = { "flag", "repair", "restore" };
	static const char *const change[] = { "note", "flag", "restore" };

	json_open(j, NULL, '{');
	json_text(j, "spec", r->spec->name);
	json_text(j, "rule", r->id);
	json_text(j, "why", r->why);
	json_text(j, "severity", severity[r->severity]);
	json_text(j, "on-drift", drift[r->on_drift]);
	json_text(j, "on-change", change[r->on_change]);
	json_text(j, "file", r->at.file);
	json_number(j, "line", r->at.line);
	json_bool(j, "applies", r->spec->applies);
	json_text(j, "because", r->spec->applies_why);
	json_bool(j, "disabled", r->disabled);
	json_open(j, "verdicts", '[');
	for (size_t i = 0; judged != NULL && i < judged->verdicts.n; i++)
		verdict_json(j, &judged->verdicts.items[i]);
	json_close(j, ']');
	json_number(j, "also-held", judged != NULL ? judged->also_held : 0);
	json_bool(j, "not-asked", judged != NULL &&
	    judged->results.not_asked > 0);
	json_close(j, '}');
}

static void
path_json(struct json *j, const struct explain *x)
{
	static const char *const change[] = { "note", "flag", "restore" };

	json_text(j, "path", x->path);
	json_text(j, "real-path", x->real);
	entry_json(j, "now", x->is);
	entry_json(j, "was", x->was);
	json_bool(j, "flagged", explain_flagged(x));
	json_text(j, "on-change", change[x->on_change]);
	json_bool(j, "tracked", x->tracked);
	json_bool(j, "never-tracked", x->excluded);
	reasons_json(j, "tracked-by", &x->tracks);
	reasons_json(j, "ignored-by", &x->ignores);
	if (x->is_pam)
		pam_json(j, x);
	if (x->unit.unit.fragment != NULL)
		unit_json(j, &x->unit);
	if (x->layers.n > 0)
		layers_json(j, x);
}

void
explain_json(const struct explain *x, int exit_code, struct buf *out)
{
	struct json j = { .out = out };

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "verb", "explain");
	json_text(&j, "root", x->m->o->root);
	json_number(&j, "exit", (uint64_t)exit_code);
	if (x->rule == NULL)
		path_json(&j, x);
	json_open(&j, "rules", '[');
	for (size_t i = 0; i < x->rules.n; i++)
		rule_json(&j, x->rules.items[i].rule, &x->rules.items[i]);
	for (size_t i = 0; i < x->idle.n; i++)
		rule_json(&j, x->idle.items[i], NULL);
	json_close(&j, ']');
	json_close(&j, '}');
	buf_addc(out, '\n');
}
