/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/command.h"
#include "agent/json.h"
#include "agent/machine.h"
#include "agent/say.h"
#include "agent/specschema.h"
#include "agent/spectest/spectest.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/diagnostics.h"
#include "specs/specparse.h"

enum { SPEC_MAX = 4 << 20 };

static const char *const severity_words[] = { "info", "warning", "critical" };
static const char *const drift_words[] = { "flag", "repair", "restore" };
static const char *const change_words[] = { "note", "flag", "restore" };

static void
list_text(struct buf *out, const struct spec *s)
{
	buf_addf(out, "%s %-20s ", s->applies ? "*" : "-", s->name);
	text_escape(out, s->title != NULL ? s->title : "",
	    s->title != NULL ? strlen(s->title) : 0);
	buf_adds(out, "\n    ");
	text_escape(out, s->applies_why != NULL ? s->applies_why : "",
	    s->applies_why != NULL ? strlen(s->applies_why) : 0);
	buf_addc(out, '\n');
}

static void
list_json(struct json *j, const struct spec *s)
{
	json_open(j, NULL, '{');
	json_text(j, "spec", s->name);
	json_text(j, "title", s->title);
	json_bool(j, "applies", s->applies);
	json_text(j, "because", s->applies_why);
	json_text(j, "file", s->origin);
	json_number(j, "rules", s->n_rules);
	json_close(j, '}');
}

/* `*` before a spec that applies here. */
static int
list(struct machine *m, struct strlist *args, struct buf *out, struct err *e)
{
	struct json j = { .out = out };

	if (args->n > 0)
		return err_set(e, ERR_USAGE, args->items[0],
		    _("'spec list' takes no arguments"));
	if (m->o->format == FORMAT_JSON)
		json_open(&j, NULL, '[');
	for (size_t i = 0; i < m->catalogue.n; i++) {
		if (m->o->format == FORMAT_JSON)
			list_json(&j, m->catalogue.specs[i]);
		else
			list_text(out, m->catalogue.specs[i]);
	}
	if (m->o->format == FORMAT_JSON) {
		json_close(&j, ']');
		buf_addc(out, '\n');
	}
	return machine_complain(m) ? 2 : 0;
}

static void
add_path(struct buf *out, const char *path)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	for (; *path != '\0'; path++) {
		if (*path == RELATION_VALUE)
			buf_adds(&b, "${value}");
		else
			buf_addc(&b, *path);
	}
	text_escape(out, buf_str(&b), b.len);
}

static void
add_paths(struct buf *out, const char *label, const struct texts *paths)
{
	for (size_t i = 0; i < paths->n; i++) {
		buf_addf(out, "    %*s ", (int)strlen(label),
		    i == 0 ? label : "");
		add_path(out, paths->items[i]);
		buf_addc(out, '\n');
	}
}

static void
add_relation(struct buf *out, const struct relation *rel)
{
	static const char *const ops[] = { "in:", "not-in:", "equals:",
		"exists:", "certificate:", "key-in:", "unique:" };

	add_paths(out, "each:", &rel->each.paths);
	add_paths(out, ops[rel->op], rel->op == RELATION_EXISTS ?
	    &rel->exists : &rel->other.paths);
}

static void
add_rule(struct buf *out, const struct rule *r)
{
	buf_addf(out, "\n%s%s\n    ", r->id,
	    r->disabled ? _(" (disabled)") : "");
	text_escape(out, r->why, strlen(r->why));
	buf_adds(out, "\n");
	/* A unit's name says more than the paths of all it may be made of. */
	if (r->units.n > 0)
		add_paths(out, "unit:", &r->units);
	else
		add_paths(out, "path:", r->layers != LAYERS_NONE ?
		    &r->layered : &r->paths);
	if (r->layers != LAYERS_NONE)
		buf_addf(out, "    layers: %s\n",
		    r->layers == LAYERS_ETC ? "etc" : "file");
	if (r->relation != NULL)
		add_relation(out, r->relation);
	buf_addf(out, "    severity: %s, on-drift: %s, on-change: %s\n",
	    severity_words[r->severity], drift_words[r->on_drift],
	    change_words[r->on_change]);
	buf_adds(out, "    ");
	text_escape(out, r->at.file, strlen(r->at.file));
	buf_addf(out, ":%u\n", r->at.line);
}

static void
show_one(struct buf *out, const struct spec *s)
{
	buf_addf(out, "%s: ", s->name);
	text_escape(out, s->title != NULL ? s->title : "",
	    s->title != NULL ? strlen(s->title) : 0);
	buf_adds(out, s->applies ? _("\napplies here: ") :
	    _("\ndoes not apply here: "));
	text_escape(out, s->applies_why != NULL ? s->applies_why : "",
	    s->applies_why != NULL ? strlen(s->applies_why) : 0);
	buf_addc(out, '\n');
	for (const char *p = s->about; p != NULL && *p != '\0';) {
		size_t n = strcspn(p, "\n");

		buf_adds(out, "  ");
		text_escape(out, p, n);
		buf_addc(out, '\n');
		p += n + (p[n] == '\n');
	}
	for (size_t i = 0; i < s->n_rules; i++)
		add_rule(out, &s->rules[i]);
}

static void
paths_json(struct json *j, const char *key, const struct texts *paths)
{
	json_open(j, key, '[');
	for (size_t i = 0; i < paths->n; i++) {
		CLEANUP(drop_buf) struct buf b = { 0 };

		for (const char *p = paths->items[i]; *p != '\0'; p++) {
			if (*p == RELATION_VALUE)
				buf_adds(&b, "${value}");
			else
				buf_addc(&b, *p);
		}
		json_text(j, NULL, buf_str(&b));
	}
	json_close(j, ']');
}

static void
rule_json(struct json *j, const struct rule *r)
{
	json_open(j, NULL, '{');
	json_text(j, "rule", r->id);
	json_text(j, "why", r->why);
	json_text(j, "severity", severity_words[r->severity]);
	json_text(j, "on-drift", drift_words[r->on_drift]);
	json_text(j, "on-change", change_words[r->on_change]);
	json_bool(j, "disabled", r->disabled);
	json_bool(j, "secret", r->secret);
	json_bool(j, "relation", r->relation != NULL);
	paths_json(j, "units", &r->units);
	paths_json(j, "paths", r->relation != NULL ?
	    &r->relation->each.paths : &r->paths);
	json_text(j, "file", r->at.file);
	json_number(j, "line", r->at.line);
	json_close(j, '}');
}

static void
show_json(struct json *j, const struct spec *s)
{
	json_open(j, NULL, '{');
	json_text(j, "spec", s->name);
	json_text(j, "title", s->title);
	json_text(j, "about", s->about);
	json_bool(j, "applies", s->applies);
	json_text(j, "because", s->applies_why);
	json_text(j, "file", s->origin);
	paths_json(j, "track", &s->track);
	paths_json(j, "ignore", &s->ignore);
	json_open(j, "rules", '[');
	for (size_t i = 0; i < s->n_rules; i++)
		rule_json(j, &s->rules[i]);
	json_close(j, ']');
	json_close(j, '}');
}

static int
show(struct machine *m, struct strlist *args, struct buf *out, struct err *e)
{
	struct json j = { .out = out };
	bool json = m->o->format == FORMAT_JSON;

	if (args->n == 0)
		return err_set(e, ERR_USAGE, "spec show",
		    _("name a spec [see 'driftctl spec list']"));
	if (json)
		json_open(&j, NULL, '[');
	for (size_t k = 0; k < args->n; k++) {
		size_t i = 0;

		while (i < m->catalogue.n &&
		    strcmp(m->catalogue.specs[i]->name, args->items[k]) != 0)
			i++;
		if (i == m->catalogue.n)
			return err_set(e, ERR_MISSING, args->items[k],
			    _("no such spec [see 'driftctl spec list']"));
		if (json)
			show_json(&j, m->catalogue.specs[i]);
		else
			show_one(out, m->catalogue.specs[i]);
	}
	if (json) {
		json_close(&j, ']');
		buf_addc(out, '\n');
	}
	return machine_complain(m) ? 2 : 0;
}

/* Reads FILE, or each *.yaml of a folder, as it stands: trust is not asked,
 * since linting only reads. */
static int
add_file(struct arena *a, const char *name, struct spec_sources *out,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (file_read(AT_FDCWD, name, SPEC_MAX, &text, e) < 0)
		return -1;
	*VEC_ADD(out) = (struct spec_source){ arena_strdup(a, name),
		arena_memdup(a, buf_str(&text), text.len), text.len, NULL };
	return 0;
}

static int
add_arg(struct arena *a, const char *name, struct spec_sources *out,
    struct diagnostics *diags, struct err *e)
{
	struct spec_trust whoever;
	struct stat st;
	CLEANUP(drop_fd) int fd = -1;

	if (stat(name, &st) < 0)
		return err_sys(e, name, _("cannot look at it"));
	if (!S_ISDIR(st.st_mode))
		return add_file(a, name, out, e);
	fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, name, _("cannot open the folder"));
	whoever = (struct spec_trust){ .owner = st.st_uid,
		.group_writable = true, .gid = st.st_gid };
	catalogue_read_folder(a, fd, name, &whoever, out, diags);
	return 0;
}

static int
lint_files(const struct strlist *args, struct diagnostics *diags,
    size_t *out_specs, struct err *e)
{
	struct spec_sources sources = { 0 };
	struct catalogue cat = { 0 };
	struct arena a = { 0 };
	int n = 0;

	for (size_t i = 0; n == 0 && i < args->n; i++)
		n = add_arg(&a, args->items[i], &sources, diags, e);
	if (n == 0)
		catalogue_build(&cat, sources.items, sources.n, NULL, NULL,
		    diags);
	*out_specs = cat.n;
	catalogue_done(&cat);
	free(sources.items);
	arena_done(&a);
	return n;
}

/* An editor wants them on standard output, with numbers. */
static void
mistakes_json(const struct diagnostics *d, size_t specs, struct buf *out)
{
	struct json j = { .out = out };

	json_open(&j, NULL, '{');
	json_number(&j, "version", 1);
	json_text(&j, "verb", "spec lint");
	json_number(&j, "exit", d->n > 0 ? 2 : 0);
	json_number(&j, "specs", specs);
	json_open(&j, "mistakes", '[');
	for (size_t i = 0; i < d->n; i++) {
		const struct place *at = &d->items[i].at;

		json_open(&j, NULL, '{');
		json_text(&j, "file", at->file);
		if (at->line > 0) {
			json_number(&j, "line", at->line);
			json_number(&j, "column", at->col);
		}
		json_text(&j, "what", d->items[i].text);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	buf_addc(out, '\n');
}

static void
mistakes_text(const struct diagnostics *d)
{
	for (size_t i = 0; i < d->n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		diagnostic_format(&d->items[i], &line);
		say_error_text(buf_str(&line));
	}
}

static int
lint(struct machine *m, struct strlist *args, struct buf *out, struct err *e)
{
	bool json = m->o->format == FORMAT_JSON;
	const struct diagnostics *d = &m->diagnostics;
	struct diagnostics own = { 0 };
	size_t specs = m->catalogue.n, n;

	if (args->n > 0) {
		d = &own;
		if (lint_files(args, &own, &specs, e) < 0) {
			diagnostics_done(&own);
			return -1;
		}
	}
	n = d->n;
	if (json)
		mistakes_json(d, specs, out);
	else
		mistakes_text(d);
	if (!json && n == 0 && args->n == 0)
		buf_addf(out, ngettext("%zu spec, nothing to mend\n",
		    "%zu specs, nothing to mend\n", specs), specs);
	else if (!json && n == 0)
		buf_adds(out, _("nothing to mend\n"));
	diagnostics_done(&own);
	return n > 0 ? 2 : 0;
}

static int
schema(const struct options *o, const struct strlist *args, struct buf *out,
    struct err *e)
{
	(void)o;
	if (args->n > 0)
		return err_set(e, ERR_USAGE, args->items[0],
		    _("'spec schema' takes no arguments"));
	specschema_write(&specparse_shape, "driftctl-specs(5)", out);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct machine *m, struct strlist *args, struct buf *out,
	    struct err *e);
	/* In its place, where no machine is looked at. */
	int (*alone)(const struct options *o, const struct strlist *args,
	    struct buf *out, struct err *e);
} verbs[] = {
	{ .name = "lint", .run = lint },
	{ .name = "list", .run = list },
	{ .name = "schema", .alone = schema },
	{ .name = "show", .run = show },
	{ .name = "test", .alone = spectest_run },
};
enum { N_VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static int
unknown(const char *typed, struct err *e)
{
	const char *names[N_VERBS + 1] = { NULL }, *near;

	for (int i = 0; i < N_VERBS; i++)
		names[i] = verbs[i].name;
	near = text_nearest(typed, names);
	return err_set(e, ERR_USAGE, NULL, _("unknown verb 'spec %s' "
	    "[%s%s%sone of: lint, list, schema, show, test]"), typed,
	    near != NULL ? _("did you mean '") : "", near != NULL ? near : "",
	    near != NULL ? "'? " : "");
}

static int
run(const struct options *o, struct err *e)
{
	const struct verb_option table[] = { { 0 } };
	CLEANUP(drop_strlist) struct strlist words = { 0 };
	CLEANUP(drop_machine) struct machine m = { .root.fd = -1 };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct strlist args;
	int i = 0, n;

	if (options_verb(o, table, &words, e) < 0)
		return -1;
	if (words.n == 0)
		return err_set(e, ERR_USAGE, "spec",
		    _("say what to do [one of: lint, list, schema, show, "
		    "test]"));
	while (i < N_VERBS && strcmp(verbs[i].name, words.items[0]) != 0)
		i++;
	if (i == N_VERBS)
		return unknown(words.items[0], e);
	args = (struct strlist){ words.items + 1, words.n - 1, 0 };
	if (verbs[i].alone != NULL) {
		n = verbs[i].alone(o, &args, &out, e);
		return n >= 0 && say_exact(&out, e) < 0 ? -1 : n;
	}
	if (machine_open(o, &m, e) < 0)
		return -1;
	n = verbs[i].run(&m, &args, &out, e);
	if (n >= 0 && say_result(o, &out, e) < 0)
		return -1;
	return n;
}

const struct command cmd_spec = {
	"spec",
	"lint [FILE]... | list | show SPEC... | test [FILE]... | schema",
	N_("validates and tests specs, says which apply here and what they "
	    "demand"), true, run
};
