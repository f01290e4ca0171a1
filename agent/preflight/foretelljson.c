/* SPDX-License-Identifier: MIT */
#include "agent/preflight/foretell.h"

#include <string.h>

#include "agent/json.h"
#include "agent/preflight/afterwards.h"

static void
add_package(struct json *j, const struct package *p, const char *was,
    const char *is, const char *file)
{
	json_open(j, NULL, '{');
	json_text(j, "name", p->name);
	json_text(j, "arch", p->arch);
	json_text(j, "was", was);
	json_text(j, "is", is);
	json_text(j, "file", file);
	json_close(j, '}');
}

static void
add_packages(const struct forecast *f, struct json *j)
{
	json_open(j, "packages", '[');
	for (size_t i = 0; i < f->in.coming.n; i++) {
		const struct coming *c = &f->in.coming.items[i];
		const char *was = NULL;

		for (size_t k = 0; k < f->in.leaving.n; k++)
			if (f->in.leaving.items[k].replaced &&
			    incoming_comes_for(&f->in,
			    &f->in.leaving.items[k].package) == c)
				was = f->in.leaving.items[k].package.version;
		add_package(j, &c->package, was, c->package.version, c->file);
	}
	for (size_t i = 0; i < f->in.leaving.n; i++) {
		const struct package *p = &f->in.leaving.items[i].package;

		if (!f->in.leaving.items[i].replaced)
			add_package(j, p, p->version, NULL, NULL);
	}
	json_close(j, ']');
}

static void
add_path(const struct forecast *f, const struct outlook *o, struct json *j)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	(void)f;
	foretell_sentence(o, &text);
	json_open(j, NULL, '{');
	json_text(j, "path", o->path);
	json_text(j, "decision", decision_words[o->a.decision]);
	json_text(j, "how", how_words[o->a.how]);
	json_text(j, "local", local_words[o->a.local]);
	json_text(j, "shipped", shipped_words[o->a.did]);
	json_text(j, "remains", remains_words[o->a.remains]);
	json_text(j, "aside", o->a.aside);
	json_text(j, "beside", o->a.beside);
	json_text(j, "other", o->a.other);
	json_bool(j, "ruled", o->ruled);
	json_text(j, "text", buf_str(&text));
	buf_reset(&text);
	foretell_maybe(o, &text);
	json_text(j, "maybe", text.len > 0 ? buf_str(&text) : NULL);
	json_close(j, '}');
}

/* What becomes of a rule that would not hold. */
static void
add_afterwards(const struct forecast *f, const struct risk *r, struct json *j)
{
	CLEANUP(drop_buf) struct buf remedy = { 0 };

	afterwards_remedy(f, r, 1, &remedy);
	json_text(j, "afterwards", afterwards_itself(f, r) ? "hook" :
	    "person");
	json_text(j, "remedy", remedy.len > 0 ? buf_str(&remedy) : NULL);
}

static void
add_risks(const struct forecast *f, struct json *j, const char *name,
    const struct risk *items, size_t n)
{
	json_open(j, name, '[');
	for (size_t i = 0; i < n; i++) {
		const struct result *r = items[i].then;
		CLEANUP(drop_buf) struct buf because = { 0 };

		if (items[i].because != NULL)
			foretell_sentence(items[i].because, &because);
		json_open(j, NULL, '{');
		json_text(j, "spec", r->rule->spec->name);
		json_text(j, "rule", r->rule->id);
		json_text(j, "path", r->path);
		json_text(j, "demand", r->demand);
		json_text(j, "what", r->what);
		json_text(j, "why", r->rule->why);
		json_text(j, "because", items[i].because != NULL ?
		    buf_str(&because) : NULL);
		if (r->verdict == VERDICT_FAILS)
			add_afterwards(f, &items[i], j);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void
foretell_json(const struct forecast *f, struct buf *out)
{
	struct json j = { .out = out };

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "verb", "preflight");
	json_text(&j, "root", f->m->o->root);
	json_number(&j, "exit", (uint64_t)forecast_exit(f));
	json_number(&j, "tracked", f->tracked);
	json_number(&j, "rules", f->now.rules);
	json_text(&j, "manager", f->manager);
	add_packages(f, &j);
	json_open(&j, "leaving-specs", '[');
	for (size_t i = 0; i < f->leaving_specs.n; i++)
		json_text(&j, NULL, f->leaving_specs.items[i]);
	json_close(&j, ']');
	add_risks(f, &j, "risks", f->risks.items, f->risks.n);
	add_risks(f, &j, "unknown", f->unknowns.items, f->unknowns.n);
	json_open(&j, "missing", '[');
	for (size_t i = 0; i < f->in.wanting.n; i++) {
		json_open(&j, NULL, '{');
		json_text(&j, "what", f->in.wanting.items[i].what);
		json_text(&j, "why", f->in.wanting.items[i].why);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_open(&j, "paths", '[');
	for (size_t i = 0; i < f->outlooks.n; i++)
		if (f->outlooks.items[i].a.how != HOW_NOT ||
		    f->outlooks.items[i].maybe != NULL ||
		    f->m->o->verbose > 0)
			add_path(f, &f->outlooks.items[i], &j);
	json_close(&j, ']');
	json_close(&j, '}');
	buf_addc(out, '\n');
}
