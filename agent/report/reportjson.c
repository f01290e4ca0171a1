/* SPDX-License-Identifier: MIT */
#include "agent/report/reportjson.h"

#include <string.h>

static void
add_time(struct json *j, const char *key, int64_t when)
{
	if (when > 0)
		json_number(j, key, (uint64_t)when);
	else
		json_text(j, key, NULL);
}

static void
add_texts(struct json *j, const char *key, const struct strlist *l)
{
	json_open(j, key, '[');
	for (size_t i = 0; i < l->n; i++)
		json_text(j, NULL, l->items[i]);
	json_close(j, ']');
}

void
reportjson_head(struct json *j, const struct model *m)
{
	json_number(j, "version", 1);
	json_text(j, "verb", m->verb);
	if (!m->moment) {
		json_text(j, "host", m->host);
		add_time(j, "since", m->since);
		json_number(j, "until", (uint64_t)m->until);
	}
	json_text(j, "root", m->root);
	json_text(j, "baseline", m->baseline);
	json_number(j, "exit", (uint64_t)m->exit_code);
}

void
reportjson_summary(struct json *j, const struct model *m)
{
	json_open(j, "summary", '{');
	json_number(j, "drift", m->drifts);
	json_number(j, "flagged", m->flagged);
	json_number(j, "notes", m->notes);
	json_number(j, "unknown", m->unknowns);
	json_number(j, "rules", m->rules);
	json_number(j, "specs", m->specs);
	json_number(j, "entries", m->entries);
	json_number(j, "asked", m->asked);
	json_number(j, "not-asked", m->not_asked);
	if (m->untracked > 0)
		json_number(j, "untracked", m->untracked);
	if (m->asked_oldest > 0)
		json_number(j, "asked-oldest", (uint64_t)m->asked_oldest);
	json_close(j, '}');
}

void
reportjson_finding(struct json *j, const struct model *m, size_t i)
{
	const struct model_finding *f = &m->findings.items[i];

	json_text(j, "id", f->id);
	json_text(j, "kind", model_kind(f));
	json_text(j, "severity", model_severity(f));
	json_bool(j, "flagged", f->flagged);
	json_text(j, "path", f->path);
	json_text(j, "file", f->file);
	if (f->line > 0)
		json_number(j, "line", f->line);
	json_text(j, "what", f->what);
	json_text(j, "why", f->why);
	json_text(j, "remedy", f->remedy);
	if (f->rule != NULL) {
		json_text(j, "spec", f->spec);
		json_text(j, "rule", f->rule);
	}
	json_text(j, "demand", f->demand);
	if (f->asked > 0)
		json_number(j, "asked", (uint64_t)f->asked);
	if (f->below > 0)
		json_number(j, "below", f->below);
	if (m->moment)
		return;
	json_bool(j, "known", f->known);
	add_time(j, "since", f->since);
	json_text(j, "transaction", f->transaction);
	json_text(j, "cause", f->cause);
	json_number(j, "group", f->group);
}

void
reportjson_mended(struct json *j, const struct model_mended *x)
{
	json_text(j, "id", x->id);
	add_time(j, "since", x->since);
	json_text(j, "transaction", x->transaction);
	json_text(j, "restore", x->restore);
}

static const char *
state_word(const struct transaction *t)
{
	return t->state == TRANSACTION_ENDED ? "ended" :
	    t->state == TRANSACTION_OPEN ? "open" : "interrupted";
}

void
reportjson_transaction(struct json *j, const struct transaction *t)
{
	json_text(j, "id", t->id);
	json_text(j, "origin", t->origin);
	json_text(j, "command", t->command[0] != '\0' ? t->command : NULL);
	json_text(j, "state", state_word(t));
	add_time(j, "began", t->began);
	add_time(j, "ended", t->ended);
	json_bool(j, "late", transaction_late(t));
	json_text(j, "release-was", t->release_was[0] != '\0' ?
	    t->release_was : NULL);
	json_text(j, "release-is", t->release_is[0] != '\0' ?
	    t->release_is : NULL);
	json_text(j, "rollback", t->rollback[0] != '\0' ? t->rollback : NULL);
	json_open(j, "packages", '[');
	for (size_t i = 0; i < t->packages.n; i++) {
		const struct pkgchange *p = &t->packages.items[i];

		json_open(j, NULL, '{');
		json_text(j, "name", p->name);
		json_text(j, "arch", p->arch);
		json_text(j, "was", p->was);
		json_text(j, "is", p->is);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_open(j, "found", '[');
	for (size_t i = 0; i < t->findings.n; i++) {
		const struct transaction_finding *f = &t->findings.items[i];

		json_open(j, NULL, '{');
		json_text(j, "kind", f->kind);
		json_text(j, "id", f->id);
		json_text(j, "what", f->what);
		json_close(j, '}');
	}
	json_close(j, ']');
	add_texts(j, "failed", &t->failed);
}

void
reportjson_restore(struct json *j, const struct model_restore *r)
{
	json_text(j, "id", r->id);
	json_text(j, "title", r->title);
	add_time(j, "time", r->when);
	json_bool(j, "undone", r->undone);
	json_number(j, "entries", r->n);
	add_texts(j, "paths", &r->paths);
}

void
reportjson_accept(struct json *j, const struct model_accept *a)
{
	add_time(j, "time", a->when);
	json_text(j, "who", a->who);
	json_text(j, "reason", a->reason);
	json_text(j, "snapshot", a->snapshot);
	add_texts(j, "paths", &a->paths);
}

void
reportjson_change(struct json *j, const struct model *m, size_t i)
{
	const struct model_change *c = &m->changes.items[i];

	json_text(j, "id", c->id);
	json_text(j, "change", model_change_word(c));
	json_text(j, "path", c->path);
	json_text(j, "details", c->details);
	json_bool(j, "secret", c->secret);
	add_time(j, "time", c->when);
	json_text(j, "transaction", c->transaction);
	json_text(j, "package", c->package);
	json_text(j, "snapshot", c->snapshot);
	json_text(j, "diff", c->diff);
	json_bool(j, "cut", c->cut);
	json_number(j, "group", c->group);
}

void
reportjson_merge(struct json *j, const struct model_merge *x)
{
	json_text(j, "path", x->path);
	json_text(j, "leftover", x->leftover);
	json_bool(j, "known", x->known);
}

void
reportjson_complaint(struct json *j, const struct model_complaint *c)
{
	json_text(j, "check", c->check);
	json_text(j, "what", c->what);
	json_text(j, "remedy", c->remedy);
	json_bool(j, "unknown", c->unknown);
	json_bool(j, "known", c->known);
}

void
reportjson_findings(struct json *j, const struct model *m)
{
	json_open(j, "findings", '[');
	for (size_t i = 0; i < m->findings.n; i++) {
		json_open(j, NULL, '{');
		reportjson_finding(j, m, i);
		json_close(j, '}');
	}
	json_close(j, ']');
}
