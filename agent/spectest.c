/* SPDX-License-Identifier: MIT */
#include "agent/spectest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/casematch.h"
#include "agent/caseroot.h"
#include "agent/json.h"
#include "agent/say.h"
#include "agent/specfolders.h"
#include "base/file.h"
#include "base/path.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/yaml.h"

enum { DEPTH_MAX = 16 };

struct run {
	const struct options *o;
	struct arena arena;		/* of the specs' texts */
	struct spec_sources sources;
	struct strlist files;
	struct json json;
	struct buf *out;
	size_t passed, failed, unread;
};

/* One case on its way. */
struct trial {
	struct arena arena;
	struct diagnostics diags;
	struct spec_case c;
	struct catalogue catalogue;
	struct results results;
	struct casematch match;
};

static void
trial_done(struct trial *t)
{
	results_done(&t->results);
	catalogue_done(&t->catalogue);
	diagnostics_done(&t->diags);
	arena_done(&t->arena);
}

static const char *
source_name(struct arena *a, const struct spec_source *s)
{
	const char *name = path_name(s->file);
	size_t n = strlen(name);

	return text_ends(name, ".yaml") ?
	    arena_memdup(a, name, n - strlen(".yaml")) : name;
}

static void
check_spec(struct run *run, struct trial *t)
{
	const char **names = arena_alloc(&t->arena,
	    (run->sources.n + 1) * sizeof(*names));
	const char *near;
	size_t n = 0;

	if (t->c.spec == NULL)
		return;
	for (size_t i = 0; i < run->sources.n; i++) {
		const struct spec_source *s = &run->sources.items[i];

		if (s->extends != NULL)
			continue;
		names[n] = source_name(&t->arena, s);
		if (strcmp(names[n++], t->c.spec) == 0)
			return;
	}
	if ((near = text_nearest(t->c.spec, names)) != NULL)
		diagnostics_add(&t->diags, t->c.spec_at,
		    _("there is no spec '%s' (did you mean '%s'?)"),
		    t->c.spec, near);
	else
		diagnostics_add(&t->diags, t->c.spec_at,
		    _("there is no spec '%s' [see 'driftctl spec list']"),
		    t->c.spec);
}

/* The spec of the case with what extends it, read as on that machine. */
static void
build(struct run *run, struct trial *t, const struct facts *facts)
{
	struct spec_sources own = { 0 };

	for (size_t i = 0; i < run->sources.n; i++) {
		const struct spec_source *s = &run->sources.items[i];
		const char *name = s->extends != NULL ? s->extends :
		    source_name(&t->arena, s);

		if (strcmp(name, t->c.spec) == 0)
			*VEC_ADD_IN(&t->arena, &own) = *s;
	}
	catalogue_build(&t->catalogue, own.items, own.n, &t->c.vars, facts,
	    &t->diags);
}

static void
check_rule(struct trial *t, const struct case_find *f)
{
	const struct spec *s = t->catalogue.specs[0];
	const char **ids = arena_alloc(&t->arena,
	    (s->n_rules + 1) * sizeof(*ids));
	const char *slash = strchr(f->rule, '/'), *near;
	const char *bare = slash != NULL ? slash + 1 : f->rule;

	for (size_t i = 0; i < s->n_rules; i++) {
		ids[i] = s->rules[i].id;
		if (strcmp(ids[i], bare) == 0 && (slash == NULL ||
		    strncmp(f->rule, s->name, strlen(s->name)) == 0))
			return;
	}
	if ((near = text_nearest(bare, ids)) != NULL)
		diagnostics_add(&t->diags, f->at, _("the spec '%s' has no "
		    "rule '%s' (did you mean '%s'?)"), s->name, f->rule,
		    near);
	else
		diagnostics_add(&t->diags, f->at, _("the spec '%s' has no "
		    "rule '%s' [see 'driftctl spec show %s']"), s->name,
		    f->rule, s->name);
}

static void
judge(struct trial *t, const struct evidence *ev)
{
	const struct spec *s = t->catalogue.specs[0];

	for (size_t i = 0; i < t->c.finds.n; i++)
		check_rule(t, &t->c.finds.items[i]);
	for (size_t i = 0; s->applies && i < s->n_rules; i++)
		eval_rule(&s->rules[i], ev, &t->results);
	casematch_make(&t->c, &t->results, &t->arena, &t->match);
}

static void
try(struct run *run, struct trial *t, const char *file)
{
	CLEANUP(drop_buf) struct buf bytes = { 0 };
	CLEANUP(drop_caseroot) struct caseroot *root = NULL;
	struct err e = { 0 };

	t->c.file = file;
	if (file_read(AT_FDCWD, file, NODE_BYTES_MAX, &bytes, &e) < 0) {
		diagnostics_add(&t->diags, (struct place){ file, 0, 0 },
		    e.sys != 0 ? "%s: %s" : "%s", e.what, strerror(e.sys));
		return;
	}
	speccase_parse(file, buf_str(&bytes), bytes.len, &t->arena, &t->c,
	    &t->diags);
	check_spec(run, t);
	/* What follows from a mistake need not be told beside it. */
	if (t->diags.n == 0)
		root = caseroot_new(&t->c, &t->diags);
	if (t->diags.n == 0)
		build(run, t, caseroot_facts(root));
	if (t->catalogue.n > 0)
		judge(t, caseroot_evidence(root));
	diagnostics_sort(&t->diags);
}

static bool
applies_as_said(const struct trial *t)
{
	return t->catalogue.specs[0]->applies == t->c.applies;
}

static bool
passes(const struct trial *t)
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
failed_text(struct buf *out, const struct trial *t)
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

static void
write_text(struct run *run, const struct trial *t)
{
	if (!passes(t)) {
		failed_text(run->out, t);
	} else if (run->o->verbose > 0) {
		buf_adds(run->out, _("holds "));
		add_escaped(run->out, t->c.file);
		buf_addf(run->out, ":%u: ", t->c.at.line);
		add_escaped(run->out, t->c.test);
		buf_addf(run->out, _(" [%zu of %zu demands hold]\n"),
		    t->results.held, t->results.held + t->results.n);
	}
}

static void
missing_json(struct json *j, const struct case_find *f)
{
	json_open(j, NULL, '{');
	json_text(j, "rule", f->rule);
	json_text(j, "verdict", f->unknown ? "unknown" : "fails");
	json_text(j, "path", f->path);
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
	json_number(j, "line", r->line);
	json_text(j, "demand", r->demand);
	json_text(j, "what", r->what);
	json_close(j, '}');
}

static void
write_json(struct run *run, const struct trial *t)
{
	struct json *j = &run->json;
	const struct spec *s = t->catalogue.specs[0];

	json_open(j, NULL, '{');
	json_text(j, "file", t->c.file);
	json_text(j, "test", t->c.test);
	json_text(j, "spec", s->name);
	json_bool(j, "passes", passes(t));
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

static void
run_case(struct run *run, const char *file)
{
	struct trial t = { 0 };

	try(run, &t, file);
	for (size_t i = 0; i < t.diags.n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		diagnostic_format(&t.diags.items[i], &line);
		say_error_text(buf_str(&line));
	}
	if (t.diags.n > 0 || t.catalogue.n == 0 || t.c.test == NULL) {
		run->unread++;
	} else {
		*(passes(&t) ? &run->passed : &run->failed) += 1;
		if (run->o->format == FORMAT_JSON)
			write_json(run, &t);
		else
			write_text(run, &t);
	}
	trial_done(&t);
}

/* What a root or the data beside it holds may end in .yaml, too. */
static bool
holds_cases(const char *name)
{
	return name[0] != '.' && strcmp(name, "roots") != 0 &&
	    strcmp(name, "data") != 0;
}

static int
add_folder(struct run *run, const char *dir, int depth, struct err *e)
{
	CLEANUP(drop_strlist) struct strlist names = { 0 };

	if (file_names(AT_FDCWD, dir, &names) < 0)
		return err_sys(e, dir, _("cannot read the folder"));
	strlist_sort(&names);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(drop_free) char *path = xasprintf("%s/%s", dir,
		    names.items[i]);
		struct stat st;

		if (!holds_cases(names.items[i]))
			continue;
		if (lstat(path, &st) < 0)
			return err_sys(e, path, _("cannot look at it"));
		if (S_ISREG(st.st_mode) && text_ends(path, ".yaml"))
			strlist_add(&run->files, path);
		else if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX &&
		    add_folder(run, path, depth + 1, e) < 0)
			return -1;
	}
	return 0;
}

static int
add_arg(struct run *run, const char *name, struct err *e)
{
	CLEANUP(drop_free) char *dir = xstrdup(name);
	size_t n = strlen(dir), before = run->files.n;
	struct stat st;

	if (stat(name, &st) < 0)
		return err_sys(e, name, _("cannot look at it"));
	if (!S_ISDIR(st.st_mode)) {
		strlist_add(&run->files, name);
		return 0;
	}
	while (n > 1 && dir[n - 1] == '/')
		dir[--n] = '\0';
	if (add_folder(run, dir, 0, e) < 0)
		return -1;
	if (run->files.n == before)
		return err_set(e, ERR_MISSING, name,
		    _("there are no cases in it [they end in .yaml]"));
	return 0;
}

/* Without arguments those that lie beside the specs. */
static int
add_own(struct run *run, struct err *e)
{
	for (size_t i = 0; i < run->o->specs.n; i++) {
		CLEANUP(drop_free) char *dir = xasprintf("%s/tests",
		    run->o->specs.items[i]);
		struct stat st;

		if (stat(dir, &st) == 0 && add_arg(run, dir, e) < 0)
			return -1;
	}
	if (run->files.n == 0)
		return err_set(e, ERR_USAGE, "spec test", _("say which cases "
		    "[a file, or a folder of them]"));
	return 0;
}

static void
sum_up(struct run *run)
{
	struct json *j = &run->json;

	if (run->o->format == FORMAT_JSON) {
		json_close(j, ']');
		json_number(j, "passed", run->passed);
		json_number(j, "failed", run->failed);
		json_number(j, "unread", run->unread);
		json_close(j, '}');
		buf_addc(run->out, '\n');
		return;
	}
	if (run->o->verbose < 0)
		return;
	buf_addf(run->out, _("%zu of %zu cases pass"), run->passed,
	    run->files.n);
	if (run->unread > 0)
		buf_addf(run->out, _(", %zu could not be read"), run->unread);
	buf_addc(run->out, '\n');
}

static int
run_all(struct run *run, const struct strlist *args, struct err *e)
{
	struct diagnostics diags = { 0 };
	int n = specfolders_read_shipped(run->o, &run->arena, &run->sources,
	    &diags, e);

	for (size_t i = 0; i < diags.n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		diagnostic_format(&diags.items[i], &line);
		say_error_text(buf_str(&line));
		run->unread++;
	}
	diagnostics_done(&diags);
	for (size_t i = 0; n == 0 && i < args->n; i++)
		n = add_arg(run, args->items[i], e);
	if (n == 0 && args->n == 0)
		n = add_own(run, e);
	if (n < 0)
		return -1;
	if (run->o->format == FORMAT_JSON) {
		json_open(&run->json, NULL, '{');
		json_open(&run->json, "cases", '[');
	}
	for (size_t i = 0; i < run->files.n; i++)
		run_case(run, run->files.items[i]);
	sum_up(run);
	return run->unread > 0 ? 2 : run->failed > 0 ? 1 : 0;
}

int
spectest_run(const struct options *o, const struct strlist *args,
    struct buf *out, struct err *e)
{
	struct run run = { .o = o, .out = out, .json.out = out };
	int n = run_all(&run, args, e);

	free(run.sources.items);
	strlist_done(&run.files);
	arena_done(&run.arena);
	return n;
}
