/* SPDX-License-Identifier: MIT */
#include "agent/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/ownfiles.h"
#include "agent/say.h"
#include "agent/specfolders.h"
#include "agent/specwords.h"
#include "agent/tracked.h"
#include "agent/trackedkept.h"
#include "agent/verdicts.h"
#include "base/file.h"
#include "base/glob.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/diagnostics.h"

enum { CONFIG_MAX = 1 << 20 };

#define CONFIG_DEFAULT "/etc/driftctl/driftctl.yaml"

static int
read_config(struct machine *m, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	const char *given = m->o->config;
	const char *name = given != NULL ? given : CONFIG_DEFAULT;
	struct stat st;
	CLEANUP(drop_fd) int fd = -1;

	if (given != NULL)
		inputs_add(&m->inputs, given);
	else
		inputs_add_below(&m->inputs, &m->root, name);
	fd = given != NULL ? open(given, O_RDONLY | O_NONBLOCK | O_CLOEXEC) :
	    root_open_in(&m->root, name, O_RDONLY | O_NONBLOCK);
	if (fd < 0 && given == NULL && errno == ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, name, _("cannot read the configuration"));
	/* As of a site's specs: a group has no say in what root restores. */
	if ((st.st_uid != 0 && st.st_uid != geteuid()) || st.st_mode & 022)
		return err_set(e, ERR_INPUT, name, _("others can change the "
		    "configuration: it is not used [chown root: and "
		    "chmod 0644]"));
	if (file_read_fd(fd, name, CONFIG_MAX, &text, e) < 0)
		return -1;
	config_parse(name, buf_str(&text), text.len, &m->config,
	    &m->diagnostics);
	return 0;
}

/* Specs that ask for packages were judged without knowing them. */
static void
tell_trouble(struct machine *m)
{
	const struct err *trouble = facts_trouble(m->facts);

	if (trouble == NULL)
		return;
	diagnostics_add(&m->diagnostics, (struct place){ trouble->where, 0,
	    0 }, trouble->sys != 0 ? "%s: %s" : "%s", trouble->what,
	    strerror(trouble->sys));
	diagnostics_sort(&m->diagnostics);
}

static int
read_specs(struct machine *m, struct err *e)
{
	struct spec_sources sources = { 0 };
	struct arena arena = { 0 };
	int n = specfolders_read(m->o, &m->root, &arena, &sources, &m->inputs,
	    &m->diagnostics, e);

	if (n == 0) {
		verdicts_key(&sources, &m->config.vars, facts_get(m->facts),
		    &m->rules_key);
		catalogue_build(&m->catalogue, sources.items, sources.n,
		    &m->config.vars, facts_get(m->facts), &m->diagnostics);
		catalogue_set_owners(&m->catalogue, &sources);
		if (m->o->specs.n == 0)
			specwords_translate(&m->catalogue);
	}
	tell_trouble(m);
	free(sources.items);
	arena_done(&arena);
	return n;
}

static void
add_own_file(void *inputs, const char *path)
{
	inputs_add(inputs, path);
}

/* Captured paths are real ones; so that a rule about /var/run is found again
 * in what is said of /run, it is told where its paths lead. */
static int
resolve_rule(struct machine *m, struct rootmemo *memo, struct rule *r,
    struct err *e)
{
	struct arena *a = &m->catalogue.arena;

	for (size_t i = 0; i < r->paths.n; i++) {
		CLEANUP(drop_strlist) struct strlist plain = { 0 };
		CLEANUP(drop_strlist) struct strlist real = { 0 };

		if (glob_braces(r->paths.items[i], &plain, e) < 0)
			return -1;
		for (size_t k = 0; k < plain.n; k++) {
			if (scope_resolve(memo, &m->root, plain.items[k],
			    &real, e) < 0)
				return -1;
			if (strcmp(plain.items[k], real.items[k]) != 0)
				*VEC_ADD_IN(a, &r->real_paths) =
				    arena_strdup(a, real.items[k]);
		}
	}
	return 0;
}

static int
resolve_rules(struct machine *m, struct err *e)
{
	CLEANUP(drop_rootmemo) struct rootmemo memo = { 0 };

	for (size_t i = 0; i < m->catalogue.n; i++) {
		struct spec *s = m->catalogue.specs[i];

		for (size_t k = 0; s->applies && k < s->n_rules; k++)
			if (resolve_rule(m, &memo, &s->rules[k], e) < 0)
				return -1;
	}
	return 0;
}

static int
settle(struct machine *m, struct err *e)
{
	if (tracked_settle_secrets(&m->secrets, &m->root, e) < 0 ||
	    scope_settle(&m->scope, &m->root, e) < 0)
		return -1;
	m->ids = idnames_load(&m->root, m->live);
	return 0;
}

static int
open_parts(const struct options *o, struct machine *m, struct err *e)
{
	struct stat here, top;

	*m = (struct machine){ .o = o, .since = statcache_now(),
		.root.fd = -1 };
	config_init(&m->config);
	if (root_open(&m->root, o->root, e) < 0)
		return -1;
	m->live = fstat(m->root.fd, &here) == 0 && stat("/", &top) == 0 &&
	    here.st_dev == top.st_dev && here.st_ino == top.st_ino;
	ownfiles_each(add_own_file, &m->inputs);
	m->facts = facts_load(&m->root, m->live, &m->inputs);
	return read_config(m, e);
}

static int
read_rules(struct machine *m, struct err *e)
{
	if (read_specs(m, e) < 0 || resolve_rules(m, e) < 0 ||
	    tracked_scope(&m->config, &m->catalogue, &m->scope, e) < 0)
		return -1;
	return tracked_secret_names(&m->config, &m->catalogue, &m->secrets,
	    e);
}

int
machine_open(const struct options *o, struct machine *m, struct err *e)
{
	if (open_parts(o, m, e) < 0 || read_rules(m, e) < 0)
		return -1;
	return settle(m, e);
}

int
machine_open_tracked(const struct options *o, struct machine *m,
    struct err *e)
{
	if (open_parts(o, m, e) < 0)
		return -1;
	if (m->diagnostics.n > 0 || !trackedkept_recall(o, &m->inputs,
	    &m->scope, &m->secrets)) {
		if (read_rules(m, e) < 0)
			return -1;
		/* Mistakes are to be told of each time. */
		if (m->diagnostics.n == 0)
			trackedkept_keep(o, &m->inputs, m->since, &m->scope,
			    &m->secrets);
	}
	return settle(m, e);
}

void
machine_close(struct machine *m)
{
	store_close(m->store);
	idnames_free(m->ids);
	scope_done(&m->scope);
	scope_done(&m->secrets);
	catalogue_done(&m->catalogue);
	diagnostics_done(&m->diagnostics);
	facts_free(m->facts);
	config_done(&m->config);
	inputs_done(&m->inputs);
	root_close(&m->root);
}

void
drop_machine(struct machine *m)
{
	machine_close(m);
}

bool
machine_complain(const struct machine *m)
{
	for (size_t i = 0; i < m->diagnostics.n; i++) {
		CLEANUP(drop_buf) struct buf line = { 0 };

		diagnostic_format(&m->diagnostics.items[i], &line);
		say_error_text(buf_str(&line));
	}
	return m->diagnostics.n > 0;
}
