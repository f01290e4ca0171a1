/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>

#include "agent/command.h"
#include "agent/entrypaths.h"
#include "agent/evidence.h"
#include "agent/machine.h"
#include "agent/say.h"
#include "agent/snapshotarg.h"
#include "base/glob.h"
#include "base/secrets.h"
#include "base/text.h"
#include "base/tr.h"
#include "specs/draft.h"
#include "specs/specread.h"
#include "specs/unit_name.h"

/* A draft is read by a person. */
enum { ENTRIES_MAX = 500 };

struct learning {
	struct machine m;
	struct strlist paths;		/* as typed, made regular */
	const char *service, *name;
	struct scope scope;
	struct capture live;
};

/* Where distributions keep what belongs to a service of a name; %s is it. */
static const char *const service_paths[] = {
	"/etc/pam.d/%s", "/etc/%s.conf", "/etc/%s", "/etc/%s/**",
	"/etc/default/%s", "/etc/sysconfig/%s", "/etc/cron.d/%s",
	"/etc/logrotate.d/%s", "/etc/tmpfiles.d/%s.conf",
	"/etc/sysctl.d/%s.conf", "/etc/security/limits.d/%s.conf",
};

enum { SERVICE_PATHS = sizeof(service_paths) / sizeof(service_paths[0]) };

static void
service_pattern(const struct learning *l, size_t i, struct buf *out)
{
	const char *at = strstr(service_paths[i], "%s");

	buf_add(out, service_paths[i], (size_t)(at - service_paths[i]));
	glob_escape(out, l->service);
	buf_adds(out, at + 2);
}

static int
include(struct learning *l, const char *pattern, struct err *e)
{
	return scope_include(&l->scope, pattern, e);
}

/* With all that is below a folder. */
static int
include_path(struct learning *l, const char *path, struct err *e)
{
	CLEANUP(drop_buf) struct buf pattern = { 0 };

	glob_escape(&pattern, path);
	if (include(l, buf_str(&pattern), e) < 0)
		return -1;
	buf_adds(&pattern, "/**");
	return include(l, buf_str(&pattern), e);
}

/* PAM files that others include, and the parts of a unit, are looked at
 * though no rule is drafted for them. */
static int
include_service(struct learning *l, struct err *e)
{
	CLEANUP(drop_free) char *unit = xasprintf("%s.service", l->service);
	struct arena arena = { 0 };
	struct texts parts = { 0 };
	int n = 0;

	for (size_t i = 0; i < SERVICE_PATHS && n == 0; i++) {
		CLEANUP(drop_buf) struct buf path = { 0 };

		service_pattern(l, i, &path);
		n = include(l, buf_str(&path), e);
	}
	if (unit_name_is(unit))
		unit_name_track(&arena, unit, &parts);
	for (size_t i = 0; i < parts.n && n == 0; i++)
		n = include(l, parts.items[i], e);
	arena_done(&arena);
	return n;
}

static int
look(struct learning *l, struct err *e)
{
	static const char *const pam[] = { "/etc/pam.d/*",
		"/usr/lib/pam.d/*", "/usr/etc/pam.d/*" };

	for (size_t i = 0; i < l->paths.n; i++)
		if (include_path(l, l->paths.items[i], e) < 0)
			return -1;
	for (size_t i = 0; i < sizeof(pam) / sizeof(pam[0]); i++)
		if (include(l, pam[i], e) < 0)
			return -1;
	if ((l->service != NULL && include_service(l, e) < 0) ||
	    scope_settle(&l->scope, &l->m.root, e) < 0)
		return -1;
	return machine_look(&l->m, &l->scope, &l->live, e);
}

/* Whether a rule is wanted for the entry, not only a look at it. */
static bool
is_meant(const struct learning *l, const char *path)
{
	if (l->paths.n > 0 && paths_cover(&l->paths, path))
		return true;
	for (size_t i = 0; l->service != NULL && i < SERVICE_PATHS; i++) {
		CLEANUP(drop_buf) struct buf want = { 0 };

		service_pattern(l, i, &want);
		if (glob_path(buf_str(&want), path))
			return true;
	}
	return false;
}

static void
head(const struct learning *l, const char *day, struct buf *out)
{
	const char *name = l->name != NULL ? l->name :
	    l->service != NULL ? l->service : "learned";

	buf_addf(out, _("# Drafted on %s from what was found: every demand "
	    "below holds now.\n# Take out what need not be so, say in 'why' "
	    "what breaks without the rest,\n# and save it as "
	    "/etc/driftctl/specs/%s.yaml.\n"), day, name);
	buf_addf(out, "spec: %s\ntitle: ", name);
	text_quote_json(out, name, strlen(name));
	buf_adds(out, "\nabout: ");
	text_quote_json(out, _("Drafted from a machine as it was found."),
	    strlen(_("Drafted from a machine as it was found.")));
	buf_adds(out, "\n\nrules:\n");
}

static void
draft_all(struct learning *l, const char *day, struct buf *out,
    size_t *out_rules)
{
	CLEANUP(drop_evidence) struct evidence_source *ev = evidence_live(
	    &l->m, &l->live.manifest, NULL, NULL);
	CLEANUP(drop_free) char *why = xasprintf(_("As it was found on %s; "
	    "say here what breaks when it is otherwise."), day);
	CLEANUP(drop_draft) struct draft d = { .ev = evidence_get(ev),
		.why = why };

	evidence_set_unknown(ev, &l->live);
	*out_rules = 0;
	if (l->service != NULL) {
		CLEANUP(drop_free) char *unit = xasprintf("%s.service",
		    l->service);

		*out_rules += unit_name_is(unit) &&
		    draft_unit(&d, unit, out);
	}
	for (size_t i = 0; i < l->live.manifest.n; i++) {
		const struct entry *en = &l->live.manifest.items[i];

		if (!is_meant(l, en->path) || *out_rules == ENTRIES_MAX)
			continue;
		/* Without a store there is no key, and a secret is known by
		 * its content not being so. */
		draft_entry(&d, en, secrets_has(&l->m.secrets, en->path) ||
		    en->content == CONTENT_SEALED ||
		    en->content == CONTENT_UNREADABLE, out);
		++*out_rules;
	}
}

/* Each path that was named is there. */
static int
check_found(const struct learning *l, struct err *e)
{
	for (size_t i = 0; i < l->paths.n; i++) {
		CLEANUP(drop_buf) struct buf real = { 0 };

		entrypaths_resolve(&l->live.manifest, l->paths.items[i], &real);
		if (manifest_find(&l->live.manifest, buf_str(&real)) == NULL)
			return err_set(e, ERR_MISSING, l->paths.items[i],
			    _("is not there, so nothing can be learned of "
			    "it"));
	}
	for (size_t i = 0; i < l->live.unknown.n; i++) {
		const struct capture_unknown *u = &l->live.unknown.items[i];

		/* Of a secret nothing but its metadata is written anyway,
		 * and that is known. */
		if (manifest_find(&l->live.manifest, u->path) == NULL)
			return err_set(e, ERR_SYSTEM, u->path,
			    _("cannot be looked at: %s"), u->why);
	}
	return 0;
}

static int
learn(struct learning *l, struct buf *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf rules = { 0 };
	time_t now = time(NULL);
	struct tm tm;
	char day[32];
	size_t n;

	localtime_r(&now, &tm);
	strftime(day, sizeof(day), "%F", &tm);
	if (look(l, e) < 0 || check_found(l, e) < 0)
		return -1;
	draft_all(l, day, &rules, &n);
	if (n == 0)
		return err_set(e, ERR_MISSING, l->service, _("there is no "
		    "unit, PAM service or configuration of this name "
		    "[name its files: 'driftctl learn PATH...']"));
	if (n == ENTRIES_MAX)
		return err_set(e, ERR_USAGE, NULL, _("more than %d objects: "
		    "nobody would read such a spec [name fewer paths]"),
		    ENTRIES_MAX);
	head(l, day, out);
	buf_add(out, buf_str(&rules), rules.len);
	return 0;
}

static int
arguments(struct learning *l, const struct strlist *typed, struct err *e)
{
	if (typed->n == 0 && l->service == NULL)
		return err_set(e, ERR_USAGE, NULL, _("nothing to learn from "
		    "[name paths, or a service with '--service NAME']"));
	if (l->service != NULL && (l->service[0] == '\0' ||
	    strpbrk(l->service, "/ \t\n") != NULL))
		return err_set(e, ERR_USAGE, "--service", _("'%s' is no name "
		    "of a service"), l->service);
	if (l->name == NULL && l->service != NULL &&
	    !specread_is_name(l->service))
		l->name = "learned";
	if (l->name != NULL && !specread_is_name(l->name))
		return err_set(e, ERR_USAGE, "--name", _("'%s' cannot be the "
		    "name of a spec [small letters, digits and '-', and no "
		    "'-' first]"), l->name);
	for (size_t i = 0; i < typed->n; i++)
		strlist_add(&l->paths, typed->items[i]);
	return 0;
}

static void
drop_learning(struct learning *l)
{
	capture_done(&l->live);
	scope_done(&l->scope);
	strlist_done(&l->paths);
	machine_close(&l->m);
}

static int
run(const struct options *o, struct err *e)
{
	CLEANUP(drop_learning) struct learning l = { .m.root.fd = -1 };
	const struct verb_option table[] = {
		{ "service", 0, NULL, &l.service },
		{ "name", 0, NULL, &l.name },
		{ 0 },
	};
	CLEANUP(drop_strlist) struct strlist typed = { 0 };
	CLEANUP(drop_buf) struct buf out = { 0 };

	if (options_verb(o, table, &typed, e) < 0 ||
	    arguments(&l, &typed, e) < 0 ||
	    machine_open(o, &l.m, e) < 0 ||
	    paths_normalize(&l.m, &l.paths, e) < 0 ||
	    learn(&l, &out, e) < 0)
		return -1;
	return say_exact(&out, e) < 0 ? -1 : 0;
}

const struct command cmd_learn = {
	"learn", "[--name SPEC] PATH... | --service NAME",
	N_("drafts rules from what is there now"), false, run
};
