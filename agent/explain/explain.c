/* SPDX-License-Identifier: MIT */
#include "agent/explain/explain.h"

#include <stdlib.h>
#include <string.h>

#include "agent/assess.h"
#include "base/glob.h"
#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/lenses.h"
#include "specs/unit_name.h"

int
explain_begin(struct explain *x, struct machine *m, struct err *e)
{
	CLEANUP(drop_buf) struct buf command = { 0 };
	int n = machine_baseline(m, &x->baseline, e);

	x->m = m;
	if (n < 0 || machine_capture(m, &(struct machine_capture){ 0 },
	    &x->live, e) < 0)
		return -1;
	x->has_baseline = n > 0;
	x->ev = evidence_live(m, &x->live.manifest,
	    x->has_baseline ? &x->baseline : NULL, NULL);
	evidence_set_unknown(x->ev, &x->live);
	evidence_let_ask(x->ev);
	options_command(m->o, &command);
	x->findings.command = arena_strdup(&x->arena, buf_str(&command));
	return 0;
}

void
explain_done(struct explain *x)
{
	for (size_t i = 0; i < x->rules.n; i++) {
		results_done(&x->rules.items[i].results);
		free(x->rules.items[i].verdicts.items);
	}
	free(x->rules.items);
	free(x->idle.items);
	free(x->tracks.items);
	free(x->ignores.items);
	free(x->layers.items);
	lenses_free(x->lenses);
	findings_done(&x->findings);
	evidence_free(x->ev);
	capture_done(&x->live);
	arena_done(&x->arena);
}

void
drop_explain(struct explain *x)
{
	explain_done(x);
}

static bool
is_subject(const struct explain *x, const char *path)
{
	return path != NULL && (strcmp(path, x->path) == 0 ||
	    strcmp(path, x->real) == 0);
}

/* The pattern of a scope that matches a path or one of its folders. */
static const char *
ignoring(const struct scope *s, const char *path)
{
	for (size_t i = 0; i < s->ignore.n; i++) {
		const char *p = s->ignore.items[i];
		CLEANUP(drop_buf) struct buf at = { 0 };

		buf_adds(&at, path);
		while (at.len > 1) {
			CLEANUP(drop_buf) struct buf up = { 0 };
			const char *name = path_name(buf_str(&at));

			if (p[0] == '/' ? glob_path(p, buf_str(&at)) :
			    glob_name(p, strlen(p), name))
				return p;
			path_parent(&up, buf_str(&at));
			buf_truncate(&at, up.len);
		}
	}
	return NULL;
}

static const char *
tracking(const struct scope *s, const char *path)
{
	for (size_t i = 0; i < s->include.n; i++)
		if (glob_path(s->include.items[i], path))
			return s->include.items[i];
	return NULL;
}

static void
add_reason(struct explain *x, struct explain_reasons *to,
    const struct tracked_reason *by, const char *pattern)
{
	if (pattern != NULL)
		*VEC_ADD(to) = (struct explain_reason){ *by,
			arena_strdup(&x->arena, pattern) };
}

static void
drop_scope(struct scope *s)
{
	scope_done(s);
}

/* 1 when it tracks the path. Symlinks are settled as for the real scope. */
static int
try_reason(struct explain *x, const struct tracked_reason *by, struct err *e)
{
	CLEANUP(drop_scope) struct scope s = { 0 };
	const char *by_pattern;

	if (tracked_add(&s, by, e) < 0 || scope_settle(&s, &x->m->root, e) < 0)
		return -1;
	by_pattern = tracking(&s, x->real);
	add_reason(x, &x->tracks, by, by_pattern);
	add_reason(x, &x->ignores, by, ignoring(&s, x->real));
	return by_pattern != NULL;
}

/* Rules that do not judge here, but would. */
static int
try_idle(struct explain *x, const struct rule *r, struct err *e)
{
	CLEANUP(drop_scope) struct scope s = { 0 };
	const struct tracked_reason by = { .by = TRACKED_RULE, .rule = r };

	if (tracked_add(&s, &by, e) < 0 || scope_settle(&s, &x->m->root, e) < 0)
		return -1;
	if (tracking(&s, x->real) != NULL)
		*VEC_ADD(&x->idle) = r;
	return 0;
}

static bool
is_about(const struct explain *x, const struct result *r)
{
	CLEANUP(drop_strlist) struct strlist plain = { 0 };
	struct err ignored = { 0 };

	if (x->path == NULL || is_subject(x, r->path) ||
	    is_subject(x, r->decided_in))
		return true;
	/* "Nothing matches this pattern", and how many do. */
	if (strpbrk(r->path, "*?[{") == NULL ||
	    glob_braces(r->path, &plain, &ignored) < 0)
		return false;
	for (size_t i = 0; i < plain.n; i++)
		if (glob_path(plain.items[i], x->path) ||
		    glob_path(plain.items[i], x->real))
			return true;
	return false;
}

static void
add_verdict(struct explain *x, struct explain_rule *to,
    const struct result *r)
{
	struct explain_verdict *v;
	const struct finding *f;

	if (x->demand != NULL && strcmp(x->demand, r->demand) != 0)
		return;
	v = VEC_ADD(&to->verdicts);
	v->result = r;
	v->what = r->what;
	if (r->verdict == VERDICT_HOLDS)
		return;
	x->findings.n = 0;
	findings_add(&x->findings, r);
	if (x->has_baseline)
		assess_mend(x->m, &x->baseline, &x->live.manifest,
		    &x->findings);
	f = &x->findings.items[0];
	v->id = f->id;
	v->what = f->what;
	v->remedy = f->remedy;
}

/*
 * Judges the rule; it is kept when it covers the subject, or when one of its
 * files decides. Of a unit or a relation all parts bear on each other.
 */
static void
try_rule(struct explain *x, const struct rule *r, bool covers)
{
	struct explain_rule one = { .rule = r, .results.keep_held = true };
	bool whole = r->units.n > 0 || r->relation != NULL;
	size_t told = 0;
	bool met = false;

	one.results.lenses = x->lenses;
	eval_rule(r, evidence_get(x->ev), &one.results);
	x->lenses = STEAL(one.results.lenses);
	for (size_t i = 0; i < one.results.n; i++) {
		told += one.results.items[i].verdict == VERDICT_HOLDS;
		met = met || is_about(x, &one.results.items[i]);
	}
	if (!met && !covers) {
		results_done(&one.results);
		return;
	}
	one.also_held = one.results.held - told;
	*VEC_ADD(&x->rules) = one;
	for (size_t i = 0; i < one.results.n; i++)
		if (is_about(x, &one.results.items[i]) ||
		    (covers && whole && (!met ||
		    one.results.items[i].verdict != VERDICT_HOLDS)))
			add_verdict(x, &x->rules.items[x->rules.n - 1],
			    &one.results.items[i]);
}

static int
try_spec(struct explain *x, const struct spec *s, struct err *e)
{
	struct tracked_reason by = { .by = TRACKED_SPEC, .spec = s };

	if (s->applies && try_reason(x, &by, e) < 0)
		return -1;
	for (size_t i = 0; i < s->n_rules; i++) {
		const struct rule *r = &s->rules[i];
		int covers;

		if (!s->applies || r->disabled) {
			if (try_idle(x, r, e) < 0)
				return -1;
			continue;
		}
		by = (struct tracked_reason){ .by = TRACKED_RULE, .spec = s,
			.rule = r };
		if ((covers = try_reason(x, &by, e)) < 0)
			return -1;
		/* No program is run for a path that it is not about. */
		if (covers || r->command == NULL)
			try_rule(x, r, covers);
	}
	return 0;
}

static void
find_entries(struct explain *x)
{
	const struct evidence *ev = evidence_get(x->ev);

	x->is = ev->entry(ev->ctx, x->path);
	x->was = ev->baseline(ev->ctx, x->real);
	x->on_change = finding_on_change(&x->m->catalogue, x->real,
	    &x->change_rule);
	if (x->is != NULL && x->was != NULL)
		x->differs = entry_differs(x->was, x->is) &
		    ~(unsigned)DIFF_MTIME;
	x->excluded = scope_excludes(&x->m->scope, x->real);
	x->tracked = x->is != NULL ?
	    manifest_find(&x->live.manifest, x->real) != NULL :
	    scope_tracks(&x->m->scope, x->real);
}

/* A service's file; the order of the types is libpam's. */
static void
find_pam(struct explain *x)
{
	static const char *const types[EXPLAIN_PAM_TYPES] = { "auth",
		"account", "password", "session" };
	static const char *const folders[] = { "/etc/pam.d",
		"/usr/lib/pam.d", "/usr/etc/pam.d" };
	CLEANUP(drop_buf) struct buf folder = { 0 };

	path_parent(&folder, x->path);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		x->is_pam |= strcmp(buf_str(&folder), folders[i]) == 0;
	/* Of one that is missing PAM asks the service `other`. */
	if (x->is != NULL && x->is->kind != ENTRY_FILE &&
	    x->is->kind != ENTRY_SYMLINK)
		x->is_pam = false;
	for (size_t i = 0; x->is_pam && i < EXPLAIN_PAM_TYPES; i++) {
		struct explain_pam *p = &x->pam[i];

		p->type = types[i];
		pam_stack_service(evidence_get(x->ev), x->path, p->type,
		    &x->arena, &p->stack, &p->failed);
	}
}

/* The unit that a file is part of: its fragment, or a drop-in of it. */
static const char *
unit_of(struct arena *a, const char *path)
{
	for (size_t i = 0; unit_folders[i] != NULL; i++) {
		const char *rest = path + strlen(unit_folders[i]);
		size_t n;

		if (!path_is_under(path, unit_folders[i]) || *rest == '\0')
			continue;
		n = strcspn(++rest, "/");
		if (rest[n] == '/' && n > 2 &&
		    strncmp(rest + n - 2, ".d", 2) == 0)
			n -= 2;
		else if (rest[n] == '/')
			rest = path_name(path), n = strlen(rest);
		rest = arena_memdup(a, rest, n);
		return unit_name_is(rest) ? rest : NULL;
	}
	return NULL;
}

static void
find_unit(struct explain *x)
{
	const struct evidence *ev = evidence_get(x->ev);
	const char *name = unit_of(&x->arena, x->path);
	struct err ignored = { 0 };

	if (name == NULL)
		return;
	unit_load(ev, name, &x->arena, &x->unit.unit);
	if (x->unit.unit.fragment == NULL)
		return;
	x->unit.enabled_by = unit_enabled_by(ev, &x->unit.unit, &x->arena);
	x->unit.has_preset = unit_preset(ev, x->unit.unit.id, &x->arena,
	    &x->unit.preset, &ignored) == 0;
}

/* A path of a rule, when the subject is, or would be, in one of its layers. */
static void
try_layers(struct explain *x, const struct rule *r, const char *path)
{
	struct explain_layers l = { .rule = r, .path = path };
	struct texts all = { 0 };
	bool met = false;

	layers_track(&x->arena, r->layers, path, &all);
	for (size_t i = 0; i < all.n && !met; i++)
		met = glob_path(all.items[i], x->path) ||
		    glob_path(all.items[i], x->real);
	if (!met)
		return;
	layers_load(evidence_get(x->ev), r->layers, path, &x->arena,
	    &l.layered);
	*VEC_ADD(&x->layers) = l;
}

static void
find_layers(struct explain *x)
{
	for (size_t i = 0; i < x->rules.n; i++) {
		const struct rule *r = x->rules.items[i].rule;
		CLEANUP(drop_strlist) struct strlist plain = { 0 };
		struct err ignored = { 0 };

		for (size_t k = 0; k < r->layered.n; k++)
			glob_braces(r->layered.items[k], &plain, &ignored);
		for (size_t k = 0; k < plain.n; k++)
			try_layers(x, r, arena_strdup(&x->arena,
			    plain.items[k]));
	}
}

int
explain_path(struct explain *x, const char *path, struct err *e)
{
	const struct catalogue *cat = &x->m->catalogue;
	CLEANUP(drop_buf) struct buf real = { 0 };

	if (root_resolve(&x->m->root, path, &real, NULL, e) < 0)
		return -1;
	x->path = arena_strdup(&x->arena, path);
	x->real = arena_strdup(&x->arena, buf_str(&real));
	find_entries(x);
	if (try_reason(x, &(struct tracked_reason){ .by = TRACKED_ALWAYS },
	    e) < 0 || try_reason(x, &(struct tracked_reason){
	    .by = TRACKED_CONFIG, .config = &x->m->config }, e) < 0)
		return -1;
	for (size_t i = 0; i < cat->n; i++)
		if (try_spec(x, cat->specs[i], e) < 0)
			return -1;
	if (x->is == NULL && x->was == NULL && x->rules.n == 0)
		return err_set(e, ERR_MISSING, path, _("is not there, the "
		    "baseline does not have it, and no rule in force is about "
		    "it"));
	find_pam(x);
	find_unit(x);
	find_layers(x);
	return 0;
}

int
explain_rule(struct explain *x, const struct rule *rule, const char *path,
    const char *demand, struct err *e)
{
	(void)e;
	x->rule = rule;
	x->demand = demand;
	if (path != NULL)
		x->path = x->real = arena_strdup(&x->arena, path);
	if (!rule->spec->applies || rule->disabled) {
		*VEC_ADD(&x->idle) = rule;
		return 0;
	}
	try_rule(x, rule, true);
	return 0;
}

bool
explain_flagged(const struct explain *x)
{
	if (x->was == NULL || !x->tracked)
		return x->is != NULL && x->has_baseline && x->tracked &&
		    x->on_change != ON_CHANGE_NOTE;
	return x->is == NULL || ((x->differs & ~(unsigned)DIFF_UNKNOWN) != 0 &&
	    x->on_change != ON_CHANGE_NOTE);
}

int
explain_exit(const struct explain *x)
{
	int code = x->rule == NULL && explain_flagged(x);

	for (size_t i = 0; i < x->rules.n; i++) {
		const struct explain_rule *r = &x->rules.items[i];

		for (size_t k = 0; k < r->verdicts.n; k++) {
			enum verdict v = r->verdicts.items[k].result->verdict;

			if (v == VERDICT_CANNOT_TELL)
				return 2;
			if (v == VERDICT_FAILS)
				code = 1;
		}
	}
	return code;
}
