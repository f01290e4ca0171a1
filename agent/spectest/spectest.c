/* SPDX-License-Identifier: MIT */
#include "agent/spectest/spectest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/json.h"
#include "agent/say.h"
#include "agent/specfolders.h"
#include "agent/spectest/casereport.h"
#include "agent/spectest/caseroot.h"
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

static void
trial_done(struct case_trial *t)
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
check_spec(struct run *run, struct case_trial *t)
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
build(struct run *run, struct case_trial *t, const struct facts *facts)
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
check_rule(struct case_trial *t, const struct case_find *f)
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

/* An answer to nobody would let a case pass that shows nothing. */
static void
check_answer(struct case_trial *t, const struct case_answer *a)
{
	const struct spec *s = t->catalogue.specs[0];

	for (size_t i = 0; i < s->n_rules; i++)
		if (speccase_answers(a, &s->rules[i]))
			return;
	diagnostics_add(&t->diags, a->at, _("no rule of '%s' runs '%s' like "
	    "this [see 'driftctl spec show %s']"), s->name, a->run.items[0],
	    s->name);
}

static void
judge(struct case_trial *t, const struct evidence *ev)
{
	const struct spec *s = t->catalogue.specs[0];

	for (size_t i = 0; i < t->c.finds.n; i++)
		check_rule(t, &t->c.finds.items[i]);
	for (size_t i = 0; i < t->c.answers.n; i++)
		check_answer(t, &t->c.answers.items[i]);
	for (size_t i = 0; s->applies && i < s->n_rules; i++)
		eval_rule(&s->rules[i], ev, &t->results);
	casematch_make(&t->c, &t->results, &t->arena, &t->match);
}

static void
try(struct run *run, struct case_trial *t, const char *file)
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

static void
run_case(struct run *run, const char *file)
{
	struct case_trial t = { 0 };

	try(run, &t, file);
	for (size_t i = 0; i < t.diags.n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		diagnostic_format(&t.diags.items[i], &line);
		say_error_text(buf_str(&line));
	}
	if (t.diags.n > 0 || t.catalogue.n == 0 || t.c.test == NULL) {
		run->unread++;
	} else {
		*(casereport_passes(&t) ? &run->passed : &run->failed) += 1;
		if (run->o->format == FORMAT_JSON)
			casereport_json(&run->json, &t);
		else
			casereport_text(run->out, &t, run->o->verbose > 0);
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

static int
exit_code(const struct run *run)
{
	return run->unread > 0 ? 2 : run->failed > 0 ? 1 : 0;
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
		json_number(j, "exit", (uint64_t)exit_code(run));
		json_close(j, '}');
		buf_addc(run->out, '\n');
		return;
	}
	if (run->o->verbose < 0)
		return;
	buf_addf(run->out, ngettext("%zu of %zu case passes",
	    "%zu of %zu cases pass", run->files.n), run->passed,
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
		json_number(&run->json, "version", 1);
		json_text(&run->json, "verb", "spec test");
		json_open(&run->json, "cases", '[');
	}
	for (size_t i = 0; i < run->files.n; i++)
		run_case(run, run->files.items[i]);
	sum_up(run);
	return exit_code(run);
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
