/* SPDX-License-Identifier: MIT */
#include "agent/finding.h"

#include <stdlib.h>
#include <string.h>

#include "agent/onchange.h"
#include "base/buf.h"
#include "base/glob.h"
#include "base/path.h"
#include "base/strlist.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

const char *
finding_id_name(const char *id)
{
	static const char *const of_paths[] = { "change:", "unknown:" };

	for (size_t i = 0; i < sizeof(of_paths) / sizeof(of_paths[0]); i++)
		if (text_starts(id, of_paths[i]))
			return id + strlen(of_paths[i]);
	return id;
}

void
findings_done(struct findings *f)
{
	free(f->items);
	arena_done(&f->arena);
	*f = (struct findings){ 0 };
}

int
findings_exit(const struct findings *f)
{
	if (f->unknowns > 0)
		return 2;
	return f->flagged > 0 ? 1 : 0;
}

bool
finding_rule_covers(const struct rule *r, const char *path)
{
	for (size_t i = 0; i < r->real_paths.n; i++)
		if (glob_path(r->real_paths.items[i], path))
			return true;
	for (size_t i = 0; i < r->paths.n; i++) {
		CLEANUP(drop_strlist) struct strlist plain = { 0 };
		struct err ignored = { 0 };

		if (glob_braces(r->paths.items[i], &plain, &ignored) < 0)
			continue;
		for (size_t k = 0; k < plain.n; k++)
			if (glob_path(plain.items[k], path))
				return true;
	}
	return false;
}

enum on_change
finding_on_change(const struct catalogue *cat, const char *path,
    const struct rule **out_rule)
{
	enum on_change best = ON_CHANGE_NOTE;

	*out_rule = NULL;
	for (size_t i = 0; i < cat->n; i++) {
		const struct spec *s = cat->specs[i];

		for (size_t k = 0; s->applies && k < s->n_rules; k++) {
			const struct rule *r = &s->rules[k];

			if (r->disabled || (*out_rule != NULL &&
			    r->on_change <= best) ||
			    !finding_rule_covers(r, path))
				continue;
			*out_rule = r;
			best = r->on_change;
		}
	}
	return best;
}

static struct finding *
add(struct findings *f, enum finding_kind kind, const char *path)
{
	struct finding *x = VEC_ADD(f);

	x->kind = kind;
	x->path = arena_strdup(&f->arena, path);
	return x;
}

const char *
finding_quoted(struct findings *f, const char *path)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	if (strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789/._-+@:%,=") == strlen(path))
		return path;
	text_quote_sh(&b, path);
	return arena_memdup(&f->arena, b.bytes, b.len);
}

/* What of an entry a demand is about; content is what all others look at. */
static unsigned
demand_covers(const char *demand)
{
	static const struct {
		const char *demand;
		unsigned differs;
	} table[] = {
		{ "mode", DIFF_MODE },
		{ "owner", DIFF_OWNER },
		{ "group", DIFF_GROUP },
		{ "type", DIFF_KIND },
		{ "acl", DIFF_ACL },
		{ "xattr", DIFF_XATTR },
		{ "capabilities", DIFF_XATTR },
		{ "flags", DIFF_FLAGS },
		/* These say nothing of what changed in the file. */
		{ "relation", 0 },
		{ "count", 0 },
		{ "age", 0 },
		{ "newest", 0 },
		{ "command", 0 },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].demand, demand) == 0)
			return table[i].differs;
	/* No older header is put in place of one, see speccheck.c. */
	return text_starts(demand, "luks") ? 0 : DIFF_CONTENT;
}

/* What a person can type about it. */
static const char *
drift_remedy(struct findings *f, const struct result *r)
{
	/* No other version of this path need be the right one. */
	if (demand_covers(r->demand) == 0)
		return NULL;
	/* The baseline may well have what must not be there. */
	if (r->rule->on_drift == ON_DRIFT_FLAG &&
	    r->rule->require == REQUIRE_ABSENT)
		return NULL;
	/* A package that moves what it ships is most often right. */
	if (r->rule->on_drift == ON_DRIFT_FLAG && r->decided_in != NULL &&
	    strcmp(r->demand, "layers") == 0)
		return arena_printf(&f->arena, "%s accept %s %s", f->command,
		    finding_quoted(f, r->path),
		    finding_quoted(f, r->decided_in));
	if (r->rule->on_drift == ON_DRIFT_FLAG)
		return arena_printf(&f->arena, "%s restore %s", f->command,
		    finding_quoted(f, rule_is_joint(r->rule) &&
		    r->decided_in != NULL ? r->decided_in : r->path));
	return arena_printf(&f->arena, "%s restore --rule %s/%s", f->command,
	    r->rule->spec->name, r->rule->id);
}

void
findings_add(struct findings *f, const struct result *r)
{
	bool drift = r->verdict == VERDICT_FAILS;
	struct finding *x = add(f, drift ? FINDING_DRIFT : FINDING_UNKNOWN,
	    r->path);

	x->id = arena_printf(&f->arena, "%s/%s:%s#%s", r->rule->spec->name,
	    r->rule->id, r->path, r->demand);
	x->severity = r->rule->severity;
	x->flagged = drift;
	x->file = r->decided_in != NULL ? arena_strdup(&f->arena,
	    r->decided_in) : x->path;
	x->line = r->line;
	x->what = r->what;
	x->why = r->rule->why;
	x->rule = r->rule;
	x->demand = r->demand;
	x->asked = r->asked;
	if (drift)
		x->remedy = drift_remedy(f, r);
}

static const char *
change_text(struct findings *f, const struct change *c)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	if (c->is == NULL)
		return _("was removed since the baseline");
	if (c->was == NULL)
		return _("was added since the baseline");
	if (change_is_rewritten(c))
		return _("is written otherwise than in the baseline, but says "
		    "the same");
	entry_difference_text(&b, c->differs & ~(unsigned)DIFF_MTIME);
	return arena_printf(&f->arena, _("changed since the baseline: %s"),
	    buf_str(&b));
}

static struct finding *
add_change(struct findings *f, const struct onchange *rules,
    const struct change *c)
{
	const struct entry *en = c->was != NULL ? c->was : c->is;
	struct finding *x = add(f, FINDING_CHANGE, en->path);
	const struct rule *rule;
	enum on_change how = onchange_of(rules, en->path, &rule);

	x->id = arena_printf(&f->arena, "change:%s", en->path);
	x->flagged = (how != ON_CHANGE_NOTE || c->is == NULL) &&
	    !change_is_rewritten(c);
	x->severity = rule != NULL && x->flagged ? rule->severity :
	    x->flagged ? SEVERITY_WARNING : SEVERITY_INFO;
	x->what = change_text(f, c);
	x->rule = rule;
	x->why = how != ON_CHANGE_NOTE && x->flagged ? rule->why : NULL;
	x->differs = c->differs;
	if (c->was != NULL && x->flagged)
		x->remedy = arena_printf(&f->arena, "%s restore %s",
		    f->command, finding_quoted(f, en->path));
	return x;
}

/* What rules found, to be asked for by path. */
struct by_path {
	const struct findings *f;
	size_t *items;		/* of f, by path; else as they came */
	size_t n;
};

static int
by_path_cmp(const void *a, const void *b, void *findings)
{
	const struct findings *f = findings;
	const size_t *x = a, *y = b;
	int n = strcmp(f->items[*x].path, f->items[*y].path);

	return n != 0 ? n : *x < *y ? -1 : *x > *y;
}

static void
by_path_init(struct by_path *b, struct findings *f)
{
	*b = (struct by_path){ f, xcalloc(f->n + 1, sizeof(*b->items)), 0 };
	for (size_t i = 0; i < f->n; i++)
		if (f->items[i].kind != FINDING_CHANGE)
			b->items[b->n++] = i;
	if (b->n > 1)
		qsort_r(b->items, b->n, sizeof(*b->items), by_path_cmp, f);
}

/* The first of path, or of what would come behind it. */
static size_t
by_path_find(const struct by_path *b, const char *path)
{
	size_t from = 0, to = b->n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (strcmp(b->f->items[b->items[mid]].path, path) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

/*
 * The drift on the same path that says all that the change would; NULL where
 * there is none, or none as grave as the change is to its rule.
 */
static struct finding *
told(struct findings *f, const struct by_path *b,
    const struct onchange *rules, const struct change *c)
{
	const char *path = c->was != NULL ? c->was->path : c->is->path;
	unsigned left = c->differs & ~(unsigned)(DIFF_MTIME | DIFF_HARDLINK);
	struct finding *first = NULL;
	enum severity gravest = SEVERITY_INFO;
	const struct rule *rule = NULL;

	for (size_t i = by_path_find(b, path); i < b->n; i++) {
		struct finding *x = &f->items[b->items[i]];

		if (strcmp(x->path, path) != 0)
			break;
		if (first == NULL)
			first = x;
		if (x->severity > gravest)
			gravest = x->severity;
		left &= ~demand_covers(x->demand);
	}
	if (first == NULL || left != 0)
		return NULL;
	return onchange_of(rules, path, &rule) != ON_CHANGE_NOTE &&
	    rule->severity > gravest ? NULL : first;
}

const char *
finding_go_on(struct findings *f, const struct finding *x)
{
	size_t n = strlen(x->what);

	return n > 0 && x->what[n - 1] == '.' ?
	    arena_printf(&f->arena, "%.*s", (int)(n - 1), x->what) : x->what;
}

/* A rule may not have held for long: what is new is told with it. */
static void
add_news(struct findings *f, struct finding *x, const struct change *c)
{
	if (x->kind != FINDING_DRIFT || c->was == NULL || c->is == NULL ||
	    change_is_rewritten(c) || (c->differs & DIFF_CONTENT) == 0)
		return;
	x->what = arena_printf(&f->arena, _("%s; the file changed since the "
	    "baseline"), finding_go_on(f, x));
}

static void
add_changes(struct findings *f, const struct catalogue *cat,
    const struct changes *changes)
{
	CLEANUP(drop_onchange) struct onchange *rules = onchange_new(cat);
	struct by_path from_rules;
	const struct change *folder = NULL;
	size_t folder_finding = 0;

	by_path_init(&from_rules, f);
	for (size_t i = 0; i < changes->n; i++) {
		const struct change *c = &changes->items[i];
		const struct entry *en = c->was != NULL ? c->was : c->is;
		struct finding *x;

		if ((x = told(f, &from_rules, rules, c)) != NULL) {
			add_news(f, x, c);
			continue;
		}
		if (folder != NULL && (folder->is == NULL) == (c->is == NULL) &&
		    (folder->was == NULL) == (c->was == NULL) &&
		    path_is_under(en->path, folder->was != NULL ?
		    folder->was->path : folder->is->path)) {
			f->items[folder_finding].below++;
			continue;
		}
		add_change(f, rules, c);
		folder = (c->is == NULL || c->was == NULL) &&
		    en->kind == ENTRY_DIR ? c : NULL;
		folder_finding = f->n - 1;
	}
	free(from_rules.items);
}

static void
add_unknowns(struct findings *f, const struct capture *c)
{
	for (size_t i = 0; i < c->unknown.n; i++) {
		struct finding *x = add(f, FINDING_UNKNOWN,
		    c->unknown.items[i].path);

		x->id = arena_printf(&f->arena, "unknown:%s", x->path);
		x->severity = SEVERITY_WARNING;
		x->what = arena_strdup(&f->arena, c->unknown.items[i].why);
	}
}

static int
rank(const struct finding *x)
{
	if (x->kind == FINDING_UNKNOWN)
		return 3;
	if (!x->flagged)
		return 4;
	return SEVERITY_CRITICAL - (int)x->severity;
}

static int
worst_first(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int n = rank(x) - rank(y);

	if (n == 0)
		n = path_cmp(x->path, y->path);
	return n != 0 ? n : strcmp(x->id, y->id);
}

void
findings_make(const struct catalogue *cat, const struct results *results,
    const struct changes *changes, const struct capture *capture,
    const char *command, struct findings *out)
{
	out->command = arena_strdup(&out->arena, command);
	for (size_t i = 0; i < results->n; i++)
		findings_add(out, &results->items[i]);
	add_changes(out, cat, changes);
	add_unknowns(out, capture);
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), worst_first);
	for (size_t i = 0; i < out->n; i++) {
		const struct finding *x = &out->items[i];

		out->drifts += x->kind == FINDING_DRIFT;
		out->flagged += x->flagged;
		out->notes += x->kind == FINDING_CHANGE && !x->flagged;
		out->unknowns += x->kind == FINDING_UNKNOWN;
	}
	out->rules = results->rules;
	out->held = results->held;
	out->asked = results->asked;
	out->not_asked = results->not_asked;
	out->asked_oldest = results->asked_oldest;
	out->entries = capture->manifest.n;
	for (size_t i = 0; i < cat->n; i++)
		out->specs += cat->specs[i]->applies;
}
